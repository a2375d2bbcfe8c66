package papers_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"clearday/papers"
)

// fakeStore is a record of publications only. A call of anything else is a nil pointer.
type fakeStore struct {
	papers.Store
	clock *fakeClock

	mu       sync.Mutex
	pubs     []papers.Publication
	tries    []time.Time // of Publish, in the time of the bubble
	order    []string
	failing  error // what Publish answers
	blind    error // what DuePublications answers
	hang     bool  // Publish waits until its context ends
	meetings map[string]papers.Meeting
	items    []papers.Item
	papers   []papers.Paper
}

// fakeClock is the time of the bubble, set forward or back.
type fakeClock struct {
	mu  sync.Mutex
	off time.Duration
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.off)
}

func (c *fakeClock) set(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.off += d
}

func (f *fakeStore) Meeting(_ context.Context, _ papers.Audience, slug string) (papers.Meeting, error) {
	if m, ok := f.meetings[slug]; ok {
		return m, nil
	}
	return papers.Meeting{}, papers.ErrNotFound
}

func (f *fakeStore) Items(context.Context, papers.Audience, string) ([]papers.Item, error) {
	return f.items, nil
}

func (f *fakeStore) Item(context.Context, papers.Audience, string) (papers.Item, error) {
	return f.items[0], nil
}

func (f *fakeStore) Papers(context.Context, papers.Audience, papers.PaperFilter) ([]papers.Paper, error) {
	return f.papers, nil
}

func (f *fakeStore) Paper(_ context.Context, _ papers.Audience, id string) (papers.Paper, error) {
	for _, p := range f.papers {
		if p.ID == id {
			return p, nil
		}
	}
	return papers.Paper{}, papers.ErrNotFound
}

func (f *fakeStore) Find(context.Context, papers.Audience, []papers.VersionRef) ([]papers.Found, error) {
	return nil, nil
}

func (f *fakeStore) Schedule(_ context.Context, p papers.Publication, _ papers.Change) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pubs = append(f.pubs, p)
	return nil
}

func (f *fakeStore) Publications(context.Context, string) ([]papers.Publication, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.pubs), nil
}

func (f *fakeStore) DuePublications(_ context.Context, by time.Time) ([]papers.Publication, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var due []papers.Publication
	for _, p := range f.pubs {
		if p.State == papers.PublicationScheduled && !p.ScheduledAt.After(by) {
			due = append(due, p)
		}
	}
	slices.SortFunc(due, func(a, b papers.Publication) int { return a.ScheduledAt.Compare(b.ScheduledAt) })
	return due, f.blind
}

func (f *fakeStore) Publish(ctx context.Context, id string, _ papers.Change) (papers.Publication, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tries = append(f.tries, time.Now())
	if f.hang {
		f.mu.Unlock()
		<-ctx.Done()
		f.mu.Lock()
		return papers.Publication{}, ctx.Err()
	}
	for i := range f.pubs {
		if p := &f.pubs[i]; p.ID == id {
			if f.failing != nil {
				return papers.Publication{}, f.failing
			}
			if p.State == papers.PublicationScheduled {
				now := f.clock.now()
				p.State, p.PublishedAt = papers.PublicationDone, &now
				f.order = append(f.order, id)
			}
			return *p, nil
		}
	}
	return papers.Publication{}, papers.ErrNotFound
}

func (f *fakeStore) NoteFailure(_ context.Context, id, sentence string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.pubs {
		if f.pubs[i].ID == id {
			f.pubs[i].Failure = sentence
		}
	}
	return nil
}

func (f *fakeStore) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failing = err
}

func (f *fakeStore) pub(id string) papers.Publication {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.pubs {
		if p.ID == id {
			return p
		}
	}
	return papers.Publication{}
}

// timer runs a Publisher over a fake record in a bubble of time until the test ends.
func timer(t *testing.T, test func(t *testing.T, f *fakeStore, run func() (stop func()))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		clock := &fakeClock{}
		f := &fakeStore{clock: clock, meetings: map[string]papers.Meeting{"m": {Slug: "m", Board: "b"}}}
		p := &papers.Publisher{Store: f, Now: clock.now, Log: slog.New(slog.DiscardHandler)}
		run := func() (stop func()) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- p.Run(ctx) }()
			synctest.Wait()
			return func() {
				cancel()
				if err := <-done; err != nil {
					t.Errorf("Run = %v", err)
				}
			}
		}
		test(t, f, run)
	})
}

// due schedules a publication so long from now.
func (f *fakeStore) due(id string, in time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pubs = append(f.pubs, papers.Publication{ID: id, Meeting: "m", State: papers.PublicationScheduled, ScheduledAt: f.clock.now().Add(in), Announces: true})
}

// pass lets the time go on and everything that is then to do be done.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (f *fakeStore) wantPublished(t *testing.T, when string, id string, want bool) {
	t.Helper()
	if got := f.pub(id).State == papers.PublicationDone; got != want {
		t.Fatalf("%s: published = %v, want %v", when, got, want)
	}
}

