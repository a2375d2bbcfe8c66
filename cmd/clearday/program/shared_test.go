package program_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"clearday/cmd/clearday/program"
	"clearday/papers"
	"clearday/server/config"
	"clearday/server/servertest"
)

// start starts a whole program on the shared record, with a data directory of its own and more settings.
func start(t *testing.T, database string, now func() time.Time, more ...string) *servertest.Site {
	t.Helper()
	key := strings.Repeat("5a", 32)
	dir := t.TempDir()
	cfg, err := config.Read(append(more, "CLEARDAY_DATA="+dir, "CLEARDAY_DATABASE_URL="+database, "CLEARDAY_SITE_KEY="+key, "CLEARDAY_LOG_KEY="+key))
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
	database := servertest.Schema(t)
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
