package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// howToAsk says until when and how, where something can be asked.
func howToAsk(m papers.Meeting, r livestream.Room) string {
	if r.Asking != livestream.AskingAdvance {
		return "Ask while the meeting is live."
	}
	if m.AskUntil != nil {
		return "Ask in writing until " + page.Moment(*m.AskUntil, m.Location()) + "."
	}
	return "Ask in writing until the meeting begins on " + page.Moment(m.StartsAt, m.Location()) + "."
}

// askForm makes an empty form. Private items are not offered: nothing about them can be answered in public.
func (c *call) askForm(m papers.Meeting, r livestream.Room, rules papers.QuestionRules, items []papers.Item) page.AskForm {
	f := page.AskForm{Action: "/meetings/" + m.Slug + "/questions", CSRF: c.session.CSRF, Key: auth.NewSecret(), Rules: rules, Says: page.AskRuleWords(rules),
		Live: r.Asking == livestream.AskingLive}
	for _, i := range items {
		if !i.Private {
			f.Items = append(f.Items, i)
		}
	}
	f.Letters = c.s.Alerts != nil // an address is asked for only where letters go out
	if err := livestream.TakesQuestions(m, r, rules, c.s.Now()); err != nil {
		f.Closed = err.Error()
	}
	return f
}

// askOf reads what is asked from the fields of a form.
func (c *call) askOf() livestream.Ask {
	is := func(field string) bool { return c.formField(field) == "yes" }
	a := livestream.Ask{Meeting: c.Params("slug"), Key: c.formField("key"), Kind: livestream.Kind(c.formField("kind")), Item: c.formField("item"),
		Name: c.formField("name"), Area: c.formField("area"), For: c.formField("organisation"), Text: c.formField("text"),
		NoName: is("no_name"), Minor: is("under_18"), Health: is("health"), Confirmed: is("confirmed"), Urgent: is("urgent")}
	if c.s.Alerts != nil {
		a.Email = c.formField("email")
	}
	if a.Parent = strings.TrimSpace(c.formField("parent")); a.Parent != "" {
		if number, ok := livestream.ReadNumber(a.Parent); ok {
			a.Parent = number
		}
	}
	return a
}

// keepTyped puts what was typed back into the form, with what to mend.
func keepTyped(f *page.AskForm, a livestream.Ask, sentence string) {
	f.Kind, f.Item, f.Name, f.Area, f.For, f.Text, f.Email = a.Kind, a.Item, a.Name, a.Area, a.For, a.Text, a.Email
	f.NoName, f.Minor, f.Health, f.Confirmed, f.Urgent = a.NoName, a.Minor, a.Health, a.Confirmed, a.Urgent
	if a.Key != "" && len(a.Key) <= livestream.MaxKey {
		f.Key = a.Key
	}
	f.Error, f.Field = sentence, askField(a, sentence)
}

// ask answers POST /meetings/:slug/questions: the plain form, for pages without scripts and for
// questions in advance. What was typed comes back with an error.
func (s *Server) ask(c *call) error {
	if strings.Contains(c.Get(fiber.HeaderContentType), "json") {
		return papers.Errorf(papers.CodeInvalid, "Questions come in by the fields of a form, not as JSON: key, text, name, area, item, kind, parent and the rest that the form of the page has.")
	}
	a := c.askOf()
	a.Device, a.From, a.Channel = c.device(true), c.place(), livestream.ChannelForm
	q, err := s.Hub.Ask(c.ctx, a)
	if err == nil {
		return c.asked(q)
	}
	if c.program() || papers.CodeOf(err) == papers.CodeNotFound {
		return err
	}
	status, _, sentence := s.explain(c.Ctx, err)
	p, perr := c.ledger()
	if perr != nil {
		return perr
	}
	keepTyped(&p.Form, a, sentence)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.render(status, p)
}

// askField is the field that has to be mended: what the sentence is about, the first that is too long, else
// the text itself.
func askField(a livestream.Ask, sentence string) string {
	for _, f := range [][2]string{{"Choose the item", "item"}, {"Give your name", "name"}, {"Confirm that", "confirmed"}} {
		if strings.HasPrefix(sentence, f[0]) {
			return f[1]
		}
	}
	for _, f := range []struct{ name, value string }{{"name", a.Name}, {"area", a.Area}, {"organisation", a.For}} {
		if _, err := papers.Line(f.name, f.value, livestream.MaxName, false); err != nil {
			return f.name
		}
	}
	if _, err := papers.Email(a.Email); a.Email != "" && err != nil {
		return "email"
	}
	return "text"
}
