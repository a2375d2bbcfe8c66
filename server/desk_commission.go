package server

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/alerts"
	"clearday/server/auth"
	"clearday/server/page"
)

// commissionForm is the form in which a paper is asked for; a new one offers the day a week before the
// meeting.
func commissionForm(m papers.Meeting, co *papers.Commission) page.Form {
	due := m.StartsAt.In(m.Location()).AddDate(0, 0, -9)
	f := page.Form{Prefix: "ask-", Values: map[string]string{"due": due.Format(time.DateOnly), "time": "12:00"}}
	if co != nil {
		due = co.DueAt.In(m.Location())
		f.Values = map[string]string{"author": co.Author, "email": co.Email, "approver": co.Approver, "due": due.Format(time.DateOnly), "time": due.Format("15:04")}
	}
	return f
}

// commissionOf gives what is asked for an item, nil for nothing.
func (c *call) commissionOf(i papers.Item) (*papers.Commission, error) {
	list, err := c.s.Record.Commissions(c.ctx, i.Meeting)
	for n := range list {
		if list[n].Item == i.ID {
			return &list[n], err
		}
	}
	return nil, err
}

// deskCommission answers POST /desk/items/:id/commission: of whom the item's paper is asked, until when,
// and who says yes to it.
func (s *Server) deskCommission(c *call) error {
	i, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	m, err := s.Record.Meeting(c.ctx, c.audience(), i.Meeting)
	if err != nil {
		return err
	}
	f := c.typed("author", "email", "approver", "due", "time")
	f.Prefix = "ask-"
	co := papers.Commission{Item: i.ID, Author: f.Value("author"), Email: f.Value("email"), Approver: f.Value("approver")}
	if co.DueAt, err = papers.WallTime(f.Value("due"), f.Value("time"), m.Location()); err != nil {
		f.At = "due"
	} else if err = co.Tidy(); err != nil {
		f.At = about(err, "name of the author", "author", "e-mail", "email", "approver", "approver")
	}
	if err == nil && co.Email != "" {
		user, uerr := s.Record.UserByEmail(c.ctx, co.Email)
		if uerr != nil && papers.CodeOf(uerr) != papers.CodeNotFound {
			return uerr
		}
		if user.Person().May(auth.Upload, m.Board) {
			co.User = user.ID
		}
	}
	if err == nil {
		err = s.Record.Commission(c.ctx, co, papers.Change{By: c.actor(auth.EditAgenda)})
	}
	if mendable(&f, err) {
		return s.itemPageWith(c, fiber.StatusUnprocessableEntity, i, func(p *page.DeskItemEdit) { p.Ask.Form = f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/items/" + i.ID + "?saved=asked#paper")
}

// deskCommissionLink answers POST /desk/items/:id/link: a new private link for the author, shown this
// once and sent to them when that is wanted. One before it ends.
func (s *Server) deskCommissionLink(c *call) error {
	i, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	m, err := s.Record.Meeting(c.ctx, c.audience(), i.Meeting)
	if err != nil {
		return err
	}
	change := papers.Change{By: c.actor(auth.EditAgenda)}
	if c.formField("end") != "" {
		if err := s.Record.SetCommissionLink(c.ctx, i.ID, "", nil, change); err != nil {
			return err
		}
		return c.see("/desk/items/" + i.ID + "?saved=asked#paper")
	}
	secret := auth.NewSecret()
	err = s.Record.SetCommissionLink(c.ctx, i.ID, auth.HashSecret(secret), &m.StartsAt, change)
	if err != nil {
		return err
	}
	c.hideLink()
	link, told := c.origin()+authorPath+secret, ""
	if c.formField("send") != "" {
		told = c.tellAuthor(i, link)
	}
	return s.itemPageWith(c, fiber.StatusOK, i, func(p *page.DeskItemEdit) {
		p.Ask.Link, p.Ask.Told = link, told
		if p.Ask.Email != "" && told == "" {
			p.Ask.Mail = letterByHand(p.Ask.Email, m, i, p.Ask.Due, link)
		}
	})
}

// tellAuthor sends the link to the author at once and answers what became of the letter. It waits for the
// mail server, so that the link, of which only the hash is kept, need not lie in a queue.
func (c *call) tellAuthor(i papers.Item, link string) string {
	co, err := c.commissionOf(i)
	if err != nil || co == nil || co.Email == "" || c.s.Alerts == nil {
		return "The link was not sent: there is no e-mail of the author, or no mail server is set. Copy it."
	}
	ctx, cancel := context.WithTimeout(c.ctx, testPatience)
	defer cancel()
	err = c.s.sendNow(ctx, func() (alerts.Message, error) { return c.s.Alerts.Writer.Commissioned(ctx, *co, i, link) })
	if err != nil {
		c.s.Log.Warn("sending a link to an author", slog.Any("err", err))
		return "The letter did not leave: " + err.Error() + ". Copy the link, or send it again with a new one."
	}
	return "Sent to " + co.Email + "."
}

// letterByHand opens a letter with the link in the secretary's own mail program.
func letterByHand(to string, m papers.Meeting, i papers.Item, due, link string) string {
	subject := "Paper for item " + i.Number + ", " + m.Name() + ", " + m.StartsAt.In(m.Location()).Format("2 January 2006")
	body := "The paper for item " + i.Number + ", " + i.ForPublic().Title + ", is needed by " + due + ".\r\n\r\nSend it here, and see what became of it:\r\n" + link + "\r\n"
	return "mailto:" + url.PathEscape(to) + "?subject=" + url.PathEscape(subject) + "&body=" + url.PathEscape(body)
}

// deskCommissionDecide answers POST /desk/items/:id/decide: yes, or back to the author with words.
func (s *Server) deskCommissionDecide(c *call) error {
	i, err := s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return err
	}
	words, err := papers.Text("words", c.formField("words"), 2000)
	to, saved := papers.CommissionApproved, "approved"
	if c.formField("decision") == "back" {
		to, saved = papers.CommissionSentBack, "back"
		if err == nil && words == "" {
			err = papers.Errorf(papers.CodeInvalid, "Say what has to change, so that the author can mend it.")
		}
	}
	if err == nil {
		err = s.Record.DecideCommission(c.ctx, i.ID, to, words, papers.Change{By: c.actor(auth.Approve)})
	}
	var f page.Form
	if mendable(&f, err) {
		return s.itemPageWith(c, fiber.StatusUnprocessableEntity, i, func(p *page.DeskItemEdit) {
			p.Ask.Decide = page.Form{Prefix: "decide-", Values: map[string]string{"words": words}, At: "words", Error: f.Error}
		})
	}
	if err != nil {
		return err
	}
	return c.see("/desk/items/" + i.ID + "?saved=" + saved + "#paper")
}

// askPanel is what the page of an item says of the paper asked for.
func (c *call) askPanel(m papers.Meeting, i papers.Item) (page.DeskAsk, error) {
	co, err := c.commissionOf(i)
	if err != nil {
		return page.DeskAsk{}, err
	}
	a := page.DeskAsk{Form: commissionForm(m, co), Decide: page.Form{Prefix: "decide-"}}
	if co == nil {
		return a, nil
	}
	a.Asked, a.State, a.Class = true, co.State.Words(), commissionClass(*co, c.s.Now())
	a.Due, a.Late, a.Said, a.Approver = page.Moment(co.DueAt, m.Location()), co.Late(c.s.Now()), co.Said, co.Approver
	a.Email, a.CanTell = co.Email, co.Email != "" && c.s.Alerts != nil
	a.MayDecide = c.person.May(auth.Approve, m.Board) && co.State != papers.CommissionAsked && (co.User == "" || co.User != c.person.ID)
	if co.LinkUntil != nil && co.LinkUntil.After(c.s.Now()) {
		a.LinkUntil = page.Moment(*co.LinkUntil, m.Location())
	}
	return a, nil
}

func commissionClass(co papers.Commission, now time.Time) string {
	switch {
	case co.State == papers.CommissionApproved:
		return "cd-state cd-state--good"
	case co.State == papers.CommissionSentBack:
		return "cd-state cd-state--warn"
	case co.Late(now):
		return "cd-badge cd-badge--late"
	case co.State == papers.CommissionIn:
		return "cd-state cd-state--primary"
	}
	return "cd-badge cd-badge--wait"
}

// commissionSays is the line under an item of the agenda: "Asked for: Ann Lode, by Tuesday 31 March, noon".
func commissionSays(co papers.Commission, zone *time.Location, now time.Time) string {
	says := co.State.Words() + ": " + co.Author
	if co.State == papers.CommissionAsked || co.State == papers.CommissionSentBack {
		says += ", by " + co.DueAt.In(zone).Format("Monday 2 January") + ", " + page.Clock(co.DueAt, zone)
	}
	if co.Late(now) {
		says += ": late"
	}
	if co.State == papers.CommissionIn && co.Approver != "" {
		says += ", for " + co.Approver + " to approve"
	}
	return says
}
