package server

import "clearday/server/page"

// accessFaults are what the checks of a file say about who can read it, in the words of the statement (rules.md ).
var accessFaults = []struct{ code, label string }{
	{"not_tagged", "no tags"},
	{"no_language", "no language"},
	{"no_title", "no title of their own, so that we set one"},
	{"no_text", "pictures of pages without text"},
	{"some_no_text", "some pages without text"},
	{"no_headings", "tags, but no headings"},
	{"no_alt_text", "pictures without a description"},
	{"no_bookmarks", "more than 20 pages and no bookmarks"},
}

// accessCounts counts the published files that were checked, and those with each fault.
func (c *call) accessCounts() (checked int, fails []page.Counted, err error) {
	checked, with, err := c.s.Record.AccessOfFiles(c.ctx, c.audience())
	if err != nil {
		return 0, nil, err
	}
	for _, f := range accessFaults {
		fails = append(fails, page.Counted{Label: f.label, N: with[f.code]})
	}
	return checked, fails, nil
}
