// Package searchtest is the suite that every search engine passes.
package searchtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/search"
)

// Open gives an engine over dir: the same index again when it was closed there before.
type Open func(t *testing.T, dir string) search.Engine

// Run holds the engine to the contract of search.Engine.
func Run(t *testing.T, open Open) {
	t.Run("find", func(t *testing.T) { testFind(t, open) })
	t.Run("grouping", func(t *testing.T) { testGrouping(t, open) })
	t.Run("order", func(t *testing.T) { testOrder(t, open) })
	t.Run("language", func(t *testing.T) { testLanguage(t, open) })
	t.Run("filters", func(t *testing.T) { testFilters(t, open) })
	t.Run("marks", func(t *testing.T) { testMarks(t, open) })
	t.Run("near words", func(t *testing.T) { testNear(t, open) })
	t.Run("all", func(t *testing.T) { testAll(t, open) })
	t.Run("many terms", func(t *testing.T) { testManyTerms(t, open) })
	t.Run("rebuild", func(t *testing.T) { testRebuild(t, open) })
	t.Run("facets", func(t *testing.T) { testFacets(t, open) })
	t.Run("change", func(t *testing.T) { testChange(t, open) })
	t.Run("reopen", func(t *testing.T) { testReopen(t, open) })
	t.Run("hostile", func(t *testing.T) { testHostile(t, open) })
	t.Run("long page", func(t *testing.T) { testLongPage(t, open) })
	t.Run("at once", func(t *testing.T) { testAtOnce(t, open) })
	t.Run("closed", func(t *testing.T) { testClosed(t, open) })
}

// Page makes a document of a paper named id with one page of text.
func Page(id string, page int, text string) search.Document {
	return search.Document{Subject: id, Version: 1, Page: page, Kind: search.Report, Title: "Paper " + id,
		Board: "partnership-board", Date: "2026-04-08", Text: text}
}

func start(t *testing.T, open Open, docs ...search.Document) search.Engine {
	t.Helper()
	e := open(t, t.TempDir())
	t.Cleanup(func() { _ = e.Close() })
	put(t, e, docs...)
	return e
}

func put(t *testing.T, e search.Engine, docs ...search.Document) {
	t.Helper()
	apply(t, e, search.Batch{Put: docs})
}

