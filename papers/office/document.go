// Package office knows Office files: what kind a file is, what parts it is made of, how it becomes a PDF, and how scanned pages become
// pages with words.
//
// Uploaded files are hostile. A file is opened as a list of parts (Document) that are read within bounds, and parsed by nobody but
// the caller, with encoding/xml, which knows no entities of the file's. Whatever needs to understand the whole document is done by
// LibreOffice or OCRmyPDF in a child process with limits on time, memory and output, without network where the system allows it, and
// with a home of its own that is thrown away.
package office

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/richardlehane/mscfb"

	"clearday/papers"
)

// Limits bounds what opening one document may cost. Open replaces each zero field by the default named beside it.
type Limits struct {
	Parts    int   // parts a document may have; 20,000
	Part     int64 // bytes of one part, unpacked; 256 MiB
	Unpacked int64 // bytes of all parts, unpacked; 1 GiB
}

func (l Limits) withDefaults() Limits {
	if l.Parts <= 0 {
		l.Parts = 20_000
	}
	if l.Part <= 0 {
		l.Part = 256 << 20
	}
	if l.Unpacked <= 0 {
		l.Unpacked = 1 << 30
	}
	return l
}

// Document is an Office file as a list of named parts: the entries of a ZIP archive ("word/document.xml", "content.xml"), or the
// streams of an OLE2 compound file ("WordDocument", "Macros/VBA/dir"). It is for one goroutine at a time.
type Document struct {
	Kind Kind

	file    *os.File
	limits  Limits
	parts   map[string]part
	archive []*zip.File // in the order of the file; nil for a compound file
}

// part is one of the two ways to hold bytes.
type part struct {
	size   int64
	packed *zip.File
	stream *mscfb.File
}

// Open opens the Office file at path and lists its parts. It refuses, with a *papers.Unreadable, what is no Office file, what is locked with
// a password, and what cannot be opened safely: too many parts, parts that unpack to too much, two parts of one name (one reader would
// see the first and another the second). The caller closes it.
func Open(path string, l Limits) (*Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a document: %w", err)
	}
	d := &Document{file: f, limits: l.withDefaults(), parts: map[string]part{}}
	if err := d.list(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return d, nil
}

// Close closes the file.
func (d *Document) Close() error { return d.file.Close() }

func (d *Document) list() error {
	head := make([]byte, len(headCompound))
	if _, err := d.file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the head of a document: %w", err)
	}
	var err error
	switch {
	case bytes.HasPrefix(head, headZip):
		if err := d.listArchive(); err != nil {
			return err
		}
		d.Kind, err = d.kindOfPackage()
	case bytes.Equal(head, headCompound):
		if err := d.listCompound(); err != nil {
			return err
		}
		d.Kind, err = d.kindOfCompound()
	default:
		return &papers.Unreadable{Sentence: sentenceOther}
	}
	if err != nil {
		return err
	}
	return d.checkPassword()
}

// listArchive lists a ZIP archive. What an entry says of its size is believed here only to refuse it early: Part counts for itself.
func (d *Document) listArchive() error {
	info, err := d.file.Stat()
	if err != nil {
		return fmt.Errorf("reading the size of a document: %w", err)
	}
	r, err := zip.NewReader(d.file, info.Size())
	if err != nil {
		return &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("opening an archive: %w", err)}
	}
	if len(r.File) > d.limits.Parts {
		return &papers.Unreadable{Sentence: sentenceBomb, Cause: fmt.Errorf("%d parts", len(r.File))}
	}
	d.archive = r.File
	seen, total := map[string]bool{}, int64(0)
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, "/") {
			continue // a folder
		}
		size := int64(min(f.UncompressedSize64, 1<<62))
		if total += size; size > d.limits.Part || total > d.limits.Unpacked || total < 0 {
			return &papers.Unreadable{Sentence: sentenceBomb, Cause: fmt.Errorf("%q unpacks to %d bytes, %d in all", f.Name, size, total)}
		}
		if name := strings.ToLower(f.Name); seen[name] {
			return &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("two parts named %q", f.Name)}
		} else {
			seen[name] = true
		}
		d.parts[f.Name] = part{size: size, packed: f}
	}
	return nil
}

// listCompound lists the streams of an OLE2 compound file.
func (d *Document) listCompound() error {
	r, err := mscfb.New(d.file)
	if err != nil {
		return &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("opening a compound file: %w", err)}
	}
	if len(r.File) > d.limits.Parts {
		return &papers.Unreadable{Sentence: sentenceBomb, Cause: fmt.Errorf("%d streams", len(r.File))}
	}
	for _, f := range r.File {
		if f.FileInfo().IsDir() {
			continue
		}
		name := strings.Join(append(slices.Clone(f.Path), f.Name), "/")
		if _, twice := d.parts[name]; twice {
			return &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("two streams named %q", name)}
		}
		if f.Size > d.limits.Part || f.Size < 0 {
			return &papers.Unreadable{Sentence: sentenceBomb, Cause: fmt.Errorf("stream %q of %d bytes", name, f.Size)}
		}
		d.parts[name] = part{size: f.Size, stream: f}
	}
	return nil
}

// Parts are the names of all parts, in order.
func (d *Document) Parts() []string { return slices.Sorted(maps.Keys(d.parts)) }

// Has tells whether there is a part of this name.
func (d *Document) Has(name string) bool {
	_, ok := d.parts[name]
	return ok
}

// Size is the size of a part, unpacked, as the document says it; 0 when there is no such part.
func (d *Document) Size(name string) int64 { return d.parts[name].size }

// Part opens a part. Reading beyond what the document said, or what the limits allow, ends in a *papers.Unreadable; so does a damaged part.
// Close gives up what is left. A name that does not exist is a *papers.Unreadable too.
func (d *Document) Part(name string) (io.ReadCloser, error) {
	p, ok := d.parts[name]
	if !ok {
		return nil, &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("there is no part %q", name)}
	}
	if p.stream != nil {
		if _, err := p.stream.Seek(0, io.SeekStart); err != nil && p.size > 0 {
			return nil, &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("opening the stream %q: %w", name, err)}
		}
		return &partReader{name: name, r: io.NopCloser(p.stream), left: p.size}, nil
	}
	r, err := p.packed.Open()
	if err != nil {
		return nil, &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("opening the part %q: %w", name, err)}
	}
	return &partReader{name: name, r: r, left: p.size}, nil
}

// Bytes reads a whole part of at most limit bytes; more is a *papers.Unreadable.
func (d *Document) Bytes(name string, limit int64) ([]byte, error) {
	if d.Size(name) > limit {
		return nil, &papers.Unreadable{Sentence: sentenceBomb, Cause: fmt.Errorf("the part %q has %d bytes", name, d.Size(name))}
	}
	r, err := d.Part(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// partReader bounds a part by the size that the document gave it, which the limits have passed.
type partReader struct {
	name string
	r    io.ReadCloser
	left int64
}

func (p *partReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if p.left -= int64(n); p.left < 0 {
		return 0, &papers.Unreadable{Sentence: sentenceBomb, Cause: fmt.Errorf("the part %q is bigger than it says", p.name)}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("reading the part %q: %w", p.name, err)}
	}
	return n, err
}

func (p *partReader) Close() error { return p.r.Close() }
