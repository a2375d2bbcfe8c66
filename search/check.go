package search

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"clearday/papers"
)

// check reads every group from the record and leaves out what is not public there now as it was found:
// papers of which another version is current, and passages of which the words were changed since. It
// counts the pages that went with them.
func (f *Finder) check(ctx context.Context, q Query, groups []Group) (hits []Hit, lost int, err error) {
	entries, err := f.entries(ctx, groups)
	if err != nil {
		return nil, 0, fmt.Errorf("checking hits against the record: %w", err)
	}
	m := newMatcher(q)
	hits = []Hit{}
	for _, g := range groups {
		e, ok := entries[g.Subject]
		if !ok || e.Version != g.Version {
			lost += g.Matched
			continue
		}
		h := newHit(e, g, q, m)
		if len(h.Pages) == 0 {
			lost += g.Matched
			continue
		}
		lost += len(g.Best) - len(h.Pages)
		hits = append(hits, h)
	}
	return hits, lost, nil
}

// entries reads what the groups are of, as it is now: the papers together, the others one by one.
func (f *Finder) entries(ctx context.Context, groups []Group) (map[string]Entry, error) {
	entries := make(map[string]Entry, len(groups))
	var refs []papers.VersionRef
	for _, g := range groups {
		if id, ok := strings.CutPrefix(g.Subject, ofPapers); ok {
			refs = append(refs, papers.VersionRef{Paper: id, N: g.Version})
			continue
		}
		e, err := readEntry(ctx, f.Record, organisations{}, g.Subject)
		if absent(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		entries[g.Subject] = e
	}
	if len(refs) == 0 {
		return entries, nil
	}
	found, err := f.Record.Find(ctx, papers.Public, refs)
	if err != nil {
		return nil, err
	}
	for _, fd := range found {
		if e, ok := paperEntry(fd, organisations{}); ok {
			entries[e.Subject] = e
		}
	}
	return entries, nil
}

func newHit(e Entry, g Group, q Query, m *matcher) Hit {
	h := Hit{
		Subject: e.Subject, Version: e.Version, Title: e.Title, Kind: e.Kind, Board: e.Meeting.Board, BoardName: e.Meeting.BoardName,
		Meeting: e.Meeting.Slug, MeetingName: e.Meeting.Name(), Item: e.Item, Date: e.Meeting.Date(), URL: e.Address,
		MorePages: g.Matched - len(g.Best),
	}
	h.Paper, _ = strings.CutPrefix(e.Subject, ofPapers)
	if h.Paper == e.Subject {
		h.Paper = ""
	}
	for _, p := range g.Best {
		now, ok := e.passage(p)
		if !ok {
			continue
		}
		h.Pages = append(h.Pages, HitPage{Page: p.Page, Label: now.Label, Snippet: m.snippet(p.Text), URL: withQuery(now.Address, q), Recognised: p.Recognised, Text: p.Text})
	}
	return h
}

// passage gives the passage that was found, if it still reads so. The pages of a version never change.
func (e Entry) passage(p PageHit) (Passage, bool) {
	if strings.HasPrefix(e.Subject, ofPapers) {
		return e.page(p.Page), true
	}
	if p.Page > len(e.Passages) || Prepare(e.Passages[p.Page-1].Text) != p.Text {
		return Passage{}, false
	}
	return e.Passages[p.Page-1], true
}

// withQuery adds to a page of a paper what was searched for, so that it is marked there.
func withQuery(to string, q Query) string {
	if q.Text == "" || !strings.HasPrefix(to, "/"+ofPapers) {
		return to
	}
	return to + "?q=" + url.QueryEscape(q.Text)
}
