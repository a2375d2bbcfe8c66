package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

var (
	ruth = papers.Actor{ID: "ruth", Name: "Ruth Amory", Role: "moderator"}
	omar = papers.Actor{ID: "omar", Name: "Omar Dunn", Role: "moderator"}
)

// hub gives a hub on the record with the record's clock.
func (r *record) hub() *livestream.Hub {
	return &livestream.Hub{Store: r.DB, Bus: &livestream.MemoryBus{}, Meetings: r.DB, Now: r.clock}
}

func wantConflict(t *testing.T, err error, words ...string) {
	t.Helper()
	if papers.CodeOf(err) != papers.CodeConflict {
		t.Fatalf("got %v, want a conflict", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q lacks %q", err, w)
		}
	}
}

// audited tells how many audit rows of the subject say so.
func (r *record) audited(subject, what string) int {
	r.t.Helper()
	rows, err := r.Audit(r.ctx, subject, 100)
	r.must(err)
	n := 0
	for _, row := range rows {
		if row.What == what {
			n++
		}
	}
	return n
}

// TestClaims: two moderators never act on the same question unknowingly.
func TestClaims(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		hub, q := r.hub(), r.ask(m.Slug, "device", "a")
		_, err := hub.Claim(r.ctx, q.Number, false, ruth)
		r.must(err)
		_, err = hub.Claim(r.ctx, q.Number, false, omar)
		wantConflict(t, err, "Ruth Amory is at "+q.Number)
		_, err = hub.Decide(r.ctx, livestream.Decision{Number: q.Number, Revision: 1, To: livestream.Published}, omar)
		wantConflict(t, err, "Ruth Amory is at "+q.Number, "take it over")

		_, err = hub.Claim(r.ctx, q.Number, true, omar)
		r.must(err)
		if r.audited("questions/"+q.Number, "took a contribution over") != 1 {
			t.Error("taking over left no audit row")
		}
		list, err := hub.Desk(r.ctx, m.Slug)
		r.must(err)
		if c := list[0].Claim; c == nil || c.Who != "Omar Dunn" {
			t.Errorf("the queue does not say who is at it: %+v", c)
		}
		_, err = hub.Decide(r.ctx, livestream.Decision{Number: q.Number, Revision: 1, To: livestream.Published}, omar)
		r.must(err)
		_, err = hub.Decide(r.ctx, livestream.Decision{Number: q.Number, Revision: 1, To: livestream.Held}, ruth)
		wantConflict(t, err, "Omar Dunn was here first", "published", "still here")

		two := r.ask(m.Slug, "device", "b")
		_, err = hub.Claim(r.ctx, two.Number, false, ruth)
		r.must(err)
		r.pass(livestream.ClaimFor + time.Second)
		_, err = hub.Decide(r.ctx, livestream.Decision{Number: two.Number, Revision: 1, To: livestream.Held}, omar)
		r.must(err) // a claim ends by itself
		_, err = hub.Claim(r.ctx, two.Number, false, ruth)
		r.must(err)
		_, err = hub.Decide(r.ctx, livestream.Decision{Number: two.Number, To: livestream.Published}, omar)
		r.must(err) // a program that says "whatever it is" has read no claim
	})
}

// TestTwoModeratorsAtOnce: of many decisions on the same words at the same moment one is taken.
func TestTwoModeratorsAtOnce(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		q, hubs := r.ask(m.Slug, "device", "a"), []*livestream.Hub{r.hub(), r.hub()}
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			all.Go(func() {
				to := []livestream.State{livestream.Published, livestream.Held}[i%2]
				_, errs[i] = hubs[i%2].Decide(r.ctx, livestream.Decision{Number: q.Number, Revision: 1, To: to}, papers.Actor{ID: string(rune('a' + i)), Name: "Moderator"})
			})
		}
		all.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else {
				wantConflict(t, err)
			}
		}
		if done != 1 {
			t.Errorf("%d of 8 decisions on the same words were taken", done)
		}
	})
}

