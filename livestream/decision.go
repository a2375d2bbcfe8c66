package livestream

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"clearday/papers"
)

// Decision is what the desk decides about a contribution: a state, steps beside the state, or both.
// What is zero stays as it is.
type Decision struct {
	Number   string
	Revision int   // the one that was read: two moderators never act on the same words unknowingly; 0 = whatever it is
	To       State // "" leaves the state

	Item       string // moves it to another item
	Reason     string // code, for Refused
	MergedInto string // number, for Merged
	Answer     string
	AnsweredBy string
	PutItem    string   // id of the item under which it is put; the hub says which is heard
	AnswerDue  string   // promises a written answer by a day, 2006-01-02
	Transfer   Transfer // for Transferred
	Done       string   // the day on which those it was passed on to had dealt with it, 2006-01-02

	Words      string // other words, by the moderator; the asker is told
	Redraft    string // other words that are offered to the asker
	AllocateTo string // the partner who is to answer
	Draft      string // a written answer that is not given yet; for AnsweredBy
	Approve    bool   // the draft, as it was read
	Urgent     *bool
	Drop       bool // lets go of the proposed refusal
	Seen       bool // what the asker wrote was dealt with

	Opinion  string // holds it for a second opinion: why one is asked for
	Over     bool   // also while somebody else is at it
	Outgoing bool   // was taken before and put off until now; only the hub says so

	// OnlyProposes tells that who acts does not hold the board's decision role: a refusal is then only
	// proposed. The caller fills it, as it checks permissions (rules.md 2.2).
	OnlyProposes bool
	Note         string // why, for the record
	Told         string // what the asker is told, on their private page
}

// Proposes tells whether the decision is a refusal that somebody else has to decide.
func (d Decision) Proposes() bool { return d.To == Refused && d.OnlyProposes }

// to is the state that the decision leads to. While a refusal waits, nobody else reads the words.
func (d Decision) to(c Contribution) State {
	switch {
	case d.Proposes():
		return Held
	case d.To == "" && d.Drop && c.State == Held && c.Proposed != nil:
		return Received
	case d.To == "":
		return c.State
	}
	return d.To
}

// Check tells what is missing in the decision, given what it is about.
func (d Decision) Check(c Contribution) error {
	if d.Revision != 0 && d.Revision != c.Revision {
		return papers.Errorf(papers.CodeConflict, "%s was changed by somebody else a moment ago. Look at it again.", c.Number)
	}
	to := d.to(c)
	if to != c.State && !c.State.MayBecome(to) || d.To == c.State && to == Merged || d.Proposes() && !c.State.MayBecome(Refused) {
		return papers.Errorf(papers.CodeConflict, "%s is %s: it cannot become %s.", c.Number, c.State.Words(), d.To.Words())
	}
	if to == WithdrawnByAsker {
		return papers.Errorf(papers.CodeConflict, "Only the asker can take %s back, on their private page.", c.Number)
	}
	if d.To == Refused && Reasons[d.Reason] == "" {
		return papers.Errorf(papers.CodeInvalid, "Choose the reason for the refusal. It is public.")
	}
	if d.To == Merged && (d.MergedInto == "" || d.MergedInto == c.Number) {
		return papers.Errorf(papers.CodeInvalid, "Say which question %s is joined to.", c.Number)
	}
	if to == Transferred && !slices.Contains([]TransferKind{"", TransferFOI, TransferComplaint, TransferService}, d.Transfer.Kind) {
		return papers.Errorf(papers.CodeInvalid, "It can be passed on as a request for information (foi), a complaint (complaint) or a request to a service (service).")
	}
	if to.ShowsWords() && !c.State.ShowsWords() && c.Health && c.Wording == "" && d.Words == "" {
		return papers.Errorf(papers.CodeConflict, "%s tells of somebody’s own health or care, and is not published as it came. Offer the asker other words, or change them.", c.Number)
	}
	if err := d.checkAnswer(c, to); err != nil {
		return err
	}
	return d.checkWords(c)
}

// TakesDecision tells whether the room is in a state for the decision, or why not: nobody can say in
// public session's name what happens to a question while the public is excluded (rules.md M-10).
func (r Room) TakesDecision(c Contribution, d Decision) error {
	to := d.to(c)
	if r.State == RoomPrivate && to != c.State && (to == Put || to == AnsweredOrally) {
		return papers.Errorf(papers.CodeConflict, "The meeting is in private session. A question is put and answered when it is public again.")
	}
	return nil
}

func (d Decision) checkAnswer(c Contribution, to State) error {
	if d.Answer != "" && to != AnsweredOrally && to != AnsweredWriting {
		return papers.Errorf(papers.CodeInvalid, "An answer is given with the state “answered”.")
	}
	approved := c.DraftStep == Approved && c.Draft.Text != ""
	if to == AnsweredWriting && c.Answer == "" && strings.TrimSpace(d.Answer) == "" && !approved {
		return papers.Errorf(papers.CodeInvalid, "Write the answer first.")
	}
	if d.Approve && (c.Draft.Text == "" || d.Draft != "") {
		return papers.Errorf(papers.CodeConflict, "There is no answer to approve as it was read. Save the draft first, then approve it.")
	}
	if d.Done != "" && (to != Transferred || d.Done < c.ReceivedAt.UTC().Format(time.DateOnly)) {
		return papers.Errorf(papers.CodeInvalid, "Only what was passed on can be dealt with elsewhere, and not before it came.")
	}
	for _, day := range []string{d.AnswerDue, d.Transfer.Due, d.Done} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return papers.Errorf(papers.CodeInvalid, "Write the day of an answer as 2026-04-08.")
		}
	}
	return nil
}

