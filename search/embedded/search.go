package embedded

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve/v2/search"

	"clearday/search"
)

// found is a subject that the words match, before the filters.
type found struct {
	*group
	score   float64 // of the best page
	lift    float64 // what its title adds
	matched int
	best    [search.BestPages]hit // the first n = min(matched, BestPages), best first
	every   []hit                 // all of them, where the query asks for it
}

type hit struct {
	score float64
	page  page
	seg   int32
	doc   uint32
}

// Search answers one page of groups.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Results, error) {
	s, release, err := e.snapshot()
	if err != nil {
		return search.Results{}, err
	}
	defer release()
	all, err := e.collect(ctx, s, q)
	if err != nil {
		return search.Results{}, err
	}
	res := search.Results{Boards: map[string]int{}, Kinds: map[string]int{}, Years: map[string]int{}, Organisations: map[string]int{}}
	kept := filter(all, q, &res)
	order(kept, q)
	from, n := q.Window()
	from = min(from, len(kept))
	for _, f := range kept[from:min(from+n, len(kept))] {
		g, err := answer(s, f)
		if err != nil {
			return search.Results{}, err
		}
		res.Groups = append(res.Groups, g)
	}
	return res, nil
}

// All walks through every group on the index as of its start.
func (e *Engine) All(ctx context.Context, q search.Query) iter.Seq2[search.Group, error] {
	return func(yield func(search.Group, error) bool) {
		s, release, err := e.snapshot()
		if err != nil {
			yield(search.Group{}, err)
			return
		}
		defer release()
		all, err := e.collect(ctx, s, q)
		if err != nil {
			yield(search.Group{}, err)
			return
		}
		kept := filter(all, q, &search.Results{Boards: map[string]int{}, Kinds: map[string]int{}, Years: map[string]int{}, Organisations: map[string]int{}})
		order(kept, q)
		for _, f := range kept {
			g, err := answer(s, f)
			if err == nil {
				err = ctx.Err()
			}
			if !yield(g, err) || err != nil {
				return
			}
		}
	}
}

// collect walks through all pages that match and gathers them by subject.
func (e *Engine) collect(ctx context.Context, s *scorch.IndexSnapshot, q search.Query) ([]*found, error) {
	cols, groups, err := e.cols.of(s)
	if err != nil {
		return nil, err
	}
	searcher, err := newSearcher(ctx, s, q)
	if err != nil {
		return nil, fmt.Errorf("preparing the search: %w", err)
	}
	defer func() { _ = searcher.Close() }()
	sc := &bleve.SearchContext{DocumentMatchPool: bleve.NewDocumentMatchPool(searcher.DocumentMatchPoolSize()+2, 0), IndexReader: s}
	lifts, err := titleLifts(ctx, s, cols, groups, q)
	if err != nil {
		return nil, err
	}
	only := setOf(q.Subjects)
	byGroup := make([]*found, groups)
	var all []*found
	at := places{segs: s.Segments()}
	var best contenders
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		m, err := searcher.Next(sc)
		if err != nil {
			return nil, fmt.Errorf("walking through the matches: %w", err)
		}
		if m == nil {
			break
		}
		num, score := m.IndexInternalID.Value(), m.Score
		seg, doc := at.of(num) // matches come in the order of the segments
		g, page := cols[seg].groups[doc], cols[seg].pages[doc]
		sc.DocumentMatchPool.Put(m)
		if q.Scans && !page.recognised || only != nil && !only[g.subject] {
			continue
		}
		f := byGroup[g.n]
		if f == nil {
			f = &found{group: g, lift: lifts[g.n]}
			byGroup[g.n] = f
			all = append(all, f)
		}
		h := hit{score: score, page: page, seg: int32(seg), doc: uint32(doc)}
		f.add(h)
		if q.Every {
			f.every = append(f.every, h)
		}
		if len(q.Run) > 0 {
			best.add(contender{num, h, f})
		}
	}
	if len(q.Run) > 0 {
		err = best.raise(ctx, s, q.Run)
	}
	return all, err
}

// add counts the page and keeps it if it is among the best: higher score, then earlier page.
func (f *found) add(h hit) {
	have := min(f.matched, search.BestPages)
	f.matched++
	f.score = max(f.score, h.score)
	i := have
	for i > 0 && (h.score > f.best[i-1].score || h.score == f.best[i-1].score && h.page.n < f.best[i-1].page.n) {
		if i < search.BestPages {
			f.best[i] = f.best[i-1]
		}
		i--
	}
	if i < search.BestPages {
		f.best[i] = h
	}
}

// setOf is nil when there is nothing in the list.
func setOf(list []string) map[string]bool {
	if len(list) == 0 {
		return nil
	}
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}

// filter keeps the groups that pass all filters and counts the facets: a group counts for a facet
// when it passes the filters of the others.
func filter(all []*found, q search.Query, res *search.Results) (kept []*found) {
	years := map[int]int{}
	for _, f := range all {
		if f.date < q.From || q.To != "" && f.date > q.To {
			continue
		}
		board := len(q.Boards) == 0 || slices.Contains(q.Boards, f.board)
		kind := len(q.Kinds) == 0 || slices.Contains(q.Kinds, f.kind)
		year := len(q.Years) == 0 || slices.Contains(q.Years, f.year)
		org := len(q.Organisations) == 0 || slices.ContainsFunc(f.orgs, func(o string) bool { return slices.Contains(q.Organisations, o) })
		if kind && year && org {
			res.Boards[f.board]++
		}
		if board && year && org {
			res.Kinds[string(f.kind)]++
		}
		if board && kind && org && f.year > 0 {
			years[f.year]++
		}
		if board && kind && year {
			for _, o := range f.orgs {
				res.Organisations[o]++
			}
		}
		if board && kind && year && org {
			kept = append(kept, f)
			res.Pages += f.matched
		}
	}
	for y, n := range years {
		res.Years[strconv.Itoa(y)] = n
	}
	res.Papers = len(kept)
	return kept
}

func order(list []*found, q search.Query) {
	by := q.Sort
	if by == search.ByRelevance && len(q.All) == 0 {
		by = search.Newest
	}
	slices.SortFunc(list, func(a, b *found) int {
		first := 0
		switch by {
		case search.Newest:
			first = cmp.Compare(b.date, a.date)
		case search.Oldest:
			first = cmp.Compare(a.date, b.date)
		}
		if first != 0 {
			return first
		}
		if first = cmp.Compare(b.score+b.lift, a.score+a.lift); first != 0 {
			return first
		}
		return cmp.Or(cmp.Compare(b.date, a.date), cmp.Compare(a.subject, b.subject))
	})
}

func answer(s *scorch.IndexSnapshot, f *found) (search.Group, error) {
	g := search.Group{Subject: f.subject, Version: f.version, Kind: f.kind, Matched: f.matched}
	show := f.best[:min(f.matched, search.BestPages)]
	if f.every != nil {
		show = f.every
		slices.SortFunc(show, func(a, b hit) int { return int(a.page.n - b.page.n) })
	}
	for _, h := range show {
		text := ""
		err := s.Segments()[h.seg].VisitDocument(uint64(h.doc), func(name string, _ byte, value []byte, _ []uint64) bool {
			if name == fieldBody {
				text = string(value)
			}
			return true
		})
		if err != nil {
			return g, fmt.Errorf("reading the text of a page: %w", err)
		}
		g.Best = append(g.Best, search.PageHit{Page: int(h.page.n), Recognised: h.page.recognised, Text: text})
	}
	return g, nil
}
