package server_test

import (
	"net/http"
	"strings"
	"testing"

	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestRetentionPages: times are changed at the desk by who may, said in plain words on the privacy page, and
// a number that is none loses nothing that was typed.
func TestRetentionPages(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	admin, secretary := s.SignedIn(t, auth.Admin), s.SignedIn(t, auth.Secretary)
	form := []string{"contacts", "91", "words", "365", "messages", "183", "devices", "14", "reports", "183", "blocks", "30", "chat", "30", "chat_names", "183"}
	if a := secretary.Post(t, "/desk/site/retention", form...); a.StatusCode != http.StatusForbidden {
		t.Errorf("a secretary changes the site's times: %d", a.StatusCode)
	}
	if a := admin.Post(t, "/desk/site/retention", form...); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("changing the times answered %d %s", a.StatusCode, a.Text)
	}
	form[1] = "62"
	if a := secretary.Post(t, "/desk/boards/"+board+"/retention", form...); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("changing a board's times answered %d %s", a.StatusCode, a.Text)
	}
	servertest.Eventually(t, "the privacy page says both", func() bool {
		p := s.Browser(t).Get(t, "/privacy").Text
		return strings.Contains(p, "91 days after the last answer or the meeting; by the Partnership Board after 62 days")
	})
	form[1] = "soon"
	if a := secretary.Post(t, "/desk/boards/"+board+"/retention", form...); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, `value="soon"`) || !strings.Contains(a.Text, "number of days") {
		t.Errorf("a number that is none answered %d", a.StatusCode)
	}
	if a := secretary.Post(t, "/desk/boards/"+board+"/retention", "act", "reset"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("following the site answered %d", a.StatusCode)
	}
	if rules, own, err := s.Record.Retention(t.Context(), board); err != nil || own || rules["contacts"] != 91 {
		t.Errorf("the board's times are %v, own %v, %v", rules, own, err)
	}
}
