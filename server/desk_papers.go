package server

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// paperState is where a paper stands, for the script that follows it.
type paperState struct {
	ID         string              `json:"id"`
	Version    int                 `json:"version"`
	Item       string              `json:"item"`
	ItemNumber string              `json:"item_number"`
	Title      string              `json:"title"`
	State      papers.VersionState `json:"state"`
	Pages      int                 `json:"pages"`
	PagesRead  int                 `json:"pages_read"`
	Doing      string              `json:"doing,omitempty"` // while it is checked: "Checking page 2 of 9", of which Done of All
	Done       int                 `json:"done"`
	All        int                 `json:"all"`
	Message    string              `json:"message"`
}

func (d *desk) state(p papers.Paper, v papers.Version) paperState {
	s := paperState{ID: p.ID, Version: v.N, Item: p.Item, ItemNumber: d.itemNumber(p.Item), Title: p.Title, State: v.State, Pages: v.Pages, PagesRead: v.PagesRead}
	if v.State == papers.VersionChecking {
		s.Doing, s.Done, s.All = progress(v)
	}
	var says []string
	blocks, warns, _ := foundIn(v)
	if v.State != papers.VersionBlocked {
		blocks = warns
	}
	for _, f := range blocks {
		says = append(says, f.Head())
	}
	if why := d.failed[workOf(v)]; why != "" && v.State == papers.VersionChecking {
		says = append(says, why)
	}
	if same := d.sameFile(p, v); same != "" {
		says = append(says, same)
	}
	s.Message = strings.Join(says, " ")
	return s
}

// deskPaperState answers GET /desk/papers/:id/state.
func (s *Server) deskPaperState(c *call) error {
	p, d, err := s.readPaperDesk(c)
	if err != nil {
		return err
	}
	v, _ := p.Newest()
	return c.ok(fiber.StatusOK, d.state(p, v))
}

// deskPaperShow answers GET /desk/papers/:id.
func (s *Server) deskPaperShow(c *call) error { return s.paperDesk(c, fiber.StatusOK, nil) }

// paperDesk answers the desk of the paper that the address names. A form that failed puts itself
// into the page by mend.
func (s *Server) paperDesk(c *call, status int, mend func(*page.DeskPaper)) error {
	p, d, err := s.readPaperDesk(c)
	if err != nil {
		return err
	}
	base, err := c.base(p.Title, "desk")
	if err != nil {
		return err
	}
	v, _ := p.Newest()
	show := page.DeskPaper{Base: base, Meeting: d.meeting, Paper: p, Zone: d.zone, Flash: deskFlash[base.Saved], May: c.deskMay(), Newest: d.file(p, v)}
	show.Item = d.items[slices.IndexFunc(d.items, func(i papers.Item) bool { return i.ID == p.Item })]
	ever := false
	for _, v := range p.Versions {
		show.Versions = append(show.Versions, d.file(p, v))
		if v.Public() {
			show.Public = append(show.Public, v)
		}
		ever = ever || v.PublishedAt != nil
	}
	show.Facts = page.Form{Prefix: "facts-", Values: map[string]string{"title": p.Title}}
	if p.Private {
		show.Facts.Values["private"] = "yes"
	}
	if !show.Item.Private {
		show.Facts.Private = d.private(p.Grounds)
		fillGrounds(&show.Facts, p.Grounds, p.Exemption)
	}
	show.Upload, show.Withdraw, show.TakeBack = page.Form{Prefix: "up-"}, page.Form{Prefix: "out-"}, page.Form{Prefix: "back-"}
	show.OverrideForm = page.Form{Prefix: "over-"}
	if show.Override, err = c.overrideOf(v); err != nil {
		return err
	}
	show.CanChange, show.CanReplace, show.CanWithdraw = show.May.Edit, show.May.Upload, show.May.Publish && len(show.Public) > 0
	show.CanTakeBack = show.May.Publish && slices.ContainsFunc(p.Versions, papers.Withdrawal{TakeBack: true}.Takes)
	show.CanRemove = show.May.Edit && !ever && v.State != papers.VersionScheduled
	show.Accept = s.accept()
	if show.Beside, err = s.besidePanel(c, d, p); err != nil {
		return err
	}
	for _, o := range d.papers {
		if o.ID == p.RenditionOf {
			show.Parent = &o
		}
	}
	s.offerPublishing(&show, d, p)
	if mend != nil {
		mend(&show)
	}
	return c.render(status, show)
}

// offerPublishing fills what publishing this paper by itself would make public, or when it will be.
func (s *Server) offerPublishing(show *page.DeskPaper, d *desk, p papers.Paper) {
	now := s.Now()
	for _, pub := range d.publications {
		holds := slices.ContainsFunc(pub.Versions, func(r papers.VersionRef) bool { return r.Paper == p.ID })
		if pub.State == papers.PublicationScheduled && holds {
			plan := d.plan(pub, now)
			show.Scheduled = &plan
		}
	}
	plan, err := papers.PlanPaper(d.meeting, show.Item, p)
	if !show.May.Publish {
		return
	}
	if err != nil {
		if v := show.Newest.Version; v.State == papers.VersionChecking || v.State == papers.VersionBlocked || p.Private {
			show.Nothing = err.Error()
		}
		return
	}
	show.CanPublish, show.Notice, show.Publish = true, d.notice(now), s.whenForm(d)
	show.Publish.Values["when"] = "now"
	says := d.plan(plan, now)
	show.PlanSays = slices.Concat(says.Lines[:len(says.Lines)-1], says.Papers)
	show.Publish.Values["said"] = d.said(says)
	show.Late = d.askLate(&show.Publish, plan)
}

