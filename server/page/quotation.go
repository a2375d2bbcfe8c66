package page

import (
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"

	"clearday/search"
)

// Quoting is what the reader quotes of a page: the passage as the page has it, and where else it stands.
type Quoting struct {
	Typed   string // as asked for; "" is no quotation
	Long    bool   // too long to be looked for
	Passage string // the words of the page; "" where they are not on it
	Address string // for ever; "" where the version is not public
	Other   int    // a page of this version that has the words, where this one has not
	Now     []int  // the pages of the newer version that have them
}

// MarkPassage finds a quotation in the paragraphs of a page and marks it there. It answers the words as the page has them.
func MarkPassage(paras []Para, q search.Quotation) string {
	var all strings.Builder
	starts := make([]int, len(paras))
	for i, p := range paras {
		starts[i] = all.Len()
		for _, s := range p {
			all.WriteString(s.Text)
		}
		all.WriteString("\n\n")
	}
	text := all.String()
	from, to, ok := q.In(text)
	if !ok {
		return ""
	}
	for i, start := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		end -= len("\n\n")
		paras[i] = markBytes(text[start:end], from-start, to-start)
	}
	return strings.Join(strings.Fields(text[from:to]), " ")
}

// markBytes marks the bytes of a paragraph between from and to, as far as they are in it.
func markBytes(text string, from, to int) Para {
	from, to = min(max(from, 0), len(text)), min(max(to, 0), len(text))
	var p Para
	for _, s := range []search.Segment{{Text: text[:from]}, {Text: text[from:to], Marked: true}, {Text: text[to:]}} {
		if s.Text != "" {
			p = append(p, s)
		}
	}
	return p
}

// QuoteAddress is the permanent address of a passage: of the version, its page and the words.
func (p Paper) QuoteAddress(passage string) string {
	to := fmt.Sprintf("%s/papers/%s/v/%d/pages/%d", p.Origin, p.Paper.ID, p.Version.N, p.Page)
	if passage != "" {
		to += "?quote=" + url.QueryEscape(search.Short(passage))
	}
	return to
}

// Source is the reference to this page as a writer gives it: title, version, page, meeting, date, site.
func (p Paper) Source() string {
	said := []string{fmt.Sprintf("%s, version %d, page %d", p.Paper.Title, p.Version.N, p.Page)}
	for _, s := range []string{p.Site.Name, p.Meeting.Name(), p.Meeting.StartsAt.In(p.Zone).Format("2 January 2006")} {
		if s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, ", ") + "."
}

// Quote is the reference to this page with its address.
func (p Paper) Quote() string { return p.Source() + " " + p.QuoteAddress("") }

// QuotedText is the quotation ready to paste where there are only letters.
func (p Paper) QuotedText() string {
	return fmt.Sprintf("“%s”\n%s\n%s\nSHA-256 of the PDF: %s", p.Quoting.Passage, p.Source(), p.Quoting.Address, p.Version.File)
}

// QuotedHTML is the quotation ready to paste into a web page.
func (p Paper) QuotedHTML() string {
	to := html.EscapeString(p.Quoting.Address)
	return fmt.Sprintf("<blockquote cite=\"%s\"><p>%s</p></blockquote>\n<p><a href=\"%s\">%s</a> SHA-256 of the PDF: <code>%s</code></p>",
		to, html.EscapeString(p.Quoting.Passage), to, html.EscapeString(p.Source()), p.Version.File)
}

// NowIn says where the passage stands in the version that took this one's place.
func (p Paper) NowIn() string {
	switch n := len(p.Quoting.Now); n {
	case 0:
		return ""
	case 1:
		return "page " + strconv.Itoa(p.Quoting.Now[0])
	default:
		list := make([]string, 0, n)
		for _, page := range p.Quoting.Now {
			list = append(list, strconv.Itoa(page))
		}
		return "pages " + strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}

// QuotedNow is the address of the passage in the newer version.
func (p Paper) QuotedNow() string {
	return fmt.Sprintf("/papers/%s/v/%d/pages/%d?quote=%s", p.Paper.ID, p.Newer(), p.Quoting.Now[0], url.QueryEscape(search.Short(p.Quoting.Passage)))
}

// QuotedOther is the address of the words on another page of this version.
func (p Paper) QuotedOther() string {
	return fmt.Sprintf("%s/pages/%d?quote=%s", p.Address, p.Quoting.Other, url.QueryEscape(p.Quoting.Typed))
}
