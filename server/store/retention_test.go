package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// wholeRecord gives all bytes of the record: the file of SQLite with its side files, or every row of PostgreSQL.
func (r *record) wholeRecord() []byte {
	r.t.Helper()
	var all bytes.Buffer
	if r.opts.URL == "" {
		for _, end := range []string{"", "-wal", "-shm"} {
			b, err := os.ReadFile(r.opts.Path + end)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				r.t.Fatal(err)
			}
			all.Write(b)
		}
		return all.Bytes()
	}
	db, err := sql.Open("pgx", r.opts.URL)
	r.must(err)
	defer db.Close()
	rows, err := db.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
	r.must(err)
	var tables []string
	for rows.Next() {
		var name string
		r.must(rows.Scan(&name))
		tables = append(tables, name)
	}
	r.must(rows.Err())
	for _, name := range tables {
		dump, err := db.Query("SELECT t::text FROM " + name + " AS t")
		r.must(err)
		for dump.Next() {
			var line string
			r.must(dump.Scan(&line))
			all.WriteString(line + "\n")
		}
		r.must(dump.Err())
	}
	return all.Bytes()
}

func (r *record) holds(words ...string) (found []string) {
	r.t.Helper()
	all := r.wholeRecord()
	for _, w := range words {
		if bytes.Contains(all, []byte(w)) || bytes.Contains(all, fmt.Appendf(nil, "%x", w)) {
			found = append(found, w)
		}
	}
	return found
}

func (r *record) eraser() *livestream.Eraser {
	return &livestream.Eraser{Store: r.DB, Boards: r.Boards, Now: r.clock, Log: slog.New(slog.DiscardHandler)}
}

// past gives a held meeting with a published question of a known asker and a refused one.
func (r *record) past() (m papers.Meeting, published, refused string) {
	r.t.Helper()
	m, _ = r.room("pb")
	_, err := r.SetRoom(r.ctx, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive}, by(papers.Act{Kind: papers.ActRoomChanged, Subject: "x"}))
	r.must(err)
	published, refused = r.ask(m.Slug, "canarydevice", "one").Number, r.ask(m.Slug, "canarydevice", "two").Number
	r.decide(livestream.Decision{Number: published, To: livestream.Published})
	r.decide(livestream.Decision{Number: refused, To: livestream.Refused, Reason: "names-individual", Told: "canarytold"})
	_, err = r.Support(r.ctx, []livestream.Support{{Meeting: m.Slug, Question: published, Device: "canarysupporter", From: "192.0.2.9"}})
	r.must(err)
	r.decide(livestream.Decision{Number: published, To: livestream.AnsweredWriting, Answer: "The public answer."})
	_, err = r.SetRoom(r.ctx, m.Slug, livestream.Turn{State: livestream.RoomClosed, Asking: livestream.AskingClosed}, by(papers.Act{Kind: papers.ActRoomChanged, Subject: "x"}))
	r.must(err)
	return m, published, refused
}

// TestRetention_sealed: what is personal is nowhere in the record in words.
func TestRetention_sealed(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.past()
		if got := r.holds("hidden-one@example.org", "hidden-two@example.org", "hiddenname two", "words of two", "canarytold"); got != nil {
			t.Errorf("the record holds %q in plain words", got)
		}
		if got := r.holds("words of one", "hiddenname one"); len(got) != 2 {
			t.Errorf("of what is public the record holds %q: this test cannot find anything", got)
		}
	})
}

