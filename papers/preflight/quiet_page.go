package preflight

import (
	"cmp"
	"slices"
	"strings"

	"clearday/papers/pdf"
)

// quietPages tells for each page whether nothing can hide on it: its one stream of commands is quiet, and neither its
// resources nor its annotations nor its words speak against it. contents names the streams of each page.
func quietPages(o *objects, contents [][]string, streams map[string]quiet, pages []pdf.Page) []bool {
	quietly := make([]bool, len(pages))
	refs := o.pages()
	if len(refs) != len(pages) || len(contents) != len(pages) || o.catalog()["/OCProperties"] != nil {
		return quietly
	}
	for i, ref := range refs {
		v, _ := o.object(ref)
		page, _ := v.(dict)
		if page == nil || len(contents[i]) != 1 {
			continue
		}
		asks, ok := streams[contents[i][0]]
		quietly[i] = ok && o.fits(page, asks) && o.quietAround(page) && quietWords(pages[i].Words)
	}
	return quietly
}

// inherited gives what a page or one of the nodes above it says under a key.
func (o *objects) inherited(page dict, key string) any {
	for range 20 {
		if v := o.follow(page[key]); v != nil {
			return v
		}
		if page = o.dict(page, "/Parent"); page == nil {
			return nil
		}
	}
	return nil
}

// fits tells whether the page is no larger than what its commands cut off. A page of odd measures never fits.
func (o *objects) fits(page dict, asks quiet) bool {
	if page["/UserUnit"] != nil {
		return false
	}
	box, _ := o.inherited(page, "/MediaBox").([]any)
	if len(box) != 4 {
		return false
	}
	var n [4]float64
	for i, v := range box {
		var ok bool
		if n[i], ok = o.follow(v).(float64); !ok {
			return false
		}
	}
	return n[0] == 0 && n[1] == 0 && n[2] <= asks.width+1 && n[3] <= asks.height+1
}

// quietAround looks at the resources and annotations of a page.
func (o *objects) quietAround(page dict) bool {
	for _, a := range o.list(page, "/Annots") {
		if d, ok := o.follow(a).(dict); !ok || !is(d, "/Subtype", "/Link") || d["/AP"] != nil {
			return false
		}
	}
	resources, ok := o.inherited(page, "/Resources").(dict)
	if !ok {
		return false
	}
	for _, v := range o.dict(resources, "/Font") {
		if font, ok := o.follow(v).(dict); !ok || is(font, "/Subtype", "/Type3") { // whose letters are drawings
			return false
		}
	}
	for _, v := range o.dict(resources, "/ExtGState") {
		if state, ok := o.follow(v).(dict); !ok || !o.quietState(state) {
			return false
		}
	}
	return true
}

// quietState tells that a graphics state sets nothing that makes text pale or lines thick.
func (o *objects) quietState(state dict) bool {
	for key, v := range state {
		switch v = o.follow(v); key {
		case "/ca", "/CA":
			if n, ok := v.(float64); !ok || n < 0.9 {
				return false
			}
		case "/BM":
			if v != "/Normal" {
				return false
			}
		case "/SMask":
			if v != "/None" {
				return false
			}
		case "/Type", "/AIS", "/SA", "/OP", "/op", "/OPM", "/SM", "/RI", "/FL", "/TK":
		default:
			return false
		}
	}
	return true
}

// quietWords tells that no word lies on another one or is made of blocks, which cover as well as a box does, and
// that none is too small to be seen.
func quietWords(words []pdf.Word) bool {
	words = slices.SortedFunc(slices.Values(words), func(a, b pdf.Word) int { return cmp.Compare(a.YMin, b.YMin) })
	for i, w := range words {
		if min(w.XMax-w.XMin, w.YMax-w.YMin) < 1 || max(w.XMax-w.XMin, w.YMax-w.YMin) < 3 || strings.ContainsFunc(w.Text, isBlock) {
			return false
		}
		for n, below := range words[i+1:] {
			if below.YMin > w.YMax-2 {
				break
			}
			if n > 1000 { // as many side by side as no line has
				return false
			}
			if across, down := min(w.XMax, below.XMax)-max(w.XMin, below.XMin), min(w.YMax, below.YMax)-below.YMin; across > 2 && across*down > 0.4*min(areaOf(w), areaOf(below)) {
				return false
			}
		}
	}
	return true
}

func areaOf(w pdf.Word) float64 { return (w.XMax - w.XMin) * (w.YMax - w.YMin) }

// isBlock knows the letters that are boxes; poppler names those without a name U+FFFD.
func isBlock(r rune) bool { return r >= 0x2580 && r <= 0x25FF || r == '\uFFFD' }
