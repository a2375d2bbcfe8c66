package server

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"clearday/papers"
	"clearday/server/auth"
)

// limitBodies gives each request the limit of its route before its body is read. A large body is
// held in memory until it is here, so only somebody whom we know may begin to send one.
func (s *Server) limitBodies(limit func(*fasthttp.RequestHeader) fasthttp.RequestConfig) func(*fasthttp.RequestHeader) fasthttp.RequestConfig {
	return func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		r := limit(h)
		if r.MaxRequestBodySize > smallBody && !s.knows(h) && !s.invited(h) {
			return fasthttp.RequestConfig{MaxRequestBodySize: smallBody, ReadTimeout: readTimeout}
		}
		return r
	}
}

// knows tells whether the request names a session or a token of ours. What they may do is asked later.
func (s *Server) knows(h *fasthttp.RequestHeader) bool {
	ctx, cancel := bodyContext()
	defer cancel()
	_, person, err := s.who(ctx, string(h.Peek(fiber.HeaderAuthorization)), string(h.Cookie(sessionCookie)))
	return err == nil && person.SignedIn()
}

// bodyContext bounds what is asked of the record before a body is read.
func bodyContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), errorTimeout)
}

// who finds out who asks: by the token of a program, or by the session cookie of a browser. A token
// that is none is errSignIn; a session that ended is the public.
func (s *Server) who(ctx context.Context, authorization, cookie string) (auth.Session, auth.Person, error) {
	if authorization != "" {
		secret, ok := strings.CutPrefix(authorization, "Bearer ")
		if !ok {
			return auth.Session{}, auth.Nobody, errSignIn
		}
		t, err := s.Record.Token(ctx, auth.HashSecret(secret))
		if papers.CodeOf(err) == papers.CodeNotFound {
			err = errSignIn
		}
		if err != nil {
			return auth.Session{}, auth.Nobody, err
		}
		return auth.Session{}, t.Person(), nil
	}
	if cookie == "" {
		return auth.Session{}, auth.Nobody, nil
	}
	session, user, err := s.Record.Session(ctx, auth.HashSecret(cookie), s.Now().UTC())
	if papers.CodeOf(err) == papers.CodeNotFound {
		return auth.Session{}, auth.Nobody, nil
	}
	if err != nil {
		return auth.Session{}, auth.Nobody, err
	}
	return session, user.Person(), nil
}

// refuseBody answers a request that was refused before its body was read. What still comes is let
// run into nothing, else the line breaks under the sender before the answer is there.
func (s *Server) refuseBody(fc *fiber.Ctx, err error) error {
	if errors.Is(err, fiber.ErrRequestEntityTooLarge) && fc.Locals(callKey{}) == nil {
		h := &fc.Request().Header
		if most := s.bodyLimits()(h).MaxRequestBodySize; most > smallBody && h.ContentLength() <= most && !s.knows(h) {
			err = errSignIn // only the stranger's body is too large
		}
		letRun(fc.Context())
	}
	return s.answerError(fc, err)
}

// letRun reads what is on its way and throws it away, for at most a little longer than an upload may be.
func letRun(c *fasthttp.RequestCtx) {
	const most, pause = 2 * anyFiles, 200 * time.Millisecond
	piece := make([]byte, 64<<10)
	for n, until := 0, time.Now().Add(readTimeout); n < most && time.Now().Before(until); {
		if c.Conn().SetReadDeadline(time.Now().Add(pause)) != nil {
			return
		}
		k, err := c.Conn().Read(piece)
		if err != nil {
			return
		}
		n += k
	}
}
