package search_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"clearday/papers"
	"clearday/search"
)

// TestCoverage says of each paper that cannot be searched in full why, also of those that the engine has
// not followed yet.
func TestCoverage(t *testing.T) {
	r, e := newRecord(), engine(t)
	r.publish("whole", "Whole", 1, "text")
	r.publish("empty", "Empty", 1, "")
	r.publish("scan", "Scan", 1, "")
	r.publish("part", "Part", 1, "text", "", "")
	r.not = map[string]search.Unsearchable{
		"empty": {Pages: 1, Textless: true}, "scan": {Pages: 1, Pictures: 1, Textless: true}, "part": {Pages: 3, Pictures: 2},
	}
	follower := follow(t, e, r)
	f := &search.Finder{Engine: e, Record: r, Follow: follower}
	until(t, "all is followed", func() bool { return follower.Seen() == 4 })
	says := func(f *search.Finder) string {
		t.Helper()
		c := find(t, f, "").Coverage
		out := fmt.Sprintf("%d of %d, %d behind, %d %%", c.Searchable, c.Papers, c.Behind, c.Built)
		for _, m := range c.Missing {
			out += "\n" + m.Title + ": " + m.Reason
		}
		return out
	}
	if got, want := says(f), `1 of 4, 0 behind, 100 %
Empty: There is no text in its pages. Only its title can be found.
Part: 2 of its 3 pages are pictures whose words could not be recognised.
Scan: Its pages are pictures whose words could not be recognised. Only its title can be found.`; got != want {
		t.Errorf("it says\n%s, want\n%s", got, want)
	}
	late := &search.Finder{Engine: engine(t), Record: r} // nobody feeds its engine
	if got, want := says(late), `0 of 4, 4 behind, 100 %
Empty: There is no text in its pages. Only its title can be found.
Part: 2 of its 3 pages are pictures whose words could not be recognised.
Scan: Its pages are pictures whose words could not be recognised. Only its title can be found.
Whole: It was published a moment ago and is still being taken in.`; got != want {
		t.Errorf("an engine that lags says\n%s, want\n%s", got, want)
	}
}

// slow lets each batch wait for a word.
type slow struct {
	search.Engine
	next chan struct{}
}

func (s slow) Apply(ctx context.Context, b search.Batch) error {
	select {
	case <-s.next:
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.Engine.Apply(ctx, b)
}

// TestBuilt follows a long record from nothing and says how far it is, never less than before.
func TestBuilt(t *testing.T) {
	r := newRecord()
	var texts []string
	for range 10 {
		texts = append(texts, "a page")
	}
	for i := range 300 {
		r.publish(fmt.Sprint("p", i), "Paper", 1, texts...)
	}
	for range 900 { // other acts between
		r.act(papers.ActSupportCounted, "questions/Q-2026-0001", nil)
	}
	s := slow{engine(t), make(chan struct{})}
	f := follow(t, s, r)
	last, partly := 0, false
	for f.Seen() < 1200 {
		select {
		case s.next <- struct{}{}:
		case <-time.After(time.Millisecond): // it reads the record
		}
		if now := f.Built(); now < last && f.Seen() > 0 {
			t.Fatalf("built %d %% after %d %%", now, last)
		} else if f.Seen() > 0 || now < 100 {
			last = now
		}
		partly = partly || last > 0 && last < 100
	}
	if !partly {
		t.Error("it never said how far it was")
	}
	if f.Built() != 100 || f.Behind() != 0 {
		t.Errorf("at the end %d %% is built, %d acts behind", f.Built(), f.Behind())
	}
}
