package livestream

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"clearday/papers"

	"github.com/gorilla/websocket"
)

const (
	keptEvents  = 1000            // how far behind a watcher can be and still be continued
	helloFresh  = 5 * time.Second // the agenda may change without an event of the room
	readWait    = 5 * time.Second
	mostWaiting = 200 // messages that a moderator is given at once; the next follow when these are decided
)

// crowd is the watchers of one room in this program.
//
// No watcher has a queue: each knows the number of the last event it was given, and takes one frame
// with all that came since, made once for everybody who stands at the same number. While a watcher's
// connection takes nothing, nothing is kept for it; once it is too far behind it gets a hello.
type crowd struct {
	hub     *Hub
	meeting string
	users   int // guarded by hub.mu: Serve and Poll calls that hold it
	wake    chan struct{}

	reading sync.Mutex // held while the record is read; taken before mu

	mu         sync.Mutex
	ready      bool              // head and kept are read
	head       int64             // number of the last event read
	kept       []json.RawMessage // the latest events up to head, without gaps
	tails      map[int64]frame   // by number: the frame with all events after it up to head
	resumes    map[int64]frame   // by number: the same as the first frame of whoever comes back
	takenBack  int64             // number of the last event that took words back
	watchers   []*watcher
	moderators int
	turning    bool      // the goroutine of turns runs
	looked     time.Time // when the record was read last
	wanted     int64     // a wake-up spoke of this number
	look       bool      // read whatever wanted says
	carried    bool      // the bus brought events
	due        *due      // the next turn tells the other programs
	second     bool      // a second has passed
	queueDue   bool
	told       int // the presence told last
	toldAt     time.Time
	elsewhere  int // watchers in other programs
	learnedAt  time.Time

	queue   frame // for moderators
	rev     int64
	queueAt time.Time
	late    bool // what it says of the bus

	helloMu  sync.Mutex // held while a hello is made, so that it is made once; taken before mu
	hello    frame
	helloSeq int64
	helloAt  time.Time

	scratch []*watcher // of the goroutine of turns
}

// due is what other programs are to be told: everything that came after since.
type due struct {
	since int64
	queue bool
}

func newCrowd(h *Hub, meeting string) *crowd {
	return &crowd{hub: h, meeting: meeting, wake: make(chan struct{}, 1), tails: map[int64]frame{}, resumes: map[int64]frame{}, rev: h.Now().Unix()}
}

// open reads where the room stands and its latest events, once.
func (c *crowd) open(ctx context.Context) error {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.opened() {
		return nil
	}
	room, err := c.hub.Store.Room(ctx, c.meeting)
	if err != nil {
		return fmt.Errorf("reading the room: %w", err)
	}
	since := max(0, room.Seq-keptEvents)
	events, err := c.hub.Store.Events(ctx, c.meeting, since, keptEvents)
	if err != nil {
		return fmt.Errorf("reading events: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.head = since
	if err := c.append(events); err != nil {
		return err
	}
	c.ready, c.looked = true, c.hub.Now()
	return nil
}

func (c *crowd) opened() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ready
}

func (c *crowd) lookedAt() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looked
}

// append takes the next events. The caller holds mu. A gap cannot be unless the record was changed
// by hand: everybody then starts again with a hello.
func (c *crowd) append(events []Event) error {
	for _, e := range events {
		if e.Seq <= c.head {
			continue
		}
		if e.Seq != c.head+1 {
			c.hub.Log.Error("events are missing", slog.String("meeting", c.meeting), slog.Int64("after", c.head), slog.Int64("found", e.Seq))
			c.kept = nil
		}
		b, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("writing event %d: %w", e.Seq, err)
		}
		if err := c.takeBack(e); err != nil {
			return err
		}
		c.kept, c.head = append(c.kept, b), e.Seq
		clear(c.tails)
		clear(c.resumes)
	}
	if over := len(c.kept) - keptEvents; over > keptEvents/4 {
		c.kept = append(make([]json.RawMessage, 0, 2*keptEvents), c.kept[over:]...)
	}
	return nil
}

// takeBack lets words leave what is kept when the event says that they are not to be shown any more. The
// caller holds mu.
func (c *crowd) takeBack(e Event) error {
	words, forget := e.takesBack()
	if forget == nil {
		return nil
	}
	c.takenBack = e.Seq
	mark := []byte(words) // most events are of others, and words cannot hold a bare quote
	for i, b := range c.kept {
		if !bytes.Contains(b, mark) {
			continue
		}
		var old Event
		if err := json.Unmarshal(b, &old); err != nil {
			return fmt.Errorf("reading a kept event: %w", err)
		}
		if !forget(&old) {
			continue
		}
		b, err := json.Marshal(old)
		if err != nil {
			return fmt.Errorf("writing event %d: %w", old.Seq, err)
		}
		c.kept[i] = b
	}
	return nil
}

