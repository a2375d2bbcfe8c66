package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

func TestRecent(t *testing.T) {
	ctx := context.Background()
	made := atomic.Int64{}
	value := func(n int) func(context.Context) (int, error) {
		return func(context.Context) (int, error) { made.Add(1); return n, nil }
	}
	t.Run("forgets the least recently used beyond its bound", func(t *testing.T) {
		r := newRecent(10, func(n int) int { return n })
		for _, key := range []int{4, 5, 4, 3} { // 4 is used again, so 5 goes
			if _, err := r.get(ctx, fmt.Sprint(key), value(key)); err != nil {
				t.Fatal(err)
			}
		}
		if _, ok := r.look("5"); ok {
			t.Error("5 is still kept beyond the bound")
		}
		if v, ok := r.look("4"); !ok || v != 4 {
			t.Error("4, used lately, was forgotten")
		}
	})
	t.Run("keeps no failure", func(t *testing.T) {
		r := newRecent(10, func(int) int { return 1 })
		if _, err := r.get(ctx, "a", func(context.Context) (int, error) { return 0, errors.New("once") }); err == nil {
			t.Error("the failure is not answered")
		}
		if v, err := r.get(ctx, "a", value(7)); v != 7 || err != nil {
			t.Errorf("after a failure get = %d, %v, want 7", v, err)
		}
	})
	t.Run("makes once for many", func(t *testing.T) {
		r, gate := newRecent(10, func(int) int { return 1 }), make(chan struct{})
		made.Store(0)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				v, err := r.get(ctx, "a", func(context.Context) (int, error) { <-gate; made.Add(1); return 3, nil })
				if v != 3 || err != nil {
					t.Errorf("get = %d, %v, want 3", v, err)
				}
			})
		}
		close(gate)
		wg.Wait()
		if made.Load() != 1 {
			t.Errorf("made %d times for eight who asked at once, want once", made.Load())
		}
	})
}
