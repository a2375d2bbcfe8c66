package server

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// moderationShow answers GET /desk/boards/:slug/moderation: the listed words, who is blocked, what is slowed.
func (s *Server) moderationShow(c *call) error {
	p, err := c.moderationPage()
	if err != nil {
		return err
	}
	return c.render(fiber.StatusOK, p)
}

func (c *call) moderationPage() (p page.Moderation, err error) {
	if p.Board, err = c.s.Record.Board(c.ctx, c.Params("slug")); err != nil {
		return p, err
	}
	if p.Base, err = c.base("Listed words and blocks, "+p.Board.Name, "desk"); err != nil {
		return p, err
	}
	p.Zone = p.Site.Location()
	if p.Words, err = c.s.Record.Words(c.ctx, p.Board.Slug); err != nil {
		return p, err
	}
	blocks, slowings, err := c.s.Record.Blocks(c.ctx, p.Board.Slug)
	p.Blocks, p.Slowings = page.BlockRows(blocks, p.Now), page.SlowingRows(slowings, p.Now)
	return p, err
}

// moderationWords answers POST /desk/boards/:slug/words.
func (s *Server) moderationWords(c *call) error {
	slug := c.Params("slug")
	w := livestream.Words{Names: fieldLines(c.formField("names")), Look: fieldLines(c.formField("look")), Urgent: fieldLines(c.formField("urgent"))}
	err := s.Hub.SetWords(c.ctx, slug, w, c.actor(auth.Moderate))
	if err == nil {
		return c.see("/desk/boards/" + url.PathEscape(slug) + "/moderation?saved=words")
	}
	if papers.CodeOf(err) == "" {
		return err
	}
	status, _, sentence := s.explain(c.Ctx, err)
	p, perr := c.moderationPage()
	if perr != nil {
		return perr
	}
	p.Error, p.Typed = sentence, &w
	return c.render(status, p)
}

// fieldLines are the lines of a field, with commas as ends of lines too.
func fieldLines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' })
}

// moderationLift answers POST /desk/boards/:slug/blocks/:id/lift.
func (s *Server) moderationLift(c *call) error {
	slug := c.Params("slug")
	if err := s.Record.Lift(c.ctx, slug, c.Params("id"), papers.Change{By: c.actor(auth.Moderate)}); err != nil {
		return err
	}
	return c.see("/desk/boards/" + url.PathEscape(slug) + "/moderation?saved=lifted")
}
