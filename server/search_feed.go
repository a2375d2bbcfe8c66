package server

import (
	"fmt"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/feeds"
	"clearday/search"
	"clearday/server/page"
)

// searchFeed answers GET /search.atom: what the search finds, latest meeting first, in parts (RFC 5005).
// The address takes what /search takes; the order is the feed's own.
func (s *Server) searchFeed(c *call) error {
	part := c.QueryInt("page", 1)
	if part < 1 || part > mostParts {
		return papers.ErrNotFound
	}
	kept, q := c.searchArgs(), c.searchQuery()
	kept.Sort = ""
	q.Sort, q.Limit = search.Newest, entriesInFeed
	a, err := s.Finder.Find(c.ctx, q)
	if err != nil {
		return fmt.Errorf("searching for a feed: %w", err)
	}
	f, err := c.searchFeedHead(kept)
	if err != nil {
		return err
	}
	if f.Entries, err = c.foundEntries(a.Hits); err != nil {
		return err
	}
	at := func(part int) string { return c.origin() + kept.Address("/search.atom", part) }
	f.First, f.Self = at(1), at(part)
	if part < mostParts && part*entriesInFeed < a.Total {
		f.Next = at(part + 1)
	}
	if part > 1 {
		return c.sendFeed(f)
	}
	if f.Gone, err = c.gone(""); err != nil {
		return err
	}
	return c.sendFeed(f)
}

func (c *call) searchFeedHead(kept page.SearchArgs) (feeds.Feed, error) {
	site, err := c.s.Record.Site(c.ctx)
	if err != nil {
		return feeds.Feed{}, err
	}
	if err := c.s.history.Follow(c.ctx, c.s.Record); err != nil {
		return feeds.Feed{}, err
	}
	names, err := KeptSearches{Finder: c.s.Finder}.names(c.ctx)
	if err != nil {
		return feeds.Feed{}, err
	}
	return feeds.Feed{ID: c.s.history.ID(kept.Address("search", 1)), Title: "Search: " + kept.Says(names) + ", " + site.Name, Author: site.Name, Email: site.Contact,
		Home: c.origin() + kept.Address("/search", 1), Began: c.s.history.Began(),
		Subtitle: "What the search finds, with the passages that match."}, nil
}

func (c *call) foundEntries(hits []search.Hit) ([]feeds.Entry, error) {
	moments, err := c.foundMoments(hits)
	if err != nil {
		return nil, err
	}
	var entries []feeds.Entry
	for _, h := range hits {
		m, ok := moments[h.Subject]
		if !ok { // taken back since it was found
			continue
		}
		e := feeds.Entry{ID: c.s.history.ID("found " + h.Subject), Title: h.Title, Page: c.origin() + h.URL, Published: m.published, Updated: m.updated,
			Categories: []feeds.Category{{Term: h.Board, Label: h.BoardName}, {Term: string(h.Kind), Label: kindName(h.Kind)}}}
		if h.Paper != "" { // the same entry as in the other feeds, so that one tombstone takes it from all
			v := papers.Version{Paper: h.Paper, N: h.Version}
			e.ID, e.Page = c.entryID(v), c.versionAddress(v)
		}
		said := []string{h.MeetingName + ", " + h.Date + "."}
		for _, p := range h.Pages {
			said = append(said, p.Label+": "+p.Plain())
		}
		e.Summary = strings.Join(said, " ")
		entries = append(entries, e)
	}
	return entries, nil
}

func kindName(k search.Kind) string { return page.Search{}.Kind(k) }

// moment is when something became public, and when a reader should look again.
type moment struct{ published, updated time.Time }

func (c *call) foundMoments(hits []search.Hit) (map[string]moment, error) {
	moments := map[string]moment{}
	var refs []papers.VersionRef
	for _, h := range hits {
		if h.Paper != "" {
			refs = append(refs, papers.VersionRef{Paper: h.Paper, N: h.Version})
			continue
		}
		m, err := c.foundMoment(h)
		if papers.CodeOf(err) == papers.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		moments[h.Subject] = m
	}
	found, err := c.s.Record.Find(c.ctx, papers.Public, refs)
	if err != nil {
		return nil, fmt.Errorf("reading when what was found became public: %w", err)
	}
	for _, f := range found {
		if f.Version.PublishedAt != nil {
			moments["papers/"+f.Paper.ID] = moment{published: *f.Version.PublishedAt}
		}
	}
	return moments, nil
}

// foundMoment is that of a question, an agenda or what was said.
func (c *call) foundMoment(h search.Hit) (m moment, err error) {
	if number, ok := strings.CutPrefix(h.Subject, "questions/"); ok {
		q, err := c.s.Record.Question(c.ctx, number)
		if q.PublishedAt != nil {
			m.published = *q.PublishedAt
		}
		if q.AnsweredAt != nil {
			m.updated = *q.AnsweredAt
		}
		return m, err
	}
	meeting, err := c.s.Record.Meeting(c.ctx, papers.Public, h.Meeting)
	m.published, m.updated = meeting.StartsAt, c.s.history.Meeting(h.Meeting).At
	for _, at := range []*time.Time{meeting.AnnouncedAt, meeting.PublishedAt} {
		if at != nil && h.Kind != search.Captions {
			m.published = *at
		}
	}
	return m, err
}
