package page

import (
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// DeskRetention is how long personal data is kept, for the site or one board, and what was erased by it.
type DeskRetention struct {
	Base
	Board    papers.Board // zero for the whole site
	Action   string
	Flash    string
	Form     Form
	Things   []livestream.Thing
	Own      bool // the board has rules of its own
	Erasures []livestream.Erasure
	Zone     *time.Location
}

// Template names the page's template.
func (DeskRetention) Template() string { return "desk/retention.html" }

// Kept is one thing with the days for which it is kept, in plain words.
type Kept struct {
	What, Since string
	Days        int
	Differs     []KeptBy // boards that keep it for another time
}

// KeptBy is a board that keeps something for a time of its own.
type KeptBy struct {
	Board string
	Days  int
}

// From says from when the days count.
func (k Kept) From() string {
	if k.Since == "" {
		return "after the meeting"
	}
	return k.Since
}
