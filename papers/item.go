package papers

import (
	"time"
)

// Purpose is what an agenda item is for.
type Purpose string

// The purposes of an item.
const (
	Decision    Purpose = "decision"
	Discussion  Purpose = "discussion"
	Assurance   Purpose = "assurance"
	Information Purpose = "information"
)

// Purposes in the order in which forms offer them.
var Purposes = []Purpose{Decision, Discussion, Assurance, Information}

// ItemKind is what an entry of an agenda is.
type ItemKind string

// The kinds of entry. Headings and breaks have no number, no papers and nothing to be heard.
const (
	KindItem    ItemKind = ""
	KindSection ItemKind = "section" // a heading over the items that follow it
	KindBreak   ItemKind = "break"
)

// Item is one entry of an agenda. A private item shows the public its PublicTitle and Exemption
// and nothing else.
type Item struct {
	ID          string     `json:"id"`
	Meeting     string     `json:"meeting"`
	Position    int        `json:"position"`
	Number      string     `json:"number"`
	Title       string     `json:"title"`
	Purpose     Purpose    `json:"purpose"`
	Lead        string     `json:"lead"`
	Minutes     int        `json:"minutes"`
	Private     bool       `json:"private"`
	PublicTitle string     `json:"public_title"`
	Exemption   string     `json:"exemption"` // the wording that the law asks for, made of Grounds or written
	Grounds     Grounds    `json:"grounds,omitzero"`
	Revision    int        `json:"revision"` // counts changes, so that two editors do not overwrite each other
	PublishedAt *time.Time `json:"published_at,omitempty"`

	// An item that was private until it was released keeps its exemption, as the former one.
	ReleasedAt  *time.Time `json:"released_at,omitempty"`
	ReleasedWhy string     `json:"released_why,omitempty"`

	Kind           ItemKind `json:"kind"`
	Level          int      `json:"level"`          // 1: stands under the item above it
	NumberGiven    bool     `json:"number_given"`   // by hand: renumbering leaves it alone
	Recommendation string   `json:"recommendation"` // what the board is asked to do, on the public agenda
	Verbal         bool     `json:"verbal"`         // reported without a paper
	Consent        bool     `json:"consent"`        // taken with the others of its kind, without discussion
	ToFollow       string   `json:"to_follow"`      // the day on which its paper is promised, 2006-01-02
	Standing       bool     `json:"standing"`       // offered to every new agenda
	Moved          int      `json:"-"`              // the meeting's OrderRevision when it was moved last
}

// Heard tells whether the entry is an item and not a heading or a break.
func (i Item) Heard() bool { return i.Kind == KindItem }

// Heard gives the items of an agenda without its headings and breaks.
func Heard(agenda []Item) []Item {
	var items []Item
	for _, i := range agenda {
		if i.Heard() {
			items = append(items, i)
		}
	}
	return items
}

// Tidy checks an item as entered.
func (i *Item) Tidy() error {
	for _, f := range []struct {
		name   string
		value  *string
		max    int
		needed bool
	}{
		{"number of the item", &i.Number, 12, false},
		{"title of the item", &i.Title, 300, true},
		{"lead of the item", &i.Lead, 120, false},
		{"title for the public", &i.PublicTitle, 300, i.Private},
		{"reason why the item is private", &i.Exemption, 1000, i.Private},
	} {
		s, err := Line(f.name, *f.value, f.max, f.needed)
		if err != nil {
			return err
		}
		*f.value = s
	}
	if err := i.Grounds.Tidy(); err != nil {
		return err
	}
	if i.Purpose == "" {
		i.Purpose = Discussion
	}
	if err := i.tidyKind(); err != nil {
		return err
	}
	if i.Minutes < 0 || i.Minutes > 600 {
		return Errorf(CodeInvalid, "An item can take between 0 and 600 minutes.")
	}
	for _, p := range Purposes {
		if i.Purpose == p {
			return nil
		}
	}
	return Errorf(CodeInvalid, "The purpose of an item is decision, discussion, assurance or information.")
}

// ForPublic gives the item as the public may see it. The store calls it; pages do not filter.
func (i Item) ForPublic() Item {
	i.Grounds = Grounds{}
	switch {
	case i.Private:
		i.Title, i.Lead, i.Recommendation, i.ToFollow, i.Verbal = i.PublicTitle, "", "", "", false
	case i.ReleasedAt == nil: // what a secretary wrote there and took back
		i.PublicTitle, i.Exemption = "", ""
	}
	i.Standing, i.NumberGiven = false, false // how the desk works, not what it decided
	return i
}

func (i *Item) tidyKind() error {
	switch i.Kind {
	case KindItem:
	case KindSection, KindBreak:
		if i.Private {
			return Errorf(CodeInvalid, "Only an item can be private, not a heading or a break.")
		}
		i.Number, i.NumberGiven, i.Level, i.Recommendation, i.Lead, i.ToFollow, i.Verbal, i.Consent = "", false, 0, "", "", "", false, false
		if i.Kind == KindSection {
			i.Minutes = 0
		}
	default:
		return Errorf(CodeInvalid, "An entry of an agenda is an item, a section or a break.")
	}
	i.Level = min(max(i.Level, 0), 1)
	if err := date("day on which the paper is to follow", i.ToFollow); err != nil {
		return err
	}
	var err error
	i.Recommendation, err = Text("recommendation", i.Recommendation, 4000)
	return err
}

// Follows says which paper is still awaited, for everybody: "Paper to follow on 1 April 2026". It is
// empty when none is promised.
func (i Item) Follows() string {
	day, err := time.Parse(time.DateOnly, i.ToFollow)
	if err != nil {
		return ""
	}
	return "Paper to follow on " + day.Format("2 January 2006")
}

// Starts gives for each entry of an agenda about when it begins: the meeting's start and the minutes of
// all before it. It is nil when no entry says how long it takes. They are instants: across a change of
// the clocks the minutes are those that pass.
func Starts(m Meeting, agenda []Item) []time.Time {
	at, timed := m.StartsAt, false
	starts := make([]time.Time, len(agenda))
	for n, i := range agenda {
		starts[n] = at
		at = at.Add(time.Duration(i.Minutes) * time.Minute)
		timed = timed || i.Minutes > 0
	}
	if !timed {
		return nil
	}
	return starts
}
