package server

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
)

const (
	readWait = 10 * time.Second      // an upload waits so long to be read (design.md 5.3)
	readLook = 50 * time.Millisecond // between looks
)

// apiPaperAdd answers POST /api/v1/items/:id/papers.
func (s *Server) apiPaperAdd(c *call) error {
	u, err := c.takeUpload()
	if err != nil {
		return err
	}
	p, v, err := c.keep(u, destination{item: c.Params("id"), title: u.fields["title"], private: isYes(u.fields["private"])})
	if err != nil {
		return err
	}
	return c.uploaded(p.ID, v.N)
}

// apiVersionAdd answers POST /api/v1/papers/:id/versions.
func (s *Server) apiVersionAdd(c *call) error {
	u, err := c.takeUpload()
	if err != nil {
		return err
	}
	p, v, err := c.keep(u, destination{paper: c.Params("id"), reason: u.fields["reason"]})
	if err != nil {
		return err
	}
	return c.uploaded(p.ID, v.N)
}

// uploaded answers an upload once it has been read, or as it stands when that takes too long.
func (c *call) uploaded(id string, n int) error {
	ctx, cancel := context.WithTimeout(c.ctx, readWait)
	defer cancel()
	for {
		found, err := c.s.Record.Find(c.ctx, papers.Insider, []papers.VersionRef{{Paper: id, N: n}})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return papers.ErrNotFound // removed meanwhile
		}
		if found[0].Version.State != papers.VersionChecking || ctx.Err() != nil {
			c.Location("/api/v1/papers/" + id)
			return c.ok(fiber.StatusCreated, api.OfUpload(found[0].Paper, found[0].Version))
		}
		pause(ctx, readLook)
	}
}

func isYes(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "1", "true", "yes", "on":
		return true
	}
	return false
}

// apiPaperPublish answers POST /api/v1/papers/:id/publish.
func (s *Server) apiPaperPublish(c *call) error {
	var in api.When
	if err := c.decodeIfAny(&in); err != nil {
		return err
	}
	pub, err := s.Publisher.PublishPaper(c.ctx, c.Params("id"), in.Wish(s.Now()), c.actor(auth.Publish))
	if err != nil {
		return err
	}
	return c.published(pub)
}

// apiPaperWithdraw answers POST /api/v1/papers/:id/withdraw.
func (s *Server) apiPaperWithdraw(c *call) error {
	var in api.Withdrawal
	if err := c.decode(&in); err != nil {
		return err
	}
	if err := c.withdraw(papers.Withdrawal{Paper: c.Params("id"), N: in.Version, Reason: in.Reason, TakeBack: in.TakeBack, Title: in.Title}); err != nil {
		return err
	}
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfPaper(p))
}

// apiPaper answers GET /api/v1/papers/:id. A paper that was withdrawn as a whole is gone.
func (s *Server) apiPaper(c *call) error {
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	if v, _ := p.Current(); v.State == papers.VersionWithdrawn {
		f, err := c.paperVersion()
		if err != nil {
			return err
		}
		return c.withdrawn(f)
	}
	if p.IsRendition() {
		return c.ok(fiber.StatusOK, api.OfPaper(p))
	}
	files, err := s.Record.Papers(c.ctx, c.audience(), papers.PaperFilter{RenditionOf: p.ID})
	if err != nil {
		return fmt.Errorf("reading renditions: %w", err)
	}
	links, err := s.Record.PaperLinks(c.ctx, c.audience(), []string{p.ID})
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfPaper(p).WithBeside(files, links))
}

// apiPaperText answers GET /api/v1/papers/:id/text.
func (s *Server) apiPaperText(c *call) error {
	f, err := c.paperVersion()
	if err != nil {
		return err
	}
	v := f.Version
	if v.State == papers.VersionWithdrawn {
		return c.withdrawn(f)
	}
	out := api.Text{Paper: f.Paper.ID, Version: v.N, Pages: v.Pages}
	if n := c.Query("page"); n != "" {
		if out.Page, err = strconv.Atoi(n); err != nil || out.Page < 1 || out.Page > v.Pages {
			return papers.Errorf(papers.CodeInvalid, "page is a number from 1 to %d.", v.Pages)
		}
		out.Text, err = s.Record.PageText(c.ctx, v.Ref(), out.Page)
		if err != nil && papers.CodeOf(err) != papers.CodeNotFound { // still being read
			return fmt.Errorf("reading the text of a page: %w", err)
		}
		out.Recognised = v.Recognised(out.Page)
		return c.ok(fiber.StatusOK, out)
	}
	texts, err := s.Record.Texts(c.ctx, v.Ref())
	if err != nil {
		return fmt.Errorf("reading the text of a paper: %w", err)
	}
	for i, text := range texts {
		out.Texts = append(out.Texts, api.PageText{Page: i + 1, Text: text, Recognised: v.Recognised(i + 1)})
	}
	return c.ok(fiber.StatusOK, out)
}
