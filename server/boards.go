package server

import (
	"fmt"
	"strings"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
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
	out := page.Boards{Base: base, Boards: boardRows(meets(bs.list), coming, live)}
	for _, b := range bs.list {
		if b.EndedOn == "" {
			continue
		}
		out.Ended = append(out.Ended, page.BoardEnded{Link: boardLink(b), Ended: page.Date(b.EndedOn), Successor: bs.link(b.Successor)})
	}
	return c.render(200, out)
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
	bs, err := c.boards()
	if err != nil {
		return err
	}
	p := page.Board{Base: base, Board: b, Terms: paragraphs(b.Terms)}
	p.Rule, p.Source = ruleOf(profileOf(b).Reports)
	if err := c.fillBoard(&p, bs); err != nil {
		return err
	}
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

// meets are the boards that have not ended.
func meets(list []papers.Board) []papers.Board {
	var out []papers.Board
	for _, b := range list {
		if b.EndedOn == "" {
			out = append(out, b)
		}
	}
	return out
}

// fillBoard says who sits on the board, how it takes questions, and what became of it.
func (c *call) fillBoard(p *page.Board, bs boards) error {
	b, today := p.Board, c.today(p.Base)
	p.Asking = page.QuestionRuleWords(b.Questions)
	p.Ended, p.Successor = page.Date(b.EndedOn), bs.link(b.Successor)
	p.MayEdit = c.person.May(auth.EditBoard, b.Slug)
	for _, old := range bs.list {
		if old.Successor == b.Slug {
			p.Before = append(p.Before, boardLink(old))
		}
	}
	for _, m := range b.Members {
		if m.Past(today) {
			p.Was = append(p.Was, page.MemberWas{Member: m, Time: memberTime(m)})
			continue
		}
		p.Members = append(p.Members, m)
	}
	if b.Alliance == "" {
		return nil
	}
	org, err := c.organisations()
	p.Alliance = org.alliance(b.Alliance)
	return err
}

func memberTime(m papers.Member) string {
	if m.From == "" {
		return "until " + page.Date(m.To)
	}
	return page.Date(m.From) + " to " + page.Date(m.To)
}

// link leads to a board, nil when there is none of that slug.
func (b boards) link(slug string) *page.Link {
	board, ok := b.by[slug]
	if !ok {
		return nil
	}
	l := boardLink(board)
	return &l
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
