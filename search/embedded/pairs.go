package embedded

import (
	"slices"

	bleve "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"

	"clearday/search"
)

// pair finds pages on which two runs of words stand near each other: of the pages that hold all their
// words those where the positions say so. The index itself knows phrases only.
func (b *builder) pair(t search.Term, field string) bleve.Searcher {
	o := bleve.SearcherOptions{IncludeTermVectors: true}
	var words []bleve.Searcher
	for _, w := range append(slices.Clone(t.Words), t.Near...) {
		words = append(words, b.word(w, field, 1, o))
	}
	if b.err != nil {
		return nil
	}
	all := b.keep(searcher.NewConjunctionSearcher(b.ctx, b.s, words, o))
	if b.err != nil {
		return nil
	}
	return b.keep(searcher.NewFilteringSearcher(b.ctx, all, func(_ *bleve.SearchContext, d *bleve.DocumentMatch) bool {
		first, second := starts(d, t.Words), starts(d, t.Near)
		return len(search.Pairs(first, second, len(t.Words), len(t.Near), t.Within)) > 0
	}), nil)
}

// starts gives the positions at which a run of words begins on the page.
func starts(d *bleve.DocumentMatch, run []string) []int {
	at := make(map[string]map[int]bool, len(run))
	for _, l := range d.FieldTermLocations {
		if at[l.Term] == nil {
			at[l.Term] = map[int]bool{}
		}
		at[l.Term][int(l.Location.Pos)] = true
	}
	var list []int
	for pos := range at[run[0]] {
		whole := true
		for i, w := range run {
			whole = whole && at[w][pos+i]
		}
		if whole {
			list = append(list, pos)
		}
	}
	slices.Sort(list)
	return list
}
