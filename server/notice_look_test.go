package server_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestNoticeLooks opens the pages of notice in their states at both widths: nothing that axe-core finds,
// nothing that scrolls sideways.
func TestNoticeLooks(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("reading axe-core, which building the assets installs: %v", err)
	}
	d := noticeDesk(t, "2026-10-06 10:00")
	paper := d.ready(t, "2 Finance.pdf", "Money")
	wants(t, d.Post(t, d.path+"/postings", "clock", "notice", "place", "Main door, Town Hall", "date", "2026-10-06", "time", "09:00"), http.StatusSeeOther)
	at := d.Clock.Now().Add(time.Hour)
	if _, err := d.Publisher.PublishMeeting(t.Context(), d.meeting.Slug, papers.Wish{At: &at}, papers.Program); err != nil {
		t.Fatal(err)
	}
	d.Clock.Set(mustTime(t, "2026-10-12 10:00"))
	d.Browser = d.SignedIn(t, auth.Secretary, d.meeting.Board)
	servertest.Eventually(t, "the agenda is public", func() bool { return len(d.acts(t)) > 3 })
	read(t, d.Upload(t, "/desk/papers/"+paper.ID+"/versions", "2 Finance.pdf", servertest.PDF(t, "m", "Better money"), "reason", "Table 3 corrected"), http.StatusOK)
	d.waitReady(t, paper.ID)
	wants(t, d.publish(t, "/desk/papers/"+paper.ID), http.StatusSeeOther)
	flood := d.Item(t, d.meeting.Slug, "The flood")
	wants(t, d.publish(t, d.path, "late", "urgent", "late_reason", "The river rose on Sunday night, after the agenda came out.", "late_chair", "Amina Shah, Chair", "late_date", "2026-10-12", "late_time", "09:00"), http.StatusSeeOther)
	wants(t, d.Post(t, "/desk/papers/"+paper.ID+"/withdraw", "version", "1", "reason", "It named staff."), http.StatusSeeOther)
	read(t, d.Upload(t, d.path+"/papers", "3 Flood.pdf", servertest.PDF(t, "f", "Water"), "item", flood.ID), http.StatusCreated)
	d.Item(t, d.meeting.Slug, "Another late one")

	browser := startChromium(t)
	look := func(p *person, name, path string) {
		p.open(path)
		p.looks(name)
		for _, width := range []int64{phone, wide} {
			p.resize(width)
			for _, fault := range p.axe(string(axe)) {
				t.Errorf("%s (%s) at %d: %s", name, path, width, fault)
			}
		}
		p.blameless(name)
	}
	anybody := browser.person(t, d.Site, "anybody", wide)
	look(anybody, "notice meeting", "/meetings/"+d.meeting.Slug)
	look(anybody, "notice paper", "/papers/"+paper.ID)
	secretary := browser.person(t, d.Site, "the secretary", wide)
	secretary.signIn(auth.Secretary, d.meeting.Board)
	look(secretary, "notice desk", d.path)
	look(secretary, "notice desk home", "/desk")
	look(secretary, "notice rules", "/desk/boards/"+d.meeting.Board+"/notice")
	admin := browser.person(t, d.Site, "the administrator", wide)
	admin.signIn(auth.Admin)
	look(admin, "notice holidays", "/desk/holidays")
}
