package meili

import (
	"fmt"
	"strconv"
	"strings"

	"clearday/search"
)

// ask is a query as Meilisearch is asked: words for the order, and a filter for what matches.
type ask struct {
	words  []string // of q
	left   int      // how many words q may still hold: Meilisearch looks at ten
	filter []string // all of them
	loose  bool     // the order of some words cannot be asked for
}

// mostWords is how many words of q Meilisearch looks at.
const mostWords = 10

// looseNote says what this engine cannot do.
const looseNote = "For this search the words of a phrase, or words near each other, were found anywhere on a page."

func newAsk(q search.Query) ask {
	a := ask{left: mostWords, filter: []string{"live = true"}}
	for _, t := range q.Not {
		a.without(t)
	}
	for _, any := range q.All {
		if len(any) == 1 && simple(any[0]) {
			a.with(any[0].Words)
			continue
		}
		var alternatives []string
		for _, t := range any {
			alternatives = append(alternatives, a.alternatives(t)...)
		}
		a.filter = append(a.filter, "("+strings.Join(alternatives, " OR ")+")")
	}
	return a
}

// simple tells of a run of words on the page and nothing else.
func simple(t search.Term) bool {
	return !t.Title && !t.Prefix && len(t.Also) == 0 && len(t.Near) == 0
}

// with asks for a run of words.
func (a *ask) with(run []string) {
	a.filter = append(a.filter, all("stems", run))
	if len(run) > a.left {
		a.loose = a.loose || len(run) > 1
		return
	}
	a.left -= len(run)
	if len(run) == 1 {
		a.words = append(a.words, plain(run[0]))
		return
	}
	a.words = append(a.words, phrase(run))
}

// without leaves out what the term finds. A phrase that q has no room for leaves nothing out: rather too
// much is found than too little.
func (a *ask) without(t search.Term) {
	switch {
	case simple(t) && len(t.Words) > 1 && len(t.Words) <= a.left:
		a.left -= len(t.Words)
		a.words = append(a.words, "-"+phrase(t.Words))
	case len(t.Words) > 1 || len(t.Near) > 0:
		a.loose = true
	default:
		for _, c := range a.alternatives(t) {
			a.filter = append(a.filter, "NOT "+c)
		}
	}
}

// alternatives are the conditions of which one makes a page match the term.
func (a *ask) alternatives(t search.Term) []string {
	field := "stems"
	if t.Title {
		field = "titles"
	}
	if t.Prefix {
		if t.Title {
			return []string{field + " STARTS WITH " + quoted(plain(t.Words[0]))}
		}
		return []string{"(stems STARTS WITH " + quoted(plain(t.Words[0])) + " OR words STARTS WITH " + quoted(plain(t.Words[0])) + ")"}
	}
	var out []string
	for _, run := range append([][]string{t.Words}, t.Also...) {
		out = append(out, all(field, append(append([]string{}, run...), t.Near...)))
		a.loose = a.loose || len(run) > 1 || len(t.Near) > 0
	}
	return out
}

func all(field string, run []string) string {
	conditions := make([]string, len(run))
	for i, w := range run {
		conditions[i] = field + " = " + quoted(plain(w))
	}
	return "(" + strings.Join(conditions, " AND ") + ")"
}

func phrase(run []string) string {
	words := make([]string, len(run))
	for i, w := range run {
		words[i] = plain(w)
	}
	return `"` + strings.Join(words, " ") + `"`
}

// narrowed is the filter with those of the form, but for the facet that is counted.
func (a ask) narrowed(q search.Query, but string) string {
	list := append([]string{}, a.filter...)
	add := func(facet string, values []string) {
		if len(values) > 0 && facet != but {
			list = append(list, in(facet, values))
		}
	}
	add("subject", q.Subjects)
	add("board", q.Boards)
	add("organisations", q.Organisations)
	var kinds, years []string
	for _, k := range q.Kinds {
		kinds = append(kinds, string(k))
	}
	for _, y := range q.Years {
		years = append(years, strconv.Itoa(y))
	}
	add("kind", kinds)
	add("year", years)
	if q.Scans {
		list = append(list, "recognised = true")
	}
	if q.From != "" {
		list = append(list, fmt.Sprintf("day >= %d", day(q.From)))
	}
	if q.To != "" {
		list = append(list, fmt.Sprintf("day <= %d", day(q.To)))
	}
	return strings.Join(list, " AND ")
}

func in(field string, values []string) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = quoted(v)
	}
	return field + " IN [" + strings.Join(list, ", ") + "]"
}

// quoted writes a value of a filter: nothing that somebody typed can end it.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
