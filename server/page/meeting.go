package page

import (
	"time"

	"clearday/papers"
)

// Meetings is the list of coming and past meetings.
type Meetings struct {
	Base
	Board  *papers.Board // when narrowed to one
	Coming []Month
	Past   []Month
	Year   int   // of Past
	Years  []int // that hold past meetings, latest first
	Query  string
}

// Template names the page's template.
func (Meetings) Template() string { return "meeting/list.html" }

// Month is a month of meetings.
type Month struct {
	Name     string // April 2027
	Meetings []MeetingRow
}

// Months puts rows, in their order, under their months.
func Months(rows []MeetingRow) []Month {
	var months []Month
	for _, r := range rows {
		name := r.At.In(r.Zone).Format("January 2006")
		if len(months) == 0 || months[len(months)-1].Name != name {
			months = append(months, Month{Name: name})
		}
		last := &months[len(months)-1]
		r.Deep = true
		last.Meetings = append(last.Meetings, r)
	}
	return months
}

// Meeting is the page of one meeting: when, where, how to take part, its notice and its agenda.
type Meeting struct {
	Base
	Meeting  papers.Meeting
	Zone     *time.Location
	State    string // a word, where the meeting needs one
	Look     string
	Note     string // what a reader must know first: cancelled, postponed, not public yet
	NoteLook string

	Off       bool   // cancelled or postponed
	Reason    string // why, or why it was adjourned
	MovedTo   *Link  // the meeting that takes its place
	MovedFrom *Link  // the meeting that was postponed to this one

	Live      bool // its room is open or paused
	Held      bool // over
	CanAsk    bool
	Asking    string // until when, or why not
	AskHint   string
	Questions int // asked so far
	Place     string
	Watch     Watch

	Badge  *Badge     // how the whole stands
	Late   []LateItem // the items that they stand under
	Papers int

	LatePapers int
	LateWhy    *Late // of the agenda, where that is late
	Days       *Days
	Rule       string   // by which it was counted, and where that comes from
	Counting   string   // which days count
	Clocks     []string // each clock in a sentence, under "How we count"
	Holidays   string   // hash of the bank holidays it was counted with
	Timeline   []Event
	Due        string // why there is no agenda yet

	Items      []MeetingItem // the whole agenda, headings and breaks too
	Sections   []Section     // the same, under its headings
	Timed      bool          // the items say how long they take
	Agenda     string
	AgendaFile string // its type, size and pages
	Packs      []PackLink

	Chapters  []ChapterRow // what was heard when
	Sessions  []SessionRow // when the public could follow, where it could not always
	Captioned bool         // what was said can be read
}

// Template names the page's template.
func (Meeting) Template() string { return "meeting/meeting.html" }

// Watch is how a meeting can be followed from elsewhere.
type Watch struct {
	Says string
	URL  string
	Hint string
}

// Section is a part of an agenda with the heading over it; the first may have none.
type Section struct {
	ID, Title string
	Draft     bool
	Items     []MeetingItem
}

// NewSections puts the items of an agenda under its headings.
func NewSections(agenda []MeetingItem) []Section {
	var list []Section
	for _, i := range agenda {
		if i.Kind == papers.KindSection {
			list = append(list, Section{ID: i.ID, Title: i.Title, Draft: i.Draft})
			continue
		}
		if len(list) == 0 {
			list = append(list, Section{})
		}
		i.Deep = list[len(list)-1].Title != ""
		list[len(list)-1].Items = append(list[len(list)-1].Items, i)
	}
	return list
}

// Heard counts the items that are neither headings nor breaks.
func (m Meeting) Heard() int {
	n := 0
	for _, i := range m.Items {
		if i.Item.Heard() {
			n++
		}
	}
	return n
}

// LateItem leads to an item of which a paper came too late.
type LateItem struct{ Item, Number string }

// MeetingItem is an item of the agenda with its papers.
type MeetingItem struct {
	papers.Item
	Start   time.Time // about when, zero where the agenda does not say
	Papers  []PaperRow
	Draft   bool   // for those who see it before the public
	Insider bool   // the reader sees what the public does not
	Badge   *Badge // of one that was added after the agenda
	Late    *Late  // why, where that was late
	Deep    bool   // stands under a heading
}

// Awaits says which paper of the item is still to follow.
func (i MeetingItem) Awaits() string {
	for _, p := range i.Papers {
		if p.Draft == "" {
			return ""
		}
	}
	return i.Follows()
}

// When says what the item's line under its title says on a phone: "9:30am, 5 minutes".
func (i MeetingItem) When(l *time.Location) string {
	if i.Start.IsZero() {
		return ""
	}
	if i.Minutes == 0 {
		return Clock(i.Start, l)
	}
	return Clock(i.Start, l) + ", " + Count(i.Minutes, "minute", "minutes")
}
