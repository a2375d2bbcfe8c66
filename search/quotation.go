package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quotation is what somebody quotes, to be found again word for word: not stemmed, whatever its capitals, accents, line ends and
// punctuation. A long one is named by its beginning and its end, with … between them.
type Quotation struct{ first, last spelling }

// longQuotation is the number of words from which Short leaves out the middle, and keptWords how many it keeps of either end.
const (
	longQuotation = 24
	keptWords     = 8
)

// NewQuotation reads a quotation. One without words is never found.
func NewQuotation(text string) Quotation {
	first, last, _ := strings.Cut(strings.ReplaceAll(text, "...", "…"), "…")
	if i := strings.LastIndex(last, "…"); i >= 0 {
		last = last[i+len("…"):]
	}
	return Quotation{spell(Prepare(first)), spell(Prepare(last))}
}

// Empty tells that there is nothing to look for.
func (q Quotation) Empty() bool { return q.first.plain == "" }

// Short writes a passage so that an address can hold it and NewQuotation finds it.
func Short(passage string) string {
	words := strings.Fields(strings.ReplaceAll(passage, "…", " "))
	if len(words) < longQuotation {
		return strings.Join(words, " ")
	}
	return strings.Join(words[:keptWords], " ") + " … " + strings.Join(words[len(words)-keptWords:], " ")
}

// In finds the quotation in a text: its bytes, with the signs that stand to its words, such as £ and the full stop.
func (q Quotation) In(text string) (from, to int, ok bool) {
	page := spell(text)
	first, last, ok := q.within(page)
	if !ok {
		return 0, 0, false
	}
	from, to = withSigns(text, page.tokens[first].Start, page.tokens[last].End)
	return from, to, true
}

// withSigns takes in what stands to a passage without a space. A comma at its end stays out.
func withSigns(text string, from, to int) (int, int) {
	sign := func(r rune) bool { return !unicode.IsSpace(r) && !isWordRune(r) }
	from = len(strings.TrimRightFunc(text[:from], sign))
	end := len(text) - len(strings.TrimLeftFunc(text[to:], sign))
	return from, to + len(strings.TrimRight(text[to:end], ",;:-–—"))
}

// Among finds the quotation in the words of a page: the first and the last of its words.
func (q Quotation) Among(words []string) (from, to int, ok bool) {
	var b strings.Builder
	starts := make([]int, len(words))
	for i, w := range words {
		starts[i] = b.Len()
		b.WriteString(w)
		b.WriteByte('\n') // a hyphen at its end may be that of a line
	}
	start, end, ok := q.In(b.String())
	if !ok {
		return 0, 0, false
	}
	for i, at := range starts {
		if at <= start {
			from = i
		}
		if at < end {
			to = i
		}
	}
	return from, to, true
}

// within finds the first and the last token of the quotation in a page.
func (q Quotation) within(page spelling) (first, last int, ok bool) {
	first, last, ok = page.find(q.first, 0)
	if !ok || q.last.plain == "" {
		return first, last, ok
	}
	_, last, ok = page.find(q.last, last+1)
	return first, last, ok
}

// spelling is the words of a text written together, and where one ends and the next begins. A hyphen within a word, be it the
// author's or that of a line end, is a join that may be there or not.
type spelling struct {
	plain  string
	tokens []Token
	at     []int        // where each token begins in plain
	gaps   map[int]bool // between tokens, by the place in plain; true where a hyphen makes it optional
}

func spell(text string) spelling {
	l := spelling{tokens: Analyse(text), gaps: map[int]bool{}}
	var b strings.Builder
	for i, t := range l.tokens {
		l.at = append(l.at, b.Len())
		if i > 0 {
			l.gaps[b.Len()] = hyphenated(text, l.tokens[i-1].End, t.Start)
		}
		b.WriteString(t.Word)
	}
	l.plain = b.String()
	return l
}

// hyphenated tells that only a hyphen, and perhaps a line end after it, stands between two words.
func hyphenated(text string, end, next int) bool {
	between := text[end:next]
	hyphen, size := utf8.DecodeRuneInString(between)
	if hyphen != '-' && hyphen != '‐' && hyphen != '\u00ad' {
		return false
	}
	rest := strings.Trim(between[size:], " \t\r")
	before, _ := utf8.DecodeLastRuneInString(text[:end])
	after, _ := utf8.DecodeRuneInString(text[next:])
	return (rest == "" || rest == "\n") && unicode.IsLetter(before) && unicode.IsLetter(after)
}

// find gives the first and last token of what is quoted, looking from a token on.
func (l spelling) find(quoted spelling, from int) (first, last int, ok bool) {
	if quoted.plain == "" {
		return 0, 0, false
	}
	for i := from; i < len(l.at); i++ {
		if !strings.HasPrefix(l.plain[l.at[i]:], quoted.plain) || !l.parted(quoted, l.at[i]) {
			continue
		}
		end := l.at[i] + len(quoted.plain)
		for last = i; last+1 < len(l.at) && l.at[last+1] < end; {
			last++
		}
		if _, gap := l.gaps[end]; gap || end == len(l.plain) {
			return i, last, true
		}
	}
	return 0, 0, false
}

// parted tells that words end in both where they must: notable is not quoted as "not able".
func (l spelling) parted(quoted spelling, at int) bool {
	for place, optional := range quoted.gaps {
		if _, there := l.gaps[at+place]; !there && !optional {
			return false
		}
	}
	for i := range quoted.plain {
		if optional, gap := l.gaps[at+i]; gap && !optional && i > 0 {
			if _, there := quoted.gaps[i]; !there {
				return false
			}
		}
	}
	return true
}
