// Package feeds writes what readers subscribe to: Atom feeds of papers (RFC 4287, with the tombstones
// of RFC 6721 for what was withdrawn) and iCalendar calendars of meetings (RFC 5545, RFC 7986). It is
// given public matter only and filters nothing. [History] follows the acts for what the record itself
// does not say: how often a meeting changed, and which papers were withdrawn.
package feeds

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"clearday/papers"
)

// History follows the acts of the record. Its zero value has read nothing; Follow reads on from where
// it stands. It is safe for concurrent use.
type History struct {
	mu        sync.Mutex
	read      int64 // number of the last act read
	first     time.Time
	last      time.Time
	meetings  map[string]Changes
	withdrawn []Withdrawal // oldest first, at most keptWithdrawals
}

// Changes are how often the public facts of a meeting changed after its announcement, and when last.
type Changes struct {
	Sequence  int
	Announced time.Time
	At        time.Time // of the last change, or the announcement
	Board     string
}

// Withdrawal is a paper, or one version of it, that was taken back.
type Withdrawal struct {
	Paper   string
	Version int // 0: all of it
	Board   string
	At      time.Time
}

// Acts is what History reads of the record.
type Acts interface {
	Acts(ctx context.Context, after int64, limit int) ([]papers.Act, error)
}

const (
	actsAtOnce      = 1000
	keptWithdrawals = 100
)

// Follow reads the acts that are new since the last time.
func (h *History) Follow(ctx context.Context, from Acts) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		acts, err := from.Acts(ctx, h.read, actsAtOnce)
		if err != nil {
			return fmt.Errorf("reading acts for the feeds: %w", err)
		}
		for _, a := range acts {
			h.note(a)
			h.read = a.Number
		}
		if len(acts) < actsAtOnce {
			return nil
		}
	}
}

func (h *History) note(a papers.Act) {
	if h.first.IsZero() {
		h.first = a.At
	}
	h.last = a.At
	switch a.Kind {
	case papers.ActMeetingAnnounced, papers.ActMeetingChanged:
		if h.meetings == nil {
			h.meetings = map[string]Changes{}
		}
		was, known := h.meetings[a.Meeting]
		if known && a.Kind == papers.ActMeetingChanged {
			was.Sequence++
		}
		if !known {
			was.Announced, was.Board = a.At, a.Board
		}
		was.At = a.At
		h.meetings[a.Meeting] = was
	case papers.ActPaperWithdrawn:
		w := Withdrawal{Board: a.Board, At: a.At}
		w.Paper, w.Version = subjectPaper(a.Subject)
		h.withdrawn = append(h.withdrawn, w)
		if over := len(h.withdrawn) - keptWithdrawals; over > 0 {
			h.withdrawn = h.withdrawn[over:]
		}
	}
}

// subjectPaper reads papers/ID/v/N, or papers/ID for all versions.
func subjectPaper(subject string) (id string, n int) {
	parts := strings.Split(subject, "/")
	if len(parts) > 1 {
		id = parts[1]
	}
	if len(parts) > 3 {
		n, _ = strconv.Atoi(parts[3]) // a subject without a number is of all versions
	}
	return id, n
}

// Meeting says how often a meeting changed.
func (h *History) Meeting(slug string) Changes {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.meetings[slug]
}

// Latest are the meetings that were announced or changed last, of a board or of all, latest first.
func (h *History) Latest(board string, most int) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var slugs []string
	for slug, c := range h.meetings {
		if board == "" || c.Board == board {
			slugs = append(slugs, slug)
		}
	}
	slices.SortFunc(slugs, func(a, b string) int {
		if d := h.meetings[b].At.Compare(h.meetings[a].At); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return slugs[:min(most, len(slugs))]
}

// Withdrawn are the latest withdrawals of a board, or of all where board is empty, latest first.
func (h *History) Withdrawn(board string) []Withdrawal {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []Withdrawal
	for i := len(h.withdrawn) - 1; i >= 0; i-- {
		if w := h.withdrawn[i]; board == "" || w.Board == board {
			out = append(out, w)
		}
	}
	return out
}

// ID makes the identifier of a thing on this record (urn:uuid), the same for ever, also when the site
// moves to another host. Two records do not share one, because none began in the same microsecond.
func (h *History) ID(name string) string {
	sum := sha256.Sum256([]byte(h.Began().UTC().Format(time.RFC3339Nano) + " " + name))
	b := sum[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80 // version 8 of RFC 9562: made in a way of our own
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Began is when the record began: the time of its first act, zero while there is none.
func (h *History) Began() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.first
}
