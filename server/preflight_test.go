package server_test

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/jung-kurt/gofpdf"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// redactedBadly is a PDF with a black box painted over a name, by an author whose program signed it.
func redactedBadly(t *testing.T, name string) []byte {
	t.Helper()
	doc := gofpdf.New("P", "pt", "A4", "")
	doc.SetAuthor("secretauthor", false)
	doc.SetFont("Helvetica", "", 12)
	doc.AddPage()
	doc.Text(100, 100, "The complaint was made by")
	doc.Text(100, 130, name)
	doc.SetFillColor(0, 0, 0)
	doc.Rect(95, 118, 200, 18, "F")
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var outline = regexp.MustCompile(`<img src="(/papers/[a-z0-9]+/v/1/pages/1\.jpg\?w=400)"[^>]*><svg viewBox="0 0 595[^"]*"[^>]*><rect x="\d+[^"]*" y="1[0-9]{2}`)

// TestBlockedPaper: what a black box covers keeps a paper from publication by every way, the desk shows the
// place on the picture of its page, and two people with a reason can let it go; then the public gets the
// cleaned copy, and both hashes are in the record (rules.md 5.4 Lichfield, 5.6).
func TestBlockedPaper(t *testing.T) {
	const name = "Xanthippe Marsh"
	d := newDesk(t)
	original := redactedBadly(t, name)
	u := read(t, d.Upload(t, d.path+"/papers", "2 Complaint.pdf", original), http.StatusCreated)
	servertest.Eventually(t, "the paper is blocked", func() bool {
		return strings.Contains(d.Get(t, "/desk/papers/"+u.ID+"/state").Text, `"state":"blocked"`)
	})
	page := d.Get(t, "/desk/papers/"+u.ID)
	wants(t, page, http.StatusOK, "Blocked: will not be published", "Page 1: ")
	place := outline.FindStringSubmatch(page.Text)
	if place == nil {
		t.Fatalf("the place is not shown on the page: %s", said(document(t, page.Text), "#found"))
	}
	if a := d.Get(t, place[1]); a.StatusCode != http.StatusOK || !strings.HasPrefix(a.Text, "\xff\xd8") {
		t.Errorf("the picture of the page answers %d", a.StatusCode)
	}
	if strings.Contains(page.Text, "Xanthippe") {
		t.Error("the desk repeats what is hidden")
	}

	pub, err := d.Publisher.PublishMeeting(t.Context(), d.meeting.Slug, papers.Wish{}, papers.Program)
	if err != nil || len(pub.LeftOut) != 1 || pub.LeftOut[0].Paper != u.ID || !strings.Contains(pub.LeftOut[0].Reason, "blocked") {
		t.Fatalf("published %+v, %v", pub, err)
	}
	if _, err := d.Publisher.PublishPaper(t.Context(), u.ID, papers.Wish{}, papers.Program); papers.CodeOf(err) != papers.CodeConflict {
		t.Errorf("a blocked paper by itself: %v", err)
	}
	wants(t, d.Site.Browser(t).Get(t, "/papers/"+u.ID+"/file"), http.StatusNotFound)

	over := func(who *servertest.Browser, fields ...string) servertest.Answer {
		return who.Post(t, "/desk/papers/"+u.ID+"/override", append([]string{"version", "1"}, fields...)...)
	}
	author, second := d.SignedIn(t, auth.Author, d.meeting.Board), d.SignedIn(t, auth.Secretary, d.meeting.Board)
	wants(t, over(d.Browser, "do", "give"), http.StatusUnprocessableEntity)
	wants(t, over(d.Browser, "do", "ask"), http.StatusUnprocessableEntity, "reason")
	wants(t, over(d.Browser, "do", "ask", "reason", "The name is the author’s own, who agreed."), http.StatusSeeOther)
	wants(t, d.Get(t, "/desk/papers/"+u.ID), http.StatusOK, "It waits for a second person")
	for who, b := range map[string]*servertest.Browser{"the one who asked": d.Browser, "an author": author} {
		if a := over(b, "do", "give"); a.StatusCode < 400 {
			t.Errorf("%s let it go: %d", who, a.StatusCode)
		}
	}
	if status := giveByToken(t, d, u.ID); status < 400 {
		t.Errorf("a program with the token of a secretary is answered %d", status)
	}
	wants(t, second.Get(t, "/desk/papers/"+u.ID), http.StatusOK, "You are the second person", "The name is the author’s own, who agreed.")
	wants(t, over(second, "do", "give"), http.StatusSeeOther)
	if _, err := d.Publisher.PublishPaper(t.Context(), u.ID, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	wants(t, d.Get(t, "/desk/papers/"+u.ID), http.StatusOK, "asked on", "let it go on", "The name is the author’s own, who agreed.")

	file := d.Site.Browser(t).Get(t, "/papers/"+u.ID+"/file")
	wants(t, file, http.StatusOK, "%PDF")
	sum := hexSum([]byte(file.Text))
	if !bytes.Contains(original, []byte("secretauthor")) || strings.Contains(file.Text, "secretauthor") || sum == hexSum(original) {
		t.Error("the public gets the original, or the name of its author")
	}
	acts := d.acts(t)
	i := len(acts) - 1
	for ; i >= 0 && acts[i].Kind != papers.ActPaperPublished; i-- {
	}
	if i < 0 || acts[i].Facts["sha256"] != sum || acts[i].Facts["original_sha256"] != hexSum(original) {
		t.Errorf("the record does not hold both hashes: %+v", acts)
	}
}

// giveByToken lets a program try to let a blocked paper go, which takes a person.
func giveByToken(t *testing.T, d *deskSite, paper string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL+"/desk/papers/"+paper+"/override", strings.NewReader("version=1&do=give"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+d.Token(t, auth.Secretary, d.meeting.Board))
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Body.Close(); err != nil {
		t.Error(err)
	}
	return a.StatusCode
}

// TestAccessibilityCounts: the statement counts the public files that keep people from reading them, and no
// others (rules.md ).
func TestAccessibilityCounts(t *testing.T) {
	d := newDesk(t)
	if a := d.Site.Browser(t).Get(t, "/accessibility"); strings.Contains(a.Text, "that are public and were checked") {
		t.Error("the statement counts files where there are none")
	}
	d.ready(t, "1 Welcome.pdf", "Words")
	d.ready(t, "2 Money.pdf", "Money")
	if _, err := d.Publisher.PublishMeeting(t.Context(), d.meeting.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	d.ready(t, "3 Beds.pdf", "Not public")
	reads(t, d.public(t, "/accessibility"), "Of the 2 files that are public and were checked:", "2 have no tags", "2 have no language", "0 have more than 20 pages and no bookmarks", "answer within 10 working days")
}
