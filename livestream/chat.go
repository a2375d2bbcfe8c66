package livestream

import (
	"context"
	"encoding/json"
	"time"

	"clearday/papers"
)

// Chats keeps what is said beside the meeting. Every method is one transaction, as in [Store].
type Chats interface {
	// Say commits what was said in one room together: what needs no check is posted, each with its
	// event, the rest waits for a moderator. It answers, index-aligned, the message or an error. The
	// same device and key get the first answer again.
	Say(ctx context.Context, meeting string, batch []Say) ([]SayResult, error)
	// Said answers what the device's key got in this meeting, as Say gave it, or ErrNotFound.
	Said(ctx context.Context, meeting, device, key string) (ChatMessage, error)
	// DecideMessage applies a moderator's decision after MessageDecision.Check. Words that the public
	// may not see any more leave the earlier events too.
	DecideMessage(ctx context.Context, d MessageDecision, c papers.Change) (ChatMessage, error)
	// Message as staff see it; callers hold the permission.
	Message(ctx context.Context, id string) (ChatMessage, error)
	// ChatQueue is what waits for a moderator, oldest first, at most limit.
	ChatQueue(ctx context.Context, meeting string, limit int) ([]ChatMessage, error)
	// Chat are the public faces of a public meeting, newest first, with the cursor of the next page.
	Chat(ctx context.Context, meeting, cursor string, limit int) (list []PublicMessage, next string, err error)
	// OwnMessages are the device's latest in this meeting, oldest first.
	OwnMessages(ctx context.Context, meeting, device string) ([]ChatMessage, error)

	// DueChats are the meetings with messages whose moment has come by now, and that are not in private.
	DueChats(ctx context.Context, now time.Time) ([]string, error)
	// PostDue posts those of a meeting together. Where the chat is not checked after any more they wait
	// for a moderator instead.
	PostDue(ctx context.Context, meeting string) error
	// UrgentMessages are those of the urgent queue, oldest first.
	UrgentMessages(ctx context.Context, meeting string) ([]ChatMessage, error)
	// SeeTo takes a message out of the urgent queue.
	SeeTo(ctx context.Context, message string, c papers.Change) error
}

// ChatSwitch says how the chat of one meeting is kept: as the rules say, or otherwise.
type ChatSwitch string

// The positions of the switch beside those of papers.ChatMode.
const (
	ChatByRules ChatSwitch = ""
	ChatOff     ChatSwitch = "off"
)

// ChatMode is how the chat of the room is kept, given the rules of its meeting.
func (r Room) ChatMode(rules papers.QuestionRules) papers.ChatMode {
	switch r.Chat {
	case ChatByRules:
		return rules.Chat
	case ChatOff:
		return papers.ChatOff
	}
	return papers.ChatMode(r.Chat)
}

func (s ChatSwitch) known() bool {
	switch papers.ChatMode(s) {
	case papers.ChatMode(ChatByRules), papers.ChatMode(ChatOff), papers.ChatCheckedFirst, papers.ChatCheckedAfter:
		return true
	}
	return false
}

// ChatState is where a message of the chat stands.
type ChatState string

// The states of a message.
const (
	ChatWaiting ChatState = "waiting" // for a moderator, where the chat is checked first
	ChatPosted  ChatState = "posted"
	ChatRefused ChatState = "refused" // never shown
	ChatRemoved ChatState = "removed" // was shown; a mark stays
)

// Words says a state as people do.
func (s ChatState) Words() string {
	switch s {
	case ChatWaiting:
		return "waiting for the moderator"
	case ChatRefused:
		return "not taken"
	}
	return string(s)
}

// ChatReason is why a message was refused or removed. Its code and its neutral words are public.
type ChatReason struct{ Code, Words string }

// ChatReasons is the whole list, in the order in which it is offered.
var ChatReasons = []ChatReason{
	{"personal-details", "It held personal details."},
	{"names-individual", "It named a member of staff or another person."},
	{"confidential", "It held confidential information."},
	{"off-topic", "It was not about this meeting."},
	{"repeat", "It was said before."},
	{"wording", "Its wording fell outside the rules for taking part."},
}

// ChatReasonWords gives the words of a code, "" when it is none.
func ChatReasonWords(code string) string {
	for _, r := range ChatReasons {
		if r.Code == code {
			return r.Words
		}
	}
	return ""
}

// ChatMessage is what somebody said in the chat, as a moderator sees it.
type ChatMessage struct {
	ID       string     `json:"id"` // permanent and public
	Meeting  string     `json:"meeting"`
	Board    string     `json:"board"`
	State    ChatState  `json:"state"`
	Seq      int64      `json:"seq"`  // number of the event that posted it, which is its place; 0 before
	Name     string     `json:"name"` // as the sender wants it shown, or ""
	Text     string     `json:"text"`
	Reason   string     `json:"reason"` // code of a refusal or removal
	SentAt   time.Time  `json:"sent_at"`
	PostedAt *time.Time `json:"posted_at,omitempty"`
	EndedAt  *time.Time `json:"ended_at,omitempty"` // when it was refused or removed

	PublicAt *time.Time `json:"public_at,omitempty"` // when it is posted, unless a moderator is first
	UrgentBy string     `json:"urgent_by,omitempty"` // sender, words or report; empty: not urgent
	SeenAt   *time.Time `json:"seen_at,omitempty"`   // when a moderator took it out of the urgent queue

	// Device is the hash of the sending device, and Key what it named the message by; never public.
	Device string `json:"-"`
	Key    string `json:"-" bun:"send_key"`
}

