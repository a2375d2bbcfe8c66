package pdf

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// forest grows the structure that screen readers use: one document of which each paper is a part, with the paper's own tags below.
// A page without tags becomes one paragraph, because readers pass over what is outside the structure of a tagged file.
type forest struct {
	out      *objects
	root     int // of the structure
	document int
	parts    []int
	parents  []string // what the pages and links belong to, by key
	roles    map[string]string
	classes  map[string]string
	ids      []idEntry
	papers   int
}

type idEntry struct{ id, element string }

func newForest(out *objects) *forest {
	return &forest{out: out, root: out.reserve(), document: out.reserve(), roles: map[string]string{}, classes: map[string]string{}}
}

// tags are those of one source.
type tags struct {
	*forest
	src     *source
	part    int // the element that stands for the paper
	tree    map[int]types.Object
	keys    map[int]int // of the source to those of the pack
	given   []int       // keys of the source in the order in which they were given
	prefix  string      // of identifiers, which are unique in one paper only
	renames map[string]string
	loose   []int // elements of pages without tags
}

// newTags prepares the tags of a source.
func (f *forest) newTags(s *source) *tags {
	f.papers++
	t := &tags{forest: f, src: s, part: f.out.reserve(), keys: map[int]int{}, prefix: fmt.Sprintf("p%d-", f.papers), renames: map[string]string{}}
	if root := t.structure(); root != nil {
		t.tree = map[int]types.Object{}
		t.numberTree(s.dict(root["ParentTree"]), 0)
		t.nameRoles(root)
	}
	return t
}

func (t *tags) structure() types.Dict { return t.src.dict(t.src.catalog["StructTreeRoot"]) }

// numberTree reads what pages and links of the source belong to.
func (t *tags) numberTree(node types.Dict, depth int) {
	if node == nil || depth > maxTreeDepth {
		return
	}
	nums := t.src.array(node["Nums"])
	for i := 0; i+1 < len(nums); i += 2 {
		if k, ok := nums[i].(types.Integer); ok {
			t.tree[int(k)] = nums[i+1]
		}
	}
	for _, k := range t.src.array(node["Kids"]) {
		t.numberTree(t.src.dict(k), depth+1)
	}
}

// nameRoles takes over what the source's own tags stand for. Where another paper means something else by a name, it gets a new one.
func (t *tags) nameRoles(root types.Dict) {
	roles := t.src.dict(root["RoleMap"])
	means := map[string]string{}
	for name, to := range roles {
		if to, ok := t.src.resolve(to).(types.Name); ok {
			means[name] = string(to)
		}
	}
	for again := true; again; { // a role may lead to another of the source's own names, which got a new one
		again = false
		for name, to := range means {
			if as := t.renames[to]; as != "" {
				to, means[name] = as, as
			}
			if before, taken := t.roles[name]; taken && before != to && t.renames[name] == "" {
				t.renames[name] = t.prefix + name
				again = true
			}
		}
	}
	for name, to := range means {
		as := name
		if t.renames[name] != "" {
			as = t.renames[name]
		}
		t.roles[as] = to
	}
}

// isElement tells an element of the structure from other dicts.
func (t *tags) isElement(d types.Dict) bool {
	if t == nil || t.tree == nil {
		return false
	}
	if kind, ok := d["Type"].(types.Name); ok {
		return kind == "StructElem"
	}
	_, typed := d["S"].(types.Name)
	_, child := d["P"].(types.IndirectRef)
	return typed && child
}

// parentKey gives the key in the pack for a key of the source.
func (t *tags) parentKey(o types.Object) (int, bool) {
	if t == nil || t.tree == nil {
		return 0, false
	}
	k, ok := t.src.resolve(o).(types.Integer)
	if !ok || t.tree[int(k)] == nil {
		return 0, false
	}
	if key, ok := t.keys[int(k)]; ok {
		return key, true
	}
	key := len(t.parents)
	t.parents = append(t.parents, "")
	t.keys[int(k)] = key
	t.given = append(t.given, int(k))
	return key, true
}

// renamed gives the value of an entry of an element with the names it has in the pack.
func (t *tags) renamed(key string, v types.Object) types.Object {
	switch key {
	case "S":
		if name, ok := v.(types.Name); ok && t.renames[string(name)] != "" {
			return types.Name(t.renames[string(name)])
		}
	case "C": // classes of attributes
		if name, ok := v.(types.Name); ok {
			return types.Name(t.prefix + string(name))
		}
		if list, ok := t.src.resolve(v).(types.Array); ok {
			return t.each(list, func(o types.Object) types.Object { return t.renamed("C", o) })
		}
	case "ID":
		return t.identifier(v)
	case "Headers": // identifiers of the cells that head this one
		if list, ok := t.src.resolve(v).(types.Array); ok && t.tree != nil {
			return t.each(list, t.identifier)
		}
	}
	return v
}

func (t *tags) each(list types.Array, do func(types.Object) types.Object) types.Array {
	out := make(types.Array, len(list))
	for i, o := range list {
		out[i] = do(o)
	}
	return out
}

