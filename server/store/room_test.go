package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clearday/livestream"
	"clearday/papers"
)

// room gives a published meeting with one item.
func (r *record) room(board string) (papers.Meeting, papers.Item) {
	r.t.Helper()
	r.board(board)
	m := r.meeting(board)
	i := r.item(m.Slug, "Finance")
	r.publish(m.Slug)
	return m, i
}

func (r *record) ask(meeting, device, key string) livestream.Contribution {
	r.t.Helper()
	c, _, err := r.Ask(r.ctx, livestream.Ask{Meeting: meeting, Device: device, Key: key, Kind: livestream.KindQuestion,
		Name: "hiddenname " + key, Email: "hidden-" + key + "@example.org", Text: "words of " + key})
	r.must(err)
	return c
}

func (r *record) decide(d livestream.Decision) livestream.Contribution {
	r.t.Helper()
	c, err := r.Decide(r.ctx, d, by(papers.Act{Kind: papers.ActContributionMoved, Subject: "questions/" + d.Number}))
	r.must(err)
	return c
}

// wantDense fails unless the room's events are numbered from 1 without gaps up to the room's number.
func (r *record) wantDense(meeting string) []livestream.Event {
	r.t.Helper()
	events, err := r.Events(r.ctx, meeting, 0, 1000)
	r.must(err)
	for i, e := range events {
		if e.Seq != int64(i+1) {
			r.t.Fatalf("event %d has number %d", i+1, e.Seq)
		}
	}
	room, err := r.Room(r.ctx, meeting)
	r.must(err)
	if room.Seq != int64(len(events)) {
		r.t.Fatalf("room is at %d after %d events", room.Seq, len(events))
	}
	return events
}

func TestRoom(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		hidden := r.meeting("pb")
		if _, err := r.Room(r.ctx, hidden.Slug); !errors.Is(err, papers.ErrNotFound) {
			t.Fatalf("Room of a meeting that is not public = %v", err)
		}
		_, err := r.SetRoom(r.ctx, hidden.Slug, livestream.Turn{State: livestream.RoomOpen}, by())
		r.wantCode(err, papers.CodeConflict)
		m, i := r.room("fc")
		room, err := r.Room(r.ctx, m.Slug)
		r.must(err)
		if room.State != livestream.RoomClosed || room.Asking != livestream.AskingAdvance {
			t.Fatalf("a room never opened is %+v", room)
		}
		act := papers.Act{Kind: papers.ActRoomChanged, Subject: "meetings/" + m.Slug}
		before := len(r.acts())
		for range 2 { // the second changes nothing
			room, err = r.SetRoom(r.ctx, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive}, by(act))
			r.must(err)
		}
		room, err = r.StartItem(r.ctx, m.Slug, i.ID, by(act))
		r.must(err)
		if room.Item != i.ID || room.Seq != 2 || len(r.acts()) != before+2 {
			t.Fatalf("room is %+v after %d acts", room, len(r.acts())-before)
		}
		other := r.item(m.Slug, "Not public")
		_, err = r.StartItem(r.ctx, m.Slug, other.ID, by(act))
		r.wantCode(err, papers.CodeInvalid)
		live, err := r.Meeting(r.ctx, papers.Public, m.Slug)
		r.must(err)
		if live.State != papers.MeetingLive {
			t.Errorf("the meeting is %s, want live", live.State)
		}
		open, err := r.OpenRooms(r.ctx)
		r.must(err)
		if len(open) != 1 || open[0].Meeting != m.Slug {
			t.Errorf("OpenRooms = %+v", open)
		}
		events := r.wantDense(m.Slug)
		if events[0].Kind != livestream.EventRoomOpened || events[1].Kind != livestream.EventItemStarted {
			t.Errorf("events are %+v", events)
		}
		var told livestream.Room
		r.must(json.Unmarshal(events[1].Data, &told))
		if diff := cmp.Diff(room, told); diff != "" {
			t.Errorf("the event tells of another room: %s", diff)
		}
		closed, err := r.SetRoom(r.ctx, m.Slug, livestream.Turn{State: livestream.RoomClosed}, by(act))
		r.must(err)
		if closed.ClosedAt == nil || closed.Asking != livestream.AskingLive {
			t.Errorf("closed room is %+v", closed)
		}
	})
}

