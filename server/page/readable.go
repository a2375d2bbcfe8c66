package page

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"clearday/search"
)

// Para is a paragraph of a page's text, cut where found words are marked. A line feed in it is a
// line that the page keeps apart, such as the cells of a table.
type Para []search.Segment

// Readable makes paragraphs of the text that a program took from a page: lines that only the width
// of the page broke are joined, lists and short lines stay lines. What q finds is marked.
func Readable(text string, q search.Query) []Para {
	text = search.Prepare(text)
	widest := 0
	for line := range strings.Lines(text) {
		widest = max(widest, utf8.RuneCountInString(strings.TrimSpace(line)))
	}
	var paras []Para
	var para strings.Builder
	end := func() {
		if para.Len() > 0 {
			paras = append(paras, Para(q.MarkText(para.String())))
			para.Reset()
		}
	}
	before := ""
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = strings.Join(strings.Fields(line), " ")
		if line == "•" && (i+1 == len(lines) || strings.TrimSpace(lines[i+1]) == "" || strings.TrimSpace(lines[i+1]) == "•") {
			continue // a column of marks that the program read apart from its words
		}
		switch {
		case line == "":
			end()
		case para.Len() == 0:
			para.WriteString(line)
		case startsEntry(line), numbered.MatchString(line) && endsSentence(before):
			end()
			para.WriteString(line)
		case utf8.RuneCountInString(before)*10 >= widest*6 && !isBullet(line):
			para.WriteString(" " + line)
		case isBullet(before):
			para.WriteString(" " + line)
		default:
			para.WriteString("\n" + line)
		}
		before = line
	}
	end()
	return paras
}

// Marked counts what is marked in the paragraphs.
func Marked(paras []Para) int {
	n := 0
	for _, p := range paras {
		for _, s := range p {
			if s.Marked {
				n++
			}
		}
	}
	return n
}

// around is the length in runes of what is shown on either side of a match.
const around = 60

// Around gives the words around the first match in the paragraphs of a page.
func Around(paras []Para) Para {
	for _, p := range paras {
		for i, s := range p {
			if !s.Marked {
				continue
			}
			out := Para{s}
			if i > 0 {
				out = Para{{Text: tail(p[i-1].Text)}, s}
			}
			if i+1 < len(p) && !p[i+1].Marked {
				out = append(out, search.Segment{Text: head(p[i+1].Text)})
			}
			return out
		}
	}
	return nil
}

func head(s string) string {
	r := []rune(s)
	if len(r) <= around {
		return s
	}
	s = string(r[:around])
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return s + " …"
}

func tail(s string) string {
	r := []rune(s)
	if len(r) <= around {
		return s
	}
	s = string(r[len(r)-around:])
	if i := strings.IndexByte(s, ' '); i >= 0 {
		s = s[i+1:]
	}
	return "… " + s
}

// longestHeading bounds what can be a heading, in runes.
const longestHeading = 90

// Heading tells that a paragraph looks like a heading: short, one line, no end of a sentence, and either numbered or in capitals. A program
// guesses it from the words alone, so it leaves out rather than in.
func (p Para) Heading() bool {
	var b strings.Builder
	for _, s := range p {
		b.WriteString(s.Text)
	}
	text := b.String()
	if strings.Contains(text, "\n") || utf8.RuneCountInString(text) > longestHeading || endsSentence(text) {
		return false
	}
	if numberedHeading.MatchString(text) {
		return true
	}
	words := strings.Fields(text)
	return len(words) > 1 && text == strings.ToUpper(text) && strings.IndexFunc(text, unicode.IsDigit) < 0 && len([]rune(words[0])) > 2
}

// numberedHeading fits "4. Same-day care" and "12.1 Risks". Without a point it may be a date.
var numberedHeading = regexp.MustCompile(`^\d{1,2}(\.|(\.\d{1,2}){1,2}\.?)\s+[A-Z][\p{L}’'&-]+(\s|$)`)

// numbered fits the number of a paragraph, as reports have it: 1.9, 12.3.1, 4., (a).
var numbered = regexp.MustCompile(`^(\d{1,2}(\.\d{1,3})+\.?|\d{1,2}[.)]|\([a-z0-9]{1,3}\)) \S`)

// endsSentence tells that nothing of a sentence is left for the next line.
func endsSentence(line string) bool {
	line = strings.TrimRight(line, `”’")`)
	return line != "" && strings.ContainsRune(".;:?!", rune(line[len(line)-1]))
}

// isBullet tells that a line is nothing but the mark of a list entry.
func isBullet(line string) bool {
	r, size := utf8.DecodeRuneInString(line)
	return size == len(line) && strings.ContainsRune("•·▪◦●○■–—", r)
}

// startsEntry tells that a line begins an entry of a list.
func startsEntry(line string) bool {
	r, size := utf8.DecodeRuneInString(line)
	next, _ := utf8.DecodeRuneInString(line[size:])
	return strings.ContainsRune("•·▪◦●○■", r) && (size == len(line) || unicode.IsSpace(next))
}