func apply(t *testing.T, e search.Engine, b search.Batch) {
	t.Helper()
	if err := e.Apply(context.Background(), b); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

func find(t *testing.T, e search.Engine, q search.Query) search.Results {
	t.Helper()
	res, err := e.Search(context.Background(), q)
	if err != nil {
		t.Fatalf("Search(%q): %v", q.Text, err)
	}
	return res
}

// ids are the papers found, sorted, with the pages: "a 1,2".
func ids(res search.Results) []string {
	out := []string{}
	for _, g := range res.Groups {
		var pages []string
		for _, p := range g.Best {
			pages = append(pages, fmt.Sprint(p.Page))
		}
		slices.Sort(pages)
		out = append(out, g.Subject+" "+strings.Join(pages, ","))
	}
	slices.Sort(out)
	return out
}

func want(t *testing.T, e search.Engine, query string, papers ...string) {
	t.Helper()
	res := find(t, e, search.Parse(query))
	got := ids(res)
	slices.Sort(papers)
	if !slices.Equal(got, papers) {
		t.Errorf("Search(%s) found %q, want %q", query, got, papers)
	}
	if res.Papers != len(papers) {
		t.Errorf("Search(%s) counts %d papers, want %d", query, res.Papers, len(papers))
	}
}

func testFind(t *testing.T, open Open) {
	budget := Page("budget", 1, "The hubs cost £1.2m a year, or 41,260 visits at £29.08 each.")
	budget.Title, budget.Board, budget.Date = "Winter plan", "finance-committee", "2025-11-03"
	minutes := Page("minutes", 1, "The Board NOTED the same-day access at Saltfen. A&E waits fell. See 4.a and Q-2026-0042.")
	minutes.Kind, minutes.Title = search.Minutes, "Minutes of the Board"
	e := start(t, open, budget, minutes,
		Page("hub", 1, "Opening a fourth hub"), Page("hub", 2, "Same day appointments at the hub in Harrowmere"),
		Page("welsh", 1, "Mae'r Bwrdd yn cyfarfod yn Nhŷ Crwys; y gwasanaeth iechyd. Café, naïve, Łódź."),
		Page("order", 1, "the plan of winter and the access to same-day things"),
		Page("broken", 1, search.Prepare("working with the commu-\nnity on the same-\nday access")),
		Page("odd", 1, "l’hôpital; the board’s view; O'Brien said: don't. ﬁnance"),
		search.Document{Subject: "scan", Version: 1, Page: 1, Kind: search.Report, Title: "Scanned estates strategy", Board: "partnership-board", Date: "2024-01-31"},
	)
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"hub", []string{"budget 1", "hub 1,2"}},
		{"HUBS", []string{"budget 1", "hub 1,2"}},
		{"hub harrowmere", []string{"hub 2"}},
		{"fourth harrowmere", nil}, // not on one page
		{`"same-day access"`, []string{"minutes 1"}},
		{`"access to same-day"`, []string{"order 1"}},
		{"same-day", []string{"hub 2", "minutes 1", "order 1", "broken 1"}},
		{"same day access", []string{"minutes 1", "order 1"}},
		{"community", []string{"broken 1"}},
		{`"with the community on"`, []string{"broken 1"}},
		{"hub -harrowmere", []string{"budget 1", "hub 1"}},
		{`access -"access to"`, []string{"minutes 1", "broken 1"}},
		{"harrowmere OR saltfen", []string{"hub 2", "minutes 1"}},
		{"access (harrowmere OR saltfen)", []string{"minutes 1"}},
		{"harrow*", []string{"hub 2"}},
		{"appointm*", []string{"hub 2"}},
		{"hub -appoint*", []string{"budget 1", "hub 1"}},
		{"title:winter", []string{"budget 1"}},
		{"title:minutes noted", []string{"minutes 1"}},
		{`title:"estates strategy"`, []string{"scan 1"}},
		{"estates strategy", []string{"scan 1"}},
		{"winter hub", []string{"budget 1"}}, // the title counts as words of the first page
		{"£1.2m", []string{"budget 1"}},
		{"1.2m", []string{"budget 1"}},
		{"41260", []string{"budget 1"}},
		{"41,260 visits", []string{"budget 1"}},
		{"29.08", []string{"budget 1"}},
		{"A&E", []string{"minutes 1"}},
		{"4.a", []string{"minutes 1"}},
		{"Q-2026-0042", []string{"minutes 1"}},
		{"Nhŷ", []string{"welsh 1"}},
		{"nhy crwys", []string{"welsh 1"}},
		{"NHŶ", []string{"welsh 1"}},
		{"cafe naive lodz", []string{"welsh 1"}},
		{"lhopital", []string{"odd 1"}},
		{"obrien", []string{"odd 1"}},
		{"o’brien don’t", []string{"odd 1"}},
		{`"board's view"`, []string{"odd 1"}},
		{"board view", []string{"odd 1"}},
		{"finance", []string{"odd 1"}},
		{"kind:minutes", []string{"minutes 1"}},
		{"year:2025", []string{"budget 1"}},
		{"hub year:2026", []string{"hub 1,2"}},
		{"hub before:2026", []string{"budget 1"}},
		{"hub after:2025-11", []string{"hub 1,2"}},
		{"hub after:2025-11-03", []string{"hub 1,2"}},
		{"hub from:2025-11-03 to:2025-11-03", []string{"budget 1"}},
		{"zebra", nil},
		{"-hub kind:minutes", []string{"minutes 1"}},
		{"the", []string{"hub 2", "order 1", "minutes 1", "broken 1", "budget 1", "odd 1"}},
	} {
		want(t, e, c.query, c.want...)
	}
	q := search.Parse("hub")
	q.Boards = []string{"finance-committee"}
	if got := ids(find(t, e, q)); !slices.Equal(got, []string{"budget 1"}) {
		t.Errorf("hub on the finance committee: %q", got)
	}
}

func testGrouping(t *testing.T, open Open) {
	var docs []search.Document
	for p := range 30 {
		for page := range 7 {
			text := "filler words here"
			if page >= 2 {
				text = strings.Repeat("harbour ", page) + strings.Repeat("other ", 10-page)
			}
			docs = append(docs, Page(fmt.Sprintf("p%02d", p), page+1, text))
		}
	}
	e := start(t, open, docs...)
	q := search.Parse("harbour")
	q.Limit = 12
	seen := map[string]bool{}
	for q.Page = 1; q.Page <= 4; q.Page++ {
		res := find(t, e, q)
		if res.Papers != 30 || res.Pages != 150 {
			t.Fatalf("page %d: %d papers and %d pages, want 30 and 150", q.Page, res.Papers, res.Pages)
		}
		if wantN := []int{12, 12, 6, 0}[q.Page-1]; len(res.Groups) != wantN {
			t.Fatalf("page %d holds %d papers, want %d", q.Page, len(res.Groups), wantN)
		}
		for _, g := range res.Groups {
			if seen[g.Subject] {
				t.Errorf("paper %s stands on two pages", g.Subject)
			}
			seen[g.Subject] = true
			if len(g.Best) != search.BestPages || g.Matched != 5 || g.Best[0].Page != 7 {
				t.Errorf("paper %s: best %d of %d, first page %d", g.Subject, len(g.Best), g.Matched, g.Best[0].Page)
			}
			if !strings.Contains(g.Best[0].Text, "harbour") {
				t.Errorf("paper %s: a hit without its text", g.Subject)
			}
		}
	}
	q = search.Parse("harbour")
	q.Every = true
	for g, err := range e.All(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		var pages []int
		for _, p := range g.Best {
			pages = append(pages, p.Page)
		}
		if fmt.Sprint(pages) != "[3 4 5 6 7]" {
			t.Errorf("%s was asked for with every page and has %v", g.Subject, pages)
		}
	}
	if res := find(t, e, search.Query{}); res.Papers != 30 || res.Pages != 210 {
		t.Errorf("everything: %d papers, %d pages", res.Papers, res.Pages)
	}
}

