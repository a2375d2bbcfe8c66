package pdf

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/jung-kurt/gofpdf"
)

// sections goes through the dividers in the order of the pack.
func (p *Pack) sections() iter.Seq[*PackSection] {
	return func(yield func(*PackSection) bool) {
		for i := range p.Parts {
			for j := range p.Parts[i].Sections {
				if !yield(&p.Parts[i].Sections[j]) {
					return
				}
			}
		}
	}
}

// check makes sure that the page numbers go up and hold no page twice.
func (p *Pack) check() error {
	next := 1
	take := func(what string, first, count int) error {
		if first < next || count < 1 || first+count-1 > p.Pages {
			return fmt.Errorf("the page numbers of %q do not fit: %d pages from %d, where %d of %d is next", what, count, first, next, p.Pages)
		}
		next = first + count
		return nil
	}
	for s := range p.sections() {
		if err := take(s.Title, s.First, 1); err != nil {
			return err
		}
		for _, paper := range s.Papers {
			if err := take(paper.Title, paper.First, paper.Count); err != nil {
				return err
			}
		}
	}
	return nil
}

// label is what a page says of itself.
func (p *Pack) label(s PackSection, page int) string {
	label := fmt.Sprintf("Page %s%d of %s%d", p.Series, page, p.Series, p.Pages)
	if s.Number == "" {
		return label
	}
	return "Item " + s.Number + " - " + label
}

// name is the title of a paper with what sets this version apart.
func (p PackPaper) name() string {
	if p.Note == "" {
		return p.Title
	}
	return p.Title + " (" + p.Note + ")"
}

// pages names the page numbers that a paper holds.
func (p *Pack) pages(paper PackPaper) string {
	if paper.Count == 1 {
		return "Page " + p.Series + strconv.Itoa(paper.First)
	}
	return fmt.Sprintf("Pages %s%d to %s%d", p.Series, paper.First, p.Series, paper.First+paper.Count-1)
}

// packPages draws the pages that the pack has of its own: front sheet and contents, a divider for each item, and a page in the place of
// each paper that is not there.
type packPages struct {
	pen
	pack    *Pack
	plan    ownPlan
	running string // in the head of the pages drawn now; empty = none
	fronts  int    // pages before the first that is stamped
}

// ownPlan says what was drawn.
type ownPlan struct {
	sheets int // with the specimen, the last
	own    []ownPage
	links  []packLink
}

// ownPage is one of the pack's own pages: with page number and stamp, other than front sheet and contents.
type ownPage struct {
	number int
	stamp  stamp
}

// packLink is a place on one of the drawn pages that leads to a page number, in millimetres from the top left.
type packLink struct {
	sheet, number int
	x, y, w, h    float64
}

func newPackPages(p *Pack) *packPages {
	g := &packPages{pen: pen{gofpdf.New("P", "mm", "A4", "")}, pack: p}
	g.SetCatalogSort(true)
	g.SetCreationDate(p.Made.UTC())
	g.SetModificationDate(p.Made.UTC())
	g.SetMargins(margin, margin, margin)
	g.SetAutoPageBreak(false, 0)
	g.SetCellMargin(0)
	g.AddUTF8FontFromBytes("sans", "", fontRegular)
	g.AddUTF8FontFromBytes("sans", "B", fontBold)
	g.AddUTF8FontFromBytes(stampFamily, "", fontBold)
	g.SetHeaderFunc(g.head)
	g.SetFooterFunc(g.footer)
	return g
}

// stampFamily is the font of the stamps, which is found again in what gofpdf wrote by the name that it gives it.
const (
	stampFamily   = "stamp"
	stampBaseFont = "utf8stamp"
)

// stampWidth is the width of a stamp one point high, in points.
func (g *packPages) stampWidth(text string) float64 {
	g.SetFont(stampFamily, "", 100)
	return g.GetStringWidth(text) * (72 / 25.4) / 100
}

// draw draws all and writes it. Characters in used are kept in the font of the stamps.
func (g *packPages) draw(w io.Writer, used map[rune]bool) (ownPlan, error) {
	g.front()
	g.contents()
	g.fronts = g.PageNo()
	g.plan.own = make([]ownPage, g.fronts)
	for i := range g.pack.Parts {
		for j := range g.pack.Parts[i].Sections {
			g.section(g.pack.Parts[i], &g.pack.Parts[i].Sections[j], used)
		}
	}
	g.running = ""
	g.AddPage() // the specimen
	g.SetFont(stampFamily, "", 1)
	g.SetXY(margin, margin)
	g.CellFormat(1, 1, string(slices.Sorted(maps.Keys(used))), "", 0, "L", false, 0, "")
	g.plan.sheets = g.PageNo()
	if err := g.Output(w); err != nil {
		return ownPlan{}, err
	}
	return g.plan, nil
}

func (g *packPages) head() {
	if g.running == "" {
		return
	}
	g.font("", 9, grey)
	g.SetXY(margin, 12)
	g.cell(width, 5, g.running)
	g.SetY(margin + 4)
}

