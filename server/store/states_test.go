package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/papers/alerts"
)

// decideAs decides with the acts that the hub would write.
func (r *record) decideAs(d livestream.Decision) (livestream.Contribution, error) {
	r.t.Helper()
	before, err := r.Contribution(r.ctx, d.Number)
	r.must(err)
	if err := d.Check(before); err != nil {
		return before, err
	}
	return r.Decide(r.ctx, d, by(livestream.Moved(before, d.Apply(before, papers.Program, r.clock()))...))
}

func (r *record) respond(c livestream.Contribution, do livestream.ResponseKind) (livestream.Contribution, error) {
	r.t.Helper()
	own, err := r.Mine(r.ctx, c.Number, c.Code)
	r.must(err)
	return r.Respond(r.ctx, livestream.Response{Number: c.Number, Code: c.Code, Do: do, Revision: own.Revision, Text: "hiddenreply"})
}

// TestWordsSealed looks into the database itself: of what is not published nothing can be read there.
func TestWordsSealed(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		c, _, err := r.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: "d", Key: "k", Name: "hiddenname", Area: "hiddenarea", Email: "hidden@example.org", Text: "hiddenwords"})
		r.must(err)
		steps := []livestream.Decision{{To: livestream.Held, Redraft: "hiddenredraft", Told: "hiddentold", Note: "hiddennote"}, {Words: "hiddenedit"}, {Draft: "hiddendraft", AnsweredBy: "hiddenby"},
			{To: livestream.Refused, Reason: "vexatious", Told: "hiddentold", OnlyProposes: true}}
		for _, d := range steps {
			d.Number = c.Number
			_, err := r.decideAs(d)
			r.must(err)
		}
		_, err = r.respond(c, livestream.Reply)
		r.must(err)
		for table, text := range r.everything() {
			if i := strings.Index(text, "hidden"); i >= 0 {
				t.Errorf("%s holds %.60q", table, text[i:])
			}
		}
		file, err := r.Messages(r.ctx, c.Number)
		r.must(err)
		var kinds []livestream.MessageKind
		for _, e := range file {
			kinds = append(kinds, e.Kind)
		}
		want := []livestream.MessageKind{livestream.MessageOffered, "held", livestream.MessageEdited, livestream.MessageDrafted, livestream.MessageProposed, livestream.MessageReplied}
		if !slices.Equal(kinds, want) || file[0].Note != "hiddennote" || file[0].Told != "hiddentold" || !file[5].FromAsker() || file[5].Text != "hiddenreply" {
			t.Errorf("the file is %v: %+v", kinds, file)
		}
		mine, err := r.MyMessages(r.ctx, c.Number, c.Code)
		r.must(err)
		for _, e := range mine {
			if e.Note != "" || e.By.ID != "" || strings.Contains(e.Text, "hiddendraft") {
				t.Errorf("the asker reads %+v", e)
			}
		}
		if _, err := r.MyMessages(r.ctx, c.Number, "AAAAA-AAAAA"); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("the file with a wrong code = %v", err)
		}
	})
}

// everything is what each table holds, as text.
func (r *record) everything() map[string]string {
	r.t.Helper()
	driver, source, list := "pgx", r.opts.URL, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
	if r.opts.URL == "" {
		driver, source, list = "sqlite", "file:"+(&url.URL{Path: r.opts.Path}).EscapedPath(), "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	}
	db, err := sql.Open(driver, source)
	r.must(err)
	defer db.Close()
	names := columnOf(r, db, list)
	all := map[string]string{}
	for _, name := range names {
		rows, err := db.QueryContext(r.ctx, "SELECT * FROM "+name)
		r.must(err)
		columns, err := rows.Columns()
		r.must(err)
		var b strings.Builder
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			r.must(rows.Scan(into...))
			for _, v := range values {
				if raw, ok := v.([]byte); ok {
					v = string(raw)
				}
				fmt.Fprintf(&b, "%v\n", v)
			}
		}
		r.must(rows.Err())
		r.must(rows.Close())
		all[name] = b.String()
	}
	if all["contributions"] == "" {
		r.t.Fatal("the database was not read")
	}
	return all
}

