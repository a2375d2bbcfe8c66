package pdf

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// AgendaDoc is an agenda in strings that are ready to print. What is private must be safe already: the writer shows all it is given.
type AgendaDoc struct {
	Organisation string
	Board        string
	Title        string // of the meeting, also of the document; empty = the board's name
	When         string
	Where        string
	Note         string // one paragraph above the items; may be empty
	Items        []AgendaItem
	Made         time.Time // the document's date, on paper and in its properties
	Address      string    // where the agenda is on the web; may be empty
}

// AgendaItem is one row with its papers. For a private item Title is the one that is safe for the public and Exemption says why the
// public is asked to leave.
type AgendaItem struct {
	Number    string
	Title     string
	Purpose   string
	Lead      string
	Time      string
	Private   bool
	Exemption string
	Papers    []AgendaPaper

	Heading        bool // a heading over the items that follow, not an item
	Sub            bool // stands under the item above
	Recommendation string
	Verbal         bool
	Consent        bool
	Follows        string // which paper is still awaited
}

// AgendaPaper is a paper beneath its item.
type AgendaPaper struct {
	Title string
	Pages int
	Size  string // "1.2 MB"; may be empty
}

//go:embed fonts/LiberationSans-Regular.ttf
var fontRegular []byte

//go:embed fonts/LiberationSans-Bold.ttf
var fontBold []byte

type colour struct{ r, g, b int }

var (
	petrol = colour{0x0b, 0x53, 0x61}
	ink    = colour{0x13, 0x1b, 0x22}
	grey   = colour{0x4a, 0x57, 0x60}
	line   = colour{0xc9, 0xd2, 0xd6}
)

// The columns of the item table, in millimetres on A4. They add up to the width between the margins.
const (
	margin     = 20.0
	width      = 170.0
	colNumber  = 17.0 // room for 275/19
	colTitle   = 69.0
	colPurpose = 26.0
	colLead    = 40.0
	colTime    = 18.0
	bottom     = 275.0 // nothing but the footer below it
	lineHeight = 5.2
	smallLine  = 4.6
)

// agenda is the pen that draws an AgendaDoc.
type agenda struct {
	pen
	doc     AgendaDoc
	inTable bool // a new page begins with the table's head
}

// Agenda writes doc as a PDF. The same doc gives the same bytes.
func Agenda(w io.Writer, doc AgendaDoc) error {
	a := &agenda{pen: pen{gofpdf.New("P", "mm", "A4", "")}, doc: printable(doc)}
	a.setUp()
	a.AddPage()
	a.heading()
	a.items()
	var out bytes.Buffer
	if err := a.Output(&out); err != nil {
		return fmt.Errorf("drawing the agenda: %w", err)
	}
	named, err := setLanguage(out.Bytes(), "en-GB")
	if err != nil {
		return fmt.Errorf("setting the language of the agenda: %w", err)
	}
	if _, err := w.Write(named); err != nil {
		return fmt.Errorf("writing the agenda: %w", err)
	}
	return nil
}

func (a *agenda) setUp() {
	a.SetCatalogSort(true)
	a.SetCreationDate(a.doc.Made.UTC())
	a.SetModificationDate(a.doc.Made.UTC())
	a.SetTitle(a.title()+", "+a.doc.When, true)
	a.SetAuthor(a.doc.Organisation, true)
	a.SetSubject("Agenda of the "+a.doc.Board, true)
	a.SetCreator("Clearday", true)
	a.SetMargins(margin, margin, margin)
	a.SetAutoPageBreak(false, 0)
	a.SetCellMargin(0)
	a.AddUTF8FontFromBytes("sans", "", fontRegular)
	a.AddUTF8FontFromBytes("sans", "B", fontBold)
	a.AliasNbPages("{pages}") // after the fonts: only then are all digits kept in them
	a.SetHeaderFunc(a.head)
	a.SetFooterFunc(a.foot)
}

func (a *agenda) title() string {
	if a.doc.Title != "" {
		return a.doc.Title
	}
	return a.doc.Board
}

// head runs on every page: the first has the heading instead.
func (a *agenda) head() {
	if a.PageNo() == 1 {
		return
	}
	a.font("", 9, grey)
	a.SetXY(margin, 12)
	a.cell(width, 5, a.doc.Board+", "+a.doc.When)
	a.SetY(margin)
	if a.inTable {
		a.tableHead()
	}
}

func (a *agenda) foot() {
	a.rule(281, 0.2, line)
	a.font("", 8.5, grey)
	a.SetXY(margin, 283)
	a.cell(width-24, 5, a.doc.Address)
	a.SetXY(margin+width-20, 283)
	a.CellFormat(20, 5, fmt.Sprintf("Page %d of {pages}", a.PageNo()), "", 0, "L", false, 0, "")
}

func (a *agenda) heading() {
	a.SetY(margin)
	a.font("B", 10.5, petrol)
	a.paragraph(margin, width, 5.5, a.doc.Organisation)
	a.SetY(a.GetY() + 2)
	a.font("B", 22, ink)
	a.paragraph(margin, width, 9.5, a.title())
	a.SetY(a.GetY() + 1)
	a.font("", 12.5, ink)
	a.paragraph(margin, width, 6.4, "Agenda of the "+a.doc.Board)
	a.SetY(a.GetY() + 4)
	a.rule(a.GetY(), 0.7, petrol)
	a.SetY(a.GetY() + 4)
	a.fact("When", a.doc.When)
	a.fact("Where", a.doc.Where)
	if a.doc.Note != "" {
		a.SetY(a.GetY() + 2)
		a.font("", 10.5, ink)
		a.paragraph(margin, width, lineHeight, a.doc.Note)
	}
	a.SetY(a.GetY() + 7)
}

