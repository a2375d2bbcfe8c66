package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/websocket"
)

// bareOrders are the bytes and headers that the yardstick answers.
type bareOrders struct {
	Body    []byte
	Headers [][2]string
}

// bareChild is the yardstick of requests: a Fiber handler that sets the same headers and sends the
// same bytes, and does nothing else.
func bareChild(in io.Reader, out io.Writer) error {
	var o bareOrders
	rest, err := orders(in, &o)
	if err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/*", func(c *fiber.Ctx) error {
		for _, h := range o.Headers {
			c.Set(h[0], h[1])
		}
		c.Response().SetBodyRaw(o.Body)
		return nil
	})
	return serveUntilEnd(rest, out, app.Listener)
}

// plainHello is the first frame of the plain hub: as long as a room's.
var plainHello = append([]byte(`{"t":"hello","seq":0,"state":"`), append(bytes.Repeat([]byte("x"), 8<<10), `"}`...)...)

// plainHub is the yardstick of sockets: net/http with gorilla, each socket read by the goroutine of
// its handler, each event written to each socket.
type plainHub struct {
	hello []byte
	mu    sync.Mutex
	all   []*websocket.Conn
}

// gorillaChild serves it. A request to /collect gives unused memory back, one to /send sends n events.
func gorillaChild(in io.Reader, out io.Writer) error {
	var h plainHub
	rest, err := orders(in, &h.hello)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/collect", func(http.ResponseWriter, *http.Request) { debug.FreeOSMemory() })
	mux.HandleFunc("/send", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.FormValue("n"))
		if err == nil {
			err = h.send(n)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("/", h.watch)
	return serveUntilEnd(rest, out, func(ln net.Listener) error { return http.Serve(ln, mux) }) //nolint:gosec // on loopback, for a minute
}

func (h *plainHub) watch(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, Subprotocols: []string{"clearday.live.v1"}}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // answered
	}
	defer conn.Close()
	if err := conn.WriteMessage(websocket.TextMessage, h.hello); err != nil {
		return
	}
	h.mu.Lock()
	h.all = append(h.all, conn)
	h.mu.Unlock()
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

// send writes n events, as long as those of a room, to every socket.
func (h *plainHub) send(n int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range n {
		event := fmt.Appendf(nil, `{"t":"events","seq":%d,"events":[{"seq":%d,"kind":"item.started","at":%q,"data":{"words":"%s"}}]}`, i+1, i+1, time.Now().UTC().Format(time.RFC3339Nano), strings.Repeat("w", 180))
		for _, c := range h.all {
			if err := c.WriteMessage(websocket.TextMessage, event); err != nil {
				return fmt.Errorf("writing to a socket: %w", err)
			}
		}
	}
	return nil
}

// serveUntilEnd listens, tells the address, and serves until the input ends; the process ends then.
func serveUntilEnd(in io.Reader, out io.Writer, serve func(net.Listener) error) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	if err := json.NewEncoder(out).Encode(ln.Addr().String()); err != nil {
		return fmt.Errorf("telling the address: %w", err)
	}
	failed := make(chan error, 1)
	go func() { failed <- serve(ln) }()
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, in)
		ended <- err
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case err := <-ended:
		return err
	}
}
