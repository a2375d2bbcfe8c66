package papers

import "time"

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
		i.Title, i.Lead = i.PublicTitle, ""
	case i.ReleasedAt == nil: // what a secretary wrote there and took back
		i.PublicTitle, i.Exemption = "", ""
	}
	return i
}
