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

// next says which states may follow. What was published by mistake can be taken back from every state
// that shows its words: at once by holding it, for good by a refusal. A refusal can be reversed. Only
// the asker withdraws, and not what was answered: that is the record of the meeting.
var next = map[State][]State{
	Received:        {Published, Held, Refused, Merged, Transferred, WithdrawnByAsker},
	Held:            {Published, Received, Refused, Merged, Transferred, WithdrawnByAsker},
	Published:       {Put, AnsweredOrally, AnsweredWriting, NotReached, Merged, Held, Refused, Transferred, WithdrawnByAsker},
	Put:             {AnsweredOrally, AnsweredWriting, NotReached, Held, Refused, WithdrawnByAsker},
	NotReached:      {AnsweredOrally, AnsweredWriting, Held, Refused, Transferred, WithdrawnByAsker},
	AnsweredOrally:  {AnsweredWriting, Held, Refused},
	AnsweredWriting: {Held, Refused},
	Merged:          {WithdrawnByAsker},
	Refused:         {Published, Received, WithdrawnByAsker},
	Transferred:     {WithdrawnByAsker},
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

// Contribution is what somebody put in, as staff with the right role see it.
type Contribution struct {
	Number      string     `json:"id"` // permanent and public
	Kind        Kind       `json:"kind"`
	Meeting     string     `json:"meeting"`
	Board       string     `json:"board"`
	Item        string     `json:"item"`
	Parent      string     `json:"parent,omitempty"` // the number that it is supplementary to
	State       State      `json:"state"`
	Text        string     `json:"text"` // as it is shown, or would be
	Wording     Wording    `json:"wording,omitempty"`
	Name        string     `json:"name"` // as the asker wants it shown, or ""
	Area        string     `json:"area"`
	For         string     `json:"organisation,omitempty" bun:"organisation"` // on whose behalf, as the asker wants it shown
	Supports    int        `json:"supports"`
	Reason      string     `json:"reason"` // code of the record of a refusal; others see PublicReason of it
	MergedInto  string     `json:"merged_into"`
	Answer      string     `json:"answer"`
	AnsweredBy  string     `json:"answered_by"`
	Revision    int        `json:"revision"`
	ReceivedAt  time.Time  `json:"received_at"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	AnsweredAt  *time.Time `json:"answered_at,omitempty"`
	ChangedAt   time.Time  `json:"changed_at"`

	Channel     Channel    `json:"channel,omitempty"`
	Urgent      bool       `json:"urgent,omitempty"` // somebody may be in danger: it comes first at the desk
	ProposedAt  *time.Time `json:"proposed_at,omitempty"`
	RepliedAt   *time.Time `json:"replied_at,omitempty"` // the asker wrote, and the desk has not dealt with it
	Transfer    Transfer   `json:"transfer,omitzero" bun:"embed:transfer_"`
	AllocatedTo string     `json:"allocated_to,omitempty"` // the partner who answers
	AllocatedAt *time.Time `json:"allocated_at,omitempty"`
	DraftStep   DraftStep  `json:"draft_step,omitempty"` // how far an answer is
	AnswerDue   string     `json:"answer_due,omitempty"` // the day by which a written answer is promised, 2006-01-02
	PutAt       *time.Time `json:"put_at,omitempty"`
	PutItem     string     `json:"put_item,omitempty"` // id of the item under which it was put

	// Of the supports that came in unusual patterns and are stated: those that Supports counts, and those
	// that it leaves out.
	UnusualCounted int `json:"unusual_counted,omitempty"`
	UnusualLeftOut int `json:"unusual_left_out,omitempty"`

	// When the retention rule erased how to reach the asker, and the words that were not published.
	ContactErasedAt *time.Time `json:"contact_erased_at,omitempty"`
	WordsErasedAt   *time.Time `json:"words_erased_at,omitempty"`

	// Private is for the asker and the desk; the store seals it.
	Private `bun:"-"`

	// Device is the hash of the asking device; never public.
	Device string `json:"-"`
	// Code opens the asker's private page; only what answers to the asker (Ask, Mine, Device) fills it.
	Code string `json:"-"`
}

// Private is what is known of a contribution and its asker beside what can become public.
type Private struct {
	Email     string    `json:"-"`                   // for answers only; nobody's page shows it
	HasEmail  bool      `json:"has_email,omitzero"`  // that there is one
	EnteredBy string    `json:"entered_by,omitzero"` // who of the staff entered it for somebody
	Minor     bool      `json:"minor,omitzero"`      // under 18: no name is shown
	Health    bool      `json:"health,omitzero"`     // tells of somebody's health: not published as it is
	Withheld  Withheld  `json:"withheld,omitzero"`   // who asked, as far as it is never shown
	Original  string    `json:"original,omitzero"`   // as it came, where it reads otherwise now
	Redraft   *Redraft  `json:"redraft,omitzero"`
	Proposed  *Proposal `json:"proposed,omitzero"` // a refusal that waits for whoever decides
	Told      string    `json:"told,omitzero"`     // what the asker was told beside the public words of a refusal
	Draft     Draft     `json:"draft,omitzero"`
}

// Withheld is what the board's rule or the asker's choice leaves out of what becomes public. The desk
// needs it where the rules ask who somebody is.
type Withheld struct {
	Name string `json:"name,omitempty"`
	Area string `json:"area,omitempty"`
	For  string `json:"organisation,omitempty"`
}

// NameWithheld tells whether a name was given that is not to be shown; of who is under 18 it never is.
func (p Private) NameWithheld() bool { return p.Withheld.Name != "" && !p.Minor }

// Channel is how a contribution came (rules.md Q-7).
type Channel string

// The channels. What staff enter for somebody names how it reached them.
const (
	ChannelRoom     Channel = "room" // the live room
	ChannelForm     Channel = "form" // the form of the site
	ChannelEmail    Channel = "email"
	ChannelPhone    Channel = "phone"
	ChannelPost     Channel = "post"
	ChannelInPerson Channel = "in_person"
)

// Wording says whether the words are still the asker's own.
type Wording string

// The wordings. Empty is word for word.
const (
	WordingAgreed Wording = "agreed" // redrafted, and the asker agreed
	WordingEdited Wording = "edited" // changed by the moderator; the asker was told
)

// Redraft is other words that the desk offers, for the asker to agree to or to decline.
type Redraft struct {
	Text  string       `json:"text"`
	Why   string       `json:"why"` // as the asker reads it
	By    papers.Actor `json:"by"`
	At    time.Time    `json:"at"`
	State RedraftState `json:"state"`
}

// RedraftState is where a redraft stands.
type RedraftState string

// The states of a redraft.
const (
	RedraftOffered  RedraftState = "offered"
	RedraftAgreed   RedraftState = "agreed"
	RedraftDeclined RedraftState = "declined"
	RedraftDropped  RedraftState = "dropped" // the desk decided otherwise meanwhile
)

// Proposal is a refusal that a moderator proposes: the board's decision role decides (rules.md 2.2).
type Proposal struct {
	Reason string       `json:"reason"`
	Note   string       `json:"note"` // for whoever decides; the asker sees it in nothing but their own file
	Told   string       `json:"told"` // what the asker is to be told
	By     papers.Actor `json:"by"`
	At     time.Time    `json:"at"`
}

// Transfer is a contribution that goes on in another procedure, with the clock of that one.
type Transfer struct {
	Kind TransferKind `json:"kind,omitempty"`
	Due  string       `json:"due,omitempty"`  // the day by which that procedure answers, 2006-01-02, or ""
	Done string       `json:"done,omitempty"` // the day on which it had dealt with it, or ""
}

// TransferKind names the other procedure.
type TransferKind string

// The procedures that a contribution can be passed on to.
const (
	TransferFOI       TransferKind = "foi" // request for information, also of one's own data
	TransferComplaint TransferKind = "complaint"
	TransferService   TransferKind = "service" // service request
)

// transfers are the other procedures: the public words of each, and the working days that its law gives
// it to answer, counted from the day after the question came; 0 where rules.md section 2 names none: then
// the day is what the desk was told.
var transfers = map[TransferKind]struct {
	words string
	days  int
}{
	TransferFOI:       {"a request for information", 20}, // Freedom of Information Act 2000, section 10
	TransferComplaint: {"a complaint", 0},
	TransferService:   {"a request to the service", 0},
}

// Words names the procedure: "a request for information".
func (k TransferKind) Words() string { return transfers[k].words }

// Days are the working days in which the procedure answers, or 0.
func (k TransferKind) Days() int { return transfers[k].days }

// Draft is a written answer before it is given: written by one act, approved by another.
type Draft struct {
	Text       string       `json:"text"`
	For        string       `json:"for"` // who answers, as the public will read it
	By         papers.Actor `json:"by"`
	ApprovedBy papers.Actor `json:"approved_by,omitzero"`
}

// DraftStep is how far a written answer is.
type DraftStep string

// The steps of an answer before it is given.
const (
	Drafted  DraftStep = "drafted"
	Approved DraftStep = "approved"
)

// Ask is a question on its way in.
type Ask struct {
	Meeting string
	Device  string // hash of the device's secret
	Key     string // of the asker's program: a retry with the same key gets the first answer again
	Kind    Kind
	Item    string
	Parent  string // the number that it is supplementary to
	Name    string
	Area    string
	For     string // the organisation on whose behalf
	Email   string // optional, for the answer only; sealed
	Text    string
	Urgent  bool // its sender says that somebody may be in danger

	NoName    bool // the name is not to be shown
	Minor     bool // under 18: no name is shown, ever
	Health    bool // about somebody's own health or care
	Confirmed bool // that the board's statement of who may ask is true
	Withheld  Withheld

	Channel    Channel
	EnteredBy  string    // who of the staff entered it for somebody
	ReceivedAt time.Time // when staff received it; zero is now

	// From is the address it came from. It slows floods; a keyed hash of it is kept for an hour, the address never.
	From string
}

// Limits of what is asked. They bound what one person can send; the board's own rules come on top.
const (
	MaxText = 500 // characters, where the board does not limit words
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
	if n := len([]rune(a.Text)); n > MaxLong {
		return papers.Errorf(papers.CodeTooLarge, "Your question has %d characters. Shorten it.", n)
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
	if a.For, err = papers.Line("organisation", a.For, MaxName, false); err != nil {
		return err
	}
	if a.Email = strings.TrimSpace(a.Email); a.Email == "" {
		return nil
	}
	a.Email, err = papers.Email(a.Email)
	return err
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
