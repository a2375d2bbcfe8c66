package livestream

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"clearday/papers"
)

// Response is what an asker does on their private page. The code of its address is what allows it.
type Response struct {
	Number   string
	Code     string
	Do       ResponseKind
	Revision int    // of a redraft that was read; others need none
	Text     string // of a reply
}

// ResponseKind is what an asker can do.
type ResponseKind string

// The kinds of response.
const (
	Agree    ResponseKind = "agree"
	Decline  ResponseKind = "decline"
	Reply    ResponseKind = "reply"
	Withdraw ResponseKind = "withdraw"
	Unname   ResponseKind = "unname" // takes the name off, and what else says who asked
	Forget   ResponseKind = "forget" // takes the e-mail address off
)

// MayWithdraw tells whether the asker can take it back. What was answered is the record of the meeting:
// there the name can go.
func (c Contribution) MayWithdraw() bool { return c.State.MayBecome(WithdrawnByAsker) }

// Offered is the redraft that waits for the asker, or nil.
func (c Contribution) Offered() *Redraft {
	if c.Redraft != nil && c.Redraft.State == RedraftOffered {
		return c.Redraft
	}
	return nil
}

// Respond does what the asker wants. Doing it twice is once.
func (h *Hub) Respond(ctx context.Context, r Response) (Contribution, error) {
	h.init()
	c, err := h.Store.Mine(ctx, r.Number, r.Code)
	if err != nil {
		return Contribution{}, fmt.Errorf("reading the asker's own: %w", err)
	}
	if r.done(c) {
		return c, nil
	}
	if h.take(ctx, c.Meeting, Bucket{"mine", c.Number, h.Limits.Asks}) != "" {
		return Contribution{}, papers.Errorf(papers.CodeTooMany, "That was a lot in a short time. Wait a minute, then try again.")
	}
	if err := r.Check(c); err != nil {
		return Contribution{}, err
	}
	after, err := h.Store.Respond(ctx, r)
	if err != nil {
		return Contribution{}, fmt.Errorf("keeping what the asker did: %w", err)
	}
	h.announce(Wake{Meeting: c.Meeting, Queue: true})
	return after, nil
}

// done tells that the response was given already, as when a form is sent twice.
func (r Response) done(c Contribution) bool {
	switch r.Do {
	case Withdraw:
		return c.State == WithdrawnByAsker
	case Unname:
		return c.Name == "" && c.Area == "" && c.For == "" && c.Withheld == (Withheld{})
	case Forget:
		return c.Email == ""
	case Agree:
		return c.Redraft != nil && c.Redraft.State == RedraftAgreed
	case Decline:
		return c.Redraft != nil && c.Redraft.State == RedraftDeclined
	}
	return false
}

// maxReply bounds what an asker writes to the desk, in characters.
const maxReply = 2000

// Check tells what stands against the response.
func (r *Response) Check(c Contribution) error {
	switch r.Do {
	case Agree, Decline:
		if c.Offered() == nil {
			return papers.Errorf(papers.CodeConflict, "There is no offer of other words to answer any more. Read again how your question stands.")
		}
		if r.Revision != c.Revision {
			return papers.Errorf(papers.CodeConflict, "Something changed a moment ago. Read the words again, then answer.")
		}
	case Reply:
		r.Text = strings.TrimSpace(printable(r.Text))
		if r.Text == "" {
			return papers.Errorf(papers.CodeInvalid, "Write your reply first.")
		}
		if n := len([]rune(r.Text)); n > maxReply {
			return papers.Errorf(papers.CodeTooLarge, "Your reply has %d characters. Shorten it to %d.", n, maxReply)
		}
	case Withdraw:
		if !c.MayWithdraw() {
			return papers.Errorf(papers.CodeConflict, "It was answered, and belongs to the record of the meeting. You can take your name off.")
		}
	case Unname, Forget:
	default:
		return papers.Errorf(papers.CodeInvalid, "Choose what you want to do.")
	}
	return nil
}

// Apply gives the contribution as it is after the response, and what its file says of it.
func (r Response) Apply(c Contribution, now time.Time) (Contribution, Message) {
	m := Message{At: now, By: Asker}
	switch r.Do {
	case Agree:
		m.Kind, m.Text = MessageAgreed, c.Redraft.Text
		c.rewrite(c.Redraft.Text, WordingAgreed)
		c.answered(RedraftAgreed)
	case Decline:
		m.Kind = MessageDeclined
		c.answered(RedraftDeclined)
	case Reply:
		m.Kind, m.Text, c.RepliedAt = MessageReplied, r.Text, &now
	case Withdraw:
		m.Kind = MessageKind(WithdrawnByAsker)
		c.State, c.Proposed, c.ProposedAt, c.RepliedAt = WithdrawnByAsker, nil, nil, nil
		c.answered(RedraftDropped)
	case Unname:
		m.Kind = MessageUnnamed
		c.Name, c.Area, c.For, c.Withheld = "", "", "", Withheld{}
	case Forget:
		m.Kind = MessageForgotten
		c.Email, c.HasEmail = "", false
	}
	c.Revision, c.ChangedAt = c.Revision+1, now
	return c, m
}

// answered ends an offer of other words. What was held for it waits for the moderator again.
func (c *Contribution) answered(s RedraftState) {
	if c.Redraft == nil || c.Redraft.State != RedraftOffered {
		return
	}
	ended := *c.Redraft
	ended.State = s
	c.Redraft = &ended
	if c.State == Held && c.Proposed == nil {
		c.State = Received
	}
}

// Released is a contribution that was joined to one which its asker took back: it waits for the
// moderator again, in its own right (rules.md Q-8).
func (c Contribution) Released(now time.Time) (Contribution, Message) {
	m := Message{At: now, By: papers.Program, Kind: MessageKind(Received), Text: c.MergedInto}
	c.State, c.MergedInto = Received, ""
	c.Revision, c.ChangedAt = c.Revision+1, now
	return c, m
}

var spokenNumber = regexp.MustCompile(`^([QS])\W*(\d{4})\W*0*(\d{1,9})$`)

// ReadNumber gives the number of a contribution as it is typed after a telephone call: q 2026 42.
func ReadNumber(typed string) (string, bool) {
	m := spokenNumber.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(typed)))
	if m == nil {
		return "", false
	}
	return fmt.Sprintf("%s-%s-%04s", m[1], m[2], m[3]), true
}
