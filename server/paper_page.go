package server

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/exemption"
	"clearday/papers/pdf"
	"clearday/search"
	"clearday/server/page"
)

const (
	thumbsShown  = 8               // around the current page
	wordsPatient = 4 * time.Second // a page without marks is better than one that keeps a reader waiting
)

// paperAddress is the address that the pages of the version hang under: short while the reader came
// by it, else that of the version.
func (c *call) paperAddress(f papers.Found) string {
	if c.Params("n") == "" {
		return "/papers/" + f.Paper.ID
	}
	return versionAddress(f.Version.Ref())
}

func versionAddress(r papers.VersionRef) string {
	return "/papers/" + url.PathEscape(r.Paper) + "/v/" + strconv.Itoa(r.N)
}

// paperPage puts together what the reader of page n sees, with what the query finds marked, or else the words that the address quotes.
func (c *call) paperPage(f papers.Found, n int, q search.Query) (page.Paper, error) {
	quoted := strings.TrimSpace(c.Query("quote"))
	if quoted != "" {
		q = search.Query{}
	}
	title := f.Paper.Title
	if c.Params("p") != "" {
		title = fmt.Sprintf("Page %d of %s", n, title)
	}
	base, err := c.base(title, "meetings")
	if err != nil {
		return page.Paper{}, err
	}
	v := f.Version
	p := page.Paper{
		Base: base, Zone: f.Meeting.Location(), Paper: f.Paper, Version: v, Item: f.Item, Meeting: f.Meeting,
		Address: c.paperAddress(f), Origin: c.origin(), Page: n, Query: q.Text, Desk: c.audience().SeesDrafts(f.Paper.Board),
		View: page.NewView(c.Query("zoom"), c.Query("turn")),
	}
	if private(f) {
		p.Mark = exemption.Mark(groundsOf(f))
	}
	if err := c.addFormats(&p, f); err != nil {
		return page.Paper{}, err
	}
	if len(q.Terms()) == 0 {
		q = search.Query{}
	}
	text, err := c.s.Record.PageText(c.ctx, v.Ref(), n)
	if err != nil && papers.CodeOf(err) != papers.CodeNotFound { // a version that is still being read
		return page.Paper{}, fmt.Errorf("reading the text of a page: %w", err)
	}
	p.Text = page.Readable(text, q)
	found, err := c.finds(v, q)
	if err != nil {
		return page.Paper{}, err
	}
	p.Count(found)
	p.AddThumbs(found, thumbsShown)
	words := c.words(v, n)
	p.Sheet = page.NewSheet(versionAddress(v.Ref()), n, words)
	p.Sheet.MarkFound(words.Words, q)
	p.AddSections(c.outline(v))
	if err := c.addQuoting(&p, f, words.Words, quoted); err != nil {
		return page.Paper{}, err
	}
	if newer := p.Newer(); newer > 0 {
		p.PageNow = c.pageNow(v, newer, n)
	}
	if p.Notice, err = c.noticeOf(f); err != nil {
		return page.Paper{}, err
	}
	p.Heard, err = c.heardAt(f)
	return p, err
}

// words gives the words of a page with their boxes. Without them the page has its image and its
// text, but nothing is marked on the image.
func (c *call) words(v papers.Version, n int) pdf.Page {
	if v.File == "" {
		return pdf.Page{Width: v.Width, Height: v.Height}
	}
	ctx, cancel := context.WithTimeout(c.ctx, wordsPatient)
	defer cancel()
	words, err := c.s.words.get(ctx, fmt.Sprintf("%s/%d", v.File, n), func(ctx context.Context) (pdf.Page, error) {
		return c.s.Tools.Words(ctx, c.s.Files.Path(v.File), n)
	})
	if err != nil {
		if ctx.Err() == nil {
			c.s.Log.Warn("reading the words of a page", "paper", v.Paper, "page", n, "err", err)
		}
		return pdf.Page{Width: v.Width, Height: v.Height}
	}
	return words
}

// finds says for every page what the query marks there, index 0 for page 1. It is nil when the
// query marks nothing at all.
func (c *call) finds(v papers.Version, q search.Query) ([]page.FoundOn, error) {
	if len(q.Terms()) == 0 {
		return nil, nil
	}
	count := func(ctx context.Context) ([]page.FoundOn, error) {
		texts, err := c.s.Record.Texts(ctx, v.Ref())
		if err != nil {
			return nil, fmt.Errorf("reading the text of a paper: %w", err)
		}
		found := make([]page.FoundOn, len(texts))
		for i, text := range texts {
			paras := page.Readable(text, q)
			found[i] = page.FoundOn{Page: i + 1, Matches: page.Marked(paras), Around: page.Around(paras)}
		}
		return found, nil
	}
	if v.State == papers.VersionChecking {
		return count(c.ctx) // its text is still coming
	}
	return c.s.found.get(c.ctx, fmt.Sprintf("%s/%d/%s", v.Paper, v.N, q.Text), count)
}

// noticeOf says whether the version came out in time for its meeting, by the rule of the board for
// reports, and why not. It is empty when nothing can be said.
func (c *call) noticeOf(f papers.Found) (page.Notice, error) {
	if f.Version.PublishedAt == nil {
		return page.Notice{}, nil
	}
	board, err := c.s.Record.Board(c.ctx, f.Meeting.Board)
	if err != nil {
		return page.Notice{}, err
	}
	r, ok := c.s.countFor(f.Meeting, board, *f.Version.PublishedAt, papers.ClockReports)
	if !ok {
		return page.Notice{}, nil
	}
	first, _ := publications(f.Paper)
	replaces, firstOnTime := first.N != f.Version.N && first.PublishedAt != nil, false
	if replaces {
		before, ok := c.s.countFor(f.Meeting, board, *first.PublishedAt, papers.ClockReports)
		firstOnTime = ok && before.OnTime
	}
	n := page.NewNotice(r, replaces, firstOnTime)
	if n.Late {
		g, err := c.readNotice(f.Meeting, board)
		if err != nil {
			return n, err
		}
		n.Why = g.late(holdsVersion(f.Version.Ref()))
	}
	return n, nil
}
