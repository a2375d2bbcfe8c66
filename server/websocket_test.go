package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"clearday/livestream"
	"clearday/papers"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/websocket"
)

// echoServer upgrades /live/:room behind a real listener; serve says the room's name and echoes.
func echoServer(t *testing.T) (addr string, sockets func() []*websocket.Conn) {
	t.Helper()
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true, ErrorHandler: func(c *fiber.Ctx, err error) error {
		return c.Status(map[papers.Code]int{papers.CodeInvalid: 400, papers.CodeForbidden: 403}[papers.CodeOf(err)]).SendString(err.Error())
	}})
	app.Server().KeepHijackedConns = true
	var mu sync.Mutex
	var all []*websocket.Conn
	app.Get("/live/:room", func(c *fiber.Ctx) error {
		name := c.Params("room")
		c.Cookie(&fiber.Cookie{Name: "device", Value: name, HTTPOnly: true})
		return upgrade(c, func(origin, host string) bool { return strings.TrimPrefix(origin, "http://") == host }, func(conn *websocket.Conn, _ *bufio.Reader) {
			defer conn.Close()
			mu.Lock()
			all = append(all, conn)
			mu.Unlock()
			for {
				kind, b, err := conn.ReadMessage()
				if err != nil {
					return
				}
				if err := conn.WriteMessage(kind, []byte(name+" "+string(b))); err != nil {
					return
				}
			}
		})
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- app.Listener(&rolling{Listener: ln, most: mostOpen, trusted: func(netip.Addr) bool { return false }})
	}()
	sockets = func() []*websocket.Conn {
		mu.Lock()
		defer mu.Unlock()
		return append([]*websocket.Conn(nil), all...)
	}
	t.Cleanup(func() {
		for _, c := range sockets() {
			_ = c.Close() // app.Shutdown leaves them open
		}
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String(), sockets
}

func TestUpgrade(t *testing.T) {
	addr, sockets := echoServer(t)
	dialer := websocket.Dialer{Subprotocols: []string{livestream.Protocol}}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			room := fmt.Sprintf("room-%d", i)
			conn, res, err := dialer.Dial("ws://"+addr+"/live/"+room, http.Header{"Origin": {"http://" + addr}})
			if err != nil {
				t.Errorf("Dial = %v", err)
				return
			}
			defer conn.Close()
			_ = res.Body.Close()
			if cookies := res.Cookies(); len(cookies) != 1 || cookies[0].Value != room || !cookies[0].HttpOnly {
				t.Errorf("cookies = %v", cookies)
			}
			if got := conn.Subprotocol(); got != livestream.Protocol {
				t.Errorf("subprotocol = %q", got)
			}
			for j := range 5 {
				if err := conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, "hello %d", j)); err != nil {
					t.Error(err)
					return
				}
				_, b, err := conn.ReadMessage()
				if want := fmt.Sprintf("%s hello %d", room, j); err != nil || string(b) != want {
					t.Errorf("got %q, %v; want %q", b, err, want)
				}
			}
		})
	}
	wg.Wait()
	if n := len(sockets()); n != 40 {
		t.Errorf("%d sockets were served", n)
	}
}

// Close from another goroutine ends the reader on both sides.
func TestUpgradeClose(t *testing.T) {
	addr, sockets := echoServer(t)
	conn, res, err := websocket.DefaultDialer.Dial("ws://"+addr+"/live/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = res.Body.Close()
	if err := conn.WriteMessage(websocket.TextMessage, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	if _, ok := sockets()[0].NetConn().(*net.TCPConn); !ok {
		t.Errorf("the socket runs on %T, want the connection itself", sockets()[0].NetConn())
	}
	_ = sockets()[0].Close()
	if _, _, err := conn.ReadMessage(); err == nil || errors.Is(err, io.ErrNoProgress) {
		t.Errorf("after Close: %v", err)
	}
}

func TestUpgradeRefused(t *testing.T) {
	addr, sockets := echoServer(t)
	good := map[string]string{"Connection": "keep-alive, Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": livestream.Protocol, "Origin": "http://" + addr}
	for _, c := range []struct {
		name, header, value string
		want                int
	}{
		{"good", "Origin", good["Origin"], 101},
		{"no origin", "Origin", "", 101},
		{"no subprotocol", "Sec-WebSocket-Protocol", "", 101},
		{"another site", "Origin", "http://evil.example", 403},
		{"no site", "Origin", "null", 403},
		{"plain request", "Upgrade", "", 400},
		{"no upgrade token", "Connection", "keep-alive", 400},
		{"old version", "Sec-WebSocket-Version", "8", 400},
		{"no key", "Sec-WebSocket-Key", "", 400},
		{"short key", "Sec-WebSocket-Key", "abc", 400},
		{"key that is no base64", "Sec-WebSocket-Key", "!!!!!!!!!!!!!!!!!!!!!!!!", 400},
		{"other subprotocol", "Sec-WebSocket-Protocol", "graphql-ws", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequest(http.MethodGet, "http://"+addr+"/live/a", nil)
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range good {
				if k == c.header {
					v = c.value
				}
				if v != "" {
					req.Header[http.CanonicalHeaderKey(k)] = []string{v}
				}
			}
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != c.want {
				body, _ := io.ReadAll(res.Body)
				t.Errorf("status %d, want %d: %s", res.StatusCode, c.want, body)
			}
		})
	}
	if n := len(sockets()); n > 3 {
		t.Errorf("%d sockets were opened", n)
	}
}
