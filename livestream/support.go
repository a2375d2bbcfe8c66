package livestream

import (
	"context"
	"fmt"
	"time"

	"clearday/papers"
)

// maxBatch bounds one commit of supports. Who comes later waits for the next.
const maxBatch = 1000

// supportBatch is the supports of a room that wait for their commit, guarded by hub.mu. A room that
// is quiet commits at once; while it is busy a commit carries everything of Limits.Gather.
type supportBatch struct {
	waiting []supportWait
}

type supportWait struct {
	support Support
	result  chan SupportResult // of capacity 1: nobody waits for a caller that left
}

// Support counts a device's support of a question and answers the new count, once that is committed.
// A second time changes nothing.
func (h *Hub) Support(ctx context.Context, s Support) (int, error) {
	h.init()
	if s.Device == "" {
		return 0, papers.Errorf(papers.CodeInvalid, "Your browser kept no cookie of this site. Allow cookies here, then try again.")
	}
	if s.Question == "" || len(s.Question) > MaxKey {
		return 0, papers.Errorf(papers.CodeInvalid, "Say which question you support.")
	}
	if now := h.Now(); !h.supports.allow(s.Device, now) || s.From != "" && !h.placeSupports.allow(s.From, now) {
		return 0, papers.Errorf(papers.CodeTooMany, "That was too fast. Wait a moment.")
	}
	wait := supportWait{support: s, result: make(chan SupportResult, 1)}
	if err := h.gather(wait); err != nil {
		return 0, err
	}
	select {
	case r := <-wait.result:
		return r.Count, r.Err
	case <-ctx.Done():
		return 0, fmt.Errorf("waiting for the commit: %w", ctx.Err())
	}
}

func (h *Hub) gather(w supportWait) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return errClosing
	}
	room := w.support.Meeting
	b := h.batches[room]
	if b == nil {
		b = &supportBatch{}
		h.batches[room] = b
		h.running.Add(1) // under mu and not closed: Close waits for it
		go func() {
			defer h.running.Done()
			h.commitSupports(room, b)
		}()
	}
	b.waiting = append(b.waiting, w)
	return nil
}

// commitSupports commits the room's supports until none wait.
func (h *Hub) commitSupports(room string, b *supportBatch) {
	for {
		h.mu.Lock()
		n := min(len(b.waiting), maxBatch)
		batch := b.waiting[:n:n]
		b.waiting = b.waiting[n:]
		if n == 0 {
			delete(h.batches, room)
		}
		h.mu.Unlock()
		if n == 0 {
			return
		}
		started := time.Now()
		h.commitBatch(room, batch)
		select {
		case <-time.After(h.Limits.Gather - time.Since(started)):
		case <-h.ctx.Done():
		}
	}
}

func (h *Hub) commitBatch(room string, batch []supportWait) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.ctx), h.Limits.StoreWait) // a commit that began is let finish
	defer cancel()
	list := make([]Support, len(batch))
	for i, w := range batch {
		list[i] = w.support
	}
	results, err := h.Store.Support(ctx, list)
	if err == nil && len(results) != len(batch) {
		err = fmt.Errorf("%d results for %d supports", len(results), len(batch))
	}
	for i, w := range batch {
		if err != nil {
			w.result <- SupportResult{Err: fmt.Errorf("counting support: %w", err)}
			continue
		}
		w.result <- results[i]
	}
	if err == nil {
		h.announce(ctx, Wake{Meeting: room})
	}
}
