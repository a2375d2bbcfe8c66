package server

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// questionNumbers are the fields of the rules for questions that hold a number.
var questionNumbers = []struct {
	name, what string
	of         func(*papers.QuestionRules) *int
}{
	{"days", "number of days", func(q *papers.QuestionRules) *int { return &q.Deadline.Days }},
	{"weeks", "number of weeks", func(q *papers.QuestionRules) *int { return &q.Deadline.Weeks }},
	{"per_person", "questions of one person", func(q *papers.QuestionRules) *int { return &q.PerPerson }},
	{"per_organisation", "questions of one organisation", func(q *papers.QuestionRules) *int { return &q.PerOrganisation }},
	{"per_meeting", "questions of one meeting", func(q *papers.QuestionRules) *int { return &q.PerMeeting }},
	{"words", "words of a question", func(q *papers.QuestionRules) *int { return &q.Words }},
	{"minutes", "minutes for questions", func(q *papers.QuestionRules) *int { return &q.Minutes }},
	{"statement_words", "words of a statement", func(q *papers.QuestionRules) *int { return &q.Statements.Words }},
	{"statements_per_person", "statements of one person", func(q *papers.QuestionRules) *int { return &q.Statements.PerPerson }},
	{"reply_days", "days to a written answer", func(q *papers.QuestionRules) *int { return &q.ReplyDays }},
}

// questionTicks are those that are so or not.
var questionTicks = []struct {
	name string
	of   func(*papers.QuestionRules) *bool
}{
	{"earlier", func(q *papers.QuestionRules) *bool { return &q.Deadline.Earlier }},
	{"agenda_only", func(q *papers.QuestionRules) *bool { return &q.AgendaOnly }},
	{"in_writing_only", func(q *papers.QuestionRules) *bool { return &q.InWritingOnly }},
	{"supplementary", func(q *papers.QuestionRules) *bool { return &q.Supplementary }},
	{"name_needed", func(q *papers.QuestionRules) *bool { return &q.NameNeeded }},
	{"support", func(q *papers.QuestionRules) *bool { return &q.Support }},
	{"hide_name", func(q *papers.QuestionRules) *bool { return &q.HideName }},
	{"hide_area", func(q *papers.QuestionRules) *bool { return &q.HideArea }},
	{"hide_organisation", func(q *papers.QuestionRules) *bool { return &q.HideOrganisation }},
	{"statements", func(q *papers.QuestionRules) *bool { return &q.Statements.Taken }},
	{"statements_in_writing", func(q *papers.QuestionRules) *bool { return &q.Statements.InWritingOnly }},
}

func questionForm(q papers.QuestionRules) page.Form {
	f := page.Form{Prefix: "ask-", Values: map[string]string{"count": string(q.Deadline.Count), "clock": q.Deadline.Clock, "other_ways": q.OtherWays, "who": q.WhoMayAsk,
		"weekday": strconv.Itoa(int(q.Deadline.Weekday)), "refused_by": string(q.RefusedBy), "chat": string(q.Chat)}}
	for _, n := range questionNumbers {
		if v := *n.of(&q); v > 0 {
			f.Values[n.name] = strconv.Itoa(v)
		}
	}
	for _, t := range questionTicks {
		if *t.of(&q) {
			f.Values[t.name] = "yes"
		}
	}
	return f
}

// typedRules reads the form of the rules, as typed.
func (c *call) typedRules() page.Form {
	names := []string{"count", "weekday", "clock", "other_ways", "who", "refused_by", "chat"}
	for _, n := range questionNumbers {
		names = append(names, n.name)
	}
	for _, t := range questionTicks {
		names = append(names, t.name)
	}
	f := c.typed(names...)
	f.Prefix, f.At = "ask-", "count"
	return f
}

// readRules puts the values of the form into the rules. With an error it names the field in f.
func readRules(f *page.Form, q *papers.QuestionRules) error {
	day, _ := strconv.Atoi(f.Value("weekday")) // Sunday when it says nothing
	q.OtherWays, q.WhoMayAsk, q.Chat = f.Value("other_ways"), f.Value("who"), papers.ChatMode(f.Value("chat"))
	q.Deadline = papers.Deadline{Count: papers.DeadlineCount(f.Value("count")), Weekday: time.Weekday(day), Clock: f.Value("clock")}
	for _, n := range questionNumbers {
		if err := readCount(f, n.name, n.what, n.of(q)); err != nil {
			return err
		}
	}
	for _, t := range questionTicks {
		*t.of(q) = f.Value(t.name) == "yes"
	}
	checked := *q
	err := checked.Tidy()
	f.At = about(err, "words of a question", "words", "words of a statement", "statement_words", "statement of who", "who", "other ways", "other_ways", "time of the deadline", "clock", "", "count")
	return err
}

// deskBoardQuestions answers POST /desk/boards/:slug/questions.
func (s *Server) deskBoardQuestions(c *call) error {
	f := c.typedRules()
	return s.saveBoard(c, f, "questions", func(b *papers.Board) error {
		b.Questions.RefusedBy = papers.RefusalRole(f.Value("refused_by"))
		return readRules(&f, &b.Questions)
	}, func(p *page.DeskBoard) *page.Form { return &p.Questions })
}

// deskMeetingRules answers GET /desk/meetings/:slug/rules: the rules for questions of one meeting.
func (s *Server) deskMeetingRules(c *call) error {
	return c.meetingRules(fiber.StatusOK, nil)
}

func (c *call) meetingRules(status int, typed *page.Form) error {
	m, err := c.s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	b, err := c.s.Record.Board(c.ctx, m.Board)
	if err != nil {
		return err
	}
	base, err := c.base("Questions to this meeting", "desk")
	if err != nil {
		return err
	}
	rules := m.QuestionRules(b)
	p := page.DeskMeetingRules{Base: base, Meeting: m, Zone: m.Location(), Own: m.Rules != nil, Form: questionForm(rules), Says: page.QuestionRuleWords(rules),
		Warnings: c.deadlineWarnings(m, b), Flash: map[string]string{"own": "Saved. This meeting has rules of its own.", "board": "Saved. The rules of the board hold again."}[base.Saved]}
	if typed != nil {
		p.Form = *typed
	}
	return c.render(status, p)
}

// deskMeetingRulesChange answers POST /desk/meetings/:slug/rules.
func (s *Server) deskMeetingRulesChange(c *call) error {
	before, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	b, err := s.Record.Board(c.ctx, before.Board)
	if err != nil {
		return err
	}
	m, f, saved := before, c.typedRules(), "board"
	if m.Rules = nil; c.formField("do") != "board" {
		rules := b.Questions // who decides about refusals stays the board's
		if err = readRules(&f, &rules); err == nil {
			m.Rules, saved = &rules, "own"
		}
	}
	if err == nil {
		c.followRule(&m, before, b)
		if err = m.Tidy(); err == nil {
			err = c.changeMeeting(m, auth.EditBoard)
		}
	}
	if mendable(&f, err) {
		return c.meetingRules(fiber.StatusUnprocessableEntity, &f)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + m.Slug + "/rules?saved=" + saved)
}
