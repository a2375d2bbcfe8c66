package page

import (
	"html/template"
	"slices"
	"strconv"
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
	Run       Run
	Me        string // who looks, as claims name them

	Show    string // which list: waiting, urgent, held, out, reported or all
	Lists   []DeskList
	Waiting int
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
	Said     []livestream.Report  // about messages and others that are no question in hand

	Flash string // what the last act did
	Error string // what the last act did not do, and why
	Typed Typed
}

// Template names the page's template.
func (Live) Template() string { return "live/live.html" }

// DeskList is one of the lists that the queue can show.
type DeskList struct {
	Name, Title string
	N           int
}

// Typed is what was written in a form that did not go through.
type Typed struct {
	Reason, MergedInto, Answer, AnsweredBy, Item, Words, Told, Opinion, BlockReason, Outcome string
}

// Queued is a contribution as its moderator sees it.
type Queued struct {
	livestream.Queued
	Zone  *time.Location
	Age   string // 3 min
	About string // "item 5", or ""

	Show   string // the list that it stands in
	InHand bool

	// Of the one in hand.
	Likes    []LikeOne
	Last     livestream.Hand
	Mine     bool // claimed by who looks
	MyAsking bool // the second opinion is asked for by who looks
}

// LikeOne is an earlier question that says nearly the same.
type LikeOne struct {
	livestream.Question
	Joins bool // of this meeting and open: it can be joined to
}

// May tells whether the contribution can become this.
func (q Queued) May(to livestream.State) bool { return q.State.MayBecome(to) }

// Editable tells whether its words can still be changed.
func (q Queued) Editable() bool {
	return q.State == livestream.Received || q.State == livestream.Held || q.State == livestream.Published
}

// signWords says the kinds of mark as the desk does, in the order of the weight.
var signWords = []struct{ kind, words string }{
	{livestream.MarkUrgent, "words of the urgent list"}, {livestream.MarkName, "a listed name"}, {livestream.MarkLook, "a listed word"},
	{"nhs_number", "an NHS number"}, {"national_insurance", "a National Insurance number"}, {"telephone", "a telephone number"}, {"email", "an e-mail address"},
	{"address", "an address"}, {"postcode", "a postcode"}, {"birth_date", "a date of birth"}, {"card_number", "a card number"}, {"long_number", "a long number"},
}

// SignWords says what is among the words that should be looked at, "" for nothing.
func (q Queued) SignWords() string {
	var list []string
	for _, s := range signWords {
		if slices.Contains(q.Signs, s.kind) {
			list = append(list, s.words)
		}
	}
	if len(list) < 2 {
		return title(strings.Join(list, ""))
	}
	return title(strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1])
}

// urgentWords says who called it urgent.
var urgentWords = map[string]string{"sender": "its sender says that somebody may be in danger", "words": "words of the board’s list are in it",
	"report": "a reader reports that somebody may be in danger", "moderator": "a moderator put it here"}

// WhyUrgent says why it is in the urgent queue.
func (q Queued) WhyUrgent() string {
	var list []string
	for _, by := range q.UrgentBy {
		list = append(list, urgentWords[by])
	}
	return title(strings.Join(list, "; "))
}

// Words gives the text with what should be looked at marked.
func (q Queued) Words() template.HTML {
	var b strings.Builder
	at := 0
	for _, m := range q.Marks {
		class := "cd-pii"
		if m.Kind == livestream.MarkName || m.Kind == livestream.MarkLook || m.Kind == livestream.MarkUrgent {
			class += " cd-pii--listed"
		}
		b.WriteString(template.HTMLEscapeString(q.Text[at:m.From]) + `<mark class="` + class + `">` + template.HTMLEscapeString(q.Text[m.From:m.To]) + `</mark>`)
		at = m.To
	}
	b.WriteString(template.HTMLEscapeString(q.Text[at:]))
	return template.HTML(b.String()) // every piece is escaped
}

