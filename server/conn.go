package server

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// sendTimeout is how long one piece of an answer may take to leave. A download of any length lives
// as long as each piece makes progress; a stalled one ends.
const (
	sendTimeout = 30 * time.Second
	sendPiece   = 64 << 10
)

// mostOpen is how many connections of one address may be open at once, beside the sockets of rooms, which
// the hub counts. A whole hospital that reads has less: a browser opens six at most, and idle ones end.
// One machine that opens them and says nothing takes no more of the 20,000 files than that.
const mostOpen = 1000

// rolling is a listener whose connections move their write deadline with every piece sent, and of which
// no address has too many. A WriteTimeout of the server would cut long downloads in the middle
// (choices.md).
type rolling struct {
	net.Listener
	trusted func(netip.Addr) bool // a proxy: many people are behind it
	most    int

	mu   sync.Mutex
	open map[string]int // connections by place
}

func (l *rolling) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if place, ok := l.enter(c.RemoteAddr()); ok {
			return &rollingConn{Conn: c, leave: sync.OnceFunc(func() { l.exit(place) })}, nil
		}
		_ = c.Close() // without a word: a flood gets no answer
	}
}

// enter counts a connection in, unless its place has too many. A proxy of ours has no place.
func (l *rolling) enter(from net.Addr) (place string, ok bool) {
	at, err := netip.ParseAddrPort(from.String())
	if err != nil || l.trusted(at.Addr().Unmap()) {
		return "", true
	}
	place = placeOf(at.Addr().Unmap())
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[place] >= l.most {
		return "", false
	}
	if l.open == nil {
		l.open = map[string]int{}
	}
	l.open[place]++
	return place, true
}

func (l *rolling) exit(place string) {
	if place == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[place]--; l.open[place] == 0 {
		delete(l.open, place)
	}
}

// rollingConn is written by one goroutine at a time, as fasthttp does.
type rollingConn struct {
	net.Conn
	leave func()    // counts it out, once
	moved time.Time // when the deadline was moved last
}

func (c *rollingConn) Write(b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		// Once a second is often enough, and costs nothing on short answers.
		if now := time.Now(); now.Sub(c.moved) > time.Second {
			if err := c.Conn.SetWriteDeadline(now.Add(sendTimeout)); err != nil {
				return sent, err
			}
			c.moved = now
		}
		n, err := c.Conn.Write(b[sent:min(len(b), sent+sendPiece)])
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// Close ends the connection.
func (c *rollingConn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// NetConn gives the connection itself, to a socket that keeps its own deadlines and is counted by the hub.
func (c *rollingConn) NetConn() net.Conn {
	c.leave()
	return c.Conn
}
