package server

import (
	"fmt"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/page"
)

const pastOnBoard = 10

// boardList answers GET /boards.
func (s *Server) boardList(c *call) error {
	base, err := c.base("Boards and committees", "boards")
	if err != nil {
		return err
	}
	bs, err := c.boards()
	if err != nil {
		return err
	}
	coming, err := c.coming("", 500)
	if err != nil {
		return err
	}
	live, err := c.liveStrips()
	if err != nil {
		return err
	}
	return c.render(200, page.Boards{Base: base, Boards: boardRows(bs.list, coming, live)})
}

// boardShow answers GET /boards/:slug.
func (s *Server) boardShow(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	base, err := c.base(b.Name, "boards")
	if err != nil {
		return err
	}
	bs := boards{list: []papers.Board{b}, by: map[string]papers.Board{b.Slug: b}}
	p := page.Board{Base: base, Board: b, Terms: paragraphs(b.Terms)}
	p.Rule, p.Source = ruleOf(profileOf(b).Reports)
	coming, err := c.coming(b.Slug, 50)
	if err != nil {
		return err
	}
	if p.Next, err = c.nextRows(coming, bs, len(coming)); err != nil {
		return err
	}
	past, next, err := s.Record.Meetings(c.ctx, c.audience(), papers.MeetingFilter{Board: b.Slug, To: s.Now(), Newest: true, Limit: pastOnBoard})
	if err != nil {
		return fmt.Errorf("reading past meetings of a board: %w", err)
	}
	p.More = next != ""
	var done []papers.Meeting
	for _, m := range past {
		if over(m, s.Now()) {
			done = append(done, m)
		}
	}
	p.Past = s.meetingRows(done, bs)
	for i := range p.Past {
		p.Past[i].HasYear = true
	}
	if p.Latest, err = c.latestPapers(papers.PaperFilter{Board: b.Slug, Latest: latestOnHome}, bs); err != nil {
		return err
	}
	return c.render(200, p)
}

// ruleOf says how many days papers come out before a meeting, and why.
func ruleOf(r notice.Rule) (rule, source string) {
	return "Papers come out at least " + spelled(r.Days) + " clear days before a meeting.", r.Source
}

// spelled writes small numbers as words.
func spelled(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return page.Number(n)
}

func paragraphs(text string) []string {
	var out []string
	for _, p := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// partnerList answers GET /partners.
func (s *Server) partnerList(c *call) error {
	base, err := c.base("The partners", "")
	if err != nil {
		return err
	}
	list, err := s.Record.Partners(c.ctx)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, p := range list {
		names[p.Slug] = p.Name
	}
	out := page.Partners{Base: base}
	byKind := map[string][]page.PartnerRow{}
	for _, p := range list {
		row := page.PartnerRow{Partner: p}
		if p.EndedOn != "" {
			row.Ended = plainDate(p.EndedOn)
			if name := names[p.Successor]; name != "" {
				row.Follower, row.FollowsAt = name, "#"+p.Successor
			}
			out.Ended = append(out.Ended, row)
			continue
		}
		kind := p.Kind
		if page.KindNames[kind] == "" {
			kind = "other"
		}
		byKind[kind] = append(byKind[kind], row)
	}
	for _, kind := range papers.PartnerKinds {
		if rows := byKind[kind]; len(rows) > 0 {
			out.Kinds = append(out.Kinds, page.PartnerKind{Name: page.KindNames[kind], Partners: rows})
		}
	}
	return c.render(200, out)
}

func plainDate(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}
