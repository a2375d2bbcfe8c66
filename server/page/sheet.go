package page

import (
	"fmt"
	"math"
	"strings"

	"clearday/papers/pdf"
	"clearday/search"
)

// Sheet is the image of a page with what lies over it: the boxes of found words, and the words
// themselves, unseen, so that they can be selected and copied. All of it is SVG attributes, since
// the content policy allows no styles.
type Sheet struct {
	Address string // of the version
	Page    int
	Width   float64 // of the page in points
	Height  float64
	Marks   []Box
	Lines   []Line
}

// Box is a rectangle in points, as attributes.
type Box struct{ X, Y, W, H string }

// Line is a run of words that stand beside each other.
type Line struct{ Text, X, Y, Size, Length string }

const (
	a4Width  = 595.0
	a4Height = 842.0
)

// NewSheet lays the words of a page over its image.
func NewSheet(address string, n int, words pdf.Page) Sheet {
	s := Sheet{Address: address, Page: n, Width: words.Width, Height: words.Height, Lines: lines(words.Words)}
	if s.Width <= 0 || s.Height <= 0 {
		s.Width, s.Height = a4Width, a4Height
	}
	return s
}

// MarkFound marks the words that a query finds.
func (s *Sheet) MarkFound(words []pdf.Word, q search.Query) {
	if len(q.All) == 0 {
		return
	}
	for i, marked := range q.Mark(textsOf(words)) {
		if marked {
			s.mark(words[i])
		}
	}
}

// MarkPassage marks what is quoted, and answers it as the image has it. A text that its maker wrote in another order than it is
// read in may be found here only.
func (s *Sheet) MarkPassage(words []pdf.Word, q search.Quotation) string {
	texts := textsOf(words)
	from, to, ok := q.Among(texts)
	if !ok {
		return ""
	}
	for _, w := range words[from : to+1] {
		s.mark(w)
	}
	return strings.Join(texts[from:to+1], " ")
}

func (s *Sheet) mark(w pdf.Word) {
	s.Marks = append(s.Marks, Box{points(w.XMin - 1), points(w.YMin - 0.5), points(w.XMax - w.XMin + 2), points(w.YMax - w.YMin + 1)})
}

func textsOf(words []pdf.Word) []string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.Text
	}
	return texts
}

// TurnedBox is the coordinate system of the page when it is turned.
func (s Sheet) TurnedBox(turn int) string {
	if turn%180 != 0 {
		return "0 0 " + points(s.Height) + " " + points(s.Width)
	}
	return s.ViewBox()
}

// Turning is the transformation that turns the page within its box.
func (s Sheet) Turning(turn int) string {
	switch turn {
	case 90:
		return "translate(" + points(s.Height) + " 0) rotate(90)"
	case 180:
		return "translate(" + points(s.Width) + " " + points(s.Height) + ") rotate(180)"
	}
	return "translate(0 " + points(s.Width) + ") rotate(270)"
}

// ViewBox is the coordinate system of the overlay: points of the page.
func (s Sheet) ViewBox() string { return "0 0 " + points(s.Width) + " " + points(s.Height) }

// W is the width of the page as an attribute.
func (s Sheet) W() string { return points(s.Width) }

// H is the height of the page as an attribute.
func (s Sheet) H() string { return points(s.Height) }

// Image is the address of the picture at a width in pixels.
func (s Sheet) Image(width int) string {
	return fmt.Sprintf("%s/pages/%d.jpg?w=%d", s.Address, s.Page, width)
}

// ImageHeight is the height in pixels of the picture at a width, so that nothing jumps when it comes.
func (s Sheet) ImageHeight(width int) int { return heightFor(width, s.Width, s.Height) }

func heightFor(width int, w, h float64) int {
	if w <= 0 || h <= 0 {
		w, h = a4Width, a4Height
	}
	return max(1, int(math.Round(float64(width)*h/w)))
}

// lines joins words that stand in one line without a wide gap. What stands upright or turned is
// left out: its text is beside the image.
func lines(words []pdf.Word) []Line {
	var out []Line
	for from := 0; from < len(words); {
		to := from + 1
		for to < len(words) && follows(words[to-1], words[to]) {
			to++
		}
		run := words[from:to]
		from = to
		first, last := run[0], run[len(run)-1]
		height, length := first.YMax-first.YMin, last.XMax-first.XMin
		text := strings.Join(textsOf(run), " ")
		if height > 3*length && len(text) > 1 {
			continue
		}
		out = append(out, Line{Text: text, X: points(first.XMin), Y: points(first.YMax - 0.22*height), Size: points(0.84 * height), Length: points(length)})
	}
	return out
}

func follows(a, b pdf.Word) bool {
	height := a.YMax - a.YMin
	gap := b.XMin - a.XMax
	return math.Abs((a.YMin+a.YMax)-(b.YMin+b.YMax)) < height && gap > -0.3*height && gap < height
}

// points writes a length with one decimal, without a needless zero.
func points(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }
