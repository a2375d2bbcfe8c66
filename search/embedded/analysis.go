package embedded

import (
	"github.com/blevesearch/bleve/v2/analysis"

	"clearday/search"
)

// stemmed and whole hand bleve the words that package search has found, so that the analysis of
// documents, queries and marks is one.
type (
	stemmed []string // stems in reading order
	whole   []string // the different words
)

// analyse gives the stems of a text, and its different words.
func analyse(text string) (stemmed, whole) {
	tokens := search.Analyse(text)
	stems := make(stemmed, len(tokens))
	known := make(map[string]string, len(tokens)/2)
	var words whole
	for i, t := range tokens {
		stem, ok := known[t.Word]
		if !ok {
			stem = search.Stem(t.Word)
			known[t.Word] = stem
			words = append(words, t.Word)
		}
		stems[i] = stem
	}
	return stems, words
}

// Analyze gives the stems with their positions.
func (s stemmed) Analyze([]byte) analysis.TokenStream { return stream(s) }

// Analyze gives each word once.
func (w whole) Analyze([]byte) analysis.TokenStream { return stream(w) }

func stream(words []string) analysis.TokenStream {
	list := make([]analysis.Token, len(words))
	out := make(analysis.TokenStream, len(words))
	for i, w := range words {
		list[i] = analysis.Token{Term: []byte(w), Position: i + 1}
		out[i] = &list[i]
	}
	return out
}