func columnOf(r *record, db *sql.DB, query string) (list []string) {
	rows, err := db.QueryContext(r.ctx, query)
	r.must(err)
	defer rows.Close()
	for rows.Next() {
		var s string
		r.must(rows.Scan(&s))
		list = append(list, s)
	}
	r.must(rows.Err())
	return list
}

// TestWithdraw: what its asker takes back leaves every place, and what was joined to it waits again.
func TestWithdraw(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		c, joined := r.ask(m.Slug, "d", "mine"), r.ask(m.Slug, "e", "joined")
		for _, d := range []livestream.Decision{{Number: c.Number, To: livestream.Published}, {Number: joined.Number, To: livestream.Merged, MergedInto: c.Number}} {
			_, err := r.decideAs(d)
			r.must(err)
		}
		if _, err := r.Respond(r.ctx, livestream.Response{Number: c.Number, Code: joined.Code, Do: livestream.Withdraw}); !errors.Is(err, papers.ErrNotFound) {
			t.Fatalf("with the code of another = %v", err)
		}
		acts := len(r.acts())
		own, err := r.respond(c, livestream.Withdraw)
		r.must(err)
		if own.State != livestream.WithdrawnByAsker || own.Text != "words of mine" {
			t.Errorf("the asker sees %+v", own)
		}
		for _, e := range r.wantDense(m.Slug) {
			if bytes.Contains(e.Data, []byte("of mine")) || bytes.Contains(e.Data, []byte("hiddenname mine")) {
				t.Errorf("event %d tells the words still: %s", e.Seq, e.Data)
			}
		}
		desk, err := r.Contribution(r.ctx, c.Number)
		r.must(err)
		if desk.Text != "" || desk.Name != "" || desk.HasEmail {
			t.Errorf("the desk still reads %+v", desk)
		}
		again, err := r.Contribution(r.ctx, joined.Number)
		r.must(err)
		if again.State != livestream.Received || again.MergedInto != "" || again.Text != "words of joined" {
			t.Errorf("what was joined to it is %+v", again)
		}
		var told []string
		for _, a := range r.acts()[acts:] {
			told = append(told, a.Subject+" "+a.Facts["state"])
		}
		if want := []string{"questions/" + c.Number + " withdrawn", "questions/" + joined.Number + " received"}; !slices.Equal(told, want) {
			t.Errorf("acts are %v, want %v", told, want)
		}
		for table, text := range r.everything() {
			if strings.Contains(text, "of mine") {
				t.Errorf("%s still holds the words", table)
			}
		}
	})
}

// TestUnname: the name goes from every place, the words stay.
func TestUnname(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		c := r.ask(m.Slug, "d", "k")
		r.publishWords(c.Number)
		_, err := r.decideAs(livestream.Decision{Number: c.Number, To: livestream.AnsweredWriting, Answer: "Yes."})
		r.must(err)
		_, err = r.respond(c, livestream.Unname)
		r.must(err)
		for table, text := range r.everything() {
			if strings.Contains(text, "hiddenname") {
				t.Errorf("%s still holds the name", table)
			}
		}
		q, err := r.Question(r.ctx, c.Number)
		r.must(err)
		if q.Text != "words of k" || q.Answer != "Yes." || q.Name != "" || q.State != livestream.AnsweredWriting {
			t.Errorf("the public sees %+v", q)
		}
		var last livestream.Question
		events := r.wantDense(m.Slug)
		r.must(json.Unmarshal(events[len(events)-1].Data, &last))
		if !last.Revised || last.Name != "" {
			t.Errorf("the room is told %+v", last)
		}
	})
}

