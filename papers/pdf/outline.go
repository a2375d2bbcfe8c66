package pdf

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Section is an entry of a file's outline (its bookmarks).
type Section struct {
	Title string
	Page  int // where it leads, from 1
	Depth int // 0 for the first level
}

// maxSectionTitle bounds a title, in runes.
const maxSectionTitle = 200

// Outline reads the outline of a file, in order. Entries that lead to no page are left out; what is below them stays. Most files have none.
func (t *Tools) Outline(ctx context.Context, path string) ([]Section, error) {
	out, err := t.all(ctx, "qpdf", []string{"--warning-exit-0", "--no-warn", "--json=2", "--json-key=outlines"}, path)
	if err != nil {
		return nil, unreadable("reading the outline of a PDF", err)
	}
	list, err := parseOutline(out)
	if err != nil {
		return nil, unreadable("reading the outline of a PDF", err)
	}
	return list, nil
}

// entry is what qpdf says of one bookmark.
type entry struct {
	Title string
	Page  *int `json:"destpageposfrom1"`
	Kids  []entry
}

func parseOutline(out []byte) ([]Section, error) {
	var file struct{ Outlines []entry }
	if err := json.Unmarshal(out, &file); err != nil {
		return nil, fmt.Errorf("%w: %w", errBadResult, err)
	}
	return sections(nil, file.Outlines, 0), nil
}

func sections(list []Section, entries []entry, depth int) []Section {
	if depth > maxOutlineDepth {
		return list
	}
	for _, e := range entries {
		if len(list) == maxOutline {
			return list
		}
		title := sectionTitle(e.Title)
		below := depth + 1
		if title != "" && e.Page != nil && *e.Page > 0 {
			list = append(list, Section{title, *e.Page, depth})
		} else {
			below = depth
		}
		list = sections(list, e.Kids, below)
	}
	return list
}

// sectionTitle makes one line of a title as somebody typed it.
func sectionTitle(s string) string {
	title := []rune(strings.Join(strings.Fields(cleanText([]byte(s))), " "))
	if len(title) > maxSectionTitle {
		title = append(title[:maxSectionTitle-1], '…')
	}
	return string(title)
}
