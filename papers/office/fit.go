package office

import (
	"bytes"
	"context"
	"io"
	"regexp"
)

// A sheet that is wider than its page comes out of a printer as several pages side by side, and out of a PDF as pages that nobody can
// put together. So sheets are made as wide as one page, unless their author fitted them to pages already. A sheet is never enlarged.

// fittable turns a spreadsheet into an OpenDocument one, in whose copy the pages are fitted (copyMended). It gives d itself when it is
// one. The caller closes what it gets.
func (t *Tools) fittable(ctx context.Context, d *Document, dir string) (*Document, error) {
	if d.Kind == ODS {
		return d, nil
	}
	out, err := t.export(ctx, d, dir, "ods", "calc8")
	if err != nil {
		return nil, err
	}
	return Open(out, Limits{})
}

var (
	pageLayout = regexp.MustCompile(`<style:page-layout-properties\b[^>]*>`)
	unscaled   = regexp.MustCompile(`\sstyle:scale-to="100%"`)
)

// fitToWidth writes the styles of an OpenDocument spreadsheet with every page layout one page wide and as many high as it takes.
func fitToWidth(w io.Writer, styles []byte) error {
	_, err := w.Write(pageLayout.ReplaceAllFunc(styles, func(tag []byte) []byte {
		tag = unscaled.ReplaceAll(tag, nil)
		if bytes.Contains(tag, []byte("style:scale-to")) {
			return tag // the author's
		}
		return bytes.Replace(tag, []byte("-properties"), []byte(`-properties style:scale-to-X="1" style:scale-to-Y="0"`), 1)
	}))
	return err
}
