package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/pdf"
	"clearday/papers/preflight"
)

// checkFolders runs the checks on every PDF under the folders as an upload does, prints a line of JSON a file and, at
// the end, the share of files with each finding and how many files a second were checked:
//
//	clearday-bench preflight DIR...
func checkFolders(ctx context.Context, dirs []string, out io.Writer) error {
	tools, err := pdf.New(pdf.Limits{})
	if err != nil {
		return err
	}
	sum := checked{started: time.Now(), by: map[string]int{}}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(path), ".pdf") {
				return err
			}
			return sum.check(ctx, &preflight.Checker{Tools: tools}, path, out)
		})
		if err != nil {
			return fmt.Errorf("checking %s: %w", dir, err)
		}
	}
	return sum.write(out)
}

// checked adds up what was found.
type checked struct {
	started time.Time
	files   int
	pages   int
	by      map[string]int // files with a finding, by level and code
}

func (s *checked) check(ctx context.Context, c *preflight.Checker, path string, out io.Writer) error {
	begun := time.Now()
	list, pages, err := checkFile(ctx, c, path)
	var bad *papers.Unreadable
	if errors.As(err, &bad) {
		list, err = []papers.Finding{{Code: "unreadable", Level: papers.LevelBlock, Message: bad.Sentence}}, nil
	}
	if err != nil {
		return err
	}
	s.files, s.pages = s.files+1, s.pages+pages
	seen := map[string]bool{}
	for _, f := range list {
		for _, key := range []string{string(f.Level) + ", any", string(f.Level) + " " + f.Code} {
			if !seen[key] {
				s.by[key]++
			}
			seen[key] = true
		}
	}
	return json.NewEncoder(out).Encode(struct {
		File         string           `json:"file"`
		Pages        int              `json:"pages"`
		Milliseconds int64            `json:"milliseconds"`
		Findings     []papers.Finding `json:"findings"`
	}{path, pages, time.Since(begun).Milliseconds(), list})
}

func checkFile(ctx context.Context, c *preflight.Checker, path string) ([]papers.Finding, int, error) {
	info, err := c.Tools.Inspect(ctx, path)
	if err != nil {
		return nil, 0, err
	}
	clean, err := os.CreateTemp("", "clearday-bench-*.pdf")
	if err != nil {
		return nil, 0, fmt.Errorf("making a temporary file: %w", err)
	}
	defer func() { _ = os.Remove(clean.Name()) }() // temporary: nothing depends on it
	name := filepath.Base(path)
	about := preflight.About{Title: papers.TitleFrom(name), FileName: name}
	list, err := c.Clean(ctx, path, about, clean)
	if err = errors.Join(err, clean.Close()); err != nil {
		return nil, info.Pages, err
	}
	more, err := c.Look(ctx, clean.Name(), about)
	return append(list, more...), info.Pages, err
}

func (s *checked) write(out io.Writer) error {
	took := time.Since(s.started).Seconds()
	fmt.Fprintf(out, "\n%d files, %d pages, %.1f s: %.1f files a second, %.0f pages a second\n\n", s.files, s.pages, took, float64(s.files)/took, float64(s.pages)/took)
	var keys []string
	for k := range s.by {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if _, err := fmt.Fprintf(out, "%-32s %4d  %5.1f %%\n", k, s.by[k], 100*float64(s.by[k])/float64(s.files)); err != nil {
			return fmt.Errorf("writing the sum: %w", err)
		}
	}
	return nil
}
