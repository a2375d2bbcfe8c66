package livestream

import (
	"strings"
	"time"

	"clearday/papers"
)

// Kind is what a resident puts in.
type Kind string

// The kinds of contribution and the letter of their numbers.
const (
	KindQuestion  Kind = "question"  // Q-2026-0042
	KindStatement Kind = "statement" // S-2026-0007
)

// Letter begins the numbers of the kind.
func (k Kind) Letter() string {
	if k == KindStatement {
		return "S"
	}
	return "Q"
}

// State is where a contribution stands.
type State string

// The states of a contribution (design.md 5.3).
const (
	Received         State = "received"
	Held             State = "held"
	Published        State = "published"
	Merged           State = "merged"
	Refused          State = "refused"
	Transferred      State = "transferred"
	Put              State = "put"
	AnsweredOrally   State = "answered_orally"
	AnsweredWriting  State = "answered_in_writing"
	NotReached       State = "not_reached"
	WithdrawnByAsker State = "withdrawn"
)

// ShowsWords tells whether the public may see text and name in this state (design.md section 8):
// others see number, date and state only until it is published; a refusal or withdrawal never
// shows them.
func (s State) ShowsWords() bool {
	switch s {
	case Published, Put, AnsweredOrally, AnsweredWriting, NotReached:
		return true
	}
	return false
}

// next says which states a decision of the moderator may lead to. What was published by mistake can
// be taken back from every state that shows its words.
var next = map[State][]State{
	Received:        {Published, Held, Refused, Merged, Transferred},
	Held:            {Published, Refused, Merged, Transferred},
	Published:       {Put, AnsweredOrally, AnsweredWriting, NotReached, Merged, Refused},
	Put:             {AnsweredOrally, AnsweredWriting, NotReached, Refused},
	NotReached:      {AnsweredOrally, AnsweredWriting, Refused},
	AnsweredOrally:  {AnsweredWriting, Refused},
	AnsweredWriting: {Refused},
	Merged:          {},
	Refused:         {Published},
	Transferred:     {},
}

// MayBecome tells whether the state may be followed by the other.
func (s State) MayBecome(to State) bool {
	for _, t := range next[s] {
		if t == to {
			return true
		}
	}
	return false
}

// Reasons for refusing (rules.md 2.2): the code is public, its wording is neutral.
var Reasons = map[string]string{
	"not-responsible":       "It is about something this board does not decide.",
	"repeat-6-months":       "It was asked and answered in the last six months.",
	"individual-case":       "It is about one person’s care or case.",
	"names-individual":      "It names a member of staff or another person.",
	"confidential":          "It asks for confidential or exempt information.",
	"legal-proceedings":     "It is about legal proceedings.",
	"not-on-agenda":         "It is not about an item on this agenda.",
	"wording":               "Its wording falls outside the board’s rules.",
	"over-limit":            "It is over the limit of questions or length.",
	"late":                  "It came after the deadline.",
	"foi-or-sar-better":     "It is handled as a request for information instead.",
	"service-request-first": "It is a request for a service, which was told how to get it.",
}

// Contribution is what somebody put in, as staff with the right role see it.
type Contribution struct {
	Number      string     `json:"id"` // permanent and public
	Kind        Kind       `json:"kind"`
	Meeting     string     `json:"meeting"`
	Board       string     `json:"board"`
	Item        string     `json:"item"`
	State       State      `json:"state"`
	Text        string     `json:"text"`
	Name        string     `json:"name"` // as the asker wants it shown, or ""
	Area        string     `json:"area"`
	Supports    int        `json:"supports"`
	Reason      string     `json:"reason"` // code of a refusal
	MergedInto  string     `json:"merged_into"`
	Answer      string     `json:"answer"`
	AnsweredBy  string     `json:"answered_by"`
	Revision    int        `json:"revision"`
	ReceivedAt  time.Time  `json:"received_at"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	AnsweredAt  *time.Time `json:"answered_at,omitempty"`
	ChangedAt   time.Time  `json:"changed_at"`

	// Device is the hash of the asking device; never public.
	Device string `json:"-"`
	// Code opens the asker's private page; only what answers to the asker (Ask, Mine, Device) fills it.
	Code string `json:"-"`
}

// Question is the public face of a contribution: the words are empty until it is published.
type Question struct {
	Number      string     `json:"id"`
	Kind        Kind       `json:"kind"`
	Meeting     string     `json:"meeting"`
	Item        string     `json:"item,omitempty"`
	State       State      `json:"state"`
	Text        string     `json:"text,omitempty"`
	Name        string     `json:"name,omitempty"`
	Area        string     `json:"area,omitempty"`
	Supports    int        `json:"supports"`
	Reason      string     `json:"reason,omitempty"`
	MergedInto  string     `json:"merged_into,omitempty"`
	Answer      string     `json:"answer,omitempty"`
	AnsweredBy  string     `json:"answered_by,omitempty"`
	ReceivedAt  time.Time  `json:"received_at"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	AnsweredAt  *time.Time `json:"answered_at,omitempty"`
}