// TestHeld: a held meeting marks what was not reached and promises it an answer, all or nothing.
func TestHeld(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		open := papers.Act{Kind: papers.ActRoomChanged, Subject: "meetings/" + m.Slug}
		_, err := r.SetRoom(r.ctx, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive}, by(open))
		r.must(err)
		var numbers []string
		for _, to := range []livestream.State{livestream.Published, livestream.Put, livestream.AnsweredOrally, livestream.Received} {
			n := r.ask(m.Slug, "d", string(to)).Number
			numbers = append(numbers, n)
			if to == livestream.Received {
				continue
			}
			r.publishWords(n)
			if to != livestream.Published {
				_, err := r.decideAs(livestream.Decision{Number: n, To: to})
				r.must(err)
			}
		}
		held := papers.StateChange{To: papers.MeetingHeld, AnswersDue: "2026-05-07"}
		gone, cancel := context.WithCancel(r.ctx)
		cancel()
		if _, err := r.ChangeMeetingState(gone, m.Slug, held, by()); err == nil {
			t.Fatal("a change was made after its time")
		}
		if q, err := r.Question(r.ctx, numbers[0]); err != nil || q.State != livestream.Published {
			t.Fatalf("half a change was made: %+v, %v", q, err)
		}
		_, err = r.ChangeMeetingState(r.ctx, m.Slug, held, by())
		r.must(err)
		for i, want := range []struct {
			state livestream.State
			due   string
		}{{livestream.NotReached, "2026-05-07"}, {livestream.Put, "2026-05-07"}, {livestream.AnsweredOrally, ""}, {livestream.Received, ""}} {
			q, err := r.Question(r.ctx, numbers[i])
			r.must(err)
			if q.State != want.state || q.AnswerDue != want.due {
				t.Errorf("%s is %s, due %q", q.Number, q.State, q.AnswerDue)
			}
		}
		owed, err := r.Owed(r.ctx, m.Slug, "")
		r.must(err)
		heard, err := r.Heard(r.ctx, m.Slug)
		r.must(err)
		waits, err := r.Unfinished(r.ctx, []string{"pb"})
		r.must(err)
		other, err := r.Unfinished(r.ctx, []string{"fc"})
		r.must(err)
		if len(owed) != 2 || len(heard) != 2 || heard[0].Number != numbers[1] || len(waits) != 2 || len(other) != 0 {
			t.Errorf("owed %d, heard %+v, waiting %d, on another board %d", len(owed), heard, len(waits), len(other))
		}
		_, err = r.decideAs(livestream.Decision{Number: numbers[0], To: livestream.AnsweredWriting, Answer: "Yes."})
		r.must(err)
		if owed, err = r.Owed(r.ctx, "", "pb"); err != nil || len(owed) != 1 {
			t.Errorf("after one answer %d are owed, %v", len(owed), err)
		}
	})
}

