package pdf

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"

	"clearday/papers"
)

func newTools(t testing.TB, l Limits) *Tools {
	t.Helper()
	tools, err := New(l)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("poppler is missing: %v", err)
	}
	return tools
}

// makePDF writes a PDF of which page n says "This is page n".
func makePDF(t testing.TB, pages int) []byte {
	t.Helper()
	f := gofpdf.New("P", "pt", "A4", "")
	f.SetFont("Helvetica", "", 14)
	f.SetTitle("A paper", true)
	f.SetCatalogSort(true)
	f.SetCompression(false)
	for n := 1; n <= pages; n++ {
		f.AddPage()
		f.Text(100, 200, fmt.Sprintf("This is page %d", n))
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func save(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestInspect(t *testing.T) {
	tools := newTools(t, Limits{MaxPages: 20})
	three := makePDF(t, 3)
	noPages := bytes.Replace(bytes.Replace(three, []byte("/Count 3"), []byte("/Count 0"), 1), []byte("/Kids [3 0 R 5 0 R 7 0 R ]"), []byte("/Kids [                  ]"), 1)
	tests := []struct {
		name, file string
		content    []byte
		want       string // part of the sentence; empty = readable
	}{
		{"good", "good.pdf", three, ""},
		{"name like an option", "-opw.pdf", three, ""},
		{"name with odd characters", "a%s '$(id)' \n ŵ.pdf", three, ""},
		{"empty", "empty.pdf", nil, "This file is empty."},
		{"web page", "page.pdf", []byte("<!DOCTYPE html><title>Sign in</title>"), "This file is not a PDF."},
		{"Word file", "word.pdf", []byte("PK\x03\x04 and so on"), "This file is not a PDF."},
		{"only a head", "head.pdf", []byte("%PDF-1.4\nnothing"), "damaged"},
		{"cut after its first bytes", "cut.pdf", three[:300], "damaged"},
		{"no pages", "none.pdf", noPages, "has no pages"},
		{"count lies", "lies.pdf", bytes.Replace(three, []byte("/Count 3"), []byte("/Count 9"), 1), "The file says it has 9 pages, but page 4 cannot be read."},
		{"pages are not there", "gone.pdf", bytes.Replace(three, []byte("5 0 R 7 0 R ]"), []byte("5 0 R 99 0 R]"), 1), "The file says it has 3 pages, but page 3 cannot be read."},
		{"too many pages", "many.pdf", makePDF(t, 21), "This PDF has 21 pages, and 20 is the most that can be taken."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := save(t, tt.file, tt.content)
			info, err := tools.Inspect(t.Context(), path)
			if tt.want == "" {
				if err != nil || info.Pages != 3 || len(info.Sizes) != 3 || info.Title != "A paper" || info.Version != "1.3" {
					t.Fatalf("Inspect = %+v, %v; want 3 pages", info, err)
				}
				if s := info.Sizes[0]; s.Width < 595 || s.Width > 596 || s.Height < 841 || s.Height > 842 {
					t.Errorf("size = %v, want A4", s)
				}
				return
			}
			if sentence := sentenceOf(t, err, path); !strings.Contains(sentence, tt.want) {
				t.Errorf("sentence = %q, want %q in it", sentence, tt.want)
			}
		})
	}
	t.Run("file that is not there", func(t *testing.T) {
		_, err := tools.Inspect(t.Context(), filepath.Join(t.TempDir(), "x.pdf"))
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("error = %v, want os.ErrNotExist", err)
		}
	})
}

func TestInspect_encrypted(t *testing.T) {
	tools := newTools(t, Limits{})
	for _, password := range []string{"", "secret"} {
		t.Run("password "+strconv.Quote(password), func(t *testing.T) {
			f := gofpdf.New("P", "pt", "A4", "")
			f.SetProtection(gofpdf.CnProtectPrint, password, "owner")
			f.AddPage()
			f.AddPage()
			path := filepath.Join(t.TempDir(), "locked.pdf")
			if err := f.OutputFileAndClose(path); err != nil {
				t.Fatal(err)
			}
			info, err := tools.Inspect(t.Context(), path)
			if password == "" {
				if err != nil || info.Pages != 2 || !info.Encrypted {
					t.Errorf("Inspect = %+v, %v; want 2 pages, encrypted", info, err)
				}
				return
			}
			if got := sentenceOf(t, err, path); got != sentencePassword {
				t.Errorf("sentence = %q", got)
			}
		})
	}
}

// sentenceOf fails unless err is a papers.Unreadable whose sentence may be shown: whole, and without a word about how we work.
func sentenceOf(t *testing.T, err error, path string) string {
	t.Helper()
	var u *papers.Unreadable
	if !errors.As(err, &u) {
		t.Fatalf("error = %v, want *papers.Unreadable", err)
	}
	s := u.Sentence
	if !strings.HasSuffix(s, ".") || s[0] < 'A' || s[0] > 'Z' || len(s) > 200 {
		t.Errorf("%q is no sentence", s)
	}
	for _, bad := range []string{"/", "poppler", "pdfinfo", "pdftotext", "pdftoppm", "prlimit", "exit", "signal", "rror", "%!", filepath.Base(path)} {
		if strings.Contains(s, bad) {
			t.Errorf("%q speaks of %q", s, bad)
		}
	}
	return s
}

func TestText(t *testing.T) {
	tools := newTools(t, Limits{})
	path := save(t, "a.pdf", makePDF(t, 12))
	next := 1
	err := tools.Text(t.Context(), path, 12, func(page int, text string) error {
		if want := fmt.Sprintf("This is page %d", page); page != next || strings.TrimSpace(text) != want {
			t.Errorf("page %d (want %d) = %q", page, next, text)
		}
		next++
		return nil
	})
	if err != nil || next != 13 {
		t.Errorf("Text = %v after %d pages", err, next-1)
	}
	t.Run("other number of pages", func(t *testing.T) {
		for _, pages := range []int{11, 13} {
			err := tools.Text(t.Context(), path, pages, func(int, string) error { return nil })
			sentenceOf(t, err, path)
		}
	})
	t.Run("the caller stops", func(t *testing.T) {
		stop := errors.New("stop")
		err := tools.Text(t.Context(), path, 12, func(int, string) error { return stop })
		if err != stop {
			t.Errorf("error = %v, want the caller's own", err)
		}
	})
}

func TestSplitPages(t *testing.T) {
	var got []string
	in := "one\x00\x1b[31m\f" + strings.Repeat("ŵ", 100) + "\f\xff\xfe two\n\f\ftail"
	err := splitPages(iotestOneByte{strings.NewReader(in)}, 21, func(s string) error { got = append(got, s); return nil })
	want := []string{"one[31m", strings.Repeat("ŵ", 10) + "\uFFFD", "\uFFFD two\n", ""}
	if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("splitPages = %q, %v; want %q", got, err, want)
	}
}

