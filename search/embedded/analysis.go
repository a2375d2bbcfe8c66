package embedded

import (
	"github.com/blevesearch/bleve/v2/analysis"

	"clearday/search"
)

// stemmed and whole hand bleve the words that package search has found, so that the analysis of
// documents, queries and marks is one.
type (
	stemmed []search.Token
	whole   []search.Token
)

// Analyze gives the stems with their positions.
func (s stemmed) Analyze([]byte) analysis.TokenStream {
	stems := make(map[string][]byte, len(s)/2)
	list := make([]analysis.Token, len(s))
	out := make(analysis.TokenStream, len(s))
	for i, t := range s {
		stem, ok := stems[t.Word]
		if !ok {
			stem = []byte(search.Stem(t.Word))
			stems[t.Word] = stem
		}
		list[i] = analysis.Token{Term: stem, Position: i + 1}
		out[i] = &list[i]
	}
	return out
}

// Analyze gives each different word once.
func (w whole) Analyze([]byte) analysis.TokenStream {
	seen := make(map[string]bool, len(w)/2)
	var out analysis.TokenStream
	for _, t := range w {
		if !seen[t.Word] {
			seen[t.Word] = true
			out = append(out, &analysis.Token{Term: []byte(t.Word), Position: len(out) + 1})
		}
	}
	return out
}
