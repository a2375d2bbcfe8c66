package search

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"clearday/papers"
)

// Coverage says how complete the search was.
type Coverage struct {
	Papers     int       `json:"papers"`     // public
	Searchable int       `json:"searchable"` // of which every page can be searched
	Missing    []Missing `json:"missing"`
	Behind     int64     `json:"behind"` // acts of the record that the engine has not followed yet
	// Built is how much of the record is in the index, in per cent, while it is being built again; else 100.
	Built int `json:"built"`
}

// Missing is a public paper of which some or all words cannot be found, and why.
type Missing struct {
	Paper  string `json:"paper"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

// Unsearchable is what the record knows of a paper that is not searchable in full.
type Unsearchable struct {
	Paper    papers.Paper
	Pages    int  // of the current version
	Pictures int  // pages that are pictures and whose words are not recognised
	Textless bool // no page has any text
}

// reason says it in a sentence.
func (u Unsearchable) reason() string {
	switch {
	case u.Pictures == 0:
		return "There is no text in its pages. Only its title can be found."
	case u.Textless && u.Pictures >= u.Pages:
		return "Its pages are pictures whose words could not be recognised. Only its title can be found."
	case u.Pictures == 1:
		return fmt.Sprintf("One of its %d pages is a picture whose words could not be recognised.", u.Pages)
	}
	return fmt.Sprintf("%d of its %d pages are pictures whose words could not be recognised.", u.Pictures, u.Pages)
}

// completeness keeps what the record says of completeness, counted once for each act: counting is slower
// than searching.
type completeness struct {
	mu      sync.Mutex
	last    Coverage
	act     int64
	counted bool
}

func (f *Finder) covered(ctx context.Context) (Coverage, error) {
	act, err := f.Record.LastAct(ctx)
	if err != nil {
		return Coverage{}, fmt.Errorf("reading the last act: %w", err)
	}
	c, err := f.counted(ctx, act)
	if err != nil {
		return Coverage{}, err
	}
	seen := int64(0)
	if c.Built = 100; f.Follow != nil {
		seen, c.Built = f.Follow.Seen(), f.Follow.Built()
	} else if seen, err = f.Engine.Position(ctx); err != nil {
		return Coverage{}, fmt.Errorf("reading the engine's position: %w", err)
	}
	if c.Behind = max(0, act-seen); c.Behind > 0 {
		err = f.wait(ctx, seen, &c)
	}
	return c, err
}

// wait adds what the record published after the last act that the engine has followed.
func (f *Finder) wait(ctx context.Context, seen int64, c *Coverage) error {
	acts, err := f.Record.Acts(ctx, seen, actsAtOnce)
	if err != nil {
		return fmt.Errorf("reading what was published last: %w", err)
	}
	known := map[string]bool{}
	for _, m := range c.Missing {
		known[m.Paper] = true
	}
	var refs []papers.VersionRef
	for _, a := range acts {
		if id, n, ok := published(a); ok {
			refs = append(refs, papers.VersionRef{Paper: id, N: n})
		}
	}
	found, err := f.Record.Find(ctx, papers.Public, refs)
	if err != nil {
		return fmt.Errorf("reading what was published last: %w", err)
	}
	c.Missing = slices.Clone(c.Missing)
	for _, fd := range found {
		if fd.Version.State == papers.VersionPublished && !known[fd.Paper.ID] {
			known[fd.Paper.ID] = true
			c.Missing = append(c.Missing, Missing{Paper: fd.Paper.ID, Title: fd.Paper.Title, Reason: "It was published a moment ago and is still being taken in."})
		}
	}
	c.Searchable = c.Papers - len(c.Missing)
	return nil
}

// published tells which version of which paper an act published.
func published(a papers.Act) (id string, n int, ok bool) {
	rest, ok := strings.CutPrefix(a.Subject, ofPapers)
	if a.Kind != papers.ActPaperPublished || !ok {
		return "", 0, false
	}
	id, version, ok := strings.Cut(rest, "/v/")
	if n, err := strconv.Atoi(version); ok && err == nil {
		return id, n, true
	}
	return "", 0, false
}

func (f *Finder) counted(ctx context.Context, act int64) (Coverage, error) {
	f.complete.mu.Lock()
	defer f.complete.mu.Unlock()
	if f.complete.counted && f.complete.act == act {
		return f.complete.last, nil
	}
	n, not, err := f.Record.Unsearchable(ctx, papers.Public)
	if err != nil {
		return Coverage{}, fmt.Errorf("counting searchable papers: %w", err)
	}
	c := Coverage{Papers: n, Searchable: n - len(not), Missing: []Missing{}}
	for _, u := range not {
		c.Missing = append(c.Missing, Missing{Paper: u.Paper.ID, Title: u.Paper.Title, Reason: u.reason()})
	}
	f.complete.last, f.complete.act, f.complete.counted = c, act, true
	return c, nil
}