func TestPublisherRun(t *testing.T) {
	t.Run("at the moment and not before", func(t *testing.T) {
		timer(t, func(t *testing.T, f *fakeStore, run func() func()) {
			for _, in := range []time.Duration{0, time.Nanosecond, 137 * time.Millisecond, 250 * time.Millisecond, time.Hour + 3*time.Millisecond} {
				stop := run()
				id := papers.NewID()
				f.due(id, in)
				if in > 0 {
					pass(in - time.Nanosecond)
					f.wantPublished(t, "before "+in.String(), id, false)
				}
				pass(time.Nanosecond)
				pass(250 * time.Millisecond) // what was scheduled closer than the timer looks is found at its next look
				f.wantPublished(t, "after "+in.String(), id, true)
				if p := f.pub(id); in > 250*time.Millisecond && !p.PublishedAt.Equal(p.ScheduledAt) {
					t.Errorf("published %v late", p.PublishedAt.Sub(p.ScheduledAt))
				}
				stop()
			}
		})
	})
	t.Run("clock set forward", func(t *testing.T) {
		timer(t, func(t *testing.T, f *fakeStore, run func() func()) {
			defer run()()
			f.due("p", 2*time.Hour)
			pass(time.Hour)
			f.wantPublished(t, "an hour before", "p", false)
			f.clock.set(time.Hour)
			pass(250 * time.Millisecond)
			f.wantPublished(t, "after the clock jumped over the moment", "p", true)
		})
	})
	t.Run("clock set back", func(t *testing.T) {
		timer(t, func(t *testing.T, f *fakeStore, run func() func()) {
			defer run()()
			f.due("p", time.Hour)
			pass(time.Hour - 100*time.Millisecond) // the timer sleeps until exactly the moment now
			f.clock.set(-time.Hour)
			pass(time.Hour)
			f.wantPublished(t, "before the moment of the new clock", "p", false)
			pass(100 * time.Millisecond)
			f.wantPublished(t, "at the moment of the new clock", "p", true)
		})
	})
	t.Run("late wake-up", func(t *testing.T) {
		timer(t, func(t *testing.T, f *fakeStore, run func() func()) {
			defer run()()
			f.due("second", 2*time.Hour)
			f.due("first", time.Hour)
			f.due("later", 20*time.Hour)
			f.clock.set(9 * time.Hour) // the machine slept
			pass(250 * time.Millisecond)
			if !slices.Equal(f.order, []string{"first", "second"}) {
				t.Fatalf("published %v after waking up", f.order)
			}
			if p := f.pub("first"); p.PublishedAt.Sub(p.ScheduledAt) < 8*time.Hour {
				t.Errorf("what was late says that it was published at %v", p.PublishedAt)
			}
		})
	})
	t.Run("due found after a restart", func(t *testing.T) {
		timer(t, func(t *testing.T, f *fakeStore, run func() func()) {
			stop := run()
			f.due("p", time.Hour)
			pass(time.Minute)
			stop()
			pass(10 * time.Hour)
			f.wantPublished(t, "while nothing runs", "p", false)
			defer run()() // no time passes
			f.wantPublished(t, "as soon as it runs again", "p", true)
		})
	})
	t.Run("stopped in the middle of publishing", func(t *testing.T) {
		timer(t, func(t *testing.T, f *fakeStore, run func() func()) {
			f.hang = true
			f.due("p", 0)
			stop := run()
			stop()
			if p := f.pub("p"); p.Failure != "" || p.State != papers.PublicationScheduled {
				t.Errorf("a stop was noted as a failure: %+v", p)
			}
		})
	})
	t.Run("record out of reach", func(t *testing.T) {
		timer(t, func(t *testing.T, f *fakeStore, run func() func()) {
			f.blind = errors.New("no connection")
			stop := run()
			pass(time.Minute)
			f.mu.Lock()
			f.blind = nil
			f.mu.Unlock()
			f.due("p", 0)
			pass(250 * time.Millisecond)
			f.wantPublished(t, "when the record is back", "p", true)
			stop()
		})
	})
}

