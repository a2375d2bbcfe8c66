package program_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	_ "github.com/jackc/pgx/v5/stdlib"

	"clearday/cmd/clearday/program"
	"clearday/papers"
	"clearday/server/config"
	"clearday/server/servertest"
)

// newSchema makes a schema of its own in the PostgreSQL of CLEARDAY_TEST_DATABASE_URL and answers
// the address that leads to it.
func newSchema(t *testing.T) string {
	t.Helper()
	address := os.Getenv("CLEARDAY_TEST_DATABASE_URL")
	if address == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("CLEARDAY_TEST_DATABASE_URL is not set: in CI two programs are tested on one PostgreSQL")
		}
		t.Skip("CLEARDAY_TEST_DATABASE_URL is not set: two programs on one PostgreSQL are not tested")
	}
	admin, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + papers.NewID()
	if _, err := admin.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatalf("making a schema: %v", err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			t.Errorf("dropping a schema: %v", err)
		}
		_ = admin.Close()
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// start starts a whole program on the shared record, with a data directory of its own.
func start(t *testing.T, database string, now func() time.Time) *servertest.Site {
	t.Helper()
	key := strings.Repeat("5a", 32)
	dir := t.TempDir()
	cfg, err := config.Read([]string{"CLEARDAY_DATA=" + dir, "CLEARDAY_DATABASE_URL=" + database, "CLEARDAY_SITE_KEY=" + key, "CLEARDAY_LOG_KEY=" + key})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &servertest.Site{URL: "http://" + ln.Addr().String(), Dir: dir, Clock: &servertest.Clock{}, Config: cfg}
	if s.Program, err = program.Open(t.Context(), cfg, s.URL, now, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, s.Close()); err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
	return s
}

// TestTwoProgramsPublishOnce runs two whole programs on one PostgreSQL. What is scheduled at one is
// published by whichever wakes first, once, and both show it.
func TestTwoProgramsPublishOnce(t *testing.T) {
	database := newSchema(t)
	clock := &servertest.Clock{}
	one, two := start(t, database, clock.Now), start(t, database, clock.Now)
	ctx := t.Context()
	board := one.Board(t, "Partnership Board")

	const meetings = 5
	var slugs []string
	at := clock.Now().Add(time.Hour)
	for i := range meetings {
		m := one.Meeting(t, board, 10+i)
		one.Item(t, m.Slug, "Welcome")
		one.Item(t, m.Slug, "Finance")
		if _, err := one.Publisher.PublishMeeting(ctx, m.Slug, papers.Wish{At: &at}, papers.Program); err != nil {
			t.Fatal(err)
		}
		slugs = append(slugs, m.Slug)
	}
	shown := func(s *servertest.Site, slug string) bool {
		res, err := http.Get(s.URL + "/meetings/" + slug)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode == http.StatusOK && strings.Contains(string(body), "Finance")
	}
	for _, slug := range slugs {
		if shown(one, slug) || shown(two, slug) {
			t.Fatalf("%s is public before its time", slug)
		}
	}
	clock.Advance(time.Hour)
	for _, s := range []*servertest.Site{one, two} {
		servertest.Eventually(t, "both programs show what was published", func() bool {
			for _, slug := range slugs {
				if !shown(s, slug) {
					return false
				}
			}
			return true
		})
	}
	time.Sleep(600 * time.Millisecond) // two looks of each timer: a second publication would come now

	acts, err := two.Record.Acts(ctx, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for i, a := range acts {
		if a.Number != int64(i+1) {
			t.Errorf("act %d has the number %d", i+1, a.Number)
		}
		count[string(a.Kind)+" "+a.Subject]++
	}
	for _, slug := range slugs {
		if n, m := count["meeting.announced meetings/"+slug], count["agenda.published meetings/"+slug+"/agenda"]; n != 1 || m != 1 {
			t.Errorf("%s was announced %d times and its agenda published %d times", slug, n, m)
		}
		audit, err := one.Record.Audit(ctx, "meetings/"+slug+"/publications/", 10)
		if err != nil {
			t.Fatal(err)
		}
		published := 0
		for _, row := range audit {
			if row.What == "published" {
				published++
			}
		}
		if published != 1 {
			t.Errorf("the audit says %d times that %s was published", published, slug)
		}
		list, err := two.Record.Publications(ctx, slug)
		if err != nil || len(list) != 1 || list[0].State != papers.PublicationDone || list[0].Failure != "" || list[0].PublishedAt.Before(list[0].ScheduledAt) {
			t.Errorf("the publications of %s are %+v (%v)", slug, list, err)
		}
	}
}
