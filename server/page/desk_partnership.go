package page

import (
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// This file holds the pages of the desk for the partnership itself: its organisations, alliances, news,
// boards, and a board's year.

// DeskPartner lists the partners with a form for one more, or edits one.
type DeskPartner struct {
	Base
	Flash   string
	Partner *papers.Partner // nil: the list
	List    []papers.Partner
	Kinds   []Choice
	Rows    []int // of the form for representatives
	Form    Form
}

// Template names the page's template.
func (DeskPartner) Template() string { return "desk/partner.html" }

// DeskAlliance lists the alliances with a form for one more, or edits one.
type DeskAlliance struct {
	Base
	Flash    string
	Alliance *papers.Alliance // nil: the list
	List     []papers.Alliance
	Partners []papers.Partner
	Form     Form
}

// Template names the page's template.
func (DeskAlliance) Template() string { return "desk/alliance.html" }

// DeskNews lists the news with a form for one more, or edits one.
type DeskNews struct {
	Base
	Flash    string
	Item     *papers.News // nil: the list
	List     []NewsRow
	Form     Form
	Withdraw Form
}

// Template names the page's template.
func (DeskNews) Template() string { return "desk/news.html" }

// DeskBoard edits a board: what it is, who sits on it, how it takes questions.
type DeskBoard struct {
	Base
	Flash     string
	Board     papers.Board
	OfSite    bool // the person may change what only the site's administrator may
	Profiles  []Choice
	Alliances []papers.Alliance
	Boards    []papers.Board // that may be the successor
	Facts     Form
	Members   Form
	Rows      []int // of the form of members
	Questions Form
	Says      []string // the rules for questions in words
	MayPlan   bool     // may make its meetings
}

// Template names the page's template.
func (DeskBoard) Template() string { return "desk/board.html" }

// DeskYear makes the meetings of a year by a pattern.
type DeskYear struct {
	Base
	Board   papers.Board
	Form    Form
	Months  []Choice
	Days    []PlannedDay // of the preview, empty before it
	Missing string       // for which years our bank holidays do not reach
}

// Template names the page's template.
func (DeskYear) Template() string { return "desk/year.html" }

// PlannedDay is a day of the pattern before it is made.
type PlannedDay struct {
	Date   string // 2006-01-02
	Says   string // Thursday 14 January 2027
	Odd    []string
	Ticked bool
}

// DeskMove is what may become of a meeting.
type DeskMove struct {
	Form     Form
	Moves    []DeskMoveTo
	Dated    bool // one of them takes a date
	Public   bool
	Warnings []string // of its deadline for questions

	Says      string // what became of it and why
	MovedTo   *Link  // public pages of the meetings before and after it
	MovedFrom *Link
}

// DeskMoveTo is one choice of it.
type DeskMoveTo struct {
	To         papers.MeetingState
	Says, Hint string
}

// DeskMeetingRules are the rules for questions of one meeting.
type DeskMeetingRules struct {
	Base
	Meeting  papers.Meeting
	Zone     *time.Location
	Flash    string
	Own      bool // it has rules of its own
	Form     Form
	Says     []string // the rules in words
	Warnings []string // of its deadline
}

// Template names the page's template.
func (DeskMeetingRules) Template() string { return "desk/meeting_rules.html" }

// DeskAskFor is the entry of a question that came by another way.
type DeskAskFor struct {
	Base
	Meeting papers.Meeting
	Zone    *time.Location
	Closed  string // why nothing can be entered, else ""
	Ask     AskForm
	Form    Form     // how it came, and when
	Ways    []Choice // it can have come by

	Taken *livestream.Contribution // what was entered a moment ago, with the code to read out
}

// Template names the page's template.
func (DeskAskFor) Template() string { return "desk/ask_for.html" }
