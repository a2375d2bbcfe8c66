package pdf

import (
	"strings"

	"github.com/jung-kurt/gofpdf"
)

// pen draws in the manner of the documents that Clearday writes itself: text in Liberation Sans, broken at words, between the margins
// of an A4 page.
type pen struct{ *gofpdf.Fpdf }

// room begins a new page unless height is left on this one.
func (p pen) room(height float64) {
	if p.GetY()+height > bottom {
		p.AddPage()
	}
}

func (p pen) font(style string, size float64, c colour) {
	p.SetFont("sans", style, size)
	p.SetTextColor(c.r, c.g, c.b)
}

func (p pen) rule(y, thick float64, c colour) {
	p.SetDrawColor(c.r, c.g, c.b)
	p.SetLineWidth(thick)
	p.Line(margin, y, margin+width, y)
}

// cell draws one line, cut where it does not fit.
func (p pen) cell(w, h float64, text string) {
	if lines := p.wrap(text, w-2); len(lines) > 0 {
		p.CellFormat(w, h, lines[0], "", 0, "L", false, 0, "")
	}
}

func (p pen) paragraph(x, w, h float64, text string) {
	p.lines(x, w, h, p.wrap(text, w-2))
}

func (p pen) lines(x, w, h float64, lines []string) {
	for _, l := range lines {
		p.room(h)
		p.SetX(x)
		p.CellFormat(w, h, l, "", 0, "L", false, 0, "")
		p.SetY(p.GetY() + h)
	}
}

// wrap breaks text at spaces into lines of at most w millimetres in the current font; a longer word is broken anywhere. gofpdf's own
// breaking takes a no-break space for a space and looks past the end of its table of widths.
func (p pen) wrap(text string, w float64) []string {
	var lines []string
	current := ""
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }) {
		if joined := strings.TrimPrefix(current+" "+word, " "); p.GetStringWidth(joined) <= w {
			current = joined
			continue
		}
		if current != "" {
			lines = append(lines, current)
		}
		current = ""
		for _, r := range word {
			if current != "" && p.GetStringWidth(current+string(r)) > w {
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

// fact draws a label with its value beside.
func (p pen) fact(label, value string) {
	if value == "" {
		return
	}
	y := p.GetY()
	p.font("B", 10.5, petrol)
	p.SetXY(margin, y)
	p.cell(22, lineHeight, label)
	p.SetY(y)
	p.font("", 10.5, ink)
	p.paragraph(margin+22, width-22, lineHeight, value)
	p.SetY(p.GetY() + 1)
}