// Public gives what anybody may see.
func (c Contribution) Public() Question {
	q := Question{Number: c.Number, Kind: c.Kind, Meeting: c.Meeting, State: c.State, Supports: c.Supports,
		ReceivedAt: c.ReceivedAt, PublishedAt: c.PublishedAt, AnsweredAt: c.AnsweredAt, Reason: c.Reason, MergedInto: c.MergedInto}
	if q.State == Held {
		q.State = Received // that it is held is between the moderator and the asker
	}
	if c.State.ShowsWords() {
		q.Item, q.Text, q.Name, q.Area, q.Answer, q.AnsweredBy = c.Item, c.Text, c.Name, c.Area, c.Answer, c.AnsweredBy
	}
	return q
}

// Ask is a question on its way in.
type Ask struct {
	Meeting string
	Device  string // hash of the device's secret
	Key     string // of the asker's program: a retry with the same key gets the first answer again
	Kind    Kind
	Item    string
	Name    string
	Area    string
	Email   string // optional, for the answer only; sealed
	Text    string

	// From is the address it came from. It slows floods and is never stored.
	From string
}

// Limits of what is asked. They bound what one person can send; the board's own rules come on top.
const (
	MaxText = 500 // characters
	MaxName = 80
	MaxArea = 80
	MaxKey  = 64
)

// Tidy checks what was asked, as written.
func (a *Ask) Tidy() error {
	a.Text = strings.TrimSpace(strings.ReplaceAll(a.Text, "\r\n", "\n"))
	if a.Text == "" {
		return papers.Errorf(papers.CodeInvalid, "Write your question first.")
	}
	if n := len([]rune(a.Text)); n > MaxText {
		return papers.Errorf(papers.CodeTooLarge, "Your question has %d characters. Shorten it to %d.", n, MaxText)
	}
	if a.Key == "" || len(a.Key) > MaxKey {
		return papers.Errorf(papers.CodeInvalid, "Every question needs a key of 1 to %d characters.", MaxKey)
	}
	if a.Kind == "" {
		a.Kind = KindQuestion
	}
	if a.Kind != KindQuestion && a.Kind != KindStatement {
		return papers.Errorf(papers.CodeInvalid, "Choose a question or a statement.")
	}
	var err error
	if a.Name, err = papers.Line("name", a.Name, MaxName, false); err != nil {
		return err
	}
	if a.Area, err = papers.Line("area", a.Area, MaxArea, false); err != nil {
		return err
	}
	a.Email, err = papers.Line("e-mail address", a.Email, 200, false)
	return err
}

// Decision is what a moderator decides about a contribution.
type Decision struct {
	Number     string
	Revision   int // the one that was read: two moderators never act on the same words unknowingly; 0 = whatever it is
	To         State
	Item       string // moves it to another item when set
	Reason     string // code, for Refused
	MergedInto string // number, for Merged
	Answer     string
	AnsweredBy string
}

// Check tells what is missing in the decision, given what it is about.
func (d Decision) Check(c Contribution) error {
	if d.Revision != 0 && d.Revision != c.Revision {
		return papers.Errorf(papers.CodeConflict, "%s was changed by somebody else a moment ago. Look at it again.", c.Number)
	}
	if d.To != c.State && !c.State.MayBecome(d.To) || d.To == c.State && d.To == Merged {
		return papers.Errorf(papers.CodeConflict, "%s is %s: it cannot become %s.", c.Number, c.State.Words(), d.To.Words())
	}
	if d.To == Refused && Reasons[d.Reason] == "" {
		return papers.Errorf(papers.CodeInvalid, "Choose the reason for the refusal. It is public.")
	}
	if d.To == Merged && (d.MergedInto == "" || d.MergedInto == c.Number) {
		return papers.Errorf(papers.CodeInvalid, "Say which question %s is joined to.", c.Number)
	}
	if d.Answer != "" && d.To != AnsweredOrally && d.To != AnsweredWriting {
		return papers.Errorf(papers.CodeInvalid, "An answer is given with the state “answered”.")
	}
	if d.To == AnsweredWriting && strings.TrimSpace(d.Answer) == "" {
		return papers.Errorf(papers.CodeInvalid, "Write the answer first.")
	}
	return nil
}

// Words says a state as people do.
func (s State) Words() string {
	switch s {
	case Received:
		return "waiting for the moderator"
	case Held:
		return "held"
	case Published:
		return "published"
	case Merged:
		return "joined to another"
	case Refused:
		return "not taken"
	case Transferred:
		return "passed on"
	case Put:
		return "being answered"
	case AnsweredOrally:
		return "answered at the meeting"
	case AnsweredWriting:
		return "answered in writing"
	case NotReached:
		return "not reached"
	case WithdrawnByAsker:
		return "taken back by the asker"
	}
	return string(s)
}

// Filter narrows a list of contributions. Zero fields do not narrow.
type Filter struct {
	Meeting string
	Board   string
	State   State
	Cursor  string
	Limit   int // 0 means 50
}
