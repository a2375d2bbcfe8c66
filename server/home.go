package server

import (
	"fmt"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/page"
)

const (
	nextOnHome   = 4
	latestOnHome = 5
)

// home answers GET /.
func (s *Server) home(c *call) error {
	base, err := c.base("Board papers, meetings in public and your questions", "")
	if err != nil {
		return err
	}
	p := page.Home{Base: base}
	if p.Live, err = c.liveStrips(); err != nil {
		return err
	}
	boards, err := c.boards()
	if err != nil {
		return err
	}
	p.Notice = fewestDays(boards.list)
	coming, err := c.coming("", 200)
	if err != nil {
		return err
	}
	if p.Next, err = c.nextRows(coming, boards, nextOnHome); err != nil {
		return err
	}
	p.More = len(coming) > len(p.Next)
	if p.Latest, err = c.latestPapers(papers.PaperFilter{Latest: latestOnHome}, boards); err != nil {
		return err
	}
	counts, err := s.Record.Counts(c.ctx, "", "")
	if err != nil {
		return err
	}
	p.Questions = page.NewTally(counts)
	p.Boards = boardRows(meets(boards.list), coming, p.Live)
	if p.Partners, err = s.Record.Partners(c.ctx); err != nil {
		return err
	}
	p.Partners = existing(p.Partners)
	told, _, err := s.Record.News(c.ctx, "", newsOnHome)
	if err != nil {
		return err
	}
	p.News = newsRows(told)
	return c.render(200, p)
}

// liveStrips are the rooms that are open now, with what is being heard.
func (c *call) liveStrips() ([]page.LiveStrip, error) {
	rooms, err := c.s.Record.OpenRooms(c.ctx)
	if err != nil {
		return nil, fmt.Errorf("reading open rooms: %w", err)
	}
	var strips []page.LiveStrip
	for _, r := range rooms {
		m, err := c.s.Record.Meeting(c.ctx, papers.Public, r.Meeting)
		if err != nil {
			return nil, err
		}
		items, err := c.s.Record.Items(c.ctx, papers.Public, r.Meeting)
		if err != nil {
			return nil, err
		}
		rules, err := c.s.Record.Rules(c.ctx, m.Slug)
		if err != nil {
			return nil, err
		}
		strips = append(strips, liveStrip(r, m, rules, items, c.s.Now()))
	}
	return strips, nil
}

func liveStrip(r livestream.Room, m papers.Meeting, rules papers.QuestionRules, items []papers.Item, now time.Time) page.LiveStrip {
	l := page.LiveStrip{Slug: m.Slug, Name: m.Name(), Day: m.StartsAt.In(m.Location()).Format("2 January 2006"), State: "Live now",
		Doing: "The meeting has begun.", Asking: "Questions are closed.", CanAsk: livestream.TakesQuestions(m, r, rules, now) == nil}
	for _, i := range items {
		if i.ID == r.Item {
			l.Doing = fmt.Sprintf("Item %s: %s.", i.Number, i.Title)
		}
	}
	if l.CanAsk {
		l.Asking = "Questions are open."
	}
	switch {
	case r.State == livestream.RoomPrivate:
		l.State, l.Doing = "In private", "The board meets in private."+backAt(r, m, " It is expected to be public again about ")
	case r.State == livestream.RoomPaused && m.State == papers.MeetingAdjourned:
		l.State, l.Doing = "Adjourned", "The meeting is adjourned."+backAt(r, m, " It goes on at ")
	case r.State == livestream.RoomPaused:
		l.State, l.Doing = "Paused", "The meeting has paused. It goes on here."
	}
	return l
}

// backAt says when the room goes on, where that is known.
func backAt(r livestream.Room, m papers.Meeting, words string) string {
	if r.ResumesAt == nil {
		return ""
	}
	return words + page.Moment(*r.ResumesAt, m.Location()) + "."
}

// boards holds the boards of the site for looking up.
type boards struct {
	list []papers.Board
	by   map[string]papers.Board
}

func (c *call) boards() (boards, error) {
	list, err := c.s.Record.Boards(c.ctx)
	if err != nil {
		return boards{}, fmt.Errorf("reading boards: %w", err)
	}
	b := boards{list: list, by: map[string]papers.Board{}}
	for _, board := range list {
		b.by[board.Slug] = board
	}
	return b, nil
}

