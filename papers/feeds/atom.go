package feeds

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Feed is an Atom feed before it is written. Addresses are absolute.
type Feed struct {
	ID       string
	Title    string
	Subtitle string
	Author   string
	Email    string // of the author, may be empty
	Home     string // page that the feed is of
	Self     string // address of the feed
	Rights   string
	First    string    // address of the first part, of a feed in parts (RFC 5005)
	Next     string    // address of the part that follows, empty at the end
	Began    time.Time // what the feed is updated at while it is empty
	Entries  []Entry
	Gone     []Gone
}

// Entry is one version of a paper, a meeting, or a news item. ID and Published never change.
type Entry struct {
	ID         string
	Title      string
	Summary    string
	Page       string // address of its page
	File       string // address of the bytes, empty when there are none
	Type       string // media type of the file
	Size       int64
	Published  time.Time
	Updated    time.Time // of the last change that a reader should know of; zero: none since
	Categories []Category
}

// Category says where an entry belongs.
type Category struct{ Term, Label string }

// Gone is an entry that was withdrawn.
type Gone struct {
	ID   string
	At   time.Time
	Why  string
	Page string
}

// gorilla/feeds has one link a feed and no tombstones, so the elements are written here.
type atomFeed struct {
	XMLName   xml.Name     `xml:"http://www.w3.org/2005/Atom feed"`
	Lang      string       `xml:"xml:lang,attr"`
	Tomb      string       `xml:"xmlns:at,attr"`
	ID        string       `xml:"id"`
	Title     string       `xml:"title"`
	Subtitle  string       `xml:"subtitle,omitempty"`
	Updated   string       `xml:"updated"`
	Author    atomPerson   `xml:"author"`
	Links     []atomLink   `xml:"link"`
	Rights    string       `xml:"rights,omitempty"`
	Generator string       `xml:"generator"`
	Deleted   []atomGone   `xml:"at:deleted-entry"`
	Entries   []*atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name  string `xml:"name"`
	Email string `xml:"email,omitempty"`
}

type atomLink struct {
	Rel    string `xml:"rel,attr"`
	Type   string `xml:"type,attr,omitempty"`
	Href   string `xml:"href,attr"`
	Length int64  `xml:"length,attr,omitempty"`
}

type atomCategory struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr,omitempty"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Updated    string         `xml:"updated"`
	Published  string         `xml:"published"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary"`
}

type atomGone struct {
	Ref     string     `xml:"ref,attr"`
	When    string     `xml:"when,attr"`
	Comment string     `xml:"at:comment,omitempty"`
	Links   []atomLink `xml:"link"`
}

const (
	atomType  = "application/atom+xml"
	tombSpace = "http://purl.org/atompub/tombstones/1.0"
)

// Atom writes the feed. The same feed gives the same bytes.
func Atom(f Feed) ([]byte, error) {
	a := atomFeed{
		Lang: "en-GB", Tomb: tombSpace, ID: f.ID, Title: clean(f.Title), Subtitle: clean(f.Subtitle), Rights: clean(f.Rights),
		Author: atomPerson{Name: clean(f.Author), Email: clean(f.Email)}, Generator: "Clearday",
		Links: []atomLink{{Rel: "self", Type: atomType, Href: f.Self}, {Rel: "alternate", Type: "text/html", Href: f.Home}},
	}
	for _, l := range []atomLink{{Rel: "first", Type: atomType, Href: f.First}, {Rel: "next", Type: atomType, Href: f.Next}} {
		if l.Href != "" {
			a.Links = append(a.Links, l)
		}
	}
	updated := f.Began
	for _, e := range f.Entries {
		a.Entries = append(a.Entries, e.atom())
		updated = later(updated, later(e.Published, e.Updated))
	}
	for _, g := range f.Gone {
		a.Deleted = append(a.Deleted, atomGone{Ref: g.ID, When: moment(g.At), Comment: clean(g.Why), Links: []atomLink{{Rel: "related", Type: "text/html", Href: g.Page}}})
		updated = later(updated, g.At)
	}
	a.Updated = moment(updated)
	var out bytes.Buffer
	out.WriteString(xml.Header)
	if err := xml.NewEncoder(&out).Encode(a); err != nil {
		return nil, fmt.Errorf("writing a feed: %w", err)
	}
	return out.Bytes(), nil
}

func (e Entry) atom() *atomEntry {
	a := &atomEntry{ID: e.ID, Title: clean(e.Title), Updated: moment(later(e.Published, e.Updated)), Published: moment(e.Published), Summary: clean(e.Summary),
		Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: e.Page}}}
	if e.File != "" {
		a.Links = append(a.Links, atomLink{Rel: "enclosure", Type: e.Type, Href: e.File, Length: e.Size})
	}
	for _, c := range e.Categories {
		a.Categories = append(a.Categories, atomCategory{Term: c.Term, Label: clean(c.Label)})
	}
	return a
}

// clean leaves out what XML and calendars cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
