package papers

import "time"

// CommissionState is where a paper stands that somebody was asked for.
type CommissionState string

// The states of a commission.
const (
	CommissionAsked    CommissionState = "asked"
	CommissionIn       CommissionState = "in"        // a paper came, nobody has looked at it yet
	CommissionApproved CommissionState = "approved"  // by whoever is named for that
	CommissionSentBack CommissionState = "sent_back" // with words that say why
)

// Words say the state as the desk and the author read it.
func (s CommissionState) Words() string {
	switch s {
	case CommissionIn:
		return "In, to be looked at"
	case CommissionApproved:
		return "Approved"
	case CommissionSentBack:
		return "Sent back"
	}
	return "Asked for"
}

// Commission is the paper that is asked for an item: of whom, until when, and who says yes to it. Names,
// e-mail and words are kept sealed. The author may use a private link, of which only the hash is kept.
type Commission struct {
	Item      string          `json:"item"`
	Meeting   string          `json:"meeting"`
	State     CommissionState `json:"state"`
	DueAt     time.Time       `json:"due_at"`
	LinkUntil *time.Time      `json:"link_until,omitempty"` // nil: there is no link
	User      string          `json:"user,omitempty"`       // of an author who can sign in
	ChangedAt time.Time       `json:"changed_at"`

	Author   string `json:"-"`
	Email    string `json:"-"`
	Approver string `json:"-"` // a person or a role; empty: nobody has to say yes
	Said     string `json:"-"` // the words with which it was approved or sent back
}

// Late tells whether nothing came in time.
func (c Commission) Late(now time.Time) bool {
	return now.After(c.DueAt) && (c.State == CommissionAsked || c.State == CommissionSentBack)
}

// Tidy checks a commission as entered.
func (c *Commission) Tidy() error {
	for _, f := range []struct {
		name   string
		value  *string
		needed bool
	}{{"name of the author", &c.Author, true}, {"e-mail of the author", &c.Email, false}, {"approver", &c.Approver, false}} {
		s, err := Line(f.name, *f.value, 120, f.needed)
		if err != nil {
			return err
		}
		*f.value = s
	}
	if c.Email != "" {
		var err error
		if c.Email, err = Email(c.Email); err != nil {
			return err
		}
	}
	if c.DueAt.IsZero() {
		return Errorf(CodeInvalid, "Say until when the paper is needed.")
	}
	return nil
}
