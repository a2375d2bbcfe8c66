package livestream

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// Whoever comes while the room stands still gets the same bytes, made once.
func TestHelloIsMadeOnce(t *testing.T) {
	r := openRoom(t, nil)
	r.store.publishText("a question")
	const n = 40
	hellos := make([]string, n)
	var coming sync.WaitGroup
	for i := range n {
		c := r.dial(fmt.Sprintf("device=%d&ip=192.0.2.%d", i, i))
		coming.Go(func() { hellos[i] = c.next("hello").raw })
	}
	coming.Wait()
	for i, h := range hellos {
		if h != hellos[0] {
			t.Errorf("hello %d differs: %s", i, h)
		}
	}
	if made := r.store.snapshots.Load(); made != 1 {
		t.Errorf("the room was read %d times for %d watchers", made, n)
	}
}

// A batch is encoded once: all who stand at the same number are given the same frame.
func TestBatchIsEncodedOnce(t *testing.T) {
	r := openRoom(t, nil)
	r.dial("device=a").next("you")
	c := r.hub.known(slug)
	for range 10 {
		r.store.publishText("an event")
	}
	if _, err := c.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, get := range []func(int64) (frame, int64, bool){c.tail, c.resume} {
		a, to, ok := get(3)
		b, _, _ := get(3)
		if !ok || to != 10 || len(a) == 0 || &a[0] != &b[0] {
			t.Errorf("two who stand at 3 are given frames of their own, to %d", to)
		}
	}
}

// However many events there are, each watcher is written to once for each turn, and a turn comes at
// most once in the pause that the number of watchers asks for.
func TestOneWriteForManyEvents(t *testing.T) {
	const pause = 50 * time.Millisecond
	r := openRoom(t, func(h *Hub) { h.Limits.PerWatcher = pause / 2 }) // of two watchers
	a, b := r.dial("device=a"), r.dial("device=b")
	a.next("you")
	b.next("you")
	begun := time.Now()
	for range 500 {
		r.store.publishText("an event")
		r.hub.announce(Wake{Meeting: slug, Seq: r.store.seq()})
	}
	for _, c := range []*client{a, b} {
		frames, seq := 0, int64(0)
		for seq < 500 {
			f := c.next("events")
			seq = f.Seq
			frames++
		}
		if most := int(time.Since(begun)/pause) + 2; frames > most {
			t.Errorf("500 events came in %d frames, at most %d turns were due", frames, most)
		}
	}
	eventually(t, "nobody writes any more", func() bool {
		for _, w := range r.hub.known(slug).everybody(nil) {
			w.mu.Lock()
			busy := w.writing || w.own != nil || w.rest != nil
			w.mu.Unlock()
			if busy {
				return false
			}
		}
		return true
	})
}

// A watcher whose connection takes nothing has no more kept for it than the rest of one frame, which it
// shares with others, and the room keeps no more than a watcher may be behind.
func TestSlowWatcherHoldsNothing(t *testing.T) {
	r := openRoom(t, nil)
	nc, _ := r.raw("device=slow")
	defer nc.Close()
	quick := r.dial("device=quick")
	quick.next("you")
	for seen := int64(0); seen < 5000; {
		for range 250 {
			r.store.publishText(strings.Repeat("many words ", 60))
		}
		r.hub.announce(Wake{Meeting: slug, Seq: r.store.seq()})
		for seen < r.store.seq() {
			seen = quick.next("events").Seq
		}
	}
	c := r.hub.known(slug)
	stuck := false
	for _, w := range c.everybody(nil) {
		w.mu.Lock()
		stuck = stuck || w.writing
		if len(w.own) > 0 || len(w.rest) > maxTail+10 {
			t.Errorf("%s has %d frames and %d bytes waiting", w.device, len(w.own), len(w.rest))
		}
		w.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !stuck {
		t.Error("the slow watcher is not slow: the test shows nothing")
	}
	if len(c.kept) > keptEvents+keptEvents/4 || len(c.tails) > 32 || len(c.resumes) > 32 {
		t.Errorf("the room keeps %d events and %d and %d frames", len(c.kept), len(c.tails), len(c.resumes))
	}
}
