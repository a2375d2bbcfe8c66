package page

import (
	"strings"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// Mine is the asker's private page.
type Mine struct {
	Base
	Own      livestream.Contribution
	Item     string // what it is about, "item 5, Urgent care", or ""
	Meeting  papers.Meeting
	Zone     *time.Location
	Address  string // of this page, to keep
	Action   string // of its forms
	ByHand   bool   // the code was typed in: forms carry it, so that it is in no address
	Headline string
	Next     string // what happens next, or ""
	Steps    []Step
	Into     *Entry // what it was joined to
	Said     []Said
	RoomOpen bool
	Further  bool // one further question may follow the answer

	Flash string
	Error string // what an act did not do, and why
	Open  string // the act that is open: reply
	Typed string // a reply that did not go through
}

// Template names the page's template.
func (Mine) Template() string { return "question/mine.html" }

// Said is one entry of the file as the asker reads it.
type Said struct {
	At    time.Time
	Title string
	Who   string // "the moderator", or "you"
	Told  string // by the desk to the asker
	Text  string // words that belong to it
}

// Find is the page where a number and a code are typed in.
type Find struct {
	Base
	Number string
	Error  string
}

// Template names the page's template.
func (Find) Template() string { return "question/find.html" }

// SaidOf gives the file of a contribution as its asker reads it.
func SaidOf(list []livestream.Message) []Said {
	said := make([]Said, 0, len(list))
	for _, m := range list {
		s := Said{At: m.At, Title: m.Words(), Who: whoWords(m.By.Role), Told: m.Told}
		switch m.Kind {
		case livestream.MessageEdited, livestream.MessageOffered, livestream.MessageReplied, livestream.MessageAgreed:
			s.Text = m.Text
		}
		said = append(said, s)
	}
	return said
}

// whoWords names a role in a sentence to the asker.
func whoWords(role string) string {
	switch role {
	case livestream.RoleAsker:
		return "you"
	case "secretary":
		return "the board secretary"
	case "program", "":
		return "Clearday"
	}
	return "the " + role
}

// mineWords says to the asker where a contribution stands and what happens next, for the states in which
// they are told more than others.
func mineWords(c livestream.Contribution) (where, next string, ok bool) {
	switch {
	case c.Offered() != nil:
		return "The moderator offers other words for it. Nothing is decided until you answer.",
			"Read both below and choose. With your own words the moderator decides whether they can be published as they are.", true
	case c.State == livestream.Held && c.Proposed != nil:
		return "The moderator proposes not to take it. That is not decided yet, and nobody else can read it.",
			"The reason proposed: " + livestream.Reasons[c.Proposed.Reason] + " Somebody who decides for the board looks at it. You can write to them below.", true
	case c.State == livestream.Refused:
		return "It was not taken. " + livestream.Reasons[c.Reason],
			"Others see its number, the date and this reason, never your words or name. If you think this is wrong, write below: it is looked at again.", true
	case c.State == livestream.Transferred:
		next := ""
		switch {
		case c.Transfer.Done != "":
			next = "They had dealt with it on " + LongDate(c.Transfer.Done) + "."
		case c.Transfer.Due != "" && c.Transfer.Kind.Days() > 0:
			next = "The law gives them until " + LongDate(c.Transfer.Due) + " to answer you."
		case c.Transfer.Due != "":
			next = "They answer you by " + LongDate(c.Transfer.Due) + "."
		}
		return "It was passed on" + asWhat(c.Transfer.Kind) + ".", strings.TrimSpace(next + " Your words are not public. Others see its number, the date and that it was passed on."), true
	case c.State == livestream.WithdrawnByAsker:
		return "You took it back.", "Your words and your name are gone from every page and from the desk. Only this page still shows them to you. The number stays, so that the totals add up.", true
	case c.State == livestream.Merged:
		return "It was joined to one like it.", "Your support counts there, and you keep this page. The answer to that one stands here too.", true
	}
	return "", "", false
}

// asWhat says as what something was passed on, or nothing where that is not known.
func asWhat(k livestream.TransferKind) string {
	if k.Words() == "" {
		return " to those who can answer it"
	}
	return " as " + k.Words()
}