// TestLedger_random: whatever happens, each contribution counts once and the totals add up, by meeting,
// by board and for all; the public faces, the events and the counts say the same.
func TestLedger_random(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		seed := uint64(time.Now().UnixNano())
		random := rand.New(rand.NewPCG(seed, 1))
		rooms := map[string]string{}
		for _, board := range []string{"pb", "fc"} {
			m, _ := r.room(board)
			rooms[m.Slug] = board
		}
		var slugs []string
		for slug := range rooms {
			slugs = append(slugs, slug)
		}
		slices.Sort(slugs)
		want, all := map[string]livestream.State{}, []livestream.Contribution{}
		meeting := map[string]string{}
		states := []livestream.State{livestream.Received, livestream.Held, livestream.Published, livestream.Merged, livestream.Refused, livestream.Transferred, livestream.Put,
			livestream.AnsweredOrally, livestream.AnsweredWriting, livestream.NotReached}
		for step := range 150 {
			if step < 12 || random.IntN(6) == 0 {
				c := r.ask(slugs[random.IntN(2)], fmt.Sprint("d", random.IntN(5)), fmt.Sprint(step))
				all, want[c.Number], meeting[c.Number] = append(all, c), livestream.Received, c.Meeting
				continue
			}
			c := all[random.IntN(len(all))]
			if random.IntN(8) == 0 {
				own, err := r.respond(c, livestream.Withdraw)
				if err == nil {
					want[c.Number] = own.State
					for _, o := range all { // what was joined to it waits again
						if got, err := r.Contribution(r.ctx, o.Number); err == nil && want[o.Number] == livestream.Merged && got.MergedInto == "" {
							want[o.Number] = livestream.Received
						}
					}
				}
				continue
			}
			d := livestream.Decision{Number: c.Number, To: states[random.IntN(len(states))], Reason: "wording", Answer: "", OnlyProposes: random.IntN(3) == 0}
			if d.To == livestream.AnsweredWriting {
				d.Answer = "Yes."
			}
			if d.To == livestream.Merged {
				d.MergedInto = all[random.IntN(len(all))].Number
			}
			got, err := r.decideAs(d)
			if err == nil {
				want[c.Number] = got.State
			} else if papers.CodeOf(err) == "" {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		check := func(where, slug, board string) {
			counts, err := r.Counts(r.ctx, slug, board)
			r.must(err)
			expected, total := map[livestream.State]int{}, 0
			for n, s := range want {
				if slug != "" && meeting[n] != slug || board != "" && rooms[meeting[n]] != board {
					continue
				}
				if s == livestream.Held {
					s = livestream.Received
				}
				expected[s]++
				total++
			}
			sum := 0
			for s, n := range counts.ByState {
				if sum += n; n != expected[s] {
					t.Errorf("seed %d, %s: %d are %s, want %d", seed, where, n, s, expected[s])
				}
			}
			if counts.Received != total || sum != total || counts.ByKind[livestream.KindQuestion] != total {
				t.Errorf("seed %d, %s: %d received and %d in states, want %d", seed, where, counts.Received, sum, total)
			}
			list, _, err := r.Questions(r.ctx, livestream.Filter{Meeting: slug, Board: board, Limit: 1000})
			r.must(err)
			seen := map[string]bool{}
			for _, q := range list {
				seen[q.Number] = true
			}
			if len(seen) != total || len(list) != total {
				t.Errorf("seed %d, %s: the list has %d, want %d", seed, where, len(list), total)
			}
		}
		for slug, board := range rooms {
			check(slug, slug, "")
			check(board, "", board)
			last := map[string]livestream.State{}
			for _, e := range r.wantDense(slug) {
				var q livestream.Question
				if strings.HasPrefix(string(e.Kind), "question.") {
					r.must(json.Unmarshal(e.Data, &q))
					last[q.Number] = q.State
				}
			}
			for n, s := range last {
				if q, err := r.Question(r.ctx, n); err != nil || q.State != s {
					t.Errorf("seed %d: the events leave %s as %s, the record says %s, %v", seed, n, s, q.State, err)
				}
			}
		}
		check("all", "", "")
		r.wantActsDense()
	})
}

// TestRespond_atOnce: an asker agrees while a moderator publishes; one is told that it changed.
func TestRespond_atOnce(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		for i := range 10 {
			c := r.ask(m.Slug, "d", fmt.Sprint(i))
			offered, err := r.decideAs(livestream.Decision{Number: c.Number, To: livestream.Held, Redraft: "kinder"})
			r.must(err)
			var wg sync.WaitGroup
			var agreed, published error
			wg.Go(func() {
				_, agreed = r.Respond(r.ctx, livestream.Response{Number: c.Number, Code: c.Code, Do: livestream.Agree, Revision: offered.Revision})
			})
			wg.Go(func() {
				_, published = r.Decide(r.ctx, livestream.Decision{Number: c.Number, Revision: offered.Revision, To: livestream.Published},
					by(papers.Act{Kind: papers.ActContributionMoved, Subject: "questions/" + c.Number}))
			})
			wg.Wait()
			if (agreed == nil) == (published == nil) {
				t.Fatalf("agreeing: %v, publishing: %v", agreed, published)
			}
			for _, err := range []error{agreed, published} {
				if err != nil {
					r.wantCode(err, papers.CodeConflict)
				}
			}
			q, err := r.Contribution(r.ctx, c.Number)
			r.must(err)
			if want := map[bool]string{true: "kinder", false: "words of " + fmt.Sprint(i)}[agreed == nil]; q.Text != want {
				t.Errorf("the words are %q, want %q", q.Text, want)
			}
		}
	})
}

