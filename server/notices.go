package server

import (
	"context"
	"fmt"
	"time"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/page"
)

// profileOf gives the rules that a board counts its notice by: as it adapted them, else those of the
// profile that it chose, the default ones where it has chosen none that we know.
func profileOf(b papers.Board) notice.Profile {
	p, ok := notice.ProfileByID(b.NoticeProfile)
	if !ok {
		p, _ = notice.ProfileByID(notice.DefaultProfile)
	}
	if own, err := notice.ParseProfile([]byte(b.NoticeRules)); err == nil && own.ID == p.ID {
		return own // what was adapted of another profile went with it
	}
	return p
}

// clockRule is the rule of one of the four clocks.
func clockRule(p notice.Profile, clock papers.Clock) notice.Rule {
	switch clock {
	case papers.ClockNotice:
		return p.MeetingNotice
	case papers.ClockAgenda:
		return p.Agenda
	case papers.ClockTarget:
		return p.Target
	}
	return p.Reports
}

// countFor counts the clear days that a publication at the moment gives the meeting by one clock.
func (s *Server) countFor(m papers.Meeting, b papers.Board, published time.Time, clock papers.Clock) (notice.Result, bool) {
	if m.ArchivedAt != nil {
		return notice.Result{}, false // it was public elsewhere before, nobody here knows since when
	}
	p := profileOf(b)
	r, err := notice.Count(published, m.StartsAt, m.Location(), clockRule(p, clock), p, s.holidays())
	return r, err == nil
}

// CountNotice says how the clocks of a meeting stand for a publication at a moment, for the acts that
// keep it. It is the Count of the publisher.
func (s *Server) CountNotice(ctx context.Context, m papers.Meeting, at time.Time) (map[papers.Clock]papers.Counted, error) {
	b, err := s.Record.Board(ctx, m.Board)
	if err != nil {
		return nil, fmt.Errorf("reading the rules of notice: %w", err)
	}
	counts := map[papers.Clock]papers.Counted{}
	for _, clock := range []papers.Clock{papers.ClockNotice, papers.ClockAgenda, papers.ClockReports} {
		if r, ok := s.countFor(m, b, at, clock); ok {
			counts[clock] = papers.Counted{Covered: r.Covered, Clear: r.Clear, Needed: r.Needed, Mode: string(r.Rule.Mode), Holidays: r.Holidays}
		}
	}
	return counts, nil
}

// reportsNotice counts the notice of a published meeting; ok is false while it is not published.
func (s *Server) reportsNotice(m papers.Meeting, b papers.Board) (notice.Result, bool) {
	if m.PublishedAt == nil {
		return notice.Result{}, false
	}
	return s.countFor(m, b, *m.PublishedAt, papers.ClockReports)
}

// paperBadge says whether a paper published at the moment was in time for the meeting.
func (s *Server) paperBadge(m papers.Meeting, b papers.Board, published, now time.Time) *page.Badge {
	r, ok := s.countFor(m, b, published, papers.ClockReports)
	if !ok {
		return nil
	}
	return page.TimeBadge(r, published, now, m.Location())
}

// papersBadge says how a meeting stands with its papers: out in time, out late, due by a day, overdue.
func (s *Server) papersBadge(m papers.Meeting, b papers.Board, now time.Time) *page.Badge {
	if m.ArchivedAt != nil {
		return &page.Badge{Look: "wait", Says: "Brought in from an archive", Detail: page.Near(*m.ArchivedAt, now, m.Location())}
	}
	if r, ok := s.reportsNotice(m, b); ok {
		switch {
		case r.Meeting.Before(r.Published):
			return &page.Badge{Look: "wait", Says: "Papers published after the meeting"}
		case !r.Covered:
			return &page.Badge{Look: "wait", Says: "Papers out", Detail: page.Near(*m.PublishedAt, now, m.Location())}
		case r.OnTime:
			return &page.Badge{Says: "Papers out on time", Detail: daysOf(r)}
		}
		return &page.Badge{Look: "late", Says: "Papers out late", Detail: daysOf(r)}
	}
	if now.After(m.StartsAt) {
		return &page.Badge{Look: "late", Says: "No papers were published here"}
	}
	says, late := s.due(m, b, now)
	if says == "" {
		return &page.Badge{Look: "wait", Says: "Papers to follow"}
	}
	if late {
		return &page.Badge{Look: "late", Says: "Papers are late", Detail: "they were due by " + says}
	}
	return &page.Badge{Look: "wait", Says: "Papers due by " + says}
}

// due says the last day on which the papers are in time, and whether it has passed; empty where our
// bank holidays do not reach.
func (s *Server) due(m papers.Meeting, b papers.Board, now time.Time) (day string, passed bool) {
	p := profileOf(b)
	latest, working, covered := notice.Latest(notice.DateOf(m.StartsAt, m.Location()), p.Reports, p, s.holidays())
	if !covered {
		return "", false
	}
	today, said := notice.DateOf(now, m.Location()), latest
	if !working.Before(today) {
		said = working // a day on which people work, while there is one left
	}
	layout := "Monday 2 January"
	if said.Year != today.Year {
		layout += " 2006"
	}
	return time.Date(said.Year, said.Month, said.Day, 12, 0, 0, 0, time.UTC).Format(layout), latest.Before(today)
}

func daysOf(r notice.Result) string {
	return page.Count(r.Clear, "clear day", "clear days") + ", " + page.Number(r.Needed) + " needed"
}

// questionsClose gives the last moment to ask in writing by the rule of its own or of the board, nil where there is no rule
// or our bank holidays do not reach that far. A meeting holds its own moment: this one is what it is
// proposed by and compared with (rules.md Q-1).
func (s *Server) questionsClose(m papers.Meeting, b papers.Board) *time.Time {
	at, ok := notice.AskUntil(m.QuestionRules(b).Deadline, m.StartsAt, m.Location(), profileOf(b), s.holidays())
	if !ok || at.After(m.StartsAt) {
		return nil
	}
	at = at.UTC()
	return &at
}

// papersFrom is the day on which the papers of a meeting are expected: as somebody said, else by the
// board's own target; empty where our bank holidays do not reach.
func (s *Server) papersFrom(m papers.Meeting, b papers.Board) string {
	if m.PapersFrom != "" {
		return m.PapersFrom
	}
	p := profileOf(b)
	_, working, covered := notice.Latest(notice.DateOf(m.StartsAt, m.Location()), p.Target, p, s.holidays())
	if !covered {
		return ""
	}
	return working.String()
}
