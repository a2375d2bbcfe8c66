// Package search finds passages of the record: documents, the query language, the seam of the
// engines, and the follower that feeds them.
//
// The find journey reads: [Parse] makes a [Query] of what a person typed; a [Finder] asks an
// [Engine] for pages grouped by paper, checks every hit against the record at that instant, and
// answers with marked snippets; the page view marks the same words on the image with [Query.Mark].
// Beside it a [Follower] reads acts by number and keeps the engine in step with the record.
//
// An engine holds nothing that is not public, is never the truth, and may be wiped at any time.
package search

import (
	"context"
	"regexp"
	"strings"
)

// Kind says what a document is, for the facet and the filter.
type Kind string

// The kinds of document that papers become. Questions and answers add theirs later.
const (
	Report       Kind = "report"
	Minutes      Kind = "minutes"
	Agenda       Kind = "agenda"
	Presentation Kind = "presentation"
)

var kindWords = []struct {
	kind  Kind
	words *regexp.Regexp
}{
	{Minutes, regexp.MustCompile(`(?i)^((draft|confirmed|unconfirmed|approved|previous) )*minutes\b|\bminutes( of\b.*)?$`)},
	{Agenda, regexp.MustCompile(`(?i)^agenda\b|\bagenda$`)},
	{Presentation, regexp.MustCompile(`(?i)\b(presentation|slides|slide deck)\b`)},
}

// KindOf guesses what a paper is from its title; a paper that says nothing is a report.
func KindOf(title string) Kind {
	for _, k := range kindWords {
		if k.words.MatchString(strings.TrimSpace(title)) {
			return k.kind
		}
	}
	return Report
}

// Document is one page of the current public version of a paper.
type Document struct {
	Paper   string // the group: hits of one paper are answered together
	Version int
	Page    int // from 1
	Kind    Kind
	Title   string
	Board   string // slug
	Date    string // of the meeting, 2006-01-02
	Text    string // prepared by Prepare
}

// Batch is what one call of Apply does, in this order, all or nothing.
type Batch struct {
	Clear    bool       // everything held before goes
	Remove   []string   // papers whose documents go
	Put      []Document // documents added, replacing the same page of the same paper
	Position int64      // number of the last act that is now followed completely; 0 keeps the old one
}

// Engine is the seam of the search engines. All methods are safe for concurrent use.
type Engine interface {
	// Apply makes the batch durable before it returns nil. The position lies inside the index: after
	// a crash at any moment documents and position are those of before the batch or of after it.
	// After an error either may hold, and the caller starts again from Position. A search that runs
	// meanwhile sees the index before or after the batch.
	Apply(ctx context.Context, b Batch) error
	// Position is the number of the last act followed, 0 for an empty or rebuilt index.
	Position(ctx context.Context) (int64, error)
	// Search answers one page of papers. Totals and facets are exact over all that matches.
	Search(ctx context.Context, q Query) (Results, error)
	Close() error
}

// Results is what an engine found, before it is checked against the record.
type Results struct {
	Papers int // all that match
	Pages  int // all that match
	Groups []Group
	// Papers by value. Each facet counts what the other filters leave, so that a person sees what
	// choosing another value would give.
	Boards, Kinds, Years map[string]int
}

// Group is one paper with the pages that match best.
type Group struct {
	Paper   string
	Version int
	Kind    Kind
	Matched int // pages that match
	Best    []PageHit
}

// PageHit is one page that matches.
type PageHit struct {
	Page int
	Text string // the page's text as it was put
}

// BestPages is the number of pages that a group shows at the most.
const BestPages = 3
