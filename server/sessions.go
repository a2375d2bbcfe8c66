package server

import (
	"context"
	"crypto/subtle"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
)

const (
	sessionCookie = "clearday_session"
	deviceCookie  = "clearday_device"
	sessionAge    = 12 * time.Hour
	deviceAge     = 400 * 24 * time.Hour // the longest that browsers keep
)

// identify finds out who asks.
func (c *call) identify() (err error) {
	c.session, c.person, err = c.s.who(c.ctx, c.Get(fiber.HeaderAuthorization), c.Cookies(sessionCookie))
	return err
}

// stillMay gives a check that outlives the call: whether the same session or token is still in the
// record and its holder still may do this on the board. When the record cannot be read, they may not.
func (c *call) stillMay(what auth.Permission, board string) func(context.Context) bool {
	s, session, token := c.s, c.session.Hash, ""
	if c.person.Token {
		token = auth.HashSecret(strings.TrimPrefix(c.Get(fiber.HeaderAuthorization), "Bearer "))
	}
	return func(ctx context.Context) bool {
		if token != "" {
			t, err := s.Record.Token(ctx, token)
			return err == nil && t.Person().May(what, board)
		}
		_, user, err := s.Record.Session(ctx, session, s.Now().UTC())
		return err == nil && user.Person().May(what, board)
	}
}

// guardForm refuses what another site made the browser send: the browser's own word on where a
// request comes from must be ours, and a signed-in form carries its session's token. Tokens of
// programs are not sent by browsers by themselves and need neither.
func (c *call) guardForm() error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return nil
	}
	if c.person.Token {
		return nil
	}
	refused := papers.Errorf(papers.CodeForbidden, "This form came from another site, or the page was open too long. Open the page again and send it once more.")
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return refused
	}
	if origin := c.Get(fiber.HeaderOrigin); origin != "" && !c.sameOrigin(origin) {
		return refused
	}
	if c.session.CSRF == "" {
		return nil
	}
	token := c.Get("X-CSRF-Token")
	if token == "" {
		token = c.formField("csrf")
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(c.session.CSRF)) != 1 {
		return refused
	}
	return nil
}

// formField reads one field of a form of either kind without parsing files.
func (c *call) formField(name string) string {
	if strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		return c.uploadField(name)
	}
	return string(c.Context().PostArgs().Peek(name))
}

// sameOrigin tells whether an Origin header names this site.
func (c *call) sameOrigin(origin string) bool {
	return ownOrigin(origin, string(c.Context().Host()), c.encrypted(), c.s.Config.PublicURL)
}

// ownOrigin tells whether the origin is the site's, which has the public address, where that is set, and
// was asked for by host. Over http anybody on the way can write a page, so such a page speaks for nobody
// on a site that is reached by https. The reverse is taken: behind a proxy that ends TLS and does not say
// so the program sees http.
func ownOrigin(origin, host string, encrypted bool, public *url.URL) bool {
	o, err := url.Parse(origin)
	if err != nil || o.Host == "" || o.Scheme != "http" && o.Scheme != "https" {
		return false
	}
	if public != nil && o.Host == public.Host {
		return o.Scheme == public.Scheme
	}
	return o.Host == host && (o.Scheme == "https" || !encrypted)
}

// signIn starts a session for the user in this browser.
func (c *call) signIn(user string) error {
	secret, now := auth.NewSecret(), c.s.Now().UTC()
	err := c.s.Record.AddSession(c.ctx, auth.Session{
		Hash: auth.HashSecret(secret), User: user, CSRF: auth.NewSecret(),
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(sessionAge),
	})
	if err != nil {
		return err
	}
	c.setCookie(sessionCookie, secret, sessionAge)
	return nil
}

// device gives the hash that stands for this browser in questions and support, and makes the
// browser one when asked to.
func (c *call) device(make bool) string {
	secret := c.Cookies(deviceCookie)
	if len(secret) != len(auth.NewSecret()) {
		if !make {
			return ""
		}
		secret = auth.NewSecret()
		c.setCookie(deviceCookie, secret, deviceAge)
	}
	return auth.HashSecret(secret)
}

func (c *call) setCookie(name, value string, age time.Duration) {
	c.Cookie(&fiber.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second),
		HTTPOnly: true, Secure: c.secure(), SameSite: fiber.CookieSameSiteLaxMode})
}
