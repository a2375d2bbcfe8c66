package search

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// snippetLength is the length of a snippet in bytes, more or less.
const snippetLength = 220

// snippetScan bounds how much of a page is looked at for a snippet.
const snippetScan = 256 << 10

// Snippets gives the snippets of all pages of the results, by group: what the Finder shows, for
// benchmarks and for checking an engine.
func Snippets(q Query, res Results) [][]string {
	m := newMatcher(q)
	out := make([][]string, len(res.Groups))
	for i, g := range res.Groups {
		for _, p := range g.Best {
			out[i] = append(out[i], m.snippet(p.Text))
		}
	}
	return out
}

// snippet gives the passage of a page that holds most of what was asked for, as HTML in which
// everything but its own <mark> is escaped.
func (m *matcher) snippet(text string) string {
	if len(text) > snippetScan {
		text = strings.ToValidUTF8(text[:snippetScan], "")
	}
	tokens := m.tokens(text)
	hits := m.match(tokens)
	from, to := passage(text, tokens, hits)
	var b strings.Builder
	if from > 0 {
		b.WriteString("… ")
	}
	inside, insideHits := within(tokens, hits, from, to)
	for _, s := range segments(text[from:to], inside, insideHits) {
		plain := html.EscapeString(oneLine(s.Text))
		if s.Marked {
			plain = "<mark>" + plain + "</mark>"
		}
		b.WriteString(plain)
	}
	out := strings.TrimSpace(b.String())
	if to < len(text) {
		out += " …"
	}
	return out
}

// passage chooses the bytes to show: the window in which the most different words of the query
// stand, the first one of equals.
func passage(text string, tokens []Token, hits []int) (from, to int) {
	var found []int
	for i, h := range hits {
		if h >= 0 {
			found = append(found, i)
		}
		if len(found) == 200 {
			break
		}
	}
	best, start := 0, 0
	for at, i := range found {
		words := map[string]bool{}
		for _, j := range found[at:] {
			if tokens[j].End > tokens[i].Start+snippetLength-40 {
				break
			}
			words[tokens[j].Word] = true
		}
		if len(words) > best {
			best, start = len(words), tokens[i].Start
		}
	}
	from = wordStart(text, max(0, start-40))
	to = min(len(text), from+snippetLength)
	if to < len(text) {
		to = max(wordStart(text, to), from)
	}
	return from, to
}

// wordStart moves back to the start of the word at i, unless the word is very long.
func wordStart(text string, i int) int {
	for i > 0 && i < len(text) && !utf8.RuneStart(text[i]) {
		i--
	}
	for at, n := i, 0; at > 0 && n < 30; n++ {
		r, size := utf8.DecodeLastRuneInString(text[:at])
		if unicode.IsSpace(r) {
			return at
		}
		at -= size
	}
	if i < 30 {
		return 0
	}
	return i
}

func within(tokens []Token, hits []int, from, to int) (in []Token, inHits []int) {
	for i, k := range tokens {
		if k.Start >= from && k.End <= to {
			k.Start, k.End = k.Start-from, k.End-from
			in, inHits = append(in, k), append(inHits, hits[i])
		}
	}
	return in, inHits
}

// oneLine folds space and control characters to single spaces, keeping one at each end.
func oneLine(s string) string {
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	out := strings.Join(strings.FieldsFunc(s, blank), " ")
	if out == "" {
		if s != "" {
			return " "
		}
		return ""
	}
	if r, _ := utf8.DecodeRuneInString(s); blank(r) {
		out = " " + out
	}
	if r, _ := utf8.DecodeLastRuneInString(s); blank(r) {
		out += " "
	}
	return out
}