type iotestOneByte struct{ r io.Reader }

func (o iotestOneByte) Read(p []byte) (int, error) { return o.r.Read(p[:1]) }

// The boxes must lie on the words of the picture, however the page is turned or cropped.
func TestWords(t *testing.T) {
	tools := newTools(t, Limits{})
	plain := makePDF(t, 1)
	for name, extra := range map[string]string{"upright": "", "turned right": "/Rotate 90", "upside down": "/Rotate 180", "cropped": "/CropBox [50 400 400 800]", "cropped and turned": "/CropBox [50 400 400 800] /Rotate 270"} {
		t.Run(name, func(t *testing.T) {
			path := save(t, "a.pdf", bytes.Replace(plain, []byte("/Type /Page\n"), []byte("/Type /Page "+extra+"\n"), 1))
			page, err := tools.Words(t.Context(), path, 1)
			if err != nil || len(page.Words) != 4 {
				t.Fatalf("Words = %+v, %v; want 4 words", page, err)
			}
			picture, err := tools.Image(t.Context(), path, 1, 800)
			if err != nil {
				t.Fatal(err)
			}
			img, err := jpeg.Decode(bytes.NewReader(picture))
			if err != nil {
				t.Fatal(err)
			}
			if b := img.Bounds(); b.Dx() != 800 || abs(float64(b.Dy())-800*page.Height/page.Width) > 2 {
				t.Errorf("picture is %v, page %v x %v", b, page.Width, page.Height)
			}
			scale := 800 / page.Width
			inside, dark := 0, 0
			for y := range img.Bounds().Dy() {
				for x := range 800 {
					if r, _, _, _ := img.At(x, y).RGBA(); r > 0x8000 {
						continue
					}
					dark++
					for _, w := range page.Words {
						if px, py := (float64(x)+.5)/scale, (float64(y)+.5)/scale; px > w.XMin-2 && px < w.XMax+2 && py > w.YMin-2 && py < w.YMax+2 {
							inside++
							break
						}
					}
				}
			}
			if dark == 0 || inside < dark*95/100 {
				t.Errorf("%d of %d dark dots lie in the boxes of the words", inside, dark)
			}
		})
	}
}

