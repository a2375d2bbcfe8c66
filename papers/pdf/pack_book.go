package pdf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// makePack is the work of the child: see MakePack.
func makePack(in io.Reader, out io.Writer) error {
	var order packOrder
	if err := json.NewDecoder(in).Decode(&order); err != nil {
		return fmt.Errorf("reading the order: %w", err)
	}
	answers := json.NewEncoder(out)
	facts, err := writePack(order.Dest, order.Pack, func(paper int) error { return answers.Encode(packSays{Paper: paper}) })
	if err != nil {
		return answers.Encode(packSays{Failure: err.Error()})
	}
	return answers.Encode(packSays{Done: &facts})
}

// writePack writes the pack to the file and makes it durable.
func writePack(dest string, p Pack, begins func(paper int) error) (PackFacts, error) {
	f, err := os.OpenFile(dest, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return PackFacts{}, fmt.Errorf("making the file: %w", err)
	}
	b := newBook(f, printablePack(p))
	facts, err := b.make(begins)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return PackFacts{}, err
	}
	return facts, nil
}

// book is a pack being made. Papers are copied first, one at a time; then it is known of which ones the dividers must speak, and the
// pack's own pages are drawn; the order of the pages is written last.
type book struct {
	pack   Pack
	out    *objects
	forest *forest
	layers layers
	pages  *packPages // those that the pack draws itself
	stamp  *stamper
	root   int // of the page tree

	taken     map[*PackPaper]bound
	firsts    map[int]int // page object by page number, for what leads there
	facts     PackFacts
	sheetRefs []sheet // in the order of the file
}

// bound is what became of a paper, or of one of the pack's own pages.
type bound struct {
	node   int   // of the page tree
	sheets []int // page objects
	marks  []bookmark
}

// sheet is a page of the file with its page number; 0 for those before the first.
type sheet struct{ object, number int }

func newBook(w io.Writer, p Pack) *book {
	out := newObjects(w)
	b := &book{pack: p, out: out, forest: newForest(out), root: out.reserve(), taken: map[*PackPaper]bound{}, firsts: map[int]int{}}
	b.pages = newPackPages(&b.pack)
	b.stamp = &stamper{font: out.reserve(), width: b.pages.stampWidth, used: map[rune]bool{}}
	return b
}

func (b *book) make(begins func(paper int) error) (PackFacts, error) {
	if err := b.pack.check(); err != nil {
		return PackFacts{}, err
	}
	n := 0
	for s := range b.pack.sections() {
		for i := range s.Papers {
			if err := begins(n); err != nil {
				return PackFacts{}, err
			}
			n++
			b.take(*s, &s.Papers[i])
		}
	}
	if err := b.ownPages(); err != nil {
		return PackFacts{}, fmt.Errorf("drawing the pack's own pages: %w", err)
	}
	b.facts.Sheets = len(b.sheetRefs)
	return b.facts, b.finish()
}

// take copies a paper. One that cannot be read is named, and a page in its place will say so: it does not spoil the pack.
func (b *book) take(s PackSection, p *PackPaper) {
	if p.Path == "" {
		return
	}
	got, err := b.copyPaper(s, *p)
	if err != nil {
		p.Path, p.Gone = "", sentenceNotInPack
		b.facts.Unreadable = append(b.facts.Unreadable, p.Title)
		return
	}
	b.taken[p] = got
	b.firsts[p.First] = got.sheets[0]
}

func (b *book) copyPaper(s PackSection, p PackPaper) (got bound, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the reader gave up: %v", r)
		}
	}()
	f, err := os.Open(p.Path)
	if err != nil {
		return bound{}, fmt.Errorf("opening a paper: %w", err)
	}
	defer f.Close()
	src, err := readSource(f)
	if err != nil {
		return bound{}, err
	}
	if len(src.pages) != p.Count {
		return bound{}, fmt.Errorf("it has %d pages and %d numbers", len(src.pages), p.Count)
	}
	stamps := make([]stamp, p.Count)
	for i := range stamps {
		stamps[i] = stamp{label: b.pack.label(s, p.First+i), mark: p.Mark}
	}
	return b.copy(src, p.Title, stamps)
}

