package searchtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"clearday/search"
)

// testLanguage holds what testFind does not: operators beside each other, and things that people write
// in several ways.
func testLanguage(t *testing.T, open Open) {
	titled := Page("titled", 1, "about the river")
	titled.Title = "Annual appointments of the Audit Committee"
	e := start(t, open,
		Page("near", 1, "The hub in Saltfen waits for its funding until the next year begins"),
		Page("far", 1, "The hub is open. "+strings.Repeat("Other words stand here. ", 10)+"Its funding is secure until next year"),
		Page("back", 1, "funding of a hub; funding, one two three four five six seven hub"),
		Page("post", 1, "write to 12 Quay Street, FM1 2AB, or to FM12 3CD"), Page("joined", 1, "postcode FM12AB without its space"),
		Page("sum", 1, "a deficit of £1.2m was forecast"), Page("sum words", 1, "a deficit of £1.2 million was forecast"), Page("sum digits", 1, "a deficit of £1,200,000 was forecast"),
		Page("order", 1, "the Order SI 2012/2089 and regulation 4.a of Q-2026-0042"),
		Page("lines", 1, search.Prepare("the same-\nday access and the inter-\nconnected")),
		titled,
	)
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"hub NEAR/6 funding", []string{"near 1", "back 1"}},
		{"funding NEAR/6 hub", []string{"near 1", "back 1"}},
		{"hub NEAR/5 funding", []string{"back 1"}},
		{"hub NEAR/2 funding", []string{"back 1"}},
		{"hub NEAR/500 funding", []string{"near 1", "far 1", "back 1"}},
		{`funding NEAR/2 "next year"`, nil},
		{`funding NEAR/3 "next year"`, []string{"near 1"}},
		{`hub NEAR/6 funding NEAR/4 year`, []string{"near 1"}},
		{"hub -saltfen NEAR/6 funding", []string{"back 1"}}, // what is left out is near nothing
		{"FM1 2AB", []string{"post 1", "joined 1"}},
		{"fm12ab", []string{"post 1", "joined 1"}},
		{"FM12 3CD", []string{"post 1"}},
		{"£1.2m", []string{"sum 1", "sum words 1", "sum digits 1"}},
		{"1.2 million deficit", []string{"sum 1", "sum words 1", "sum digits 1"}},
		{"1200000", []string{"sum 1", "sum words 1", "sum digits 1"}},
		{`"1.2 million"`, []string{"sum words 1"}},
		{"SI 2012/2089", []string{"order 1"}},
		{`"2012/2089"`, []string{"order 1"}},
		{"regulation 4.a", []string{"order 1"}},
		{"q-2026-0042", []string{"order 1"}},
		{"same-day", []string{"lines 1"}},
		{"interconnected", []string{"lines 1"}},
		{"title:appointm*", []string{"titled 1"}},
		{"title:appointments river", []string{"titled 1"}},
		{"title:committ* -audit", nil},
		{"(hub OR order) (funding OR regulation)", []string{"near 1", "far 1", "back 1", "order 1"}},
		{`"the hub" OR "a hub" -saltfen`, []string{"far 1", "back 1"}},
		{"deficit -£1.2m", nil}, // in whichever way it is written
	} {
		want(t, e, c.query, c.want...)
	}
}

