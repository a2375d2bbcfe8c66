package server

import (
	"fmt"

	"clearday/papers"
	"clearday/server/page"
)

// partnerList answers GET /partners: the organisations by kind, their alliances, and those that ended.
func (s *Server) partnerList(c *call) error {
	base, err := c.base("The partners", "")
	if err != nil {
		return err
	}
	org, err := c.organisations()
	if err != nil {
		return err
	}
	out := page.Partners{Base: base}
	byKind := map[string][]papers.Partner{}
	for _, p := range org.partners {
		if p.EndedOn != "" {
			out.Ended = append(out.Ended, page.PartnerRow{Link: partnerLink(p), Kind: page.KindOne[p.Kind], Ended: page.Date(p.EndedOn), Successor: org.partner(p.Successor)})
			continue
		}
		byKind[p.Kind] = append(byKind[p.Kind], p)
	}
	for _, kind := range papers.PartnerKinds {
		if list := byKind[kind]; len(list) > 0 {
			out.Kinds = append(out.Kinds, page.PartnerKind{Name: page.KindNames[kind], Partners: list})
		}
	}
	for _, a := range org.alliances {
		if a.EndedOn == "" {
			out.Alliances = append(out.Alliances, a)
			continue
		}
		out.Ended = append(out.Ended, page.PartnerRow{Link: allianceLink(a), Kind: "Alliance", Ended: page.Date(a.EndedOn), Successor: org.alliance(a.Successor)})
	}
	return c.render(200, out)
}

// organisations are the partners and alliances of the site, for looking up.
type organisations struct {
	partners  []papers.Partner
	alliances []papers.Alliance
}

func (c *call) organisations() (o organisations, err error) {
	if o.partners, err = c.s.Record.Partners(c.ctx); err != nil {
		return o, fmt.Errorf("reading partners: %w", err)
	}
	if o.alliances, err = c.s.Record.Alliances(c.ctx); err != nil {
		return o, fmt.Errorf("reading alliances: %w", err)
	}
	return o, nil
}

// partner gives the link to a partner, nil when there is none of that slug.
func (o organisations) partner(slug string) *page.Link {
	for _, p := range o.partners {
		if p.Slug == slug {
			l := partnerLink(p)
			return &l
		}
	}
	return nil
}

func (o organisations) alliance(slug string) *page.Link {
	for _, a := range o.alliances {
		if a.Slug == slug {
			l := allianceLink(a)
			return &l
		}
	}
	return nil
}

func partnerLink(p papers.Partner) page.Link {
	return page.Link{Name: p.Name, URL: "/partners/" + p.Slug}
}

func allianceLink(a papers.Alliance) page.Link {
	return page.Link{Name: a.Name, URL: "/alliances/" + a.Slug}
}

func boardLink(b papers.Board) page.Link { return page.Link{Name: b.Name, URL: "/boards/" + b.Slug} }

// partnerShow answers GET /partners/:slug.
func (s *Server) partnerShow(c *call) error {
	org, err := c.organisations()
	if err != nil {
		return err
	}
	p, err := bySlug(org.partners, c.Params("slug"), func(p papers.Partner) string { return p.Slug })
	if err != nil {
		return err
	}
	base, err := c.base(p.Name, "")
	if err != nil {
		return err
	}
	bs, err := c.boards()
	if err != nil {
		return err
	}
	out := page.Partner{Base: base, Partner: p, Kind: page.KindOne[p.Kind], Ended: page.Date(p.EndedOn), Successor: org.partner(p.Successor)}
	for _, old := range org.partners {
		if old.Successor == p.Slug {
			out.Before = append(out.Before, partnerLink(old))
		}
	}
	for _, a := range org.alliances {
		for _, member := range a.Partners {
			if member == p.Slug && a.EndedOn == "" {
				out.Alliances = append(out.Alliances, allianceLink(a))
			}
		}
	}
	today := c.today(base)
	for _, b := range bs.list {
		for _, m := range b.Members {
			if m.Organisation == p.Name && !m.Past(today) && b.EndedOn == "" {
				out.Seats = append(out.Seats, page.PartnerSeat{Member: m, Board: boardLink(b)})
			}
		}
	}
	return c.render(200, out)
}

// allianceShow answers GET /alliances/:slug.
func (s *Server) allianceShow(c *call) error {
	org, err := c.organisations()
	if err != nil {
		return err
	}
	a, err := bySlug(org.alliances, c.Params("slug"), func(a papers.Alliance) string { return a.Slug })
	if err != nil {
		return err
	}
	base, err := c.base(a.Name, "")
	if err != nil {
		return err
	}
	out := page.Alliance{Base: base, Alliance: a, Ended: page.Date(a.EndedOn), Successor: org.alliance(a.Successor)}
	for _, old := range org.alliances {
		if old.Successor == a.Slug {
			out.Before = append(out.Before, allianceLink(old))
		}
	}
	for _, slug := range a.Partners {
		if p, err := bySlug(org.partners, slug, func(p papers.Partner) string { return p.Slug }); err == nil {
			out.Partners = append(out.Partners, p)
		}
	}
	bs, err := c.boards()
	if err != nil {
		return err
	}
	coming, err := c.coming("", 500)
	if err != nil {
		return err
	}
	var own []papers.Board
	for _, b := range bs.list {
		if b.Alliance == a.Slug {
			own = append(own, b)
		}
	}
	out.Boards = boardRows(own, coming, nil)
	return c.render(200, out)
}

// bySlug finds the one of that slug.
func bySlug[T any](list []T, slug string, of func(T) string) (T, error) {
	for _, v := range list {
		if of(v) == slug {
			return v, nil
		}
	}
	var none T
	return none, papers.ErrNotFound
}

// today is the civil date at the site, 2006-01-02.
func (c *call) today(base page.Base) string {
	return c.s.Now().In(base.Site.Location()).Format("2006-01-02")
}
