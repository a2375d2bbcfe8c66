package server

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/page"
)

// private keeps the private page out of caches, indexes and the addresses that other sites are told.
func (c *call) private() {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("Referrer-Policy", "no-referrer")
	c.Set("X-Robots-Tag", "noindex")
}

// questionMine answers GET /questions/:number/mine/:code.
func (s *Server) questionMine(c *call) error {
	c.private()
	own, err := c.mine(strings.ToUpper(c.Params("number")), c.Params("code"))
	if err != nil {
		return err
	}
	p, err := c.minePage(own)
	if err != nil {
		return err
	}
	p.Flash = respondFlash[c.Query("saved")]
	return c.render(fiber.StatusOK, p)
}

// mine reads the asker's own side. The right code always opens, whatever others at the same address
// have tried; wrong ones are counted.
func (c *call) mine(number, code string) (livestream.Contribution, error) {
	own, err := c.s.Record.Mine(c.ctx, number, code)
	if papers.CodeOf(err) == papers.CodeNotFound {
		return own, errors.Join(c.s.limits.count(tally{"mine " + c.place(), maxAttempts}), err)
	}
	return own, err
}

var respondFlash = map[string]string{
	string(livestream.Agree):    "The other words are taken. The moderator reads them next.",
	string(livestream.Decline):  "Your own words stay. The moderator decides whether they can be published as they are.",
	string(livestream.Reply):    "Your message is with the moderator.",
	string(livestream.Withdraw): "You took it back. Your words have left every page.",
	string(livestream.Forget):   "Your e-mail address is erased. We write no more letters about it.",
	string(livestream.Unname):   "Your name is taken off every page.",
}

// questionRespond answers POST /questions/:number/mine/:code: what an asker does on the private page. The
// code in the address is what no other site can know, so that no other site can send the form.
func (s *Server) questionRespond(c *call) error {
	c.private()
	number := strings.ToUpper(c.Params("number"))
	own, err := c.mine(number, c.Params("code"))
	if err != nil {
		return err
	}
	if c.formField("do") == "further" {
		return c.further(own, false)
	}
	if _, err := c.respond(own); err != nil {
		return c.notDone(own, false, err)
	}
	return c.see(minePath(own.Number, own.Code) + "?saved=" + c.formField("do"))
}

func (c *call) respond(own livestream.Contribution) (livestream.Contribution, error) {
	revision, err := strconv.Atoi(c.formField("revision"))
	if err != nil {
		revision = 0
	}
	return c.s.Hub.Respond(c.ctx, livestream.Response{Number: own.Number, Code: own.Code, Do: livestream.ResponseKind(c.formField("do")),
		Revision: revision, Text: c.formField("text")})
}

// further takes the question that follows an answer, and shows its own private page.
func (c *call) further(own livestream.Contribution, byHand bool) error {
	err := error(papers.Errorf(papers.CodeConflict, "The rules of this board allow no further question."))
	if ok, rerr := c.mayFollow(own); rerr != nil {
		return rerr
	} else if !ok {
		return c.notDone(own, byHand, err)
	}
	q, err := c.s.Hub.Further(c.ctx, own.Number, own.Code, c.formField("text"), c.place())
	if err != nil {
		return c.notDone(own, byHand, err)
	}
	return c.asked(q)
}

func (c *call) mayFollow(own livestream.Contribution) (bool, error) {
	rules, err := c.s.Record.Rules(c.ctx, own.Meeting)
	return rules.Supplementary && own.MayFollow(), err
}

// notDone shows the page again with what was typed.
func (c *call) notDone(own livestream.Contribution, byHand bool, err error) error {
	if papers.CodeOf(err) == "" || c.program() {
		return err
	}
	now, rerr := c.s.Record.Mine(c.ctx, own.Number, own.Code)
	if rerr != nil {
		return rerr
	}
	p, perr := c.minePage(now)
	if perr != nil {
		return perr
	}
	if byHand {
		p.ByHand, p.Action = true, "/questions/find"
	}
	status, _, sentence := c.s.explain(c.Ctx, err)
	p.Error, p.Open, p.Typed = sentence, c.formField("do"), c.formField("text")
	return c.render(status, p)
}

