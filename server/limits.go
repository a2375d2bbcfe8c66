package server

import (
	"sync"
	"time"

	"clearday/papers"
)

// limits counts attempts that somebody could repeat to guess: sign-ins by address and by e-mail,
// private links by address. It is bounded: keys that were quiet for a window are forgotten.
// A refused attempt counts for nothing, so that it neither locks out others nor fills the memory.
type limits struct {
	now func() time.Time

	mu   sync.Mutex
	seen map[string]*attempts
}

type attempts struct {
	n     int
	since time.Time
}

const (
	attemptWindow = 15 * time.Minute
	maxAttempts   = 10      // of one kind from one place in a window
	maxTogether   = 100     // of one place for all its people, or for one person from everywhere
	maxPlaces     = 100_000 // remembered at once
)

// tally is something that is counted, and how often it may happen in a window.
type tally struct {
	key string
	max int
}

func newLimits(now func() time.Time) *limits { return &limits{now: now, seen: map[string]*attempts{}} }

// count notes an attempt on each tally, or refuses it when one of them is full.
func (l *limits) count(tallies ...tally) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for _, t := range tallies {
		if a := l.seen[t.key]; a != nil && now.Sub(a.since) <= attemptWindow && a.n >= t.max {
			return papers.Errorf(papers.CodeTooMany, "Too many attempts. Wait 15 minutes, then try again.")
		}
	}
	for _, t := range tallies {
		a := l.seen[t.key]
		if a == nil || now.Sub(a.since) > attemptWindow {
			if len(l.seen) >= maxPlaces {
				l.forget(now)
			}
			a = &attempts{since: now}
			l.seen[t.key] = a
		}
		a.n++
	}
	return nil
}

// forgive starts the tallies anew, after a success.
func (l *limits) forgive(tallies ...tally) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range tallies {
		delete(l.seen, t.key)
	}
}

func (l *limits) forget(now time.Time) {
	for k, a := range l.seen {
		if now.Sub(a.since) > attemptWindow {
			delete(l.seen, k)
		}
	}
	if len(l.seen) >= maxPlaces {
		l.seen = map[string]*attempts{}
	}
}
