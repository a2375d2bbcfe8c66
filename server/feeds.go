package server

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/feeds"
	"clearday/server/page"
)

// What is subscribed to is public matter only, whoever asks: every query here is of papers.Public.

const (
	entriesInFeed   = 100
	meetingsInFeed  = 30
	mostParts       = 100
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
	bs, err := c.boards()
	if err != nil {
		return err
	}
	for _, m := range list {
		e := c.event(m, site)
		cal.Events = append(cal.Events, e)
		cal.Events = append(cal.Events, c.marks(m, bs.by[m.Board], e)...)
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
	e := feeds.Event{UID: c.uid("meeting " + m.Slug), Sequence: changes.Sequence, ChangedAt: changes.At, Start: m.StartsAt, End: m.EndsAt,
		Zone: m.Zone, Summary: m.Name(), Location: page.Place(m), URL: address, Categories: m.BoardName, State: m.State, By: site.Name}
	if strings.Contains(site.Contact, "@") {
		e.Organizer = site.Contact
	}
	if e.Zone == "" {
		e.Zone = site.Location().String()
	}
	if e.ChangedAt.IsZero() && m.AnnouncedAt != nil {
		e.ChangedAt = *m.AnnouncedAt
	}
	if m.Title == "" {
		e.Summary += ", " + site.Name
	}
	says := []string{page.StateSentence(m), "Agenda, papers and questions: " + address, m.Access}
	if m.Telephone != "" {
		says = append(says, "Telephone: "+m.Telephone)
	}
	if m.MovedTo != "" {
		says = append(says, "The new date: "+c.origin()+"/meetings/"+m.MovedTo)
	}
	if m.Watch != "" {
		says = append(says, "To follow: "+m.Watch)
		if u, err := url.Parse(m.Watch); err == nil && u.Scheme == "https" && u.Host != "" {
			e.Watch = m.Watch
		}
	} else if m.Mode != papers.InPerson && !m.Off() {
		e.Watch = address + "/live"
		says = append(says, "To follow: "+e.Watch)
	}
	e.Description = strings.Join(slices.DeleteFunc(says, func(s string) bool { return s == "" }), "\n")
	return e
}

func (c *call) uid(name string) string { return strings.TrimPrefix(c.s.history.ID(name), "urn:uuid:") }

// marks are the moments of a meeting that stand in the calendar beside it: when questions close, when the
// papers are expected, and when it goes on after it was adjourned.
func (c *call) marks(m papers.Meeting, b papers.Board, of feeds.Event) []feeds.Event {
	var out []feeds.Event
	mark := func(kind, says string, at, end time.Time) *feeds.Event {
		e := of
		e.UID, e.Summary, e.Start, e.End, e.Marks = c.uid(kind+" "+m.Slug), says+": "+of.Summary, at, end, true
		e.Description, e.Watch, e.Location = m.Name()+", "+page.Moment(m.StartsAt, m.Location())+": "+of.URL, "", ""
		out = append(out, e)
		return &out[len(out)-1]
	}
	if m.AskUntil != nil {
		mark("ask", "Questions close", *m.AskUntil, *m.AskUntil).URL = of.URL + "/questions"
	}
	if m.PublishedAt == nil {
		if day, err := time.ParseInLocation(time.DateOnly, c.s.papersFrom(m, b), m.Location()); err == nil {
			mark("papers", "Papers expected", day, day).AllDay = true
		}
	}
	if m.ResumesAt != nil && m.State != papers.MeetingHeld {
		e := mark("resumes", "Goes on", *m.ResumesAt, m.GoesOnUntil())
		e.Marks, e.Location, e.Watch = false, of.Location, of.Watch
	}
	return out
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

// feed answers the latest papers, of one board where it is named, the meetings that were announced or
// changed, and the papers that were withdrawn. It comes in parts (RFC 5005): ?page=2 are older papers.
func (c *call) feed(name, board, home string) error {
	site, err := c.s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	if err := c.s.history.Follow(c.ctx, c.s.Record); err != nil {
		return err
	}
	part := c.QueryInt("page", 1)
	if part < 1 || part > mostParts {
		return papers.ErrNotFound
	}
	address := c.origin() + c.Path()
	f := feeds.Feed{ID: c.s.history.ID("feed " + board), Title: "Papers and meetings, " + site.Name, Author: site.Name, Email: site.Contact,
		Home: c.origin() + home, Self: address, Began: c.s.history.Began(),
		Subtitle: "Each paper the moment it is published, each that is withdrawn, and each meeting that is announced, moved or cancelled."}
	if name != "" {
		f.Title = name + ": papers and meetings, " + site.Name
	}
	more := false
	if f.Entries, more, err = c.entries(board, part); err != nil {
		return err
	}
	if part > 1 {
		f.Self = address + "?page=" + strconv.Itoa(part)
	}
	if more && part < mostParts {
		f.Next = address + "?page=" + strconv.Itoa(part+1)
	}
	if part > 1 || more {
		f.First = address
	}
	if part > 1 {
		return c.sendFeed(f)
	}
	told, err := c.meetingEntries(board)
	if err != nil {
		return err
	}
	f.Entries = append(f.Entries, told...)
	slices.SortStableFunc(f.Entries, func(a, b feeds.Entry) int { return latest(b).Compare(latest(a)) })
	if f.Gone, err = c.gone(board); err != nil {
		return err
	}
	return c.sendFeed(f)
}

func (c *call) sendFeed(f feeds.Feed) error {
	body, err := feeds.Atom(f)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, atomContentType)
	return c.Send(body)
}

func latest(e feeds.Entry) time.Time {
	if e.Updated.After(e.Published) {
		return e.Updated
	}
	return e.Published
}

// meetingEntries tells of each meeting that was announced or changed lately, one entry a meeting.
func (c *call) meetingEntries(board string) ([]feeds.Entry, error) {
	var entries []feeds.Entry
	for _, slug := range c.s.history.Latest(board, meetingsInFeed) {
		m, err := c.s.Record.Meeting(c.ctx, papers.Public, slug)
		if papers.CodeOf(err) == papers.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		changes, word := c.s.history.Meeting(slug), "Meeting"
		if says, _ := page.MeetingWords(m); says != "" && m.State != papers.MeetingLive {
			word = says
		} else if changes.Sequence > 0 && m.State != papers.MeetingHeld && m.State != papers.MeetingLive {
			word = "Changed"
		}
		summary := page.StateSentence(m)
		if summary == "" {
			summary = page.Place(m) + "."
		}
		entries = append(entries, feeds.Entry{ID: c.s.history.ID("meeting " + slug), Title: word + ": " + m.Name() + ", " + page.Moment(m.StartsAt, m.Location()),
			Summary: summary, Page: c.origin() + "/meetings/" + slug, Published: changes.Announced, Updated: changes.At,
			Categories: []feeds.Category{{Term: m.Board, Label: m.BoardName}, {Term: "meeting", Label: "Meetings"}}})
	}
	return entries, nil
}

// entries are the papers of one part of a feed, and whether there are older ones.
func (c *call) entries(board string, part int) (entries []feeds.Entry, more bool, err error) {
	list, err := c.s.Record.Papers(c.ctx, papers.Public, papers.PaperFilter{Board: board, Latest: entriesInFeed + 1, Skip: (part - 1) * entriesInFeed})
	if err != nil {
		return nil, false, fmt.Errorf("reading the papers of a feed: %w", err)
	}
	if more = len(list) > entriesInFeed; more {
		list = list[:entriesInFeed]
	}
	var refs []papers.VersionRef
	for _, p := range list {
		if v, ok := p.Current(); ok && v.Public() {
			refs = append(refs, v.Ref())
		}
	}
	found, err := c.s.Record.Find(c.ctx, papers.Public, refs)
	if err != nil {
		return nil, false, fmt.Errorf("reading where the papers of a feed belong: %w", err)
	}
	for _, f := range found {
		if f.Version.PublishedAt != nil {
			entries = append(entries, c.entry(f))
		}
	}
	return entries, more, nil
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