func testOrder(t *testing.T, open Open) {
	var docs []search.Document
	for i, date := range []string{"2025-01-15", "2026-03-01", "2024-12-31"} {
		d := Page(fmt.Sprint("p", i), 1, "ferry "+strings.Repeat("ferry ", i)+strings.Repeat("water ", 9-i))
		d.Date = date
		docs = append(docs, d)
	}
	e := start(t, open, docs...)
	for _, c := range []struct {
		sort search.Sort
		want string
	}{{search.ByRelevance, "p2 p1 p0"}, {search.Newest, "p1 p0 p2"}, {search.Oldest, "p2 p0 p1"}} {
		q := search.Parse("ferry")
		q.Sort = c.sort
		var got []string
		for _, g := range find(t, e, q).Groups {
			got = append(got, g.Subject)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("sorted %q: %v, want %s", c.sort, got, c.want)
		}
	}
	put(t, e, Page("apart", 1, "winter access was hard; the plan of same things each day; winter plan, day access"),
		Page("run", 1, "long words before the same day access plan for winter, and more words after it, and more still"))
	if got := find(t, e, search.Parse("day access plan for winter")).Groups; len(got) != 2 || got[0].Subject != "run" {
		t.Errorf("a page with the words as a run does not come first: %v", got)
	}
	titled := Page("titled", 1, "about the river")
	titled.Title = "The ferry"
	put(t, e, titled, Page("aside", 1, "about the river and once the ferry"))
	if got := find(t, e, search.Parse("ferry river")).Groups; len(got) != 2 || got[0].Subject != "titled" {
		t.Errorf("a paper with the words in its title does not come first: %v", got)
	}
}

func testFacets(t *testing.T, open Open) {
	var docs []search.Document
	for i := range 10 {
		d := Page(fmt.Sprint("p", i), 1, "bridge")
		if i < 3 {
			d.Board = "finance"
		}
		if i%2 == 0 {
			d.Date = "2025-05-05"
		}
		if i == 9 {
			d.Kind = search.Agenda
		}
		docs = append(docs, d, Page(fmt.Sprint("p", i), 2, "bridge again"))
		docs[len(docs)-1].Board, docs[len(docs)-1].Date, docs[len(docs)-1].Kind = d.Board, d.Date, d.Kind
	}
	e := start(t, open, docs...)
	q := search.Parse("bridge")
	q.Boards = []string{"finance"}
	res := find(t, e, q)
	got := fmt.Sprint(res.Papers, res.Boards, res.Kinds, res.Years)
	if wanted := "3 map[finance:3 partnership-board:7] map[report:3] map[2025:2 2026:1]"; got != wanted {
		t.Errorf("facets count\n%s, want\n%s", got, wanted)
	}
}

func testChange(t *testing.T, open Open) {
	e := start(t, open, Page("a", 1, "old first"), Page("a", 2, "old second"), Page("a", 3, "old third"), Page("b", 1, "old other"))
	next := Page("a", 1, "new first")
	next.Version, next.Date = 2, "2026-05-01"
	apply(t, e, search.Batch{Remove: []string{"a"}, Put: []search.Document{next}, Position: 7})
	want(t, e, "old", "b 1")
	want(t, e, "new", "a 1")
	if g := find(t, e, search.Parse("new")).Groups; len(g) == 1 && g[0].Version != 2 {
		t.Errorf("the hit is of version %d, want 2", g[0].Version)
	}
	put(t, e, func() search.Document { d := Page("b", 1, "replaced"); d.Board = "finance"; return d }())
	want(t, e, "old")
	want(t, e, "replaced", "b 1")
	apply(t, e, search.Batch{Remove: []string{"b", "unknown"}})
	want(t, e, "replaced")
	position(t, e, 7)
	apply(t, e, search.Batch{Position: 9})
	position(t, e, 9)
	apply(t, e, search.Batch{Clear: true, Put: []search.Document{Page("c", 1, "after")}})
	want(t, e, "new")
	want(t, e, "after", "c 1")
	position(t, e, 0)
}