// copy copies all pages of a source, each with its stamp, with all that they need.
func (b *book) copy(src *source, title string, stamps []stamp) (bound, error) {
	c := &copier{source: src, out: b.out, numbers: map[int]int{}, tags: b.forest.newTags(src)}
	got := bound{node: b.out.reserve()}
	for _, p := range src.pages {
		n := b.out.reserve()
		got.sheets = append(got.sheets, n)
		if p.number != 0 {
			c.numbers[p.number] = n
		}
	}
	for i, p := range src.pages {
		if err := b.page(c, p.dict, got.sheets[i], got.node, stamps[i], nil); err != nil {
			return bound{}, fmt.Errorf("copying page %d: %w", i+1, err)
		}
	}
	if err := c.drain(); err != nil {
		return bound{}, err
	}
	if err := c.tags.finish(c, title); err != nil {
		return bound{}, fmt.Errorf("copying the tags: %w", err)
	}
	got.marks = c.outline()
	if err := b.layers.add(c); err != nil {
		return bound{}, fmt.Errorf("copying the layers: %w", err)
	}
	if err := c.drain(); err != nil {
		return bound{}, err
	}
	b.node(got.node, got.sheets)
	return got, b.out.err
}

func (b *book) node(n int, sheets []int) {
	b.out.put(n, fmt.Appendf(nil, "<</Type/Pages/Parent %d 0 R/Count %d/Kids[%s]>>", b.root, len(sheets), references(sheets)))
}

func references(numbers []int) []byte {
	var b []byte
	for _, n := range numbers {
		b = append(strconv.AppendInt(b, int64(n), 10), " 0 R "...)
	}
	return b
}

// left out of a page: what page() writes itself, old thumbnails, and what belongs to shows and to other programs.
var pageEntries = []string{"Type", "Parent", "Contents", "Resources", "MediaBox", "CropBox", "Annots", "StructParents", "Thumb", "B", "LastModified", "PresSteps", "Trans", "Dur"}

// page writes one page as object n. links are the pack's own, beside those of the page.
func (b *book) page(c *copier, p types.Dict, n, parent int, st stamp, links []int) error {
	media, crop, turn := c.shown(p)
	content, band := "", st.label != ""
	if band {
		media, crop, content = b.stamp.band(media, crop, turn, st)
	}
	key, tagged := c.tags.parentKey(p["StructParents"])
	if !tagged {
		var element int
		key, element = b.forest.paragraph(n, c.tags.part)
		c.tags.loose = append(c.tags.loose, element)
		content += "/P <</MCID 0>> BDC\n"
	}
	body := []byte("<</Type/Page")
	body, err := c.entries(body, p, 0, pageEntries...)
	if err != nil {
		return err
	}
	body = fmt.Appendf(body, "/Parent %d 0 R/StructParents %d/MediaBox[%s]/CropBox[%s]/Contents[", parent, key, media.operands(), crop.operands())
	body = append(body, b.content(c, p["Contents"], content, !tagged)...)
	body = append(body, "]/Resources<<"...)
	if body, err = b.resources(c, body, p, band); err != nil {
		return err
	}
	body = append(body, ">>/Annots["...)
	if body, err = c.annotations(body, p); err != nil {
		return err
	}
	body = append(body, references(links)...)
	b.out.put(n, append(body, "]>>"...))
	return b.out.err
}

func (b box) operands() []byte {
	var out []byte
	for _, v := range []float64{b.x0, b.y0, b.x1, b.y1} {
		out = append(appendNumber(out, v), ' ')
	}
	return out
}

// content gives the streams of a page between what the pack puts before and, where the page is one paragraph, after them.
func (b *book) content(c *copier, contents types.Object, before string, paragraph bool) []byte {
	var refs []byte
	own := func(s string) {
		n := b.out.reserve()
		b.out.stream(n, nil, []byte(s))
		refs = append(refs, references([]int{n})...)
	}
	if before != "" {
		own(before)
	}
	list, ok := c.resolve(contents).(types.Array)
	if !ok {
		list = types.Array{contents}
	}
	for _, o := range list {
		ref, ok := o.(types.IndirectRef)
		if !ok {
			continue
		}
		switch c.resolve(ref).(type) {
		case types.StreamDict, *types.StreamDict:
			refs = append(c.reference(refs, ref), ' ')
		}
	}
	if paragraph {
		own("\nEMC\n")
	}
	return refs
}

// resources gives what a page draws with, and the font of the stamp.
func (b *book) resources(c *copier, body []byte, p types.Dict, band bool) ([]byte, error) {
	all := c.dict(p["Resources"])
	body, err := c.entries(body, all, 0, "Font")
	if err != nil {
		return nil, err
	}
	body = append(body, "/Font<<"...)
	if body, err = c.entries(body, c.dict(all["Font"]), 0); err != nil {
		return nil, err
	}
	if band {
		body = fmt.Appendf(body, "/%s %d 0 R", stampFontKey, b.stamp.font)
	}
	return append(body, ">>"...), nil
}

