package server

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// said is what the script reads out after a change of the agenda.
type said struct {
	Says string `json:"says"`
}

// deskItemMove answers POST /desk/items/:id/move: up, down, in, out, or after another entry.
func (s *Server) deskItemMove(c *call) error {
	i, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	seen, _ := strconv.Atoi(c.formField("seen")) // a form without it does not ask
	move := papers.Move{Item: i.ID, Way: papers.Way(c.formField("way")), After: c.formField("after"), Seen: seen}
	err = s.Record.MoveItem(c.ctx, move, papers.Change{By: c.actor(auth.EditAgenda), Acts: itemActs(c.board, i)})
	var f page.Form
	if !c.program() && mendable(&f, err) {
		return s.deskOf(c, i.Meeting, fiber.StatusConflict, func(d *page.DeskMeeting) { d.Agenda.Error = f.Error })
	}
	if err != nil {
		return err
	}
	if !c.program() {
		return c.see("/desk/meetings/" + i.Meeting + "?saved=moved#item-" + i.ID)
	}
	agenda, err := s.Record.Items(c.ctx, c.audience(), i.Meeting)
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, said{Says: standsNow(agenda, i.ID)})
}

// standsNow says where an entry stands: "Item 3: Finance. It is 3 of 12 on the agenda, after Welcome."
func standsNow(agenda []papers.Item, id string) string {
	at := slices.IndexFunc(agenda, func(i papers.Item) bool { return i.ID == id })
	if at < 0 {
		return "It is not on the agenda any more."
	}
	after := "first"
	if at > 0 {
		after = "after " + agenda[at-1].Title
	}
	return fmt.Sprintf("%s. It is %d of %d on the agenda, %s.", itemName(agenda[at]), at+1, len(agenda), after)
}

// deskUndo answers POST /desk/meetings/:slug/undo: the person's own last change of the agenda.
func (s *Server) deskUndo(c *call) error {
	slug := c.Params("slug")
	id, err := strconv.ParseInt(c.formField("step"), 10, 64)
	if err != nil {
		return papers.Errorf(papers.CodeInvalid, "Say which change to undo. Open the agenda again.")
	}
	step, err := s.Record.Undo(c.ctx, slug, id, papers.Change{By: c.actor(auth.EditAgenda)})
	var f page.Form
	if !c.program() && mendable(&f, err) {
		return s.meetingDesk(c, fiber.StatusConflict, func(d *page.DeskMeeting) { d.Agenda.Error = f.Error })
	}
	if err != nil {
		return err
	}
	if c.program() {
		return c.ok(fiber.StatusOK, said{Says: "Undone: " + stepSays(step) + "."})
	}
	return c.see("/desk/meetings/" + slug + "?saved=undone#agenda")
}

// stepSays names a change: "moved 3 Finance".
func stepSays(s papers.Step) string {
	name := s.Title
	if s.Number != "" {
		name = s.Number + " " + name
	}
	return string(s.Did) + " " + name
}

// deskNumbering answers POST /desk/meetings/:slug/numbering.
func (s *Server) deskNumbering(c *call) error {
	slug, style := c.Params("slug"), papers.NumberStyle(c.formField("style"))
	from, err := 0, error(nil)
	if text := c.formField("from"); text != "" {
		from, err = strconv.Atoi(text)
	}
	if err != nil || from < 0 || from > 9999 || !style.Known() {
		return s.meetingDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskMeeting) {
			d.Agenda.Error = "Choose how items are numbered, and begin with a number up to 9999."
		})
	}
	if err := s.Record.SetNumbering(c.ctx, slug, style, from, papers.Change{By: c.actor(auth.EditAgenda)}); err != nil {
		return err
	}
	return c.see("/desk/meetings/" + slug + "?saved=numbered#agenda")
}

// agendaTools are what the desk offers beside the items of an agenda.
func (c *call) agendaTools(d *desk) (page.DeskAgenda, error) {
	a := page.DeskAgenda{Seen: d.meeting.OrderRevision, Style: string(d.meeting.Numbering), From: d.meeting.NumberFrom, Continues: d.meeting.Numbering.Continues()}
	for _, style := range papers.NumberStyles {
		a.Styles = append(a.Styles, page.Choice{Value: string(style), Says: style.Example()})
	}
	if starts := papers.Starts(d.meeting, d.items); starts != nil {
		ends := starts[len(starts)-1].Add(minutes(d.items[len(d.items)-1].Minutes))
		a.Ends = "By the minutes allotted it ends about " + page.Clock(ends, d.zone) + "."
		if ends.After(d.meeting.EndsAt) {
			a.Ends, a.Over = "By the minutes allotted it ends about "+page.Clock(ends, d.zone)+", after the meeting’s end at "+page.Clock(d.meeting.EndsAt, d.zone)+".", true
		}
	}
	step, err := c.s.Record.LastStep(c.ctx, d.meeting.Slug, c.person.ID)
	if papers.CodeOf(err) == papers.CodeNotFound {
		return a, nil
	}
	a.Step, a.Undo = step.ID, stepSays(step)
	return a, err
}
