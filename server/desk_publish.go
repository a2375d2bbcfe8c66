package server

import (
	"fmt"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// publishPanel says what publishing the meeting would make public now, what is scheduled, and what
// was done.
func (s *Server) publishPanel(c *call, d *desk, may page.DeskMay) (page.DeskPublish, error) {
	p := page.DeskPublish{Form: s.whenForm(d)}
	if !may.Publish && !may.Edit {
		return p, nil
	}
	now := s.Now()
	planned := map[string]bool{}
	for _, pub := range d.publications {
		switch pub.State {
		case papers.PublicationScheduled:
			p.Scheduled = append(p.Scheduled, d.plan(pub, now))
			planned["agenda"] = planned["agenda"] || pub.Agenda
			planned["announced"] = planned["announced"] || pub.Announces
		case papers.PublicationDone:
			p.Done = append(p.Done, d.plan(pub, now))
		}
	}
	slices.Reverse(p.Done)
	if !may.Publish {
		return p, nil
	}
	plan, err := s.Publisher.Plan(c.ctx, d.meeting.Slug, nil)
	if err != nil {
		return p, err
	}
	p.CanTell = d.meeting.AnnouncedAt == nil && !planned["announced"]
	p.Plan = d.plan(plan, now)
	p.Said = d.said(p.Plan)
	switch {
	case planned["agenda"]:
		p.Nothing = "This is scheduled. To add to it, stop it and publish again, or publish a paper by itself on its own page."
	case plan.Empty():
		p.Nothing = "Nothing new to publish. Add an item or a paper first."
	case len(d.items) == 0:
		p.Nothing = "Add the first item of the agenda, then publish."
	}
	p.Notice = d.notice(now)
	if at, ok := d.lastMoment(d.lawful()); ok {
		p.OnTime = page.Moment(at, d.zone)
	} else {
		p.NoDeadline = "Our list of bank holidays does not reach this meeting, so no last moment is counted."
	}
	return p, nil
}

// whenForm offers tomorrow at nine, or now when the meeting is nearer than that.
func (s *Server) whenForm(d *desk) page.Form {
	day := s.Now().In(d.zone).AddDate(0, 0, 1)
	at := time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, d.zone)
	when := "at"
	if !at.Before(d.meeting.StartsAt) {
		when = "now"
	}
	return page.Form{Prefix: "pub-", Values: map[string]string{"when": when, "date": at.Format(time.DateOnly), "time": at.Format("15:04")}}
}

// readWhen reads now, or a moment in the zone. nil is now.
func (c *call) readWhen(f *page.Form, zone *time.Location) (*time.Time, error) {
	switch f.Value("when") {
	case "now":
		return nil, nil
	case "at":
	default:
		f.At = "when"
		return nil, papers.Errorf(papers.CodeInvalid, "Choose when: now, or at a time.")
	}
	f.At = "date"
	at, err := papers.WallTime(f.Value("date"), f.Value("time"), zone)
	if err != nil {
		return nil, err
	}
	if at.Before(c.s.Now().Add(-time.Minute)) {
		return nil, papers.Errorf(papers.CodeInvalid, "%s has passed. Choose a later time, or publish now.", page.Moment(at, zone))
	}
	return &at, nil
}

// deskPublish answers POST /desk/meetings/:slug/publish. It publishes only what the page said: when
// something of the plan changed since, the page is shown again with the new plan.
func (s *Server) deskPublish(c *call) error {
	slug := c.Params("slug")
	m, err := s.Record.Meeting(c.ctx, c.audience(), slug)
	if err != nil {
		return err
	}
	f := c.typed("when", "date", "time", "said")
	f.Prefix = "pub-"
	again := func(status int, changed bool) error {
		return s.meetingDesk(c, status, func(d *page.DeskMeeting) { d.Publish.Form, d.Publish.OutOfDate = f, changed })
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	plan, err := s.Publisher.Plan(c.ctx, slug, nil)
	if err != nil {
		return err
	}
	if f.Value("said") != d.said(d.plan(plan, s.Now())) {
		f.Error = "The agenda or its papers changed since you opened this page. Read again what will be public, then publish."
		return again(fiber.StatusConflict, true)
	}
	at, err := c.readWhen(&f, m.Location())
	var pub papers.Publication
	if err == nil {
		f.At = ""
		pub, err = s.Publisher.PublishMeeting(c.ctx, slug, papers.Wish{At: at}, c.actor(auth.Publish))
	}
	if mendable(&f, err) {
		return again(fiber.StatusUnprocessableEntity, false)
	}
	if err != nil {
		return err
	}
	return c.see(fmt.Sprintf("/desk/meetings/%s?saved=%s#publish", slug, publishedWord(pub)))
}

func publishedWord(p papers.Publication) string {
	if p.State == papers.PublicationDone {
		return "published"
	}
	return "scheduled"
}

// deskPublicationStop answers POST /desk/meetings/:slug/stop.
func (s *Server) deskPublicationStop(c *call) error {
	slug, id := c.Params("slug"), c.formField("publication")
	list, err := s.Record.Publications(c.ctx, slug)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(p papers.Publication) bool { return p.ID == id }) {
		return papers.ErrNotFound // of another meeting, perhaps of another board
	}
	err = s.Record.StopPublication(c.ctx, id, papers.Change{By: c.actor(auth.Publish)})
	var f page.Form
	if mendable(&f, err) {
		return s.meetingDesk(c, fiber.StatusConflict, func(d *page.DeskMeeting) { d.Publish.Form.Error = f.Error })
	}
	if err != nil {
		return err
	}
	if paper := c.formField("paper"); paper != "" {
		if p, err := s.Record.Paper(c.ctx, c.audience(), paper); err == nil && p.Meeting == slug {
			return c.see("/desk/papers/" + p.ID + "?saved=stopped")
		}
	}
	return c.see("/desk/meetings/" + slug + "?saved=stopped#publish")
}
