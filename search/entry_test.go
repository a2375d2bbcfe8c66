package search_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/search"
)

// one says the only hit of a query shortly: kind, address and label of its first page.
func one(t testing.TB, f *search.Finder, query string) string {
	t.Helper()
	a := find(t, f, query)
	if len(a.Hits) != 1 || a.Total != 1 {
		return fmt.Sprintf("%d hits of %d", len(a.Hits), a.Total)
	}
	h := a.Hits[0]
	return fmt.Sprintf("%s %s %s", h.Kind, h.Pages[0].URL, h.Pages[0].Label)
}

// TestFindOther follows what is no paper: agendas, questions with their answers, and what was said.
func TestFindOther(t *testing.T) {
	r, e := newRecord(), engine(t)
	r.partners = []papers.Partner{{Slug: "harrowmere", Name: "Harrowmere Borough Council"}}
	r.boards[0].Members = []papers.Member{{Name: "Joan Sears", Organisation: "Harrowmere Borough Council"}}
	follower := follow(t, e, r)
	f := &search.Finder{Engine: e, Record: r, Follow: follower}
	steps := func(what, query, want string, do func()) {
		t.Helper()
		do()
		until(t, what, func() bool { return follower.Seen() == int64(len(r.acts)) })
		if got := one(t, f, query); got != want {
			t.Errorf("%s: %s finds %s, want %s", what, query, got, want)
		}
	}
	meeting := "meetings/partnership-board-2026-04-08"
	ask := func(c search.Contribution) func() {
		return func() {
			r.act(papers.ActContributionMoved, "questions/"+c.Number, func() { r.asked[c.Number] = c })
		}
	}
	q := search.Contribution{Number: "Q-2026-0019", Meeting: r.meeting.Slug, Text: "Will the evening hubs stay open after March? My mother needs them."}
	steps("a question received", "Q-2026-0019", "0 hits of 0", func() { r.act(papers.ActContributionTaken, "questions/Q-2026-0019", nil) })
	steps("a question published", "evening mother", "question /questions/Q-2026-0019 Question", ask(q))
	steps("by its number", "Q-2026-0019", "question /questions/Q-2026-0019 Question", func() {})
	q.Answer, q.AnsweredBy = "They are funded until 31 March.", "Harrowmere Borough Council"
	steps("an answer", "funded kind:answers", "question /questions/Q-2026-0019#answer-h Answer", ask(q))
	steps("by who answers", "org:harrowmere hubs", "question /questions/Q-2026-0019 Question", func() {})
	steps("a question taken back", "evening", "0 hits of 0", func() {
		r.act(papers.ActContributionMoved, "questions/Q-2026-0019", func() { delete(r.asked, "Q-2026-0019") })
	})

	steps("an agenda", "chlorination", "agenda /meetings/partnership-board-2026-04-08#item-b Item 4.a", func() {
		r.act(papers.ActAgendaPublished, meeting+"/agenda", func() {
			r.items = []papers.Item{{ID: "a", Number: "4", Title: "Water"}, {ID: "s", Kind: papers.KindSection, Title: "Part two chlorination"}, {ID: "b", Number: "4.a", Title: "Chlorination of wells", Lead: "Joan Sears"}}
		})
	})
	steps("an item removed", "chlorination", "0 hits of 0", func() {
		r.act(papers.ActItemRemoved, "items/b", func() { r.items = r.items[:1] })
	})

	at := time.Date(2026, 4, 8, 9, 42, 0, 0, time.UTC)
	steps("what was said", `"lead pipes in the school"`, "captions /meetings/partnership-board-2026-04-08/captions?cursor=8#c9 10:42am", func() {
		r.act(papers.ActRoomChanged, meeting, func() {
			r.spoken = []search.Spoken{{Seq: 8, Text: "good morning", At: at.Add(-time.Minute)}, {Seq: 9, Text: "there are lead pipes", Item: "a", At: at}, {Seq: 10, Text: "in the school", Item: "a", At: at.Add(5 * time.Second)}}
		})
	})
	r.publish("led", "Wells", 1, "drought order")
	r.mu.Lock()
	fd := r.found["led"]
	fd.Item.Lead = "Joan Sears"
	r.found["led"] = fd
	r.mu.Unlock()
	steps("the organisation of a member who leads", "org:borough drought", "report /papers/led/pages/1?q=org%3Aborough+drought Page 1", func() { r.act(papers.ActPaperChanged, "papers/led", nil) })
}

// TestFindChanged asks an engine that lags behind: what a passage said before it was changed is not shown.
func TestFindChanged(t *testing.T) {
	r, e := newRecord(), engine(t)
	r.asked["Q-2026-0001"] = search.Contribution{Number: "Q-2026-0001", Meeting: r.meeting.Slug, Text: "Why did Ann Example lose her bed?"}
	r.act(papers.ActContributionMoved, "questions/Q-2026-0001", nil)
	follower := follow(t, e, r)
	f := &search.Finder{Engine: e, Record: r, Follow: follower}
	until(t, "the question is found", func() bool { return find(t, f, "example").Total == 1 })
	r.mu.Lock()
	r.asked["Q-2026-0001"] = search.Contribution{Number: "Q-2026-0001", Meeting: r.meeting.Slug, Text: "Why did somebody lose her bed?"}
	r.mu.Unlock()
	for _, query := range []string{"example", "bed", ""} {
		if a := find(t, f, query); a.Total != 0 || a.Pages != 0 || len(a.Hits) != 0 {
			t.Errorf("%q still finds %+v", query, a.Hits)
		}
	}
}

// TestAll walks through more papers than a page of results may hold, and leaves out what is gone.
func TestAll(t *testing.T) {
	r, e := newRecord(), engine(t)
	for i := range 130 {
		r.publish(fmt.Sprintf("p%03d", i), "Paper", 1, "harbour works", "nothing", "harbour")
	}
	follower := follow(t, e, r)
	f := &search.Finder{Engine: e, Record: r, Follow: follower}
	until(t, "all is followed", func() bool { return follower.Seen() == 130 })
	r.mu.Lock()
	delete(r.found, "p007")
	r.mu.Unlock()
	walk := func(q search.Query, most int) (subjects []string) {
		for h, err := range f.All(context.Background(), q) {
			if err != nil {
				t.Fatal(err)
			}
			if len(h.Pages) != 2 || !strings.Contains(h.Pages[0].Text, "harbour") {
				t.Fatalf("the hit is %+v", h)
			}
			if subjects = append(subjects, h.Subject); len(subjects) == most {
				break
			}
		}
		return subjects
	}
	if got := walk(search.Parse("harbour board:partnership"), 0); len(got) != 129 {
		t.Errorf("the walk gives %d papers, want 129", len(got))
	}
	if got := walk(search.Parse("harbour"), 60); len(got) != 60 {
		t.Errorf("a walk that is ended gives %d papers", len(got))
	}
	q := search.Parse("harbour")
	q.Subjects = []string{"papers/p003", "papers/p007", "papers/p099", "papers/none"}
	if got := walk(q, 0); len(got) != 2 {
		t.Errorf("a walk through some papers gives %q", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range f.All(ctx, search.Parse("harbour")) {
		if err == nil {
			t.Error("a walk whose context ended gives a hit")
		}
	}
}
