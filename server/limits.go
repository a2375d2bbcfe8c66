package server

import (
	"sync"
	"time"

	"clearday/papers"
)

// limits counts attempts that somebody could repeat to guess: sign-ins by address and by e-mail,
// private links by address. It is bounded: keys that were quiet for a window are forgotten.
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
	maxPlaces     = 100_000 // remembered at once
)

func newLimits(now func() time.Time) *limits { return &limits{now: now, seen: map[string]*attempts{}} }

// count notes an attempt and refuses it when there were too many. Success forgives.
func (l *limits) count(key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	a := l.seen[key]
	if a == nil || now.Sub(a.since) > attemptWindow {
		if len(l.seen) >= maxPlaces {
			l.forget(now)
		}
		a = &attempts{since: now}
		l.seen[key] = a
	}
	a.n++
	if a.n > maxAttempts {
		return papers.Errorf(papers.CodeTooMany, "Too many attempts. Wait 15 minutes, then try again.")
	}
	return nil
}

func (l *limits) forgive(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seen, key)
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
