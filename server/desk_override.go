package server

import (
	"strconv"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskPaperOverride answers POST /desk/papers/:id/override: one person asks that a blocked version be
// published all the same, and says why; another, who may publish, lets it go or keeps it blocked.
func (s *Server) deskPaperOverride(c *call) error {
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	f := c.typed("version", "do", "reason")
	f.Prefix, f.At = "over-", "reason"
	n, err := strconv.Atoi(f.Value("version"))
	if newest, _ := p.Newest(); err != nil || n != newest.N {
		err = papers.Errorf(papers.CodeConflict, "There is a newer version of this paper. Look at what was found in it.")
	} else {
		err = c.override(papers.VersionRef{Paper: p.ID, N: n}, f.Value("do"), f.Value("reason"))
	}
	if mendable(&f, err) {
		return s.paperDesk(c, 422, func(d *page.DeskPaper) { d.OverrideForm = f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/papers/" + p.ID + "?saved=" + f.Value("do") + "#found")
}

func (c *call) override(ref papers.VersionRef, do, reason string) error {
	if do == "ask" {
		reason, err := papers.Line("reason", reason, 500, true)
		if err != nil {
			return err
		}
		return c.s.Record.AskOverride(c.ctx, ref, reason, papers.Change{By: c.actor(auth.Upload)})
	}
	if !c.person.May(auth.Publish, c.board) {
		return papers.Errorf(papers.CodeForbidden, "Only somebody who may publish for this board can decide this.")
	}
	change := papers.Change{By: c.actor(auth.Publish)}
	if do == "refuse" {
		return c.s.Record.RefuseOverride(c.ctx, ref, change)
	}
	return c.s.Record.GiveOverride(c.ctx, ref, change)
}

// overrideOf says where the question stands for a version, and what this person can do about it.
func (c *call) overrideOf(v papers.Version) (page.DeskOverride, error) {
	o, err := c.s.Record.Override(c.ctx, v.Ref())
	if err != nil {
		return page.DeskOverride{}, err
	}
	d := page.DeskOverride{Override: o, CanAsk: v.CanOverride() && c.person.May(auth.Upload, c.board)}
	switch {
	case o.AskedBy == c.person.ID:
		d.Waits = "It waits for a second person who may publish for this board."
	case !c.person.May(auth.Publish, c.board):
		d.Waits = "It waits for somebody who may publish for this board."
	default:
		d.CanGive = v.CanOverride()
	}
	return d, nil
}
