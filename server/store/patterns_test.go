package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/store"
)

// published asks and publishes a question.
func (r *record) published(meeting, key string) string {
	r.t.Helper()
	c := r.ask(meeting, "device of "+key, key)
	r.decide(livestream.Decision{Number: c.Number, To: livestream.Published})
	return c.Number
}

// hubThatLooks gives a hub on the record, with the record's clock, that looks for patterns without being asked.
func (r *record) hubThatLooks(limits livestream.Limits) *livestream.Hub {
	r.t.Helper()
	h := &livestream.Hub{Store: r.DB, Bus: &livestream.MemoryBus{}, Meetings: r.DB, Now: r.clock, Limits: limits,
		Patterns: livestream.PatternRule{Window: time.Minute, Place: 120, Room: 240, Here: 2, Every: 20 * time.Millisecond, Answer: 15 * time.Minute}}
	ctx, stop := context.WithCancel(r.ctx)
	var running sync.WaitGroup
	running.Go(func() {
		if err := h.Run(ctx); err != nil {
			r.t.Errorf("Run: %v", err)
		}
	})
	r.t.Cleanup(func() { h.Close(); stop(); running.Wait() })
	return h
}

func (r *record) eventually(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("waited a minute: %s", what)
		}
	}
}

func (r *record) face(number string) livestream.Question {
	r.t.Helper()
	q, err := r.Question(r.ctx, number)
	r.must(err)
	return q
}

// TestHospital: 3,000 people behind one address who support a question within an hour are each counted,
// none waits, and nothing is said about them.
func TestHospital(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		q := r.published(m.Slug, "k")
		h := r.hubThatLooks(livestream.Limits{Gather: time.Microsecond, PlaceWait: time.Nanosecond})
		steps := rand.New(rand.NewPCG(7, 7))
		for i := range 3000 {
			r.pass(time.Duration(steps.ExpFloat64() * float64(1200*time.Millisecond)))
			n, err := h.Support(r.ctx, livestream.Support{Meeting: m.Slug, Question: q, Device: fmt.Sprint("nurse ", i), From: "192.0.2.7"})
			if err != nil || n != i+1 {
				t.Fatalf("support %d = %d, %v", i+1, n, err)
			}
		}
		list, err := r.Patterns(r.ctx, m.Slug)
		r.must(err)
		if f := r.face(q); f.Supports != 3000 || f.SupportNote != "" || len(list) != 0 {
			t.Fatalf("the question shows %d supports and %q, flagged %v", f.Supports, f.SupportNote, list)
		}
	})
}

// TestScript: a program that pretends to be 1,000 devices within 20 seconds is slowed, not refused for
// good; what it does is flagged to the moderator, stated in public, and left out when the moderator says
// so. A neighbour at the same address counts all along.
func TestScript(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		q, other := r.published(m.Slug, "k"), r.published(m.Slug, "other")
		h := r.hubThatLooks(livestream.Limits{Gather: time.Microsecond, PlaceWait: time.Nanosecond, PlaceSupports: livestream.Rate{Burst: 300, Every: 100 * time.Millisecond}})
		from := func(device string) livestream.Support {
			return livestream.Support{Meeting: m.Slug, Question: q, Device: device, From: "192.0.2.66"}
		}
		_, err := h.Support(r.ctx, livestream.Support{Meeting: m.Slug, Question: other, Device: "neighbour", From: "192.0.2.66"})
		r.must(err)
		r.pass(10 * time.Minute)
		_, err = h.Support(r.ctx, from("neighbour"))
		r.must(err)
		waiting := make([]string, 1000)
		for i := range waiting {
			waiting[i] = fmt.Sprint("fake ", i)
		}
		slowed := 0
		for len(waiting) > 0 { // each round is a second: every device that was slowed tries again
			r.pass(time.Second)
			waiting = slices.DeleteFunc(waiting, func(device string) bool {
				_, err := h.Support(r.ctx, from(device))
				if code, _ := refusal(err); err != nil && code != livestream.CodeTooFast {
					t.Fatal(err)
				}
				if err != nil {
					slowed++
				}
				return err == nil
			})
		}
		if slowed == 0 {
			t.Error("nobody was slowed")
		}
		var p livestream.Pattern
		r.eventually("the script is flagged", func() bool {
			list, err := r.Patterns(r.ctx, m.Slug)
			r.must(err)
			if len(list) == 1 {
				p = list[0]
			}
			return p.Devices > 250
		})
		if f := r.face(q); p.State != livestream.PatternFlagged || p.Kind != livestream.OnePlace || p.Question != q || f.Supports != 1001 || f.SupportNote != "" {
			t.Fatalf("flagged %+v, the question shows %d and %q", p, f.Supports, f.SupportNote)
		}
		moderator := papers.Actor{Name: "Idris", Role: "moderator"}
		p, err = h.DecidePattern(r.ctx, q, p.ID, livestream.PatternLeftOut, moderator)
		r.must(err)
		if f := r.face(q); f.Supports > 1001-p.Devices || f.SupportNote == "" {
			t.Fatalf("left out %d, the question shows %d and %q", p.Devices, f.Supports, f.SupportNote)
		}
		p, err = h.DecidePattern(r.ctx, q, p.ID, livestream.PatternCounted, moderator)
		r.must(err)
		if f := r.face(q); f.Supports != 1001 || f.SupportNote == "" {
			t.Fatalf("counted, the question shows %d and %q", f.Supports, f.SupportNote)
		}
		if !slices.ContainsFunc(r.acts(), func(a papers.Act) bool {
			return a.Kind == papers.ActSupportStated && a.Facts["unusual_left_out"] != "0"
		}) {
			t.Error("no act says what was left out")
		}
	})
}

