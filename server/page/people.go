package page

import "time"

// DeskPeople is who works at the desks and who may read private papers.
type DeskPeople struct {
	Base
	Flash  string
	Form   Form
	Link   *SignInFor // for whoever was just given a role
	People []DeskPerson
	Roles  []Choice
	Boards []Choice
}

// Template names the page's template.
func (DeskPeople) Template() string { return "desk/people.html" }

// DeskPerson is somebody with their roles.
type DeskPerson struct {
	ID, Name, Email string
	Waits           bool // has chosen no password yet
	Roles           []RoleOn
}

// RoleOn is a role on a board.
type RoleOn struct{ Role, Board, Where string }

// SignInFor is the one-time way in for somebody.
type SignInFor struct {
	Name, Link string
	Until      time.Time
}
