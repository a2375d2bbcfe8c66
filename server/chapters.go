package server

import (
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/api"
	"clearday/server/page"
)

// chapters are the places in the recording of a meeting, as the public may know them whoever asks.
func (c *call) chapters(room livestream.Room) ([]livestream.Chapter, error) {
	starts, err := c.s.Record.Starts(c.ctx, room.Meeting)
	if err != nil {
		return nil, fmt.Errorf("reading when items began: %w", err)
	}
	sessions, err := c.s.Record.Sessions(c.ctx, room.Meeting)
	if err != nil {
		return nil, fmt.Errorf("reading the sessions of a meeting: %w", err)
	}
	items, err := c.s.Record.Items(c.ctx, papers.Public, room.Meeting)
	if err != nil {
		return nil, fmt.Errorf("reading the agenda: %w", err)
	}
	return livestream.Chapters(room, starts, sessions, items), nil
}

// apiChapters answers GET /api/v1/meetings/:slug/chapters.
func (s *Server) apiChapters(c *call) error {
	room, err := s.Record.Room(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	list, err := c.chapters(room)
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.NewList(list, ""))
}

// fillSessions says when the public could follow, where there is more to say than that it could.
func (c *call) fillSessions(p *page.Meeting, room livestream.Room) error {
	list, err := c.s.Record.Sessions(c.ctx, room.Meeting)
	if err != nil {
		return fmt.Errorf("reading the sessions of a meeting: %w", err)
	}
	told := func(s livestream.Session) bool {
		return s.Kind == livestream.SessionPrivate || s.Kind == livestream.SessionAdjourned || s.Kind == livestream.SessionNotNeeded
	}
	if !slices.ContainsFunc(list, told) {
		return nil
	}
	items, err := c.s.Record.Items(c.ctx, papers.Public, room.Meeting)
	if err != nil {
		return fmt.Errorf("reading the agenda: %w", err)
	}
	p.Sessions = page.SessionRows(list, items, p.Zone)
	return nil
}

// fillHeard says what of the meeting was heard when, and whether it was captioned.
func (c *call) fillHeard(p *page.Meeting, room livestream.Room) error {
	if room.OpenedAt == nil {
		return nil
	}
	list, err := c.chapters(room)
	if err != nil {
		return err
	}
	p.Chapters = page.NewChapterRows(list, p.Zone)
	if err := c.fillSessions(p, room); err != nil {
		return err
	}
	captions, err := c.s.Record.Captions(c.ctx, room.Meeting, 1)
	p.Captioned = len(captions) > 0
	return err
}

// heardAt says when the meeting came to the item of a paper, or nil while it has not.
func (c *call) heardAt(f papers.Found) (*page.ChapterRow, error) {
	room, err := c.s.Record.Room(c.ctx, f.Meeting.Slug)
	if err != nil {
		if papers.CodeOf(err) == papers.CodeNotFound {
			return nil, nil
		}
		return nil, fmt.Errorf("reading the room of a meeting: %w", err)
	}
	if room.OpenedAt == nil {
		return nil, nil
	}
	list, err := c.chapters(room)
	if err != nil {
		return nil, err
	}
	for _, row := range page.NewChapterRows(list, f.Meeting.Location()) {
		if row.Item != "" && row.Item == f.Item.ID {
			return &row, nil
		}
	}
	return nil, nil
}
