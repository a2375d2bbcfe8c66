package embedded

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"
	index "github.com/blevesearch/bleve_index_api"

	"clearday/search"
)

// What a page need not have but scores by: words of the query in the title of its subject, and all of
// them as a run. Both are looked for apart from the matching, because as parts of it they would be read
// for every page that matches: that took most of the time of a search for two frequent words.

// titleLifts gives what each subject gains by the words that its title holds, by number of the group.
// Titles stand in the index once for each subject. A word counts by how few titles hold it.
func titleLifts(ctx context.Context, s *scorch.IndexSnapshot, cols []*column, groups int, q search.Query) (map[int32]float64, error) {
	lifts := map[int32]float64{}
	seen := map[string]bool{}
	for _, any := range q.All {
		for _, t := range any {
			if t.Prefix || t.Title || t.Near != nil {
				continue
			}
			for _, w := range t.Words {
				if seen[w] {
					continue
				}
				seen[w] = true
				if err := liftTitles(ctx, s, cols, groups, w, lifts); err != nil {
					return nil, fmt.Errorf("looking for a word in the titles: %w", err)
				}
			}
		}
	}
	return lifts, nil
}

func liftTitles(ctx context.Context, s *scorch.IndexSnapshot, cols []*column, groups int, stem string, lifts map[int32]float64) error {
	r, err := s.TermFieldReader(ctx, []byte(stem), fieldHead, false, false, false)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	holding := float64(r.Count())
	weight := math.Log(1 + (float64(groups)-holding+0.5)/(holding+0.5))
	at := places{segs: s.Segments()}
	var doc index.TermFieldDoc
	for {
		d, err := r.Next(&doc)
		if err != nil || d == nil {
			return err
		}
		seg, n := at.of(d.ID.Value())
		lifts[cols[seg].groups[n].n] += weight
	}
}

// places finds the segment of a document number, and its number there. It is asked in order.
type places struct {
	segs   []*scorch.SegmentSnapshot
	seg    int
	offset uint64
}

func (p *places) of(num uint64) (seg int, doc uint64) {
	for num-p.offset >= uint64(p.segs[p.seg].FullSize()) {
		p.offset += uint64(p.segs[p.seg].FullSize())
		p.seg++
	}
	return p.seg, num - p.offset
}

// The run of words is looked for on so many pages that match best, where more match.
const runPages = 300

// contenders are the pages that match best so far.
type contenders struct {
	list []contender
	bar  float64 // what a page must pass once there are enough
}

type contender struct {
	num uint64
	hit
	of *found
}

func (c *contenders) add(x contender) {
	if x.score < c.bar {
		return
	}
	if c.list = append(c.list, x); len(c.list) >= 2*runPages {
		slices.SortFunc(c.list, func(a, b contender) int { return cmp.Compare(b.score, a.score) })
		c.list = c.list[:runPages]
		c.bar = c.list[runPages-1].score
	}
}

// raise adds to the score of those pages that hold the words of the query as a run, and with them to
// that of their subjects.
func (c *contenders) raise(ctx context.Context, s *scorch.IndexSnapshot, run []string) error {
	const boost = 3
	slices.SortFunc(c.list, func(a, b contender) int { return cmp.Compare(a.num, b.num) })
	phrase, err := searcher.NewPhraseSearcher(scored(ctx), s, run, 0, false, fieldText, boost, bleve.SearcherOptions{})
	if err != nil {
		return fmt.Errorf("preparing to look for a run of words: %w", err)
	}
	defer func() { _ = phrase.Close() }()
	sc := &bleve.SearchContext{DocumentMatchPool: bleve.NewDocumentMatchPool(phrase.DocumentMatchPoolSize()+2, 0), IndexReader: s}
	var id index.IndexInternalID
	var m *bleve.DocumentMatch
	for _, x := range c.list {
		if id = index.NewIndexInternalID(id, x.num); m == nil || m.IndexInternalID.Value() < x.num {
			if m != nil {
				sc.DocumentMatchPool.Put(m)
			}
			if m, err = phrase.Advance(sc, id); err != nil {
				return fmt.Errorf("looking for a run of words: %w", err)
			}
			if m == nil {
				return nil
			}
		}
		if m.IndexInternalID.Value() == x.num {
			x.score += m.Score
			x.of.better(x.hit)
		}
	}
	return nil
}

// better puts a page that was counted already in its place by a higher score.
func (f *found) better(h hit) {
	n := min(f.matched, search.BestPages)
	have := slices.DeleteFunc(slices.Clone(f.best[:n]), func(o hit) bool { return o.page == h.page })
	have = append(have, h)
	slices.SortFunc(have, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), int(a.page.n-b.page.n)) })
	copy(f.best[:n], have)
	f.score = max(f.score, h.score)
}
