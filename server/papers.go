package server

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/pdf"
	"clearday/search"
	"clearday/server/page"
)

// paperShow answers GET /papers/:id and GET /papers/:id/v/:n and GET /papers/:id/pages/:p and GET /papers/:id/v/:n/pages/:p.
func (s *Server) paperShow(c *call) error {
	f, err := c.paperVersion()
	if err != nil {
		return err
	}
	if f.Version.State == papers.VersionWithdrawn {
		return c.withdrawn(f)
	}
	n := 1
	if c.Params("p") != "" {
		if n, err = c.pageNumber(f.Version); err != nil {
			return err
		}
	}
	q, err := s.Finder.Understand(c.ctx, search.Parse(c.Query("q")))
	if err != nil {
		return err
	}
	p, err := c.paperPage(f, n, q)
	if err != nil {
		return err
	}
	if typed := strings.TrimSpace(c.Query("page")); typed != "" {
		if to, err := strconv.Atoi(typed); err == nil && to >= 1 && to <= f.Version.Pages {
			return c.see(p.To(to))
		}
		p.NoSuch = typed
	}
	return c.render(fiber.StatusOK, p)
}

// paperFile answers GET /papers/:id/file and GET /papers/:id/v/:n/file.
func (s *Server) paperFile(c *call) error {
	f, err := c.paperVersion()
	if err != nil {
		return err
	}
	if f.Version.State == papers.VersionWithdrawn {
		return c.withdrawn(f)
	}
	if f.Version.File == "" {
		return errNoFile
	}
	if private(f) && !c.audience().SeesDrafts(f.Paper.Board) { // a copy that leaves the desk is marked on each page (rules.md N-6)
		return c.see("/desk/member/meetings/" + f.Meeting.Slug + "/private.pdf")
	}
	if err := c.serveFile(f.Version.File, "application/pdf", fileName(f)); err != nil {
		return err
	}
	c.keepPrivate(f)
	c.downloaded(papers.VersionSubject(f.Version.Ref()))
	return nil
}

// errNoFile answers for a version whose public file is not made yet, or could not be made.
var errNoFile = papers.Errorf(papers.CodeNotFound, "There is no file of this version yet: it is still being checked, or was blocked. Its state is at the desk.")

// fileName is what a paper is called once it is on somebody's disk.
func fileName(f papers.Found) string {
	name := papers.Slug(f.Paper.Title)
	if name == "" {
		name = "paper"
	}
	return fmt.Sprintf("%s-v%d.pdf", name, f.Version.N)
}

// paperText answers GET /papers/:id/text and GET /papers/:id/v/:n/text.
func (s *Server) paperText(c *call) error {
	f, err := c.paperVersion()
	if err != nil {
		return err
	}
	if f.Version.State == papers.VersionWithdrawn {
		return c.withdrawn(f)
	}
	texts, err := s.Record.Texts(c.ctx, f.Version.Ref())
	if err != nil {
		return fmt.Errorf("reading the text of a paper: %w", err)
	}
	base, err := c.base("Text of "+f.Paper.Title, "meetings")
	if err != nil {
		return err
	}
	p := page.PaperText{Base: base, Zone: f.Meeting.Location(), Paper: f.Paper, Version: f.Version, Meeting: f.Meeting, Address: c.paperAddress(f), Empty: true}
	for i, text := range texts {
		paras := page.Readable(text, search.Query{})
		p.Pages = append(p.Pages, page.TextOfPage{Page: i + 1, Paras: paras, Recognised: f.Version.Recognised(i + 1)})
		p.Empty = p.Empty && len(paras) == 0
	}
	return c.render(fiber.StatusOK, p)
}

// imageWidths are the widths that pages ask for, in pixels.
var imageWidths = map[int]bool{200: true, 400: true, 800: true, 1200: true, 1600: true, 2400: true}

