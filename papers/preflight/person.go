package preflight

import (
	"fmt"
	"regexp"
	"strings"

	"clearday/papers"
	"clearday/papers/pdf"
)

// What looks like something about a person is scored by what it is and by what stands before it, and counted
// over the whole paper: the e-mail address of one councillor is fine, those of forty residents are not
// (rules.md 5.7). A finding never repeats what it found: findings are read by more people than the paper.

// sign is one kind of thing that points to a person.
type sign struct {
	code    string
	pattern *regexp.Regexp
	score   func(match, before, after string) int // 0: it is none
	enough  int                                   // the sum of scores in the paper from which it is said
	one     string
	more    string
	says    string // what to do about it
}

const askFirst = "Make sure that the public may have this; else take it out of the original document and upload the new copy."

var signs = []sign{
	{"nhs_number", regexp.MustCompile(`\b\d{3}[ -]?\d{3}[ -]?\d{4}\b`), scoreNHS, 3, "what looks like an NHS number", "what look like NHS numbers", askFirst},
	{"national_insurance", regexp.MustCompile(`\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b`), scoreNINO, 3, "what looks like a National Insurance number", "what look like National Insurance numbers", askFirst},
	{"birth_date", regexp.MustCompile(`\b(\d{1,2}[/.-]\d{1,2}[/.-](19|20)?\d{2}|\d{1,2}(st|nd|rd|th)? (January|February|March|April|May|June|July|August|September|October|November|December),? (19|20)\d{2})\b`), scoreBirth, 3, "what looks like a date of birth", "what look like dates of birth", askFirst},
	{"home_address", regexp.MustCompile(`\b([A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})\b`), scoreAddress, 6, "what looks like a home address", "what look like home addresses", askFirst},
	{"email_list", regexp.MustCompile(`\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b`), scoreEmail, 6, "a private e-mail address", "private e-mail addresses", askFirst},
	{"phone_list", regexp.MustCompile(`(\+44 ?\(?0?\)?7\d{3}|\b07\d{3})[ -]?\d{3}[ -]?\d{3}\b`), scorePhone, 6, "a mobile telephone number", "mobile telephone numbers", askFirst},
	{"bank_account", regexp.MustCompile(`\b\d{2}[- ]\d{2}[- ]\d{2}\b`), scoreBank, 3, "what looks like a bank account", "what look like bank accounts", askFirst},
	{"card_number", regexp.MustCompile(`\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}\b`), scoreCard, 3, "what looks like the number of a payment card", "what look like numbers of payment cards", askFirst},
	{"marked_private", regexp.MustCompile(`\b(NOT FOR PUBLICATION|Not for publication|EXEMPT INFORMATION|OFFICIAL[- ]SENSITIVE|STRICTLY CONFIDENTIAL|PRIVATE AND CONFIDENTIAL|Private and Confidential)\b`), always, 3, "words that mark it as private", "words that mark it as private", "Make sure that this is the paper for the public and not the one for members."},
}

func always(_, _, _ string) int { return 3 }

// persons finds signs of persons in the words of the pages. Official contacts are not counted.
func persons(pages []pdf.Page, official []string) []papers.Finding {
	type tally struct {
		sum    int
		places map[int][]pdf.Word
		count  map[int]int
		seen   map[string]bool
		order  []int
	}
	tallies := make([]tally, len(signs))
	for i := range tallies {
		tallies[i] = tally{places: map[int][]pdf.Word{}, count: map[int]int{}, seen: map[string]bool{}}
	}
	for n, p := range pages {
		text := newPageText(p)
		for i, s := range signs {
			for _, at := range s.pattern.FindAllStringIndex(text.all, maxMatches) {
				match := text.all[at[0]:at[1]]
				score := s.score(match, text.before(at[0]), text.after(at[1]))
				if score == 0 || isOfficial(match, official) {
					continue
				}
				t := &tallies[i]
				if plain := strings.ToLower(strings.ReplaceAll(match, " ", "")); !t.seen[plain] {
					t.sum, t.seen[plain] = t.sum+score, true
				}
				if t.count[n] == 0 {
					t.order = append(t.order, n)
				}
				t.count[n]++
				t.places[n] = append(t.places[n], text.words(at[0], at[1])...)
			}
		}
	}
	var list []papers.Finding
	for i, s := range signs {
		t := tallies[i]
		if t.sum < s.enough {
			continue
		}
		for _, n := range t.order {
			says := s.one
			if t.count[n] > 1 {
				says = fmt.Sprintf("%d times %s", t.count[n], s.more)
			}
			list = append(list, papers.Finding{Code: s.code, Level: papers.LevelWarn, Page: n + 1, Boxes: boxes(t.places[n]),
				Message: "The page holds " + says + ". " + s.says})
		}
	}
	return list
}

const maxMatches = 500 // of one kind on one page

func isOfficial(match string, official []string) bool {
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(s))
	}
	m := plain(match)
	for _, o := range official {
		if o = plain(o); o != "" && (strings.Contains(o, m) || strings.HasPrefix(o, "@") && strings.HasSuffix(m, o)) {
			return true
		}
	}
	return false
}

// pageText is the words of a page as one text, with the way back from a place in it to the words.
type pageText struct {
	all   string
	page  pdf.Page
	start []int // of each word
}

func newPageText(p pdf.Page) pageText {
	var b strings.Builder
	t := pageText{page: p, start: make([]int, len(p.Words))}
	for i, w := range p.Words {
		if i > 0 {
			b.WriteByte(' ')
		}
		t.start[i] = b.Len()
		b.WriteString(w.Text)
	}
	t.all = b.String()
	return t
}

func (t pageText) before(at int) string { return strings.ToLower(t.all[max(0, at-60):at]) }
func (t pageText) after(at int) string  { return strings.ToLower(t.all[at:min(len(t.all), at+60)]) }

func (t pageText) words(from, to int) (list []pdf.Word) {
	for i, start := range t.start {
		if start < to && start+len(t.page.Words[i].Text) > from {
			list = append(list, t.page.Words[i])
		}
	}
	return list
}