// TestRetention: each thing goes when its time is over, not before, leaves how much and by which rule, and
// is nowhere afterwards. What is public stays, counts stay, and what was sent is known when it comes again.
func TestRetention(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, published, refused := r.past()
		r.must(r.SetRetention(r.ctx, "pb", livestream.Retention{livestream.ThingContacts: 20, livestream.ThingWords: 60, livestream.ThingMessages: 60,
			livestream.ThingDevices: 14, livestream.ThingReports: 60, livestream.ThingBlocks: 60, livestream.ThingChat: 60}, by()))
		at := m.EndsAt
		if at.Before(m.StartsAt) {
			at = m.StartsAt.Add(24 * time.Hour)
		}
		erased := func(days int) map[livestream.Thing]int {
			r.pass(at.AddDate(0, 0, days).Sub(r.clock()) + time.Hour)
			r.must(r.eraser().Once(r.ctx))
			list, err := r.Erasures(r.ctx, "pb", 100)
			r.must(err)
			n := map[livestream.Thing]int{}
			for _, e := range list {
				n[e.Thing] += e.N
			}
			return n
		}
		counts, err := r.Counts(r.ctx, m.Slug, "")
		r.must(err)
		if got := erased(10); len(got) != 0 {
			t.Fatalf("erased %v before its time", got)
		}
		if got := erased(16); got[livestream.ThingDevices] == 0 || len(got) != 1 {
			t.Fatalf("after the devices' time erased %v", got)
		}
		if got := r.holds("canarydevice", "canarysupporter"); got != nil {
			t.Errorf("the record still holds %q", got)
		}
		if f := r.face(published); f.Supports != 1 {
			t.Errorf("the count is %d, want 1", f.Supports)
		}
		results, err := r.Support(r.ctx, []livestream.Support{{Meeting: m.Slug, Question: published, Device: "canarysupporter"}})
		r.must(err)
		if results[0].Err == nil {
			t.Error("a support was counted a second time")
		}
		if c, err := r.Asked(r.ctx, m.Slug, "canarydevice", "one"); err != nil || c.Number != published {
			t.Errorf("the same question again is %q, %v", c.Number, err)
		}
		if c, again, err := r.DB.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: "canarydevice", Key: "two", Kind: livestream.KindQuestion, Text: "again"}); err != nil || !again || c.Number != refused {
			t.Errorf("the same question again is %q, again %v, %v", c.Number, again, err)
		}
		if got := erased(22); got[livestream.ThingContacts] != 2 {
			t.Fatalf("after the contacts' time erased %v", got)
		}
		c, err := r.Contribution(r.ctx, published)
		r.must(err)
		if c.Email != "" || c.Name != "hiddenname one" || c.ContactErasedAt == nil {
			t.Errorf("the published question is %+v", c)
		}
		erased(62)
		again := erased(63)
		c, err = r.Contribution(r.ctx, refused)
		r.must(err)
		if c.Text != "" || c.Told != "" || c.WordsErasedAt == nil || c.Reason != "names-individual" || again[livestream.ThingWords] != 1 {
			t.Errorf("the refused question is %+v, erased %v", c, again)
		}
		after, err := r.Counts(r.ctx, m.Slug, "")
		r.must(err)
		if fmt.Sprint(after) != fmt.Sprint(counts) {
			t.Errorf("counts were %v, are %v", counts, after)
		}
		if f := r.face(published); f.Text != "words of one" || f.Answer == "" {
			t.Errorf("the published question shows %+v", f)
		}
		audit, err := r.MeetingAudit(r.ctx, m.Slug, 0, 100)
		r.must(err)
		traces := 0
		for _, a := range audit {
			if a.What == "erased by the retention rule" && a.Role == "program" {
				traces++
			}
		}
		if traces < 3 {
			t.Errorf("%d traces in the audit", traces)
		}
	})
}

// TestRetention_chatNames: names beside messages go from the chat, from the events that told them and from what
// the log could be linked by; what was said stays, and removed messages have a time of their own.
func TestRetention_chatNames(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("pb")
		r.setRoom(m.Slug, livestream.RoomOpen)
		list := r.say(m.Slug, livestream.Say{Device: "a", Key: "1", Name: "canarychatname", Text: "said by somebody"}, livestream.Say{Device: "b", Key: "1", Text: "said by nobody"},
			livestream.Say{Device: "c", Key: "1", Name: "canaryremoved", Text: "canarywords"})
		r.decideMessage(livestream.MessageDecision{ID: list[2].ID, To: livestream.ChatRemoved, Reason: "wording"})
		r.setRoom(m.Slug, livestream.RoomClosed)
		r.must(r.SetRetention(r.ctx, "pb", livestream.Retention{livestream.ThingContacts: 999, livestream.ThingWords: 999, livestream.ThingMessages: 999, livestream.ThingDevices: 999,
			livestream.ThingReports: 999, livestream.ThingBlocks: 999, livestream.ThingChat: 999, livestream.ThingChatNames: 20}, by()))
		r.pass(10 * 24 * time.Hour)
		r.must(r.eraser().Once(r.ctx))
		if got := r.holds("canarychatname"); len(got) != 1 {
			t.Fatal("the name went before its time, or was never there")
		}
		events, acts := len(r.wantDense(m.Slug)), len(r.acts())
		for range 2 {
			r.pass(20 * 24 * time.Hour)
			r.must(r.eraser().Once(r.ctx))
		}
		if got := r.holds("canarychatname"); got != nil {
			t.Errorf("the record still holds %q", got)
		}
		if salts := r.dump("act_salts"); strings.Contains(salts, livestream.NameOf(list[0].ID)) || !strings.Contains(salts, list[0].ID) {
			t.Error("the salt of the name is there still, or that of the words is not")
		}
		public, _, err := r.Chat(r.ctx, m.Slug, "", 10)
		r.must(err)
		if len(public) != 3 || public[2].Text != "said by somebody" || public[2].Name != "" || len(r.wantDense(m.Slug)) != events {
			t.Errorf("the public reads %+v", public)
		}
		if gone, err := r.Message(r.ctx, list[2].ID); err != nil || gone.Text != "canarywords" || gone.Name != "canaryremoved" {
			t.Errorf("a removed message went by the rule of names: %+v (%v)", gone, err)
		}
		trace, err := r.Erasures(r.ctx, "pb", 10)
		r.must(err)
		if len(trace) != 1 || trace[0].Thing != livestream.ThingChatNames || trace[0].N != 1 || trace[0].Days != 20 {
			t.Errorf("the trace is %+v", trace)
		}
		if after := r.acts()[acts:]; len(after) != 1 || after[0].Kind != papers.ActChatUnnamed {
			t.Errorf("acts are %+v: cached pages would show the name", after)
		}
	})
}

