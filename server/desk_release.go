package server

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskReleaseShow answers GET /desk/items/:id/release: what of a private item can become public.
func (s *Server) deskReleaseShow(c *call) error {
	return s.releasePage(c, fiber.StatusOK, page.Form{Values: map[string]string{"when": "now"}})
}

func (s *Server) releasePage(c *call, status int, f page.Form) error {
	i, d, err := s.readItemDesk(c)
	if err != nil {
		return err
	}
	base, err := c.base("Release item "+i.Number, "desk")
	if err != nil {
		return err
	}
	f.Prefix = "rel-"
	if f.Value("date") == "" {
		when := s.whenForm(d)
		f.Values["date"], f.Values["time"] = when.Value("date"), when.Value("time")
	}
	p := page.DeskRelease{Base: base, Meeting: d.meeting, Zone: d.zone, Item: i, Form: f}
	if i.PublishedAt == nil {
		p.Nothing = "This item is not on the public agenda yet. Change it in its own form."
	}
	for _, paper := range d.papers {
		if v, ok := paper.Newest(); ok && paper.Item == i.ID && paper.Private {
			p.Papers = append(p.Papers, d.file(paper, v))
		}
	}
	if p.Nothing == "" && !i.Private && len(p.Papers) == 0 {
		p.Nothing = "Nothing of this item is private any more."
	}
	return c.render(status, p)
}

func (s *Server) readItemDesk(c *call) (papers.Item, *desk, error) {
	i, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return i, nil, err
	}
	m, err := s.Record.Meeting(c.ctx, c.audience(), i.Meeting)
	if err != nil {
		return i, nil, err
	}
	d, err := s.readDesk(c, m)
	return i, d, err
}

// deskRelease answers POST /desk/items/:id/release (N-9).
func (s *Server) deskRelease(c *call) error {
	i, d, err := s.readItemDesk(c)
	if err != nil {
		return err
	}
	names := []string{"whole", "reason", "when", "date", "time"}
	for _, p := range d.papers {
		names = append(names, "paper_"+p.ID)
	}
	f := c.typed(names...)
	t := papers.ToRelease{Whole: f.Value("whole") != "", Reason: f.Value("reason")}
	for _, p := range d.papers {
		if p.Item == i.ID && f.Value("paper_"+p.ID) != "" {
			t.Papers = append(t.Papers, p.ID)
		}
	}
	at, err := c.readWhen(&f, d.zone)
	var pub papers.Publication
	if err == nil {
		pub, err = s.Publisher.Release(c.ctx, i.ID, t, papers.Wish{At: at}, c.actor(auth.Publish))
		f.At = about(err, "reason for", "reason", "Choose what", "whole")
	}
	if mendable(&f, err) {
		return s.releasePage(c, fiber.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + i.Meeting + "/private?saved=" + publishedWord(pub))
}

// apiRelease answers POST /api/v1/items/:id/release.
func (s *Server) apiRelease(c *call) error {
	var in api.Release
	if err := c.decode(&in); err != nil {
		return err
	}
	pub, err := s.Publisher.Release(c.ctx, c.Params("id"), papers.ToRelease{Whole: in.Item, Papers: in.Papers, Reason: in.Reason}, in.Wish(s.Now()), c.actor(auth.Publish))
	if err != nil {
		return err
	}
	return c.published(pub)
}

// releasedLines say what a publication releases.
func (d *desk) releasedLines(pub papers.Publication) []string {
	var lines []string
	for _, r := range pub.Releases {
		if at := slices.IndexFunc(d.items, func(i papers.Item) bool { return i.ID == r.Item }); at >= 0 {
			lines = append(lines, "item "+d.items[at].Number+", until then private, by its own title: “"+d.items[at].Title+"”")
		}
	}
	return lines
}
