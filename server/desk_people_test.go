package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestDeskPeople gives somebody a role at the desk, who signs in with the link; takes it away again, at
// once; and never leaves the site without an administrator.
func TestDeskPeople(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Board")
	m := s.Meeting(t, board, 20)
	admin := s.SignedIn(t, auth.Admin)
	a := admin.Post(t, "/desk/people", "name", "Ruth Okafor", "email", "ruth@example.org", "role", "secretary", "board", board)
	if a.StatusCode != http.StatusOK {
		t.Fatalf("giving a role: %d %s", a.StatusCode, a.Text)
	}
	link := strings.TrimPrefix(document(t, a.Text).Find(".cd-copy").Text(), s.URL)
	if again := admin.Get(t, "/desk/people"); strings.Contains(again.Text, link) {
		t.Error("the link is shown a second time")
	}
	ruth := s.Browser(t)
	if a := ruth.Post(t, link, "password", "four words make this"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing in by the link: %d %s", a.StatusCode, a.Text)
	}
	if a := ruth.Get(t, "/desk/meetings/"+m.Slug); a.StatusCode != http.StatusOK {
		t.Errorf("her desk: %d", a.StatusCode)
	}
	if a := admin.Post(t, "/desk/people", "name", "Ruth Okafor", "email", "RUTH@example.org", "role", "chair", "board", board); a.StatusCode != http.StatusSeeOther {
		t.Errorf("a further role: %d; a link would let the administrator in as her", a.StatusCode)
	}
	if a := ruth.Get(t, "/desk/people"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a secretary sees the people: %d", a.StatusCode)
	}
	revoke := func(who, role string) int {
		action := ""
		document(t, admin.Get(t, "/desk/people").Text).Find(".cd-row").Each(func(_ int, row *goquery.Selection) {
			if strings.Contains(row.Text(), who) {
				action, _ = row.Find("form").First().Attr("action")
			}
		})
		return admin.Post(t, action, "role", role).StatusCode
	}
	if status := revoke("Ruth Okafor", "secretary/"+board); status != http.StatusSeeOther {
		t.Fatalf("taking the role away: %d", status)
	}
	revoke("Ruth Okafor", "chair/"+board)
	if a := ruth.Get(t, "/desk/meetings/"+m.Slug); a.StatusCode == http.StatusOK {
		t.Error("she still reads the desk")
	}
	if status := revoke("Test admin", "admin/*"); status != http.StatusConflict {
		t.Errorf("taking away the last administrator: %d", status)
	}
	for name, fields := range map[string][]string{
		"no name": {"email", "a@example.org", "role", "member"}, "no e-mail": {"name", "A", "role", "member"},
		"no such role": {"name", "A", "email", "a@example.org", "role", "king"}, "no such board": {"name", "A", "email", "a@example.org", "role", "member", "board", "moon"},
	} {
		if a := admin.Post(t, "/desk/people", fields...); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
}
