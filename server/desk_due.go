package server

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"clearday/papers"
	"clearday/server/page"
)

// toCome lists what is due for a meeting, by whom and by when, first things first.
func (d *desk) toCome(now time.Time) []page.DeskDue {
	var list []page.DeskDue
	add := func(at time.Time, who, what, link string) {
		list = append(list, page.DeskDue{Clock: d.clock(at, now), Who: who, What: what, Link: link, Meeting: d.meeting.Name() + ", " + d.meeting.StartsAt.In(d.zone).Format("2 January"), Zone: d.zone})
	}
	desk := "/desk/meetings/" + d.meeting.Slug
	for _, pub := range d.publications {
		if pub.State == papers.PublicationScheduled {
			add(pub.ScheduledAt, "the program", "Publication: "+strings.Join(d.plan(pub, now).Lines, "; "), desk+"#publish")
		}
	}
	if d.meeting.StartsAt.After(now) && !d.meeting.Off() {
		for _, clock := range d.clocks(now) {
			add(clock.At, "the board secretary", page.Sentence(strings.TrimPrefix(clock.To, "to ")), desk+"#publish")
		}
		add(d.meeting.StartsAt, "", "The meeting", desk)
	}
	for _, co := range d.commissions {
		if who, what := d.commissioned(co); what != "" {
			add(co.DueAt, who, what, "/desk/items/"+co.Item)
		}
	}
	for _, i := range d.items {
		if due, ok := d.promised(i); ok {
			add(due, cmp.Or(i.Lead, "the author"), "Paper to follow for item "+i.Number+": "+i.Title, "/desk/items/"+i.ID)
		}
		if due, ok := d.review(i); ok {
			add(due, "the board secretary", "Look again whether item "+i.Number+" must stay private: "+i.PublicTitle, "/desk/meetings/"+d.meeting.Slug+"/private")
		}
	}
	slices.SortStableFunc(list, func(a, b page.DeskDue) int { return a.Clock.At.Compare(b.Clock.At) })
	return list
}

// commissioned says who has to do what next about a paper that was asked for; nothing once it is in and
// approved.
func (d *desk) commissioned(co papers.Commission) (who, what string) {
	item := "item " + d.itemNumber(co.Item)
	switch {
	case co.State == papers.CommissionAsked:
		return co.Author, "Paper for " + item
	case co.State == papers.CommissionSentBack:
		return co.Author, "Paper for " + item + ", sent back"
	case co.State == papers.CommissionIn && co.Approver != "":
		return co.Approver, "Say yes to the paper for " + item + ", or send it back"
	}
	return "", ""
}

// promised is the end of the day on which the paper of an item was to follow, while it did not.
func (d *desk) promised(i papers.Item) (time.Time, bool) {
	if i.ToFollow == "" || slices.ContainsFunc(d.papers, func(p papers.Paper) bool { return p.Item == i.ID && len(p.Versions) > 0 }) {
		return time.Time{}, false
	}
	return endOfDay(i.ToFollow, d.zone)
}

// review is the day on which the exemption of a private item is to be looked at again (N-9).
func (d *desk) review(i papers.Item) (time.Time, bool) {
	if !i.Private || i.Grounds.ReviewOn == "" || i.ReleasedAt != nil {
		return time.Time{}, false
	}
	return endOfDay(i.Grounds.ReviewOn, d.zone)
}

func endOfDay(day string, zone *time.Location) (time.Time, bool) {
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	return at.AddDate(0, 0, 1).Add(-time.Second), err == nil
}