func TestAsk(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, i := r.room("pb")
		ask := livestream.Ask{Meeting: m.Slug, Device: "d1", Key: "k1", Kind: livestream.KindQuestion, Item: i.ID, Name: "hiddenname", Email: "hidden@example.org", Text: "hiddenwords"}
		c, again, err := r.Ask(r.ctx, ask)
		r.must(err)
		if c.Number != "Q-2026-0001" || again || c.Name != "hiddenname" || len(c.Code) != 11 {
			t.Fatalf("Ask = %+v, again %v", c, again)
		}
		ask.Text = "other words"
		second, again, err := r.Ask(r.ctx, ask)
		r.must(err)
		if !again || second.Number != c.Number || second.Text != "hiddenwords" || second.Code != c.Code {
			t.Fatalf("the same key again = %+v, again %v", second, again)
		}
		statement, _, err := r.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: "d1", Key: "k2", Kind: livestream.KindStatement, Text: "x"})
		r.must(err)
		if statement.Number != "S-2026-0001" {
			t.Errorf("statement is %s", statement.Number)
		}
		events := r.wantDense(m.Slug)
		if len(events) != 2 || bytes.Contains(events[0].Data, []byte("hidden")) {
			t.Fatalf("events are %s", events[0].Data)
		}
		q, err := r.Question(r.ctx, c.Number)
		r.must(err)
		if q.State != livestream.Received || q.Text != "" || q.Name != "" || q.Item != "" {
			t.Errorf("the public sees %+v", q)
		}
		last := r.acts()[len(r.acts())-2]
		if last.Kind != papers.ActContributionTaken || last.Subject != "questions/"+c.Number || len(last.Commitments["text"]) != 64 || last.Texts != nil {
			t.Errorf("act is %+v", last)
		}
		queue, err := r.Queue(r.ctx, m.Slug)
		r.must(err)
		if len(queue) != 2 || queue[0].Name != "hiddenname" || queue[0].Text != "hiddenwords" {
			t.Errorf("the queue is %+v", queue)
		}
		if email, err := r.Email(r.ctx, c.Number); err != nil || email != "hidden@example.org" {
			t.Errorf("Email = %q, %v", email, err)
		}
		_, _, err = r.Ask(r.ctx, livestream.Ask{Meeting: "nowhere", Device: "d", Key: "k", Text: "x"})
		r.wantCode(err, papers.CodeNotFound)
	})
}

func TestAsk_manyAtOnce(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		const devices, each = 8, 6
		var wg sync.WaitGroup
		for d := range devices {
			wg.Go(func() {
				for k := range each * 2 { // every question twice: the second is a retry
					_, _, err := r.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: fmt.Sprint(d), Key: fmt.Sprint(k / 2), Kind: livestream.KindQuestion, Text: "x"})
					if err != nil {
						t.Errorf("Ask: %v", err)
					}
				}
			})
		}
		wg.Wait()
		queue, err := r.Queue(r.ctx, m.Slug)
		r.must(err)
		seen := map[string]bool{}
		for _, c := range queue {
			seen[c.Number] = true
		}
		for n := range devices * each {
			if !seen[fmt.Sprintf("Q-2026-%04d", n+1)] {
				t.Fatalf("number %d is missing among %d", n+1, len(queue))
			}
		}
		if len(queue) != devices*each {
			t.Fatalf("%d contributions, want %d", len(queue), devices*each)
		}
		r.wantDense(m.Slug)
		r.wantActsDense()
	})
}

