package server

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/page"
)

func (d *desk) clock(at, now time.Time) page.DeskClock {
	return page.DeskClock{At: at, Now: now, Zone: d.zone, Calm: at.Sub(now) > 48*time.Hour}
}

// clockWords name the clocks of the law in a row.
var clockWords = map[papers.Clock]string{papers.ClockNotice: "the notice", papers.ClockAgenda: "the agenda", papers.ClockReports: "the papers"}

// clocks are the last moments for what is not public yet, the next one first: the board's own target and
// the rules for notice, agenda and papers, those of the same moment as one. None when the bank holidays
// do not reach that far.
func (d *desk) clocks(now time.Time) []page.DeskClock {
	var list []page.DeskClock
	for _, clocks := range d.waiting() {
		rule := clockRule(d.profile, clocks[0])
		at, ok := d.lastMoment(rule)
		if !ok {
			return nil
		}
		clock := d.clock(at, now)
		clock.To = "to the board’s own target"
		if clocks[0] != papers.ClockTarget {
			var words []string
			for _, c := range clocks {
				words = append(words, clockWords[c])
			}
			clock.To = "to the last moment for " + page.And(words)
		}
		clock.Says = fmt.Sprintf("%s, %s: %s before the meeting. %s", at.In(d.zone).Format("Monday 2 January"), page.Clock(at, d.zone), page.Count(rule.Days, "clear day", "clear days"), rule.Source)
		list = append(list, clock)
	}
	slices.SortStableFunc(list, func(a, b page.DeskClock) int { return a.At.Compare(b.At) })
	return list
}

// waiting are the clocks that still run, those with the same rule and source together.
func (d *desk) waiting() [][]papers.Clock {
	var run []papers.Clock
	if d.meeting.AnnouncedAt == nil {
		run = append(run, papers.ClockNotice)
	}
	if d.meeting.PublishedAt == nil {
		run = append(run, papers.ClockAgenda)
	}
	if d.meeting.PublishedAt == nil || slices.ContainsFunc(d.papers, neverPublic) {
		run = append(run, papers.ClockReports)
	}
	if len(run) == 0 {
		return nil
	}
	groups := [][]papers.Clock{{papers.ClockTarget}}
	for _, c := range run {
		same := slices.IndexFunc(groups[1:], func(g []papers.Clock) bool {
			a, b := clockRule(d.profile, g[0]), clockRule(d.profile, c)
			return a.Days == b.Days && a.Mode == b.Mode && a.Source == b.Source
		})
		if same < 0 {
			groups = append(groups, []papers.Clock{c})
			continue
		}
		groups[same+1] = append(groups[same+1], c)
	}
	return groups
}

// neverPublic tells of a paper that waits for its first publication.
func neverPublic(p papers.Paper) bool {
	return !p.Private && len(p.Versions) > 0 && !slices.ContainsFunc(p.Versions, func(v papers.Version) bool { return v.PublishedAt != nil })
}

func (d *desk) lastMoment(r notice.Rule) (time.Time, bool) {
	return notice.LastMoment(d.meeting.StartsAt, d.zone, r, d.profile, d.holidays)
}

// count counts by one clock; ok is false where nothing can be claimed, also once the day of the meeting is over.
func (d *desk) count(at time.Time, clock papers.Clock) (notice.Result, bool) {
	r, err := notice.Count(at, d.meeting.StartsAt, d.zone, clockRule(d.profile, clock), d.profile, d.holidays)
	return r, err == nil && r.Covered && !r.Meeting.Before(r.Published)
}

// lawful is the clock of the law that ends first.
func (d *desk) lawful() papers.Clock {
	first := papers.ClockNotice
	for _, clock := range []papers.Clock{papers.ClockAgenda, papers.ClockReports} {
		a, ok1 := d.lastMoment(clockRule(d.profile, clock))
		b, ok2 := d.lastMoment(clockRule(d.profile, first))
		if ok1 && ok2 && a.Before(b) {
			first = clock
		}
	}
	return first
}

// notice counts the clear days if it was, or were, published at a moment.
func (d *desk) notice(at time.Time) *page.DeskNotice {
	r, err := notice.Count(at, d.meeting.StartsAt, d.zone, clockRule(d.profile, d.lawful()), d.profile, d.holidays)
	if err != nil {
		return nil
	}
	n := &page.DeskNotice{Says: r.String()}
	switch {
	case !r.Covered:
		n.Class = "cd-badge--wait"
	case !r.OnTime:
		n.Class = "cd-badge--late"
	}
	return n
}

// tooLate says what of a publication at the moment would come after its last lawful moment, each with
// its count: the notice of the meeting, the agenda or an added item, and each paper that comes out for
// the first time (N-5: the rule is of each item). Nothing where no claim can be made.
func (d *desk) tooLate(pub papers.Publication, at time.Time) []string {
	var late []string
	say := func(what string, clock papers.Clock) {
		if r, ok := d.count(at, clock); ok && !r.OnTime {
			late = append(late, fmt.Sprintf("%s: %s", what, daysOf(r)))
		}
	}
	if pub.Announces {
		say("The notice of the meeting", papers.ClockNotice)
	}
	switch {
	case len(pub.Items) > 0 && d.meeting.PublishedAt == nil:
		say("The agenda", papers.ClockAgenda)
	case len(pub.Items) > 0:
		say("Added to the agenda, item "+strings.Join(d.numbers(pub.Items), ", "), papers.ClockAgenda)
	}
	var first []string
	for _, p := range d.papers {
		if neverPublic(p) && slices.ContainsFunc(pub.Versions, func(r papers.VersionRef) bool { return r.Paper == p.ID }) {
			first = append(first, fmt.Sprintf("Item %s, %s", d.itemNumber(p.Item), p.Title))
		}
	}
	if len(first) > 5 {
		first = []string{page.Count(len(first), "paper", "papers")}
	}
	for _, what := range first {
		say(what, papers.ClockReports)
	}
	return late
}

func (d *desk) numbers(items []string) []string {
	var list []string
	for _, i := range d.items {
		if slices.Contains(items, i.ID) {
			list = append(list, i.Number)
		}
	}
	return list
}
