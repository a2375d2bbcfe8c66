package server_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gorilla/websocket"

	"clearday/cmd/clearday/program"
	"clearday/papers"
	"clearday/server"
	"clearday/server/auth"
	"clearday/server/config"
	"clearday/server/servertest"
)

// raw sends bytes over a connection of its own and reads one answer. It sends no more than it is given.
func raw(t *testing.T, base, request string) (*http.Response, string) {
	t.Helper()
	conn := dial(t, base)
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatalf("sending %.40q: %v", request, err)
	}
	method, _, _ := strings.Cut(request, " ")
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%.60q got no answer: %v", request, err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%.60q: reading the answer: %v", request, err)
	}
	return res, string(body)
}

func dial(t *testing.T, base string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	return conn
}

func TestBodyLimits(t *testing.T) {
	s := servertest.Start(t)
	head := func(method, path string, length int) string {
		return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", method, path, length)
	}
	t.Run("refused before the body is sent", func(t *testing.T) {
		for _, c := range []struct {
			method, path string
			length       int
		}{
			{"POST", "/sign-in", 64<<10 + 1},
			{"POST", "/sign-in", 1 << 40},
			{"POST", "/sign-in?/api/v1/items/x/papers", 1 << 20},
			{"POST", "/meetings/x/questions", 1 << 20},
			{"POST", "/api/v1/boards", 1 << 20},
			{"PATCH", "/api/v1/items/x", 1 << 20},
			{"PUT", "/api/v1/items/x/papers", 1 << 20}, // not the method that takes files
			{"POST", "/api/v1/items/x/papers/y", 1 << 20},
			{"POST", "/api/v1/items/x/papers", 101<<20 + 1},
			{"POST", "/desk/meetings/x/papers", 101<<20 + 1},
			{"POST", "/no/such/page", 1 << 20},
		} {
			res, body := raw(t, s.URL, head(c.method, c.path, c.length))
			if res.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s %s with %d bytes announced: %d", c.method, c.path, c.length, res.StatusCode)
			}
			if strings.HasPrefix(c.path, "/api/") && res.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s: a program reads %s %.100q", c.method, c.path, res.Header.Get("Content-Type"), body)
			}
			wantsSafety(t, c.method+" "+c.path+" too large", res.Header)
		}
	})
	t.Run("refused while a body without a length comes", func(t *testing.T) {
		chunk := "8000\r\n" + strings.Repeat("a", 0x8000) + "\r\n"
		res, _ := raw(t, s.URL, "POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"+chunk+chunk+chunk)
		if res.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("answered %d", res.StatusCode)
		}
	})
	t.Run("as large as it may be", func(t *testing.T) {
		for path, n := range map[string]int{"/sign-in": 64 << 10, "/api/v1/items/x/papers": 2 << 20} {
			res, _ := raw(t, s.URL, head("POST", path, n)+strings.Repeat("a", n))
			if res.StatusCode == http.StatusRequestEntityTooLarge || res.StatusCode >= 500 {
				t.Errorf("%s with %d bytes answered %d", path, n, res.StatusCode)
			}
		}
	})
	t.Run("compressed", func(t *testing.T) {
		for _, encoding := range []string{"gzip", "br", "deflate", "x"} {
			a := s.Browser(t).Do(t, "POST", "/api/v1/boards", "application/json", strings.NewReader("{}"), "Content-Encoding", encoding)
			if a.StatusCode != http.StatusUnsupportedMediaType {
				t.Errorf("Content-Encoding: %s answered %d", encoding, a.StatusCode)
			}
		}
	})
}

// wantsSafety fails unless an answer carries what keeps browsers from being misled.
func wantsSafety(t *testing.T, what string, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": ""} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %s is %q, want %q", what, name, got, want)
		}
	}
	policy := h.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'self'") && !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe-eval") ||
		strings.Contains(policy, "default-src 'self'") && strings.Contains(policy, "unsafe-inline") {
		t.Errorf("%s: the content security policy is %q", what, policy)
	}
	if p := h.Get("Referrer-Policy"); p != "strict-origin-when-cross-origin" && p != "strict-origin" && p != "no-referrer" {
		t.Errorf("%s: Referrer-Policy is %q", what, p)
	}
	if h.Get("Permissions-Policy") == "" {
		t.Errorf("%s: no Permissions-Policy", what)
	}
	if h.Get("Server") != "" {
		t.Errorf("%s: names its program: %q", what, h.Get("Server"))
	}
}

// published is a site with one published paper of these bytes.
func published(t *testing.T, file []byte) (s *servertest.Site, token, paper string, m papers.Meeting) {
	t.Helper()
	s = servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	m = s.Meeting(t, board, 10)
	item := s.Item(t, m.Slug, "Finance")
	token = s.Token(t, auth.Secretary)
	var p struct{ ID, State string }
	if status, text := s.APIUpload(t, token, "/items/"+item.ID+"/papers", "1 Finance.pdf", file, &p); status != http.StatusCreated || p.State != "ready" {
		t.Fatalf("uploading: %d %s", status, text)
	}
	if status, text := s.API(t, token, "POST", "/meetings/"+m.Slug+"/publish", nil, nil); status >= 300 {
		t.Fatalf("publishing: %d %s", status, text)
	}
	return s, token, p.ID, m
}

