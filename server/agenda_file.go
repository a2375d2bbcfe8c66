package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/pdf"
	"clearday/server/page"
)

// agendaFile is the agenda as a PDF.
type agendaFile struct {
	body  []byte
	pages int
	etag  string
}

// fillAgendaFile offers the agenda as a PDF, with its size and pages.
func (c *call) fillAgendaFile(p *page.Meeting) error {
	f, err := c.agendaFile(p.Meeting)
	if papers.CodeOf(err) == papers.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	p.Agenda = "/meetings/" + p.Meeting.Slug + "/agenda.pdf"
	p.AgendaFile = "PDF, " + page.Size(int64(len(f.body))) + ", " + page.Count(f.pages, "page", "pages")
	return nil
}

// meetingAgenda answers GET /meetings/:slug/agenda.pdf: what is public of the agenda, whoever asks.
func (s *Server) meetingAgenda(c *call) error {
	m, err := s.Record.Meeting(c.ctx, papers.Public, c.Params("slug"))
	if err != nil {
		return err
	}
	f, err := c.agendaFile(m)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderETag, f.etag)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), f.etag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'")
	c.Set(fiber.HeaderContentDisposition, `inline; filename="`+m.Slug+`-agenda.pdf"`)
	return c.Send(f.body)
}

// agendaFile writes the public agenda of a meeting, or gives the one written before from the same
// words. It is ErrNotFound while no item is public.
func (c *call) agendaFile(m papers.Meeting) (agendaFile, error) {
	doc, err := c.agendaDoc(m)
	if err != nil {
		return agendaFile{}, err
	}
	words, err := json.Marshal(doc)
	if err != nil {
		return agendaFile{}, fmt.Errorf("naming the agenda: %w", err)
	}
	sum := sha256.Sum256(words)
	key := hex.EncodeToString(sum[:16])
	return c.s.agendas.get(c.ctx, key, func(context.Context) (agendaFile, error) {
		var out bytes.Buffer
		if err := pdf.Agenda(&out, doc); err != nil {
			return agendaFile{}, err
		}
		return agendaFile{body: out.Bytes(), pages: bytes.Count(out.Bytes(), []byte("/Type /Page\n")), etag: `"` + key + `"`}, nil
	})
}

func (c *call) agendaDoc(m papers.Meeting) (pdf.AgendaDoc, error) {
	site, err := c.s.Record.Site(c.ctx)
	if err != nil {
		return pdf.AgendaDoc{}, err
	}
	items, err := c.s.Record.Items(c.ctx, papers.Public, m.Slug)
	if err != nil {
		return pdf.AgendaDoc{}, err
	}
	if len(items) == 0 {
		return pdf.AgendaDoc{}, papers.ErrNotFound
	}
	list, err := c.s.Record.Papers(c.ctx, papers.Public, papers.PaperFilter{Meeting: m.Slug})
	if err != nil {
		return pdf.AgendaDoc{}, err
	}
	zone := m.Location()
	doc := pdf.AgendaDoc{Organisation: site.Name, Board: m.BoardName, Title: m.Title, Where: page.Place(m), Note: m.Access,
		When:    page.Moment(m.StartsAt, zone) + " to " + page.Clock(m.EndsAt, zone),
		Address: c.origin() + "/meetings/" + m.Slug}
	if note, _ := meetingNote(m); m.Off() {
		doc.Note = note
	}
	starts := papers.Starts(m, items)
	for n, i := range items {
		row := agendaRow(i)
		if starts != nil && !row.Heading {
			row.Time = page.Clock(starts[n], zone)
		}
		for _, p := range list {
			if v, ok := p.Current(); ok && p.Item == i.ID && v.Public() {
				row.Papers = append(row.Papers, pdf.AgendaPaper{Title: p.Title, Pages: v.Pages, Size: page.Size(v.Size)})
			}
		}
		if len(row.Papers) > 0 {
			row.Follows = ""
		}
		doc.Items = append(doc.Items, row)
		if i.PublishedAt != nil && i.PublishedAt.After(doc.Made) {
			doc.Made = *i.PublishedAt
		}
	}
	return doc, nil
}

func agendaRow(i papers.Item) pdf.AgendaItem {
	row := pdf.AgendaItem{Number: i.Number, Title: i.Title, Heading: i.Kind == papers.KindSection, Sub: i.Level > 0, Lead: i.Lead,
		Private: i.Private, Exemption: i.Exemption, Recommendation: i.Recommendation, Verbal: i.Verbal, Consent: i.Consent, Follows: i.Follows()}
	if i.Heard() {
		row.Purpose = page.Sentence(string(i.Purpose))
	}
	return row
}
