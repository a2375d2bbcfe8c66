package server

import (
	"slices"
	"strings"

	"clearday/papers"
	"clearday/server/page"
)

// timeline is what happened to the papers of a meeting, in order: announced, agenda, supplements, new
// versions, notices at the offices, withdrawals; each with its time, its number and the notice it gave.
func (n *given) timeline() []page.Event {
	var list []page.Event
	for _, pub := range n.published {
		list = append(list, n.event(pub))
	}
	for _, p := range n.postings {
		e := page.Event{At: p.PostedAt, Title: map[papers.Clock]string{papers.ClockNotice: "Notice posted at the offices", papers.ClockAgenda: "Agenda posted at the offices",
			papers.ClockReports: "Reports open at the offices"}[p.Clock], Says: p.Place + ". Recorded by " + page.RoleWords(p.RecordedBy) + "."}
		if r, ok := n.count(p.PostedAt, p.Clock); ok {
			e.Badge = page.GivenBadge(r)
		}
		list = append(list, e)
	}
	for _, p := range n.papers {
		for _, v := range p.Versions {
			if v.State != papers.VersionWithdrawn || v.WithdrawnAt == nil || v.PublishedAt == nil {
				continue
			}
			line := n.line(v.Ref())
			if v.N == 1 && len(p.Versions) > 1 {
				line.Text += ", version 1"
			}
			list = append(list, page.Event{At: *v.WithdrawnAt, Title: "Withdrawn", Gone: true, Lines: []page.EventLine{line},
				Says: "By " + page.RoleWords(v.WithdrawnBy) + ". Why: " + v.WithdrawnWhy})
		}
	}
	slices.SortStableFunc(list, func(a, b page.Event) int { return a.At.Compare(b.At) })
	return list
}

// event is a publication that was made.
func (n *given) event(pub papers.Publication) page.Event {
	e := page.Event{At: *pub.PublishedAt, Act: pub.Act, Supplement: pub.Supplement}
	var what []string
	if pub.Announces && n.meeting.AnnouncedAt != nil && n.meeting.AnnouncedAt.Equal(e.At) {
		what = append(what, "Announced")
	}
	clock := papers.ClockNotice
	switch {
	case pub.Archive:
		what = []string{"Brought in from an archive"}
	case pub.Supplement > 0:
		what, clock = append(what, "Supplement "+page.Number(pub.Supplement)), papers.ClockReports
	case pub.Agenda && len(pub.Items) > 0 && len(pub.Versions) > 0:
		what, clock = append(what, "Agenda and papers"), papers.ClockReports
	case pub.Agenda && len(pub.Items) > 0:
		what, clock = append(what, "Agenda"), papers.ClockAgenda
	case len(pub.Versions) > 0:
		what, clock = append(what, "Papers ahead of the agenda"), papers.ClockReports
	}
	released := len(pub.Releases) > 0
	if released {
		what = append(what, "Released")
	}
	e.Title = strings.Join(what, ". ")
	if pub.Supplement > 0 && len(pub.Versions) == 0 {
		clock = papers.ClockAgenda
	}
	if r, ok := n.count(e.At, clock); ok && !(released && len(pub.Versions) == 0) { // a title that was hidden is no notice
		e.Badge = page.GivenBadge(r)
		if !r.OnTime {
			e.Late = page.NewLate(pub.Late, n.zone)
		}
		if n.onlyChanges(pub) { // a corrected report restarts nothing (rules.md 1.10 c)
			e.Badge = &page.Badge{Look: "wait", Says: "With " + page.Count(r.Clear, "clear day", "clear days") + " left"}
			e.Late = page.KnownLate(pub.Late, n.zone)
		}
	}
	e.Lines = n.lines(pub)
	return e
}

// onlyChanges tells that a publication holds nothing but new versions of what was public before.
func (n *given) onlyChanges(pub papers.Publication) bool {
	return len(pub.Items) == 0 && len(pub.Versions) > 0 && !slices.ContainsFunc(pub.Versions, func(r papers.VersionRef) bool {
		i := slices.IndexFunc(n.papers, func(p papers.Paper) bool { return p.ID == r.Paper })
		if i < 0 {
			return true
		}
		first, _ := publications(n.papers[i])
		return first.N == r.N
	})
}

// lines are what of a publication needs a line of its own: everything of a supplement and of papers
// that came apart. The agenda stands whole below.
func (n *given) lines(pub papers.Publication) []page.EventLine {
	var lines []page.EventLine
	if pub.Supplement == 0 && pub.Agenda {
		k := 0
		for _, i := range papers.Heard(n.items) {
			if slices.Contains(pub.Items, i.ID) {
				k++
			}
		}
		if k > 0 {
			lines = append(lines, page.EventLine{Text: page.Count(k, "item", "items")})
		}
		if k := len(pub.Versions); k > 0 {
			lines = append(lines, page.EventLine{Text: page.Count(k, "paper", "papers")})
		}
		return lines
	}
	for _, i := range n.items {
		if slices.Contains(pub.Items, i.ID) {
			lines = append(lines, page.EventLine{Text: "New item " + i.Number + ": " + i.Title, URL: "#item-" + i.ID})
		}
	}
	for _, r := range pub.Releases {
		if i := slices.IndexFunc(n.items, func(i papers.Item) bool { return i.ID == r.Item }); i >= 0 {
			lines = append(lines, page.EventLine{Text: "Released, until then private: item " + n.items[i].Number + ": " + n.items[i].Title, URL: "#item-" + r.Item, Why: r.Reason})
		}
	}
	for _, r := range pub.Versions {
		lines = append(lines, n.line(r))
	}
	return lines
}

func (n *given) line(r papers.VersionRef) page.EventLine {
	for _, p := range n.papers {
		if p.ID != r.Paper {
			continue
		}
		l := page.EventLine{Text: p.Title, URL: versionAddress(r)}
		for _, i := range n.items {
			if i.ID == p.Item {
				l.Text = "Item " + i.Number + ": " + p.Title
			}
		}
		for _, v := range p.Versions {
			if v.N == r.N && r.N > 1 {
				l.Text += ", version " + page.Number(r.N)
				l.Why = v.Reason
			}
		}
		return l
	}
	return page.EventLine{Text: "A paper that is not here any more"}
}