func TestSecondOpinion(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		hub, q := r.hub(), r.ask(m.Slug, "device", "a")
		_, err := hub.Decide(r.ctx, livestream.Decision{Number: q.Number, Revision: 1, To: livestream.Held, Opinion: "Is this about a patient?"}, ruth)
		r.must(err)
		list, err := hub.Desk(r.ctx, m.Slug)
		r.must(err)
		if o := list[0].Opinion; o == nil || o.Who != "Ruth Amory" || o.Why != "Is this about a patient?" || list[0].State != livestream.Held {
			t.Fatalf("the queue says %+v", list[0])
		}
		_, err = hub.Decide(r.ctx, livestream.Decision{Number: q.Number, Revision: 2, To: livestream.Published}, ruth)
		wantConflict(t, err, "You asked for a second opinion")
		_, err = hub.Decide(r.ctx, livestream.Decision{Number: q.Number, Revision: 2, To: livestream.Published}, omar)
		r.must(err)

		two := r.ask(m.Slug, "device", "b")
		_, err = hub.Decide(r.ctx, livestream.Decision{Number: two.Number, Revision: 1, To: livestream.Held, Opinion: "Look"}, ruth)
		r.must(err)
		r.must(hub.EndOpinion(r.ctx, two.Number, ruth))
		_, err = hub.Decide(r.ctx, livestream.Decision{Number: two.Number, Revision: 2, To: livestream.Published}, ruth)
		r.must(err)
		if r.audited("questions/"+two.Number, "withdrew the request for a second opinion") != 1 {
			t.Error("withdrawing the request left no audit row")
		}
		if bytesIn(t, r, "Is this about a patient?") {
			t.Error("why an opinion is asked for lies open in the record")
		}
	})
}

// TestModeratorsFirst: what is published with a delay reaches the public when its moment has come,
// once, whichever of several programs does it, and not at all when it was stopped.
func TestModeratorsFirst(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		delay := 30
		_, err := r.hub().SetLimits(r.ctx, m.Slug, livestream.RoomLimits{Delay: &delay}, ruth)
		r.must(err)
		out, stopped, changed := r.ask(m.Slug, "d", "out"), r.ask(m.Slug, "d", "stopped"), r.ask(m.Slug, "d", "changed")
		hub := r.hub()
		for _, q := range []livestream.Contribution{out, stopped, changed} {
			_, err := hub.Decide(r.ctx, livestream.Decision{Number: q.Number, Revision: 1, To: livestream.Published}, ruth)
			r.must(err)
			if face, err := r.Question(r.ctx, q.Number); err != nil || face.State != livestream.Received || face.Text != "" {
				t.Fatalf("the public sees %+v before its time (%v)", face, err)
			}
		}
		r.must(hub.StopOutgoing(r.ctx, stopped.Number, omar))
		wantConflict(t, hub.StopOutgoing(r.ctx, stopped.Number, omar), "not waiting")
		_, err = hub.Decide(r.ctx, livestream.Decision{Number: changed.Number, Revision: 1, To: livestream.Held}, omar)
		r.must(err)

		ctx, stop := context.WithCancel(r.ctx)
		var running sync.WaitGroup
		for _, program := range []*livestream.Hub{r.hub(), r.hub(), r.hub()} { // after a restart of all
			running.Go(func() { r.must(program.RunOutgoing(ctx)) })
		}
		defer running.Wait()
		defer stop()
		r.pass(29 * time.Second)
		list, err := r.Outgoing(r.ctx, r.clock())
		r.must(err)
		if len(list) != 0 {
			t.Fatalf("%d are due a second early", len(list))
		}
		r.pass(2 * time.Second)
		eventually(t, "the question is published", func() bool {
			face, err := r.Question(r.ctx, out.Number)
			return err == nil && face.State == livestream.Published && face.Text != ""
		})
		events := r.wantDense(m.Slug)
		published := 0
		for _, e := range events {
			if e.Kind == livestream.EventQuestionPublished {
				published++
				if e.At.Before(r.clock().Add(-2 * time.Second)) {
					t.Errorf("the event says %s, before its moment", e.At)
				}
			}
		}
		if published != 1 {
			t.Errorf("%d questions were published, want the one that nobody stopped", published)
		}
		for _, q := range []livestream.Contribution{stopped, changed} {
			if face, err := r.Question(r.ctx, q.Number); err != nil || face.State != livestream.Received {
				t.Errorf("%s became %s (%v)", q.Number, face.State, err)
			}
		}
		if rows, err := r.Audit(r.ctx, "questions/"+out.Number, 10); err != nil || rows[0].Who != "Ruth Amory" {
			t.Errorf("the audit does not say whose decision it was: %+v (%v)", rows, err)
		}
	})
}