func abs(f float64) float64 { return max(f, -f) }

// A program that hangs, floods or starts others is killed with all it started.
func TestLimits(t *testing.T) {
	path := save(t, "a.pdf", makePDF(t, 1))
	fake := func(t *testing.T, l Limits, script string) *Tools {
		tools := newTools(t, l)
		program := filepath.Join(t.TempDir(), "fake")
		if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"pdfinfo", "pdftotext", "pdftoppm"} {
			tools.programs[name] = program
		}
		return tools
	}
	t.Run("slow", func(t *testing.T) {
		note := filepath.Join(t.TempDir(), "pid")
		tools := fake(t, Limits{PageTimeout: 300 * time.Millisecond}, "sleep 1000 & echo $! > "+note+"; wait")
		_, err := tools.Inspect(t.Context(), path)
		if got := sentenceOf(t, err, path); got != sentenceSlow {
			t.Errorf("sentence = %q", got)
		}
		pid, err := os.ReadFile(note)
		if err != nil {
			t.Fatal(err)
		}
		waitGone(t, strings.TrimSpace(string(pid)))
	})
	t.Run("flood", func(t *testing.T) {
		tools := fake(t, Limits{MaxOutput: 1 << 20}, "yes")
		_, err := tools.Inspect(t.Context(), path)
		if got := sentenceOf(t, err, path); got != sentenceTooBig {
			t.Errorf("sentence = %q", got)
		}
	})
	t.Run("memory", func(t *testing.T) {
		tools := newTools(t, Limits{Memory: 4 << 20})
		if _, err := tools.Inspect(t.Context(), path); err == nil {
			t.Error("pdfinfo ran in 4 MiB")
		}
	})
	t.Run("nothing of our environment", func(t *testing.T) {
		t.Setenv("CLEARDAY_SITE_KEY", "secret")
		tools := fake(t, Limits{}, "env; pwd")
		out, err := tools.all(t.Context(), "pdfinfo", nil, path)
		if err != nil || bytes.Contains(out, []byte("secret")) {
			t.Errorf("the child sees %q, %v", out, err)
		}
	})
	t.Run("the caller gives up", func(t *testing.T) {
		tools := fake(t, Limits{Children: 1}, "sleep 1000")
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		for range 2 { // the second finds the slot free again, or its time gone
			if _, err := tools.Inspect(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error = %v, want the end of the context", err)
			}
		}
	})
}

func waitGone(t *testing.T, pid string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil || bytes.Contains(stat, []byte(") Z ")) {
			return
		}
	}
	t.Errorf("process %s is still there", pid)
}

// corpus gives the folder of real files, or skips.
func corpus(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("CLEARDAY_TEST_CORPUS"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if found := filepath.Join(dir, "shared", "corpus"); isDir(found) {
			return found
		}
	}
	t.Skip("the corpus is not here: set CLEARDAY_TEST_CORPUS")
	return ""
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// manifest gives the PDFs of the corpus below a folder with the pages that it says they have (0 = it does not say).
func manifest(t testing.TB, below string) map[string]int {
	t.Helper()
	dir := corpus(t)
	f, err := os.Open(filepath.Join(dir, "MANIFEST.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]int{}
	for _, row := range rows[1:] {
		if path, pages := row[1], row[7]; strings.HasPrefix(path, below) && (below == "hostile" || strings.HasSuffix(path, ".pdf")) {
			files[filepath.Join(dir, path)], _ = strconv.Atoi(pages)
		}
	}
	return files
}

func TestHostile(t *testing.T) {
	tools := newTools(t, Limits{PageTimeout: 4 * time.Second, TextTimeout: 4 * time.Second})
	for path := range manifest(t, "hostile") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			info, err := tools.Inspect(t.Context(), path)
			if err != nil {
				t.Log(sentenceOf(t, err, path), err)
				return
			}
			got := 0
			err = tools.Text(t.Context(), path, info.Pages, func(int, string) error { got++; return nil })
			if err != nil {
				t.Log(sentenceOf(t, err, path), err)
				return
			}
			if got != info.Pages {
				t.Errorf("%d pages of text, %d pages", got, info.Pages)
			}
			if _, err := tools.Words(t.Context(), path, 1); err != nil {
				t.Log(sentenceOf(t, err, path), err)
			}
		})
	}
	t.Cleanup(func() { noChildren(t) })
}

