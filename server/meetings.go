package server

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/page"
)

// meetingList answers GET /meetings: what is coming, and the past of one year, by month.
func (s *Server) meetingList(c *call) error {
	base, err := c.base("Meetings", "meetings")
	if err != nil {
		return err
	}
	p := page.Meetings{Base: base}
	bs, err := c.boards()
	if err != nil {
		return err
	}
	slug := c.Query("board")
	if b, ok := bs.by[slug]; ok {
		p.Board, p.Query, p.Title = &b, "&board="+b.Slug, "Meetings of the "+b.Name
	} else if slug != "" {
		return papers.ErrNotFound
	}
	coming, err := c.coming(slug, 500)
	if err != nil {
		return err
	}
	p.Coming = page.Months(s.meetingRows(coming, bs))
	if err := c.pastOf(&p, slug, bs); err != nil {
		return err
	}
	return c.render(200, p)
}

// pastOf fills the past meetings of the year asked for, else of the latest year that has some.
func (c *call) pastOf(p *page.Meetings, board string, bs boards) error {
	now, zone := c.s.Now(), p.Site.Location()
	first, _, err := c.s.Record.Meetings(c.ctx, c.audience(), papers.MeetingFilter{Board: board, To: now, Limit: 1})
	if err != nil || len(first) == 0 {
		return err
	}
	last, _, err := c.s.Record.Meetings(c.ctx, c.audience(), papers.MeetingFilter{Board: board, To: now, Newest: true, Limit: 1})
	if err != nil || len(last) == 0 {
		return err
	}
	from, to := first[0].StartsAt.In(zone).Year(), last[0].StartsAt.In(zone).Year()
	for y := to; y >= from; y-- {
		p.Years = append(p.Years, y)
	}
	p.Year = to
	if asked := c.Query("year"); asked != "" {
		y, err := strconv.Atoi(asked)
		if err != nil || y < from || y > to {
			return papers.ErrNotFound
		}
		p.Year = y
	}
	end := time.Date(p.Year+1, 1, 1, 0, 0, 0, 0, zone)
	if now.Before(end) {
		end = now
	}
	list, _, err := c.s.Record.Meetings(c.ctx, c.audience(), papers.MeetingFilter{Board: board, Newest: true, Limit: 1000,
		From: time.Date(p.Year, 1, 1, 0, 0, 0, 0, zone), To: end})
	if err != nil {
		return fmt.Errorf("reading past meetings: %w", err)
	}
	var past []papers.Meeting
	for _, m := range list {
		if over(m, now) {
			past = append(past, m)
		}
	}
	p.Past = page.Months(c.s.meetingRows(past, bs))
	return nil
}

func (s *Server) meetingRows(list []papers.Meeting, bs boards) []page.MeetingRow {
	rows := make([]page.MeetingRow, len(list))
	for i, m := range list {
		rows[i] = page.NewMeetingRow(m)
		if !rows[i].Off {
			rows[i].Badge = s.papersBadge(m, bs.by[m.Board], s.Now())
		}
	}
	return rows
}

// meetingShow answers GET /meetings/:slug.
func (s *Server) meetingShow(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	board, err := s.Record.Board(c.ctx, m.Board)
	if err != nil {
		return err
	}
	base, err := c.base(m.NameAndDay(), "meetings")
	if err != nil {
		return err
	}
	room, err := s.Record.Room(c.ctx, m.Slug)
	if err != nil {
		return fmt.Errorf("reading the room of a meeting: %w", err)
	}
	counts, err := s.Record.Counts(c.ctx, m.Slug, "")
	if err != nil {
		return err
	}
	p := page.Meeting{Base: base, Meeting: m, Zone: m.Location(), Place: page.Place(m), Questions: counts.Received, Held: over(m, s.Now())}
	p.State, p.Look = page.MeetingWords(m)
	p.Note, p.NoteLook = meetingNote(m)
	p.Reason, p.Off = m.Reason, m.Off()
	if p.MovedTo, err = c.meetingLink(m.MovedTo); err != nil {
		return err
	}
	if p.MovedFrom, err = c.meetingLink(m.MovedFrom); err != nil {
		return err
	}
	b, err := s.Record.Board(c.ctx, m.Board)
	if err != nil {
		return err
	}
	fillRoom(&p, room, m.QuestionRules(b), s.Now())
	n, err := c.readNotice(m, board)
	if err != nil {
		return err
	}
	if err := c.fillAgenda(&p, n); err != nil {
		return err
	}
	n.fill(&p)
	if err := c.fillAgendaFile(&p); err != nil {
		return err
	}
	if err := c.fillPacks(&p); err != nil {
		return err
	}
	if err := c.fillHeard(&p, room); err != nil {
		return err
	}
	return c.render(200, p)
}

// meetingLink leads to another meeting that this audience may see, nil when there is none.
func (c *call) meetingLink(slug string) (*page.Link, error) {
	if slug == "" {
		return nil, nil
	}
	m, err := c.s.Record.Meeting(c.ctx, c.audience(), slug)
	if papers.CodeOf(err) == papers.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a meeting that was moved: %w", err)
	}
	return &page.Link{Name: page.Moment(m.StartsAt, m.Location()), URL: "/meetings/" + m.Slug}, nil
}