func (g *packPages) footer() {
	if g.fronts > 0 && g.PageNo() > g.fronts { // the stamp stands there
		return
	}
	g.rule(281, 0.2, line)
	g.font("", 8.5, grey)
	g.SetXY(margin, 283)
	g.cell(width, 5, g.pack.Address)
}

func (g *packPages) front() {
	p := g.pack
	g.AddPage()
	g.running = p.Board + ", " + p.When
	g.SetY(margin)
	g.font("B", 10.5, petrol)
	g.paragraph(margin, width, 5.5, p.Organisation)
	g.SetY(g.GetY() + 2)
	g.font("B", 22, ink)
	g.paragraph(margin, width, 9.5, p.Title)
	g.SetY(g.GetY() + 1)
	g.font("", 12.5, ink)
	g.paragraph(margin, width, 6.4, p.Name)
	if p.Warning != "" {
		g.SetY(g.GetY() + 2)
		g.font("B", 12.5, ink)
		g.paragraph(margin, width, 6.4, p.Warning)
	}
	g.SetY(g.GetY() + 4)
	g.rule(g.GetY(), 0.7, petrol)
	g.SetY(g.GetY() + 4)
	g.fact("When", p.When)
	g.fact("Where", p.Where)
	g.fact("Pages", p.Series+"1 to "+p.Series+thousands(p.Pages))
	for _, n := range p.Notes {
		g.SetY(g.GetY() + 2)
		g.font("", 10.5, ink)
		g.paragraph(margin, width, lineHeight, n)
	}
	g.SetY(g.GetY() + 8)
}

// The contents have the number of an item on the left and that of a page on the right.
const (
	colPage   = 16.0
	contentsX = margin + colNumber
	contentsW = width - colNumber - colPage
)

// contents lists the items of the agenda, each with its papers wherever they are in the pack.
func (g *packPages) contents() {
	g.room(40)
	g.font("B", 14, ink)
	g.paragraph(margin, width, 7, "Contents")
	g.SetY(g.GetY() + 2)
	g.rule(g.GetY(), 0.2, line)
	g.SetY(g.GetY() + 2.4)
	for _, item := range g.pack.Agenda {
		g.contentsItem(item)
	}
}

func (g *packPages) contentsItem(item PackItem) {
	var rows []contentsRow
	first := 0
	for _, part := range g.pack.Parts {
		for _, s := range part.Sections {
			if s.Item != item.ID {
				continue
			}
			if first == 0 {
				first = s.First
			}
			for _, p := range s.Papers {
				rows = append(rows, contentsRow{p.First, p.Title, contentsNote(p, part)})
			}
		}
	}
	g.room(16)
	g.contentsLine(item.Number, "B", 10.5, lineHeight, item.Title, first)
	if item.Note != "" {
		g.contentsLine("", "", 9.5, smallLine, item.Note, 0)
	}
	for _, r := range rows {
		g.contentsLine("", "", 9.5, smallLine, r.title, r.page)
		if r.note != "" {
			g.font("", 8.5, grey)
			g.paragraph(contentsX, contentsW, 4, r.note)
		}
	}
	g.SetY(g.GetY() + 1.6)
	g.rule(g.GetY(), 0.2, line)
	g.SetY(g.GetY() + 2.4)
}

type contentsRow struct {
	page        int
	title, note string
}

// contentsNote sets a version apart: which it is, with what it came, and what became of it.
func contentsNote(p PackPaper, part PackPart) string {
	var notes []string
	for _, n := range []string{p.Note, part.Title, p.Mark, p.Gone} {
		if n != "" {
			notes = append(notes, strings.TrimSuffix(n, "."))
		}
	}
	if len(notes) == 0 {
		return ""
	}
	return strings.Join(notes, ". ") + "."
}

// contentsLine draws a title with the page it leads to; the whole line is the link.
func (g *packPages) contentsLine(number, style string, size, high float64, text string, page int) {
	g.font(style, size, ink)
	lines := g.wrap(text, contentsW-3)
	g.room(float64(len(lines)) * high)
	y := g.GetY()
	if number != "" {
		g.font("B", size, petrol)
		g.SetXY(margin, y)
		g.cell(colNumber, high, number)
	}
	if page > 0 {
		g.font(style, size, petrol)
		g.SetXY(margin+width-colPage, y)
		g.CellFormat(colPage, high, g.pack.Series+strconv.Itoa(page), "", 0, "R", false, 0, "")
		g.plan.links = append(g.plan.links, packLink{g.PageNo() - 1, page, margin, y, width, max(1, float64(len(lines))) * high})
	}
	g.SetY(y)
	g.font(style, size, ink)
	g.lines(contentsX, contentsW, high, lines)
}

