package server

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// call is one request on its way through a handler: who asks, and the deadline it lives under.
type call struct {
	*fiber.Ctx
	s       *Server
	ctx     context.Context
	person  auth.Person
	session auth.Session // zero for the public and for tokens
	board   string       // the board that the route is about, where it names one
}

// audience is what the asking person may see.
func (c *call) audience() papers.Audience { return c.person.Audience() }

// actor is the asking person for the audit, in the role that allows the act.
func (c *call) actor(what auth.Permission) papers.Actor { return c.person.Actor(what, c.board) }

// public tells whether the answer is the same for everybody and may be cached.
func (c *call) public() bool { return !c.person.SignedIn() }

// program tells that the asker is a program, not a browser showing pages.
func (c *call) program() bool {
	return strings.HasPrefix(c.Path(), "/api/") || strings.Contains(c.Get(fiber.HeaderAccept), "json")
}

// address is the asker's: the rightmost hop that is not one of our proxies.
func (c *call) address() netip.Addr {
	hop, _ := netip.ParseAddrPort(c.Context().RemoteAddr().String())
	addr := hop.Addr().Unmap()
	if private := addr.IsPrivate() || addr.IsLoopback(); private && !c.s.trusted(addr) && len(c.Request().Header.Peek(fiber.HeaderXForwardedFor)) > 0 {
		c.s.untrusted.Do(func() {
			c.s.Log.Warn("a proxy in front is not trusted, so all its visitors share the limits of one address: name it in CLEARDAY_TRUSTED_PROXIES", slog.String("proxy", addr.String()))
		})
	}
	// Some proxies add a line of their own instead of lengthening the one that came: all lines are one list.
	lines := bytes.Join(c.Request().Header.PeekAll(fiber.HeaderXForwardedFor), []byte(","))
	chain := strings.Split(string(lines), ",")
	for i := len(chain) - 1; i >= 0 && c.s.trusted(addr); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	return addr
}

// place is where the asker is, as limits count it: of IPv6 the network, because every household has
// more addresses than could be remembered.
func (c *call) place() string { return placeOf(c.address()) }

func placeOf(addr netip.Addr) string {
	if addr.Is6() {
		if network, err := addr.WithZone("").Prefix(64); err == nil {
			return network.String()
		}
	}
	return addr.String()
}

func (s *Server) trusted(a netip.Addr) bool {
	for _, p := range s.Config.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// origin is the address of the site as people type it, without a trailing slash.
func (c *call) origin() string {
	if u := c.s.Config.PublicURL; u != nil {
		return u.String()
	}
	scheme := "http"
	if c.secure() {
		scheme = "https"
	}
	return scheme + "://" + string(c.Context().Host())
}

// secure tells whether the browser came by https, by our own word or a trusted proxy's.
func (c *call) secure() bool {
	if u := c.s.Config.PublicURL; u != nil {
		return u.Scheme == "https"
	}
	return c.encrypted()
}

// encrypted tells whether this request came by https, as far as we see or a trusted proxy says.
func (c *call) encrypted() bool {
	if c.Context().IsTLS() {
		return true
	}
	hop, _ := netip.ParseAddrPort(c.Context().RemoteAddr().String())
	return c.s.trusted(hop.Addr().Unmap()) && c.Get(fiber.HeaderXForwardedProto) == "https"
}

// render answers a page. What may be kept of it, and under which ETag, is for cached to say.
func (c *call) render(status int, p page.Page) error {
	body, err := c.s.pages.Render(p)
	if err != nil {
		return err
	}
	c.Status(status)
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	return c.Send(body)
}

// base fills what every page shows around its content.
func (c *call) base(title, nav string) (page.Base, error) {
	site, err := c.s.Record.Site(c.ctx)
	if err != nil {
		return page.Base{}, err
	}
	if site.Name == "" { // until somebody gives it one; pages and titles need a word
		site.Name = "Partnership"
	}
	last, err := c.s.Record.LastAct(c.ctx)
	if err != nil {
		return page.Base{}, err
	}
	return page.Base{
		Site: site, Title: title, Nav: nav, Path: c.OriginalURL(), Now: c.s.Now(), Acts: last,
		Person: cmp.Or(c.person.Name, c.person.Email), SignedIn: c.person.SignedIn(), CSRF: c.session.CSRF,
		Letters: c.s.Alerts != nil, Manages: c.person.May(auth.ManageSite, ""), Saved: c.Query("saved"),
	}, nil
}

// see sends the browser to another page of ours after a form.
func (c *call) see(path string) error { return c.Redirect(path, fiber.StatusSeeOther) }

// ok answers JSON to a program.
func (c *call) ok(status int, v any) error { return c.Status(status).JSON(v) }

// decode reads a JSON body into v; an unknown field or a wrong type is the asker's to mend.
func (c *call) decode(v any) error {
	d := json.NewDecoder(strings.NewReader(string(c.Body())))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		var at *time.ParseError
		if errors.As(err, &at) {
			return papers.Errorf(papers.CodeInvalid, "Give times as RFC 3339 with an offset, such as 2026-04-08T09:30:00+01:00.")
		}
		return papers.Errorf(papers.CodeInvalid, "The body must be the JSON that the API description asks for: %s.", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}
