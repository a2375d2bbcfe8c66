package server

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskLists are the lists of the moderators' queue, in the order of the page.
var deskLists = []struct{ name, title string }{
	{"urgent", "Urgent"}, {"waiting", "Waiting"}, {"held", "Held"}, {"out", "Going out"}, {"reported", "Reported"}, {"all", "All"},
}

func deskShow(show string) string {
	for _, l := range deskLists {
		if l.name == show {
			return show
		}
	}
	return "waiting"
}

// inList tells whether a contribution stands in a list of the desk. What is urgent stands in every list
// that something waits in, and so does what somebody else asks a second opinion on.
func inList(show string, q livestream.Queued, me string) bool {
	switch show {
	case "urgent":
		return q.MostUrgent()
	case "waiting":
		return q.Waits() || q.MostUrgent() || q.Opinion != nil && q.Opinion.ID != me
	case "held":
		return q.State == livestream.Held
	case "out":
		return q.PublicAt != nil
	case "reported":
		return q.Reported > 0
	}
	return true
}

// Bounds of what the desk lists, so that a flood does not make the page useless.
const (
	mostQueued  = 300
	mostTargets = 100
	mostOrder   = 12
)

// fillQueue sorts the meeting's contributions into what the desk shows.
func (c *call) fillQueue(p *page.Live, list []livestream.Queued, items []papers.Item, number string) {
	about := map[string]string{}
	for _, i := range items {
		about[i.ID] = "item " + i.Number
	}
	p.Oldest = "none"
	counts := map[string]int{"urgent": len(p.Chat.Urgent)}
	var order []page.Queued
	var oldest time.Time
	for _, q := range list {
		e := page.Queued{Queued: q, Zone: p.Zone, Age: age(p.Base.Now.Sub(q.ReceivedAt)), About: about[q.Item], Show: p.Show}
		for _, l := range deskLists {
			if inList(l.name, q, p.Me) {
				counts[l.name]++
			}
		}
		if q.Waits() {
			if p.Waiting++; oldest.IsZero() || q.ReceivedAt.Before(oldest) {
				oldest, p.Oldest = q.ReceivedAt, e.Age
			}
		}
		if q.State == livestream.Published || q.State == livestream.Put {
			order = append(order, e)
		}
		if inList(p.Show, q, p.Me) && len(p.Queue) < mostQueued {
			p.Queue = append(p.Queue, e)
		}
		if q.Number == number {
			p.One = e
		}
	}
	if p.One.Number == "" && len(p.Queue) > 0 {
		p.One = p.Queue[0]
	}
	for i := range p.Queue {
		p.Queue[i].InHand = p.Queue[i].Number == p.One.Number
	}
	for _, l := range deskLists {
		p.Lists = append(p.Lists, page.DeskList{Name: l.name, Title: l.title, N: counts[l.name]})
	}
	for _, q := range list {
		if len(p.Targets) < mostTargets && q.Number != p.One.Number && q.State.ShowsWords() {
			p.Targets = append(p.Targets, page.Queued{Queued: q})
		}
	}
	chairOrder(order)
	p.Order = order[:min(len(order), mostOrder)]
	p.More = len(order) - len(p.Order)
}

// chairOrder puts what is being answered first, then most support first.
func chairOrder(list []page.Queued) {
	slices.SortStableFunc(list, func(a, b page.Queued) int {
		if (a.State == livestream.Put) != (b.State == livestream.Put) {
			if a.State == livestream.Put {
				return -1
			}
			return 1
		}
		return b.Supports - a.Supports
	})
}

// inHand reads what only the question in hand shows: who was at it last, and those that say nearly the same.
func (c *call) inHand(p *page.Live) error {
	q := &p.One
	if q.Number == "" {
		return nil
	}
	for _, i := range p.Items {
		if i.ID == q.Item {
			q.About = i.Number + " " + i.Title
		}
	}
	q.Mine = q.Claim != nil && q.Claim.ID == p.Me
	q.MyAsking = q.Opinion != nil && q.Opinion.ID == p.Me
	var err error
	if q.Last, err = c.s.Record.LastHand(c.ctx, q.Number); err != nil {
		return err
	}
	for _, l := range q.Like {
		other, err := c.s.Record.Contribution(c.ctx, l.Number)
		if papers.CodeOf(err) == papers.CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		like := page.LikeOne{Question: other.Public(), Joins: other.Meeting == p.Meeting.Slug && q.May(livestream.Merged)}
		like.State, like.Text = other.State, other.Text // moderators of the board read what is not public too
		q.Likes = append(q.Likes, like)
	}
	return nil
}

