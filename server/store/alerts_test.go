package store_test

import (
	"testing"
	"time"

	"clearday/papers"
	"clearday/papers/alerts"
	"clearday/server/auth"
)

// Letters are queued once for each person and event, taken by one program at a time, and never taken
// again once they were on the line.
func TestLetters(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		for _, s := range []alerts.Subscription{{Email: "Ann@example.org", Scope: alerts.Everything}, {Email: "ann@example.org", Scope: alerts.OfBoard, Subject: "board"}, {Email: "bob@example.org", Scope: alerts.OfMeeting, Subject: "board-2026-04-08"}} {
			r.must(r.Subscribe(r.ctx, s))
		}
		for range 3 {
			l, ok, err := r.TakeLetter(r.ctx, time.Minute)
			r.must(err)
			if !ok || l.Kind != alerts.Confirm {
				t.Fatalf("took %v, %t", l.Kind, ok)
			}
			r.must(r.ConfirmSubscription(r.ctx, l.Subscription.ID, l.Subscription.Code))
			r.must(r.FinishLetter(r.ctx, l.ID, alerts.Sent, ""))
		}
		event := alerts.Event{Board: "board", Meeting: "board-2026-04-08", First: 7, Last: 9, At: r.clock().Add(time.Second)}
		r.must(r.QueueLetters(r.ctx, []alerts.Event{event}, 0, 9))
		r.must(r.QueueLetters(r.ctx, []alerts.Event{event}, 0, 9)) // another program, with an old position
		var taken []alerts.Letter
		for {
			l, ok, err := r.TakeLetter(r.ctx, time.Minute)
			r.must(err)
			if !ok {
				break
			}
			taken = append(taken, l)
		}
		if len(taken) != 2 {
			t.Fatalf("%d letters for two people", len(taken))
		}
		for _, l := range taken {
			if l.To == "ann@example.org" && l.Subscription.Scope != alerts.OfBoard {
				t.Errorf("ann's letter is for %s, want the narrowest", l.Subscription.Scope)
			}
		}
		mine, err := r.HandOver(r.ctx, taken[0].ID, nil)
		r.must(err)
		again, err := r.HandOver(r.ctx, taken[0].ID, nil)
		r.must(err)
		if !mine || again {
			t.Errorf("handed over: %t, and again: %t", mine, again)
		}

		// The program dies. The letter that was on the line is not taken again, the other one is.
		r.pass(2 * time.Minute)
		l, ok, err := r.TakeLetter(r.ctx, time.Minute)
		r.must(err)
		if !ok || l.ID != taken[1].ID {
			t.Errorf("after the end of the program it took %q (%t), want the one that was not handed over", l.ID, ok)
		}
		if l, ok, err = r.TakeLetter(r.ctx, time.Minute); err != nil || ok {
			t.Errorf("it took %q again, %v", l.ID, err)
		}
		counts, _, err := r.LetterCounts(r.ctx)
		r.must(err)
		if counts[alerts.Unknown] != 1 {
			t.Errorf("the letters stand at %v, want one of which nobody knows", counts)
		}
	})
}

// A letter about drafts that waits for the mail server does not go to somebody whose role was taken away
// meanwhile, and still goes to whoever is a secretary of its board in another way.
func TestLettersOfRevoked(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		r.board("other")
		m := r.meeting("pb")
		r.item(m.Slug, "Finance")
		own := auth.Grant{Role: auth.Secretary, Board: "pb"}
		gone := r.addUser("Ann", "ann@example.org", own, auth.Grant{Role: auth.Secretary, Board: "other"})
		stays := r.addUser("Bob", "bob@example.org", own, auth.Grant{Role: auth.Secretary, Board: papers.EveryBoard})
		pub, _ := r.schedule(m.Slug)
		r.must(r.NoteFailure(r.ctx, pub.ID, "“Redundancies” is blocked."))
		r.must(r.QueueOutcomes(r.ctx))
		for _, u := range []auth.User{gone, stays} {
			r.must(r.Revoke(r.ctx, u.ID, own, by()))
		}
		l, ok, err := r.TakeLetter(r.ctx, time.Minute)
		r.must(err)
		if !ok || l.To != "bob@example.org" {
			t.Errorf("took %t a letter to %q", ok, l.To)
		}
		if l, ok, _ := r.TakeLetter(r.ctx, time.Minute); ok {
			t.Errorf("a second one goes to %q", l.To)
		}
	})
}
