package embedded

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"

	"clearday/search"
)

const (
	mostNear       = 5 // words that Near gives
	automatonEdits = 2 // two letters exchanged are two edits to the automaton, and one mistake to us
)

// Near walks through the words of the index with an automaton of the mistyped word. A word that only
// removed pages hold is left out, though the index knows it until segments are merged.
func (e *Engine) Near(ctx context.Context, word string) ([]string, error) {
	s, release, err := e.snapshot()
	if err != nil {
		return nil, err
	}
	defer release()
	word = search.Fold(word)
	if n, err := pagesWith(ctx, s, word); err != nil || n > 0 {
		return []string{word}, err
	}
	if search.TypingMistakes(word) == 0 {
		return nil, nil
	}
	start := ""
	if word[0] < utf8.RuneSelf { // the first letter is hardly ever the mistake
		start = word[:1]
	}
	dict, err := s.FieldDictFuzzy(fieldWord, word, automatonEdits, start)
	if err != nil {
		return nil, fmt.Errorf("looking for words like one: %w", err)
	}
	defer func() { _ = dict.Close() }()
	return closest(ctx, s, dict, word)
}

func closest(ctx context.Context, s *scorch.IndexSnapshot, dict index.FieldDict, word string) ([]string, error) {
	type candidate struct {
		word           string
		distance, used int
	}
	var list []candidate
	for {
		entry, err := dict.Next()
		if err != nil {
			return nil, fmt.Errorf("looking for words like one: %w", err)
		}
		if entry == nil {
			break
		}
		distance := search.Distance(word, entry.Term)
		if distance > search.TypingMistakes(word) {
			continue
		}
		n, err := pagesWith(ctx, s, entry.Term)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			list = append(list, candidate{entry.Term, distance, n})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(a.distance-b.distance, b.used-a.used, cmp.Compare(a.word, b.word))
	})
	var words []string
	for _, c := range list[:min(len(list), mostNear)] {
		words = append(words, c.word)
	}
	return words, nil
}

// pagesWith counts the pages that hold a word, without those that are removed.
func pagesWith(ctx context.Context, s *scorch.IndexSnapshot, word string) (int, error) {
	r, err := s.TermFieldReader(ctx, []byte(word), fieldWord, false, false, false)
	if err != nil {
		return 0, fmt.Errorf("reading the pages of a word: %w", err)
	}
	defer func() { _ = r.Close() }()
	return int(r.Count()), nil
}
