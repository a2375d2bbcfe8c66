package livestream

import (
	"context"
	"fmt"
	"slices"
	"time"

	"clearday/papers"
)

// urgentBy tells who or what says that somebody may be in danger: the sender, words of the board's
// list, or nobody.
func (h *Hub) urgentBy(ctx context.Context, board string, s Say) (string, error) {
	if s.Danger {
		return "sender", nil
	}
	words, _, err := h.Store.Words(ctx, board)
	if err != nil {
		return "", fmt.Errorf("reading the listed words: %w", err)
	}
	urgent := func(m papers.Mark) bool { return m.Kind == MarkUrgent }
	if slices.ContainsFunc(words.Finder().Marks(s.Text), urgent) {
		return "words", nil
	}
	return "", nil
}

// postDue posts the messages whose moment has come ("moderators first").
func (h *Hub) postDue(ctx context.Context, now time.Time) error {
	meetings, err := h.Store.DueChats(ctx, now)
	if err != nil {
		return fmt.Errorf("reading which messages are due: %w", err)
	}
	for _, m := range meetings {
		if err := h.Store.PostDue(ctx, m); err != nil {
			return fmt.Errorf("posting what waited: %w", err)
		}
		h.announce(Wake{Meeting: m, Queue: true})
	}
	return nil
}

// SeeTo takes a message out of the urgent queue: somebody has looked after it.
func (h *Hub) SeeTo(ctx context.Context, message string, by papers.Actor) error {
	h.init()
	m, err := h.Store.Message(ctx, message)
	if err != nil {
		return fmt.Errorf("reading a message: %w", err)
	}
	if err := h.Store.SeeTo(ctx, message, papers.Change{By: by}); err != nil {
		return fmt.Errorf("noting that a message was seen to: %w", err)
	}
	h.announce(Wake{Meeting: m.Meeting, Queue: true})
	return nil
}
