package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"clearday/papers"
	"clearday/server"
	"clearday/server/auth"
	"clearday/server/blob"
	"clearday/server/servertest"
)

// wantsName fails unless a name of a file is harmless wherever it goes.
func wantsName(t *testing.T, from, name string) {
	t.Helper()
	bad := func(r rune) bool { return r == '/' || r == '\\' || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	if name == "" || name == "." || name == ".." || !utf8.ValidString(name) || utf8.RuneCountInString(name) > 200 || strings.ContainsFunc(name, bad) {
		t.Errorf("the name %q is made %q", from, name)
	}
}

func TestCleanFileName(t *testing.T) {
	for name, want := range map[string]string{
		"Item 6 Finance.pdf": "Item 6 Finance.pdf", "../../etc/passwd": "passwd", `C:\Users\ann\Item 6.pdf`: "Item 6.pdf", "": "paper.pdf", ".": "paper.pdf", "..": "paper.pdf",
		"/": "paper.pdf", `..\..`: "paper.pdf", "a\x00b\r\nc.pdf": "abc.pdf", "evil\u202efdp.exe": "evilfdp.exe", "\u200b": "paper.pdf", "caf\xe9.pdf": "caf\ufffd.pdf",
		"  Beds .pdf ": "Beds .pdf", strings.Repeat("é", 300) + ".pdf": strings.Repeat("é", 196) + ".pdf", "x." + strings.Repeat("y", 300): "x." + strings.Repeat("y", 198),
	} {
		if got := server.CleanFileName(name); got != want {
			t.Errorf("CleanFileName(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzCleanFileName(f *testing.F) {
	for _, name := range []string{"Item 6.pdf", "../..", `a\b`, "\x00", "\u202e.pdf", strings.Repeat("ü", 250) + ".pdf", "caf\xe9.pdf"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := server.CleanFileName(name)
		wantsName(t, name, got)
		if strings.HasSuffix(name, ".pdf") && !strings.HasSuffix(got, ".pdf") {
			t.Errorf("%q lost its ending: %q", name, got)
		}
		if again := server.CleanFileName(got); again != got {
			t.Errorf("%q is made %q, and that %q", name, got, again)
		}
	})
}

func FuzzMultipart(f *testing.F) {
	form := func(disposition, body string) []byte {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		_ = w.SetBoundary("edge")
		_ = w.WriteField("title", "Finance")
		p, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}})
		_, _ = p.Write([]byte(body))
		_ = w.Close()
		return b.Bytes()
	}
	const kind = "multipart/form-data; boundary=edge"
	whole := form(`form-data; name="file"; filename="../a.pdf"`, "%PDF-1.4")
	f.Add(kind, whole)
	f.Add(kind, whole[:len(whole)-30])
	f.Add(kind, form(`form-data; name="file"; filename*=utf-8''..%2f%00.pdf`, "x"))
	f.Add(kind, form(`form-data; name="file"`, "x"))
	f.Add("multipart/form-data", whole)
	f.Add(`multipart/form-data; boundary="\""`, []byte("--\""))
	f.Add("text/plain", []byte("x"))
	files, err := blob.Open(filepath.Join(f.TempDir(), "files"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		name, fields, file, err := server.ReadUpload(files, kind, body)
		if err != nil && papers.CodeOf(err) == "" {
			t.Errorf("a strange form is our fault: %v", err)
		}
		if file == nil {
			return
		}
		wantsName(t, "", name)
		if info, err := os.Stat(file.Path); err != nil || info.Size() != file.Size {
			t.Errorf("the file is not there: %v", err)
		}
		for _, v := range fields {
			if len(v) > 64<<10 {
				t.Errorf("a field of %d bytes", len(v))
			}
		}
		if err := file.Drop(); err != nil {
			t.Error(err)
		}
	})
}

// kept are the files below a folder of the data directory.
func kept(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(list)
	return list
}

// TestBrokenUpload holds that an upload which is not whole, or not one file, is refused with a
// sentence, and leaves nothing.
func TestBrokenUpload(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	item := s.Item(t, s.Meeting(t, board, 10).Slug, "Finance")
	token := s.Token(t, auth.Secretary)
	file := string(servertest.PDF(t, "x", "one"))
	const kind = "multipart/form-data; boundary=edge"
	part := func(name, body string) string {
		return "--edge\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"1 a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n" + body + "\r\n"
	}
	for name, c := range map[string]struct{ kind, body, says string }{
		"broken off in the file":   {kind, part("file", file[:len(file)/2]), "broke off"},
		"broken off at the end":    {kind, strings.TrimSuffix(part("file", file), "\r\n"), "broke off"},
		"broken off in the header": {kind, "--edge\r\nContent-Dispo", "broke off"},
		"two files":                {kind, part("file", file) + part("file", file) + "--edge--\r\n", "one file at a time"},
		"file in another field":    {kind, part("paper", file) + "--edge--\r\n", "There is no file"},
		"nothing":                  {kind, "--edge--\r\n", "There is no file"},
		"empty body":               {kind, "", ""},
		"no form":                  {"application/pdf", file, "multipart/form-data"},
		"no boundary":              {"multipart/form-data", part("file", file), "multipart/form-data"},
		"empty file":               {kind, part("file", "") + "--edge--\r\n", "empty"},
		"no PDF":                   {kind, part("file", "hello") + "--edge--\r\n", "not a PDF"},
	} {
		a := s.Browser(t).Do(t, "POST", "/api/v1/items/"+item.ID+"/papers", c.kind, strings.NewReader(c.body), "Authorization", "Bearer "+token)
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, c.says) {
			t.Errorf("%s: %d %s, want 422 with %q", name, a.StatusCode, a.Text, c.says)
		}
	}
	if left := kept(t, filepath.Join(s.Dir, "files")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if list, err := s.Record.Papers(t.Context(), papers.Insider, papers.PaperFilter{Item: item.ID}); err != nil || len(list) != 0 {
		t.Errorf("%d papers were recorded (%v)", len(list), err)
	}
}

