package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

const piece = 4 << 20

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// padded is a PDF of at least n bytes: what follows the trailer is nobody's text.
func padded(t *testing.T, word string, n int) []byte {
	t.Helper()
	file := servertest.PDF(t, word, "The words of "+word)
	if len(file) < n {
		file = append(file, bytes.Repeat([]byte{'\n'}, n-len(file))...)
	}
	return file
}

func askJSON(t *testing.T, b *servertest.Browser, method, path string, in any) servertest.Answer {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return b.Do(t, method, path, "application/json", bytes.NewReader(body), "Accept", "application/json", "X-CSRF-Token", b.CSRF)
}

func sendPiece(t *testing.T, b *servertest.Browser, id string, at int64, body []byte, headers ...string) servertest.Answer {
	t.Helper()
	headers = append(headers, "Accept", "application/json", "X-CSRF-Token", b.CSRF, "Upload-Offset", fmt.Sprint(at))
	return b.Do(t, "PATCH", "/desk/uploads/"+id, "application/offset+octet-stream", bytes.NewReader(body), headers...)
}

func begin(t *testing.T, b *servertest.Browser, meeting, name string, file []byte) papers.Upload {
	t.Helper()
	var u papers.Upload
	a := askJSON(t, b, "POST", "/desk/meetings/"+meeting+"/uploads", map[string]any{"name": name, "size": len(file), "sha256": hexSum(file)})
	if a.StatusCode != http.StatusCreated || json.Unmarshal([]byte(a.Text), &u) != nil {
		t.Fatalf("beginning %s: %d %s", name, a.StatusCode, a.Text)
	}
	return u
}

// finish sends what is missing of a file and adds it.
func finish(t *testing.T, b *servertest.Browser, u papers.Upload, file []byte, add map[string]any) servertest.Answer {
	t.Helper()
	for at := int(u.Received); at < len(file); at += piece {
		if a := sendPiece(t, b, u.ID, int64(at), file[at:min(at+piece, len(file))]); a.StatusCode != http.StatusOK {
			t.Fatalf("a piece of %s at %d: %d %s", u.Name, at, a.StatusCode, a.Text)
		}
	}
	return askJSON(t, b, "POST", "/desk/uploads/"+u.ID+"/add", add)
}

