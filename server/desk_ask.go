package server

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// waysToAsk are the ways by which a question comes that staff enter (rules.md Q-7).
var waysToAsk = []page.Choice{{Says: "Choose the way"}, {Value: string(livestream.ChannelPost), Says: "By post"}, {Value: string(livestream.ChannelPhone), Says: "By telephone"},
	{Value: string(livestream.ChannelEmail), Says: "By e-mail"}, {Value: string(livestream.ChannelInPerson), Says: "In person"}}

// deskAskShow answers GET /desk/meetings/:slug/questions/new.
func (s *Server) deskAskShow(c *call) error {
	p, err := c.askForPage()
	if err != nil {
		return err
	}
	return c.render(fiber.StatusOK, p)
}

func (c *call) askForPage() (page.DeskAskFor, error) {
	var p page.DeskAskFor
	var err error
	if p.Meeting, err = c.s.Record.Meeting(c.ctx, c.audience(), c.Params("slug")); err != nil {
		return p, err
	}
	if p.Base, err = c.base("A question for somebody", "desk"); err != nil {
		return p, err
	}
	p.Zone, p.Ways = p.Meeting.Location(), waysToAsk
	p.Form = page.Form{Prefix: "came-", Values: map[string]string{"date": p.Base.Now.In(p.Zone).Format(time.DateOnly), "time": p.Base.Now.In(p.Zone).Format("15:04")}}
	if p.Meeting.AnnouncedAt == nil || p.Meeting.Off() {
		p.Closed = "Questions can be entered once the meeting is announced, while it is not called off."
		return p, nil
	}
	room, err := c.s.Record.Room(c.ctx, p.Meeting.Slug)
	if err != nil {
		return p, err
	}
	rules, err := c.s.Record.Rules(c.ctx, p.Meeting.Slug)
	if err != nil {
		return p, err
	}
	items, err := c.s.Record.Items(c.ctx, papers.Public, p.Meeting.Slug)
	if err != nil {
		return p, err
	}
	p.Ask = c.askForm(p.Meeting, room, rules, papers.Heard(items))
	p.Ask.Action = "/desk/meetings/" + p.Meeting.Slug + "/questions"
	return p, nil
}

// deskAsk answers POST /desk/meetings/:slug/questions. The page that follows shows number and code, to be
// read out or written down: it is the only time that the desk sees the code.
func (s *Server) deskAsk(c *call) error {
	p, err := c.askForPage()
	if err != nil {
		return err
	}
	a, f := c.askOf(), c.typed("way", "date", "time", "parent")
	f.Prefix, a.Channel = "came-", livestream.Channel(f.Value("way"))
	if a.ReceivedAt, err = papers.WallTime(f.Value("date"), f.Value("time"), p.Zone); err != nil {
		f.At = "date"
	} else if now := s.Now().In(p.Zone); a.ReceivedAt.Equal(now.Truncate(time.Minute)) {
		a.ReceivedAt = time.Time{} // a moment ago: the record says it to the second
	}
	var q livestream.Contribution
	if err == nil {
		q, err = s.Hub.Enter(c.ctx, a, c.actor(auth.Moderate))
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if err == nil {
		p.Taken = &q
		return c.render(fiber.StatusCreated, p)
	}
	if code := papers.CodeOf(err); code == "" || code == papers.CodeNotFound {
		return err
	}
	status, _, sentence := s.explain(c.Ctx, err)
	keepTyped(&p.Ask, a, sentence)
	if f.At == "" {
		f.At = about(err, "how it came", "way", "received", "date", "further question", "parent", "question with that number", "parent")
	}
	if f.At != "" {
		f.Error, p.Ask.Error, p.Ask.Field = sentence, "", ""
	}
	p.Form = f
	return c.render(status, p)
}
