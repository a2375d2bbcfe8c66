package office

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"clearday/papers"
)

// recogniseAtOnce is how many pages one run of OCRmyPDF takes: enough that its start does not matter, few enough that progress shows.
const recogniseAtOnce = 8

// Recognise lays the words that can be seen on the given pages (from 1, in order) of the PDF at path under their pictures, and gives
// the path of the PDF that it made, in a directory of its own under dir. What the pages show stays as it is, and so do all other
// pages. progress is told how many of the pages are done, and ends the work with its error. The error is a *papers.Unreadable when the
// file is to blame.
func (t *Tools) Recognise(ctx context.Context, path string, pages []int, dir string, progress func(done int) error) (string, error) {
	if !t.Recognises() {
		return "", errors.New("OCRmyPDF is not installed")
	}
	home, err := os.MkdirTemp(dir, "recognise-")
	if err != nil {
		return "", fmt.Errorf("making a directory for OCRmyPDF: %w", err)
	}
	done := 0
	for some := range slices.Chunk(pages, recogniseAtOnce) {
		out := filepath.Join(home, strconv.Itoa(done)+".pdf")
		if err := t.recognise(ctx, home, path, out, some); err != nil {
			return "", err
		}
		if done > 0 {
			if err := os.Remove(path); err != nil {
				return "", fmt.Errorf("removing a file that was only on the way: %w", err)
			}
		}
		path, done = out, done+len(some)
		if err := progress(done); err != nil {
			return "", err
		}
	}
	return path, nil
}

func (t *Tools) recognise(ctx context.Context, home, in, out string, pages []int) error {
	list := make([]string, len(pages))
	for i, p := range pages {
		list[i] = strconv.Itoa(p)
	}
	// redo-ocr reads a page around the words that it has: a scan that was stamped with "Page 31 of 462" is read too.
	_, err := t.run(ctx, t.recognising, t.limits.PageTimeout*time.Duration(len(pages)+1), home, t.ocrmypdf,
		"--quiet", "--jobs", "1", "--language", "eng", "--redo-ocr", "--output-type", "pdf", "--optimize", "0", "--pages", strings.Join(list, ","), in, out)
	switch {
	case errors.Is(err, errTooSlow), errors.Is(err, errFailed):
		return &papers.Unreadable{Sentence: sentenceNotRecognised, Cause: err}
	case err != nil:
		return fmt.Errorf("recognising pages: %w", err)
	}
	return nil
}