// TestUploadInPieces: what was acknowledged is there after a restart, wrong pieces change nothing, and a file is
// added once however often that is asked.
func TestUploadInPieces(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	m := s.Meeting(t, board, 10)
	item := s.Item(t, m.Slug, "Finance report")
	b := s.SignedIn(t, auth.Secretary)
	file := padded(t, "pieces", 2*piece+1000)
	u := begin(t, b, m.Slug, "Item 1 - Finance v3.pdf", file)

	if a := sendPiece(t, b, u.ID, 0, file[:piece]); a.StatusCode != http.StatusOK || a.Header.Get("Upload-Offset") != fmt.Sprint(piece) {
		t.Fatalf("the first piece: %d %s", a.StatusCode, a.Text)
	}
	for name, a := range map[string]servertest.Answer{
		"the same piece again": sendPiece(t, b, u.ID, 0, file[:piece]),
		"a gap":                sendPiece(t, b, u.ID, 2*piece, file[2*piece:]),
		"a changed piece":      sendPiece(t, b, u.ID, piece, []byte("x"), "Upload-Checksum", "sha256 "+base64.StdEncoding.EncodeToString(make([]byte, 32))),
		"past the end":         sendPiece(t, b, u.ID, piece, make([]byte, piece+1001)),
		"added too early":      askJSON(t, b, "POST", "/desk/uploads/"+u.ID+"/add", map[string]any{}),
	} {
		if a.StatusCode != http.StatusConflict && a.StatusCode != http.StatusUnprocessableEntity && a.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.Text)
		}
	}
	other := s.SignedIn(t, auth.Secretary)
	if a := other.Get(t, "/desk/uploads/"+u.ID, "Accept", "application/json"); a.StatusCode != http.StatusNotFound {
		t.Errorf("another secretary sees the upload: %d", a.StatusCode)
	}

	s.Stop(t)
	s = s.Again(t)
	b.Site = s
	if a := b.Get(t, "/desk/uploads/"+u.ID, "Accept", "application/json"); a.StatusCode != http.StatusOK || a.Header.Get("Upload-Offset") != fmt.Sprint(piece) {
		t.Fatalf("after a restart: %d %s", a.StatusCode, a.Text)
	}
	var plan struct {
		Files []struct {
			Item, Upload string
			Sure         bool
			Received     int64
		}
	}
	a := askJSON(t, b, "POST", "/desk/meetings/"+m.Slug+"/uploads/plan", map[string]any{"files": []any{map[string]any{"name": u.Name, "size": len(file), "sha256": hexSum(file)}}})
	if err := json.Unmarshal([]byte(a.Text), &plan); err != nil || len(plan.Files) != 1 || plan.Files[0].Upload != u.ID || plan.Files[0].Received != piece || plan.Files[0].Item != item.ID {
		t.Fatalf("the folder chosen again: %s", a.Text)
	}

	u.Received = piece
	var first, again struct {
		ID      string
		Version int
	}
	if a := finish(t, b, u, file, none); a.StatusCode != http.StatusCreated || json.Unmarshal([]byte(a.Text), &first) != nil || first.ID == "" {
		t.Fatalf("adding: %d %s", a.StatusCode, a.Text)
	}
	if a := askJSON(t, b, "POST", "/desk/uploads/"+u.ID+"/add", none); a.StatusCode != http.StatusCreated || json.Unmarshal([]byte(a.Text), &again) != nil || again != first {
		t.Errorf("adding again: %d %s, want %+v", a.StatusCode, a.Text, first)
	}
	list, err := s.Record.Papers(context.Background(), papers.Insider, papers.PaperFilter{Meeting: m.Slug})
	if err != nil || len(list) != 1 || list[0].Versions[0].Original != hexSum(file) {
		t.Errorf("the record: %+v, %v", list, err)
	}
	if left, err := filepath.Glob(filepath.Join(s.Dir, "files", "tmp", "*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

var none = map[string]any{}

// TestUploadPlan: duplicates by content are named before anything is added, what is no paper is skipped with a word,
// and a file that changed while it was sent starts anew.
func TestUploadPlan(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	m, earlier := s.Meeting(t, board, 10), s.Meeting(t, board, 3)
	s.Item(t, m.Slug, "Finance report")
	s.Item(t, earlier.Slug, "Minutes")
	b := s.SignedIn(t, auth.Secretary)
	old, fresh := padded(t, "old", 0), padded(t, "fresh", 0)
	if a := finish(t, b, begin(t, b, earlier.Slug, "1 Minutes.pdf", old), old, none); a.StatusCode != http.StatusCreated {
		t.Fatalf("the earlier paper: %d %s", a.StatusCode, a.Text)
	}
	hint := func(name string, file []byte) map[string]any {
		return map[string]any{"name": name, "size": len(file), "sha256": hexSum(file)}
	}
	a := askJSON(t, b, "POST", "/desk/meetings/"+m.Slug+"/uploads/plan", map[string]any{"files": []any{
		hint("1 Minutes of last time.pdf", old), hint("1 Finance.pdf", fresh), hint("1 Finance copy.pdf", fresh), hint("~$1 Finance.docx", fresh), hint("notes.exe", fresh), hint("What is this.pdf", padded(t, "unknown", 0)),
	}})
	var plan struct {
		Files []struct {
			Skip, Same string
			Sure       bool
		}
	}
	if err := json.Unmarshal([]byte(a.Text), &plan); err != nil || len(plan.Files) != 6 {
		t.Fatalf("the plan: %d %s", a.StatusCode, a.Text)
	}
	for i, want := range []struct {
		skip, same string
		sure       bool
	}{{"", "The same file was a paper of the meeting on", true}, {"", "", true}, {"", "which is in this folder too", true}, {"A lock file", "", true}, {"Not a kind of file", "", false}, {"", "", false}} {
		f := plan.Files[i]
		if !strings.Contains(f.Skip, want.skip) || (want.skip == "") != (f.Skip == "") || !strings.Contains(f.Same, want.same) || (want.same == "") != (f.Same == "") || f.Sure != want.sure && want.skip == "" {
			t.Errorf("file %d: %+v, want %+v", i, f, want)
		}
	}
	// A browser that cannot tell the hash learns it when the file is here, before it is added.
	u := begin(t, b, m.Slug, "1 Minutes of last time.pdf", old)
	if a := finish(t, b, u, old, none); a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, `"same":true`) {
		t.Errorf("the same bytes: %d %s", a.StatusCode, a.Text)
	}
	if a := askJSON(t, b, "POST", "/desk/uploads/"+u.ID+"/add", map[string]any{"again": true}); a.StatusCode != http.StatusCreated {
		t.Errorf("the same bytes, wanted: %d %s", a.StatusCode, a.Text)
	}
	u = begin(t, b, m.Slug, "1 Finance.pdf", fresh)
	changed := bytes.Replace(fresh, []byte("%PDF"), []byte("%pdf"), 1)
	if a := finish(t, b, u, changed, none); a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, "changed while it was sent") {
		t.Errorf("a file that changed: %d %s", a.StatusCode, a.Text)
	}
	if a := finish(t, b, u, fresh, none); a.StatusCode != http.StatusCreated {
		t.Errorf("sent anew: %d %s", a.StatusCode, a.Text)
	}
}

