package server

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// nextMeeting is a meeting on another date with all that stays the same. Its own deadline follows from
// the board's rule, and its papers are expected anew.
func nextMeeting(m papers.Meeting, b papers.Board) papers.Meeting {
	return papers.Meeting{Board: m.Board, BoardName: b.Name, Title: m.Title, Zone: m.Zone, Venue: m.Venue, Access: m.Access, Telephone: m.Telephone, Seats: m.Seats,
		Mode: m.Mode, Watch: m.Watch, State: papers.MeetingPlanned}
}

// moveMeeting changes where a meeting stands.
func (c *call) moveMeeting(m papers.Meeting, b papers.Board, ch papers.StateChange) (papers.Meeting, error) {
	if err := ch.Tidy(); err != nil {
		return m, err
	}
	if ch.Next != nil {
		ch.Next.AskUntil = c.s.questionsClose(*ch.Next, b)
		if err := ch.Next.Tidy(); err != nil {
			return m, err
		}
		if ch.Next.StartsAt.Before(c.s.Now()) {
			return m, papers.Errorf(papers.CodeInvalid, "The new date has passed. Choose a later one, or leave it empty until it is known.")
		}
	}
	return c.s.Record.ChangeMeetingState(c.ctx, m.Slug, ch, papers.Change{By: c.actor(auth.Publish)})
}

// deskMeetingMove answers POST /desk/meetings/:slug/move.
func (s *Server) deskMeetingMove(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	b, err := s.Record.Board(c.ctx, m.Board)
	if err != nil {
		return err
	}
	f := c.typed("to", "reason", "date", "start")
	f.Prefix = moveForm.Prefix
	ch, err := readMove(&f, m, b)
	if err == nil {
		_, err = c.moveMeeting(m, b, ch)
		if f.At = about(err, "reason", "reason", "date", "date", "must go on", "date"); f.At == "" {
			f.At = "to"
		}
	}
	if mendable(&f, err) {
		return s.meetingDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskMeeting) { d.Move.Form = f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + m.Slug + "?saved=moved-to-" + string(ch.To))
}

var moveForm = page.Form{Prefix: "move-"}

// readMove reads what the form asks for: the date is of the new meeting, or of when it goes on.
func readMove(f *page.Form, m papers.Meeting, b papers.Board) (papers.StateChange, error) {
	ch := papers.StateChange{To: papers.MeetingState(f.Value("to")), Reason: f.Value("reason")}
	if ch.To == "" {
		f.At = "to"
		return ch, papers.Errorf(papers.CodeInvalid, "Say what becomes of the meeting.")
	}
	if f.Value("date") == "" || ch.To != papers.MeetingPostponed && ch.To != papers.MeetingAdjourned {
		return ch, nil
	}
	clock := f.Value("start")
	if clock == "" {
		clock = m.StartsAt.In(m.Location()).Format("15:04")
	}
	at, err := papers.WallTime(f.Value("date"), clock, m.Location())
	if err != nil {
		f.At = "start"
		return ch, err
	}
	if ch.To == papers.MeetingAdjourned {
		ch.ResumesAt = &at
		return ch, nil
	}
	next := nextMeeting(m, b)
	next.StartsAt, next.EndsAt = at, at.Add(m.EndsAt.Sub(m.StartsAt))
	ch.Next = &next
	return ch, nil
}

// movePanel says what may become of a meeting, and what is odd about its deadline for questions.
func (c *call) movePanel(m papers.Meeting, all []papers.Publication) (page.DeskMove, error) {
	b, err := c.s.Record.Board(c.ctx, m.Board)
	if err != nil {
		return page.DeskMove{}, err
	}
	p := page.DeskMove{Form: moveForm, Public: m.AnnouncedAt != nil, Says: page.StateSentence(m)}
	if p.MovedTo, err = c.meetingLink(m.MovedTo); err != nil {
		return p, err
	}
	if p.MovedFrom, err = c.meetingLink(m.MovedFrom); err != nil {
		return p, err
	}
	if !m.Off() && c.s.Now().Before(m.StartsAt) {
		p.Warnings = c.deadlineWarnings(m, b)
		for _, pub := range all {
			if day := pub.ScheduledAt.In(m.Location()).Format(time.DateOnly); pub.State == papers.PublicationScheduled && pub.Agenda && m.AnnouncedAt != nil && day != c.s.papersFrom(m, b) {
				p.Warnings = append(p.Warnings, "People read that the papers are expected on "+page.LongDate(c.s.papersFrom(m, b))+", and their publication is planned for "+page.LongDate(day)+". Say so under “Papers from”.")
			}
		}
	}
	if !c.person.May(auth.Publish, m.Board) {
		return p, nil
	}
	p.Moves = movesOf(m, c.s.Now())
	for _, to := range p.Moves {
		p.Dated = p.Dated || to.To == papers.MeetingPostponed || to.To == papers.MeetingAdjourned
	}
	return p, nil
}

// movesOf are what may become of a meeting from where it stands.
func movesOf(m papers.Meeting, now time.Time) []page.DeskMoveTo {
	begun := !now.Before(m.StartsAt) && m.AnnouncedAt != nil
	var moves []page.DeskMoveTo
	add := func(to papers.MeetingState, says, hint string) {
		moves = append(moves, page.DeskMoveTo{To: to, Says: says, Hint: hint})
	}
	switch m.State {
	case papers.MeetingPlanned:
		add(papers.MeetingCancelled, "Cancel it", "Nobody saw it, so nobody is told.")
	case papers.MeetingAnnounced, papers.MeetingPublished:
		add(papers.MeetingPostponed, "Postpone it", "With the new date below, or without one until it is known. The two meetings lead to each other.")
		add(papers.MeetingCancelled, "Cancel it", "Its page and papers stay, marked.")
		if begun {
			add(papers.MeetingAdjourned, "Adjourn it", "It stopped before its end. Give the day and time on which it goes on, when that is known.")
			add(papers.MeetingHeld, "It was held", "")
		}
	case papers.MeetingLive:
		add(papers.MeetingAdjourned, "Adjourn it", "It stops before its end. Give the day and time on which it goes on, when that is known.")
		add(papers.MeetingHeld, "It was held", "")
	case papers.MeetingAdjourned:
		add(papers.MeetingLive, "It goes on now", "")
		add(papers.MeetingAdjourned, "Say when it goes on", "Or change what was said.")
		add(papers.MeetingHeld, "It was held", "")
	case papers.MeetingPostponed:
		if m.MovedTo != "" {
			return nil
		}
		add(papers.MeetingPostponed, "Give its new date", "The two meetings lead to each other.")
		add(papers.MeetingAnnounced, "It takes place after all", "On its old date.")
	case papers.MeetingCancelled:
		add(papers.MeetingAnnounced, "It takes place after all", "On its old date.")
	}
	return moves
}
