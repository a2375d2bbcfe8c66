package livestream

import (
	"context"

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
	if h.take(ctx, s.Meeting, Bucket{"support", s.Device, h.Limits.Supports}, Bucket{"support by address", s.From, h.Limits.PlaceSupports}) != "" {
		return 0, papers.Errorf(papers.CodeTooMany, "That was too fast. Wait a moment.")
	}
	r, err := h.supportGroup.do(ctx, s.Meeting, s)
	if err != nil {
		return 0, err
	}
	return r.Count, r.Err
}

// commitSupports is the commit of supports that came to the room together.
func (h *Hub) commitSupports(ctx context.Context, room string, list []Support) ([]SupportResult, error) {
	results, err := h.Store.Support(ctx, list)
	if err == nil {
		h.announce(Wake{Meeting: room})
	}
	return results, err
}
