package livestream

import (
	"context"
	"sync"
)

// MemoryBus is the bus of a single program. The zero value works.
type MemoryBus struct {
	mu   sync.RWMutex
	next int
	subs map[int]func(Wake)
}

// Publish calls every subscriber. It never fails.
func (b *MemoryBus) Publish(_ context.Context, w Wake) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, each := range b.subs {
		each(w)
	}
	return nil
}

// Subscribe calls each for every wake-up and returns when ctx ends.
func (b *MemoryBus) Subscribe(ctx context.Context, each func(Wake)) error {
	b.mu.Lock()
	if b.subs == nil {
		b.subs = map[int]func(Wake){}
	}
	id := b.next
	b.next++
	b.subs[id] = each
	b.mu.Unlock()

	<-ctx.Done()
	b.mu.Lock()
	delete(b.subs, id)
	b.mu.Unlock()
	return nil
}
