package livestream

import (
	"context"
	"errors"
	"fmt"

	"clearday/papers"
)

// MayFollow tells whether one further question may follow this one, where the rules allow it at all.
func (c Contribution) MayFollow() bool {
	return c.Kind == KindQuestion && c.Parent == "" && (c.State == AnsweredOrally || c.State == AnsweredWriting)
}

// Further takes the one question that may follow an answer, from whoever holds the code of the first: under
// the same name, with a number and a private page of its own. From is where it was sent from. Sent twice it
// gets the first answer again.
func (h *Hub) Further(ctx context.Context, number, code, text, from string) (Contribution, error) {
	h.init()
	first, err := h.Store.Mine(ctx, number, code)
	if err != nil {
		return Contribution{}, fmt.Errorf("reading the asker's own: %w", err)
	}
	return h.follow(ctx, first, Ask{Text: text, From: from, Channel: ChannelForm})
}

// furtherHere takes it in the room, from the device that asked the first.
func (h *Hub) furtherHere(ctx context.Context, a Ask) (Contribution, error) {
	first, err := h.Store.Contribution(ctx, a.Parent)
	if err != nil && !errors.Is(err, papers.ErrNotFound) {
		return Contribution{}, fmt.Errorf("reading the question before: %w", err)
	}
	if err != nil || first.Device != a.Device || first.Meeting != a.Meeting { // nobody learns of others'
		return Contribution{}, papers.Errorf(papers.CodeInvalid, "A further question follows one of your own. Send it from the device that asked the first, or on its private page.")
	}
	return h.follow(ctx, first, a)
}

// enterFurther takes it for somebody, as staff wrote it down (rules.md Q-7).
func (h *Hub) enterFurther(ctx context.Context, a Ask, by papers.Actor) (Contribution, error) {
	first, err := h.Store.Contribution(ctx, a.Parent)
	if err != nil && !errors.Is(err, papers.ErrNotFound) {
		return Contribution{}, fmt.Errorf("reading the question before: %w", err)
	}
	if err != nil || first.Meeting != a.Meeting {
		return Contribution{}, papers.Errorf(papers.CodeInvalid, "There is no question with that number at this meeting. Give the number of the one that was answered, such as Q-2026-0042.")
	}
	if err := h.mayFollow(ctx, first, &a); err != nil {
		return Contribution{}, err
	}
	return h.followed(a, func() (Contribution, bool, error) { return h.Store.Enter(ctx, a, papers.Change{By: by}) })
}

// follow takes what follows the first, within the rules and the rates of whoever sends.
func (h *Hub) follow(ctx context.Context, first Contribution, a Ask) (Contribution, error) {
	if err := h.mayFollow(ctx, first, &a); err != nil {
		return Contribution{}, err
	}
	if err := h.inTurn(ctx, a); err != nil {
		return h.askedBefore(ctx, a, err)
	}
	return h.followed(a, func() (Contribution, bool, error) { return h.Store.Ask(ctx, a) })
}

// mayFollow checks the rules, and makes it the same asker's, on the same item. Its key is that of the
// first, so that only one can follow.
func (h *Hub) mayFollow(ctx context.Context, first Contribution, a *Ask) error {
	if !first.MayFollow() {
		return papers.Errorf(papers.CodeConflict, "A further question can follow once, when the first is answered.")
	}
	rules, err := h.Meetings.Rules(ctx, first.Meeting)
	if err != nil {
		return fmt.Errorf("reading the rules: %w", err)
	}
	if !rules.Supplementary {
		return closed("No further question follows an answer at this board.")
	}
	*a = Ask{Meeting: first.Meeting, Device: first.Device, Key: "after " + first.Number, Kind: KindQuestion, Item: first.Item, Parent: first.Number,
		Name: first.Name, Area: first.Area, For: first.For, Email: first.Email, Minor: first.Minor, Withheld: first.Withheld,
		Text: printable(a.Text), Health: a.Health, Urgent: a.Urgent, From: a.From, Channel: a.Channel, EnteredBy: a.EnteredBy, ReceivedAt: a.ReceivedAt}
	if err := a.Tidy(); err != nil {
		return err
	}
	return a.Fits(rules, Room{})
}

func (h *Hub) followed(a Ask, keep func() (Contribution, bool, error)) (Contribution, error) {
	c, again, err := keep()
	if err != nil {
		return Contribution{}, fmt.Errorf("keeping a further question: %w", err)
	}
	if again && (c.EnteredBy != a.EnteredBy || c.Text != a.Text && c.Wording == "") { // not a retry: it must not seem kept
		return Contribution{}, papers.Errorf(papers.CodeConflict, "A further question followed already: %s. One can.", c.Number)
	}
	if !again {
		h.announce(Wake{Meeting: c.Meeting, Queue: true})
	}
	return c, nil
}
