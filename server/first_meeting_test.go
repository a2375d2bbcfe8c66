package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/server/auth"
	"clearday/server/servertest"
)

var tenItems = []string{"Welcome and apologies", "Declarations of interest", "Minutes of the last meeting", "Winter plan", "Finance report",
	"Quality and safety", "Workforce", "Estates strategy", "Risk register", "Forward plan"}

// TestFirstMeeting goes the way of a new customer, without a line of help: from an installation in which
// nothing is, by the link that the operator was given, to a published meeting with ten papers.
func TestFirstMeeting(t *testing.T) {
	s := servertest.Start(t)
	browser := startChromium(t)
	admin, secretary := browser.person(t, s, "the administrator", wide), browser.person(t, s, "the secretary", wide)

	admin.opens(s.Link(t, "admin@example.org", auth.Admin))
	admin.fill("#password", "four words make this")
	admin.clickTo("button", "Save it and sign in")
	admin.sees("Name the site and add its boards")
	admin.looks("first desk of an administrator")
	admin.clickTo("a", "Set up the site")
	admin.fill("#name", "Fenland and Coast Health and Care Partnership")
	admin.clickTo("button", "Save")
	admin.fill("#board-name", "Partnership Board")
	admin.clickTo("button", "Add the board")
	admin.sees("The board is added")
	admin.clickTo("a", "Meetings")
	admin.sees("Give people their roles")
	admin.clickTo("a", "People")
	admin.fill("#name", "Ruth Okafor")
	admin.fill("#email", "ruth@example.org")
	admin.clickTo("button", "Give the role")
	admin.sees("Send this link to Ruth Okafor")
	admin.looks("people and their roles")
	link := strings.TrimPrefix(admin.text(`document.querySelector('.cd-copy').innerText`), s.URL)

	secretary.opens(link)
	secretary.fill("#password", "other words make this")
	secretary.clickTo("button", "Save it and sign in")
	secretary.clickTo("a", "Make the first meeting")
	secretary.fill("#date", s.Clock.Now().AddDate(0, 0, 28).Format(time.DateOnly))
	secretary.clickTo("button", "Make the meeting")
	secretary.until("the first title can be written at once", `document.activeElement.name === 'title'`)
	for n, title := range tenItems {
		secretary.keys(title)
		secretary.follow("Enter", func() { secretary.keys("\r") })
		secretary.until("the item is there, and the next title can be written",
			fmt.Sprintf(`document.querySelectorAll('#agenda .cd-row').length === %d && document.activeElement.name === 'title'`, n+1))
	}
	secretary.choose("#up-file", tenPapers(t)...)
	secretary.until("ten papers are ready", `document.querySelectorAll('#agenda .cd-file').length === 10 && !document.querySelector('#agenda progress')`)
	secretary.looks("ten papers at the desk")
	secretary.click("#publish label", "Now")
	secretary.clickTo("#publish button", "Publish")
	secretary.sees("Published. Anybody can read it now.")
	secretary.looks("published at the desk")

	meeting := strings.TrimPrefix(secretary.text(`location.pathname`), "/desk")
	resident := browser.person(t, s, "a resident", phone)
	resident.opens(meeting)
	if n := evaluate[int](resident, `document.querySelectorAll('main .cd-paper').length`); n != len(tenItems) {
		t.Errorf("a resident sees %d papers, want %d", n, len(tenItems))
	}
	resident.sees(tenItems...)
	resident.looks("the first published meeting")
	for _, p := range []*person{admin, secretary, resident} {
		p.blameless("the first meeting")
	}
}

// tenPapers are files as authors name them, one for each item.
func tenPapers(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for n, title := range tenItems {
		path := filepath.Join(dir, fmt.Sprintf("Item %02d - %s v3 FINAL.pdf", n+1, title))
		if err := os.WriteFile(path, servertest.PDF(t, title, "The paper on "+title, "Its second page"), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}
