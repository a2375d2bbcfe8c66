package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// room begins a new page unless height is left on this one.
func (a *agenda) room(height float64) {
	if a.GetY()+height > bottom {
		a.AddPage()
	}
}

func (a *agenda) font(style string, size float64, c colour) {
	a.SetFont("sans", style, size)
	a.SetTextColor(c.r, c.g, c.b)
}

func (a *agenda) rule(y, thick float64, c colour) {
	a.SetDrawColor(c.r, c.g, c.b)
	a.SetLineWidth(thick)
	a.Line(margin, y, margin+width, y)
}

// cell draws one line, cut where it does not fit.
func (a *agenda) cell(w, h float64, text string) {
	if lines := a.wrap(text, w-2); len(lines) > 0 {
		a.CellFormat(w, h, lines[0], "", 0, "L", false, 0, "")
	}
}

func (a *agenda) paragraph(x, w, h float64, text string) {
	a.lines(x, w, h, a.wrap(text, w-2))
}

func (a *agenda) lines(x, w, h float64, lines []string) {
	for _, l := range lines {
		a.room(h)
		a.SetX(x)
		a.CellFormat(w, h, l, "", 0, "L", false, 0, "")
		a.SetY(a.GetY() + h)
	}
}

// wrap breaks text at spaces into lines of at most w millimetres in the current font; a longer word is broken anywhere. gofpdf's own
// breaking takes a no-break space for a space and looks past the end of its table of widths.
func (a *agenda) wrap(text string, w float64) []string {
	var lines []string
	current := ""
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }) {
		if joined := strings.TrimPrefix(current+" "+word, " "); a.GetStringWidth(joined) <= w {
			current = joined
			continue
		}
		if current != "" {
			lines = append(lines, current)
		}
		current = ""
		for _, r := range word {
			if current != "" && a.GetStringWidth(current+string(r)) > w {
				lines = append(lines, current)
				current = ""
			}
			current += string(r)
		}
	}
	if current != "" {
		lines = append(lines, current)
	}
	return lines
}

// printable leaves out of every string what gofpdf cannot draw: control characters, and those beyond the basic plane, for which it
// would read past its table.
func printable(doc AgendaDoc) AgendaDoc {
	for _, s := range []*string{&doc.Organisation, &doc.Board, &doc.Title, &doc.When, &doc.Where, &doc.Note, &doc.Address} {
		*s = printableText(*s)
	}
	items := make([]AgendaItem, len(doc.Items))
	for i, item := range doc.Items {
		for _, s := range []*string{&item.Number, &item.Title, &item.Purpose, &item.Lead, &item.Time, &item.Exemption} {
			*s = printableText(*s)
		}
		papers := make([]AgendaPaper, len(item.Papers))
		for j, p := range item.Papers {
			papers[j] = AgendaPaper{printableText(p.Title), p.Pages, printableText(p.Size)}
		}
		item.Papers = papers
		items[i] = item
	}
	doc.Items = items
	return doc
}

func printableText(s string) string {
	s = strings.ReplaceAll(s, "{pages}", "{ pages }") // the mark that the number of pages replaces
	return strings.Map(func(r rune) rune {
		if r >= 0xfffe {
			return '\u25a1'
		}
		return r
	}, cleanText([]byte(s)))
}

// setLanguage puts /Lang, and that viewers show the title instead of the file's name, into the catalogue of a PDF as gofpdf writes
// it: it offers no call for either. The catalogue is the last object before the table of offsets, so only the offset of that table moves.
func setLanguage(pdf []byte, language string) ([]byte, error) {
	catalogue := bytes.LastIndex(pdf, []byte("/Type /Catalog\n"))
	start := bytes.LastIndex(pdf, []byte("startxref\n"))
	if catalogue < 0 || start < catalogue || !bytes.HasPrefix(pdf, []byte("%PDF-1.3")) {
		return nil, errors.New("finding the catalogue")
	}
	number, rest, _ := bytes.Cut(pdf[start+len("startxref\n"):], []byte("\n"))
	offset, err := strconv.Atoi(string(number))
	if err != nil {
		return nil, fmt.Errorf("reading the offset of the table: %w", err)
	}
	extra := "/Lang (" + language + ")\n/ViewerPreferences << /DisplayDocTitle true >>\n"
	var out bytes.Buffer
	out.WriteString("%PDF-1.4") // both came with 1.4
	out.Write(pdf[len("%PDF-1.3"):catalogue])
	out.WriteString(extra)
	out.Write(pdf[catalogue:start])
	fmt.Fprintf(&out, "startxref\n%d\n", offset+len(extra))
	out.Write(rest)
	return out.Bytes(), nil
}
