package meili_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"clearday/search"
	"clearday/search/meili"
	"clearday/search/meili/meilitest"
	"clearday/search/searchtest"
)

// TestEngine runs the suite of all engines against a real Meilisearch. Each directory of the suite stands
// for an index; the server is emptied before each.
func TestEngine(t *testing.T) {
	url := os.Getenv("CLEARDAY_TEST_MEILI_URL")
	if url == "" {
		t.Skip("skipped: no Meilisearch is given by CLEARDAY_TEST_MEILI_URL (with CLEARDAY_TEST_MEILI_KEY)")
	}
	searchtest.Run(t, opener(t, func(string) string { return url }, os.Getenv("CLEARDAY_TEST_MEILI_KEY")))
}

// opener opens an engine that is empty the first time a directory is named.
func opener(t *testing.T, url func(dir string) string, key string) searchtest.Open {
	seen := map[string]bool{}
	return func(t *testing.T, dir string) search.Engine {
		t.Helper()
		e := meili.New(url(dir), key)
		if _, err := e.Position(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !seen[dir] {
			seen[dir] = true
			if err := e.Apply(t.Context(), search.Batch{Clear: true}); err != nil {
				t.Fatal(err)
			}
		}
		return e
	}
}

func start(t *testing.T, docs ...search.Document) (*meilitest.StandIn, *meili.Engine) {
	t.Helper()
	s := meilitest.New(t)
	e := meili.New(s.URL+"/", meilitest.MasterKey)
	t.Cleanup(func() { _ = e.Close() })
	if at, err := e.Position(t.Context()); err != nil || at != 0 {
		t.Fatalf("a new server is at %d, %v", at, err)
	}
	if len(docs) > 0 {
		if err := e.Apply(t.Context(), search.Batch{Put: docs, Position: 1}); err != nil {
			t.Fatal(err)
		}
	}
	return s, e
}

func find(t *testing.T, e search.Engine, typed string) search.Results {
	t.Helper()
	res, err := e.Search(t.Context(), search.Parse(typed))
	if err != nil {
		t.Fatalf("Search(%s): %v", typed, err)
	}
	return res
}

func ids(res search.Results) (out []string) {
	for _, g := range res.Groups {
		var pages []int
		for _, p := range g.Best {
			pages = append(pages, p.Page)
		}
		slices.Sort(pages)
		out = append(out, fmt.Sprint(g.Subject, pages))
	}
	slices.Sort(out)
	return out
}

// Every operator finds the pages that it finds in the embedded engine; what Meilisearch cannot do is said.
func TestOperators(t *testing.T) {
	budget := searchtest.Page("budget", 1, `The hubs cost £1.2m a year, or 41,260 visits. It's A&E "quoted\`)
	budget.Title, budget.Board, budget.Date, budget.Organisations = "Winter plan", "finance", "2025-11-03", []string{"trust"}
	scan := searchtest.Page("scan", 1, "hub on a picture")
	scan.Recognised = true
	_, e := start(t, budget, scan, searchtest.Page("hub", 1, "A fourth hub"), searchtest.Page("hub", 2, "Same day access at the hub in Harrowmere"),
		searchtest.Page("order", 1, "the access to same things by day; Nhŷ Crwys 日本語"))
	for typed, want := range map[string]string{
		"HUBS":                      "[budget[1] hub[1 2] scan[1]]",
		"hub harrowmere":            "[hub[2]]",
		`"same day access"`:         "[hub[2]]",
		"hub -harrowmere":           "[budget[1] hub[1] scan[1]]",
		`access -"access to"`:       "[hub[2]]",
		"-title:winter hub -fourth": "[hub[2] scan[1]]",
		"fourth OR visits":          "[budget[1] hub[1]]",
		"harrow*":                   "[hub[2]]",
		"title:winter":              "[budget[1]]",
		"winter cost":               "[budget[1]]",

		"41260":                   "[budget[1]]",
		"nhy 日本":                  "[order[1]]",
		"year:2025":               "[budget[1]]",
		"hub after:2025-12":       "[hub[1 2] scan[1]]",
		"hub before:2026":         "[budget[1]]",
		"hub has:scan":            "[scan[1]]",
		`quoted\" OR live = true`: "[]",
		"zebra":                   "[]",
		"":                        "[budget[1] hub[1 2] order[1] scan[1]]",
	} {
		if got := find(t, e, typed); fmt.Sprint(ids(got)) != want || len(got.Groups) != got.Papers || got.Notes != nil {
			t.Errorf("%s finds %v of %d, notes %q; want %s", typed, ids(got), got.Papers, got.Notes, want)
		}
	}
	for _, typed := range []string{`"fourth hub" OR visits`, `title:"winter plan"`, "harrowmere NEAR/5 access", "same-day", "£1.2m A&E", "1.2m"} {
		if got := find(t, e, typed); got.Papers == 0 || len(got.Notes) != 1 {
			t.Errorf("%s finds %v with notes %q, want one that says what is loose", typed, ids(got), got.Notes)
		}
	}
	q := search.Parse("hub")
	q.Boards, q.Limit = []string{"finance"}, 1
	res, err := e.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(res.Papers, res.Pages, res.Boards, res.Years, res.Organisations); got != "1 1 map[finance:1 partnership-board:2] map[2025:1] map[trust:1]" {
		t.Errorf("totals and facets: %s", got)
	}
	if g := res.Groups[0]; g.Version != 1 || g.Matched != 1 || g.Best[0].Text != budget.Text {
		t.Errorf("the hit is %+v", g)
	}
	for _, typed := range searchtest.Hostile() { // the stand-in fails the test on a filter that breaks open
		find(t, e, typed)
	}
}

func TestAll(t *testing.T) {
	var docs []search.Document
	for n := range 120 {
		for page := range 5 {
			docs = append(docs, searchtest.Page(fmt.Sprintf("p%03d", n), page+1, "harbour"))
		}
	}
	_, e := start(t, docs...)
	q := search.Parse("harbour")
	q.Every = true
	seen := map[string]int{}
	for g, err := range e.All(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		seen[g.Subject] += len(g.Best)
	}
	if len(seen) != 120 || seen["p007"] != 5 {
		t.Errorf("walked through %d papers, %d pages of one", len(seen), seen["p007"])
	}
}

// A batch is one task: documents, what went and the position together. What went is swept away.
func TestChange(t *testing.T) {
	s, e := start(t, searchtest.Page("a", 1, "old first"), searchtest.Page("a", 2, "old second"), searchtest.Page("b", 1, "old other"))
	before := len(s.Tasks)
	next := searchtest.Page("a", 1, "new first")
	next.Version = 2
	s.Do(func() {
		s.Waiting = 2
		s.FailTask = func(kind string) string {
			if kind == "documentDeletion" {
				return "internal" // the sweep: what went is not found all the same
			}
			return ""
		}
	})
	if err := e.Apply(t.Context(), search.Batch{Remove: []string{"a"}, Put: []search.Document{next}, Position: 7}); err == nil {
		t.Error("a sweep that failed is not said")
	}
	if kinds := fmt.Sprint(s.Tasks[before]["type"], len(s.Tasks)-before); kinds != "documentAdditionOrUpdate2" {
		t.Errorf("the batch was %s tasks", kinds)
	}
	if got := ids(find(t, e, "old OR new")); fmt.Sprint(got) != "[a[1] b[1]]" {
		t.Errorf("after the batch %v", got)
	}
	s.Do(func() { s.FailTask = nil })
	if err := e.Apply(t.Context(), search.Batch{Remove: []string{"b"}, Position: 9}); err != nil {
		t.Fatal(err)
	}
	if at, err := meili.New(s.URL, meilitest.MasterKey).Position(t.Context()); err != nil || at != 9 || len(s.Indexes["clearday"]) != 2 {
		t.Errorf("another program is at %d, %v, with %d documents", at, err, len(s.Indexes["clearday"]))
	}
}

// An index of an older format, and one that is cleared, is replaced in one step by one with the settings of
// this version.
func TestMigration(t *testing.T) {
	s, e := start(t, searchtest.Page("a", 1, "word"))
	if rules := fmt.Sprint(s.Settings["clearday"]["rankingRules"], s.Settings["clearday"]["prefixSearch"]); rules != "[sort words proximity attribute exactness]disabled" {
		t.Errorf("the settings are %s", rules)
	}
	s.Do(func() {
		s.Indexes["clearday"]["position"]["format"] = "0"
		s.Settings["clearday"] = nil
	})
	again := meili.New(s.URL, meilitest.MasterKey)
	if at, err := again.Position(t.Context()); err != nil || at != 0 || s.Settings["clearday"] == nil || len(s.Indexes) != 1 {
		t.Errorf("an old index: at %d, %v, settings %v, %d indexes", at, err, s.Settings["clearday"], len(s.Indexes))
	}
	if err := e.Apply(t.Context(), search.Batch{Put: []search.Document{searchtest.Page("b", 1, "word")}, Position: 2}); err == nil {
		t.Error("a program that followed the old index went on in the new one, where all before is missing")
	}
	swaps := 0
	s.Do(func() {
		s.FailTask = func(kind string) string {
			if kind == "indexSwap" {
				swaps++
				return "internal"
			}
			return ""
		}
	})
	clear := search.Batch{Clear: true, Put: []search.Document{searchtest.Page("c", 1, "word")}, Position: 4}
	if err := again.Apply(t.Context(), clear); err == nil || swaps != 1 {
		t.Errorf("a swap that failed: %v after %d", err, swaps)
	}
	if got := ids(find(t, again, "word")); len(got) != 0 {
		t.Errorf("before the swap %v can be found", got)
	}
	s.Do(func() { s.FailTask = nil })
	if err := again.Apply(t.Context(), clear); err != nil {
		t.Fatal(err)
	}
	if at, err := again.Position(t.Context()); err != nil || at != 4 || fmt.Sprint(ids(find(t, again, "word"))) != "[c[1]]" {
		t.Errorf("after the swap at %d, %v, %v", at, err, ids(find(t, again, "word")))
	}
}

// Searches are made with a token that Meilisearch itself holds to published documents of this index.
func TestToken(t *testing.T) {
	s, e := start(t, searchtest.Page("a", 1, "word"))
	find(t, e, "word")
	var claims struct {
		SearchRules map[string]struct{ Filter string } `json:"searchRules"`
		UID         string                             `json:"apiKeyUid"`
	}
	part, err := base64.RawURLEncoding.DecodeString(strings.Split(s.Tokens[0], ".")[1])
	if err == nil {
		err = json.Unmarshal(part, &claims)
	}
	if err != nil || len(claims.SearchRules) != 1 || claims.SearchRules["clearday"].Filter != "live = true" {
		t.Errorf("the token says %s, %v", part, err)
	}
	if k := s.Keys[claims.UID]; fmt.Sprint(k["actions"], k["indexes"]) != "[search] [clearday]" {
		t.Errorf("its key is %v", k)
	}
	// The key is changed at the server: one search fails, the next one makes another token.
	s.Do(func() {
		s.Keys = map[string]map[string]any{}
		s.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/multi-search" && len(s.Keys) == 0 {
				meilitest.AnswerError(w, 403, "invalid_api_key")
				return true
			}
			return false
		}
	})
	if _, err := e.Search(t.Context(), search.Parse("word")); err == nil {
		t.Error("a token of a key that is gone finds something")
	}
	if got := find(t, e, "word"); got.Papers != 1 {
		t.Errorf("with a new token %d papers", got.Papers)
	}
}

