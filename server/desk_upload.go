package server

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/page"
)

// deskUpload answers POST /desk/meetings/:slug/papers: one file, under the item that the form names,
// or that the file's name leads to. Where neither does, the file waits as an upload and the page
// asks which item it belongs to.
func (s *Server) deskUpload(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	if id := c.formField("upload"); id != "" {
		return s.addWaiting(c, d, id)
	}
	u, err := c.takeUpload()
	if err != nil {
		return s.uploadFailed(c, err)
	}
	item, err := d.itemFor(c.audience(), u.fields["item"], papers.FileHint{Name: u.name})
	if err != nil {
		return s.uploadFailed(c, errors.Join(err, u.file.Drop()))
	}
	if item == "" {
		return s.holdUpload(c, d, u)
	}
	return s.addPaper(c, d, u, destination{item: item})
}

// uploadPanel is the form that takes papers, with what of this person broke off on its way.
func (s *Server) uploadPanel(c *call, d *desk) (page.DeskUpload, error) {
	p := page.DeskUpload{Form: page.Form{Prefix: "up-"}, Choices: d.choices(c.audience()), Accept: s.accept(), Kinds: s.kindWords(), Missing: s.kindsMissing(), Most: maxUpload}
	all, err := s.Record.Uploads(c.ctx, c.person.ID, d.meeting.Slug)
	for _, u := range all {
		if !u.Whole() {
			p.Half = append(p.Half, u)
		} else if p.Waiting == nil {
			p.Waiting = &page.DeskWaiting{ID: u.ID, Name: u.Name, Size: u.Size}
		}
	}
	return p, err
}

// addWaiting adds a file that waited for its item.
func (s *Server) addWaiting(c *call, d *desk, id string) error {
	release, err := s.underway.take(id)
	if err != nil {
		return s.uploadFailed(c, err)
	}
	defer release()
	w, err := s.Record.Upload(c.ctx, id)
	if papers.CodeOf(err) == papers.CodeNotFound || err == nil && (w.Person != c.person.ID || w.Meeting != d.meeting.Slug || w.Paper != "") {
		err = papers.Errorf(papers.CodeInvalid, "The file waited too long for its item. Upload it again.")
	}
	if err != nil {
		return s.uploadFailed(c, err)
	}
	item, err := d.itemFor(c.audience(), c.formField("item"), w.FileHint)
	if err == nil && item == "" {
		err = papers.Errorf(papers.CodeInvalid, "Choose the item that this file belongs to.")
	}
	if err != nil {
		return s.uploadFailed(c, err)
	}
	u, err := c.gather(w)
	if err != nil {
		return s.uploadFailed(c, err)
	}
	return s.addPaper(c, d, u, destination{item: item})
}

// holdUpload lets a file wait for the answer to "which item?".
func (s *Server) holdUpload(c *call, d *desk, u upload) error {
	w, err := c.beginUpload(papers.FileHint{Name: u.name, Size: u.file.Size, SHA256: u.file.Hash})
	if err != nil {
		return s.uploadFailed(c, errors.Join(err, u.file.Drop()))
	}
	if err = u.file.Hold(w.ID); err == nil {
		err = s.Record.MoveUpload(c.ctx, w.ID, 0, w.Size)
	}
	if err != nil {
		return c.giveUp(w, errors.Join(err, u.file.Drop()))
	}
	w.Received = w.Size
	const sentence = "Which item does this file belong to?"
	if c.program() {
		return c.ok(fiber.StatusConflict, question{Detail: sentence, Which: d.offer(c.audience()), Upload: w.ID})
	}
	return s.meetingDesk(c, fiber.StatusConflict, func(p *page.DeskMeeting) {
		p.Upload.Waiting = &page.DeskWaiting{ID: w.ID, Name: u.name, Pages: u.info.Pages, Size: w.Size}
		p.Upload.Form.At, p.Upload.Form.Error = "item", sentence
	})
}

