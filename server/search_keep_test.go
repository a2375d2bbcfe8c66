package server_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"clearday/server/auth"
	"clearday/server/servertest"
)

// publishPaper puts a paper of pages on the agenda and makes it public with its meeting.
func publishPaper(t *testing.T, s *servertest.Site, meeting, title string, pages ...string) (id string) {
	t.Helper()
	i := s.Item(t, meeting, "About "+strings.TrimLeft(title, "=+-@"))
	token := s.Token(t, auth.Secretary)
	var p struct{ ID string }
	if status, text := s.APIUpload(t, token, "/items/"+i.ID+"/papers", "paper.pdf", servertest.PDF(t, title, pages...), &p, "title", title); status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, text)
	}
	if status, text := s.API(t, token, "POST", "/meetings/"+meeting+"/publish", nil, nil); status != http.StatusOK {
		t.Fatalf("publishing: %d %s", status, text)
	}
	return p.ID
}

// found waits until a search finds so many things.
func found(t *testing.T, s *servertest.Site, query string, n int) {
	t.Helper()
	servertest.Eventually(t, fmt.Sprintf("%d found for %s", n, query), func() bool {
		var a struct{ Total int }
		return json.Unmarshal([]byte(s.Browser(t).Get(t, "/api/v1/search?"+query).Text), &a) == nil && a.Total == n
	})
}

type line struct {
	Title, Kind, Meeting, Label, Passage, URL string
	Version, Page                             int
}

