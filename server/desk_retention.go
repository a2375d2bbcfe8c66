package server

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskRetentionSite answers GET /desk/site/retention: how long personal data is kept, and what was erased.
func (s *Server) deskRetentionSite(c *call) error { return s.retentionShow(c, papers.Board{}) }

// deskRetentionBoard answers GET /desk/boards/:slug/retention.
func (s *Server) deskRetentionBoard(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	return s.retentionShow(c, b)
}

func (s *Server) retentionShow(c *call, b papers.Board) error {
	rules, _, err := s.Record.Retention(c.ctx, b.Slug)
	if err != nil {
		return err
	}
	f := page.Form{Values: map[string]string{}}
	for t, days := range rules {
		f.Values[string(t)] = strconv.Itoa(days)
	}
	return s.retentionPage(c, fiber.StatusOK, b, f)
}

func (s *Server) retentionPage(c *call, status int, b papers.Board, f page.Form) error {
	p := page.DeskRetention{Board: b, Action: retentionPath(b), Form: f, Things: livestream.Things}
	title := "How long personal data is kept"
	if b.Slug != "" {
		title += " by the " + b.Name
	}
	var err error
	if p.Base, err = c.base(title, "desk"); err != nil {
		return err
	}
	p.Zone = p.Site.Location()
	if p.Saved == "retention" {
		p.Flash = "Saved. The privacy page says so from now on."
	}
	if _, p.Own, err = s.Record.Retention(c.ctx, b.Slug); err != nil {
		return err
	}
	if p.Erasures, err = s.Record.Erasures(c.ctx, b.Slug, 50); err != nil {
		return err
	}
	return c.render(status, p)
}

func retentionPath(b papers.Board) string {
	if b.Slug == "" {
		return "/desk/site/retention"
	}
	return "/desk/boards/" + b.Slug + "/retention"
}

// deskRetentionSiteChange answers POST /desk/site/retention.
func (s *Server) deskRetentionSiteChange(c *call) error {
	return s.retentionChange(c, papers.Board{}, auth.ManageSite)
}

// deskRetentionBoardChange answers POST /desk/boards/:slug/retention.
func (s *Server) deskRetentionBoardChange(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	return s.retentionChange(c, b, auth.EditBoard)
}

func (s *Server) retentionChange(c *call, b papers.Board, may auth.Permission) error {
	var names []string
	for _, t := range livestream.Things {
		names = append(names, string(t))
	}
	f := c.typed(names...)
	var rules livestream.Retention
	if c.formField("act") != "reset" {
		rules = livestream.Retention{}
		for _, t := range livestream.Things {
			days, err := strconv.Atoi(f.Value(string(t)))
			if err == nil {
				err = (livestream.Retention{t: days}).Tidy()
			}
			if err != nil {
				f.At, f.Error = string(t), t.Words()+": give a number of days from 1 to 3650."
				return s.retentionPage(c, fiber.StatusUnprocessableEntity, b, f)
			}
			rules[t] = days
		}
	}
	act := papers.Act{Kind: papers.ActRetentionChanged, Subject: "privacy", Board: b.Slug, Facts: map[string]string{}}
	for t, days := range rules {
		act.Facts[string(t)] = strconv.Itoa(days)
	}
	if err := s.Record.SetRetention(c.ctx, b.Slug, rules, papers.Change{By: c.actor(may), Acts: []papers.Act{act}}); err != nil {
		return err
	}
	return c.see(retentionPath(b) + "?saved=retention")
}

// kept is how long each thing is kept, by the site and by boards that differ.
func (c *call) kept() ([]page.Kept, error) {
	site, _, err := c.s.Record.Retention(c.ctx, "")
	if err != nil {
		return nil, err
	}
	boards, err := c.s.Record.Boards(c.ctx)
	if err != nil {
		return nil, err
	}
	var list []page.Kept
	for _, t := range livestream.Things {
		k := page.Kept{What: t.Words(), Since: t.Since(), Days: site[t]}
		for _, b := range boards {
			own, _, err := c.s.Record.Retention(c.ctx, b.Slug)
			if err != nil {
				return nil, err
			}
			if own[t] != k.Days {
				k.Differs = append(k.Differs, page.KeptBy{Board: b.Name, Days: own[t]})
			}
		}
		list = append(list, k)
	}
	return list, nil
}
