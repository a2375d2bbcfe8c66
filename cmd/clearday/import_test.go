package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/cmd/clearday/program"
	"clearday/papers"
	"clearday/server/config"
	"clearday/server/servertest"
)

// lay writes files into a new folder.
func lay(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, body, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// importInto runs the import in this process on the record of env.
func importInto(ctx context.Context, t *testing.T, env []string, args ...string) (out string, err error) {
	t.Helper()
	var said bytes.Buffer
	err = run(ctx, append([]string{"import"}, args...), env, &said, t.Output())
	return said.String(), err
}

func envOf(s *servertest.Site) []string { return []string{"CLEARDAY_DATA=" + s.Dir} }

// rows reads a report, by file.
func rows(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]map[string]string{}
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, v := range r {
			row[all[0][i]] = v
		}
		by[row["file"]] = row
	}
	return by
}

// TestImport brings an archive into a site that is running: its papers are found by their words and stand in meetings that
// were held, once, with nothing said of notice; what needs a person is in the report.
func TestImport(t *testing.T) {
	s := servertest.Start(t)
	s.Clock.Set(time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC))
	board := s.Board(t, "Partnership Board")
	minutes := servertest.PDF(t, "Agenda Template", "Minutes of the meeting held on 5 June 2013\nThe zeppelin hangar was let.")
	dir := lay(t, map[string][]byte{
		"2013/minutes.pdf":                     minutes,
		"2013/copy of minutes.pdf":             minutes,
		"2013/Finance report 5 June 2013.pdf":  servertest.PDF(t, "x", "Money for the lighthouse"),
		"2014-02-03/Enc 4.pdf":                 servertest.PDF(t, "x", "Title: Waiting for the ferry\nNothing more"),
		"noted/scan7.pdf":                      servertest.PDF(t, "x", "Words without any day"),
		"noted/metadata.csv":                   []byte("file,date,title\nscan7.pdf,2012-09-26,The forgotten plan\n"),
		"Terms of reference.pdf":               servertest.PDF(t, "x", "Terms of reference of the board"),
		"draft papers Feb 2012.pdf":            servertest.PDF(t, "x", "Draft paper"),
		"2013/broken 6 June 2013.pdf":          []byte("%PDF-1.4\nnothing"),
		"2013/~$lock.docx":                     []byte("somebody"),
		"2013/picture.png":                     []byte("\x89PNG"),
		"2027-05-06/Plan for the meeting .pdf": servertest.PDF(t, "x", "Ahead of its time"),
	})
	report := filepath.Join(t.TempDir(), "report.csv")

	out, err := importInto(t.Context(), t, envOf(s), dir, "--board", board, "--dry-run", "--report", report)
	if err != nil || !strings.Contains(out, "would be brought in") {
		t.Fatalf("a dry run: %v\n%s", err, out)
	}
	if r := rows(t, report)["2013/copy of minutes.pdf"]; r["date"] != "2013-06-05" || r["outcome"] != "would come" || r["kind"] != "minutes" {
		t.Errorf("the dry run says %v", r)
	}
	if _, err := s.Record.Meeting(t.Context(), papers.Insider, board+"-2013-06-05"); !errors.Is(err, papers.ErrNotFound) {
		t.Errorf("a dry run made a meeting: %v", err)
	}

	if out, err = importInto(t.Context(), t, envOf(s), dir, "--board", board, "--report", report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := rows(t, report)
	for file, want := range map[string]string{
		"2013/Finance report 5 June 2013.pdf": "in", "2014-02-03/Enc 4.pdf": "in", "noted/scan7.pdf": "in", "draft papers Feb 2012.pdf": "in",
		"Terms of reference.pdf": "no date", "2013/broken 6 June 2013.pdf": "not taken", "2013/~$lock.docx": "not taken", "2013/picture.png": "no paper", "2027-05-06/Plan for the meeting .pdf": "not taken",
	} {
		if got[file]["outcome"] != want || want == "not taken" && got[file]["reason"] == "" {
			t.Errorf("%s: %v, want %s", file, got[file], want)
		}
	}
	both := got["2013/minutes.pdf"]["outcome"] + " " + got["2013/copy of minutes.pdf"]["outcome"]
	if both != "in duplicate" && both != "duplicate in" {
		t.Errorf("the same bytes twice are %s", both)
	}
	if r := got["draft papers Feb 2012.pdf"]; r["sure"] != "doubtful" || r["meeting"] != board+"-2012-02-01" {
		t.Errorf("what says only its month: %v", r)
	}
	if r := got["noted/scan7.pdf"]; r["meeting"] != board+"-2012-09-26" || r["title"] != "The forgotten plan" {
		t.Errorf("what is written beside a file: %v", r)
	}

	anybody := s.Browser(t)
	for _, words := range []string{"zeppelin", "lighthouse", "ferry"} {
		servertest.Eventually(t, words+" is found", func() bool {
			return strings.Contains(anybody.Get(t, "/api/v1/search?q="+words).Text, `"total":1,`)
		})
	}
	page := anybody.Get(t, "/meetings/"+board+"-2013-06-05").Text
	for _, want := range []string{"Brought in from an archive", "Finance report", "Minutes"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the meeting does not say %q", want)
		}
	}
	for _, never := range []string{"on time", "late", "12:00am", "clear day"} {
		if strings.Contains(strings.ToLower(page), never) && never != "late" || strings.Contains(page, "Papers out late") {
			t.Errorf("the page of a meeting from an archive says %q", never)
		}
	}

	out, err = importInto(t.Context(), t, envOf(s), dir, "--board", board, "--report", report)
	if err != nil || strings.Contains(out, "brought in and public") || rows(t, report)["2013/copy of minutes.pdf"]["outcome"] == "in" {
		t.Errorf("a second run: %v\n%s", err, out)
	}
}

