package search

import (
	"slices"
	"strings"
)

// Synonyms are groups of runs of stems that are the same thing: icb, and integrated care board.
type Synonyms [][][]string

// ParseSynonyms reads what a site keeps: a line for each group, what is in it parted by commas or
// equals signs. What holds no word is left out.
func ParseSynonyms(text string) Synonyms {
	var all Synonyms
	for line := range strings.Lines(text) {
		var group [][]string
		for _, same := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == '=' || r == ';' }) {
			if run := stems(same); len(run) > 0 && len(run) <= longestRun {
				group = append(group, run)
			}
		}
		if len(group) > 1 {
			all = append(all, group)
		}
	}
	return all
}

// others gives what is the same as a run.
func (s Synonyms) others(run []string) (others [][]string) {
	for _, group := range s {
		if !slices.ContainsFunc(group, func(r []string) bool { return slices.Equal(r, run) }) {
			continue
		}
		for _, r := range group {
			if !slices.Equal(r, run) {
				others = append(others, r)
			}
		}
	}
	return others
}

// widen looks for other words for the same thing too, where nobody asked for these words exactly. It
// says which in Query.Also.
func (q *Query) widen(s Synonyms) {
	if q.Exact || len(s) == 0 {
		return
	}
	q.All = cloneClauses(q.All)
	for i := range q.All {
		for j := range q.All[i] {
			if t := &q.All[i][j]; !t.Quoted && !t.Prefix && t.Near == nil {
				q.also(t, s.others(t.Words))
			}
		}
	}
	for from := range q.All {
		for n := min(len(q.All)-from, longestRun); n > 1; n-- {
			if run, ok := loose(q.All[from : from+n]); ok {
				for i, others := from, s.others(run); i < from+n; i++ {
					q.also(&q.All[i][0], others) // all of the words, or the other: each clause takes it
				}
			}
		}
	}
}

// loose gives the run of words of clauses that are one word each.
func loose(clauses [][]Term) (run []string, ok bool) {
	for _, any := range clauses {
		if len(any) != 1 || any[0].Quoted || any[0].Prefix || any[0].Title || any[0].Near != nil || len(any[0].Words) != 1 {
			return nil, false
		}
		run = append(run, any[0].Words[0])
	}
	return run, true
}

func (q *Query) also(t *Term, others [][]string) {
	for _, o := range others {
		t.Also = append(t.Also, o)
		q.Widened = true
	}
}

// cloneClauses copies the clauses, so that terms can be changed.
func cloneClauses(all [][]Term) [][]Term {
	out := make([][]Term, len(all))
	for i, any := range all {
		out[i] = slices.Clone(any)
		for j := range out[i] {
			out[i][j].Also = slices.Clip(out[i][j].Also)
		}
	}
	return out
}
