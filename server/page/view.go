package page

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
)

// View is how the image of a page is shown: larger, or turned. It stands in the address, so that it works without scripts.
type View struct {
	Zoom int // per cent of the width that there is
	Turn int // degrees, clockwise
}

var (
	zooms = []int{100, 150, 200, 300}
	turns = []int{0, 90, 180, 270}
)

// NewView reads the view of an address. What cannot be understood is the usual view.
func NewView(zoom, turn string) View {
	v := View{Zoom: 100}
	if n, err := strconv.Atoi(zoom); err == nil && slices.Contains(zooms, n) {
		v.Zoom = n
	}
	if n, err := strconv.Atoi(turn); err == nil && slices.Contains(turns, n) {
		v.Turn = n
	}
	return v
}

// Larger is the next zoom, or 0.
func (v View) Larger() int { return v.step(1) }

// Smaller is the zoom before, or 0.
func (v View) Smaller() int { return v.step(-1) }

func (v View) step(by int) int {
	if i := slices.Index(zooms, v.Zoom) + by; i >= 0 && i < len(zooms) {
		return zooms[i]
	}
	return 0
}

// Plain tells that it is the usual view.
func (v View) Plain() bool { return v == View{Zoom: 100} }

// Sizes says how wide the image is shown, so that the browser takes the picture that fits (the widths are those of site.css).
func (v View) Sizes() string {
	if v.Zoom == 100 {
		return "(min-width: 60em) 44vw, 94vw"
	}
	return fmt.Sprintf("(min-width: 60em) %dvw, %dvw", 80*v.Zoom/100, 94*v.Zoom/100)
}

func (v View) values() url.Values {
	q := url.Values{}
	if v.Zoom != 100 {
		q.Set("zoom", strconv.Itoa(v.Zoom))
	}
	if v.Turn != 0 {
		q.Set("turn", strconv.Itoa(v.Turn))
	}
	return q
}

// at is the address of a page of this version in a view, with what was asked for kept.
func (p Paper) at(n int, v View, place string) string {
	q := v.values()
	if p.Query != "" {
		q.Set("q", p.Query)
	}
	if p.Quoting.Typed != "" && n == p.Page {
		q.Set("quote", p.Quoting.Typed)
	}
	to := fmt.Sprintf("%s/pages/%d", p.Address, n)
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to + place
}

// To is the address of a page of this version, with the query and the view kept.
func (p Paper) To(n int) string { return p.at(n, p.View, "#reader") }

// Zoomed is this page at another zoom.
func (p Paper) Zoomed(zoom int) string { return p.at(p.Page, View{zoom, p.View.Turn}, "#sheet") }

// Turned is this page turned by a quarter, clockwise.
func (p Paper) Turned() string {
	return p.at(p.Page, View{p.View.Zoom, (p.View.Turn + 90) % 360}, "#sheet")
}

// Straight is this page in the usual view.
func (p Paper) Straight() string { return p.at(p.Page, View{Zoom: 100}, "#sheet") }
