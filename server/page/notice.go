package page

import (
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/notice"
)

// Late says why something came after its last lawful moment, as the minutes will (N-5).
type Late struct {
	Word string // Special circumstances; Convened at shorter notice; No reason was given
	Says string // the reason
	By   string // who decided, and when
}

// NewLate says a reason, or that none was given.
func NewLate(l *papers.Late, zone *time.Location) *Late {
	if l == nil {
		return &Late{Word: "No reason was given"}
	}
	return KnownLate(l, zone)
}

// KnownLate says a reason where there is one.
func KnownLate(l *papers.Late, zone *time.Location) *Late {
	switch {
	case l == nil:
		return nil
	case l.Ground == papers.ShorterNotice:
		return &Late{Word: "Convened at shorter notice", Says: sentence(l.Reason), By: "The meeting was convened on " + Moment(l.At, zone) + "."}
	}
	return &Late{Word: "Special circumstances", Says: sentence(l.Reason), By: "In the opinion of " + l.Chair + ", on " + Moment(l.At, zone) + ", it cannot wait."}
}

// Event is one line of what happened to the papers of a meeting.
type Event struct {
	At         time.Time
	Title      string
	Supplement int
	Badge      *Badge
	Lines      []EventLine
	Late       *Late
	Says       string
	Gone       bool
	Act        int64 // its number on the record, where known
}

// EventLine is one thing that became public, or went.
type EventLine struct {
	Text, URL string
	Why       string // what changed, of a new version
}

// GivenBadge says the notice that a publication gave in a sentence of its own.
func GivenBadge(r notice.Result) *Badge {
	if !r.OnTime {
		return &Badge{Look: "late", Says: "Late: " + Count(r.Clear, "clear day", "clear days") + ", " + Number(r.Needed) + " needed"}
	}
	return &Badge{Says: "Published " + Count(r.Clear, "clear day", "clear days") + " before the meeting, " + Number(r.Needed) + " needed"}
}

// Notice is the outcome of the clear-day count of one version in a few words.
type Notice struct {
	Late bool
	Word string // On time, Late
	Rest string // 3 clear days, 3 needed
	Why  *Late  // of a late one
}

// NewNotice says the result of a count, or nothing where nothing can be claimed. A version that
// replaced another restarts nothing (rules.md 1.10 c): then firstOnTime tells of the paper itself.
func NewNotice(r notice.Result, replaces, firstOnTime bool) Notice {
	if !r.Covered || r.Meeting.Before(r.Published) {
		return Notice{}
	}
	if replaces && firstOnTime {
		return Notice{Word: "Changed", Rest: "with " + Count(r.Clear, "clear day", "clear days") + " left; first published on time"}
	}
	word, rest, _ := strings.Cut(r.String(), ": ")
	return Notice{Late: !r.OnTime, Word: word, Rest: rest}
}
