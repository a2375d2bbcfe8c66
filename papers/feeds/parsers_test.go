package feeds_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/mmcdole/gofeed/atom"

	"clearday/papers"
	"clearday/papers/feeds"
)

// These tests read what is written with libraries that know nothing of how it was written.

func TestAtomReadByGofeed(t *testing.T) {
	f := exampleFeed()
	f.First, f.Next = "https://example.org/feed.atom", "https://example.org/feed.atom?page=2"
	f.Entries = append(f.Entries, feeds.Entry{ID: "urn:uuid:4", Title: "Cancelled: Board", Summary: "No quorum.", Page: "https://example.org/meetings/b", Published: at, Updated: at.Add(2 * time.Hour)})
	body, err := feeds.Atom(f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := (&atom.Parser{}).Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("gofeed cannot read the feed: %v", err)
	}
	if got.ID != "urn:uuid:1" || got.Title != "Beds & <b>papers</b>" || got.Updated != "2027-04-01T10:00:00Z" || len(got.Authors) != 1 || got.Authors[0].Name != "Fenmarsh" || got.Language != "en-GB" {
		t.Errorf("the feed reads as %s %q %s %v %s", got.ID, got.Title, got.Updated, got.Authors, got.Language)
	}
	rels := map[string]string{}
	for _, l := range got.Links {
		rels[l.Rel] = l.Href
	}
	if rels["self"] == "" || rels["alternate"] == "" || rels["next"] != f.Next || rels["first"] != f.First {
		t.Errorf("the links of a feed in parts are %v (RFC 5005)", rels)
	}
	if len(got.Entries) != 2 || len(got.Extensions["at"]["deleted-entry"]) != 1 {
		t.Fatalf("%d entries and %v, want 2 and a tombstone (RFC 6721)", len(got.Entries), got.Extensions)
	}
	for _, e := range got.Entries {
		if e.ID == "" || e.Title == "" || e.UpdatedParsed == nil || e.PublishedParsed == nil || e.Summary == "" || len(e.Links) == 0 {
			t.Errorf("an entry lacks what RFC 4287 asks for: %+v", e)
		}
	}
	if e := got.Entries[1]; len(e.Links) != 1 || !e.UpdatedParsed.Equal(at.Add(2*time.Hour)) || !e.PublishedParsed.Equal(at) {
		t.Errorf("a meeting has no file, and its change has a time: %+v", e)
	}
}

func TestICSReadByGoICal(t *testing.T) {
	c := exampleCalendar()
	winter := time.Date(2027, 11, 11, 9, 30, 0, 0, time.UTC)
	c.Events = append(c.Events,
		feeds.Event{UID: "ask", ChangedAt: at, Start: winter, End: winter, Zone: "Europe/London", Summary: "Questions close", URL: "https://example.org/q", Marks: true, Organizer: "board@example.org", By: `The "Board"`},
		feeds.Event{UID: "papers", ChangedAt: at, Start: time.Date(2027, 7, 1, 23, 0, 0, 0, time.UTC), AllDay: true, Marks: true, Zone: "Europe/London", Summary: "Papers expected", URL: "https://example.org/p"},
		feeds.Event{UID: "moved", Sequence: 1, ChangedAt: at, Start: winter, End: winter.Add(time.Hour), Zone: "Europe/London", Summary: "Board", URL: "https://example.org/m", Watch: "https://example.org/m/live", State: papers.MeetingPostponed})
	body, err := feeds.ICS(c)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := ical.NewDecoder(bytes.NewReader(body)).Decode()
	if err != nil {
		t.Fatalf("go-ical cannot read the calendar: %v", err)
	}
	if err := ical.NewEncoder(io.Discard).Encode(cal); err != nil { // it refuses what RFC 5545 forbids
		t.Errorf("the calendar is not valid: %v", err)
	}
	events := map[string]ical.Event{}
	for _, e := range cal.Events() {
		uid, err := e.Props.Text(ical.PropUID)
		if err != nil {
			t.Fatal(err)
		}
		events[uid] = e
	}
	text := func(uid, name string) string {
		e := events[uid]
		s, err := e.Props.Text(name)
		if err != nil {
			t.Errorf("%s of %s: %v", name, uid, err)
		}
		return s
	}
	starts := func(uid string, want time.Time) {
		e := events[uid]
		got, err := e.DateTimeStart(time.UTC)
		if err != nil || !got.Equal(want) {
			t.Errorf("%s starts at %s, %v, want %s", uid, got, err, want)
		}
	}
	starts("u1", c.Events[0].Start)
	starts("u3", c.Events[2].Start)
	starts("ask", winter)
	if e := events["papers"]; e.Props.Get(ical.PropDateTimeStart).ValueType() != ical.ValueDate || e.Props.Get(ical.PropDateTimeStart).Value != "20270702" || e.Props.Get(ical.PropDateTimeEnd) != nil {
		t.Errorf("papers are expected on a day, %v", e.Props.Get(ical.PropDateTimeStart))
	}
	if e := events["ask"]; e.Props.Get(ical.PropDateTimeEnd) != nil || text("ask", ical.PropTransparency) != "TRANSPARENT" || e.Props.Get(ical.PropOrganizer).Value != "mailto:board@example.org" {
		t.Errorf("a deadline is a moment that takes no time: %v", e.Props)
	}
	if text("moved", ical.PropStatus) != "CANCELLED" || text("moved", ical.PropSummary) != "Postponed: Board" || events["moved"].Props.Get(ical.PropSequence).Value != "1" {
		t.Errorf("a postponed meeting stays in, marked: %v", events["moved"].Props)
	}
	if p := events["moved"].Props.Get("CONFERENCE"); p == nil || p.Value != "https://example.org/m/live" {
		t.Errorf("the stream of a meeting is %v", p)
	}
	if got := text("u1", ical.PropSummary); got != "Joint committee, of the Partnership; and others" {
		t.Errorf("the summary reads %q", got)
	}
}
