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
