package server

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/page"
)

// about answers GET /about.
func (s *Server) about(c *call) error {
	base, err := c.base("About the partnership", "")
	if err != nil {
		return err
	}
	bs, err := c.boards()
	if err != nil {
		return err
	}
	coming, err := c.coming("", 200)
	if err != nil {
		return err
	}
	return c.render(200, page.Text{Base: base, Of: "about", Paragraphs: paragraphs(base.Site.About), Boards: boardRows(meets(bs.list), coming, nil), Days: fewestDays(bs.list)})
}

// fewestDays is how many clear days every board promises, in words.
func fewestDays(list []papers.Board) string {
	p, _ := notice.ProfileByID(notice.DefaultProfile)
	days := p.Reports.Days
	for n, b := range list {
		if d := profileOf(b).Reports.Days; n == 0 || d < days {
			days = d
		}
	}
	return spelled(days)
}

// accessibility answers GET /accessibility.
func (s *Server) accessibility(c *call) error {
	base, err := c.base("Accessibility statement", "")
	if err != nil {
		return err
	}
	counts, err := c.formatCounts()
	if err != nil {
		return err
	}
	checked, fails, err := c.accessCounts()
	if err != nil {
		return err
	}
	rules, err := s.Record.FormatRules(c.ctx, "")
	if err != nil {
		return err
	}
	return c.render(200, page.Text{Base: base, Of: "accessibility", Origin: c.origin(), Formats: counts, Checked: checked, Fails: fails, AnswerDays: rules.AnswerDays})
}

// privacy answers GET /privacy.
func (s *Server) privacy(c *call) error {
	base, err := c.base("Privacy", "")
	if err != nil {
		return err
	}
	rules, err := s.Record.FormatRules(c.ctx, "")
	if err != nil {
		return err
	}
	kept, err := c.kept()
	if err != nil {
		return err
	}
	return c.render(200, page.Text{Base: base, Of: "privacy", Origin: c.origin(), KeepDays: rules.KeepDays, Kept: kept})
}

// robots answers GET /robots.txt.
func (s *Server) robots(c *call) error {
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.SendString("User-agent: *\nDisallow: /desk\nDisallow: /sign-in\nDisallow: /questions/*/mine/\nDisallow: /search?\n\nSitemap: " + c.origin() + "/sitemap.xml\n")
}

// securityAge is how long the security contact may be relied on; RFC 9116 asks for under a year.
const securityAge = 180 * 24 * time.Hour

// securityText answers GET /.well-known/security.txt (RFC 9116).
func (s *Server) securityText(c *call) error {
	site, err := s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	contact := c.origin() + "/about"
	if strings.Contains(site.Contact, "@") {
		contact = "mailto:" + site.Contact
	}
	expires := s.Now().UTC().Truncate(24 * time.Hour).Add(securityAge)
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.SendString("Contact: " + contact + "\nExpires: " + expires.Format(time.RFC3339) + "\nPreferred-Languages: en\nCanonical: " + c.origin() + "/.well-known/security.txt\n")
}

// maxSitemap is the most that one file may hold (sitemaps.org).
const maxSitemap = 50_000

type siteMap struct {
	XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []siteURL `xml:"url"`
}

type siteURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

// sitemap answers GET /sitemap.xml: every page that is public, meetings and papers latest first.
func (s *Server) sitemap(c *call) error {
	var m siteMap
	add := func(path string, at *time.Time) {
		u := siteURL{Loc: c.origin() + path}
		if at != nil {
			u.LastMod = at.UTC().Format(time.RFC3339)
		}
		m.URLs = append(m.URLs, u)
	}
	for _, path := range []string{"/", "/meetings", "/boards", "/questions", "/search", "/take-part", "/partners", "/news", "/about", "/accessibility", "/privacy"} {
		add(path, nil)
	}
	bs, err := c.boards()
	if err != nil {
		return err
	}
	for _, b := range bs.list {
		add("/boards/"+b.Slug, nil)
	}
	if err := c.mapPartnership(add); err != nil {
		return err
	}
	if err := c.mapMeetings(add); err != nil {
		return err
	}
	if err := c.mapPapers(add); err != nil {
		return err
	}
	if err := c.mapQuestions(add, maxSitemap-len(m.URLs)); err != nil {
		return err
	}
	m.URLs = m.URLs[:min(len(m.URLs), maxSitemap)]
	body, err := xml.Marshal(m)
	if err != nil {
		return fmt.Errorf("writing the sitemap: %w", err)
	}
	c.Set(fiber.HeaderContentType, "application/xml; charset=utf-8")
	return c.SendString(xml.Header + string(body))
}

func (c *call) mapPartnership(add func(string, *time.Time)) error {
	org, err := c.organisations()
	if err != nil {
		return err
	}
	for _, p := range org.partners {
		add("/partners/"+p.Slug, nil)
	}
	for _, a := range org.alliances {
		add("/alliances/"+a.Slug, nil)
	}
	for cursor := ""; ; {
		list, next, err := c.s.Record.News(c.ctx, cursor, 1000)
		if err != nil {
			return fmt.Errorf("reading news for the sitemap: %w", err)
		}
		for _, n := range list {
			add("/news/"+n.Slug, &n.ChangedAt)
		}
		if cursor = next; next == "" {
			return nil
		}
	}
}

func (c *call) mapMeetings(add func(string, *time.Time)) error {
	f := papers.MeetingFilter{Newest: true, Limit: meetingsAtOnce}
	for {
		list, next, err := c.s.Record.Meetings(c.ctx, papers.Public, f)
		if err != nil {
			return fmt.Errorf("reading meetings for the sitemap: %w", err)
		}
		for _, m := range list {
			at := m.AnnouncedAt
			if m.PublishedAt != nil {
				at = m.PublishedAt
			}
			add("/meetings/"+m.Slug, at)
		}
		if f.Cursor = next; next == "" {
			return nil
		}
	}
}

func (c *call) mapPapers(add func(string, *time.Time)) error {
	list, err := c.s.Record.Papers(c.ctx, papers.Public, papers.PaperFilter{Latest: maxSitemap})
	if err != nil {
		return fmt.Errorf("reading papers for the sitemap: %w", err)
	}
	for _, p := range list {
		if v, ok := p.Current(); ok && v.Public() {
			add("/papers/"+p.ID, v.PublishedAt)
		}
	}
	return nil
}

func (c *call) mapQuestions(add func(string, *time.Time), room int) error {
	f := livestream.Filter{Limit: 1000}
	for n := 0; n < room; {
		list, next, err := c.s.Record.Questions(c.ctx, f)
		if err != nil {
			return fmt.Errorf("reading questions for the sitemap: %w", err)
		}
		for _, q := range list {
			add("/questions/"+q.Number, &q.ReceivedAt)
		}
		n += len(list)
		if f.Cursor = next; next == "" {
			return nil
		}
	}
	return nil
}
