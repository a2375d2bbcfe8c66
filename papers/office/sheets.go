package office

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Sheet is one sheet of a spreadsheet as it is shown: hidden rows and columns are left out, formulas are what they came to.
type Sheet struct {
	Name string
	Rows [][]string
}

// parseSheets takes the sheets out of the page that LibreOffice wrote, which has no hidden sheets, rows and columns, and makes a page
// of them: a heading and a table for each.
func parseSheets(r io.Reader) (Web, error) {
	page, err := readPage(r)
	if err != nil {
		return Web{}, err
	}
	body := page.Find("body")
	body.Find("comment, style, script, title").Remove()
	w := Web{Pictures: body.Find("img, object, embed, svg, canvas").Remove().Length()}
	var b strings.Builder
	name := ""
	body.Find("h1 em, table").Each(func(_ int, s *goquery.Selection) {
		if goquery.NodeName(s) == "em" {
			name = cellText(s)
			return
		}
		if rows := grid(s); len(rows) > 0 {
			writeSheet(&b, Sheet{name, rows})
			for _, row := range rows {
				w.cells = append(w.cells, slices.DeleteFunc(slices.Clone(row), func(s string) bool { return s == "" })...)
			}
			w.Tables++
		}
		name = ""
	})
	clean := policy.Sanitize(b.String())
	w.HTML, w.Headings = frameTables(clean), strings.Count(clean, "<h2>")
	if w.cells == nil {
		w.cells = []string{}
	}
	return w, nil
}

// cleanSheets tells whether the PDF shows the beginning of hardly less than every cell: long words are cut off there by the next cell,
// but what lies outside the area that is printed must not be in a table either. Charts and headers are in the PDF alone.
func (w Web) cleanSheets(pages []string) (why string) {
	shown := map[string]bool{}
	for _, word := range splitWords(strings.Join(pages, " ")) {
		shown[word] = true
	}
	all, found := 0, 0
	for _, cell := range w.cells {
		words := splitWords(cell)
		if len(words) == 0 {
			continue
		}
		all++
		if begins(shown, []rune(words[0])) {
			found++
		}
	}
	switch share := float64(found) / float64(max(all, 1)); {
	case all == 0:
		return "it has no words"
	case share < hardlyMore:
		return fmt.Sprintf("the PDF shows %.0f %% of its cells", 100*share)
	}
	return ""
}

// begins tells whether the word is shown, or its first letters where it was cut off.
func begins(shown map[string]bool, word []rune) bool {
	for n := len(word); n >= min(3, len(word)); n-- {
		if shown[string(word[:n])] {
			return true
		}
	}
	return false
}

// cellText is what a cell shows, each of its lines without needless blanks.
func cellText(s *goquery.Selection) string {
	const end = "\u2028" // a line ends at br, not where the page happens to have one
	s.Find("br").ReplaceWithHtml(end)
	var lines []string
	for line := range strings.SplitSeq(s.Text(), end) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// What a cell may span and how many there may be: a page is small that says a cell spans a million.
const (
	maxSpan  = 1000
	maxCells = 1_000_000
)

// grid lays out a table cell by cell. What spans several stands in the first of them, the others are empty. Empty rows and columns at
// the edges go.
func grid(table *goquery.Selection) (rows [][]string) {
	taken, cells := map[[2]int]bool{}, 0
	table.Find("tr").Each(func(y int, tr *goquery.Selection) {
		var row []string
		tr.Find("td, th").Each(func(_ int, s *goquery.Selection) {
			for taken[[2]int{y, len(row)}] {
				row = append(row, "")
			}
			x, text := len(row), cellText(s)
			across, down := spans(s, "colspan"), spans(s, "rowspan")
			if cells += across * down; cells > maxCells {
				return
			}
			for i := range across {
				for j := 1; j < down; j++ {
					taken[[2]int{y + j, x + i}] = true
				}
				row = append(row, "")
			}
			row[x] = text
		})
		rows = append(rows, row)
	})
	return trim(rows)
}

func spans(s *goquery.Selection, name string) int {
	n, err := strconv.Atoi(s.AttrOr(name, "1"))
	if err != nil {
		return 1
	}
	return min(max(n, 1), maxSpan)
}

// trim cuts off the empty edges, and makes all rows equally long.
func trim(rows [][]string) [][]string {
	filled := func(row []string) bool { return slices.ContainsFunc(row, func(s string) bool { return s != "" }) }
	first := slices.IndexFunc(rows, filled)
	if first < 0 {
		return nil
	}
	rows = rows[first:]
	for !filled(rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	from, to := 1<<30, 0
	for _, row := range rows {
		for x, text := range row {
			if text != "" {
				from, to = min(from, x), max(to, x+1)
			}
		}
	}
	for y, row := range rows {
		full := make([]string, to)
		copy(full, row)
		rows[y] = full[from:]
	}
	return rows
}

// writeSheet writes a sheet as a heading, where it has a name, and a table.
func writeSheet(b *strings.Builder, s Sheet) {
	if s.Name != "" {
		fmt.Fprintf(b, "<h2>%s</h2>\n", html.EscapeString(s.Name))
	}
	b.WriteString("<table>")
	for y, row := range s.Rows {
		open, end := "<td>", "</td>"
		if y == 0 && hasHead(s.Rows) {
			open, end = `<th scope="col">`, "</th>"
		}
		b.WriteString("<tr>")
		for _, text := range row {
			b.WriteString(open + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>") + end)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>\n")
}

// hasHead tells whether the first row names the columns: each has a name of its own there, and none is a number.
func hasHead(rows [][]string) bool {
	seen := map[string]bool{}
	for _, text := range rows[0] {
		if text == "" || isNumber.MatchString(text) || seen[text] {
			return false
		}
		seen[text] = true
	}
	return len(rows) > 1 && len(rows[0]) > 1
}

// Sheets reads the sheets of a web version of a spreadsheet, as Web made it.
func Sheets(r io.Reader) ([]Sheet, error) {
	page, err := readPage(r)
	if err != nil {
		return nil, err
	}
	var list []Sheet
	name := ""
	page.Find("h2, table").Each(func(_ int, s *goquery.Selection) {
		if goquery.NodeName(s) == "h2" {
			name = s.Text()
			return
		}
		list = append(list, Sheet{name, grid(s)})
		name = ""
	})
	return list, nil
}

// isNumber knows what a cell with a number shows, whatever its format: -1,234.50, £-12, (3), 45 %, 1.5E+06.
var isNumber = regexp.MustCompile(`^[-+(]?[£$€]?[-+]?[0-9][0-9,. ]*(E[-+]?[0-9]+)?\)?( ?%)?$`)

// CSV writes the sheet as comma-separated values (RFC 4180, UTF-8). A cell that a spreadsheet program would take for a formula gets an
// apostrophe before it: whoever opens the file must not run what a stranger wrote.
func (s Sheet) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range s.Rows {
		guarded := make([]string, len(row))
		for i, text := range row {
			if text != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(text)[0]) && !isNumber.MatchString(text) {
				text = "'" + text
			}
			guarded[i] = text
		}
		_ = w.Write(guarded) // into memory
	}
	w.Flush()
	return b.Bytes()
}
