package compare_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"clearday/papers/compare"
)

const (
	waits   = "The board heard that waits for cancer treatment rose to 71 days in March."
	plan    = "A recovery plan comes to the board in June, with the names of those who lead it."
	budget  = "The budget of the partnership for the year is £412 million, as agreed in February."
	winter  = "Winter pressures were met by forty more beds in the community hospitals."
	staff   = "Staff sickness fell for the third month in a row and stands at 4.8%."
	nothing = "The committee has nothing further to report to this meeting of the board."
)

func page(sentences ...string) string { return strings.Join(sentences, "\n\n") + "\n" }

// told says the changes in short: kind, old page, new page and the words.
func told(r compare.Result) []string {
	var list []string
	for _, c := range r.Changes {
		text := c.New.Text
		if c.Kind == compare.Removed {
			text = c.Old.Text
		}
		list = append(list, fmt.Sprintf("%s %d>%d %.20s", c.Kind, c.Old.Page, c.New.Page, text))
	}
	return list
}

func TestTexts(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new []string
		want     []string
	}{
		{"the same", []string{page(waits, plan)}, []string{page(waits, plan)}, nil},
		{"other line ends and quotes", []string{"The trust’s plan for re-\ncovery of services comes\nto the board in June.\n"},
			[]string{"The trust's plan for recovery of\nservices comes to the board in June.\n"}, nil},
		{"a sentence was added", []string{page(waits, plan)}, []string{page(waits, budget, plan)},
			[]string{"added 0>1 The budget of the pa"}},
		{"a sentence went", []string{page(waits, budget), page(plan)}, []string{page(waits), page(plan)},
			[]string{"removed 1>1 The budget of the pa"}},
		{"a figure changed", []string{page(waits, plan)}, []string{page(strings.Replace(waits, "71", "74", 1), plan)},
			[]string{"changed 1>1 The board heard that"}},
		{"a supplement in front moves the pages and nothing else", []string{page(waits, plan), page(budget, winter)},
			[]string{page(nothing), page(waits, plan), page(budget, winter)},
			[]string{"added 0>1 The committee has no"}},
		{"a passage moved to another page", []string{page(waits, budget), page(plan, winter)}, []string{page(budget), page(plan, winter, waits)},
			[]string{"moved 1>2 The board heard that"}},
		{"nothing in common", []string{page(waits)}, []string{page(nothing)},
			[]string{"removed 1>1 The board heard that", "added 0>1 The committee has no"}},
		{"a sentence over the end of a page", []string{"The board agreed to open a new\nward in the north", "of the county by June.\n\n" + plan},
			[]string{"The board agreed to open a new ward in the north of the county by June.\n\n" + plan}, nil},
		{"no text at all", []string{"", ""}, []string{""}, nil},
		{"all new", nil, []string{page(waits)}, []string{"added 0>1 The board heard that"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(compare.Texts(tt.old, tt.new)); !slices.Equal(got, tt.want) {
				t.Errorf("Texts = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRunningLinesAreNoChange(t *testing.T) {
	var old, new []string
	for i, s := range []string{waits, plan, budget, winter} {
		old = append(old, fmt.Sprintf("Partnership Board\n\n%s\n\nPage %d of 4\n", s, i+1))
		new = append(new, fmt.Sprintf("Partnership Board, revised\n\n%s\n\nPage %d of 5\n%d\n", s, i+31, i+7))
	}
	if got := told(compare.Texts(old, new)); got != nil {
		t.Errorf("heads, feet and page numbers count as changes: %q", got)
	}
}

func TestSpansSayEveryWord(t *testing.T) {
	r := compare.Texts([]string{page(waits)}, []string{page("The board heard with concern that waits for treatment rose to 74 days in March.")})
	if len(r.Changes) != 1 || r.Changes[0].Kind != compare.Changed {
		t.Fatalf("changes = %q, want one that changed", told(r))
	}
	var got []string
	for _, s := range r.Changes[0].Spans {
		got = append(got, fmt.Sprintf("%s:%s", s.Kind, s.Text))
	}
	want := []string{":The board heard", "added:with concern", ":that waits for", "removed:cancer", ":treatment rose to", "removed:71", "added:74", ":days in March."}
	if !slices.Equal(got, want) {
		t.Errorf("spans = %q, want %q", got, want)
	}
}

func TestPageNow(t *testing.T) {
	old := []string{page(waits, plan), page(budget), page(winter, staff)}
	r := compare.Texts(old, []string{page(nothing), page(nothing + " More."), page(waits, plan), page(winter, staff)})
	for oldPage, want := range map[int]int{1: 3, 2: 3, 3: 4, 0: 0, 9: 0} {
		if got := r.PageNow(oldPage); got != want {
			t.Errorf("PageNow(%d) = %d, want %d", oldPage, got, want)
		}
	}
}

func TestUnreadPagesAreSaid(t *testing.T) {
	r := compare.Texts([]string{page(waits), " \n"}, []string{"", page(waits)})
	if !slices.Equal(r.OldUnread, []int{2}) || !slices.Equal(r.NewUnread, []int{1}) {
		t.Errorf("unread = %v and %v, want [2] and [1]", r.OldUnread, r.NewUnread)
	}
}

// TestFiguresAtTheEdge holds that the last figure of a table is not taken for the number of a page.
func TestFiguresAtTheEdge(t *testing.T) {
	old := []string{page(waits) + "71\n", page(plan) + "2\n", page(budget) + "3\n", page(winter) + "4\n"}
	new := slices.Clone(old)
	new[0] = page(waits) + "74\n"
	if got := compare.Texts(old, new); len(got.Changes) == 0 {
		t.Error("a figure that changed at the foot of a page is not told")
	}
}

// TestLargePaper holds that a paper that was worked over is not told as if all of it moved.
func TestLargePaper(t *testing.T) {
	old, new, edits := workedOver(500, 40, 3)
	r := compare.Texts(old, new)
	if got := r.Count(compare.Changed); got != edits || len(r.Changes) != edits {
		t.Errorf("%d changes, %d of them changed passages, want %d and nothing else", len(r.Changes), got, edits)
	}
}

// workedOver makes a paper of pages and a version of it in which one sentence in each so many has
// another figure.
func workedOver(pages, sentences, each int) (old, new []string, edits int) {
	r := rand.New(rand.NewPCG(1, 2))
	for range pages {
		var a, b []string
		for k := range sentences {
			words := make([]string, 12)
			for i := range words {
				words[i] = fmt.Sprintf("w%d", r.IntN(5000))
			}
			s := strings.Join(words, " ")
			a = append(a, "The "+s+" 71.")
			if k%each == 0 {
				edits++
				b = append(b, "The "+s+" 74.")
				continue
			}
			b = append(b, "The "+s+" 71.")
		}
		old, new = append(old, page(a...)), append(new, page(b...))
	}
	return old, new, edits
}

func FuzzTexts(f *testing.F) {
	f.Add(page(waits, plan)+"\f"+page(budget), page(plan, waits))
	f.Add("1. a-\nb\f\n\n• \f", "“x”. Y; Z\n\x00")
	f.Fuzz(func(t *testing.T, a, b string) {
		old, new := strings.Split(a, "\f"), strings.Split(b, "\f")
		r := compare.Texts(old, new)
		for _, c := range r.Changes {
			if c.Old.Page > len(old) || c.New.Page > len(new) || c.New.Page < 1 {
				t.Errorf("a change on page %d of %d, %d of %d", c.Old.Page, len(old), c.New.Page, len(new))
			}
		}
		if back := compare.Texts(new, new); len(back.Changes) > 0 {
			t.Errorf("a paper differs from itself: %q", told(back))
		}
	})
}

// BenchmarkTexts prints how much longer the comparison of two versions of 500 pages takes than
// splitting their texts into words.
func BenchmarkTexts(b *testing.B) {
	old, new, _ := workedOver(500, 40, 3)
	start, words := time.Now(), 0
	for range 10 {
		for _, text := range slices.Concat(old, new) {
			words += len(strings.Fields(text))
		}
	}
	splitting := time.Since(start) / 10
	for b.Loop() {
		compare.Texts(old, new)
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(splitting), "x-splitting")
	b.ReportMetric(float64(words)/10, "words")
}
