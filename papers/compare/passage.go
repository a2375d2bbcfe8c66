package compare

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Passage is a sentence, a list entry or a heading, as a reader would point at it.
type Passage struct {
	Page int    // from 1; where it begins
	Text string // one line

	key string // what is compared: the text with quotes and dashes made plain
}

func (p Passage) words() int { return strings.Count(p.key, " ") + 1 }

func keys(list []Passage) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.key
	}
	return out
}

// passages cuts the text of pages into passages. What stands at the head or foot of most pages is
// none, and a sentence that a page breaks is one.
func passages(pages []string) []Passage {
	running := findRunning(pages)
	var list []Passage
	for i, text := range pages {
		for k, p := range cut(body(i, text, running)) {
			if n := len(list); k == 0 && n > 0 && goesOn(list[n-1].Text, p) {
				list[n-1].Text = join(list[n-1].Text, p)
				continue
			}
			list = append(list, Passage{Page: i + 1, Text: p})
		}
	}
	for i := range list {
		list[i].key = hyphen.ReplaceAllString(plain.Replace(list[i].Text), "$1$2")
	}
	return list
}

// plain takes away what only the font or the program that made the file decides.
var plain = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-", "—", "-", "\u00ad", "", "ﬁ", "fi", "ﬂ", "fl")

// hyphen between letters may come and go with the width of the lines.
var hyphen = regexp.MustCompile(`(\p{L})-(\p{L})`)

// edge is how many lines at the top and at the bottom of a page may be running lines.
const edge = 3

// running is what stands at the edge of at least half of the pages (and of three) and is no part of
// what the paper says: lines with the same words ("Page 3 of 20", the name of the board), and the
// bare numbers of the pages, which differ from the page's place by the same offset.
type running struct {
	lines   map[string]bool
	offsets map[int]bool
}

func findRunning(pages []string) running {
	lineCount, offsetCount := map[string]int{}, map[int]int{}
	for i, text := range pages {
		seen := map[string]bool{}
		for atEdge, line := range atEdges(lines(text)) {
			if s := withoutNumbers(line); atEdge && !seen[s] {
				seen[s] = true
				lineCount[s]++
			}
			if n, err := strconv.Atoi(line); atEdge && err == nil {
				offsetCount[n-i]++
			}
		}
	}
	return running{often(lineCount, len(pages)), often(offsetCount, len(pages))}
}

func often[K comparable](count map[K]int, pages int) map[K]bool {
	set := map[K]bool{}
	for k, n := range count {
		if n >= 3 && n*2 >= pages {
			set[k] = true
		}
	}
	return set
}

// holds tells whether a line at the edge of page i is a running line. What has no letters is none
// but for page numbers: a figure of a table must not be taken for one.
func (r running) holds(i int, line string) bool {
	if n, err := strconv.Atoi(line); err == nil {
		return r.offsets[n-i]
	}
	return strings.ContainsFunc(line, unicode.IsLetter) && r.lines[withoutNumbers(line)]
}

// atEdges yields each line with whether it stands at the head or foot.
func atEdges(list []string) func(yield func(bool, string) bool) {
	return func(yield func(bool, string) bool) {
		full := 0
		for _, l := range list {
			if l != "" {
				full++
			}
		}
		n := 0
		for _, l := range list {
			if l != "" {
				n++
			}
			if !yield(l != "" && (n <= edge || n > full-edge), l) {
				return
			}
		}
	}
}

func lines(text string) []string {
	list := strings.Split(text, "\n")
	for i, l := range list {
		list[i] = strings.Join(strings.Fields(l), " ")
	}
	return list
}

var digits = regexp.MustCompile(`[0-9]+`)

// withoutNumbers is what a running line has on every page: one or two numbers count the pages, more
// are figures.
func withoutNumbers(line string) string {
	if len(digits.FindAllStringIndex(line, 3)) > 2 {
		return line
	}
	return digits.ReplaceAllString(line, "#")
}

// body is the lines of page i, from 0, without its running lines.
func body(i int, text string, r running) []string {
	var list []string
	for atEdge, line := range atEdges(lines(text)) {
		if !atEdge || !r.holds(i, line) {
			list = append(list, line)
		}
	}
	return list
}

// cut joins the lines that only the width of the page broke, and cuts at the ends of sentences, empty
// lines and list entries.
func cut(list []string) []string {
	var out []string
	for block := range blocks(list) {
		from := 0
		for _, end := range sentenceEnd.FindAllStringIndex(block, -1) {
			next, _ := utf8.DecodeRuneInString(block[end[1]:])
			if end[0]-from >= shortest && (unicode.IsUpper(next) || unicode.IsDigit(next) || strings.ContainsRune("“‘\"(", next)) {
				out = append(out, strings.TrimSpace(block[from:end[1]]))
				from = end[1]
			}
		}
		if rest := strings.TrimSpace(block[from:]); rest != "" {
			out = append(out, rest)
		}
	}
	return out
}

// shortest keeps "1. The board" and "Dr. Shah" whole: what ends sooner is no sentence.
const shortest = 12

var sentenceEnd = regexp.MustCompile(`[.;:?!][”’")]* `)

// blocks yields paragraphs, headings and list entries, their lines joined: a line that is much shorter
// than the widest was not broken by the width of the page.
func blocks(list []string) func(yield func(string) bool) {
	widest := 0
	for _, line := range list {
		widest = max(widest, utf8.RuneCountInString(line))
	}
	return func(yield func(string) bool) {
		block, before := "", 0
		for _, line := range append(list, "") {
			if block != "" && (line == "" || startsEntry(line) || before*10 < widest*6) {
				if !yield(block) {
					return
				}
				block = ""
			}
			block, before = join(block, line), utf8.RuneCountInString(line)
		}
	}
}

var entry = regexp.MustCompile(`^([•·▪◦●○■–-]|\d{1,3}(\.\d{1,3})*[.)]?|\([a-z0-9]{1,3}\)|[a-z][.)]) ?\S?`)

// startsEntry tells that a line begins a list entry or a numbered paragraph. A bare number may be a
// cell of a table.
func startsEntry(line string) bool {
	m := entry.FindString(line)
	return m != "" && strings.Trim(line, "0123456789.,%£ ") != ""
}

// join puts a line behind what came before, a word that the line end hyphenated made whole.
func join(before, line string) string {
	if before == "" || line == "" {
		return before + line
	}
	next, _ := utf8.DecodeRuneInString(line)
	stem, hyphened := strings.CutSuffix(before, "-")
	last, _ := utf8.DecodeLastRuneInString(stem)
	if hyphened && unicode.IsLower(next) && unicode.IsLower(last) {
		return stem + line
	}
	return before + " " + line
}

// goesOn tells that a passage runs over the end of its page.
func goesOn(before, next string) bool {
	first, _ := utf8.DecodeRuneInString(next)
	return unicode.IsLower(first) && !strings.ContainsAny(before[len(before)-1:], ".;:?!")
}
