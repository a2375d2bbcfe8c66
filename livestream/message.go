package livestream

import (
	"strings"
	"time"

	"clearday/papers"
)

// Message is one entry in the file of a contribution: what the desk or the asker did or said. The store
// seals it. The asker may read their own file (rules.md 5.3), without the names of the staff and
// without Note.
type Message struct {
	At     time.Time    `json:"at"`
	By     papers.Actor `json:"by"` // RoleAsker for the asker
	Kind   MessageKind  `json:"kind"`
	Reason string       `json:"reason,omitempty"` // code of the record
	Text   string       `json:"text,omitempty"`   // words: offered, edited, replied, of an answer
	Note   string       `json:"note,omitempty"`   // why, for the record
	Told   string       `json:"told,omitempty"`   // what the asker was told
}

// RoleAsker is the role of whoever holds the private page.
const RoleAsker = "asker"

// Asker is the actor of what is done on the private page.
var Asker = papers.Actor{Name: "The asker", Role: RoleAsker}

// FromAsker tells whether the asker wrote it.
func (m Message) FromAsker() bool { return m.By.Role == RoleAsker }

// MessageKind names what was done.
type MessageKind string

// The kinds of message beside the states, whose own names they have when a state was reached.
const (
	MessageProposed   MessageKind = "refusal_proposed"
	MessageNotRefused MessageKind = "refusal_declined"
	MessageOffered    MessageKind = "redraft_offered"
	MessageAgreed     MessageKind = "redraft_agreed"
	MessageDeclined   MessageKind = "redraft_declined"
	MessageEdited     MessageKind = "edited"
	MessageAllocated  MessageKind = "allocated"
	MessageDrafted    MessageKind = "answer_drafted"
	MessageApproved   MessageKind = "answer_approved"
	MessagePromised   MessageKind = "answer_promised"
	MessageDealtWith  MessageKind = "dealt_with"
	MessageMoved      MessageKind = "moved"
	MessageReplied    MessageKind = "replied"
	MessageSeen       MessageKind = "reply_seen"
	MessageUnnamed    MessageKind = "name_removed"
	MessageForgotten  MessageKind = "address_removed"
	MessageNoted      MessageKind = "noted" // something was said, and nothing done
)

// Messages says what a decision did, one entry for each thing. What is told the asker stands with the first.
func (d Decision) Messages(was, now Contribution, by papers.Actor) []Message {
	var list []Message
	add := func(kind MessageKind, m Message) {
		m.At, m.By, m.Kind = now.ChangedAt, by, kind
		if len(list) == 0 {
			m.Note, m.Told = d.Note, d.Told
		}
		if d.Proposes() {
			m.Told = "" // only once it is decided
		}
		list = append(list, m)
	}
	if d.Redraft != "" {
		add(MessageOffered, Message{Text: d.Redraft})
	}
	switch {
	case d.Proposes():
		add(MessageProposed, Message{Reason: d.Reason})
	case d.Drop && was.Proposed != nil:
		add(MessageNotRefused, Message{Reason: was.Proposed.Reason})
	}
	if now.State != was.State && !d.Proposes() {
		add(MessageKind(now.State), Message{Reason: now.Reason, Text: stateText(now)})
	}
	if now.Text != was.Text {
		add(MessageEdited, Message{Text: now.Text})
	}
	for _, step := range []struct {
		done bool
		kind MessageKind
		text string
	}{
		{now.AllocatedTo != was.AllocatedTo, MessageAllocated, now.AllocatedTo},
		{d.Draft != "", MessageDrafted, d.Draft},
		{d.Approve, MessageApproved, now.Draft.Text},
		{now.AnswerDue != was.AnswerDue, MessagePromised, now.AnswerDue},
		{now.Transfer.Done != was.Transfer.Done, MessageDealtWith, now.Transfer.Done},
		{now.Item != was.Item, MessageMoved, ""},
		{d.Seen && was.RepliedAt != nil, MessageSeen, ""},
	} {
		if step.done {
			add(step.kind, Message{Text: step.text})
		}
	}
	if len(list) == 0 && (d.Note != "" || d.Told != "") {
		add(MessageNoted, Message{})
	}
	return list
}

// stateText is what belongs to a state that was reached.
func stateText(c Contribution) string {
	switch c.State {
	case Merged:
		return c.MergedInto
	case Transferred:
		return string(c.Transfer.Kind)
	case AnsweredOrally, AnsweredWriting:
		return c.Answer
	}
	return ""
}

// Words says what was done, as a title: Published, The answer was approved.
func (m Message) Words() string {
	switch m.Kind {
	case MessageProposed:
		return "Proposed not to take it"
	case MessageNotRefused:
		return "Decided not to refuse it"
	case MessageOffered:
		return "Other words were offered"
	case MessageAgreed:
		return "The other words were agreed"
	case MessageDeclined:
		return "The other words were declined"
	case MessageEdited:
		return "The words were changed"
	case MessageAllocated:
		return "Given to a partner to answer"
	case MessageDrafted:
		return "An answer was drafted"
	case MessageApproved:
		return "The answer was approved"
	case MessagePromised:
		return "A written answer was promised"
	case MessageDealtWith:
		return "Dealt with by those it was passed on to"
	case MessageMoved:
		return "Placed under another item"
	case MessageReplied:
		return "A message to the moderator"
	case MessageSeen:
		return "The message was read"
	case MessageUnnamed:
		return "The name was taken off"
	case MessageForgotten:
		return "The e-mail address was taken off"
	case MessageNoted:
		return "A message"
	case MessageKind(Received):
		return "Waiting for the moderator again"
	case MessageKind(Put):
		return "Put to the board"
	}
	s := State(m.Kind).Words()
	return strings.ToUpper(s[:1]) + s[1:]
}
