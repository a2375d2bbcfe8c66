package papers

import "time"

// Board is a board, committee or forum that meets.
type Board struct {
	Slug          string    `json:"slug"`
	Name          string    `json:"name"`
	About         string    `json:"about"`
	Terms         string    `json:"terms"` // terms of reference, plain text
	Venue         string    `json:"venue"` // where it usually meets
	NoticeProfile string    `json:"notice_profile"`
	NoticeRules   string    `json:"notice_rules,omitempty"` // the profile as the board adapted it: JSON of notice.Profile
	Members       []Member  `json:"members"`
	CreatedAt     time.Time `json:"created_at"`
}

// Member is a person's seat on a board as the public sees it.
type Member struct {
	Name         string `json:"name"`
	Role         string `json:"role"`
	Organisation string `json:"organisation"`
}

// Tidy checks a board as entered and gives it its slug if it has none.
func (b *Board) Tidy() error {
	var err error
	if b.Name, err = Line("name of the board", b.Name, 120, true); err != nil {
		return err
	}
	if b.About, err = Line("description of the board", b.About, 1000, false); err != nil {
		return err
	}
	if b.Venue, err = Line("venue of the board", b.Venue, 300, false); err != nil {
		return err
	}
	if b.Slug == "" {
		b.Slug = b.Name
	}
	if b.Slug = Slug(b.Slug); b.Slug == "" {
		return Errorf(CodeInvalid, "The name of the board must hold at least one letter of the alphabet.")
	}
	return nil
}