// TestStopAgainstItsMoment: a stop that was acknowledged is never overtaken by the publication.
func TestStopAgainstItsMoment(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		delay := 1
		_, err := r.hub().SetLimits(r.ctx, m.Slug, livestream.RoomLimits{Delay: &delay}, ruth)
		r.must(err)
		for range 12 {
			q := r.ask(m.Slug, "d", papers.NewID())
			_, err := r.hub().Decide(r.ctx, livestream.Decision{Number: q.Number, Revision: 1, To: livestream.Published}, ruth)
			r.must(err)
			r.pass(2 * time.Second)
			list, err := r.Outgoing(r.ctx, r.clock())
			r.must(err)
			var both sync.WaitGroup
			var stopErr error
			both.Go(func() { stopErr = r.hub().StopOutgoing(r.ctx, q.Number, omar) })
			both.Go(func() {
				for _, o := range list {
					o.Decision.Outgoing = true
					_, _ = r.hub().Decide(r.ctx, o.Decision, o.By) // one of the two is refused: that is the point
				}
			})
			both.Wait()
			face, err := r.Question(r.ctx, q.Number)
			r.must(err)
			if stopped := stopErr == nil; stopped == (face.State == livestream.Published) {
				t.Fatalf("stopped: %v (%v), and it is %s", stopped, stopErr, face.State)
			}
		}
	})
}

func (r *record) askFrom(meeting, device, from string) (livestream.Contribution, error) {
	c, _, err := r.Ask(r.ctx, livestream.Ask{Meeting: meeting, Device: device, From: from, Key: papers.NewID(), Kind: livestream.KindQuestion, Text: "Why?"})
	return c, err
}

// TestBlocks: a block is of a device, ends by itself or is lifted, and holds in every program at once.
func TestBlocks(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		hub := r.hub()
		q, err := r.askFrom(m.Slug, "loud", "10.0.0.1")
		r.must(err)
		until := r.clock().Add(time.Hour)
		_, err = hub.Block(r.ctx, q.Number, until, "Forty times the same", ruth)
		r.must(err)
		for _, program := range []*livestream.Hub{r.hub(), hub} {
			_, err = program.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: "loud", Key: papers.NewID(), Text: "Again"})
			var refusal *livestream.Refusal
			if !errors.As(err, &refusal) || refusal.Code != livestream.CodeBlocked {
				t.Fatalf("a blocked device got %v", err)
			}
			for _, w := range []string{"until " + until.In(m.Location()).Format("Monday 2 January, 3:04pm"), "Forty times the same", "You can still read"} {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q lacks %q", err, w)
				}
			}
		}
		if _, err := r.askFrom(m.Slug, "quiet", "10.0.0.1"); err != nil {
			t.Errorf("another device at the same address got %v", err)
		}
		r.pass(time.Hour)
		if _, err := r.askFrom(m.Slug, "loud", "10.0.0.1"); err != nil {
			t.Errorf("after its end the block holds: %v", err)
		}
		b, err := hub.Block(r.ctx, q.Number, r.clock().Add(time.Hour), "Again", ruth)
		r.must(err)
		r.must(r.Lift(r.ctx, m.Board, b.ID, papers.Change{By: omar}))
		if _, err := r.askFrom(m.Slug, "loud", "10.0.0.1"); err != nil {
			t.Errorf("a lifted block holds: %v", err)
		}
		if err := r.Lift(r.ctx, m.Board, b.ID, papers.Change{By: omar}); papers.CodeOf(err) != papers.CodeNotFound {
			t.Errorf("lifting twice: %v", err)
		}
		if _, err := hub.Block(r.ctx, q.Number, r.clock().Add(livestream.MaxBlock+time.Hour), "For ever", ruth); papers.CodeOf(err) != papers.CodeInvalid {
			t.Errorf("a block without a near end was taken: %v", err)
		}
		if _, err := hub.Block(r.ctx, q.Number, r.clock().Add(time.Hour), " ", ruth); papers.CodeOf(err) != papers.CodeInvalid {
			t.Errorf("a block without a reason was taken: %v", err)
		}
		blocks, _, err := r.Blocks(r.ctx, m.Board)
		r.must(err)
		if len(blocks) != 2 || blocks[0].LiftedAt == nil || blocks[1].Who != "Ruth Amory" {
			t.Errorf("the list of blocks: %+v", blocks)
		}
		if r.audited("questions/"+q.Number, "blocked a device") != 2 || r.audited("boards/"+m.Board, "lifted a block") != 1 {
			t.Error("a block or its lifting left no audit row")
		}
	})
}