// testFilters narrows by everything that a document knows of itself.
func testFilters(t *testing.T, open Open) {
	var docs []search.Document
	for i, kind := range []search.Kind{search.Report, search.Minutes, search.Question, search.Captions} {
		d := Page(fmt.Sprint("d", i), 1, "canal")
		d.Kind, d.Date = kind, fmt.Sprintf("202%d-0%d-15", i+3, i+1)
		d.Organisations = [][]string{nil, {"trust"}, {"trust", "council"}, {"council"}}[i]
		d.Recognised = i == 1
		docs = append(docs, d)
	}
	more := Page("d1", 2, "canal, written and not scanned")
	more.Kind, more.Date, more.Organisations = docs[1].Kind, docs[1].Date, docs[1].Organisations
	e := start(t, open, append(docs, more)...)
	counted := func(q search.Query) string {
		res := find(t, e, q)
		return fmt.Sprint(ids(res), res.Pages, res.Kinds, res.Years, res.Organisations)
	}
	q := search.Parse("canal")
	for _, c := range []struct {
		name   string
		narrow func(*search.Query)
		want   string
	}{
		{"organisation", func(q *search.Query) { q.Organisations = []string{"trust"} }, "[d1 1,2 d2 1] 3 map[minutes:1 question:1] map[2024:1 2025:1] map[council:2 trust:2]"},
		{"two organisations", func(q *search.Query) { q.Organisations = []string{"trust", "council"} }, "[d1 1,2 d2 1 d3 1] 4 map[captions:1 minutes:1 question:1] map[2024:1 2025:1 2026:1] map[council:2 trust:2]"},
		{"scans", func(q *search.Query) { q.Scans = true }, "[d1 1] 1 map[minutes:1] map[2024:1] map[trust:1]"},
		{"subjects", func(q *search.Query) { q.Subjects = []string{"d0", "d3", "none"} }, "[d0 1 d3 1] 2 map[captions:1 report:1] map[2023:1 2026:1] map[council:1]"},
		{"kind and organisation", func(q *search.Query) {
			q.Kinds, q.Organisations = []search.Kind{search.Question}, []string{"council"}
		}, "[d2 1] 1 map[captions:1 question:1] map[2025:1] map[council:1 trust:1]"},
		{"year and date", func(q *search.Query) { q.Years, q.To = []int{2024, 2026}, "2025-12-31" }, "[d1 1,2] 2 map[minutes:1] map[2023:1 2024:1 2025:1] map[trust:1]"},
		{"unknown", func(q *search.Query) { q.Organisations = []string{"nobody"} }, "[] 0 map[] map[] map[council:2 trust:2]"},
	} {
		narrowed := q
		c.narrow(&narrowed)
		if got := counted(narrowed); got != c.want {
			t.Errorf("narrowed by %s:\n%s, want\n%s", c.name, got, c.want)
		}
	}
	for _, g := range find(t, e, search.Parse("canal kind:minutes")).Groups {
		for _, p := range g.Best {
			if p.Recognised != (p.Page == 1) {
				t.Errorf("page %d of %s is recognised: %v", p.Page, g.Subject, p.Recognised)
			}
		}
	}
}

// testMarks holds that what an engine found is what is marked.
func testMarks(t *testing.T, open Open) {
	e := start(t, open, Page("a", 1, "The hubs' budget (£1.2 million) for Tŷ Crwys; the same-day access hub waits. FM1 2AB. Funding near it"))
	for query, marked := range map[string]string{
		"hub": "hubs hub", "ty": "Tŷ", `"same day access"`: "same-day access", "acc*": "access", "£1.2m": "1.2 million", "fm12ab": "FM1 2AB",
		"waits NEAR/5 funding": "waits Funding", "budget -zebra": "budget", "funding OR zebra": "Funding",
	} {
		res := find(t, e, search.Parse(query))
		if len(res.Groups) != 1 {
			t.Errorf("%s finds %d papers", query, len(res.Groups))
			continue
		}
		var got []string
		for _, s := range search.Parse(query).MarkText(res.Groups[0].Best[0].Text) {
			if s.Marked {
				got = append(got, s.Text)
			}
		}
		if strings.Join(got, " ") != marked {
			t.Errorf("%s marks %q, want %s", query, got, marked)
		}
	}
}

// testNear holds what an engine says of mistyped words. One that cannot tell gives nothing at all.
func testNear(t *testing.T, open Open) {
	e := start(t, open, Page("a", 1, "Community hospital budgets in Łódź, community"), Page("b", 1, "xylophones"), Page("c", 1, "communities"))
	near := func(word string) []string {
		t.Helper()
		list, err := e.Near(context.Background(), word)
		if err != nil {
			t.Fatalf("Near(%s): %v", word, err)
		}
		return list
	}
	if len(near("community")) == 0 {
		t.Skip("this engine cannot say which words are like another")
	}
	for word, first := range map[string]string{
		"community": "community", "comunity": "community", "hopsital": "hospital", "budgest": "budgets", "LODZ": "lodz", "lódz": "lodz",
		"zebra": "", "xyl": "", "1234567": "", "hospitalisations": "", "communitys": "community",
	} {
		if got := near(word); first == "" && len(got) != 0 || first != "" && (len(got) == 0 || got[0] != first) {
			t.Errorf("Near(%s) = %q, want %q first", word, got, first)
		}
	}
	apply(t, e, search.Batch{Remove: []string{"b"}})
	if got := near("xylophone"); len(got) != 0 {
		t.Errorf("Near still knows %q of a page that was removed", got)
	}
	for _, word := range Hostile() {
		near(search.Fold(word))
	}
}

