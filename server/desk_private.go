package server

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/exemption"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskPrivateShow answers GET /desk/meetings/:slug/private: what of the meeting is private and why, the
// resolution that excludes the public, and the interests that members declared.
func (s *Server) deskPrivateShow(c *call) error {
	return s.privateDesk(c, fiber.StatusOK, page.Form{Values: map[string]string{}})
}

func (s *Server) privateDesk(c *call, status int, f page.Form) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	base, err := c.base("Private business of "+m.Name(), "desk")
	if err != nil {
		return err
	}
	f.Prefix = "cf-"
	p := page.DeskPrivate{Base: base, Meeting: m, Zone: d.zone, Flash: deskFlash[base.Saved], Form: f,
		Resolutions: exemption.Resolutions(d.items)}
	for _, k := range papers.ConflictCategories {
		p.Categories = append(p.Categories, page.Choice{Value: k.Code, Says: k.Says})
	}
	for _, a := range papers.ConflictActions {
		p.Actions = append(p.Actions, page.Choice{Value: a.Code, Says: a.Says})
	}
	p.Items = d.privateItems(s.Now().In(d.zone).Format("2006-01-02"))
	for _, i := range d.items {
		p.Subjects = append(p.Subjects, page.Choice{Value: i.ID, Says: "Item " + i.Number + ": " + i.Title})
		for _, paper := range d.papers {
			if paper.Item == i.ID {
				p.Subjects = append(p.Subjects, page.Choice{Value: i.ID + "/" + paper.ID, Says: "One paper of item " + i.Number + ": " + paper.Title})
			}
		}
	}
	if p.Members, err = s.membersOf(c, m.Board); err != nil {
		return err
	}
	if p.Conflicts, err = s.conflictRows(c, d); err != nil {
		return err
	}
	return c.render(status, p)
}

// privateItems are the items that hold something private, or did until it was released.
func (d *desk) privateItems(today string) []page.DeskPrivateItem {
	var list []page.DeskPrivateItem
	for _, i := range d.items {
		row := page.DeskPrivateItem{Item: i, Public: i.PublishedAt != nil, Due: i.Private && i.Grounds.ReviewOn != "" && i.Grounds.ReviewOn <= today,
			Must: i.Private && i.Grounds.Confidential}
		for _, p := range d.papers {
			if p.Item == i.ID && (p.Private || p.ReleasedAt != nil) {
				row.Papers = append(row.Papers, p)
			}
		}
		if i.Private || i.ReleasedAt != nil || len(row.Papers) > 0 {
			list = append(list, row)
		}
	}
	return list
}

// membersOf are the people who read the private papers of a board as its members: not the desk itself.
func (s *Server) membersOf(c *call, board string) ([]page.Choice, error) {
	users, err := s.Record.Users(c.ctx)
	if err != nil {
		return nil, err
	}
	var list []page.Choice
	for _, u := range users {
		if slices.ContainsFunc(u.Grants, func(g auth.Grant) bool {
			return (g.Role == auth.Member || g.Role == auth.Chair) && (g.Board == board || g.Board == papers.EveryBoard)
		}) {
			list = append(list, page.Choice{Value: u.ID, Says: u.Name})
		}
	}
	return list, nil
}

func (s *Server) conflictRows(c *call, d *desk) ([]page.DeskConflict, error) {
	conflicts, err := s.Record.Conflicts(c.ctx, d.meeting.Slug)
	if err != nil {
		return nil, err
	}
	var rows []page.DeskConflict
	for _, k := range conflicts {
		row := page.DeskConflict{Conflict: k, In: "an item that is gone"}
		for _, i := range d.items {
			if i.ID == k.Item {
				row.In = "Item " + i.Number + ": " + i.Title
			}
		}
		for _, p := range d.papers {
			if p.ID == k.Paper {
				row.In = "Paper of item " + d.itemNumber(p.Item) + ": " + p.Title
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// deskConflictAdd answers POST /desk/meetings/:slug/conflicts (M-8).
func (s *Server) deskConflictAdd(c *call) error {
	f := c.typed("person", "subject", "category", "nature", "sensitive", "action", "dispensation")
	var k papers.Conflict
	k.Person, k.Category, k.Action, k.Dispensation = f.Value("person"), f.Value("category"), f.Value("action"), f.Value("dispensation")
	k.Nature, k.Sensitive = f.Value("nature"), f.Value("sensitive") != ""
	k.Item, k.Paper, _ = strings.Cut(f.Value("subject"), "/")
	err := k.Tidy()
	if err == nil {
		err = s.mayDeclare(c, k)
	}
	if err == nil {
		_, err = s.Record.AddConflict(c.ctx, k, papers.Change{By: c.actor(auth.EditAgenda)})
	}
	f.At = about(err, "which member", "person", "which item", "subject", "category", "category", "action", "action", "dispensation", "dispensation", "nature", "nature", "", "subject")
	if mendable(&f, err) {
		return s.privateDesk(c, fiber.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + c.Params("slug") + "/private?saved=conflict#conflicts")
}

// mayDeclare refuses a person who is no member of the board and an item of another meeting.
func (s *Server) mayDeclare(c *call, k papers.Conflict) error {
	members, err := s.membersOf(c, c.board)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(members, func(m page.Choice) bool { return m.Value == k.Person }) {
		return papers.Errorf(papers.CodeInvalid, "Say which member declared the interest: somebody who reads this board’s private papers.")
	}
	i, err := s.Record.Item(c.ctx, c.audience(), k.Item)
	if papers.CodeOf(err) == papers.CodeNotFound || err == nil && i.Meeting != c.Params("slug") {
		return papers.Errorf(papers.CodeInvalid, "Say which item or paper of this meeting the interest is in.")
	}
	return err
}

// deskConflictEnd answers POST /desk/meetings/:slug/conflicts/:id/end.
func (s *Server) deskConflictEnd(c *call) error {
	err := s.Record.EndConflict(c.ctx, c.Params("slug"), c.Params("id"), papers.Change{By: c.actor(auth.EditAgenda)})
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + c.Params("slug") + "/private?saved=conflict-ended#conflicts")
}
