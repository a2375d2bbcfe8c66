package search_test

import (
	"strings"
	"testing"

	"clearday/search"
)

func TestQuotation(t *testing.T) {
	const page = "4.1 Between November and February, 41,260 people of the commu-\nnity were seen by the three same-day hubs.\nIt is notable that “Tŷ Gwyn” opened late: 10-12 weeks. The hubs cost £1.2m."
	for _, c := range []struct{ quoted, want string }{
		{"41,260 people of the community were seen", "41,260 people of the commu-\nnity were seen"},
		{"BETWEEN november", "Between November"},
		{"people of the commu-\nnity", "people of the commu-\nnity"},
		{"three same-day hubs", "three same-day hubs."},
		{"three same-\nday hubs", "three same-day hubs."},
		{"three sameday hubs", "three same-day hubs."},
		{"Ty Gwyn opened", "“Tŷ Gwyn” opened"},
		{"Between November … the three same-day hubs", "Between November and February, 41,260 people of the commu-\nnity were seen by the three same-day hubs."},
		{"Between November... cost £1.2m.", page[4:]},
		{"1.2m", "£1.2m."},
		{"and February", "and February"},
		{"", ""},
		{"…", ""},
		{"not able", ""},        // notable
		{"hub", ""},             // a stem is no word
		{"1012 weeks", ""},      // 10-12
		{"three hubs", ""},      // a word was left out
		{"the hubs seen", ""},   // another order
		{"cost … Between", ""},  // the end before the beginning
		{"ween November", ""},   // half a word
		{"people of the c", ""}, // half a word
	} {
		got := ""
		if from, to, ok := search.NewQuotation(c.quoted).In(page); ok {
			got = page[from:to]
		}
		if got != c.want {
			t.Errorf("%q is found as %q, want %q", c.quoted, got, c.want)
		}
	}
	words := strings.Fields(page)
	if from, to, ok := search.NewQuotation("people of the community were").Among(words); !ok || strings.Join(words[from:to+1], " ") != "people of the commu- nity were" {
		t.Errorf("among the words of the page it is %d to %d, %v", from, to, ok)
	}
}

// FuzzQuotation finds what was taken from a page on that page, at that length or before, also by its short form.
func FuzzQuotation(f *testing.F) {
	f.Add("The hubs of the commu-\nnity open early, at 10-12 pounds.", uint(4), uint(30))
	f.Add(strings.Repeat("well-being and care. ", 30), uint(0), uint(500))
	f.Fuzz(func(t *testing.T, page string, a, b uint) {
		page = strings.ToValidUTF8(page, "")
		words := strings.Fields(strings.NewReplacer("…", " ", "...", " ").Replace(page))
		if len(words) == 0 {
			return
		}
		page = strings.Join(words, " ")
		from := int(a % uint(len(words)))
		passage := strings.Join(words[from:from+1+int(b%uint(len(words)-from))], " ")
		for _, quoted := range []string{passage, search.Short(passage)} {
			q := search.NewQuotation(quoted)
			start, end, ok := q.In(page)
			if q.Empty() {
				continue
			}
			if !ok || start < 0 || end > len(page) || end <= start {
				t.Errorf("%q is not found in %q: %d to %d", quoted, page, start, end)
			}
		}
	})
}
