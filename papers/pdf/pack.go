package pdf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Pack is one PDF of a meeting, in words and files that are ready: the builder shows all it is given and decides nothing about who may
// see it. Page numbers come from the record, so that what was published never moves; the builder only checks that they fit.
type Pack struct {
	Organisation string
	Board        string
	Title        string // of the meeting
	Name         string // what this is: "Public pack", "Private pack for members"
	Warning      string // on the front sheet, such as "Not for publication"; may be empty
	When, Where  string
	Notes        []string // paragraphs on the front sheet
	Address      string   // of the meeting on the web
	Made         time.Time

	Series string // before each page number: "" or "R"
	Pages  int    // the last page number
	Agenda []PackItem
	Parts  []PackPart
}

// PackItem is an item of the agenda in the contents.
type PackItem struct {
	ID     string
	Number string
	Title  string
	Note   string // "Private item", or why there is no paper; may be empty
}

// PackPart is what was published together: the first publication, then each supplement.
type PackPart struct {
	Title    string // "" for the first; "Supplement 1, published Thursday 2 April 2026"
	Sections []PackSection
}

// PackSection is the divider of an item with the papers behind it.
type PackSection struct {
	Item   string // ID of a PackItem
	Number string
	Title  string
	First  int // page number of the divider
	Papers []PackPaper
}

// PackPaper is a version of a paper in its place.
type PackPaper struct {
	Title   string
	Note    string // "Version 2"; may be empty
	First   int    // page number
	Count   int    // page numbers it holds; also the pages its file must have
	Path    string // of the file; empty when Gone says why
	Gone    string // what stands in its place, such as "This paper was withdrawn on 9 April 2026."
	Mark    string // on each page: "Superseded: see page 470", or the words that the law asks for (rules.md N-6)
	Address string // of the paper on the web
}

// PackFacts is what became of a Pack.
type PackFacts struct {
	Sheets     int      // pages in the file, with front sheet and contents
	Unreadable []string // titles of papers of which only the divider speaks
}

// sentenceNotInPack stands in the place of a paper that could not be taken into the pack.
const sentenceNotInPack = "This paper could not be put into the pack. Read it on its own page."

// The time that making a pack may take grows with what there is to do.
const (
	packTimeout     = 2 * time.Minute
	packTimeoutPage = 50 * time.Millisecond
)

// MakePack writes the pack to the file dest in a child process. A paper that ends the child is left out in the next try: its divider
// and the page in its place say so.
func (t *Tools) MakePack(ctx context.Context, dest string, p Pack) (PackFacts, error) {
	timeout := packTimeout + time.Duration(p.Pages)*packTimeoutPage
	var left []string
	for {
		facts, at, err := t.tryPack(ctx, timeout, dest, p)
		if err == nil {
			facts.Unreadable = append(left, facts.Unreadable...)
			return facts, nil
		}
		paper := p.paper(at)
		if ctx.Err() != nil || paper == nil || paper.Path == "" || errors.Is(err, errWriting) {
			return PackFacts{}, fmt.Errorf("making a pack: %w", err)
		}
		left = append(left, paper.Title)
		paper.Path, paper.Gone = "", sentenceNotInPack
	}
}

// tryPack runs one child. When it fails, at is the paper it was reading, counted from 0, or -1.
func (t *Tools) tryPack(ctx context.Context, timeout time.Duration, dest string, p Pack) (facts PackFacts, at int, err error) {
	at = -1
	done := false
	err = t.work(ctx, timeout, packWork, packOrder{Dest: dest, Pack: p}, func(line []byte) error {
		var says packSays
		if err := json.Unmarshal(line, &says); err != nil {
			return fmt.Errorf("%w: %.100q", errBadResult, line)
		}
		switch {
		case says.Failure != "":
			return fmt.Errorf("%w: %s", errWriting, says.Failure)
		case says.Done != nil:
			facts, done = *says.Done, true
		default:
			at = says.Paper
		}
		return nil
	})
	if err == nil && !done {
		err = errBadResult
	}
	return facts, at, err
}

// paper is the i-th paper in the order of the pack.
func (p *Pack) paper(i int) *PackPaper {
	n := 0
	for a := range p.Parts {
		for b := range p.Parts[a].Sections {
			s := &p.Parts[a].Sections[b]
			if i >= n && i < n+len(s.Papers) {
				return &s.Papers[i-n]
			}
			n += len(s.Papers)
		}
	}
	return nil
}

// errWriting is a failure of ours, not of a paper.
var errWriting = errors.New("writing the pack")

// packWork names the work of a child that makes a pack: an order comes in, lines of packSays go out.
const packWork = "pack"

type packOrder struct {
	Dest string
	Pack Pack
}

type packSays struct {
	Paper   int        `json:",omitempty"` // it begins to read this one
	Failure string     `json:",omitempty"`
	Done    *PackFacts `json:",omitempty"`
}