// Ordinal says the how-many-th of its device it is at the meeting, from the third on.
func (q Queued) Ordinal() string {
	if q.FromDevice < 3 {
		return ""
	}
	end := "th"
	switch n := q.FromDevice; {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		end = "st"
	case n%10 == 2:
		end = "nd"
	case n%10 == 3:
		end = "rd"
	}
	return "Same device, " + strconv.Itoa(q.FromDevice) + end
}

// ReportWords says what a reader reported.
func ReportWords(r livestream.Report) string {
	for _, reason := range livestream.ReportReasons {
		if reason.Code == r.Reason {
			return reason.Words
		}
	}
	return r.Reason
}

// Reason is one reason for refusing.
type Reason struct{ Code, Words, Public string }

// RefusalReasons in the order of the form: the ground as the desk says it, with what others are told.
func RefusalReasons() []Reason {
	var list []Reason
	for _, g := range livestream.Grounds {
		list = append(list, Reason{Code: g.Code, Words: g.Desk, Public: g.Words})
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
		return "A paused room shows the public a page that says so. Close ends the meeting here."
	case livestream.RoomPaused:
		if p.Meeting.State == papers.MeetingAdjourned {
			return "The public sees that the meeting is adjourned" + p.until(" until ") + ". Open again when it goes on."
		}
		return "The public sees that the meeting has paused."
	case livestream.RoomPrivate:
		return "The public sees that the board meets in private" + p.until(", until about ") + ". Nothing can be asked, and nothing said. Stop the encoder and the recording too."
	}
	if p.Room.OpenedAt == nil {
		return "Opening makes the meeting live for everybody and takes questions live."
	}
	return "The public sees that the meeting has ended."
}

// until says when the room goes on, "" when that was not said.
func (p Live) until(before string) string {
	if p.Room.ResumesAt == nil {
		return ""
	}
	return before + Clock(*p.Room.ResumesAt, p.Zone)
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

// Seconds is one length of time that can be chosen.
type Seconds struct {
	Seconds int
	Words   string
	Chosen  bool
}

func secondChoices(now int, none string, list ...int) []Seconds {
	choices := []Seconds{{0, none, now == 0}}
	known := now == 0
	for _, n := range list {
		known = known || n == now
		choices = append(choices, Seconds{n, secondsWords(n), n == now})
	}
	if !known {
		choices = append(choices, Seconds{now, secondsWords(now), true})
	}
	return choices
}

func secondsWords(n int) string {
	if n%60 == 0 {
		return Count(n/60, "minute", "minutes")
	}
	return Count(n, "second", "seconds")
}

// SlowChoices are the pauses between two contributions of one device.
func (p Live) SlowChoices() []Seconds {
	return secondChoices(p.Room.Slow, "Off", 10, 30, 60, 120, 300)
}

// DelayChoices are how long only moderators see what is published.
func (p Live) DelayChoices() []Seconds { return secondChoices(p.Room.Delay, "Off", 10, 30, 60, 120) }

// LimitsHint says what slow mode, delay and pause do to the public now.
func (p Live) LimitsHint() string {
	var list []string
	if p.Room.AskingPaused {
		list = append(list, "Asking is paused: the form says so, and keeps what people write.")
	}
	if s := SlowWords(p.Room); s != "" {
		list = append(list, "Everybody reads: “"+s+"”")
	}
	if p.Room.Delay > 0 {
		list = append(list, "What you publish reaches the public after "+secondsWords(p.Room.Delay)+". Z stops it.")
	}
	if len(list) == 0 {
		return "Slow mode: the pause between two contributions of one device. Moderators first: what is published reaches the public later, and can be stopped until then."
	}
	return strings.Join(list, " ")
}

// SlowWords says slow mode to everybody, "" when it is off.
func SlowWords(r livestream.Room) string {
	if r.Slow == 0 {
		return ""
	}
	return "Slow mode is on: one contribution from each device every " + secondsWords(r.Slow) + "."
}
