package server

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
	"clearday/server/page"
)

// ofFormat is the board of a request for another format.
func ofFormat(c *call) (string, error) {
	r, err := c.s.Record.FormatRequest(c.ctx, c.Params("id"))
	if err == nil && !c.person.May(auth.EditAgenda, r.Board) {
		err = papers.ErrNotFound
	}
	return r.Board, err
}

// deskFormats answers GET /desk/formats: who needs which paper in which format, and by when.
func (s *Server) deskFormats(c *call) error { return s.formatsPage(c, fiber.StatusOK, nil) }

func (s *Server) formatsPage(c *call, status int, mend func(*page.DeskFormats)) error {
	base, err := c.base("Other formats", "formats")
	if err != nil {
		return err
	}
	boards, err := s.boardsFor(c, auth.EditAgenda)
	if err != nil {
		return err
	}
	var slugs []string
	for _, b := range boards {
		slugs = append(slugs, b.Slug)
	}
	list, err := s.Record.FormatRequests(c.ctx, slugs)
	if err != nil {
		return err
	}
	p := page.DeskFormats{Base: base, Flash: deskFlash[base.Saved]}
	today := notice.DateOf(s.Now(), base.Site.Location()).String()
	for _, r := range list {
		row := page.DeskFormat{FormatRequest: r, Zone: base.Site.Location(), Due: page.LongDate(r.DueOn), Late: r.DueOn != "" && r.DueOn < today && !r.State.Ended()}
		row.Form = page.Form{Prefix: r.ID + "-", Values: map[string]string{"state": string(r.State), "reason": r.Reason}}
		if paper, err := s.Record.Paper(c.ctx, c.audience(), r.Paper); err == nil {
			row.Title = paper.Title
		}
		p.Rows = append(p.Rows, row)
	}
	if len(boards) > 0 {
		rules, err := s.Record.FormatRules(c.ctx, boards[0].Slug)
		if err != nil {
			return err
		}
		p.Board = boards[0].Slug
		p.Rules = page.Form{Prefix: "rules-", Values: map[string]string{"answer_days": strconv.Itoa(rules.AnswerDays), "keep_days": strconv.Itoa(rules.KeepDays), "background_years": strconv.Itoa(rules.BackgroundYears)}}
	}
	if mend != nil {
		mend(&p)
	}
	return c.render(status, p)
}

// formatsDue are the requests for other formats that wait at the desks of the person.
func (s *Server) formatsDue(c *call, zone *time.Location) ([]page.DeskDue, error) {
	boards, err := s.boardsFor(c, auth.EditAgenda)
	if err != nil || len(boards) == 0 {
		return nil, err
	}
	var slugs []string
	for _, b := range boards {
		slugs = append(slugs, b.Slug)
	}
	requests, err := s.Record.FormatRequests(c.ctx, slugs)
	var list []page.DeskDue
	for _, r := range requests {
		at, ok := endOfDay(r.DueOn, zone)
		if r.State.Ended() || !ok {
			continue
		}
		list = append(list, page.DeskDue{Clock: page.DeskClock{At: at, Now: s.Now(), Zone: zone}, Zone: zone, Who: "the board secretary",
			What: "Another format for somebody: " + r.Number(), Link: "/desk/formats", Meeting: boardName(boards, r.Board)})
	}
	return list, err
}

func boardName(boards []papers.Board, slug string) string {
	for _, b := range boards {
		if b.Slug == slug {
			return b.Name
		}
	}
	return slug
}

// deskFormatMove answers POST /desk/formats/:id.
func (s *Server) deskFormatMove(c *call) error {
	f := c.typed("state", "reason")
	to, id := papers.FormatState(f.Value("state")), c.Params("id")
	f.Prefix, f.At = id+"-", "reason"
	reason, err := papers.Line("reason why it is declined", f.Value("reason"), 500, to == papers.FormatDeclined)
	if err == nil && !slices.Contains(papers.FormatStates, to) {
		f.At, err = "state", papers.Errorf(papers.CodeInvalid, "Choose where the request stands.")
	}
	if err == nil {
		err = s.Record.MoveFormat(c.ctx, id, to, reason, papers.Change{By: c.actor(auth.EditAgenda)})
	}
	if mendable(&f, err) {
		return s.formatsPage(c, fiber.StatusUnprocessableEntity, func(p *page.DeskFormats) {
			for i := range p.Rows {
				if p.Rows[i].ID == id {
					p.Rows[i].Form = f
				}
			}
		})
	}
	if err != nil {
		return err
	}
	return c.see("/desk/formats?saved=facts#f-" + id)
}

// deskFormatErase answers POST /desk/formats/:id/erase: who asked is forgotten at once.
func (s *Server) deskFormatErase(c *call) error {
	if err := s.Record.EraseFormatAsker(c.ctx, c.Params("id"), papers.Change{By: c.actor(auth.EditAgenda)}); err != nil {
		return err
	}
	return c.see("/desk/formats?saved=removed#f-" + c.Params("id"))
}

// deskFormatRules answers POST /desk/formats: the numbers of a board.
func (s *Server) deskFormatRules(c *call) error {
	f := c.typed("answer_days", "keep_days", "background_years")
	f.Prefix, f.At = "rules-", "answer_days"
	b, err := s.Record.Board(c.ctx, c.formField("board"))
	if err != nil {
		return err // no board is every board, and not for the secretary of one
	}
	r := papers.FormatRules{Board: b.Slug}
	var errs []error
	for _, field := range []struct {
		name string
		to   *int
	}{{"answer_days", &r.AnswerDays}, {"keep_days", &r.KeepDays}, {"background_years", &r.BackgroundYears}} {
		n, err := strconv.Atoi(f.Value(field.name))
		*field.to = n
		errs = append(errs, err)
	}
	err = r.Tidy()
	if err == nil && errors.Join(errs...) != nil {
		err = papers.Errorf(papers.CodeInvalid, "Give each of the three as a number.")
	}
	if err == nil {
		err = s.Record.SetFormatRules(c.ctx, r, papers.Change{By: c.actor(auth.EditAgenda)})
	}
	if mendable(&f, err) {
		return s.formatsPage(c, fiber.StatusUnprocessableEntity, func(p *page.DeskFormats) { p.Rules = f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/formats?saved=facts")
}
