package store_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// checkedAfter lets the chat of an open room be checked after, with a delay in which only moderators see it.
func (r *record) checkedAfter(meeting string, delay int) {
	r.t.Helper()
	after := livestream.ChatSwitch(papers.ChatCheckedAfter)
	_, err := r.hub().SetLimits(r.ctx, meeting, livestream.RoomLimits{Delay: &delay, Chat: &after}, ruth)
	r.must(err)
}

// TestModeratorsFirstInChat: with a delay nobody but moderators reads a message before its moment, then
// everybody does, once, whichever program posts it; not when it was refused, not while the room is in
// private, and not by itself once the chat is checked first.
func TestModeratorsFirstInChat(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("partnership-board")
		r.checkedAfter(m.Slug, 30)
		list := r.say(m.Slug, livestream.Say{Device: "a", Key: "1", Name: "CANARYNAME", Text: "CANARYOUT"}, livestream.Say{Device: "b", Key: "1", Text: "CANARYREFUSED"},
			livestream.Say{Device: "c", Key: "1", Text: "CANARYEARLY"})
		if list[0].State != livestream.ChatWaiting || list[0].PublicAt == nil || !list[0].PublicAt.Equal(list[0].SentAt.Add(30*time.Second)) {
			t.Fatalf("said %+v", list[0])
		}
		for _, table := range []string{"chat", "chat_words", "room_events", "acts"} {
			if strings.Contains(r.dump(table), "CANARY") {
				t.Errorf("%s tells words before their moment", table)
			}
		}
		r.decideMessage(livestream.MessageDecision{ID: list[1].ID, To: livestream.ChatRefused, Reason: "wording"})
		if early := r.decideMessage(livestream.MessageDecision{ID: list[2].ID, To: livestream.ChatPosted}); early.PublicAt != nil {
			t.Errorf("a moderator posted it: %+v", early)
		}
		acts := len(r.acts())
		r.pass(29 * time.Second)
		if due, err := r.DueChats(r.ctx, r.clock()); err != nil || len(due) != 0 {
			t.Fatalf("due a second early: %v (%v)", due, err)
		}
		r.setRoom(m.Slug, livestream.RoomPrivate)
		r.pass(2 * time.Second)
		if due, err := r.DueChats(r.ctx, r.clock()); err != nil || len(due) != 0 {
			t.Fatalf("due in private: %v (%v)", due, err)
		}
		r.must(r.PostDue(r.ctx, m.Slug))
		if public, _, err := r.Chat(r.ctx, m.Slug, "", 10); err != nil || len(public) != 1 {
			t.Fatalf("the public reads %+v (%v)", public, err)
		}
		r.setRoom(m.Slug, livestream.RoomOpen)
		ctx, stop := context.WithCancel(r.ctx)
		var running sync.WaitGroup
		for _, program := range []*livestream.Hub{r.hub(), r.hub()} {
			running.Go(func() { r.must(program.RunOutgoing(ctx)) })
		}
		defer running.Wait()
		defer stop()
		eventually(t, "the message is posted", func() bool {
			one, err := r.Message(r.ctx, list[0].ID)
			return err == nil && one.State == livestream.ChatPosted && one.PublicAt == nil
		})
		public, _, err := r.Chat(r.ctx, m.Slug, "", 10)
		r.must(err)
		if len(public) != 2 || public[0].Text != "CANARYOUT" || public[0].Name != "CANARYNAME" || strings.Contains(r.dump("chat_words"), list[0].ID) {
			t.Errorf("the public reads %+v", public)
		}
		posted := 0
		for _, a := range r.acts()[acts:] {
			if a.Kind == papers.ActChatPosted {
				posted++
			}
		}
		r.wantDense(m.Slug)
		if posted != 1 {
			t.Errorf("%d acts of one posting", posted)
		}

		late := r.say(m.Slug, livestream.Say{Device: "d", Key: "1", Text: "CANARYLATE"})[0]
		first := livestream.ChatSwitch(papers.ChatCheckedFirst)
		_, err = r.hub().SetLimits(r.ctx, m.Slug, livestream.RoomLimits{Chat: &first}, ruth)
		r.must(err)
		r.pass(31 * time.Second)
		eventually(t, "the message waits for a moderator", func() bool {
			one, err := r.Message(r.ctx, late.ID)
			return err == nil && one.State == livestream.ChatWaiting && one.PublicAt == nil
		})
	})
}