// dying is a store that ends with the program at the nth erasing.
type dying struct {
	livestream.RetentionStore
	left int
}

var errKilled = errors.New("killed")

func (d *dying) EraseDevices(ctx context.Context, m livestream.PastMeeting, days int) (int, error) {
	if d.left--; d.left < 0 {
		return 0, errKilled
	}
	return d.RetentionStore.EraseDevices(ctx, m, days)
}

// TestRetention_killed: a round that was cut off goes on when its lease is over, by any program, and erases
// and counts nothing twice; two programs are not at it together.
func TestRetention_killed(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.past()
		r.pass(3000 * 24 * time.Hour)
		e := r.eraser()
		e.Store = &dying{RetentionStore: r.DB}
		if err := e.Once(r.ctx); !errors.Is(err, errKilled) {
			t.Fatalf("Once = %v", err)
		}
		r.must(r.eraser().Once(r.ctx)) // another program, while the lease holds: not its turn
		if got := r.holds("canarysupporter"); len(got) != 1 {
			t.Fatal("a second program took the round")
		}
		r.pass(11 * time.Minute)
		for range 3 {
			r.must(r.eraser().Once(r.ctx))
		}
		if got := r.holds("canarysupporter", "canarydevice"); got != nil {
			t.Errorf("the record still holds %q", got)
		}
		list, err := r.Erasures(r.ctx, "", 100)
		r.must(err)
		seen := map[livestream.Thing]int{}
		for _, e := range list {
			seen[e.Thing]++
		}
		for thing, n := range seen {
			if n != 1 {
				t.Errorf("%s was erased %d times", thing, n)
			}
		}
		if seen[livestream.ThingDevices] != 1 || seen[livestream.ThingContacts] != 1 {
			t.Errorf("erased %v", seen)
		}
	})
}

func TestRetention_rules(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		rules, own, err := r.Retention(r.ctx, "pb")
		r.must(err)
		if own || rules[livestream.ThingWords] != 365 {
			t.Fatalf("the rules are %v, own %v", rules, own)
		}
		r.must(r.SetRetention(r.ctx, "", livestream.Retention{livestream.ThingWords: 400}, by()))
		r.must(r.SetRetention(r.ctx, "pb", livestream.Retention{livestream.ThingWords: 30}, by()))
		rules, own, err = r.Retention(r.ctx, "pb")
		r.must(err)
		if !own || rules[livestream.ThingWords] != 30 || rules[livestream.ThingContacts] != 183 {
			t.Fatalf("the rules are %v, own %v", rules, own)
		}
		r.must(r.SetRetention(r.ctx, "pb", nil, by()))
		rules, own, err = r.Retention(r.ctx, "pb")
		r.must(err)
		if own || rules[livestream.ThingWords] != 400 {
			t.Fatalf("the rules are %v, own %v", rules, own)
		}
		for _, bad := range []livestream.Retention{{livestream.ThingWords: 0}, {livestream.ThingChat: 99999}} {
			if err := bad.Tidy(); err == nil || !strings.Contains(err.Error(), "number of days") {
				t.Errorf("Tidy(%v) = %v", bad, err)
			}
		}
	})
}

// TestEraseName: a shown name goes from every place by one act of the desk, with a trace of who did it, and the
// question stays.
func TestEraseName(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		_, published, _ := r.past()
		if got := r.holds("hiddenname one"); len(got) != 1 {
			t.Fatal("the name is not shown: this test cannot find anything")
		}
		for range 2 { // the second changes nothing
			_, err := r.EraseName(r.ctx, published, papers.Change{By: papers.Actor{Name: "Idris", Role: "moderator"}})
			r.must(err)
		}
		r.must(r.Scrub(r.ctx))
		if got := r.holds("hiddenname one"); got != nil {
			t.Errorf("the record still holds %q", got)
		}
		if f := r.face(published); f.Name != "" || f.Text != "words of one" || f.Answer == "" {
			t.Errorf("the question shows %+v", f)
		}
		traces := 0
		rows, err := r.Audit(r.ctx, "questions/"+published, 100)
		r.must(err)
		for _, a := range rows {
			if strings.HasPrefix(a.What, "erased the name") && a.Who == "Idris" {
				traces++
			}
		}
		if traces != 1 {
			t.Errorf("%d traces of the erasing", traces)
		}
	})
}
