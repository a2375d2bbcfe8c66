package feeds_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf8"

	"clearday/papers"
	"clearday/papers/feeds"
)

var at = time.Date(2027, 4, 1, 8, 0, 0, 0, time.UTC)

func exampleFeed() feeds.Feed {
	return feeds.Feed{
		ID: "urn:uuid:1", Title: "Beds & <b>papers</b>", Author: "Fenmarsh", Home: "https://example.org/", Self: "https://example.org/feed.atom", Began: at.AddDate(0, -1, 0),
		Entries: []feeds.Entry{{ID: "urn:uuid:2", Title: "A \x00title\x1f with ]]> and \"quotes\" and \xff", Summary: "PDF, 3 pages", Page: "https://example.org/papers/a/v/1",
			File: "https://example.org/papers/a/v/1/file", Type: "application/pdf", Size: 1234, Published: at, Categories: []feeds.Category{{Term: "board", Label: "Board"}}}},
		Gone: []feeds.Gone{{ID: "urn:uuid:3", At: at.Add(time.Hour), Why: "Names were in it.", Page: "https://example.org/papers/b/v/1"}},
	}
}

// node is XML as anybody reads it, knowing nothing of how it was written.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Nodes   []node     `xml:",any"`
}

func (n node) all(name string) (found []node) {
	for _, c := range n.Nodes {
		if c.XMLName.Local == name {
			found = append(found, c)
		}
	}
	return found
}

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n node) link(rel string) node {
	for _, l := range n.all("link") {
		if l.attr("rel") == rel {
			return l
		}
	}
	return node{}
}

// readAtom reads a feed strictly and checks what RFC 4287 requires of every feed and entry.
func readAtom(t *testing.T, body []byte) node {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = true
	var f node
	if err := d.Decode(&f); err != nil {
		t.Fatalf("the feed is not well-formed: %v\n%s", err, body)
	}
	if f.XMLName.Space != "http://www.w3.org/2005/Atom" || f.XMLName.Local != "feed" {
		t.Fatalf("the root is %v, want an Atom feed", f.XMLName)
	}
	if f.link("self").attr("href") == "" || f.link("alternate").attr("href") == "" {
		t.Error("a feed needs links to itself and to its page")
	}
	if len(f.all("author")) != 1 {
		t.Error("a feed needs an author, or each entry does")
	}
	for _, e := range append(f.all("entry"), f) {
		for _, name := range []string{"id", "title", "updated"} {
			if found := e.all(name); len(found) != 1 || strings.TrimSpace(found[0].Text) == "" {
				t.Errorf("%s has %d of %s, want one with text", e.XMLName.Local, len(found), name)
			}
		}
		if _, err := time.Parse(time.RFC3339, e.all("updated")[0].Text); err != nil {
			t.Errorf("updated: %v", err)
		}
		if e.link("alternate").attr("href") == "" {
			t.Error("an entry without content needs a link to its page")
		}
	}
	return f
}

func TestAtom(t *testing.T) {
	body, err := feeds.Atom(exampleFeed())
	if err != nil {
		t.Fatal(err)
	}
	f := readAtom(t, body)
	if got := f.all("title")[0].Text; got != "Beds & <b>papers</b>" {
		t.Errorf("title is %q: marks must arrive as typed", got)
	}
	e := f.all("entry")[0]
	if l := e.link("enclosure"); l.attr("type") != "application/pdf" || l.attr("length") != "1234" {
		t.Errorf("the file of a paper needs type and length, got %v", l.Attrs)
	}
	if got := e.all("title")[0].Text; strings.ContainsAny(got, "\x00\x1f") || !strings.Contains(got, "]]> and \"quotes\"") {
		t.Errorf("title of the entry is %q", got)
	}
	tomb := f.all("deleted-entry")
	if len(tomb) != 1 || tomb[0].attr("ref") != "urn:uuid:3" || tomb[0].XMLName.Space != "http://purl.org/atompub/tombstones/1.0" {
		t.Errorf("a withdrawn paper needs a tombstone, got %v", tomb)
	}
	if got := f.all("updated")[0].Text; got != "2027-04-01T09:00:00Z" {
		t.Errorf("the feed was updated %s, want when the paper was withdrawn", got)
	}
	t.Run("empty", func(t *testing.T) {
		empty := exampleFeed()
		empty.Entries, empty.Gone = nil, nil
		body, err := feeds.Atom(empty)
		if err != nil {
			t.Fatal(err)
		}
		readAtom(t, body)
	})
}

