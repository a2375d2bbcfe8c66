package server

import (
	"time"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/page"
)

// profileOf gives the rules that a board counts its notice by, the default ones where it has chosen
// none that we know.
func profileOf(b papers.Board) notice.Profile {
	p, ok := notice.ProfileByID(b.NoticeProfile)
	if !ok {
		p, _ = notice.ProfileByID(notice.DefaultProfile)
	}
	return p
}

// countFor counts the clear days that a publication at the moment gives the meeting under one rule.
func countFor(m papers.Meeting, b papers.Board, published time.Time, rule func(notice.Profile) notice.Rule) (notice.Result, bool) {
	p := profileOf(b)
	r, err := notice.Count(published, m.StartsAt, m.Location(), rule(p), p, notice.Snapshot())
	return r, err == nil
}

func reports(p notice.Profile) notice.Rule { return p.Reports }

// reportsNotice counts the notice of a published meeting; ok is false while it is not published.
func reportsNotice(m papers.Meeting, b papers.Board) (notice.Result, bool) {
	if m.PublishedAt == nil {
		return notice.Result{}, false
	}
	return countFor(m, b, *m.PublishedAt, reports)
}

// paperBadge says whether a paper published at the moment was in time for the meeting.
func paperBadge(m papers.Meeting, b papers.Board, published, now time.Time) *page.Badge {
	r, ok := countFor(m, b, published, reports)
	if !ok {
		return nil
	}
	return page.TimeBadge(r, published, now, m.Location())
}

// papersBadge says how a meeting stands with its papers: out in time, out late, due by a day, overdue.
func papersBadge(m papers.Meeting, b papers.Board, now time.Time) *page.Badge {
	if r, ok := reportsNotice(m, b); ok {
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
	says, late := due(m, b, now)
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
func due(m papers.Meeting, b papers.Board, now time.Time) (day string, passed bool) {
	p := profileOf(b)
	latest, working, covered := notice.Latest(notice.DateOf(m.StartsAt, m.Location()), p.Reports, p, notice.Snapshot())
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
