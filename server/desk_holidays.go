package server

import (
	"fmt"
	"io"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
	"clearday/server/page"
)

// holidayBody bounds the form with a file of bank holidays: the real one has about 35 kB.
const holidayBody = 2 << 20

// deskHolidaysShow answers GET /desk/holidays: which bank holidays count, and until when they are known.
func (s *Server) deskHolidaysShow(c *call) error {
	return s.holidaysPage(c, fiber.StatusOK, page.Form{})
}

func (s *Server) holidaysPage(c *call, status int, f page.Form) error {
	base, err := c.base("Bank holidays", "site")
	if err != nil {
		return err
	}
	files, err := s.Record.HolidayFiles(c.ctx)
	if err != nil {
		return err
	}
	h := s.holidays()
	p := page.DeskHolidays{Base: base, Flash: deskFlash[base.Saved], Form: f, Files: files, Zone: base.Site.Location(), Hash: h.Hash(), Snapshot: notice.SnapshotDate}
	for _, division := range notice.Divisions() {
		first, last := h.Reach(division)
		p.Reach = append(p.Reach, page.DeskReach{Division: page.DivisionNames[division], First: first, Last: last})
	}
	return c.render(status, p)
}

// deskHolidaysReplace answers POST /desk/holidays. A file is taken whole or not at all: three divisions,
// each with days that can be read, and no less of the years to come than is known already (N-32).
func (s *Server) deskHolidaysReplace(c *call) error {
	f := page.Form{At: "file"}
	data, err := c.smallFile("file")
	var h notice.Holidays
	if err == nil {
		h, err = s.betterHolidays(data)
	}
	if mendable(&f, err) {
		return s.holidaysPage(c, fiber.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	act := papers.Act{Kind: papers.ActHolidaysReplaced, Subject: "holidays", Facts: map[string]string{"sha256": h.Hash()}}
	for _, division := range notice.Divisions() {
		first, last := h.Reach(division)
		act.Facts[division] = fmt.Sprintf("%d to %d", first, last)
	}
	if err := s.Record.ReplaceHolidays(c.ctx, h.Hash(), data, papers.Change{By: c.actor(auth.ManageSite), Acts: []papers.Act{act}}); err != nil {
		return err
	}
	if err := s.readHolidays(c.ctx); err != nil {
		return err
	}
	return c.see("/desk/holidays?saved=holidays")
}

func (s *Server) betterHolidays(data []byte) (notice.Holidays, error) {
	h, err := notice.ParseHolidays(data)
	if err != nil {
		return h, papers.Errorf(papers.CodeInvalid, "This is not a file of bank holidays as GOV.UK gives it (%v). Nothing was changed.", err)
	}
	for _, division := range notice.Divisions() {
		_, known := s.holidays().Reach(division)
		if _, last := h.Reach(division); last < known {
			return h, papers.Errorf(papers.CodeInvalid, "This file knows %s until %d, the present one until %d. Nothing was changed.", page.DivisionNames[division], last, known)
		}
	}
	return h, nil
}

// smallFile reads a file of a form whose body is bounded by its route.
func (c *call) smallFile(field string) ([]byte, error) {
	r, err := c.multipart()
	if err != nil {
		return nil, err
	}
	for {
		part, err := r.NextPart()
		if err != nil { // also a form that breaks off
			return nil, papers.Errorf(papers.CodeInvalid, "Choose the file.")
		}
		if part.FormName() != field || part.FileName() == "" {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(part, holidayBody))
		if err != nil {
			return nil, papers.Errorf(papers.CodeInvalid, "The file did not arrive whole. Send it again.")
		}
		return data, nil
	}
}
