package page

import (
	"fmt"

	"clearday/papers"
	"clearday/papers/packs"
)

// PackLink leads to papers in one file.
type PackLink struct {
	URL   string
	Says  string
	Facts string // type, size and pages; before it is made, that it will be
}

// NewPackLink says what a pack is.
func NewPackLink(url, says string, p packs.Pack) PackLink {
	pages := Count(p.Last-p.First+1, "page", "pages")
	if p.First > 1 {
		pages = fmt.Sprintf("pages %s to %s", Number(p.First), Number(p.Last))
	}
	if p.File == "" {
		return PackLink{url, says, "PDF, " + pages + ", ready in a few seconds"}
	}
	return PackLink{url, says, "PDF, " + Size(p.Size) + ", " + pages}
}

// PackWaits is the page that stands in the place of a pack while it is being made.
type PackWaits struct {
	Base
	Meeting papers.Meeting
	Again   string // the address of the pack
	Papers  []PaperRow
}

// Template names the page's template.
func (PackWaits) Template() string { return "meeting/pack.html" }
