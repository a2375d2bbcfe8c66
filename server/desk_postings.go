package server

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
	"clearday/server/page"
)

// postingNames say what can hang at the offices.
var postingNames = map[papers.Clock]string{papers.ClockNotice: "The notice of the meeting", papers.ClockAgenda: "The agenda", papers.ClockReports: "The reports, open to inspection"}

// postingPanel is for boards whose rules ask for the offices, and wherever something hangs there.
func (s *Server) postingPanel(c *call, d *desk, may page.DeskMay) (page.DeskPosting, error) {
	p := page.DeskPosting{May: may.Publish, Form: page.Form{Prefix: "post-", Values: map[string]string{
		"place": d.meeting.Venue, "date": d.now.In(d.zone).Format(time.DateOnly), "time": d.now.In(d.zone).Format("15:04")}}}
	list, err := s.Record.Postings(c.ctx, c.audience(), d.meeting.Slug)
	if err != nil {
		return p, err
	}
	for _, clock := range []papers.Clock{papers.ClockNotice, papers.ClockAgenda, papers.ClockReports} {
		if clockRule(d.profile, clock).Posting != notice.OnSite {
			p.Choices = append(p.Choices, page.Choice{Value: string(clock), Says: postingNames[clock]})
		}
	}
	for _, post := range list {
		row := page.DeskPosted{ID: post.ID, Says: postingNames[post.Clock] + ": " + post.Place + ", " + page.Moment(post.PostedAt, d.zone)}
		if r, ok := d.count(post.PostedAt, post.Clock); ok {
			row.Notice = &page.DeskNotice{Says: r.String()}
			if !r.OnTime {
				row.Notice.Class = "cd-badge--late"
			}
		}
		p.List = append(p.List, row)
	}
	return p, nil
}

// deskPosting answers POST /desk/meetings/:slug/postings.
func (s *Server) deskPosting(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	f := c.typed("clock", "place", "date", "time")
	f.Prefix, f.At = "post-", "date"
	p := papers.Posting{ID: papers.NewID(), Meeting: m.Slug, Clock: papers.Clock(f.Value("clock")), Place: f.Value("place"), RecordedBy: c.actor(auth.Publish).Role}
	if p.PostedAt, err = papers.WallTime(f.Value("date"), f.Value("time"), m.Location()); err == nil {
		err = p.Tidy(s.Now())
		f.At = about(err, "what was posted", "clock", "place", "place", "", "date")
	}
	if err == nil {
		err = s.Record.RecordPosting(c.ctx, p, c.postingChange(m, p, papers.ActPostingRecorded))
	}
	if mendable(&f, err) {
		return s.meetingDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskMeeting) { d.Posting.Form = f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + m.Slug + "?saved=posted#posted")
}

// deskPostingRemove answers POST /desk/meetings/:slug/postings/:id/remove, for one recorded by mistake.
func (s *Server) deskPostingRemove(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	list, err := s.Record.Postings(c.ctx, c.audience(), m.Slug)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.ID == c.Params("id") {
			if err := s.Record.RemovePosting(c.ctx, m.Slug, p.ID, c.postingChange(m, p, papers.ActPostingRemoved)); err != nil {
				return err
			}
			return c.see("/desk/meetings/" + m.Slug + "?saved=unposted#posted")
		}
	}
	return papers.ErrNotFound
}

// postingChange carries an act once the meeting is public: before, not even its number may tell of it.
func (c *call) postingChange(m papers.Meeting, p papers.Posting, kind papers.Kind) papers.Change {
	change := papers.Change{By: c.actor(auth.Publish)}
	if m.AnnouncedAt != nil {
		change.Acts = []papers.Act{p.Act(kind, m.Board)}
	}
	return change
}

// outcomes are what became of scheduled publications and nobody has seen yet, on the boards of the person.
func (s *Server) outcomes(c *call, boards []papers.Board) ([]page.DeskOutcome, error) {
	var slugs []string
	for _, b := range boards {
		if c.person.May(auth.Publish, b.Slug) {
			slugs = append(slugs, b.Slug)
		}
	}
	list, err := s.Record.Outcomes(c.ctx, slugs)
	if err != nil {
		return nil, err
	}
	var out []page.DeskOutcome
	for _, o := range list {
		m, err := s.Record.Meeting(c.ctx, c.audience(), o.Meeting)
		if err != nil {
			return nil, err
		}
		row := page.DeskOutcome{ID: o.ID, Slug: m.Slug, Name: m.NameAndDate(),
			When: page.Moment(o.At, m.Location()), Says: o.Says, Failed: o.Kind == papers.OutcomeFailed}
		out = append(out, row)
	}
	return out, nil
}

// deskOutcomeSeen answers POST /desk/meetings/:slug/seen.
func (s *Server) deskOutcomeSeen(c *call) error {
	id, err := strconv.ParseInt(c.formField("outcome"), 10, 64)
	if err != nil {
		return papers.ErrNotFound
	}
	if err := s.Record.SeeOutcome(c.ctx, c.Params("slug"), id, papers.Change{By: c.actor(auth.Publish)}); err != nil {
		return err
	}
	return c.see("/desk?saved=seen")
}
