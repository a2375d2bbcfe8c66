package server

import (
	"fmt"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/page"
)

// nextToTakePart is of how many meetings the page says everything.
const nextToTakePart = 3

// takePart answers GET /take-part, from the facts of the next meetings.
func (s *Server) takePart(c *call) error {
	base, err := c.base("How to take part", "")
	if err != nil {
		return err
	}
	bs, err := c.boards()
	if err != nil {
		return err
	}
	coming, err := c.coming("", 20)
	if err != nil {
		return err
	}
	counts, err := s.Record.Counts(c.ctx, "", "")
	if err != nil {
		return err
	}
	p := page.TakePart{Base: base, Days: fewestDays(bs.list), Asked: counts.Received}
	for _, m := range coming {
		row := page.NewMeetingRow(m)
		if !row.Off {
			row.Badge = s.papersBadge(m, bs.by[m.Board], s.Now())
		}
		if len(p.Next) < nextToTakePart && !row.Off {
			next, err := c.takePartNext(m, row, bs.by[m.Board])
			if err != nil {
				return err
			}
			p.Next = append(p.Next, next)
			continue
		}
		if len(p.Rows) < nextOnHome {
			p.Rows = append(p.Rows, row)
		}
	}
	return c.render(200, p)
}

// takePartNext says of a meeting all that somebody needs who wants to come, follow or ask.
func (c *call) takePartNext(m papers.Meeting, row page.MeetingRow, b papers.Board) (page.TakePartNext, error) {
	n := page.TakePartNext{MeetingRow: row, Meeting: m, Rules: page.QuestionRuleWords(m.QuestionRules(b))}
	room, err := c.s.Record.Room(c.ctx, m.Slug)
	if err != nil {
		return n, fmt.Errorf("reading the room of a coming meeting: %w", err)
	}
	n.Watch = watch(m, room, false)
	switch {
	case livestream.TakesQuestions(m, room, m.QuestionRules(b), c.s.Now()) != nil:
	case room.Asking == livestream.AskingLive:
		n.Ask = "Now, while we meet"
	case m.AskUntil != nil:
		n.Ask = "In writing until " + page.Moment(*m.AskUntil, m.Location())
	default:
		n.Ask = "In writing until we begin"
	}
	if n.Ask == "" && m.AskUntil != nil && !m.QuestionRules(b).InWritingOnly && c.s.Now().Before(m.StartsAt) {
		n.Closed = "In writing it closed on " + page.Moment(*m.AskUntil, m.Location()) + ". You can still ask live when the meeting takes questions."
	}
	n.Papers = c.papersWords(m, b)
	return n, nil
}

// papersWords says when the papers of a meeting came out, or from when they are expected.
func (c *call) papersWords(m papers.Meeting, b papers.Board) string {
	now := c.s.Now()
	if m.PublishedAt != nil {
		return "They came out " + page.Near(*m.PublishedAt, now, m.Location()) + "."
	}
	day, err := time.ParseInLocation(time.DateOnly, c.s.papersFrom(m, b), m.Location())
	if err != nil || day.AddDate(0, 0, 1).Before(now) { // unknown, or the day has passed without them
		return c.s.dueSentence(m, b, now)
	}
	return "From " + day.Format("Monday 2 January 2006") + "."
}