// TestSlowing: an address is slowed and never stopped, by a keyed hash that is forgotten.
func TestSlowing(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		hub := r.hub()
		q, err := r.askFrom(m.Slug, "one", "10.20.30.40")
		r.must(err)
		_, err = hub.SlowPlace(r.ctx, q.Number, 20, r.clock().Add(time.Hour), "A flood", ruth)
		r.must(err)
		_, err = r.askFrom(m.Slug, "two", "10.20.30.40")
		if papers.CodeOf(err) != papers.CodeTooMany || !strings.Contains(err.Error(), "Send it again at") {
			t.Fatalf("a slowed address got %v", err)
		}
		if _, err := r.askFrom(m.Slug, "three", "10.20.30.41"); err != nil {
			t.Errorf("another address got %v", err)
		}
		r.pass(21 * time.Second)
		if _, err := r.askFrom(m.Slug, "two", "10.20.30.40"); err != nil {
			t.Errorf("it is stopped, not slowed: %v", err)
		}
		r.pass(time.Hour)
		for i := range 2 {
			if _, err := r.askFrom(m.Slug, "four"+string(rune('a'+i)), "10.20.30.40"); err != nil {
				t.Errorf("after its end: %v", err)
			}
		}
		if bytesIn(t, r, "10.20.30.40") {
			t.Error("the address lies in the record")
		}
		r.must(r.ForgetPlaces(r.ctx, r.clock().Add(time.Second)))
		_, err = hub.SlowPlace(r.ctx, q.Number, 20, r.clock().Add(time.Hour), "A flood", ruth)
		wantConflict(t, err, "forgotten after an hour")
	})
}

func TestSlowModeAndPause(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		hub, slow, on, off := r.hub(), 60, true, false
		room, err := hub.SetLimits(r.ctx, m.Slug, livestream.RoomLimits{Slow: &slow}, ruth)
		r.must(err)
		if room.Slow != 60 || room.Seq == 0 {
			t.Fatalf("the room is %+v", room)
		}
		_, err = r.askFrom(m.Slug, "d", "")
		r.must(err)
		_, err = r.askFrom(m.Slug, "d", "")
		if papers.CodeOf(err) != papers.CodeTooMany || !strings.Contains(err.Error(), "every 60 seconds") {
			t.Fatalf("slow mode let a second one through: %v", err)
		}
		if _, err := r.askFrom(m.Slug, "another", ""); err != nil {
			t.Errorf("slow mode holds up another device: %v", err)
		}
		r.pass(time.Minute)
		if _, err := r.askFrom(m.Slug, "d", ""); err != nil {
			t.Errorf("after a minute: %v", err)
		}
		_, err = hub.SetLimits(r.ctx, m.Slug, livestream.RoomLimits{Paused: &on}, ruth)
		r.must(err)
		_, err = hub.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: "late", Key: "k", Text: "Why?"})
		if err == nil || !strings.Contains(err.Error(), "paused asking") {
			t.Errorf("a pause let a question through: %v", err)
		}
		room, err = hub.SetLimits(r.ctx, m.Slug, livestream.RoomLimits{Paused: &off}, ruth)
		r.must(err)
		if again, err := hub.SetLimits(r.ctx, m.Slug, livestream.RoomLimits{Paused: &off}, ruth); err != nil || again.Seq != room.Seq {
			t.Errorf("changing nothing wrote an event (%v)", err)
		}
		if _, err := hub.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: "late", Key: "k", Text: "Why?"}); err != nil {
			t.Errorf("after the pause: %v", err)
		}
		if n := r.audited("meetings/"+m.Slug+"/room", "changed the limits of the room"); n != 3 {
			t.Errorf("%d audit rows", n)
		}
		r.wantDense(m.Slug)
	})
}