func TestSafetyHeaders(t *testing.T) {
	s, token, paper, m := published(t, servertest.PDF(t, "Finance", "one"))
	b := s.Browser(t)
	style := asset(t, b)
	desk := s.SignedIn(t, auth.Secretary)
	for what, a := range map[string]servertest.Answer{
		"page": b.Get(t, "/"), "page again": b.Get(t, "/"), "not found": b.Get(t, "/nothing"), "style": b.Get(t, style), "no style": b.Get(t, "/static/x.css"),
		"file": b.Get(t, "/papers/"+paper+"/file"), "part of a file": b.Get(t, "/papers/"+paper+"/file", "Range", "bytes=0-9"),
		"file that the reader has": b.Get(t, "/papers/"+paper+"/file", "If-None-Match", b.Get(t, "/papers/"+paper+"/file").Header.Get("ETag")),
		"range out of reach":       b.Get(t, "/papers/"+paper+"/file", "Range", "bytes=99999999-"),
		"page image":               b.Get(t, "/papers/"+paper+"/pages/1.jpg"), "feed": b.Get(t, "/feed.atom"), "calendar": b.Get(t, "/calendar.ics"), "sitemap": b.Get(t, "/sitemap.xml"),
		"robots": b.Get(t, "/robots.txt"), "health": b.Get(t, "/healthz"), "ready": b.Get(t, "/readyz"), "icon": b.Get(t, "/favicon.ico"),
		"to sign in": b.Get(t, "/desk"), "sign in": b.Get(t, "/sign-in"), "wrong password": b.Post(t, "/sign-in", "email", "x@example.org", "password", "no"),
		"desk": desk.Get(t, "/desk"), "forged form": desk.Do(t, "POST", "/sign-out", "", nil), "room": b.Get(t, "/meetings/"+m.Slug+"/live"),
		"socket without upgrade": b.Get(t, "/meetings/"+m.Slug+"/live/socket"), "agenda": b.Get(t, "/meetings/"+m.Slug+"/agenda.pdf"),
		"API": b.Get(t, "/api/v1/meetings"), "API error": b.Get(t, "/api/v1/papers/none"), "API closed": b.Do(t, "POST", "/api/v1/boards", "application/json", strings.NewReader("{}")),
		"API preflight": b.Do(t, "OPTIONS", "/api/v1/boards", "", nil), "API wrong": b.Do(t, "POST", "/api/v1/meetings", "application/json", strings.NewReader("{"), "Authorization", "Bearer "+token),
		"unknown method": b.Do(t, "BREW", "/", "", nil), "method not in the table": b.Do(t, "DELETE", "/", "", nil), "trace": b.Do(t, "TRACE", "/", "", nil),
		"head": b.Do(t, "HEAD", "/", "", nil), "compressed": b.Do(t, "POST", "/sign-in", "", nil, "Content-Encoding", "gzip"),
	} {
		if a.StatusCode >= 500 {
			t.Errorf("%s: answered %d", what, a.StatusCode)
		}
		wantsSafety(t, what, a.Header)
		if open := a.Header.Get("Access-Control-Allow-Origin"); (open == "*") != strings.HasPrefix(what, "API") {
			t.Errorf("%s: open to other origins: %q", what, open)
		}
	}
	for what, request := range map[string]string{
		"no HTTP": "hello\r\n\r\n", "header without a name": "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", "header without an end": "GET / HTTP/1.1\r\nX: " + strings.Repeat("a", 20<<10),
		"two lengths": "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc", "negative length": "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
	} {
		res, body := raw(t, s.URL, request)
		if res.StatusCode < 400 || res.StatusCode >= 500 {
			t.Errorf("%s: answered %d %.100q", what, res.StatusCode, body)
		}
		wantsSafety(t, what, res.Header)
	}
	t.Run("files may run nothing", func(t *testing.T) {
		if p := b.Get(t, "/papers/"+paper+"/file").Header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "sandbox; default-src 'none'") {
			t.Errorf("a file comes with the policy %q", p)
		}
	})
}

