package pdf

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"strconv"

	"clearday/papers"
)

// maxHeight bounds the picture of a page that is as tall and narrow as a till receipt: it becomes narrower than asked for.
const maxHeight = 8000

// Image draws one page, counted from 1, as a JPEG of widthPx pixels across; the height follows. It is the page as readers show it (its
// crop box, turned upright). For most pages one run gives it. pdftoppm takes the width of a turned page for its height, and would draw a
// very tall page whole: for these the size is read first.
func (t *Tools) Image(ctx context.Context, path string, page, widthPx int) ([]byte, error) {
	p := strconv.Itoa(page)
	out, err := t.all(ctx, "pdftoppm", []string{"-jpeg", "-cropbox", "-f", p, "-l", p, "-scale-to-x", strconv.Itoa(widthPx), "-scale-to-y", "-1"}, path)
	if err == nil && isJPEG(out) {
		if c, err := jpeg.DecodeConfig(bytes.NewReader(out)); err == nil && c.Width == widthPx && c.Height <= maxHeight {
			return out, nil
		}
	}
	if errors.Is(err, errTooSlow) || err != nil && ctx.Err() != nil {
		return nil, unreadable("drawing page "+p, err)
	}
	return t.sizedImage(ctx, path, page, widthPx)
}

// sizedImage draws a page at the resolution that its size asks for.
func (t *Tools) sizedImage(ctx context.Context, path string, page, widthPx int) ([]byte, error) {
	size, err := t.pageSize(ctx, path, page)
	if err != nil {
		return nil, err
	}
	p := strconv.Itoa(page)
	// Poppler rounds pixels up: a hundredth less makes the width exact.
	perPoint := min((float64(widthPx)-0.01)/size.Width, maxHeight/size.Height)
	args := []string{"-jpeg", "-cropbox", "-f", p, "-l", p, "-r", strconv.FormatFloat(perPoint*72, 'f', 6, 64)}
	out, err := t.all(ctx, "pdftoppm", args, path)
	if err != nil {
		return nil, unreadable("drawing page "+p, err)
	}
	if !isJPEG(out) {
		return nil, &papers.Unreadable{Sentence: "Page " + p + " cannot be shown as a picture.", Cause: errBadResult}
	}
	return out, nil
}

// isJPEG tells whether b is a whole JPEG: it has both its beginning and its end.
func isJPEG(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}) && bytes.HasSuffix(b, []byte{0xff, 0xd9})
}
