package server

import (
	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/page"
)

// chairNext is how many questions the chair sees after the one being answered.
const chairNext = 3

// chairShow answers GET /desk/meetings/:slug/chair: the current item, the next questions, the time left,
// and nothing else.
func (s *Server) chairShow(c *call) error {
	var p page.Chair
	var err error
	slug := c.Params("slug")
	if p.Meeting, err = s.Record.Meeting(c.ctx, papers.Public, slug); err != nil {
		return err
	}
	if p.Base, err = c.base("Chair’s view, "+p.Meeting.Name(), "desk"); err != nil {
		return err
	}
	p.Zone = p.Meeting.Location()
	if p.Room, err = s.Record.Room(c.ctx, slug); err != nil {
		return err
	}
	p.Word = page.Live{Announced: true, Room: p.Room}.RoomWord()
	items, err := s.Record.Items(c.ctx, papers.Public, slug)
	if err != nil {
		return err
	}
	items = papers.Heard(items)
	about := map[string]string{}
	p.Of = len(items)
	for n, i := range items {
		about[i.ID] = "item " + i.Number
		if i.ID == p.Room.Item {
			p.Heard = &page.RoomItem{Item: i, Place: n + 1}
			p.ItemT = livestream.ItemTime(p.Room, i.Minutes, p.Base.Now)
		}
	}
	if err := c.chairQuestions(&p, about); err != nil {
		return err
	}
	return c.render(fiber.StatusOK, p)
}

// chairQuestions reads the questions of the chair's view: what the public sees too.
func (c *call) chairQuestions(p *page.Chair, about map[string]string) error {
	var faces []livestream.Question
	published := 0
	for cursor, first := "", true; first || cursor != ""; first = false {
		list, next, err := c.s.Record.Questions(c.ctx, livestream.Filter{Meeting: p.Meeting.Slug, Cursor: cursor, Limit: 200})
		if err != nil {
			return err
		}
		for _, q := range list {
			if q.State == livestream.Published {
				published++
			}
		}
		faces, cursor = append(faces, list...), next
	}
	rules, err := c.s.Record.Rules(c.ctx, p.Meeting.Slug)
	if err != nil {
		return err
	}
	p.AskT = livestream.QuestionTime(faces, rules.Minutes, p.Base.Now)
	being, next := livestream.NextQuestions(faces, chairNext)
	for _, q := range being {
		p.Being = append(p.Being, page.ChairQuestion{Question: q, About: about[q.Item]})
	}
	for _, q := range next {
		p.Next = append(p.Next, page.ChairQuestion{Question: q, About: about[q.Item]})
	}
	p.More = published - len(next)
	return nil
}
