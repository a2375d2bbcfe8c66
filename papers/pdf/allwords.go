package pdf

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
)

// AllWords reads the words of all pages with their boxes in one run and hands each page to each, in
// order and counted from 1. The sizes of the pages are as in Words.
func (t *Tools) AllWords(ctx context.Context, path string, each func(n int, p Page) error) error {
	var eachErr error
	err := t.run(ctx, t.limits.TextTimeout, "pdftotext", []string{"-q", "-tsv", "-cropbox", "-enc", "UTF-8", "-eol", "unix"}, path, func(r io.Reader) error {
		n, page := 0, Page{}
		hand := func() error {
			if n == 0 {
				return nil
			}
			eachErr = each(n, page)
			return eachErr
		}
		lines := bufio.NewScanner(r)
		lines.Buffer(make([]byte, 64<<10), 1<<20)
		for lines.Scan() {
			w, level := parseTSV(lines.Text())
			switch {
			case level == "1":
				if err := hand(); err != nil {
					return err
				}
				n, page = n+1, Page{Width: w.XMax - w.XMin, Height: w.YMax - w.YMin}
			case level == "4" && n > 0:
				page.line = true
			case level == "5" && n > 0 && w.Text != "" && len(page.Words) < maxWords:
				w.Line, page.line = page.line, false
				page.Words = append(page.Words, w)
			}
		}
		return errors.Join(lines.Err(), hand())
	})
	if eachErr != nil {
		return eachErr
	}
	if err != nil {
		return unreadable("reading the words of a PDF", err)
	}
	return nil
}

// parseTSV takes a line of pdftotext -tsv: level, five numbers, left, top, width, height, confidence and the text.
func parseTSV(line string) (w Word, level string) {
	f := strings.SplitN(line, "\t", 12)
	if len(f) != 12 {
		return w, ""
	}
	left, top, width, height := parsePoints(f[6]), parsePoints(f[7]), parsePoints(f[8]), parsePoints(f[9])
	w = Word{Text: strings.TrimSpace(cleanText([]byte(f[11]))), XMin: left, YMin: top, XMax: left + width, YMax: top + height}
	if f[0] == "5" && (width == 0 || height == 0) {
		return w, ""
	}
	return w, f[0]
}
