package server

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/alerts"
	"clearday/server/page"
)

// Alerts is what the pages of subscriptions need; nil while no mail server is set, when nothing of
// them is offered.
type Alerts struct {
	Store  alerts.Store
	Writer *alerts.Writer
	Mailer alerts.Mailer
	Server string // host and port of the mail server
	Wake   func() // there may be letters to send
}

// fromOnePlace bounds how many subscriptions one address asks for in a window: a whole hospital
// shares one.
const fromOnePlace = 60

// alertsShow answers GET /alerts: the form, for the board, meeting or search that the address names.
func (s *Server) alertsShow(c *call) error {
	if s.Alerts == nil {
		return papers.ErrNotFound
	}
	chosen := "everything"
	for _, scope := range []string{"board", "meeting"} {
		if slug := c.Query(scope); slug != "" {
			chosen = scope + ":" + slug
		}
	}
	if kept := tidySearch(c.Query("search")); kept != "" {
		chosen = "search:" + kept
	}
	return s.alertsPage(c, fiber.StatusOK, page.Form{Values: map[string]string{"scope": chosen, "rhythm": string(alerts.AtOnce)}}, "")
}

func (s *Server) alertsPage(c *call, status int, f page.Form, sentTo string) error {
	base, err := c.base("News by e-mail", "")
	if err != nil {
		return err
	}
	p := page.Alerts{Base: base, Form: f, SentTo: sentTo}
	boards, err := s.Record.Boards(c.ctx)
	if err != nil {
		return err
	}
	for _, b := range boards {
		p.Choices = append(p.Choices, page.Choice{Value: "board:" + b.Slug, Says: b.Name})
	}
	if slug, ok := strings.CutPrefix(f.Value("scope"), "meeting:"); ok {
		m, err := s.Record.Meeting(c.ctx, papers.Public, slug)
		if err != nil {
			return err
		}
		label := m.NameAndDate() + " only"
		p.Choices = append([]page.Choice{{Value: "meeting:" + slug, Says: label}}, p.Choices...)
	}
	if kept, ok := strings.CutPrefix(f.Value("scope"), "search:"); ok {
		if p.Search, err = s.Alerts.Writer.Search.Says(c.ctx, kept); err != nil {
			return err
		}
		p.Choices = nil
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.render(status, p)
}

// alertsSubscribe answers POST /alerts. Whether the address is known already is told to nobody but
// the address.
func (s *Server) alertsSubscribe(c *call) error {
	if s.Alerts == nil {
		return papers.ErrNotFound
	}
	f := c.typed("email", "scope", "rhythm")
	f.At = "email"
	scope, subject, _ := strings.Cut(f.Value("scope"), ":")
	sub := alerts.Subscription{Email: f.Value("email"), Scope: alerts.Scope(scope), Subject: subject, Rhythm: alerts.Rhythm(f.Value("rhythm"))}
	if sub.Scope == alerts.OfSearch {
		sub.Subject = tidySearch(subject)
	}
	err := sub.Tidy()
	if err == nil {
		err = s.known(c.ctx, sub)
	}
	if err == nil {
		err = s.limits.count(tally{"alerts:" + c.place(), fromOnePlace})
	}
	if err == nil {
		err = s.Alerts.Store.Subscribe(c.ctx, sub)
	}
	if mendable(&f, err) || papers.CodeOf(err) == papers.CodeTooMany {
		f.Error = err.Error()
		return s.alertsPage(c, statuses[papers.CodeOf(err)], f, "")
	}
	if err != nil {
		return err
	}
	s.Alerts.Wake()
	return s.alertsPage(c, fiber.StatusOK, f, sub.Email)
}

// known is ErrNotFound when the public knows no such board or meeting.
func (s *Server) known(ctx context.Context, sub alerts.Subscription) (err error) {
	switch sub.Scope {
	case alerts.OfBoard:
		_, err = s.Record.Board(ctx, sub.Subject)
	case alerts.OfMeeting:
		_, err = s.Record.Meeting(ctx, papers.Public, sub.Subject)
	}
	return err
}

// alertShow answers GET /alerts/:id/:code: what the subscription is, and the buttons. It changes
// nothing, because mail programs open links by themselves (RFC 8058).
func (s *Server) alertShow(c *call) error { return s.alertPage(c, "") }

func (s *Server) alertPage(c *call, done string) error {
	if s.Alerts == nil {
		return papers.ErrNotFound
	}
	c.Set("Referrer-Policy", "no-referrer")
	c.Set(fiber.HeaderCacheControl, "no-store")
	base, err := c.base("Your letters", "")
	if err != nil {
		return err
	}
	base.Path = "/alerts" // the address holds a secret
	p := page.Alert{Base: base, Done: done}
	if done != "stopped" {
		sub, err := s.Alerts.Store.Subscription(c.ctx, c.Params("id"), c.Params("code"))
		if papers.CodeOf(err) == papers.CodeNotFound {
			return papers.Errorf(papers.CodeNotFound, "There is no such subscription. It was stopped, or not confirmed within seven days. Ask for it again at /alerts.")
		}
		if err != nil {
			return err
		}
		p.Address, p.Email, p.Confirmed = sub.Address(), sub.Email, sub.ConfirmedAt != nil
		p.What = s.scopeWords(c.ctx, sub)
		if sub.Scope == alerts.OfSearch {
			p.Search, p.Rhythm, p.Other = "/search?"+sub.Subject, sub.Rhythm, alerts.Weekly
			if sub.Rhythm == alerts.Weekly {
				p.Other = alerts.AtOnce
			}
		}
	}
	return c.render(fiber.StatusOK, p)
}

func (s *Server) scopeWords(ctx context.Context, sub alerts.Subscription) string {
	switch sub.Scope {
	case alerts.OfBoard:
		if b, err := s.Record.Board(ctx, sub.Subject); err == nil {
			return b.Name
		}
	case alerts.OfMeeting:
		if m, err := s.Record.Meeting(ctx, papers.Public, sub.Subject); err == nil {
			return m.NameAndDate()
		}
	case alerts.Everything:
		return "every board"
	case alerts.OfSearch:
		if words, err := s.Alerts.Writer.Search.Says(ctx, sub.Subject); err == nil {
			return "the search " + words
		}
	}
	return "something that is not public any more"
}

// alertChange answers POST /alerts/:id/:code: confirm or stop, from the page or by the one click of a
// mail program (RFC 8058), which sends no cookie and wants no redirect.
func (s *Server) alertChange(c *call) error {
	if s.Alerts == nil {
		return papers.ErrNotFound
	}
	id, code := c.Params("id"), c.Params("code")
	switch act := c.formField("act"); act {
	case "confirm":
		if err := s.Alerts.Store.ConfirmSubscription(c.ctx, id, code); err != nil {
			return err
		}
		return s.alertPage(c, "confirmed")
	case string(alerts.AtOnce), string(alerts.Weekly):
		if err := s.Alerts.Store.SetRhythm(c.ctx, id, code, alerts.Rhythm(act)); err != nil {
			return err
		}
		return s.alertPage(c, "changed")
	}
	if c.formField("act") != "stop" && c.formField("List-Unsubscribe") != "One-Click" {
		return papers.Errorf(papers.CodeInvalid, "Open the link of the letter and press the button there.")
	}
	err := s.Alerts.Store.Unsubscribe(c.ctx, id, code)
	if err != nil && papers.CodeOf(err) != papers.CodeNotFound { // a second click finds nothing, and all is as wished
		return err
	}
	return s.alertPage(c, "stopped")
}

// deskMail answers GET /desk/site/mail: the mail server, how the letters stand, and a test.
func (s *Server) deskMail(c *call) error {
	return s.mailPage(c, fiber.StatusOK, page.Form{Values: map[string]string{"to": c.person.Email}}, "")
}

func (s *Server) mailPage(c *call, status int, f page.Form, flash string) error {
	base, err := c.base("Letters by e-mail", "site")
	if err != nil {
		return err
	}
	p := page.DeskMail{Base: base, Form: f, Flash: flash}
	if s.Alerts != nil {
		p.Server = s.Alerts.Server
		counts, says, err := s.Alerts.Store.LetterCounts(c.ctx)
		if err != nil {
			return err
		}
		p.Says = says
		for _, row := range []struct {
			state alerts.State
			words string
		}{{alerts.Sent, "Sent"}, {alerts.Queued, "Waiting"}, {alerts.Handing, "On the line now"}, {alerts.Refused, "Refused by the mail server"},
			{alerts.Unknown, "Broken off, not sent again"}, {alerts.Dropped, "Not needed any more"}} {
			p.Counts = append(p.Counts, page.LetterCount{Label: row.words, N: counts[row.state]})
		}
	}
	return c.render(status, p)
}

// testPatience bounds how long an administrator waits for the answer of the mail server.
const testPatience = 25 * time.Second

// deskMailTest answers POST /desk/site/mail: a letter to the address, at once, and what the mail
// server said.
func (s *Server) deskMailTest(c *call) error {
	f := c.typed("to")
	f.At = "to"
	if s.Alerts == nil {
		return papers.Errorf(papers.CodeConflict, "No mail server is set. Set CLEARDAY_SMTP_URL and start the program again.")
	}
	to := alerts.Subscription{Email: f.Value("to"), Scope: alerts.Everything}
	if err := to.Tidy(); mendable(&f, err) {
		return s.mailPage(c, fiber.StatusUnprocessableEntity, f, "")
	}
	ctx, cancel := context.WithTimeout(c.ctx, testPatience)
	defer cancel()
	if err := s.sendNow(ctx, func() (alerts.Message, error) { return s.Alerts.Writer.Test(ctx, to.Email, s.Now()) }); err != nil {
		s.Log.Warn("the test letter", slog.Any("err", err))
		f.Error = "The letter did not leave. The mail server says: " + err.Error()
		return s.mailPage(c, fiber.StatusOK, f, "")
	}
	return s.mailPage(c, fiber.StatusOK, f, "The mail server took the letter to "+to.Email+". Look whether it arrives, also among junk mail.")
}

// sendNow hands a letter over at once, so that whoever asked for it hears what the mail server says.
func (s *Server) sendNow(ctx context.Context, write func() (alerts.Message, error)) error {
	m, err := write()
	if err != nil {
		return err
	}
	line, err := s.Alerts.Mailer.Dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = line.Close() }() // the answer to the letter is what counts
	return line.Send(m)
}
