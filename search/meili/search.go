package meili

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"clearday/search"
)

// readKey is the uid of the key that searches derive their token from. It may search this index alone.
const readKey = "6f0a1d1e-5b1c-4c55-9d0e-c1ea2da75ea0"

// searcher asks with a token that finds published documents only, whatever the filter of a query says.
func (e *Engine) searcher(ctx context.Context) (meilisearch.ServiceManager, error) {
	if err := e.open(); err != nil {
		return nil, err
	}
	e.mu.Lock()
	made := e.reader
	e.mu.Unlock()
	if made != nil {
		return made, nil
	}
	key, err := e.admin.GetKeyWithContext(ctx, readKey)
	if codeOf(err) == "api_key_not_found" {
		key, err = e.admin.CreateKeyWithContext(ctx, &meilisearch.Key{UID: readKey, Name: "Clearday", Description: "Searches what is published", Actions: []string{"search"}, Indexes: []string{index}})
	}
	if err != nil {
		return nil, fmt.Errorf("getting the key for searches: %w", err)
	}
	rules := map[string]any{index: map[string]any{"filter": "live = true"}}
	token, err := e.admin.GenerateTenantToken(key.UID, rules, &meilisearch.TenantTokenOptions{APIKey: key.Key})
	if err != nil {
		return nil, fmt.Errorf("making the token for searches: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reader = e.client(token)
	return e.reader, nil
}

// many asks several questions in one request.
func (e *Engine) many(ctx context.Context, queries []*meilisearch.SearchRequest) ([]meilisearch.SearchResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	by, err := e.searcher(ctx)
	if err != nil {
		return nil, err
	}
	res, err := by.MultiSearchWithContext(ctx, &meilisearch.MultiSearchRequest{Queries: queries})
	if err != nil {
		if strings.Contains(codeOf(err), "api_key") { // the key was changed: the next search makes another token
			e.mu.Lock()
			e.reader = nil
			e.mu.Unlock()
		}
		return nil, fmt.Errorf("asking Meilisearch: %w", err)
	}
	if len(res.Results) != len(queries) {
		return nil, fmt.Errorf("asking Meilisearch: it gave %d answers to %d questions", len(res.Results), len(queries))
	}
	return res.Results, nil
}

var hitFields = []string{"subject", "version", "page", "kind", "recognised"}

// question asks for groups, or with an empty distinct for pages.
func question(a ask, q search.Query, filter, distinct string, page, n int64) *meilisearch.SearchRequest {
	r := &meilisearch.SearchRequest{IndexUID: index, Query: strings.Join(a.words, " "), Filter: filter, Distinct: distinct,
		MatchingStrategy: meilisearch.All, Page: page, HitsPerPage: &n, AttributesToRetrieve: hitFields}
	switch {
	case q.Sort == search.Oldest:
		r.Sort = []string{"day:asc"}
	case q.Sort == search.Newest, len(q.All) == 0:
		r.Sort = []string{"day:desc"}
	}
	return r
}

// Search implements search.Engine: one request for papers, totals and facets, one for their pages.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Results, error) {
	a := newAsk(q)
	from, n := q.Window()
	res := search.Results{Boards: map[string]int{}, Kinds: map[string]int{}, Years: map[string]int{}, Organisations: map[string]int{}}
	if a.loose {
		res.Notes = []string{looseNote}
	}
	facets := []struct {
		name string
		into map[string]int
	}{{"board", res.Boards}, {"kind", res.Kinds}, {"year", res.Years}, {"organisations", res.Organisations}}
	whole := a.narrowed(q, "")
	ask := []*meilisearch.SearchRequest{
		question(a, q, whole, "subject", int64(from/n)+1, int64(n)),
		question(a, q, whole, "", 1, 0),
	}
	for _, f := range facets { // each counts what the other filters leave
		r := question(a, q, a.narrowed(q, f.name), "subject", 1, 0)
		r.Facets = []string{f.name}
		ask = append(ask, r)
	}
	answers, err := e.many(ctx, ask)
	if err != nil {
		return search.Results{}, err
	}
	res.Papers, res.Pages = int(answers[0].TotalHits), int(answers[1].TotalHits)
	for i, f := range facets {
		var counts map[string]map[string]int
		if raw := answers[i+2].FacetDistribution; len(raw) > 0 {
			if err := json.Unmarshal(raw, &counts); err != nil {
				return search.Results{}, fmt.Errorf("reading the facets of Meilisearch: %w", err)
			}
		}
		for value, n := range counts[f.name] {
			f.into[value] = n
		}
	}
	res.Groups, err = e.groups(ctx, a, q, answers[0].Hits)
	return res, err
}

var errForeign = errors.New("asking Meilisearch: it answers with a document that was not asked for")

// mostPages bounds the pages of one group.
const mostPages = 100_000

// groups reads the pages of each paper that was found.
func (e *Engine) groups(ctx context.Context, a ask, q search.Query, hits meilisearch.Hits) ([]search.Group, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	n := int64(search.BestPages)
	if q.Every {
		n = mostPages
	}
	var list []search.Group
	var ask []*meilisearch.SearchRequest
	for _, h := range hits {
		var d document
		if err := h.DecodeInto(&d); err != nil {
			return nil, fmt.Errorf("reading what Meilisearch found: %w", err)
		}
		if d.Subject == "" {
			return nil, errForeign
		}
		list = append(list, search.Group{Subject: d.Subject, Version: d.Version, Kind: d.Kind})
		one := q
		one.Subjects, one.Sort = []string{d.Subject}, search.ByRelevance
		r := question(a, one, a.narrowed(one, ""), "", 1, n)
		r.AttributesToRetrieve = append([]string{"text"}, hitFields...)
		r.Sort = nil
		if q.Every || len(q.All) == 0 {
			r.Sort = []string{"page:asc"}
		}
		ask = append(ask, r)
	}
	answers, err := e.many(ctx, ask)
	if err != nil {
		return nil, err
	}
	kept := list[:0]
	for i, res := range answers {
		g := list[i]
		g.Matched = int(res.TotalHits)
		for _, h := range res.Hits {
			var d document
			if err := h.DecodeInto(&d); err != nil {
				return nil, fmt.Errorf("reading the pages that Meilisearch found: %w", err)
			}
			if d.Subject != g.Subject || d.Page < 1 {
				return nil, errForeign
			}
			g.Best = append(g.Best, search.PageHit{Page: d.Page, Recognised: d.Recognised, Text: d.Text})
		}
		if len(g.Best) > 0 { // else it went between the two questions
			kept = append(kept, g)
		}
	}
	return kept, nil
}

// All implements search.Engine, a window at a time: what changes meanwhile may be missed or come twice.
func (e *Engine) All(ctx context.Context, q search.Query) iter.Seq2[search.Group, error] {
	const window = 50
	return func(yield func(search.Group, error) bool) {
		a := newAsk(q)
		for page := int64(1); ; page++ {
			answers, err := e.many(ctx, []*meilisearch.SearchRequest{question(a, q, a.narrowed(q, ""), "subject", page, window)})
			var list []search.Group
			if err == nil {
				list, err = e.groups(ctx, a, q, answers[0].Hits)
			}
			if err != nil {
				yield(search.Group{}, err)
				return
			}
			for _, g := range list {
				if !yield(g, nil) {
					return
				}
			}
			if len(answers[0].Hits) < window {
				return
			}
		}
	}
}
