package livestream

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"clearday/papers"
)

// Say takes a message of the chat: the rules of the meeting, the limits, then the record. When it
// answers without an error the message is committed: posted, or waiting for a moderator. The same
// meeting, device and key get the first answer again, also after the chat has closed.
func (h *Hub) Say(ctx context.Context, s Say) (ChatMessage, error) {
	h.init()
	if s.Device == "" {
		return ChatMessage{}, papers.Errorf(papers.CodeInvalid, "Your browser kept no cookie of this site. Allow cookies here, then send it again.")
	}
	if err := s.Tidy(); err != nil {
		return ChatMessage{}, err
	}
	if err := h.maySay(ctx, &s); err != nil {
		return h.saidBefore(ctx, s, err)
	}
	r, err := h.sayGroup.do(ctx, s.Meeting, s)
	if err != nil {
		return ChatMessage{}, err
	}
	return r.Message, r.Err
}

// maySay sets how the message is taken, or tells why it is not.
func (h *Hub) maySay(ctx context.Context, s *Say) error {
	m, room, rules, err := h.ruledRoom(ctx, s.Meeting)
	if err != nil {
		return err
	}
	mode := room.ChatMode(rules)
	if err := TakesMessages(m, room, mode); err != nil {
		return err
	}
	s.Checked = mode == papers.ChatCheckedFirst
	switch h.take(ctx, s.Meeting, Bucket{"chat", s.Device, h.Limits.Chats}, Bucket{"chat by address", s.From, h.Limits.PlaceChats}, Bucket{"chat by room", s.Meeting, h.Limits.RoomChats}) {
	case "":
		s.UrgentBy, err = h.urgentBy(ctx, m.Board, *s)
		return err
	case "chat":
		return papers.Errorf(papers.CodeTooMany, "You have sent several messages in a short time. Wait %d seconds, then send it again.", int(h.Limits.Chats.Every.Seconds()))
	}
	return papers.Errorf(papers.CodeTooMany, "Many messages come in at this moment. Wait a few seconds, then send it again.")
}

// saidBefore answers a refused message that is a retry of an accepted one as the first time.
func (h *Hub) saidBefore(ctx context.Context, s Say, refusal error) (ChatMessage, error) {
	if papers.CodeOf(refusal) == "" {
		return ChatMessage{}, refusal
	}
	m, err := h.Store.Said(ctx, s.Meeting, s.Device, s.Key)
	if errors.Is(err, papers.ErrNotFound) {
		return ChatMessage{}, refusal
	}
	if err != nil {
		return ChatMessage{}, fmt.Errorf("looking for an earlier answer: %w", err)
	}
	return m, nil
}

// commitMessages is the commit of messages that came to the room together.
func (h *Hub) commitMessages(ctx context.Context, room string, list []Say) ([]SayResult, error) {
	results, err := h.Store.Say(ctx, room, list)
	if err == nil {
		desk := slices.ContainsFunc(results, func(r SayResult) bool { return r.Message.State == ChatWaiting || r.Message.UrgentBy != "" })
		h.announce(Wake{Meeting: room, Queue: desk})
	}
	return results, err
}

// DecideMessage applies a moderator's decision about a message; the caller has checked the permission.
// What the public can see of it becomes an act, with commitments in the place of words.
func (h *Hub) DecideMessage(ctx context.Context, d MessageDecision, by papers.Actor) (ChatMessage, error) {
	h.init()
	before, err := h.Store.Message(ctx, d.ID)
	if err != nil {
		return ChatMessage{}, fmt.Errorf("reading a message: %w", err)
	}
	room, err := h.Store.Room(ctx, before.Meeting)
	if err != nil {
		return ChatMessage{}, fmt.Errorf("reading the room of a message: %w", err)
	}
	if err := d.Check(before, room); err != nil {
		return ChatMessage{}, err
	}
	after := d.Apply(before, h.Now())
	m, err := h.Store.DecideMessage(ctx, d, papers.Change{By: by, Acts: []papers.Act{ChatAct(after)}})
	if err != nil {
		return ChatMessage{}, fmt.Errorf("keeping the decision: %w", err)
	}
	h.announce(Wake{Meeting: m.Meeting, Queue: true})
	return m, nil
}

// ChatAct is the act of messages of one meeting that were posted, or of one that was refused or removed:
// states by id, and commitments to the words that became public.
func ChatAct(list ...ChatMessage) papers.Act {
	of := list[0]
	a := papers.Act{Kind: papers.ActChatPosted, Subject: ChatSubject(of.Meeting), Board: of.Board, Meeting: of.Meeting,
		Facts: map[string]string{}, Texts: map[string]string{}}
	for _, m := range list {
		a.Facts[m.ID] = string(m.State)
		if m.State != ChatPosted {
			a.Kind, a.Facts["reason"] = papers.ActChatRemoved, m.Reason
			continue
		}
		a.Texts[m.ID] = m.Text
		if m.Name != "" {
			a.Texts[NameOf(m.ID)] = m.Name
		}
	}
	return a
}

// NameOf is under which name an act commits to the name of a message's sender.
func NameOf(id string) string { return id + " name" }

// ChatSubject is what the acts of a meeting's chat are about.
func ChatSubject(meeting string) string { return "meetings/" + meeting + "/chat" }
