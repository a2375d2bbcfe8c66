package search_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/search"
	"clearday/search/embedded"
)

// sharedEngine is an engine that can be lost.
type sharedEngine struct {
	search.Engine
	mu   sync.Mutex
	gone bool
	asks int
}

func (s *sharedEngine) lose(gone bool) { s.mu.Lock(); defer s.mu.Unlock(); s.gone = gone }

func (s *sharedEngine) Search(ctx context.Context, q search.Query) (search.Results, error) {
	s.mu.Lock()
	s.asks++
	gone := s.gone
	s.mu.Unlock()
	if gone {
		return search.Results{}, errors.New("no route to the server")
	}
	res, err := s.Engine.Search(ctx, q)
	res.Notes = append(res.Notes, "from the shared engine")
	return res, err
}

// TestPair: while the shared engine is lost or not in step this machine's own answers, says so, asks the lost
// one only now and then, and gives its place back by itself.
func TestPair(t *testing.T) {
	open := func() search.Engine {
		e, err := embedded.Open(t.TempDir(), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Close() })
		return e
	}
	r := newRecord()
	now := time.Date(2026, 4, 8, 9, 0, 0, 0, time.UTC)
	own, shared := open(), &sharedEngine{Engine: open()}
	p := &search.Pair{Engine: own, Main: shared, OwnFollow: &search.Follower{Engine: own, Store: r, Log: slog.New(slog.DiscardHandler)},
		MainFollow: &search.Follower{Engine: shared, Store: r, Log: slog.New(slog.DiscardHandler)}, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
	follow := func(f *search.Follower) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { _ = f.Run(ctx); close(done) }()
		last, _ := r.LastAct(t.Context())
		for f.Seen() < last {
			time.Sleep(time.Millisecond)
		}
		cancel()
		<-done
	}
	answers := func(by string, papers int, lost bool) {
		t.Helper()
		res, err := p.Search(t.Context(), search.Parse("hub"))
		if err != nil || res.Papers != papers {
			t.Fatalf("%d papers, %v, want %d", res.Papers, err, papers)
		}
		notes := strings.Join(res.Notes, " ")
		if strings.Contains(notes, "shared engine") != (by == "shared") || strings.Contains(notes, "main search is away") != lost || p.Lost() != lost {
			t.Errorf("want the answer of the %s engine, lost %t: notes %q, lost %t", by, lost, notes, p.Lost())
		}
	}
	r.publish("a", "Hubs", 1, "the first hub")
	follow(p.OwnFollow)
	answers("own", 1, false) // the shared one is not filled yet: no word about it
	follow(p.MainFollow)
	answers("shared", 1, false)
	r.publish("b", "More", 1, "the second hub")
	follow(p.OwnFollow)
	answers("own", 2, false)
	now = now.Add(time.Minute)
	answers("own", 2, true) // behind for a minute
	follow(p.MainFollow)
	answers("shared", 2, false)

	shared.lose(true)
	answers("own", 2, true)
	before := shared.asks
	answers("own", 2, true)
	if shared.asks != before {
		t.Error("each search waits for a lost engine")
	}
	shared.lose(false)
	answers("own", 2, true) // it is left alone for a while
	now = now.Add(time.Minute)
	answers("shared", 2, false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Search(ctx, search.Parse("hub")); err == nil || p.Lost() {
		t.Errorf("somebody who left made the engine count as lost: %v", err)
	}
}
