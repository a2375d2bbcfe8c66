package server

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// withdraw takes a paper or version from the public. Search, caches, images and files follow the act.
func (c *call) withdraw(w papers.Withdrawal) error {
	by := c.actor(auth.Publish)
	w.Role = by.Role
	if err := w.Tidy(); err != nil {
		return err
	}
	p, err := c.s.Record.Paper(c.ctx, papers.Insider, w.Paper)
	if err != nil {
		return err
	}
	acts := w.Acts(p)
	if w.N == 0 { // what belongs to the paper goes with it
		beside, err := c.s.Record.Papers(c.ctx, papers.Insider, papers.PaperFilter{RenditionOf: p.ID})
		if err != nil {
			return err
		}
		for _, r := range beside {
			acts = append(acts, w.Acts(r)...)
		}
	}
	if err := c.s.Record.Withdraw(c.ctx, w, papers.Change{By: by, Acts: acts}); err != nil {
		return err
	}
	last, err := c.s.Record.LastAct(c.ctx)
	if err != nil {
		return err
	}
	c.s.awaitClearing(c.ctx, last)
	return nil
}

// deskPaperWithdraw answers POST /desk/papers/:id/withdraw: one version, or every public one. What
// is left is a public page that says when, by which role and why.
func (s *Server) deskPaperWithdraw(c *call) error {
	f := c.typed("version", "reason")
	f.Prefix, f.At = "out-", "reason"
	n, err := versionField(&f)
	if err == nil {
		err = c.withdraw(papers.Withdrawal{Paper: c.Params("id"), N: n, Reason: f.Value("reason")})
	}
	if mendable(&f, err) {
		return s.paperDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskPaper) { d.Withdraw = f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/papers/" + c.Params("id") + "?saved=withdrawn")
}

func versionField(f *page.Form) (int, error) {
	if f.Value("version") == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(f.Value("version"))
	if err != nil || n < 0 {
		f.At = "version"
		return 0, papers.Errorf(papers.CodeInvalid, "Choose which version to withdraw.")
	}
	return n, nil
}

// deskPaperTakeBack answers POST /desk/papers/:id/take-back: the emergency. One button takes every
// public version back with its bytes; the reason that the public reads has a wording to begin with.
func (s *Server) deskPaperTakeBack(c *call) error {
	f := c.typed("reason", "title", "version")
	f.Prefix, f.At = "back-", "reason"
	if f.Value("reason") == "" {
		f.Values["reason"] = page.TakenBackReason
	}
	n, err := versionField(&f)
	if err == nil {
		err = c.withdraw(papers.Withdrawal{Paper: c.Params("id"), N: n, Reason: f.Value("reason"), TakeBack: true, Title: f.Value("title")})
	}
	if mendable(&f, err) {
		return s.paperDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskPaper) { d.TakeBack = f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/papers/" + c.Params("id") + "/cleared")
}

// deskPaperCleared answers GET /desk/papers/:id/cleared: what was cleared of a withdrawn paper, by
// which program, and who had taken it before.
func (s *Server) deskPaperCleared(c *call) error {
	p, d, err := s.readPaperDesk(c)
	if err != nil {
		return err
	}
	base, err := c.base("Taken back: "+p.Title, "desk")
	if err != nil {
		return err
	}
	show := page.DeskCleared{Base: base, Meeting: d.meeting, Paper: p, Zone: d.zone}
	var subjects []string
	for _, v := range p.Versions {
		if v.State == papers.VersionWithdrawn {
			show.Versions = append(show.Versions, v)
			subjects = append(subjects, papers.VersionSubject(v.Ref()))
		}
	}
	if len(subjects) == 0 {
		return papers.Errorf(papers.CodeNotFound, "Nothing of this paper was withdrawn.")
	}
	if show.Clearings, err = s.Record.Clearings(c.ctx, p.ID); err != nil {
		return err
	}
	s.countDownloads(c.ctx) // what is not written yet counts too
	if show.Downloads, err = s.Record.Downloads(c.ctx, append(subjects, papers.PackSubject(p.Meeting))...); err != nil {
		return err
	}
	if s.Alerts != nil {
		for _, subject := range subjects {
			n, err := s.Alerts.Store.WrittenTo(c.ctx, subject)
			if err != nil {
				return err
			}
			show.Written += n
		}
	}
	slices.Reverse(show.Versions)
	return c.render(fiber.StatusOK, show)
}