// checkWords tells whether the words may still be changed: what was put or answered stays as it was heard.
func (d Decision) checkWords(c Contribution) error {
	for _, words := range []string{d.Words, d.Redraft} {
		if words == "" {
			continue
		}
		if !slices.Contains([]State{Received, Held, Published}, c.State) {
			return papers.Errorf(papers.CodeConflict, "%s is %s: its words stay as they are.", c.Number, c.State.Words())
		}
		if n := len([]rune(words)); n > max(MaxText, len([]rune(c.Text))) {
			return papers.Errorf(papers.CodeTooLarge, "The words have %d characters. Shorten them to %d.", n, max(MaxText, len([]rune(c.Text))))
		}
	}
	if d.Words != "" && d.Redraft != "" {
		return papers.Errorf(papers.CodeInvalid, "Either change the words or offer others to the asker, not both.")
	}
	return nil
}

// Apply gives the contribution as it is after the decision, which was checked.
func (d Decision) Apply(c Contribution, by papers.Actor, now time.Time) Contribution {
	was := c
	c.State = d.to(was)
	if c.State != Refused {
		c.Reason = ""
	}
	switch {
	case d.Proposes():
		c.Proposed, c.ProposedAt = &Proposal{Reason: d.Reason, Note: d.Note, Told: d.Told, By: by, At: now}, &now
	case d.To != "" && d.To != Held && d.To != was.State || d.Drop:
		c.Proposed, c.ProposedAt = nil, nil
	}
	switch c.State {
	case Refused:
		if d.To == Refused {
			c.Reason, c.Told = d.Reason, d.Told
		}
	case Merged:
		if d.To == Merged {
			c.MergedInto = d.MergedInto
		}
	case Transferred:
		if d.To == Transferred {
			c.Transfer = d.Transfer
		}
		if d.Done != "" {
			c.Transfer.Done = d.Done
		}
	}
	if d.Item != "" {
		c.Item = d.Item
	}
	if d.AnswerDue != "" {
		c.AnswerDue = d.AnswerDue
	}
	if d.Seen {
		c.RepliedAt = nil
	}
	if d.Urgent != nil {
		c.Urgent = *d.Urgent
	}
	if d.AllocateTo != "" {
		c.AllocatedTo, c.AllocatedAt = d.AllocateTo, &now
	}
	d.applyWords(&c, was, by, now)
	d.applyAnswer(&c, was, by, now)
	if c.State.ShowsWords() && c.PublishedAt == nil {
		c.PublishedAt = &now
	}
	c.Revision, c.ChangedAt = was.Revision+1, now
	return c
}

// Revises tells whether words that others could read under the earlier face are not to be shown any more.
func (c Contribution) Revises(was Contribution) bool {
	a, b := was.Public(), c.Public()
	return was.State.ShowsWords() && (a.Text != b.Text || a.Name != b.Name || a.Area != b.Area || a.For != b.For)
}

// applyWords changes or offers words; the asker's own stay beside.
func (d Decision) applyWords(c *Contribution, was Contribution, by papers.Actor, now time.Time) {
	switch {
	case d.Words != "" && d.Words != was.Text:
		c.rewrite(d.Words, WordingEdited)
	case d.Redraft != "":
		c.Redraft = &Redraft{Text: d.Redraft, Why: d.Told, By: by, At: now, State: RedraftOffered}
		return
	}
	if r := c.Redraft; r != nil && r.State == RedraftOffered && (c.State != was.State && c.State != Held || d.Words != "") {
		dropped := *r
		dropped.State = RedraftDropped
		c.Redraft = &dropped
	}
}

// rewrite gives other words; words as they came are word for word.
func (c *Contribution) rewrite(words string, w Wording) {
	if c.Original == "" {
		c.Original = c.Text
	}
	c.Text, c.Wording = words, w
	if c.Text == c.Original {
		c.Original, c.Wording = "", ""
	}
}

func (d Decision) applyAnswer(c *Contribution, was Contribution, by papers.Actor, now time.Time) {
	if d.Draft != "" {
		c.Draft, c.DraftStep = Draft{Text: d.Draft, For: d.AnsweredBy, By: by}, Drafted
	}
	if d.Approve {
		c.Draft.ApprovedBy, c.DraftStep = by, Approved
	}
	if c.State == Put && was.State != Put || c.State == AnsweredOrally && c.PutAt == nil {
		c.PutAt, c.PutItem = &now, cmp.Or(d.PutItem, c.Item)
	}
	if c.State != AnsweredOrally && c.State != AnsweredWriting {
		return
	}
	if d.Answer == "" && c.State == AnsweredWriting && was.DraftStep == Approved {
		c.Answer, c.AnsweredBy = was.Draft.Text, was.Draft.For
	}
	if d.Answer != "" {
		c.Answer = d.Answer
	}
	if d.AnsweredBy != "" {
		c.AnsweredBy = d.AnsweredBy
	}
	if c.State != was.State {
		c.AnsweredAt = &now
	}
	if c.State == AnsweredWriting {
		c.Draft, c.DraftStep = Draft{}, ""
	}
}
