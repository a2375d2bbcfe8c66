package server

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/papers/preflight"
	"clearday/server/api"
	"clearday/server/auth"
	"clearday/server/page"
)

const (
	chatOnPage = 50  // messages that the room begins with
	chatAPage  = 100 // messages on a page of the record
)

// roomChat reads the chat that the room shows.
func (c *call) roomChat(p *page.Room, snap livestream.Snapshot, device string) error {
	rules, err := c.s.Record.Rules(c.ctx, p.Meeting.Slug)
	if err != nil {
		return err
	}
	p.Chat = page.RoomChat{Mode: p.Room.ChatMode(rules), ByRules: rules.Chat, First: c.Query("talk") == "chat", Action: "/meetings/" + p.Meeting.Slug + "/chat", Key: auth.NewSecret()}
	if err := livestream.TakesMessages(p.Meeting, p.Room, p.Chat.Mode); err != nil {
		p.Chat.Closed = err.Error()
	}
	if !p.Chat.On() && len(snap.Chat) == 0 {
		return nil
	}
	own, err := c.s.Record.OwnMessages(c.ctx, p.Meeting.Slug, device)
	if err != nil {
		return err
	}
	p.Chat.List = chatRows(snap.Chat, p.Meeting, own)
	slices.Reverse(p.Chat.List) // it is read downwards
	for _, m := range own {
		if m.State == livestream.ChatWaiting || m.State == livestream.ChatRefused {
			p.Chat.Own = append(p.Chat.Own, page.OwnMessage{ChatMessage: m, Zone: p.Zone})
		}
	}
	return nil
}

func chatRows(list []livestream.PublicMessage, m papers.Meeting, own []livestream.ChatMessage) []page.ChatRow {
	rows := make([]page.ChatRow, len(list))
	for i, msg := range list {
		rows[i] = page.ChatRow{PublicMessage: msg, Zone: m.Location(),
			Mine: slices.ContainsFunc(own, func(o livestream.ChatMessage) bool { return o.ID == msg.ID })}
	}
	return rows
}

// chatSay answers POST /meetings/:slug/chat: the plain form, for pages without scripts or sockets. What
// was typed comes back with an error.
func (s *Server) chatSay(c *call) error {
	device := c.device(true)
	say := livestream.Say{Meeting: c.Params("slug"), Device: device, Key: c.formField("key"), From: c.place(), Name: c.formField("name"), Text: c.formField("text"), Danger: c.formField("urgent") == "yes"}
	m, err := s.Hub.Say(c.ctx, say)
	if c.program() {
		if err != nil {
			return err
		}
		return c.ok(fiber.StatusCreated, fiber.Map{"message": m.ID, "message_state": m.State, "public_at": m.PublicAt})
	}
	if err == nil {
		return c.see("/meetings/" + url.PathEscape(say.Meeting) + "/live?talk=chat#chat-end")
	}
	if papers.CodeOf(err) == "" || papers.CodeOf(err) == papers.CodeNotFound {
		return err
	}
	p, perr := c.roomPage(device)
	if perr != nil {
		return perr
	}
	status, _, sentence := s.explain(c.Ctx, err)
	p.Chat.First, p.Chat.Name, p.Chat.Text, p.Chat.Danger, p.Chat.Error = true, say.Name, say.Text, say.Danger, sentence
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.render(status, p)
}

// chatRecord answers GET /meetings/:slug/chat: everything that was said, newest first.
func (s *Server) chatRecord(c *call) error {
	m, err := s.Record.Meeting(c.ctx, papers.Public, c.Params("slug"))
	if err != nil {
		return err
	}
	list, next, err := s.Record.Chat(c.ctx, m.Slug, c.Query("cursor"), chatAPage)
	if err != nil {
		return err
	}
	base, err := c.base("Chat of the "+m.Name(), "meetings")
	if err != nil {
		return err
	}
	p := page.ChatRecord{Base: base, Meeting: m, Zone: m.Location(), List: chatRows(list, m, nil), First: c.Query("cursor") == ""}
	if next != "" {
		p.Next = "/meetings/" + m.Slug + "/chat?cursor=" + url.QueryEscape(next)
	}
	return c.render(fiber.StatusOK, p)
}

