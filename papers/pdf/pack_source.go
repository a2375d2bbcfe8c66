package pdf

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// source is a PDF that is read to be copied into a pack.
type source struct {
	*model.Context
	catalog types.Dict
	pages   []sourcePage
}

// sourcePage is a page with what it inherits from the tree above it.
type sourcePage struct {
	number int // of its object; 0 when it is written into its parent
	dict   types.Dict
}

// What a page tree may be at the most; it is the file that says so.
const (
	maxTreeDepth = 50
	maxPackPages = 20_000
)

// inherited are the entries that a page takes from the nodes above it.
var inherited = []string{"Resources", "MediaBox", "CropBox", "Rotate"}

// readSource reads a whole file into memory. It panics on some damaged files: the caller recovers.
func readSource(r io.ReadSeeker) (*source, error) {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	ctx, err := pdfcpu.Read(r, conf)
	if err != nil {
		return nil, fmt.Errorf("reading a PDF: %w", err)
	}
	s := &source{Context: ctx}
	if s.catalog, err = ctx.Catalog(); err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	if s.catalog == nil {
		return nil, errors.New("there is no catalogue")
	}
	return s, s.walk(s.catalog["Pages"], types.Dict{}, map[int]bool{}, 0)
}

// walk collects the pages below a node of the page tree.
func (s *source) walk(node types.Object, above types.Dict, seen map[int]bool, depth int) error {
	number := 0
	if ref, ok := node.(types.IndirectRef); ok {
		number = int(ref.ObjectNumber)
		if seen[number] {
			return nil // a page or a branch that is there twice is shown once, as viewers do
		}
		seen[number] = true
	}
	d := s.dict(node)
	if d == nil {
		return nil
	}
	if depth > maxTreeDepth || len(s.pages) >= maxPackPages {
		return errors.New("the page tree is too deep or too long")
	}
	here := types.Dict{}
	for _, k := range inherited {
		if v, ok := d[k]; ok {
			here[k] = v
		} else if v, ok := above[k]; ok {
			here[k] = v
		}
	}
	kids, isNode := s.resolve(d["Kids"]).(types.Array)
	if !isNode {
		page := types.Dict{}
		for k, v := range d {
			page[k] = v
		}
		for k, v := range here {
			page[k] = v
		}
		s.pages = append(s.pages, sourcePage{number, page})
		return nil
	}
	for _, k := range kids {
		if err := s.walk(k, here, seen, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// resolve follows a reference. What is missing or damaged is nil.
func (s *source) resolve(o types.Object) types.Object {
	v, err := s.Dereference(o)
	if err != nil {
		return nil
	}
	return v
}

func (s *source) dict(o types.Object) types.Dict {
	d, _ := s.resolve(o).(types.Dict)
	return d
}

func (s *source) array(o types.Object) types.Array {
	a, _ := s.resolve(o).(types.Array)
	return a
}

// number gives the value of a number.
func (s *source) number(o types.Object) (float64, bool) {
	switch v := s.resolve(o).(type) {
	case types.Integer:
		return float64(v), true
	case types.Float:
		f := float64(v)
		return f, !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	return 0, false
}

// text gives the characters of a string or a name.
func (s *source) text(o types.Object) string {
	switch v := s.resolve(o).(type) {
	case types.Name:
		return string(v)
	case types.StringLiteral, types.HexLiteral:
		t, err := types.StringOrHexLiteral(v)
		if err == nil && t != nil {
			return *t
		}
	}
	return ""
}

// box is a rectangle on a page, in its units.
type box struct{ x0, y0, x1, y1 float64 }

func (s *source) box(o types.Object) (box, bool) {
	a := s.array(o)
	if len(a) != 4 {
		return box{}, false
	}
	var v [4]float64
	for i := range v {
		n, ok := s.number(a[i])
		if !ok || math.Abs(n) > 1e6 {
			return box{}, false
		}
		v[i] = n
	}
	return box{min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3])}, true
}

func (b box) meet(c box) box {
	return box{max(b.x0, c.x0), max(b.y0, c.y0), min(b.x1, c.x1), min(b.y1, c.y1)}
}

func (b box) empty() bool { return b.x1-b.x0 < 1 || b.y1-b.y0 < 1 }

// shown is the part of a page that viewers show, and how far it is turned clockwise.
func (s *source) shown(page types.Dict) (media, crop box, turn int) {
	media, ok := s.box(page["MediaBox"])
	if !ok || media.empty() {
		media = box{0, 0, 612, 792} // what viewers take
	}
	crop = media
	if c, ok := s.box(page["CropBox"]); ok && !c.meet(media).empty() {
		crop = c.meet(media)
	}
	if r, ok := s.number(page["Rotate"]); ok && math.Abs(r) < 1e6 {
		turn = ((int(r)%360 + 360) % 360) / 90 * 90
	}
	return media, crop, turn
}
