package papers

import "time"

// Ground is why something may be heard although it came out after its last lawful moment.
type Ground string

// The grounds that the law knows.
const (
	ShorterNotice Ground = "shorter_notice" // the meeting was convened at shorter notice, and it came out then (N-4)
	Urgent        Ground = "urgent"         // special circumstances: in the chair's opinion it cannot wait (N-5)
)

// Late says why a publication comes after its last lawful moment. It is public beside everything that
// the publication made public, and the minutes have to print it (N-5).
type Late struct {
	Ground Ground    `json:"kind"`
	Reason string    `json:"reason"`
	Chair  string    `json:"chair,omitempty"` // who formed the opinion, by name and office
	At     time.Time `json:"at"`              // when the chair did, or when the meeting was convened
}

// Tidy checks the reason as entered, for a publication at the moment.
func (l *Late) Tidy(published time.Time) error {
	if l.Ground != ShorterNotice && l.Ground != Urgent {
		return Errorf(CodeInvalid, "Say on which ground it comes late: shorter_notice or urgent.")
	}
	var err error
	if l.Reason, err = Line("reason why it comes late", l.Reason, 1000, true); err != nil {
		return err
	}
	if l.Chair, err = Line("name of the chair", l.Chair, 200, l.Ground == Urgent); err != nil {
		return err
	}
	switch {
	case l.At.IsZero() && l.Ground == ShorterNotice:
		return Errorf(CodeInvalid, "Say when the meeting was convened.")
	case l.At.IsZero():
		return Errorf(CodeInvalid, "Say when the chair decided that it is urgent.")
	case l.At.After(published):
		return Errorf(CodeInvalid, "That moment must lie before the publication.")
	}
	l.At = l.At.UTC()
	return nil
}
