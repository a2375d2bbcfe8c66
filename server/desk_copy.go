package server

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// lastAgenda is the latest meeting of the board before this one that has an agenda, and its items.
func (c *call) lastAgenda(m papers.Meeting) (papers.Meeting, []papers.Item, error) {
	before, _, err := c.s.Record.Meetings(c.ctx, c.audience(), papers.MeetingFilter{Board: m.Board, To: m.StartsAt, Newest: true, Limit: 20})
	if err != nil {
		return papers.Meeting{}, nil, err
	}
	for _, b := range before {
		items, err := c.s.Record.Items(c.ctx, c.audience(), b.Slug)
		if err != nil || len(items) > 0 {
			return b, items, err
		}
	}
	return papers.Meeting{}, nil, papers.Errorf(papers.CodeConflict, "No earlier meeting of this board has an agenda.")
}

// deskCopyShow answers GET /desk/meetings/:slug/copy: the items of the last agenda to choose from. Its
// standing items are chosen when it has some, else all.
func (s *Server) deskCopyShow(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	base, err := c.base("Copy the last agenda", "desk")
	if err != nil {
		return err
	}
	p := page.DeskCopy{Base: base, Meeting: m}
	from, items, err := c.lastAgenda(m)
	if papers.CodeOf(err) == papers.CodeConflict {
		return c.render(fiber.StatusOK, p)
	}
	if err != nil {
		return err
	}
	standing := false
	for _, i := range items {
		standing = standing || i.Standing
	}
	p.From = &from
	for _, i := range items {
		p.Items = append(p.Items, page.DeskCopyItem{Item: i, Chosen: i.Standing || !standing})
	}
	return c.render(fiber.StatusOK, p)
}

// deskCopy answers POST /desk/meetings/:slug/copy: the chosen items are added last, without papers,
// lateness or numbers.
func (s *Server) deskCopy(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	_, items, err := c.lastAgenda(m)
	if err != nil {
		return err
	}
	chosen := map[string]bool{}
	for _, id := range c.Context().PostArgs().PeekMulti("item") {
		chosen[string(id)] = true
	}
	var list []papers.Item
	for _, i := range items {
		if chosen[i.ID] {
			list = append(list, papers.Item{Kind: i.Kind, Level: i.Level, Title: i.Title, Purpose: i.Purpose, Lead: i.Lead, Minutes: i.Minutes,
				Recommendation: i.Recommendation, Verbal: i.Verbal, Consent: i.Consent, Standing: i.Standing,
				Private: i.Private, PublicTitle: i.PublicTitle, Exemption: i.Exemption, Grounds: i.Grounds})
		}
	}
	if len(list) == 0 {
		return c.see("/desk/meetings/" + m.Slug + "/copy?saved=none")
	}
	if _, err := s.Record.AddItems(c.ctx, m.Slug, list, papers.Change{By: c.actor(auth.EditAgenda)}); err != nil {
		return err
	}
	return c.see("/desk/meetings/" + m.Slug + "?saved=copied#agenda")
}