// TestImport_checks keeps from the public what the checks block, and takes it byte for byte when it was published so.
func TestImport_checks(t *testing.T) {
	s := servertest.Start(t)
	board, other := s.Board(t, "Board"), s.Board(t, "Other")
	dir := lay(t, map[string][]byte{"2013-06-05/a.pdf": servertest.PDF(t, "the maker's title", "Words")})
	for b, flags := range map[string][]string{board: nil, other: {"--as-published"}} {
		if out, err := importInto(t.Context(), t, envOf(s), append([]string{dir, "--board", b}, flags...)...); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	version := func(b string) papers.Version {
		list, err := s.Record.Papers(t.Context(), papers.Public, papers.PaperFilter{Board: b})
		if err != nil || len(list) != 1 {
			t.Fatalf("%s has %v, %v", b, list, err)
		}
		v, _ := list[0].Current()
		return v
	}
	if v := version(board); v.Checked == "" || v.Checked != v.File || v.File == v.Original {
		t.Errorf("by default the file is not checked and cleaned: %+v", v)
	}
	if v := version(other); v.File != v.Original || v.Checked != "" {
		t.Errorf("as published the file is another: %+v", v)
	}
}

// TestImport_stop ends an import by Ctrl-C: it says how to go on, and the next run does.
func TestImport_stop(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Board")
	dir := lay(t, many(t, 200))
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for ; ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
			if list, _ := s.Record.Papers(ctx, papers.Public, papers.PaperFilter{Board: board}); len(list) > 0 {
				stop()
			}
		}
	}()
	out, err := importInto(ctx, t, envOf(s), dir, "--board", board, "--as-published")
	stop()
	if err == nil || err.Error() != "stopped" || !strings.Contains(out, "run the same command again") || !strings.Contains(out, "not reached") {
		t.Fatalf("stopped: %v\n%s", err, out)
	}
	if out, err = importInto(t.Context(), t, envOf(s), dir, "--board", board, "--as-published"); err != nil || !strings.Contains(out, "in already") {
		t.Fatalf("going on: %v\n%s", err, out)
	}
	whole(t, s.Config, board, dir)
}

