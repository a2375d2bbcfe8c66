package preflight

import (
	"clearday/papers/pdf"
)

// view is one page, drawn with and without its text.
type view struct {
	with, without pdf.Raster
	dpi           int
}

// seen is how much a value of a pixel must differ to be noticed, of 255.
const seen = 6

// area gives the pixels of a word that lie whole within its box.
func (v view) area(w pdf.Word) (x0, y0, x1, y1 int) {
	scale := float64(v.dpi) / 72
	x0, y0 = int(w.XMin*scale+0.5), int(w.YMin*scale+0.5)
	x1, y1 = max(int(w.XMax*scale+0.5), x0+1), max(int(w.YMax*scale+0.5), y0+1)
	return max(0, x0), max(0, y0), min(x1, v.with.Width, v.without.Width), min(y1, v.with.Height, v.without.Height)
}

// shows tells whether the text makes a difference where the word stands, all along. A word may be
// covered in part: then the stretch without a difference, as long as two letters, must lie on another ground
// than the rest, because a word that a narrow column cuts off is covered by nothing.
func (v view) shows(w pdf.Word) bool {
	x0, y0, x1, y1 := v.area(w)
	if x0 >= x1 || y0 >= y1 {
		return true // off the page
	}
	upright := y1-y0 > 2*(x1-x0) && len([]rune(w.Text)) > 1 // it reads from bottom to top
	along, across := x1-x0, y1-y0
	if upright {
		along, across = across, along
	}
	from, to := v.longestGap(x0, y0, along, across, upright)
	if to-from == along {
		return false
	}
	scale := float64(v.dpi) / 72
	if float64(to-from) < max(leastGap*scale, v.letters()*float64(across)) {
		return true
	}
	part := func(a, b int) (int, int, int, int) {
		if upright {
			return x0, y0 + a, x1, y0 + b
		}
		return x0 + a, y0, x0 + b, y1
	}
	a, b := 0, from // the rest of the word: the longer one of both sides
	if along-to > from {
		a, b = to, along
	}
	return !v.unlike(part(from, to))(v.groundOf(part(a, b)))
}

// letters is how wide two letters are at least, as a share of the height of a word.
func (v view) letters() float64 {
	if v.dpi == glance {
		return 0.4
	}
	return 0.6
}

// longestGap finds the longest stretch of a word in which nothing differs.
func (v view) longestGap(x0, y0, along, across int, upright bool) (from, to int) {
	begun := 0
	for i := range along {
		for j := range across {
			x, y := x0+i, y0+j
			if upright {
				x, y = x0+j, y0+i
			}
			if v.differs(x, y) {
				begun = i + 1
				break
			}
		}
		if i+1-begun > to-from {
			from, to = begun, i+1
		}
	}
	return from, to
}

func (v view) differs(x, y int) bool {
	a, b := (y*v.with.Width+x)*v.with.Channels, (y*v.without.Width+x)*v.without.Channels
	for c := range v.with.Channels {
		if d := int(v.with.Pix[a+c]) - int(v.without.Pix[b+c]); d > seen || d < -seen {
			return true
		}
	}
	return false
}

// ground is what lies behind a word.
type ground struct {
	plain  bool // of one colour
	dark   bool
	colour [3]int
}

func (v view) ground(w pdf.Word) ground {
	return v.groundOf(v.area(w))
}

// unlike tells whether most of an area has another colour than a ground. A glance does not tell them
// apart as well.
func (v view) unlike(x0, y0, x1, y1 int) func(g ground) bool {
	return func(g ground) bool {
		most, n := 8*seen, 0
		if v.dpi == glance {
			most = 4 * seen
		}
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				for c := range v.without.Channels {
					if d := int(v.without.Pix[(y*v.without.Width+x)*v.without.Channels+c]) - g.colour[c]; d > most || d < -most {
						n++
						break
					}
				}
			}
		}
		return n*10 > (x1-x0)*(y1-y0)*6
	}
}

func (v view) groundOf(x0, y0, x1, y1 int) ground {
	if x0 >= x1 || y0 >= y1 {
		return ground{}
	}
	var low, high [3]int
	var sum [3]int
	for c := range low {
		low[c] = 255
	}
	channels := v.without.Channels
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			for c := range channels {
				p := int(v.without.Pix[(y*v.without.Width+x)*channels+c])
				low[c], high[c], sum[c] = min(low[c], p), max(high[c], p), sum[c]+p
			}
		}
	}
	g := ground{plain: true}
	light, n := 0, (x1-x0)*(y1-y0)
	for c := range channels {
		g.plain = g.plain && high[c]-low[c] <= 2*seen
		g.colour[c] = sum[c] / n
		light += g.colour[c]
	}
	g.dark = light/channels < 100
	return g
}

// isPaper tells whether a colour is that of the page at its corners.
func (v view) isPaper(g ground) bool {
	for c := range v.without.Channels {
		corner := int(v.without.Pix[(2*v.without.Width+2)%(v.without.Width*v.without.Height)*v.without.Channels+c])
		if d := g.colour[c] - corner; d > 2*seen || d < -2*seen {
			return false
		}
	}
	return true
}
