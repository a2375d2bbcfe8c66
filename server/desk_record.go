package server

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/page"
)

// recordShown is how many acts of the desk a page of the record lists.
const recordShown = 100

// deskMeetingRecord answers GET /desk/meetings/:slug/record: what is to come for the meeting, and all
// that was done for it, by whom, with what it was before and after.
func (s *Server) deskMeetingRecord(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	conflicts, err := s.Record.Conflicts(c.ctx, m.Slug)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(conflicts, func(k papers.Conflict) bool { return k.Keeps(c.person.ID) }) { // it holds all words of all matter
		return papers.Errorf(papers.CodeForbidden, "You declared an interest in matter of this meeting that is withheld from you. Ask somebody else at the desk to look into its record.")
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	p := page.DeskRecord{Zone: d.zone, Meeting: &m, ToCome: d.toCome(s.Now())}
	return s.recordPage(c, p, m.Slug, "What was done for "+m.NameAndDate())
}

// deskSiteRecord answers GET /desk/site/record: what was done to the site, its boards and partners.
func (s *Server) deskSiteRecord(c *call) error {
	site, err := s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	return s.recordPage(c, page.DeskRecord{Zone: site.Location()}, "", "What was done to the site")
}

func (s *Server) recordPage(c *call, p page.DeskRecord, meeting, title string) error {
	before, err := strconv.ParseInt(c.Query("before", "0"), 10, 64)
	if err != nil || before < 0 {
		return papers.Errorf(papers.CodeInvalid, "Go back and follow the link to earlier acts.")
	}
	rows, err := s.Record.MeetingAudit(c.ctx, meeting, before, recordShown+1)
	if err != nil {
		return err
	}
	if len(rows) > recordShown {
		rows = rows[:recordShown]
		p.Earlier = rows[recordShown-1].ID
	}
	for _, r := range rows {
		p.Days = page.AddDone(p.Days, r, p.Zone)
	}
	if p.Base, err = c.base(title, "desk"); err != nil {
		return err
	}
	return c.render(fiber.StatusOK, p)
}