func TestReports(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		hub, q := r.hub(), r.ask(m.Slug, "d", "a")
		other := r.ask(m.Slug, "d", "b")
		r.decide(livestream.Decision{Number: q.Number, To: livestream.Published})
		subject := "questions/" + q.Number
		for i, device := range []string{"x", "y", "x"} {
			r.must(hub.Report(r.ctx, livestream.Report{Board: m.Board, Meeting: m.Slug, Subject: subject, Part: "question", Device: device,
				Reason: []string{"abuse", "danger", "other"}[i], Text: "secretreport"}))
		}
		list, err := hub.Desk(r.ctx, m.Slug)
		r.must(err)
		if list[0].Number != q.Number || list[0].Reported != 2 || !list[0].MostUrgent() || list[1].Number != other.Number {
			t.Fatalf("the queue: %+v", list)
		}
		if list[0].Reports[0].Reason != "danger" || list[0].Reports[0].Text != "secretreport" {
			t.Errorf("the urgent report is not the first: %+v", list[0].Reports)
		}
		r.must(hub.SetUrgent(r.ctx, q.Number, false, ruth))
		if list, err = hub.Desk(r.ctx, m.Slug); err != nil || list[0].MostUrgent() {
			t.Errorf("what was seen to is still urgent (%v)", err)
		}
		r.pass(time.Minute)
		r.must(hub.Report(r.ctx, livestream.Report{Board: m.Board, Meeting: m.Slug, Subject: subject, Part: "question", Device: "z", Reason: "danger"}))
		if list, err = hub.Desk(r.ctx, m.Slug); err != nil || !list[0].MostUrgent() {
			t.Errorf("a new report of danger is not urgent (%v)", err)
		}
		r.must(hub.Settle(r.ctx, m.Slug, subject, "Looked at: it stays", ruth))
		wantConflict(t, hub.Settle(r.ctx, m.Slug, subject, "Again", ruth))
		open, err := r.ReportsOf(r.ctx, m.Slug, false)
		r.must(err)
		all, err := r.ReportsOf(r.ctx, m.Slug, true)
		r.must(err)
		if len(open) != 0 || len(all) != 3 || all[0].Outcome != "Looked at: it stays" {
			t.Errorf("%d open, all: %+v", len(open), all)
		}
		if r.audited(subject, "settled reports") != 1 || bytesIn(t, r, "secretreport") {
			t.Error("settling left no audit row, or a report lies open in the record")
		}
		for range 10 {
			err = hub.Report(r.ctx, livestream.Report{Board: m.Board, Meeting: m.Slug, Subject: subject, Device: "loud", Reason: "other"})
		}
		if papers.CodeOf(err) != papers.CodeTooMany {
			t.Errorf("ten reports of one device: %v", err)
		}
	})
}

