package papers

import (
	"strings"
	"time"
)

// FormatState is where a request for another format stands.
type FormatState string

// The states of a request.
const (
	FormatAsked    FormatState = "asked"
	FormatMaking   FormatState = "being_made"
	FormatProvided FormatState = "provided"
	FormatDeclined FormatState = "declined"
)

// FormatStates in the order in which desk and counts show them.
var FormatStates = []FormatState{FormatAsked, FormatMaking, FormatProvided, FormatDeclined}

// Words names the state for people.
func (s FormatState) Words() string {
	if s == FormatMaking {
		return "Being made"
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

// Ended tells that nothing more is owed to the asker.
func (s FormatState) Ended() bool { return s == FormatProvided || s == FormatDeclined }

// FormatKinds are the formats that somebody may ask for, by what forms call them.
var FormatKinds = []struct{ Kind, Name string }{
	{"easy_read", "Easy Read"}, {"large_print", "Large print"}, {"bsl", "British Sign Language"}, {"translation", "Another language"},
	{"audio", "Audio"}, {"braille", "Braille"}, {"tagged", "A file that a screen reader reads well"}, {"other", "Something else"},
}

// FormatName names a format that was asked for.
func FormatName(kind string) string {
	for _, k := range FormatKinds {
		if k.Kind == kind {
			return k.Name
		}
	}
	return kind
}

// FormatRequest is somebody's wish to have a paper in another format.
type FormatRequest struct {
	ID        string      `json:"id"`
	Paper     string      `json:"paper"`
	Board     string      `json:"board"`
	Kind      string      `json:"kind"`
	State     FormatState `json:"state"`
	DueOn     string      `json:"due_on"` // the date, or "" where the bank holidays do not reach
	Reason    string      `json:"reason"` // why it was declined
	CreatedAt time.Time   `json:"created_at"`
	ChangedAt time.Time   `json:"changed_at"`

	Asker FormatAsker `json:"-" bun:"-"` // zero once erased
}

// FormatAsker is who asks, and how to reach them: kept sealed, erased when the request is over.
type FormatAsker struct {
	Name    string `json:"name"`
	Contact string `json:"contact"` // e-mail, telephone or postal address
	Detail  string `json:"detail"`  // what would help, in the asker's words
}

// Number is how a request is called: short enough to be read out.
func (r FormatRequest) Number() string { return "F-" + strings.ToUpper(r.ID[:min(6, len(r.ID))]) }

// Tidy checks a request as sent.
func (r *FormatRequest) Tidy() error {
	if FormatName(r.Kind) == r.Kind {
		return Errorf(CodeInvalid, "Choose the format that you need.")
	}
	for _, f := range []struct {
		name   string
		value  *string
		max    int
		needed bool
	}{
		{"way to reach you", &r.Asker.Contact, 300, true},
		{"name", &r.Asker.Name, 120, false},
		{"note", &r.Asker.Detail, 1000, r.Kind == "other" || r.Kind == "translation"},
	} {
		s, err := Line(f.name, *f.value, f.max, f.needed)
		if err != nil {
			return err
		}
		*f.value = s
	}
	return nil
}