// noChildren fails when a program that we started is left.
func noChildren(t *testing.T) {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		if pids, err := os.ReadFile(list); err == nil && len(pids) > 0 {
			t.Errorf("left children: %s", pids)
		}
	}
}

func TestCorpus(t *testing.T) {
	tools := newTools(t, Limits{})
	for path, pages := range manifest(t, "papers/datagovuk__library-archive") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			info, err := tools.Inspect(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if pages != 0 && info.Pages != pages {
				t.Errorf("%d pages, want %d", info.Pages, pages)
			}
			if err := tools.Text(t.Context(), path, info.Pages, func(int, string) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
}

func FuzzParseInfo(f *testing.F) {
	f.Add([]byte("Title:           A\nPages:           2\nEncrypted:       no\nPage    1 size:  595.32 x 841.92 pts (A4)\nPage    1 rot:   90\nPage    2 size:  0 x 0 pts\n"))
	f.Add([]byte("Title: x\nPages: 1\nPage 1 size: 5 x NaN pts\nPages:           1\nPage    1 size:  612 x 792 pts (letter)\nPDF version:     1.7\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		info, err := parseInfo(out, 50)
		if err != nil {
			sentenceOf(t, err, "-")
			return
		}
		if info.Pages < 1 || info.Pages > 50 || len(info.Sizes) != info.Pages {
			t.Errorf("%d pages, %d sizes", info.Pages, len(info.Sizes))
		}
		for _, s := range info.Sizes {
			if !(s.Width > 0 && s.Height > 0) {
				t.Errorf("size %v", s)
			}
		}
	})
}

func FuzzParseWords(f *testing.F) {
	f.Add([]byte(`<html><doc>  <page width="612.0" height="792.0"><word xMin="56.8" yMin="57.2" xMax="80.1" yMax="70.5">Fish &amp; chips</word></page></doc>`))
	f.Add([]byte(`<doc><page width="1" height="NaN"><word xMin="-1"`))
	f.Fuzz(func(t *testing.T, out []byte) {
		page, err := parseWords(out)
		if err != nil {
			return
		}
		if !(page.Width > 0 && page.Height > 0) || len(page.Words) > maxWords {
			t.Errorf("page %v x %v, %d words", page.Width, page.Height, len(page.Words))
		}
		for _, w := range page.Words {
			if w.Text == "" || !(w.XMin < w.XMax && w.YMin < w.YMax && w.XMin >= 0 && w.YMin >= 0) {
				t.Errorf("word %+v", w)
			}
		}
	})
}

// BenchmarkText reads a document of 129 pages, or one made here, and prints how much longer it takes than pdftotext alone.
func BenchmarkText(b *testing.B) {
	tools := newTools(b, Limits{})
	path, pages := benchmarkFile(b)
	var alone time.Duration
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		if err := exec.Command("pdftotext", path, "/dev/null").Run(); err != nil {
			b.Fatal(err)
		}
		alone += time.Since(start)
		b.StartTimer()
		if err := tools.Text(b.Context(), path, pages, func(int, string) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(pages*b.N)/b.Elapsed().Seconds(), "pages/s")
	b.ReportMetric(b.Elapsed().Seconds()/alone.Seconds(), "x-pdftotext")
}

func benchmarkFile(b *testing.B) (path string, pages int) {
	dir := os.Getenv("CLEARDAY_TEST_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus"
	}
	path = filepath.Join(dir, "papers/datagovuk__library-archive/files/ODUG Applications August 2013 published.pdf")
	if _, err := os.Stat(path); err == nil {
		return path, 129
	}
	return save(b, "made.pdf", makePDF(b, 129)), 129
}