// deskChat reads the chat that the live desk shows.
func (c *call) deskChat(p *page.Live) error {
	rules, err := c.s.Record.Rules(c.ctx, p.Meeting.Slug)
	if err != nil {
		return err
	}
	p.Chat = page.DeskChat{Mode: p.Room.ChatMode(rules), ByRules: rules.Chat, Switch: p.Room.Chat, Delay: p.Room.Delay, Reasons: livestream.ChatReasons}
	waiting, err := c.s.Record.ChatQueue(c.ctx, p.Meeting.Slug, 50)
	if err != nil {
		return err
	}
	for _, m := range waiting {
		p.Chat.Waiting = append(p.Chat.Waiting, c.chatWaiting(p, m))
	}
	urgent, err := c.s.Record.UrgentMessages(c.ctx, p.Meeting.Slug)
	if err != nil {
		return err
	}
	for _, m := range urgent {
		p.Chat.Urgent = append(p.Chat.Urgent, c.chatWaiting(p, m))
	}
	recent, _, err := c.s.Record.Chat(c.ctx, p.Meeting.Slug, "", 30)
	p.Chat.Recent = chatRows(recent, p.Meeting, nil)
	return err
}

func (c *call) chatWaiting(p *page.Live, m livestream.ChatMessage) page.ChatWaiting {
	return page.ChatWaiting{ChatMessage: m, Age: age(p.Base.Now.Sub(m.SentAt)), Risky: len(preflight.Personal(m.Text+" "+m.Name)) > 0}
}

// chatDecide answers POST /desk/chat/:id.
func (s *Server) chatDecide(c *call) error {
	before, err := s.Record.Message(c.ctx, c.Params("id"))
	if err != nil {
		return err
	}
	d := livestream.MessageDecision{ID: before.ID, To: livestream.ChatState(c.formField("state")), Reason: c.formField("reason")}
	after, err := s.Hub.DecideMessage(c.ctx, d, c.actor(auth.Moderate))
	return c.chatDone(before.Meeting, after, err)
}

// chatBeside answers POST /desk/chat/:id/desk: what moderators do beside deciding.
func (s *Server) chatBeside(c *call) error {
	m, err := s.Record.Message(c.ctx, c.Params("id"))
	if err != nil {
		return err
	}
	by := c.actor(auth.Moderate)
	var v any = fiber.Map{"id": m.ID}
	switch c.formField("act") {
	case "seen":
		err = s.Hub.SeeTo(c.ctx, m.ID, by)
	case "block", "slow":
		v, err = c.holdBack("chat/"+m.ID, by)
	default:
		err = papers.Errorf(papers.CodeInvalid, "Choose what to do with it.")
	}
	return c.chatDone(m.Meeting, v, err)
}

// chatDone answers a form about a message at the desk.
func (c *call) chatDone(meeting string, v any, err error) error {
	if c.program() {
		if err != nil {
			return err
		}
		return c.ok(fiber.StatusOK, v)
	}
	if err == nil {
		return c.see("/desk/meetings/" + url.PathEscape(meeting) + "/live?saved=message#chat-desk")
	}
	if papers.CodeOf(err) == "" || papers.CodeOf(err) == papers.CodeNotFound {
		return err
	}
	p, perr := c.livePage(meeting, c.formField("show"), "")
	if perr != nil {
		return perr
	}
	status, _, sentence := c.s.explain(c.Ctx, err)
	p.Error = sentence
	return c.render(status, p)
}

// chatSwitch answers POST /desk/meetings/:slug/chat: how the chat of this meeting is kept.
func (s *Server) chatSwitch(c *call) error {
	slug, to := c.Params("slug"), livestream.ChatSwitch(c.formField("chat"))
	room, err := s.Hub.SetLimits(c.ctx, slug, livestream.RoomLimits{Chat: &to}, c.actor(auth.Moderate))
	return c.liveDone(slug, room, err, "chat", "")
}

// ofMessage is the board of a message of the chat.
func ofMessage(c *call) (string, error) {
	m, err := c.s.Record.Message(c.ctx, c.Params("id"))
	return m.Board, err
}

// apiChat answers GET /api/v1/meetings/:slug/chat.
func (s *Server) apiChat(c *call) error {
	m, err := s.Record.Meeting(c.ctx, papers.Public, c.Params("slug"))
	if err != nil {
		return err
	}
	list, next, err := s.Record.Chat(c.ctx, m.Slug, c.Query("cursor"), c.limit())
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.NewList(list, next))
}

// apiChatDecide answers PATCH /api/v1/chat/:id.
func (s *Server) apiChatDecide(c *call) error {
	var in api.MessageDecision
	if err := c.decode(&in); err != nil {
		return err
	}
	m, err := s.Hub.DecideMessage(c.ctx, livestream.MessageDecision{ID: c.Params("id"), To: livestream.ChatState(in.State), Reason: in.Reason}, c.actor(auth.Moderate))
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, m)
}
