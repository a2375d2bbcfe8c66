package livestream

import (
	"context"
	"fmt"
	"time"

	"clearday/papers"
)

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
	if err := h.slow(ctx, s); err != nil {
		return 0, err
	}
	r, err := h.supportGroup.do(ctx, s.Meeting, s)
	if err != nil {
		return 0, err
	}
	return r.Count, r.Err
}

// slow lets a support wait whose place is too fast: a whole hospital may share one. What it may not wait
// for is refused, and the page sends it again by itself: nothing is lost for where it came from.
func (h *Hub) slow(ctx context.Context, s Support) error {
	device, place := Bucket{"support", s.Device, h.Limits.Supports}, Bucket{"support by address", s.From, h.Limits.PlaceSupports}
	patience := time.After(h.Limits.PlaceWait)
	for {
		empty := h.take(ctx, s.Meeting, device, place)
		if empty == "" {
			return nil
		}
		fast := papers.Errorf(papers.CodeTooMany, "Many people support questions at this moment. Wait a few seconds, then press again: each of you is counted once.")
		if empty == device.Kind {
			return fast
		}
		select {
		case <-time.After(h.Limits.PlaceSupports.Every):
		case <-patience:
			return fast
		case <-ctx.Done():
			return fmt.Errorf("waiting for others of the same place: %w", ctx.Err())
		}
	}
}

// commitSupports is the commit of supports that came to the room together.
func (h *Hub) commitSupports(ctx context.Context, room string, list []Support) ([]SupportResult, error) {
	results, err := h.Store.Support(ctx, list)
	if err == nil {
		h.mu.Lock()
		h.supported[room] = true
		h.mu.Unlock()
		h.announce(Wake{Meeting: room})
	}
	return results, err
}