// section draws the divider of an item, and the page in the place of each of its papers that is not there.
func (g *packPages) section(part PackPart, s *PackSection, used map[rune]bool) {
	own := func(number int, mark string) {
		st := stamp{g.pack.label(*s, number), mark}
		for _, r := range st.label + st.mark {
			used[r] = true
		}
		g.plan.own = append(g.plan.own, ownPage{number, st})
	}
	g.AddPage()
	own(s.First, g.pack.Warning)
	g.divider(part, *s)
	for _, p := range s.Papers {
		if p.Path != "" {
			continue
		}
		g.AddPage()
		own(p.First, p.Mark)
		g.standIn(p)
	}
}

func (g *packPages) divider(part PackPart, s PackSection) {
	g.SetY(64)
	if s.Number != "" {
		g.font("B", 16, petrol)
		g.paragraph(margin, width, 8, "Item "+s.Number)
		g.SetY(g.GetY() + 1)
	}
	g.font("B", 26, ink)
	g.lines(margin, width, 11, atMostLines(g.wrap(s.Title, width-2), 6))
	if part.Title != "" {
		g.SetY(g.GetY() + 2)
		g.font("", 12.5, ink)
		g.paragraph(margin, width, 6.4, part.Title)
	}
	g.SetY(g.GetY() + 5)
	g.rule(g.GetY(), 0.7, petrol)
	g.SetY(g.GetY() + 6)
	const end = 262.0 // a divider has one page number and so one page
	for i, p := range s.Papers {
		if left := len(s.Papers) - i; g.GetY()+18 > end && left > 1 {
			g.font("", 10.5, grey)
			g.paragraph(margin, width, lineHeight, fmt.Sprintf("And %s more: see the contents.", thousands(left)))
			return
		}
		g.dividerPaper(p)
	}
}

func (g *packPages) dividerPaper(p PackPaper) {
	const pagesW = 44.0
	y := g.GetY()
	g.font("", 10.5, petrol)
	g.SetXY(margin+width-pagesW, y)
	g.CellFormat(pagesW, lineHeight, g.pack.pages(p), "", 0, "R", false, 0, "")
	g.plan.links = append(g.plan.links, packLink{g.PageNo() - 1, p.First, margin, y, width, lineHeight})
	g.SetY(y)
	g.font("B", 10.5, ink)
	g.lines(margin, width-pagesW, lineHeight, atMostLines(g.wrap(p.name(), width-pagesW-4), 2))
	for _, note := range []string{p.Mark, p.Gone} {
		if note != "" {
			g.font("", 9.5, grey)
			g.lines(margin, width-pagesW, smallLine, atMostLines(g.wrap(note, width-pagesW-4), 2))
		}
	}
	g.SetY(g.GetY() + 2.5)
}

// standIn says what became of a paper, in its place.
func (g *packPages) standIn(p PackPaper) {
	g.SetY(64)
	g.font("B", 20, ink)
	g.lines(margin, width, 9, atMostLines(g.wrap(p.name(), width-2), 6))
	g.SetY(g.GetY() + 4)
	g.rule(g.GetY(), 0.7, petrol)
	g.SetY(g.GetY() + 6)
	g.font("", 12.5, ink)
	g.lines(margin, width, 6.4, atMostLines(g.wrap(p.Gone, width-2), 12))
	g.SetY(g.GetY() + 4)
	if p.Count > 1 {
		g.font("", 10.5, grey)
		g.paragraph(margin, width, lineHeight, fmt.Sprintf("This page stands for pages %s%d to %s%d.", g.pack.Series, p.First, g.pack.Series, p.First+p.Count-1))
	}
	if p.Address != "" {
		g.font("", 10.5, petrol)
		g.paragraph(margin, width, lineHeight, p.Address)
	}
}

// atMostLines cuts a text that would need another page.
func atMostLines(lines []string, n int) []string {
	if len(lines) > n {
		lines = append(slices.Clone(lines[:n-1]), lines[n-1]+" ...")
	}
	return lines
}

// printablePack leaves out of every string what gofpdf cannot draw.
func printablePack(p Pack) Pack {
	clean := func(list ...*string) {
		for _, s := range list {
			*s = printableText(*s)
		}
	}
	clean(&p.Organisation, &p.Board, &p.Title, &p.Name, &p.Warning, &p.When, &p.Where, &p.Address)
	p.Notes, p.Agenda, p.Parts = slices.Clone(p.Notes), slices.Clone(p.Agenda), slices.Clone(p.Parts)
	for i := range p.Notes {
		clean(&p.Notes[i])
	}
	for i := range p.Agenda {
		clean(&p.Agenda[i].Number, &p.Agenda[i].Title, &p.Agenda[i].Note)
	}
	for i := range p.Parts {
		part := &p.Parts[i]
		clean(&part.Title)
		part.Sections = slices.Clone(part.Sections)
		for j := range part.Sections {
			s := &part.Sections[j]
			clean(&s.Number, &s.Title)
			s.Papers = slices.Clone(s.Papers)
			for k := range s.Papers {
				clean(&s.Papers[k].Title, &s.Papers[k].Note, &s.Papers[k].Gone, &s.Papers[k].Mark, &s.Papers[k].Address)
			}
		}
	}
	return p
}
