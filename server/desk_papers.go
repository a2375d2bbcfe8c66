package server

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskUpload answers POST /desk/meetings/:slug/papers: one file, under the item that the form names,
// or that the file's name leads to. Where neither does, the file is kept and the page, or the
// script, asks which item it belongs to; the answer comes with a ticket instead of the file.
func (s *Server) deskUpload(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	k, err := s.takePaper(c, m.Slug)
	if err != nil {
		return s.uploadFailed(c, err)
	}
	choices := d.choices(c.audience())
	item, err := chooseItem(choices, k.ItemAsked, k.Name)
	if err != nil {
		return s.uploadFailed(c, errors.Join(err, k.drop()))
	}
	if err := k.keep(); err != nil {
		return err
	}
	if item.ID == "" {
		return s.askWhichItem(c, k, choices)
	}
	return s.addPaper(c, d, item, k)
}

func (s *Server) addPaper(c *call, d *desk, item papers.Item, k heldFile) error {
	p := papers.Paper{Item: item.ID, Meeting: d.meeting.Slug, Board: d.meeting.Board, Title: papers.TitleFrom(k.Name), Private: item.Private}
	p, err := s.Record.AddPaper(c.ctx, p, k.version(""), papers.Change{By: c.actor(auth.Upload)})
	if err != nil {
		return s.uploadFailed(c, err)
	}
	s.Reader.Nudge()
	if !c.program() {
		return c.see("/desk/meetings/" + d.meeting.Slug + "?saved=paper#item-" + item.ID)
	}
	v, _ := p.Newest()
	d.papers = append(d.papers, p)
	return c.ok(fiber.StatusCreated, d.state(p, v))
}

// uploadFailed answers one sentence to the script, or the page again with it.
func (s *Server) uploadFailed(c *call, err error) error {
	f := page.Form{Prefix: "up-", At: "file"}
	if c.program() || !mendable(&f, err) {
		return err
	}
	return s.meetingDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskMeeting) { d.Upload.Form = f })
}

type itemChoice struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Title  string `json:"title"`
}

func (s *Server) askWhichItem(c *call, k heldFile, choices []papers.Item) error {
	const sentence = "Which item does this file belong to?"
	token := s.ticket(c, k)
	if !c.program() {
		return s.meetingDesk(c, fiber.StatusConflict, func(d *page.DeskMeeting) {
			d.Upload.Waiting = &page.DeskWaiting{Token: token, Name: k.Name, Pages: k.Pages, Size: k.Size}
			d.Upload.Form.At, d.Upload.Form.Error = "item", sentence
		})
	}
	answer := struct {
		Detail string       `json:"detail"`
		Which  []itemChoice `json:"which"`
		Token  string       `json:"token"`
	}{Detail: sentence, Token: token}
	for _, i := range choices {
		answer.Which = append(answer.Which, itemChoice{i.ID, i.Number, i.Title})
	}
	return c.ok(fiber.StatusConflict, answer)
}

// chooseItem finds the item that a file belongs to: the one asked for, else by the number at the
// front of the file's name, else by the words of its name. No item and no error: it has to be asked.
func chooseItem(items []papers.Item, asked, fileName string) (papers.Item, error) {
	if len(items) == 0 {
		return papers.Item{}, papers.Errorf(papers.CodeConflict, "The agenda has no item for this paper yet. Add the item first, then upload the paper again.")
	}
	if asked != "" {
		for _, i := range items {
			if i.ID == asked {
				return i, nil
			}
		}
		return papers.Item{}, papers.Errorf(papers.CodeInvalid, "That item is not on this agenda any more. Choose another one.")
	}
	for number := papers.ItemNumberFrom(fileName); number != ""; number = parentNumber(number) {
		for _, i := range items {
			if strings.EqualFold(strings.TrimLeft(i.Number, "0"), number) {
				return i, nil
			}
		}
	}
	return itemByWords(items, papers.TitleFrom(fileName)), nil
}

// parentNumber is the item that an appendix belongs to: 5c and 5.2 belong to 5.
func parentNumber(number string) string {
	if cut := strings.TrimRight(number, "abcdefghijklmnopqrstuvwxyz"); cut != number {
		return strings.TrimRight(cut, ".")
	}
	i := strings.LastIndexAny(number, "./")
	return number[:max(i, 0)]
}

// itemByWords gives the one item whose title shares the most words with the name of a file: at
// least two of four letters or more, and more than any other.
func itemByWords(items []papers.Item, title string) papers.Item {
	words := longWords(title)
	var best papers.Item
	most, shared := 1, 0
	for _, i := range items {
		n := 0
		for w := range longWords(i.Title) {
			if words[w] {
				n++
			}
		}
		switch {
		case n > most:
			best, most, shared = i, n, 1
		case n == most:
			shared++
		}
	}
	if shared != 1 {
		return papers.Item{}
	}
	return best
}

