package pdf

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"clearday/papers"
)

// Page is one page as shown: its size in points and its words in reading order.
type Page struct {
	Width, Height float64
	Words         []Word

	line bool // while reading: the next word begins a line
}

// Word is a word and its box, in points from the top left corner of the page as shown.
type Word struct {
	Text                   string
	XMin, YMin, XMax, YMax float64
	Line                   bool // it begins a line; only AllWords knows
}

// maxWords bounds the words of a page; a dense page of small print has 2,000.
const maxWords = 50_000

// Words reads the words of one page, counted from 1, with their boxes. They fit the picture that Image draws at any width.
func (t *Tools) Words(ctx context.Context, path string, page int) (Page, error) {
	p := strconv.Itoa(page)
	out, err := t.all(ctx, "pdftotext", []string{"-bbox", "-cropbox", "-enc", "UTF-8", "-f", p, "-l", p}, path)
	if err != nil {
		return Page{}, unreadable("reading the words of page "+p, err)
	}
	words, err := parseWords(out)
	if err != nil {
		return Page{}, &papers.Unreadable{Sentence: "The words of page " + p + " cannot be read.", Cause: err}
	}
	size, err := t.pageSize(ctx, path, page)
	if err != nil {
		return Page{}, err
	}
	words.Width, words.Height = size.Width, size.Height
	return words, nil
}

// pageSize reads the size of one page as shown. Beside the words of a turned page poppler gives the size that it has unturned.
func (t *Tools) pageSize(ctx context.Context, path string, page int) (Size, error) {
	p := strconv.Itoa(page)
	out, err := t.all(ctx, "pdfinfo", []string{"-enc", "UTF-8", "-f", p, "-l", p}, path)
	if err != nil {
		return Size{}, unreadable("reading the size of page "+p, err)
	}
	sizes, rotated := map[int]Size{}, map[int]bool{}
	for line := range strings.Lines(cleanText(out)) {
		name, value, _ := strings.Cut(line, ":")
		parsePageLine(name, strings.TrimSpace(value), sizes, rotated)
	}
	size, found := sizes[page]
	if !found {
		return Size{}, &papers.Unreadable{Sentence: "The size of page " + p + " cannot be read.", Cause: errBadResult}
	}
	return size.turned(rotated[page]), nil
}

// parseWords parses the first page of what pdftotext -bbox prints. The head of that document repeats the maker's own strings: it is skipped.
func parseWords(out []byte) (Page, error) {
	_, body, found := bytes.Cut(out, []byte("<doc>"))
	if !found {
		return Page{}, errors.New("finding the document among the words")
	}
	d := xml.NewDecoder(strings.NewReader(cleanText(body)))
	var page Page
	inPage := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return Page{}, errors.New("finding the end of the page")
		}
		if err != nil {
			return Page{}, fmt.Errorf("parsing word boxes: %w", err)
		}
		start, isStart := token.(xml.StartElement)
		if end, isEnd := token.(xml.EndElement); isEnd && end.Name.Local == "page" && inPage {
			return page, nil
		}
		if !isStart {
			continue
		}
		switch {
		case start.Name.Local == "page" && !inPage:
			page.Width, page.Height = attribute(start, "width"), attribute(start, "height")
			if page.Width == 0 || page.Height == 0 {
				return Page{}, errors.New("finding the size of the page")
			}
			inPage = true
		case start.Name.Local == "word" && inPage:
			if len(page.Words) == maxWords {
				return page, nil
			}
			if page.Words, err = appendWord(page.Words, d, start); err != nil {
				return Page{}, err
			}
		}
	}
}

func appendWord(words []Word, d *xml.Decoder, start xml.StartElement) ([]Word, error) {
	var text string
	if err := d.DecodeElement(&text, &start); err != nil {
		return nil, fmt.Errorf("parsing a word: %w", err)
	}
	w := Word{strings.TrimSpace(text), attribute(start, "xMin"), attribute(start, "yMin"), attribute(start, "xMax"), attribute(start, "yMax"), false}
	if w.Text == "" || w.XMax <= w.XMin || w.YMax <= w.YMin {
		return words, nil
	}
	return append(words, w), nil
}

// attribute gives the length in an attribute, 0 for none and for what lies outside of the page to the left or the top.
func attribute(e xml.StartElement, name string) float64 {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return parsePoints(a.Value)
		}
	}
	return 0
}
