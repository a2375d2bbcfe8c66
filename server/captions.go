package server

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/api"
	"clearday/server/page"
)

// captionsAPage is about an hour of a meeting.
const captionsAPage = 1000

// apiCaptionAdd answers POST /api/v1/meetings/:slug/live/captions.
func (s *Server) apiCaptionAdd(c *call) error {
	in, err := c.newCaption()
	if err != nil {
		return err
	}
	said, err := s.Hub.Caption(c.ctx, c.Params("slug"), livestream.Caption{
		Text: in.Text, Source: livestream.CaptionSource(in.Source), By: in.By, SpokenAt: in.SpokenAt, Key: in.Key})
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusCreated, said)
}

// newCaption reads a caption as JSON, or as captioning tools push it: the text alone, with the rest in
// the address.
func (c *call) newCaption() (in api.NewCaption, err error) {
	if !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMETextPlain) {
		return in, c.decode(&in)
	}
	in = api.NewCaption{Text: string(c.Body()), Source: c.Query("source"), By: c.Query("by"), Key: c.Query("key")}
	if said := c.Query("spoken_at"); said != "" {
		at, err := time.Parse(time.RFC3339, said)
		if err != nil {
			return in, papers.Errorf(papers.CodeInvalid, "Give spoken_at as RFC 3339 with an offset, such as 2026-04-08T09:30:00Z.")
		}
		in.SpokenAt = &at
	}
	return in, nil
}

// apiCaptions answers GET /api/v1/meetings/:slug/live/captions.
func (s *Server) apiCaptions(c *call) error {
	list, next, err := s.Record.Transcript(c.ctx, c.Params("slug"), c.Query("cursor"), c.limit())
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.NewList(list, next))
}

// captionsShow answers GET /meetings/:slug/captions: what was said, as captioned. It grows without
// acts while the room is open, so it is made anew each time.
func (s *Server) captionsShow(c *call) error {
	m, err := s.Record.Meeting(c.ctx, papers.Public, c.Params("slug"))
	if err != nil {
		return err
	}
	list, next, err := s.Record.Transcript(c.ctx, m.Slug, c.Query("cursor"), captionsAPage)
	if err != nil {
		return err
	}
	room, err := s.Record.Room(c.ctx, m.Slug)
	if err != nil {
		return err
	}
	heard, err := c.chapters(room)
	if err != nil {
		return err
	}
	base, err := c.base("What was said at the "+m.Name(), "meetings")
	if err != nil {
		return err
	}
	p := page.Captions{Base: base, Meeting: m, Zone: m.Location(), Live: room.State == livestream.RoomOpen, First: c.Query("cursor") == "",
		Parts: page.NewCaptionParts(list, heard)}
	if next != "" {
		p.Next = "/meetings/" + m.Slug + "/captions?cursor=" + url.QueryEscape(next)
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.render(fiber.StatusOK, p)
}
