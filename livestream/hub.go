package livestream

import (
	"bufio"
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"clearday/papers"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

// Meetings is what a room needs to know of its meeting. papers.Store has it.
type Meetings interface {
	Meeting(ctx context.Context, a papers.Audience, slug string) (papers.Meeting, error)
	Items(ctx context.Context, a papers.Audience, meeting string) ([]papers.Item, error)
	// Rules that hold for the meeting: its own, or its board's.
	Rules(ctx context.Context, meeting string) (papers.QuestionRules, error)
}

// Hub holds the watchers of this program and takes what they send. The exported fields are set
// before the first call and not changed after. Run keeps it awake; Close ends it.
type Hub struct {
	Store    Store
	Bus      Bus
	Meetings Meetings
	Now      func() time.Time                 // the clock; nil is time.Now
	Log      *slog.Logger                     // nil is silence
	Link     func(number, code string) string // the address of an asker's private page; nil gives none
	Personal func(text string) []papers.Mark  // finds what is personal in somebody's words; nil finds nothing
	Limits   Limits
	Patterns PatternRule // which patterns of support are unusual

	once         sync.Once
	ctx          context.Context // ends with Close: what runs for the hub itself, not for one caller
	stop         context.CancelFunc
	running      sync.WaitGroup // every goroutine of the hub and every Serve
	answered     answers
	name         string // of this program on the bus
	supportGroup *group[Support, SupportResult]
	sayGroup     *group[Say, SayResult]

	mu        sync.Mutex // guards what follows; taken before crowd.mu, never after
	closed    bool
	crowds    map[string]*crowd
	addresses map[string]int // sockets by address
	watchers  int
	pastOf    map[string]pastRead // by meeting
	supported map[string]bool     // meetings that got supports since somebody looked for patterns
}

// Viewer is who watches a room.
type Viewer struct {
	Meeting    string
	Device     string // hash of the device's secret, "" for none
	DeviceName string // what the watcher's own page is told
	IP         string
	Moderator  bool  // gets the queue: the caller has checked the permission
	Since      int64 // the last number it has, -1 for none
	Actor      papers.Actor

	// Reader is what the connection reads by. A socket that tells it costs half a stack less while
	// nothing comes; nil is none.
	Reader *bufio.Reader

	// Still is asked before every frame of the queue whether the permission holds: a socket outlives
	// the session that opened it. When it says no the socket is closed; nil is always. It may take its
	// time, nobody else waits for it.
	Still func(context.Context) bool
}

func (h *Hub) init() {
	h.once.Do(func() {
		h.Limits, h.Patterns = h.Limits.orDefault(), h.Patterns.orDefault()
		if h.Now == nil {
			h.Now = time.Now
		}
		if h.Log == nil {
			h.Log = slog.New(slog.DiscardHandler)
		}
		if h.Link == nil {
			h.Link = func(string, string) string { return "" }
		}
		h.ctx, h.stop = context.WithCancel(context.Background())
		h.crowds, h.addresses = map[string]*crowd{}, map[string]int{}
		h.supportGroup = newGroup(h, "counting support", h.commitSupports)
		h.pastOf, h.supported = map[string]pastRead{}, map[string]bool{}
		h.name = papers.NewID()
		h.sayGroup = newGroup(h, "keeping a message", h.commitMessages)
	})
}

// Run listens to the bus, and once a second has every room with watchers look into the record (a
// wake-up may have been lost), find dead connections and tell how many are here. It returns when
// ctx ends; Close ends the sockets.
func (h *Hub) Run(ctx context.Context) error {
	h.init()
	var running errgroup.Group
	running.Go(func() error { return h.Bus.Run(ctx, h.hear) })
	running.Go(func() error { h.count(ctx); return nil })
	running.Go(func() error { h.lookout(ctx); return nil })
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return running.Wait()
		case <-tick.C:
			h.beat()
		}
	}
}

