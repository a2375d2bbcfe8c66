package search

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"clearday/papers"
)

// Record is what a search needs of the record at the instant of the answer.
type Record interface {
	// Find reads the named versions; those not for the audience are missing.
	Find(ctx context.Context, a papers.Audience, refs []papers.VersionRef) ([]papers.Found, error)
	Boards(ctx context.Context) ([]papers.Board, error)
	LastAct(ctx context.Context) (int64, error)
	// Textless counts the papers that have a version the audience may read, and lists those of them
	// whose current version has no text on any page.
	Textless(ctx context.Context, a papers.Audience) (readable int, without []papers.Paper, err error)
}

// Finder answers searches of the public. It never answers what the record does not show to the
// public at that instant, whatever the engine still holds.
type Finder struct {
	Engine Engine
	Record Record
	Seen   func() int64 // the last act followed, as Follower.Seen says
	Behind func() int64 // acts not yet followed, as Follower.Behind says; nil asks the engine

	mu       sync.Mutex
	coverage Coverage // as of act, because counting is slower than searching
	act      int64
	counted  bool
}

// Answer is the outcome of a search (design.md 5.3).
type Answer struct {
	Total    int      `json:"total"`       // papers
	Pages    int      `json:"total_pages"` // pages in them that match
	TookMS   float64  `json:"took_ms"`
	Hits     []Hit    `json:"hits"`
	Facets   Facets   `json:"facets"`
	Coverage Coverage `json:"coverage"`
	Notes    []string `json:"notes,omitempty"` // what of the query was not understood
	Query    Query    `json:"-"`               // as understood, boards resolved to slugs
}

// Hit is a paper with its best pages.
type Hit struct {
	Paper       string    `json:"paper"`
	Version     int       `json:"version"`
	Title       string    `json:"title"`
	Kind        Kind      `json:"kind"`
	Board       string    `json:"board"`
	BoardName   string    `json:"board_name"`
	Meeting     string    `json:"meeting"`
	MeetingName string    `json:"meeting_name"`
	Item        string    `json:"item,omitempty"` // number of the agenda item
	Date        string    `json:"date"`
	URL         string    `json:"url"`
	Pages       []HitPage `json:"pages"`
	MorePages   int       `json:"more_pages"` // that match too
}

// HitPage is one page that matches. Snippet is HTML: escaped text with <mark>.
type HitPage struct {
	Page    int    `json:"page"`
	Snippet string `json:"snippet"`
	URL     string `json:"url"`
}

// Facets count papers by value. Each counts what the other filters leave.
type Facets struct {
	Boards []Facet `json:"boards"`
	Kinds  []Facet `json:"kinds"`
	Years  []Facet `json:"years"`
}

// Facet is one value with its count; Chosen tells that the query asks for it.
type Facet struct {
	Value  string `json:"value"`
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Chosen bool   `json:"chosen"`
}

// Coverage says how complete the search was.
type Coverage struct {
	Papers     int       `json:"papers"`     // public
	Searchable int       `json:"searchable"` // with text
	Missing    []Missing `json:"missing"`
	Behind     int64     `json:"behind"` // acts of the record that the engine has not followed yet
}