// PublicMessage is the public face of a message: words while it is posted, a mark with the reason once
// it was removed.
type PublicMessage struct {
	ID      string     `json:"id"`
	State   ChatState  `json:"state"`
	Seq     int64      `json:"seq,omitempty"`
	Name    string     `json:"name,omitempty"`
	Text    string     `json:"text,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	At      time.Time  `json:"at"` // when it was posted, or sent when it never was
	EndedAt *time.Time `json:"ended_at,omitempty"`
}

// Public gives what anybody may see.
func (m ChatMessage) Public() PublicMessage {
	p := PublicMessage{ID: m.ID, State: m.State, Seq: m.Seq, Reason: m.Reason, At: m.SentAt, EndedAt: m.EndedAt}
	if m.PostedAt != nil {
		p.At = *m.PostedAt
	}
	if m.State == ChatPosted {
		p.Name, p.Text = m.Name, m.Text
	}
	return p
}

// MaxMessage is how many characters a message may have: it is read beside a meeting.
const MaxMessage = 300

// Say is a message on its way in.
type Say struct {
	Meeting string
	Device  string // hash of the device's secret
	Key     string // of the sender's program: a retry with the same key gets the first answer again
	Name    string
	Text    string
	Danger  bool // its sender says that somebody may be in danger

	Checked  bool   // a moderator looks first
	UrgentBy string // who or what calls it urgent: sender or words

	// From is the address it came from. It slows floods and is never stored.
	From string
}

// SayResult is the message, or why it was not taken.
type SayResult struct {
	Message ChatMessage
	Err     error
}

// Tidy checks what was said, as written. A message is one line.
func (s *Say) Tidy() error {
	if s.Key == "" || len(s.Key) > MaxKey {
		return papers.Errorf(papers.CodeInvalid, "Every message needs a key of 1 to %d characters.", MaxKey)
	}
	var err error
	if s.Text, err = papers.Line("message", s.Text, MaxFrame, false); err != nil {
		return papers.Errorf(papers.CodeTooLarge, "That is too long to send.")
	}
	if s.Text == "" {
		return papers.Errorf(papers.CodeInvalid, "Write your message first.")
	}
	if n := len([]rune(s.Text)); n > MaxMessage {
		return papers.Errorf(papers.CodeTooLarge, "Your message has %d characters. Shorten it to %d.", n, MaxMessage)
	}
	s.Name, err = papers.Line("name", s.Name, MaxName, false)
	return err
}

// MessageDecision is what a moderator decides about a message.
type MessageDecision struct {
	ID     string
	To     ChatState
	Reason string // code, for refused and removed
}

// Check tells what is missing in the decision, given what it is about and the room.
func (d MessageDecision) Check(m ChatMessage, r Room) error {
	switch {
	case d.To == ChatPosted && m.Text == "":
		return papers.Errorf(papers.CodeConflict, "The words of this message were erased by the retention rule.")
	case d.To == ChatPosted && r.State == RoomPrivate:
		return papers.Errorf(papers.CodeConflict, "The meeting is in private session. Post it when it is public again.")
	case m.State == ChatWaiting && (d.To == ChatPosted || d.To == ChatRefused), m.State == ChatPosted && d.To == ChatRemoved:
	case d.To != ChatPosted && d.To != ChatRefused && d.To != ChatRemoved:
		return papers.Errorf(papers.CodeInvalid, "A message is posted, refused or removed.")
	default:
		return papers.Errorf(papers.CodeConflict, "This message is %s by now. Look at it again.", m.State.Words())
	}
	if d.To != ChatPosted && ChatReasonWords(d.Reason) == "" {
		return papers.Errorf(papers.CodeInvalid, "Choose the reason. It is public.")
	}
	return nil
}

// Apply gives the message after the decision, at the moment.
func (d MessageDecision) Apply(m ChatMessage, now time.Time) ChatMessage {
	m.State, m.Reason, m.PublicAt = d.To, "", nil
	if d.To == ChatPosted {
		m.PostedAt = &now
		return m
	}
	m.Reason, m.EndedAt = d.Reason, &now
	return m
}

// TakesMessages tells whether the chat of the meeting takes a message now, or why not.
func TakesMessages(m papers.Meeting, r Room, mode papers.ChatMode) error {
	switch {
	case mode == papers.ChatOff:
		return closed("There is no chat at this meeting.")
	case m.State == papers.MeetingCancelled:
		return closed("This meeting was cancelled.")
	case m.State == papers.MeetingPostponed:
		return closed("This meeting was postponed.")
	case r.State == RoomPrivate:
		return closed("The meeting is in private session. The chat goes on when it is public again.")
	case r.State == RoomPaused:
		return closed("The meeting has paused. The chat goes on when it does.")
	case r.State == RoomOpen:
		return nil
	case r.ClosedAt != nil || m.State == papers.MeetingHeld:
		return closed("The meeting has ended, and the chat with it.")
	}
	return closed("The chat opens when the meeting begins.")
}

// message gives the face that an event of the chat tells.
func (e Event) message() (m PublicMessage, ok bool) {
	if e.Kind != EventChatPosted && e.Kind != EventChatRemoved || json.Unmarshal(e.Data, &m) != nil {
		return PublicMessage{}, false
	}
	return m, true
}

// TakeBackMessage puts the face, which has no words or no name any more, in the place of what the event
// tells of the same message. It tells whether there was any of it.
func (e *Event) TakeBackMessage(face PublicMessage) bool {
	m, ok := e.message()
	if !ok || m.ID != face.ID || m.State != ChatPosted {
		return false
	}
	b, err := json.Marshal(face)
	if err != nil { // a face can always be written; else nothing is better than the words
		b = []byte("{}")
	}
	e.Data = b
	return true
}
