package office

import (
	"encoding/csv"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/papers"
)

// corpusFiles are the files of the corpus with one of the kinds. Without the corpus the test is skipped.
func corpusFiles(t *testing.T, want func(Kind) bool) (files []string) {
	t.Helper()
	root := os.Getenv("CLEARDAY_TEST_CORPUS")
	if root == "" {
		t.Skip("CLEARDAY_TEST_CORPUS is not set to the corpus: every file of it takes seconds")
	}
	f, err := os.Open(filepath.Join(root, "MANIFEST.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		path := filepath.Join(root, row[1])
		if k, err := KindOf(path); err == nil && want(k) {
			files = append(files, path)
		}
	}
	return files
}

// TestCorpusConverts prints what becomes of every Office file of the corpus.
func TestCorpusConverts(t *testing.T) {
	tools := New(ToolLimits{})
	refused, took := map[string]int{}, time.Duration(0)
	files := corpusFiles(t, Kind.Office)
	for _, path := range files {
		dir := t.TempDir()
		start := time.Now()
		out, err := tools.Convert(t.Context(), path, dir)
		spent := time.Since(start)
		took += spent
		var bad *papers.Unreadable
		switch {
		case errors.As(err, &bad):
			refused[bad.Sentence]++
			t.Logf("%5.1fs refused %s: %v", spent.Seconds(), filepath.Base(path), bad)
		case err != nil:
			t.Errorf("%s: %v", path, err)
		default:
			info, _ := exec.Command("pdfinfo", out).Output()
			t.Logf("%5.1fs %s %s", spent.Seconds(), facts(string(info)), filepath.Base(path))
		}
		_ = os.RemoveAll(dir)
	}
	t.Logf("%d files, %v each, refused: %v", len(files), took/time.Duration(max(1, len(files))), refused)
}

func facts(info string) string {
	var keep []string
	for line := range strings.Lines(info) {
		if name, value, _ := strings.Cut(line, ":"); name == "Pages" || name == "Tagged" || name == "File size" {
			keep = append(keep, name+" "+strings.TrimSpace(value))
		}
	}
	return strings.Join(keep, ", ")
}

// TestCorpusWeb prints which text documents of the corpus have a clean web version, and why others have none.
func TestCorpusWeb(t *testing.T) {
	tools := New(ToolLimits{})
	why, clean, all := map[string]int{}, 0, 0
	for _, path := range corpusFiles(t, func(k Kind) bool { return k == DOCX || k == ODT || k == DOC }) {
		dir := t.TempDir()
		pdf, err := tools.Convert(t.Context(), path, dir)
		if err != nil {
			t.Fatal(err)
		}
		text, err := exec.Command("pdftotext", pdf, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		w, _, err := tools.Web(t.Context(), path, dir)
		if err != nil {
			t.Fatal(err)
		}
		all++
		not := w.Clean(strings.Split(strings.TrimSuffix(string(text), "\f"), "\f"))
		if not == "" {
			clean++
		} else if strings.HasPrefix(not, "it has no") {
			why[not]++
		} else {
			why["words"]++
		}
		t.Logf("%-40s %d headings, %d tables, %d pictures: %s", not, w.Headings, w.Tables, w.Pictures, filepath.Base(path))
		_ = os.RemoveAll(dir)
	}
	t.Logf("%d of %d are clean; not: %v", clean, all, why)
}

// TestCorpusSheets prints what becomes of every spreadsheet of the corpus.
func TestCorpusSheets(t *testing.T) {
	tools := New(ToolLimits{})
	for _, path := range corpusFiles(t, Kind.Sheet) {
		dir, start := t.TempDir(), time.Now()
		pdf, err := tools.Convert(t.Context(), path, dir)
		if err != nil {
			t.Fatal(err)
		}
		converted := time.Since(start)
		info, _ := exec.Command("pdfinfo", pdf).Output()
		text, err := exec.Command("pdftotext", pdf, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		w, _, err := tools.Web(t.Context(), path, dir)
		if err != nil {
			t.Fatal(err)
		}
		list, err := Sheets(strings.NewReader(w.HTML))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%.1fs %s; web page %.1fs %d bytes %q: %s", converted.Seconds(), facts(string(info)), (time.Since(start) - converted).Seconds(), len(w.HTML), w.Clean(strings.Split(string(text), "\f")), filepath.Base(path))
		for _, s := range list {
			t.Logf("  sheet %q: %d rows, CSV of %d bytes, named columns: %v", s.Name, len(s.Rows), len(s.CSV()), hasHead(s.Rows))
		}
	}
}
