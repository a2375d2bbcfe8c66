package pdf

import (
	"bytes"
	"context"
	"strconv"
)

// Image draws one page, counted from 1, as a JPEG of widthPx pixels across; the height follows. It is the page as readers show it (its crop box, turned upright).
func (t *Tools) Image(ctx context.Context, path string, page, widthPx int) ([]byte, error) {
	p := strconv.Itoa(page)
	args := []string{"-jpeg", "-cropbox", "-f", p, "-l", p, "-scale-to-x", strconv.Itoa(widthPx), "-scale-to-y", "-1"}
	out, err := t.all(ctx, "pdftoppm", args, path)
	if err != nil {
		return nil, unreadable("drawing page "+p, err)
	}
	if !isJPEG(out) {
		return nil, &Unreadable{"Page " + p + " cannot be shown as a picture.", errBadResult}
	}
	return out, nil
}

// isJPEG tells whether b is a whole JPEG: it has both its beginning and its end.
func isJPEG(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}) && bytes.HasSuffix(b, []byte{0xff, 0xd9})
}