// startWith starts a program with further settings, as an operator would behind a proxy.
func startWith(t *testing.T, settings ...string) *servertest.Site {
	t.Helper()
	dir := t.TempDir()
	cfg, err := config.Read(append(settings, "CLEARDAY_DATA="+dir, "CLEARDAY_LISTEN=127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &servertest.Site{URL: "http://" + ln.Addr().String(), Dir: dir, Clock: &servertest.Clock{}, Config: cfg}
	if s.Program, err = program.Open(t.Context(), cfg, s.URL, s.Clock.Now, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, s.Close()); err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
	return s
}

func TestHTTPS(t *testing.T) {
	s := startWith(t, "CLEARDAY_PUBLIC_URL=https://meetings.example.org")
	b := s.Browser(t)
	for _, path := range []string{"/", "/nothing", "/healthz", "/api/v1/boards"} {
		if got := b.Get(t, path).Header.Get("Strict-Transport-Security"); !strings.HasPrefix(got, "max-age=") {
			t.Errorf("%s: Strict-Transport-Security is %q", path, got)
		}
	}
	res, _ := raw(t, s.URL, "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
	if res.Header.Get("Strict-Transport-Security") == "" {
		t.Error("a refused body is answered without Strict-Transport-Security")
	}
	link := s.Link(t, "ruth@example.org", auth.Secretary)
	a := b.Do(t, "POST", link, "application/x-www-form-urlencoded", strings.NewReader(url.Values{"password": {goodPassword}}.Encode()), "Origin", "https://meetings.example.org")
	wants(t, a, http.StatusSeeOther)
	wantsCookie(t, a, true)
	if text := b.Get(t, "/robots.txt").Text; !strings.Contains(text, "Sitemap: https://meetings.example.org/sitemap.xml") {
		t.Errorf("robots.txt names another address: %s", text)
	}
}

func wantsCookie(t *testing.T, a servertest.Answer, secure bool) {
	t.Helper()
	list := a.Cookies()
	if len(list) != 1 || list[0].Name != "clearday_session" || !list[0].HttpOnly || list[0].SameSite != http.SameSiteLaxMode || list[0].Path != "/" || list[0].Domain != "" || list[0].Secure != secure || len(list[0].Value) != 43 {
		t.Errorf("signed in with the cookies %v", a.Header["Set-Cookie"])
	}
}

func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::1/128")}
	for name, c := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"no proxy":                          {"192.0.2.1:5000", nil, "192.0.2.1"},
		"no proxy, forged header":           {"192.0.2.1:5000", []string{"203.0.113.9"}, "192.0.2.1"},
		"proxy without header":              {"10.0.0.1:5000", nil, "10.0.0.1"},
		"proxy":                             {"10.0.0.1:5000", []string{"203.0.113.9"}, "203.0.113.9"},
		"proxy, the asker lied":             {"10.0.0.1:5000", []string{"1.1.1.1, 203.0.113.9"}, "203.0.113.9"},
		"the asker named our proxy":         {"10.0.0.1:5000", []string{"10.9.9.9, 203.0.113.9"}, "203.0.113.9"},
		"two proxies":                       {"10.0.0.1:5000", []string{"1.1.1.1,203.0.113.9 , 10.0.0.2"}, "203.0.113.9"},
		"two lines, the first forged":       {"10.0.0.1:5000", []string{"1.1.1.1", "203.0.113.9"}, "203.0.113.9"},
		"three lines, one of our own proxy": {"10.0.0.1:5000", []string{"1.1.1.1", "203.0.113.9", "10.0.0.2"}, "203.0.113.9"},
		"garbage at the left":               {"10.0.0.1:5000", []string{"unknown, 203.0.113.9"}, "203.0.113.9"},
		"garbage at the right":              {"10.0.0.1:5000", []string{"203.0.113.9, unknown"}, "10.0.0.1"},
		"only proxies":                      {"10.0.0.1:5000", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"IPv6":                              {"[2001:db8::1]:5000", []string{"2001:db8::77"}, "2001:db8::77"},
		"IPv4 written as IPv6":              {"[::ffff:10.0.0.1]:5000", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		"IPv4 written as IPv6, not a proxy": {"[::ffff:192.0.2.1]:5000", []string{"1.1.1.1"}, "192.0.2.1"},
	} {
		if got := server.Address(c.remote, proxies, c.forwarded...); got != c.want {
			t.Errorf("%s: %s with %q is %s, want %s", name, c.remote, c.forwarded, got, c.want)
		}
	}
}

func TestForgedForms(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	b, other := s.SignedIn(t, auth.Secretary, board), s.SignedIn(t, auth.Secretary, board)
	m := s.Meeting(t, board, 10)
	n := 0
	for name, c := range map[string]struct {
		csrf    string
		headers []string
		want    int
	}{
		"right token":                  {b.CSRF, nil, http.StatusSeeOther},
		"right token, same origin":     {b.CSRF, []string{"Sec-Fetch-Site", "same-origin"}, http.StatusSeeOther},
		"right token in a header":      {"", []string{"X-CSRF-Token", b.CSRF}, http.StatusSeeOther},
		"old browser without origin":   {b.CSRF, []string{"Origin", ""}, http.StatusSeeOther},
		"no token":                     {"", nil, http.StatusForbidden},
		"token of somebody else":       {other.CSRF, nil, http.StatusForbidden},
		"half a token":                 {b.CSRF[:20], nil, http.StatusForbidden},
		"cross-site":                   {b.CSRF, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"same site, another host":      {b.CSRF, []string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		"another origin":               {b.CSRF, []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"origin hidden":                {b.CSRF, []string{"Origin", "null"}, http.StatusForbidden},
		"origin that begins like ours": {b.CSRF, []string{"Origin", s.URL + ".evil.example"}, http.StatusForbidden},
		"another port":                 {b.CSRF, []string{"Origin", "http://127.0.0.1:1"}, http.StatusForbidden},
	} {
		n++
		form := url.Values{"title": {fmt.Sprintf("Item %d", n)}, "purpose": {"discussion"}}
		if c.csrf != "" {
			form.Set("csrf", c.csrf)
		}
		a := b.Do(t, "POST", "/desk/meetings/"+m.Slug+"/items", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), c.headers...)
		items, err := s.Record.Items(t.Context(), insider, m.Slug)
		if err != nil {
			t.Fatal(err)
		}
		added := false
		for _, i := range items {
			added = added || i.Title == form.Get("title")
		}
		if a.StatusCode != c.want || added != (c.want == http.StatusSeeOther) {
			t.Errorf("%s: answered %d, added %v, want %d", name, a.StatusCode, added, c.want)
		}
	}
	t.Run("somebody who is not signed in", func(t *testing.T) {
		a := s.Browser(t).Do(t, "POST", "/sign-in", "application/x-www-form-urlencoded", strings.NewReader("email=a&password=b"), "Sec-Fetch-Site", "cross-site")
		wants(t, a, http.StatusForbidden)
	})
	t.Run("programs need no token of a form", func(t *testing.T) {
		if status, text := s.API(t, s.Token(t, auth.Secretary), "POST", "/meetings/"+m.Slug+"/items", map[string]any{"title": "By a program"}, nil); status != http.StatusCreated {
			t.Errorf("answered %d %s", status, text)
		}
	})
	t.Run("the API with a browser's cookie needs one", func(t *testing.T) {
		a := b.Do(t, "POST", "/api/v1/meetings/"+m.Slug+"/items", "application/json", strings.NewReader(`{"title":"Forged"}`))
		wants(t, a, http.StatusForbidden)
	})
}

func TestSessions(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	link := s.Link(t, "ruth@example.org", auth.Secretary, board)
	b := s.Browser(t)
	in := b.Post(t, link, "password", goodPassword)
	wants(t, in, http.StatusSeeOther)
	wantsCookie(t, in, false)
	stolen := in.Cookies()[0].Value
	as := func(secret string) int {
		return s.Browser(t).Get(t, "/desk", "Cookie", "clearday_session="+secret).StatusCode
	}
	if as(stolen) != http.StatusOK || as(auth.HashSecret(stolen)) != http.StatusSeeOther || as("") != http.StatusSeeOther {
		t.Error("the cookie of a session does not work, or something else does")
	}
	t.Run("sign out ends it at the server", func(t *testing.T) {
		b.CSRF = servertest.CSRFOf(t, b.Get(t, "/desk").Text)
		wants(t, b.Post(t, "/sign-out"), http.StatusSeeOther)
		if as(stolen) != http.StatusSeeOther {
			t.Error("the cookie works after signing out")
		}
	})
	t.Run("expiry", func(t *testing.T) {
		again := s.Browser(t)
		secret := again.Post(t, "/sign-in", "email", "ruth@example.org", "password", goodPassword).Cookies()[0].Value
		s.Clock.Advance(12*time.Hour - time.Minute)
		if as(secret) != http.StatusOK {
			t.Error("the session ended early")
		}
		s.Clock.Advance(2 * time.Minute)
		if as(secret) != http.StatusSeeOther {
			t.Error("the session outlives its time")
		}
		wants(t, again.Get(t, "/"), http.StatusOK) // as the public
	})
}

var assetLink = regexp.MustCompile(`/static/[^"]+\.css`)

func asset(t *testing.T, b *servertest.Browser) string {
	t.Helper()
	link := assetLink.FindString(b.Get(t, "/").Text)
	if link == "" {
		t.Fatal("the home page links to no style sheet")
	}
	return link
}

func unpacked(t *testing.T, a servertest.Answer) string {
	t.Helper()
	var r io.Reader = strings.NewReader(a.Text)
	switch a.Header.Get("Content-Encoding") {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "br":
		r = brotli.NewReader(r)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("decoding: %v", err)
	}
	return string(b)
}

func TestAssets(t *testing.T) {
	s := servertest.Start(t)
	b := s.Browser(t)
	link := asset(t, b)
	plain := b.Get(t, link, "Accept-Encoding", "identity")
	wants(t, plain, http.StatusOK)
	for accept, encoding := range map[string]string{"gzip": "gzip", "gzip, br": "br", "br;q=0, gzip": "gzip", "identity": ""} {
		a := b.Get(t, link, "Accept-Encoding", accept)
		if got := a.Header.Get("Content-Encoding"); got != encoding || unpacked(t, a) != plain.Text {
			t.Errorf("%q gives %q", accept, got)
		}
		if a.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || !strings.Contains(a.Header.Get("Vary"), "Accept-Encoding") || a.Header.Get("Content-Type") != "text/css; charset=utf-8" {
			t.Errorf("%q comes with %v", accept, a.Header)
		}
		if n := b.Get(t, link, "Accept-Encoding", accept, "If-None-Match", a.Header.Get("ETag")); n.StatusCode != http.StatusNotModified || n.Text != "" {
			t.Errorf("%q again: %d with %d bytes", accept, n.StatusCode, len(n.Text))
		}
	}
	for _, path := range []string{"/static/", "/static/site.css", "/static/../go.mod", "/static/%2e%2e/fs.go", "/static/shared/layout.html", link + "x", strings.ToUpper(link)} {
		if a := b.Get(t, path); a.StatusCode != http.StatusNotFound || strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s answered %d, %s", path, a.StatusCode, a.Header.Get("Cache-Control"))
		}
	}
}

func TestPageCache(t *testing.T) {
	s, _, _, m := published(t, servertest.PDF(t, "Finance", "one"))
	b := s.Browser(t)
	path := "/meetings/" + m.Slug
	plain := b.Get(t, path, "Accept-Encoding", "identity")
	t.Run("the same page twice", func(t *testing.T) {
		again := b.Get(t, path, "Accept-Encoding", "identity")
		if etag := plain.Header.Get("ETag"); etag == "" || again.Header.Get("ETag") != etag || again.Text != plain.Text || plain.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("first %q, then %q, %s", etag, again.Header.Get("ETag"), plain.Header.Get("Cache-Control"))
		}
	})
	t.Run("every encoding is the same page", func(t *testing.T) {
		etags := map[string]string{}
		for accept, encoding := range map[string]string{"gzip": "gzip", "gzip, deflate, br, zstd": "br", "br;q=0, gzip": "gzip", "gzip;q=0": "", "identity": "", "sabre": ""} {
			a := b.Get(t, path, "Accept-Encoding", accept)
			if got := a.Header.Get("Content-Encoding"); got != encoding || unpacked(t, a) != plain.Text || !strings.Contains(a.Header.Get("Vary"), "Accept-Encoding") {
				t.Errorf("%q gives %q", accept, got)
			}
			etag := a.Header.Get("ETag")
			if other, ok := etags[etag]; ok && other != encoding {
				t.Errorf("%q and %q share the ETag %s", other, encoding, etag)
			}
			etags[etag] = encoding
			n := b.Get(t, path, "Accept-Encoding", accept, "If-None-Match", `W/"x", `+etag)
			if n.StatusCode != http.StatusNotModified || n.Text != "" || n.Header.Get("ETag") != etag || n.Header.Get("Content-Encoding") != "" {
				t.Errorf("%q again: %d with %d bytes", accept, n.StatusCode, len(n.Text))
			}
			if n := b.Get(t, path, "Accept-Encoding", accept, "If-None-Match", `"x"`); n.StatusCode != http.StatusOK {
				t.Errorf("%q with another ETag: %d", accept, n.StatusCode)
			}
		}
	})
	t.Run("head", func(t *testing.T) {
		a := b.Do(t, "HEAD", path, "", nil, "Accept-Encoding", "identity")
		if a.StatusCode != http.StatusOK || a.Text != "" || a.ContentLength != int64(len(plain.Text)) || a.Header.Get("ETag") != plain.Header.Get("ETag") {
			t.Errorf("HEAD answered %d, %d bytes announced, %d sent", a.StatusCode, a.ContentLength, len(a.Text))
		}
		fresh := b.Do(t, "HEAD", path+"?fresh", "", nil) // the first to ask for it
		if get := b.Get(t, path+"?fresh"); fresh.StatusCode != http.StatusOK || get.StatusCode != http.StatusOK || len(get.Text) < 1000 {
			t.Errorf("after HEAD the page has %d bytes", len(get.Text))
		}
	})
	t.Run("signed-in pages are kept by nobody", func(t *testing.T) {
		desk := s.SignedIn(t, auth.Secretary)
		for _, p := range []string{path, "/", "/desk"} {
			if got := desk.Get(t, p).Header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("%s signed in: %q", p, got)
			}
		}
		if after := b.Get(t, path, "Accept-Encoding", "identity"); after.Text != plain.Text || strings.Contains(after.Text, desk.CSRF) {
			t.Error("the page of somebody signed in was kept for the public")
		}
	})
	t.Run("errors and forms are kept by nobody", func(t *testing.T) {
		for _, p := range []string{"/nothing", "/sign-in", "/papers/none", "/api/v1/papers/none"} {
			if got := b.Get(t, p).Header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("%s: %q", p, got)
			}
		}
	})
	t.Run("another host", func(t *testing.T) {
		a := b.Get(t, "/feed.atom")
		res, body := raw(t, s.URL, "GET /feed.atom HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
		if res.StatusCode != http.StatusOK || !strings.Contains(body, "http://evil.example") || strings.Contains(b.Get(t, "/feed.atom").Text, "evil.example") || a.StatusCode != http.StatusOK {
			t.Error("a page made for one host is shown at another")
		}
	})
	t.Run("a new act shows", func(t *testing.T) {
		before := plain.Header.Get("ETag")
		item := s.Item(t, m.Slug, "A late item")
		if text := b.Get(t, path).Text; strings.Contains(text, item.Title) {
			t.Fatal("an item is public before it is published")
		}
		if _, err := s.Publisher.PublishMeeting(t.Context(), m.Slug, papers.Wish{}, papers.Program); err != nil {
			t.Fatal(err)
		}
		servertest.Eventually(t, "the page shows what was published", func() bool {
			a := b.Get(t, path, "Accept-Encoding", "identity", "If-None-Match", before)
			return a.StatusCode == http.StatusOK && strings.Contains(a.Text, "A late item")
		})
	})
}

func TestAnswers(t *testing.T) {
	s := servertest.Start(t)
	b := s.Browser(t)
	wants(t, b.Get(t, "/healthz"), http.StatusOK, "ok")
	wants(t, b.Get(t, "/readyz"), http.StatusOK, "ready")
	wants(t, b.Get(t, "/robots.txt"), http.StatusOK, "Disallow: /desk", "Sitemap: "+s.URL+"/sitemap.xml")
	t.Run("head of everything that can be read", func(t *testing.T) {
		for _, r := range server.Routes() {
			if r[0] != "GET" || strings.Contains(r[1], ":") || strings.Contains(r[1], "*") {
				continue
			}
			get, head := b.Get(t, r[1]), b.Do(t, "HEAD", r[1], "", nil)
			if head.StatusCode != get.StatusCode || head.Text != "" || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
				t.Errorf("HEAD %s answers %d %s, GET %d %s", r[1], head.StatusCode, head.Header.Get("Content-Type"), get.StatusCode, get.Header.Get("Content-Type"))
			}
		}
	})
	t.Run("one answer for what is not there", func(t *testing.T) {
		clean := func(a servertest.Answer, path string) string {
			return strings.ReplaceAll(strings.ReplaceAll(a.Text, url.QueryEscape(path), "PATH"), path, "PATH")
		}
		want := clean(b.Get(t, "/nothing"), "/nothing")
		for _, path := range []string{"/papers/none", "/papers/none/file", "/papers/none/v/9/pages/1.jpg", "/meetings/none", "/meetings/none/agenda.pdf", "/boards/none", "/questions/Q-2026-9999", "/Meetings", "/meetings/", "/static/none.css", "/.git/config", "/papers/none/v/x"} {
			a := b.Get(t, path)
			if a.StatusCode != http.StatusNotFound || clean(a, path) != want {
				t.Errorf("%s answers %d and another page", path, a.StatusCode)
			}
		}
	})
	t.Run("problem for programs", func(t *testing.T) {
		for path, status := range map[string]int{"/api/v1/papers/none": 404, "/api/v1/nothing": 404, "/api/v1/meetings?from=yesterday": 422} {
			a := b.Get(t, path)
			var p struct {
				Type, Title, Detail, Code string
				Status                    int
			}
			if err := json.Unmarshal([]byte(a.Text), &p); err != nil || a.StatusCode != status || p.Status != status || p.Title == "" || !strings.HasSuffix(p.Detail, ".") || p.Type == "" || p.Code == "" ||
				a.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s answers %d %s %s", path, a.StatusCode, a.Header.Get("Content-Type"), a.Text)
			}
		}
		a := b.Get(t, "/nothing", "Accept", "application/json")
		if a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("a program that asks for JSON gets %s", a.Header.Get("Content-Type"))
		}
	})
	t.Run("method not in the table", func(t *testing.T) {
		for _, r := range [][2]string{{"POST", "/"}, {"DELETE", "/meetings"}, {"PUT", "/api/v1/boards"}, {"TRACE", "/"}, {"CONNECT", "/"}, {"PATCH", "/sign-in"}, {"BREW", "/"}} {
			if a := b.Do(t, r[0], r[1], "", nil); a.StatusCode < 400 || a.StatusCode >= 500 {
				t.Errorf("%s %s answers %d", r[0], r[1], a.StatusCode)
			}
		}
	})
	t.Run("wrong authorization", func(t *testing.T) {
		for _, header := range []string{"Bearer x", "Bearer ", "Basic YTpi", "x"} {
			if a := b.Get(t, "/api/v1/boards", "Authorization", header); a.StatusCode != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("Authorization: %s answers %d", header, a.StatusCode)
			}
		}
	})
}

