package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// chatRoom is a meeting whose room is open.
func (r *record) chatRoom(board string) papers.Meeting {
	r.t.Helper()
	m, _ := r.room(board)
	r.setRoom(m.Slug, livestream.RoomOpen)
	return m
}

func (r *record) setRoom(meeting string, s livestream.RoomState) {
	r.t.Helper()
	_, err := r.SetRoom(r.ctx, meeting, livestream.Turn{State: s}, by(papers.Act{Kind: papers.ActRoomChanged, Subject: "meetings/" + meeting}))
	r.must(err)
}

func (r *record) say(meeting string, batch ...livestream.Say) []livestream.ChatMessage {
	r.t.Helper()
	results, err := r.Say(r.ctx, meeting, batch)
	r.must(err)
	var list []livestream.ChatMessage
	for _, res := range results {
		r.must(res.Err)
		list = append(list, res.Message)
	}
	return list
}

func (r *record) decideMessage(d livestream.MessageDecision) livestream.ChatMessage {
	r.t.Helper()
	was, err := r.Message(r.ctx, d.ID)
	r.must(err)
	m, err := r.DecideMessage(r.ctx, d, by(livestream.ChatAct(d.Apply(was, was.SentAt))))
	r.must(err)
	return m
}

// dump gives everything that a table holds, as text.
func (r *record) dump(table string) string {
	r.t.Helper()
	rows, err := r.raw().Query("SELECT * FROM " + table)
	r.must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	r.must(err)
	var all strings.Builder
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		r.must(rows.Scan(into...))
		for _, v := range values {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			fmt.Fprintln(&all, v)
		}
	}
	r.must(rows.Err())
	return all.String()
}

func TestSay(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("pb")
		before := len(r.acts())
		batch := []livestream.Say{{Device: "d1", Key: "k1", Name: "Carer", Text: "first words"}, {Device: "devicetwo", Key: "k1", Text: "second words"},
			{Device: "d1", Key: "k1", Text: "sent twice"}, {Device: "d3", Key: "k1", Text: "waiting words", Checked: true}}
		list := r.say(m.Slug, batch...)
		if list[0].State != livestream.ChatPosted || list[0].Seq != 2 || list[1].Seq != 3 || list[2].ID != list[0].ID || list[2].Text != "first words" {
			t.Fatalf("said %+v", list)
		}
		if w := list[3]; w.State != livestream.ChatWaiting || w.Seq != 0 || w.Text != "waiting words" || w.PostedAt != nil {
			t.Errorf("to be checked: %+v", w)
		}
		again := r.say(m.Slug, batch...)
		if again[0].ID != list[0].ID || again[3].ID != list[3].ID || again[3].Text != "waiting words" {
			t.Errorf("the same keys again got %+v", again)
		}
		events := r.wantDense(m.Slug)
		if len(events) != 3 || events[1].Kind != livestream.EventChatPosted || bytes.Contains(events[2].Data, []byte("devicetwo")) {
			t.Fatalf("events are %+v", events)
		}
		var face livestream.PublicMessage
		r.must(json.Unmarshal(events[1].Data, &face))
		if face.ID != list[0].ID || face.Text != "first words" || face.Name != "Carer" || face.Seq != 2 {
			t.Errorf("the event tells %+v", face)
		}
		acts := r.acts()[before:]
		if len(acts) != 1 || acts[0].Kind != papers.ActChatPosted || acts[0].Facts[list[1].ID] != "posted" || len(acts[0].Commitments) != 3 || acts[0].Texts != nil {
			t.Errorf("acts are %+v", acts)
		}
		public, next, err := r.Chat(r.ctx, m.Slug, "", 1)
		r.must(err)
		if len(public) != 1 || public[0].ID != list[1].ID || next == "" {
			t.Fatalf("the public reads %+v, next %q", public, next)
		}
		if public, next, err = r.Chat(r.ctx, m.Slug, next, 1); err != nil || len(public) != 1 || public[0].ID != list[0].ID || next != "" {
			t.Errorf("the next page is %+v, %q, %v", public, next, err)
		}
		_, _, err = r.Chat(r.ctx, m.Slug, "x' OR 1=1", 1)
		r.wantCode(err, papers.CodeInvalid)
		other := r.chatRoom("fc")
		if elsewhere := r.say(other.Slug, batch[0]); elsewhere[0].ID == list[0].ID {
			t.Error("a key of one meeting answers in another")
		}
		if _, err := r.Said(r.ctx, m.Slug, "d9", "k1"); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("another device's key answers %v", err)
		}
		own, err := r.OwnMessages(r.ctx, m.Slug, "d3")
		r.must(err)
		if len(own) != 1 || own[0].Text != "waiting words" || own[0].Key != "k1" {
			t.Errorf("the sender's own are %+v", own)
		}
	})
}

