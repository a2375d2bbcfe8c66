package embedded

import (
	"context"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"
	index "github.com/blevesearch/bleve_index_api"

	"clearday/search"
)

// newSearcher makes of the query a walk through the pages that match.
func newSearcher(ctx context.Context, s *scorch.IndexSnapshot, q search.Query) (bleve.Searcher, error) {
	b := builder{ctx: scored(ctx), s: s}
	var must, not bleve.Searcher
	if len(q.All) == 0 {
		must = b.keep(searcher.NewMatchAllSearcher(b.ctx, s, 1, bleve.SearcherOptions{}))
	} else {
		must = b.all(q.All)
	}
	if len(q.Not) > 0 {
		not = b.any(q.Not, bleve.SearcherOptions{Score: "none"})
	}
	if not == nil {
		return b.done(must)
	}
	return b.done(b.keep(searcher.NewBooleanSearcher(b.ctx, s, must, nil, not, bleve.SearcherOptions{})))
}

// scored makes searchers score by BM25.
func scored(ctx context.Context) context.Context {
	return context.WithValue(ctx, bleve.GetScoringModelCallbackKey,
		bleve.GetScoringModelCallbackFn(func() string { return index.BM25Scoring }))
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
