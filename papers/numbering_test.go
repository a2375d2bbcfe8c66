package papers_test

import (
	"strings"
	"testing"

	"clearday/papers"
)

// agendaOf reads an agenda from words: "." is an item, "-" a sub-item, "#" a heading, "=" a break. A
// number behind "!" was given by hand, one behind "+" is public.
func agendaOf(text string) []papers.Item {
	var list []papers.Item
	for _, word := range strings.Fields(text) {
		i := papers.Item{ID: word, Title: word}
		switch word[0] {
		case '-':
			i.Level = 1
		case '#':
			i.Kind = papers.KindSection
		case '=':
			i.Kind = papers.KindBreak
		}
		if _, number, ok := strings.Cut(word, "!"); ok {
			i.Number, i.NumberGiven = number, true
		}
		if _, number, ok := strings.Cut(word, "+"); ok {
			i.Number, i.Consent = number, true // Consent stands for public here
		}
		list = append(list, i)
	}
	return list
}

// The styles are those of the agendas in the corpus: 1, 1.1; 4.a; 7i; 275/19.
func TestNumbers(t *testing.T) {
	decimal, year := papers.Numbering{}, papers.Numbering{Style: papers.NumberYear, From: 275, Year: "19"}
	for name, test := range map[string]struct {
		style        papers.Numbering
		agenda, want string
	}{
		"decimal":                              {decimal, ". - - . -", "1 1.1 1.2 2 2.1"},
		"letter":                               {papers.Numbering{Style: papers.NumberLetter, From: 4}, ". - - -", "4 4.a 4.b 4.c"},
		"roman":                                {papers.Numbering{Style: papers.NumberRoman, From: 7}, ". - - - - - - - - -", "7 7i 7ii 7iii 7iv 7v 7vi 7vii 7viii 7ix"},
		"year":                                 {year, ". . - .", "275/19 276/19 276/19.1 277/19"},
		"headings and breaks have none":        {decimal, "# . = . # .", "_ 1 _ 2 _ 3"},
		"one given by hand is kept":            {decimal, ". .!2a .", "1 2a 2"},
		"the count goes on from one by hand":   {decimal, ". .!5 .", "1 5 6"},
		"words by hand":                        {decimal, ". .!AOB .", "1 AOB 2"},
		"a sub-item of one by hand":            {decimal, ".!2a - -", "2a 2a.1 2a.2"},
		"public ones keep theirs":              {decimal, ".+1 . .+2 .", "1 1a 2 3"},
		"two late ones":                        {decimal, ".+1 . . .+2", "1 1a 1b 2"},
		"a late letter that is taken":          {decimal, ".+1 .!1a . .+2", "1 1a 1b 2"},
		"before the first public one":          {decimal, ". .+1 .+2", "3 1 2"},
		"public ones out of order":             {decimal, ".+1 .+3 . .+2", "1 3 4 2"},
		"a late one of a year":                 {year, ".+275/19 . .+276/19", "275/19 275a/19 276/19"},
		"a public sub-item":                    {decimal, ". -+1.1 - -+1.2", "1 1.1 1.1a 1.2"},
		"more room than needed":                {decimal, ". . .!7 .", "1 2 7 8"},
		"less room than needed":                {decimal, ". . . .!3 .", "1 2 2a 3 4"},
		"a number of another year is not ours": {year, ".!12/18 .", "12/18 275/19"},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.style.Numbers(agendaOf(test.agenda), func(i papers.Item) bool { return i.Consent })
			for n := range got {
				if got[n] == "" {
					got[n] = "_"
				}
			}
			if got := strings.Join(got, " "); got != test.want {
				t.Errorf("%s is numbered %s, want %s", test.agenda, got, test.want)
			}
		})
	}
}

func TestEnded(t *testing.T) {
	list := agendaOf(".!275/19 -!275/19.1 .!277/19 .!AOB .!276a/19")
	if got := papers.Ended(list); got != 277 {
		t.Errorf("the agenda ended with %d, want 277", got)
	}
}

func FuzzNumbers(f *testing.F) {
	f.Add(". - . # = .!3 .+2", 1)
	f.Add(".+1 . . .!1a -!1.1 -", 275)
	f.Fuzz(func(t *testing.T, text string, from int) {
		if len(text) > 200 || from > 5000 {
			t.Skip()
		}
		for _, style := range papers.NumberStyles {
			list := agendaOf(text)
			papers.Arrange(list)
			seen := map[string]bool{}
			for n, number := range (papers.Numbering{Style: style, From: from, Year: "19"}).Numbers(list, func(i papers.Item) bool { return i.Consent }) {
				kept := list[n].NumberGiven || list[n].Consent
				if number == "" && list[n].Heard() || kept && list[n].Heard() && list[n].Number != "" && number != list[n].Number {
					t.Errorf("%q: entry %d is numbered %q", text, n, number)
				}
				if !kept && list[n].Level == 0 && list[n].Heard() && seen[number] {
					t.Errorf("%q: the number %q comes twice", text, number)
				}
				seen[number] = true
			}
		}
	})
}
