package server_test

import (
	"testing"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
)

// chat lets things be said in the room of a meeting: one message that is public, and others that wait for
// a moderator or their moment, were refused, or were removed; with a report on the public one, and a word
// that the board lists.
func (a *aviary) chat(t *testing.T, m papers.Meeting) {
	t.Helper()
	ctx := t.Context()
	if _, err := a.Hub.SetRoom(ctx, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive}, papers.Program); err != nil {
		t.Fatalf("opening the room: %v", err)
	}
	say := func(thing string) livestream.ChatMessage {
		one, err := a.Hub.Say(ctx, livestream.Say{Meeting: m.Slug, Device: auth.HashSecret(thing), Key: "k", Name: a.birds.word(thing + " name"), Text: a.birds.word(thing + " text")})
		if err != nil {
			t.Fatalf("saying the %s: %v", thing, err)
		}
		a.ids["message"] = append(a.ids["message"], one.ID)
		return one
	}
	decide := func(one livestream.ChatMessage, to livestream.ChatState) {
		if _, err := a.Hub.DecideMessage(ctx, livestream.MessageDecision{ID: one.ID, To: to, Reason: "wording"}, papers.Program); err != nil {
			t.Fatalf("deciding: %v", err)
		}
	}
	limits := func(mode papers.ChatMode, delay int) {
		way := livestream.ChatSwitch(mode)
		if _, err := a.Hub.SetLimits(ctx, m.Slug, livestream.RoomLimits{Chat: &way, Delay: &delay}, papers.Program); err != nil {
			t.Fatalf("switching the chat: %v", err)
		}
	}
	limits(papers.ChatCheckedFirst, 0)
	say("waiting message")
	decide(say("refused message"), livestream.ChatRefused)
	limits(papers.ChatCheckedAfter, 0)
	posted := say("posted message")
	decide(say("removed message"), livestream.ChatRemoved)
	limits(papers.ChatCheckedAfter, livestream.MaxDelay)
	say("delayed message")
	err := a.Hub.Report(ctx, livestream.Report{Board: m.Board, Meeting: m.Slug, Subject: "chat/" + posted.ID, Device: auth.HashSecret("a reader"), Reason: "danger", Text: a.birds.word("report text")})
	if err != nil {
		t.Fatalf("reporting: %v", err)
	}
	if err := a.Hub.SetWords(ctx, m.Board, &livestream.Words{Names: []string{a.birds.word("listed name")}, Urgent: []string{a.birds.word("listed words")}}, papers.Program); err != nil {
		t.Fatalf("listing words: %v", err)
	}
}

// chatThings are the canaries of the chat that stay private.
var chatThings = []string{"waiting message name", "waiting message text", "refused message name", "refused message text", "removed message name", "removed message text", "report text", "listed name", "listed words"}
