package pdf

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"unicode"

	"clearday/papers"
)

// Text reads the text of all pages in one run and hands each to each as soon as it is there, in order and counted from 1. pages is what
// Inspect said; a file with another number of pages is *papers.Unreadable, though its first pages may have been handed over by then. The text is
// valid UTF-8 without control characters other than line feed and tab, and cut at Limits.MaxPageText. An error of each ends the run
// and is returned as it is.
func (t *Tools) Text(ctx context.Context, path string, pages int, each func(page int, text string) error) error {
	var eachErr error
	got := 0
	err := t.run(ctx, t.limits.TextTimeout, "pdftotext", []string{"-enc", "UTF-8", "-eol", "unix"}, path, func(r io.Reader) error {
		return splitPages(r, t.limits.MaxPageText, func(text string) error {
			if got == pages {
				return errBadResult
			}
			got++
			eachErr = each(got, text)
			return eachErr
		})
	})
	if eachErr != nil {
		return eachErr
	}
	if err != nil {
		return unreadable("reading the text of a PDF", err)
	}
	if got != pages {
		return &papers.Unreadable{Sentence: fmt.Sprintf("The file says it has %s pages, but only %s can be read. "+
			"Make it again from the original document and upload the new copy.", thousands(pages), thousands(got))}

	}
	return nil
}

// splitPages calls each with the cleaned text before every form feed. What follows the last one is no page.
func splitPages(r io.Reader, maxPage int, each func(text string) error) error {
	page := make([]byte, 0, 16<<10)
	chunk := make([]byte, 32<<10)
	for {
		n, readErr := r.Read(chunk)
		rest := chunk[:n]
		for len(rest) > 0 {
			part, after, ended := bytes.Cut(rest, []byte{'\f'})
			page = append(page, part[:min(len(part), maxPage-len(page))]...)
			rest = after
			if !ended {
				break
			}
			if err := each(cleanText(page)); err != nil {
				return err
			}
			page = page[:0]
		}
		if readErr == io.EOF {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

// cleanText gives valid UTF-8 without control characters other than line feed and tab. A glyph of a
// symbol font has a code that means nothing elsewhere; nearly always it is the mark of a list entry.
func cleanText(b []byte) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		if unicode.Is(unicode.Co, r) {
			return '•'
		}
		return r
	}, strings.ToValidUTF8(string(b), "\uFFFD"))
}
