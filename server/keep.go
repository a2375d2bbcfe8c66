package server

import (
	"errors"
	"fmt"
	"strings"

	"clearday/papers"
	"clearday/papers/office"
	"clearday/papers/pdf"
	"clearday/server/auth"
	"clearday/server/blob"
)

// upload is a file that is here whole, by a form or in pieces, and the fields that came with it.
type upload struct {
	id     string       // of the upload in pieces that it came by, or ""
	file   *blob.Staged // not kept yet
	kind   office.Kind
	info   pdf.Info // of a PDF; an Office file has to become one first
	name   string   // as the browser said, made safe
	fields map[string]string
}

// destination is what an upload becomes: the next version of a paper, or a new paper of an item.
type destination struct {
	paper   string // id; "" for a new paper
	reason  string // for the new version
	item    string
	title   string // "" is made of the file's name
	private bool

	of       string // the paper that it is a rendition or a background paper of
	kind     papers.RenditionKind
	language string
}

// keep is the one way in for every file, whether it came by a form, in pieces, by the API or by an
// author's link: the bytes are on disk under their hash, then the record refers to them and the work
// of reading them. An upload that cannot be kept is dropped.
func (c *call) keep(u upload, to destination) (papers.Paper, papers.Version, error) {
	add, err := c.addition(u, to)
	if err == nil {
		if err = u.file.Keep(); err != nil {
			err = fmt.Errorf("keeping an upload: %w", err)
		}
	}
	if err != nil {
		return papers.Paper{}, papers.Version{}, errors.Join(err, u.file.Drop())
	}
	p, v, err := add()
	if err == nil {
		c.s.Reader.Nudge()
	}
	return p, v, err
}

// addition checks what the upload is to become, and gives what writes it.
func (c *call) addition(u upload, to destination) (func() (papers.Paper, papers.Version, error), error) {
	change := papers.Change{By: c.actor(auth.Upload)}
	if to.paper != "" {
		reason, err := papers.Line("reason for the new version", to.reason, 500, true)
		if err != nil {
			return nil, err
		}
		p, err := c.s.Record.Paper(c.ctx, papers.Insider, to.paper)
		if err != nil {
			return nil, err
		}
		if v, _ := p.Newest(); v.Original == u.file.Hash && v.State != papers.VersionWithdrawn {
			return nil, papers.Errorf(papers.CodeConflict, "This is the same file as version %d. Choose the new one.", v.N)
		}
		return func() (papers.Paper, papers.Version, error) {
			v, err := c.s.Record.AddVersion(c.ctx, p.ID, u.version(reason), change)
			p.Versions = append([]papers.Version{v}, p.Versions...)
			return p, v, err
		}, nil
	}
	title := to.title
	if strings.TrimSpace(title) == "" {
		title = papers.TitleFrom(u.name)
	}
	title, err := papers.Line("title of the paper", title, 300, true)
	if err != nil {
		return nil, err
	}
	return func() (papers.Paper, papers.Version, error) {
		p, err := c.s.Record.AddPaper(c.ctx, papers.Paper{Item: to.item, Title: title, Private: to.private,
			RenditionOf: to.of, Rendition: to.kind, Language: to.language}, u.version(""), change)
		v, _ := p.Newest()
		return p, v, err
	}, nil
}

// version describes what was uploaded.
func (u upload) version(reason string) papers.Version {
	v := papers.Version{Original: u.file.Hash, OriginalSize: u.file.Size, OriginalKind: string(u.kind), FileName: u.name, Pages: u.info.Pages, Reason: reason, Upload: u.id}
	if len(u.info.Sizes) > 0 {
		v.Width, v.Height = u.info.Sizes[0].Width, u.info.Sizes[0].Height
	}
	return v
}

// inspect looks at the file of an upload: what is neither a readable PDF nor an Office file that can become one is refused
// with one sentence.
func (c *call) inspect(u *upload) error {
	var err error
	u.kind, err = office.KindOf(u.file.Path)
	switch {
	case err == nil && u.kind == office.PDF:
		u.info, err = c.s.Tools.Inspect(c.ctx, u.file.Path)
	case err == nil && !c.s.Reader.Office.Converts():
		err = office.ErrNoConverter
	}
	var bad *papers.Unreadable
	if errors.As(err, &bad) {
		err = papers.Errorf(papers.CodeInvalid, "%s", bad.Sentence)
	}
	if err != nil {
		err = errors.Join(err, u.file.Drop())
	}
	return err
}
