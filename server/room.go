package server

import (
	"bufio"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/websocket"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// The room is one page for everybody: what a signed-in person may see besides is on the pages of
// the meeting. So the record is asked for the public here, whoever looks.

// roomShow answers GET /meetings/:slug/live.
func (s *Server) roomShow(c *call) error {
	device := c.device(true) // before the first question, so that the page can show it as the asker's own
	p, err := c.roomPage(device)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.render(fiber.StatusOK, p)
}

// roomSocket answers GET /meetings/:slug/live/socket.
func (s *Server) roomSocket(c *call) error {
	m, err := s.Record.Meeting(c.ctx, papers.Public, c.Params("slug"))
	if err != nil {
		return err
	}
	v := livestream.Viewer{Meeting: m.Slug, Device: c.device(true), IP: c.place(),
		Moderator: c.person.May(auth.Moderate, m.Board), Since: -1}
	if v.Moderator {
		v.Still = c.stillMay(auth.Moderate, m.Board)
	}
	v.DeviceName = v.Device[:8]
	if since, err := strconv.ParseInt(c.Query("since"), 10, 64); err == nil {
		v.Since = since
	}
	if err := s.Hub.MayJoin(v.IP); err != nil {
		return err
	}
	ours := func(origin, _ string) bool { return c.sameOrigin(origin) }
	return upgrade(c.Ctx, ours, func(conn *websocket.Conn, r *bufio.Reader) {
		v.Reader = r
		s.Hub.Serve(conn, v)
	})
}

// support answers POST /meetings/:slug/support: the plain form, for pages without scripts.
func (s *Server) support(c *call) error {
	slug, number := c.Params("slug"), strings.ToUpper(c.formField("question"))
	n, err := s.Hub.Support(c.ctx, livestream.Support{Meeting: slug, Question: number, Device: c.device(true), From: c.place()})
	if err != nil {
		return err
	}
	if c.program() {
		return c.ok(fiber.StatusOK, fiber.Map{"question": number, "supports": n})
	}
	return c.see("/meetings/" + url.PathEscape(slug) + "/live#" + url.PathEscape(number))
}

// roomPage reads everything that the room shows.
func (c *call) roomPage(device string) (page.Room, error) {
	var p page.Room
	var err error
	r := c.s.Record
	if p.Meeting, err = r.Meeting(c.ctx, papers.Public, c.Params("slug")); err != nil {
		return p, err
	}
	slug := p.Meeting.Slug
	p.Zone = p.Meeting.Location()
	if p.Base, err = c.base("Live: "+p.Meeting.Name(), "meetings"); err != nil {
		return p, err
	}
	snap, err := r.Snapshot(c.ctx, slug)
	if err != nil {
		return p, err
	}
	p.Room = snap.Room.ForPublic()
	items, err := r.Items(c.ctx, papers.Public, slug)
	if err != nil {
		return p, err
	}
	rules, err := r.Rules(c.ctx, slug)
	if err != nil {
		return p, err
	}
	if err := c.roomItems(&p, items); err != nil {
		return p, err
	}
	if err := c.roomQuestions(&p, rules, snap.Counts, device); err != nil {
		return p, err
	}
	if err := c.roomChat(&p, snap, device); err != nil {
		return p, err
	}
	if err := c.roomWatch(&p); err != nil {
		return p, err
	}
	p.Form = c.askForm(p.Meeting, p.Room, rules, items)
	p.Form.Item = askAbout(p.Room, items)
	return p, nil
}

// roomItems places the items of the agenda and reads the papers of the one being heard.
func (c *call) roomItems(p *page.Room, items []papers.Item) error {
	now := slices.IndexFunc(items, func(i papers.Item) bool { return i.ID == p.Room.Item })
	over := p.Room.State == livestream.RoomClosed && p.Room.ClosedAt != nil
	p.Of = len(items)
	for i, item := range items {
		it := page.RoomItem{Item: item, Place: i + 1, Stand: "next", Words: "to come"}
		switch {
		case item.Private:
			it.Stand, it.Words = "private", "private"
		case i == now && !over:
			it.Stand, it.Words = "now", "now"
		case i < now || i == now:
			it.Stand, it.Words = "done", "heard"
		case over:
			it.Words = "not heard here"
		}
		p.Items = append(p.Items, it)
	}
	if now < 0 || over {
		return nil
	}
	p.Item = &p.Items[now]
	if now+1 < len(p.Items) {
		p.Following = &p.Items[now+1]
	}
	list, err := c.s.Record.Papers(c.ctx, papers.Public, papers.PaperFilter{Meeting: p.Meeting.Slug, Item: p.Room.Item})
	for _, paper := range list {
		if v, ok := paper.Current(); ok && v.State == papers.VersionPublished {
			p.Papers = append(p.Papers, page.RoomPaper{ID: paper.ID, Title: paper.Title, Pages: v.Pages, Size: v.Size})
		}
	}
	return err
}

// roomOrder is what the room lists, in its order, and how much of each.
var roomOrder = []struct {
	state livestream.State
	most  int
}{
	{livestream.Put, 20}, {livestream.Published, 200},
	{livestream.AnsweredOrally, 30}, {livestream.AnsweredWriting, 30}, {livestream.NotReached, 30},
}

// roomQuestions reads the published questions, those with most support first among the waiting
// ones, and the device's own side.
func (c *call) roomQuestions(p *page.Room, rules papers.QuestionRules, counts livestream.Counts, device string) error {
	supported, mine, err := c.s.Record.Device(c.ctx, p.Meeting.Slug, device)
	if err != nil {
		return err
	}
	for _, m := range mine {
		own := page.RoomMine{Number: m.Number, Words: m.State.Words(), Link: "/questions/" + m.Number}
		if m.Code != "" {
			own.Link = minePath(m.Number, m.Code)
		}
		p.Mine = append(p.Mine, own)
	}
	numbers := itemNumbers(p.Items)
	for _, o := range roomOrder {
		list, _, err := c.s.Record.Questions(c.ctx, livestream.Filter{Meeting: p.Meeting.Slug, State: o.state, Limit: o.most})
		if err != nil {
			return err
		}
		slices.SortStableFunc(list, func(a, b livestream.Question) int { return b.Supports - a.Supports })
		for _, q := range list {
			p.Questions = append(p.Questions, page.RoomQuestion{Question: q, Item: numbers[q.Item],
				Supported:  slices.Contains(supported, q.Number),
				Mine:       slices.ContainsFunc(mine, func(m livestream.Contribution) bool { return m.Number == q.Number }),
				CanSupport: rules.Support && q.State == livestream.Published, Counted: rules.Support || q.Supports > 0})
		}
		p.More += max(0, counts.ByState[o.state]-len(list))
	}
	p.Asked = counts.Received
	return nil
}

func itemNumbers(items []page.RoomItem) map[string]string {
	numbers := map[string]string{}
	for _, i := range items {
		numbers[i.ID] = "Item " + i.Number
	}
	return numbers
}

// askAbout is the item that a question is about until the asker chooses: the one being heard.
func askAbout(r livestream.Room, items []papers.Item) string {
	for _, i := range items {
		if i.ID == r.Item && !i.Private {
			return i.ID
		}
	}
	return ""
}
