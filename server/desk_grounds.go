package server

import (
	"maps"
	"strings"

	"clearday/papers"
	"clearday/papers/exemption"
	"clearday/papers/notice"
	"clearday/server/page"
)

// exemptions is the list that a board chooses from when something is heard in private: of the regime
// of its notice profile, as it holds on the day of the meeting.
func exemptions(p notice.Profile, m papers.Meeting) exemption.List {
	return exemption.For(p.Regime, m.Date())
}

// exemptionsOf gives the list for a meeting by its slug.
func (c *call) exemptionsOf(meeting string) (exemption.List, error) {
	m, err := c.s.Record.Meeting(c.ctx, c.audience(), meeting)
	if err != nil {
		return exemption.List{}, err
	}
	b, err := c.s.Record.Board(c.ctx, m.Board)
	return exemptions(profileOf(b), m), err
}

// paraField is the field of a form for one entry of the list.
func paraField(para string) string { return "para_" + strings.ToLower(para) }

// groundNames are the fields in which grounds are chosen.
func groundNames(l exemption.List) []string {
	names := []string{"exemption", "reasons", "public_interest", "review_on", "confidential"}
	for _, ground := range l.Grounds {
		names = append(names, paraField(ground.Para))
	}
	return names
}

// takeGrounds makes grounds and their wording of the values of a form. The wording is made of the choice
// unless somebody wrote one. With an error it names the field in f.
func takeGrounds(f *page.Form, l exemption.List, g *papers.Grounds, wording *string) (err error) {
	*g = papers.Grounds{Confidential: f.Value("confidential") != "", Reasons: f.Value("reasons"), PublicInterest: f.Value("public_interest"), ReviewOn: f.Value("review_on")}
	for _, ground := range l.Grounds {
		if f.Value(paraField(ground.Para)) != "" {
			g.Paras = append(g.Paras, ground.Para)
		}
	}
	*wording = f.Value("exemption")
	if f.Value("private") == "" {
		*g, *wording = papers.Grounds{}, ""
		return nil
	}
	if *g, err = l.Take(*g); err != nil {
		f.At = about(err, "public-interest", "public_interest", "reasons", "reasons", "review date", "review_on", "", "para")
		return err
	}
	if *wording == "" {
		*wording = exemption.Wording(*g)
	}
	if *wording == "" {
		f.At = "para"
		return papers.Errorf(papers.CodeInvalid, "Choose why it may be private, or write the wording for the public.")
	}
	return nil
}

// fillGrounds puts grounds into the form that shows them. A wording that was made of them is not
// repeated in its field, so that it follows the choice when that changes.
func fillGrounds(f *page.Form, g papers.Grounds, wording string) {
	f.Values["reasons"], f.Values["public_interest"], f.Values["review_on"] = g.Reasons, g.PublicInterest, g.ReviewOn
	for _, para := range g.Paras {
		f.Values[paraField(para)] = "yes"
	}
	if g.Confidential {
		f.Values["confidential"] = "yes"
	}
	if !g.Chosen() || wording != exemption.Wording(g) {
		f.Values["exemption"] = wording
	}
}

// private is what the section "Heard in private" offers on this board.
func (d *desk) private(now papers.Grounds) *page.Private {
	l := exemptions(d.profile, d.meeting)
	p := &page.Private{List: l.Name, Test: l.PublicInterest, Must: l.Confidential, ReasonsHint: "For the desk and the minutes", Reads: exemption.Wording(now)}
	for _, g := range l.Grounds {
		offer := page.PrivateGround{Field: paraField(g.Para), Says: page.Sentence(strings.ReplaceAll(g.Offer(), "{reasons}", ""))}
		if l.Numbered() {
			offer.Para = g.Para
		}
		if g.NeedsReasons {
			p.ReasonsHint = "For the desk and the minutes. With special reasons the public reads them too."
		}
		p.Grounds = append(p.Grounds, offer)
	}
	return p
}

// wordExemption checks the grounds that a program gave and makes the wording of them unless it wrote one.
func (c *call) wordExemption(i *papers.Item) error {
	if !i.Private || !i.Grounds.Chosen() {
		return nil
	}
	l, err := c.exemptionsOf(i.Meeting)
	if err != nil {
		return err
	}
	if i.Grounds, err = l.Take(i.Grounds); err != nil {
		return err
	}
	if i.Exemption == "" {
		i.Exemption = exemption.Wording(i.Grounds)
	}
	return nil
}

// readPaperGrounds reads why a paper of a public item is private. One of a private item is so for the
// reasons of the item.
func (c *call) readPaperGrounds(f *page.Form, p *papers.Paper) error {
	i, err := c.s.Record.Item(c.ctx, c.audience(), p.Item)
	if err != nil || i.Private || p.ReleasedAt != nil {
		return err
	}
	l, err := c.exemptionsOf(p.Meeting)
	if err != nil {
		return err
	}
	maps.Copy(f.Values, c.typed(groundNames(l)...).Values)
	return takeGrounds(f, l, &p.Grounds, &p.Exemption)
}
