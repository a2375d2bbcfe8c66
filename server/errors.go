package server

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/page"
)

// statuses is the one map from what went wrong to how HTTP says it.
var statuses = map[papers.Code]int{
	papers.CodeInvalid:   fiber.StatusUnprocessableEntity,
	papers.CodeNotFound:  fiber.StatusNotFound,
	papers.CodeGone:      fiber.StatusGone,
	papers.CodeConflict:  fiber.StatusConflict,
	papers.CodeForbidden: fiber.StatusForbidden,
	papers.CodeTooMany:   fiber.StatusTooManyRequests,
	papers.CodeTooLarge:  fiber.StatusRequestEntityTooLarge,
	papers.CodeNoRoom:    fiber.StatusInsufficientStorage,
	papers.CodeSignIn:    fiber.StatusUnauthorized,
}

// problem is an error as programs read it (RFC 9457).
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code,omitempty"`
}

// answerError is the only place where an error becomes an answer: a page for people, a problem for
// programs. What is not a papers.Error is logged and never shown.
func (s *Server) answerError(fc *fiber.Ctx, err error) error {
	if errors.Is(err, errGoSignIn) {
		return fc.Redirect("/sign-in?next="+url.QueryEscape(fc.OriginalURL()), fiber.StatusSeeOther)
	}
	status, code, sentence := s.explain(fc, err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(fc.UserContext()), errorTimeout)
	defer cancel()
	c := *s.callOf(fc)
	c.ctx = ctx // the request's own deadline may be what went wrong
	if len(fc.Response().Header.Peek("Content-Security-Policy")) == 0 {
		s.protect(fc.Context()) // the request was refused before it came to a route
	}
	fc.Response().ResetBody()
	fc.Set(fiber.HeaderCacheControl, "no-store")
	if status == fiber.StatusUnauthorized {
		fc.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	if c.program() {
		fc.Status(status)
		if err := fc.JSON(problem{Type: "about:blank", Title: page.ErrorTitle(status), Status: status, Detail: sentence, Code: string(code)}); err != nil {
			return err
		}
		fc.Set(fiber.HeaderContentType, "application/problem+json")
		return nil
	}
	base, berr := c.base(page.ErrorTitle(status), "")
	if berr != nil {
		return fc.Status(status).SendString(sentence)
	}
	return c.render(status, page.Error{Base: base, Status: status, Sentence: sentence})
}

func (s *Server) explain(fc *fiber.Ctx, err error) (status int, code papers.Code, sentence string) {
	var known *papers.Error
	if errors.As(err, &known) {
		return statuses[known.Code], known.Code, known.Message
	}
	var fe *fiber.Error
	if errors.As(err, &fe) {
		if fe.Code == fiber.StatusNotFound {
			return fe.Code, papers.CodeNotFound, papers.ErrNotFound.Message
		}
		return fe.Code, "", page.ErrorSentence(fe.Code)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fiber.StatusServiceUnavailable, "", "This takes too long just now. Try again in a minute."
	}
	// The pattern of the route, not the address: addresses of private pages are secrets.
	s.Log.Error("answering a request", slog.String("method", fc.Method()), slog.String("route", fc.Route().Path), slog.Any("err", err))
	return fiber.StatusInternalServerError, "", page.ErrorSentence(fiber.StatusInternalServerError)
}

// errorTimeout is how long making the page of an error may take.
const errorTimeout = 5 * time.Second

// errGoSignIn sends a browser that wants a page of the desk to the sign-in page first.
var errGoSignIn = errors.New("sign in first")

var errSignIn = papers.Errorf(papers.CodeSignIn, "Sign in first, or send an API token: Authorization: Bearer TOKEN.")
