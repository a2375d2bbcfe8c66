package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"

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

// gorillaChild is the yardstick of sockets: net/http with gorilla, each socket read by the goroutine
// of its handler. A request to /collect gives unused memory back.
func gorillaChild(in io.Reader, out io.Writer) error {
	var hello []byte
	rest, err := orders(in, &hello)
	if err != nil {
		return err
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	mux := http.NewServeMux()
	mux.HandleFunc("/collect", func(http.ResponseWriter, *http.Request) { debug.FreeOSMemory() })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return // answered
		}
		defer conn.Close()
		if err := conn.WriteMessage(websocket.TextMessage, hello); err != nil {
			return
		}
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				return
			}
		}
	})
	return serveUntilEnd(rest, out, func(ln net.Listener) error { return http.Serve(ln, mux) }) //nolint:gosec // on loopback, for a minute
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
