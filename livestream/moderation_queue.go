package livestream

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"clearday/papers"
)

// Queued is a contribution as the moderators' queue has it.
type Queued struct {
	Contribution
	Marks      []papers.Mark `json:"-"`                   // what to look at among the words
	Signs      []string      `json:"signs,omitempty"`     // the kinds of them, each once
	Like       []Like        `json:"like,omitempty"`      // that says nearly the same, while it is undecided
	UrgentBy   []string      `json:"urgent_by,omitempty"` // sender, words, report, moderator; empty: not urgent
	Claim      *Claim        `json:"claim,omitempty"`
	Opinion    *Opinion      `json:"opinion,omitempty"`
	PublicAt   *time.Time    `json:"public_at,omitempty"`
	Reported   int           `json:"reported,omitempty"` // by how many
	FromDevice int           `json:"from_device"`        // the so-and-so-many of this device at the meeting
	Reports    []Report      `json:"-"`
}

// Waits tells whether a moderator has to decide: it is new, and no decision about it is on its way.
func (q Queued) Waits() bool { return q.State == Received && q.PublicAt == nil }

// MostUrgent tells whether it is in the urgent queue.
func (q Queued) MostUrgent() bool { return len(q.UrgentBy) > 0 }

// pastQuestions bounds the questions of earlier meetings that new ones are compared with.
const pastQuestions = 500

// Desk is the moderators' queue of a meeting: the urgent first, then the oldest.
func (h *Hub) Desk(ctx context.Context, meeting string) ([]Queued, error) {
	h.init()
	list, err := h.Store.Queue(ctx, meeting)
	if err != nil {
		return nil, fmt.Errorf("reading the queue: %w", err)
	}
	if len(list) == 0 {
		return []Queued{}, nil
	}
	board := list[0].Board
	beside, err := h.Store.Desk(ctx, meeting)
	if err != nil {
		return nil, fmt.Errorf("reading what is kept beside the queue: %w", err)
	}
	words, _, err := h.Store.Words(ctx, board)
	if err != nil {
		return nil, fmt.Errorf("reading the listed words: %w", err)
	}
	alike, err := h.alike(ctx, board, meeting, list)
	if err != nil {
		return nil, err
	}
	finder, devices, queue, now := words.Finder(), map[string]int{}, make([]Queued, len(list)), h.Now()
	for i, c := range list {
		q := Queued{Contribution: c, Marks: h.marks(finder, c.Text)}
		if c.Device != "" {
			devices[c.Device]++
			q.FromDevice = devices[c.Device]
		}
		q.put(beside[c.Number], now)
		if c.State == Received || c.State == Held {
			q.Like = alike.To(c.Number, c.Text)
		}
		queue[i] = q
	}
	slices.SortStableFunc(queue, func(a, b Queued) int { return cmp.Compare(a.rank(), b.rank()) })
	return queue, nil
}

// put sets what is kept beside the contribution, and why it is urgent.
func (q *Queued) put(b Beside, now time.Time) {
	q.Opinion, q.PublicAt, q.Reports, q.Reported = b.Opinion, b.PublicAt, b.Reports, len(b.Reports)
	if b.Claim != nil && b.Claim.Until.After(now) {
		q.Claim = b.Claim
	}
	for _, m := range q.Marks {
		if !slices.Contains(q.Signs, m.Kind) {
			q.Signs = append(q.Signs, m.Kind)
		}
	}
	if b.Flag != nil { // a person has looked: only what came after says anything new
		if b.Flag.Urgent {
			q.UrgentBy = append(q.UrgentBy, "moderator")
		}
		if slices.ContainsFunc(b.Reports, func(r Report) bool { return r.Urgent && r.At.After(b.Flag.At) }) {
			q.UrgentBy = append(q.UrgentBy, "report")
		}
		return
	}
	if q.Urgent {
		q.UrgentBy = append(q.UrgentBy, "sender")
	}
	if slices.Contains(q.Signs, MarkUrgent) {
		q.UrgentBy = append(q.UrgentBy, "words")
	}
	if slices.ContainsFunc(b.Reports, func(r Report) bool { return r.Urgent }) {
		q.UrgentBy = append(q.UrgentBy, "report")
	}
}

func (q Queued) rank() int {
	if q.MostUrgent() {
		return 0
	}
	return 1
}

// marks are the listed words and what looks personal, the former where both are.
func (h *Hub) marks(f Finder, text string) []papers.Mark {
	list := f.Marks(text)
	if h.Personal == nil {
		return list
	}
	for _, m := range h.Personal(text) {
		if !slices.ContainsFunc(list, func(o papers.Mark) bool { return m.From < o.To && o.From < m.To }) {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b papers.Mark) int { return a.From - b.From })
	return list
}

// alike is a comparison with the questions of the meeting that can still be joined, and with those
// that the board had at other meetings.
func (h *Hub) alike(ctx context.Context, board, meeting string, list []Contribution) (*Alike, error) {
	past, err := h.past(ctx, board, meeting)
	if err != nil {
		return nil, err
	}
	var a Alike
	for _, c := range list {
		if c.State != Merged && c.State != Refused && c.State != WithdrawnByAsker && c.State != Transferred {
			a.Add(c.Number, c.Text)
		}
	}
	for _, q := range past {
		a.Add(q.Number, q.Text)
	}
	return &a, nil
}

// pastFor is how old the earlier questions may be that this program remembers of a board.
const pastFor = time.Minute

type pastRead struct {
	at   time.Time
	list []Question
}

// past reads the board's questions at other meetings, at most once a minute.
func (h *Hub) past(ctx context.Context, board, meeting string) ([]Question, error) {
	h.mu.Lock()
	read, ok := h.pastOf[meeting]
	h.mu.Unlock()
	if ok && h.Now().Sub(read.at) < pastFor {
		return read.list, nil
	}
	list, err := h.Store.Answerable(ctx, board, meeting, pastQuestions)
	if err != nil {
		return nil, fmt.Errorf("reading earlier questions: %w", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.pastOf) > 100 {
		clear(h.pastOf)
	}
	h.pastOf[meeting] = pastRead{h.Now(), list}
	return list, nil
}