func exampleCalendar() feeds.Calendar {
	summer := time.Date(2027, 7, 8, 8, 30, 0, 0, time.UTC)
	return feeds.Calendar{Name: "Board; papers, and more", Zone: "Europe/London", Source: "https://example.org/calendar.ics", Events: []feeds.Event{
		{UID: "u1", Sequence: 2, ChangedAt: at, Start: summer, End: summer.Add(2 * time.Hour), Zone: "Europe/London", Summary: "Joint committee, of the Partnership; and others",
			Description: "Line one\nLine two: " + strings.Repeat("Blåbærsyltetøy \\ ", 20), Location: "Hall, Quay Street", URL: "https://example.org/meetings/a?b=1,2;3",
			State: papers.MeetingPublished},
		{UID: "u2", ChangedAt: at, Start: summer, End: summer.Add(time.Hour), Zone: "Europe/London", Summary: "Off", URL: "https://example.org/meetings/b", State: papers.MeetingCancelled},
		{UID: "u3", ChangedAt: at, Start: summer, End: summer.Add(time.Hour), Zone: "America/New_York", Summary: "Far", URL: "https://example.org/meetings/c", State: papers.MeetingAnnounced},
	}}
}

// unfold reads content lines as RFC 5545 says, knowing nothing of how they were written.
func unfold(t *testing.T, body string) []string {
	t.Helper()
	if !utf8.ValidString(body) || !strings.HasSuffix(body, "\r\n") {
		t.Fatal("a calendar is UTF-8 and ends its last line")
	}
	if strings.Count(body, "\n") != strings.Count(body, "\r\n") || strings.Count(body, "\r") != strings.Count(body, "\r\n") {
		t.Fatal("every line must end in CR LF and hold neither elsewhere")
	}
	var lines []string
	for _, l := range strings.Split(strings.TrimSuffix(body, "\r\n"), "\r\n") {
		if len(l) > 75 {
			t.Errorf("a line has %d octets, more than 75: %s", len(l), l)
		}
		if !utf8.ValidString(l) {
			t.Errorf("a letter is cut by folding: %q", l)
		}
		if rest, ok := strings.CutPrefix(l, " "); ok && len(lines) > 0 {
			lines[len(lines)-1] += rest
			continue
		}
		lines = append(lines, l)
	}
	return lines
}

// property finds the value of a property within the n-th component of a name.
func property(lines []string, component string, n int, name string) string {
	inside, seen := false, 0
	for _, l := range lines {
		switch {
		case l == "BEGIN:"+component:
			inside = seen == n
			seen++
		case l == "END:"+component:
			inside = false
		case inside && (strings.HasPrefix(l, name+":") || strings.HasPrefix(l, name+";")):
			return strings.TrimPrefix(l, name)
		}
	}
	return ""
}

