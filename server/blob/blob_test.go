package blob_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"clearday/papers"
	"clearday/server/blob"
)

func open(t *testing.T) (*blob.Dir, string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "files")
	d, err := blob.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return d, root
}

func stage(t *testing.T, d *blob.Dir, text string) *blob.Staged {
	t.Helper()
	s, err := d.Stage(strings.NewReader(text), 1<<20)
	if err != nil {
		t.Fatalf("Stage: %v", err)
	}
	return s
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// files are all files below the root.
func files(t *testing.T, root string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, strings.TrimPrefix(path, root+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func read(t *testing.T, d *blob.Dir, hash string) string {
	t.Helper()
	f, err := d.Open(t.Context(), hash)
	if err != nil {
		t.Fatalf("Open(%s): %v", hash, err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestKeep(t *testing.T) {
	d, root := open(t)
	s := stage(t, d, "the bytes")
	hash := hashOf("the bytes")
	if s.Hash != hash || s.Size != 9 {
		t.Errorf("Stage gave %s of %d bytes, want %s of 9", s.Hash, s.Size, hash)
	}
	if _, err := d.Open(t.Context(), hash); papers.CodeOf(err) != papers.CodeNotFound {
		t.Errorf("a staged file can be opened before it is kept: %v", err)
	}
	if err := s.Keep(); err != nil {
		t.Fatal(err)
	}
	// Now, and not at some later time, it is there under its final name and nowhere else.
	if got, want := files(t, root), hash[:2]+"/"+hash[2:4]+"/"+hash; len(got) != 1 || got[0] != want {
		t.Fatalf("after Keep there are %v, want %s", got, want)
	}
	if got := read(t, d, hash); got != "the bytes" {
		t.Errorf("the file holds %q", got)
	}
	if got, want := d.Path(hash), filepath.Join(root, hash[:2], hash[2:4], hash); got != want {
		t.Errorf("Path = %s, want %s", got, want)
	}
	if info, err := os.Stat(d.Path(hash)); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others on the machine may read it: %v %v", info.Mode(), err)
	}
	if err := s.Drop(); err != nil || read(t, d, hash) != "the bytes" {
		t.Errorf("Drop after Keep: %v", err)
	}
	again, err := blob.Open(root)
	if err != nil || read(t, again, hash) != "the bytes" {
		t.Errorf("after a restart: %v", err)
	}
}

func TestSameBytesTwice(t *testing.T) {
	d, root := open(t)
	a, b := stage(t, d, "same"), stage(t, d, "same")
	if a.Hash != b.Hash || a.Path == b.Path {
		t.Fatalf("staged %+v and %+v", a, b)
	}
	if err := a.Keep(); err != nil {
		t.Fatal(err)
	}
	reading, err := d.Open(t.Context(), a.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Close()
	if err := b.Keep(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(reading); err != nil || string(got) != "same" {
		t.Errorf("a reader under way got %q, %v", got, err)
	}
	if got := files(t, root); len(got) != 1 {
		t.Errorf("the same bytes twice are %v", got)
	}
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			s, err := d.Stage(strings.NewReader("same too"), 100)
			if err == nil {
				err = s.Keep()
			}
			if err != nil {
				t.Errorf("keeping at once: %v", err)
			}
		})
	}
	work.Wait()
	if got := files(t, root); len(got) != 2 || read(t, d, hashOf("same too")) != "same too" {
		t.Errorf("the same bytes at once are %v", got)
	}
}

func TestStageLeavesNothing(t *testing.T) {
	d, root := open(t)
	t.Run("as large as it may be", func(t *testing.T) {
		s, err := d.Stage(strings.NewReader("12345678"), 8)
		if err != nil || s.Size != 8 {
			t.Fatalf("Stage = %+v, %v", s, err)
		}
		if err := errors.Join(s.Drop(), s.Drop()); err != nil {
			t.Errorf("Drop: %v", err)
		}
	})
	t.Run("too large", func(t *testing.T) {
		_, err := d.Stage(strings.NewReader(strings.Repeat("x", 3<<20)), 2<<20)
		if papers.CodeOf(err) != papers.CodeTooLarge || !strings.Contains(err.Error(), "larger than 2 MB") {
			t.Errorf("Stage = %v", err)
		}
	})
	t.Run("one byte too large", func(t *testing.T) {
		if _, err := d.Stage(strings.NewReader("123456789"), 8); papers.CodeOf(err) != papers.CodeTooLarge {
			t.Errorf("Stage = %v", err)
		}
	})
	t.Run("broken off", func(t *testing.T) {
		broken := errors.New("the line broke")
		if _, err := d.Stage(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), 100); !errors.Is(err, broken) {
			t.Errorf("Stage = %v", err)
		}
	})
	t.Run("no room", func(t *testing.T) {
		if err := os.RemoveAll(filepath.Join(root, "tmp")); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Stage(strings.NewReader("x"), 100); err == nil || papers.CodeOf(err) != "" {
			t.Errorf("Stage = %v, want an internal error", err)
		}
	})
	if got := files(t, root); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}

func TestSweep(t *testing.T) {
	d, root := open(t)
	kept := stage(t, d, "kept")
	if err := kept.Keep(); err != nil {
		t.Fatal(err)
	}
	stage(t, d, "interrupted") // a program that was killed here
	if err := d.Sweep(); err != nil {
		t.Fatal(err)
	}
	if got := files(t, root); len(got) != 1 || read(t, d, kept.Hash) != "kept" {
		t.Errorf("after Sweep there are %v", got)
	}
	if err := d.Sweep(); err != nil {
		t.Errorf("Sweep with nothing to do: %v", err)
	}
}

// TestNoHash holds that no name reaches a file outside, or one that was not kept.
func TestNoHash(t *testing.T) {
	d, root := open(t)
	staged := stage(t, d, "not kept")
	outside := filepath.Join(filepath.Dir(root), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	dots := "../" + strings.Repeat("./", 27) // 57 bytes
	for _, name := range []string{"", ".", "..", "../secret", outside, "tmp/" + filepath.Base(staged.Path), hashOf("absent"), hashOf("absent")[:63],
		strings.ToUpper(hashOf("absent")), dots + "/secret", "..//.." + strings.Repeat("/", 58), strings.Repeat("../", 21) + "x", strings.Repeat("\x00", 64)} {
		if p := d.Path(name); !strings.HasPrefix(p, root+"/") {
			t.Errorf("Path(%q) = %s, outside of the store", name, p)
		}
		f, err := d.Open(t.Context(), name)
		if err == nil {
			b, _ := io.ReadAll(f)
			t.Errorf("Open(%q) opened a file of %q", name, b)
			_ = f.Close()
			continue
		}
		if papers.CodeOf(err) != papers.CodeNotFound {
			t.Errorf("Open(%q) = %v, want not found", name, err)
		}
	}
}
