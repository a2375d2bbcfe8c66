package server

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

var organisationFlash = map[string]string{"added": "Added. Its page is public.", "changed": "Saved for everybody."}

// deskPartners answers GET /desk/partners.
func (s *Server) deskPartners(c *call) error {
	return s.partnerDesk(c, fiber.StatusOK, nil, page.Form{Values: map[string]string{"kind": papers.PartnerKinds[0]}})
}

// deskPartnerShow answers GET /desk/partners/:slug.
func (s *Server) deskPartnerShow(c *call) error {
	p, err := s.partnerOf(c)
	if err != nil {
		return err
	}
	return s.partnerDesk(c, fiber.StatusOK, &p, partnerForm(p))
}

func (s *Server) partnerOf(c *call) (papers.Partner, error) {
	list, err := s.Record.Partners(c.ctx)
	if err != nil {
		return papers.Partner{}, err
	}
	return bySlug(list, c.Params("slug"), func(p papers.Partner) string { return p.Slug })
}

func (s *Server) partnerDesk(c *call, status int, one *papers.Partner, f page.Form) error {
	base, err := c.base("Partners", "site")
	if err != nil {
		return err
	}
	p := page.DeskPartner{Base: base, Flash: organisationFlash[base.Saved], Partner: one, Form: f, Rows: rowsOf(f, "rep")}
	if one != nil {
		p.Title = one.Name
	}
	for _, kind := range papers.PartnerKinds {
		p.Kinds = append(p.Kinds, page.Choice{Value: kind, Says: page.KindOne[kind]})
	}
	if p.List, err = s.Record.Partners(c.ctx); err != nil {
		return err
	}
	return c.render(status, p)
}

func partnerForm(p papers.Partner) page.Form {
	f := page.Form{Values: map[string]string{"name": p.Name, "kind": p.Kind, "url": p.URL, "about": p.About, "ended_on": p.EndedOn, "successor": p.Successor}}
	for i, r := range p.Representatives {
		f.Values["rep-"+strconv.Itoa(i)], f.Values["rep_role-"+strconv.Itoa(i)] = r.Name, r.Role
	}
	return f
}

// readPartner reads the form of a partner into p.
func (c *call) readPartner(p *papers.Partner) (page.Form, error) {
	f := c.typedRows("rep", "rep_role")
	for name, value := range c.typed("name", "kind", "url", "about", "ended_on", "successor").Values {
		f.Values[name] = value
	}
	p.Name, p.Kind, p.URL, p.About, p.EndedOn, p.Successor = f.Value("name"), f.Value("kind"), f.Value("url"), f.Value("about"), f.Value("ended_on"), f.Value("successor")
	p.Representatives = nil
	for i := range mostRows {
		n := strconv.Itoa(i)
		p.Representatives = append(p.Representatives, papers.Representative{Name: f.Value("rep-" + n), Role: f.Value("rep_role-" + n)})
	}
	err := p.Tidy()
	if err == nil && p.Successor != "" {
		list, lerr := c.s.Record.Partners(c.ctx)
		if lerr != nil {
			return f, lerr
		}
		if (organisations{partners: list}).partner(p.Successor) == nil {
			err = papers.Errorf(papers.CodeInvalid, "There is no such organisation to take over. Choose one of the list.")
		}
	}
	f.At = about(err, "representative", "rep-0", "web address", "url", "kind", "kind", "ended", "ended_on", "successor", "successor", "take over", "successor", "description", "about", "", "name")
	return f, err
}

// deskPartnerAdd answers POST /desk/partners.
func (s *Server) deskPartnerAdd(c *call) error {
	var p papers.Partner
	f, err := c.readPartner(&p)
	if err == nil {
		act := papers.Act{Kind: papers.ActPartnerAdded, Subject: "partners/" + p.Slug, Texts: map[string]string{"name": p.Name}}
		err = s.Record.AddPartner(c.ctx, p, papers.Change{By: c.actor(auth.ManageSite), Acts: []papers.Act{act}})
	}
	if mendable(&f, err) {
		return s.partnerDesk(c, fiber.StatusUnprocessableEntity, nil, f)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/partners?saved=added")
}

// deskPartnerChange answers POST /desk/partners/:slug.
func (s *Server) deskPartnerChange(c *call) error {
	p, err := s.partnerOf(c)
	if err != nil {
		return err
	}
	before := p
	f, err := c.readPartner(&p)
	if err == nil {
		act := papers.Act{Kind: papers.ActPartnerChanged, Subject: "partners/" + p.Slug, Texts: map[string]string{"name": p.Name}}
		if p.EndedOn != "" {
			act.Facts = map[string]string{"ended_on": p.EndedOn, "successor": p.Successor}
		}
		err = s.Record.ChangePartner(c.ctx, p, papers.Change{By: c.actor(auth.ManageSite), Acts: []papers.Act{act}})
	}
	if mendable(&f, err) {
		return s.partnerDesk(c, fiber.StatusUnprocessableEntity, &before, f)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/partners/" + p.Slug + "?saved=changed")
}
