package search

import (
	"html"
	"strings"
)

// Passage gives the snippet of the page as text: what is marked apart from what is not.
func (p HitPage) Passage() []Segment {
	var out []Segment
	rest := p.Snippet
	add := func(s string, marked bool) {
		if s != "" {
			out = append(out, Segment{Text: html.UnescapeString(s), Marked: marked})
		}
	}
	for rest != "" {
		before, after, _ := strings.Cut(rest, "<mark>")
		marked, next, _ := strings.Cut(after, "</mark>")
		add(before, false)
		add(marked, true)
		rest = next
	}
	return out
}

// Plain gives the snippet of the page as text.
func (p HitPage) Plain() string {
	var b strings.Builder
	for _, s := range p.Passage() {
		b.WriteString(s.Text)
	}
	return b.String()
}
