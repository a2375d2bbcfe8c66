package server

import (
	"maps"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/exemption"
	"clearday/server/auth"
	"clearday/server/page"
)

var itemFields = []string{"number", "title", "purpose", "lead", "minutes", "recommendation", "verbal", "consent", "to_follow", "standing", "private", "public_title"}

// quickFields are those that are changed in the agenda itself.
var quickFields = []string{"title", "purpose", "lead", "minutes"}

var itemLabels = map[string]string{
	"number": "Number", "title": "Title", "purpose": "Purpose", "lead": "Lead", "minutes": "Minutes", "recommendation": "Recommendation",
	"verbal": "Verbal report", "consent": "Taken without discussion", "to_follow": "Paper to follow on", "standing": "Standing item",
	"private": "Private", "public_title": "Title for the public", "exemption": "Wording why it is private", "reasons": "Reasons",
	"public_interest": "Public-interest statement", "review_on": "Review on", "confidential": "Must be private",
}

// fillItem puts the values of a form into i. With an error it names the field in f.
func fillItem(f *page.Form, l exemption.List, i *papers.Item) error {
	i.Number, i.Title, i.Lead, i.Purpose = f.Value("number"), f.Value("title"), f.Value("lead"), papers.Purpose(f.Value("purpose"))
	i.Recommendation, i.ToFollow = f.Value("recommendation"), f.Value("to_follow")
	i.Verbal, i.Consent, i.Standing = f.Value("verbal") != "", f.Value("consent") != "", f.Value("standing") != ""
	i.Private, i.PublicTitle, i.Minutes = f.Value("private") != "", f.Value("public_title"), 0
	if m := f.Value("minutes"); m != "" {
		var err error
		if i.Minutes, err = strconv.Atoi(m); err != nil {
			f.At = "minutes"
			return papers.Errorf(papers.CodeInvalid, "Give the minutes as a number, such as 20.")
		}
	}
	if err := takeGrounds(f, l, &i.Grounds, &i.Exemption); err != nil {
		return err
	}
	err := i.Tidy()
	f.At = about(err, "number of the item", "number", "title of the item", "title", "lead", "lead", "title for the public", "public_title",
		"reason why", "exemption", "minutes", "minutes", "purpose", "purpose", "to follow", "to_follow", "recommendation", "recommendation")
	return err
}

func itemForm(i papers.Item) page.Form {
	f := page.Form{Values: map[string]string{"number": i.Number, "title": i.Title, "purpose": string(i.Purpose), "lead": i.Lead,
		"recommendation": i.Recommendation, "to_follow": i.ToFollow, "public_title": i.PublicTitle, "revision": strconv.Itoa(i.Revision)}}
	if i.Minutes > 0 {
		f.Values["minutes"] = strconv.Itoa(i.Minutes)
	}
	for name, on := range map[string]bool{"private": i.Private, "verbal": i.Verbal, "consent": i.Consent, "standing": i.Standing} {
		if on {
			f.Values[name] = "yes"
		}
	}
	fillGrounds(&f, i.Grounds, i.Exemption)
	return f
}