func position(t *testing.T, e search.Engine, want int64) {
	t.Helper()
	got, err := e.Position(context.Background())
	if err != nil || got != want {
		t.Errorf("Position() = %d, %v, want %d", got, err, want)
	}
}

func testReopen(t *testing.T, open Open) {
	dir := t.TempDir()
	e := open(t, dir)
	position(t, e, 0)
	apply(t, e, search.Batch{Put: []search.Document{Page("a", 1, "kept"), Page("b", 1, "gone")}, Position: 3})
	apply(t, e, search.Batch{Remove: []string{"b"}, Position: 4})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = open(t, dir)
	defer func() { _ = e.Close() }()
	position(t, e, 4)
	want(t, e, "kept", "a 1")
	want(t, e, "gone")
	apply(t, e, search.Batch{Remove: []string{"a"}, Put: []search.Document{Page("a", 1, "changed")}, Position: 5})
	want(t, e, "kept")
	want(t, e, "changed", "a 1")
}

// Hostile are queries that must do no harm.
func Hostile() []string {
	return []string{
		strings.Repeat("word ", 200), strings.Repeat(`"a b c" `, 100), strings.Repeat("(", 5000), strings.Repeat("-", 5000),
		strings.Repeat("the ", 64), `"` + strings.Repeat("the ", 60) + `"`, strings.Repeat("a* ", 64), "a*", "*", "**", "e* i* o*", `"`, `""`, "-", "--", "- -", "OR", "OR OR", "AND", ":", "::",
		"title:", "title:*", "board:", `board:"`, "year:", "year:99999", "year:-1", "year:0000", "before:nonsense", "before:9999-12-31", "after:9999-12-31", "before:0001-01-01",
		"\x00\x01\x1f", "\xff\xfe", "a\x00b", strings.Repeat("x", 100000), "a OR", "OR a", "-OR", "+a -b ~c ^d {e} [f] \\g /h/ i~2 j^5", "<script>alert(1)</script>",
		"'; DROP TABLE papers; --", "%", "_", "é́́́́́́́", "𝔞𝔟𝔠", "مرحبا", "日本語", "👩‍👩‍👧‍👦", "title:-a", "-title:a", "-board:a", "((a OR (b)) OR -c)", "a&b&c&d&e", "1,2,3,4.5.6,7",
	}
}

func testHostile(t *testing.T, open Open) {
	e := start(t, open, Page("a", 1, "the word a b c alert script 日本語 の 書類 and مرحبا"), Page("b", 1, "the the the the the the"))
	for _, text := range Hostile() {
		find(t, e, search.Parse(text))
	}
	want(t, e, "日本", "a 1")
	want(t, e, "مرحبا", "a 1")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := e.Search(ctx, search.Parse("the")); err == nil {
		t.Error("Search with a cancelled context gave no error")
	}
}

func testLongPage(t *testing.T, open Open) {
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, "word%d and ", i%5000)
	}
	b.WriteString("needle at the end")
	e := start(t, open, Page("long", 1, b.String()), Page("short", 1, "needle"), Page("unbroken", 1, strings.Repeat("y", 1<<20)))
	want(t, e, "needle", "long 1", "short 1")
	want(t, e, `"needle at the end"`, "long 1")
	if g := find(t, e, search.Parse("needle end")).Groups; len(g) == 1 && len(g[0].Best[0].Text) != b.Len() {
		t.Errorf("the text of the long page came back with %d bytes, want %d", len(g[0].Best[0].Text), b.Len())
	}
}

// testAtOnce searches while batches are applied: each search sees whole batches only.
func testAtOnce(t *testing.T, open Open) {
	e := start(t, open, Page("a", 1, "round marker"), Page("a", 2, "round marker"))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				res, err := e.Search(ctx, search.Parse("marker"))
				if err != nil {
					t.Errorf("Search: %v", err)
					return
				}
				if res.Papers != 1 || res.Pages != 2 {
					t.Errorf("a search saw %d papers and %d pages of half a batch, want 1 and 2", res.Papers, res.Pages)
					return
				}
			}
		})
	}
	for i := range 25 {
		a, b := Page("a", 1, "round marker"), Page("a", 2, "round marker")
		a.Version, b.Version = i+2, i+2
		apply(t, e, search.Batch{Remove: []string{"a"}, Put: []search.Document{a, b}, Position: int64(i + 1)})
	}
	close(done)
	wg.Wait()
	position(t, e, 25)
}

func testClosed(t *testing.T, open Open) {
	e := open(t, t.TempDir())
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	ctx := context.Background()
	if _, err := e.Search(ctx, search.Query{}); err == nil {
		t.Error("Search after Close gave no error")
	}
	if err := e.Apply(ctx, search.Batch{Position: 1}); err == nil {
		t.Error("Apply after Close gave no error")
	}
}
