package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"github.com/microcosm-cc/bluemonday"

	"clearday/papers"
)

// Web is a document as a part of a web page: headings, paragraphs, lists, tables and links, and nothing else.
type Web struct {
	HTML     string
	Headings int
	Tables   int
	Pictures int // left out

	nested bool // a table in a table, which nobody can follow by ear
	text   string
	cells  []string // what the cells of a spreadsheet show; nil for a text
}

// maxWeb bounds what LibreOffice writes as HTML: a page for people.
const maxWeb = 16 << 20

// Web makes a web page of the text document at path, with its tracked changes accepted and without hidden text, comments, headers and
// footers, or of the spreadsheet, sheet by sheet, without what is hidden. Files go into a directory of their own under dir. ok is false
// where the kind has no web version.
func (t *Tools) Web(ctx context.Context, path, dir string) (w Web, ok bool, err error) {
	d, err := Open(path, Limits{})
	if err != nil {
		return w, false, err
	}
	defer d.Close()
	if d.Kind.Slides() {
		return w, false, nil
	}
	filter, parse := "HTML (StarWriter)", parseWeb
	if d.Kind.Sheet() {
		filter, parse = "HTML (StarCalc)", parseSheets
	}
	from, err := t.accepted(ctx, d, dir)
	if err != nil {
		return w, false, err
	}
	if from != d {
		defer from.Close()
	}
	out, err := t.export(ctx, from, dir, "html", filter)
	if err != nil {
		return w, false, err
	}
	f, err := os.Open(out)
	if err != nil {
		return w, false, fmt.Errorf("opening a web page that was made: %w", err)
	}
	defer f.Close()
	w, err = parse(f)
	return w, err == nil, err
}

// parseWeb takes the document out of the page that LibreOffice wrote. The policy at the end decides what may be in it; what comes
// before mends it for readers.
func parseWeb(r io.Reader) (Web, error) {
	page, err := readPage(r)
	if err != nil {
		return Web{}, err
	}
	body := page.Find("body")
	body.Find("style, script, title, [title=header], [title=footer], [hidden]").Remove()
	body.Find("[style]").Each(func(_ int, s *goquery.Selection) {
		if isHidden.MatchString(s.AttrOr("style", "")) {
			s.Remove()
		}
	})
	w := Web{Pictures: body.Find("img, object, embed, svg, canvas").Remove().Length()}
	unwrapTables(body)
	w.nested = body.Find("table table").Length() > 0
	level(body)
	anchors(body)
	body.Find("p, h2, h3, h4, h5, h6, li, ul, ol").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()) == "" && s.Find("td, th").Length() == 0 {
			s.Remove()
		}
	})
	raw, err := body.Html()
	if err != nil {
		return Web{}, fmt.Errorf("writing a web page: %w", err)
	}
	w.HTML = strings.TrimSpace(manyBlanks.ReplaceAllString(policy.Sanitize(raw), "\n"))
	clean, err := goquery.NewDocumentFromReader(strings.NewReader(w.HTML))
	if err != nil {
		return Web{}, fmt.Errorf("reading a web page again: %w", err)
	}
	w.Headings, w.Tables = clean.Find("h2, h3, h4, h5, h6").Length(), clean.Find("table").Length()
	clean.Find("p, li, td, th, h2, h3, h4, h5, h6, br").AfterHtml(" ")
	w.text = clean.Text()
	w.HTML = frameTables(w.HTML)
	return w, nil
}

func readPage(r io.Reader) (*goquery.Document, error) {
	limited := &io.LimitedReader{R: r, N: maxWeb}
	page, err := goquery.NewDocumentFromReader(limited)
	if err != nil {
		return nil, fmt.Errorf("reading a web page that was made: %w", err)
	}
	if limited.N <= 0 {
		return nil, &papers.Unreadable{Sentence: sentenceTooBig, Cause: errors.New("the web page is too long")}
	}
	return page, nil
}

// frameTables lets wide tables scroll by themselves, by keyboard too. The policy leaves no table with attributes.
func frameTables(html string) string {
	n := 0
	html = regexp.MustCompile("<table>").ReplaceAllStringFunc(html, func(string) string {
		n++
		return fmt.Sprintf(`<div class="cd-tablewrap" tabindex="0" role="region" aria-label="Table %d"><table>`, n)
	})
	return strings.ReplaceAll(html, "</table>", "</table></div>")
}

var (
	isHidden   = regexp.MustCompile(`(?i)(display\s*:\s*none|visibility\s*:\s*hidden)`)
	manyBlanks = regexp.MustCompile(`\s*\n\s*`)
	policy     = webPolicy()
)

