package pdf

import (
	"context"
	"io"
	"strings"
)

// A page with fewer words than fewWords may be a scan that somebody stamped ("Agenda Item 3", "Page 31 of 462"); it is one when
// pictures cover half of it. Without pictures it is just an empty page.
const (
	fewWords = 8
	muchOfIt = 0.5
)

// FewWords tells that a page with this text may be a picture of a page.
func FewWords(text string) bool { return len(strings.Fields(text)) < fewWords }

// Scans are the pages of a file, from 1, that are pictures of pages: hardly a word of text, and pictures over half of them or more. Its text
// is read where there are such pictures only, which few papers have.
func (t *Tools) Scans(ctx context.Context, path string, pages int) ([]int, error) {
	pictured, err := t.pictured(ctx, path)
	if err != nil || len(pictured) == 0 {
		return nil, err
	}
	var scans []int
	err = t.Text(ctx, path, pages, func(page int, text string) error {
		if pictured[page] && FewWords(text) {
			scans = append(scans, page)
		}
		return nil
	})
	return scans, err
}

// pictured are the pages that pictures cover half of or more.
func (t *Tools) pictured(ctx context.Context, path string) (map[int]bool, error) {
	var covered map[int]float64
	err := t.run(ctx, t.limits.TextTimeout, "pdfimages", []string{"-list"}, path, func(r io.Reader) error {
		out, err := io.ReadAll(r)
		covered = parsePictures(string(out))
		return err
	})
	if err != nil {
		return nil, unreadable("listing the pictures", err)
	}
	if len(covered) == 0 {
		return nil, nil
	}
	info, err := t.facts(ctx, path)
	if err != nil {
		return nil, err
	}
	pictured := map[int]bool{}
	for i, size := range info.Sizes {
		if covered[i+1] >= muchOfIt*size.Width*size.Height/(72*72) {
			pictured[i+1] = true
		}
	}
	return pictured, nil
}

// parsePictures adds up what pdfimages lists: page, number, type, width, height, and at the end pixels per inch
// both ways, bytes and ratio. The sum is in square inches of each page.
func parsePictures(list string) map[int]float64 {
	covered := map[int]float64{}
	for line := range strings.Lines(list) {
		f := strings.Fields(line)
		if len(f) < 13 || f[2] == "smask" {
			continue
		}
		width, height, acrossInch, downInch := parsePoints(f[3]), parsePoints(f[4]), parsePoints(f[len(f)-4]), parsePoints(f[len(f)-3])
		if page := parseCount(f[0]); page > 0 && acrossInch > 0 && downInch > 0 {
			covered[page] += width / acrossInch * (height / downInch)
		}
	}
	return covered
}