// after gives the events after seq, unless seq is ahead of the room or too far behind. The caller holds mu.
func (c *crowd) after(seq int64) ([]json.RawMessage, bool) {
	n := c.head - seq
	if n < 0 || n > keptEvents || n > int64(len(c.kept)) {
		return nil, false
	}
	return c.kept[len(c.kept)-int(n):], true
}

// read takes what is new in the record, and tells whether there was anything.
func (c *crowd) read(ctx context.Context) (bool, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	before := c.at()
	for {
		c.mu.Lock()
		c.look, c.wanted = false, 0 // a wake-up from here on is another look
		head := c.head
		c.mu.Unlock()
		events, err := c.hub.Store.Events(ctx, c.meeting, head, keptEvents)
		if err != nil {
			return false, fmt.Errorf("reading events: %w", err)
		}
		c.mu.Lock()
		err = c.append(events)
		c.looked = c.hub.Now()
		head = c.head
		c.mu.Unlock()
		if err != nil || len(events) < keptEvents {
			return head > before, err
		}
	}
}

func (c *crowd) at() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.head
}

// fresh reads the record when that was longer ago than age, or a wake-up came.
func (c *crowd) fresh(ctx context.Context, age time.Duration) error {
	c.mu.Lock()
	due := c.look || c.wanted > c.head || c.hub.Now().Sub(c.looked) > age
	c.mu.Unlock()
	if !due {
		return nil
	}
	_, err := c.read(ctx)
	return err
}

// tail gives the frame with all events after seq, nil when there is none, and the number it reaches.
// It is not ok when seq cannot be continued: too far behind, or too much to send.
func (c *crowd) tail(seq int64) (f frame, to int64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if seq >= c.head {
		return nil, seq, true
	}
	f = c.tails[seq]
	if f == nil {
		events, ok := c.after(seq)
		if !ok {
			return nil, seq, false
		}
		f = eventsFrame("events", c.head, events)
		remember(c.tails, seq, f)
	}
	return f, c.head, len(f) <= maxTail
}

// resume gives the first frame of a watcher that knows everything up to since. It is not ok when
// that is ahead of the room or too far behind.
func (c *crowd) resume(since int64) (f frame, to int64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	events, ok := c.after(since)
	if !ok || since < 0 {
		return nil, 0, false
	}
	if f = c.resumes[since]; f == nil {
		f = eventsFrame("resume", c.head, events)
		remember(c.resumes, since, f)
	}
	return f, c.head, true
}

// remember keeps the frame for the others who stand there; who stands where nobody else does needs none kept.
func remember(frames map[int64]frame, seq int64, f frame) {
	if len(frames) < 32 {
		frames[seq] = f
	}
}

// whole gives the hello and the number it stands at.
func (c *crowd) whole(ctx context.Context) (frame, int64, error) {
	c.helloMu.Lock()
	defer c.helloMu.Unlock()
	c.mu.Lock()
	head, takenBack, busy := c.head, c.takenBack, time.Duration(len(c.watchers))*c.hub.Limits.PerWatcher
	c.mu.Unlock()
	age := c.hub.Now().Sub(c.helloAt)
	if c.hello != nil && age < helloFresh && c.helloSeq >= takenBack && (c.helloSeq >= head || age < busy) {
		return c.hello, c.helloSeq, nil // what came since follows it
	}
	snap, err := c.hub.Store.Snapshot(ctx, c.meeting)
	if err != nil {
		return nil, 0, fmt.Errorf("reading the room: %w", err)
	}
	m, err := c.hub.Meetings.Meeting(ctx, papers.Public, c.meeting)
	if err != nil {
		return nil, 0, fmt.Errorf("reading the meeting: %w", err)
	}
	items, err := c.hub.Meetings.Items(ctx, papers.Public, c.meeting)
	if err != nil {
		return nil, 0, fmt.Errorf("reading the agenda: %w", err)
	}
	rules, err := c.hub.Meetings.Rules(ctx, c.meeting)
	if err != nil {
		return nil, 0, fmt.Errorf("reading the rules: %w", err)
	}
	f, err := newHello(snap, m, items, rules)
	if err != nil {
		return nil, 0, err
	}
	c.hello, c.helloSeq, c.helloAt = f, snap.Room.Seq, c.hub.Now()
	return f, snap.Room.Seq, nil
}

