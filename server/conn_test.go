package server

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/websocket"
)

// bounded serves a page and a socket on a listener on which an address may have so many connections;
// 127.0.0.9 is a proxy of ours.
func bounded(t *testing.T, most int) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true, IdleTimeout: time.Minute})
	app.Server().KeepHijackedConns = true
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString("here") })
	app.Get("/socket", func(c *fiber.Ctx) error {
		return upgrade(c, func(string, string) bool { return true }, func(conn *websocket.Conn, _ *bufio.Reader) {
			defer conn.Close()
			_, _, _ = conn.ReadMessage()
		})
	})
	done := make(chan error, 1)
	l := &rolling{Listener: ln, most: most, trusted: func(a netip.Addr) bool { return a == netip.MustParseAddr("127.0.0.9") }}
	go func() { done <- app.Listener(l) }()
	t.Cleanup(func() {
		_ = app.ShutdownWithTimeout(time.Second)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// from opens a connection that comes from an address of this machine.
func from(t *testing.T, ip, to string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}, Timeout: time.Minute}
	c, err := d.Dial("tcp", to)
	if err != nil {
		t.Fatalf("connecting from %s: %v", ip, err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	return c
}

// answered asks for the page on the connection, which stays open, and tells whether it came.
func answered(t *testing.T, c net.Conn) bool {
	t.Helper()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: board.example\r\n\r\n"); err != nil {
		return false
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return false
	}
	b, err := io.ReadAll(res.Body)
	return err == nil && string(b) == "here"
}

// One address that opens connections and says nothing, or half of a request, gets no more than its share:
// others do not notice, neither do those behind a proxy of ours, and what it closes it may open again.
func TestConnectionsOfOneAddress(t *testing.T) {
	const most = 20
	addr := bounded(t, most)
	var flood []net.Conn
	for i := range most {
		c := from(t, "127.0.0.2", addr)
		if i%2 == 0 {
			_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHo") // and no more
		}
		flood = append(flood, c)
	}
	for range 5 {
		if answered(t, from(t, "127.0.0.2", addr)) {
			t.Fatal("the flood got more than its share")
		}
	}
	if !answered(t, from(t, "127.0.0.3", addr)) {
		t.Error("another address notices the flood")
	}
	for i := range most + 5 {
		if !answered(t, from(t, "127.0.0.9", addr)) {
			t.Fatalf("connection %d of a proxy was refused", i)
		}
	}
	if !answered(t, flood[1]) {
		t.Error("one that waited may not go on")
	}
	_ = flood[2].Close()
	eventually(t, "the place is free again", func() bool { return answered(t, from(t, "127.0.0.2", addr)) })
}

// A socket of a room is counted by the hub, not here.
func TestSocketsAreNotCounted(t *testing.T) {
	const most = 3
	addr := bounded(t, most)
	dialer := websocket.Dialer{NetDial: func(_, _ string) (net.Conn, error) { return from(t, "127.0.0.2", addr), nil }}
	for i := range 4 * most {
		conn, res, err := dialer.Dial("ws://"+addr+"/socket", nil)
		if err != nil {
			t.Fatalf("socket %d: %v", i, err)
		}
		defer conn.Close()
		_ = res.Body.Close()
	}
	if !answered(t, from(t, "127.0.0.2", addr)) {
		t.Error("sockets take the place of pages")
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("gave up waiting until %s", what)
		}
	}
}

func TestOwnOrigin(t *testing.T) {
	public, err := url.Parse("https://board.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		origin, host string
		encrypted    bool
		public       *url.URL
		want         bool
	}{
		{"https://board.example", "board.example", false, public, true}, // behind a proxy that ends TLS
		{"http://board.example", "board.example", false, public, false},
		{"http://board.example", "board.example", true, public, false},
		{"https://board.example", "10.0.0.5:8080", false, public, true}, // a proxy that asks by another name
		{"http://10.0.0.5:8080", "10.0.0.5:8080", false, public, true},  // straight, beside the proxy
		{"https://board.example:8443", "board.example", false, public, false},
		{"https://evil.example", "board.example", true, public, false},
		{"http://localhost:8080", "localhost:8080", false, nil, true},
		{"https://board.example", "board.example", false, nil, true}, // a proxy that says nothing of TLS
		{"https://board.example", "board.example", true, nil, true},
		{"http://board.example", "board.example", true, nil, false},
		{"http://board.example:81", "board.example", false, nil, false},
		{"ftp://board.example", "board.example", false, nil, false},
		{"null", "board.example", false, nil, false}, {"", "board.example", false, nil, false}, {"://", "", false, nil, false},
	} {
		if got := ownOrigin(c.origin, c.host, c.encrypted, c.public); got != c.want {
			t.Errorf("%q of a page, asked for by %q, encrypted %v, public address %v: %v", c.origin, c.host, c.encrypted, c.public, got)
		}
	}
}