// The room is looked at in the transaction: a message on its way when the room closes is not kept,
// one that is kept already is answered as before.
func TestSayWhenShut(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("pb")
		first := r.say(m.Slug, livestream.Say{Device: "d", Key: "k", Text: "in time"})[0]
		r.setRoom(m.Slug, livestream.RoomPrivate)
		seq := len(r.wantDense(m.Slug))
		results, err := r.Say(r.ctx, m.Slug, []livestream.Say{{Device: "d", Key: "k", Text: "in time"}, {Device: "d", Key: "late", Text: "late"}})
		r.must(err)
		if results[0].Message.ID != first.ID || results[0].Err != nil || papers.CodeOf(results[1].Err) != papers.CodeConflict {
			t.Errorf("answers are %+v", results)
		}
		if n := len(r.wantDense(m.Slug)); n != seq {
			t.Errorf("%d events came from a room in private", n-seq)
		}
		r.board("hidden")
		hidden := r.meeting("hidden")
		_, err = r.Say(r.ctx, hidden.Slug, []livestream.Say{{Device: "d", Key: "k", Text: "Is there a meeting?"}})
		r.wantCode(err, papers.CodeNotFound)
		if list, _, err := r.Chat(r.ctx, hidden.Slug, "", 0); err != nil || len(list) != 0 {
			t.Errorf("the chat of a meeting that is not public is %v, %v", list, err)
		}
	})
}

// Words stand in the open only while they are posted; before and after they are sealed, and what told
// them tells a mark.
func TestDecideMessage(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("pb")
		list := r.say(m.Slug, livestream.Say{Device: "d1", Key: "k1", Name: "CANARYNAME", Text: "CANARYONE", Checked: true},
			livestream.Say{Device: "d2", Key: "k2", Name: "CANARYNAME", Text: "CANARYTWO", Checked: true}, livestream.Say{Device: "d3", Key: "k3", Name: "CANARYNAME", Text: "CANARYTHREE"})
		open := func() string {
			var all strings.Builder
			for _, table := range []string{"chat", "chat_words", "room_events", "acts", "audit"} {
				all.WriteString(r.dump(table))
			}
			return all.String()
		}
		if all := open(); strings.Contains(all, "CANARYONE") || !strings.Contains(all, "CANARYTHREE") {
			t.Error("words are not sealed while they wait")
		}
		queue, err := r.ChatQueue(r.ctx, m.Slug, 10)
		r.must(err)
		if len(queue) != 2 || queue[0].Name != "CANARYNAME" || !strings.HasPrefix(queue[0].Text, "CANARY") {
			t.Errorf("queue = %+v", queue)
		}
		posted := r.decideMessage(livestream.MessageDecision{ID: list[0].ID, To: livestream.ChatPosted})
		if posted.Seq != 3 || posted.PostedAt == nil || posted.Text != "CANARYONE" {
			t.Errorf("posted %+v", posted)
		}
		r.decideMessage(livestream.MessageDecision{ID: list[1].ID, To: livestream.ChatRefused, Reason: "wording"})
		snap, err := r.Snapshot(r.ctx, m.Slug)
		r.must(err)
		if len(snap.Chat) != 2 || snap.Chat[0].Text != "CANARYONE" {
			t.Errorf("the snapshot has %+v", snap.Chat)
		}
		for _, id := range []string{list[0].ID, list[2].ID} {
			gone := r.decideMessage(livestream.MessageDecision{ID: id, To: livestream.ChatRemoved, Reason: "names-individual"})
			_, err = r.DecideMessage(r.ctx, livestream.MessageDecision{ID: id, To: livestream.ChatRemoved, Reason: "repeat"}, by(livestream.ChatAct(gone)))
			r.wantCode(err, papers.CodeConflict)
		}
		if all := open(); strings.Contains(all, "CANARY") {
			t.Errorf("words are told still: %s", all)
		}
		if salts := r.dump("act_salts"); strings.Contains(salts, list[0].ID) || strings.Contains(salts, list[2].ID) {
			t.Error("what the log holds of removed words can be linked to them still")
		}
		public, _, err := r.Chat(r.ctx, m.Slug, "", 0)
		r.must(err)
		if len(public) != 2 || public[1].ID != list[2].ID || public[1].Reason != "names-individual" || public[1].Text+public[1].Name != "" || public[1].Seq != 2 {
			t.Errorf("the record has %+v", public)
		}
		if staff, err := r.Message(r.ctx, list[2].ID); err != nil || staff.Text != "CANARYTHREE" || staff.Name != "CANARYNAME" {
			t.Errorf("staff see %+v, %v", staff, err)
		}
		var face livestream.PublicMessage
		events := r.wantDense(m.Slug)
		r.must(json.Unmarshal(events[1].Data, &face))
		if events[1].Kind != livestream.EventChatPosted || face.State != livestream.ChatRemoved || face.Reason != "names-individual" {
			t.Errorf("the earlier event tells %s", events[1].Data)
		}
		if rows, err := r.Audit(r.ctx, livestream.ChatSubject(m.Slug), 100); err != nil || strings.Count(fmt.Sprint(rows), "decided about a message") != 4 {
			t.Errorf("the audit has %v, %v", rows, err)
		}
	})
}