// addPaper keeps an upload and answers where it stands.
func (s *Server) addPaper(c *call, d *desk, u upload, to destination) error {
	p, v, err := c.keep(u, to)
	if err != nil {
		return s.uploadFailed(c, err)
	}
	if u.id != "" {
		if err := s.Files.Forget(u.id); err != nil {
			s.Log.Warn("removing the pieces of an upload", "err", err) // swept later
		}
	}
	if !c.program() {
		return c.see("/desk/meetings/" + d.meeting.Slug + "?saved=paper#item-" + p.Item)
	}
	d.papers = append(slices.DeleteFunc(d.papers, func(o papers.Paper) bool { return o.ID == p.ID }), p)
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

// question is what the script has to ask before a file can be added.
type question struct {
	Detail string       `json:"detail"`
	Which  []itemChoice `json:"which,omitempty"`  // items to choose from
	Same   bool         `json:"same,omitempty"`   // these bytes are here already: add them again?
	Upload string       `json:"upload,omitempty"` // the file that waits
}

type itemChoice struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Title  string `json:"title"`
}

func (d *desk) offer(a papers.Audience) []itemChoice {
	var list []itemChoice
	for _, i := range d.choices(a) {
		list = append(list, itemChoice{i.ID, i.Number, i.Title})
	}
	return list
}

// itemFor gives the item that a file goes under: the one asked for, else the one that its name leads to
// for sure. "" and no error: it has to be asked.
func (d *desk) itemFor(a papers.Audience, asked string, f papers.FileHint) (string, error) {
	items := d.choices(a)
	if len(items) == 0 {
		return "", papers.Errorf(papers.CodeConflict, "The agenda has no item for this paper yet. Add the item first, then upload the paper again.")
	}
	if asked != "" {
		if !slices.ContainsFunc(items, func(i papers.Item) bool { return i.ID == asked }) {
			return "", papers.Errorf(papers.CodeInvalid, "That item is not on this agenda any more. Choose another one.")
		}
		return asked, nil
	}
	if m := papers.MatchFile(f, items, nil); m.Sure {
		return m.Item, nil
	}
	return "", nil
}

// deskUploadAdd answers POST /desk/uploads/:id/add: the whole file becomes a paper or a version. Repeated, it
// answers where that stands.
func (s *Server) deskUploadAdd(c *call) error {
	var in struct {
		Item   string `json:"item"`
		Paper  string `json:"paper"`
		Reason string `json:"reason"`
		Again  bool   `json:"again"` // although the same bytes are here
	}
	if err := c.decode(&in); err != nil {
		return err
	}
	release, err := s.underway.take(c.Params("id"))
	if err != nil {
		return err
	}
	defer release()
	w, err := c.uploadOf()
	if err != nil {
		return err
	}
	m, err := s.Record.Meeting(c.ctx, c.audience(), w.Meeting)
	if err != nil {
		return err
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	if w.Paper != "" {
		return s.addedBefore(c, d, w)
	}
	to := destination{paper: in.Paper, reason: in.Reason}
	if in.Paper != "" && d.paperTitle(in.Paper) == "" {
		return papers.Errorf(papers.CodeInvalid, "That paper is not here any more. Choose an item instead.")
	}
	if in.Paper == "" {
		if to.item, err = d.itemFor(c.audience(), in.Item, w.FileHint); err != nil {
			return err
		}
		if to.item == "" {
			return c.ok(fiber.StatusConflict, question{Detail: "Which item does this file belong to?", Which: d.offer(c.audience()), Upload: w.ID})
		}
	}
	u, err := c.gather(w)
	if err != nil {
		return err
	}
	if !in.Again && in.Paper == "" {
		same, err := s.Record.SameFile(c.ctx, c.audience(), w.Board, []string{u.file.Hash})
		if err != nil {
			return err
		}
		if says := d.whereSame(same[u.file.Hash]); says != "" {
			return c.ok(fiber.StatusConflict, question{Detail: says, Same: true, Upload: w.ID})
		}
	}
	return s.addPaper(c, d, u, to)
}

func (s *Server) addedBefore(c *call, d *desk, w papers.Upload) error {
	for _, p := range d.papers {
		for _, v := range p.Versions {
			if p.ID == w.Paper && v.N == w.N {
				return c.ok(fiber.StatusCreated, d.state(p, v))
			}
		}
	}
	return papers.ErrNotFound // removed since
}
