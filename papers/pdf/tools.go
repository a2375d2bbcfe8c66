// Package pdf reads, draws and writes PDF files.
//
// Uploaded files are hostile. Nothing of theirs is parsed in this process beyond plain text: poppler's programs and qpdf do it as
// child processes with limits on time, memory, open files and output (Tools), and what they answer is parsed strictly.
// Page images are made on first view and kept in a bounded cache (Images). Documents that the program itself writes,
// such as the agenda, come from gofpdf (Agenda).
package pdf

import (
	"fmt"
	"os/exec"
	"time"
)

// Limits bounds what one file may cost. New replaces each zero field by the default named beside it.
type Limits struct {
	MaxPages    int           // pages a file may have; 2,000
	PageTimeout time.Duration // for a run over one page, or over the file's facts; 20 seconds
	TextTimeout time.Duration // for the run that reads the text of all pages; 3 minutes
	Memory      int64         // bytes of address space of a child; 768 MiB
	MaxPageText int           // bytes of text kept of one page, the rest of the page is left out; 1 MiB
	MaxOutput   int64         // bytes that a child may write before it is killed; 256 MiB
	Children    int           // children at once, others wait; 2
	Collect     int64         // bytes at which a child that is this program collects its garbage; it dies 256 MiB above; 350 MiB
}

// Tools runs poppler's programs and qpdf. Make it with New; it is safe for use by many goroutines. Work that must not wait for other
// work (page images for readers beside the text of long uploads) takes a Tools of its own, since each holds its own number of children.
type Tools struct {
	limits   Limits
	programs map[string]string // name to path
	slots    chan struct{}     // one token per running child
}

// packages names the Debian package of each program that Tools runs.
var packages = map[string]string{
	"pdfinfo":   "poppler-utils",
	"pdftotext": "poppler-utils",
	"pdftoppm":  "poppler-utils",
	"pdfimages": "poppler-utils",
	"qpdf":      "qpdf",
	"prlimit":   "util-linux",
}

// New finds the programs in PATH. The error of a missing one names the Debian package that brings it.
func New(l Limits) (*Tools, error) {
	l = l.withDefaults()
	t := &Tools{limits: l, programs: map[string]string{}, slots: make(chan struct{}, l.Children)}
	for name, debian := range packages {
		path, err := exec.LookPath(name)
		if err != nil {
			return nil, fmt.Errorf("finding the program %s: install the Debian package %s: %w", name, debian, err)
		}
		t.programs[name] = path
	}
	return t, nil
}

func (l Limits) withDefaults() Limits {
	return Limits{
		MaxPages:    orDefault(l.MaxPages, 2000),
		PageTimeout: orDefault(l.PageTimeout, 20*time.Second),
		TextTimeout: orDefault(l.TextTimeout, 3*time.Minute),
		Memory:      orDefault(l.Memory, 768<<20),
		MaxPageText: orDefault(l.MaxPageText, 1<<20),
		MaxOutput:   orDefault(l.MaxOutput, 256<<20),
		Children:    orDefault(l.Children, 2),
		Collect:     orDefault(l.Collect, 350<<20),
	}
}

func orDefault[T int | int64 | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}
