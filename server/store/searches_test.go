package store_test

import (
	"slices"
	"testing"
	"time"

	"clearday/papers/alerts"
)

// Somebody who keeps a search gets one letter for what became public after they confirmed, with nothing
// in it that an earlier letter told of, whoever dies in between.
func TestFoundLetters(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		take := func() (alerts.Letter, bool) {
			t.Helper()
			l, ok, err := r.TakeLetter(r.ctx, time.Minute)
			r.must(err)
			return l, ok
		}
		keep := func(email string, rhythm alerts.Rhythm) alerts.Subscription {
			t.Helper()
			r.must(r.Subscribe(r.ctx, alerts.Subscription{Email: email, Scope: alerts.OfSearch, Subject: "q=hub", Rhythm: rhythm}))
			l, _ := take()
			r.must(r.ConfirmSubscription(r.ctx, l.Subscription.ID, l.Subscription.Code))
			r.must(r.FinishLetter(r.ctx, l.ID, alerts.Sent, ""))
			return *l.Subscription
		}
		before := r.clock()
		r.pass(time.Second)
		ann, bob := keep("ann@example.org", alerts.AtOnce), keep("bob@example.org", alerts.Weekly)
		r.must(r.Subscribe(r.ctx, alerts.Subscription{Email: "dan@example.org", Scope: alerts.OfSearch, Subject: "q=other", Rhythm: alerts.AtOnce}))
		confirm, _ := take()
		r.must(r.FinishLetter(r.ctx, confirm.ID, alerts.Sent, ""))
		if list, err := r.Searches(r.ctx); err != nil || !slices.Equal(list, []string{"q=hub"}) {
			t.Fatalf("searches that somebody keeps and confirmed: %q, %v", list, err)
		}
		r.pass(time.Second)
		week := r.clock().Add(7 * 24 * time.Hour)
		queue := func(from, to int64, subjects ...string) {
			t.Helper()
			m := alerts.Match{Search: "q=hub", Subjects: []alerts.Fresh{{Subject: "papers/old", At: before}}}
			for _, s := range subjects {
				m.Subjects = append(m.Subjects, alerts.Fresh{Subject: s, At: r.clock()})
			}
			r.must(r.QueueFound(r.ctx, []alerts.Match{m}, from, to, week))
		}
		queue(0, 5, "papers/a")
		queue(0, 5, "papers/x") // another program, with an old position
		queue(5, 6, "papers/b") // before anybody took the letter
		l, ok := take()
		if !ok || l.To != "ann@example.org" || !slices.Equal(l.Subjects, []string{"papers/a", "papers/b"}) {
			t.Fatalf("took %t a letter to %q about %q", ok, l.To, l.Subjects)
		}
		queue(6, 7, "papers/c") // while it is being written: another letter
		second, ok := take()
		if !ok || !slices.Equal(second.Subjects, []string{"papers/c"}) {
			t.Fatalf("the second letter is about %q", second.Subjects)
		}

		told := func(passages ...string) (list []alerts.Told) {
			for _, p := range passages {
				list = append(list, alerts.Told{Passage: p, Subject: "papers/a/v/1"})
			}
			return list
		}
		if mine, err := r.HandOver(r.ctx, l.ID, told("p1", "p2")); err != nil || !mine {
			t.Fatalf("handed over: %t, %v", mine, err)
		}
		if mine, err := r.HandOver(r.ctx, second.ID, told("p2", "p3")); err != nil || mine {
			t.Errorf("a letter with a passage that another tells of was handed over (%t, %v)", mine, err)
		}
		if left, err := r.Untold(r.ctx, second, []string{"p1", "p2", "p3"}); err != nil || !slices.Equal(left, []string{"p3"}) {
			t.Errorf("left to tell: %q, %v", left, err)
		}
		if left, err := r.Untold(r.ctx, alerts.Letter{ID: "x", Subscription: &bob}, []string{"p1"}); err != nil || len(left) != 1 {
			t.Errorf("what ann was told is kept from bob: %q, %v", left, err)
		}

		// The mail server did not take it: the next try may tell the same again, and no other letter.
		r.must(r.RetryLetter(r.ctx, l.ID, 0, "later"))
		if left, err := r.Untold(r.ctx, l, []string{"p1", "p2"}); err != nil || len(left) != 2 {
			t.Errorf("the next try may tell %q, %v", left, err)
		}

		// The program dies on the line: what was handed over counts as told, the rest is written again.
		l, _ = take()
		if mine, err := r.HandOver(r.ctx, l.ID, told("p1")); err != nil || !mine {
			t.Fatalf("the next try: %t, %v", mine, err)
		}
		handed := l.ID
		r.pass(2 * time.Minute)
		if l, ok = take(); !ok || l.ID != second.ID {
			t.Errorf("after the end of the program it took %q (%t)", l.ID, ok)
		}
		if left, err := r.Untold(r.ctx, second, []string{"p1", "p2", "p3"}); err != nil || !slices.Equal(left, []string{"p2", "p3"}) {
			t.Errorf("left to tell after the end of the program: %q, %v", left, err)
		}
		if n, err := r.WrittenTo(r.ctx, "papers/a/v/1"); err != nil || n != 1 {
			t.Errorf("%d letters told of the version, %v", n, err)
		}

		// What is stopped leaves who was told, and the count of letters.
		r.must(r.FinishLetter(r.ctx, handed, alerts.Sent, ""))
		r.must(r.Unsubscribe(r.ctx, ann.ID, ann.Code))
		if n, err := r.WrittenTo(r.ctx, "papers/a/v/1"); err != nil || n != 1 {
			t.Errorf("after the end of the subscription %d letters told of the version, %v", n, err)
		}
		if l, ok := take(); ok {
			t.Errorf("a letter to %q before Monday", l.To)
		}
		r.must(r.SetRhythm(r.ctx, bob.ID, bob.Code, alerts.AtOnce))
		if s, err := r.Subscription(r.ctx, bob.ID, bob.Code); err != nil || s.Rhythm != alerts.AtOnce {
			t.Errorf("bob hears %q, %v", s.Rhythm, err)
		}
		r.pass(8 * 24 * time.Hour)
		if l, ok := take(); !ok || l.To != "bob@example.org" || !slices.Equal(l.Subjects, []string{"papers/a", "papers/b", "papers/c"}) {
			t.Errorf("the weekly letter: %t to %q about %q", ok, l.To, l.Subjects)
		}
	})
}
