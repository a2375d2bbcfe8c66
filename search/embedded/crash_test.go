package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"clearday/search"
	"clearday/search/searchtest"
)

func open1(t *testing.T, dir string) *Engine {
	t.Helper()
	e, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func count(t *testing.T, e *Engine, query string) (papers, pages int) {
	t.Helper()
	res, err := e.Search(context.Background(), search.Parse(query))
	if err != nil {
		t.Fatal(err)
	}
	return res.Papers, res.Pages
}

func fill(t *testing.T, dir string) {
	t.Helper()
	e := open1(t, dir)
	var docs []search.Document
	for i := range 200 {
		docs = append(docs, searchtest.Page("p"+strconv.Itoa(i%10), i/10+1, "some words of page "+strconv.Itoa(i)))
	}
	if err := e.Apply(context.Background(), search.Batch{Put: docs, Position: 5}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestOpenDamaged damages each file of an index in several ways. Open gives a working engine:
// the old matter if it is whole, else an empty engine that starts from 0.
func TestOpenDamaged(t *testing.T) {
	ways := map[string]func(name string, data []byte) error{
		"cut in half": func(name string, data []byte) error { return os.WriteFile(name, data[:len(data)/2], 0o600) },
		"emptied":     func(name string, _ []byte) error { return os.WriteFile(name, nil, 0o600) },
		"removed":     func(name string, _ []byte) error { return os.Remove(name) },
		"zeroed":      func(name string, data []byte) error { return os.WriteFile(name, make([]byte, len(data)), 0o600) },
		"one bit": func(name string, data []byte) error {
			data[len(data)/3] ^= 4
			return os.WriteFile(name, data, 0o600)
		},
		"other format": func(name string, _ []byte) error {
			return os.WriteFile(filepath.Join(filepath.Dir(name), "..", "format"), []byte("x"), 0o600)
		},
	}
	for _, pattern := range []string{"*.zap", "root.bolt"} {
		for way, damage := range ways {
			t.Run(pattern+" "+way, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "search")
				fill(t, dir)
				names, err := filepath.Glob(filepath.Join(dir, "index", pattern))
				if err != nil || len(names) == 0 {
					t.Fatalf("no file %s in the index: %v", pattern, err)
				}
				data, err := os.ReadFile(names[0])
				if err != nil {
					t.Fatal(err)
				}
				if err := damage(names[0], data); err != nil {
					t.Fatal(err)
				}
				e := open1(t, dir)
				pos, err := e.Position(context.Background())
				papers, pages := count(t, e, "words")
				whole := pos == 5 && papers == 10 && pages == 200
				empty := pos == 0 && papers == 0
				if err != nil || !whole && !empty {
					t.Errorf("position %d (%v) with %d papers and %d pages", pos, err, papers, pages)
				}
				if err := e.Apply(context.Background(), search.Batch{Put: []search.Document{searchtest.Page("n", 1, "novel")}, Position: 9}); err != nil {
					t.Errorf("Apply: %v", err)
				}
				if papers, _ := count(t, e, "novel"); papers != 1 {
					t.Error("the engine does not work after damage")
				}
			})
		}
	}
}

func TestOpenInUse(t *testing.T) {
	dir := t.TempDir()
	e := open1(t, dir)
	if err := e.Apply(context.Background(), search.Batch{Put: []search.Document{searchtest.Page("a", 1, "kept")}, Position: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, nil); !errors.Is(err, ErrInUse) {
		t.Fatalf("a second Open gives %v, want ErrInUse", err)
	}
	if papers, _ := count(t, e, "kept"); papers != 1 {
		t.Error("a second Open harmed the first")
	}
}

// TestKill kills a program that applies batches, at different moments. What was confirmed is
// there, and documents and position are of the same batch.
func TestKill(t *testing.T) {
	if dir := os.Getenv("CLEARDAY_TEST_KILL_DIR"); dir != "" {
		applyForEver(t, dir)
	}
	dir := t.TempDir()
	confirmed := int64(0)
	for i := range 6 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
		cmd.Env = append(os.Environ(), "CLEARDAY_TEST_KILL_DIR="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			if v, err := strconv.ParseInt(strings.TrimSpace(lines.Text()), 10, 64); err == nil {
				confirmed = v
			}
			if n == 3 {
				time.AfterFunc(time.Duration(i*7)*time.Millisecond, func() { _ = cmd.Process.Kill() })
			}
		}
		_ = cmd.Wait() // it was killed
		e := open1(t, dir)
		pos, err := e.Position(context.Background())
		if err != nil || pos < confirmed {
			t.Fatalf("position %d (%v) after %d was confirmed", pos, err, confirmed)
		}
		if papers, pages := count(t, e, "marker"); papers != 1 || pages != 20 {
			t.Fatalf("at position %d: %d papers and %d pages, want 1 and 20", pos, papers, pages)
		}
		if _, pages := count(t, e, fmt.Sprintf(`"round %d"`, pos)); pages != 20 {
			t.Fatalf("at position %d only %d pages are of that round", pos, pages)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if confirmed == 0 {
		t.Fatal("nothing was ever confirmed")
	}
}

func applyForEver(t *testing.T, dir string) {
	e := open1(t, dir)
	pos, err := e.Position(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for {
		pos++
		b := search.Batch{Remove: []string{"a"}, Position: pos}
		for page := range 20 {
			d := searchtest.Page("a", page+1, fmt.Sprintf("marker of round %d", pos))
			d.Version = int(pos)
			b.Put = append(b.Put, d)
		}
		if err := e.Apply(context.Background(), b); err != nil {
			t.Fatal(err)
		}
		fmt.Println(pos)
	}
}
