package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearday/papers"
	"clearday/server/jobs"
	"clearday/server/servertest"
	"clearday/server/store"
)

func openAgain(r *record) (*store.DB, error) { return store.Open(r.ctx, r.opts) }

func TestOpen_again(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		u := r.addUser("Sam", "s@example.org")
		again, err := openAgain(r)
		r.must(err)
		defer again.Close()
		if list, err := again.Boards(r.ctx); err != nil || len(list) != 1 {
			t.Errorf("after opening again there are %v, %v", list, err)
		}
		if got, err := again.User(r.ctx, u.ID); err != nil || got.Email != "s@example.org" {
			t.Errorf("after opening again the user is %+v, %v", got, err)
		}
		wrong := r.opts
		wrong.SiteKey[0] ^= 1
		if _, err := store.Open(r.ctx, wrong); err == nil || !strings.Contains(err.Error(), "set CLEARDAY_SITE_KEY") {
			t.Errorf("with another site key Open = %v", err)
		}
	})
}

func TestOpen_manyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	for name, o := range map[string]func(*testing.T) store.Options{
		"sqlite":   func(*testing.T) store.Options { return store.Options{Path: path} },
		"postgres": func(t *testing.T) store.Options { return store.Options{URL: servertest.Schema(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			o := o(t)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					db, err := store.Open(t.Context(), o)
					if err != nil {
						t.Errorf("Open: %v", err)
						return
					}
					if err := db.Close(); err != nil {
						t.Errorf("Close: %v", err)
					}
				})
			}
			wg.Wait()
		})
	}
}

// raw opens the database of a record beside it.
func (r *record) raw() *sql.DB {
	r.t.Helper()
	driver, address := "sqlite", r.opts.Path
	if r.opts.URL != "" {
		driver, address = "pgx", r.opts.URL
	} else {
		address = "file:" + strings.NewReplacer(" ", "%20", "?", "%3f").Replace(address)
	}
	db, err := sql.Open(driver, address)
	r.must(err)
	r.t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestOpen_newerDatabase(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		_, err := r.raw().Exec("INSERT INTO migrations (name, applied_at) VALUES ('9999_future.sql', '2030-01-01 00:00:00+00:00')")
		r.must(err)
		if _, err := openAgain(r); err == nil || !strings.Contains(err.Error(), "newer version of Clearday") || !strings.Contains(err.Error(), "9999_future.sql") {
			t.Errorf("Open of a newer database = %v", err)
		}
	})
}

func TestOpen_filesOfOneOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	r := open(t, store.Options{Path: path})
	r.board("pb")
	for _, end := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + end)
		r.must(err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("record.db%s has mode %v, want 0600", end, info.Mode())
		}
	}
}

// TestRoomNumber_afterFailure lets a change fail in the database itself after it took a number.
func TestRoomNumber_afterFailure(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		c := r.ask(m.Slug, "d", "k")
		raw, now := r.raw(), "'2026-01-01 00:00:00+00:00'"
		_, err := raw.Exec(fmt.Sprintf("INSERT INTO acts (number, at, kind, subject, board, meeting, facts, commitments) SELECT n + 2, %s, 'x', 'x', '', '', '{}', '{}' FROM counters WHERE name = 'acts'", now))
		r.must(err)
		r.ask(m.Slug, "d", "k2")
		if _, err := r.Decide(r.ctx, decision(c.Number), by(papers.Act{Kind: papers.ActContributionMoved})); err == nil {
			t.Fatal("a change whose act could not be written went through")
		}
		if got, err := r.Contribution(r.ctx, c.Number); err != nil || got.PublishedAt != nil {
			t.Errorf("after the failure it is %+v, %v", got, err)
		}
		_, err = raw.Exec("DELETE FROM acts WHERE kind = 'x'")
		r.must(err)
		r.decide(decision(c.Number))
		r.wantDense(m.Slug)
		r.wantActsDense()
	})
}

func TestTimes(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		far := time.FixedZone("", -9*3600)
		m := papers.Meeting{Board: "pb", Zone: "Europe/London", StartsAt: time.Date(2026, 7, 8, 0, 30, 0, 123456000, far)}
		r.must(m.Tidy())
		added, err := r.AddMeeting(r.ctx, m, by())
		r.must(err)
		got, err := r.Meeting(r.ctx, papers.Insider, added.Slug)
		r.must(err)
		if got.StartsAt.Location() != time.UTC || got.CreatedAt.Location() != time.UTC || !got.StartsAt.Equal(m.StartsAt) {
			t.Errorf("times came back as %v and %v", got.StartsAt, got.CreatedAt)
		}
		if diff := cmp.Diff(added, got); diff != "" {
			t.Errorf("it came back different: %s", diff)
		}
		i := r.item(got.Slug, "Finance")
		r.paper(i.ID, "Report")
		pub := r.publish(got.Slug)
		if pub.PublishedAt.Location() != time.UTC || pub.ScheduledAt.Location() != time.UTC {
			t.Errorf("publication times are %v, %v", pub.PublishedAt, pub.ScheduledAt)
		}
		for _, a := range r.acts() {
			if a.At.Location() != time.UTC {
				t.Errorf("an act's time is %v", a.At)
			}
		}
	})
}

func TestWork(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		i := r.item(m.Slug, "Finance")
		for n := range 5 {
			_, err := r.AddPaper(r.ctx, papers.Paper{Item: i.ID, Title: fmt.Sprint(n)}, papers.Version{File: hash("x")}, by())
			r.must(err)
		}
		taken := make(chan string, 20)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					w, ok, err := r.TakeWork(r.ctx, jobs.KindRead, time.Minute)
					if err != nil {
						t.Errorf("TakeWork: %v", err)
					}
					if !ok {
						return
					}
					taken <- w.ID
				}
			})
		}
		wg.Wait()
		close(taken)
		var ids []string
		for id := range taken {
			ids = append(ids, id)
		}
		if len(ids) != 5 {
			t.Fatalf("%d works were taken, want 5 once each", len(ids))
		}
		for _, id := range ids[2:] {
			r.must(r.FinishWork(r.ctx, id))
		}
		r.must(r.RetryWork(r.ctx, ids[0], 10*time.Minute, "It is broken."))
		failed, err := r.FailedWorksOf(r.ctx, "pb")
		if err != nil || len(failed) != 1 || failed[0].Error != "It is broken." || failed[0].Tries != 1 {
			t.Errorf("FailedWorksOf = %+v, %v", failed, err)
		}
		if failed, err := r.FailedWorksOf(r.ctx, "other"); err != nil || len(failed) != 0 {
			t.Errorf("FailedWorksOf another board = %+v, %v", failed, err)
		}
		r.pass(30 * time.Second)
		r.must(r.KeepWork(r.ctx, ids[1], time.Minute))
		r.pass(45 * time.Second) // past the first lease, within the second
		if w, ok, err := r.TakeWork(r.ctx, jobs.KindRead, time.Minute); ok || err != nil {
			t.Errorf("a kept work was taken: %+v, %v", w, err)
		}
		r.pass(20 * time.Second)
		if w, ok, err := r.TakeWork(r.ctx, jobs.KindRead, time.Hour); !ok || err != nil || w.ID != ids[1] || w.Tries != 2 {
			t.Errorf("after its lease TakeWork = %+v, %v, %v", w, ok, err)
		}
		r.pass(10 * time.Minute)
		if w, ok, err := r.TakeWork(r.ctx, jobs.KindRead, time.Hour); !ok || err != nil || w.ID != ids[0] {
			t.Errorf("after its pause TakeWork = %+v, %v, %v", w, ok, err)
		}
	})
}