func refusal(err error) (code, message string) {
	if err == nil {
		return "", ""
	}
	return livestream.RefusalOf(err)
}

// TestPatternSettles: what no moderator decides about is stated as counted after a while, and where
// supports came from is forgotten then.
func TestPatternSettles(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		q := r.published(m.Slug, "k")
		var batch []livestream.Support
		for i := range 300 {
			batch = append(batch, livestream.Support{Meeting: m.Slug, Question: q, Device: fmt.Sprint("fake ", i), From: "192.0.2.66"})
		}
		_, err := r.Support(r.ctx, batch)
		r.must(err)
		list, err := r.Arrivals(r.ctx, m.Slug, r.clock().Add(-time.Minute), 100)
		r.must(err)
		if len(list) != 300 || list[0].Place == "" || list[0].Place == "192.0.2.66" {
			t.Fatalf("%d arrivals, the first %+v", len(list), list[:min(1, len(list))])
		}
		for range 2 { // two programs find the same
			_, err = r.NoteBursts(r.ctx, m.Slug, []livestream.Burst{{Question: q, Kind: livestream.OnePlace, Place: list[0].Place, Arrivals: list}})
			r.must(err)
		}
		changed, err := r.SettlePatterns(r.ctx, r.clock().Add(-15*time.Minute))
		r.must(err)
		if len(changed) != 0 {
			t.Fatalf("settled %v before its time", changed)
		}
		r.pass(16 * time.Minute)
		changed, err = r.SettlePatterns(r.ctx, r.clock().Add(-15*time.Minute))
		r.must(err)
		if f := r.face(q); len(changed) != 1 || f.SupportNote != "300 of these came in an unusual pattern. They are counted." || f.Supports != 300 {
			t.Fatalf("settled %v, the question shows %d and %q", changed, f.Supports, f.SupportNote)
		}
		list, err = r.Arrivals(r.ctx, m.Slug, r.clock().Add(-time.Hour), 1)
		r.must(err)
		if len(list) != 0 {
			t.Fatalf("%d places are kept", len(list))
		}
	})
}

// TestSupportOnce: each device counts once per question, whatever is tried: the same device many times
// over, from several programs at once, across a merge, and after a refusal was reversed.
func TestSupportOnce(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		a, b := r.published(m.Slug, "a"), r.published(m.Slug, "b")
		again, err := storeOpen(r)
		r.must(err)
		var everybody sync.WaitGroup
		for worker := range 8 {
			record := r.DB
			if worker%2 == 1 {
				record = again
			}
			everybody.Go(func() {
				for range 5 {
					var batch []livestream.Support
					for i := range 50 {
						batch = append(batch, livestream.Support{Meeting: m.Slug, Question: a, Device: fmt.Sprint("device ", i)},
							livestream.Support{Meeting: m.Slug, Question: a, Device: fmt.Sprint("device ", i)})
						if i < 20 {
							batch = append(batch, livestream.Support{Meeting: m.Slug, Question: b, Device: fmt.Sprint("device ", i)})
						}
					}
					results, err := record.Support(r.ctx, batch)
					if err != nil {
						t.Errorf("Support: %v", err)
						return
					}
					for _, result := range results {
						if result.Err != nil {
							t.Errorf("Support: %v", result.Err)
						}
					}
				}
			})
		}
		everybody.Wait()
		if fa, fb := r.face(a), r.face(b); fa.Supports != 50 || fb.Supports != 20 {
			t.Fatalf("counted %d and %d, want 50 and 20", fa.Supports, fb.Supports)
		}
		_, err = r.Support(r.ctx, []livestream.Support{{Meeting: m.Slug, Question: b, Device: "only b"}})
		r.must(err)
		r.decide(livestream.Decision{Number: b, To: livestream.Merged, MergedInto: a})
		if f := r.face(a); f.Supports != 51 {
			t.Fatalf("after the merge %d, want 51", f.Supports)
		}
		results, err := r.Support(r.ctx, []livestream.Support{ // on their way when the questions were joined
			{Meeting: m.Slug, Question: b, Device: "late"}, {Meeting: m.Slug, Question: a, Device: "late"}, {Meeting: m.Slug, Question: b, Device: "only b"}})
		r.must(err)
		for _, result := range results {
			if result.Err != nil || result.Count != 52 {
				t.Fatalf("a support of the joined question gave %d, %v", result.Count, result.Err)
			}
		}
	})
}

func TestDecidePattern_unknown(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		q := r.published(m.Slug, "k")
		if _, err := r.DecidePattern(r.ctx, q, "none", livestream.PatternCounted, by()); !errors.Is(err, papers.ErrNotFound) {
			t.Fatalf("DecidePattern of none = %v", err)
		}
	})
}

// storeOpen opens the record a second time, as another program does.
func storeOpen(r *record) (*store.DB, error) {
	db, err := store.Open(r.ctx, r.opts)
	if err == nil {
		r.t.Cleanup(func() { _ = db.Close() })
	}
	return db, err
}