// testAll walks through more than a page of results.
func testAll(t *testing.T, open Open) {
	var docs []search.Document
	for i := range 250 {
		d := Page(fmt.Sprintf("p%03d", i), 1, "lock "+strings.Repeat("gate ", i%5))
		d.Date = fmt.Sprintf("20%02d-01-01", 10+i%10)
		docs = append(docs, d)
	}
	e := start(t, open, docs...)
	q := search.Parse("lock")
	q.Sort, q.Years = search.Oldest, []int{2012, 2015}
	var got []string
	for g, err := range e.All(context.Background(), q) {
		if err != nil {
			t.Fatal(err)
		}
		if len(g.Best) != 1 || !strings.HasPrefix(g.Best[0].Text, "lock") {
			t.Fatalf("the walk gives %+v", g)
		}
		got = append(got, g.Subject)
	}
	if len(got) != 50 || !slices.IsSorted(got[:25]) || got[0] != "p002" || got[49] != "p245" {
		t.Errorf("the walk gives %d subjects, from %v", len(got), got[:min(2, len(got))])
	}
	n := 0
	for range e.All(context.Background(), search.Parse("lock")) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("a walk that was ended gave %d", n)
	}
}

// testManyTerms asks for as many words as a query may have.
func testManyTerms(t *testing.T, open Open) {
	var words []string
	for i := range 200 {
		words = append(words, fmt.Sprintf("term%da", i))
	}
	e := start(t, open, Page("whole", 1, strings.Join(words, " ")), Page("half", 1, strings.Join(words[:100], " ")))
	want(t, e, strings.Join(words, " "), "whole 1")
	want(t, e, strings.Join(words, " OR "), "whole 1", "half 1")
	want(t, e, `"`+strings.Join(words, " ")+`"`, "whole 1")
	want(t, e, "term0a -"+strings.Join(words[150:], " -"), "half 1")
	want(t, e, strings.Join(words[:50], "* ")+"*", "whole 1", "half 1")
	want(t, e, strings.Join(words[90:110], " NEAR/3 "), "whole 1")
}

// testRebuild empties an index and fills it again in batches, as a follower does from act 0.
func testRebuild(t *testing.T, open Open) {
	e := start(t, open, Page("old", 1, "barge"), Page("kept", 1, "barge"))
	apply(t, e, search.Batch{Position: 40})
	apply(t, e, search.Batch{Clear: true})
	position(t, e, 0)
	want(t, e, "barge")
	if res := find(t, e, search.Query{}); res.Papers != 0 || len(res.Boards)+len(res.Kinds)+len(res.Years) != 0 {
		t.Errorf("an emptied index counts %+v", res)
	}
	for i := range 10 {
		apply(t, e, search.Batch{Remove: []string{fmt.Sprint("p", i)}, Put: []search.Document{Page(fmt.Sprint("p", i), 1, "barge"), Page(fmt.Sprint("p", i), 2, "barge")}})
		position(t, e, 0)
	}
	apply(t, e, search.Batch{Position: 40})
	position(t, e, 40)
	if res := find(t, e, search.Parse("barge")); res.Papers != 10 || res.Pages != 20 {
		t.Errorf("rebuilt, %d papers and %d pages are found, want 10 and 20", res.Papers, res.Pages)
	}
	apply(t, e, search.Batch{Remove: []string{"p3"}}) // taken back
	if res := find(t, e, search.Parse("barge")); res.Papers != 9 || res.Boards["partnership-board"] != 9 {
		t.Errorf("after one was taken back %d papers are found, %v", res.Papers, res.Boards)
	}
}
