package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/search"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskSiteShow answers GET /desk/site: what the site says of itself, and its boards.
func (s *Server) deskSiteShow(c *call) error {
	site, err := s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	return s.sitePage(c, fiber.StatusOK, siteForm(site), page.Form{Prefix: "board-"})
}

func (s *Server) sitePage(c *call, status int, site, board page.Form) error {
	base, err := c.base("The site", "site")
	if err != nil {
		return err
	}
	boards, err := s.Record.Boards(c.ctx)
	if err != nil {
		return err
	}
	flash := map[string]string{"site": "Saved. Every page shows it from now on."}
	return c.render(status, page.DeskSite{Base: base, Flash: flash[base.Saved], Form: site, BoardForm: board, Boards: boards, Profiles: profileOptions(),
		Support: []page.Choice{{Says: "Off"}, {Value: "yes", Says: "On: people can support a question that is published"}},
		Chat:    []page.Choice{{Says: "Off"}, {Value: "checked_first", Says: "Checked first: a moderator looks before others see a message"}, {Value: "checked_after", Says: "Checked after: public at once, a moderator can remove it"}}})
}

// deskSiteChange answers POST /desk/site.
func (s *Server) deskSiteChange(c *call) error {
	f := c.typed("name", "about", "area", "contact", "phone", "address", "stream_origins", "synonyms")
	site, err := s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	for _, field := range []struct {
		name, label string
		into        *string
		max         int
	}{
		{"name", "name of the partnership", &site.Name, 80}, {"about", "description", &site.About, 4000}, {"area", "area", &site.Area, 200},
		{"contact", "e-mail address", &site.Contact, 200}, {"phone", "telephone number", &site.Phone, 40}, {"address", "address", &site.Address, 300},
	} {
		value, err := papers.Line(field.label, f.Values[field.name], field.max, field.name == "name")
		if field.name == "about" { // the page of the partnership, in paragraphs
			value, err = papers.Text(field.label, f.Values[field.name], field.max)
		}
		if err == nil && field.name == "contact" && value != "" {
			value, err = papers.Email(value)
		}
		if err != nil {
			f.At, f.Error = field.name, err.Error()
			return s.sitePage(c, fiber.StatusUnprocessableEntity, f, page.Form{Prefix: "board-"})
		}
		*field.into = value
	}
	if site.StreamOrigins, err = papers.Origins(f.Values["stream_origins"]); err != nil {
		f.At, f.Error = "stream_origins", err.Error()
		return s.sitePage(c, fiber.StatusUnprocessableEntity, f, page.Form{Prefix: "board-"})
	}
	if site.Synonyms, err = sameWords(f.Values["synonyms"]); err != nil {
		f.At, f.Error = "synonyms", err.Error()
		return s.sitePage(c, fiber.StatusUnprocessableEntity, f, page.Form{Prefix: "board-"})
	}
	act := papers.Act{Kind: papers.ActSiteChanged, Subject: "about", Texts: map[string]string{"name": site.Name, "about": site.About}}
	if err := s.Record.SetSite(c.ctx, site, papers.Change{By: c.actor(auth.ManageSite), Acts: []papers.Act{act}}); err != nil {
		return err
	}
	return c.see("/desk/site?saved=site")
}

// sameWords checks the words for the same thing as entered, for the search.
func sameWords(typed string) (string, error) {
	text, err := papers.Text("other words for the same thing", typed, 8000)
	if err != nil {
		return text, err
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && len(search.ParseSynonyms(line)) == 0 {
			return text, papers.Errorf(papers.CodeInvalid, "Write at least two words for the same thing on each line, parted by commas. %q holds one.", line)
		}
	}
	return text, nil
}

// deskBoardAdd answers POST /desk/boards.
func (s *Server) deskBoardAdd(c *call) error {
	f := c.typed("name", "about", "venue", "notice_profile", "support", "chat")
	f.Prefix = "board-"
	b, err := c.addBoard(papers.Board{Name: f.Values["name"], About: f.Values["about"], Venue: f.Values["venue"], NoticeProfile: f.Values["notice_profile"],
		Questions: papers.QuestionRules{Support: f.Value("support") == "yes", Chat: papers.ChatMode(f.Value("chat"))}})
	if code := papers.CodeOf(err); code == papers.CodeInvalid || code == papers.CodeConflict {
		f.At, f.Error = "name", err.Error()
		site, serr := s.Record.Site(c.ctx)
		if serr != nil {
			return serr
		}
		return s.sitePage(c, statuses[code], siteForm(site), f)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/boards/" + b.Slug + "?saved=added")
}

// addBoard adds a board as entered, public from that moment.
func (c *call) addBoard(b papers.Board) (papers.Board, error) {
	if err := b.Tidy(); err != nil {
		return b, err
	}
	if err := knownProfile(b); err != nil {
		return b, err
	}
	b.CreatedAt = c.s.Now().UTC()
	act := papers.Act{Kind: papers.ActBoardAdded, Subject: "boards/" + b.Slug, Board: b.Slug, Texts: map[string]string{"name": b.Name}}
	if err := c.s.Record.AddBoard(c.ctx, b, papers.Change{By: c.actor(auth.ManageSite), Acts: []papers.Act{act}}); err != nil {
		return b, err
	}
	return c.s.Record.Board(c.ctx, b.Slug)
}

func siteForm(site papers.Site) page.Form {
	return page.Form{Values: map[string]string{
		"name": site.Name, "about": site.About, "area": site.Area, "contact": site.Contact, "phone": site.Phone, "address": site.Address,
		"stream_origins": site.StreamOrigins, "synonyms": site.Synonyms,
	}}
}