func longWords(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Split(papers.Slug(s), "-") {
		if len(w) >= 4 {
			set[w] = true
		}
	}
	return set
}

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
	Message    string              `json:"message"`
}

func (d *desk) state(p papers.Paper, v papers.Version) paperState {
	s := paperState{ID: p.ID, Version: v.N, Item: p.Item, ItemNumber: d.itemNumber(p.Item), Title: p.Title, State: v.State, Pages: v.Pages, PagesRead: v.PagesRead}
	var says []string
	for _, f := range v.Findings {
		if f.Blocks == (v.State == papers.VersionBlocked) {
			says = append(says, findingSays(f))
		}
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
	show.Upload, show.Withdraw = page.Form{Prefix: "up-"}, page.Form{Prefix: "out-"}
	show.CanChange, show.CanReplace, show.CanWithdraw = show.May.Edit, show.May.Upload, show.May.Publish && len(show.Public) > 0
	show.CanRemove = show.May.Edit && !ever && v.State != papers.VersionScheduled
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
		change := papers.Change{By: c.actor(auth.EditAgenda)}
		if open && p.Title != before.Title {
			change.Acts = []papers.Act{{Kind: papers.ActPaperChanged, Subject: "papers/" + p.ID, Board: p.Board, Meeting: p.Meeting,
				Texts: map[string]string{"title": p.Title}}}
		}
		err = s.Record.ChangePaper(c.ctx, p, change)
	}
	if mendable(&f, err) {
		return s.paperDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskPaper) { d.Facts = f })
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
		err = s.addVersion(c, p, reason)
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

func (s *Server) addVersion(c *call, p papers.Paper, reason string) error {
	k, err := s.takePaper(c, p.Meeting)
	if err != nil {
		return err
	}
	if v, _ := p.Newest(); v.Original == k.File && v.State != papers.VersionWithdrawn {
		return errors.Join(papers.Errorf(papers.CodeConflict, "This is the same file as version %d. Choose the new one.", v.N), k.drop())
	}
	if err := k.keep(); err != nil {
		return err
	}
	if _, err := s.Record.AddVersion(c.ctx, p.ID, k.version(reason), papers.Change{By: c.actor(auth.Upload)}); err != nil {
		return err
	}
	s.Reader.Nudge()
	return nil
}

// deskPaperPublish answers POST /desk/papers/:id/publish: the newest version, now or at a time, if
// it is still what the page said.
func (s *Server) deskPaperPublish(c *call) error {
	p, d, err := s.readPaperDesk(c)
	if err != nil {
		return err
	}
	f := c.typed("when", "date", "time", "said")
	f.Prefix = "pub-"
	item := d.items[slices.IndexFunc(d.items, func(i papers.Item) bool { return i.ID == p.Item })]
	plan, err := papers.PlanPaper(d.meeting, item, p)
	if err == nil && d.said(d.plan(plan, s.Now())) != f.Value("said") {
		err = papers.Errorf(papers.CodeConflict, "The paper changed since you opened this page. Read again what will be public, then publish.")
	}
	var pub papers.Publication
	if err == nil {
		at, aerr := c.readWhen(&f, d.zone)
		if err = aerr; err == nil {
			f.At = ""
			pub, err = s.Publisher.PublishPaper(c.ctx, p.ID, papers.Wish{At: at}, c.actor(auth.Publish))
		}
	}
	if mendable(&f, err) {
		return s.paperDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskPaper) {
			if said := d.Publish.Value("said"); said != "" {
				f.Values["said"] = said
			}
			d.Publish = f
		})
	}
	if err != nil {
		return err
	}
	return c.see("/desk/papers/" + p.ID + "?saved=" + publishedWord(pub))
}

// deskPaperWithdraw answers POST /desk/papers/:id/withdraw: one version, or every public one. What
// is left is a public page that says when, by which role and why.
func (s *Server) deskPaperWithdraw(c *call) error {
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	f := c.typed("version", "reason")
	f.Prefix, f.At = "out-", "reason"
	n := 0
	if f.Value("version") != "" {
		if n, err = strconv.Atoi(f.Value("version")); err != nil || n < 0 {
			f.At, err = "version", papers.Errorf(papers.CodeInvalid, "Choose which version to withdraw.")
		}
	}
	if err == nil {
		err = c.withdraw(p.ID, n, f.Value("reason"))
	}
	if mendable(&f, err) {
		return s.paperDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskPaper) { d.Withdraw = f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/papers/" + p.ID + "?saved=withdrawn")
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
