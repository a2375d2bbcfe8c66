package publog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is the number of levels that a tile covers, and tileWidth its number of hashes when it
// is full (C2SP tlog-tiles).
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// Tile names a stretch of a tree's hashes, or of its entries. Its address never gives other bytes.
type Tile struct {
	Entries bool  // entries instead of hashes; Level is 0
	Level   int   // of tiles: 0 holds the hashes of entries
	Index   int64 // N, from 0
	Width   int   // 1 to 256; less than 256 is a partial tile
}

// ErrTile is what an address that names no tile is.
var ErrTile = errors.New("no such tile")

// Path is the address of the tile below the log's prefix: tile/0/x001/x234/067.p/112.
func (t Tile) Path() string {
	level := strconv.Itoa(t.Level)
	if t.Entries {
		level = "entries"
	}
	groups := []string{fmt.Sprintf("%03d", t.Index%1000)}
	for n := t.Index / 1000; n > 0; n /= 1000 {
		groups = append([]string{fmt.Sprintf("x%03d", n%1000)}, groups...)
	}
	path := "tile/" + level + "/" + strings.Join(groups, "/")
	if t.Width < tileWidth {
		path += ".p/" + strconv.Itoa(t.Width)
	}
	return path
}

// ParseTile reads an address. One tile has one address: another spelling of it is ErrTile.
func ParseTile(path string) (Tile, error) {
	t := Tile{Width: tileWidth}
	rest, ok := strings.CutPrefix(path, "tile/")
	level, rest, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || len(path) > 100 {
		return t, ErrTile
	}
	if rest, width, partial := strings.Cut(rest, ".p/"); partial {
		w, err := strconv.Atoi(width)
		if err != nil {
			return t, ErrTile
		}
		return namedTile(path, level, rest, w)
	}
	return namedTile(path, level, rest, tileWidth)
}

func namedTile(path, level, index string, width int) (Tile, error) {
	t := Tile{Entries: level == "entries", Width: width}
	if !t.Entries {
		l, err := strconv.Atoi(level)
		if err != nil || l < 0 || l > 63/tileHeight {
			return t, ErrTile
		}
		t.Level = l
	}
	for _, group := range strings.Split(strings.ReplaceAll(index, "x", ""), "/") {
		n, err := strconv.ParseInt(group, 10, 64)
		if err != nil || n < 0 || n > 999 || t.Index > 1<<40 {
			return t, ErrTile
		}
		t.Index = t.Index*1000 + n
	}
	if t.Width < 1 || t.Width > tileWidth || t.Path() != path {
		return t, ErrTile
	}
	return t, nil
}

// In tells whether a tree of this size has the tile.
func (t Tile) In(size int64) bool {
	at := size >> (tileHeight * t.Level)
	return t.Index*tileWidth+int64(t.Width) <= at
}

// From is the index of the first entry that a tile of entries holds.
func (t Tile) From() int64 { return t.Index * tileWidth }

// stored are the indexes of the tile's hashes among those that the tree stores.
func (t Tile) stored() []int64 {
	out := make([]int64, t.Width)
	for i := range out {
		out[i] = tlog.StoredHashIndex(t.Level*tileHeight, t.From()+int64(i))
	}
	return out
}

// Hashes gives the bytes of a tile of hashes.
func (t Tile) Hashes(tree tlog.HashReader) ([]byte, error) {
	hashes, err := tree.ReadHashes(t.stored())
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", t.Path(), err)
	}
	out := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		out = append(out, h[:]...)
	}
	return out, nil
}

// Bundle gives the bytes of a tile of entries: each with its length before it.
func Bundle(entries [][]byte) ([]byte, error) {
	var out []byte
	for _, e := range entries {
		if len(e) > MaxEntry {
			return nil, fmt.Errorf("an entry has %d bytes", len(e))
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(e)))
		out = append(out, e...)
	}
	return out, nil
}

// Unbundle reads what Bundle wrote.
func Unbundle(data []byte) ([][]byte, error) {
	var out [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, errors.New("a tile of entries ends inside a length")
		}
		n := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+n {
			return nil, errors.New("a tile of entries ends inside an entry")
		}
		out, data = append(out, data[2:2+n]), data[2+n:]
	}
	return out, nil
}

// tilesOf lists the tiles of a level in a tree of the size, the partial one last.
func tilesOf(size int64, level int, entries bool) []Tile {
	n := size >> (tileHeight * level)
	var out []Tile
	for i := range n / tileWidth {
		out = append(out, Tile{Entries: entries, Level: level, Index: i, Width: tileWidth})
	}
	if w := int(n % tileWidth); w > 0 {
		out = append(out, Tile{Entries: entries, Level: level, Index: n / tileWidth, Width: w})
	}
	return out
}
