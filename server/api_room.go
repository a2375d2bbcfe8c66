package server

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
)

// apiLivePoll answers GET /api/v1/meetings/:slug/live: the frames of the socket, for pages that have none.
func (s *Server) apiLivePoll(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	since := int64(-1)
	if q := c.Query("since"); q != "" {
		if since, err = strconv.ParseInt(q, 10, 64); err != nil || since < -1 {
			return papers.Errorf(papers.CodeInvalid, "since is the number of the last event you have, or -1 for none.")
		}
	}
	moderates := c.person.May(auth.Moderate, m.Board)
	v := livestream.Viewer{Meeting: m.Slug, Device: c.device(false), IP: c.place(), Moderator: moderates, Since: since}
	if moderates {
		c.board = m.Board
		v.Actor = c.actor(auth.Moderate)
	}
	frames, err := s.Hub.Poll(c.ctx, m.Slug, since, v)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store") // it holds the asker's own side
	return c.ok(fiber.StatusOK, api.Frames{Frames: frames})
}

// apiLive answers POST /api/v1/meetings/:slug/live.
func (s *Server) apiLive(c *call) error {
	var in api.RoomChange
	if err := c.decode(&in); err != nil {
		return err
	}
	if in == (api.RoomChange{}) {
		return papers.Errorf(papers.CodeInvalid, "Say what the room becomes: room is open, paused, private or closed.")
	}
	room, err := c.turnRoom(c.Params("slug"), in.Turn())
	if err == nil && in.Chat != "" {
		chat := livestream.ChatSwitch(in.Chat)
		if in.Chat == "rules" {
			chat = livestream.ChatByRules
		}
		room, err = s.Hub.SetLimits(c.ctx, c.Params("slug"), livestream.RoomLimits{Chat: &chat}, c.actor(auth.RunRoom))
	}
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, room)
}

// apiLiveItem answers POST /api/v1/meetings/:slug/live/item.
func (s *Server) apiLiveItem(c *call) error {
	var in api.ItemStart
	if err := c.decode(&in); err != nil {
		return err
	}
	if in.Item == "" {
		return papers.Errorf(papers.CodeInvalid, "Give the id of the item that is being heard.")
	}
	room, err := s.Hub.StartItem(c.ctx, c.Params("slug"), in.Item, c.actor(auth.RunRoom))
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, room)
}

// apiKeptPublic answers POST /api/v1/meetings/:slug/live/kept-public.
func (s *Server) apiKeptPublic(c *call) error {
	var in api.KeptPublic
	if err := c.decode(&in); err != nil {
		return err
	}
	session, err := s.Hub.KeepPublic(c.ctx, c.Params("slug"), livestream.Exclusion{Item: in.Item}, c.actor(auth.RunRoom))
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, session)
}

// apiSessions answers GET /api/v1/meetings/:slug/sessions.
func (s *Server) apiSessions(c *call) error {
	list, err := s.Record.Sessions(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.Sessions{Items: append([]livestream.Session{}, list...)})
}

// apiMeetingQuestions answers GET /api/v1/meetings/:slug/questions.
func (s *Server) apiMeetingQuestions(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	return c.questionsOf(m.Slug, "")
}

// apiQuestions answers GET /api/v1/questions.
func (s *Server) apiQuestions(c *call) error { return c.questionsOf("", c.Query("board")) }

// questionsOf answers public faces, newest first, of a meeting, a board, or all.
func (c *call) questionsOf(meeting, board string) error {
	list, next, err := c.s.Record.Questions(c.ctx, livestream.Filter{
		Meeting: meeting, Board: board, State: livestream.State(c.Query("state")), Cursor: c.Query("cursor"), Limit: c.limit(),
	})
	if err != nil {
		return err
	}
	counts, err := c.s.Record.Counts(c.ctx, meeting, board)
	if err != nil {
		return err
	}
	if counts.ByState == nil {
		counts.ByState = map[livestream.State]int{}
	}
	return c.ok(fiber.StatusOK, api.Questions{List: api.NewList(list, next), Counts: counts})
}

// apiDecide answers PATCH /api/v1/questions/:number.
func (s *Server) apiDecide(c *call) error {
	var in api.Decision
	if err := c.decode(&in); err != nil {
		return err
	}
	number := strings.ToUpper(c.Params("number"))
	before, err := s.Record.Contribution(c.ctx, number)
	if err != nil {
		return err
	}
	room, err := s.Record.Room(c.ctx, before.Meeting)
	if err != nil {
		return fmt.Errorf("reading the room of a question: %w", err)
	}
	after, err := c.decide(before, in.Decision(number, room.State == livestream.RoomOpen), auth.Moderate)
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, after)
}
