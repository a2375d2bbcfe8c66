package server

import (
	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskAlliances answers GET /desk/alliances.
func (s *Server) deskAlliances(c *call) error {
	return s.allianceDesk(c, fiber.StatusOK, nil, page.Form{Values: map[string]string{}})
}

// deskAllianceShow answers GET /desk/alliances/:slug.
func (s *Server) deskAllianceShow(c *call) error {
	a, err := s.allianceOf(c)
	if err != nil {
		return err
	}
	f := page.Form{Values: map[string]string{"name": a.Name, "about": a.About, "ended_on": a.EndedOn, "successor": a.Successor}}
	for _, slug := range a.Partners {
		f.Values["partner-"+slug] = "yes"
	}
	return s.allianceDesk(c, fiber.StatusOK, &a, f)
}

func (s *Server) allianceOf(c *call) (papers.Alliance, error) {
	list, err := s.Record.Alliances(c.ctx)
	if err != nil {
		return papers.Alliance{}, err
	}
	return bySlug(list, c.Params("slug"), func(a papers.Alliance) string { return a.Slug })
}

func (s *Server) allianceDesk(c *call, status int, one *papers.Alliance, f page.Form) error {
	base, err := c.base("Alliances", "site")
	if err != nil {
		return err
	}
	org, err := c.organisations()
	if err != nil {
		return err
	}
	p := page.DeskAlliance{Base: base, Flash: organisationFlash[base.Saved], Alliance: one, Form: f, List: org.alliances, Partners: org.partners}
	if one != nil {
		p.Title = one.Name
	}
	return c.render(status, p)
}

// readAlliance reads the form of an alliance into a. Only partners that there are can be members.
func (c *call) readAlliance(a *papers.Alliance) (page.Form, error) {
	f := c.typed("name", "about", "ended_on", "successor")
	org, err := c.organisations()
	if err != nil {
		return f, err
	}
	a.Name, a.About, a.EndedOn, a.Successor, a.Partners = f.Value("name"), f.Value("about"), f.Value("ended_on"), f.Value("successor"), []string{}
	for _, p := range org.partners {
		if c.formField("partner-"+p.Slug) != "" {
			f.Values["partner-"+p.Slug] = "yes"
			a.Partners = append(a.Partners, p.Slug)
		}
	}
	if err = a.Tidy(); err == nil && a.Successor != "" && org.alliance(a.Successor) == nil {
		err = papers.Errorf(papers.CodeInvalid, "There is no such alliance to take over. Choose one of the list.")
	}
	f.At = about(err, "take over", "successor", "successor", "successor", "ended", "ended_on", "description", "about", "", "name")
	return f, err
}

// deskAllianceAdd answers POST /desk/alliances.
func (s *Server) deskAllianceAdd(c *call) error {
	var a papers.Alliance
	f, err := c.readAlliance(&a)
	if err == nil {
		act := papers.Act{Kind: papers.ActAllianceAdded, Subject: "alliances/" + a.Slug, Texts: map[string]string{"name": a.Name}}
		err = s.Record.AddAlliance(c.ctx, a, papers.Change{By: c.actor(auth.ManageSite), Acts: []papers.Act{act}})
	}
	if mendable(&f, err) {
		return s.allianceDesk(c, fiber.StatusUnprocessableEntity, nil, f)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/alliances?saved=added")
}

// deskAllianceChange answers POST /desk/alliances/:slug.
func (s *Server) deskAllianceChange(c *call) error {
	a, err := s.allianceOf(c)
	if err != nil {
		return err
	}
	before := a
	f, err := c.readAlliance(&a)
	if err == nil {
		act := papers.Act{Kind: papers.ActAllianceChanged, Subject: "alliances/" + a.Slug, Texts: map[string]string{"name": a.Name}}
		err = s.Record.ChangeAlliance(c.ctx, a, papers.Change{By: c.actor(auth.ManageSite), Acts: []papers.Act{act}})
	}
	if mendable(&f, err) {
		return s.allianceDesk(c, fiber.StatusUnprocessableEntity, &before, f)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/alliances/" + a.Slug + "?saved=changed")
}
