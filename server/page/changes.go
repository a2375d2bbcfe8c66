package page

import (
	"fmt"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/compare"
)

// Changes is what changed between two versions of a paper.
type Changes struct {
	Base
	Zone     *time.Location
	Paper    papers.Paper
	Meeting  papers.Meeting
	Item     papers.Item
	Old, New papers.Version
	Waiting  int // the version that is still being read, or 0

	Pages   []ChangedPage
	Summary string // 2 passages added, 1 removed
	Cut     int    // changes that are not shown because there are too many
	Unread  []string
}

// Template names the page's template.
func (Changes) Template() string { return "paper/changes.html" }

// ChangedPage is the changes on one page of the new version.
type ChangedPage struct {
	Page    int
	Changes []compare.Change
}

// changesShown bounds the page: past it a reader is better served by reading both versions.
const changesShown = 400

// Fill puts a comparison into the page.
func (p *Changes) Fill(r compare.Result) {
	for _, c := range r.Changes[:min(len(r.Changes), changesShown)] {
		if k := len(p.Pages) - 1; k < 0 || p.Pages[k].Page != c.Page() {
			p.Pages = append(p.Pages, ChangedPage{Page: c.Page()})
		}
		last := &p.Pages[len(p.Pages)-1]
		last.Changes = append(last.Changes, c)
	}
	p.Cut = max(0, len(r.Changes)-changesShown)
	p.Summary = summary(r)
	for _, side := range []struct {
		v     papers.Version
		pages []int
	}{{p.Old, r.OldUnread}, {p.New, r.NewUnread}} {
		if n := len(side.pages); n > 0 {
			p.Unread = append(p.Unread, fmt.Sprintf("%s of version %d %s", pageList(side.pages), side.v.N, plural(n, "has", "have")))
		}
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// summary counts the changes in words.
func summary(r compare.Result) string {
	var says []string
	for _, k := range []compare.Kind{compare.Changed, compare.Added, compare.Removed, compare.Moved} {
		if n := r.Count(k); n > 0 {
			says = append(says, fmt.Sprintf("%d %s", n, k))
		}
	}
	if len(says) == 0 {
		return ""
	}
	return "Passages: " + strings.Join(says, ", ")
}

// pageList says pages in words, runs joined: Page 3, Pages 2, 5 to 9 and 12.
func pageList(pages []int) string {
	var runs []string
	for i := 0; i < len(pages); {
		k := i
		for k+1 < len(pages) && pages[k+1] == pages[k]+1 {
			k++
		}
		run := fmt.Sprint(pages[i])
		if k > i {
			run = fmt.Sprintf("%d to %d", pages[i], pages[k])
		}
		runs = append(runs, run)
		i = k + 1
	}
	last := len(runs) - 1
	if last > 0 {
		runs = []string{strings.Join(runs[:last], ", ") + " and " + runs[last]}
	}
	return plural(len(pages), "Page ", "Pages ") + runs[0]
}

// OldAddress and NewAddress are where the two versions are read.
func (p Changes) OldAddress() string { return fmt.Sprintf("/papers/%s/v/%d", p.Paper.ID, p.Old.N) }

// NewAddress is where the newer version is read.
func (p Changes) NewAddress() string { return fmt.Sprintf("/papers/%s/v/%d", p.Paper.ID, p.New.N) }

// Lines cuts joined passages into those that were joined.
func Lines(text string) []string { return strings.Split(text, "\n") }
