package page

import (
	"time"

	"clearday/papers"
)

// Formats is what stands beside a paper: its renditions, which kinds are not provided, and its background papers.
type Formats struct {
	Provided   []FormatRow
	Sheets     []FormatRow // of a spreadsheet, as CSV
	Missing    []string    // "Easy Read", ...
	Background []FormatRow
	Until      string // background papers are open to inspection until then (rules.md N-8)
	Closed     bool   // that day has passed
}

// FormatRow is a rendition or a background paper in a list.
type FormatRow struct {
	Kind     string // in words
	Title    string // of a background paper
	URL      string // "" where there is only a title
	File     string // the file itself, "" for a link
	Facts    string // type, size, pages; or where the link leads
	Language string // the tag, for a translation
	Older    bool   // published before the current version of its paper
	Draft    string // what it waits for, where it is not public yet
}

// FormatAsk is the form with which somebody asks for a paper in another format.
type FormatAsk struct {
	Base
	Paper   papers.Paper
	Form    Form
	Days    int    // working days until the answer is due
	Number  string // of the request that was kept; "" before
	Due     string
	Privacy string
}

// Template names the page's template.
func (FormatAsk) Template() string { return "paper/ask.html" }

// Kinds are the formats to choose from.
func (FormatAsk) Kinds() any { return papers.FormatKinds }

// DeskFormats lists the requests for other formats.
type DeskFormats struct {
	Base
	Flash string
	Rows  []DeskFormat
	Rules Form
	Board string // whose rules can be changed here
}

// Template names the page's template.
func (DeskFormats) Template() string { return "desk/formats.html" }

// Forms are those of the page of which one may have failed.
func (d DeskFormats) Forms() []Form { return []Form{d.Rules} }

// States are those that a request can be moved to.
func (DeskFormats) States() []papers.FormatState { return papers.FormatStates }

// DeskFormat is one request at the desk.
type DeskFormat struct {
	papers.FormatRequest
	Title string // of the paper
	Zone  *time.Location
	Due   string // in words
	Late  bool
	Form  Form
}

// What names the format in words.
func (d DeskFormat) What() string { return papers.FormatName(d.Kind) }

// DeskBeside is what belongs to a paper at the desk: renditions, links, background papers.
type DeskBeside struct {
	Files []DeskFile
	Links []papers.PaperLink
	Form  Form
	Until string // background papers are open to inspection until then
}

// Kinds are what can be added beside a paper.
func (DeskBeside) Kinds() []papers.RenditionKind {
	return append(append([]papers.RenditionKind(nil), papers.Renditions...), papers.Background)
}

// Languages are those of translations.
func (DeskBeside) Languages() any { return papers.Languages }