// coming are the meetings that are not over, earliest first, of one board or all.
func (c *call) coming(board string, limit int) ([]papers.Meeting, error) {
	now := c.s.Now()
	list, _, err := c.s.Record.Meetings(c.ctx, c.audience(), papers.MeetingFilter{Board: board, From: now.Add(-24 * time.Hour), Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("reading the next meetings: %w", err)
	}
	var out []papers.Meeting
	for _, m := range list {
		if !over(m, now) {
			out = append(out, m)
		}
	}
	return out, nil
}

// over tells whether a meeting is past: it was said to be held, or its time is up and nobody said
// that it goes on.
func over(m papers.Meeting, now time.Time) bool {
	switch m.State {
	case papers.MeetingHeld:
		return true
	case papers.MeetingLive, papers.MeetingAdjourned:
		return now.Sub(m.GoesOnUntil()) > 12*time.Hour
	}
	return now.After(m.EndsAt)
}

// nextRows says the first few meetings: how they stand with their papers, and of the first one by
// when to ask and how its notice is counted.
func (c *call) nextRows(coming []papers.Meeting, bs boards, n int) ([]page.MeetingRow, error) {
	var rows []page.MeetingRow
	first := true
	for _, m := range coming[:min(n, len(coming))] {
		row := page.NewMeetingRow(m)
		if !row.Off {
			row.Badge = c.s.papersBadge(m, bs.by[m.Board], c.s.Now())
		}
		if first && !row.Off {
			first, row.First = false, true
			room, err := c.s.Record.Room(c.ctx, m.Slug)
			if err != nil {
				return nil, fmt.Errorf("reading the room of the next meeting: %w", err)
			}
			row.Ask = askLine(m, room, m.QuestionRules(bs.by[m.Board]), c.s.Now())
			if r, ok := c.s.reportsNotice(m, bs.by[m.Board]); ok {
				row.Days = page.NewDays(r, notice.DateOf(c.s.Now(), m.Location()))
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// askLine says until when the room takes questions.
func askLine(m papers.Meeting, r livestream.Room, rules papers.QuestionRules, now time.Time) string {
	switch {
	case livestream.TakesQuestions(m, r, rules, now) != nil:
		return ""
	case r.Asking == livestream.AskingLive:
		return "Ask live while we meet"
	}
	if m.AskUntil != nil {
		return "Ask in writing until " + page.Clock(*m.AskUntil, m.Location()) + " on " + m.AskUntil.In(m.Location()).Format("Monday 2 January")
	}
	return "Ask in writing until " + page.Clock(m.StartsAt, m.Location()) + " on the day"
}

// latestPapers are the papers that came out last, each with where it belongs and whether it was in time.
func (c *call) latestPapers(f papers.PaperFilter, bs boards) ([]page.PaperRow, error) {
	list, err := c.s.Record.Papers(c.ctx, papers.Public, f)
	if err != nil {
		return nil, fmt.Errorf("reading the latest papers: %w", err)
	}
	meetings := map[string]papers.Meeting{}
	var rows []page.PaperRow
	for _, p := range list {
		m, ok := meetings[p.Meeting]
		if !ok {
			if m, err = c.s.Record.Meeting(c.ctx, papers.Public, p.Meeting); err != nil {
				return nil, err
			}
			meetings[p.Meeting] = m
		}
		row, ok := page.NewPaperRow(p, m.Location())
		if !ok {
			continue
		}
		row.Where = m.NameAndDate()
		if v, _ := p.Current(); v.PublishedAt != nil {
			row.Badge = c.s.paperBadge(m, bs.by[m.Board], *v.PublishedAt, c.s.Now())
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func boardRows(list []papers.Board, coming []papers.Meeting, live []page.LiveStrip) []page.BoardRow {
	rows := make([]page.BoardRow, len(list))
	for i, b := range list {
		rows[i].Board = b
		for _, m := range coming {
			if m.Board != b.Slug {
				continue
			}
			for _, l := range live {
				rows[i].Now = rows[i].Now || l.Slug == m.Slug
			}
			if rows[i].Next == nil && !m.Off() {
				rows[i].Next, rows[i].URL, rows[i].Zone = &m.StartsAt, "/meetings/"+m.Slug, m.Location()
			}
		}
	}
	return rows
}

func existing(list []papers.Partner) []papers.Partner {
	var out []papers.Partner
	for _, p := range list {
		if p.EndedOn == "" {
			out = append(out, p)
		}
	}
	return out
}