func TestByteRange(t *testing.T) {
	const none, all = 0, 1000
	for header, want := range map[string][3]int64{
		"": {0, all, 200}, "bytes=0-": {0, all, 206}, "bytes=0-0": {0, 1, 206}, "bytes=0-99": {0, 100, 206}, "bytes=10-19": {10, 10, 206}, "bytes=999-": {999, 1, 206},
		"bytes=900-5000": {900, 100, 206}, "bytes=-1": {999, 1, 206}, "bytes=-5000": {0, all, 206}, "bytes= 10-19": {10, 10, 206},
		"bytes=1000-": {none, none, 416}, "bytes=5000-6000": {none, none, 416}, "bytes=9223372036854775807-": {none, none, 416},
		// What is no single range of bytes is ignored, as the standard allows.
		"bytes=": {0, all, 200}, "bytes=-": {0, all, 200}, "bytes=a-b": {0, all, 200}, "bytes=20-10": {0, all, 200}, "bytes=0-1,5-6": {0, all, 200}, "lines=0-5": {0, all, 200},
		"bytes=--5": {0, all, 200}, "bytes=-5-": {0, all, 200}, "bytes=99999999999999999999-": {0, all, 200}, "bytes=0x1-5": {0, all, 200}, "0-5": {0, all, 200},
	} {
		from, length, status := server.ByteRange(header, all)
		if got := [3]int64{from, length, int64(status)}; got != want {
			t.Errorf("ByteRange(%q) = %v, want %v", header, got, want)
		}
	}
	if _, _, status := server.ByteRange("bytes=0-", 0); status != 416 {
		t.Errorf("a range of an empty file answers %d", status)
	}
}