// paperImage answers GET /papers/:id/pages/:p.jpg and GET /papers/:id/v/:n/pages/:p.jpg.
func (s *Server) paperImage(c *call) error {
	f, err := c.paperVersion()
	if err != nil {
		return err
	}
	if f.Version.State == papers.VersionWithdrawn {
		return c.withdrawn(f)
	}
	n, err := c.pageNumber(f.Version)
	if err != nil {
		return err
	}
	width := c.QueryInt("w", 1200)
	if !imageWidths[width] {
		return papers.Errorf(papers.CodeInvalid, "A page image is 200, 400, 800, 1200, 1600 or 2400 pixels wide: add ?w=1200, for one.")
	}
	if f.Version.File == "" {
		return errNoFile
	}
	etag := fmt.Sprintf(`"%s-%d-%d"`, f.Version.File[:16], n, width)
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.keepPrivate(f)
	if c.Get(fiber.HeaderIfNoneMatch) == etag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	jpeg, err := s.Images.Image(c.ctx, f.Version.File, s.Files.Path(f.Version.File), n, width)
	if err != nil {
		c.Response().Header.Del(fiber.HeaderETag)
		return c.noImage(err)
	}
	if n < f.Version.Pages && width >= 400 { // of a page that is read, not of a small picture beside it
		s.Images.Ahead(f.Version.File, s.Files.Path(f.Version.File), n+1, width)
	}
	c.Set(fiber.HeaderContentType, "image/jpeg")
	return c.Send(jpeg)
}

func (c *call) noImage(err error) error {
	var bad *papers.Unreadable
	switch {
	case errors.As(err, &bad), errors.Is(err, pdf.ErrDropped):
		return papers.Errorf(papers.CodeNotFound, "There is no image of this page. Its text and the file itself are on the page of the paper.")
	case errors.Is(err, pdf.ErrBusy):
		c.Set(fiber.HeaderRetryAfter, "2")
		return fiber.NewError(fiber.StatusServiceUnavailable)
	}
	return fmt.Errorf("drawing a page: %w", err)
}

// paperVersion finds the version that the address names, as the asker may see it: the one of :n,
// else the current one.
func (c *call) paperVersion() (papers.Found, error) {
	ref := papers.VersionRef{Paper: c.Params("id")}
	if n := c.Params("n"); n != "" {
		v, err := strconv.Atoi(n)
		if err != nil || strconv.Itoa(v) != n {
			return papers.Found{}, papers.ErrNotFound
		}
		ref.N = v
	} else {
		p, err := c.s.Record.Paper(c.ctx, c.audience(), ref.Paper)
		if err != nil {
			return papers.Found{}, err
		}
		v, _ := p.Current()
		ref.N = v.N
	}
	found, err := c.s.Record.Find(c.ctx, c.audience(), []papers.VersionRef{ref})
	if err != nil {
		return papers.Found{}, fmt.Errorf("finding a version: %w", err)
	}
	if len(found) == 0 {
		return papers.Found{}, papers.ErrNotFound
	}
	return found[0], nil
}

// pageNumber reads :p, a page that the version has.
func (c *call) pageNumber(v papers.Version) (int, error) {
	n, err := strconv.Atoi(c.Params("p"))
	if err != nil || strconv.Itoa(n) != c.Params("p") || n < 1 || n > max(v.Pages, 1) {
		return 0, papers.ErrNotFound
	}
	return n, nil
}

// keepPrivate keeps what is not public out of every cache.
func (c *call) keepPrivate(f papers.Found) {
	if !f.Version.Public() || f.Paper.Private {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
}

// withdrawn answers 410: a page that says when, by whom and why, or the same in a sentence.
func (c *call) withdrawn(f papers.Found) error {
	v, zone := f.Version, f.Meeting.Location()
	p := page.Withdrawn{Zone: zone, Paper: f.Paper, Version: v, Meeting: f.Meeting, By: page.RoleWords(v.WithdrawnBy)}
	for _, o := range f.Paper.Versions {
		if o.Public() {
			p.Readable = o.N
			p.Newer = o.N > v.N
			break
		}
	}
	if c.program() {
		return papers.Errorf(papers.CodeGone, "%s", p.Sentence())
	}
	var err error
	if p.Base, err = c.base("Withdrawn: "+f.Paper.Title, "meetings"); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.render(fiber.StatusGone, p)
}
