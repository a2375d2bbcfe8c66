package server

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/feeds"
	"clearday/server/page"
)

// What is subscribed to is public matter only, whoever asks: every query here is of papers.Public.

const (
	entriesInFeed   = 100
	tombsInFeed     = 30
	monthsInPast    = 13 // of a calendar
	meetingsAtOnce  = 1000
	mostMeetings    = 5000
	calendarType    = "text/calendar; charset=utf-8"
	atomContentType = "application/atom+xml; charset=utf-8"
)

// meetingCalendar answers GET /meetings/:slug.ics.
func (s *Server) meetingCalendar(c *call) error {
	m, err := s.Record.Meeting(c.ctx, papers.Public, c.Params("slug"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, `inline; filename="`+m.Slug+`.ics"`)
	return c.calendar(m.Name(), []papers.Meeting{m})
}

// boardCalendar answers GET /boards/:slug.ics.
func (s *Server) boardCalendar(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	list, err := c.calendarMeetings(b.Slug)
	if err != nil {
		return err
	}
	return c.calendar(b.Name, list)
}

// siteCalendar answers GET /calendar.ics.
func (s *Server) siteCalendar(c *call) error {
	list, err := c.calendarMeetings("")
	if err != nil {
		return err
	}
	return c.calendar("", list)
}

// calendarMeetings are those of the last year and all that are coming, cancelled ones among them.
func (c *call) calendarMeetings(board string) ([]papers.Meeting, error) {
	f := papers.MeetingFilter{Board: board, From: c.s.Now().AddDate(0, -monthsInPast, 0), Limit: meetingsAtOnce}
	var all []papers.Meeting
	for {
		list, next, err := c.s.Record.Meetings(c.ctx, papers.Public, f)
		if err != nil {
			return nil, fmt.Errorf("reading the meetings of a calendar: %w", err)
		}
		all = append(all, list...)
		if next == "" || len(all) >= mostMeetings {
			return all, nil
		}
		f.Cursor = next
	}
}

// calendar answers the meetings as a calendar; name is empty for the one of the whole site.
func (c *call) calendar(name string, list []papers.Meeting) error {
	site, err := c.s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	if err := c.s.history.Follow(c.ctx, c.s.Record); err != nil {
		return err
	}
	cal := feeds.Calendar{Name: site.Name, Zone: site.Location().String(), Source: c.origin() + c.Path()}
	if name != "" {
		cal.Name = name + ", " + site.Name
	}
	for _, m := range list {
		cal.Events = append(cal.Events, c.event(m, site))
	}
	body, err := feeds.ICS(cal)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, calendarType)
	return c.Send(body)
}

func (c *call) event(m papers.Meeting, site papers.Site) feeds.Event {
	address := c.origin() + "/meetings/" + m.Slug
	changes := c.s.history.Meeting(m.Slug)
	e := feeds.Event{UID: strings.TrimPrefix(c.s.history.ID("meeting "+m.Slug), "urn:uuid:"), Sequence: changes.Sequence, ChangedAt: changes.At, Start: m.StartsAt, End: m.EndsAt,
		Zone: m.Zone, Summary: m.Name(), Location: page.Place(m), URL: address, Categories: m.BoardName, State: m.State}
	if e.Zone == "" {
		e.Zone = site.Location().String()
	}
	if e.ChangedAt.IsZero() && m.AnnouncedAt != nil {
		e.ChangedAt = *m.AnnouncedAt
	}
	if m.Title == "" {
		e.Summary += ", " + site.Name
	}
	e.Description = "Agenda, papers and questions: " + address
	if m.Access != "" {
		e.Description += "\n" + m.Access
	}
	if m.Watch != "" {
		e.Description += "\nTo follow: " + m.Watch
	} else if m.Mode != papers.InPerson {
		e.Watch = address + "/live"
		e.Description += "\nTo follow: " + e.Watch
	}
	return e
}

// boardFeed answers GET /boards/:slug/feed.atom.
func (s *Server) boardFeed(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	return c.feed(b.Name, b.Slug, "/boards/"+b.Slug)
}

// siteFeed answers GET /feed.atom.
func (s *Server) siteFeed(c *call) error { return c.feed("", "", "/") }

