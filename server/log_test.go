package server_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"clearday/papers"
	"clearday/papers/publog"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestLogFromOutside: whoever reads the log by its public addresses alone finds it whole, with every act in
// it, and finds it when the past was changed.
func TestLogFromOutside(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	for n := range 4 {
		askPlainly(t, s.Browser(t), m.Slug, fmt.Sprintf("Question number %d?", n))
	}
	b := s.Browser(t)
	get := func(_ context.Context, path string) ([]byte, error) {
		a := b.Get(t, "/log/"+path)
		if a.StatusCode != 200 {
			return nil, fmt.Errorf("%s answers %d", path, a.StatusCode)
		}
		return []byte(a.Text), nil
	}
	_, rest, ok := strings.Cut(b.Get(t, "/log").Text, "The key that signs it:")
	_, rest, ok2 := strings.Cut(rest, `<p class="cd-hash">`)
	key, _, _ := strings.Cut(rest, "<")
	if !ok || !ok2 {
		t.Fatal("the page of the log does not say its key")
	}
	log, err := note.NewVerifier(strings.ReplaceAll(key, "&#43;", "+"))
	if err != nil {
		t.Fatalf("the key %q: %v", key, err)
	}
	var acts []papers.Act
	audit := func(earlier []byte) publog.Audited {
		t.Helper()
		acts = nil
		a, err := publog.Audit(t.Context(), get, earlier, func(a papers.Act) error { acts = append(acts, a); return nil }, log)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := audit(nil)
	want, err := s.Record.Acts(t.Context(), 0, 1000)
	if err != nil || len(first.Differences) > 0 || len(acts) != len(want) || len(acts) < 6 {
		t.Fatalf("a whole log: %v, %d of %d acts (%v)", first.Differences, len(acts), len(want), err)
	}
	askPlainly(t, s.Browser(t), m.Slug, "One more?")
	if a := audit(first.Signed); len(a.Differences) > 0 || a.Checkpoint.Size != first.Checkpoint.Size+1 {
		t.Errorf("a log that has grown: %+v", a)
	}
	for path, status := range map[string]int{"tile/0/999": 404, "tile/x": 404, "tile/entries/000.p/1": 200, "tile/0/000.p/2": 200, "tile/0/000": 404} {
		if a := b.Get(t, "/log/"+path); a.StatusCode != status {
			t.Errorf("/log/%s answers %d, not %d", path, a.StatusCode, status)
		}
	}
	for _, path := range []string{"/log?kind=questions", "/log?board=" + m.Board, "/log?kind=papers", "/log?before=3"} {
		if a := b.Get(t, path); a.StatusCode != 200 {
			t.Errorf("%s answers %d", path, a.StatusCode)
		}
	}
}

// TestVerifyPage: the hash of a published file is known, that of an unpublished one is not; what was withdrawn
// is said without its title.
func TestVerifyPage(t *testing.T) {
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Partnership Board"), 9)
	item := s.Item(t, m.Slug, "Winter")
	token := s.Token(t, auth.Secretary)
	var p struct {
		ID string `json:"id"`
	}
	if status, text := s.APIUpload(t, token, "/items/"+item.ID+"/papers", "winter.pdf", servertest.PDF(t, "The plan for winter", "Words."), &p, "title", "The plan for winter"); status != 201 {
		t.Fatalf("uploading: %d %s", status, text)
	}
	paper, err := s.Record.Paper(t.Context(), papers.Insider, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	hash := paper.Versions[0].File
	b := s.Browser(t)
	says := func(given, words string) {
		t.Helper()
		if a := b.Get(t, "/log/verify?sha256="+given); !strings.Contains(a.Text, words) {
			t.Errorf("%q: the page does not say %q", given, words)
		}
	}
	says(hash, "We never published a file")
	if _, err := s.Publisher.PublishMeeting(t.Context(), m.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	says(hash, "The plan for winter")
	says("SHA256:"+strings.ToUpper(hash), "still the newest version")
	says("garbage", "A fingerprint is 64 letters and digits")
	if status, text := s.API(t, token, "POST", "/papers/"+p.ID+"/withdraw", map[string]any{"reason": "It held a name."}, nil); status >= 300 {
		t.Fatalf("withdrawing: %d %s", status, text)
	}
	a := b.Get(t, "/log/verify?sha256="+hash)
	if !strings.Contains(a.Text, "Published, then withdrawn") || strings.Contains(a.Text, "The plan for winter") {
		t.Error("what was withdrawn is not said, or is said with its title")
	}
	if a := b.Get(t, "/papers/"+p.ID+"/receipt"); a.StatusCode != 410 {
		t.Errorf("the receipt of a withdrawn paper answers %d", a.StatusCode)
	}
}

// TestRolledBack: a record that was set back to an older copy is not signed, and the page says so.
func TestRolledBack(t *testing.T) {
	s := servertest.Start(t)
	s.Board(t, "Partnership Board")
	if a := s.Browser(t).Get(t, "/log/checkpoint"); a.StatusCode != 200 {
		t.Fatalf("the checkpoint answers %d", a.StatusCode)
	}
	size, tree, err := s.Record.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	root, err := publog.RootAt(size, tree)
	if err != nil {
		t.Fatal(err)
	}
	key, err := publog.NewKey(strings.TrimPrefix(s.URL, "http://")+"/log", s.Config.LogKey)
	if err != nil {
		t.Fatal(err)
	}
	later, err := note.Sign(&note.Note{Text: publog.Checkpoint{Origin: key.Name(), Size: size + 5, Root: root}.Text()}, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := publog.File(s.Dir + "/keys/checkpoint").Save(later); err != nil { // what this machine had signed before the copy came back
		t.Fatal(err)
	}
	if a := s.Browser(t).Get(t, "/log/checkpoint"); a.StatusCode != 409 {
		t.Errorf("a record that was set back is signed: %d %s", a.StatusCode, a.Text)
	}
	s.Board(t, "Another Board") // or the page comes from the cache
	servertest.Eventually(t, "the page says that the log is not signed", func() bool {
		return strings.Contains(s.Browser(t).Get(t, "/log").Text, "does not continue what was signed before")
	})
	if _, err := (&publog.Signer{Log: s.Record, Anchor: publog.File(s.Dir + "/keys/checkpoint"), Key: key}).Sign(t.Context()); !errors.Is(err, publog.ErrRolledBack) {
		t.Errorf("signing answers %v", err)
	}
}
