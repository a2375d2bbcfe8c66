package server

import (
	"context"
	"errors"
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
	p, err := c.keepPaper(u, c.Params("id"), u.fields["title"], isYes(u.fields["private"]))
	if err != nil {
		return err
	}
	return c.uploaded(p.ID, 1)
}

// keepPaper keeps an upload as a new paper of an item, to be read. An empty title is made of the
// file's name.
func (c *call) keepPaper(u upload, item, title string, private bool) (papers.Paper, error) {
	if strings.TrimSpace(title) == "" {
		title = papers.TitleFrom(u.name)
	}
	title, err := papers.Line("title of the paper", title, 300, true)
	if err != nil {
		return papers.Paper{}, errors.Join(err, u.file.Drop())
	}
	if err := u.file.Keep(); err != nil {
		return papers.Paper{}, errors.Join(fmt.Errorf("keeping an upload: %w", err), u.file.Drop())
	}
	p, err := c.s.Record.AddPaper(c.ctx, papers.Paper{Item: item, Title: title, Private: private}, u.version(""), papers.Change{By: c.actor(auth.Upload)})
	if err != nil {
		return papers.Paper{}, err
	}
	c.s.Reader.Nudge()
	return p, nil
}

// apiVersionAdd answers POST /api/v1/papers/:id/versions.
func (s *Server) apiVersionAdd(c *call) error {
	u, err := c.takeUpload()
	if err != nil {
		return err
	}
	v, err := c.keepVersion(u, c.Params("id"), u.fields["reason"])
	if err != nil {
		return err
	}
	return c.uploaded(v.Paper, v.N)
}

// keepVersion keeps an upload as the next version of a paper, with the reason that its readers are told.
func (c *call) keepVersion(u upload, paper, reason string) (papers.Version, error) {
	reason, err := papers.Line("reason for the new version", reason, 500, true)
	if err != nil {
		return papers.Version{}, errors.Join(err, u.file.Drop())
	}
	if err := u.file.Keep(); err != nil {
		return papers.Version{}, errors.Join(fmt.Errorf("keeping an upload: %w", err), u.file.Drop())
	}
	v, err := c.s.Record.AddVersion(c.ctx, paper, u.version(reason), papers.Change{By: c.actor(auth.Upload)})
	if err != nil {
		return papers.Version{}, err
	}
	c.s.Reader.Nudge()
	return v, nil
}

// version describes what was uploaded.
func (u upload) version(reason string) papers.Version {
	v := papers.Version{Original: u.file.Hash, OriginalSize: u.file.Size, OriginalKind: "pdf", FileName: u.name, Pages: u.info.Pages, Reason: reason}
	if len(u.info.Sizes) > 0 {
		v.Width, v.Height = u.info.Sizes[0].Width, u.info.Sizes[0].Height
	}
	return v
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
	pub, err := s.Publisher.PublishPaper(c.ctx, c.Params("id"), papers.Wish{At: in.At}, c.actor(auth.Publish))
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
	if err := c.withdraw(c.Params("id"), in.Version, in.Reason); err != nil {
		return err
	}
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfPaper(p))
}

// withdraw takes a version back, or every public one when n is 0: record, text and page images.
// Search and caches follow the act.
func (c *call) withdraw(id string, n int, reason string) error {
	reason, err := papers.Line("reason for the withdrawal", reason, 1000, true)
	if err != nil {
		return err
	}
	p, err := c.s.Record.Paper(c.ctx, papers.Insider, id)
	if err != nil {
		return err
	}
	by := c.actor(auth.Publish)
	change := papers.Change{By: by}
	var files []string
	for _, v := range p.Versions {
		if !v.Public() || n != 0 && v.N != n {
			continue
		}
		files = append(files, v.File)
		change.Acts = append(change.Acts, papers.Act{Kind: papers.ActPaperWithdrawn, Subject: "papers/" + id + "/v/" + strconv.Itoa(v.N),
			Board: p.Board, Meeting: p.Meeting, Facts: map[string]string{"role": by.Role, "version": strconv.Itoa(v.N), "sha256": v.File}, Texts: map[string]string{"reason": reason}})
	}
	if err := c.s.Record.Withdraw(c.ctx, id, n, by.Role, reason, change); err != nil {
		return err
	}
	for _, hash := range files {
		if err := c.s.Images.Drop(hash); err != nil {
			return fmt.Errorf("dropping page images: %w", err)
		}
	}
	return nil
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
	return c.ok(fiber.StatusOK, api.OfPaper(p))
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
		return c.ok(fiber.StatusOK, out)
	}
	texts, err := s.Record.Texts(c.ctx, v.Ref())
	if err != nil {
		return fmt.Errorf("reading the text of a paper: %w", err)
	}
	for i, text := range texts {
		out.Texts = append(out.Texts, api.PageText{Page: i + 1, Text: text})
	}
	return c.ok(fiber.StatusOK, out)
}