// feed answers the latest papers, of one board where it is named, and those withdrawn.
func (c *call) feed(name, board, home string) error {
	site, err := c.s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	if err := c.s.history.Follow(c.ctx, c.s.Record); err != nil {
		return err
	}
	f := feeds.Feed{ID: c.s.history.ID("feed " + board), Title: "New papers, " + site.Name, Author: site.Name, Email: site.Contact,
		Home: c.origin() + home, Self: c.origin() + c.Path(), Began: c.s.history.Began(),
		Subtitle: "Each paper the moment it is published, and each that is withdrawn."}
	if name != "" {
		f.Title = name + ": new papers, " + site.Name
	}
	if f.Entries, err = c.entries(board); err != nil {
		return err
	}
	if f.Gone, err = c.gone(board); err != nil {
		return err
	}
	body, err := feeds.Atom(f)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, atomContentType)
	return c.Send(body)
}

func (c *call) entries(board string) ([]feeds.Entry, error) {
	list, err := c.s.Record.Papers(c.ctx, papers.Public, papers.PaperFilter{Board: board, Latest: entriesInFeed})
	if err != nil {
		return nil, fmt.Errorf("reading the papers of a feed: %w", err)
	}
	var refs []papers.VersionRef
	for _, p := range list {
		if v, ok := p.Current(); ok && v.Public() {
			refs = append(refs, v.Ref())
		}
	}
	found, err := c.s.Record.Find(c.ctx, papers.Public, refs)
	if err != nil {
		return nil, fmt.Errorf("reading where the papers of a feed belong: %w", err)
	}
	var entries []feeds.Entry
	for _, f := range found {
		if f.Version.PublishedAt != nil {
			entries = append(entries, c.entry(f))
		}
	}
	return entries, nil
}

func (c *call) entry(f papers.Found) feeds.Entry {
	v, address := f.Version, c.versionAddress(f.Version)
	summary := fmt.Sprintf("%s. For item %s, %s: %s, %s.", page.FileFacts(v), f.Item.Number, f.Item.Title,
		f.Meeting.Name(), f.Meeting.StartsAt.In(f.Meeting.Location()).Format("Monday 2 January 2006"))
	if r := f.Item.Recommendation; r != "" {
		summary += " Recommendation: " + strings.Join(strings.Fields(r), " ")
	}
	title := f.Paper.Title
	if v.N > 1 {
		title += " (version " + strconv.Itoa(v.N) + ")"
		summary = "Changed: " + strings.TrimSuffix(v.Reason, ".") + ". " + summary
	}
	return feeds.Entry{ID: c.entryID(v), Title: title, Summary: summary,
		Page: address, File: address + "/file", Type: "application/pdf", Size: v.Size, Published: *v.PublishedAt,
		Categories: []feeds.Category{{Term: f.Meeting.Board, Label: f.Meeting.BoardName}}}
}

func (c *call) versionAddress(v papers.Version) string {
	return c.origin() + "/papers/" + v.Paper + "/v/" + strconv.Itoa(v.N)
}

// entryID is the identifier of a version, as an entry and as a tombstone.
func (c *call) entryID(v papers.Version) string {
	return c.s.history.ID("version " + v.Paper + " " + strconv.Itoa(v.N))
}

// gone are the versions that were withdrawn, by the identifiers that they had as entries.
func (c *call) gone(board string) ([]feeds.Gone, error) {
	var out []feeds.Gone
	for _, w := range c.s.history.Withdrawn(board) {
		if len(out) >= tombsInFeed {
			break
		}
		p, err := c.s.Record.Paper(c.ctx, papers.Public, w.Paper)
		if papers.CodeOf(err) == papers.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, v := range p.Versions {
			if v.State != papers.VersionWithdrawn || v.PublishedAt == nil || v.WithdrawnAt == nil || w.Version != 0 && v.N != w.Version {
				continue
			}
			out = append(out, feeds.Gone{ID: c.entryID(v), At: *v.WithdrawnAt,
				Why: "Withdrawn by the " + v.WithdrawnBy + ". " + v.WithdrawnWhy, Page: c.versionAddress(v)})
		}
	}
	return out, nil
}