func TestMine(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		c := r.ask(m.Slug, "d", "k")
		for _, code := range []string{c.Code, strings.ToLower(c.Code), strings.ReplaceAll(c.Code, "-", " "), " " + strings.ReplaceAll(c.Code, "-", "")} {
			mine, err := r.Mine(r.ctx, c.Number, code)
			if err != nil || mine.Text != "words of k" || mine.Name != "hiddenname k" || mine.Code != c.Code {
				t.Errorf("Mine(%q) = %+v, %v", code, mine, err)
			}
		}
		for _, code := range []string{"", "AAAAA-AAAAA", c.Code + "0", c.Code[:10]} {
			if _, err := r.Mine(r.ctx, c.Number, code); !errors.Is(err, papers.ErrNotFound) {
				t.Errorf("Mine(%q) = %v, want not found", code, err)
			}
		}
		if _, err := r.Mine(r.ctx, "Q-2026-0002", c.Code); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("Mine of another number = %v, want not found", err)
		}
	})
}

func TestDecide(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, i := r.room("pb")
		c := r.ask(m.Slug, "d", "k")
		r.decide(livestream.Decision{Number: c.Number, Revision: 1, To: livestream.Held})
		if len(r.wantDense(m.Slug)) != 1 {
			t.Error("holding a question was told to the public")
		}
		_, err := r.Decide(r.ctx, livestream.Decision{Number: c.Number, Revision: 1, To: livestream.Published}, by())
		r.wantCode(err, papers.CodeConflict)
		r.decide(livestream.Decision{Number: c.Number, Revision: 2, To: livestream.Published, Item: i.ID})
		q, err := r.Question(r.ctx, c.Number)
		r.must(err)
		if q.Text != "words of k" || q.Name != "hiddenname k" || q.Item != i.ID || q.PublishedAt == nil {
			t.Errorf("the published question is %+v", q)
		}
		r.decide(livestream.Decision{Number: c.Number, To: livestream.AnsweredWriting, Answer: "Yes.", AnsweredBy: "Chair"})
		q, err = r.Question(r.ctx, c.Number)
		r.must(err)
		if q.State != livestream.AnsweredWriting || q.Answer != "Yes." || q.AnsweredBy != "Chair" || q.AnsweredAt == nil {
			t.Errorf("the answered question is %+v", q)
		}
		events := r.wantDense(m.Slug)
		if len(events) != 3 || events[1].Kind != livestream.EventQuestionPublished || events[2].Kind != livestream.EventQuestionAnswered {
			t.Errorf("events are %+v", events)
		}
		var told livestream.Question
		r.must(json.Unmarshal(events[2].Data, &told))
		if diff := cmp.Diff(q, told); diff != "" {
			t.Errorf("the event tells another question: %s", diff)
		}
		refused := r.ask(m.Slug, "d", "k2")
		r.decide(livestream.Decision{Number: refused.Number, To: livestream.Refused, Reason: "wording"})
		q, err = r.Question(r.ctx, refused.Number)
		r.must(err)
		if q.Text != "" || q.Name != "" || q.Reason != "wording" {
			t.Errorf("the refused question is %+v", q)
		}
		counts, err := r.Counts(r.ctx, m.Slug, "")
		r.must(err)
		if counts.Received != 2 || counts.ByState[livestream.Refused] != 1 || counts.ByState[livestream.AnsweredWriting] != 1 {
			t.Errorf("Counts = %+v", counts)
		}
	})
}