// Many at once: every message once, its place its event's number, nothing skipped.
func TestSayTogether(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("pb")
		var all sync.WaitGroup
		for g := range 8 {
			all.Go(func() {
				for i := range 5 {
					batch := []livestream.Say{{Device: "same", Key: fmt.Sprint("k", i), Text: "from everybody"}, {Device: fmt.Sprint("d", g), Key: fmt.Sprint("k", i), Text: "of one"}}
					if _, err := r.Say(r.ctx, m.Slug, batch); err != nil {
						t.Errorf("saying: %v", err)
					}
				}
			})
		}
		all.Wait()
		list, _, err := r.Chat(r.ctx, m.Slug, "", 200)
		r.must(err)
		if len(list) != 45 {
			t.Errorf("%d messages of 45", len(list))
		}
		events := r.wantDense(m.Slug)
		for _, msg := range list {
			var face livestream.PublicMessage
			r.must(json.Unmarshal(events[msg.Seq-1].Data, &face))
			if face.ID != msg.ID {
				t.Fatalf("event %d is of %s, not of %s", msg.Seq, face.ID, msg.ID)
			}
		}
	})
}

// What the desk holds back holds back the chat too: a blocked device, and slow mode across questions and
// messages.
func TestSayHeldBack(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("pb")
		q := r.ask(m.Slug, "blocked", "q1")
		if _, err := r.Block(r.ctx, livestream.Block{Board: m.Board, Device: "blocked", About: q.Number, Reason: "Flooding", Until: r.clock().Add(time.Hour)}, by()); err != nil {
			t.Fatal(err)
		}
		results, err := r.Say(r.ctx, m.Slug, []livestream.Say{{Device: "blocked", Key: "k", Text: "Let me in"}, {Device: "other", Key: "k", Text: "Hello"}})
		r.must(err)
		if code, sentence := livestream.RefusalOf(results[0].Err); code != livestream.CodeBlocked || !strings.Contains(sentence, "Flooding") || results[1].Err != nil {
			t.Errorf("answers are %+v", results)
		}
		slow := 60
		_, err = r.SetLimits(r.ctx, m.Slug, livestream.RoomLimits{Slow: &slow}, by(papers.Act{Kind: papers.ActRoomChanged, Subject: "meetings/" + m.Slug}))
		r.must(err)
		r.ask(m.Slug, "asker", "q2")
		for _, device := range []string{"other", "asker"} {
			results, err = r.Say(r.ctx, m.Slug, []livestream.Say{{Device: device, Key: "soon", Text: "And again"}})
			r.must(err)
			if papers.CodeOf(results[0].Err) != papers.CodeTooMany || !strings.Contains(results[0].Err.Error(), "Slow mode is on") {
				t.Errorf("%s in slow mode: %+v", device, results[0])
			}
		}
		r.pass(time.Minute)
		r.say(m.Slug, livestream.Say{Device: "other", Key: "soon", Text: "And again"})
	})
}
