// Package search finds passages of the record: documents, the query language, the seam of the
// engines, and the follower that feeds them.
//
// The find journey reads: [Parse] makes a [Query] of what a person typed; a [Finder] asks an
// [Engine] for pages grouped by subject, checks every hit against the record at that instant, and
// answers with marked snippets; the page view marks the same words on the image with [Query.Mark].
// Beside it a [Follower] reads acts by number and keeps the engine in step with the record. Both
// make of the record the same entries (entry.go): what stands in an index is what is checked.
//
// An engine holds nothing that is not public, is never the truth, and may be wiped at any time.
package search

import (
	"context"
	"iter"
	"regexp"
	"strings"
)

// Kind says what a document is, for the facet and the filter.
type Kind string

// The kinds of document. The first four are kinds of paper; an agenda is also what the site itself
// publishes of a meeting.
const (
	Report       Kind = "report"
	Minutes      Kind = "minutes"
	Agenda       Kind = "agenda"
	Presentation Kind = "presentation"
	Question     Kind = "question" // with its answer
	Statement    Kind = "statement"
	Captions     Kind = "captions" // what was said at a meeting
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

// Document is one page of what the public may read under one subject.
type Document struct {
	// Subject names what hits are grouped by, as acts name it: papers/abc, questions/Q-2026-0042,
	// meetings/slug/agenda, meetings/slug/captions.
	Subject       string
	Version       int // the current one of a paper; else 0
	Page          int // from 1; of what has no pages, the number of the passage
	Kind          Kind
	Title         string
	Board         string   // slug
	Organisations []string // slugs of partners
	Date          string   // of the meeting, 2006-01-02
	Recognised    bool     // the words were recognised on a picture of the page
	Text          string   // prepared by Prepare
}

// Batch is what one call of Apply does, in this order, all or nothing.
type Batch struct {
	Clear    bool       // everything held before goes
	Remove   []string   // subjects whose documents go
	Put      []Document // documents added, replacing the same page of the same subject
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
	// Search answers one page of groups. Totals and facets are exact over all that matches.
	Search(ctx context.Context, q Query) (Results, error)
	// All walks through every group that matches, in the order of the query, without facets. The walk
	// sees the index as of its start, or as nearly as the engine can.
	All(ctx context.Context, q Query) iter.Seq2[Group, error]
	// Near gives words that the pages hold and that may be what was meant by a word that is mistyped,
	// most likely first; the word itself comes first when the pages hold it. An engine that cannot
	// tell gives none.
	Near(ctx context.Context, word string) ([]string, error)
	Close() error
}

// Results is what an engine found, before it is checked against the record.
type Results struct {
	Papers int // groups, all that match
	Pages  int // all that match
	Groups []Group
	// Groups by value. Each facet counts what the other filters leave, so that a person sees what
	// choosing another value would give.
	Boards, Kinds, Years, Organisations map[string]int
	// Notes say in a sentence each what of the query this engine cannot do, and what it did instead.
	Notes []string
}

// Group is one subject with the pages that match best, or every one where the query asks for it.
type Group struct {
	Subject string
	Version int
	Kind    Kind
	Matched int // pages that match
	Best    []PageHit
}

// PageHit is one page that matches.
type PageHit struct {
	Page       int
	Recognised bool
	Text       string // the page's text as it was put
}

// BestPages is the number of pages that a group shows at the most.
const BestPages = 3
