package server

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// This file is the author's side of a commission: a private link that lets whoever holds it upload papers
// for one item and see what became of them, and nothing else.

const authorPath = "/upload/"

// mostByLink is how many files one link takes within the window of the limits.
const mostByLink = 30

// authorShow answers GET /upload/:link.
func (s *Server) authorShow(c *call) error {
	c.hideAuthor()
	co, err := s.commission(c)
	if err != nil {
		return s.authorFailed(c, err)
	}
	return s.authorPage(c, fiber.StatusOK, co, page.Form{})
}

// hideAuthor keeps the secret in the address out of referrers, caches and indexes.
func (c *call) hideAuthor() {
	c.hideLink()
	c.Set("X-Robots-Tag", "noindex, nofollow")
}

// commission finds what the link is for. Guesses are counted.
func (s *Server) commission(c *call) (papers.Commission, error) {
	co, err := s.Record.CommissionByLink(c.ctx, auth.HashSecret(c.Params("link")))
	if papers.CodeOf(err) == papers.CodeNotFound {
		if full := s.limits.count(tally{"author's link from " + c.place(), maxTogether}); full != nil {
			return co, full
		}
	}
	return co, err
}

// authorSend answers POST /upload/:link: one file, as a new paper of the item or as the next version of
// one that came by this link and is not public yet.
func (s *Server) authorSend(c *call) error {
	c.hideAuthor()
	co, err := s.commission(c)
	if err == nil {
		err = s.limits.count(tally{"author's link " + auth.HashSecret(c.Params("link")), mostByLink})
	}
	if err != nil {
		return s.authorFailed(c, err)
	}
	f := page.Form{At: "file"}
	err = s.takeFromAuthor(c, co)
	if mendable(&f, err) {
		return s.authorPage(c, fiber.StatusUnprocessableEntity, co, f)
	}
	if err != nil {
		return s.authorFailed(c, err)
	}
	return c.see(authorPath + c.Params("link") + "?saved=paper")
}

func (s *Server) takeFromAuthor(c *call, co papers.Commission) error {
	i, err := s.Record.Item(c.ctx, papers.Insider, co.Item)
	if err != nil {
		return err
	}
	m, err := s.Record.Meeting(c.ctx, papers.Insider, co.Meeting)
	if err != nil {
		return err
	}
	u, err := c.takeUpload()
	if err != nil {
		return err
	}
	to := destination{item: i.ID, private: i.Private}
	if id := u.fields["paper"]; id != "" {
		to = destination{paper: id, reason: "New version from the author"}
		if err := s.mayReplace(c, co, id); err != nil {
			return errors.Join(err, u.file.Drop())
		}
	}
	author := *c
	author.board = m.Board
	author.person = auth.Person{ID: "author:" + co.Item, Name: co.Author, Grants: []auth.Grant{{Role: auth.Author, Board: m.Board}}}
	_, _, err = author.keep(u, to)
	return err
}

// mayReplace refuses a new version of what did not come by this link, and of what is public or about to
// be: that goes by the secretary.
func (s *Server) mayReplace(c *call, co papers.Commission, id string) error {
	mine, err := s.Record.CommissionPapers(c.ctx, co.Item)
	if err != nil {
		return err
	}
	if !slices.Contains(mine, id) {
		return papers.Errorf(papers.CodeInvalid, "This is not a paper of yours. Open the link again, then send the file.")
	}
	p, err := s.Record.Paper(c.ctx, papers.Insider, id)
	if err != nil {
		return err
	}
	if settled(p) {
		return papers.Errorf(papers.CodeConflict, "This paper is public or scheduled. A new version goes by the board secretary.")
	}
	return nil
}

// settled tells whether a version of the paper was published, or waits for its time.
func settled(p papers.Paper) bool {
	return slices.ContainsFunc(p.Versions, func(v papers.Version) bool {
		return v.PublishedAt != nil || v.State == papers.VersionScheduled
	})
}

// authorPage shows what is asked, and what became of what was sent.
func (s *Server) authorPage(c *call, status int, co papers.Commission, f page.Form) error {
	i, err := s.Record.Item(c.ctx, papers.Insider, co.Item)
	if err != nil {
		return s.authorFailed(c, err)
	}
	m, err := s.Record.Meeting(c.ctx, papers.Insider, co.Meeting)
	if err != nil {
		return s.authorFailed(c, err)
	}
	base, err := c.base("Send a paper", "")
	if err != nil {
		return s.authorFailed(c, err)
	}
	base.Path = "" // it holds the secret
	p := page.Author{Base: base, Form: f, Name: co.Author, Number: i.Number, Item: i.ForPublic().Title, Private: i.Private, Action: authorPath + c.Params("link"),
		Meeting: m.NameAndDay(),
		State:   co.State.Words(), Class: commissionClass(co, s.Now()), Said: co.Said, Approver: co.Approver, Due: page.Moment(co.DueAt, m.Location()), Late: co.Late(s.Now())}
	mine, err := s.Record.CommissionPapers(c.ctx, co.Item)
	if err != nil {
		return s.authorFailed(c, err)
	}
	d := &desk{meeting: m, zone: m.Location()}
	for _, id := range mine {
		paper, err := s.Record.Paper(c.ctx, papers.Insider, id)
		if err != nil {
			return s.authorFailed(c, err)
		}
		if v, ok := paper.Newest(); ok {
			p.Papers = append(p.Papers, page.AuthorPaper{File: d.file(paper, v), Settled: settled(paper)})
		}
	}
	return c.render(status, p)
}

// authorFailed answers a link that does not work (any more), the same for every reason. Other errors are
// noted without the address of the request, which is the secret.
func (s *Server) authorFailed(c *call, err error) error {
	status := fiber.StatusNotFound
	switch papers.CodeOf(err) {
	case papers.CodeNotFound:
	case papers.CodeTooMany:
		status = fiber.StatusTooManyRequests
	default:
		s.Log.Error("taking a paper by an author's link", "err", err)
		return fiber.ErrInternalServerError
	}
	base, berr := c.base("This link does not work", "")
	if berr != nil {
		return fiber.ErrInternalServerError
	}
	base.Path = ""
	p := page.Author{Base: base, Dead: true}
	if status == fiber.StatusTooManyRequests {
		p.Form.Error = err.Error()
	}
	return c.render(status, p)
}

// invited tells whether a request comes by an author's link that works: its holder may send a large file.
func (s *Server) invited(h *fasthttp.RequestHeader) bool {
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	secret, ok := strings.CutPrefix(path, authorPath)
	if !ok {
		return false
	}
	ctx, cancel := bodyContext()
	defer cancel()
	_, err := s.Record.CommissionByLink(ctx, auth.HashSecret(secret))
	return err == nil
}