// readQueue makes the moderators' frame anew when the queue has changed.
func (c *crowd) readQueue(ctx context.Context) error {
	c.reading.Lock()
	defer c.reading.Unlock()
	c.mu.Lock()
	c.queueDue = false
	rev := c.rev
	c.mu.Unlock()
	list, err := c.hub.Desk(ctx, c.meeting)
	if err != nil {
		return err
	}
	chat, err := c.hub.Store.ChatQueue(ctx, c.meeting, mostWaiting)
	if err != nil {
		return fmt.Errorf("reading the messages that wait: %w", err)
	}
	if chat == nil {
		chat = []ChatMessage{}
	}
	urgent, err := c.hub.Store.UrgentMessages(ctx, c.meeting)
	if err != nil {
		return fmt.Errorf("reading the urgent messages: %w", err)
	}
	late := c.hub.Bus.Lost()
	q := queueFrame{T: "queue", Rev: rev, Late: late, Questions: list, Chat: chat, Urgent: len(urgent)}
	same, err := jsonFrame(q)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queueAt, c.late = c.hub.Now(), late
	if string(same) == string(c.queue) {
		return nil
	}
	q.Rev++
	next, err := jsonFrame(q)
	if err != nil {
		return err
	}
	c.queue, c.rev = next, q.Rev
	return nil
}

func (c *crowd) queueAfter(rev int64) (frame, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rev == rev {
		return nil, rev
	}
	return c.queue, c.rev
}

// add makes the watcher one of the crowd. Its first frames are on their way already.
func (c *crowd) add(w *watcher) {
	c.mu.Lock()
	w.place = len(c.watchers)
	c.watchers = append(c.watchers, w)
	if w.moderator {
		c.moderators++
	}
	if !c.turning {
		c.turning = true
		c.hub.running.Go(c.turns)
	}
	c.mu.Unlock()
	w.push(nil) // what came since its first frame was made
}

func (c *crowd) remove(w *watcher) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.watchers) - 1
	c.watchers[w.place] = c.watchers[last]
	c.watchers[w.place].place = w.place
	c.watchers[last] = nil
	c.watchers = c.watchers[:last]
	if w.moderator {
		c.moderators--
	}
	if last == 0 {
		c.watchers = nil
		c.signal() // the turns end
	}
}

func (c *crowd) everybody(into []*watcher) []*watcher {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append(into[:0], c.watchers...)
}

// announce notes that something was committed here, and tells whether a turn comes that tells the
// other programs. It does not block.
func (c *crowd) announce(w Wake) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.turning {
		c.note(w)
		return false
	}
	if c.due == nil {
		c.due = &due{since: c.head}
	}
	c.due.queue = c.due.queue || w.Queue
	c.note(w)
	c.signal()
	return true
}

// hear takes what the bus says. It does not block.
func (c *crowd) hear(w Wake) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if took := c.take(w); !took || w.Queue {
		c.note(w)
	}
}

// note notes that there is something new to read. The caller holds mu.
func (c *crowd) note(w Wake) {
	if w.Seq > 0 && w.Seq <= c.head && !w.Queue {
		return // known
	}
	c.look = c.look || w.Seq == 0
	c.wanted = max(c.wanted, w.Seq)
	c.queueDue = c.queueDue || w.Queue
	c.signal()
}

// take takes the events that the bus carried, and tells whether they continue what is known: else they
// leave a gap, or are no events. The caller holds mu.
func (c *crowd) take(w Wake) bool {
	if !c.ready || len(w.Events) == 0 {
		return false
	}
	events := make([]Event, len(w.Events))
	for i, b := range w.Events {
		if json.Unmarshal(b, &events[i]) != nil || events[i].Seq != w.Seq-int64(len(events)-1-i) {
			return false
		}
	}
	if events[0].Seq > c.head+1 {
		return false
	}
	before := c.head
	if err := c.append(events); err != nil {
		c.hub.Log.Error("taking events from the bus", slog.String("meeting", c.meeting), slog.Any("err", err))
		return false
	}
	if c.head > before {
		c.carried = true
		c.signal()
	}
	return true
}

// beat notes that a second has passed, and tells whether anybody is here.
func (c *crowd) beat() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.watchers) == 0 {
		return false
	}
	c.second, c.look = true, true
	c.signal()
	return true
}

func (c *crowd) signal() {
	select {
	case c.wake <- struct{}{}:
	default: // a turn is due already
	}
}

// turns takes one turn after the other while anybody is here. The pause between two grows with the
// number of watchers, so that a burst costs each of them few writes; after a quiet time there is none.
func (c *crowd) turns() {
	var last time.Time
	for {
		select {
		case <-c.hub.ctx.Done():
		case <-c.wake:
		}
		if c.over() {
			return
		}
		if pause := time.Duration(c.watching())*c.hub.Limits.PerWatcher - time.Since(last); pause > 0 {
			select {
			case <-c.hub.ctx.Done():
				continue
			case <-time.After(pause):
			}
		}
		last = time.Now()
		c.turn()
	}
}