func (t *tags) identifier(o types.Object) types.Object {
	id := t.src.text(o)
	if id == "" {
		return o
	}
	return types.NewHexLiteral([]byte(t.prefix + id))
}

// paragraph makes an element of a whole page without tags, and answers its key for the page. The page marks its content with number 0.
func (f *forest) paragraph(page, part int) (key, element int) {
	element = f.out.add(fmt.Sprintf("<</Type/StructElem/S/P/P %d 0 R/Pg %d 0 R/K 0>>", part, page))
	f.parents = append(f.parents, fmt.Sprintf("[%d 0 R]", element))
	return len(f.parents) - 1, element
}

// finish writes the part of the paper: its own structure, then its pages without tags. Copying the structure may meet pages and links
// whose keys were not given before, so the keys come after it.
func (t *tags) finish(c *copier, title string) error {
	var kids []byte
	root := t.structure()
	if root != nil {
		if ref, ok := t.src.catalog["StructTreeRoot"].(types.IndirectRef); ok {
			c.numbers[int(ref.ObjectNumber)] = t.part
		}
		var err error
		if kids, err = t.roots(c, root); err != nil {
			return err
		}
		t.identify(c, root)
	}
	for _, e := range t.loose {
		kids = fmt.Appendf(kids, "%d 0 R ", e)
	}
	lang := ""
	if l := t.src.text(t.src.catalog["Lang"]); l != "" {
		lang = "/Lang" + textString(l)
	}
	t.out.put(t.part, fmt.Appendf(nil, "<</Type/StructElem/S/Part/P %d 0 R/T%s%s/K[%s]>>", t.document, textString(title), lang, kids))
	t.parts = append(t.parts, t.part)
	if err := c.drain(); err != nil {
		return err
	}
	return t.finishParents(c)
}

// roots copies the children of the source's structure.
func (t *tags) roots(c *copier, root types.Dict) ([]byte, error) {
	kids, ok := t.src.resolve(root["K"]).(types.Array)
	if !ok && root["K"] != nil {
		kids = types.Array{root["K"]}
	}
	var b []byte
	for _, k := range kids {
		var err error
		if b, err = c.value(b, k, 0); err != nil {
			return nil, err
		}
		b = append(b, ' ')
	}
	classes := t.src.dict(root["ClassMap"])
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		v, err := c.value(nil, classes[name], 0)
		if err != nil {
			return nil, err
		}
		t.classes[t.prefix+name] = string(v)
	}
	return b, nil
}

// identify takes over which element has which identifier.
func (t *tags) identify(c *copier, root types.Dict) {
	all := &copier{source: t.src, dests: map[string]types.Object{}}
	all.nameTree(t.src.dict(root["IDTree"]), map[string]bool{}, 0)
	for _, id := range slices.Sorted(maps.Keys(all.dests)) {
		if ref, ok := all.dests[id].(types.IndirectRef); ok {
			t.ids = append(t.ids, idEntry{t.prefix + id, string(c.reference(nil, ref))})
		}
	}
}

// finishParents writes what the keys stand for. Each may bring in more.
func (t *tags) finishParents(c *copier) error {
	for i := 0; i < len(t.given); i++ {
		v, err := c.value(nil, t.tree[t.given[i]], 0)
		if err != nil {
			return err
		}
		t.parents[t.keys[t.given[i]]] = string(v)
		if err := c.drain(); err != nil {
			return err
		}
	}
	return nil
}

// close writes the structure of the whole pack.
func (f *forest) close() {
	parts := make([]string, len(f.parts))
	for i, p := range f.parts {
		parts[i] = strconv.Itoa(p) + " 0 R"
	}
	f.out.put(f.document, fmt.Appendf(nil, "<</Type/StructElem/S/Document/P %d 0 R/K[%s]>>", f.root, strings.Join(parts, " ")))
	var nums strings.Builder
	for k, v := range f.parents {
		if v != "" {
			fmt.Fprintf(&nums, "%d %s ", k, v)
		}
	}
	tree := f.out.add("<</Nums[" + nums.String() + "]>>")
	slices.SortFunc(f.ids, func(a, b idEntry) int { return strings.Compare(a.id, b.id) })
	var names strings.Builder
	for _, e := range f.ids {
		fmt.Fprintf(&names, "<%x>%s ", e.id, e.element)
	}
	ids := ""
	if len(f.ids) > 0 {
		ids = fmt.Sprintf("/IDTree %d 0 R", f.out.add("<</Names["+names.String()+"]>>"))
	}
	f.out.put(f.root, fmt.Appendf(nil, "<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d%s/RoleMap<<%s>>/ClassMap<<%s>>>>",
		f.document, tree, len(f.parents), ids, sortedEntries(f.roles, func(v string) string { return "/" + types.EncodeName(v) }),
		sortedEntries(f.classes, func(v string) string { return v })))
}

func sortedEntries(m map[string]string, value func(string) string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&b, "/%s %s", types.EncodeName(k), value(m[k]))
	}
	return b.String()
}

// textString writes words as a string of PDF.
func textString(s string) string {
	return fmt.Sprintf("<%x>", types.EncodeUTF16String(s))
}
