package page

import "clearday/papers"

// Partners is the list of member organisations.
type Partners struct {
	Base
	Kinds     []PartnerKind
	Alliances []papers.Alliance
	Ended     []PartnerRow
}

// Template names the page's template.
func (Partners) Template() string { return "partner/list.html" }

// PartnerKind is a kind of organisation with those of it.
type PartnerKind struct {
	Name     string
	Partners []papers.Partner
}

// PartnerRow is a partner or alliance that ended: when, and who followed.
type PartnerRow struct {
	Link
	Kind      string
	Ended     string // 31 March 2013
	Successor *Link
}

// Partner is the page of one organisation, also when it has ended.
type Partner struct {
	Base
	Partner   papers.Partner
	Kind      string
	Ended     string
	Successor *Link
	Before    []Link // the organisations that it took over from
	Alliances []Link
	Seats     []PartnerSeat // its people on our boards
}

// Template names the page's template.
func (Partner) Template() string { return "partner/partner.html" }

// PartnerSeat is a seat on a board that somebody of an organisation holds.
type PartnerSeat struct {
	papers.Member
	Board Link
}

// Alliance is the page of an alliance: its partners, and its own boards.
type Alliance struct {
	Base
	Alliance  papers.Alliance
	Ended     string
	Successor *Link
	Before    []Link
	Partners  []papers.Partner
	Boards    []BoardRow
}

// Template names the page's template.
func (Alliance) Template() string { return "partner/alliance.html" }

// KindNames are the headings of the kinds of partner.
var KindNames = map[string]string{
	"hospital trust": "Hospital trusts", "community trust": "Community and mental health trusts", "council": "Councils", "gp group": "Family doctors",
	"voluntary sector": "Voluntary and community groups", "other": "Others",
}

// KindOne says one organisation of a kind.
var KindOne = map[string]string{
	"hospital trust": "Hospital trust", "community trust": "Community or mental health trust", "council": "Council", "gp group": "Group of family doctors",
	"voluntary sector": "Voluntary or community group", "other": "Other organisation",
}
