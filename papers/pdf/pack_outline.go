package pdf

import (
	"fmt"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// bookmark is an entry of the outline that viewers show beside the pages.
type bookmark struct {
	title string // as a string of PDF
	dest  string // an array
	open  bool   // shows what is below it
	below []bookmark
}

// What is taken of the outline of one paper at the most.
const (
	maxOutline      = 2000
	maxOutlineDepth = 8
)

// outline reads the paper's own bookmarks. Those that lead nowhere are left out, and what is below them moves up.
func (c *copier) outline() []bookmark {
	left := maxOutline
	return c.outlineBelow(c.dict(c.catalog["Outlines"]), &left, 0)
}

func (c *copier) outlineBelow(parent types.Dict, left *int, depth int) []bookmark {
	var list []bookmark
	if depth > maxOutlineDepth {
		return nil
	}
	for d := c.dict(parent["First"]); d != nil && *left > 0; d = c.dict(d["Next"]) {
		*left--
		below := c.outlineBelow(d, left, depth+1)
		title := c.text(d["Title"])
		var dest types.Object
		if a := c.dict(d["A"]); d["Dest"] != nil {
			dest = c.place(d["Dest"])
		} else if a["S"] == types.Name("GoTo") {
			dest = c.place(a["D"])
		}
		where, err := c.value(nil, dest, 0)
		if dest == nil || err != nil || title == "" {
			list = append(list, below...)
			continue
		}
		list = append(list, bookmark{title: textString(printableText(title)), dest: string(where), below: below})
	}
	return list
}

// bookmarks are those of the pack: by part, item and paper, with each paper's own below it.
func (b *book) bookmarks() []bookmark {
	mark := func(title string, page int, below []bookmark) bookmark {
		return bookmark{title: textString(title), dest: fmt.Sprintf("[%d 0 R/Fit]", page), below: below}
	}
	list := []bookmark{mark("Front sheet and contents", b.sheetRefs[0].object, nil)}
	for i := range b.pack.Parts {
		part := &b.pack.Parts[i]
		var sections []bookmark
		for j := range part.Sections {
			s := &part.Sections[j]
			var below []bookmark
			for k := range s.Papers {
				p := &s.Papers[k]
				below = append(below, mark(p.name(), b.firsts[p.First], b.taken[p].marks))
			}
			m := mark(strings.TrimSpace(s.Number+" "+s.Title), b.firsts[s.First], below)
			m.open = true
			sections = append(sections, m)
		}
		if part.Title == "" || len(sections) == 0 {
			list = append(list, sections...)
			continue
		}
		m := mark(part.Title, b.firsts[part.Sections[0].First], sections)
		m.open = true
		list = append(list, m)
	}
	return list
}

// writeBookmarks writes entries below parent and answers the first and last of them, and how many show.
func (b *book) writeBookmarks(parent int, list []bookmark) (first, last, showing int) {
	numbers := make([]int, len(list))
	for i := range list {
		numbers[i] = b.out.reserve()
	}
	for i, m := range list {
		body := fmt.Sprintf("<</Title%s/Dest%s/Parent %d 0 R", m.title, m.dest, parent)
		if i > 0 {
			body += fmt.Sprintf("/Prev %d 0 R", numbers[i-1])
		}
		if i+1 < len(list) {
			body += fmt.Sprintf("/Next %d 0 R", numbers[i+1])
		}
		showing++
		if len(m.below) > 0 {
			f, l, n := b.writeBookmarks(numbers[i], m.below)
			if m.open {
				showing += n
			} else {
				n = -n
			}
			body += fmt.Sprintf("/First %d 0 R/Last %d 0 R/Count %d", f, l, n)
		}
		b.out.put(numbers[i], []byte(body+">>"))
	}
	return numbers[0], numbers[len(list)-1], showing
}

// labels make viewers call each page by its number in the pack, also after a page that stands for several.
func (b *book) labels() string {
	var nums strings.Builder
	next := -1
	for i, s := range b.sheetRefs {
		if s.number == 0 && i == 0 {
			nums.WriteString("0<</S/r>>")
		}
		if s.number != 0 && s.number != next {
			series := ""
			if b.pack.Series != "" {
				series = "/P" + textString(b.pack.Series)
			}
			fmt.Fprintf(&nums, " %d<</S/D/St %d%s>>", i, s.number, series)
		}
		if s.number != 0 {
			next = s.number + 1
		}
	}
	return "/PageLabels<</Nums[" + nums.String() + "]>>"
}

// finish writes what holds the whole together.
func (b *book) finish() error {
	b.forest.close()
	outline := b.out.reserve()
	first, last, showing := b.writeBookmarks(outline, b.bookmarks())
	b.out.put(outline, fmt.Appendf(nil, "<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>", first, last, showing))
	root := b.out.add(fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Outlines %d 0 R/PageMode/UseOutlines/StructTreeRoot %d 0 R/MarkInfo<</Marked true>>/Lang(en-GB)"+
		"/ViewerPreferences<</DisplayDocTitle true>>%s%s>>", b.root, outline, b.forest.root, b.labels(), b.layers.entry()))
	p := b.pack
	date := p.Made.UTC().Format("D:20060102150405Z")
	info := b.out.add(fmt.Sprintf("<</Title%s/Author%s/Subject%s/Creator(Clearday)/Producer(Clearday)/CreationDate(%s)/ModDate(%s)>>",
		textString(p.Title+", "+p.When+": "+p.Name), textString(p.Organisation), textString(p.Name+" of the "+p.Board), date, date))
	return b.out.close(root, info)
}

// layers are the parts of pages that can be shown and hidden. What a paper hides stays hidden.
type layers struct{ all, off, usage []byte }

// add takes over the layers of a source.
func (l *layers) add(c *copier) error {
	props := c.dict(c.catalog["OCProperties"])
	if props == nil {
		return nil
	}
	d := c.dict(props["D"])
	on := map[types.IndirectRef]bool{}
	for _, o := range c.array(d["ON"]) {
		if ref, ok := o.(types.IndirectRef); ok {
			on[ref] = true
		}
	}
	var hidden types.Array
	if c.text(d["BaseState"]) == "OFF" {
		for _, o := range c.array(props["OCGs"]) {
			if ref, ok := o.(types.IndirectRef); ok && !on[ref] {
				hidden = append(hidden, ref)
			}
		}
	}
	hidden = append(hidden, c.array(d["OFF"])...)
	for _, list := range []struct {
		to   *[]byte
		from types.Array
	}{{&l.all, c.array(props["OCGs"])}, {&l.off, hidden}, {&l.usage, c.array(d["AS"])}} {
		for _, o := range list.from {
			b, err := c.value(*list.to, o, 0)
			if err != nil {
				return err
			}
			*list.to = append(b, ' ')
		}
	}
	return nil
}

// entry is what the catalogue says of layers.
func (l *layers) entry() string {
	if len(l.all) == 0 {
		return ""
	}
	return fmt.Sprintf("/OCProperties<</OCGs[%s]/D<</OFF[%s]/AS[%s]>>>>", l.all, l.off, l.usage)
}
