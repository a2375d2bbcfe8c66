package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// archiveTimes measures bringing an archive in, from the start of the command until a search of the running program covers all
// of it, against pdftotext alone over the same files, two at a time as the import reads them. Both are done in turn.
func archiveTimes(ctx context.Context, b *bench) error {
	dir, files, what, err := b.anArchive()
	if err != nil {
		return err
	}
	var ours, theirs []time.Duration
	for n := range b.times(3, 1) {
		alone, err := textAlone(ctx, files)
		if err != nil {
			return err
		}
		whole, err := b.bringIn(ctx, dir, fmt.Sprintf("archive-%d", n), "--as-published")
		if err != nil {
			return err
		}
		ours, theirs = append(ours, whole), append(theirs, alone)
	}
	us, them := medianTime(ours), medianTime(theirs)
	b.report.add(row{what: "Import of " + what + " until they are found", figure: seconds(us), yardstick: seconds(them) + " (pdftotext)",
		ratio: share(float64(us), float64(them)), aim: "at most 1.3 times", met: float64(us) <= 1.3*float64(them)})
	checked, err := b.bringIn(ctx, dir, "archive-checked")
	if err != nil {
		return err
	}
	b.report.add(row{what: "The same with each file checked and cleaned, as without --as-published", figure: seconds(checked), yardstick: seconds(them) + " (pdftotext)", ratio: share(float64(checked), float64(them))})
	b.report.note("Import: %s, medians of %d rounds in turn; `clearday import --as-published` beside a running program, until its search covers every act. pdftotext reads the same files, two at once, and its text is thrown away.", what, len(ours))
	return nil
}

// anArchive gives a folder of papers and its files: real ones, else made ones.
func (b *bench) anArchive() (dir string, files []string, what string, err error) {
	dir = realPapers + "/lusavkaedu__council-assistant/archive"
	if _, err := os.Stat(dir); err != nil {
		dir = b.data("archive")
		if err := b.makeArchive(dir); err != nil {
			return "", nil, "", err
		}
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".pdf") && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return "", nil, "", fmt.Errorf("looking for papers: %w", err)
	}
	return dir, files, fmt.Sprintf("%d PDFs", len(files)), nil
}

// makeArchive makes papers of three pages, as the middle one of real ones has, ten for each meeting.
func (b *bench) makeArchive(dir string) error {
	w := newWriter(17)
	for n := range b.times(200, 40) {
		paper, err := w.paper(w.title(), 3, "")
		if err != nil {
			return err
		}
		folder := filepath.Join(dir, time.Date(2019, 1, 1+n/10, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(filepath.Join(folder, fmt.Sprintf("%02d Report.pdf", n%10+1)), paper, 0o600)); err != nil {
			return fmt.Errorf("writing an archive: %w", err)
		}
	}
	return nil
}

// textAlone is how long pdftotext takes for the files.
func textAlone(ctx context.Context, files []string) (time.Duration, error) {
	start := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, f := range files {
		group.Go(func() error {
			cmd := exec.CommandContext(ctx, "pdftotext", "-enc", "UTF-8", f, "-")
			cmd.Stdout = io.Discard
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("running pdftotext: %w", err)
			}
			return nil
		})
	}
	err := group.Wait()
	return time.Since(start), err
}

// bringIn imports the folder into a program with nothing in it, and answers how long it took until its search had all.
func (b *bench) bringIn(ctx context.Context, dir, name string, flags ...string) (took time.Duration, err error) {
	data := b.data(name)
	p, err := b.serve(ctx, data, "")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	token, err := b.token(ctx, data, "admin")
	if err != nil {
		return 0, err
	}
	a := api{p.addr, token}
	if err := a.do(ctx, "POST", "/boards", map[string]any{"name": "Board"}, nil); err != nil {
		return 0, err
	}
	start := time.Now()
	cmd := exec.CommandContext(ctx, b.binary, append([]string{"import", dir, "--board", "board"}, flags...)...)
	cmd.Env = slices.Concat(os.Environ(), b.env, []string{"CLEARDAY_DATA=" + data})
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("importing: %w\n%.2000s", err, out)
	}
	for {
		var found struct {
			Coverage struct {
				Papers, Searchable int
				Behind             int64
			} `json:"coverage"`
		}
		if err := a.do(ctx, "GET", "/search?q=report", nil, &found); err != nil {
			return 0, err
		}
		if c := found.Coverage; c.Papers > 0 && c.Behind == 0 && c.Searchable == c.Papers {
			return time.Since(start), nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return 0, err
		}
	}
}
