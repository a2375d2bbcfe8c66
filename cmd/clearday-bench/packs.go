package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"clearday/papers/pdf"
)

// The papers of a real meeting, where they are: they are public record and not part of this project.
const (
	realPapers = "../shared/corpus/papers"
	realPack   = realPapers + "/lusavkaedu__council-assistant/archive/council_documents_archived/full_council/2025-02-13/originals"
	manyPages  = 1000
)

// packTimes measures making packs against qpdf putting the same files together.
func packTimes(ctx context.Context, b *bench) error {
	if _, err := exec.LookPath("qpdf"); err != nil {
		return fmt.Errorf("finding qpdf: install the Debian package qpdf: %w", err)
	}
	var errs []error
	if files, err := filepath.Glob(realPack + "/*.pdf"); err == nil && len(files) > 0 {
		errs = append(errs, b.packOf(ctx, "the County Council's pack of 13 February 2025", files, 0))
	} else {
		b.report.note("The pack of the County Council was skipped: its papers are not at %s.", realPack)
	}
	files, what, err := b.manyPapers()
	if err != nil {
		return err
	}
	return errors.Join(append(errs, b.packOf(ctx, what, files, manyPages))...)
}

// manyPapers gives papers of a thousand pages at least: real ones, else made ones.
func (b *bench) manyPapers() (files []string, what string, err error) {
	err = filepath.WalkDir(realPapers, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".pdf") && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err == nil && len(files) > 0 {
		return files, "1,000 pages of real papers", nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("looking for papers: %w", err)
	}
	w := newWriter(13)
	for n := range 10 {
		paper, err := w.paper(fmt.Sprintf("Paper %d", n+1), manyPages/10, "")
		if err != nil {
			return nil, "", err
		}
		path := filepath.Join(b.dir, fmt.Sprintf("paper-%d.pdf", n))
		if err := os.WriteFile(path, paper, 0o600); err != nil {
			return nil, "", fmt.Errorf("writing a paper: %w", err)
		}
		files = append(files, path)
	}
	return files, "1,000 pages of text", nil
}

// packOrder is what a child makes packs of.
type packOrder struct {
	Files  []string
	Pages  int // that are wanted; 0 is all of them
	Rounds int
	Dir    string
}

// packAnswer is what came out of it.
type packAnswer struct {
	Papers, Sheets int
	Unreadable     []string
	Clearday, Qpdf []time.Duration
	Peak           int64 // bytes, of the child that makes a pack
	Bytes, QBytes  int64
	Check          string // what qpdf says of the pack
}

func (b *bench) packOf(ctx context.Context, what string, files []string, pages int) error {
	var a packAnswer
	if err := ask(ctx, "", "child-pack", packOrder{files, pages, b.times(7, 3), b.dir}, &a); err != nil {
		return err
	}
	ours, theirs := medianTime(a.Clearday), medianTime(a.Qpdf)
	b.report.add(row{what: fmt.Sprintf("Pack: %s, %s pages", what, thousands(float64(a.Sheets))), figure: seconds(ours), yardstick: seconds(theirs) + " (qpdf)",
		ratio: share(float64(ours), float64(theirs)), aim: "at most 3 times", met: ours <= 3*theirs && a.Check == ""})
	b.report.add(row{what: "Its peak memory", figure: megabytes(a.Peak), aim: "under 500 MB", met: a.Peak < 500e6})
	clean := "qpdf --check finds nothing in the pack"
	if a.Check != "" {
		clean = "qpdf --check says: " + a.Check
	}
	if len(a.Unreadable) > 0 {
		clean += fmt.Sprintf("; of %d papers only the divider speaks", len(a.Unreadable))
	}
	b.report.note("Pack: %s. %d papers; the file is %s, qpdf's %s; medians of %d rounds in turn. Clearday's has front sheet, contents, dividers, stamps, bookmarks, links and all tags; qpdf's has the pages. %s. Memory is the peak resident size of the child that makes it.",
		what, a.Papers, megabytes(a.Bytes), megabytes(a.QBytes), len(a.Clearday), clean)
	return nil
}

// packChild makes packs in turn with qpdf. It has no other children, so that their peak is that of these two.
func packChild(in io.Reader, out io.Writer) error {
	var o packOrder
	if _, err := orders(in, &o); err != nil {
		return err
	}
	ctx := context.Background()
	tools, err := pdf.New(pdf.Limits{})
	if err != nil {
		return err
	}
	pack, used, err := packPlan(ctx, tools, o)
	if err != nil {
		return err
	}
	a := packAnswer{Papers: len(used)}
	mine, theirs := filepath.Join(o.Dir, "pack.pdf"), filepath.Join(o.Dir, "qpdf.pdf")
	for range o.Rounds {
		start := time.Now()
		facts, err := tools.MakePack(ctx, mine, pack)
		if err != nil {
			return err
		}
		a.Clearday, a.Sheets, a.Unreadable = append(a.Clearday, time.Since(start)), facts.Sheets, facts.Unreadable
		if a.Peak == 0 { // before qpdf is a child too
			var usage syscall.Rusage
			if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
				return fmt.Errorf("reading the peak: %w", err)
			}
			a.Peak = usage.Maxrss * 1024
		}
		start = time.Now()
		if err := exec.CommandContext(ctx, "qpdf", slices.Concat([]string{"--empty", "--pages"}, used, []string{"--", theirs})...).Run(); err != nil && !warned(err) {
			return fmt.Errorf("running qpdf: %w", err)
		}
		a.Qpdf = append(a.Qpdf, time.Since(start))
	}
	if text, err := exec.CommandContext(ctx, "qpdf", "--check", mine).CombinedOutput(); err != nil {
		a.Check = fmt.Sprintf("%.300s", text)
	}
	for path, size := range map[string]*int64{mine: &a.Bytes, theirs: &a.QBytes} {
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("looking at a pack: %w", err)
		}
		*size = info.Size()
	}
	return json.NewEncoder(out).Encode(a)
}

// warned tells that qpdf did it and grumbled.
func warned(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == 3
}

// packPlan makes an item of each paper until there are pages enough.
func packPlan(ctx context.Context, tools *pdf.Tools, o packOrder) (pdf.Pack, []string, error) {
	p := pdf.Pack{Organisation: "A partnership", Board: "A board", Title: "A meeting", Name: "Public pack", When: "Thursday 13 February 2025, 9:30am",
		Made: time.Date(2025, 2, 5, 9, 0, 0, 0, time.UTC), Parts: []pdf.PackPart{{}}}
	var used []string
	next, pages := 1, 0
	for i, path := range o.Files {
		if o.Pages > 0 && pages >= o.Pages {
			break
		}
		info, err := tools.Inspect(ctx, path)
		if err != nil {
			continue // an upload of it would have been refused
		}
		abs, err := filepath.Abs(path)
		if err != nil {
			return pdf.Pack{}, nil, fmt.Errorf("finding a paper: %w", err)
		}
		number, title := strconv.Itoa(len(used)+1), fmt.Sprintf("Paper %d", i+1)
		p.Agenda = append(p.Agenda, pdf.PackItem{ID: number, Number: number, Title: title})
		p.Parts[0].Sections = append(p.Parts[0].Sections, pdf.PackSection{Item: number, Number: number, Title: title, First: next,
			Papers: []pdf.PackPaper{{Title: title, First: next + 1, Count: info.Pages, Path: abs}}})
		next += 1 + info.Pages
		pages += info.Pages
		used = append(used, abs)
	}
	p.Pages = next - 1
	return p, used, nil
}