// Missing is a public paper that only its title can find, and why.
type Missing struct {
	Paper  string `json:"paper"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

// Find answers the query.
func (f *Finder) Find(ctx context.Context, q Query) (Answer, error) {
	start := time.Now()
	boards, err := f.Record.Boards(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("reading the boards: %w", err)
	}
	q.resolveBoards(boards)
	res, err := f.Engine.Search(ctx, q)
	if err != nil {
		return Answer{}, fmt.Errorf("searching: %w", err)
	}
	a := Answer{Total: res.Papers, Pages: res.Pages, Notes: q.Notes, Query: q, Facets: facets(res, q, boards)}
	if err := f.check(ctx, q, res, &a); err != nil {
		return Answer{}, err
	}
	if a.Coverage, err = f.cover(ctx); err != nil {
		return Answer{}, err
	}
	a.TookMS = float64(time.Since(start).Microseconds()) / 1000
	return a, nil
}

// check reads every hit from the record and leaves out what is not the current public version.
func (f *Finder) check(ctx context.Context, q Query, res Results, a *Answer) error {
	refs := make([]papers.VersionRef, len(res.Groups))
	for i, g := range res.Groups {
		refs[i] = papers.VersionRef{Paper: g.Paper, N: g.Version}
	}
	a.Hits = []Hit{}
	if len(refs) == 0 {
		return nil
	}
	found, err := f.Record.Find(ctx, papers.Public, refs)
	if err != nil {
		return fmt.Errorf("checking hits against the record: %w", err)
	}
	byRef := make(map[papers.VersionRef]papers.Found, len(found))
	for _, fd := range found {
		if fd.Version.State == papers.VersionPublished && !fd.Paper.Private {
			byRef[papers.VersionRef{Paper: fd.Paper.ID, N: fd.Version.N}] = fd
		}
	}
	m := newMatcher(q)
	for i, g := range res.Groups {
		fd, ok := byRef[refs[i]]
		if !ok {
			a.Total--
			a.Pages -= g.Matched
			continue
		}
		a.Hits = append(a.Hits, newHit(fd, g, q, m))
	}
	return nil
}

func newHit(fd papers.Found, g Group, q Query, m *matcher) Hit {
	base := "/papers/" + url.PathEscape(fd.Paper.ID)
	h := Hit{
		Paper: fd.Paper.ID, Version: fd.Version.N, Title: fd.Paper.Title, Kind: KindOf(fd.Paper.Title),
		Board: fd.Meeting.Board, BoardName: fd.Meeting.BoardName, Meeting: fd.Meeting.Slug, MeetingName: fd.Meeting.Name(),
		Item: fd.Item.Number, Date: fd.Meeting.Date(), URL: base, Pages: []HitPage{}, MorePages: g.Matched - len(g.Best),
	}
	for _, p := range g.Best {
		to := base + "/pages/" + strconv.Itoa(p.Page)
		if q.Text != "" {
			to += "?q=" + url.QueryEscape(q.Text)
		}
		h.Pages = append(h.Pages, HitPage{Page: p.Page, Snippet: m.snippet(p.Text), URL: to})
	}
	return h
}

// resolveBoards turns board: words into slugs: the slug itself, or every board whose name or slug
// holds the words.
func (q *Query) resolveBoards(boards []papers.Board) {
	for _, typed := range q.boardWords {
		want := stems(typed)
		known := false
		for _, b := range boards {
			if b.Slug == typed || holdsAll(stems(b.Name+" "+b.Slug), want) {
				q.Boards = append(q.Boards, b.Slug)
				known = true
			}
		}
		if !known {
			q.note("No board is called %q, so all boards were searched.", short(typed))
		}
	}
	q.boardWords = nil
}

func stems(s string) []string {
	var out []string
	for _, k := range Analyse(s) {
		out = append(out, Stem(k.Word))
	}
	return out
}

func holdsAll(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return len(want) > 0
}

func facets(res Results, q Query, boards []papers.Board) Facets {
	var f Facets
	for _, b := range boards {
		chosen := slices.Contains(q.Boards, b.Slug)
		if n := res.Boards[b.Slug]; n > 0 || chosen {
			f.Boards = append(f.Boards, Facet{Value: b.Slug, Name: b.Name, Count: n, Chosen: chosen})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(res.Kinds)) {
		name := strings.ToUpper(k[:1]) + k[1:]
		f.Kinds = append(f.Kinds, Facet{Value: k, Name: name, Count: res.Kinds[k], Chosen: slices.Contains(q.Kinds, Kind(k))})
	}
	for _, y := range slices.Backward(slices.Sorted(maps.Keys(res.Years))) {
		n, _ := strconv.Atoi(y)
		f.Years = append(f.Years, Facet{Value: y, Name: y, Count: res.Years[y], Chosen: slices.Contains(q.Years, n)})
	}
	byCount := func(a, b Facet) int { return b.Count - a.Count }
	slices.SortStableFunc(f.Boards, byCount)
	slices.SortStableFunc(f.Kinds, byCount)
	return f
}

// cover says how complete the search is. What the record says of it is counted once for each act.
func (f *Finder) cover(ctx context.Context) (Coverage, error) {
	last, err := f.Record.LastAct(ctx)
	if err != nil {
		return Coverage{}, fmt.Errorf("reading the last act: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.counted || f.act != last {
		if f.coverage, err = f.count(ctx); err != nil {
			return Coverage{}, err
		}
		f.act, f.counted = last, true
	}
	c := f.coverage
	if f.Behind != nil {
		c.Behind = f.Behind()
		return c, nil
	}
	pos, err := f.Engine.Position(ctx)
	if err != nil {
		return Coverage{}, fmt.Errorf("reading the engine's position: %w", err)
	}
	c.Behind = max(0, last-pos)
	return c, nil
}

func (f *Finder) count(ctx context.Context) (Coverage, error) {
	n, without, err := f.Record.Textless(ctx, papers.Public)
	if err != nil {
		return Coverage{}, fmt.Errorf("counting searchable papers: %w", err)
	}
	c := Coverage{Papers: n, Searchable: n - len(without), Missing: []Missing{}}
	for _, p := range without {
		c.Missing = append(c.Missing, Missing{Paper: p.ID, Title: p.Title, Reason: "Its pages are pictures without text."})
	}
	return c, nil
}
