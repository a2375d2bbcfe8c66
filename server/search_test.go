package server_test

import (
	"fmt"
	"strings"
	"testing"

	"clearday/livestream"
	"clearday/search"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestSearchPage shows the states of the search page.
func TestSearchPage(t *testing.T) {
	d := servertest.Start(t)
	b := d.Browser(t)
	if empty := b.Get(t, "/search"); empty.StatusCode != 200 || !strings.Contains(empty.Text, "No papers yet") {
		t.Errorf("the search of an empty record answers %d, want a page that says so", empty.StatusCode)
	}
	id, _, _, token, _ := readable(t, d)
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/publish", nil, nil))
	servertest.Eventually(t, "the search finds the paper", func() bool {
		return document(t, b.Get(t, "/search?q=budget").Text).Find(`.cd-hitpages a[href="/papers/`+id+`/pages/2?q=budget"] mark`).Text() == "budget"
	})
	none := document(t, b.Get(t, "/search?q=budget+zebra").Text)
	if got := none.Find(`.cd-bullets a[href="/search?q=budget"]`).Text(); got != "budget" {
		t.Errorf("a search that finds nothing offers %q, want the words that find something", got)
	}
	for _, q := range []string{"%22%3Cscript%3E", "%00%ff", "(((", "kind:x&board=%27&year=9999999999999999999&page=99999999999999999999&sort=%3C", strings.Repeat("word+", 2000)} {
		if got := b.Get(t, "/search?q="+q); got.StatusCode != 200 || strings.Contains(got.Text, "<script>") {
			t.Errorf("searching for %.40s answers %d, want a page", q, got.StatusCode)
		}
	}
	ticked := document(t, b.Get(t, "/search?q=hubs&kind=report&board=reading-board").Text)
	if ticked.Find(`input[name="kind"][value="report"][checked]`).Length() != 1 || ticked.Find(`input[name="board"][checked]`).Length() != 1 {
		t.Error("the boxes that were ticked are not ticked")
	}
	mistyped := document(t, b.Get(t, "/search?q=budgte").Text)
	if got := mistyped.Find(".cd-didyou b").Text(); got != "budget" || mistyped.Find(".cd-hit").Length() == 0 {
		t.Errorf("a mistyped word shows results for %q", got)
	}
	exact, _ := mistyped.Find(".cd-didyou a").Attr("href")
	if none := document(t, b.Get(t, exact).Text); none.Find("h2").First().Text() != "Nothing found" || none.Find(".cd-didyou b").Length() != 0 {
		t.Errorf("%s does not search for exactly what was typed", exact)
	}
	dated := document(t, b.Get(t, "/search?q=hubs&from=2026&to=2099-02").Text)
	if from, _ := dated.Find("#from").Attr("value"); from != "2026-01-01" {
		t.Errorf("the dates of the address stand in the form as %q", from)
	}
	if to, _ := dated.Find("#to").Attr("value"); to != "2099-02-28" {
		t.Errorf("the dates of the address stand in the form as %q", to)
	}
}

// hitsOf gives what a search by the API finds, as "subject label".
func hitsOf(t *testing.T, d *servertest.Site, query string) string {
	t.Helper()
	var a search.Answer
	want(t, 200)(d.API(t, "", "GET", "/search?q="+query, nil, &a))
	var list []string
	for _, h := range a.Hits {
		list = append(list, h.Subject+" "+h.Pages[0].Label)
	}
	return strings.Join(list, "; ")
}

// TestSearchOther finds what is no paper while it is public, never who asked, and follows the words for
// the same thing that the site keeps.
func TestSearchOther(t *testing.T) {
	d := servertest.Start(t)
	board := d.Board(t, "Finding Board")
	m := d.Meeting(t, board, 14)
	d.Item(t, m.Slug, "Chlorination of wells")
	moderator := d.Token(t, auth.Moderator, board)
	want(t, 200)(d.API(t, d.Token(t, auth.Secretary, board), "POST", "/meetings/"+m.Slug+"/publish", nil, nil))
	finds := func(what, query, wanted string) {
		t.Helper()
		servertest.Eventually(t, what, func() bool { return hitsOf(t, d, query) == wanted })
	}
	finds("the item of the agenda is found", "chlorination", "meetings/"+m.Slug+"/agenda Item 1")
	q, _, err := d.Record.Ask(t.Context(), livestream.Ask{Meeting: m.Slug, Device: "device", Key: "key", Kind: livestream.KindQuestion, Name: "Zacharias Canary", Area: "Canaryville", Text: "Will the aqueduct be mended by the ICB?"})
	if err != nil {
		t.Fatal(err)
	}
	subject := "questions/" + q.Number
	if got := hitsOf(t, d, "aqueduct"); got != "" {
		t.Errorf("a question that waits is found: %s", got)
	}
	want(t, 200)(d.API(t, moderator, "PATCH", "/questions/"+q.Number, map[string]any{"state": "published"}, nil))
	finds("the question is found", "aqueduct", subject+" Question")
	finds("the question is found by its number", q.Number, subject+" Question")
	want(t, 200)(d.API(t, moderator, "PATCH", "/questions/"+q.Number, map[string]any{"state": "answered", "answer": "It will, with sandstone.", "answered_by": "Water Partner"}, nil))
	finds("the answer is found", "sandstone", subject+" Answer")
	for _, who := range []string{"zacharias", "canaryville"} {
		if got := hitsOf(t, d, who); got != "" {
			t.Errorf("search knows who asked: %s", got)
		}
	}
	admin := d.SignedIn(t, auth.Admin)
	bad := admin.Post(t, "/desk/site", "name", "Clearday", "synonyms", "ICB\n")
	if bad.StatusCode != 422 || !strings.Contains(bad.Text, "at least two words") {
		t.Errorf("a line with one word answers %d", bad.StatusCode)
	}
	if got := admin.Post(t, "/desk/site", "name", "Clearday", "synonyms", "ICB, integrated care board"); got.StatusCode != 303 {
		t.Errorf("saving the words for the same thing answers %d", got.StatusCode)
	}
	finds("another word for the same thing finds it", "integrated+care+board+aqueduct", subject+" Question")
	want(t, 200)(d.API(t, moderator, "PATCH", "/questions/"+q.Number, map[string]any{"state": "refused", "reason": "names-individual"}, nil))
	finds("what is taken back is gone", "aqueduct", "")
	if got := hitsOf(t, d, "sandstone"); got != "" {
		t.Errorf("the answer stays: %s", got)
	}
}

// TestSearchInBrowser types, walks through the titles by keys, and searches; the page holds for axe.
func TestSearchInBrowser(t *testing.T) {
	browser := startChromium(t)
	d := servertest.Start(t)
	id, _, _, token, _ := readable(t, d)
	p := browser.person(t, d, "a reader", phone)
	p.opens("/search")
	p.fill("#q", "wint")
	p.until("nothing is offered before it is public", `document.querySelector('#q').getAttribute('aria-expanded') === 'false'`)
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/publish", nil, nil))
	servertest.Eventually(t, "the paper is found", func() bool { return strings.Contains(hitsOf(t, d, "budget"), id) })
	const titles = `[...document.querySelectorAll('[role=option]')].map(o => o.textContent).join('; ')`
	p.opens("/search")
	p.fill("#q", "wint")
	p.until("the title is offered", titles+` === 'Winter <b>plan</b>'`)
	axeFinds(t, p, "search with titles")
	p.chord("ArrowDown", "ArrowDown", 0)
	p.until("it is chosen", `document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.getAttribute('aria-selected') === 'true'`)
	p.chord("Escape", "Escape", 0)
	p.until("the list is closed", `document.querySelector('#q').getAttribute('aria-expanded') === 'false' && document.querySelector('#q').value === 'wint'`)
	p.fill("#q", "winter")
	p.until("the title is offered again", titles+` !== ''`)
	p.chord("ArrowUp", "ArrowUp", 0)
	p.follow("choosing a title", func() { p.keys("\r") })
	if got := p.path(); !strings.Contains(got, "q=Winter+%3Cb%3Eplan") {
		t.Errorf("choosing a title leads to %s", got)
	}
	p.sees("Winter <b>plan</b>")
	axeFinds(t, p, "search found")
	p.opens("/search?q=budgte+hubs+NEAR/3+zebra")
	axeFinds(t, p, "search with notes")
	bare := browser.person(t, d, "a reader without scripts", phone).withoutScripts()
	bare.opens("/search?q=budget")
	bare.fill("#from", "2020-01-01")
	bare.clickTo("button", "Apply")
	if got := bare.path(); !strings.Contains(got, "from=2020-01-01") || !strings.Contains(got, "q=budget") {
		t.Errorf("narrowing without scripts leads to %s", got)
	}
	bare.sees("1 paper, 1 page")
	for _, who := range []*person{p, bare} {
		who.blameless(fmt.Sprint("search as ", who.name))
	}
}
