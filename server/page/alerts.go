package page

import "clearday/papers/alerts"

// Alerts is the form by which people ask for letters.
type Alerts struct {
	Base
	Form    Form
	Choices []Choice
	Search  string // what is searched for, when it is a search that is kept
	SentTo  string // the address that a letter is on its way to
}

// Template names the page's template.
func (Alerts) Template() string { return "alerts/subscribe.html" }

// Alert is the private page of one subscription.
type Alert struct {
	Base
	Done      string // confirmed, changed or stopped, just now
	Address   string
	Email     string
	What      string
	Confirmed bool

	Search        string // address of the search that is kept, or empty
	Rhythm, Other alerts.Rhythm
}

// Template names the page's template.
func (Alert) Template() string { return "alerts/alert.html" }

// DeskMail is the mail server as an administrator sees it.
type DeskMail struct {
	Base
	Form   Form
	Flash  string
	Server string // empty: none is set
	Counts []LetterCount
	Says   string // the latest complaint of the mail server
}

// LetterCount is how many letters are in a state.
type LetterCount struct {
	Label string
	N     int
}

// Template names the page's template.
func (DeskMail) Template() string { return "desk/mail.html" }
