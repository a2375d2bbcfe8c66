package server

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/page"
)

// reportShow answers GET /report?about=: the form on which anybody says that something published should
// not be there.
func (s *Server) reportShow(c *call) error {
	_, p, err := c.reportOn(c.Query("about"), c.Query("part"))
	if err != nil {
		return err
	}
	c.device(true) // so that the same device reports the same thing once
	p.Done = c.Query("done") == "1"
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Robots-Tag", "noindex")
	return c.render(fiber.StatusOK, p)
}

// reportSend answers POST /report.
func (s *Server) reportSend(c *call) error {
	r, p, err := c.reportOn(c.formField("about"), c.formField("part"))
	if err != nil {
		return err
	}
	r.Device, r.From = c.device(true), c.place()
	r.Reason, r.Text, r.Urgent = c.formField("reason"), strings.TrimSpace(c.formField("text")), c.formField("urgent") == "yes"
	err = s.Hub.Report(c.ctx, r)
	if err == nil && c.program() {
		return c.ok(fiber.StatusCreated, fiber.Map{"about": p.About})
	}
	if err == nil {
		return c.see("/report?" + url.Values{"about": {p.About}, "part": {r.Part}, "done": {"1"}}.Encode())
	}
	if c.program() || papers.CodeOf(err) == "" {
		return err
	}
	status, _, sentence := s.explain(c.Ctx, err)
	p.Error, p.Chosen, p.Typed, p.Urgent = sentence, r.Reason, r.Text, r.Urgent
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.render(status, p)
}

// reportOn finds what a report is about. Only what is published can be reported; everything else is not
// there.
func (c *call) reportOn(about, part string) (r livestream.Report, p page.Report, err error) {
	if id, ok := strings.CutPrefix(about, "chat/"); ok {
		return c.reportOnMessage(id)
	}
	q, err := c.s.Record.Question(c.ctx, strings.ToUpper(about))
	if err == nil && q.Text == "" {
		err = papers.ErrNotFound
	}
	if err != nil {
		return r, p, err
	}
	m, err := c.s.Record.Meeting(c.ctx, papers.Public, q.Meeting)
	if err != nil {
		return r, p, err
	}
	p.Part, p.Text = "question", q.Text
	if part == "answer" && q.Answer != "" {
		p.Part, p.Text = "answer", q.Answer
	}
	r = livestream.Report{Board: m.Board, Meeting: m.Slug, Subject: "questions/" + q.Number, Part: p.Part}
	p.About, p.Back = q.Number, "/questions/"+q.Number
	p.What = "the " + p.Part + " to " + q.Number
	if p.Part == "question" {
		p.What = strings.ToLower(page.KindName(q.Kind)) + " " + q.Number
	}
	return c.reportPage(r, p)
}

func (c *call) reportOnMessage(id string) (r livestream.Report, p page.Report, err error) {
	m, err := c.s.Record.Message(c.ctx, id)
	if err == nil && m.State != livestream.ChatPosted {
		err = papers.ErrNotFound
	}
	if err != nil {
		return r, p, err
	}
	if _, err := c.s.Record.Meeting(c.ctx, papers.Public, m.Meeting); err != nil {
		return r, p, err
	}
	r = livestream.Report{Board: m.Board, Meeting: m.Meeting, Subject: "chat/" + m.ID}
	p.About, p.What, p.Text, p.Back = r.Subject, "a message of the chat", m.Text, "/meetings/"+m.Meeting+"/chat"
	return c.reportPage(r, p)
}

func (c *call) reportPage(r livestream.Report, p page.Report) (livestream.Report, page.Report, error) {
	var err error
	p.Base, err = c.base("Report "+p.What, "questions")
	for _, reason := range livestream.ReportReasons {
		p.Reasons = append(p.Reasons, page.Reason{Code: reason.Code, Words: reason.Words})
	}
	return r, p, err
}