// Whatever goes wrong is an error, soon, and never an answer.
func TestFaults(t *testing.T) {
	s, e := start(t, searchtest.Page("a", 1, "word"))
	find(t, e, "word")
	batch := search.Batch{Put: []search.Document{searchtest.Page("b", 1, "word")}, Position: 2}
	if err := meili.New(s.URL, "wrong").Apply(t.Context(), batch); err == nil {
		t.Error("a wrong key writes")
	}
	if _, err := meili.New(s.URL, "wrong").Search(t.Context(), search.Parse("word")); err == nil {
		t.Error("a wrong key searches")
	}
	for name, how := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"garbage": func(w http.ResponseWriter, _ *http.Request) bool { _, _ = w.Write([]byte("<html>busy")); return true },
		"empty":   func(http.ResponseWriter, *http.Request) bool { return true },
		"no results": func(w http.ResponseWriter, _ *http.Request) bool {
			meilitest.Answer(w, 200, map[string]any{})
			return true
		},
		"away for now": func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(503); return true },
		"of another":   func(w http.ResponseWriter, _ *http.Request) bool { meilitest.Answer(w, 200, foreign(6)); return true },
		"wrong types": func(w http.ResponseWriter, _ *http.Request) bool {
			meilitest.Answer(w, 200, map[string]any{"results": "yes", "taskUid": "x"})
			return true
		},
		"line cut":      func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) },
		"without limit": func(w http.ResponseWriter, _ *http.Request) bool { flood(w); return true },
	} {
		s.Do(func() { s.Intercept = how })
		if res, err := e.Search(t.Context(), search.Parse("word")); err == nil {
			t.Errorf("%s: the search answers %+v", name, res)
		}
		if err := e.Apply(t.Context(), batch); err == nil {
			t.Errorf("%s: the batch counts as done", name)
		}
	}
	s.Do(func() { s.Intercept = nil; s.FailTask = func(string) string { return "no_space_left_on_device" } })
	if err := e.Apply(t.Context(), batch); err == nil || !strings.Contains(err.Error(), "no_space_left_on_device") {
		t.Errorf("a task that failed: %v", err)
	}
	s.Do(func() { s.FailTask, s.Waiting = nil, 1<<30 })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := e.Apply(ctx, batch); err == nil {
		t.Error("a task that never ends counts as done")
	}
	s.Do(func() { s.Waiting = 0 })

	// The server comes back with nothing: the program does not go on in the middle.
	s.Wipe()
	if err := e.Apply(t.Context(), batch); err == nil {
		t.Error("a batch went into a server that lost everything before")
	}
	if at, err := e.Position(t.Context()); err != nil || at != 0 {
		t.Errorf("a server that lost everything is at %d, %v", at, err)
	}
	if err := e.Apply(t.Context(), batch); err != nil {
		t.Errorf("after following again from zero: %v", err)
	}
	s.Server.Close()
	if _, err := e.Search(t.Context(), search.Parse("word")); err == nil {
		t.Error("a server that is away answers")
	}
}

func foreign(n int) map[string]any {
	results := []any{}
	for range n {
		results = append(results, map[string]any{"hits": []any{map[string]any{"id": "x", "title": "another index"}}, "totalHits": 1})
	}
	return map[string]any{"results": results}
}

func flood(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	piece := []byte(strings.Repeat(" ", 1<<20))
	for range 100 {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
	_, _ = w.Write([]byte(`{"results":[]}`))
}

// The id of a page is one that Meilisearch takes, whatever a subject is called.
func TestIDs(t *testing.T) {
	odd := searchtest.Page("meetings/a b\"ü/agenda", 1, "word")
	s, _ := start(t, odd)
	sum := sha256.Sum256([]byte(odd.Subject))
	if s.Indexes["clearday"][hex.EncodeToString(sum[:16])+"-1"] == nil {
		t.Errorf("the index holds %v", s.Indexes["clearday"])
	}
}