func (s *Server) readPaperDesk(c *call) (papers.Paper, *desk, error) {
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return p, nil, err
	}
	m, err := s.Record.Meeting(c.ctx, c.audience(), p.Meeting)
	if err != nil {
		return p, nil, err
	}
	d, err := s.readDesk(c, m)
	return p, d, err
}

// deskPaperChange answers POST /desk/papers/:id: its title, and whether it is private.
func (s *Server) deskPaperChange(c *call) error {
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	f := c.typed("title", "private")
	f.Prefix, f.At = "facts-", "title"
	before := p
	p.Title, err = papers.Line("title of the paper", f.Value("title"), 300, true)
	p.Private = f.Value("private") != ""
	open := slices.ContainsFunc(p.Versions, papers.Version.Public)
	if err == nil && p.Private && open {
		f.At, err = "private", papers.Errorf(papers.CodeConflict, "This paper is public. Withdraw it, then it can be made private.")
	}
	if err == nil {
		err = c.readPaperGrounds(&f, &p)
	}
	if err == nil {
		change := papers.Change{By: c.actor(auth.EditAgenda)}
		if open && p.Title != before.Title {
			change.Acts = []papers.Act{{Kind: papers.ActPaperChanged, Subject: "papers/" + p.ID, Board: p.Board, Meeting: p.Meeting,
				Texts: map[string]string{"title": p.Title}}}
		}
		err = s.Record.ChangePaper(c.ctx, p, change)
	}
	if mendable(&f, err) {
		return s.paperDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskPaper) { f.Private, d.Facts = d.Facts.Private, f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/papers/" + p.ID + "?saved=title")
}

// deskVersionAdd answers POST /desk/papers/:id/versions: the next version, with the reason for it.
func (s *Server) deskVersionAdd(c *call) error {
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	f := page.Form{Prefix: "up-", At: "reason", Values: map[string]string{"reason": c.formField("reason")}}
	reason, err := papers.Line("reason for the new version", f.Value("reason"), 500, true)
	if err == nil {
		f.At = "file"
		var u upload
		if u, err = c.takeUpload(); err == nil {
			_, _, err = c.keep(u, destination{paper: p.ID, reason: reason})
		}
	}
	if !c.program() && mendable(&f, err) {
		return s.paperDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskPaper) { d.Upload = f })
	}
	if err != nil {
		return err
	}
	if c.program() {
		return s.deskPaperState(c)
	}
	return c.see("/desk/papers/" + p.ID + "?saved=version")
}

// deskPaperPublish answers POST /desk/papers/:id/publish: the newest version, now or at a time, if
// it is still what the page said.
func (s *Server) deskPaperPublish(c *call) error {
	p, d, err := s.readPaperDesk(c)
	if err != nil {
		return err
	}
	f := c.typed(append(lateFields, "when", "date", "time", "said")...)
	f.Prefix = "pub-"
	item := d.items[slices.IndexFunc(d.items, func(i papers.Item) bool { return i.ID == p.Item })]
	plan, err := papers.PlanPaper(d.meeting, item, p)
	if err == nil && d.said(d.plan(plan, s.Now())) != f.Value("said") {
		err = papers.Errorf(papers.CodeConflict, "The paper changed since you opened this page. Read again what will be public, then publish.")
	}
	var pub papers.Publication
	if err == nil {
		var w papers.Wish
		if w, err = c.readWish(&f, d, plan); err == nil {
			f.At = ""
			pub, err = s.Publisher.PublishPaper(c.ctx, p.ID, w, c.actor(auth.Publish))
		}
	}
	if mendable(&f, err) {
		return s.paperDesk(c, fiber.StatusUnprocessableEntity, func(show *page.DeskPaper) {
			if said := show.Publish.Value("said"); said != "" {
				f.Values["said"] = said
			}
			show.Late = d.askLate(&f, plan)
			show.Publish = f
		})
	}
	if err != nil {
		return err
	}
	return c.see("/desk/papers/" + p.ID + "?saved=" + publishedWord(pub))
}

// deskPaperRemove answers POST /desk/papers/:id/remove, for a paper that was never public.
func (s *Server) deskPaperRemove(c *call) error {
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	err = s.Record.RemovePaper(c.ctx, p.ID, papers.Change{By: c.actor(auth.EditAgenda)})
	var f page.Form
	if mendable(&f, err) {
		return s.paperDesk(c, fiber.StatusConflict, func(d *page.DeskPaper) { d.Facts.Error = f.Error })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + p.Meeting + "?saved=removed#item-" + p.Item)
}