// meetingNote is what a reader must know before anything else.
func meetingNote(m papers.Meeting) (note, look string) {
	switch m.State {
	case papers.MeetingPlanned:
		return "This meeting is not public yet. You see it because you work for its board.", "warn"
	case papers.MeetingCancelled:
		return "This meeting will not take place. Its papers stay here.", "stop"
	case papers.MeetingPostponed:
		if m.MovedTo != "" {
			return "This meeting was moved to another day. Its papers stay here.", "stop"
		}
		return "This meeting will not take place on this day. The new date will stand here and on the list of meetings; the papers stay here.", "stop"
	case papers.MeetingAdjourned:
		return page.StateSentence(papers.Meeting{State: m.State, ResumesAt: m.ResumesAt, Zone: m.Zone}) + " What was heard and asked so far stays here.", "warn"
	}
	return "", ""
}

// fillRoom says how to follow and until when to ask.
func fillRoom(p *page.Meeting, r livestream.Room, rules papers.QuestionRules, now time.Time) {
	m := p.Meeting
	p.Live = r.State == livestream.RoomOpen || r.State == livestream.RoomPaused || r.State == livestream.RoomPrivate
	if !m.Off() {
		p.Watch = watch(m, r, p.Held)
	}
	if p.Held && !p.Live || m.Off() || m.AnnouncedAt == nil {
		p.Asking = "Questions are closed"
		return
	}
	if err := livestream.TakesQuestions(m, r, rules, now); err != nil {
		p.Asking = err.Error()
		return
	}
	p.CanAsk = true
	p.Asking, p.AskHint = "Now, while we meet", "You get a number and a private link at once."
	if r.Asking != livestream.AskingLive {
		p.Asking = "Until we begin: " + page.Clock(m.StartsAt, p.Zone) + ", " + m.StartsAt.In(p.Zone).Format("Monday 2 January")
		if m.AskUntil != nil {
			p.Asking = "In writing until " + page.Clock(*m.AskUntil, p.Zone) + ", " + m.AskUntil.In(p.Zone).Format("Monday 2 January")
		}
		p.AskHint = "You get a number and a private link. Your question and what becomes of it stay public."
	}
}

func watch(m papers.Meeting, r livestream.Room, held bool) page.Watch {
	live := page.Watch{Says: "On this site", URL: "/meetings/" + m.Slug + "/live"}
	switch {
	case r.State == livestream.RoomOpen:
		live.Says, live.Hint = "Now, on this site", "Item by item, with the questions."
	case r.State == livestream.RoomPaused:
		live.Hint = "The meeting has paused."
	case r.State == livestream.RoomPrivate:
		live.Hint = "In private session. It opens again when that is over."
	case r.OpenedAt != nil:
		live.Says, live.Hint = "What was heard and asked", "The room is closed. It stays as it was left."
	case held:
		return page.Watch{}
	case m.Watch != "":
		return watchElsewhere(m.Watch)
	case m.Mode == papers.InPerson:
		return page.Watch{Says: "Come in person", Hint: "Everybody may listen, other than to private items."}
	default:
		live.Hint = "Item by item, with the questions. It opens when we begin."
	}
	return live
}

// watchElsewhere makes a link of what the secretary wrote, where it is an address.
func watchElsewhere(says string) page.Watch {
	u, err := url.Parse(says)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return page.Watch{Says: says}
	}
	return page.Watch{Says: "On " + u.Host, URL: says, Hint: "This leads to another site."}
}

// fillAgenda puts the papers under their items and the items at their times.
func (c *call) fillAgenda(p *page.Meeting, n *given) error {
	items, err := c.s.Record.Items(c.ctx, c.audience(), p.Meeting.Slug)
	if err != nil {
		return fmt.Errorf("reading the agenda: %w", err)
	}
	list, err := c.s.Record.Papers(c.ctx, c.audience(), papers.PaperFilter{Meeting: p.Meeting.Slug})
	if err != nil {
		return fmt.Errorf("reading the papers of a meeting: %w", err)
	}
	formats, err := c.formatsOf(p.Meeting, list)
	if err != nil {
		return err
	}
	starts := papers.Starts(p.Meeting, items)
	p.Timed = starts != nil
	insider := c.audience().SeesPrivate(p.Meeting.Board)
	for at, i := range items {
		row := page.MeetingItem{Item: i, Draft: i.PublishedAt == nil, Insider: insider}
		n.item(&row)
		if p.Timed && i.Kind != papers.KindSection {
			row.Start = starts[at]
		}
		for _, paper := range list {
			if paper.Item == i.ID {
				n.paper(p, &row, paper)
				if last := len(row.Papers) - 1; last >= 0 && row.Papers[last].Gone == nil {
					f := formats[paper.ID]
					row.Papers[last].Formats = &f
				}
			}
		}
		p.Items = append(p.Items, row)
	}
	n.items, n.papers = items, list
	p.Sections = page.NewSections(p.Items)
	return nil
}