// TestLettersToAskers: one letter for each change, to the address that was given, and none to anybody else.
func TestLettersToAskers(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		c, joined := r.ask(m.Slug, "d", "a"), r.ask(m.Slug, "e", "b")
		silent, _, err := r.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: "f", Key: "c", Text: "no address"})
		r.must(err)
		for _, d := range []livestream.Decision{{Number: c.Number, To: livestream.Published}, {Number: joined.Number, To: livestream.Merged, MergedInto: c.Number},
			{Number: silent.Number, To: livestream.Published}, {Number: c.Number, To: livestream.Held}, {Number: c.Number, To: livestream.Published}} {
			_, err := r.decideAs(d)
			r.must(err)
			r.pass(time.Second)
		}
		sent := r.sendAll()
		if got := fmt.Sprint(sent); len(sent) != 2 || !strings.Contains(got, "hidden-a@example.org Your question "+c.Number+" is published") || !strings.Contains(got, "hidden-b@example.org Your question "+joined.Number+" was joined") {
			t.Errorf("letters are %q", sent)
		}
		if _, err := r.decideAs(livestream.Decision{Number: c.Number, To: livestream.AnsweredWriting, Answer: "Yes, in May."}); err != nil {
			t.Fatal(err)
		}
		sent = r.sendAll()
		if got := fmt.Sprint(sent); len(sent) != 2 || !strings.Contains(got, "hidden-a@example.org Your question "+c.Number+" is answered") || !strings.Contains(got, "hidden-b@example.org The question that yours was joined to is answered") {
			t.Errorf("after the answer letters are %q", sent)
		}
		if sent := r.sendAll(); len(sent) != 0 {
			t.Errorf("sent again: %q", sent)
		}
		_, err = r.respond(c, livestream.Forget)
		r.must(err)
		_, err = r.decideAs(livestream.Decision{Number: c.Number, To: livestream.AnsweredWriting, Answer: "No, in June."})
		r.must(err)
		if got := fmt.Sprint(r.sendAll()); strings.Contains(got, "hidden-a@") {
			t.Errorf("an address that was taken off is written to: %s", got)
		}
		r.decide(livestream.Decision{Number: joined.Number, Told: "hello"})
		if _, err := r.decideAs(livestream.Decision{Number: c.Number, To: livestream.AnsweredWriting, Answer: "In July."}); err != nil {
			t.Fatal(err)
		}
		r.pass(15 * 24 * time.Hour)
		if sent := r.sendAll(); len(sent) != 0 {
			t.Errorf("old news is sent: %q", sent)
		}
	})
}

// sendAll takes every letter that is due as the post does, and answers who is told what.
func (r *record) sendAll() (sent []string) {
	r.t.Helper()
	for {
		l, ok, err := r.TakeLetter(r.ctx, time.Minute)
		r.must(err)
		if !ok {
			return sent
		}
		state := alerts.Dropped
		if l.Kind == alerts.Asked && l.Asking.Subject != "" && l.To != "" {
			state = alerts.Sent
			sent = append(sent, l.To+" "+l.Asking.Subject)
		}
		mine, err := r.HandOver(r.ctx, l.ID, nil)
		r.must(err)
		if !mine {
			r.t.Fatal("a letter was taken by somebody else")
		}
		r.must(r.FinishLetter(r.ctx, l.ID, state, ""))
	}
}