// many are small papers, three for each meeting.
func many(t *testing.T, n int) map[string][]byte {
	files := map[string][]byte{}
	for i := range n {
		day := time.Date(2010, 1, 1+i/3, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		files[fmt.Sprintf("%s/%02d Report number %d.pdf", day, i%3+1, i)] = servertest.PDF(t, "x", fmt.Sprintf("Words of report %d", i), "Second page")
	}
	return files
}

// whole fails unless every file of the folder is on the record once, public, with its text and its bytes.
func whole(t *testing.T, cfg config.Config, board, dir string) {
	t.Helper()
	record, err := program.OpenRecord(t.Context(), cfg, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	list, err := record.Papers(t.Context(), papers.Public, papers.PaperFilter{Board: board})
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, p := range list {
		v, _ := p.Current()
		times[v.Original]++
		texts, err := record.Texts(t.Context(), v.Ref())
		if err != nil || len(texts) != v.Pages || strings.TrimSpace(texts[0]) == "" {
			t.Errorf("%s has the text %q, %v", p.Title, texts, err)
		}
		body, err := os.ReadFile(filepath.Join(cfg.Data, "files", v.File[:2], v.File[2:4], v.File))
		if err != nil || hashed(body) != v.File {
			t.Errorf("the bytes of %s: %v", p.Title, err)
		}
	}
	files := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		body, err := os.ReadFile(path)
		if n := times[hashed(body)]; n != 1 {
			t.Errorf("%s is on the record %d times", path, n)
		}
		return err
	})
	if err != nil || files != len(list) {
		t.Errorf("%d files, %d papers, %v", files, len(list), err)
	}
	acts, err := record.Acts(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	published := 0
	for _, a := range acts {
		if a.Kind == papers.ActPaperPublished {
			published++
		}
	}
	if published != files {
		t.Errorf("%d papers were published by an act, want %d", published, files)
	}
}

func hashed(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// TestImport_killed kills the import again and again and starts it anew: nothing is in twice, nothing is lost.
func TestImport_killed(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { importKilled(t, "") })
	t.Run("postgres", func(t *testing.T) { importKilled(t, servertest.Schema(t)) })
}

func importKilled(t *testing.T, database string) {
	bin := buildBinary(t)
	data := t.TempDir()
	env := []string{"CLEARDAY_DATA=" + data}
	if database != "" {
		key := strings.Repeat("5a", 32)
		env = append(env, "CLEARDAY_DATABASE_URL="+database, "CLEARDAY_SITE_KEY="+key, "CLEARDAY_LOG_KEY="+key)
	}
	cfg, err := config.Read(env)
	if err != nil {
		t.Fatal(err)
	}
	record, err := program.OpenRecord(t.Context(), cfg, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	err = record.AddBoard(t.Context(), papers.Board{Slug: "board", Name: "Board"}, papers.Change{By: papers.Program, Acts: []papers.Act{{Kind: papers.ActBoardAdded, Subject: "boards/board", Board: "board"}}})
	if err = errors.Join(err, record.Close()); err != nil {
		t.Fatal(err)
	}
	dir := lay(t, many(t, 150))
	kills := 0
	for whole := false; !whole; {
		cmd := exec.Command(bin, "import", dir, "--board", "board", "--as-published")
		cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			whole = true
		case <-time.After(time.Duration(100+rand.IntN(500)) * time.Millisecond << (kills / 4)): // the moment of the kill is the test's random input
			if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Fatal(err)
			}
			<-ended
			kills++
		}
	}
	t.Logf("killed %d times", kills)
	whole(t, cfg, "board", dir)
}

// TestImport_hostile meets files that break readers: the import goes to its end, and each that is not taken has a sentence.
func TestImport_hostile(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "corpus", "hostile")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the hostile files are not here")
	}
	if testing.Short() {
		t.Skip("hundreds of files take minutes")
	}
	s := servertest.Start(t)
	board := s.Board(t, "Board")
	report := filepath.Join(t.TempDir(), "report.csv")
	if out, err := importInto(t.Context(), t, envOf(s), dir, "--board", board, "--as-published", "--report", report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	count := map[string]int{}
	for file, r := range rows(t, report) {
		count[r["outcome"]]++
		if r["outcome"] == "" || r["outcome"] == "not taken" && !strings.HasSuffix(r["reason"], ".") {
			t.Errorf("%s: %v", file, r)
		}
	}
	t.Log(count)
}
