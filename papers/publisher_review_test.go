package papers_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"clearday/papers"
)

// stopped is a record in which somebody stops each publication after the timer saw that it is due.
type stopped struct{ *fakeStore }

func (s stopped) Publish(context.Context, string, papers.Change) (papers.Publication, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pubs[0].State = papers.PublicationStopped
	return s.pubs[0], nil
}

func TestPublisherStoppedAtTheDueMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &fakeClock{}
		f := &fakeStore{clock: clock, meetings: map[string]papers.Meeting{"m": {Slug: "m", Board: "b"}}}
		f.due("p", time.Minute)
		p := &papers.Publisher{Store: stopped{f}, Now: clock.now, Log: slog.New(slog.DiscardHandler)}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		pass(time.Hour)
		f.wantPublished(t, "after it was stopped", "p", false)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}
