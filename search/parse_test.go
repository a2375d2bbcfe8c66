package search

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// shape writes a query shortly: words run together by +, alternatives by |, terms by space.
func shape(q Query) string {
	var parts []string
	one := func(t Term) string {
		s := strings.Join(t.Words, "+")
		if t.Title {
			s = "title:" + s
		}
		if t.Prefix {
			s += "*"
		}
		if t.Near != nil {
			s += fmt.Sprintf("~%d~%s", t.Within, strings.Join(t.Near, "+"))
		}
		for _, run := range t.Also {
			s += "/" + strings.Join(run, "+")
		}
		return s
	}
	for _, any := range q.All {
		var alts []string
		for _, t := range any {
			alts = append(alts, one(t))
		}
		parts = append(parts, strings.Join(alts, "|"))
	}
	for _, t := range q.Not {
		parts = append(parts, "-"+one(t))
	}
	for _, b := range q.boardWords {
		parts = append(parts, "board="+b)
	}
	for _, o := range q.orgWords {
		parts = append(parts, "org="+o)
	}
	if q.Scans {
		parts = append(parts, "scans")
	}
	for _, k := range q.Kinds {
		parts = append(parts, "kind="+string(k))
	}
	for _, y := range q.Years {
		parts = append(parts, fmt.Sprintf("year=%d", y))
	}
	if q.From+q.To != "" {
		parts = append(parts, q.From+".."+q.To)
	}
	return strings.Join(parts, " ")
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		query, want string
		notes       int
	}{
		{"dental access", "dental access", 0},
		{`"community beds" OR hubs`, "communiti+bed|hub", 0},
		{`“community beds” -private -"co op"`, "communiti+bed -privat -co+op", 0},
		{`"same-day" (hub OR appointment) board:partnership from:2026`, "same+day hub|appoint board=partnership 2026-01-01..", 0},
		{"hospita* £1.2m", "hospita* 1.2m/1200000/1.2mn/1.2+million", 0},
		{"title:winter title:\"estates plan\"", "title:winter title:estat+plan", 0},
		{"the state of the hubs", "state hub", 0},
		{"to be or not to be", "not", 0},
		{"the of", "the of", 0},
		{`"to be or not to be"`, "to+be+or+not+to+be", 0},
		{"year:2025 year:2026 kind:Minutes", "kind=minutes year=2025 year=2026", 0},
		{"before:2026 after:2024-02", "2024-03-01..2025-12-31", 0},
		{"from:2024-02 to:2024-02", "2024-02-01..2024-02-29", 0},
		{"before:2026-03-01 before:2026-05-06", "..2026-02-28", 0},
		{"year:soon x", "x", 1},
		{"board: x", "x", 1},
		{"-board:quality x", "x", 1},
		{"-(a OR beds)", "bed -a", 1},
		{"(dental care) beds", "dental care bed", 1},
		{"hub OR", "hub", 0},
		{"OR hub", "hub", 0},
		{`"unclosed phrase`, "unclos+phrase", 0},
		{"unknown:field", "unknown+field", 0},
		{"10:30", "10+30", 0},
		{"!!! — ???", "", 0},
		{"😀", "", 1},
		{strings.Repeat("hub ", 201), strings.TrimSpace(strings.Repeat("hub ", 200)), 1},
		{"hub NEAR/5 funding", "hub~5~fund", 0},
		{`"evening hubs" NEAR fund NEAR/3 "next year"`, "even+hub~10~fund fund~3~next+year", 0},
		{"hub OR clinic NEAR/500 beds", "hub|clinic~100~bed", 0},
		{"NEAR/5 hub", "hub", 0},
		{"hub NEAR/5", "hub", 0},
		{"hub NEAR/5 fund*", "hub fund*", 1},
		{"near NEARBY NEAR/x", "near nearbi near+x", 0},
		{"hub NEAR/5 -beds", "hub -bed", 0},
		{"org:\"community trust\" has:scan", "org=community trust scans", 0},
		{"has:pictures x", "x", 1},
		{"kind:questions kind:answers", "kind=question kind=question", 0},
		{"kind:pamphlet x", "x", 1},
		{"FM1 2AB", "fm1+2ab/fm12ab", 0},
		{"fm12ab", "fm12ab/fm1+2ab", 0},
		{"£1.2m", "1.2m/1200000/1.2mn/1.2+million", 0},
		{"£1.2 million", "1.2+million/1200000/1.2m/1.2mn", 0},
		{"£450,000", "450000/450k/450+thousand", 0},
		{"2026 250", "2026 250", 0},
		{"SI 2012/2089", "si 2012+2089", 0},
		{"Q-2026-0042", "q+2026+0042/q20260042", 0},
		{strings.Repeat("x", 5000), strings.Repeat("x", 64), 1},
		{"", "", 0},
	} {
		q := Parse(c.query)
		if got := shape(q); got != c.want || len(q.Notes) != c.notes {
			t.Errorf("Parse(%.60s) = %s with notes %q, want %s with %d", c.query, got, q.Notes, c.want, c.notes)
		}
	}
	if got := fmt.Sprint(Parse(`hub "fourth site" -closed plan*`).Terms()); got != "[hub \"fourth site\" plan*]" {
		t.Errorf("Terms() = %s", got)
	}
}

