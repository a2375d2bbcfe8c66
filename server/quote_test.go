package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clearday/server/servertest"
)

// twoVersions is a public paper whose second version moved a sentence to another page and lost one.
func twoVersions(t *testing.T, d *servertest.Site) (paper, token string) {
	t.Helper()
	paper, _, _, token, _ = readable(t, d)
	want(t, 200)(d.API(t, token, "POST", "/papers/"+paper+"/publish", nil, nil))
	second := servertest.PDF(t, "Winter", "A new first page.", "A page between.", "The hubs open early.")
	want(t, 201)(d.APIUpload(t, token, "/papers/"+paper+"/versions", "v2.pdf", second, nil, "reason", "Corrects the budget."))
	return paper, token
}

// TestQuote quotes words of a page: with all that proves them, only when they are there, and with where they are in a newer version.
func TestQuote(t *testing.T) {
	d := servertest.Start(t)
	id, token := twoVersions(t, d)
	b := d.Browser(t)
	quote := func(path, words string) (*servertest.Answer, string) {
		a := b.Get(t, path+"?quote="+url.QueryEscape(words))
		return &a, said(document(t, a.Text), ".cd-quoting")
	}
	page := "/papers/" + id + "/v/1/pages/1"
	a, panel := quote(page, "HUBS open  early")
	doc := document(t, a.Text)
	address := d.URL + page + "?quote=hubs+open+early."
	for _, says := range []string{"Quoted from page 1", "hubs open early.", "Winter <b>plan</b>, version 1, page 1", "Reading Board", address} {
		if !strings.Contains(panel, says) {
			t.Errorf("the quotation does not say %q: %s", says, panel)
		}
	}
	hash := strings.ReplaceAll(strings.TrimPrefix(doc.Find("#proof-h ~ .cd-hash").Text(), "sha256 "), " ", "")
	text, html := doc.Find("#as-text").Text(), doc.Find("#as-html").Text()
	if len(hash) != 64 || !strings.Contains(text, "“hubs open early.”") || !strings.Contains(text, hash) || !strings.Contains(text, address) {
		t.Errorf("as plain text it is %q, want the page's own words, the address and %s", text, hash)
	}
	if !strings.Contains(html, `<blockquote cite="`+address+`"><p>hubs open early.</p>`) || !strings.Contains(html, "Winter &lt;b&gt;plan&lt;/b&gt;") || !strings.Contains(html, hash) {
		t.Errorf("as HTML it is %q", html)
	}
	if got := doc.Find(".cd-text mark").Text(); got != "hubs open early." || doc.Find("svg rect.cd-hitbox").Length() != 3 {
		t.Errorf("marked are %q in the text and %d words on the image", got, doc.Find("svg rect.cd-hitbox").Length())
	}
	if strings.Contains(panel, "version 2") {
		t.Errorf("a version that is not public is named: %s", panel)
	}
	for words, says := range map[string]string{
		"hub open early":            "not on page 1", // not word for word
		"and the budget":            "page 2",        // of another page
		"<script>alert(2)</script>": "not on page 1",
		strings.Repeat("a ", 2000):  "too long to quote",
	} {
		if a, panel := quote(page, words); a.StatusCode != 200 || !strings.Contains(panel, says) || strings.Contains(a.Text, "<script>alert") || document(t, a.Text).Find("#as-text").Length() > 0 {
			t.Errorf("quoting %.20q says %q, want %q and nothing to paste", words, panel, says)
		}
	}
	// The second version comes out: the old address says so, and where the words are now.
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/publish", nil, nil))
	servertest.Eventually(t, "the address of the older version says where the words are now", func() bool {
		_, panel := quote(page, "hubs open early")
		return strings.Contains(panel, "page 3 of version 2")
	})
	if a, _ := quote(page, "hubs open early"); document(t, a.Text).Find(`.cd-quoting a[href="/papers/`+id+`/v/2/pages/3?quote=hubs+open+early."]`).Length() != 1 {
		t.Error("there is no way to the words in version 2")
	}
	if _, panel := quote("/papers/"+id+"/v/1/pages/2", "the budget"); !strings.Contains(panel, "these words are not in it") {
		t.Errorf("words that the newer version has no more: %s", panel)
	}
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/withdraw", map[string]any{"reason": "It names people.", "version": 1}, nil))
	servertest.Eventually(t, "a quoted address of a withdrawn version answers 410", func() bool {
		a, _ := quote(page, "hubs open early")
		return a.StatusCode == http.StatusGone && !strings.Contains(a.Text, "hubs open early")
	})
}

