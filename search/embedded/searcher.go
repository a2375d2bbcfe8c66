package embedded

import (
	"context"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"
	index "github.com/blevesearch/bleve_index_api"

	"clearday/search"
)

// newSearcher makes of the query a walk through the pages that match. Words in the title of the
// paper add to the score.
func newSearcher(ctx context.Context, s *scorch.IndexSnapshot, q search.Query) (bleve.Searcher, error) {
	ctx = context.WithValue(ctx, bleve.GetScoringModelCallbackKey,
		bleve.GetScoringModelCallbackFn(func() string { return index.BM25Scoring }))
	b := builder{ctx: ctx, s: s}
	var must, should, not bleve.Searcher
	if len(q.All) == 0 {
		must = b.keep(searcher.NewMatchAllSearcher(ctx, s, 1, bleve.SearcherOptions{}))
	} else {
		must = b.all(q.All)
		should = b.lifts(q)
	}
	if len(q.Not) > 0 {
		not = b.any(q.Not, bleve.SearcherOptions{Score: "none"})
	}
	if should == nil && not == nil {
		return b.done(must)
	}
	return b.done(b.keep(searcher.NewBooleanSearcher(ctx, s, must, should, not, bleve.SearcherOptions{})))
}

// builder builds searchers until one fails, and closes them then.
type builder struct {
	ctx  context.Context
	s    *scorch.IndexSnapshot
	open []bleve.Searcher
	err  error
}

func (b *builder) keep(s bleve.Searcher, err error) bleve.Searcher {
	if err != nil {
		if b.err == nil {
			b.err = err
		}
		return nil
	}
	b.open = append(b.open, s)
	return s
}

// done answers the outermost searcher, which closes those within.
func (b *builder) done(s bleve.Searcher) (bleve.Searcher, error) {
	if b.err == nil {
		return s, nil
	}
	for _, s := range b.open {
		_ = s.Close()
	}
	return nil, b.err
}

func (b *builder) all(clauses [][]search.Term) bleve.Searcher {
	var list []bleve.Searcher
	for _, terms := range clauses {
		list = append(list, b.any(terms, bleve.SearcherOptions{}))
	}
	if b.err != nil || len(list) == 1 {
		return list[0]
	}
	return b.keep(searcher.NewConjunctionSearcher(b.ctx, b.s, list, bleve.SearcherOptions{}))
}

func (b *builder) any(terms []search.Term, o bleve.SearcherOptions) bleve.Searcher {
	var list []bleve.Searcher
	for _, t := range terms {
		list = append(list, b.term(t, o)...)
	}
	if b.err != nil || len(list) == 1 {
		return list[0]
	}
	return b.keep(searcher.NewDisjunctionSearcher(b.ctx, b.s, list, 1, o))
}

// term gives the searchers of which any may match for the term.
func (b *builder) term(t search.Term, o bleve.SearcherOptions) []bleve.Searcher {
	field := fieldText
	if t.Title {
		field = fieldTitle
	}
	if t.Prefix {
		field := fieldWord
		if t.Title {
			field = fieldTitleWord
		}
		o.Score = "none" // the number of words with a prefix says nothing about the page
		return []bleve.Searcher{b.prefix(t.Words[0], field, o)}
	}
	if t.Near != nil {
		return []bleve.Searcher{b.pair(t, field)}
	}
	list := []bleve.Searcher{b.run(t.Words, field, o)}
	for _, run := range t.Also {
		list = append(list, b.run(run, field, o))
	}
	return list
}

func (b *builder) run(words []string, field string, o bleve.SearcherOptions) bleve.Searcher {
	if len(words) == 1 {
		return b.word(words[0], field, 1, o)
	}
	return b.keep(searcher.NewPhraseSearcher(b.ctx, b.s, words, 0, false, field, 1, o))
}

func (b *builder) prefix(word, field string, o bleve.SearcherOptions) bleve.Searcher {
	return b.keep(searcher.NewTermPrefixSearcher(b.ctx, b.s, word, field, 1, o))
}

func (b *builder) word(stem, field string, boost float64, o bleve.SearcherOptions) bleve.Searcher {
	return b.keep(searcher.NewTermSearcher(b.ctx, b.s, stem, field, boost, o))
}

// lifts gives what a page need not have but scores by: the words as a run, and words in the title
// of its paper.
func (b *builder) lifts(q search.Query) bleve.Searcher {
	var list []bleve.Searcher
	if len(q.Run) > 0 {
		list = append(list, b.keep(searcher.NewPhraseSearcher(b.ctx, b.s, q.Run, 0, false, fieldText, 3, bleve.SearcherOptions{})))
	}
	for _, terms := range q.All {
		for _, t := range terms {
			if t.Prefix || t.Title {
				continue
			}
			for _, w := range t.Words {
				list = append(list, b.word(w, fieldTitle, 1, bleve.SearcherOptions{}))
			}
		}
	}
	if b.err != nil || len(list) == 0 {
		return nil
	}
	return b.keep(searcher.NewDisjunctionSearcher(b.ctx, b.s, list, 0, bleve.SearcherOptions{}))
}
