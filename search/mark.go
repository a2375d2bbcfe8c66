package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Segment is a piece of text, marked when the query found it.
type Segment struct {
	Text   string
	Marked bool
}

// Mark tells which words of a page the query found, aligned with words, which stand in reading
// order as a PDF gives them ("hubs," or "commu-"). A phrase marks the run of its words.
func (q Query) Mark(words []string) []bool {
	marked := make([]bool, len(words))
	m := newMatcher(q)
	var tokens []Token
	var of []int // the word that each token is of
	for i, w := range words {
		for _, k := range Analyse(w) {
			tokens, of = append(tokens, k), append(of, i)
		}
	}
	for k, hit := range m.match(tokens) {
		if hit >= 0 {
			marked[of[k]] = true
		}
	}
	m.markBroken(words, marked)
	return marked
}

// MarkText cuts a text into segments. Joined together they are the text.
func (q Query) MarkText(text string) []Segment {
	m := newMatcher(q)
	tokens := m.tokens(text)
	return segments(text, tokens, m.match(tokens))
}

// segments marks runs of tokens that one find covers, with what is between them.
func segments(text string, tokens []Token, hits []int) []Segment {
	var out []Segment
	add := func(s string, marked bool) {
		if s != "" {
			out = append(out, Segment{Text: s, Marked: marked})
		}
	}
	done := 0
	for k := 0; k < len(tokens); k++ {
		if hits[k] < 0 {
			continue
		}
		first := k
		for k+1 < len(tokens) && hits[k+1] == hits[first] {
			k++
		}
		add(text[done:tokens[first].Start], false)
		add(text[tokens[first].Start:tokens[k].End], true)
		done = tokens[k].End
	}
	add(text[done:], false)
	return out
}

// matcher finds the terms of a query in analysed text without an index.
type matcher struct {
	runs     [][]string // stems
	pairs    []Term     // that stand near each other
	prefixes []string
	first    [256]bool // bytes with which a word must begin to be worth stemming
	wanted   [256]bool // or to be worth looking at
}

func newMatcher(q Query) *matcher {
	m := &matcher{}
	for _, any := range q.All {
		for _, t := range any {
			switch {
			case t.Prefix:
				m.prefixes = append(m.prefixes, t.Words[0])
				m.wanted[t.Words[0][0]] = true
			case t.Near != nil:
				m.pairs = append(m.pairs, t)
				m.begins(t.Words)
				m.begins(t.Near)
			default:
				m.runs = append(append(m.runs, t.Words), t.Also...)
			}
		}
	}
	for _, run := range m.runs {
		m.begins(run)
	}
	return m
}

func (m *matcher) begins(run []string) {
	for _, w := range run {
		m.first[w[0]], m.wanted[w[0]] = true, true
	}
}

// tokens analyses a text as far as the query may find something in it.
func (m *matcher) tokens(text string) []Token { return analyse(text, &m.wanted) }

// match gives for each token the number of the find that covers it, or -1. Tokens of one find
// have the same number, which no other find has.
func (m *matcher) match(tokens []Token) []int {
	hits := make([]int, len(tokens))
	stems := make([]string, len(tokens))
	for i, k := range tokens {
		hits[i] = -1
		// A stem begins as its word does, so most words need no stemming.
		if k.Word != "" && m.first[k.Word[0]] {
			stems[i] = Stem(k.Word)
		}
	}
	for i := range tokens {
		for _, p := range m.prefixes {
			if strings.HasPrefix(tokens[i].Word, p) {
				hits[i] = i
			}
		}
		for _, run := range m.runs {
			if !runAt(stems, i, run) {
				continue
			}
			cover(hits, i, len(run))
		}
	}
	for _, pair := range m.pairs {
		for _, at := range Pairs(runsIn(stems, pair.Words), runsIn(stems, pair.Near), len(pair.Words), len(pair.Near), pair.Within) {
			cover(hits, at[0], len(pair.Words))
			cover(hits, at[1], len(pair.Near))
		}
	}
	return hits
}

// cover marks n tokens from i on as one find; a single one that is part of a longer find stays so.
func cover(hits []int, i, n int) {
	for j := range n {
		if hits[i+j] < 0 || n > 1 {
			hits[i+j] = i
		}
	}
}

func runsIn(stems []string, run []string) (starts []int) {
	for i := range stems {
		if runAt(stems, i, run) {
			starts = append(starts, i)
		}
	}
	return starts
}

// Pairs gives those starts of two runs, of so many words, between whose ends and starts at most within
// steps lie: 1 is side by side. The starts are in order. Each start of the first is paired with the
// nearest of the second on either side.
func Pairs(first, second []int, words, near, within int) (at [][2]int) {
	for _, a := range first {
		i, _ := slices.BinarySearch(second, a)
		for j := i - 1; j <= i && j < len(second); j++ {
			if j < 0 {
				continue
			}
			b := second[j]
			gap := b - (a + words - 1)
			if b < a {
				gap = a - (b + near - 1)
			}
			if gap >= 1 && gap <= within {
				at = append(at, [2]int{a, b})
			}
		}
	}
	return at
}

func runAt(stems []string, i int, run []string) bool {
	if i+len(run) > len(stems) {
		return false
	}
	for j, w := range run {
		if stems[i+j] != w {
			return false
		}
	}
	return true
}

// markBroken marks both halves of words that a line end broke ("commu-", "nity").
func (m *matcher) markBroken(words []string, marked []bool) {
	for i := 0; i+1 < len(words); i++ {
		half, ok := strings.CutSuffix(words[i], "-")
		next, _ := utf8.DecodeRuneInString(words[i+1])
		if !ok || half == "" || !unicode.IsLower(next) {
			continue
		}
		tokens := Analyse(half + words[i+1])
		if len(tokens) > 0 && m.match(tokens[:1])[0] >= 0 {
			marked[i], marked[i+1] = true, true
		}
	}
}
