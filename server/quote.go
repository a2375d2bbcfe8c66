package server

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"clearday/papers"
	"clearday/papers/pdf"
	"clearday/search"
	"clearday/server/page"
)

// longestQuote bounds what can be asked for as a quotation, in characters; its address must fit into the head of a request.
const longestQuote = 3000

// addQuoting looks for the words that the address quotes on the page and marks them there. Words that are not on the page are looked
// for on the others, and those of an older version in the one that took its place.
func (c *call) addQuoting(p *page.Paper, f papers.Found, words []pdf.Word, typed string) error {
	p.Quoting.Typed = strings.TrimSpace(typed)
	p.Quoting.Long = utf8.RuneCountInString(p.Quoting.Typed) > longestQuote
	q := search.NewQuotation(p.Quoting.Typed)
	if q.Empty() || p.Quoting.Long {
		return nil
	}
	passage, onImage := page.MarkPassage(p.Text, q), p.Sheet.MarkPassage(words, q)
	if passage == "" {
		passage = onImage
	}
	p.Quoting.Passage = passage
	if passage == "" {
		on, err := c.pagesWith(f.Version.Ref(), q)
		if err == nil && len(on) > 0 {
			p.Quoting.Other = on[0]
		}
		return err
	}
	if f.Version.Public() && !f.Paper.Private {
		p.Quoting.Address = p.QuoteAddress(passage)
	}
	return c.findNow(p, q)
}

// findNow looks for the passage in the version that took this one's place, as the asker may see it.
func (c *call) findNow(p *page.Paper, q search.Quotation) error {
	ref := papers.VersionRef{Paper: p.Paper.ID, N: p.Newer()}
	if ref.N == 0 {
		return nil
	}
	found, err := c.s.Record.Find(c.ctx, c.audience(), []papers.VersionRef{ref})
	if err != nil {
		return fmt.Errorf("finding the newer version: %w", err)
	}
	if len(found) == 0 || !found[0].Version.Public() {
		return nil
	}
	p.Quoting.Now, err = c.pagesWith(ref, q)
	return err
}

// pagesListed is the number of pages that are named as holding the same words.
const pagesListed = 5

// pagesWith gives the first pages of a version that hold the words. The caller has checked that the asker may see it.
func (c *call) pagesWith(ref papers.VersionRef, q search.Quotation) ([]int, error) {
	texts, err := c.s.Record.Texts(c.ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("reading the text of a version: %w", err)
	}
	var on []int
	for i, text := range texts {
		if _, _, ok := q.In(search.Prepare(text)); ok && len(on) < pagesListed {
			on = append(on, i+1)
		}
	}
	return on, nil
}

// outline reads the sections of a file. A paper without them is still a paper.
func (c *call) outline(v papers.Version) []pdf.Section {
	if v.File == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, wordsPatient)
	defer cancel()
	list, err := c.s.outlines.get(ctx, v.File+"/", func(ctx context.Context) ([]pdf.Section, error) {
		return c.s.Tools.Outline(ctx, c.s.Files.Path(v.File))
	})
	if err != nil && ctx.Err() == nil {
		c.s.Log.Warn("reading the outline of a paper", "paper", v.Paper, "err", err)
	}
	return list
}
