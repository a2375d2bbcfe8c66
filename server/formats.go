package server

import (
	"fmt"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/page"
)

// formatsOf says what stands beside papers of a meeting, by their ids.
func (c *call) formatsOf(m papers.Meeting, list []papers.Paper) (map[string]page.Formats, error) {
	ids, all := make([]string, len(list)), map[string]page.Formats{}
	for i, p := range list {
		ids[i] = p.ID
	}
	links, err := c.s.Record.PaperLinks(c.ctx, c.audience(), ids)
	if err != nil {
		return nil, err
	}
	beside, err := c.s.Record.Papers(c.ctx, c.audience(), papers.PaperFilter{Meeting: m.Slug, Renditions: true})
	if err != nil {
		return nil, fmt.Errorf("reading renditions: %w", err)
	}
	rules, err := c.s.Record.FormatRules(c.ctx, m.Board)
	if err != nil {
		return nil, err
	}
	until := openUntil(m, rules)
	closed := until.Before(notice.DateOf(c.s.Now(), m.Location()))
	for _, p := range list {
		f := page.Formats{Until: until.Long(), Closed: closed}
		addRenditions(&f, p, beside, links)
		all[p.ID] = f
	}
	return all, nil
}

// addFormats says what stands beside the paper, or which paper it belongs to.
func (c *call) addFormats(p *page.Paper, f papers.Found) error {
	if f.Paper.IsRendition() {
		parent, err := c.s.Record.Paper(c.ctx, c.audience(), f.Paper.RenditionOf)
		if err != nil {
			return fmt.Errorf("reading the paper of a rendition: %w", err)
		}
		p.Parent = &parent
		return nil
	}
	all, err := c.formatsOf(f.Meeting, []papers.Paper{f.Paper})
	if err != nil {
		return err
	}
	p.Formats = all[f.Paper.ID]
	p.Formats.Sheets, err = c.sheetRows(f)
	return err
}

// openUntil is the last day on which background papers of a meeting are open to inspection (rules.md N-8: the
// years begin with the day of the meeting).
func openUntil(m papers.Meeting, r papers.FormatRules) notice.Date {
	return notice.DateOf(m.StartsAt, m.Location()).YearsBeginning(r.BackgroundYears)
}

func addRenditions(f *page.Formats, p papers.Paper, beside []papers.Paper, links []papers.PaperLink) {
	have := map[papers.RenditionKind]bool{}
	add := func(kind papers.RenditionKind, row page.FormatRow) {
		have[kind] = true
		if kind == papers.Background {
			f.Background = append(f.Background, row)
			return
		}
		f.Provided = append(f.Provided, row)
	}
	current, _ := p.Current()
	for _, r := range beside {
		v, ok := r.Current()
		if r.RenditionOf != p.ID || !ok || v.State == papers.VersionWithdrawn || r.Rendition == papers.Background && f.Closed {
			continue
		}
		row := page.FormatRow{Kind: kindWords(r.Rendition, r.Language), Title: r.Title, URL: "/papers/" + r.ID, File: "/papers/" + r.ID + "/file", Facts: page.FileFacts(v), Language: r.Language}
		row.Older = v.PublishedAt != nil && current.PublishedAt != nil && v.PublishedAt.Before(*current.PublishedAt)
		if !v.Public() {
			row.Draft = page.DraftWords(r, v)
		}
		add(r.Rendition, row)
	}
	for _, l := range links {
		if l.Paper == p.ID {
			add(l.Kind, page.FormatRow{Kind: kindWords(l.Kind, l.Language), Title: l.Title, URL: l.URL, Facts: leadsTo(l.URL), Language: l.Language})
		}
	}
	for _, k := range papers.Renditions {
		if !have[k] {
			f.Missing = append(f.Missing, k.Words())
		}
	}
}

func kindWords(k papers.RenditionKind, language string) string {
	if k == papers.Translation {
		return papers.LanguageName(language)
	}
	return k.Words()
}

// leadsTo says where a link outside goes.
func leadsTo(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return "on " + u.Host
}

// formatAsk answers GET /papers/:id/formats.
func (s *Server) formatAsk(c *call) error {
	return s.askPage(c, fiber.StatusOK, page.Form{}, papers.FormatRequest{})
}

func (s *Server) askPage(c *call, status int, f page.Form, kept papers.FormatRequest) error {
	p, err := c.formatPaper()
	if err != nil {
		return err
	}
	base, err := c.base("Ask for another format", "meetings")
	if err != nil {
		return err
	}
	rules, err := s.Record.FormatRules(c.ctx, p.Board)
	if err != nil {
		return err
	}
	a := page.FormatAsk{Base: base, Paper: p, Form: f, Days: rules.AnswerDays}
	if kept.ID != "" {
		a.Number, a.Due = kept.Number(), page.LongDate(kept.DueOn)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.render(status, a)
}

// formatPaper is the paper that the address names, if the public may read it now.
func (c *call) formatPaper() (papers.Paper, error) {
	p, err := c.s.Record.Paper(c.ctx, papers.Public, c.Params("id"))
	if v, _ := p.Current(); err == nil && (!v.Public() || p.IsRendition()) {
		err = papers.ErrNotFound
	}
	return p, err
}

// maxFormats is how many requests for formats come from one place in a window: whole buildings share one.
const maxFormats = 10

// formatSend answers POST /papers/:id/formats.
func (s *Server) formatSend(c *call) error {
	p, err := c.formatPaper()
	if err != nil {
		return err
	}
	f := c.typed("kind", "detail", "name", "contact")
	r := papers.FormatRequest{Paper: p.ID, Kind: f.Value("kind"), Asker: papers.FormatAsker{Name: f.Value("name"), Contact: f.Value("contact"), Detail: f.Value("detail")}}
	err = r.Tidy()
	f.At = about(err, "format", "kind", "way to reach", "contact", "name", "name", "note", "detail")
	if err == nil {
		err = s.limits.count(tally{"format " + c.place(), maxFormats})
	}
	if err == nil {
		if r.DueOn, err = s.formatDue(c, p.Board); err == nil {
			r, err = s.Record.AskFormat(c.ctx, r, papers.Change{By: papers.Actor{Name: "Somebody", Role: "public"}})
		}
	}
	if mendable(&f, err) {
		return s.askPage(c, fiber.StatusUnprocessableEntity, f, papers.FormatRequest{})
	}
	if err != nil {
		return err
	}
	return s.askPage(c, fiber.StatusCreated, page.Form{}, r)
}

// formatDue is the day on which a request of today is due: so many working days on, "" where the bank holidays do not reach.
func (s *Server) formatDue(c *call, board string) (string, error) {
	rules, err := s.Record.FormatRules(c.ctx, board)
	if err != nil {
		return "", err
	}
	b, err := s.Record.Board(c.ctx, board)
	if err != nil {
		return "", err
	}
	site, err := s.Record.Site(c.ctx)
	if err != nil {
		return "", err
	}
	day, covered := notice.WorkingDays(notice.DateOf(s.Now(), site.Location()), rules.AnswerDays, profileOf(b), s.holidays())
	if !covered {
		return "", nil
	}
	return day.String(), nil
}

// formatCounts are the numbers of the accessibility page.
func (c *call) formatCounts() ([]page.Counted, error) {
	counts, err := c.s.Record.CountFormats(c.ctx)
	if err != nil {
		return nil, err
	}
	var list []page.Counted
	for _, st := range papers.FormatStates {
		list = append(list, page.Counted{Label: st.Words(), N: counts[st]})
	}
	return list, nil
}
