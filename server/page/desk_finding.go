package page

import (
	"fmt"
	"strings"

	"clearday/papers"
)

// DeskFinding is what the checks found, with the pages on which the same was found.
type DeskFinding struct {
	papers.Finding
	Address string // of the version
	More    []int  // the other pages
}

// Head is the sentence that says what was found, with its page.
func (f DeskFinding) Head() string {
	head, _, _ := strings.Cut(f.Message, ". ")
	head = strings.TrimSuffix(head, ".")
	if f.Page == 0 {
		return head
	}
	return fmt.Sprintf("Page %d: %s", f.Page, lowerFirst(head))
}

// Rest is what follows: what it means and what to do.
func (f DeskFinding) Rest() string {
	_, rest, _ := strings.Cut(f.Message, ". ")
	return rest
}

func lowerFirst(s string) string {
	for _, article := range []string{"A ", "The "} {
		if strings.HasPrefix(s, article) {
			return strings.ToLower(s[:1]) + s[1:]
		}
	}
	return s
}

// Also names the other pages.
func (f DeskFinding) Also() string {
	const most = 12
	if len(f.More) == 0 {
		return ""
	}
	var names []string
	for _, n := range f.More[:min(len(f.More), most)] {
		names = append(names, fmt.Sprint(n))
	}
	s := "Also on page " + strings.Join(names, ", ")
	if len(f.More) > 1 {
		s = "Also on pages " + strings.Join(names, ", ")
	}
	if len(f.More) > most {
		s += fmt.Sprintf(" and %d more", len(f.More)-most)
	}
	return s + "."
}

// Shown tells that there is a place on a page to show.
func (f DeskFinding) Shown() bool {
	return len(f.Boxes) > 0 && f.Address != "" && f.Width > 0 && f.Height > 0
}

// Image is the address of the picture of the page.
func (f DeskFinding) Image() string { return fmt.Sprintf("%s/pages/%d.jpg?w=400", f.Address, f.Page) }

// Ratio is the height of the picture at 400 pixels of width.
func (f DeskFinding) Ratio() int { return int(400*f.Height/f.Width + 0.5) }

// ViewBox is the coordinate system of the outlines: points of the page.
func (f DeskFinding) ViewBox() string { return "0 0 " + points(f.Width) + " " + points(f.Height) }

// Outlines are the places, with a little room around each.
func (f DeskFinding) Outlines() []Box {
	list := make([]Box, len(f.Boxes))
	for i, b := range f.Boxes {
		list[i] = Box{points(b.XMin - 4), points(b.YMin - 4), points(b.XMax - b.XMin + 8), points(b.YMax - b.YMin + 8)}
	}
	return list
}

// DeskNotes are findings of one kind that keep nothing from publication.
type DeskNotes struct {
	Title string
	Says  []string
}

// FirstBlocks are the findings that the row of a paper has room for.
func (f DeskFile) FirstBlocks() []DeskFinding { return f.Blocks[:min(len(f.Blocks), 2)] }

// OtherBlocks counts those that it has no room for.
func (f DeskFile) OtherBlocks() string {
	n := len(f.Blocks) - 2
	if n <= 0 {
		return ""
	}
	return Count(n, "more place is blocked.", "more places are blocked.")
}

// DeskOverride is where the question stands whether a blocked version may be public all the same.
type DeskOverride struct {
	papers.Override
	CanAsk  bool
	CanGive bool
	Waits   string // for whom it waits
}