// TestReader turns, enlarges and finds, all by links and forms.
func TestReader(t *testing.T) {
	d := servertest.Start(t)
	id, _, _, token, _ := readable(t, d)
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/publish", nil, nil))
	b := d.Browser(t)
	at := "/papers/" + id
	doc := document(t, b.Get(t, at+"/pages/1?q=hubs&zoom=150&turn=90").Text)
	for selector, to := range map[string]string{
		`a[rel="next"]`: at + "/pages/2?q=hubs&turn=90&zoom=150#reader", `[data-key="+"]`: at + "/pages/1?q=hubs&turn=90&zoom=200#sheet",
		`[data-key="-"]`: at + "/pages/1?q=hubs&turn=90#sheet", `[data-key="r"]`: at + "/pages/1?q=hubs&turn=180&zoom=150#sheet", `[data-key="0"]`: at + "/pages/1?q=hubs#sheet",
	} {
		if got, _ := doc.Find(selector).Attr("href"); got != to {
			t.Errorf("%s leads to %q, want %q", selector, got, to)
		}
	}
	if doc.Find("svg.cd-turned image").Length() != 1 || doc.Find("svg.cd-turned rect.cd-hitbox").Length() != 1 || !strings.HasPrefix(doc.Find("svg.cd-turned g").AttrOr("transform", ""), "translate(841") {
		t.Error("the turned page has no image, no marks or no transformation")
	}
	hits := doc.Find(".cd-found li")
	if hits.Length() != 2 || !strings.Contains(hits.Eq(1).Text(), "Page 2") || hits.Eq(1).Find("mark").Text() != "hubs" || !strings.Contains(hits.Eq(1).Text(), "and the budget") {
		t.Errorf("the pages with a match are listed as %q", hits.Text())
	}
	for typed, location := range map[string]string{"2": at + "/pages/2?q=hubs#reader", " 1 ": at + "/pages/1?q=hubs#reader", "3": "", "0": "", "x": "", "-1": "", "99999999999999999999": ""} {
		a := b.Get(t, at+"?q=hubs&page="+url.QueryEscape(typed))
		if location == "" {
			if a.StatusCode != 200 || !strings.Contains(a.Text, "The pages are 1 to 2.") || document(t, a.Text).Find("#go").AttrOr("value", "") != typed {
				t.Errorf("page %q answers %d, want the page with what was typed and what can be", typed, a.StatusCode)
			}
		} else if got := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || !strings.HasSuffix(got, location) {
			t.Errorf("page %q leads to %q, want %q", typed, got, location)
		}
	}
	for _, view := range []string{"?zoom=99999&turn=45", "?zoom=%27&turn=x", "?zoom=&turn=-90"} {
		if odd := document(t, b.Get(t, at+"/pages/1"+view).Text); odd.Find("figure.cd-sheet--100 img").Length() != 1 {
			t.Errorf("%s is not the usual view", view)
		}
	}
	text := document(t, b.Get(t, at+"/text").Text)
	if text.Find(`section[aria-labelledby="page-2"]`).Length() != 1 || text.Find(`.cd-jump a[href="#page-2"]`).Length() != 1 || text.Find(`a[href="`+at+`/pages/2#quote"]`).Length() != 1 {
		t.Error("the text has no page 2 as a landmark, no way to it, or no way to quote from it")
	}
}

// TestPaperOutline lists the sections of a PDF beside its pages, and forgets them with the version.
func TestPaperOutline(t *testing.T) {
	d := servertest.Start(t)
	_, _, item, token, _ := readable(t, d)
	var up struct{ ID string }
	want(t, 201)(d.APIUpload(t, token, "/items/"+item+"/papers", "outline.pdf", servertest.Outlined(t, "Summary", "What winter <b>asked</b>", "Costs"), &up, "title", "Outlined"))
	want(t, 200)(d.API(t, token, "POST", "/papers/"+up.ID+"/publish", nil, nil))
	doc := document(t, d.Browser(t).Get(t, "/papers/"+up.ID+"/pages/2").Text)
	rows := doc.Find(".cd-outline--paper a")
	if rows.Length() != 3 || rows.Eq(1).AttrOr("aria-current", "") != "true" || rows.Eq(1).Find("b").Text() != "What winter <b>asked</b>" || rows.Eq(2).AttrOr("href", "") != "/papers/"+up.ID+"/pages/3#reader" {
		t.Errorf("the sections are %q, the second %v", rows.Text(), rows.Eq(1).Nodes)
	}
}
