package livestream

import (
	"context"
	"fmt"
	"strings"
	"time"

	"clearday/papers"
)

// Moderation is what the record keeps of the work at the desk.
type Moderation interface {
	// Desk is what is kept beside the contributions of the meeting, by number.
	Desk(ctx context.Context, meeting string) (map[string]Beside, error)
	// Claim notes who is at a contribution. Somebody else's claim that has not ended is CodeConflict
	// unless it is taken over, which leaves an audit row.
	Claim(ctx context.Context, number string, until time.Time, over bool, by papers.Actor) (Claim, error)
	// Release ends the claim of the actor.
	Release(ctx context.Context, number string, by papers.Actor) error
	// EndOpinion ends the request for a second opinion without one.
	EndOpinion(ctx context.Context, number string, c papers.Change) error
	// SetUrgent puts a contribution into the urgent queue or takes it out.
	SetUrgent(ctx context.Context, number string, urgent bool, c papers.Change) error
	// LastHand is who changed the contribution last, and what it became.
	LastHand(ctx context.Context, number string) (Hand, error)
	// Asked before: the public questions of the board's other meetings, newest first.
	Answerable(ctx context.Context, board, notMeeting string, limit int) ([]Question, error)

	Outgoings
	Reports
	Holds
	WordLists
}

// Beside is what the desk keeps beside one contribution.
type Beside struct {
	Claim    *Claim
	Opinion  *Opinion
	Flag     *Flag      // nil: no moderator said whether it is urgent
	PublicAt *time.Time // a decision to publish that waits for this moment
	Reports  []Report   // that are not settled
}

// Claim says who is at a contribution. It ends by itself, so that nobody who left holds anything up.
type Claim struct {
	ID    string    `json:"who_id"`
	Who   string    `json:"who"`
	Until time.Time `json:"until"`
}

// ClaimFor is how long a claim lasts without a sign of life.
const ClaimFor = 2 * time.Minute

// Opinion is a request for a second opinion. Whoever asked for one does not decide alone.
type Opinion struct {
	ID  string    `json:"who_id"`
	Who string    `json:"who"`
	Why string    `json:"why"`
	At  time.Time `json:"at"`
}

// Flag is what a moderator said about urgency.
type Flag struct {
	Urgent bool      `json:"urgent"`
	Who    string    `json:"who"`
	At     time.Time `json:"at"`
}

// Hand is the last change of a contribution at the desk.
type Hand struct {
	ID    string
	Who   string
	State State
	At    time.Time
}

// Claim says that the actor is at the contribution now; over takes it from somebody else.
func (h *Hub) Claim(ctx context.Context, number string, over bool, by papers.Actor) (Claim, error) {
	h.init()
	before, err := h.Store.Contribution(ctx, number)
	if err != nil {
		return Claim{}, fmt.Errorf("reading the contribution: %w", err)
	}
	claim, err := h.Store.Claim(ctx, number, h.Now().UTC().Add(ClaimFor), over, by)
	if err != nil {
		return Claim{}, fmt.Errorf("claiming a contribution: %w", err)
	}
	h.announce(Wake{Meeting: before.Meeting, Queue: true})
	return claim, nil
}

// Release says that the actor has left the contribution.
func (h *Hub) Release(ctx context.Context, number string, by papers.Actor) error {
	h.init()
	return h.beside(ctx, number, func() error { return h.Store.Release(ctx, number, by) })
}

// EndOpinion withdraws the request for a second opinion.
func (h *Hub) EndOpinion(ctx context.Context, number string, by papers.Actor) error {
	h.init()
	return h.beside(ctx, number, func() error { return h.Store.EndOpinion(ctx, number, papers.Change{By: by}) })
}

// SetUrgent puts a contribution into the urgent queue, or takes it out once it was seen to.
func (h *Hub) SetUrgent(ctx context.Context, number string, urgent bool, by papers.Actor) error {
	h.init()
	return h.beside(ctx, number, func() error { return h.Store.SetUrgent(ctx, number, urgent, papers.Change{By: by}) })
}

// beside changes what is kept beside a contribution and tells the desks of its meeting.
func (h *Hub) beside(ctx context.Context, number string, change func() error) error {
	before, err := h.Store.Contribution(ctx, number)
	if err != nil {
		return fmt.Errorf("reading the contribution: %w", err)
	}
	if err := change(); err != nil {
		return fmt.Errorf("changing what is kept beside a contribution: %w", err)
	}
	h.announce(Wake{Meeting: before.Meeting, Queue: true})
	return nil
}

// MayDecide tells whether the actor may decide now, given what is kept beside the contribution. The
// store asks it inside the transaction.
func (d Decision) MayDecide(beside Beside, by papers.Actor, now time.Time) error {
	if c := beside.Claim; c != nil && c.ID != by.ID && c.Until.After(now) && !d.Over {
		return papers.Errorf(papers.CodeConflict, "%s is at %s. Leave it to them, or take it over.", c.Who, d.Number)
	}
	if o := beside.Opinion; o != nil && o.ID == by.ID && d.To != "" && d.To != Held {
		return papers.Errorf(papers.CodeConflict, "You asked for a second opinion on %s. Somebody else decides, or withdraw the request first.", d.Number)
	}
	return nil
}

// TidyOpinion checks why a second opinion is asked for.
func (d *Decision) TidyOpinion() error {
	if d.Opinion = strings.TrimSpace(d.Opinion); d.Opinion == "" {
		return nil
	}
	var err error
	d.Opinion, err = papers.Line("reason for a second opinion", d.Opinion, 300, true)
	return err
}

// overtaken says who did what meanwhile, to somebody whose decision came second.
func (h *Hub) overtaken(ctx context.Context, number string, was error) error {
	hand, err := h.Store.LastHand(ctx, number)
	if err != nil || hand.Who == "" {
		return was // that it was overtaken is true also without the name
	}
	return papers.Errorf(papers.CodeConflict, "%s was here first: %s is %s since %s. Nothing of yours was saved; what you wrote is still here.",
		hand.Who, number, hand.State.Words(), hand.At.In(h.zone(ctx, number)).Format("3:04:05pm"))
}

// zone is that of the meeting of a contribution, for times in sentences.
func (h *Hub) zone(ctx context.Context, number string) *time.Location {
	c, err := h.Store.Contribution(ctx, number)
	if err != nil {
		return time.UTC
	}
	m, err := h.Meetings.Meeting(ctx, papers.Public, c.Meeting)
	if err != nil {
		return time.UTC
	}
	return m.Location()
}