// What was published by mistake, or joined to another question, leaves the earlier events, and what
// acts hold of it can be linked to it no more.
func TestTakeBack(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		stays := r.ask(m.Slug, "d", "stays").Number
		r.publishWords(stays)
		for name, d := range map[string]livestream.Decision{
			"refused": {To: livestream.Refused, Reason: "names-individual"}, "joined": {To: livestream.Merged, MergedInto: stays},
		} {
			c := r.ask(m.Slug, "d", name)
			r.publishWords(c.Number)
			if name == "refused" {
				for _, step := range []livestream.Decision{{To: livestream.Put}, {To: livestream.AnsweredWriting, Answer: "hiddenanswer"}} {
					step.Number = c.Number
					r.decide(step)
				}
			}
			before := r.wantDense(m.Slug)
			if !bytes.Contains(before[len(before)-1].Data, []byte("words of "+name)) {
				t.Fatalf("the published words are not told: %s", before[len(before)-1].Data)
			}
			d.Number = c.Number
			r.decide(d)
			after := r.wantDense(m.Slug)
			for i, e := range after {
				for _, words := range []string{"words of " + name, "hiddenname " + name, "hiddenanswer"} {
					if bytes.Contains(e.Data, []byte(words)) {
						t.Errorf("event %d tells %q still: %s", e.Seq, words, e.Data)
					}
				}
				if i < len(before) && (e.Kind != before[i].Kind || !e.At.Equal(before[i].At)) {
					t.Errorf("event %d has become %s of %s", e.Seq, e.Kind, e.At)
				}
			}
			if mine, err := r.Mine(r.ctx, c.Number, c.Code); err != nil || mine.Text != "words of "+name || mine.Name != "hiddenname "+name {
				t.Errorf("the asker sees %+v, %v", mine, err)
			}
		}
		for _, a := range r.acts() {
			if len(a.Commitments) == 0 {
				continue
			}
			salts, err := r.Salts(r.ctx, a.Number)
			r.must(err)
			if want := a.Subject == "questions/"+stays; (len(salts) > 0) != want && strings.HasPrefix(a.Subject, "questions/") {
				t.Errorf("act %d about %s has %d salts", a.Number, a.Subject, len(salts))
			}
		}
		events := r.wantDense(m.Slug)
		if !bytes.Contains(events[1].Data, []byte("words of stays")) {
			t.Errorf("another question lost its words: %s", events[1].Data)
		}
	})
}

// publishWords publishes a question with commitments to what is seen then.
func (r *record) publishWords(number string) {
	r.t.Helper()
	_, err := r.Decide(r.ctx, livestream.Decision{Number: number, To: livestream.Published},
		by(papers.Act{Kind: papers.ActContributionMoved, Subject: "questions/" + number, Texts: map[string]string{"text": "words"}}))
	r.must(err)
}

func TestSupport(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		waiting := r.ask(m.Slug, "d", "k1").Number
		a, b := r.ask(m.Slug, "d", "k2").Number, r.ask(m.Slug, "d", "k3").Number
		for _, n := range []string{a, b} {
			r.decide(livestream.Decision{Number: n, To: livestream.Published})
		}
		one := func(q, device string) livestream.Support {
			return livestream.Support{Meeting: m.Slug, Question: q, Device: device}
		}
		got, err := r.Support(r.ctx, []livestream.Support{one(a, "x"), one(waiting, "x"), one("Q-2026-9999", "x"), {Meeting: "nowhere", Question: a, Device: "x"}, one(b, "x"), one(a, "x")})
		r.must(err)
		if got[0].Count != 1 || got[0].Err != nil || got[4].Count != 1 || got[5].Count != 1 {
			t.Errorf("Support = %+v", got)
		}
		r.wantCode(got[1].Err, papers.CodeConflict)
		r.wantCode(got[2].Err, papers.CodeNotFound)
		r.wantCode(got[3].Err, papers.CodeNotFound)
		seq, acts := len(r.wantDense(m.Slug)), len(r.acts())
		got, err = r.Support(r.ctx, []livestream.Support{one(a, "x")})
		r.must(err)
		if got[0].Count != 1 || got[0].Err != nil || len(r.wantDense(m.Slug)) != seq || len(r.acts()) != acts {
			t.Errorf("the same support again = %+v, with events or acts", got)
		}
		var wg sync.WaitGroup
		for worker := range 6 {
			wg.Go(func() {
				for d := range 10 { // two workers send the same devices
					if _, err := r.Support(r.ctx, []livestream.Support{one(a, fmt.Sprint(worker/2, "-", d)), one(b, fmt.Sprint(d))}); err != nil {
						t.Errorf("Support: %v", err)
					}
				}
			})
		}
		wg.Wait()
		for n, want := range map[string]int{a: 31, b: 11} {
			if q, err := r.Question(r.ctx, n); err != nil || q.Supports != want {
				t.Errorf("%s has %d supports, want %d (%v)", n, q.Supports, want, err)
			}
		}
		r.wantDense(m.Slug)
		r.wantActsDense()
		supported, mine, err := r.Device(r.ctx, m.Slug, "x")
		r.must(err)
		if len(supported) != 2 || len(mine) != 0 {
			t.Errorf("Device = %v, %v", supported, mine)
		}
		r.decide(livestream.Decision{Number: b, To: livestream.Merged, MergedInto: a})
		q, err := r.Question(r.ctx, a)
		r.must(err)
		if q.Supports != 41 { // 31, and the 10 devices of b without x
			t.Errorf("after joining there are %d supports, want 41", q.Supports)
		}
		r.decide(livestream.Decision{Number: a, To: livestream.Put})
		got, err = r.Support(r.ctx, []livestream.Support{one(a, "x"), one(a, "who comes later")})
		r.must(err)
		if got[0].Err != nil || got[0].Count != 41 { // its acknowledgement was lost
			t.Errorf("a support that is counted, sent again after the question was put = %+v", got[0])
		}
		r.wantCode(got[1].Err, papers.CodeConflict)
		r.wantDense(m.Slug)
	})
}

