package livestream

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"clearday/papers"
)

// A support counts once per device, and whole hospitals share one address, so no address ever discards
// one. What a program does that pretends to be many devices shows all the same: many devices that had
// done nothing before, from one place at once, or more of them than people watch. Such a pattern is
// flagged to the moderator and stated in public with its count (users.md row 22); whether it counts is
// for a person to say, and until somebody does it counts.

// PatternKind is what is unusual about a pattern.
type PatternKind string

// The kinds of pattern.
const (
	OnePlace     PatternKind = "one_place"      // more new devices of one place at once than people there press
	MoreThanHere PatternKind = "more_than_here" // more new devices at once than people watch
)

// PatternState is what was decided about a pattern.
type PatternState string

// The states of a pattern.
const (
	PatternFlagged  PatternState = "flagged"  // waits for a moderator
	PatternCounted  PatternState = "counted"  // counted, and stated
	PatternLeftOut  PatternState = "left_out" // not counted, and stated
	PatternOrdinary PatternState = "ordinary" // nothing unusual after all: counted, and nothing is said
)

// Words says the state as people do.
func (s PatternState) Words() string {
	switch s {
	case PatternCounted:
		return "counted, and said so"
	case PatternLeftOut:
		return "left out, and said so"
	case PatternOrdinary:
		return "nothing unusual"
	}
	return "for you to say"
}

// Pattern is supports of a question that came in an unusual way.
type Pattern struct {
	Question  string       `json:"question"`
	ID        string       `json:"id"`
	Meeting   string       `json:"meeting"`
	Kind      PatternKind  `json:"kind"`
	Devices   int          `json:"devices"`
	FirstAt   time.Time    `json:"first_at"`
	LastAt    time.Time    `json:"last_at"`
	State     PatternState `json:"state"`
	FoundAt   time.Time    `json:"found_at"`
	DecidedAt *time.Time   `json:"decided_at,omitempty"`
}

// Arrival is the support of a device that had done nothing in the record before.
type Arrival struct {
	Question string
	Device   string
	Place    string // keyed hash of where it came from, or ""
	At       time.Time
}

// Burst is arrivals that make a pattern.
type Burst struct {
	Question string
	Kind     PatternKind
	Place    string
	Arrivals []Arrival // in the order of their times
}

// PatternStore keeps where supports came from while that matters, and the patterns that were found.
type PatternStore interface {
	// Arrivals are the supports of the meeting since the moment of devices that did nothing before it, in
	// the order of their times, for questions that got at least so many.
	Arrivals(ctx context.Context, meeting string, since time.Time, least int) ([]Arrival, error)
	// NoteBursts marks the supports of bursts, each in one pattern for ever, and flags patterns that are
	// new. It answers whether anything was.
	NoteBursts(ctx context.Context, meeting string, list []Burst) (news bool, err error)
	// Patterns of a meeting, latest first.
	Patterns(ctx context.Context, meeting string) ([]Pattern, error)
	// DecidePattern says what a pattern is. What is stated, and the count, follow in the same
	// transaction with event and act.
	DecidePattern(ctx context.Context, question, id string, to PatternState, c papers.Change) (Pattern, error)
	// SettlePatterns states as counted what was flagged before the moment or in a room that is closed,
	// forgets the places of supports before it, and answers the meetings with something new.
	SettlePatterns(ctx context.Context, before time.Time) (meetings []string, err error)
}

// PatternRule says what is unusual. A field that is zero takes the default of [DefaultPatterns].
type PatternRule struct {
	Window time.Duration // the time in which devices are counted
	Place  int           // new devices of one place for one question in a window
	Room   int           // new devices for one question in a window, wherever they are ...
	Here   int           // ... if that is over so many times the people who watch
	Every  time.Duration // how often is looked
	Answer time.Duration // how long a moderator has before a pattern is stated as counted; places are forgotten then
}

// DefaultPatterns let a hospital's hall press its buttons: of 3,000 people behind one address who
// support something within an hour 50 do so in a minute.
var DefaultPatterns = PatternRule{Window: time.Minute, Place: 120, Room: 240, Here: 2, Every: 5 * time.Second, Answer: 15 * time.Minute}

// bursts finds the patterns among arrivals, which are in the order of their times, where so many watch.
func (r PatternRule) bursts(list []Arrival, watching int) []Burst {
	var found []Burst
	rest := map[string][]Arrival{} // by question, what no place explains
	for _, g := range grouped(list, func(a Arrival) string { return a.Question + "\x00" + a.Place }) {
		dense, others := r.dense(g, r.Place)
		if g[0].Place == "" {
			dense, others = nil, g
		}
		if len(dense) > 0 {
			found = append(found, Burst{Question: g[0].Question, Kind: OnePlace, Place: g[0].Place, Arrivals: dense})
		}
		rest[g[0].Question] = append(rest[g[0].Question], others...)
	}
	for _, g := range grouped(list, func(a Arrival) string { return a.Question }) {
		others := rest[g[0].Question]
		sortArrivals(others)
		if dense, _ := r.dense(others, max(r.Room, r.Here*watching+1)); len(dense) > 0 {
			found = append(found, Burst{Question: g[0].Question, Kind: MoreThanHere, Arrivals: dense})
		}
	}
	return found
}

