package server

import (
	"strconv"
	"time"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// readFacts reads the form of a meeting's facts into m. The form comes back with what was typed
// and, with an error, the field that it is about.
func readFacts(c *call, m *papers.Meeting, b papers.Board) (page.Form, error) {
	f := c.typed(append(factFields, "board")...)
	return f, c.fillFacts(&f, m, b)
}

// factFields are the fields of a meeting's facts that change.
var factFields = []string{"title", "date", "start", "end", "venue", "access", "telephone", "seats", "mode", "watch", "ask_date", "ask_time", "papers_from"}

var factLabels = map[string]string{"title": "Title", "date": "Date", "start": "Starts", "end": "Ends", "venue": "Place", "access": "Access",
	"telephone": "Telephone", "seats": "Seats", "mode": "How people attend", "watch": "How to watch", "ask_date": "Questions until", "ask_time": "Questions until (time)",
	"papers_from": "Papers from"}

// fillFacts puts the values of a form into m. With an error it names the field in f.
func (c *call) fillFacts(f *page.Form, m *papers.Meeting, b papers.Board) error {
	before, loc := *m, m.Location()
	if m.Board == "" {
		f.At = "board"
		return papers.Errorf(papers.CodeInvalid, "Say which board meets.")
	}
	var err error
	if f.Value("date") == "" {
		f.At = "date"
		return papers.Errorf(papers.CodeInvalid, "Give the date of the meeting.")
	}
	if m.StartsAt, err = papers.WallTime(f.Value("date"), f.Value("start"), loc); err != nil {
		f.At = "start"
		return err
	}
	m.EndsAt = time.Time{}
	if f.Value("end") != "" {
		if m.EndsAt, err = papers.WallTime(f.Value("date"), f.Value("end"), loc); err != nil {
			f.At = "end"
			return err
		}
	}
	if err := readCount(f, "seats", "number of public seats", &m.Seats); err != nil {
		return err
	}
	if err := c.readAskUntil(f, m, before, b); err != nil {
		return err
	}
	m.Title, m.Venue, m.Access, m.Watch, m.Mode = f.Value("title"), f.Value("venue"), f.Value("access"), f.Value("watch"), papers.Mode(f.Value("mode"))
	m.Telephone, m.PapersFrom = f.Value("telephone"), f.Value("papers_from")
	err = m.Tidy()
	f.At = about(err, "title", "title", "venue", "venue", "access note", "access", "way to watch", "watch", "telephone", "telephone", "seats", "seats",
		"day of the papers", "papers_from", "Questions in writing", "ask_date", "must end", "end", "24 hours", "end", "mode", "mode", "", "date")
	return err
}

// readCount reads a whole number that may be left empty.
func readCount(f *page.Form, name, what string, into *int) error {
	*into = 0
	if f.Value(name) == "" {
		return nil
	}
	n, err := strconv.Atoi(f.Value(name))
	if err != nil || n < 0 {
		f.At = name
		return papers.Errorf(papers.CodeInvalid, "Give the %s as a number, or leave it empty.", what)
	}
	*into = n
	return nil
}

// readAskUntil reads the last moment to ask in writing. Left empty it is by the board's rule. One that
// was by the rule, and that nobody touched, follows the meeting to its new time.
func (c *call) readAskUntil(f *page.Form, m *papers.Meeting, before papers.Meeting, b papers.Board) error {
	if f.Value("ask_date") == "" && f.Value("ask_time") == "" {
		m.AskUntil = c.s.questionsClose(*m, b)
		return nil
	}
	at, err := papers.WallTime(f.Value("ask_date"), f.Value("ask_time"), m.Location())
	if err != nil {
		f.At = "ask_date"
		return err
	}
	m.AskUntil = &at
	if before.AskUntil != nil && before.AskUntil.Equal(at) && !before.StartsAt.Equal(m.StartsAt) {
		c.followRule(m, before, b)
	}
	return nil
}

// followRule lets a deadline that was by the board's rule be so for the new time too.
func (c *call) followRule(m *papers.Meeting, before papers.Meeting, b papers.Board) {
	if was := c.s.questionsClose(before, b); was != nil && before.AskUntil != nil && was.Equal(*before.AskUntil) {
		m.AskUntil = c.s.questionsClose(*m, b)
	}
}

func factsOf(m papers.Meeting) page.Form {
	loc := m.Location()
	v := map[string]string{
		"board": m.Board, "title": m.Title, "date": m.Date(), "start": m.StartsAt.In(loc).Format("15:04"), "end": m.EndsAt.In(loc).Format("15:04"),
		"venue": m.Venue, "access": m.Access, "telephone": m.Telephone, "watch": m.Watch, "mode": string(m.Mode), "papers_from": m.PapersFrom,
		"revision": strconv.Itoa(m.Revision),
	}
	if m.Seats > 0 {
		v["seats"] = strconv.Itoa(m.Seats)
	}
	if m.AskUntil != nil {
		v["ask_date"], v["ask_time"] = m.AskUntil.In(loc).Format(time.DateOnly), m.AskUntil.In(loc).Format("15:04")
	}
	return page.Form{Values: v}
}

// changeMeeting saves the facts of a meeting, with an act when it is public.
func (c *call) changeMeeting(m papers.Meeting, may auth.Permission) error {
	change := papers.Change{By: c.actor(may)}
	if m.AnnouncedAt != nil {
		change.Acts = []papers.Act{m.Act(papers.ActMeetingChanged)}
	}
	before, err := c.s.Record.Meeting(c.ctx, c.audience(), m.Slug)
	if err != nil {
		return err
	}
	m.State = "" // stays as it is: the room may open meanwhile
	err = c.s.Record.ChangeMeeting(c.ctx, m, change)
	if err == nil && asksOtherwise(before, m) {
		c.rulesChanged(m.Slug)
	}
	return err
}

// deadlineWarnings say what is odd about the last moment to ask (rules.md ).
func (c *call) deadlineWarnings(m papers.Meeting, b papers.Board) []string {
	var says []string
	rules := m.QuestionRules(b)
	rule := rules.Deadline
	by := c.s.questionsClose(m, b)
	switch {
	case rule.Count != "" && by == nil:
		says = append(says, "The board’s rule for questions cannot be counted for this date: our bank holidays do not reach that far. Set the last moment to ask yourself.")
	case by != nil && m.AskUntil == nil:
		says = append(says, "Questions close when the meeting begins. By the board’s rule they would close on "+page.Moment(*by, m.Location())+".")
	case by != nil && !by.Equal(*m.AskUntil):
		says = append(says, "Questions close on "+page.Moment(*m.AskUntil, m.Location())+". By the board’s rule they would close on "+page.Moment(*by, m.Location())+".")
	}
	if m.AskUntil == nil {
		return says
	}
	out := m.PublishedAt
	if out == nil {
		if day, err := time.ParseInLocation(time.DateOnly, c.s.papersFrom(m, b), m.Location()); err == nil {
			out = &day
		}
	}
	if out != nil && m.AskUntil.Before(*out) {
		s := "Questions close before the papers come out on " + out.In(m.Location()).Format("Monday 2 January 2006") + "."
		if rules.AgendaOnly {
			s += " The board takes questions on its agenda only, so nobody could ask one."
		}
		says = append(says, s)
	}
	return says
}
