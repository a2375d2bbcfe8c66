package livestream

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
)

// countedStore counts how often the record's events are read.
type countedStore struct {
	*fakeStore
	reads atomic.Int64
}

func (s *countedStore) Events(ctx context.Context, meeting string, since int64, limit int) ([]Event, error) {
	s.reads.Add(1)
	return s.fakeStore.Events(ctx, meeting, since, limit)
}

// losableBus can be lost.
type losableBus struct {
	MemoryBus
	lost atomic.Bool
}

func (b *losableBus) Lost() bool { return b.lost.Load() }

// twoPrograms are two hubs on one record and one bus, as two programs are.
func twoPrograms(t *testing.T) (one, two *room, reads *atomic.Int64) {
	t.Helper()
	store := newFakeStore()
	counted := &countedStore{fakeStore: store}
	bus := &MemoryBus{}
	one = &room{t: t, store: store, bus: bus, hub: &Hub{Store: store, Bus: bus, Meetings: fakeMeetings{}}}
	two = &room{t: t, store: store, bus: bus, hub: &Hub{Store: counted, Bus: bus, Meetings: fakeMeetings{}}}
	one.start()
	two.start()
	one.hub.init() // Run does, in its own time
	return one, two, &counted.reads
}

// What one program commits comes to the watchers of the other with the wake-up: the record is read once.
func TestBusCarriesEvents(t *testing.T) {
	one, two, reads := twoPrograms(t)
	a, b := one.dial("device=a"), two.dial("device=b")
	a.next("you")
	b.next("you")
	const n = 200
	before := reads.Load()
	for i := range n {
		one.store.publishText(fmt.Sprintf("question %d", i))
		one.hub.announce(Wake{Meeting: slug, Seq: one.store.seq()})
		for _, w := range []*client{a, b} {
			if e := w.events(1)[0]; e.Seq != int64(i+1) {
				t.Fatalf("event %d came, want %d", e.Seq, i+1)
			}
		}
	}
	if got := reads.Load() - before; got > n/2 { // one each second, because wake-ups may be lost
		t.Errorf("the other program read the record %d times for %d events", got, n)
	}
}

// A program without watchers tells the others to look.
func TestBusWithoutWatchers(t *testing.T) {
	one, two, _ := twoPrograms(t)
	b := two.dial("device=b")
	b.next("you")
	one.store.publishText("from a form")
	one.hub.announce(Wake{Meeting: slug, Queue: true})
	if e := b.events(1)[0]; e.Seq != 1 {
		t.Errorf("event %d came", e.Seq)
	}
}

// Whatever comes by the bus, again, out of order, with gaps, or nonsense: every watcher gets each event once
// and in order, and none that the record does not hold.
func TestBusBrings(t *testing.T) {
	r := openRoom(t, nil)
	w := r.dial("device=a")
	w.next("you")
	wake := func(from, to int64) Wake {
		events, err := r.store.Events(t.Context(), slug, from-1, int(to-from+1))
		if err != nil {
			t.Fatal(err)
		}
		wake := Wake{Meeting: slug, Seq: to}
		for _, e := range events {
			b, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			wake.Events = append(wake.Events, b)
		}
		return wake
	}
	for i := range 40 {
		r.store.publishText(fmt.Sprintf("question %d", i))
	}
	mixed := wake(20, 22)
	mixed.Events[1] = json.RawMessage(`{"seq":7,"kind":"question.published","data":{}}`)
	for _, say := range []Wake{
		wake(3, 4),   // a gap
		wake(1, 2),   // late
		wake(1, 2),   // again
		wake(2, 6),   // overlapping
		wake(30, 31), // another gap
		{Meeting: slug, Seq: 8, Events: []json.RawMessage{json.RawMessage(`nonsense`)}},
		{Meeting: slug, Seq: 33, Events: []json.RawMessage{json.RawMessage(`{"seq":1}`)}},
		{Meeting: slug, Seq: -5, Events: []json.RawMessage{json.RawMessage(`{"seq":-5}`)}},
		mixed,
		{Meeting: slug, Seq: 9999}, // the record has no such event
		{Meeting: "no-such-meeting", Seq: 3},
		{},
		wake(33, 40), wake(32, 39),
	} {
		r.bus.Publish(say)
	}
	for i, e := range w.events(40) {
		if e.Seq != int64(i+1) || len(e.Data) < 10 {
			t.Fatalf("event %d came as number %d: %s", e.Seq, i+1, e.Data)
		}
	}
}

// Many events, or large ones, are not carried: the others read them.
func TestCarry(t *testing.T) {
	small, large := json.RawMessage(`{"seq":1}`), json.RawMessage(make([]byte, maxCarriedBytes+1))
	many := make([]json.RawMessage, maxCarried+1)
	for _, c := range []struct {
		events []json.RawMessage
		want   int
	}{{nil, 0}, {[]json.RawMessage{small}, 1}, {[]json.RawMessage{small, large}, 0}, {many, 0}, {many[1:], maxCarried}} {
		if got := carry(slug, 7, c.events); len(got.Events) != c.want || got.Seq != 7 || got.Meeting != slug {
			t.Errorf("of %d events %d are carried to %d, want %d", len(c.events), len(got.Events), got.Seq, c.want)
		}
	}
}

// Who watches elsewhere is counted, and no more when that program is gone.
func TestPresenceOfAll(t *testing.T) {
	one, two, _ := twoPrograms(t)
	a, b := one.dial("device=a"), two.dial("device=b")
	presence := func(w *client, want int) {
		t.Helper()
		for w.next("presence").N != want {
		}
	}
	presence(a, 2)
	presence(b, 2)
	_ = b.conn.Close()
	presence(a, 1)
}

// Limits are those of all programs together.
func TestLimitsOfAll(t *testing.T) {
	one, two, _ := twoPrograms(t)
	taken := 0
	for i := range 2 * DefaultLimits.Asks.Burst {
		hub := []*Hub{one.hub, two.hub}[i%2]
		if _, err := hub.Ask(t.Context(), Ask{Meeting: slug, Device: "a", Key: fmt.Sprint(i), Text: "Why?"}); err == nil {
			taken++
		}
	}
	if taken != DefaultLimits.Asks.Burst {
		t.Errorf("%d questions of a device were taken, want %d", taken, DefaultLimits.Asks.Burst)
	}
}

// While the bus is lost the moderators' frame says so, and what happens at another program comes within
// a second or so; its return needs nobody.
func TestLostBusAtTheDesk(t *testing.T) {
	bus := &losableBus{}
	r := openRoom(t, func(h *Hub) { h.Bus = bus })
	w := r.dial("device=m&moderator")
	if f := w.next("queue"); f.Late {
		t.Error("a bus that works is called late")
	}
	bus.lost.Store(true)
	for !w.next("queue").Late {
	}
	other := &Hub{Store: r.store, Bus: &MemoryBus{}, Meetings: fakeMeetings{}}
	if _, err := other.Ask(t.Context(), Ask{Meeting: slug, Device: "a", Key: "1", Text: "Why?"}); err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if q := w.next("queue"); len(q.Questions) != 1 || !q.Late {
		t.Errorf("the queue is %s", q.raw)
	}
	bus.lost.Store(false)
	for w.next("queue").Late {
	}
}