// over tells whether the turns end: nobody is here, or the hub closes. What other programs were to be
// told after the next turn they look for themselves then.
func (c *crowd) over() bool {
	c.mu.Lock()
	over := len(c.watchers) == 0 || c.hub.ctx.Err() != nil
	untold := over && c.due != nil
	if untold {
		c.due = nil
	}
	c.turning = !over
	c.mu.Unlock()
	if untold {
		c.hub.Bus.Publish(Wake{Meeting: c.meeting, Queue: true})
	}
	return over
}

func (c *crowd) turn() {
	ctx, cancel := context.WithTimeout(c.hub.ctx, readWait)
	defer cancel()
	c.mu.Lock()
	second, look, news, due := c.second, c.look || c.wanted > c.head, c.carried, c.due
	c.second, c.carried, c.due = false, false, nil
	c.mu.Unlock()
	var err error
	if look {
		var changed bool
		changed, err = c.read(ctx)
		if papers.CodeOf(err) == papers.CodeNotFound {
			c.disband()
			return
		}
		if err != nil && ctx.Err() == nil {
			c.hub.Log.Error("following the room", slog.String("meeting", c.meeting), slog.Any("err", err))
		}
		news = news || changed
	}
	if due != nil {
		c.hub.Bus.Publish(c.tell(due, err == nil))
	}
	queue := c.queueTurn(ctx, news)
	var all frame
	if second {
		all = c.presence()
		c.ping()
	}
	if news || queue || all != nil {
		c.flush(all)
	}
}

// tell makes the wake-up for the other programs. They look for themselves when the record could not
// be read here.
func (c *crowd) tell(d *due, read bool) Wake {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !read {
		return Wake{Meeting: c.meeting, Queue: d.queue}
	}
	events, _ := c.after(d.since) // more than are kept: they read them
	w := carry(c.meeting, c.head, slices.Clone(events))
	w.Queue = d.queue
	return w
}

// queueTurn reads the queue when a moderator is here and it may have changed: told so, with a public
// event, or each five seconds because a wake-up may have been lost; at every turn of the second while
// the bus is.
func (c *crowd) queueTurn(ctx context.Context, news bool) bool {
	late := c.hub.Bus.Lost()
	c.mu.Lock()
	due := c.moderators > 0 && (c.queueDue || news || late || c.late || c.hub.Now().Sub(c.queueAt) > 5*time.Second)
	before := c.rev
	c.mu.Unlock()
	if !due {
		return false
	}
	if err := c.readQueue(ctx); err != nil {
		c.hub.Log.Error("following the queue", slog.String("meeting", c.meeting), slog.Any("err", err))
		return false
	}
	_, rev := c.queueAfter(before)
	return rev != before
}

// presence gives the frame that says how many are here and elsewhere, at most each five seconds, when it changed.
func (c *crowd) presence() frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, n := c.hub.Now(), len(c.watchers)+c.elsewhere
	if n == c.told || now.Sub(c.toldAt) < 5*time.Second {
		return nil
	}
	c.told, c.toldAt = n, now
	return presence(n)
}

// learn notes how many watch in other programs. When that cannot be told, what was learned last holds
// for a while.
func (c *crowd) learn(elsewhere int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.hub.Now()
	switch {
	case ok:
		c.elsewhere, c.learnedAt = max(elsewhere, 0), now
	case now.Sub(c.learnedAt) > 5*WatchingFor:
		c.elsewhere = 0
	}
}

func (c *crowd) watching() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.watchers)
}

func presence(n int) frame {
	return newFrame(opText, fmt.Appendf(nil, `{"t":"presence","n":%d}`, n))
}

// flush lets every watcher take what is new, on as many cores as that is worth.
func (c *crowd) flush(extra frame) {
	c.scratch = c.everybody(c.scratch)
	share := max(500, (len(c.scratch)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var pushing sync.WaitGroup
	for rest := c.scratch; len(rest) > 0; {
		part := rest[:min(share, len(rest))]
		rest = rest[len(part):]
		pushing.Go(func() {
			for _, w := range part {
				w.push(extra)
			}
		})
	}
	pushing.Wait()
	clear(c.scratch)
}

// ping asks those that were silent for a sign of life, and ends those that gave none.
func (c *crowd) ping() {
	now, every := c.hub.Now().Unix(), int64(c.hub.Limits.PingEvery/time.Second)
	c.scratch = c.everybody(c.scratch)
	for _, w := range c.scratch {
		switch silent := now - w.heard.Load(); {
		case silent > 2*every+10:
			w.conn.Close()
		case silent >= every && now-w.pinged >= every:
			w.pinged = now
			w.push(pingFrame)
		}
	}
	clear(c.scratch)
}

var pingFrame = newFrame(opPing, nil)

// disband ends a room that is no longer public.
func (c *crowd) disband() {
	for _, w := range c.everybody(nil) {
		w.leave(websocket.ClosePolicyViolation, "this room is closed to the public")
	}
}
