package server

import (
	"bytes"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
)

// apiDescription answers GET /api/v1/openapi.json.
func (s *Server) apiDescription(c *call) error {
	doc, err := api.Document()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderContentType, "application/json; charset=utf-8")
	return c.Send(doc)
}

// apiBoardAdd answers POST /api/v1/boards.
func (s *Server) apiBoardAdd(c *call) error {
	var in api.NewBoard
	if err := c.decode(&in); err != nil {
		return err
	}
	b, err := c.addBoard(in.Board())
	if err != nil {
		return err
	}
	c.Location("/boards/" + b.Slug)
	return c.ok(fiber.StatusCreated, api.OfBoard(b))
}

// apiBoards answers GET /api/v1/boards.
func (s *Server) apiBoards(c *call) error {
	boards, err := s.Record.Boards(c.ctx)
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfBoards(boards))
}

// apiBoard answers GET /api/v1/boards/:slug.
func (s *Server) apiBoard(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfBoard(b))
}

// apiMeetingAdd answers POST /api/v1/meetings.
func (s *Server) apiMeetingAdd(c *call) error {
	var in api.NewMeeting
	if err := c.decode(&in); err != nil {
		return err
	}
	site, err := s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	m := in.Meeting(site.Location().String())
	if err := m.Tidy(); err != nil {
		return err
	}
	b, err := s.Record.Board(c.ctx, m.Board)
	if papers.CodeOf(err) == papers.CodeNotFound {
		return papers.Errorf(papers.CodeInvalid, "There is no board called “%s”. GET /api/v1/boards lists them by slug.", in.Board)
	}
	if err != nil {
		return err
	}
	if m.AskUntil == nil {
		m.AskUntil = c.s.questionsClose(m, b)
	}
	if err := m.Tidy(); err != nil {
		return err
	}
	m, err = s.Record.AddMeeting(c.ctx, m, papers.Change{By: c.actor(auth.EditAgenda)})
	if err != nil {
		return err
	}
	c.Location("/api/v1/meetings/" + m.Slug)
	return c.ok(fiber.StatusCreated, api.OfMeeting(m))
}

// apiMeetings answers GET /api/v1/meetings.
func (s *Server) apiMeetings(c *call) error {
	f := papers.MeetingFilter{Board: c.Query("board"), Newest: c.Query("sort") == "newest", Cursor: c.Query("cursor"), Limit: c.limit()}
	var err error
	if f.From, err = c.moment("from"); err != nil {
		return err
	}
	if f.To, err = c.moment("to"); err != nil {
		return err
	}
	meetings, next, err := s.Record.Meetings(c.ctx, c.audience(), f)
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfMeetings(meetings, next))
}

// apiMeeting answers GET /api/v1/meetings/:slug.
func (s *Server) apiMeeting(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	items, err := s.Record.Items(c.ctx, c.audience(), m.Slug)
	if err != nil {
		return err
	}
	all, err := s.Record.Papers(c.ctx, c.audience(), papers.PaperFilter{Meeting: m.Slug})
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfPack(m, items, all))
}

// apiAnnounce answers POST /api/v1/meetings/:slug/announce.
func (s *Server) apiAnnounce(c *call) error {
	var in api.Announcement
	if err := c.decodeIfAny(&in); err != nil {
		return err
	}
	slug := c.Params("slug")
	if _, err := s.Publisher.Announce(c.ctx, slug, in.Reason(s.Now()), c.actor(auth.Publish)); err != nil {
		return err
	}
	m, err := s.Record.Meeting(c.ctx, c.audience(), slug)
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfMeeting(m))
}

// apiItemAdd answers POST /api/v1/meetings/:slug/items.
func (s *Server) apiItemAdd(c *call) error {
	var in api.NewItem
	if err := c.decode(&in); err != nil {
		return err
	}
	i := in.Item(c.Params("slug"))
	if err := c.wordExemption(&i); err != nil {
		return err
	}
	if err := i.Tidy(); err != nil {
		return err
	}
	i, err := s.Record.AddItem(c.ctx, i, papers.Change{By: c.actor(auth.EditAgenda)})
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusCreated, api.OfItem(i))
}

// apiItemChange answers PATCH /api/v1/items/:id. It works on the item as it is, not as the caller
// may see it, so that a safe title never takes the place of the private one.
func (s *Server) apiItemChange(c *call) error {
	var in api.ItemChange
	if err := c.decode(&in); err != nil {
		return err
	}
	i, err := s.Record.Item(c.ctx, papers.Insider, c.Params("id"))
	if err != nil {
		return err
	}
	i = in.Apply(i)
	if err := c.wordExemption(&i); err != nil {
		return err
	}
	if err := i.Tidy(); err != nil {
		return err
	}
	if _, err = s.Record.ChangeItem(c.ctx, i, papers.Change{By: c.actor(auth.EditAgenda), Acts: itemActs(c.board, i)}); err != nil {
		return err
	}
	if i, err = s.Record.Item(c.ctx, c.audience(), i.ID); err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfItem(i))
}