// questionFind answers GET /questions/find.
func (s *Server) questionFind(c *call) error {
	base, err := c.base("See your own question", "questions")
	if err != nil {
		return err
	}
	return c.render(fiber.StatusOK, page.Find{Base: base})
}

// questionFound answers POST /questions/find: number and code as they were read out on the telephone.
// They come in the body and the page comes at once, so that the code is in no address.
func (s *Server) questionFound(c *call) error {
	c.private()
	number, ok := livestream.ReadNumber(c.formField("number"))
	own, err := livestream.Contribution{}, error(papers.ErrNotFound)
	if ok {
		own, err = c.mine(number, c.formField("code"))
	}
	if papers.CodeOf(err) == papers.CodeNotFound || papers.CodeOf(err) == papers.CodeTooMany {
		return c.notFound(err)
	}
	if err != nil {
		return err
	}
	flash := ""
	if c.formField("do") == "further" {
		return c.further(own, true)
	}
	if do := c.formField("do"); do != "" {
		if _, err := c.respond(own); err != nil {
			return c.notDone(own, true, err)
		}
		flash = respondFlash[do]
		if own, err = s.Record.Mine(c.ctx, own.Number, own.Code); err != nil {
			return err
		}
	}
	p, err := c.minePage(own)
	if err != nil {
		return err
	}
	p.ByHand, p.Action = true, "/questions/find"
	p.Flash = flash
	return c.render(fiber.StatusOK, p)
}

// notFound shows the form again. Whether the number or the code is wrong is said to nobody.
func (c *call) notFound(err error) error {
	base, berr := c.base("See your own question", "questions")
	if berr != nil {
		return berr
	}
	status, _, sentence := c.s.explain(c.Ctx, err)
	if status == fiber.StatusNotFound {
		status, sentence = fiber.StatusUnprocessableEntity, "Number and code do not fit together. Check both: a number begins with Q or S, and a code has ten letters and digits."
	}
	return c.render(status, page.Find{Base: base, Number: c.formField("number"), Error: sentence})
}

// minePage reads what stands around the asker's own words.
func (c *call) minePage(own livestream.Contribution) (p page.Mine, err error) {
	r := c.s.Record
	p.Own, p.Action = own, minePath(own.Number, own.Code)
	p.Address = c.origin() + p.Action
	if p.Meeting, err = r.Meeting(c.ctx, papers.Public, own.Meeting); err != nil {
		return p, err
	}
	p.Zone = p.Meeting.Location()
	items, err := r.Items(c.ctx, papers.Public, own.Meeting)
	if err != nil {
		return p, err
	}
	room, err := r.Room(c.ctx, own.Meeting)
	if err != nil {
		return p, err
	}
	messages, err := r.MyMessages(c.ctx, own.Number, own.Code)
	if err != nil {
		return p, err
	}
	if p.Base, err = c.base("Your "+strings.ToLower(page.KindName(own.Kind))+" "+own.Number, "questions"); err != nil {
		return p, err
	}
	p.Path, p.Saved = "/", "" // the private address is not repeated in links
	names := itemNames(items)
	p.Item, p.RoomOpen = names[own.Item], room.State == livestream.RoomOpen || room.State == livestream.RoomPaused
	p.Said = page.SaidOf(messages)
	if p.Further, err = c.mayFollow(own); err != nil {
		return p, err
	}
	p.Headline, p.Next = page.StandingMine(own)
	p.Steps = page.Way(own.Public(), &own, names[own.PutItem], page.Today(c.s.Now(), p.Zone))
	return p, c.joined(&p)
}

// joined reads what the question was joined to: its answer is the answer (rules.md Q-8).
func (c *call) joined(p *page.Mine) error {
	if p.Own.State != livestream.Merged {
		return nil
	}
	into, err := c.s.Record.Question(c.ctx, p.Own.MergedInto)
	if err != nil {
		return err
	}
	list, err := c.ledgerEntries([]livestream.Question{into})
	if err != nil {
		return err
	}
	p.Into = &list[0]
	return nil
}
