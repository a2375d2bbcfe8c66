package pdf

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// copier copies objects of one source into the pack, each once, under new numbers. It writes them as it meets them, so that nothing is
// held but the source. Entries are written in the order of their names, and objects in the order in which they are referred to: the same
// source gives the same bytes.
type copier struct {
	*source
	out     *objects
	numbers map[int]int // of the source to those of the pack; the pages are there from the beginning
	queue   []int       // numbers of the source, referred to and not yet written
	tags    *tags
	dests   map[string]types.Object // named places in the source
}

// maxNesting bounds how deep an object may hold others.
const maxNesting = 200

var errNesting = errors.New("an object is nested too deep")

// ref gives the number in the pack of an object of the source.
func (c *copier) ref(n int) int {
	if m, ok := c.numbers[n]; ok {
		return m
	}
	m := c.out.reserve()
	c.numbers[n] = m
	c.queue = append(c.queue, n)
	return m
}

// drain writes what was referred to, and what that refers to, until nothing is left.
func (c *copier) drain() error {
	for len(c.queue) > 0 {
		n := c.queue[0]
		c.queue = c.queue[1:]
		if err := c.write(n); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) write(n int) error {
	m := c.numbers[n]
	switch o := c.resolve(*types.NewIndirectRef(n, 0)).(type) {
	case types.StreamDict:
		return c.stream(m, o)
	case *types.StreamDict:
		return c.stream(m, *o)
	case types.Dict:
		if t, _ := o["Type"].(types.Name); t == "Pages" || t == "Page" || t == "Catalog" {
			c.out.put(m, nil) // of another tree than ours
			return nil
		}
		b, err := c.value(nil, o, 0)
		if err != nil {
			return err
		}
		c.out.put(m, b)
	default:
		b, err := c.value(nil, o, 0)
		if err != nil {
			return err
		}
		c.out.put(m, b)
	}
	return nil
}

// stream copies a stream as it is packed. One whose bytes are in another file is left empty.
func (c *copier) stream(m int, s types.StreamDict) error {
	if s.Raw == nil && s.Content != nil {
		if err := s.Encode(); err != nil {
			return err
		}
	}
	b, err := c.entries(nil, s.Dict, 0, "Length", "F", "FFilter", "FDecodeParms", "DL")
	if err != nil {
		return err
	}
	c.out.stream(m, b, s.Raw)
	return nil
}

// value appends an object as it is written in the pack.
func (c *copier) value(b []byte, o types.Object, depth int) ([]byte, error) {
	if depth > maxNesting {
		return nil, errNesting
	}
	switch v := o.(type) {
	case types.Dict:
		b = append(b, "<<"...)
		b, err := c.entries(b, v, depth)
		return append(b, ">>"...), err
	case types.Array:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ' ')
			}
			var err error
			if b, err = c.value(b, e, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case types.IndirectRef:
		return c.reference(b, v), nil
	case types.Name:
		return append(append(b, '/'), types.EncodeName(string(v))...), nil
	case types.Integer:
		return strconv.AppendInt(b, int64(v), 10), nil
	case types.Float:
		return appendNumber(b, float64(v)), nil
	case types.Boolean:
		return strconv.AppendBool(b, bool(v)), nil
	case types.StringLiteral, types.HexLiteral:
		return append(b, v.PDFString()...), nil
	}
	return append(b, "null"...), nil
}

func (c *copier) reference(b []byte, r types.IndirectRef) []byte {
	n := int(r.ObjectNumber)
	if e := c.Table[n]; e == nil || e.Free {
		return append(b, "null"...)
	}
	return append(strconv.AppendInt(b, int64(c.ref(n)), 10), " 0 R"...)
}

// appendNumber writes a number without an exponent, which PDF does not know.
func appendNumber(b []byte, f float64) []byte {
	b = strconv.AppendFloat(b, f, 'f', 6, 64)
	if slices.Contains(b[max(0, len(b)-7):], '.') {
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
		if b[len(b)-1] == '.' {
			b = b[:len(b)-1]
		}
	}
	return b
}

// unwanted never goes into a pack: what applications keep for themselves, files inside files, and what acts by itself.
var unwanted = []string{"Metadata", "PieceInfo", "AA", "AF", "EF", "OpenAction"}

// entries appends the entries of a dict, without those named in leave. Links to named places become links to the place itself: names of
// different papers may be the same. Actions that run something are left out; preflight has taken them from what is public already.
func (c *copier) entries(b []byte, d types.Dict, depth int, leave ...string) ([]byte, error) {
	isTag := c.tags.isElement(d)
	for _, k := range slices.Sorted(maps.Keys(d)) {
		v := d[k]
		if v == nil || slices.Contains(leave, k) || slices.Contains(unwanted, k) {
			continue
		}
		switch {
		case k == "StructParents" || k == "StructParent":
			key, ok := c.tags.parentKey(v)
			if !ok {
				continue
			}
			v = types.Integer(key)
		case k == "Dest", k == "D" && d["S"] == types.Name("GoTo"):
			if v = c.place(v); v == nil {
				continue
			}
		case (k == "A" || k == "Next" || k == "PA") && c.runs(v):
			continue
		case isTag || k == "Headers":
			v = c.tags.renamed(k, v)
		}
		b = append(append(b, '/'), types.EncodeName(k)...)
		b = append(b, ' ')
		var err error
		if b, err = c.value(b, v, depth+1); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// runs tells of an action that does more than lead somewhere.
func (c *copier) runs(action types.Object) bool {
	d := c.dict(action)
	if d == nil {
		return false
	}
	s, ok := c.resolve(d["S"]).(types.Name)
	return ok && !slices.Contains([]string{"GoTo", "GoToR", "URI", "Named", "Thread"}, string(s))
}

// place finds where a link leads: an array with a page of this source, or nil.
func (c *copier) place(dest types.Object) types.Object {
	v := c.resolve(dest)
	if name := c.text(v); name != "" {
		if c.dests == nil {
			c.dests = map[string]types.Object{}
			c.nameDests()
		}
		v = c.resolve(c.dests[name])
	}
	if d, ok := v.(types.Dict); ok {
		v = c.resolve(d["D"])
	}
	a, ok := v.(types.Array)
	if !ok || len(a) == 0 {
		return nil
	}
	switch p := a[0].(type) {
	case types.IndirectRef:
		if _, ok := c.numbers[int(p.ObjectNumber)]; !ok {
			return nil
		}
	case types.Integer: // counted from 0
		if p < 0 || int(p) >= len(c.pages) || c.pages[p].number == 0 {
			return nil
		}
		a = append(types.Array{*types.NewIndirectRef(c.pages[p].number, 0)}, a[1:]...)
	default:
		return nil
	}
	return a
}

// nameDests reads the named places of the source, in the two ways in which a file may keep them.
func (c *copier) nameDests() {
	for k, v := range c.dict(c.catalog["Dests"]) {
		c.dests[k] = v
	}
	c.nameTree(c.dict(c.dict(c.catalog["Names"])["Dests"]), map[string]bool{}, 0)
}

func (c *copier) nameTree(node types.Dict, seen map[string]bool, depth int) {
	if node == nil || depth > maxTreeDepth {
		return
	}
	names := c.array(node["Names"])
	for i := 0; i+1 < len(names); i += 2 {
		if name := c.text(names[i]); name != "" {
			c.dests[name] = names[i+1]
		}
	}
	for _, k := range c.array(node["Kids"]) {
		if key := k.PDFString(); !seen[key] {
			seen[key] = true
			c.nameTree(c.dict(k), seen, depth+1)
		}
	}
}
