package jobs

import "sync"

// bell wakes all who listen. Its zero value is ready.
type bell struct {
	mu   sync.Mutex
	rung chan struct{}
}

// listen gives what is closed when the bell rings next. Listen before looking whether there is something to do.
func (b *bell) listen() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}

// ring never blocks.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}
