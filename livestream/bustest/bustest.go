// Package bustest holds what every bus must do, as one suite that each passes.
package bustest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

const meeting = "partnership-board-2026-04-08"

// Run runs the suite. open makes a bus that nobody else is on, and join gives one more program's end of it.
func Run(t *testing.T, open func(t *testing.T) (join func() livestream.Bus)) {
	for name, test := range map[string]func(*testing.T, func() livestream.Bus){
		"wake-ups": wakes, "end": ends, "watching": watching, "gone": gone, "buckets": buckets, "refill": refill, "exactly": exactly,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// Eventually waits, as long as a busy machine needs, until it is so.
func Eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute, and not yet: %s", what)
		}
	}
}

// Program is a program's end of a bus that runs, with the wake-ups that it heard.
type Program struct {
	livestream.Bus
	mu    sync.Mutex
	heard []livestream.Wake
}

// Start runs the program's end until the test is over, and waits until it hears.
func Start(t testing.TB, bus livestream.Bus) *Program {
	t.Helper()
	p := &Program{Bus: bus}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := bus.Run(ctx, p.hear); err != nil {
			t.Errorf("Run ended with %v", err)
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
	return p
}

func (p *Program) hear(w livestream.Wake) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = append(p.heard, w)
}

// Heard gives the wake-ups of the meeting so far.
func (p *Program) Heard(meeting string) []livestream.Wake {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.heard), func(w livestream.Wake) bool { return w.Meeting != meeting })
}

// Connect waits until each of the programs hears each.
func Connect(t testing.TB, programs ...*Program) {
	t.Helper()
	for _, from := range programs {
		for range 20 { // on whatever channels
			name := papers.NewID()
			for _, to := range programs {
				Eventually(t, "a program hears another", func() bool {
					if len(to.Heard(name)) > 0 {
						return true
					}
					from.Publish(livestream.Wake{Meeting: name})
					return false
				})
			}
		}
	}
}

func wakes(t *testing.T, join func() livestream.Bus) {
	programs := []*Program{Start(t, join()), Start(t, join()), Start(t, join())}
	Connect(t, programs...)
	const n = 100
	for i := range int64(n) {
		programs[0].Publish(livestream.Wake{Meeting: meeting, Seq: i + 1, Queue: i%2 == 0,
			Events: []json.RawMessage{fmt.Appendf(nil, `{"seq":%d,"kind":"question.published","data":{"text":"Why? <&\u2028 é 漢"}}`, i+1)}})
	}
	for i, p := range programs {
		Eventually(t, "every wake-up is heard", func() bool { return len(p.Heard(meeting)) >= n })
		for j, w := range p.Heard(meeting) {
			var e livestream.Event
			if len(w.Events) != 1 || json.Unmarshal(w.Events[0], &e) != nil || e.Seq != int64(j+1) || w.Seq != e.Seq || w.Queue != (j%2 == 0) {
				t.Fatalf("program %d heard %+v as wake-up %d", i, w, j+1)
			}
		}
		if p.Lost() {
			t.Error("it calls itself lost")
		}
	}
}

func ends(t *testing.T, join func() livestream.Bus) {
	bus := join()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- bus.Run(ctx, func(livestream.Wake) {}) }()
	stop()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("Run ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("Run does not end")
	}
	bus.Publish(livestream.Wake{Meeting: meeting}) // waits for nobody
}

func watching(t *testing.T, join func() livestream.Bus) {
	one, two := Start(t, join()), Start(t, join())
	Connect(t, one, two)
	for _, c := range []struct {
		bus           livestream.Bus
		program, room string
		n, want       int
	}{
		{one, "one", meeting, 5, 5}, {two, "two", meeting, 7, 12}, {one, "one", meeting, 6, 13}, {one, "one", "another", 1, 1},
		{two, "two", meeting, 0, 6}, {one, "one", meeting, 0, 0},
	} {
		if got, err := c.bus.Watching(t.Context(), c.program, c.room, c.n); err != nil || got != c.want {
			t.Errorf("after %d in %s of %s watch %d (%v), want %d", c.n, c.program, c.room, got, err, c.want)
		}
	}
}

// gone: a program that died counts no more after a while, and nobody has to say so.
func gone(t *testing.T, join func() livestream.Bus) {
	one, two := Start(t, join()), Start(t, join())
	Connect(t, one, two)
	if _, err := two.Watching(t.Context(), "two", meeting, 7); err != nil {
		t.Fatal(err)
	}
	Eventually(t, "the dead program is not counted", func() bool {
		n, err := one.Watching(t.Context(), "one", meeting, 5)
		return err == nil && n == 5
	})
}

func buckets(t *testing.T, join func() livestream.Bus) {
	one, two := Start(t, join()), Start(t, join())
	Connect(t, one, two)
	take := func(bus livestream.Bus, room string, from ...livestream.Bucket) string {
		return bus.Take(t.Context(), time.Now(), room, from...)
	}
	device := func(key string) livestream.Bucket {
		return livestream.Bucket{Kind: "device", Key: key, Rate: livestream.Rate{Burst: 2, Every: time.Hour}}
	}
	place := livestream.Bucket{Kind: "place", Key: "192.0.2.1", Rate: livestream.Rate{Burst: 3, Every: time.Hour}}
	for i, step := range []struct {
		bus  livestream.Bus
		from []livestream.Bucket
		want string
	}{
		{one, nil, ""},
		{one, []livestream.Bucket{device("a"), place}, ""},
		{two, []livestream.Bucket{device("a"), place}, ""},
		{two, []livestream.Bucket{device("a"), place}, "device"},
		{one, []livestream.Bucket{device("a"), place}, "device"}, // which takes nothing from the place
		{one, []livestream.Bucket{device("b"), place}, ""},
		{two, []livestream.Bucket{device("b"), place}, "place"}, // which takes nothing from the device
		{one, []livestream.Bucket{device("b")}, ""},
		{two, []livestream.Bucket{device("b")}, "device"},
	} {
		if got := take(step.bus, meeting, step.from...); got != step.want {
			t.Errorf("step %d: empty is %q, want %q", i, got, step.want)
		}
	}
}

func refill(t *testing.T, join func() livestream.Bus) {
	bus := Start(t, join())
	Connect(t, bus)
	b := livestream.Bucket{Kind: "device", Key: "a", Rate: livestream.Rate{Burst: 1, Every: 2 * time.Second}}
	take := func() bool { return bus.Take(t.Context(), time.Now(), meeting, b) == "" }
	if !take() {
		t.Fatal("a full bucket gives nothing")
	}
	if take() {
		t.Fatal("an empty bucket gives one")
	}
	Eventually(t, "one came back", take)
}

// exactly: many at once on several programs get what is there, not one more.
func exactly(t *testing.T, join func() livestream.Bus) {
	programs := []*Program{Start(t, join()), Start(t, join()), Start(t, join())}
	Connect(t, programs...)
	b := livestream.Bucket{Kind: "room", Key: meeting, Rate: livestream.Rate{Burst: 100, Every: time.Hour}}
	var got atomic.Int64
	var asking sync.WaitGroup
	for _, p := range programs {
		for range 8 {
			asking.Go(func() {
				for range 20 {
					if p.Take(t.Context(), time.Now(), meeting, b) == "" {
						got.Add(1)
					}
				}
			})
		}
	}
	asking.Wait()
	if got.Load() != 100 {
		t.Errorf("%d got one, want 100", got.Load())
	}
}
