package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"clearday/papers"
)

// Info is what a PDF says about itself. Title, Author and Subject are the maker's and often wrong: never show them unasked.
type Info struct {
	Pages     int
	Sizes     []Size // as shown, of each page; its length is Pages
	Title     string
	Author    string
	Subject   string
	Version   string // "1.7"
	Encrypted bool   // with an empty password: anybody can read it
	Tagged    bool   // has the structure that screen readers use
}

// Size is the size of a page as it is shown, in points (1/72 inch).
type Size struct{ Width, Height float64 }

// turned gives the size of a page that is shown on its side.
func (s Size) turned(onItsSide bool) Size {
	if onItsSide {
		return Size{s.Height, s.Width}
	}
	return s
}

// Inspect reads the facts of a file and makes sure that it holds what it says: every page exists, and the first and the last can be
// read and drawn. Its error is a *papers.Unreadable when the file is to blame.
func (t *Tools) Inspect(ctx context.Context, path string) (Info, error) {
	info, err := t.Facts(ctx, path)
	if err != nil {
		return Info{}, err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, page := range ends(info.Pages) {
		group.Go(func() error { return t.tryPage(ctx, path, page, info.Pages) })
	}
	if err := group.Wait(); err != nil {
		return Info{}, err
	}
	return info, nil
}

// Facts is what a file says about itself. That its pages can be read is for [Tools.Text] to say.
func (t *Tools) Facts(ctx context.Context, path string) (Info, error) {
	if err := checkHead(path); err != nil {
		return Info{}, err
	}
	return t.facts(ctx, path)
}

// facts reads what a file says about itself, unchecked.
func (t *Tools) facts(ctx context.Context, path string) (Info, error) {
	args := []string{"-enc", "UTF-8", "-f", "1", "-l", strconv.Itoa(t.limits.MaxPages)}
	out, err := t.all(ctx, "pdfinfo", args, path)
	if err != nil {
		return Info{}, unreadable("reading the facts of a PDF", err)
	}
	return parseInfo(out, t.limits.MaxPages)
}

// checkHead turns away what is no PDF at all before a child is started for it. Browsers look for the mark in the same place.
func checkHead(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening a PDF: %w", err)
	}
	defer f.Close()
	head := make([]byte, 1024)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the head of a PDF: %w", err)
	}
	if n == 0 {
		return &papers.Unreadable{Sentence: sentenceEmpty}
	}
	if !bytes.Contains(head[:n], []byte("%PDF-")) {
		return &papers.Unreadable{Sentence: sentenceNotPDF}
	}
	return nil
}

// parseInfo parses what pdfinfo prints. A title may hold line breaks and so forge any line, but the maker's strings come first: of
// the lines that matter the last one counts.
func parseInfo(out []byte, maxPages int) (Info, error) {
	var info Info
	var sizes = map[int]Size{}
	var rotated = map[int]bool{}
	pages := -1
	for line := range strings.Lines(cleanText(out)) {
		name, value, found := strings.Cut(strings.TrimRight(line, "\n"), ":")
		if !found {
			continue
		}
		value = strings.TrimSpace(value)
		switch name {
		case "Title":
			info.Title = value
		case "Author":
			info.Author = value
		case "Subject":
			info.Subject = value
		case "Tagged":
			info.Tagged = value == "yes"
		case "Encrypted":
			info.Encrypted = strings.HasPrefix(value, "yes")
		case "PDF version":
			info.Version = value
		case "Pages":
			pages = parseCount(value)
			clear(sizes) // those before it were forged
			clear(rotated)
		default:
			parsePageLine(name, value, sizes, rotated)
		}
	}
	if pages > maxPages {
		return Info{}, &papers.Unreadable{Sentence: fmt.Sprintf("This PDF has %s pages, and %s is the most that can be taken. Split it and upload the parts.",
			thousands(pages), thousands(maxPages))}

	}
	if pages == 0 {
		return Info{}, &papers.Unreadable{Sentence: sentenceNoPages}
	}
	if pages < 0 {
		return Info{}, &papers.Unreadable{Sentence: sentenceDamaged, Cause: errBadResult}
	}
	info.Pages = pages
	for p := 1; p <= pages; p++ {
		size, found := sizes[p]
		if !found {
			return Info{}, missingPages(pages, p)
		}
		info.Sizes = append(info.Sizes, size.turned(rotated[p]))
	}
	return info, nil
}

// parsePageLine takes "Page    1 size:  595.32 x 841.92 pts (A4)" and "Page    1 rot:   90". A page that does not exist has size 0 x 0.
func parsePageLine(name, value string, sizes map[int]Size, rotated map[int]bool) {
	f := strings.Fields(name)
	if len(f) != 3 || f[0] != "Page" {
		return
	}
	page := parseCount(f[1])
	if page < 1 {
		return
	}
	if f[2] == "rot" {
		rotated[page] = value == "90" || value == "270"
		return
	}
	v := strings.Fields(value)
	if f[2] != "size" || len(v) < 3 || v[1] != "x" {
		return
	}
	width, height := parsePoints(v[0]), parsePoints(v[2])
	if width > 0 && height > 0 {
		sizes[page] = Size{width, height}
	}
}

// parseCount gives -1 for what is no count.
func parseCount(s string) int {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}

// parsePoints gives 0 for what is no length.
func parsePoints(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		return 0
	}
	return v
}

func ends(pages int) []int {
	if pages == 1 {
		return []int{1}
	}
	return []int{1, pages}
}

// tryPage makes sure that a page gives text (if only an empty one) and a picture.
func (t *Tools) tryPage(ctx context.Context, path string, page, pages int) error {
	p := strconv.Itoa(page)
	text, err := t.all(ctx, "pdftotext", []string{"-enc", "UTF-8", "-f", p, "-l", p}, path)
	if err != nil {
		return unreadable("reading page "+p, err)
	}
	if !bytes.HasSuffix(text, []byte{'\f'}) {
		return missingPages(pages, page)
	}
	picture, err := t.all(ctx, "pdftoppm", []string{"-jpeg", "-cropbox", "-f", p, "-l", p, "-scale-to", "64"}, path)
	if err != nil {
		return unreadable("drawing page "+p, err)
	}
	if !isJPEG(picture) {
		return missingPages(pages, page)
	}
	return nil
}
