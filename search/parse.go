package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Parse understands what a person typed: words (all on one page), "phrases", OR between alternatives,
// -not, prefix*, NEAR/5 between two, title: board: kind: org: year: from: to: before: after: has:scan. It
// never fails: what it cannot understand is left out and said in Query.Notes. Filters of a form are
// set on the result by the caller.
func Parse(text string) Query {
	p := parser{q: Query{Text: strings.TrimSpace(strings.ToValidUTF8(text, ""))}}
	for _, piece := range joinPairs(split(p.cut(p.q.Text))) {
		p.take(piece)
	}
	p.finish()
	return p.q
}

// piece is one part of a query between spaces: -field:"text"*.
type piece struct {
	not    bool
	field  string
	text   string
	quoted bool
	open   int // brackets before and after
	close  int
	also   [][]string // other ways to write it
}

// bare tells that there is nothing but a word.
func (pc piece) bare() bool {
	return !pc.not && !pc.quoted && pc.field == "" && pc.open == 0 && pc.close == 0
}

type parser struct {
	q       Query
	terms   int
	or      bool // the last piece was OR
	near    int  // the last piece was NEAR, so many words away
	second  Term // after the last NEAR
	depth   int  // open brackets
	inside  int  // terms since the bracket opened that no OR joins
	tooMany bool
	run     []string // all words so far
	mixed   bool     // there was more than words
}

func (p *parser) cut(s string) string {
	if r := []rune(s); len(r) > maxRunes {
		p.q.note("Only the first %d characters were searched for.", maxRunes)
		s = string(r[:maxRunes])
		if whole := strings.LastIndexFunc(s, unicode.IsSpace); whole > 0 {
			s = s[:whole] // half a word would be another word
		}
	}
	return s
}

var fields = map[string]bool{"title": true, "board": true, "org": true, "has": true, "kind": true, "year": true, "from": true, "to": true, "before": true, "after": true}

// split cuts a query into pieces. Typographic quotes count as quotes; a quote that is not closed
// runs to the end.
func split(s string) []piece {
	s = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`).Replace(s)
	var out []piece
	for {
		s = strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
		if s == "" {
			return out
		}
		var pc piece
		for s != "" && (s[0] == '(' || s[0] == '-') {
			pc.open += strings.Count(s[:1], "(")
			pc.not = pc.not || s[0] == '-'
			s = s[1:]
		}
		if i := strings.IndexByte(s, ':'); i > 0 && fields[strings.ToLower(s[:i])] {
			pc.field, s = strings.ToLower(s[:i]), s[i+1:]
		}
		if strings.HasPrefix(s, `"`) {
			pc.quoted = true
			pc.text, s, _ = strings.Cut(s[1:], `"`)
			if strings.HasPrefix(s, ")") {
				rest := strings.TrimLeft(s, ")")
				pc.close, s = len(s)-len(rest), rest
			}
		} else {
			end := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '"' })
			if end < 0 {
				end = len(s)
			}
			word := strings.TrimRight(s[:end], ")")
			pc.text, pc.close, s = word, end-len(word), s[end:]
		}
		out = append(out, pc)
	}
}

func (p *parser) take(pc piece) {
	if pc.open > 0 {
		p.depth, p.inside = p.depth+pc.open, 0
		if pc.not {
			p.q.note("A minus works on one word or phrase, not on brackets.")
		}
	}
	switch {
	case pc.field == "" && !pc.quoted && !pc.not && (pc.text == "OR" || pc.text == "|"):
		p.or = true
	case pc.field == "" && !pc.quoted && !pc.not && pc.text == "AND":
	case pc.bare() && nearWords(pc.text) > 0:
		p.near = nearWords(pc.text)
	case pc.field == "" || pc.field == "title":
		p.term(pc)
	case pc.not:
		p.q.note("A minus does not work before %s:.", pc.field)
	default:
		p.filter(pc)
	}
	p.depth = max(0, p.depth-pc.close)
}

// term adds a word or phrase: an alternative of the last one after OR, else one more to be there.
func (p *parser) term(pc piece) {
	t, ok := newTerm(pc)
	if !ok {
		if strings.TrimFunc(pc.text, unicode.IsPunct) != "" || pc.quoted || pc.field != "" {
			p.q.note("%q holds no letter or digit to search for.", short(pc.text))
		}
		return
	}
	if p.terms += len(t.Words); p.terms > maxTerms {
		if !p.tooMany {
			p.q.note("Only the first %d words were searched for.", maxTerms)
		}
		p.tooMany = true
		return
	}
	or := p.or
	p.or = false
	near := p.near
	p.near = 0
	p.mixed = p.mixed || or || near > 0 || pc.not || pc.quoted || t.Title || t.Prefix
	p.run = append(p.run, t.Words...)
	switch {
	case near > 0 && !pc.not && p.beside(t, near):
	case pc.not:
		p.q.Not = append(p.q.Not, t)
	case or && len(p.q.All) > 0:
		last := len(p.q.All) - 1
		p.q.All[last] = append(p.q.All[last], t)
	default:
		p.q.All = append(p.q.All, []Term{t})
		if p.inside++; p.depth > 0 && p.inside == 2 {
			p.q.note("Brackets work around words that OR joins; others are read as if they were not there.")
		}
	}
}

