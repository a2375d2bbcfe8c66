package search

import (
	"fmt"
	"time"
)

// Sort is the order of papers in the results.
type Sort string

// The orders. Relevance is the zero value; newest and oldest go by the date of the meeting.
const (
	ByRelevance Sort = ""
	Newest      Sort = "newest"
	Oldest      Sort = "oldest"
)

// Term is a word or a run of words to find. Words of a phrase, and the parts of a compound such
// as same-day, stand beside each other in this order.
type Term struct {
	Text   string     // as typed, without what stands around it
	Title  bool       // in the title, not on the page
	Quoted bool       // these words and no others for the same thing
	Prefix bool       // Words holds one word, and words that begin with it match
	Words  []string   // folded; stems unless Prefix
	Typed  []string   // Words before stemming
	Also   [][]string // other runs of stems that are the same thing
	Near   []string   // a second run of stems, at most Within words away, before or after; or nil
	Within int
}

// String writes the term as somebody would type it.
func (t Term) String() string {
	s := t.Text
	if t.Quoted {
		s = `"` + s + `"`
	}
	if t.Prefix {
		s += "*"
	}
	if t.Title {
		s = "title:" + s
	}
	return s
}

// Query is what to find. The zero value finds everything, newest first.
type Query struct {
	Text string // as typed

	All   [][]Term // of each, at least one alternative on the same page
	Not   []Term   // none of them on the page
	Run   []string // stems of a query that is words alone: pages with this run of words come first
	Notes []string // sentences about what could not be understood and was left out

	Widened bool // other words for the same thing are looked for too

	Subjects      []string // any of these; nil is all
	Boards        []string // any of these slugs
	Kinds         []Kind
	Years         []int
	Organisations []string // any of these slugs
	Scans         bool     // only pages whose words were recognised on a picture
	Every         bool     // each group with every page that matches, in order, not only the best
	From, To      string   // dates of the meeting, both included, 2006-01-02; empty is open
	Exact         bool     // as typed: no mistake is forgiven, no other word looked for
	Sort          Sort
	Page          int // of the results, from 1
	Limit         int // papers on a page of the results; 0 is DefaultLimit

	boardWords, orgWords []string // as typed, until the Finder knows the names
}

// Limits of a query. What is beyond is left out, with a note.
const (
	DefaultLimit = 20
	maxLimit     = 100
	maxPage      = 1000
	maxRunes     = 3000
	maxTerms     = 200
)

// Empty tells that the query asks for nothing in particular.
func (q Query) Empty() bool {
	return len(q.All)+len(q.Not)+len(q.Boards)+len(q.boardWords)+len(q.Organisations)+len(q.orgWords)+
		len(q.Kinds)+len(q.Years)+len(q.Subjects) == 0 && q.From == "" && q.To == "" && !q.Scans
}

// Terms are the words and phrases to find, without those that are excluded.
func (q Query) Terms() []string {
	var out []string
	for _, any := range q.All {
		for _, t := range any {
			out = append(out, t.String())
		}
	}
	return out
}

// Window gives the first paper (from 0) and the number of papers of the wanted page.
func (q Query) Window() (from, n int) {
	n = q.Limit
	if n <= 0 {
		n = DefaultLimit
	}
	n = min(n, maxLimit)
	return (min(max(q.Page, 1), maxPage) - 1) * n, n
}

// Between narrows the query to meetings of the dates, both included, each empty or like 2026,
// 2026-05 or 2026-05-06. What is no such date is left out with a note.
func (q *Query) Between(from, to string) {
	if from != "" {
		if first, _, ok := Period(from); ok {
			q.From = max(q.From, first)
		} else {
			q.notDate(from)
		}
	}
	if to != "" {
		if _, last, ok := Period(to); ok {
			q.until(last)
		} else {
			q.notDate(to)
		}
	}
}

func (q *Query) until(last string) {
	if q.To == "" || last < q.To {
		q.To = last
	}
}

func (q *Query) note(format string, args ...any) {
	if len(q.Notes) < 5 {
		q.Notes = append(q.Notes, fmt.Sprintf(format, args...))
	}
}

func (q *Query) notDate(s string) {
	q.note("%q is not a date. Write it as 2026, 2026-05 or 2026-05-06.", short(s))
}

// Period gives the first and last day of a year, month or day.
func Period(s string) (first, last string, ok bool) {
	for _, p := range []struct {
		layout              string
		years, months, days int
	}{{"2006", 1, 0, 0}, {"2006-01", 0, 1, 0}, {time.DateOnly, 0, 0, 1}} {
		if t, err := time.Parse(p.layout, s); err == nil && t.Year() > 0 {
			return t.Format(time.DateOnly), t.AddDate(p.years, p.months, p.days).AddDate(0, 0, -1).Format(time.DateOnly), true
		}
	}
	return "", "", false
}

func dayAfter(date string, days int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
