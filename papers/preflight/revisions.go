package preflight

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// revisions counts how often a PDF was saved into itself: each time leaves a "startxref" with the place of
// its table, and everything before it can be brought back. The head of a file made for the web has one
// that names place 0.
func revisions(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("opening a PDF: %w", err)
	}
	defer f.Close()
	n := 0
	err = scan(f, []byte("startxref"), 16, func(after []byte) {
		place := bytes.TrimLeft(after, "\r\n \t")
		if len(place) > 0 && place[0] >= '1' && place[0] <= '9' {
			n++
		}
	})
	return n, err
}

// scan finds every mark in the file and hands the bytes behind it to found, want of them or what is left.
// It holds little of the file at a time.
func scan(r io.Reader, mark []byte, want int, found func(after []byte)) error {
	buf := make([]byte, 0, 1<<20)
	for {
		n, err := io.ReadFull(r, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return fmt.Errorf("reading a file: %w", err)
		}
		rest := buf
		for {
			i := bytes.Index(rest, mark)
			if i < 0 || !last && len(rest)-i < len(mark)+want {
				if i < 0 {
					i = max(0, len(rest)-len(mark)+1)
				}
				rest = rest[i:]
				break
			}
			after := rest[i+len(mark):]
			found(after[:min(want, len(after))])
			rest = after
		}
		if last {
			return nil
		}
		buf = buf[:copy(buf[:cap(buf)], rest)]
	}
}