// otherReports are those about what is no question: messages of the chat.
func (c *call) otherReports(slug string) ([]livestream.Report, error) {
	list, err := c.s.Record.ReportsOf(c.ctx, slug, false)
	return slices.DeleteFunc(list, func(r livestream.Report) bool { return strings.HasPrefix(r.Subject, "questions/") }), err
}

func tidyWords(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// liveBeside answers POST /desk/questions/:number/desk: what moderators do beside deciding.
func (s *Server) liveBeside(c *call) error {
	number := strings.ToUpper(c.Params("number"))
	before, err := s.Record.Contribution(c.ctx, number)
	if err != nil {
		return err
	}
	v, err := c.beside(number)
	return c.liveDone(before.Meeting, v, err, "beside", number)
}

func (c *call) beside(number string) (any, error) {
	hub, by := c.s.Hub, c.actor(auth.Moderate)
	done := fiber.Map{"id": number}
	switch c.formField("act") {
	case "claim":
		return hub.Claim(c.ctx, number, false, by)
	case "over":
		return hub.Claim(c.ctx, number, true, by)
	case "release":
		return done, hub.Release(c.ctx, number, by)
	case "stop":
		return done, hub.StopOutgoing(c.ctx, number, by)
	case "end_opinion":
		return done, hub.EndOpinion(c.ctx, number, by)
	case "urgent":
		return done, hub.SetUrgent(c.ctx, number, true, by)
	case "not_urgent":
		return done, hub.SetUrgent(c.ctx, number, false, by)
	case "block", "slow":
		return c.holdBack(number, by)
	}
	return nil, papers.Errorf(papers.CodeInvalid, "Choose what to do with it.")
}

// holdBack blocks the device that sent something, or slows the address that it came from.
func (c *call) holdBack(about string, by papers.Actor) (any, error) {
	until := c.until()
	if c.formField("act") == "block" {
		return c.s.Hub.Block(c.ctx, about, until, c.formField("reason"), by)
	}
	if most := c.s.Now().Add(livestream.MaxSlowing); until.After(most) {
		until = most
	}
	return c.s.Hub.SlowPlace(c.ctx, about, slowEvery, until, c.formField("reason"), by)
}

// slowEvery is how many seconds lie between two contributions from an address that is slowed.
const slowEvery = 20

// until is the end that a form chose, in minutes from now; the zero time when it chose none.
func (c *call) until() time.Time {
	minutes, err := strconv.Atoi(c.formField("minutes"))
	if err != nil || minutes < 1 {
		return time.Time{}
	}
	return c.s.Now().Add(time.Duration(min(minutes, 1e6)) * time.Minute)
}

// liveLimits answers POST /desk/meetings/:slug/limits.
func (s *Server) liveLimits(c *call) error {
	slug := c.Params("slug")
	var l livestream.RoomLimits
	for field, to := range map[string]**int{"slow": &l.Slow, "delay": &l.Delay} {
		if v := c.formField(field); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil {
				return papers.Errorf(papers.CodeInvalid, "Give seconds as a number.")
			}
			*to = &n
		}
	}
	if v := c.formField("paused"); v != "" {
		paused := v == "yes"
		l = livestream.RoomLimits{Paused: &paused} // the button of the pause sets nothing else
	}
	room, err := s.Hub.SetLimits(c.ctx, slug, l, c.actor(auth.Moderate))
	return c.liveDone(slug, room, err, "limits", "")
}

// liveSettle answers POST /desk/meetings/:slug/reports.
func (s *Server) liveSettle(c *call) error {
	slug, subject := c.Params("slug"), c.formField("subject")
	err := s.Hub.Settle(c.ctx, slug, subject, c.formField("outcome"), c.actor(auth.Moderate))
	number, _ := strings.CutPrefix(subject, "questions/")
	return c.liveDone(slug, fiber.Map{"subject": subject}, err, "settled", number)
}

// settleTakenBack closes the reports about what has just left every page.
func (c *call) settleTakenBack(q livestream.Contribution) error {
	err := c.s.Hub.Settle(c.ctx, q.Meeting, "questions/"+q.Number, "Taken back", c.actor(auth.Moderate))
	if papers.CodeOf(err) == papers.CodeConflict { // nobody had reported it
		return nil
	}
	return err
}

// besideFlash says how the question in hand stands, after something was done beside deciding.
func (c *call) besideFlash(p page.Live) string {
	q := p.One
	switch {
	case q.Number != strings.ToUpper(c.Query("about")):
		return "Done."
	case q.Mine:
		return "You have " + q.Number + " in hand. The others see that."
	case q.MostUrgent():
		return q.Number + " is in the urgent queue."
	}
	return q.Number + " is " + q.State.Words() + "."
}