func (a *agenda) items() {
	a.room(30)
	a.tableHead()
	a.inTable = true
	for _, item := range a.doc.Items {
		a.item(item)
	}
	a.inTable = false
	if len(a.doc.Items) == 0 {
		a.font("", 10.5, ink)
		a.SetY(a.GetY() + 2)
		a.paragraph(margin, width, lineHeight, "No items have been set yet.")
	}
}

func (a *agenda) tableHead() {
	a.font("B", 9, petrol)
	x, y := margin, a.GetY()
	for _, c := range []struct {
		width float64
		name  string
	}{{colNumber, "Item"}, {colTitle, "Title and papers"}, {colPurpose, "Purpose"}, {colLead, "Lead"}, {colTime, "Time"}} {
		a.SetXY(x, y)
		a.cell(c.width, 6, c.name)
		x += c.width
	}
	a.rule(y+6.5, 0.5, petrol)
	a.SetY(y + 8.5)
}

// item draws a row whole on one page if a page can hold it. The row's cells are wrapped first, for its height.
func (a *agenda) item(item AgendaItem) {
	if item.Heading {
		a.section(item.Title)
		return
	}
	cells := a.rowCells(item)
	tallest := 0
	for _, c := range cells {
		tallest = max(tallest, len(c.lines))
	}
	below := a.belowTitle(item)
	a.room(min(float64(tallest)*lineHeight+float64(len(below))*smallLine+5, 200))
	y, page, end := a.GetY(), a.PageNo(), a.GetY()
	for _, c := range cells {
		if a.PageNo() != page { // a cell longer than a page carries the others with it
			y, page = a.GetY(), a.PageNo()
			end = y
		}
		a.font(c.style, 10.5, c.colour)
		a.SetY(y)
		a.lines(c.x, c.width, lineHeight, c.lines)
		end = max(end, a.GetY())
	}
	a.SetY(end + 0.8)
	for _, b := range below {
		a.room(smallLine)
		a.font(b.style, 9.5, b.colour)
		a.SetX(margin + colNumber)
		a.CellFormat(width-colNumber, smallLine, b.text, "", 0, "L", false, 0, "")
		a.SetY(a.GetY() + smallLine)
	}
	a.SetY(a.GetY() + 2)
	a.rule(a.GetY(), 0.2, line)
	a.SetY(a.GetY() + 2.4)
}

// section draws a heading over the items that follow, never alone at the end of a page.
func (a *agenda) section(title string) {
	a.room(30)
	a.SetY(a.GetY() + 2)
	a.font("B", 12, petrol)
	a.paragraph(margin, width, 6, title)
	a.SetY(a.GetY() + 1)
	a.rule(a.GetY(), 0.2, line)
	a.SetY(a.GetY() + 2.4)
}

type rowCell struct {
	x, width float64
	style    string
	colour   colour
	lines    []string
}

func (a *agenda) rowCells(item AgendaItem) []rowCell {
	cells := []rowCell{
		{width: colNumber, style: "B", colour: petrol, lines: []string{item.Number}},
		{width: colTitle, style: titleStyle(item), colour: ink, lines: []string{item.Title}},
		{width: colPurpose, colour: ink, lines: []string{item.Purpose}},
		{width: colLead, colour: ink, lines: []string{item.Lead}},
		{width: colTime, colour: ink, lines: []string{item.Time}},
	}
	x := margin
	for i := range cells {
		c := &cells[i]
		c.x = x
		x += c.width
		a.font(c.style, 10.5, c.colour)
		c.lines = a.wrap(c.lines[0], c.width-2)
	}
	return cells
}

func titleStyle(item AgendaItem) string {
	if item.Sub {
		return ""
	}
	return "B"
}

type smallText struct {
	style  string
	colour colour
	text   string
}

// belowTitle gives the lines under an item's title: the exemption, then the papers.
func (a *agenda) belowTitle(item AgendaItem) []smallText {
	var out []smallText
	add := func(style string, c colour, text string) {
		a.font(style, 9.5, c)
		for _, l := range a.wrap(text, width-colNumber) {
			out = append(out, smallText{style, c, l})
		}
	}
	if item.Private {
		add("B", grey, "Private item")
		add("", grey, item.Exemption)
	}
	if item.Consent {
		add("", grey, "Taken without discussion, with the other items so marked")
	}
	for n, text := range strings.Split(item.Recommendation, "\n") {
		if n == 0 && text != "" {
			text = "Recommendation: " + text
		}
		add("", ink, text)
	}
	if item.Verbal {
		add("", ink, "Verbal report, without a paper")
	}
	if item.Follows != "" {
		add("B", ink, item.Follows)
	}
	for _, p := range item.Papers {
		add("", ink, p.line())
	}
	return out
}

// line gives "Finance report (12 pages, 1.2 MB)"; the facts do not break apart.
func (p AgendaPaper) line() string {
	var facts []string
	if p.Pages == 1 {
		facts = append(facts, "1\u00a0page")
	}
	if p.Pages > 1 {
		facts = append(facts, thousands(p.Pages)+"\u00a0pages")
	}
	if p.Size != "" {
		facts = append(facts, strings.ReplaceAll(p.Size, " ", "\u00a0"))
	}
	if len(facts) == 0 {
		return p.Title
	}
	return p.Title + " (" + strings.Join(facts, ", ") + ")"
}