func TestICS(t *testing.T) {
	body, err := feeds.ICS(exampleCalendar())
	if err != nil {
		t.Fatal(err)
	}
	lines := unfold(t, string(body))
	if again, _ := feeds.ICS(exampleCalendar()); !bytes.Equal(body, again) {
		t.Error("the same calendar must give the same bytes, else every reader loads it anew")
	}
	for _, want := range []struct {
		component string
		n         int
		name, is  string
	}{
		{"VCALENDAR", 0, "VERSION", ":2.0"},
		{"VCALENDAR", 0, "METHOD", ":PUBLISH"},
		{"VCALENDAR", 0, "X-WR-CALNAME", `:Board\; papers\, and more`},
		{"VCALENDAR", 0, "REFRESH-INTERVAL", ";VALUE=DURATION:PT6H"},
		{"VTIMEZONE", 0, "TZID", ":Europe/London"},
		{"DAYLIGHT", 0, "TZOFFSETTO", ":+0100"},
		{"STANDARD", 0, "TZOFFSETTO", ":+0000"},
		{"VEVENT", 0, "UID", ":u1"},
		{"VEVENT", 0, "DTSTAMP", ":20270401T080000Z"},
		{"VEVENT", 0, "DTSTART", ";TZID=Europe/London:20270708T093000"},
		{"VEVENT", 0, "DTEND", ";TZID=Europe/London:20270708T113000"},
		{"VEVENT", 0, "SEQUENCE", ":2"},
		{"VEVENT", 0, "STATUS", ":CONFIRMED"},
		{"VEVENT", 0, "SUMMARY", `:Joint committee\, of the Partnership\; and others`},
		{"VEVENT", 0, "URL", ":https://example.org/meetings/a?b=1,2;3"},
		{"VEVENT", 0, "DESCRIPTION", `:Line one\nLine two: ` + strings.Repeat(`Blåbærsyltetøy \\ `, 20)},
		{"VEVENT", 1, "STATUS", ":CANCELLED"},
		{"VEVENT", 1, "SUMMARY", ":Cancelled: Off"},
		{"VEVENT", 2, "DTSTART", ":20270708T083000Z"},
	} {
		if got := property(lines, want.component, want.n, want.name); got != want.is {
			t.Errorf("%s %d: %s is %q, want %q", want.component, want.n, want.name, got, want.is)
		}
	}
}

// FuzzICS puts what a secretary may type into a calendar: no text may leave its line.
func FuzzICS(f *testing.F) {
	f.Add("Board", "line\r\nBEGIN:VEVENT\r\nx")
	f.Add("a\rb", "\xff\xfe;,\\n")
	f.Fuzz(func(t *testing.T, summary, description string) {
		if len(summary)+len(description) > 20_000 {
			t.Skip("longer than anything that may be typed")
		}
		c := exampleCalendar()
		c.Events = c.Events[:1]
		c.Events[0].Summary, c.Events[0].Description, c.Events[0].Location, c.Name = summary, description, description, summary
		body, err := feeds.ICS(c)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, l := range unfold(t, string(body)) {
			if l == "BEGIN:VEVENT" {
				n++
			}
		}
		if n != 1 {
			t.Fatalf("%d events, want 1", n)
		}
	})
}

type actList []papers.Act

func (l actList) Acts(_ context.Context, after int64, limit int) ([]papers.Act, error) {
	if int(after) >= len(l) {
		return nil, nil
	}
	return l[after:min(len(l), int(after)+limit)], nil
}

func TestHistory(t *testing.T) {
	var acts actList
	add := func(kind papers.Kind, subject, meeting string) {
		n := int64(len(acts) + 1)
		acts = append(acts, papers.Act{Number: n, At: at.Add(time.Duration(n) * time.Second), Kind: kind, Subject: subject, Meeting: meeting, Board: "b"})
	}
	add(papers.ActMeetingAnnounced, "meetings/m", "m")
	for range 1500 { // more than are read at once
		add(papers.ActSupportCounted, "questions/Q-2027-0001", "m")
	}
	add(papers.ActMeetingChanged, "meetings/m", "m")
	add(papers.ActPaperWithdrawn, "papers/abc/v/2", "m")
	var h feeds.History
	if err := h.Follow(t.Context(), acts); err != nil {
		t.Fatal(err)
	}
	if got := h.Meeting("m"); got.Sequence != 1 || !got.At.Equal(acts[1501].At) {
		t.Errorf("the meeting changed %+v, want once, at %s", got, acts[1501].At)
	}
	if got := fmt.Sprint(h.Withdrawn("other"), len(h.Withdrawn("")), h.Withdrawn("b")[0].Paper, h.Withdrawn("b")[0].Version); got != "[] 1abc2" {
		t.Errorf("withdrawn: %s", got)
	}
	id := h.ID("meeting m")
	add(papers.ActMeetingChanged, "meetings/m", "m")
	if err := h.Follow(t.Context(), acts); err != nil {
		t.Fatal(err)
	}
	if h.Meeting("m").Sequence != 2 || h.ID("meeting m") != id || h.ID("meeting n") == id {
		t.Error("a later change counts on, and identifiers stay")
	}
}