func newTerm(pc piece) (Term, bool) {
	t := Term{Text: strings.TrimSpace(pc.text), Title: pc.field == "title", Quoted: pc.quoted}
	tokens := Analyse(pc.text)
	if len(tokens) == 0 {
		return t, false
	}
	for _, k := range tokens {
		t.Typed = append(t.Typed, k.Word)
	}
	if !pc.quoted && len(tokens) == 1 && strings.HasSuffix(pc.text, "*") && len(tokens[0].Word) >= 2 {
		t.Prefix, t.Text, t.Words = true, strings.TrimRight(pc.text, "*"), t.Typed
		return t, true
	}
	t.Words = stemAll(t.Typed)
	if !pc.quoted {
		same := func(run []string) bool { return slices.Equal(run, t.Words) }
		t.Also = slices.DeleteFunc(append(pc.also, otherForms(pc.text, t.Typed)...), same)
	}
	return t, true
}

// beside joins the term with the last one by NEAR: a clause of both in place of the last, or one more
// when the last is of two already. It is false where nothing can be near.
func (p *parser) beside(t Term, near int) bool {
	last := len(p.q.All) - 1
	if last < 0 {
		return false
	}
	before := p.q.All[last][len(p.q.All[last])-1]
	if t.Prefix || before.Prefix || t.Title || before.Title {
		p.q.note("NEAR works between words and phrases, so both were looked for anywhere on the page.")
		return false
	}
	chained := before.Near != nil
	if chained {
		before = p.second
	}
	p.second = t
	both := Term{Text: fmt.Sprintf("%s NEAR/%d %s", before, near, t), Words: before.Words, Typed: before.Typed, Near: t.Words, Within: near}
	if chained {
		p.q.All = append(p.q.All, []Term{both})
	} else {
		p.q.All[last][len(p.q.All[last])-1] = both
	}
	return true
}

// nearWords reads NEAR and NEAR/5; 0 is no such word.
func nearWords(text string) int {
	const usual, most = 10, 100
	rest, ok := strings.CutPrefix(text, "NEAR")
	if !ok {
		return 0
	}
	if rest == "" {
		return usual
	}
	n, err := strconv.Atoi(strings.TrimPrefix(rest, "/"))
	if err != nil || rest[0] != '/' {
		return 0
	}
	return min(max(n, 1), most)
}

func (p *parser) filter(pc piece) {
	q, value := &p.q, strings.TrimSpace(pc.text)
	first, last, isDate := Period(value)
	switch {
	case value == "":
		q.note("Say which %s after %s:.", pc.field, pc.field)
	case pc.field == "board":
		q.boardWords = append(q.boardWords, value)
	case pc.field == "kind":
		q.kind(value)
	case pc.field == "org":
		q.orgWords = append(q.orgWords, value)
	case pc.field == "has":
		q.has(value)
	case !isDate:
		q.notDate(value)
	case pc.field == "year":
		q.Years = append(q.Years, yearOf(first))
	case pc.field == "from":
		q.From = max(q.From, first)
	case pc.field == "to":
		q.until(last)
	case pc.field == "before":
		q.until(dayAfter(first, -1))
	case pc.field == "after":
		q.From = max(q.From, dayAfter(last, 1))
	}
}

func (q *Query) kind(typed string) {
	if !slices.ContainsFunc(KindNames, func(k kindName) bool { return k.Kind == kindOf(typed) }) {
		q.note("%q is no kind of document. Write %s.", short(typed), kindList)
		return
	}
	q.Kinds = append(q.Kinds, kindOf(typed))
}

func (q *Query) has(typed string) {
	if kind := strings.ToLower(typed); kind != "scan" && kind != "scans" {
		q.note("After has: only scan can stand, for pages that were scanned.")
		return
	}
	q.Scans = true
}

func yearOf(date string) int {
	n := 0
	for _, r := range date[:4] {
		n = n*10 + int(r-'0')
	}
	return n
}

// longestRun bounds the run of words that is looked for unasked.
const longestRun = 16

// finish drops words that say too little, unless nothing else is left.
func (p *parser) finish() {
	if !p.mixed && len(p.run) > 1 && len(p.run) <= longestRun {
		p.q.Run = p.run
	}
	var telling [][]Term
	for _, any := range p.q.All {
		if t := any[0]; len(any) > 1 || t.Title || t.Prefix || t.Quoted || t.Near != nil || len(t.Words) > 1 || !commonWords[Fold(t.Text)] {
			telling = append(telling, any)
		}
	}
	if len(telling) > 0 {
		p.q.All = telling
	}
}
