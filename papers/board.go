package papers

import "time"

// Board is a board, committee or forum that meets. One that ended keeps its page (rules.md 1.13).
type Board struct {
	Slug          string        `json:"slug"`
	Name          string        `json:"name"`
	About         string        `json:"about"`
	Alliance      string        `json:"alliance"` // slug of the alliance whose board it is, empty for the whole partnership
	Terms         string        `json:"terms"`    // terms of reference, plain text
	Quorum        string        `json:"quorum"`   // who must be there, in words
	Venue         string        `json:"venue"`    // where it usually meets
	NoticeProfile string        `json:"notice_profile"`
	NoticeRules   string        `json:"notice_rules,omitempty"` // the profile as the board adapted it: JSON of notice.Profile
	Questions     QuestionRules `json:"question_rules" bun:"question_rules"`
	Members       []Member      `json:"members"`
	EndedOn       string        `json:"ended_on"`  // 2006-01-02, empty while it meets
	Successor     string        `json:"successor"` // slug of the board that took over, or empty
	CreatedAt     time.Time     `json:"created_at"`
}

// Member is a person's seat on a board as the public sees it. Past ones are kept.
type Member struct {
	Name         string `json:"name"`
	Role         string `json:"role"`
	Organisation string `json:"organisation"`
	From         string `json:"from,omitempty"` // 2006-01-02, empty when it is not known
	To           string `json:"to,omitempty"`   // the last day, empty while the seat is held
}

// Past tells whether the seat is no longer held on a day, 2006-01-02.
func (m Member) Past(today string) bool { return m.To != "" && m.To < today }

// maxTerms is the most letters of terms of reference.
const maxTerms = 20_000

// Tidy checks a board as entered and gives it its slug if it has none.
func (b *Board) Tidy() error {
	for _, f := range []struct {
		name   string
		value  *string
		max    int
		needed bool
	}{
		{"name of the board", &b.Name, 120, true},
		{"description of the board", &b.About, 1000, false},
		{"venue of the board", &b.Venue, 300, false},
		{"quorum of the board", &b.Quorum, 500, false},
	} {
		s, err := Line(f.name, *f.value, f.max, f.needed)
		if err != nil {
			return err
		}
		*f.value = s
	}
	var err error
	if b.Terms, err = Text("terms of reference", b.Terms, maxTerms); err != nil {
		return err
	}
	if b.Slug, err = slugOf("board", b.Slug, b.Name); err != nil {
		return err
	}
	if err := b.tidyMembers(); err != nil {
		return err
	}
	if err := b.Questions.Tidy(); err != nil {
		return err
	}
	return tidyEnd("board", b.Slug, &b.EndedOn, &b.Successor)
}

func (b *Board) tidyMembers() error {
	kept := []Member{}
	for _, m := range b.Members {
		var err error
		if m.Role, err = Line("role of a member", m.Role, 120, false); err != nil {
			return err
		}
		if m.Organisation, err = Line("organisation of a member", m.Organisation, 120, false); err != nil {
			return err
		}
		if m.Name, err = Line("name of a member", m.Name, 120, m != Member{}); err != nil {
			return err
		}
		if m.Name == "" {
			continue
		}
		if err := date("day on which "+m.Name+" began", m.From); err != nil {
			return err
		}
		if err := date("last day of "+m.Name, m.To); err != nil {
			return err
		}
		if m.From != "" && m.To != "" && m.To < m.From {
			return Errorf(CodeInvalid, "%s cannot leave before the first day. Check the two dates.", m.Name)
		}
		kept = append(kept, m)
	}
	b.Members = kept
	return nil
}
