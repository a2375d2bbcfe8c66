package server_test

import (
	"strings"
	"testing"

	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestSetUp: an administrator of a new installation names the site and adds a board from the desk;
// a secretary may not.
func TestSetUp(t *testing.T) {
	s := servertest.Start(t)
	admin := s.SignedIn(t, auth.Admin)
	if a := admin.Get(t, "/desk"); !strings.Contains(a.Text, `href="/desk/site"`) {
		t.Error("the desk of an administrator does not lead to the site's page")
	}
	if a := admin.Post(t, "/desk/site", "name", "  ", "area", "The Fens"); a.StatusCode != 422 || !strings.Contains(a.Text, "The Fens") {
		t.Errorf("a site without a name answers %d, or forgets what was typed", a.StatusCode)
	}
	if a := admin.Post(t, "/desk/site", "name", "Fenmarsh & Eastwold", "contact", "board@example.org"); a.StatusCode != 303 {
		t.Fatalf("saving the site answers %d: %s", a.StatusCode, a.Text)
	}
	for range 2 {
		admin.Post(t, "/desk/boards", "name", "Quality and Safety Committee")
	}
	if a := admin.Post(t, "/desk/boards", "name", "Quality and Safety Committee"); a.StatusCode != 409 {
		t.Errorf("the same board again answers %d, want 409", a.StatusCode)
	}
	servertest.Eventually(t, "the public pages say it", func() bool {
		home := s.Browser(t).Get(t, "/").Text
		return strings.Contains(home, "Fenmarsh &amp; Eastwold") && strings.Contains(home, "/boards/quality-and-safety-committee")
	})
	secretary := s.SignedIn(t, auth.Secretary)
	if a := secretary.Post(t, "/desk/site", "name", "Mine"); a.StatusCode != 403 {
		t.Errorf("a secretary changing the site answers %d, want 403", a.StatusCode)
	}
}
