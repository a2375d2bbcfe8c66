package page

import "clearday/papers"

// Boards is the list of boards.
type Boards struct {
	Base
	Boards []BoardRow
	Ended  []BoardEnded
}

// BoardEnded is a board that meets no longer.
type BoardEnded struct {
	Link
	Ended     string
	Successor *Link
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

	Alliance  *Link    // whose board it is
	Ended     string   // 31 March 2013, empty while it meets
	Successor *Link    // who took over
	Before    []Link   // whose work it took over
	Asking    []string // its rules for questions, a sentence each
	Members   []papers.Member
	Was       []MemberWas // past members
	MayEdit   bool        // the reader may change it at the desk
}

// MemberWas is a past member with the time of the seat in words.
type MemberWas struct {
	papers.Member
	Time string
}

// Link leads to another page.
type Link struct{ Name, URL string }

// Template names the page's template.
func (Board) Template() string { return "board/board.html" }
