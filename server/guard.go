package server

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
)

// guard runs before every handler: deadline, who asks, whether they may, where forms come from.
func (s *Server) guard(r route) fiber.Handler {
	limit := requestTimeout
	if r.body > smallBody {
		limit = uploadTimeout
	}
	return func(fc *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(fc.UserContext(), limit)
		defer cancel()
		c := &call{Ctx: fc, s: s, ctx: ctx}
		fc.Locals(callKey{}, c)
		if err := c.identify(); err != nil {
			return err
		}
		if err := c.permit(r); err != nil {
			return err
		}
		if err := c.guardForm(); err != nil {
			return err
		}
		if c.person.SignedIn() {
			fc.Set(fiber.HeaderCacheControl, "no-store")
		}
		return r.handle(c)
	}
}

// permit lets the person through, sends a browser to the sign-in page, or says no. Nobody learns
// from the answer whether something that is not for them exists.
func (c *call) permit(r route) error {
	if r.may == auth.Anyone {
		return nil
	}
	if !c.person.SignedIn() {
		if (c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead) && !c.program() {
			return errGoSignIn
		}
		return errSignIn
	}
	if r.of != nil {
		board, err := r.of(c)
		if err != nil {
			return err
		}
		c.board = board
	}
	if !c.person.May(r.may, c.board) {
		return papers.Errorf(papers.CodeForbidden, "Your role does not allow this. Ask an administrator of the site for the right to %s.", r.may)
	}
	return nil
}

func ofMeeting(c *call) (string, error) {
	m, err := c.s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	return m.Board, err
}

func ofBoard(c *call) (string, error) {
	b, err := c.s.Record.Board(c.ctx, c.Params("slug"))
	return b.Slug, err
}

func ofItem(c *call) (string, error) {
	i, err := c.s.Record.Item(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return "", err
	}
	m, err := c.s.Record.Meeting(c.ctx, c.audience(), i.Meeting)
	return m.Board, err
}

func ofPaper(c *call) (string, error) {
	p, err := c.s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	return p.Board, err
}

func ofContribution(c *call) (string, error) {
	q, err := c.s.Record.Contribution(c.ctx, strings.ToUpper(c.Params("number")))
	return q.Board, err
}

func ofBoardField(c *call) (string, error) { return c.formField("board"), nil }

func ofBoardJSON(c *call) (string, error) {
	var body struct {
		Board string `json:"board"`
	}
	if err := c.App().Config().JSONDecoder(c.Body(), &body); err != nil {
		return "", papers.Errorf(papers.CodeInvalid, "The body must be JSON with the slug of a board.")
	}
	return body.Board, nil
}
