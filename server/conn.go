package server

import (
	"net"
	"time"
)

// sendTimeout is how long one piece of an answer may take to leave. A download of any length lives
// as long as each piece makes progress; a stalled one ends.
const (
	sendTimeout = 30 * time.Second
	sendPiece   = 64 << 10
)

// rolling is a listener whose connections move their write deadline with every piece sent. A
// WriteTimeout of the server would cut long downloads in the middle (choices.md).
type rolling struct{ net.Listener }

func (l rolling) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &rollingConn{Conn: c}, nil
}

// rollingConn is written by one goroutine at a time, as fasthttp does.
type rollingConn struct {
	net.Conn
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

// NetConn gives the connection itself, to a socket that keeps its own deadlines.
func (c *rollingConn) NetConn() net.Conn { return c.Conn }
