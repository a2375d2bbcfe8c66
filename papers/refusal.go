package papers

// RefusalRole is who of a board decides that a question is not taken (rules.md 2.2). Others propose it.
type RefusalRole string

// The ways to decide. Empty is the chair or the secretary.
const (
	RefusedByChair     RefusalRole = "chair"
	RefusedBySecretary RefusalRole = "secretary"
	RefusedByModerator RefusalRole = "moderator" // whoever moderates decides alone
)

// Roles are the roles that may decide, in the words of the desk.
func (r RefusalRole) Roles() []string {
	switch r {
	case RefusedByChair, RefusedBySecretary:
		return []string{string(r)}
	case RefusedByModerator:
		return []string{"moderator", "secretary", "chair"}
	}
	return []string{"chair", "secretary"}
}

// Words says it as a sentence about the board.
func (r RefusalRole) Words() string {
	switch r {
	case RefusedByChair:
		return "The chair decides when a question is not taken."
	case RefusedBySecretary:
		return "The board secretary decides when a question is not taken."
	case RefusedByModerator:
		return "The moderator decides when a question is not taken."
	}
	return "The chair or the board secretary decides when a question is not taken."
}

func (r RefusalRole) tidy() error {
	switch r {
	case "", RefusedByChair, RefusedBySecretary, RefusedByModerator:
		return nil
	}
	return Errorf(CodeInvalid, "Choose who decides that a question is not taken: chair, secretary or moderator, or leave it empty for chair or secretary.")
}
