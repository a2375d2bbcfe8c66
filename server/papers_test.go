package server_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// readable is a published paper of two pages, and who may change it.
func readable(t *testing.T, d *servertest.Site) (paper, meeting, item, token string, file []byte) {
	t.Helper()
	board := d.Board(t, "Reading Board")
	m := d.Meeting(t, board, 14)
	i := d.Item(t, m.Slug, "Winter")
	token = d.Token(t, auth.Secretary, board)
	file = servertest.PDF(t, "Winter", "The hubs open early. <script>alert(1)</script>", "More hubs, and the budget.")
	var up api.Uploaded
	want(t, 201)(d.APIUpload(t, token, "/items/"+i.ID+"/papers", "winter.pdf", file, &up, "title", "Winter <b>plan</b>"))
	return up.ID, m.Slug, i.ID, token, file
}

func document(t *testing.T, text string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestPaperNotPublic asks for an unpublished paper by every address, and for one that never was.
func TestPaperNotPublic(t *testing.T) {
	d := servertest.Start(t)
	id, _, _, token, _ := readable(t, d)
	nobody := d.Browser(t)
	for _, rest := range []string{"", "/v/1", "/file", "/v/1/file", "/text", "/v/1/text", "/pages/1", "/v/1/pages/2", "/pages/1.jpg", "/v/1/pages/1.jpg?w=200",
		"/pages/1?quote=hubs", "/v/1/pages/1?quote=zebra", "/pages/1?q=hubs", "?page=2", "?page=9", "/pages/1?zoom=200&turn=90"} {
		got := nobody.Get(t, "/papers/"+id+rest)
		unknown := nobody.Get(t, "/papers/"+papers.NewID()+rest)
		if got.StatusCode != 404 || strings.ReplaceAll(got.Text, id, "") != strings.ReplaceAll(unknown.Text, unknown.Request.URL.Path[len("/papers/"):][:len(id)], "") {
			t.Errorf("%s answers %d, not what an unknown paper answers", rest, got.StatusCode)
		}
	}
	secretary := d.SignedIn(t, auth.Secretary)
	page := secretary.Get(t, "/papers/"+id)
	if page.StatusCode != 200 || !strings.Contains(page.Text, "Not public") {
		t.Errorf("the secretary reads %d, want the draft with a note that it is not public", page.StatusCode)
	}
	for _, path := range []string{"", "/file", "/text", "/pages/1.jpg?w=200"} {
		if got := secretary.Get(t, "/papers/"+id+path).Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("a draft's %s may be cached: %q, want no-store", path, got)
		}
	}
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/publish", nil, nil))
	servertest.Eventually(t, "the public can read the paper", func() bool { return nobody.Get(t, "/papers/"+id).StatusCode == 200 })
}

// TestPaperPage reads a published paper page by page.
func TestPaperPage(t *testing.T) {
	d := servertest.Start(t)
	id, _, _, token, _ := readable(t, d)
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/publish", nil, nil))
	b := d.Browser(t)

	page := b.Get(t, "/papers/"+id+"/pages/2?q=hub")
	doc := document(t, page.Text)
	if h := doc.Find("h1"); h.Length() != 1 || h.Text() != "Winter <b>plan</b>" {
		t.Errorf("the heading is %q, want the title as text", h.Text())
	}
	if got := doc.Find(".cd-text mark").Text(); got != "hubs" {
		t.Errorf("marked in the text is %q, want hubs", got)
	}
	if got := said(doc, `.cd-links a[href$="/text"]`); !strings.Contains(got, "extracted by program") || strings.Contains(strings.ToLower(got), "accessible") {
		t.Errorf("the extracted text is offered as %q (rules.md A-6)", got)
	}
	wants(t, b.Get(t, "/papers/"+id+"/text"), http.StatusOK, "taken from the PDF by program", "What counts is the PDF")
	if n := doc.Find("svg rect.cd-hitbox").Length(); n != 1 {
		t.Errorf("%d words are marked on the image, want 1", n)
	}
	if got := doc.Find(".cd-textlayer text").Text(); !strings.Contains(got, "the budget") {
		t.Errorf("the words over the image are %q, want those of the page", got)
	}
	if got := doc.Find(".cd-readbar").Text(); !strings.Contains(got, "2 matches on 2 pages") {
		t.Errorf("the find bar says %q, want 2 matches on 2 pages", got)
	}
	if prev, _ := doc.Find(`a[rel="prev"]`).Attr("href"); prev != "/papers/"+id+"/pages/1?q=hub#reader" {
		t.Errorf("the page before is %q, want page 1 with the query kept", prev)
	}
	if doc.Find(`a[rel="next"]`).Length() != 0 {
		t.Error("the last page has a next one")
	}
	img := doc.Find("figure img")
	if w, _ := img.Attr("width"); w == "" || img.AttrOr("height", "") == "" {
		t.Error("the page image does not say its size: the page jumps when it comes")
	}
	if sum := sha256.Sum256([]byte(b.Get(t, "/papers/"+id+"/file").Text)); !strings.Contains(strings.ReplaceAll(doc.Find(".cd-hash").Text(), " ", ""), hex.EncodeToString(sum[:])) {
		t.Error("the page does not give the fingerprint of the file")
	}
	first := b.Get(t, "/papers/"+id+`?q="'><script>`)
	if strings.Contains(first.Text, "<script>") || strings.Contains(first.Text, "style=") {
		t.Error("text of the paper or the query becomes markup, or there is an inline style")
	}
	for path, status := range map[string]int{"/pages/0": 404, "/pages/3": 404, "/pages/01": 404, "/pages/x": 404, "/v/2": 404, "/v/01": 404, "/pages/1.jpg?w=999": 422, "/pages/3.jpg": 404} {
		if got := b.Get(t, "/papers/"+id+path).StatusCode; got != status {
			t.Errorf("%s answers %d, want %d", path, got, status)
		}
	}
	if text := b.Get(t, "/papers/"+id+"/text"); text.StatusCode != 200 || document(t, text.Text).Find("#page-2").Length() != 1 {
		t.Error("the whole text has no anchor for page 2")
	}
}

