package server_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"clearday/server/auth"
	"clearday/server/servertest"
)

// Nobody fills the memory with uploads: a stranger's is not taken, and still gets a clear answer.
func TestUploadsOfStrangers(t *testing.T) {
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Board"), 20)
	i := s.Item(t, m.Slug, "One")
	big := append(servertest.PDF(t, "big", "words"), bytes.Repeat([]byte{'\n'}, 3<<20)...)
	body, kind := servertest.Multipart(t, "1 A.pdf", big)
	sent, _ := io.ReadAll(body)
	for name, credential := range map[string]string{"nobody": "", "a made-up token": "Authorization: Bearer " + auth.NewSecret() + "\r\n", "a made-up session": "Cookie: clearday_session=" + auth.NewSecret() + "\r\n"} {
		for _, path := range []string{"/api/v1/items/" + i.ID + "/papers", "/desk/meetings/" + m.Slug + "/papers"} {
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n", path, credential, kind, len(sent))
			if _, err := conn.Write(sent); err != nil {
				t.Errorf("%s, %s: the line broke: %v", name, path, err)
			}
			answer := make([]byte, 12)
			if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 401" {
				t.Errorf("%s, %s: %q, %v", name, path, answer, err)
			}
		}
	}
	if status, text := s.APIUpload(t, s.Token(t, auth.Secretary), "/items/"+i.ID+"/papers", "1 A.pdf", big, nil); status != http.StatusCreated {
		t.Errorf("the secretary's: %d %s", status, text)
	}
	if a := s.SignedIn(t, auth.Secretary).Upload(t, "/desk/meetings/"+m.Slug+"/papers", "1 A.pdf", big); a.StatusCode != http.StatusCreated {
		t.Errorf("the secretary's at the desk: %d %s", a.StatusCode, a.Text)
	}
}
