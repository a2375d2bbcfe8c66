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

type rollingConn struct{ net.Conn }

func (c *rollingConn) Write(b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		if err := c.Conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
			return sent, err
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
