package server

import (
	"fmt"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskYearShow answers GET /desk/boards/:slug/year: the form of a pattern.
func (s *Server) deskYearShow(c *call) error {
	site, err := s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	first := s.Now().In(site.Location()).AddDate(0, 1, 0)
	from := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC)
	return s.yearPage(c, fiber.StatusOK, page.Form{Values: map[string]string{"nth": "2", "weekday": "4", "every": "1", "start": "09:30", "end": "12:00",
		"from": from.Format(time.DateOnly), "to": from.AddDate(1, 0, -1).Format(time.DateOnly), "mode": string(papers.Hybrid)}}, nil)
}

func (s *Server) yearPage(c *call, status int, f page.Form, days []page.PlannedDay) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	base, err := c.base("A year of meetings: "+b.Name, "desk")
	if err != nil {
		return err
	}
	p := page.DeskYear{Base: base, Board: b, Form: f, Days: days}
	for m := time.January; m <= time.December; m++ {
		p.Months = append(p.Months, page.Choice{Value: strconv.Itoa(int(m)), Says: m.String()})
	}
	if last, err := notice.ParseDate(f.Value("to")); err == nil && len(days) > 0 {
		today := notice.DateOf(s.Now(), base.Site.Location())
		if !c.s.holidays().Covers(profileOf(b).Division, today, last) {
			p.Missing = "Our bank holidays do not reach to " + last.Long() + ": the later days are not checked against them."
		}
	}
	return c.render(status, p)
}

// deskYearAdd answers POST /desk/boards/:slug/year: first what would be made, then, when the person has
// seen it, the meetings of the days that are ticked, all or none.
func (s *Server) deskYearAdd(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	f := c.typed("nth", "weekday", "every", "from", "to", "start", "end", "mode", "venue", "access", "telephone", "announce")
	plan, err := c.readYear(&f, b)
	if mendable(&f, err) {
		return s.yearPage(c, fiber.StatusUnprocessableEntity, f, nil)
	}
	if err != nil {
		return err
	}
	days, err := c.planned(plan, b)
	if err != nil {
		return err
	}
	if c.formField("make") == "" {
		return s.yearPage(c, fiber.StatusOK, f, days)
	}
	var chosen []papers.Meeting
	for i := range days {
		if days[i].Ticked = c.formField("day-"+days[i].Date) != ""; days[i].Ticked {
			chosen = append(chosen, plan[i])
		}
	}
	if len(chosen) == 0 {
		f.At, f.Error = "day-"+days[0].Date, "Tick at least one day."
		return s.yearPage(c, fiber.StatusUnprocessableEntity, f, days)
	}
	return s.makeYear(c, f, chosen)
}

func (s *Server) makeYear(c *call, f page.Form, chosen []papers.Meeting) error {
	made, err := s.Record.AddMeetings(c.ctx, chosen, papers.Change{By: c.actor(auth.EditAgenda)})
	if err != nil {
		return err
	}
	if f.Value("announce") != "" && c.person.May(auth.Publish, made[0].Board) {
		for _, m := range made {
			if _, err := s.Publisher.Announce(c.ctx, m.Slug, nil, c.actor(auth.Publish)); err != nil {
				return fmt.Errorf("announcing the meetings of a year: %w", err)
			}
		}
	}
	return c.see("/desk?saved=year")
}

// readYear reads the pattern and gives a meeting for each of its days, at the same wall time whatever
// the clocks do.
func (c *call) readYear(f *page.Form, b papers.Board) ([]papers.Meeting, error) {
	site, err := c.s.Record.Site(c.ctx)
	if err != nil {
		return nil, err
	}
	p := papers.Pattern{From: f.Value("from"), To: f.Value("to")}
	p.Nth, _ = strconv.Atoi(f.Value("nth")) // what is no number is refused as out of bounds
	day, _ := strconv.Atoi(f.Value("weekday"))
	p.Every, _ = strconv.Atoi(f.Value("every"))
	p.Weekday = time.Weekday(((day % 7) + 7) % 7)
	for m := time.January; m <= time.December; m++ {
		name := "skip-" + strconv.Itoa(int(m))
		if c.formField(name) != "" {
			f.Values[name] = "yes"
			p.Skip = append(p.Skip, m)
		}
	}
	dates, err := p.Dates()
	if err != nil {
		f.At = about(err, "first day", "from", "last day", "to", "such day", "nth", "months", "every", "", "from")
		return nil, err
	}
	var plan []papers.Meeting
	for _, date := range dates {
		m := papers.Meeting{Board: b.Slug, Zone: site.Location().String(), Venue: f.Value("venue"), Access: f.Value("access"), Telephone: f.Value("telephone"), Mode: papers.Mode(f.Value("mode"))}
		if m.Venue == "" && m.Mode != papers.Online {
			m.Venue = b.Venue
		}
		if err := wallTimes(&m, date, f); err != nil {
			return nil, err
		}
		m.AskUntil = c.s.questionsClose(m, b)
		if err := m.Tidy(); err != nil {
			f.At = about(err, "must end", "end", "venue", "venue", "access note", "access", "telephone", "telephone", "mode", "mode", "", "start")
			return nil, err
		}
		plan = append(plan, m)
	}
	return plan, nil
}

func wallTimes(m *papers.Meeting, date string, f *page.Form) (err error) {
	if m.StartsAt, err = papers.WallTime(date, f.Value("start"), m.Location()); err != nil {
		f.At = "start"
		return err
	}
	if f.Value("end") == "" {
		return nil
	}
	if m.EndsAt, err = papers.WallTime(date, f.Value("end"), m.Location()); err != nil {
		f.At = "end"
	}
	return err
}

// planned says each day of the plan, with what is odd about it: such days are not ticked.
func (c *call) planned(plan []papers.Meeting, b papers.Board) ([]page.PlannedDay, error) {
	days := make([]page.PlannedDay, len(plan))
	division, holidays := profileOf(b).Division, c.s.holidays()
	for i, m := range plan {
		date := notice.DateOf(m.StartsAt, m.Location())
		d := page.PlannedDay{Date: date.String(), Says: date.Long()}
		if name, ok := holidays.Name(division, date); ok {
			d.Odd = append(d.Odd, name)
		}
		start := time.Date(date.Year, date.Month, date.Day, 0, 0, 0, 0, m.Location())
		there, _, err := c.s.Record.Meetings(c.ctx, c.audience(), papers.MeetingFilter{Board: b.Slug, From: start, To: start.AddDate(0, 0, 1), Newest: true, Limit: 1})
		if err != nil {
			return nil, fmt.Errorf("looking for meetings of the same day: %w", err)
		}
		if len(there) > 0 && !there[0].StartsAt.Before(start) {
			d.Odd = append(d.Odd, "The board meets on this day already, at "+page.Clock(there[0].StartsAt, m.Location()))
		}
		if m.StartsAt.Before(c.s.Now()) {
			d.Odd = append(d.Odd, "This day has passed")
		}
		d.Ticked = len(d.Odd) == 0
		days[i] = d
	}
	return days, nil
}
