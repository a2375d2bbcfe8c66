package server

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
	"clearday/server/page"
)

// besidePanel is what belongs to a paper at the desk; nil for what belongs to another paper itself.
func (s *Server) besidePanel(c *call, d *desk, p papers.Paper) (*page.DeskBeside, error) {
	if p.IsRendition() {
		return nil, nil
	}
	links, err := s.Record.PaperLinks(c.ctx, c.audience(), []string{p.ID})
	if err != nil {
		return nil, err
	}
	rules, err := s.Record.FormatRules(c.ctx, p.Board)
	if err != nil {
		return nil, err
	}
	b := &page.DeskBeside{Links: links, Form: page.Form{Prefix: "fmt-"}, Until: openUntil(d.meeting, rules).Long()}
	b.Files = d.filesBeside(p)
	return b, nil
}

// filesBeside are the renditions and background papers of a paper that are files.
func (d *desk) filesBeside(p papers.Paper) []page.DeskFile {
	var list []page.DeskFile
	for _, r := range d.beside {
		if v, ok := r.Newest(); ok && r.RenditionOf == p.ID {
			list = append(list, d.file(r, v))
		}
	}
	return list
}

// deskFormatAdd answers POST /desk/papers/:id/formats: a file, which is checked and published like any paper, or a
// link, which is public as soon as its paper is.
func (s *Server) deskFormatAdd(c *call) error {
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	f := page.Form{Prefix: "fmt-", At: "kind"}
	err = s.addFormat(c, p, &f)
	if !c.program() && mendable(&f, err) {
		return s.paperDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskPaper) {
			if d.Beside != nil {
				d.Beside.Form = f
			}
		})
	}
	if err != nil {
		return err
	}
	return c.see("/desk/papers/" + p.ID + "?saved=format#formats")
}

func (s *Server) addFormat(c *call, p papers.Paper, f *page.Form) error {
	u, err := c.readUpload()
	f.Values = u.fields
	if err == nil && p.IsRendition() {
		err = papers.Errorf(papers.CodeConflict, "Add the format to the paper itself.")
	}
	if err == nil && u.file != nil && u.file.Size == 0 && u.name == "paper.pdf" { // a form without a file still sends its field
		err, u.file = u.file.Drop(), nil
	}
	l := papers.PaperLink{Paper: p.ID, Kind: papers.RenditionKind(f.Value("kind")), Language: f.Value("language"), Title: f.Value("title"), URL: f.Value("url"), Exempt: f.Value("exempt") != ""}
	if err == nil {
		err = l.Tidy(u.file != nil)
	}
	f.At = about(err, "title", "title", "language", "language", "address", "url", "kind", "kind")
	if err != nil || u.file == nil {
		if err == nil {
			err = s.addLink(c, p, l)
		} else if u.file != nil {
			err = errors.Join(err, u.file.Drop())
		}
		return err
	}
	f.At = "file"
	if l.Exempt {
		return errors.Join(papers.Errorf(papers.CodeInvalid, "An exempt background paper is not listed, so its file does not belong here."), u.file.Drop())
	}
	if err := c.inspect(&u); err != nil {
		return err
	}
	if l.Kind != papers.Background {
		l.Title = papers.RenditionTitle(p.Title, l.Kind, l.Language)
	}
	_, _, err = c.keep(u, destination{item: p.Item, title: l.Title, private: p.Private, of: p.ID, kind: l.Kind, language: l.Language})
	return err
}

func (s *Server) addLink(c *call, p papers.Paper, l papers.PaperLink) error {
	_, err := s.Record.AddPaperLink(c.ctx, l, papers.Change{By: c.actor(auth.Upload), Acts: linkActs(p, l, "added")})
	return err
}

// linkActs says a change of what is listed beside a paper, where the public sees it.
func linkActs(p papers.Paper, l papers.PaperLink, what string) []papers.Act {
	if l.Exempt || !slices.ContainsFunc(p.Versions, papers.Version.Public) {
		return nil
	}
	return []papers.Act{{Kind: papers.ActPaperChanged, Subject: "papers/" + p.ID, Board: p.Board, Meeting: p.Meeting,
		Facts: map[string]string{what: string(l.Kind)}, Texts: map[string]string{"title": l.Title, "address": l.URL}}}
}

// deskLinkRemove answers POST /desk/papers/:id/links/:link/remove.
func (s *Server) deskLinkRemove(c *call) error {
	p, err := s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	links, err := s.Record.PaperLinks(c.ctx, c.audience(), []string{p.ID})
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.ID == c.Params("link") {
			if err := s.Record.RemovePaperLink(c.ctx, p.ID, l.ID, papers.Change{By: c.actor(auth.Upload), Acts: linkActs(p, l, "removed")}); err != nil {
				return err
			}
			return c.see("/desk/papers/" + p.ID + "?saved=removed#formats")
		}
	}
	return papers.ErrNotFound
}

// sweepFormats erases who asked once that is over, and closes background papers whose years have passed (rules.md N-8).
func (s *Server) sweepFormats(ctx context.Context) error {
	if n, err := s.Record.EraseEndedAskers(ctx, s.Now().UTC()); err != nil || n > 0 {
		s.Log.Info("erased who asked for formats", slog.Int("requests", n), slog.Any("err", err))
	}
	list, err := s.Record.Papers(ctx, papers.Insider, papers.PaperFilter{Rendition: papers.Background, Renditions: true})
	if err != nil {
		return err
	}
	for _, p := range list {
		if !slices.ContainsFunc(p.Versions, papers.Version.Public) {
			continue
		}
		m, err := s.Record.Meeting(ctx, papers.Insider, p.Meeting)
		if err != nil {
			return err
		}
		rules, err := s.Record.FormatRules(ctx, p.Board)
		if err != nil {
			return err
		}
		if until := openUntil(m, rules); until.Before(notice.DateOf(s.Now(), m.Location())) {
			w := papers.Withdrawal{Paper: p.ID, Role: papers.Program.Role, Reason: "Background papers of this meeting were open to inspection until " + until.Long() + "."}
			if err := s.Record.Withdraw(ctx, w, papers.Change{By: papers.Program, Acts: w.Acts(p)}); err != nil {
				return err
			}
		}
	}
	return nil
}
