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
	Site(ctx context.Context) (papers.Site, error)
	LastAct(ctx context.Context) (int64, error)
	Acts(ctx context.Context, after int64, limit int) ([]papers.Act, error)
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

	complete completeness
}

// Answer is the outcome of a search (design.md 5.3).
type Answer struct {
	Total    int      `json:"total"`       // papers, and what else was found
	Pages    int      `json:"total_pages"` // pages in them that match
	TookMS   float64  `json:"took_ms"`
	Hits     []Hit    `json:"hits"`
	Facets   Facets   `json:"facets"`
	Coverage Coverage `json:"coverage"`
	Notes    []string `json:"notes,omitempty"`               // what of the query was not understood, or cannot be done
	Instead  string   `json:"showing_results_for,omitempty"` // in place of what was typed, of which nothing was found
	Widened  bool     `json:"widened,omitempty"`             // other words for the same thing were looked for too
	Query    Query    `json:"-"`                             // as understood
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

// Find answers the query. When nothing holds its words and some of them look mistyped, it answers what
// was probably meant and says so.
func (f *Finder) Find(ctx context.Context, q Query) (Answer, error) {
	start := time.Now()
	q, n, err := f.understand(ctx, q)
	if err != nil {
		return Answer{}, err
	}
	a, err := f.find(ctx, q, n)
	if err != nil {
		return Answer{}, err
	}
	if a.Total == 0 {
		if err := f.forgive(ctx, q, n, &a); err != nil {
			return Answer{}, err
		}
	}
	if a.Coverage, err = f.covered(ctx); err != nil {
		return Answer{}, err
	}
	a.TookMS = float64(time.Since(start).Microseconds()) / 1000
	return a, nil
}

// Understand gives the query as this site understands it: names resolved, and other words for the same
// thing looked for too. The page of a paper marks with it what the search found.
func (f *Finder) Understand(ctx context.Context, q Query) (Query, error) {
	if q.Empty() {
		return q, nil
	}
	q, _, err := f.understand(ctx, q)
	return q, err
}

func (f *Finder) understand(ctx context.Context, q Query) (Query, names, error) {
	n, err := f.names(ctx)
	if err != nil {
		return q, n, err
	}
	site, err := f.Record.Site(ctx)
	if err != nil {
		return q, n, fmt.Errorf("reading the site: %w", err)
	}
	q.resolve(n)
	q.widen(ParseSynonyms(site.Synonyms))
	return q, n, nil
}

func (f *Finder) find(ctx context.Context, q Query, n names) (Answer, error) {
	res, err := f.Engine.Search(ctx, q)
	if err != nil {
		return Answer{}, fmt.Errorf("searching: %w", err)
	}
	hits, lost, err := f.check(ctx, q, res.Groups)
	if err != nil {
		return Answer{}, err
	}
	return Answer{
		Total: res.Papers - len(res.Groups) + len(hits), Pages: res.Pages - lost, Hits: hits, Facets: facets(res, q, n),
		Notes: append(q.Notes, res.Notes...), Widened: q.Widened, Query: q,
	}, nil
}

// forgive answers the query with its mistyped words corrected in place of one that found nothing, if that
// finds something that is public now.
func (f *Finder) forgive(ctx context.Context, q Query, n names, a *Answer) error {
	meant, ok, err := f.corrected(ctx, q)
	if err != nil || !ok {
		return err
	}
	other, err := f.find(ctx, meant, n)
	if err != nil {
		return err
	}
	if len(other.Hits) > 0 {
		other.Instead = meant.Text
		*a = other
	}
	return nil
}

// All walks through every hit of the query in its order, each checked against the record when its
// turn comes. It is for exports and for alerts; it asks for no page and knows no bound.
func (f *Finder) All(ctx context.Context, q Query) iter.Seq2[Hit, error] {
	const together, pages = 50, 200 // groups and pages that one look at the record checks
	return func(yield func(Hit, error) bool) {
		q, _, err := f.understand(ctx, q)
		if err != nil {
			yield(Hit{}, err)
			return
		}
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
