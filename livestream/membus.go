package livestream

import (
	"context"
	"sync"
	"time"
)

// MemoryBus is the bus of a single program. The zero value works.
type MemoryBus struct {
	buckets Buckets

	mu       sync.RWMutex
	next     int
	hearing  map[int]func(Wake)
	watching map[string]map[string]watching // by meeting and program
}

type watching struct {
	n  int
	at time.Time
}

// Run calls hear for every wake-up and returns when ctx ends.
func (b *MemoryBus) Run(ctx context.Context, hear func(Wake)) error {
	b.mu.Lock()
	if b.hearing == nil {
		b.hearing = map[int]func(Wake){}
	}
	id := b.next
	b.next++
	b.hearing[id] = hear
	b.mu.Unlock()

	<-ctx.Done()
	b.mu.Lock()
	delete(b.hearing, id)
	b.mu.Unlock()
	return nil
}

// Publish calls everyone who hears.
func (b *MemoryBus) Publish(w Wake) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, hear := range b.hearing {
		hear(w)
	}
}

// Watching adds up the programs that were heard from lately.
func (b *MemoryBus) Watching(_ context.Context, program, meeting string, n int) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.watching == nil {
		b.watching = map[string]map[string]watching{}
	}
	room := b.watching[meeting]
	if room == nil {
		room = map[string]watching{}
		b.watching[meeting] = room
	}
	now := time.Now()
	room[program] = watching{n, now}
	all := 0
	for name, w := range room {
		if w.n == 0 || now.Sub(w.at) > WatchingFor {
			delete(room, name)
			continue
		}
		all += w.n
	}
	if len(room) == 0 {
		delete(b.watching, meeting)
	}
	return all, nil
}

// Take takes from the program's buckets, which are all there are.
func (b *MemoryBus) Take(_ context.Context, now time.Time, _ string, from ...Bucket) string {
	return b.buckets.Take(now, from...)
}

// Lost never is.
func (b *MemoryBus) Lost() bool { return false }
