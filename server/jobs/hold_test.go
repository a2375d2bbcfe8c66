package jobs

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

type keeper struct {
	Store
	kept atomic.Int32
}

func (k *keeper) KeepWork(context.Context, string, time.Duration) error {
	k.kept.Add(1)
	return nil
}

// A work that takes longer than its lease stays with who does it, and is let go afterwards.
func TestHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		r := &Reader{Works: k, Log: slog.New(slog.DiscardHandler)}
		release := r.hold(t.Context(), Work{ID: "w"})
		for before := int32(0); before < 5; before = k.kept.Load() {
			time.Sleep(lease - time.Second)
			if k.kept.Load() == before {
				t.Fatal("the lease lapses in the middle of the work")
			}
		}
		release()
		kept := k.kept.Load()
		time.Sleep(5 * lease)
		if k.kept.Load() != kept {
			t.Error("the lease is kept after the work")
		}
	})
}
