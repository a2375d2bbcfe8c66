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

// siteWords answers GET /desk/site/words: the lists of every board that has none of its own.
func (s *Server) siteWords(c *call) error { return s.moderationShow(c) }

// moderationPage reads the page of the board in the address, or of the site where there is none.
func (c *call) moderationPage() (p page.Moderation, err error) {
	title := "Listed words of the site"
	if slug := c.Params("slug"); slug != "" {
		if p.Board, err = c.s.Record.Board(c.ctx, slug); err != nil {
			return p, err
		}
		title = "Listed words and blocks, " + p.Board.Name
	}
	if p.Base, err = c.base(title, "desk"); err != nil {
		return p, err
	}
	p.Zone = p.Site.Location()
	if p.Words, p.Own, err = c.s.Record.Words(c.ctx, p.Board.Slug); err != nil || p.Board.Slug == "" {
		return p, err
	}
	blocks, slowings, err := c.s.Record.Blocks(c.ctx, p.Board.Slug)
	p.Blocks, p.Slowings = page.BlockRows(blocks, p.Now), page.SlowingRows(slowings, p.Now)
	return p, err
}

// moderationWords answers POST /desk/boards/:slug/words.
func (s *Server) moderationWords(c *call) error {
	slug := c.Params("slug")
	if c.formField("act") == "reset" {
		return s.wordsDone(c, nil, s.Hub.SetWords(c.ctx, slug, nil, c.actor(auth.Moderate)))
	}
	w := c.typedWords()
	return s.wordsDone(c, &w, s.Hub.SetWords(c.ctx, slug, &w, c.actor(auth.Moderate)))
}

// siteWordsChange answers POST /desk/site/words.
func (s *Server) siteWordsChange(c *call) error {
	w := c.typedWords()
	return s.wordsDone(c, &w, s.Hub.SetWords(c.ctx, "", &w, c.actor(auth.ManageSite)))
}

func (c *call) typedWords() livestream.Words {
	return livestream.Words{Names: fieldLines(c.formField("names")), Look: fieldLines(c.formField("look")), Urgent: fieldLines(c.formField("urgent"))}
}

// wordsDone shows the lists again, with what was typed when it did not go through.
func (s *Server) wordsDone(c *call, typed *livestream.Words, err error) error {
	if err != nil && papers.CodeOf(err) == "" {
		return err
	}
	p, perr := c.moderationPage()
	if perr != nil {
		return perr
	}
	if err == nil {
		return c.see(p.Address() + "?saved=words")
	}
	status, _, sentence := s.explain(c.Ctx, err)
	p.Error, p.Typed = sentence, typed
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
