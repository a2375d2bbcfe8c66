package page

import (
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// DeskQuestions lists what of the questions waits for somebody at the desk after the meeting.
type DeskQuestions struct {
	Base
	Flash string
	Parts []DeskQuestionPart
}

// Template names the page's template.
func (DeskQuestions) Template() string { return "desk/questions.html" }

// DeskQuestionPart is one reason for which questions wait.
type DeskQuestionPart struct {
	ID, Title, Says string
	Rows            []DeskQuestionRow
}

// DeskQuestionRow is a contribution as the list shows it.
type DeskQuestionRow struct {
	livestream.Contribution
	Meeting papers.Meeting
	Zone    *time.Location
	Due     string // 2006-01-02, or ""
	Late    bool
}

// DeskQuestion is the file of one contribution, and what can be done with it in quiet.
type DeskQuestion struct {
	Base
	Flash    string
	Error    string
	Own      livestream.Contribution
	Meeting  papers.Meeting
	Zone     *time.Location
	Item     string
	File     []DeskSaid
	Grounds  []livestream.Ground
	Partners []papers.Partner
	Moderate bool   // may do all; else only decide about a refusal
	Decides  bool   // a refusal by this person is one
	Rule     string // who decides for this board
	Late     bool
	Typed    map[string]string // what did not go through
}

// Template names the page's template.
func (DeskQuestion) Template() string { return "desk/question.html" }

// DeskSaid is one entry of the file as the desk reads it.
type DeskSaid struct {
	livestream.Message
	Ground string // of a refusal, in the words of the desk
}

// Value is what was typed, or what stands.
func (d DeskQuestion) Value(name, stands string) string {
	if v, ok := d.Typed[name]; ok {
		return v
	}
	return stands
}

// Reason is the ground that the form begins with.
func (d DeskQuestion) Reason() string {
	if d.Own.Proposed != nil {
		return d.Value("reason", d.Own.Proposed.Reason)
	}
	return d.Value("reason", d.Own.Reason)
}

// Telling is what the asker is to be told, as the form begins.
func (d DeskQuestion) Telling() string {
	if d.Own.Proposed != nil {
		return d.Value("told", d.Own.Proposed.Told)
	}
	return d.Value("told", "")
}

// May tells whether the contribution may become this.
func (d DeskQuestion) May(to livestream.State) bool { return d.Own.State.MayBecome(to) }

// WordsOpen tells whether the words can still be changed.
func (d DeskQuestion) WordsOpen() bool {
	s := d.Own.State
	return s == livestream.Received || s == livestream.Held || s == livestream.Published
}

// GroundWords says a code of the record as the desk does.
func GroundWords(code string) string {
	for _, g := range livestream.Grounds {
		if g.Code == code {
			return g.Desk
		}
	}
	return livestream.Reasons[code]
}
