package page

import (
	"fmt"
	"html/template"
	"time"

	"clearday/papers"
)

// Paper is one page of a version of a paper: image, text, and what surrounds it.
type Paper struct {
	Base
	Zone    *time.Location
	Paper   papers.Paper
	Version papers.Version
	Item    papers.Item
	Meeting papers.Meeting
	Address string // /papers/id, or with /v/2
	Origin  string // of the site, for the address that is quoted
	Page    int
	Desk    bool   // for somebody who sees what is not public on this board
	Mark    string // what stands on a private paper (N-6)
	Notice  Notice
	Text    []Para
	Sheet   Sheet
	Thumbs  []Thumb
	View    View
	Quoting Quoting

	Sections  []PaperSection // of the file's outline
	SectionsN int            // how many there are, more than are listed
	NoSuch    string         // the page that was asked for and is none, as typed
	Hits      []FoundOn      // where the query is, page by page
	Heard     *ChapterRow    // when the meeting came to its item

	PageNow int           // where this page stands in the version that took this one's place
	Formats Formats       // renditions and background papers
	Parent  *papers.Paper // the paper that this is a rendition of

	Query      string // to find in the paper, as typed
	Asked      bool   // the query has words that can be marked
	Matches    int
	MatchPages int
	Before     int // the nearest pages with a match, or 0
	After      int
}

// Template names the page's template.
func (Paper) Template() string { return "paper/paper.html" }

// Thumb is a small picture that leads to a page.
type Thumb struct {
	Page    int
	Matches int
	Current bool
}

// FoundOn is a page on which the query was found, how often, and the words around the first place.
type FoundOn struct {
	Page    int
	Matches int
	Around  Para
}

// hitsListed is the number of pages with a match that are listed.
const hitsListed = 100

// Count notes how often and where the query was found: index 0 is page 1, nil is no query.
func (p *Paper) Count(found []FoundOn) {
	p.Asked = found != nil
	for i, on := range found {
		if on.Matches == 0 {
			continue
		}
		if len(p.Hits) < hitsListed {
			p.Hits = append(p.Hits, on)
		}
		p.Matches += on.Matches
		p.MatchPages++
		if i+1 < p.Page {
			p.Before = i + 1
		}
		if i+1 > p.Page && p.After == 0 {
			p.After = i + 1
		}
	}
}

// AddThumbs adds the pictures around the current page, at most n.
func (p *Paper) AddThumbs(found []FoundOn, n int) {
	from := max(1, min(p.Page-n/2+1, p.Version.Pages-n+1))
	for i := from; i < from+n && i <= p.Version.Pages; i++ {
		t := Thumb{Page: i, Current: i == p.Page}
		if i <= len(found) {
			t.Matches = found[i-1].Matches
		}
		p.Thumbs = append(p.Thumbs, t)
	}
}

// ThumbHeight is the height of a picture 200 wide, as far as the first page tells.
func (p Paper) ThumbHeight() int { return heightFor(200, p.Version.Width, p.Version.Height) }

// Here is the address of this page without a query: where the find form goes, and what is quoted.
func (p Paper) Here() string { return fmt.Sprintf("%s/pages/%d", p.Address, p.Page) }

// Prev and Next are the neighbouring pages, or 0.
func (p Paper) Prev() int { return p.Page - 1 }

// Next is the page after this one, or 0.
func (p Paper) Next() int {
	if p.Page >= p.Version.Pages {
		return 0
	}
	return p.Page + 1
}

// Newer is the number of the current version when this one was replaced, or 0.
func (p Paper) Newer() int {
	if v, ok := p.Paper.Current(); ok && v.State == papers.VersionPublished && v.N > p.Version.N {
		return v.N
	}
	return 0
}

// longText is the length in bytes from which the text of a page is taller than its image, for a square page.
const longText = 1270

// Long tells that the text is taller than the image, so that what follows goes under the image.
func (p Paper) Long() bool {
	n := 0
	for _, para := range p.Text {
		for _, s := range para {
			n += len(s.Text)
		}
	}
	return n*100 > longText*p.Sheet.ImageHeight(100)
}

// Row is a line of the list of versions.
type Row struct {
	papers.Version
	Here bool
	Why  string
	From int // the version before, to compare with, or 0
}

// Rows lists the versions, newest first.
func (p Paper) Rows() []Row {
	rows := make([]Row, len(p.Paper.Versions))
	for i, v := range p.Paper.Versions {
		rows[i] = Row{Version: v, Here: v.N == p.Version.N, Why: v.Reason}
		if v.Reason == "" && v.N == 1 && v.PublishedAt != nil {
			rows[i].Why = "As first published."
		}
		if i+1 < len(rows) && v.State != papers.VersionWithdrawn && p.Paper.Versions[i+1].State != papers.VersionWithdrawn {
			rows[i].From = p.Paper.Versions[i+1].N
		}
	}
	return rows
}

// StateWords says where a version stands, for those who may see it before it is public.
func StateWords(v papers.Version, private bool) string {
	switch v.State {
	case papers.VersionChecking:
		return "being read"
	case papers.VersionBlocked:
		return "blocked"
	case papers.VersionReady:
		if private {
			return "private"
		}
		return "ready, not public yet"
	case papers.VersionScheduled:
		return "not public yet"
	}
	return string(v.State)
}

// State says where this version stands, where it is not simply public.
func (p Paper) State() string {
	if p.Version.Public() {
		return ""
	}
	return title(StateWords(p.Version, p.Paper.Private))
}

// PaperText is the whole text of a version on one page.
type PaperText struct {
	Base
	Zone    *time.Location
	Paper   papers.Paper
	Version papers.Version
	Meeting papers.Meeting
	Address string
	Pages   []TextOfPage
	Empty   bool // no page has any text
}

// TextOfPage is the text of one page of the paper.
type TextOfPage struct {
	Page       int
	Paras      []Para
	Recognised bool // on a picture of the page, by a program
}

// PaperWeb is a version as a web page, made from the original document and not from the PDF.
type PaperWeb struct {
	Base
	Zone    *time.Location
	Paper   papers.Paper
	Version papers.Version
	Meeting papers.Meeting
	Address string
	Body    template.HTML
}

// Template names the page's template.
func (PaperWeb) Template() string { return "paper/web.html" }

// Template names the page's template.
func (PaperText) Template() string { return "paper/text.html" }

// Withdrawn stands where a paper or version was that had to go.
type Withdrawn struct {
	Base
	Zone     *time.Location
	Paper    papers.Paper
	Version  papers.Version
	Meeting  papers.Meeting
	By       string // the role in words
	Readable int    // a version that can still be read, or 0
	Newer    bool   // that one came after this one
}

// Template names the page's template.
func (Withdrawn) Template() string { return "paper/withdrawn.html" }

// Sentence says the page in one sentence, for programs.
func (w Withdrawn) Sentence() string {
	when := ""
	if w.Version.WithdrawnAt != nil {
		when = " on " + Moment(*w.Version.WithdrawnAt, w.Zone)
	}
	s := fmt.Sprintf("Version %d was withdrawn%s, by %s. Why: %s", w.Version.N, when, w.By, w.Version.WithdrawnWhy)
	if w.Readable > 0 {
		s += fmt.Sprintf(" Version %d can be read.", w.Readable)
	}
	return s
}

// RoleWords says a role as the public reads it: the board secretary, never a name.
func RoleWords(role string) string {
	switch role {
	case "secretary":
		return "the board secretary"
	case "admin":
		return "an administrator of the site"
	case "":
		return "the board team"
	}
	return "the " + role
}
