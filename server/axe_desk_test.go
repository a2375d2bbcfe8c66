package server_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// done lists the pages that say what was done with papers: what changed, what went and what was cleared.
func (f *fair) done(m papers.Meeting, changed, gone string) {
	f.see("paper changes", "/papers/"+changed+"/changes")
	f.seeAt("desk paper withdrawn", "/desk/papers/"+gone)
	f.seeAt("desk cleared", "/desk/papers/"+gone+"/cleared")
	f.seeAt("desk record", "/desk/meetings/"+m.Slug+"/record")
	for name, path := range map[string]string{"people": "/desk/people", "mail": "/desk/site/mail", "retention": "/desk/site/retention", "record": "/desk/site/record"} {
		f.atSite(name, path)
	}
}

// extremes are the meetings that no secretary wants: without an item, with forty of long titles and a paper
// that is blocked, and cancelled.
func (f *fair) extremes() {
	t := f.test
	empty, many, off := f.Meeting(t, f.board, 60), f.Meeting(t, f.board, 61), f.Meeting(t, f.board, 62)
	f.seeAt("desk meeting without items", "/desk/meetings/"+empty.Slug)
	var first papers.Item
	for n := range 40 {
		i := f.Item(t, many.Slug, fmt.Sprintf("%d. %s", n+1, strings.Repeat("A plan for community beds in the towns of the coast ", 3)))
		if n == 0 {
			first = i
		}
	}
	var blocked api.Uploaded
	want(t, http.StatusCreated)(f.APIUpload(t, f.token, "/items/"+first.ID+"/papers", "complaint.pdf", redactedBadly(t, "Xanthippe Marsh"), &blocked, "title", strings.Repeat("A very long title ", 9)))
	secretary := f.SignedIn(t, auth.Secretary)
	servertest.Eventually(t, "the paper is blocked", func() bool {
		return strings.Contains(secretary.Get(t, "/desk/papers/"+blocked.ID+"/state").Text, `"state":"blocked"`)
	})
	f.seeAt("desk meeting of forty items", "/desk/meetings/"+many.Slug)
	f.seeAt("desk paper blocked", "/desk/papers/"+blocked.ID)
	d := &deskSite{Site: f.Site, Browser: secretary, meeting: many}
	f.see("author's link", d.ask(t, first.ID))
	f.seeAt("desk item with its paper asked for", "/desk/items/"+first.ID)
	f.call("POST", "/meetings/"+off.Slug+"/announce", nil, nil)
	f.call("PATCH", "/meetings/"+off.Slug, map[string]any{"state": "cancelled", "reason": "Not enough members can come."}, nil)
	f.see("meeting cancelled", "/meetings/"+off.Slug)
	f.seeAt("desk meeting cancelled", "/desk/meetings/"+off.Slug)
	f.call("POST", "/meetings/"+many.Slug+"/publish", map[string]any{"at": f.Clock.Now().Add(time.Hour).Format(time.RFC3339)}, nil)
	f.seeAt("desk paper blocked while the rest is planned", "/desk/papers/"+blocked.ID)
}

// TestLetterLooks opens the pages of letters, which are there only where a mail server is set.
func TestLetterLooks(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("reading axe-core, which building the assets installs: %v", err)
	}
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	board := s.Board(t, "Quality and Finance Committee in Common of the Trusts of the Coast")
	link := subscriber(t, s, box, "resident@example.org", "board:"+board)
	browser := startChromium(t)
	anybody, admin := browser.person(t, s, "anybody", wide), browser.person(t, s, "the administrator", wide)
	admin.signIn(auth.Admin)
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
	look(anybody, "letters", "/alerts")
	look(anybody, "letters of somebody", link)
	look(admin, "site mail with a server", "/desk/site/mail")
}