// count tells the bus how many watch here, room by room, and learns how many watch elsewhere. The
// numbers learned last stay for a while when the bus is lost; then each room counts its own.
func (h *Hub) count(ctx context.Context) {
	tick := time.NewTicker(WatchingFor / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, c := range h.rooms() {
			here := c.watching()
			all, err := h.Bus.Watching(ctx, h.name, c.meeting, here)
			c.learn(all-here, err == nil)
		}
	}
}

func (h *Hub) rooms() []*crowd {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Values(h.crowds))
}

// beat wakes every room for its turn of the second and forgets rooms that nobody uses.
func (h *Hub) beat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, c := range h.crowds {
		if !c.beat() && c.users == 0 && h.Now().Sub(c.lookedAt()) > time.Minute {
			delete(h.crowds, name)
		}
	}
}

// hear takes what the bus says, for the room of this program, if there is one. It does not block.
func (h *Hub) hear(w Wake) {
	if c := h.known(w.Meeting); c != nil {
		c.hear(w)
	}
}

func (h *Hub) known(meeting string) *crowd {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.crowds[meeting]
}

// announce says after a commit that there is something new. Where the room has watchers here its next
// turn reads it and tells the other programs, with the events; else they are told to look.
func (h *Hub) announce(w Wake) {
	if c := h.known(w.Meeting); c == nil || !c.announce(w) {
		h.Bus.Publish(w)
	}
}

// take takes one from each of the buckets, or none: then it answers the kind of an empty one, else "".
// A bucket without a key is nobody's.
func (h *Hub) take(ctx context.Context, meeting string, from ...Bucket) string {
	return h.Bus.Take(ctx, h.Now(), meeting, slices.DeleteFunc(from, func(b Bucket) bool { return b.Key == "" })...)
}

// crowd gives the room's watchers, with the record read once. The caller releases it.
func (h *Hub) crowd(ctx context.Context, meeting string) (*crowd, error) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, errClosing
	}
	c := h.crowds[meeting]
	if c == nil {
		c = newCrowd(h, meeting)
		h.crowds[meeting] = c
	}
	c.users++
	h.mu.Unlock()
	if err := c.open(ctx); err != nil {
		h.release(c)
		return nil, err
	}
	return c, nil
}

func (h *Hub) release(c *crowd) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.users--
	if c.users == 0 && !c.opened() {
		delete(h.crowds, c.meeting) // asked for by a name that is none
	}
}

var errClosing = papers.Errorf(papers.CodeConflict, "The service is starting again. Try in a moment.")

// MayJoin tells whether another socket of the address is taken. The server asks before the upgrade,
// while it can still answer with a page.
func (h *Hub) MayJoin(ip string) error {
	h.init()
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.mayJoin(ip)
}

func (h *Hub) mayJoin(ip string) error {
	switch {
	case h.closed:
		return errClosing
	case h.watchers >= h.Limits.Watchers:
		return papers.Errorf(papers.CodeTooMany, "The room is full. The page looks for new things without a connection.")
	case h.addresses[ip] >= h.Limits.PerAddress:
		return papers.Errorf(papers.CodeTooMany, "Too many connections come from your address. The page looks for new things without one.")
	}
	return nil
}

func (h *Hub) enter(ip string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.mayJoin(ip); err != nil {
		return err
	}
	h.watchers++
	h.addresses[ip]++
	h.running.Add(1)
	return nil
}

func (h *Hub) exit(ip string) {
	h.mu.Lock()
	h.watchers--
	if h.addresses[ip]--; h.addresses[ip] == 0 {
		delete(h.addresses, ip)
	}
	h.mu.Unlock()
	h.running.Done()
}

// Watchers says how many sockets this program holds.
func (h *Hub) Watchers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.watchers
}

func (h *Hub) closing() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closed
}

// Close tells every watcher that the service restarts (1012) and waits until they are gone. What
// was being committed is committed, or its asker tries again with the same key.
func (h *Hub) Close() {
	h.init()
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		h.running.Wait()
		return
	}
	h.closed = true
	var all []*watcher
	for _, c := range h.crowds {
		all = append(all, c.everybody(nil)...)
	}
	h.mu.Unlock()
	for _, w := range all {
		w.leave(websocket.CloseServiceRestart, "service restart")
	}
	h.stop()
	h.running.Wait()
}
