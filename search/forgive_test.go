package search_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"clearday/papers"
	"clearday/search"
)

// TestForgive mistypes words. What is offered is only what the public can read now.
func TestForgive(t *testing.T) {
	r, e := newRecord(), engine(t)
	r.publish("beds", "Community beds", 1, "Community beds and the hospital budget of the Board", "the committee of appointments")
	r.publish("gone", "Gone", 1, "the xylophone of somebody")
	r.publish("stale", "Stale", 1, "an accordion in the engine")
	follower := follow(t, e, r)
	f := &search.Finder{Engine: e, Record: r, Follow: follower}
	until(t, "all is followed", func() bool { return follower.Seen() == 3 })
	r.withdraw("gone")
	until(t, "the withdrawal is followed", func() bool { return follower.Seen() == 4 })
	r.mu.Lock()
	delete(r.found, "stale") // taken back, and the engine does not know yet
	r.mu.Unlock()
	for _, c := range []struct {
		query, instead string
		total          int
	}{
		{"comunity beds", "community beds", 1},
		{"hopsital", "hospital", 1},
		{"baord", "board", 1},
		{`"comunity beds" board:partnership`, `"community beds" board:partnership`, 1},
		{"commitee apointments", "committee appointments", 1},
		{"community hospital", "", 1}, // nothing to forgive
		{"community zebra", "", 0},
		{"bds", "", 0},       // too short to guess
		{"2026x", "", 0},     // a number is another number
		{"xylophine", "", 0}, // only a withdrawn paper holds what it is like
		{"acordion", "", 0},  // only the engine holds it
		{"comuni*", "", 0},
	} {
		a := find(t, f, c.query)
		if a.Total != c.total || a.Instead != c.instead {
			t.Errorf("%s finds %d and shows results for %q, want %d and %q", c.query, a.Total, a.Instead, c.total, c.instead)
		}
		if a.Instead != "" && !strings.Contains(a.Hits[0].Pages[0].Snippet, "<mark>") {
			t.Errorf("%s: the words meant are not marked: %s", c.query, a.Hits[0].Pages[0].Snippet)
		}
	}
	q := search.Parse("comunity")
	q.Exact = true
	if a, err := f.Find(context.Background(), q); err != nil || a.Total != 0 || a.Instead != "" {
		t.Errorf("searching exactly finds %d for %q, %v", a.Total, a.Instead, err)
	}
}

func TestSynonyms(t *testing.T) {
	r, e := newRecord(), engine(t)
	r.site = papers.Site{Synonyms: "ICB, integrated care board\nA&E = ED = emergency department\n, ,\nalone"}
	r.publish("long", "Long", 1, "The integrated care board met about the emergency department")
	r.publish("short", "Short", 1, "The ICB met about A&E; nothing else")
	r.publish("apart", "Apart", 1, "care is integrated by the board")
	follower := follow(t, e, r)
	f := &search.Finder{Engine: e, Record: r, Follow: follower}
	until(t, "all is followed", func() bool { return follower.Seen() == 3 })
	for query, want := range map[string]string{
		"icb":                              "long short",
		"integrated care board":            "apart long short",
		"ED icb":                           "long short",
		`"icb"`:                            "short",
		`"integrated care board"`:          "long",
		"emergency department met":         "long short",
		"board -icb":                       "apart long",
		"title:short emergency department": "short",
	} {
		var got []string
		for _, h := range find(t, f, query).Hits {
			got = append(got, strings.TrimPrefix(h.Subject, "papers/"))
		}
		if sorted(got) != want {
			t.Errorf("%s finds %s, want %s", query, sorted(got), want)
		}
	}
	snippet := func(q search.Query) string {
		a, err := f.Find(context.Background(), q)
		if err != nil || a.Total == 0 {
			return fmt.Sprint(a.Total, err)
		}
		for _, h := range a.Hits {
			if h.Paper == "long" {
				return h.Pages[0].Snippet
			}
		}
		return ""
	}
	if got := snippet(search.Parse("icb")); !strings.Contains(got, "<mark>integrated care board</mark>") {
		t.Errorf("the other words are not marked: %s", got)
	}
	q := search.Parse("icb")
	q.Exact = true
	if a, err := f.Find(context.Background(), q); err != nil || a.Total != 1 {
		t.Errorf("searching exactly finds %d, %v", a.Total, err)
	}
}

func TestSuggest(t *testing.T) {
	r, e := newRecord(), engine(t)
	r.publish("winter", "Winter plan for urgent care", 1, "first", "second", "third")
	r.publish("again", "Winter plan for urgent care", 1, "first")
	r.publish("other", "The plan of estates", 1, "winter in the text only")
	r.publish("stale", "Winter secrets", 1, "taken back")
	follower := follow(t, e, r)
	f := &search.Finder{Engine: e, Record: r, Follow: follower}
	until(t, "all is followed", func() bool { return follower.Seen() == 4 })
	r.mu.Lock()
	delete(r.found, "stale")
	r.mu.Unlock()
	for typed, want := range map[string]string{
		"wint": "Winter plan for urgent care", "winter pl": "Winter plan for urgent care", "plan estat": "The plan of estates",
		"urgen": "Winter plan for urgent care", "plans": "The plan of estates; Winter plan for urgent care", "secr": "", "w": "", "": "", "zebra": "", "  ": "", "winter ": "Winter plan for urgent care",
	} {
		list, err := f.Suggest(context.Background(), typed)
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for _, s := range list {
			titles = append(titles, s.Title)
		}
		if got := strings.Join(sortedList(titles), "; "); got != want {
			t.Errorf("%q suggests %q, want %q", typed, got, want)
		}
	}
}
