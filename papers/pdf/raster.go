package pdf

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
)

// Raster is a drawn page: Channels bytes a pixel, rows from the top.
type Raster struct {
	Width, Height, Channels int
	Pix                     []byte
}

// maxRaster bounds the pixels of one drawn page: an A0 poster at 108 dots an inch has 18 million.
const maxRaster = 40 << 20

// Draw draws the pages from first to last at so many dots an inch, grey or in colour, and hands each to
// each. Fewer pages than asked for are no error: the caller counts.
func (t *Tools) Draw(ctx context.Context, path string, first, last, dpi int, colour bool, each func(n int, p Raster) error) error {
	args := []string{"-q", "-cropbox", "-r", strconv.Itoa(dpi), "-f", strconv.Itoa(first), "-l", strconv.Itoa(last)}
	if !colour {
		args = append(args, "-gray")
	}
	var eachErr error
	err := t.run(ctx, t.limits.TextTimeout, "pdftoppm", args, path, func(r io.Reader) error {
		in := bufio.NewReaderSize(r, 64<<10)
		for n := first; ; n++ {
			p, err := readRaster(in)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if eachErr = each(n, p); eachErr != nil {
				return eachErr
			}
		}
	})
	if eachErr != nil {
		return eachErr
	}
	if err != nil {
		return unreadable("drawing pages", err)
	}
	return nil
}

// readRaster reads one picture as pdftoppm writes it: "P5" or "P6", width, height, 255 and the pixels. io.EOF ends them.
func readRaster(in *bufio.Reader) (Raster, error) {
	kind := make([]byte, 2)
	if _, err := io.ReadFull(in, kind); err != nil {
		return Raster{}, err
	}
	p := Raster{Channels: 1}
	switch string(kind) {
	case "P5":
	case "P6":
		p.Channels = 3
	default:
		return p, errBadResult
	}
	var most int
	if _, err := fmt.Fscan(in, &p.Width, &p.Height, &most); err != nil || most != 255 {
		return p, errBadResult
	}
	if _, err := in.ReadByte(); err != nil { // the one white space before the pixels
		return p, errBadResult
	}
	if p.Width < 1 || p.Height < 1 || p.Width > maxRaster/p.Height {
		return p, errTooLong
	}
	p.Pix = make([]byte, p.Width*p.Height*p.Channels)
	if _, err := io.ReadFull(in, p.Pix); err != nil {
		return p, errBadResult
	}
	return p, nil
}
