package page

import (
	"time"

	"clearday/papers"
	"clearday/papers/notice"
)

// DeskRules is where a board adapts the rules by which it counts its notice.
type DeskRules struct {
	Base
	Board       papers.Board
	Flash       string
	Form        Form
	Profiles    []notice.Profile
	Clocks      []DeskRule
	Further     []notice.Rule
	Division    string
	First, Last int  // years of which the bank holidays are known
	Adapted     bool // differs from the kind of body
}

// Template names the page's template.
func (DeskRules) Template() string { return "desk/rules.html" }

// DeskRule is one clock in the form of rules.
type DeskRule struct {
	Clock string
	Rule  notice.Rule
}

// Options give the divisions of the United Kingdom to choose from.
func (DeskRules) Options() []Choice {
	var list []Choice
	for _, d := range notice.Divisions() {
		list = append(list, Choice{Value: d, Says: DivisionNames[d]})
	}
	return list
}

// DivisionNames are how people call the divisions that have bank holidays of their own.
var DivisionNames = map[string]string{notice.EnglandAndWales: "England and Wales", notice.Scotland: "Scotland", notice.NorthernIreland: "Northern Ireland"}

// DeskHolidays is where newer bank holidays are uploaded.
type DeskHolidays struct {
	Base
	Flash    string
	Form     Form
	Zone     *time.Location
	Reach    []DeskReach
	Hash     string
	Snapshot string // day of the holidays that the program brings
	Files    []papers.HolidayFile
}

// Template names the page's template.
func (DeskHolidays) Template() string { return "desk/holidays.html" }

// DeskReach says which years are known in full.
type DeskReach struct {
	Division    string
	First, Last int
}

// DeskPosting is what hangs at the offices, and the form that records more.
type DeskPosting struct {
	Form    Form
	Choices []Choice
	List    []DeskPosted
	May     bool
}

// DeskPosted is one posting, with what it gives.
type DeskPosted struct {
	ID, Says string
	Notice   *DeskNotice
}

// DeskOutcome tells what became of a scheduled publication.
type DeskOutcome struct {
	ID         int64
	Slug, Name string
	When, Says string
	Failed     bool
}
