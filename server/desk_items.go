package server

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

var itemFields = []string{"number", "title", "purpose", "lead", "minutes", "private", "public_title"}

// readItem reads the form of an item into i. The form comes back with what was typed and, with an
// error, the field that it is about.
func readItem(c *call, i *papers.Item) (page.Form, error) {
	f := c.typed(append(itemFields, "revision")...)
	i.Number, i.Title, i.Lead, i.Purpose = f.Value("number"), f.Value("title"), f.Value("lead"), papers.Purpose(f.Value("purpose"))
	i.Private, i.PublicTitle, i.Minutes = f.Value("private") != "", f.Value("public_title"), 0
	if m := f.Value("minutes"); m != "" {
		var err error
		if i.Minutes, err = strconv.Atoi(m); err != nil {
			f.At = "minutes"
			return f, papers.Errorf(papers.CodeInvalid, "Give the minutes as a number, such as 20.")
		}
	}
	err := c.readGrounds(&f, i.Meeting, &i.Grounds, &i.Exemption)
	if err != nil {
		return f, err
	}
	err = i.Tidy()
	f.At = about(err, "number of the item", "number", "title of the item", "title", "lead", "lead", "title for the public", "public_title",
		"reason why", "exemption", "minutes", "minutes", "purpose", "purpose")
	return f, err
}

func itemForm(i papers.Item) page.Form {
	f := page.Form{Values: map[string]string{"number": i.Number, "title": i.Title, "purpose": string(i.Purpose), "lead": i.Lead,
		"public_title": i.PublicTitle, "revision": strconv.Itoa(i.Revision)}}
	if i.Minutes > 0 {
		f.Values["minutes"] = strconv.Itoa(i.Minutes)
	}
	if i.Private {
		f.Values["private"] = "yes"
	}
	fillGrounds(&f, i.Grounds, i.Exemption)
	return f
}

// deskItemAdd answers POST /desk/meetings/:slug/items.
func (s *Server) deskItemAdd(c *call) error {
	slug := c.Params("slug")
	i := papers.Item{Meeting: slug}
	f, err := readItem(c, &i)
	if err == nil {
		_, err = s.Record.AddItem(c.ctx, i, papers.Change{By: c.actor(auth.EditAgenda)})
	}
	if mendable(&f, err) {
		return s.meetingDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskMeeting) { f.Prefix, d.Item = d.Item.Prefix, f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + slug + "?saved=item")
}

// deskItemShow answers GET /desk/items/:id.
func (s *Server) deskItemShow(c *call) error {
	i, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	return s.itemPage(c, fiber.StatusOK, i, itemForm(i), nil)
}

// itemPage shows the form of the item as it stands now, with what was typed into it.
func (s *Server) itemPage(c *call, status int, now papers.Item, f page.Form, theirs []page.DeskDifference) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), now.Meeting)
	if err != nil {
		return err
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	base, err := c.base("Item "+now.Number+": "+now.Title, "desk")
	if err != nil {
		return err
	}
	p := page.DeskItemEdit{Base: base, Meeting: m, Item: now, Form: f, Theirs: theirs}
	p.Form.Prefix, p.Form.Private = "item-", d.private(now.Grounds)
	if d.frozen(now.ID) {
		p.Frozen = "This item is part of a scheduled publication. Stop the publication first, then change the item."
	}
	p.CanRemove = now.PublishedAt == nil && p.Frozen == ""
	for _, paper := range d.papers {
		p.CanRemove = p.CanRemove && paper.Item != now.ID
	}
	return c.render(status, p)
}

// deskItemChange answers POST /desk/items/:id. When somebody else saved the item since the form was
// opened, both texts are shown and nothing is saved.
func (s *Server) deskItemChange(c *call) error {
	now, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	i := now
	f, err := readItem(c, &i)
	if f.Value("revision") != strconv.Itoa(now.Revision) {
		return s.itemConflict(c, now, f)
	}
	if err == nil {
		_, err = s.Record.ChangeItem(c.ctx, i, papers.Change{By: c.actor(auth.EditAgenda), Acts: itemActs(c.board, i)})
	}
	if papers.CodeOf(err) == papers.CodeConflict { // somebody else was faster, or it is frozen
		latest, rerr := s.Record.Item(c.ctx, c.audience(), now.ID)
		if rerr != nil {
			return rerr
		}
		if latest.Revision != now.Revision {
			return s.itemConflict(c, latest, f)
		}
	}
	if mendable(&f, err) {
		return s.itemPage(c, fiber.StatusUnprocessableEntity, now, f, nil)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + now.Meeting + "?saved=changed#item-" + now.ID)
}

// itemActs says what the public can see of a change to an item: nothing before it is published.
func itemActs(board string, i papers.Item) []papers.Act {
	if i.PublishedAt == nil {
		return nil
	}
	face := i.ForPublic()
	return []papers.Act{{Kind: papers.ActItemChanged, Subject: "items/" + i.ID, Board: board, Meeting: i.Meeting,
		Texts: map[string]string{"title": face.Number + " " + face.Title}}}
}

var itemLabels = []struct{ field, label string }{
	{"number", "Number"}, {"title", "Title"}, {"purpose", "Purpose"}, {"lead", "Lead"}, {"minutes", "Minutes"},
	{"private", "Private"}, {"public_title", "Title for the public"}, {"exemption", "Wording why it is private"}, {"reasons", "Reasons"}, {"public_interest", "Public-interest statement"},
}

// itemConflict shows both texts: what somebody else saved, and what was typed here, still in its
// fields. Saving again keeps what is in the fields.
func (s *Server) itemConflict(c *call, latest papers.Item, mine page.Form) error {
	theirs := itemForm(latest)
	var differ []page.DeskDifference
	for _, l := range itemLabels {
		a, b := theirs.Value(l.field), mine.Value(l.field)
		if a != b {
			differ = append(differ, page.DeskDifference{Label: l.label, Theirs: orNothing(a), Mine: orNothing(b)})
		}
	}
	mine.At, mine.Values["revision"] = "", strconv.Itoa(latest.Revision)
	mine.Error = "Somebody else saved this item while you were writing. Both texts are below. What is in the fields is yours: change it where theirs is better, then save."
	return s.itemPage(c, fiber.StatusConflict, latest, mine, differ)
}

func orNothing(s string) string {
	if s == "" {
		return "(nothing)"
	}
	return s
}

// deskItemMove answers POST /desk/items/:id/move.
func (s *Server) deskItemMove(c *call) error {
	i, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	change := papers.Change{By: c.actor(auth.EditAgenda), Acts: itemActs(c.board, i)}
	err = s.Record.MoveItem(c.ctx, papers.Move{Item: i.ID, Way: papers.Way(c.formField("way"))}, change)
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + i.Meeting + "?saved=moved#item-" + i.ID)
}

// deskItemRemove answers POST /desk/items/:id/remove.
func (s *Server) deskItemRemove(c *call) error {
	i, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	err = s.Record.RemoveItem(c.ctx, i.ID, papers.Change{By: c.actor(auth.EditAgenda)})
	f := itemForm(i)
	if mendable(&f, err) {
		return s.itemPage(c, fiber.StatusConflict, i, f, nil)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + i.Meeting + "?saved=removed#agenda")
}
