package server

import (
	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

var newsFlash = map[string]string{"added": "Published. Anybody can read it now.", "changed": "Saved for everybody.", "withdrawn": "Taken back. Its address says when and why."}

// newsAtDesk is how many items the desk lists.
const newsAtDesk = 100

// deskNews answers GET /desk/news.
func (s *Server) deskNews(c *call) error {
	return s.newsDesk(c, fiber.StatusOK, nil, page.Form{Values: map[string]string{}}, page.Form{})
}

// deskNewsShow answers GET /desk/news/:slug.
func (s *Server) deskNewsShow(c *call) error {
	n, err := s.newsOf(c)
	if err != nil {
		return err
	}
	return s.newsDesk(c, fiber.StatusOK, &n, newsForm(n), page.Form{})
}

func newsForm(n papers.News) page.Form {
	return page.Form{Values: map[string]string{"title": n.Title, "date": n.Date, "text": n.Text}}
}

// newsOf is the news item of the address, as long as it was not taken back.
func (s *Server) newsOf(c *call) (papers.News, error) {
	n, err := s.Record.NewsItem(c.ctx, c.Params("slug"))
	if err == nil && n.WithdrawnAt != nil {
		err = papers.ErrNotFound
	}
	return n, err
}

func (s *Server) newsDesk(c *call, status int, one *papers.News, f, withdraw page.Form) error {
	base, err := c.base("News", "site")
	if err != nil {
		return err
	}
	withdraw.Prefix = "back-"
	p := page.DeskNews{Base: base, Flash: newsFlash[base.Saved], Item: one, Form: f, Withdraw: withdraw}
	if f.Values["date"] == "" && f.Error == "" {
		p.Form.Values["date"] = c.today(base)
	}
	if one != nil {
		p.Title = one.Title
		return c.render(status, p)
	}
	list, _, err := s.Record.News(c.ctx, "", newsAtDesk)
	if err != nil {
		return err
	}
	p.List = newsRows(list)
	return c.render(status, p)
}

func (c *call) readNews(n *papers.News) (page.Form, error) {
	f := c.typed("title", "date", "text")
	site, err := c.s.Record.Site(c.ctx)
	if err != nil {
		return f, err
	}
	n.Title, n.Date, n.Text = f.Value("title"), f.Value("date"), f.Value("text")
	err = n.Tidy(c.today(page.Base{Site: site}))
	f.At = about(err, "date", "date", "text", "text", "", "title")
	return f, err
}

// deskNewsAdd answers POST /desk/news.
func (s *Server) deskNewsAdd(c *call) error {
	var n papers.News
	f, err := c.readNews(&n)
	if err == nil {
		act := papers.Act{Kind: papers.ActNewsPublished, Subject: "news/" + n.Slug, Texts: map[string]string{"title": n.Title, "text": n.Text}}
		_, err = s.Record.AddNews(c.ctx, n, papers.Change{By: c.actor(auth.ManageSite), Acts: []papers.Act{act}})
	}
	if mendable(&f, err) {
		return s.newsDesk(c, fiber.StatusUnprocessableEntity, nil, f, page.Form{})
	}
	if err != nil {
		return err
	}
	return c.see("/desk/news?saved=added")
}

// deskNewsChange answers POST /desk/news/:slug.
func (s *Server) deskNewsChange(c *call) error {
	n, err := s.newsOf(c)
	if err != nil {
		return err
	}
	before := n
	f, err := c.readNews(&n)
	if err == nil {
		act := papers.Act{Kind: papers.ActNewsChanged, Subject: "news/" + n.Slug, Texts: map[string]string{"title": n.Title, "text": n.Text}}
		err = s.Record.ChangeNews(c.ctx, n, papers.Change{By: c.actor(auth.ManageSite), Acts: []papers.Act{act}})
	}
	if mendable(&f, err) {
		return s.newsDesk(c, fiber.StatusUnprocessableEntity, &before, f, page.Form{})
	}
	if err != nil {
		return err
	}
	return c.see("/desk/news/" + n.Slug + "?saved=changed")
}

// deskNewsWithdraw answers POST /desk/news/:slug/withdraw.
func (s *Server) deskNewsWithdraw(c *call) error {
	n, err := s.newsOf(c)
	if err != nil {
		return err
	}
	before, now := n, s.Now()
	f := c.typed("reason")
	n.WithdrawnAt = &now
	if n.WithdrawnWhy, err = papers.Line("reason, which everybody can read", f.Value("reason"), 500, true); err == nil {
		act := papers.Act{Kind: papers.ActNewsWithdrawn, Subject: "news/" + n.Slug, Texts: map[string]string{"reason": n.WithdrawnWhy}}
		err = s.Record.ChangeNews(c.ctx, n, papers.Change{By: c.actor(auth.ManageSite), Acts: []papers.Act{act}})
	}
	if f.At = "reason"; mendable(&f, err) {
		return s.newsDesk(c, fiber.StatusUnprocessableEntity, &before, newsForm(before), f)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/news?saved=withdrawn")
}
