package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"clearday/server/auth"
	"clearday/server/servertest"
)

// roomSocket opens the room's socket with the browser's cookies. since is "" or "?since=7".
func roomSocket(t *testing.T, b *servertest.Browser, meeting, since string) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"clearday.live.v1"}, HandshakeTimeout: 10 * time.Second, Jar: b.Jar}
	conn, _, err := d.Dial(strings.Replace(b.Site.URL, "http", "ws", 1)+"/meetings/"+meeting+"/live/socket"+since,
		http.Header{"Origin": {b.Site.URL}})
	if err != nil {
		t.Fatalf("opening the room: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	return conn
}

// heard reads the socket until a frame holds the words, or it ends, and gives all that came.
func heard(conn *websocket.Conn, words string) (all string, err error) {
	for {
		_, msg, err := conn.ReadMessage()
		if err != nil {
			return all, err
		}
		if all += string(msg); strings.Contains(string(msg), words) {
			return all, nil
		}
	}
}

// The queue ends with the session that opened the socket, whichever way that ended.
func TestModeratorSocketEnds(t *testing.T) {
	ends := map[string]func(*testing.T, *servertest.Site, *servertest.Browser){
		"signed out": func(t *testing.T, _ *servertest.Site, desk *servertest.Browser) {
			if a := desk.Post(t, "/sign-out"); a.StatusCode != http.StatusSeeOther {
				t.Fatalf("signing out answered %d", a.StatusCode)
			}
		},
		"session over": func(_ *testing.T, s *servertest.Site, _ *servertest.Browser) { s.Clock.Advance(2 * time.Hour) },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			s := servertest.Start(t)
			m, _ := meetingWithRoom(t, s)
			desk, resident := s.SignedIn(t, auth.Moderator), s.Browser(t)
			conn := roomSocket(t, desk, m.Slug, "")
			askPlainly(t, resident, m.Slug, "The first words")
			if _, err := heard(conn, "The first words"); err != nil {
				t.Fatalf("a moderator was not told of a question: %v", err)
			}
			end(t, s, desk)
			askPlainly(t, resident, m.Slug, "The later words")
			all, err := heard(conn, "The later words")
			if err == nil || strings.Contains(all, "The later words") {
				t.Error("the queue goes on after the session")
			}
			if err != nil && !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
				t.Errorf("the socket ended with %v, want 1008", err)
			}
		})
	}
}
