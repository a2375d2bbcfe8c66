package livestream

import (
	"context"
	"fmt"
	"time"

	"clearday/papers"
)

// Enter takes what somebody without the web asked, as staff wrote it down (rules.md Q-7). It is late
// only when it was received late: what came in time may be entered after the deadline. The caller has
// checked the permission; who entered it, and when it is said to have come, is kept.
func (h *Hub) Enter(ctx context.Context, a Ask, by papers.Actor) (Contribution, error) {
	h.init()
	switch a.Channel {
	case ChannelEmail, ChannelPhone, ChannelPost, ChannelInPerson:
	default:
		return Contribution{}, papers.Errorf(papers.CodeInvalid, "Choose how it came: by post, by telephone, by e-mail or in person.")
	}
	a.Text = printable(a.Text)
	if err := a.Tidy(); err != nil {
		return Contribution{}, err
	}
	a.Device, a.EnteredBy = "desk "+a.Key, by.Name // every entry is somebody else's
	if a.ReceivedAt.After(h.Now()) {
		return Contribution{}, papers.Errorf(papers.CodeInvalid, "It cannot have come later than now. Check when it was received.")
	}
	if a.Parent != "" {
		return h.enterFurther(ctx, a, by)
	}
	if err := h.mayEnter(ctx, &a); err != nil {
		return h.askedBefore(ctx, a, err)
	}
	c, again, err := h.Store.Enter(ctx, a, papers.Change{By: by})
	if err != nil {
		return Contribution{}, fmt.Errorf("keeping what was entered: %w", err)
	}
	if !again {
		h.announce(Wake{Meeting: a.Meeting, Queue: true})
	}
	return c, nil
}

func (h *Hub) mayEnter(ctx context.Context, a *Ask) error {
	m, room, rules, err := h.ruledRoom(ctx, a.Meeting)
	if err != nil {
		return err
	}
	if inTime := !a.ReceivedAt.IsZero() && !a.ReceivedAt.After(writtenUntil(m)); inTime && !m.Off() {
		room.Asking = AskingAdvance // it was sent while that held
	} else if err := TakesQuestions(m, room, rules, h.Now()); err != nil {
		return err
	}
	if err := a.Fits(rules, room); err != nil {
		return err
	}
	a.withhold(rules)
	return nil
}

// writtenUntil is the last moment at which a written question for the meeting is in time.
func writtenUntil(m papers.Meeting) time.Time {
	if m.AskUntil != nil {
		return *m.AskUntil
	}
	return m.StartsAt
}