// TestUploadBounds: nobody has more on the way than the limit, and what nobody went on with goes after a week.
func TestUploadBounds(t *testing.T) {
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Partnership Board"), 10)
	s.Item(t, m.Slug, "Finance")
	b := s.SignedIn(t, auth.Secretary)
	var last servertest.Answer
	for range 25 {
		last = askJSON(t, b, "POST", "/desk/meetings/"+m.Slug+"/uploads", map[string]any{"name": "1.pdf", "size": 99 << 20})
		if last.StatusCode != http.StatusCreated {
			break
		}
	}
	if last.StatusCode != http.StatusTooManyRequests {
		t.Errorf("2.4 GB on the way: %d %s", last.StatusCode, last.Text)
	}
	s.Clock.Advance(8 * 24 * time.Hour)
	s.Stop(t)
	s = s.Again(t) // sweeps as it starts
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left, err := filepath.Glob(filepath.Join(s.Dir, "files", "tmp", "upload-*"))
		if err == nil && len(left) == 0 {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("after eight days %d files are left, %v", len(left), err)
		}
	}
}

// TestUploadDiskFull: a full disk is said in a sentence, and what was acknowledged before is kept: the file goes on once
// there is room. /dev/full answers like a full disk.
func TestUploadDiskFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this machine has no /dev/full: ", err)
	}
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Partnership Board"), 10)
	s.Item(t, m.Slug, "Finance")
	b := s.SignedIn(t, auth.Secretary)
	file := padded(t, "full", 2*piece)
	u := begin(t, b, m.Slug, "1 Finance.pdf", file)
	if a := sendPiece(t, b, u.ID, 0, file[:piece]); a.StatusCode != http.StatusOK {
		t.Fatalf("the first piece: %d %s", a.StatusCode, a.Text)
	}
	path := filepath.Join(s.Dir, "files", "tmp", "upload-"+u.ID)
	for _, err := range []error{os.Rename(path, path+".aside"), os.Symlink("/dev/full", path)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	a := sendPiece(t, b, u.ID, piece, file[piece:])
	if a.StatusCode != http.StatusInsufficientStorage || !strings.Contains(a.Text, "disk is full") || !strings.Contains(a.Text, "What has arrived is kept") {
		t.Errorf("on a full disk: %d %s", a.StatusCode, a.Text)
	}
	if err := os.Rename(path+".aside", path); err != nil {
		t.Fatal(err)
	}
	if a := b.Get(t, "/desk/uploads/"+u.ID, "Accept", "application/json"); a.Header.Get("Upload-Offset") != fmt.Sprint(piece) {
		t.Errorf("after it the upload stands at %s", a.Header.Get("Upload-Offset"))
	}
	u.Received = piece
	if a := finish(t, b, u, file, none); a.StatusCode != http.StatusCreated {
		t.Errorf("with room again: %d %s", a.StatusCode, a.Text)
	}
}