// Two messages of one device that come in one commit are two: slow mode takes the first.
func TestSlowModeInOneCommit(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, slow := r.chatRoom("partnership-board"), 60
		_, err := r.hub().SetLimits(r.ctx, m.Slug, livestream.RoomLimits{Slow: &slow}, ruth)
		r.must(err)
		results, err := r.Say(r.ctx, m.Slug, []livestream.Say{{Device: "d", Key: "1", Text: "One"}, {Device: "e", Key: "1", Text: "Another"}, {Device: "d", Key: "2", Text: "Two"}})
		r.must(err)
		if results[0].Err != nil || results[1].Err != nil || papers.CodeOf(results[2].Err) != papers.CodeTooMany {
			t.Errorf("answers are %+v", results)
		}
		_, err = r.askFrom(m.Slug, "e", "")
		if papers.CodeOf(err) != papers.CodeTooMany {
			t.Errorf("a question right after a message: %v", err)
		}
	})
}

// TestUrgentMessages: the tick of the sender, listed words and a reader's report put a message of the chat
// into the urgent queue, until a moderator has seen to it.
func TestUrgentMessages(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("partnership-board")
		r.checkedAfter(m.Slug, 0)
		hub := r.hub()
		say := func(device, text string, danger bool) livestream.ChatMessage {
			one, err := hub.Say(r.ctx, livestream.Say{Meeting: m.Slug, Device: device, Key: "k", Text: text, Danger: danger})
			r.must(err)
			r.pass(time.Second)
			return one
		}
		ticked, listed, quiet := say("a", "Help", true), say("b", "I want to End  My life", false), say("c", "A happy ending", false)
		r.must(hub.Report(r.ctx, livestream.Report{Board: m.Board, Meeting: m.Slug, Subject: "chat/" + quiet.ID, Device: "x", Reason: "danger"}))
		urgent := func() string {
			list, err := r.UrgentMessages(r.ctx, m.Slug)
			r.must(err)
			var all []string
			for _, u := range list {
				all = append(all, u.UrgentBy+" "+u.Text)
			}
			return strings.Join(all, "; ")
		}
		if got := urgent(); got != "sender Help; words I want to End My life; report A happy ending" {
			t.Fatalf("urgent: %s", got)
		}
		r.pass(time.Second)
		for _, one := range []livestream.ChatMessage{ticked, quiet} {
			r.must(hub.SeeTo(r.ctx, one.ID, ruth))
		}
		r.decideMessage(livestream.MessageDecision{ID: listed.ID, To: livestream.ChatRemoved, Reason: "wording"})
		if got := urgent(); got != "words I want to End My life" {
			t.Errorf("a removed message of somebody in danger is still to be seen to: %s", got)
		}
		r.pass(time.Second)
		r.must(hub.Report(r.ctx, livestream.Report{Board: m.Board, Meeting: m.Slug, Subject: "chat/" + quiet.ID, Device: "y", Reason: "danger"}))
		if got := urgent(); !strings.Contains(got, "report A happy ending") {
			t.Errorf("a new report after it was seen to: %s", got)
		}
		if r.audited(livestream.ChatSubject(m.Slug)+"/"+ticked.ID, "saw to an urgent message") != 1 {
			t.Error("seeing to it left no audit row")
		}
	})
}

// TestHoldBackFromMessage: the device that sent a message is blocked, and the address that it came from is
// slowed, for questions too.
func TestHoldBackFromMessage(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("partnership-board")
		hub := r.hub()
		one := r.say(m.Slug, livestream.Say{Device: "flood", Key: "1", Text: "Buy this", From: "192.0.2.7"})[0]
		b, err := hub.Block(r.ctx, "chat/"+one.ID, r.clock().Add(time.Hour), "Advertising", ruth)
		r.must(err)
		if b.Board != m.Board || b.Device != "flood" {
			t.Errorf("blocked %+v", b)
		}
		if _, err := r.askFrom(m.Slug, "flood", ""); papers.CodeOf(err) != papers.CodeForbidden || !strings.Contains(err.Error(), "Advertising") {
			t.Errorf("a blocked device asks: %v", err)
		}
		_, err = hub.SlowPlace(r.ctx, "chat/"+one.ID, 20, r.clock().Add(time.Hour), "Flood", ruth)
		r.must(err)
		results, err := r.Say(r.ctx, m.Slug, []livestream.Say{{Device: "other", Key: "1", Text: "Hello", From: "192.0.2.7"}, {Device: "third", Key: "1", Text: "Hello", From: "192.0.2.8"}})
		r.must(err)
		if papers.CodeOf(results[0].Err) != papers.CodeTooMany || results[1].Err != nil {
			t.Errorf("answers are %+v", results)
		}
		if r.audited("chat/"+one.ID, "blocked a device") != 1 || r.audited("chat/"+one.ID, "slowed an address") != 1 {
			t.Error("no audit rows")
		}
		r.pass(2 * time.Hour)
		r.must(r.ForgetPlaces(r.ctx, r.clock().Add(-time.Hour)))
		_, err = hub.SlowPlace(r.ctx, "chat/"+one.ID, 20, r.clock().Add(time.Hour), "Flood", ruth)
		wantConflict(t, err, "forgotten after an hour")
	})
}
