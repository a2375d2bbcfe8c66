package server

import (
	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
)

// apiBoardChange answers PATCH /api/v1/boards/:slug.
func (s *Server) apiBoardChange(c *call) error {
	var in api.BoardChange
	if err := c.decode(&in); err != nil {
		return err
	}
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	if in.OfSite() && !c.person.May(auth.ManageSite, "") {
		return papers.Errorf(papers.CodeForbidden, "Name, rules of notice, alliance and end of a board are for the administrator of the site.")
	}
	if err := c.changeBoard(in.Apply(b)); err != nil {
		return err
	}
	if b, err = s.Record.Board(c.ctx, b.Slug); err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfBoard(b))
}

// apiMeetingChange answers PATCH /api/v1/meetings/:slug: facts first, then where the meeting stands.
func (s *Server) apiMeetingChange(c *call) error {
	var in api.MeetingChange
	if err := c.decode(&in); err != nil {
		return err
	}
	before, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	b, err := s.Record.Board(c.ctx, before.Board)
	if err != nil {
		return err
	}
	if in.Facts() {
		m := in.Apply(before)
		if in.AskUntil == nil && (!m.StartsAt.Equal(before.StartsAt) || in.QuestionRules != nil || in.BoardRules) {
			c.followRule(&m, before, b)
		}
		if err := m.Tidy(); err != nil {
			return err
		}
		if err := c.changeMeeting(m, auth.Publish); err != nil {
			return err
		}
	}
	if in.State != nil {
		ch := papers.StateChange{To: papers.MeetingState(*in.State), Reason: in.Reason, ResumesAt: in.ResumesAt}
		if in.NewStart != nil {
			next := nextMeeting(before, b)
			next.StartsAt = *in.NewStart
			next.EndsAt = next.StartsAt.Add(before.EndsAt.Sub(before.StartsAt))
			ch.Next = &next
		}
		if _, err := c.moveMeeting(before, b, ch); err != nil {
			return err
		}
	}
	m, err := s.Record.Meeting(c.ctx, c.audience(), before.Slug)
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfMeeting(m))
}

// apiPartners answers GET /api/v1/partners.
func (s *Server) apiPartners(c *call) error {
	list, err := s.Record.Partners(c.ctx)
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.NewList(list, ""))
}

// apiAlliances answers GET /api/v1/alliances.
func (s *Server) apiAlliances(c *call) error {
	list, err := s.Record.Alliances(c.ctx)
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.NewList(list, ""))
}

// apiNews answers GET /api/v1/news.
func (s *Server) apiNews(c *call) error {
	list, next, err := s.Record.News(c.ctx, c.Query("cursor"), c.limit())
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.NewList(list, next))
}
