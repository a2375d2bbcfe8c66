package server_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"clearday/server/auth"
	"clearday/server/servertest"
)

// Taking a paper back at the desk leaves no image of its pages on the disk.
func TestDeskWithdrawDropsImages(t *testing.T) {
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Board"), 20)
	i := s.Item(t, m.Slug, "One")
	token := s.Token(t, auth.Secretary)
	var p struct{ ID string }
	if status, text := s.APIUpload(t, token, "/items/"+i.ID+"/papers", "1 A.pdf", servertest.PDF(t, "a", "words"), &p); status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, text)
	}
	s.API(t, token, "POST", "/papers/"+p.ID+"/publish", nil, nil)
	if a := s.Browser(t).Get(t, "/papers/"+p.ID+"/pages/1.jpg"); a.StatusCode != http.StatusOK {
		t.Fatalf("the image: %d", a.StatusCode)
	}
	if a := s.SignedIn(t, auth.Secretary).Post(t, "/desk/papers/"+p.ID+"/withdraw", "reason", "It names somebody"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("withdrawing: %d", a.StatusCode)
	}
	left, err := filepath.Glob(filepath.Join(s.Dir, "images", "*", "*.jpg"))
	if err != nil || len(left) > 0 {
		t.Errorf("images left: %v, %v", left, err)
	}
}
