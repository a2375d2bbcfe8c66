package packs

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestPrune: what was asked for longest ago goes first, what was just made stays.
func TestPrune(t *testing.T) {
	p := &Packs{Dir: t.TempDir(), Max: 250}
	now := time.Now()
	write := func(meeting, key string, age time.Duration) string {
		path := p.file(meeting, key)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, 100), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	made, old, asked := write("a", "made", 3*time.Hour), write("a", "old", 2*time.Hour), write("b", "asked", time.Hour)
	if err := p.prune(made); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(p.Dir, "*", "*.pdf"))
	if err != nil || !slices.Equal(left, []string{made, asked}) {
		t.Errorf("left are %q, %v, want all but %q", left, err, old)
	}
}