func TestBetween(t *testing.T) {
	q := Parse("hub from:2024")
	q.Between("2025-02", "2026")
	if got := shape(q); got != "hub 2025-02-01..2026-12-31" {
		t.Errorf("Between gives %s", got)
	}
	if q.Between("yesterday", ""); len(q.Notes) != 1 {
		t.Errorf("a bad date gives notes %q", q.Notes)
	}
}

func TestWindow(t *testing.T) {
	for _, c := range []struct{ page, limit, from, n int }{{0, 0, 0, 20}, {-5, -5, 0, 20}, {3, 10, 20, 10}, {1 << 60, 1 << 60, 99900, 100}} {
		if from, n := (Query{Page: c.page, Limit: c.limit}).Window(); from != c.from || n != c.n {
			t.Errorf("Window of page %d by %d = %d, %d", c.page, c.limit, from, n)
		}
	}
}

func TestAnalyse(t *testing.T) {
	for text, want := range map[string]string{
		"The hubs’ costs, £1.2m (41,260)": "the hubs costs 1.2m 41260",
		"A&E, R&D; Health&Care":           "a&e r&d health care",
		"board's O'Brien don’t":           "board obrien dont",
		"Tŷ Łódź straße ﬁnance naïve":     "ty lodz strasse finance naive",
		"SI 2012/2089 1,2,3 3.5.2026.":    "si 2012 2089 1 2 3 3.5.2026",
		"日本語":                             "日 本 語",
		"soft\u00adhyphen":                "softhyphen",
	} {
		var got []string
		for _, k := range Analyse(text) {
			got = append(got, k.Word)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("Analyse(%s) = %q, want %s", text, got, want)
		}
	}
}

func TestPrepare(t *testing.T) {
	for text, want := range map[string]string{
		"the commu-\nnity and":   "the community and",
		"commu- \r\n  nity":      "community",
		"2025-\n26 A-\nB x -\ny": "2025-\n26 A-\nB x -\ny",
		"soft\u00ad\nly bad\xff": "softly bad",
		"a-\nb-\nc":              "abc",
		"-\n":                    "-\n",
	} {
		if got := Prepare(text); got != want {
			t.Errorf("Prepare(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestKindOf(t *testing.T) {
	for title, want := range map[string]Kind{
		"Minutes of the Partnership Board": Minutes, "Draft minutes": Minutes, "Partnership Board minutes": Minutes, "Agenda": Agenda,
		"Board meeting agenda": Agenda, "Finance slides": Presentation, "Ten minutes to wait: A&E": Report, "": Report,
	} {
		if got := KindOf(title); got != want {
			t.Errorf("KindOf(%q) = %s, want %s", title, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`dental "community beds" OR hub -private`, `title:"x" board:y year:2026 before:2026-05-06`, `(((-"`, "a* OR OR -", "\xff\x00", "same-day's £1.2m,000 A&E&x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := Parse(s)
		words := 0
		for _, any := range append(q.All, q.Not) {
			if len(any) == 0 && len(q.Not) > 0 {
				continue
			}
			for _, term := range any {
				if words += len(term.Words); len(term.Words) == 0 {
					t.Errorf("Parse(%q) gives a term without words", s)
				}
			}
		}
		if words > maxTerms || len(q.Notes) > 6 || !utf8.ValidString(q.Text) {
			t.Errorf("Parse(%q): %d words, %d notes", s, words, len(q.Notes))
		}
		for _, d := range []string{q.From, q.To} {
			if _, err := time.Parse(time.DateOnly, d); d != "" && err != nil {
				t.Errorf("Parse(%q) gives the date %q", s, d)
			}
		}
		text := Prepare(s + "\n" + s)
		var whole string
		for _, seg := range q.MarkText(text) {
			whole += seg.Text
		}
		if whole != text {
			t.Errorf("MarkText(%q) lost text", text)
		}
		if got := newMatcher(q).snippet(text); !utf8.ValidString(got) || len(got) > 10*snippetLength {
			t.Errorf("snippet of %q is %q", text, got)
		}
		q.Mark(strings.Fields(text))
	})
}
