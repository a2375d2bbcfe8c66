package server

import (
	"fmt"

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
	captions, err := c.s.Record.Captions(c.ctx, room.Meeting, 1)
	p.Captioned = len(captions) > 0
	return err
}
