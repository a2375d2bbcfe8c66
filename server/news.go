package server

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/feeds"
	"clearday/server/page"
)

const (
	newsOnPage = 20
	newsOnHome = 2
)

// newsList answers GET /news.
func (s *Server) newsList(c *call) error {
	base, err := c.base("News", "")
	if err != nil {
		return err
	}
	list, next, err := s.Record.News(c.ctx, c.Query("cursor"), newsOnPage)
	if err != nil {
		return err
	}
	p := page.NewsList{Base: base, Items: newsRows(list)}
	if next != "" {
		p.Older = "/news?cursor=" + url.QueryEscape(next)
	}
	return c.render(200, p)
}

func newsRows(list []papers.News) []page.NewsRow {
	rows := make([]page.NewsRow, len(list))
	for i, n := range list {
		rows[i] = page.NewsRow{News: n, Day: page.LongDate(n.Date)}
		if said := paragraphs(n.Text); len(said) > 0 {
			rows[i].First = said[0]
		}
	}
	return rows
}

// newsShow answers GET /news/:slug. One that was taken back says when and why.
func (s *Server) newsShow(c *call) error {
	n, err := s.Record.NewsItem(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	base, err := c.base(n.Title, "")
	if err != nil {
		return err
	}
	zone := base.Site.Location()
	if n.WithdrawnAt != nil {
		return papers.Errorf(papers.CodeGone, "This news of %s was taken back on %s. Why: %s", page.LongDate(n.Date), page.Moment(*n.WithdrawnAt, zone), n.WithdrawnWhy)
	}
	p := page.NewsItem{Base: base, Item: n, Day: page.LongDate(n.Date), Paragraphs: paragraphs(n.Text), Zone: zone}
	if n.ChangedAt.After(n.PublishedAt) {
		p.Changed = &n.ChangedAt
	}
	return c.render(200, p)
}

// newsFeed answers GET /news.atom.
func (s *Server) newsFeed(c *call) error {
	site, err := s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	if err := s.history.Follow(c.ctx, s.Record); err != nil {
		return err
	}
	cursor := c.Query("cursor")
	list, next, err := s.Record.News(c.ctx, cursor, entriesInFeed)
	if err != nil {
		return err
	}
	f := feeds.Feed{ID: s.history.ID("news"), Title: "News, " + site.Name, Author: site.Name, Email: site.Contact,
		Home: c.origin() + "/news", Self: c.origin() + c.OriginalURL(), Began: s.history.Began()}
	f.First, f.Next = pagesOf(c.origin()+"/news.atom", cursor, next)
	for _, n := range list {
		f.Entries = append(f.Entries, feeds.Entry{ID: s.history.ID("news " + n.Slug), Title: n.Title, Summary: n.Text, Page: c.origin() + "/news/" + n.Slug,
			Published: n.PublishedAt, Updated: n.ChangedAt})
	}
	body, err := feeds.Atom(f)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, atomContentType)
	return c.Send(body)
}

// pagesOf are the addresses of the first and the next part of a feed in parts (RFC 5005).
func pagesOf(address, cursor, next string) (first, following string) {
	if next != "" {
		following = address + "?cursor=" + url.QueryEscape(next)
	}
	if cursor != "" || next != "" {
		first = address
	}
	return first, following
}
