package page

import (
	"html/template"
	"regexp"
	"strings"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// Live is the live desk of a meeting: the room's controls, the queue and the question in hand.
type Live struct {
	Base
	Meeting   papers.Meeting
	Zone      *time.Location
	Announced bool // else there is no room yet
	Late      bool // programs do not hear of each other: what comes at another is seen a second later
	Room      livestream.Room
	MayRun    bool
	Items     []RoomItem
	Heard     *RoomItem

	Show    string // waiting, held or all
	Waiting int
	Held    int
	All     int
	Oldest  string // age of the question that has waited longest, or "none"
	Queue   []Queued
	One     Queued // the question in hand; its Number is empty when there is none
	Open    string // name of the act that is open: refuse, merge, answer
	Reasons []Reason
	Targets []Queued // what the question in hand can be joined to
	Order   []Queued // for the chair
	More    int      // published ones that the order does not list
	Tally   Tally
	Chat    DeskChat

	Patterns []livestream.Pattern // unusual support, latest first

	Flash string // what the last act did
	Error string // what the last act did not do, and why
	Typed Typed
}

// Template names the page's template.
func (Live) Template() string { return "live/live.html" }

// Typed is what was written in a form that did not go through.
type Typed struct {
	Reason, MergedInto, Answer, AnsweredBy, Item string
}

// Queued is a contribution as its moderator sees it.
type Queued struct {
	livestream.Contribution
	Zone  *time.Location
	Age   string // 3 min
	About string // "item 5", or ""
	Risky bool   // a number, an address or a postcode is among the words
}

// May tells whether the contribution can become this.
func (q Queued) May(to livestream.State) bool { return q.State.MayBecome(to) }

// Words gives the text with what could identify somebody marked.
func (q Queued) Words() template.HTML {
	var b strings.Builder
	at := 0
	for _, m := range personal.FindAllStringIndex(q.Text, -1) {
		b.WriteString(template.HTMLEscapeString(q.Text[at:m[0]]) + `<mark class="cd-pii">` + template.HTMLEscapeString(q.Text[m[0]:m[1]]) + `</mark>`)
		at = m[1]
	}
	b.WriteString(template.HTMLEscapeString(q.Text[at:]))
	return template.HTML(b.String()) // every piece is escaped
}

// personal finds what a moderator should look at before publishing: long numbers (telephone, NHS),
// e-mail addresses, British postcodes, house numbers with a street.
var personal = regexp.MustCompile(`(?i)\b[\w.+-]+@[\w-]+(\.[\w-]+)+|\+?\d(?:[ -]?\d){8,}|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d+[a-z]? [A-Z][a-z]+ (?:street|road|lane|avenue|close|drive|way|court|terrace|crescent)\b`)

// HoldsPersonal tells whether the text holds something of that kind.
func HoldsPersonal(text string) bool { return personal.MatchString(text) }

// Reason is one reason for refusing.
type Reason struct{ Code, Words string }

// RefusalReasons in the order of the form.
func RefusalReasons() []Reason {
	order := []string{"not-responsible", "not-on-agenda", "individual-case", "names-individual", "repeat-6-months", "confidential", "legal-proceedings",
		"service-request-first", "foi-or-sar-better", "over-limit", "late", "wording"}
	var list []Reason
	for _, code := range order {
		list = append(list, Reason{code, livestream.Reasons[code]})
	}
	return list
}

// Movable tells whether the contribution still can be placed under another item.
func (q Queued) Movable() bool {
	return q.State.MayBecome(livestream.Merged) || q.State == livestream.Put || q.State == livestream.NotReached
}

// RoomWord is the room's state as a word.
func (p Live) RoomWord() string {
	if !p.Announced {
		return "Not announced"
	}
	if p.Room.State == livestream.RoomOpen {
		return "Live"
	}
	return title(RoomWords(p.Room))
}

// AskingWord says how questions are taken.
func (p Live) AskingWord() string {
	if !p.Announced {
		return ""
	}
	return AskingWords(p.Room)
}

// RoomHint says what the buttons of the room do for the public.
func (p Live) RoomHint() string {
	switch p.Room.State {
	case livestream.RoomOpen:
		return "Paused and private rooms show the public a page that says so. Close ends the meeting here."
	case livestream.RoomPaused:
		return "The public sees that the meeting has paused."
	case livestream.RoomPrivate:
		return "The public sees that the board meets in private. Nothing can be asked."
	}
	if p.Room.OpenedAt == nil {
		return "Opening makes the meeting live for everybody and takes questions live."
	}
	return "The public sees that the meeting has ended."
}

// Suggested is the item that the picker offers first: the next one, or the first of all.
func (p Live) Suggested() *RoomItem {
	switch {
	case len(p.Items) == 0:
		return nil
	case p.Heard == nil:
		return &p.Items[0]
	case p.Heard.Place < len(p.Items):
		return &p.Items[p.Heard.Place]
	}
	return p.Heard
}
