package server

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// lateFields are those of the template "desk-late".
var lateFields = []string{"late", "late_reason", "late_chair", "late_date", "late_time"}

// askLate offers the reason where a publication, now or at the time that the form offers, would be late.
func (d *desk) askLate(f *page.Form, pub papers.Publication) *page.DeskLate {
	at := d.now
	if f.Is("when", "at") {
		if wall, err := papers.WallTime(f.Value("date"), f.Value("time"), d.zone); err == nil && wall.After(at) {
			at = wall
		}
	}
	what := d.tooLate(pub, at)
	if len(what) == 0 {
		return nil
	}
	if f.Value("late_date") == "" {
		f.Values["late_date"], f.Values["late_time"] = d.now.In(d.zone).Format(time.DateOnly), d.now.In(d.zone).Format("15:04")
	}
	return &page.DeskLate{Form: *f, What: what}
}

// readLate reads why a publication comes late, and demands it when it does: either the meeting was
// convened at shorter notice, or the chair holds that the business cannot wait (N-4, N-5).
func (d *desk) readLate(f *page.Form, pub papers.Publication, at *time.Time) (*papers.Late, error) {
	moment := d.now
	if at != nil {
		moment = *at
	}
	what := d.tooLate(pub, moment)
	if len(what) == 0 {
		return nil, nil //nolint:nilnil // nothing is late, so there is nothing to say
	}
	l := papers.Late{Ground: papers.Ground(f.Value("late")), Reason: f.Value("late_reason")}
	if l.Ground == "" {
		f.At = "late"
		return nil, papers.Errorf(papers.CodeConflict, "This would come after the last lawful moment (%s). Say below why it comes late, or leave it out.", strings.Join(what, "; "))
	}
	if l.Ground == papers.Urgent {
		l.Chair = f.Value("late_chair")
	}
	var err error
	if l.At, err = papers.WallTime(f.Value("late_date"), f.Value("late_time"), d.zone); err != nil {
		f.At = "late_date"
		return nil, err
	}
	err = l.Tidy(moment)
	f.At = about(err, "which ground", "late", "reason", "late_reason", "name of the chair", "late_chair", "", "late_date")
	return &l, err
}

// deskExplain answers POST /desk/meetings/:slug/late: why something came late that is public already,
// because a program published it, or because it was done after its time.
func (s *Server) deskExplain(c *call) error {
	slug, id := c.Params("slug"), c.formField("publication")
	m, err := s.Record.Meeting(c.ctx, c.audience(), slug)
	if err != nil {
		return err
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.publications, func(p papers.Publication) bool { return p.ID == id && p.PublishedAt != nil })
	if i < 0 {
		return papers.ErrNotFound // of another meeting, perhaps of another board
	}
	f := c.typed(lateFields...)
	f.Prefix = "why-" + id + "-"
	l := papers.Late{Ground: papers.Ground(f.Value("late")), Reason: f.Value("late_reason"), Chair: f.Value("late_chair")}
	if l.Ground == papers.ShorterNotice {
		l.Chair = ""
	}
	f.At = "late_date"
	if l.At, err = papers.WallTime(f.Value("late_date"), f.Value("late_time"), d.zone); err == nil {
		err = l.Tidy(d.now)
		f.At = about(err, "which ground", "late", "reason", "late_reason", "name of the chair", "late_chair", "", "late_date")
	}
	if err == nil {
		act := papers.Act{Kind: papers.ActLateExplained, Subject: "meetings/" + slug + "/publications/" + id, Board: m.Board, Meeting: slug,
			Facts: map[string]string{"late": string(l.Ground), "act": page.Number(int(d.publications[i].Act))}, Texts: map[string]string{"late": l.Reason}}
		err = s.Record.ExplainLate(c.ctx, id, l, papers.Change{By: c.actor(auth.Publish), Acts: []papers.Act{act}})
	}
	if mendable(&f, err) {
		return s.meetingDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskMeeting) { d.Publish.Explain(id, f) })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + slug + "?saved=explained#publish")
}
