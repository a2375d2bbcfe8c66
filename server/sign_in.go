package server

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// signInShow answers GET /sign-in.
func (s *Server) signInShow(c *call) error {
	next := localPath(c.Query("next"))
	if c.session.User != "" {
		return c.see(next)
	}
	return s.signInPage(c, fiber.StatusOK, next, "", "")
}

func (s *Server) signInPage(c *call, status int, next, email, sentence string) error {
	base, err := c.base("Sign in", "")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	form := page.Form{Values: map[string]string{"email": email}}
	if sentence != "" {
		form.At, form.Error = "email", sentence
	}
	return c.render(status, page.SignIn{Base: base, Next: next, Form: form, Flash: signFlash[base.Saved]})
}

var signFlash = map[string]string{"out": "You are signed out."}

// signInSend answers POST /sign-in. An unknown address and a wrong password get the same answer
// after the same work.
func (s *Server) signInSend(c *call) error {
	next, email := localPath(c.formField("next")), strings.ToLower(strings.TrimSpace(c.formField("email")))
	// Whoever knows an e-mail must not lock its owner out from elsewhere, nor one colleague everybody
	// behind the same address: only both together are held short.
	from, who := c.place(), auth.HashSecret(email)
	pair, place, person := tally{"sign-in from " + from + " as " + who, maxAttempts}, tally{"sign-in from " + from, maxTogether}, tally{"sign-in as " + who, maxTogether}
	if err := s.limits.count(pair, place, person); err != nil {
		return s.signInPage(c, fiber.StatusTooManyRequests, next, email, err.Error())
	}
	user, err := s.Record.UserByEmail(c.ctx, email)
	if err != nil && papers.CodeOf(err) != papers.CodeNotFound {
		return err
	}
	var fits bool
	if err := s.hashing.do(c.ctx, func() { fits = auth.CheckPassword(user.PasswordHash, c.formField("password")) }); err != nil {
		return err
	}
	if !fits {
		return s.signInPage(c, fiber.StatusUnprocessableEntity, next, email,
			"E-mail and password do not fit together. Check both. If you have no password yet, open the one-time link that you were given.")
	}
	s.limits.forgive(pair, person)
	if err := c.startSession(user.ID); err != nil {
		return err
	}
	return c.see(next)
}

// startSession ends who was signed in at this browser before and signs the user in.
func (c *call) startSession(user string) error {
	if c.session.Hash != "" {
		if err := c.s.Record.EndSession(c.ctx, c.session.Hash); err != nil {
			return err
		}
	}
	return c.signIn(user)
}

// localPath gives a path of this site to go on to, or the desk. What a browser could read as another
// site is not one: it takes a backslash for a slash and drops control characters.
func localPath(next string) string {
	const home = "/desk"
	strange := func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsFunc(next, strange) {
		return home
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.HasPrefix(u.Path, "/sign-") {
		return home
	}
	return next
}

// linkShow answers GET /sign-in/:link: the one-time way in, for whom it is, and a new password.
// Looking does not use the link, because mail programs look too.
func (s *Server) linkShow(c *call) error {
	c.hideLink()
	l, err := s.Record.Link(c.ctx, auth.HashSecret(c.Params("link")), s.Now().UTC())
	if err != nil {
		return s.linkFailed(c, err)
	}
	return s.linkPage(c, fiber.StatusOK, l, "")
}

// linkSend answers POST /sign-in/:link: the password is set, the link is used up, and everybody who
// was signed in as this person is signed out.
func (s *Server) linkSend(c *call) error {
	c.hideLink()
	hash, now := auth.HashSecret(c.Params("link")), s.Now().UTC()
	l, err := s.Record.Link(c.ctx, hash, now)
	if err != nil {
		return s.linkFailed(c, err)
	}
	var password string
	if busy := s.hashing.do(c.ctx, func() { password, err = auth.HashPassword(c.formField("password")) }); busy != nil {
		return busy
	}
	if papers.CodeOf(err) == papers.CodeInvalid {
		return s.linkPage(c, fiber.StatusUnprocessableEntity, l, err.Error())
	}
	if err == nil {
		_, err = s.Record.UseLink(c.ctx, hash, now)
	}
	if err == nil {
		err = s.Record.SetPassword(c.ctx, l.User, password)
	}
	if err == nil {
		err = s.Record.EndSessions(c.ctx, l.User)
	}
	if err == nil {
		err = c.startSession(l.User)
	}
	if err != nil {
		return s.linkFailed(c, err)
	}
	return c.see("/desk?saved=password")
}

// hideLink keeps the secret in the address out of referrers and caches. The policy is not
// no-referrer: with that, browsers also hide where the form comes from (Origin: null), and the form
// would be refused.
func (c *call) hideLink() {
	c.Set("Referrer-Policy", "strict-origin")
	c.Set(fiber.HeaderCacheControl, "no-store")
}

func (s *Server) linkPage(c *call, status int, l auth.Link, sentence string) error {
	user, err := s.Record.User(c.ctx, l.User)
	if err != nil {
		return s.linkFailed(c, err)
	}
	base, err := c.base("Choose your password", "")
	if err != nil {
		return s.linkFailed(c, err)
	}
	base.Path = "" // it holds the secret
	form := page.Form{}
	if sentence != "" {
		form.At, form.Error = "password", sentence
	}
	return c.render(status, page.SignInLink{Base: base, Name: user.Name, Email: user.Email, Form: form})
}

// linkFailed answers a link that does not work (any more). Other errors are noted here without the
// address of the request, which is the secret.
func (s *Server) linkFailed(c *call, err error) error {
	if papers.CodeOf(err) != papers.CodeNotFound {
		s.Log.Error("signing in by a one-time link", "err", err)
		return fiber.ErrInternalServerError
	}
	base, err := c.base("This link does not work any more", "")
	if err != nil {
		return fiber.ErrInternalServerError
	}
	base.Path = ""
	return c.render(fiber.StatusNotFound, page.SignInLink{Base: base, Dead: true})
}

// signOut answers POST /sign-out.
func (s *Server) signOut(c *call) error {
	if c.session.Hash != "" {
		if err := s.Record.EndSession(c.ctx, c.session.Hash); err != nil {
			return err
		}
	}
	c.Cookie(&fiber.Cookie{Name: sessionCookie, Path: "/", Expires: time.Unix(1, 0), HTTPOnly: true,
		Secure: c.secure(), SameSite: fiber.CookieSameSiteLaxMode})
	c.Set("Clear-Site-Data", `"cache", "storage"`) // what a member kept on this device (static/member)
	return c.see("/sign-in?saved=out")
}