// taken reads both exports of a search and holds that they say the same.
func taken(t *testing.T, s *servertest.Site, query string) []line {
	t.Helper()
	b := s.Browser(t)
	table, err := csv.NewReader(strings.NewReader(b.Get(t, "/search.csv?"+query).Text)).ReadAll()
	if err != nil || len(table) == 0 {
		t.Fatalf("the table of %s: %v", query, err)
	}
	var lines []line
	d := json.NewDecoder(strings.NewReader(b.Get(t, "/search.jsonl?"+query).Text))
	for d.More() {
		var l line
		if err := d.Decode(&l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	if len(table)-1 != len(lines) {
		t.Fatalf("%d rows and %d lines for %s", len(table)-1, len(lines), query)
	}
	for i, row := range table[1:] {
		cell := func(name string) string { return row[slices.Index(table[0], name)] }
		if cell("url") != lines[i].URL || cell("page") != fmt.Sprint(lines[i].Page) || strings.TrimPrefix(cell("title"), "'") != lines[i].Title {
			t.Errorf("row %d is %q, the line %v", i, row, lines[i])
		}
	}
	return lines
}

// TestSearchTakenAway: every search can be taken away in full, page by page, and a feed tells of it; only
// what is public at that moment is in them.
func TestSearchTakenAway(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	m := s.Meeting(t, board, 20)
	var pages []string
	for n := range 7 {
		pages = append(pages, fmt.Sprintf("Page %d says that the harbour <costs> more.", n+1))
	}
	long := publishPaper(t, s, m.Slug, `=HYPERLINK("http://example.org")`, pages...)
	for n := range 23 { // more than a page of results
		i := s.Item(t, m.Slug, fmt.Sprintf("Harbour item %d", n))
		if status, text := s.APIUpload(t, s.Token(t, auth.Secretary), "/items/"+i.ID+"/papers", "p.pdf", servertest.PDF(t, "Ferry", "The ferry and the harbour."), nil, "title", fmt.Sprintf("Ferry %d", n)); status != http.StatusCreated {
			t.Fatalf("upload: %d %s", status, text)
		}
	}
	s.API(t, s.Token(t, auth.Secretary), "POST", "/meetings/"+m.Slug+"/publish", nil, nil)
	found(t, s, "q=harbour&kind=report", 24)

	t.Run("every page of every paper, with lasting addresses", func(t *testing.T) {
		lines := taken(t, s, "q=harbour&kind=report&page=2")
		if len(lines) != 30 {
			t.Fatalf("%d rows, want 7 of one paper and one of 23", len(lines))
		}
		var of []int
		for _, l := range lines {
			if strings.Contains(l.URL, long) {
				of = append(of, l.Page)
				if want := fmt.Sprintf("%s/papers/%s/v/1/pages/%d?q=harbour", s.URL, long, l.Page); l.URL != want || l.Label != fmt.Sprintf("Page %d", l.Page) {
					t.Errorf("the row of page %d leads to %s", l.Page, l.URL)
				}
				if !strings.Contains(l.Passage, "harbour <costs>") {
					t.Errorf("the passage is %q", l.Passage)
				}
				if a := s.Browser(t).Get(t, strings.TrimPrefix(l.URL, s.URL)); a.StatusCode != http.StatusOK {
					t.Errorf("%s: %d", l.URL, a.StatusCode)
				}
			}
		}
		if fmt.Sprint(of) != "[1 2 3 4 5 6 7]" {
			t.Errorf("of the long paper the pages %v", of)
		}
	})
	t.Run("a spreadsheet takes nothing for a formula", func(t *testing.T) {
		if text := s.Browser(t).Get(t, "/search.csv?q=harbour").Text; !strings.Contains(text, `'=HYPERLINK(`) || strings.Contains(text, "\n=") || strings.Contains(text, "\n\"=") {
			t.Errorf("the table begins a cell with a formula:\n%.500s", text)
		}
	})
	t.Run("the head alone holds nothing back", func(t *testing.T) {
		for range 2 * 4 { // more than run at once
			if a := s.Browser(t).Do(t, "HEAD", "/search.csv?q=harbour", "", nil); a.StatusCode != http.StatusOK || !strings.Contains(a.Header.Get("Content-Disposition"), "search.csv") {
				t.Errorf("HEAD: %d", a.StatusCode)
			}
		}
	})
	t.Run("the feed has an entry for each, with passages", func(t *testing.T) {
		f := readFeed(t, s, "/search.atom?q=harbour&kind=report")
		if len(f.Entries) != 24 || !strings.Contains(f.Title, "“harbour”") {
			t.Fatalf("%d entries of %q", len(f.Entries), f.Title)
		}
		i := slices.IndexFunc(f.Entries, func(e feedEntry) bool { return strings.Contains(e.Title, "HYPERLINK") })
		if e := f.Entries[i]; !strings.Contains(e.Summary, "harbour <costs>") || e.Published == "" {
			t.Errorf("the entry says %q, published %q", e.Summary, e.Published)
		}
		everywhere := readFeed(t, s, "/feed.atom")
		if !slices.ContainsFunc(everywhere.Entries, func(e feedEntry) bool { return e.ID == f.Entries[i].ID }) {
			t.Error("the same version has another identifier in the feed of all papers")
		}
	})
	t.Run("the page leads to all of them", func(t *testing.T) {
		text := s.Browser(t).Get(t, "/search?q=harbour&kind=report&sort=oldest").Text
		for _, want := range []string{"/search.atom?kind=report&amp;q=harbour", "/search.csv?kind=report&amp;q=harbour", "/search.jsonl?kind=report", "CSV, 30 rows"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page of results lacks %s", want)
			}
		}
		if strings.Contains(text, "/alerts") {
			t.Error("letters are offered that nobody sends")
		}
	})
	t.Run("what is withdrawn is in none", func(t *testing.T) {
		if status, text := s.API(t, s.Token(t, auth.Secretary), "POST", "/papers/"+long+"/withdraw", map[string]string{"reason": "It names somebody"}, nil); status != http.StatusOK {
			t.Fatalf("withdrawing: %d %s", status, text)
		}
		for _, path := range []string{"/search.csv", "/search.jsonl", "/search.atom"} { // at once, whatever the index still holds
			if text := s.Browser(t).Get(t, path+"?q=harbour").Text; strings.Contains(text, "HYPERLINK") || strings.Contains(text, "<costs>") {
				t.Errorf("%s holds what was withdrawn", path)
			}
		}
		if f := readFeed(t, s, "/search.atom?q=harbour"); len(f.Deleted) != 1 {
			t.Errorf("the feed has %d tombstones", len(f.Deleted))
		}
	})
}

// TestSearchTakenAwayWithoutNames: who asked is in no export, feed or line.
func TestSearchTakenAwayWithoutNames(t *testing.T) {
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Partnership Board"), 20)
	i := s.Item(t, m.Slug, "Urgent care")
	token := s.Token(t, auth.Secretary)
	s.API(t, token, "POST", "/meetings/"+m.Slug+"/publish", nil, nil)
	w := s.Watch(t, m.Slug)
	w.Send("k1", "t", "ask", "name", "Zephyrine Okonkwo", "area", "Quillmarsh", "item", i.ID, "text", "Why does the lighthouse stay dark?")
	servertest.Eventually(t, "the question is taken", func() bool { w.Again(); return w.Answers()["k1"].T == "ack" })
	if status, text := s.API(t, token, "PATCH", "/questions/"+w.Answers()["k1"].Question, map[string]any{"state": "published"}, nil); status != http.StatusOK {
		t.Fatalf("publishing the question: %d %s", status, text)
	}
	found(t, s, "q=lighthouse", 1)
	for _, path := range []string{"/search.csv", "/search.jsonl", "/search.atom"} {
		text := s.Browser(t).Get(t, path+"?q=lighthouse").Text
		if !strings.Contains(text, "Why does the lighthouse stay dark?") {
			t.Errorf("%s lacks the question: %s", path, text)
		}
		for _, name := range []string{"Zephyrine", "Okonkwo", "Quillmarsh"} {
			if strings.Contains(text, name) {
				t.Errorf("%s holds %s", path, name)
			}
		}
	}
}

type feedEntry struct {
	ID        string `xml:"id"`
	Title     string `xml:"title"`
	Summary   string `xml:"summary"`
	Published string `xml:"published"`
}

type feed struct {
	Title   string      `xml:"title"`
	Entries []feedEntry `xml:"entry"`
	Deleted []struct{}  `xml:"deleted-entry"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
}

func readFeed(t *testing.T, s *servertest.Site, path string) feed {
	t.Helper()
	a := s.Browser(t).Get(t, path)
	var f feed
	if err := xml.Unmarshal([]byte(a.Text), &f); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d, %v\n%.300s", path, a.StatusCode, err, a.Text)
	}
	return f
}