// corpusFolder gives the folder of real files, or skips.
func corpusFolder(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("CLEARDAY_TEST_CORPUS"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if found := filepath.Join(dir, "shared", "corpus"); isFolder(found) {
			return found
		}
	}
	t.Skip("the corpus is not here: set CLEARDAY_TEST_CORPUS")
	return ""
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// TestHostileUploads sends every hostile file of the corpus to the API. Each is taken or refused
// with one clear sentence; what is refused leaves nothing; what is taken is whole.
func TestHostileUploads(t *testing.T) {
	var files []string
	err := filepath.WalkDir(filepath.Join(corpusFolder(t), "hostile"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d hostile files (%v)", len(files), err)
	}
	if testing.Short() {
		sum := func(path string) byte { h := sha256.Sum256([]byte(filepath.Base(path))); return h[0] }
		files = slices.DeleteFunc(files, func(path string) bool { return sum(path) >= 32 }) // an eighth
	}
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	m := s.Meeting(t, board, 10)
	item := s.Item(t, m.Slug, "Everything")
	token := s.Token(t, auth.Author, board)

	var mu sync.Mutex
	ids, taken, sentences := map[string]string{}, 0, map[string]int{}
	next := make(chan string)
	var senders sync.WaitGroup
	for range 2 {
		senders.Go(func() {
			for path := range next {
				file, err := os.ReadFile(path)
				if err != nil {
					t.Error(err)
					continue
				}
				var p struct{ ID, State string }
				status, text := s.APIUpload(t, token, "/items/"+item.ID+"/papers", filepath.Base(path), file, &p)
				mu.Lock()
				switch status {
				case http.StatusCreated:
					taken++
					ids[p.ID] = path
				case http.StatusUnprocessableEntity:
					sentences[sentenceOf(t, path, text)]++
				default:
					t.Errorf("%s answered %d %s", path, status, text)
				}
				mu.Unlock()
			}
		})
	}
	for _, path := range files {
		next <- path
	}
	close(next)
	senders.Wait()

	servertest.Eventually(t, "every upload is read", func() bool {
		for id := range ids {
			if p, err := s.Record.Paper(context.Background(), papers.Insider, id); err != nil || p.Versions[0].State == papers.VersionChecking {
				return false
			}
		}
		return true
	})
	list, err := s.Record.Papers(t.Context(), papers.Insider, papers.PaperFilter{Item: item.ID})
	if err != nil || len(list) != taken || len(ids) != taken {
		t.Errorf("%d papers are recorded, %d were taken (%v)", len(list), taken, err)
	}
	hashes := map[string]bool{}
	for _, p := range list {
		v := p.Versions[0]
		hashes[v.Original] = true
		if v.File != "" { // a version that could not be read has none
			hashes[v.File] = true
		}
		texts, err := s.Record.Texts(t.Context(), v.Ref())
		if v.State == papers.VersionReady && (err != nil || len(texts) != v.Pages) || v.State != papers.VersionReady && v.State != papers.VersionBlocked || v.Pages < 1 {
			t.Errorf("%s is %s with %d pages and the text of %d (%v)", ids[p.ID], v.State, v.Pages, len(texts), err)
		}
	}
	stored := kept(t, filepath.Join(s.Dir, "files"))
	for _, name := range stored {
		if !hashes[name] {
			t.Errorf("%s is kept, but belongs to no paper", name)
		}
	}
	if len(stored) != len(hashes) {
		t.Errorf("%d files are kept for %d hashes", len(stored), len(hashes))
	}
	if works, err := s.Record.FailedWorks(t.Context()); err != nil || len(works) != 0 {
		t.Errorf("%d uploads wait to be read again (%v): %+v", len(works), err, works)
	}
	wants(t, s.Browser(t).Get(t, "/readyz"), http.StatusOK)
	t.Logf("%d hostile files: %d taken, refused: %v", len(files), taken, sentences)
}

// sentenceOf reads the sentence of a problem, and fails when it is none for people.
func sentenceOf(t *testing.T, path, text string) string {
	t.Helper()
	var p struct{ Detail, Code string }
	if err := json.Unmarshal([]byte(text), &p); err != nil || p.Code != "invalid" || !strings.HasSuffix(p.Detail, ".") || len(p.Detail) < 20 || len(p.Detail) > 250 ||
		strings.ContainsAny(p.Detail, "\n{}<>") || strings.Contains(p.Detail, "/tmp") || strings.Contains(p.Detail, "poppler") || strings.Contains(p.Detail, "pdfinfo") {
		t.Errorf("%s: not a sentence for people: %s", path, text)
	}
	return p.Detail
}
