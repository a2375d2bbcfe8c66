package preflight

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"clearday/papers"
)

// pictureNotes are what cameras and programs write into a picture before its pixels: the beginning of each
// kind of note, behind its mark and length.
var pictureNotes = [][]byte{[]byte("Exif\x00\x00"), []byte("http://ns.adobe.com/xap/1.0/\x00"), []byte("Photoshop 3.0\x00")}

// clearNotes empties what the pictures of a file say about themselves, in place, and counts those that say
// where they were taken. A PDF holds photographs as they came from the camera.
func clearNotes(f *os.File) (cleared, placed int, err error) {
	for _, note := range pictureNotes {
		spots, err := find(f, note)
		if err != nil {
			return 0, 0, err
		}
		for _, at := range spots {
			body, ok, err := noteAt(f, at, len(note))
			if err != nil {
				return 0, 0, err
			}
			if !ok {
				continue
			}
			cleared++
			if note[0] == 'E' && hasPlace(body) {
				placed++
			}
			if _, err := f.WriteAt(make([]byte, len(body)), at+int64(len(note))); err != nil {
				return 0, 0, fmt.Errorf("emptying a note in a picture: %w", err)
			}
		}
	}
	return cleared, placed, nil
}

// find gives the places of a mark in a file.
func find(f io.ReaderAt, mark []byte) (spots []int64, err error) {
	const step = 1 << 20
	buf := make([]byte, step+len(mark)-1)
	for at := int64(0); ; at += step {
		n, err := f.ReadAt(buf, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("reading a file: %w", err)
		}
		for from := 0; ; {
			i := bytes.Index(buf[from:n], mark)
			if i < 0 {
				break
			}
			spots = append(spots, at+int64(from+i))
			from += i + 1
		}
		if err != nil {
			return spots, nil
		}
	}
}

// noteAt reads a note whose kind stands at a place: two bytes of mark and two of length are before it.
func noteAt(f io.ReaderAt, at int64, kind int) (body []byte, ok bool, err error) {
	var head [4]byte
	if at < 4 {
		return nil, false, nil
	}
	if _, err := f.ReadAt(head[:], at-4); err != nil {
		return nil, false, fmt.Errorf("reading a note in a picture: %w", err)
	}
	length := int(binary.BigEndian.Uint16(head[2:])) - 2 - kind
	if head[0] != 0xFF || head[1] < 0xE0 || head[1] > 0xEF || length <= 0 {
		return nil, false, nil
	}
	body = make([]byte, length)
	if _, err := f.ReadAt(body, at+int64(kind)); err != nil {
		return nil, false, nil // cut off
	}
	return body, true, nil
}

// hasPlace tells whether the notes of a camera (TIFF, in either order of bytes) point to a table of places.
func hasPlace(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	var order binary.ByteOrder = binary.BigEndian
	if b[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(b[4:]))
	if at < 8 || at+2 > len(b) {
		return false
	}
	for i := range int(order.Uint16(b[at:])) {
		entry := at + 2 + 12*i
		if entry+12 > len(b) {
			return false
		}
		if order.Uint16(b[entry:]) == 0x8825 {
			table := int(order.Uint32(b[entry+8:]))
			return table >= 8 && table+2 <= len(b) && order.Uint16(b[table:]) > 1 // one entry is its version alone
		}
	}
	return false
}

func placeFinding(n int) papers.Finding {
	return papers.Finding{Code: "photo_place", Level: papers.LevelBlock, Blocks: true,
		Message: many(n, "picture says", "pictures say") + " where it was taken. The public file does not say it any more, but look whether a home or a person can be made out in the picture itself."}
}
