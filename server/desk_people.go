package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskPeople answers GET /desk/people: who has which role on which board.
func (s *Server) deskPeople(c *call) error {
	return s.peoplePage(c, fiber.StatusOK, page.Form{Values: map[string]string{"role": string(auth.Secretary)}}, nil)
}

// peoplePage shows the people; link is set for whoever was just given a role.
func (s *Server) peoplePage(c *call, status int, f page.Form, link *page.SignInFor) error {
	base, err := c.base("People and their roles", "people")
	if err != nil {
		return err
	}
	users, err := s.Record.Users(c.ctx)
	if err != nil {
		return err
	}
	boards, err := s.Record.Boards(c.ctx)
	if err != nil {
		return err
	}
	p := page.DeskPeople{Base: base, Form: f, Link: link, Flash: map[string]string{
		"revoked": "The role is taken away. It counts from their next click.",
		"given":   "The role is given. They sign in as before, and have it with their next click.",
	}[base.Saved]}
	for _, b := range boards {
		p.Boards = append(p.Boards, page.Choice{Value: b.Slug, Says: b.Name})
	}
	for _, r := range auth.Roles {
		if roleSays[r] == "" {
			continue
		}
		p.Roles = append(p.Roles, page.Choice{Value: string(r), Says: roleSays[r]})
	}
	for _, u := range users {
		row := page.DeskPerson{ID: u.ID, Name: u.Name, Email: u.Email, Waits: u.PasswordHash == ""}
		for _, g := range u.Grants {
			row.Roles = append(row.Roles, page.RoleOn{Role: string(g.Role), Board: g.Board, Where: whereRole(boards, g)})
		}
		p.People = append(p.People, row)
	}
	return c.render(status, p)
}

// roleSays tells what a role may do, for whoever gives it. Captioners are programs: their role goes with a token.
var roleSays = map[auth.Role]string{
	auth.Author:    "Author: uploads papers and sees the drafts",
	auth.Secretary: "Secretary: agenda, papers, publication, the live desk",
	auth.Moderator: "Moderator: the questions of the public",
	auth.Chair:     "Chair: sees drafts and private papers",
	auth.Member:    "Member: reads public and private papers",
	auth.Admin:     "Administrator: the site, its boards and people, no private papers",
}

func whereRole(boards []papers.Board, g auth.Grant) string {
	if g.Role == auth.Admin {
		return "the whole site"
	}
	if g.Board == papers.EveryBoard {
		return "every board"
	}
	return boardName(boards, g.Board)
}

// deskPersonAdd answers POST /desk/people: a role for somebody, and the one-time link by which they
// choose a password.
func (s *Server) deskPersonAdd(c *call) error {
	f := c.typed("name", "email", "role", "board")
	u, err := s.readPerson(c, &f)
	if err == nil {
		u, err = s.Record.Admit(c.ctx, u, papers.Change{By: c.actor(auth.ManageSite)})
	}
	if mendable(&f, err) {
		return s.peoplePage(c, fiber.StatusUnprocessableEntity, f, nil)
	}
	if err != nil {
		return err
	}
	if u.PasswordHash != "" { // a link would let whoever holds it in as them
		return c.see("/desk/people?saved=given")
	}
	link, secret := auth.NewLink(u.ID, s.Now())
	if err := s.Record.AddLink(c.ctx, link); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.peoplePage(c, fiber.StatusOK, page.Form{Values: map[string]string{"role": f.Value("role"), "board": f.Value("board")}},
		&page.SignInFor{Name: u.Name, Link: c.origin() + "/sign-in/" + secret, Until: link.ExpiresAt})
}

// readPerson reads the form of a person and a role.
func (s *Server) readPerson(c *call, f *page.Form) (auth.User, error) {
	f.At = "email"
	email, err := papers.Email(f.Value("email"))
	if err != nil {
		return auth.User{}, err
	}
	f.At = "name"
	name, err := papers.Line("name", f.Value("name"), 120, true)
	if err != nil {
		return auth.User{}, err
	}
	f.At = "role"
	role := auth.Role(f.Value("role"))
	if _, known := roleSays[role]; !known {
		return auth.User{}, papers.Errorf(papers.CodeInvalid, "Choose a role.")
	}
	board := f.Value("board")
	if role == auth.Admin || board == "" {
		board = papers.EveryBoard
	} else if _, err := s.Record.Board(c.ctx, board); err != nil {
		f.At = "board"
		return auth.User{}, papers.Errorf(papers.CodeInvalid, "Choose a board from the list.")
	}
	return auth.User{ID: papers.NewID(), Name: name, Email: email, CreatedAt: s.Now().UTC(), Grants: []auth.Grant{{Role: role, Board: board}}}, nil
}

// deskPersonRevoke answers POST /desk/people/:id/revoke: a role less.
func (s *Server) deskPersonRevoke(c *call) error {
	role, board, _ := strings.Cut(c.formField("role"), "/")
	err := s.Record.Revoke(c.ctx, c.Params("id"), auth.Grant{Role: auth.Role(role), Board: board}, papers.Change{By: c.actor(auth.ManageSite)})
	var f page.Form
	if mendable(&f, err) {
		f.Values = map[string]string{}
		return s.peoplePage(c, fiber.StatusConflict, f, nil)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/people?saved=revoked")
}