// deskItemAdd answers POST /desk/meetings/:slug/items.
func (s *Server) deskItemAdd(c *call) error {
	slug := c.Params("slug")
	l, err := c.exemptionsOf(slug)
	if err != nil {
		return err
	}
	f := c.typed(append(groundNames(l), append(itemFields, "kind")...)...)
	i := papers.Item{Meeting: slug, Kind: papers.ItemKind(f.Value("kind"))}
	if err = fillItem(&f, l, &i); err == nil {
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

// itemPageWith shows the item as it is saved; mend puts a form of the page that failed into it.
func (s *Server) itemPageWith(c *call, status int, i papers.Item, mend func(*page.DeskItemEdit)) error {
	p, err := s.itemEdit(c, i, itemForm(i))
	if err != nil {
		return err
	}
	mend(&p)
	return c.render(status, p)
}

// itemPage shows the form of the item as it stands now, with what was typed into it.
func (s *Server) itemPage(c *call, status int, now papers.Item, f page.Form, theirs []page.DeskDifference) error {
	p, err := s.itemEdit(c, now, f)
	if err != nil {
		return err
	}
	p.Theirs = theirs
	return c.render(status, p)
}

func (s *Server) itemEdit(c *call, now papers.Item, f page.Form) (page.DeskItemEdit, error) {
	m, err := s.Record.Meeting(c.ctx, c.audience(), now.Meeting)
	if err != nil {
		return page.DeskItemEdit{}, err
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return page.DeskItemEdit{}, err
	}
	base, err := c.base(itemName(now), "desk")
	if err != nil {
		return page.DeskItemEdit{}, err
	}
	p := page.DeskItemEdit{Base: base, Meeting: m, Item: now, Form: f, Name: itemName(now), Flash: deskFlash[base.Saved], May: c.deskMay()}
	if p.Ask, err = c.askPanel(m, now); err != nil {
		return p, err
	}
	p.Form = withBase(p.Form, itemForm(now).Values, append(groundNames(exemptions(d.profile, m)), itemFields...))
	p.Form.Prefix, p.Form.Private = "item-", d.private(now.Grounds)
	if d.frozen(now.ID) {
		p.Frozen = "This item is part of a scheduled publication. Stop the publication first, then change the item."
	}
	p.CanRemove = now.PublishedAt == nil && p.Frozen == ""
	for _, paper := range d.papers {
		p.CanRemove = p.CanRemove && paper.Item != now.ID
	}
	return p, nil
}

// itemName says which entry of the agenda it is.
func itemName(i papers.Item) string {
	switch {
	case i.Kind == papers.KindSection:
		return "Heading: " + i.Title
	case i.Kind == papers.KindBreak:
		return "Break: " + i.Title
	}
	return "Item " + i.Number + ": " + i.Title
}

// deskItemChange answers POST /desk/items/:id. When somebody else saved the item since the form was
// made, what each of the two changed is kept; where both changed the same field, both texts are shown
// and nothing is saved.
func (s *Server) deskItemChange(c *call) error {
	for try := 1; ; try++ {
		now, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
		if err != nil {
			return err
		}
		err = s.saveItem(c, now)
		if papers.CodeOf(err) != papers.CodeConflict {
			return err
		}
		latest, rerr := s.Record.Item(c.ctx, c.audience(), now.ID)
		if rerr != nil {
			return rerr
		}
		if latest.Revision == now.Revision || try > 3 { // it is frozen, not overtaken
			f := itemForm(now)
			if c.program() || !mendable(&f, err) {
				return err
			}
			maps.Copy(f.Values, readEdit(c, itemFields).mine)
			return s.itemPage(c, fiber.StatusConflict, now, f, nil)
		}
	}
}

// saveItem merges what was typed with the item as it stands now, and saves it. Its error is a conflict
// when the item changed in this moment.
func (s *Server) saveItem(c *call, now papers.Item) error {
	l, err := c.exemptionsOf(now.Meeting)
	if err != nil {
		return err
	}
	m, err := s.Record.Meeting(c.ctx, c.audience(), now.Meeting)
	if err != nil {
		return err
	}
	e, saved := readEdit(c, append(groundNames(l), itemFields...)), itemForm(now).Values
	merged := e.merge(saved, c.formField("revision") == strconv.Itoa(now.Revision))
	f := page.Form{Values: merged.Values}
	f.Values["revision"] = saved["revision"]
	if e.use != "" {
		return s.itemClash(c, m, now, f, e.stillOpen(saved))
	}
	if len(merged.Clashes) > 0 {
		return s.itemClash(c, m, now, f, merged.Clashes)
	}
	i := now
	if err := fillItem(&f, l, &i); err != nil {
		if !c.program() && mendable(&f, err) {
			return s.itemPage(c, fiber.StatusUnprocessableEntity, now, f, nil)
		}
		return err
	}
	if changes(merged, saved) {
		if i, err = s.Record.ChangeItem(c.ctx, i, papers.Change{By: c.actor(auth.EditAgenda), Acts: itemActs(c.board, i)}); err != nil {
			return err
		}
	}
	if c.program() {
		return c.answerSaved(itemForm(i).Values, i.Revision, m)
	}
	return c.see("/desk/meetings/" + now.Meeting + "?saved=changed#item-" + now.ID)
}

// itemClash shows both texts: what somebody else saved, and what was typed here, still in its fields.
// Saving again keeps what is in the fields.
func (s *Server) itemClash(c *call, m papers.Meeting, now papers.Item, mine page.Form, clashes []papers.Clash) error {
	who, err := c.lastEditor("items/"+now.ID, m)
	if err != nil {
		return err
	}
	if c.program() {
		return c.answerClash(who, clashes, itemLabels, now.Revision)
	}
	if len(clashes) > 0 {
		mine.Error = who + ", saved this item while you were writing. Where only one of you changed a field, that is kept. Where both did, the field holds yours: change it, or take theirs, then save."
	}
	return s.itemPage(c, fiber.StatusConflict, now, mine, differences(clashes, itemLabels))
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

// deskItemRemove answers POST /desk/items/:id/remove.
func (s *Server) deskItemRemove(c *call) error {
	i, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	err = s.Record.RemoveItem(c.ctx, i.ID, papers.Change{By: c.actor(auth.EditAgenda)})
	f := itemForm(i)
	if !c.program() && mendable(&f, err) {
		return s.itemPage(c, fiber.StatusConflict, i, f, nil)
	}
	if err != nil {
		return err
	}
	if c.program() {
		return c.ok(fiber.StatusOK, said{Says: itemName(i) + " is removed."})
	}
	return c.see("/desk/meetings/" + i.Meeting + "?saved=removed#agenda")
}

// quickForm is the form of an item within the agenda.
func quickForm(i papers.Item) page.Form {
	f := itemForm(i)
	f = withBase(f, f.Values, quickFields)
	f.Prefix = "quick-" + i.ID + "-"
	return f
}
