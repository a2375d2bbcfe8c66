package server

import (
	"container/list"
	"context"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// recent keeps what was made a while ago and is likely to be asked for again, within a bound of
// cost; the least recently used goes first. What several ask for at once is made once. Keys name
// bytes that never change, so nothing in it grows stale; whether somebody may see it is the
// caller's to decide, before each call.
type recent[V any] struct {
	max  int
	cost func(V) int
	once singleflight.Group

	mu    sync.Mutex
	total int
	order *list.List // of kept[V], latest use first
	byKey map[string]*list.Element
}

type kept[V any] struct {
	key   string
	value V
}

// makeTimeout bounds the making of one value, whoever waits for it.
const makeTimeout = 20 * time.Second

func newRecent[V any](max int, cost func(V) int) *recent[V] {
	return &recent[V]{max: max, cost: cost, order: list.New(), byKey: map[string]*list.Element{}}
}

// get answers the value of the key, made by make when it is not there. Errors are not kept. The
// making goes on when ctx ends, for whoever asks next.
func (r *recent[V]) get(ctx context.Context, key string, make func(context.Context) (V, error)) (V, error) {
	if v, ok := r.look(key); ok {
		return v, nil
	}
	done := r.once.DoChan(key, func() (any, error) {
		if v, ok := r.look(key); ok { // made between the look above and now
			return v, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTimeout)
		defer cancel()
		v, err := make(ctx)
		if err == nil {
			r.keep(key, v)
		}
		return v, err
	})
	select {
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	case res := <-done:
		return res.Val.(V), res.Err
	}
}

// forget lets go of every key that begins with prefix.
func (r *recent[V]) forget(prefix string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, e := range r.byKey {
		if strings.HasPrefix(key, prefix) {
			r.total -= r.cost(r.order.Remove(e).(kept[V]).value)
			delete(r.byKey, key)
		}
	}
}

func (r *recent[V]) look(key string) (v V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.byKey[key]
	if e == nil {
		return v, false
	}
	r.order.MoveToFront(e)
	return e.Value.(kept[V]).value, true
}

func (r *recent[V]) keep(key string, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byKey[key] != nil {
		return
	}
	r.byKey[key] = r.order.PushFront(kept[V]{key, v})
	for r.total += r.cost(v); r.total > r.max && r.order.Len() > 1; {
		last := r.order.Back()
		old := r.order.Remove(last).(kept[V])
		delete(r.byKey, old.key)
		r.total -= r.cost(old.value)
	}
}
