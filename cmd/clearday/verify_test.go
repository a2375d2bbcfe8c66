package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestVerify: a receipt and its file, taken from a running program, are proven without it; a changed file, a
// changed receipt and another key are not.
func TestVerify(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	m := s.Meeting(t, board, 9)
	item := s.Item(t, m.Slug, "Winter")
	var p struct {
		ID string `json:"id"`
	}
	if status, text := s.APIUpload(t, s.Token(t, auth.Secretary), "/items/"+item.ID+"/papers", "winter.pdf", servertest.PDF(t, "The plan for winter", "Words of the plan."), &p, "title", "The plan for winter"); status != 201 {
		t.Fatalf("uploading: %d %s", status, text)
	}
	if a := s.Browser(t).Get(t, "/papers/"+p.ID+"/receipt"); a.StatusCode != 404 {
		t.Errorf("the receipt of an unpublished paper answers %d", a.StatusCode)
	}
	if _, err := s.Publisher.PublishMeeting(t.Context(), m.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	keep := func(name, path string) string {
		a := s.Browser(t).Get(t, path)
		if a.StatusCode != 200 {
			t.Fatalf("%s answers %d", path, a.StatusCode)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(a.Text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	file, receipt := keep("winter.pdf", "/papers/"+p.ID+"/file"), keep("receipt.txt", "/papers/"+p.ID+"/receipt")
	s.Stop(t)
	try := func(args ...string) (string, error) {
		var out strings.Builder
		err := run(t.Context(), append([]string{"verify"}, args...), []string{"CLEARDAY_DATA=" + filepath.Join(dir, "none")}, &out, &out)
		return out.String(), err
	}
	said, err := try(receipt, "--file", file)
	if err != nil || !strings.Contains(said, "PROVEN: the log 127.0.0.1") || !strings.Contains(said, "“The plan for winter” was published") || !strings.Contains(said, "exactly the bytes of") {
		t.Fatalf("a true receipt: %q (%v)", said, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
		t.Error("verifying made a data directory")
	}
	other := filepath.Join(dir, "other.pdf")
	if err := os.WriteFile(other, []byte("%PDF-1.4"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := try(receipt, "--file", other); err == nil || !strings.Contains(err.Error(), "is not the file that was published") {
		t.Errorf("another file: %v", err)
	}
	text, err := os.ReadFile(receipt)
	if err != nil {
		t.Fatal(err)
	}
	forged := filepath.Join(dir, "forged.txt")
	if err := os.WriteFile(forged, []byte(strings.Replace(string(text), "The plan for winter", "The plan for summer", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := try(forged); err == nil || !strings.Contains(err.Error(), "NOT PROVEN") {
		t.Errorf("a forged title: %v", err)
	}
	if _, err := try(receipt, "--key", "127.0.0.1/log+00000000+AAAA"); err == nil || !strings.Contains(err.Error(), "NOT PROVEN") {
		t.Errorf("another key: %v", err)
	}
}
