package search

import (
	"context"
	"fmt"
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

// cover keeps what the record says of completeness, counted once for each act: counting is slower
// than searching.
type cover struct {
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
	if f.Follow != nil {
		c.Behind, c.Built = f.Follow.Behind(), f.Follow.Built()
		return c, nil
	}
	pos, err := f.Engine.Position(ctx)
	if err != nil {
		return Coverage{}, fmt.Errorf("reading the engine's position: %w", err)
	}
	c.Behind, c.Built = max(0, act-pos), 100
	return c, nil
}

func (f *Finder) counted(ctx context.Context, act int64) (Coverage, error) {
	f.cover.mu.Lock()
	defer f.cover.mu.Unlock()
	if f.cover.counted && f.cover.act == act {
		return f.cover.last, nil
	}
	n, not, err := f.Record.Unsearchable(ctx, papers.Public)
	if err != nil {
		return Coverage{}, fmt.Errorf("counting searchable papers: %w", err)
	}
	c := Coverage{Papers: n, Searchable: n - len(not), Missing: []Missing{}}
	for _, u := range not {
		c.Missing = append(c.Missing, Missing{Paper: u.Paper.ID, Title: u.Paper.Title, Reason: u.reason()})
	}
	f.cover.last, f.cover.act, f.cover.counted = c, act, true
	return c, nil
}
