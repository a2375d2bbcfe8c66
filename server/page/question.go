package page

import (
	"strings"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// Tally says where every question stands. Its parts add up to Total.
type Tally struct {
	Total int
	Words string // 12 questions and 1 statement
	Parts []TallyPart
}

// TallyPart is one part of the tally: its number, its words and its piece of the bar, which is
// barWidth wide.
type TallyPart struct {
	N        int
	Words    string
	Fill     string // class of its colour
	X, Width int
}

// BarWidth is the width of a tally's bar in its own units.
const BarWidth = 1000

// tallyParts in the order of the bar. Each state is in exactly one: what is held is with what waits,
// because that it is held is nobody else's business.
var tallyParts = []struct {
	words, fill string
	states      []livestream.State
}{
	{"answered at the meeting", "cd-f1", []livestream.State{livestream.AnsweredOrally}},
	{"answered in writing", "cd-f2", []livestream.State{livestream.AnsweredWriting}},
	{"published, waiting for an answer", "cd-f5", []livestream.State{livestream.Published, livestream.Put}},
	{"not reached at the meeting", "cd-f7", []livestream.State{livestream.NotReached}},
	{"joined to one like it", "cd-f3", []livestream.State{livestream.Merged}},
	{"passed on to others", "cd-f8", []livestream.State{livestream.Transferred}},
	{"not taken, with a reason", "cd-f4", []livestream.State{livestream.Refused}},
	{"taken back by the asker", "cd-f9", []livestream.State{livestream.WithdrawnByAsker}},
	{"waiting for the moderator", "cd-f6", []livestream.State{livestream.Received, livestream.Held}},
}

// NewTally makes the tally of the counts. Parts with nothing in them are left out.
func NewTally(c livestream.Counts) Tally {
	t := Tally{Total: c.Received, Words: tallyWords(c)}
	before := 0
	for _, p := range tallyParts {
		n := 0
		for _, s := range p.states {
			n += c.ByState[s]
		}
		if n == 0 || t.Total == 0 {
			continue
		}
		x, end := before*BarWidth/t.Total, (before+n)*BarWidth/t.Total
		t.Parts = append(t.Parts, TallyPart{N: n, Words: p.words, Fill: p.fill, X: x, Width: max(end-x-3, 2)})
		before += n
	}
	return t
}

func tallyWords(c livestream.Counts) string {
	statements := c.ByKind[livestream.KindStatement]
	var words []string
	if n := c.Received - statements; n > 0 {
		words = append(words, Count(n, "question", "questions"))
	}
	if statements > 0 {
		words = append(words, Count(statements, "statement", "statements"))
	}
	return And(words)
}

// Owed are the written answers that are promised and not given.
type Owed struct {
	Entries []Entry
	Late    int
	Today   string
}

// Says sums them up.
func (o Owed) Says() string {
	switch {
	case o.Late == len(o.Entries):
		return Sentence(Count(o.Late, "written answer is late.", "written answers are late."))
	case o.Late > 0:
		return Sentence(Count(len(o.Entries), "written answer is owed", "written answers are owed")) + ", " + Count(o.Late, "of them late.", "of them late.")
	}
	return Sentence(Count(len(o.Entries), "written answer is owed", "written answers are owed")) + ", none of them late."
}

// StateChoice is one state that a list of questions can be narrowed to.
type StateChoice struct {
	State  livestream.State
	Words  string
	Chosen bool
}

// StateChoices are the states that anybody may ask for. Held is not one: it looks like received.
func StateChoices(chosen livestream.State) []StateChoice {
	var list []StateChoice
	for _, p := range tallyParts {
		for _, s := range p.states {
			if s != livestream.Held {
				list = append(list, StateChoice{State: s, Words: title(s.Words()), Chosen: s == chosen})
			}
		}
	}
	return list
}

// Entry is one question in a list: its public face and where it belongs.
type Entry struct {
	livestream.Question
	Item    string // "item 5, Urgent care", or ""
	PutItem string // under which it was put, the same way
	Late    bool   // its written answer is late
	Meeting papers.Meeting
	Zone    *time.Location
}

// Badge is the class of the question's state beside cd-state.
func (e Entry) Badge() string { return stateBadge(e.State) }

func stateBadge(s livestream.State) string {
	switch s {
	case livestream.Put:
		return "cd-state--solid"
	case livestream.AnsweredOrally, livestream.AnsweredWriting:
		return "cd-state--good"
	case livestream.Published:
		return "cd-state--primary"
	}
	return ""
}

// AskForm is the form that a question is asked with. What was typed comes back with an error.
type AskForm struct {
	Action string
	CSRF   string
	Key    string // makes sending twice one question
	Items  []papers.Item
	Closed string // why nothing can be asked now, else ""

	Letters                            bool // an address for the answer is asked for
	Item, Name, Area, For, Text, Email string
	Kind                               livestream.Kind
	NoName, Minor, Health, Confirmed   bool
	Urgent                             bool

	Rules papers.QuestionRules
	Says  []string // the rules, in words
	Live  bool     // asked while the meeting is live

	Error string // what to mend, else ""
	Field string // the field that it is about: text, item, name, area, organisation, email or confirmed
}

// Statements tells whether a statement can be sent instead of a question.
func (f AskForm) Statements() bool { return f.Rules.Statements.Taken }

// Noun is what is being written, as far as it is known.
func (f AskForm) Noun() string {
	if f.Kind == livestream.KindStatement {
		return "statement"
	}
	return "question"
}

// words is the limit of words for what is being written, 0 for none.
func (f AskForm) words() int {
	if f.Kind == livestream.KindStatement {
		return f.Rules.Statements.Words
	}
	return f.Rules.Words
}

// Bound says how long it may be: "At most 50 words".
func (f AskForm) Bound() string {
	if n := f.words(); n > 0 {
		left := n - livestream.WordCount(f.Text)
		switch {
		case f.Text == "" && f.Statements():
			return "A question has at most " + f.boundOf(f.Rules.Words) + ", a statement " + f.boundOf(f.Rules.Statements.Words)
		case f.Text == "":
			return "At most " + Count(n, "word", "words")
		case left < 0:
			return Count(-left, "word", "words") + " too many"
		}
		return Number(left) + " of " + Count(n, "word", "words") + " left"
	}
	left := livestream.MaxText - len([]rune(f.Text))
	switch {
	case f.Text == "" && f.Rules.Statements.Words > 0:
		return "A question has at most " + f.boundOf(0) + ", a statement " + f.boundOf(f.Rules.Statements.Words)
	case f.Text == "":
		return "At most " + f.boundOf(0)
	case left < 0:
		return Number(-left) + " characters too many"
	}
	return Number(left) + " of " + f.boundOf(0) + " left"
}

func (AskForm) boundOf(words int) string {
	if words == 0 {
		return Count(livestream.MaxText, "character", "characters")
	}
	return Count(words, "word", "words")
}

// Opened tells whether the part about the asker is open from the start: something in it is needed or typed.
func (f AskForm) Opened() bool {
	return f.Rules.NameNeeded || f.Minor || f.Health || f.Field == "name" || f.Field == "area" || f.Field == "organisation" || f.Field == "email"
}

// Line gives one of the fields about the asker to the template "ask-line".
func (f AskForm) Line(name string) Field {
	l := Field{ID: name, Name: name, Type: "text"}
	hidden := false
	switch name {
	case "name":
		l.Label, l.Value, l.Auto, hidden = "Name", f.Name, "name", f.Rules.HideName
		l.Hint = "Shown with it once it is published. “A carer” is fine."
		if f.Rules.NameNeeded {
			l.Hint = "The board needs to know who asks."
		}
	case "area":
		l.Label, l.Value, hidden = "Area", f.Area, f.Rules.HideArea
	case "organisation":
		l.Label, l.Value, hidden = "On behalf of an organisation", f.For, f.Rules.HideOrganisation
	case "email":
		l.Label, l.Value, l.Auto, l.Type, l.Hint = "E-mail", f.Email, "email", "email", "For the answer only. Never shown."
	}
	if name != "name" || !f.Rules.NameNeeded {
		l.Label += " (optional)"
	}
	if hidden {
		l.Hint = strings.TrimSpace(strings.TrimPrefix(l.Hint, "Shown with it once it is published. “A carer” is fine.") + " Not published.")
	}
	if f.Field == name {
		l.Error = f.Error
	}
	return l
}

// MaxText bounds the question, in characters.
func (AskForm) MaxText() int { return livestream.MaxText }

// MaxName bounds name and area.
func (AskForm) MaxName() int { return livestream.MaxName }

// Ledger is every question of one meeting, where each stands, and how to ask.
type Ledger struct {
	Base
	Meeting papers.Meeting
	Zone    *time.Location
	Action  string // of the form that narrows
	Tally   Tally
	Choice  livestream.Choice // how they were chosen
	Owed    Owed
	States  []StateChoice
	State   livestream.State // narrowed to, or ""
	Entries []Entry
	Next    string // address of the next page, or ""
	How     string // how and until when to ask
	Live    bool   // the room can be entered now
	Form    AskForm
}

// Template names the page's template.
func (Ledger) Template() string { return "question/ledger.html" }

// QuestionList is every question of the site or of one board.
type QuestionList struct {
	Base
	Board   papers.Board // zero for the whole site
	Action  string       // of the form that narrows
	Tally   Tally
	Owed    Owed
	States  []StateChoice
	State   livestream.State
	Entries []Entry
	Next    string
}

// Template names the page's template.
func (QuestionList) Template() string { return "question/list.html" }

// Question is the public face of one question.
type Question struct {
	Base
	Entry
	Headline string
	Steps    []Step
}

// Template names the page's template.
func (Question) Template() string { return "question/show.html" }

// Step is one point of a question's way.
type Step struct {
	Title string
	At    *time.Time
	Text  string
	Link  string // address, or ""
	Named string // words of the link
	Plain bool   // it is words, not a number
	Kind  string // "", "now" or "next"
}

// KindName says what a contribution is: Question or Statement.
func KindName(k livestream.Kind) string { return title(string(k)) }

// Title is the part's words as a label.
func (p TallyPart) Title() string { return title(p.Words) }
