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
		"allocated_to": seen.AllocatedTo, "answer_due": seen.AnswerDue, "put_item": seen.PutItem, "wording": string(seen.Wording)} {
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

// SetRoom changes the room's state and how questions are taken; empty leaves as is, but opening a
// room that took questions in advance takes them live unless asking is said. The caller has checked
// the permission.
func (h *Hub) SetRoom(ctx context.Context, meeting string, state RoomState, asking Asking, by papers.Actor) (Room, error) {
	h.init()
	switch state {
	case "", RoomOpen, RoomPaused, RoomPrivate, RoomClosed:
	default:
		return Room{}, papers.Errorf(papers.CodeInvalid, "A room is open, paused, private or closed.")
	}
	switch asking {
	case "", AskingAdvance, AskingLive, AskingClosed:
	default:
		return Room{}, papers.Errorf(papers.CodeInvalid, "Asking is advance, live or closed.")
	}
	m, before, err := h.meetingRoom(ctx, meeting)
	if err != nil {
		return Room{}, err
	}
	after := before
	if state != "" {
		after.State = state
	}
	if asking == "" && state == RoomOpen && before.Asking == AskingAdvance {
		asking = AskingLive
	}
	if asking != "" {
		after.Asking = asking
	}
	room, err := h.Store.SetRoom(ctx, meeting, state, asking, roomChange(m, after, by))
	if err != nil {
		return Room{}, fmt.Errorf("changing the room: %w", err)
	}
	h.announce(Wake{Meeting: meeting, Seq: room.Seq})
	return room, nil
}

// StartItem makes the item the one being heard; the caller has checked the permission.
func (h *Hub) StartItem(ctx context.Context, meeting, item string, by papers.Actor) (Room, error) {
	h.init()
	m, room, err := h.meetingRoom(ctx, meeting)
	if err != nil {
		return Room{}, err
	}
	items, err := h.Meetings.Items(ctx, papers.Public, meeting)
	if err != nil {
		return Room{}, fmt.Errorf("reading the agenda: %w", err)
	}
	if !holdsItem(items, item) {
		return Room{}, papers.Errorf(papers.CodeInvalid, "That item is not on the published agenda of this meeting. Publish it first.")
	}
	room.Item = item
	room, err = h.Store.StartItem(ctx, meeting, item, roomChange(m, room, by))
	if err != nil {
		return Room{}, fmt.Errorf("starting the item: %w", err)
	}
	h.announce(Wake{Meeting: meeting, Seq: room.Seq})
	return room, nil
}

func holdsItem(items []papers.Item, id string) bool {
	for _, i := range items {
		if i.ID == id {
			return true
		}
	}
	return false
}

func (h *Hub) meetingRoom(ctx context.Context, meeting string) (papers.Meeting, Room, error) {
	m, err := h.Meetings.Meeting(ctx, papers.Public, meeting)
	if err != nil {
		return papers.Meeting{}, Room{}, fmt.Errorf("reading the meeting: %w", err)
	}
	room, err := h.Store.Room(ctx, meeting)
	if err != nil {
		return papers.Meeting{}, Room{}, fmt.Errorf("reading the room: %w", err)
	}
	return m, room, nil
}

func roomChange(m papers.Meeting, r Room, by papers.Actor) papers.Change {
	facts := map[string]string{"room": string(r.State), "asking": string(r.Asking)}
	if r.Item != "" {
		facts["item"] = r.Item
	}
	return papers.Change{By: by, Acts: []papers.Act{{Kind: papers.ActRoomChanged, Subject: "meetings/" + m.Slug + "/live",
		Board: m.Board, Meeting: m.Slug, Facts: facts}}}
}