func TestPublisherFailure(t *testing.T) {
	t.Run("tried again with growing pauses", func(t *testing.T) {
		timer(t, func(t *testing.T, f *fakeStore, run func() func()) {
			f.fail(errors.New("disk full at /secret/path"))
			f.due("p", 0)
			defer run()()
			pass(10 * time.Minute)
			if want := "The publication did not go through. The program keeps trying; tell the operator if this stays."; f.pub("p").Failure != want {
				t.Errorf("the desk reads %q, want %q", f.pub("p").Failure, want)
			}
			if n := len(f.tries); n < 12 || n > 20 {
				t.Errorf("tried %d times in 10 minutes", n)
			}
			last := time.Duration(0)
			for i := 1; i < len(f.tries); i++ {
				pause := f.tries[i].Sub(f.tries[i-1])
				if pause < last || pause > time.Minute+250*time.Millisecond {
					t.Errorf("pause %d was %v after one of %v", i, pause, last)
				}
				last = pause
			}
			if last < time.Minute {
				t.Errorf("the pauses stay at %v", last)
			}
			f.fail(nil)
			f.due("other", 0)
			pass(250 * time.Millisecond)
			f.wantPublished(t, "beside one that failed", "other", true)
			pass(time.Minute)
			f.wantPublished(t, "when it is mended", "p", true)
			before := len(f.tries)
			pass(10 * time.Minute)
			if len(f.tries) != before {
				t.Errorf("published %d times more", len(f.tries)-before)
			}
		})
	})
	t.Run("sentence for people", func(t *testing.T) {
		timer(t, func(t *testing.T, f *fakeStore, run func() func()) {
			f.fail(papers.Errorf(papers.CodeConflict, "Version 2 is blocked."))
			f.due("p", 0)
			defer run()()
			if got := f.pub("p").Failure; got != "Version 2 is blocked." {
				t.Errorf("the desk reads %q", got)
			}
		})
	})
	t.Run("clock set back while it fails", func(t *testing.T) {
		timer(t, func(t *testing.T, f *fakeStore, run func() func()) {
			f.due("p", 0)
			f.clock.set(3 * time.Hour) // it is three hours late already
			f.fail(errors.New("no"))
			defer run()()
			pass(10 * time.Minute)
			f.clock.set(-2 * time.Hour)
			f.fail(nil)
			pass(2 * time.Minute)
			f.wantPublished(t, "two minutes after the clock was set back", "p", true)
		})
	})
}

func TestPublisherSchedule(t *testing.T) {
	start := func(t *testing.T) (*papers.Publisher, *fakeStore) {
		clock := &fakeClock{}
		f := &fakeStore{clock: clock, meetings: map[string]papers.Meeting{"m": {Slug: "m", Board: "b"}, "done": {Slug: "done", AnnouncedAt: &someday}},
			items: []papers.Item{{ID: "i", Meeting: "m"}}, papers: []papers.Paper{paper("p", papers.VersionReady)}}
		f.papers[0].Meeting, f.papers[0].Item = "m", "i"
		return &papers.Publisher{Store: f, Now: clock.now, Log: slog.New(slog.DiscardHandler)}, f
	}
	at := func(d time.Duration) *time.Time { v := time.Now().Add(d); return &v }
	t.Run("now", func(t *testing.T) {
		p, _ := start(t)
		done, err := p.PublishMeeting(t.Context(), "m", papers.Wish{}, papers.Actor{})
		if err != nil || done.State != papers.PublicationDone || done.PublishedAt == nil {
			t.Errorf("PublishMeeting = %+v, %v", done, err)
		}
	})
	t.Run("later", func(t *testing.T) {
		p, f := start(t)
		when := at(time.Hour)
		pub, err := p.PublishPaper(t.Context(), "p", papers.Wish{At: when}, papers.Actor{})
		if err != nil || pub.State != papers.PublicationScheduled || !pub.ScheduledAt.Equal(*when) || pub.ScheduledAt.Location() != time.UTC || len(f.tries) != 0 {
			t.Errorf("PublishPaper = %+v, %v, published %d times", pub, err, len(f.tries))
		}
	})
	t.Run("a time that has passed", func(t *testing.T) {
		p, f := start(t)
		if _, err := p.PublishMeeting(t.Context(), "m", papers.Wish{At: at(-2 * time.Minute)}, papers.Actor{}); papers.CodeOf(err) != papers.CodeInvalid || len(f.pubs) != 0 {
			t.Errorf("PublishMeeting = %v with %d kept", err, len(f.pubs))
		}
		if pub, err := p.PublishMeeting(t.Context(), "m", papers.Wish{At: at(-30 * time.Second)}, papers.Actor{}); err != nil || pub.State != papers.PublicationDone {
			t.Errorf("PublishMeeting just past = %+v, %v", pub, err)
		}
	})
	t.Run("nothing new", func(t *testing.T) {
		p, f := start(t)
		f.items, f.papers = nil, nil
		if _, err := p.PublishMeeting(t.Context(), "done", papers.Wish{}, papers.Actor{}); papers.CodeOf(err) != papers.CodeConflict {
			t.Errorf("PublishMeeting = %v", err)
		}
		if _, err := p.Announce(t.Context(), "done", nil, papers.Actor{}); papers.CodeOf(err) != papers.CodeConflict {
			t.Errorf("Announce twice = %v", err)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		p, _ := start(t)
		_, err1 := p.PublishMeeting(t.Context(), "no", papers.Wish{}, papers.Actor{})
		_, err2 := p.PublishPaper(t.Context(), "no", papers.Wish{}, papers.Actor{})
		_, err3 := p.Announce(t.Context(), "no", nil, papers.Actor{})
		for _, err := range []error{err1, err2, err3} {
			if papers.CodeOf(err) != papers.CodeNotFound {
				t.Errorf("publishing what is unknown = %v", err)
			}
		}
	})
}
