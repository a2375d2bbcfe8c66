package page

import "clearday/papers"

// Boards is the list of boards.
type Boards struct {
	Base
	Boards []BoardRow
}

// Template names the page's template.
func (Boards) Template() string { return "board/list.html" }

// Board is the page of one board.
type Board struct {
	Base
	Board  papers.Board
	Next   []MeetingRow
	Past   []MeetingRow
	More   bool // there are more past meetings
	Latest []PaperRow
	Rule   string // how it counts notice, in a sentence
	Source string // what that rests on
	Terms  []string
}

// Template names the page's template.
func (Board) Template() string { return "board/board.html" }

// Partners is the list of member organisations.
type Partners struct {
	Base
	Kinds []PartnerKind
	Ended []PartnerRow
}

// Template names the page's template.
func (Partners) Template() string { return "board/partners.html" }

// PartnerKind is a kind of organisation with those of it.
type PartnerKind struct {
	Name     string
	Partners []PartnerRow
}

// PartnerRow is a partner, and of one that ended when, and who followed.
type PartnerRow struct {
	papers.Partner
	Ended     string // 31 March 2013
	Follower  string // name of the successor
	FollowsAt string // its address
}

// KindNames are the headings of the kinds of partner.
var KindNames = map[string]string{"trust": "Trusts", "council": "Councils", "gp group": "Family doctors", "voluntary sector": "Voluntary and community groups", "other": "Others"}
