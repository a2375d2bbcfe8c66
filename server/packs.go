package server

import (
	"fmt"
	"os"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/packs"
	"clearday/server/page"
)

// meetingPack answers GET /meetings/:slug/pack.pdf, with ?supplement=N for what came with one. It is what is
// public at this moment, whoever asks: a pack of yesterday is not given out (packs.Packs).
func (s *Server) meetingPack(c *call) error {
	w := packs.Which{Meeting: c.Params("slug")}
	if asked := c.Query("supplement"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 {
			return papers.ErrNotFound
		}
		w.Supplement = n
	}
	found, err := s.Packs.Find(c.ctx, papers.Public, w)
	if err != nil {
		return err
	}
	return c.sendPack(found, w, papers.Public)
}

// sendPack sends a pack that the asker may see, or says that it is being made and where the papers are.
func (c *call) sendPack(found packs.Pack, w packs.Which, a papers.Audience) error {
	if found.File == "" {
		c.s.Packs.Begin(found)
		return c.packWaits(w, a)
	}
	name := w.Meeting + "-pack.pdf"
	if w.Supplement > 0 {
		name = fmt.Sprintf("%s-supplement-%d.pdf", w.Meeting, w.Supplement)
	}
	if w.Series == papers.PrivateSeries {
		name = w.Meeting + "-private-pack.pdf"
	}
	return c.send(found.Key, "application/pdf", name, func() (*os.File, error) { return os.Open(found.File) })
}

// packWaits answers 503 while a pack is being made, with the single papers.
func (c *call) packWaits(w packs.Which, a papers.Audience) error {
	c.Set(fiber.HeaderRetryAfter, "5")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if c.program() {
		return fiber.NewError(fiber.StatusServiceUnavailable)
	}
	m, err := c.s.Record.Meeting(c.ctx, a, w.Meeting)
	if err != nil {
		return err
	}
	p := page.PackWaits{Meeting: m, Again: c.OriginalURL()}
	if p.Base, err = c.base("The pack is being made", "meetings"); err != nil {
		return err
	}
	list, err := c.s.Record.Papers(c.ctx, a, papers.PaperFilter{Meeting: m.Slug})
	if err != nil {
		return err
	}
	for _, paper := range list {
		if row, ok := page.NewPaperRow(paper, m.Location()); ok && row.Gone == nil {
			p.Papers = append(p.Papers, row)
		}
	}
	return c.render(fiber.StatusServiceUnavailable, p)
}

// fillPacks offers the papers in one file, and what came with each supplement in another.
func (c *call) fillPacks(p *page.Meeting) error {
	whole, err := c.s.Packs.Find(c.ctx, papers.Public, packs.Which{Meeting: p.Meeting.Slug})
	if papers.CodeOf(err) == papers.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	address := "/meetings/" + p.Meeting.Slug + "/pack.pdf"
	p.Packs = []page.PackLink{page.NewPackLink(address, "All papers in one PDF", whole)}
	for _, n := range whole.Supplements {
		one, err := c.s.Packs.Find(c.ctx, papers.Public, packs.Which{Meeting: p.Meeting.Slug, Supplement: n})
		if err != nil {
			return fmt.Errorf("looking for the pack of a supplement: %w", err)
		}
		p.Packs = append(p.Packs, page.NewPackLink(fmt.Sprintf("%s?supplement=%d", address, n), fmt.Sprintf("Supplement %d in one PDF", n), one))
	}
	return nil
}
