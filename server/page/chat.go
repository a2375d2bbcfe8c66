package page

import (
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// RoomChat is the chat beside a meeting as its watchers see it.
type RoomChat struct {
	Mode    papers.ChatMode
	ByRules papers.ChatMode // what the rules say when nothing else is said for this meeting
	First   bool            // it is what the page shows first, before the questions
	List    []ChatRow
	Own     []OwnMessage // the device's own that are not on the list
	Action  string       // address of the form and of the record
	Key     string       // makes sending twice one message
	Closed  string       // why nothing can be sent now, else ""

	Name, Text string
	Danger     bool   // somebody may be in danger, the sender said
	Error      string // what to mend, else ""
}

// On tells whether there is anything of a chat to show.
func (c RoomChat) On() bool { return c.Mode != papers.ChatOff || len(c.List) > 0 || c.Error != "" }

// MaxText is how many characters a message may have.
func (RoomChat) MaxText() int { return livestream.MaxMessage }

// MaxName is how many characters the name shown may have.
func (RoomChat) MaxName() int { return livestream.MaxName }

// ChatRow is a message on the list, or the mark of one that was removed.
type ChatRow struct {
	livestream.PublicMessage
	Zone *time.Location
	Mine bool
}

// Gone tells whether only a mark is left.
func (r ChatRow) Gone() bool { return r.State != livestream.ChatPosted }

// Why says the reason of a removal.
func (r ChatRow) Why() string { return livestream.ChatReasonWords(r.Reason) }

// OwnMessage is a message of the device that the public does not see: it waits, or was not taken.
type OwnMessage struct {
	livestream.ChatMessage
	Zone *time.Location
}

// Refused tells whether the message was not taken.
func (m OwnMessage) Refused() bool { return m.State == livestream.ChatRefused }

// Why says the reason of a refusal.
func (m OwnMessage) Why() string { return livestream.ChatReasonWords(m.Reason) }

// ChatRecord is the page with everything that was said in the chat of a meeting.
type ChatRecord struct {
	Base
	Meeting papers.Meeting
	Zone    *time.Location
	List    []ChatRow // newest first
	Next    string    // address of the next page, or ""
	First   bool      // this is the newest page
}

// Template names the page's template.
func (ChatRecord) Template() string { return "chat/record.html" }

// DeskChat is the chat at the live desk.
type DeskChat struct {
	Mode    papers.ChatMode
	ByRules papers.ChatMode
	Switch  livestream.ChatSwitch
	Delay   int           // seconds in which only moderators see what is sent, where it is checked after
	Waiting []ChatWaiting // oldest first
	Urgent  []ChatWaiting // those of the urgent queue, wherever they stand
	Recent  []ChatRow     // newest first
	Reasons []livestream.ChatReason
	Error   string // what the last act did not do, and why
}

// How says what this chat is.
func (c DeskChat) How() string {
	switch c.Mode {
	case papers.ChatCheckedFirst:
		return "Checked first: nobody sees a message before you post it."
	case papers.ChatCheckedAfter:
		if c.Delay > 0 {
			return "Checked after: a message is public by itself after " + secondsWords(c.Delay) + ", unless you refuse it first. Remove what breaks the rules; a mark with the reason stays."
		}
		return "Checked after: messages are public at once. Remove what breaks the rules; a mark with the reason stays."
	}
	return "The chat is off. What was said before stays on the record."
}

// Rules says what the rules of the meeting make of its chat.
func (c DeskChat) Rules() string {
	return map[papers.ChatMode]string{papers.ChatOff: "off", papers.ChatCheckedFirst: "checked first", papers.ChatCheckedAfter: "checked after"}[c.ByRules]
}

// ChatWaiting is a message that waits for a moderator.
type ChatWaiting struct {
	livestream.ChatMessage
	Age   string
	Risky bool // a number, an address or a postcode is among the words
}

// WhyUrgent says who calls it urgent.
func (w ChatWaiting) WhyUrgent() string { return title(urgentWords[w.UrgentBy]) }

// ChatHold is the form at a message that blocks its device or slows its address.
type ChatHold struct{ ID, CSRF, Show string }

// Hold gives that form of a message.
func (p Live) Hold(id string) ChatHold { return ChatHold{ID: id, CSRF: p.CSRF, Show: p.Show} }