func FuzzByteRange(f *testing.F) {
	f.Add("bytes=0-99", int64(1000))
	f.Add("bytes=-9223372036854775808", int64(1))
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			return
		}
		from, length, status := server.ByteRange(header, size)
		if from < 0 || length < 0 || from > size || length > size-from || status != 200 && status != 206 && status != 416 || status == 206 && length == 0 {
			t.Errorf("ByteRange(%q, %d) = %d, %d, %d", header, size, from, length, status)
		}
	})
}

// largePDF is a PDF that is as large as a pack of scans: filled up behind its pages.
func largePDF(t *testing.T, size int) []byte {
	t.Helper()
	fill := make([]byte, size)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(fill)
	for i, b := range fill {
		fill[i] = 'a' + b%26
	}
	return fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"+
		"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>\nendobj\n"+
		"4 0 obj\n<</Length %d>>\nstream\n%%%s\nendstream\nendobj\ntrailer\n<</Root 1 0 R/Size 5>>\nstartxref\n0\n%%%%EOF", len(fill)+1, fill)
}

func TestDownload(t *testing.T) {
	file := largePDF(t, 32<<20) // 20 MB of it as the public gets it
	s, token, paper, m := published(t, file)
	b := s.Browser(t)
	path := "/papers/" + paper + "/file"
	whole := b.Get(t, path)
	etag := whole.Header.Get("ETag")
	file = []byte(whole.Text) // the cleaned copy
	size := int64(len(file))
	if whole.StatusCode != http.StatusOK || size < 10<<20 || !strings.HasPrefix(etag, fmt.Sprintf(`"%x`, sha256.Sum256(file))[:32]) || whole.ContentLength != size || whole.Header.Get("Accept-Ranges") != "bytes" || etag == "" ||
		whole.Header.Get("Content-Type") != "application/pdf" || whole.Header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("the file comes with %d and %v, %d bytes", whole.StatusCode, whole.Header, len(whole.Text))
	}
	same := func(a servertest.Answer, status int, from, to int64) {
		t.Helper()
		want := fmt.Sprintf("bytes %d-%d/%d", from, to-1, size)
		if status == http.StatusOK {
			want = ""
		}
		if a.StatusCode != status || a.Header.Get("Content-Range") != want || !bytes.Equal([]byte(a.Text), file[from:to]) {
			t.Errorf("got %d, %q, %d bytes, want %d, %q, %d bytes", a.StatusCode, a.Header.Get("Content-Range"), len(a.Text), status, want, to-from)
		}
	}
	same(b.Get(t, path, "Range", "bytes=0-99"), 206, 0, 100)
	same(b.Get(t, path, "Range", "bytes=10000000-19999999"), 206, 10_000_000, 20_000_000)
	same(b.Get(t, path, "Range", "bytes=-500"), 206, size-500, size)
	same(b.Get(t, path, "Range", fmt.Sprintf("bytes=%d-", size-7)), 206, size-7, size)
	same(b.Get(t, path, "Range", "bytes=0-99", "If-Range", etag), 206, 0, 100)
	same(b.Get(t, path, "Range", "bytes=0-99", "If-Range", `"another"`), 200, 0, size)
	same(b.Get(t, path, "Range", "bytes=0-99", "If-Range", "Wed, 08 Apr 2026 09:30:00 GMT"), 200, 0, size)
	if a := b.Get(t, path, "Range", "bytes=99999999-"); a.StatusCode != 416 || a.Header.Get("Content-Range") != fmt.Sprintf("bytes */%d", size) {
		t.Errorf("out of reach: %d %q", a.StatusCode, a.Header.Get("Content-Range"))
	}
	for _, match := range []string{etag, "W/" + etag, `"x", ` + etag} {
		if a := b.Get(t, path, "If-None-Match", match, "Range", "bytes=0-99"); a.StatusCode != http.StatusNotModified || a.Text != "" {
			t.Errorf("If-None-Match: %s answers %d with %d bytes", match, a.StatusCode, len(a.Text))
		}
	}
	if a := b.Do(t, "HEAD", path, "", nil); a.StatusCode != http.StatusOK || a.Text != "" || a.ContentLength != size {
		t.Errorf("HEAD answers %d with %d bytes announced", a.StatusCode, a.ContentLength)
	}
	t.Run("not for the public", func(t *testing.T) {
		item := s.Item(t, m.Slug, "Later")
		var p struct{ ID string }
		if status, text := s.APIUpload(t, token, "/items/"+item.ID+"/papers", "2 Later.pdf", servertest.PDF(t, "Later", "one"), &p); status != http.StatusCreated {
			t.Fatalf("uploading: %d %s", status, text)
		}
		for _, headers := range [][]string{{}, {"Range", "bytes=0-99"}, {"If-None-Match", etag}, {"Range", "bytes=99999999-"}} {
			if a := b.Get(t, "/papers/"+p.ID+"/file", headers...); a.StatusCode != http.StatusNotFound || a.Header.Get("ETag") != "" || a.Header.Get("Accept-Ranges") != "" {
				t.Errorf("an unpublished file with %v answers %d %v", headers, a.StatusCode, a.Header)
			}
		}
	})
	t.Run("graceful stop", func(t *testing.T) { stopGracefully(t, s, path, m.Slug, file) })
}

