package search

import (
	"context"
	"fmt"
	"iter"
	"time"

	"clearday/papers"
)

// Record is what a search needs of the record at the instant of the answer.
type Record interface {
	Reader
	LastAct(ctx context.Context) (int64, error)
	// Unsearchable counts the papers that have a version the audience may read, and lists those of
	// them of which some words cannot be found, with the reason.
	Unsearchable(ctx context.Context, a papers.Audience) (readable int, not []Unsearchable, err error)
}

// Finder answers searches of the public. It never answers what the record does not show to the
// public at that instant, whatever the engine still holds.
type Finder struct {
	Engine Engine
	Record Record
	Follow *Follower // that feeds the engine; nil asks the engine how far it is

	cover cover
}

// Answer is the outcome of a search (design.md 5.3).
type Answer struct {
	Total    int      `json:"total"`       // papers, and what else was found
	Pages    int      `json:"total_pages"` // pages in them that match
	TookMS   float64  `json:"took_ms"`
	Hits     []Hit    `json:"hits"`
	Facets   Facets   `json:"facets"`
	Coverage Coverage `json:"coverage"`
	Notes    []string `json:"notes,omitempty"` // what of the query was not understood, or cannot be done
	Query    Query    `json:"-"`               // as understood, names resolved
}

// Hit is a paper, a question, an agenda or what was said, with its best pages.
type Hit struct {
	Subject     string    `json:"subject"` // as acts name it
	Paper       string    `json:"paper"`   // empty for what is no paper
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
	Page       int    `json:"page"`
	Label      string `json:"label"` // Page 4, Answer, Item 5
	Snippet    string `json:"snippet"`
	URL        string `json:"url"`
	Recognised bool   `json:"recognised,omitempty"` // the words were recognised on a picture of the page, and may have errors
	Text       string `json:"-"`                    // of the whole page
}

// Find answers the query.
func (f *Finder) Find(ctx context.Context, q Query) (Answer, error) {
	start := time.Now()
	n, err := f.names(ctx)
	if err != nil {
		return Answer{}, err
	}
	q.resolve(n)
	res, err := f.Engine.Search(ctx, q)
	if err != nil {
		return Answer{}, fmt.Errorf("searching: %w", err)
	}
	a := Answer{Total: res.Papers, Pages: res.Pages, Notes: append(q.Notes, res.Notes...), Query: q, Facets: facets(res, q, n)}
	var lost int
	if a.Hits, lost, err = f.check(ctx, q, res.Groups); err != nil {
		return Answer{}, err
	}
	a.Total, a.Pages = a.Total-len(res.Groups)+len(a.Hits), a.Pages-lost
	if a.Coverage, err = f.covered(ctx); err != nil {
		return Answer{}, err
	}
	a.TookMS = float64(time.Since(start).Microseconds()) / 1000
	return a, nil
}

// All walks through every hit of the query in its order, each checked against the record when its
// turn comes. It is for exports and for alerts; it asks for no page and knows no bound.
func (f *Finder) All(ctx context.Context, q Query) iter.Seq2[Hit, error] {
	const together, pages = 50, 200 // groups and pages that one look at the record checks
	return func(yield func(Hit, error) bool) {
		n, err := f.names(ctx)
		if err != nil {
			yield(Hit{}, err)
			return
		}
		q.resolve(n)
		var groups []Group
		waiting := 0
		pass := func() bool {
			hits, _, err := f.check(ctx, q, groups)
			groups, waiting = groups[:0], 0
			if err != nil {
				yield(Hit{}, err)
				return false
			}
			for _, h := range hits {
				if !yield(h, nil) {
					return false
				}
			}
			return true
		}
		for g, err := range f.Engine.All(ctx, q) {
			if err != nil {
				yield(Hit{}, fmt.Errorf("walking through what was found: %w", err))
				return
			}
			groups, waiting = append(groups, g), waiting+len(g.Best)
			if (len(groups) == together || waiting >= pages) && !pass() {
				return
			}
		}
		pass()
	}
}
