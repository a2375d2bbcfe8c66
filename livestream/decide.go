package livestream

import (
	"context"
	"fmt"
	"time"

	"clearday/papers"
)

// Decide applies a moderator's decision; the caller has checked the permission. An empty To leaves
// the state as it is. What the public can see of it becomes an act.
func (h *Hub) Decide(ctx context.Context, d Decision, by papers.Actor) (Contribution, error) {
	h.init()
	before, err := h.Store.Contribution(ctx, d.Number)
	if err != nil {
		return Contribution{}, fmt.Errorf("reading the contribution: %w", err)
	}
	if d.Revision != 0 && d.Revision != before.Revision {
		return Contribution{}, h.overtaken(ctx, d.Number, d.Check(before))
	}
	if err := d.TidyOpinion(); err != nil {
		return Contribution{}, err
	}
	if err := d.Check(before); err != nil {
		return Contribution{}, err
	}
	if d.Done != "" && d.Done > h.Now().In(h.zone(ctx, d.Number)).Format(time.DateOnly) {
		return Contribution{}, papers.Errorf(papers.CodeInvalid, "That day is still to come. Say it when it is dealt with.")
	}
	d.Over = d.Over || d.Revision == 0 // who decides about whatever state it is in has read no claim
	d.Revision = before.Revision       // the acts below say what happens to this one
	if later, err := h.putOff(ctx, before, d, by); later != nil || err != nil {
		return before, err
	}
	if d.PutItem, err = h.putItem(ctx, before, d); err != nil {
		return Contribution{}, err
	}
	c, err := h.Store.Decide(ctx, d, papers.Change{By: by, Acts: d.acts(before, by, h.Now())})
	if err != nil {
		return Contribution{}, fmt.Errorf("keeping the decision: %w", err)
	}
	h.announce(Wake{Meeting: c.Meeting, Queue: true})
	return c, nil
}

// putItem is the item under which a question is put: the one being heard.
func (h *Hub) putItem(ctx context.Context, before Contribution, d Decision) (string, error) {
	if d.PutItem != "" || d.To != Put && d.To != AnsweredOrally {
		return d.PutItem, nil
	}
	room, err := h.Store.Room(ctx, before.Meeting)
	if err != nil {
		return "", fmt.Errorf("reading the room: %w", err)
	}
	return room.Item, nil
}

// acts says what the public can see of the decision: nothing of a hold or of steps at the desk, and
// words only as commitments.
func (d Decision) acts(before Contribution, by papers.Actor, now time.Time) []papers.Act {
	return Moved(before, d.Apply(before, by, now))
}

// Moved is the act of a contribution whose public face changed, or none. Words are only committed to.
func Moved(before, after Contribution) []papers.Act {
	was, seen := before.Public(), after.Public()
	if was == seen {
		return nil
	}
	facts := map[string]string{"state": string(seen.State)}
	for name, value := range map[string]string{"reason": seen.Reason, "merged_into": seen.MergedInto, "item": seen.Item,
		"allocated_to": seen.AllocatedTo, "answer_due": seen.AnswerDue, "dealt_with": seen.DealtWith, "put_item": seen.PutItem, "wording": string(seen.Wording)} {
		if value != "" {
			facts[name] = value
		}
	}
	texts := map[string]string{}
	if seen.Text != "" && seen.Text != was.Text {
		texts["text"] = seen.Text
	}
	if seen.Answer != "" && seen.Answer != was.Answer {
		texts["answer"] = seen.Answer
	}
	return []papers.Act{{Kind: papers.ActContributionMoved, Subject: "questions/" + after.Number,
		Board: after.Board, Meeting: after.Meeting, Facts: facts, Texts: texts}}
}
