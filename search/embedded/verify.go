package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// verify reads the index once on opening: the checksum at the end of each segment file, the ids
// and the position. bleve itself maps the files unseen, and a torn one would end the program later.
func (e *Engine) verify() error {
	s, release, err := e.snapshot()
	if err != nil {
		return err
	}
	defer release()
	for _, seg := range s.Segments() {
		if p, ok := seg.Segment().(segment.PersistedSegment); ok {
			if err := checksum(p.Path()); err != nil {
				return err
			}
		}
	}
	if _, _, err := e.cols.of(s); err != nil {
		return err
	}
	_, err = positionOf(s)
	return err
}

func checksum(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("checking the search index: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("checking the search index: %w", err)
	}
	sum := crc32.NewIEEE()
	if _, err := io.CopyN(sum, f, info.Size()-4); err != nil {
		return fmt.Errorf("checking the search index: %w", err)
	}
	var want [4]byte
	if _, err := io.ReadFull(f, want[:]); err != nil {
		return fmt.Errorf("checking the search index: %w", err)
	}
	if sum.Sum32() != binary.BigEndian.Uint32(want[:]) {
		return errors.New("a file of the search index is damaged")
	}
	return nil
}
