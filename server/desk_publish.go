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
	told := false
	for _, pub := range d.publications {
		switch pub.State {
		case papers.PublicationScheduled:
			p.Scheduled = append(p.Scheduled, d.plan(pub, d.now))
			told = told || pub.Announces
		case papers.PublicationDone:
			p.Done = append(p.Done, d.done(pub, may))
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
	p.CanTell = d.meeting.AnnouncedAt == nil && !told
	p.Plan = d.plan(plan, d.now)
	p.Said = d.said(p.Plan)
	switch {
	case plan.Empty() && len(p.Scheduled) > 0:
		p.Nothing = "All that is ready is scheduled. To change that, stop it and publish again."
	case plan.Empty():
		p.Nothing = "Nothing new to publish. Add an item or a paper first."
	case len(d.items) == 0:
		p.Nothing = "Add the first item of the agenda, then publish."
	}
	p.Notice, p.Late, p.Choices = d.notice(d.now), d.askLate(&p.Form, plan), d.choosable(plan, nil)
	if p.CanTell {
		p.TellLate = d.askLate(&page.Form{Prefix: "tell-", Values: map[string]string{"when": "now"}}, papers.Publication{Announces: true})
	}
	if at, ok := d.lastMoment(clockRule(d.profile, d.lawful())); ok {
		if at.After(d.now) {
			p.OnTime = page.Moment(at, d.zone)
		}
	} else {
		p.NoDeadline = "Our list of bank holidays does not reach this meeting, so no last moment is counted."
	}
	return p, nil
}

// done says what a publication made public, and asks why it was late where nobody has said.
func (d *desk) done(pub papers.Publication, may page.DeskMay) page.DeskPlan {
	p := d.plan(pub, d.now)
	if pub.Supplement > 0 {
		p.Title = "Supplement " + page.Number(pub.Supplement)
	}
	if !d.wasLate(pub) {
		return p
	}
	p.Late = page.NewLate(pub.Late, d.zone)
	if pub.Late == nil && may.Publish {
		now := d.now.In(d.zone)
		p.Explain = &page.Form{Prefix: "why-" + pub.ID + "-", Values: map[string]string{"late_date": now.Format(time.DateOnly), "late_time": now.Format("15:04")}}
	}
	return p
}

// wasLate tells of a publication that is done whether anything of it came after its last lawful moment.
func (d *desk) wasLate(pub papers.Publication) bool {
	late := func(clock papers.Clock) bool {
		r, ok := d.count(*pub.PublishedAt, clock)
		return ok && !r.OnTime
	}
	first := slices.ContainsFunc(d.papers, func(p papers.Paper) bool {
		v, _ := publications(p)
		return v.N > 0 && slices.Contains(pub.Versions, v.Ref())
	})
	return pub.Announces && late(papers.ClockNotice) || len(pub.Items) > 0 && late(papers.ClockAgenda) || first && late(papers.ClockReports)
}

// choosable are the items and papers of a plan, each with whether it is ticked: all of them at first.
func (d *desk) choosable(plan papers.Publication, c *papers.Choice) []page.DeskChoice {
	var list []page.DeskChoice
	for _, i := range d.items {
		if slices.Contains(plan.Items, i.ID) {
			list = append(list, page.DeskChoice{Kind: "item", ID: i.ID, Label: "Item " + i.Number + ": " + i.Title, Checked: c == nil || slices.Contains(c.Items, i.ID)})
		}
		for _, p := range d.papers {
			if p.Item == i.ID && slices.ContainsFunc(plan.Versions, func(r papers.VersionRef) bool { return r.Paper == p.ID }) {
				list = append(list, page.DeskChoice{Kind: "paper", ID: p.ID, Label: p.Title + ", paper of item " + i.Number, Checked: c == nil || slices.Contains(c.Papers, p.ID)})
			}
		}
	}
	if len(list) < 2 {
		return nil
	}
	return list
}

// readChoice reads what of the plan is to be public: all of it, the agenda without papers, or what was ticked.
func (c *call) readChoice(f *page.Form, plan papers.Publication) (*papers.Choice, error) {
	switch f.Value("what") {
	case "", "all":
		return nil, nil //nolint:nilnil // nothing is left out
	case "agenda":
		return &papers.Choice{Items: plan.Items}, nil
	}
	chosen := &papers.Choice{}
	for _, id := range c.Context().PostArgs().PeekMulti("item") {
		chosen.Items = append(chosen.Items, string(id))
	}
	for _, id := range c.Context().PostArgs().PeekMulti("paper") {
		chosen.Papers = append(chosen.Papers, string(id))
	}
	if len(chosen.Items)+len(chosen.Papers) == 0 {
		f.At = "what"
		return chosen, papers.Errorf(papers.CodeInvalid, "Tick at least one item or paper.")
	}
	return chosen, nil
}

// whenForm offers tomorrow at nine, or now when the meeting is nearer than that.
func (s *Server) whenForm(d *desk) page.Form {
	day := s.Now().In(d.zone).AddDate(0, 0, 1)
	at := time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, d.zone)
	when := "at"
	if !at.Before(d.meeting.StartsAt) {
		when = "now"
	}
	return page.Form{Prefix: "pub-", Values: map[string]string{"what": "all", "when": when, "date": at.Format(time.DateOnly), "time": at.Format("15:04")}}
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
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	plan, err := s.Publisher.Plan(c.ctx, slug, nil)
	if err != nil {
		return err
	}
	f := c.typed(append(lateFields, "what", "when", "date", "time", "said")...)
	f.Prefix = "pub-"
	var w papers.Wish
	again := func(status int, changed bool) error {
		return s.meetingDesk(c, status, func(p *page.DeskMeeting) {
			p.Publish.Late = d.askLate(&f, plan)
			p.Publish.Form, p.Publish.OutOfDate, p.Publish.Choices = f, changed, d.choosable(plan, w.Only)
		})
	}
	if f.Value("said") != d.said(d.plan(plan, s.Now())) {
		f.Error = "The agenda or its papers changed since you opened this page. Read again what will be public, then publish."
		return again(fiber.StatusConflict, true)
	}
	w, err = c.readWish(&f, d, plan)
	var pub papers.Publication
	if err == nil {
		f.At = ""
		pub, err = s.Publisher.PublishMeeting(c.ctx, slug, w, c.actor(auth.Publish))
	}
	if mendable(&f, err) {
		return again(fiber.StatusUnprocessableEntity, false)
	}
	if err != nil {
		return err
	}
	return c.see(fmt.Sprintf("/desk/meetings/%s?saved=%s#publish", slug, publishedWord(pub)))
}

// readWish reads what is to be public of a plan, when, and why that is late where it is.
func (c *call) readWish(f *page.Form, d *desk, plan papers.Publication) (w papers.Wish, err error) {
	if w.At, err = c.readWhen(f, d.zone); err != nil {
		return w, err
	}
	if w.Only, err = c.readChoice(f, plan); err != nil {
		return w, err
	}
	if w.Only != nil {
		f.At = "what"
		if plan, err = plan.Narrow(*w.Only, d.papers); err != nil {
			return w, err
		}
	}
	w.Late, err = d.readLate(f, plan, w.At)
	return w, err
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