// dense parts arrivals into those of a window that holds at least n, and the others.
func (r PatternRule) dense(list []Arrival, n int) (dense, others []Arrival) {
	first, done := 0, 0 // of the window that ends with i; what is parted already
	for i, a := range list {
		for a.At.Sub(list[first].At) > r.Window {
			first++
		}
		if i-first+1 >= n {
			others = append(others, list[done:max(first, done)]...)
			dense = append(dense, list[max(first, done):i+1]...)
			done = i + 1
		}
	}
	return dense, append(others, list[done:]...)
}

func sortArrivals(list []Arrival) {
	slices.SortStableFunc(list, func(a, b Arrival) int { return a.At.Compare(b.At) })
}

// grouped gives lists of what has the same key, in the order in which keys come first.
func grouped(list []Arrival, key func(Arrival) string) [][]Arrival {
	at := map[string]int{}
	var groups [][]Arrival
	for _, a := range list {
		k := key(a)
		i, ok := at[k]
		if !ok {
			i = len(groups)
			at[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], a)
	}
	return groups
}

func (r PatternRule) orDefault() PatternRule {
	if r == (PatternRule{}) {
		return DefaultPatterns
	}
	return r
}

// lookout looks for patterns in the rooms that got supports, until ctx ends.
func (h *Hub) lookout(ctx context.Context) {
	tick := time.NewTicker(h.Patterns.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := h.lookForPatterns(ctx); err != nil && ctx.Err() == nil {
			h.Log.Error("looking for unusual patterns of support", slog.Any("err", err))
		}
	}
}

// lookForPatterns looks once, at the rooms that got supports since the last time. Two programs that
// find the same mark the same.
func (h *Hub) lookForPatterns(ctx context.Context) error {
	h.mu.Lock()
	rooms := h.supported
	h.supported = map[string]bool{}
	h.mu.Unlock()
	now := h.Now()
	for meeting := range rooms {
		if err := h.lookAt(ctx, meeting, now); err != nil {
			return err
		}
	}
	changed, err := h.Store.SettlePatterns(ctx, now.Add(-h.Patterns.Answer))
	for _, meeting := range changed {
		h.announce(Wake{Meeting: meeting, Queue: true})
	}
	return err
}

// watching is how many watch the room, in every program as far as is known.
func (h *Hub) watching(meeting string) int {
	c := h.known(meeting)
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.watchers) + c.elsewhere
}

func (h *Hub) lookAt(ctx context.Context, meeting string, now time.Time) error {
	r := h.Patterns
	list, err := h.Store.Arrivals(ctx, meeting, now.Add(-2*r.Window-r.Every), min(r.Place, r.Room))
	if err != nil || len(list) == 0 {
		return err
	}
	found := r.bursts(list, h.watching(meeting))
	if len(found) == 0 {
		return nil
	}
	news, err := h.Store.NoteBursts(ctx, meeting, found)
	if news {
		h.announce(Wake{Meeting: meeting, Queue: true})
	}
	return err
}

// DecidePattern says what a pattern is; the caller has checked the permission.
func (h *Hub) DecidePattern(ctx context.Context, question, id string, to PatternState, by papers.Actor) (Pattern, error) {
	h.init()
	switch to {
	case PatternCounted, PatternLeftOut, PatternOrdinary:
	default:
		return Pattern{}, papers.Errorf(papers.CodeInvalid, "Say whether these supports are counted, left out, or nothing unusual.")
	}
	p, err := h.Store.DecidePattern(ctx, question, id, to, papers.Change{By: by})
	if err != nil {
		return p, fmt.Errorf("deciding about a pattern: %w", err)
	}
	h.announce(Wake{Meeting: p.Meeting, Queue: true})
	return p, nil
}

// unusualWords states in public what came in unusual patterns, "" when nothing did.
func unusualWords(counted, leftOut int) string {
	var said []string
	if counted > 0 {
		said = append(said, fmt.Sprintf("%s of these came in an unusual pattern. They are counted.", figure(counted)))
	}
	if leftOut > 0 {
		said = append(said, fmt.Sprintf("%s more came in an unusual pattern. They are not counted.", figure(leftOut)))
	}
	return strings.Join(said, " ")
}

// figure writes a number as people do: 1,204.
func figure(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