// stopGracefully stops the program while a slow reader is in the middle of a file and a room is open.
func stopGracefully(t *testing.T, s *servertest.Site, path, meeting string, file []byte) {
	conn := dial(t, s.URL).(*net.TCPConn)
	_ = conn.SetReadBuffer(64 << 10) // else the kernel takes all of it before the stop
	if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	res, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	begun := make([]byte, 1<<20)
	if _, err := io.ReadFull(res.Body, begun); err != nil {
		t.Fatal(err)
	}
	d := websocket.Dialer{Subprotocols: []string{"clearday.live.v1"}, HandshakeTimeout: 10 * time.Second}
	socket, _, err := d.Dial(strings.Replace(s.URL, "http", "ws", 1)+"/meetings/"+meeting+"/live/socket", nil)
	if err != nil {
		t.Fatalf("opening the room: %v", err)
	}
	defer socket.Close()
	_ = socket.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, _, err := socket.ReadMessage(); err != nil {
		t.Fatalf("entering the room: %v", err)
	}

	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.Stop(t)
	}()
	for err = nil; err == nil; {
		_, _, err = socket.ReadMessage()
	}
	if !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
		t.Errorf("the socket ended with %v, want 1012", err)
	}
	servertest.Eventually(t, "no new connection is taken", func() bool {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	select {
	case <-stopped:
		t.Error("the program stopped over a download under way")
	default:
	}
	rest, err := io.ReadAll(res.Body)
	if err != nil || !bytes.Equal(append(begun, rest...), file) {
		t.Errorf("the download ended after %d of %d bytes: %v", len(begun)+len(rest), len(file), err)
	}
	<-stopped
}

// pieceConn takes a while for every piece, and stalls when told to.
type pieceConn struct {
	net.Conn
	t        *testing.T
	each     time.Duration
	deadline time.Time
	got      bytes.Buffer
}

func (c *pieceConn) SetWriteDeadline(at time.Time) error {
	c.deadline = at
	return nil
}

func (c *pieceConn) Write(b []byte) (int, error) {
	if len(b) > server.SendPiece {
		c.t.Errorf("a piece of %d bytes", len(b))
	}
	if left := time.Until(c.deadline); left < c.each {
		time.Sleep(left)
		n, _ := c.got.Write(b[:10])
		return n, os.ErrDeadlineExceeded
	}
	time.Sleep(c.each)
	return c.got.Write(b)
}

// TestRollingDeadline holds that the deadline moves with every piece: a slow reader of a long file is
// not cut as long as pieces leave, and one that takes nothing is.
func TestRollingDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := bytes.Repeat([]byte("0123456789"), 30_000)
		slow := &pieceConn{t: t, each: server.SendTimeout - 2*time.Second}
		start := time.Now()
		n, err := server.Rolling(slow).Write(text)
		if n != len(text) || err != nil || !bytes.Equal(slow.got.Bytes(), text) {
			t.Errorf("a slow reader got %d of %d bytes, %v", n, len(text), err)
		}
		if took := time.Since(start); took < 2*server.SendTimeout {
			t.Errorf("it took only %v: the test shows nothing", took)
		}
		stalled := &pieceConn{t: t, each: 2 * server.SendTimeout}
		start = time.Now()
		if n, err := server.Rolling(stalled).Write(text); n != 10 || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) > server.SendTimeout {
			t.Errorf("a stalled reader took %d bytes and held the connection for %v, %v", n, time.Since(start), err)
		}
		conn := server.Rolling(slow)
		for range 5 { // answers on one connection, with quiet between them
			if _, err := conn.Write([]byte("0123456789")); err != nil {
				t.Error(err)
			}
			time.Sleep(3 * server.SendTimeout)
		}
	})
}