// TestUrgent: the tick of the sender, listed words and the moderator lead to the urgent queue.
func TestUrgent(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		hub := r.hub()
		quiet := r.ask(m.Slug, "d", "quiet")
		said, _, err := r.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: "e", Key: "k", Kind: livestream.KindQuestion, Text: "My neighbour speaks of SUICIDE, who helps?"})
		r.must(err)
		list, err := hub.Desk(r.ctx, m.Slug)
		r.must(err)
		if list[0].Number != said.Number || list[0].UrgentBy[0] != "words" || list[1].MostUrgent() {
			t.Fatalf("the queue: %+v", list)
		}
		r.must(hub.SetWords(r.ctx, m.Board, &livestream.Words{Names: []string{"Dr Patel", "dr  patel"}, Urgent: []string{"words of quiet"}}, ruth))
		list, err = hub.Desk(r.ctx, m.Slug)
		r.must(err)
		if list[0].Number != quiet.Number || list[1].MostUrgent() {
			t.Errorf("the board's own list does not hold: %+v", list)
		}
		if w, own, err := r.Words(r.ctx, m.Board); err != nil || !own || len(w.Names) != 1 || len(w.Look) != 0 {
			t.Errorf("the lists: %+v (%v)", w, err)
		}
		r.must(hub.SetUrgent(r.ctx, said.Number, true, ruth))
		r.must(hub.SetUrgent(r.ctx, quiet.Number, false, ruth))
		if list, err = hub.Desk(r.ctx, m.Slug); err != nil || list[0].Number != said.Number || list[1].MostUrgent() {
			t.Errorf("the moderator's word does not hold: %+v (%v)", list, err)
		}
		r.must(hub.SetWords(r.ctx, "", &livestream.Words{Urgent: []string{"of the site"}}, ruth))
		if w, own, err := r.Words(r.ctx, m.Board); err != nil || !own || w.Urgent[0] != "words of quiet" {
			t.Errorf("the site's lists took the place of the board's: %+v (%v)", w, err)
		}
		r.must(hub.SetWords(r.ctx, m.Board, nil, ruth))
		if w, own, err := r.Words(r.ctx, m.Board); err != nil || own || len(w.Urgent) != 1 || w.Urgent[0] != "of the site" {
			t.Errorf("the board does not follow the site: %+v, %v (%v)", w, own, err)
		}
		r.must(hub.SetWords(r.ctx, "", nil, ruth)) // the site follows nobody: its lists stay
		if w, _, err := r.Words(r.ctx, ""); err != nil || len(w.Urgent) != 1 {
			t.Errorf("the site lost its lists: %+v (%v)", w, err)
		}
	})
}

// TestAlikeAtTheDesk: a question that was asked before is suggested, from this meeting and from others of the board.
func TestAlikeAtTheDesk(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("partnership-board")
		earlier := r.meeting("partnership-board")
		r.item(earlier.Slug, "Beds")
		r.publish(earlier.Slug)
		words := func(meeting, text string) livestream.Contribution {
			c, _, err := r.Ask(r.ctx, livestream.Ask{Meeting: meeting, Device: papers.NewID(), Key: "k", Kind: livestream.KindQuestion, Text: text})
			r.must(err)
			return c
		}
		past := words(earlier.Slug, "Will the evening opening hours at the hubs continue after March?")
		r.decide(livestream.Decision{Number: past.Number, To: livestream.Published})
		hidden := words(earlier.Slug, "Evening hours of hubs after March?")
		first := words(m.Slug, "Will the evening hours at the hubs be kept after March?")
		words(m.Slug, "Who owns the land behind the ambulance station?")
		last := words(m.Slug, "Are the hubs going to stay open in the evening after March?")
		list, err := r.hub().Desk(r.ctx, m.Slug)
		r.must(err)
		var like []string
		for _, l := range list[2].Like {
			like = append(like, l.Number)
		}
		if list[2].Number != last.Number || len(like) != 2 || like[0] == hidden.Number || like[1] == hidden.Number {
			t.Errorf("%s is like %v, want %s and %s", list[2].Number, like, first.Number, past.Number)
		}
		if len(list[1].Like) != 0 {
			t.Errorf("another question is like %v", list[1].Like)
		}
	})
}

// eventually waits, with the patience of a busy machine.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("gave up waiting until %s", what)
}

// bytesIn tells whether the words lie open in the files of the record; those of PostgreSQL are not ours to read.
func bytesIn(t *testing.T, r *record, words string) bool {
	t.Helper()
	if r.opts.URL != "" {
		return false
	}
	for _, end := range []string{"", "-wal"} {
		raw, err := os.ReadFile(r.opts.Path + end)
		r.must(err)
		if bytes.Contains(raw, []byte(words)) {
			return true
		}
	}
	return false
}
