package server

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/search"
	"clearday/server/api"
	"clearday/server/page"
)

// searchShow answers GET /search.
func (s *Server) searchShow(c *call) error {
	a, err := s.Finder.Find(c.ctx, c.searchQuery())
	if err != nil {
		return fmt.Errorf("searching: %w", err)
	}
	title := "Search the record"
	if !a.Query.Empty() {
		title = "Search: " + page.Count(a.Total, "result", "results")
	}
	base, err := c.base(title, "search")
	if err != nil {
		return err
	}
	p := page.Search{Base: base, Answer: a, Asked: !a.Query.Empty(), Kept: c.searchArgs()}
	if a.Total == 0 && p.Asked && p.Kept.Text != "" {
		if p.Fewer, err = s.fewerWords(c, a.Query); err != nil {
			return err
		}
	}
	if c.public() {
		c.Set(fiber.HeaderCacheControl, "no-cache")
	}
	return c.render(fiber.StatusOK, p)
}

// searchQuery reads what to find: the words of q, narrowed by the fields of the form. Nothing in an
// address is an error; what is not understood is left out, with a note where somebody typed it.
func (c *call) searchQuery() search.Query {
	q := queryOf(c.searchArgs())
	q.Page = max(1, c.QueryInt("page", 1))
	return q
}

func queryOf(k page.SearchArgs) search.Query {
	q := search.Parse(k.Text)
	q.Boards = append(q.Boards, k.Boards...)
	q.Organisations = append(q.Organisations, k.Orgs...)
	for _, kind := range k.Kinds {
		q.Kinds = append(q.Kinds, search.Kind(strings.ToLower(kind)))
	}
	for _, y := range k.Years {
		if n, err := strconv.Atoi(y); err == nil {
			q.Years = append(q.Years, n)
		}
	}
	q.Scans = q.Scans || k.Scans
	q.Exact = k.Exact
	q.Between(k.From, k.To)
	switch by := search.Sort(k.Sort); by {
	case search.Newest, search.Oldest:
		q.Sort = by
	}
	return q
}

// apiSuggest answers GET /api/v1/search/suggest.
func (s *Server) apiSuggest(c *call) error {
	list, err := s.Finder.Suggest(c.ctx, c.Query("q"))
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.List[search.Suggestion]{Items: list})
}

// maxValues bounds how many boards, kinds or years one search names.
const maxValues = 50

// values are all values of a field of the address that may come several times.
func (c *call) values(name string) []string {
	var out []string
	for _, v := range c.Context().QueryArgs().PeekMulti(name) {
		if s := strings.TrimSpace(strings.ToValidUTF8(string(v), "")); s != "" && len(out) < maxValues {
			out = append(out, s)
		}
	}
	return out
}

// searchArgs are the fields that stay the same from one page of results to the next.
func (c *call) searchArgs() page.SearchArgs {
	return page.SearchArgs{Text: c.Query("q"), Boards: c.values("board"), Kinds: c.values("kind"), Years: c.values("year"), Orgs: c.values("org"),
		From: c.Query("from"), To: c.Query("to"), Sort: c.Query("sort"), Scans: c.Query("has") == "scan", Exact: c.Query("exact") != ""}
}

// fewerWords finds what would be there with one of the words left out, for somebody who found nothing.
func (s *Server) fewerWords(c *call, q search.Query) ([]page.Fewer, error) {
	const tries = 4
	var out []page.Fewer
	if len(q.All) < 2 {
		return nil, nil
	}
	for i := 0; i < len(q.All) && i < tries; i++ {
		less := q
		less.All = append(append([][]search.Term{}, q.All[:i]...), q.All[i+1:]...)
		less.Page, less.Limit = 1, 1
		a, err := s.Finder.Find(c.ctx, less)
		if err != nil {
			return nil, fmt.Errorf("searching with fewer words: %w", err)
		}
		if a.Total > 0 {
			out = append(out, page.Fewer{Words: page.Words(a.Query.All), Papers: a.Total})
		}
	}
	return out, nil
}
