package page

import (
	"time"

	"clearday/papers"
)

// Private is what the section "Heard in private" of a form offers: the list of the law that the board
// works under (papers/exemption).
type Private struct {
	List        string // the law, in words
	Test        string // the public-interest test; empty: there is none
	Must        string // the rule by which something must be private; empty: there is none
	ReasonsHint string
	Grounds     []PrivateGround
	Reads       string // what the public reads now, made of what was chosen
}

// PrivateGround is one entry of the list.
type PrivateGround struct {
	Field string // of the form
	Para  string // as it is cited; empty where the law does not number its entries
	Says  string
}

// DeskPrivate is the private business of a meeting at the desk.
type DeskPrivate struct {
	Base
	Meeting     papers.Meeting
	Zone        *time.Location
	Flash       string
	Items       []DeskPrivateItem
	Resolutions []string // model words for the agenda

	Conflicts  []DeskConflict
	Form       Form // of one more conflict
	Members    []Choice
	Subjects   []Choice // items, and each paper by itself
	Categories []Choice
	Actions    []Choice
}

// Template names the page's template.
func (DeskPrivate) Template() string { return "desk/private.html" }

// DeskPrivateItem is an item that holds something private, or did.
type DeskPrivateItem struct {
	papers.Item
	Papers []papers.Paper // that are private, or were
	Public bool           // on the public agenda, by its safe title
	Must   bool           // the law itself excludes the public
	Due    bool           // its review is due
}

// Releasable tells that something of the item can still be released.
func (i DeskPrivateItem) Releasable() bool {
	private := i.Private
	for _, p := range i.Papers {
		private = private || p.Private
	}
	return i.Public && private
}

// DeskConflict is a declared interest with what it is in.
type DeskConflict struct {
	papers.Conflict
	In string
}

// DeskRelease is where something private is released to the public.
type DeskRelease struct {
	Base
	Meeting papers.Meeting
	Zone    *time.Location
	Item    papers.Item
	Papers  []DeskFile // private ones, by their newest version
	Form    Form
	Nothing string // why nothing can be released
}

// Template names the page's template.
func (DeskRelease) Template() string { return "desk/release.html" }
