package livestream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"clearday/papers"
)

// Ask takes a question, or the further one that follows an answer: the rules of the room, the limits, then the record. When it answers without
// an error the question is committed, with its number and code. The same meeting, device and key get
// the first answer again, also after asking has closed, and count for no limit.
func (h *Hub) Ask(ctx context.Context, a Ask) (Contribution, error) {
	h.init()
	if a.Device == "" {
		return Contribution{}, papers.Errorf(papers.CodeInvalid, "Your browser kept no cookie of this site. Allow cookies here, then send it again.")
	}
	a.Text = printable(a.Text)
	if err := a.Tidy(); err != nil {
		return Contribution{}, err
	}
	if a.Parent != "" {
		return h.furtherHere(ctx, a)
	}
	key := answerKey(a)
	if c, ok := h.answered.find(key); ok {
		return c, nil
	}
	if err := h.mayAsk(ctx, &a); err != nil {
		return h.askedBefore(ctx, a, err)
	}
	c, again, err := h.Store.Ask(ctx, a)
	if err != nil {
		return Contribution{}, fmt.Errorf("keeping a question: %w", err)
	}
	h.answered.keep(key, c)
	if !again {
		h.announce(Wake{Meeting: a.Meeting, Queue: true})
	}
	return c, nil
}

// askedBefore answers a refused question that is a retry of an accepted one as the first time.
func (h *Hub) askedBefore(ctx context.Context, a Ask, refusal error) (Contribution, error) {
	c, err := h.Store.Asked(ctx, a.Meeting, a.Device, a.Key)
	if err != nil {
		if !errors.Is(err, papers.ErrNotFound) {
			return Contribution{}, fmt.Errorf("looking for an earlier answer: %w", err)
		}
		return Contribution{}, refusal
	}
	h.answered.keep(answerKey(a), c)
	return c, nil
}

// mayAsk checks what is asked against room, rules and rates, and leaves out of it what is not to be shown.
// How many a person may ask is the store's to check, in the transaction that takes it.
func (h *Hub) mayAsk(ctx context.Context, a *Ask) error {
	m, room, rules, err := h.ruledRoom(ctx, a.Meeting)
	if err != nil {
		return err
	}
	if err := TakesQuestions(m, room, rules, h.Now()); err != nil {
		return err
	}
	if err := a.Fits(rules, room); err != nil {
		return err
	}
	a.withhold(rules)
	return h.inTurn(ctx, *a)
}

// inTurn takes from the rates of the asker, the address and the room, or says to wait.
func (h *Hub) inTurn(ctx context.Context, a Ask) error {
	switch h.take(ctx, a.Meeting, Bucket{"ask", a.Device, h.Limits.Asks}, Bucket{"ask by address", a.From, h.Limits.PlaceAsks}, Bucket{"ask by room", a.Meeting, h.Limits.RoomAsks}) {
	case "":
		return nil
	case "ask":
		return papers.Errorf(papers.CodeTooMany, "You have sent several questions in a short time. Wait %d seconds, then send it again.", int(h.Limits.Asks.Every.Seconds()))
	}
	return papers.Errorf(papers.CodeTooMany, "Many questions come in at this moment. Wait a few seconds, then send it again.")
}

// TakesQuestions tells whether the room of the meeting takes a question now, or why not. A meeting
// that begins late still takes written questions; one whose room was never opened takes none after
// its end.
func TakesQuestions(m papers.Meeting, r Room, rules papers.QuestionRules, now time.Time) error {
	started := r.OpenedAt != nil || r.State != RoomClosed
	over := m.State == papers.MeetingHeld || !m.EndsAt.IsZero() && now.After(m.EndsAt)
	switch {
	case m.State == papers.MeetingCancelled:
		return closed("This meeting was cancelled. Ask at the next one.")
	case m.State == papers.MeetingPostponed:
		return closed("This meeting was postponed. Ask when its new date is announced.")
	case over && !started:
		return closed("The meeting has ended. You can no longer ask here.")
	case r.State == RoomPrivate:
		return closed("The meeting is in private session. You can ask when it is public again.")
	case r.AskingPaused:
		return closed("The moderator has paused asking for a few minutes. What you write is kept on this page; send it when asking goes on.")
	case r.Asking == AskingClosed:
		return closed("Asking is closed for this meeting.")
	case r.Asking == AskingAdvance && started:
		return closed("Written questions closed when the meeting began.")
	case r.Asking == AskingAdvance && m.AskUntil != nil && now.After(*m.AskUntil):
		return closed("Written questions closed on %s.", m.AskUntil.In(m.Location()).Format("Monday 2 January, 3:04pm"))
	case r.Asking == AskingLive && rules.InWritingOnly:
		return closed("This board takes questions in writing only, before the meeting. None are taken live.")
	case r.Asking == AskingLive && r.State == RoomPaused:
		return closed("The meeting has paused. You can ask when it goes on.")
	case r.Asking == AskingLive && r.State == RoomClosed && r.ClosedAt != nil:
		return closed("The meeting has ended. You can no longer ask here.")
	case r.Asking == AskingLive && r.State == RoomClosed:
		return closed("Asking opens when the meeting begins.")
	}
	return nil
}

// printable leaves out what no keyboard writes and some databases refuse.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, s)
}
