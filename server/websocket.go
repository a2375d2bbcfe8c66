package server

import (
	"bufio"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"clearday/livestream"
	"clearday/papers"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/websocket"
	"golang.org/x/net/http/httpguts"
)

// upgrader holds a small buffer a socket for reading (readBuffer) and none for writing: the room writes
// its frames by itself. The origin is checked before, while an error page can still be answered.
var upgrader = websocket.Upgrader{
	WriteBufferSize: 512,
	WriteBufferPool: &sync.Pool{},
	Subprotocols:    []string{livestream.Protocol},
	CheckOrigin:     func(*http.Request) bool { return true },
}

// readBuffer is what a socket holds for reading. Gorilla takes the buffer of the connection that it is
// given, unless it is too small, so that the room knows it too.
const readBuffer = 512

// upgrade turns the request into a WebSocket and has serve run on it, in a goroutine of its own that
// outlives the request: serve closes the connection, which reads by the reader, and must not touch c. Whatever is wrong with the
// handshake is an Error that can be answered with a page. allowedOrigin is asked with the Origin and
// the Host of the request; a request without Origin comes from no browser and is taken.
//
// The app needs app.Server().KeepHijackedConns = true and fiber.Config{Immutable: true}.
func upgrade(c *fiber.Ctx, allowedOrigin func(origin, host string) bool, serve func(*websocket.Conn, *bufio.Reader)) error {
	r, err := handshake(c)
	if err != nil {
		return err
	}
	if origin := r.Header.Get("Origin"); origin != "" && !allowedOrigin(origin, r.Host) {
		return papers.Errorf(papers.CodeForbidden, "The live room can only be opened from its own site.")
	}
	answer := http.Header{} // gorilla writes the answer: a cookie that was set for it goes along
	for _, cookie := range c.Response().Header.Cookies() {
		answer.Add("Set-Cookie", string(cookie))
	}
	c.Context().HijackSetNoResponse(true)
	c.Context().Hijack(func(hc net.Conn) {
		nc := bare(hc)
		reader := bufio.NewReaderSize(nc, readBuffer)
		conn, err := upgrader.Upgrade(&hijacked{conn: nc, reader: reader}, r, answer)
		if err != nil {
			_ = nc.Close() // the handshake was checked: the line is gone
			return
		}
		go serve(conn, reader)
	})
	return nil
}

// bare takes off what this server has wrapped around the connection: fasthttp's buffers, which go
// back with the request, and the rolling deadline. The room has its own.
func bare(nc net.Conn) net.Conn {
	if u, ok := nc.(interface{ UnsafeConn() net.Conn }); ok {
		nc = u.UnsafeConn()
	}
	if r, ok := nc.(*rollingConn); ok {
		nc = r.NetConn()
	}
	return nc
}

// handshake copies what gorilla needs of the request out of fasthttp's memory, and checks it.
func handshake(c *fiber.Ctx) (*http.Request, error) {
	r := &http.Request{Method: c.Method(), Host: string(c.Request().Host()), Header: http.Header{}, URL: &url.URL{Path: strings.Clone(c.Path())}}
	for _, name := range []string{"Connection", "Upgrade", "Origin", "Sec-Websocket-Version", "Sec-Websocket-Key", "Sec-Websocket-Protocol"} {
		if v := c.Get(name); v != "" {
			r.Header.Set(name, strings.Clone(v))
		}
	}
	switch {
	case r.Method != http.MethodGet || !websocket.IsWebSocketUpgrade(r):
		return nil, papers.Errorf(papers.CodeInvalid, "This address is for the live room’s connection. Open the room’s page instead.")
	case !httpguts.HeaderValuesContainsToken(r.Header["Sec-Websocket-Version"], "13"):
		return nil, papers.Errorf(papers.CodeInvalid, "This connection speaks another version of WebSocket. Version 13 is needed.")
	case !validKey(r.Header.Get("Sec-Websocket-Key")):
		return nil, papers.Errorf(papers.CodeInvalid, "This connection has no valid WebSocket key.")
	case len(websocket.Subprotocols(r)) > 0 && !slices.Contains(websocket.Subprotocols(r), livestream.Protocol):
		return nil, papers.Errorf(papers.CodeInvalid, "This connection offers other protocols than %s.", livestream.Protocol)
	}
	return r, nil
}

// validKey tells whether the key is 16 bytes in base64 (RFC 6455 4.1).
func validKey(key string) bool {
	b, err := base64.StdEncoding.DecodeString(key)
	return err == nil && len(b) == 16
}

// hijacked is the ResponseWriter that gorilla's Upgrade takes a connection from.
type hijacked struct {
	conn   net.Conn
	reader *bufio.Reader
	header http.Header
}

func (h *hijacked) Header() http.Header {
	if h.header == nil {
		h.header = http.Header{}
	}
	return h.header
}

func (h *hijacked) Write([]byte) (int, error) {
	return 0, errors.New("the connection is no longer HTTP")
}

func (h *hijacked) WriteHeader(int) {}

// Hijack gives the connection. The smallest writer will do: gorilla makes its own.
func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(h.reader, bufio.NewWriterSize(h.conn, 16)), nil
}
