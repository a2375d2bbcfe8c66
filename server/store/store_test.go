package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/papers/alerts"
	"clearday/server/auth"
	"clearday/server/jobs"
	"clearday/server/servertest"
	"clearday/server/store"
)

var (
	_ papers.Store     = (*store.DB)(nil)
	_ livestream.Store = (*store.DB)(nil)
	_ auth.Store       = (*store.DB)(nil)
	_ jobs.Store       = (*store.DB)(nil)
	_ alerts.Store     = (*store.DB)(nil)
)

// TestMain runs everything far from UTC, so that a time that is not turned into UTC shows.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("far", 5*3600+1800)
	os.Exit(m.Run())
}

// record is an open record with a clock that the test sets.
type record struct {
	*store.DB
	t    *testing.T
	ctx  context.Context
	opts store.Options

	mu  sync.Mutex
	now time.Time
}

func (r *record) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *record) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

// both runs a test on a new record in SQLite and on one in PostgreSQL.
func both(t *testing.T, test func(t *testing.T, r *record)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		test(t, open(t, store.Options{Path: filepath.Join(t.TempDir(), "re cord?.db")}))
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, open(t, store.Options{URL: servertest.Schema(t)}))
	})
}

func open(t *testing.T, o store.Options) *record {
	t.Helper()
	r := &record{t: t, ctx: t.Context(), now: time.Date(2026, 4, 1, 9, 0, 0, 123456789, time.FixedZone("", 7200))}
	if o.SiteKey == [32]byte{} {
		_, _ = rand.Read(o.SiteKey[:])
	}
	o.Now = r.clock
	db, err := store.Open(r.ctx, o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	r.DB, r.opts = db, o
	return r
}

var secretary = papers.Actor{ID: "u1", Name: "Sam Secretary", Role: "secretary"}

func by(acts ...papers.Act) papers.Change { return papers.Change{By: secretary, Acts: acts} }

func (r *record) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// wantCode fails unless err is an Error of the code.
func (r *record) wantCode(err error, want papers.Code) {
	r.t.Helper()
	if got := papers.CodeOf(err); got != want {
		r.t.Fatalf("code %q (%v), want %q", got, err, want)
	}
}

func (r *record) board(slug string) papers.Board {
	r.t.Helper()
	r.must(r.AddBoard(r.ctx, papers.Board{Slug: slug, Name: "Board " + slug, Questions: papers.QuestionRules{Support: true, Statements: papers.StatementRules{Taken: true}}, Members: []papers.Member{{Name: "Ann", Role: "Chair"}}}, by()))
	b, err := r.Board(r.ctx, slug)
	r.must(err)
	return b
}

func (r *record) meeting(board string) papers.Meeting {
	r.t.Helper()
	m := papers.Meeting{Board: board, Zone: "Europe/London", StartsAt: time.Date(2026, 4, 8, 8, 30, 0, 0, time.UTC)}
	r.must(m.Tidy())
	m, err := r.AddMeeting(r.ctx, m, by())
	r.must(err)
	return m
}

func (r *record) item(meeting, title string) papers.Item {
	r.t.Helper()
	i, err := r.AddItem(r.ctx, papers.Item{Meeting: meeting, Title: title, Purpose: papers.Decision}, by())
	r.must(err)
	return i
}

func hash(seed string) string { return fmt.Sprintf("%064x", seed) }

// paper adds a paper whose first version is read and ready.
func (r *record) paper(item, title string) papers.Paper {
	r.t.Helper()
	p, err := r.AddPaper(r.ctx, papers.Paper{Item: item, Title: title},
		papers.Version{File: hash(title), FileName: "file of " + title, Size: 1000, Pages: 2}, by())
	r.must(err)
	r.ready(papers.VersionRef{Paper: p.ID, N: 1})
	return p
}

func (r *record) ready(ref papers.VersionRef) {
	r.t.Helper()
	r.must(r.KeepPages(r.ctx, ref, 1, []string{"page one of " + ref.Paper, "page two"}))
	r.must(r.FinishReading(r.ctx, papers.Version{Paper: ref.Paper, N: ref.N, Pages: 2, PagesRead: 2, Width: 595.5, Height: 842,
		Findings: []papers.Finding{{Code: "note", Page: 1, Message: "secretfinding"}}}))
}

func (r *record) publisher() *papers.Publisher { return &papers.Publisher{Store: r, Now: r.clock} }

// publish makes the whole meeting public now.
func (r *record) publish(meeting string) papers.Publication {
	r.t.Helper()
	p, err := r.publisher().PublishMeeting(r.ctx, meeting, papers.Wish{}, secretary)
	r.must(err)
	return p
}

// acts reads all acts.
func (r *record) acts() []papers.Act {
	r.t.Helper()
	var all []papers.Act
	for {
		last := int64(len(all))
		list, err := r.Acts(r.ctx, last, 1000)
		r.must(err)
		if len(list) == 0 {
			return all
		}
		all = append(all, list...)
	}
}

func titles(list []papers.Item) string {
	var s []string
	for _, i := range list {
		s = append(s, i.Number+" "+i.Title)
	}
	return strings.Join(s, ", ")
}

// wantActsDense fails unless acts are numbered from 1 without gaps.
func (r *record) wantActsDense() {
	r.t.Helper()
	all := r.acts()
	for i, a := range all {
		if a.Number != int64(i+1) {
			r.t.Fatalf("act %d has number %d", i+1, a.Number)
		}
	}
	if last, err := r.LastAct(r.ctx); err != nil || last != int64(len(all)) {
		r.t.Fatalf("LastAct = %d, %v, want %d", last, err, len(all))
	}
}