func TestMerge_intoNothing(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		c := r.ask(m.Slug, "d", "k")
		_, err := r.Decide(r.ctx, livestream.Decision{Number: c.Number, To: livestream.Merged, MergedInto: "Q-2026-0099"}, by())
		r.wantCode(err, papers.CodeInvalid)
		if got, err := r.Contribution(r.ctx, c.Number); err != nil || got.State != livestream.Received || got.Revision != 1 {
			t.Errorf("after a failed decision it is %+v, %v", got, err)
		}
		r.ask(m.Slug, "d", "k2")
		r.wantDense(m.Slug) // the failed decision used up no number
	})
}

func TestSnapshot(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		for k := range 3 {
			r.ask(m.Slug, "d", fmt.Sprint(k))
			r.pass(1000)
		}
		s, err := r.Snapshot(r.ctx, m.Slug)
		r.must(err)
		if s.Room.Seq != 3 || len(s.Questions) != 3 || s.Questions[0].Number != "Q-2026-0003" || s.Counts.Received != 3 {
			t.Errorf("Snapshot = %+v", s)
		}
		page, next, err := r.Questions(r.ctx, livestream.Filter{Limit: 2})
		r.must(err)
		rest, end, err := r.Questions(r.ctx, livestream.Filter{Limit: 2, Cursor: next})
		r.must(err)
		if len(page) != 2 || len(rest) != 1 || end != "" || rest[0].Number != "Q-2026-0001" {
			t.Errorf("pages are %v and %v, then %q", page, rest, end)
		}
	})
}

// TestSealed looks for personal words in the bytes of the database.
func TestSealed(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		c := r.ask(m.Slug, "d", "k")
		r.ask(m.Slug, "d", "k2")
		r.addUser("Ulla Sealedname", "Sealed@Example.org")
		r.decide(livestream.Decision{Number: c.Number, To: livestream.Published})
		if r.opts.URL != "" {
			return // its files are not ours to read; the statements are the same
		}
		for _, end := range []string{"", "-wal"} {
			raw, err := os.ReadFile(r.opts.Path + end)
			r.must(err)
			for _, word := range []string{"hidden-k", "hiddenname k2", "Sealedname", "Example.org", "Sam Secretary", c.Code} {
				if bytes.Contains(bytes.ToLower(raw), bytes.ToLower([]byte(word))) {
					t.Errorf("the file%s holds %q", end, word)
				}
			}
		}
	})
}

func decision(number string) livestream.Decision {
	return livestream.Decision{Number: number, To: livestream.Published}
}
