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

// A question that was published by mistake is taken back: the words, the name and the answer are in
// nothing that the public gets, also not for whoever has watched all the time or comes back.
func TestTakeBack(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	desk, public := s.SignedIn(t, auth.Secretary), s.Browser(t)
	mine := askPlainly(t, s.Browser(t), m.Slug, "CANARYTEXT of a neighbour", "name", "CANARYNAME")
	number := numberIn(mine)
	gather := func() string {
		var all strings.Builder
		for _, path := range []string{"/", "/meetings/" + m.Slug, "/meetings/" + m.Slug + "/live", "/meetings/" + m.Slug + "/questions", "/questions", "/questions/" + number,
			"/search?q=neighbour", "/api/v1/meetings/" + m.Slug + "/questions", "/api/v1/questions", "/api/v1/log/entries", "/feed.atom",
			"/api/v1/meetings/" + m.Slug + "/live?since=0", "/api/v1/meetings/" + m.Slug + "/live?since=1", "/api/v1/meetings/" + m.Slug + "/live"} {
			a := public.Get(t, path)
			all.WriteString(a.Text + "\n")
		}
		for _, since := range []string{"", "?since=0", "?since=1"} {
			came, err := heard(roomSocket(t, public, m.Slug, since), `"presence"`)
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString(came)
		}
		return all.String()
	}
	if a := decide(t, desk, m.Slug, number, "state", "published"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("publishing answered %d", a.StatusCode)
	}
	watching := roomSocket(t, public, m.Slug, "")
	if n := strings.Count(gather(), "CANARYTEXT"); n < 9 {
		t.Fatalf("the published words are told %d times only", n)
	}
	if a := decide(t, desk, m.Slug, number, "state", "answered_in_writing", "answer", "CANARYANSWER"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("answering answered %d", a.StatusCode)
	}
	if p := desk.Get(t, "/desk/meetings/"+m.Slug+"/live?show=all&q="+number); !strings.Contains(p.Text, `<p>Take it back: the words`) {
		t.Error("the desk does not offer to take it back")
	}
	if a := decide(t, desk, m.Slug, number, "state", "refused"); a.StatusCode == http.StatusSeeOther {
		t.Error("it was taken back without a reason")
	}
	if a := decide(t, desk, m.Slug, number, "state", "refused", "reason", "names-individual"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("taking it back answered %d: %s", a.StatusCode, a.Text)
	}
	if _, err := heard(watching, `"state":"refused"`); err != nil {
		t.Errorf("who watches is not told: %v", err)
	}
	all := gather()
	for _, words := range []string{"CANARYTEXT", "CANARYNAME", "CANARYANSWER"} {
		if at := strings.Index(all, words); at >= 0 {
			t.Errorf("%s is told still: %s", words, all[max(0, at-300):at+100])
		}
	}
	if !strings.Contains(all, "names-individual") {
		t.Error("the reason is not told")
	}
	if own := s.Browser(t).Get(t, mine); !strings.Contains(own.Text, "CANARYTEXT") || !strings.Contains(own.Text, "CANARYNAME") {
		t.Error("the asker lost their own words")
	}
}
