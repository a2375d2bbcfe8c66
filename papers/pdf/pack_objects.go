package pdf

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// objects writes a PDF file object by object: streams as they come, all else packed together in object streams. Nothing is kept but
// where each object went. The same objects in the same order give the same bytes; the file's ID is the hash of what was written.
//
// pdfcpu reads the papers but does not write the pack: its merge keeps the tags of the first file only, holds all files in memory at
// once, and puts the time of day into what it writes.
type objects struct {
	out    *bufio.Writer
	sum    hash.Hash
	at     int64
	places []place // by object number
	packed bytes.Buffer
	heads  []int // number and offset of each packed object, in turn
	err    error // of the first write that failed
}

// place is where an object went: an offset in the file, or an index in an object stream. The zero place is no object.
type place struct {
	offset int64
	stream int
	index  int
}

// An object stream is closed when it holds so much. Readers unpack all of it for one object.
const (
	packedObjects = 200
	packedBytes   = 128 << 10
)

func newObjects(w io.Writer) *objects {
	o := &objects{out: bufio.NewWriterSize(w, 256<<10), sum: sha256.New(), places: make([]place, 1)}
	o.write([]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"))
	return o
}

func (o *objects) write(b []byte) {
	if o.err != nil {
		return
	}
	o.at += int64(len(b))
	o.sum.Write(b)
	_, o.err = o.out.Write(b)
}

// reserve gives a number for an object to come.
func (o *objects) reserve() int {
	o.places = append(o.places, place{})
	return len(o.places) - 1
}

// put writes an object that is no stream. body is not kept.
func (o *objects) put(n int, body []byte) {
	if len(body) == 0 {
		body = []byte("null")
	}
	o.heads = append(o.heads, n, o.packed.Len())
	o.packed.Write(body)
	o.packed.WriteByte('\n')
	if len(o.heads) >= 2*packedObjects || o.packed.Len() >= packedBytes {
		o.flush()
	}
}

// add puts an object under a new number.
func (o *objects) add(body string) int {
	n := o.reserve()
	o.put(n, []byte(body))
	return n
}

// stream writes a stream of which dict holds the entries without Length and without the brackets.
func (o *objects) stream(n int, dict, data []byte) {
	o.places[n] = place{offset: o.at}
	o.write(fmt.Appendf(nil, "%d 0 obj\n<<%s/Length %d>>\nstream\n", n, dict, len(data)))
	o.write(data)
	o.write([]byte("\nendstream\nendobj\n"))
}

// flush closes the object stream.
func (o *objects) flush() {
	if len(o.heads) == 0 {
		return
	}
	n := o.reserve()
	var head bytes.Buffer
	for i := 0; i < len(o.heads); i += 2 {
		fmt.Fprintf(&head, "%d %d ", o.heads[i], o.heads[i+1])
		o.places[o.heads[i]] = place{stream: n, index: i / 2}
	}
	first := head.Len()
	head.Write(o.packed.Bytes())
	o.stream(n, fmt.Appendf(nil, "/Type/ObjStm/N %d/First %d/Filter/FlateDecode", len(o.heads)/2, first), deflate(head.Bytes()))
	o.heads, o.packed = o.heads[:0], bytes.Buffer{}
}

// close writes what is left and the table of places. root and info are the numbers of the catalogue and of the document's facts.
func (o *objects) close(root, info int) error {
	o.flush()
	n := o.reserve()
	id := hex.EncodeToString(o.sum.Sum(nil)[:16])
	o.places[n] = place{offset: o.at}
	start := o.at
	var table bytes.Buffer
	for i, p := range o.places {
		kind, where, index := byte(1), p.offset, 0
		switch {
		case p.stream != 0:
			kind, where, index = 2, int64(p.stream), p.index
		case p.offset == 0: // never written: a free entry
			kind, index = 0, 0
			if i == 0 {
				index = 65535
			}
		}
		table.Write([]byte{kind, byte(where >> 32), byte(where >> 24), byte(where >> 16), byte(where >> 8), byte(where), byte(index >> 8), byte(index)})
	}
	dict := fmt.Appendf(nil, "/Type/XRef/Size %d/W[1 5 2]/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]/Filter/FlateDecode", len(o.places), root, info, id, id)
	o.stream(n, dict, deflate(table.Bytes()))
	o.write(fmt.Appendf(nil, "startxref\n%d\n%%%%EOF\n", start))
	if o.err != nil {
		return o.err
	}
	return o.out.Flush()
}

func deflate(b []byte) []byte {
	var out bytes.Buffer
	w, _ := zlib.NewWriterLevel(&out, zlib.BestSpeed) // a valid level
	_, _ = w.Write(b)                                 // a bytes.Buffer never fails
	_ = w.Close()
	return out.Bytes()
}
