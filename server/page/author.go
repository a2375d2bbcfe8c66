package page

// DeskAsk is what the page of an item says of the paper asked for.
type DeskAsk struct {
	Form      Form
	Decide    Form
	Asked     bool
	State     string
	Class     string
	Due       string
	Late      bool
	Said      string
	Approver  string
	Link      string // just made, shown once
	Email     string // of the author
	Mail      string // address that opens a letter to the author with the link; empty without an e-mail, and once it was sent
	Told      string // what the mail server said of the letter with the link
	CanTell   bool   // the program can send that letter
	LinkUntil string // until when the one made before works
	MayDecide bool
}

// Author is the page behind an author's link.
type Author struct {
	Base
	Dead     bool // the link does not work (any more)
	Form     Form
	Name     string
	Meeting  string
	Number   string
	Item     string // its title for the public, because links are passed on
	Private  bool
	Action   string
	State    string
	Class    string
	Due      string
	Late     bool
	Said     string
	Approver string
	Papers   []AuthorPaper
}

// Template names the page's template.
func (Author) Template() string { return "author/author.html" }

// AuthorPaper is a paper that came by the link, with where it stands.
type AuthorPaper struct {
	File    DeskFile
	Settled bool // public or scheduled: no new version by the link
}
