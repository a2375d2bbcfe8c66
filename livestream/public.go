package livestream

import "time"

// Question is the public face of a contribution: the words are empty until it is published.
type Question struct {
	Number      string     `json:"id"`
	Kind        Kind       `json:"kind"`
	Meeting     string     `json:"meeting"`
	Item        string     `json:"item,omitempty"`
	Parent      string     `json:"parent,omitempty"`
	State       State      `json:"state"`
	Text        string     `json:"text,omitempty"`
	Wording     Wording    `json:"wording,omitempty"`
	Name        string     `json:"name,omitempty"`
	Area        string     `json:"area,omitempty"`
	For         string     `json:"organisation,omitempty"`
	Supports    int        `json:"supports"`
	SupportNote string     `json:"support_note,omitempty"` // how many of them came in an unusual pattern, and whether they count
	Reason      string     `json:"reason,omitempty"`
	MergedInto  string     `json:"merged_into,omitempty"`
	Answer      string     `json:"answer,omitempty"`
	AnsweredBy  string     `json:"answered_by,omitempty"`
	AllocatedTo string     `json:"allocated_to,omitempty"`
	AnswerDue   string     `json:"answer_due,omitempty"` // 2006-01-02, while a written answer is owed
	DealtWith   string     `json:"dealt_with,omitempty"` // 2006-01-02, where it was passed on and that is done
	ReceivedAt  time.Time  `json:"received_at"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	PutAt       *time.Time `json:"put_at,omitempty"`
	PutItem     string     `json:"put_item,omitempty"`
	AnsweredAt  *time.Time `json:"answered_at,omitempty"`

	// Revised, in an event, says that words told before are not to be shown any more.
	Revised bool `json:"revised,omitempty"`
}

// Public gives what anybody may see (design.md section 8): number, date and state; of a refusal a
// neutral reason; where it goes on when it was joined to another; all the rest only while its words
// are shown.
func (c Contribution) Public() Question {
	q := Question{Number: c.Number, Kind: c.Kind, Meeting: c.Meeting, State: c.State, ReceivedAt: c.ReceivedAt}
	switch c.State {
	case Held:
		q.State = Received // that it is held is between the moderator and the asker
	case Refused:
		q.Reason = PublicReason(c.Reason)
	case Merged:
		q.MergedInto = c.MergedInto
	case Transferred:
		q.DealtWith = c.Transfer.Done // as what it was passed on is the asker's to say
	}
	if !c.State.ShowsWords() {
		return q
	}
	q.Text, q.Wording, q.Name, q.Area, q.For = c.Text, c.Wording, c.Name, c.Area, c.For
	if c.Minor {
		q.Name = ""
	}
	q.Item, q.Parent, q.Supports, q.PublishedAt = c.Item, c.Parent, c.Supports, c.PublishedAt
	q.SupportNote = unusualWords(c.UnusualCounted, c.UnusualLeftOut)
	q.Answer, q.AnsweredBy, q.AnsweredAt = c.Answer, c.AnsweredBy, c.AnsweredAt
	q.AllocatedTo, q.PutAt, q.PutItem = c.AllocatedTo, c.PutAt, c.PutItem
	if c.OwesAnswer() {
		q.AnswerDue = c.AnswerDue
	}
	return q
}

// OwesAnswer tells whether a written answer was promised by a day and has not been given.
func (c Contribution) OwesAnswer() bool {
	return c.AnswerDue != "" && (c.State == Published || c.State == Put || c.State == NotReached || c.State == AnsweredOrally)
}
