package pdf

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// countingTools makes every run of pdftoppm leave a line in the file that it returns, after an optional wait.
func countingTools(t *testing.T, before string) (*Tools, string) {
	t.Helper()
	tools := newTools(t, Limits{})
	note := filepath.Join(t.TempDir(), "runs")
	program := filepath.Join(t.TempDir(), "pdftoppm")
	script := "#!/bin/sh\necho run >> " + note + "\n" + before + "\nexec " + tools.programs["pdftoppm"] + " \"$@\"\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	tools.programs["pdftoppm"] = program
	return tools, note
}

func runs(t *testing.T, note string) int {
	t.Helper()
	b, err := os.ReadFile(note)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return bytes.Count(b, []byte("run"))
}

func openImages(t *testing.T, dir string, maxBytes int64, tools *Tools) *Images {
	t.Helper()
	im, err := OpenImages(dir, maxBytes, tools)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := im.Close(); err != nil {
			t.Error(err)
		}
	})
	return im
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var hashA, hashB = strings.Repeat("a", 64), strings.Repeat("b", 64)

func TestImages(t *testing.T) {
	tools, note := countingTools(t, "")
	path := save(t, "a.pdf", makePDF(t, 5))
	dir := t.TempDir()
	im := openImages(t, dir, 1<<20, tools)

	var all sync.WaitGroup
	for i := range 20 { // many viewers, many widths, one picture
		all.Go(func() {
			if jpeg, err := im.Image(t.Context(), hashA, path, 1, 201+i); err != nil || !isJPEG(jpeg) {
				t.Errorf("Image = %d bytes, %v", len(jpeg), err)
			}
		})
	}
	all.Wait()
	if got := runs(t, note); got != 1 {
		t.Errorf("drawn %d times, want once", got)
	}
	t.Run("after a restart", func(t *testing.T) {
		if err := os.WriteFile(filepath.Join(dir, hashA, "2-400.jpg.new"), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		again := openImages(t, dir, 1<<20, tools)
		if _, err := again.Image(t.Context(), hashA, path, 1, 400); err != nil || runs(t, note) != 1 {
			t.Errorf("error %v, drawn %d times, want once", err, runs(t, note))
		}
		if got := filesIn(t, dir); len(got) != 1 {
			t.Errorf("files = %q, want the image alone", got)
		}
	})
	t.Run("cut on disk", func(t *testing.T) {
		if err := os.Truncate(filepath.Join(dir, hashA, "1-400.jpg"), 100); err != nil {
			t.Fatal(err)
		}
		if jpeg, err := im.Image(t.Context(), hashA, path, 1, 400); err != nil || !isJPEG(jpeg) {
			t.Errorf("Image = %d bytes, %v", len(jpeg), err)
		}
	})
	t.Run("failure is not kept", func(t *testing.T) {
		broken := save(t, "b.pdf", []byte("%PDF-1.4 broken"))
		if _, err := im.Image(t.Context(), hashB, broken, 1, 400); err == nil {
			t.Error("a broken file gave an image")
		}
		if _, err := im.Image(t.Context(), hashB, path, 1, 400); err != nil {
			t.Errorf("the failure was remembered: %v", err)
		}
	})
	t.Run("drop", func(t *testing.T) {
		if err := im.Drop(hashA); err != nil {
			t.Fatal(err)
		}
		if got := filesIn(t, dir); len(got) != 1 || !strings.Contains(got[0], hashB) {
			t.Errorf("files after Drop = %q, want those of the other file", got)
		}
	})
	t.Run("bad names", func(t *testing.T) {
		for _, hash := range []string{"", "../../etc", strings.Repeat("A", 64), hashA + "\n"} {
			if _, err := im.Image(t.Context(), hash, path, 1, 400); err == nil {
				t.Errorf("hash %q was taken", hash)
			}
			if err := im.Drop(hash); err == nil {
				t.Errorf("Drop(%q) was taken", hash)
			}
		}
	})
}

func TestImages_bound(t *testing.T) {
	tools, note := countingTools(t, "")
	path := save(t, "a.pdf", makePDF(t, 5))
	one, err := tools.Image(t.Context(), path, 1, 200)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	im := openImages(t, dir, int64(len(one))*7/2, tools) // room for three
	show := func(page int) {
		t.Helper()
		if _, err := im.Image(t.Context(), hashA, path, page, 200); err != nil {
			t.Fatal(err)
		}
	}
	for _, page := range []int{1, 2, 3, 1, 4} {
		show(page)
	}
	if got := len(filesIn(t, dir)); got != 3 {
		t.Errorf("%d files, want 3", got)
	}
	before := runs(t, note)
	show(1)
	if runs(t, note) != before {
		t.Error("the page used last was thrown away")
	}
	show(2)
	if runs(t, note) != before+1 {
		t.Error("the page used longest ago was kept")
	}
}

// A viewer who leaves does not take the picture from the next; a file dropped meanwhile leaves nothing behind.
func TestImages_whileDrawing(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	tools, note := countingTools(t, "while [ ! -e "+gate+" ]; do sleep 0.02; done")
	path := save(t, "a.pdf", makePDF(t, 1))
	dir := t.TempDir()
	im := openImages(t, dir, 1<<20, tools)

	left, leave := context.WithCancel(t.Context())
	results := make(chan error, 3)
	for _, v := range []struct {
		ctx  context.Context
		hash string
	}{{left, hashA}, {t.Context(), hashA}, {t.Context(), hashB}} {
		go func() {
			_, err := im.Image(v.ctx, v.hash, path, 1, 400)
			results <- err
		}()
	}
	for deadline := time.Now().Add(20 * time.Second); runs(t, note) < 2; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing was drawn")
		}
	}
	leave()
	if err := <-results; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	if err := im.Drop(hashB); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var dropped, fine int
	for range 2 {
		err := <-results
		if err == nil {
			fine++
		}
		if errors.Is(err, ErrDropped) {
			dropped++
		}
	}
	if fine != 1 || dropped != 1 {
		t.Errorf("%d fine, %d dropped, want one of each", fine, dropped)
	}
	if got := filesIn(t, dir); len(got) != 1 || !strings.Contains(got[0], hashA) {
		t.Errorf("files = %q", got)
	}
}

// TestImagesAhead draws the next page before it is asked for: one at a time, none while somebody waits, none that is dropped.
func TestImagesAhead(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "open")
	tools, note := countingTools(t, "while [ ! -e "+gate+" ]; do sleep 0.01; done")
	path := save(t, "a.pdf", makePDF(t, 5))
	im := openImages(t, t.TempDir(), 1<<20, tools)
	im.Ahead("no hash", path, 1, 400)
	im.Ahead(hashA, path, 2, 400)
	im.Ahead(hashA, path, 3, 400)
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if jpeg, err := im.Image(t.Context(), hashA, path, 2, 400); err != nil || !isJPEG(jpeg) {
		t.Fatalf("the page that was drawn ahead is %d bytes, %v", len(jpeg), err)
	}
	if got := runs(t, note); got != 1 {
		t.Errorf("drawn %d times, want once: ahead, for whoever asked meanwhile", got)
	}
	if err := im.Drop(hashA); err != nil {
		t.Fatal(err)
	}
	if left := filesIn(t, im.dir); len(left) != 0 {
		t.Errorf("a dropped file leaves %v", left)
	}
}
