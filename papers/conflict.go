package papers

import (
	"slices"
	"strings"
	"time"
)

// Conflict is an interest that a member declared in an item or in one paper of it, with what was done
// about it (rules.md 3.4, M-8). While it stands and withholds, the member sees of the matter what the
// public sees, by whatever way they come: the store decides it in every query, by Audience.Person.
type Conflict struct {
	ID           string     `json:"id"`
	Person       string     `json:"person"`    // id of the user
	Name         string     `json:"-" bun:"-"` // of the user, for the desk
	Meeting      string     `json:"meeting"`
	Item         string     `json:"item"`
	Paper        string     `json:"paper"` // empty: the whole item, with all its papers
	Category     string     `json:"category"`
	Nature       string     `json:"-" bun:"-"` // sealed by the store; empty when sensitive
	Sensitive    bool       `json:"sensitive"` // that it exists is said, what it is is not
	Action       string     `json:"action"`
	Withholds    bool       `json:"withholds"`
	Dispensation string     `json:"dispensation"` // its reference, where one was given
	DeclaredAt   time.Time  `json:"declared_at"`
	EndedAt      *time.Time `json:"ended_at,omitempty"`
}

// Coded is an entry of a list: the code that is stored and the words for it.
type Coded struct{ Code, Says string }

// ConflictCategories are the kinds of interest: of councillors, then of the NHS (rules.md 3.4).
var ConflictCategories = []Coded{
	{"pecuniary", "Disclosable pecuniary interest"},
	{"registrable", "Other registrable interest"},
	{"non-registrable", "Non-registrable interest"},
	{"financial", "Financial interest"},
	{"professional", "Non-financial professional interest"},
	{"personal", "Non-financial personal interest"},
	{"indirect", "Indirect interest"},
}

// ConflictAction is what is done about a declared interest, and whether private matter is withheld.
type ConflictAction struct {
	Coded
	Withholds bool
}

// ConflictActions in the order in which forms offer them, the usual one first.
var ConflictActions = []ConflictAction{
	{Coded{"withheld", "Papers withheld"}, true},
	{Coded{"leaves", "Leaves for the item, papers withheld"}, true},
	{Coded{"stays", "Stays, does not decide"}, false},
	{Coded{"hands over", "Hands over the chair"}, false},
	{Coded{"noted", "Noted, nothing more"}, false},
}

// Tidy checks a conflict as entered and says whether it withholds.
func (c *Conflict) Tidy() error {
	if c.Person == "" {
		return Errorf(CodeInvalid, "Say which member declared the interest.")
	}
	if c.Item == "" {
		return Errorf(CodeInvalid, "Say which item or paper the interest is in.")
	}
	if !slices.ContainsFunc(ConflictCategories, func(k Coded) bool { return k.Code == c.Category }) {
		return Errorf(CodeInvalid, "Choose the category of the interest.")
	}
	at := slices.IndexFunc(ConflictActions, func(a ConflictAction) bool { return a.Code == c.Action })
	if at < 0 {
		return Errorf(CodeInvalid, "Choose the action that was taken.")
	}
	c.Withholds = ConflictActions[at].Withholds
	var err error
	if c.Dispensation, err = Line("reference of the dispensation", c.Dispensation, 120, false); err != nil {
		return err
	}
	if c.Nature, err = Line("nature of the interest", c.Nature, 1000, !c.Sensitive); err != nil {
		return err
	}
	if c.Sensitive {
		c.Nature = ""
	}
	return nil
}

// Keeps tells whether the conflict keeps its matter from a person now.
func (c Conflict) Keeps(person string) bool {
	return c.Person == person && c.Withholds && c.EndedAt == nil
}

// CategorySays gives the category in words.
func (c Conflict) CategorySays() string {
	for _, k := range ConflictCategories {
		if k.Code == c.Category {
			return k.Says
		}
	}
	return c.Category
}

// ActionSays gives the action in words.
func (c Conflict) ActionSays() string {
	for _, a := range ConflictActions {
		if a.Code == c.Action {
			return a.Says
		}
	}
	return c.Action
}

// NatureSays gives the nature, or that it is sensitive.
func (c Conflict) NatureSays() string {
	if c.Sensitive {
		return "Sensitive: its nature is withheld"
	}
	return strings.TrimSpace(c.Nature)
}
