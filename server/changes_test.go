package server_test

import (
	"net/http"
	"strings"
	"testing"

	"clearday/server/auth"
	"clearday/server/servertest"
)

// Two versions of a paper: a front sheet came before the old page, a figure changed, a sentence moved.
const (
	oldReport = "The board heard that waits rose to 71 days in March.\n\nThe budget for the year is 412 million pounds, as agreed."
	newSheet  = "This supplement replaces the report that was published a week ago."
	newReport = "The budget for the year is 412 million pounds, as agreed.\n\nThe board heard that waits rose to 74 days in March."
)

func TestChanges(t *testing.T) {
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Board"), 20)
	i := s.Item(t, m.Slug, "Waits")
	token, reader := s.Token(t, auth.Secretary), s.Browser(t)
	var p struct{ ID string }
	if status, text := s.APIUpload(t, token, "/items/"+i.ID+"/papers", "1 Waits.pdf", servertest.PDF(t, "Waits", oldReport), &p); status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, text)
	}
	s.API(t, token, "POST", "/papers/"+p.ID+"/publish", nil, nil)
	if status, text := s.APIUpload(t, token, "/papers/"+p.ID+"/versions", "1 Waits.pdf", servertest.PDF(t, "Waits", newSheet, newReport), nil, "reason", "The figure was wrong"); status != http.StatusCreated {
		t.Fatalf("second version: %d %s", status, text)
	}
	address := "/papers/" + p.ID + "/changes?from=1&to=2"

	t.Run("nobody sees what is not public yet", func(t *testing.T) {
		for _, path := range []string{address, "/api/v1" + address, "/papers/" + p.ID + "/changes"} {
			a := reader.Get(t, path)
			if a.StatusCode != http.StatusNotFound || strings.Contains(a.Text, "74") || strings.Contains(a.Text, "supplement") {
				t.Errorf("GET %s before publication: %d", path, a.StatusCode)
			}
		}
	})
	t.Run("the desk sees it before publication, and no cache keeps it", func(t *testing.T) {
		a := s.SignedIn(t, auth.Secretary).Get(t, address)
		if a.StatusCode != http.StatusOK || !strings.Contains(a.Text, "not public") || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the desk's look: %d, Cache-Control %q", a.StatusCode, a.Header.Get("Cache-Control"))
		}
	})
	s.API(t, token, "POST", "/papers/"+p.ID+"/publish", nil, nil)

	t.Run("a resident reads what changed", func(t *testing.T) {
		doc := look(t, s, address)
		if got := said(doc, ".cd-diff--changed del") + "|" + said(doc, ".cd-diff--changed ins"); got != "gone: 71|new: 74" {
			t.Errorf("the figure: %q", got)
		}
		if got := said(doc, "#page-1"); got != "Page 1" {
			t.Errorf("no changes on the new front sheet: %q", got)
		}
		if got := said(doc, ".cd-diff--added ins"); got != newSheet {
			t.Errorf("new: %q", got)
		}
		if got := said(doc, ".cd-change"); !strings.Contains(got, "The figure was wrong") {
			t.Errorf("why: %q", got)
		}
	})
	t.Run("an address of the old version leads to the page where it stands now", func(t *testing.T) {
		doc := look(t, s, "/papers/"+p.ID+"/v/1/pages/1")
		link := doc.Find(".cd-flash--warn a").First()
		if href, _ := link.Attr("href"); href != "/papers/"+p.ID+"/pages/2" || !strings.Contains(link.Text(), "page 2") {
			t.Errorf("it leads to %q, %q", href, link.Text())
		}
	})
	t.Run("programs get the same", func(t *testing.T) {
		var got struct {
			Changes []struct {
				Kind             string
				OldText, NewText string
				OldPage          int `json:"old_page"`
				NewPage          int `json:"new_page"`
			}
		}
		s.API(t, "", "GET", address, nil, &got)
		kinds := map[string]int{}
		for _, c := range got.Changes {
			kinds[c.Kind]++
		}
		if kinds["changed"] != 1 || kinds["added"] != 1 {
			t.Errorf("changes by kind: %v", kinds)
		}
	})
	t.Run("what was withdrawn is compared with nothing", func(t *testing.T) {
		s.API(t, token, "POST", "/papers/"+p.ID+"/withdraw", map[string]any{"reason": "It names somebody", "version": 1}, nil)
		for _, path := range []string{address, "/api/v1" + address} {
			if a := reader.Get(t, path); a.StatusCode != http.StatusGone || strings.Contains(a.Text, "rose to") {
				t.Errorf("GET %s after withdrawal: %d", path, a.StatusCode)
			}
		}
	})
	t.Run("bad numbers are said", func(t *testing.T) {
		for query, want := range map[string]int{"?from=x&to=2": 422, "?from=1&to=9": 404, "?from=2&to=2": 404, "?from=0": 422} {
			if a := reader.Get(t, "/papers/"+p.ID+"/changes"+query); a.StatusCode != want {
				t.Errorf("GET %s: %d, want %d", query, a.StatusCode, want)
			}
		}
	})
}
