package pdf

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// A stamp stands in a band of its own below what a page shows: the page grows by it, and what the page had shown is cut at its old edge.
// So it covers nothing, whatever is on the page, and no page is drawn to find out where it is free: drawing costs 4 ms a page and more,
// all the rest of a pack 2 ms. A4 becomes 303 mm high, which prints at 98 % of its size; links and all else stay where they were.
type stamp struct {
	label string // "Item 6 - Page 31 of 462"
	mark  string // what must be said on the page; may be empty
}

// stamper draws stamps in a font of the pack's own pages.
type stamper struct {
	font  int                       // number of the font
	width func(text string) float64 // of text one point high
	used  map[rune]bool             // the specimen page keeps these characters in the font
}

// The stamp on a page of the size of A4, in points. Larger and smaller pages are stamped in proportion, to be read when the whole page is.
const (
	bandHeight   = 18.0
	bandMargin   = 28.0
	stampSize    = 9.0
	stampRaise   = 5.6 // of the line of writing above the bottom
	a4Width      = 595.28
	stampFontKey = "ClearDayStamp" // its name in the resources of a page, which no paper uses
	cosmeticLine = 0.4
)

// band gives the boxes of a page with its stamp, and the content that draws the stamp and cuts the page at its old edge. It goes before
// the page's own content, which can then do nothing to it.
func (s *stamper) band(media, crop box, turn int, st stamp) (newMedia, newCrop box, content string) {
	w, h := crop.x1-crop.x0, crop.y1-crop.y0
	if turn == 90 || turn == 270 {
		w, h = h, w
	}
	scale := min(w, h) / a4Width
	size, inner := stampSize*scale, w-2*bandMargin*scale
	label, mark := s.width(st.label), s.width(st.mark)
	rows := 1.0
	if mark > 0 && (label+mark+2)*size > inner {
		rows = 2
	}
	if longest := max(label, mark) * size; longest > inner {
		size *= inner / longest
	}
	high := (bandHeight + (rows-1)*stampSize*1.4) * scale
	newCrop = crop
	cut := box{crop.x0 - high, crop.y0 - high, crop.x1 + high, crop.y1 + high} // only towards the band: elsewhere viewers cut, each at its own pixel
	var m [6]float64                                                           // from the page as it is shown, from the bottom left of the band, to the page's own units
	switch turn {
	case 0:
		newCrop.y0, cut.y0 = crop.y0-high, crop.y0
		m = [6]float64{1, 0, 0, 1, newCrop.x0, newCrop.y0}
	case 90:
		newCrop.x1, cut.x1 = crop.x1+high, crop.x1
		m = [6]float64{0, 1, -1, 0, newCrop.x1, newCrop.y0}
	case 180:
		newCrop.y1, cut.y1 = crop.y1+high, crop.y1
		m = [6]float64{-1, 0, 0, -1, newCrop.x1, newCrop.y1}
	case 270:
		newCrop.x0, cut.x0 = crop.x0-high, crop.x0
		m = [6]float64{0, -1, 1, 0, newCrop.x0, newCrop.y1}
	}
	newMedia = box{min(media.x0, newCrop.x0), min(media.y0, newCrop.y0), max(media.x1, newCrop.x1), max(media.y1, newCrop.y1)}

	var b strings.Builder
	b.WriteString("/Artifact <</Type/Pagination/Subtype/Footer>> BDC q ")
	for _, v := range m {
		fmt.Fprintf(&b, "%.4f ", v)
	}
	fmt.Fprintf(&b, "cm 1 g 0 0 %.3f %.3f re f %s RG %.3f w %.3f %.3f m %.3f %.3f l S\n", w, high, operands(line), cosmeticLine*scale,
		0.0, high-cosmeticLine*scale/2, w, high-cosmeticLine*scale/2)
	s.text(&b, size, w-bandMargin*scale-label*size, stampRaise*scale, petrol, st.label)
	if mark > 0 {
		s.text(&b, size, bandMargin*scale, stampRaise*scale+(rows-1)*stampSize*1.4*scale, ink, st.mark)
	}
	fmt.Fprintf(&b, "Q EMC\n%.4f %.4f %.4f %.4f re W n\n", cut.x0, cut.y0, cut.x1-cut.x0, cut.y1-cut.y0)
	return newMedia, newCrop, b.String()
}

func (s *stamper) text(b *strings.Builder, size, x, y float64, c colour, text string) {
	for _, r := range text {
		s.used[r] = true
	}
	fmt.Fprintf(b, "BT /%s %.3f Tf %s rg %.3f %.3f Td <", stampFontKey, size, operands(c), x, y)
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(b, "%04x", u)
	}
	b.WriteString("> Tj ET\n")
}

func operands(c colour) string {
	return fmt.Sprintf("%.3f %.3f %.3f", float64(c.r)/255, float64(c.g)/255, float64(c.b)/255)
}