// webPolicy is the list of what a document may bring to a page of ours. Everything else goes, its words stay.
func webPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h2", "h3", "h4", "h5", "h6", "p", "br", "ul", "ol", "li", "b", "strong", "i", "em", "sup", "sub", "blockquote", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("th", "td")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(col|row)$`)).OnElements("th")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^doc-[A-Za-z0-9_-]+$`)).OnElements("a")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddSpaceWhenStrippingTag(false)
	return p
}

// unwrapTables turns tables of one cell, which only draw a frame, into what is in them, and gives the others a row of headings where
// the document says that it has one.
func unwrapTables(body *goquery.Selection) {
	body.Find("table").Each(func(_ int, t *goquery.Selection) {
		cells := t.Find("td, th")
		if cells.Length() == 1 {
			if inner, err := cells.Html(); err == nil {
				t.ReplaceWithHtml(inner)
			}
			return
		}
		t.Find("thead td").Each(func(_ int, s *goquery.Selection) {
			if inner, err := s.Html(); err == nil {
				s.ReplaceWithHtml(`<th scope="col"` + span(s, "colspan") + span(s, "rowspan") + `>` + inner + `</th>`)
			}
		})
	})
}

func span(s *goquery.Selection, name string) string {
	n, err := strconv.Atoi(s.AttrOr(name, ""))
	if err != nil || n < 2 || n > 1000 {
		return ""
	}
	return fmt.Sprintf(` %s="%d"`, name, n)
}

// level moves the headings below the title of our page, and leaves no level out on the way down.
func level(body *goquery.Selection) {
	last := 1
	body.Find("h1, h2, h3, h4, h5, h6").Each(func(_ int, h *goquery.Selection) {
		if strings.TrimSpace(h.Text()) == "" {
			return
		}
		n := min(int(goquery.NodeName(h)[1]-'0')+1, last+1, 6)
		last = n
		if inner, err := h.Html(); err == nil {
			h.ReplaceWithHtml(fmt.Sprintf("<h%d>%s</h%d>", n, inner, n))
		}
	})
}

// anchors keeps the links inside the document, under names that cannot be ours, and lets go of links to nowhere.
func anchors(body *goquery.Selection) {
	safe := func(s string) string { return "doc-" + notName.ReplaceAllString(s, "-") }
	body.Find("a").Each(func(_ int, a *goquery.Selection) {
		if name, ok := a.Attr("name"); ok {
			a.SetAttr("id", safe(name))
		}
		href := a.AttrOr("href", "")
		switch inside, ok := strings.CutPrefix(href, "#"); {
		case ok:
			a.SetAttr("href", "#"+safe(inside))
		case !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "mailto:"):
			a.RemoveAttr("href")
		}
	})
}

var notName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// What a clean conversion is: hardly a word of the PDF is missing, and hardly one is there that the PDF does not show.
const (
	enoughWords = 0.97
	hardlyMore  = 0.98
)

// Clean tells whether the web page can stand for the PDF of the same document, whose pages have these texts. If it cannot, why says it.
func (w Web) Clean(pages []string) (why string) {
	if w.cells != nil {
		return w.cleanSheets(pages)
	}
	pdf, web := wordsOf(strings.Join(pages, " ")), wordsOf(w.text)
	switch {
	case len(web) == 0:
		return "it has no words"
	case w.Headings == 0 && len(pages) > 1:
		return "it has no headings"
	case w.nested:
		return "it has tables within tables"
	}
	if share := shared(pdf, web, false); share < enoughWords {
		return fmt.Sprintf("it has %.0f %% of the words of the PDF", 100*share)
	}
	if share := shared(web, pdf, true); share < hardlyMore {
		return fmt.Sprintf("the PDF has %.0f %% of its words", 100*share)
	}
	return ""
}

// wordsOf counts the words of a text.
func wordsOf(text string) map[string]int {
	words := map[string]int{}
	for _, w := range splitWords(text) {
		if len(w) > 2 { // numbers of lists and pages, and letters that a font drew apart
			words[w]++
		}
	}
	return words
}

func splitWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// shared is the share of the words of a that b has: of all of them, or (headers and footers come again on every page) of the different ones.
func shared(a, b map[string]int, each bool) float64 {
	have, all := 0, 0
	for w, n := range a {
		if !each {
			n = 1
		}
		all += n
		have += min(n, b[w])
	}
	if all == 0 {
		return 1
	}
	return float64(have) / float64(all)
}