// TestPaperFile takes the file and a page image away.
func TestPaperFile(t *testing.T) {
	d := servertest.Start(t)
	id, _, _, token, file := readable(t, d)
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/publish", nil, nil))
	b := d.Browser(t)
	whole := b.Get(t, "/papers/"+id+"/file")
	if !strings.HasPrefix(whole.Text, "%PDF-") || whole.Text == string(file) || !strings.Contains(whole.Header.Get("Content-Disposition"), `filename="winter-b-plan-b-v1.pdf"`) {
		t.Errorf("the file is %d bytes called %s, want a clean copy of the %d uploaded", len(whole.Text), whole.Header.Get("Content-Disposition"), len(file))
	}
	if part := b.Get(t, "/papers/"+id+"/file", "Range", "bytes=0-3"); part.StatusCode != http.StatusPartialContent || part.Text != "%PDF" {
		t.Errorf("a range answers %d %q, want its four bytes", part.StatusCode, part.Text)
	}
	image := b.Get(t, "/papers/"+id+"/pages/1.jpg?w=400")
	if image.StatusCode != 200 || !strings.HasPrefix(image.Text, "\xff\xd8") || image.Header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("the page image answers %d, %s", image.StatusCode, image.Header.Get("Cache-Control"))
	}
	if again := b.Get(t, "/papers/"+id+"/pages/1.jpg?w=400", "If-None-Match", image.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("an image that the browser has answers %d, want 304", again.StatusCode)
	}
}

// TestPaperVersions reads an older version, then a withdrawn one.
func TestPaperVersions(t *testing.T) {
	d := servertest.Start(t)
	id, _, _, token, _ := readable(t, d)
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/publish", nil, nil))
	want(t, 201)(d.APIUpload(t, token, "/papers/"+id+"/versions", "v2.pdf", servertest.PDF(t, "Winter", "Corrected hubs."), nil, "reason", "Corrects the hubs."))
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/publish", nil, nil))
	b := d.Browser(t)
	servertest.Eventually(t, "version 2 is the current one", func() bool { return strings.Contains(b.Get(t, "/papers/"+id).Text, "Corrects the hubs.") })
	if old := b.Get(t, "/papers/"+id+"/v/1"); old.StatusCode != 200 || !strings.Contains(old.Text, "Read version 2") {
		t.Errorf("version 1 answers %d, want it with a way to version 2", old.StatusCode)
	}
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/withdraw", map[string]any{"reason": "It names <i>people</i>.", "version": 1}, nil))
	for _, path := range []string{"/v/1", "/v/1/file", "/v/1/text", "/v/1/pages/1", "/v/1/pages/1.jpg"} {
		servertest.Eventually(t, path+" is gone", func() bool { return b.Get(t, "/papers/"+id+path).StatusCode == http.StatusGone })
	}
	gone := b.Get(t, "/papers/"+id+"/v/1")
	for _, says := range []string{"the board secretary", "It names &lt;i&gt;people&lt;/i&gt;.", "Read version 2"} {
		if !strings.Contains(gone.Text, says) {
			t.Errorf("the tombstone does not say %q", says)
		}
	}
	if problem := b.Get(t, "/papers/"+id+"/v/1", "Accept", "application/json"); problem.StatusCode != http.StatusGone || !strings.Contains(problem.Text, `"code":"gone"`) {
		t.Errorf("a program gets %d %s, want a problem that says gone", problem.StatusCode, problem.Text)
	}
	if secretary := d.SignedIn(t, auth.Secretary); secretary.Get(t, "/papers/"+id+"/v/1/file").StatusCode != http.StatusGone {
		t.Error("what was withdrawn is still served to the desk")
	}
	if _, err := d.Record.PageText(context.Background(), papers.VersionRef{Paper: id, N: 1}, 1); papers.CodeOf(err) != papers.CodeNotFound {
		t.Errorf("the text of a withdrawn version is still kept: %v", err)
	}
	if b.Get(t, "/papers/"+id).StatusCode != 200 {
		t.Error("version 2 went with version 1")
	}
}