// apiMeetingPublish answers POST /api/v1/meetings/:slug/publish.
func (s *Server) apiMeetingPublish(c *call) error {
	var in api.WhenMeeting
	if err := c.decodeIfAny(&in); err != nil {
		return err
	}
	pub, err := s.Publisher.PublishMeeting(c.ctx, c.Params("slug"), in.Wish(s.Now()), c.actor(auth.Publish))
	if papers.CodeOf(err) == papers.CodeConflict && pub.Empty() && len(pub.LeftOut) > 0 {
		return c.nothingToPublish(pub)
	}
	if err != nil {
		return err
	}
	return c.published(pub)
}

// published answers a publication with the papers that it holds. What came late without a reason is
// done all the same, and said.
func (c *call) published(pub papers.Publication) error {
	found, err := c.s.Record.Find(c.ctx, papers.Insider, pub.Versions)
	if err != nil {
		return err
	}
	out := api.OfPublication(pub, found)
	if pub.Late == nil {
		if out.Warning, err = c.lateWarning(pub); err != nil {
			return err
		}
	}
	return c.ok(fiber.StatusOK, out)
}

func (c *call) lateWarning(pub papers.Publication) (string, error) {
	m, err := c.s.Record.Meeting(c.ctx, c.audience(), pub.Meeting)
	if err != nil {
		return "", err
	}
	d, err := c.s.readDesk(c, m)
	if err != nil {
		return "", err
	}
	switch {
	case pub.PublishedAt != nil && d.wasLate(pub):
		return "Some of this came after its last lawful moment, and the public reads that no reason was given. Say why at the desk.", nil
	case pub.PublishedAt == nil && len(d.tooLate(pub, pub.ScheduledAt)) > 0:
		return "Some of this will come after its last lawful moment, without a reason. Stop it at the desk and publish it again with one.", nil
	}
	return "", nil
}

// nothingToPublish is a problem that also says what stands in the way of each paper.
func (c *call) nothingToPublish(pub papers.Publication) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	err := c.ok(fiber.StatusConflict, api.NothingToPublish{
		Problem: api.Problem{Type: "about:blank", Title: "That cannot be done now", Status: fiber.StatusConflict, Code: string(papers.CodeConflict),
			Detail: "Nothing of this meeting can be published now: something stands in the way of each paper that is left. left_out says what."},
		LeftOut: api.LeftOuts(pub.LeftOut),
	})
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return err
}

// apiSearch answers GET /api/v1/search.
func (s *Server) apiSearch(c *call) error {
	a, err := s.Finder.Find(c.ctx, c.searchQuery())
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfAnswer(a))
}

// apiActs answers GET /api/v1/log/entries.
func (s *Server) apiActs(c *call) error {
	from := c.Query("from", "1")
	if cursor := c.Query("cursor"); cursor != "" {
		from = cursor
	}
	first, err := strconv.ParseInt(from, 10, 64)
	if err != nil || first < 1 {
		return papers.Errorf(papers.CodeInvalid, "from is the number of an act, from 1.")
	}
	limit := c.limit()
	acts, err := s.Record.Acts(c.ctx, first-1, limit+1)
	if err != nil {
		return err
	}
	next := ""
	if len(acts) > limit {
		next = strconv.FormatInt(acts[limit].Number, 10)
		acts = acts[:limit]
	}
	return c.ok(fiber.StatusOK, api.OfActs(acts, next))
}

const (
	defaultLimit = 50
	maxLimit     = 200
)

// limit reads how many items of a list are wanted.
func (c *call) limit() int {
	n := c.QueryInt("limit", defaultLimit)
	return min(max(n, 1), maxLimit)
}

// moment reads an optional time of the address: RFC 3339 with an offset, or a date, which begins at
// midnight in the site's zone.
func (c *call) moment(name string) (time.Time, error) {
	value := c.Query(name)
	if value == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t, nil
	}
	site, err := c.s.Record.Site(c.ctx)
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.ParseInLocation(time.DateOnly, value, site.Location())
	if err != nil {
		return time.Time{}, papers.Errorf(papers.CodeInvalid, "Give %s as a date, 2026-04-08, or as RFC 3339 with an offset: 2026-04-08T09:30:00+01:00.", name)
	}
	return t, nil
}

// decodeIfAny reads a body that may be left out.
func (c *call) decodeIfAny(v any) error {
	if len(bytes.TrimSpace(c.Body())) == 0 {
		return nil
	}
	return c.decode(v)
}
