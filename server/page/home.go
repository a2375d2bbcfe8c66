package page

import (
	"time"

	"clearday/papers"
)

// Home is the first page.
type Home struct {
	Base
	Live      []LiveStrip
	Next      []MeetingRow
	More      bool // there are more meetings than Next
	Latest    []PaperRow
	Questions Tally // drawn when there are any
	Boards    []BoardRow
	Partners  []papers.Partner
	News      []NewsRow // the latest
	Notice    string    // how many clear days the papers are out before a meeting: "three"
}

// Template names the page's template.
func (Home) Template() string { return "home/home.html" }

// LiveStrip is a meeting that can be followed at this moment.
type LiveStrip struct {
	Slug   string
	Name   string
	Doing  string // the item being heard
	Asking string // whether questions are taken
	Day    string // when it began, to tell two meetings of one board apart
	State  string // Live now, Paused, Adjourned or In private
	CanAsk bool
}

// BoardRow is a board in a list, with its next meeting.
type BoardRow struct {
	papers.Board
	Now  bool       // it meets at this moment
	Next *time.Time // nil where no meeting is announced
	URL  string     // of the next meeting
	Zone *time.Location
}