// annotations copies the links and notes of a page: none outside what the page showed, none that holds a file.
func (c *copier) annotations(body []byte, p types.Dict) ([]byte, error) {
	_, old, _ := c.shown(p)
	for _, o := range c.array(p["Annots"]) {
		d := c.dict(o)
		if d == nil {
			continue
		}
		if kind, _ := c.resolve(d["Subtype"]).(types.Name); slices.Contains([]string{"FileAttachment", "Movie", "Sound", "Screen", "RichMedia", "3D"}, string(kind)) {
			continue
		}
		if at, ok := c.box(d["Rect"]); ok && (at.x1 <= old.x0 || at.x0 >= old.x1 || at.y1 <= old.y0 || at.y0 >= old.y1) {
			continue
		}
		var err error
		if body, err = c.value(body, o, 0); err != nil {
			return nil, err
		}
		body = append(body, ' ')
	}
	return body, nil
}

// ownPages draws the pack's own pages and puts all pages into their order.
func (b *book) ownPages() error {
	var drawn bytes.Buffer
	plan, err := b.pages.draw(&drawn, b.stamp.used)
	if err != nil {
		return err
	}
	src, err := readSource(bytes.NewReader(drawn.Bytes()))
	if err != nil {
		return err
	}
	if len(src.pages) != plan.sheets {
		return fmt.Errorf("%d pages were drawn and %d read", plan.sheets, len(src.pages))
	}
	c := &copier{source: src, out: b.out, numbers: map[int]int{}, tags: b.forest.newTags(src)}
	if err := b.stampFont(c); err != nil {
		return err
	}
	object := make([]int, len(src.pages)-1) // without the specimen
	for i := range object {
		object[i] = b.out.reserve()
		c.numbers[src.pages[i].number] = object[i]
		if own := plan.own[i]; own.number != 0 {
			b.firsts[own.number] = object[i]
		}
	}
	for i, n := range object {
		var links []int
		for _, l := range plan.links {
			if l.sheet == i && b.firsts[l.number] != 0 {
				links = append(links, b.link(l))
			}
		}
		if err := b.page(c, src.pages[i].dict, n, b.root, plan.own[i].stamp, links); err != nil {
			return err
		}
	}
	if err := c.tags.finish(c, "Front sheet, contents and dividers"); err != nil {
		return err
	}
	if err := c.drain(); err != nil {
		return err
	}
	b.order(plan, object)
	return b.out.err
}

// stampFont finds the font of the stamps on the specimen page, so that it gets the number by which the stamped pages know it.
func (b *book) stampFont(c *copier) error {
	specimen := c.pages[len(c.pages)-1].dict
	for _, o := range c.dict(c.dict(specimen["Resources"])["Font"]) {
		font, ok := o.(types.IndirectRef)
		if ok && c.text(c.dict(font)["BaseFont"]) == stampBaseFont {
			c.numbers[int(font.ObjectNumber)] = b.stamp.font
			c.queue = append(c.queue, int(font.ObjectNumber))
			return nil
		}
	}
	return errors.New("the font of the stamps is missing")
}

// link makes a link of the contents.
func (b *book) link(l packLink) int {
	const mm = 72 / 25.4
	return b.out.add(fmt.Sprintf("<</Type/Annot/Subtype/Link/Rect[%.2f %.2f %.2f %.2f]/Border[0 0 0]/F 4/Contents%s/Dest[%d 0 R/Fit]>>",
		l.x*mm, (297-l.y-l.h)*mm, (l.x+l.w)*mm, (297-l.y)*mm, textString("Page "+b.pack.Series+strconv.Itoa(l.number)), b.firsts[l.number]))
}

// order writes the page tree and keeps which page has which number.
func (b *book) order(plan ownPlan, object []int) {
	var kids []int
	for i := range object {
		if plan.own[i].number == 0 {
			kids = append(kids, object[i])
			b.sheetRefs = append(b.sheetRefs, sheet{object[i], 0})
		}
	}
	for s := range b.pack.sections() {
		kids = append(kids, b.firsts[s.First])
		b.sheetRefs = append(b.sheetRefs, sheet{b.firsts[s.First], s.First})
		for i := range s.Papers {
			p := &s.Papers[i]
			got, ok := b.taken[p]
			if !ok {
				kids = append(kids, b.firsts[p.First])
				b.sheetRefs = append(b.sheetRefs, sheet{b.firsts[p.First], p.First})
				continue
			}
			kids = append(kids, got.node)
			for j, n := range got.sheets {
				b.sheetRefs = append(b.sheetRefs, sheet{n, p.First + j})
			}
		}
	}
	b.out.put(b.root, fmt.Appendf(nil, "<</Type/Pages/Count %d/Kids[%s]>>", len(b.sheetRefs), references(kids)))
}
