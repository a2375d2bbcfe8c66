package office

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"clearday/papers"
)

// LibreOffice prints tracked changes with their markings, deletions too. So the copy that it opens has none: what was deleted is cut
// out, what was inserted stays. It is done on the bytes, which are otherwise as they were.

// prepare lays the copy that LibreOffice opens: under a name of ours, with the ending of what is inside.
func (d *Document) prepare(home string) (string, error) {
	in := filepath.Join(home, "document."+string(d.Kind))
	f, err := os.OpenFile(in, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("laying a copy for LibreOffice: %w", err)
	}
	if d.Kind == DOCX || d.Kind == ODT || d.Kind == ODS {
		err = d.copyMended(f)
	} else {
		_, err = io.Copy(f, io.NewSectionReader(d.file, 0, 1<<62))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("laying a copy for LibreOffice: %w", err)
	}
	return in, nil
}

// copyMended writes the archive with its tracked changes accepted, or the sheets of a spreadsheet fitted to the page.
func (d *Document) copyMended(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, f := range d.archive {
		mend := d.mender(f.Name)
		if mend == nil {
			if err := z.Copy(f); err != nil {
				return &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("copying the part %q: %w", f.Name, err)}
			}
			continue
		}
		body, err := d.Bytes(f.Name, maxXML)
		if err != nil {
			return err
		}
		part, err := z.Create(f.Name)
		if err != nil {
			return err
		}
		if err := mend(part, body); err != nil {
			return err
		}
	}
	return z.Close()
}

// mender is what a part goes through on its way into the copy; nil where it stays as it is.
func (d *Document) mender(name string) func(io.Writer, []byte) error {
	switch {
	case d.tracksChanges(name):
		return acceptChanges
	case d.Kind == ODS && name == "styles.xml":
		return fitToWidth
	}
	return nil
}

// maxXML bounds the XML that is held in memory at once.
const maxXML = 64 << 20

// tracksChanges tells whether a part may hold tracked changes: the text of a document, its headers, footers and notes.
func (d *Document) tracksChanges(name string) bool {
	if d.Kind == ODT {
		return name == "content.xml" || name == "styles.xml"
	}
	return d.Kind == DOCX && strings.HasPrefix(name, "word/") && path.Dir(name) == "word" && strings.HasSuffix(strings.ToLower(name), ".xml")
}

// acceptChanges writes the XML without the elements that hold what was deleted or moved away.
func acceptChanges(w io.Writer, body []byte) error {
	parser := xml.NewDecoder(strings.NewReader(string(body)))
	from := int64(0) // what lies before it is written
	for {
		before := parser.InputOffset()
		token, err := parser.Token()
		if errors.Is(err, io.EOF) {
			_, err := w.Write(body[from:])
			return err
		}
		if err != nil {
			return &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("looking for tracked changes: %w", err)}
		}
		start, ok := token.(xml.StartElement)
		if !ok || !isDeletion(start.Name) {
			continue
		}
		if _, err := w.Write(body[from:before]); err != nil {
			return err
		}
		if err := parser.Skip(); err != nil {
			return &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("looking for tracked changes: %w", err)}
		}
		from = parser.InputOffset()
	}
}

// isDeletion knows the elements of WordprocessingML (17.13.5) and OpenDocument (5.5) that hold what was deleted, and the marks of
// OpenDocument that point to them.
func isDeletion(name xml.Name) bool {
	switch {
	case strings.Contains(name.Space, "wordprocessingml"):
		return name.Local == "del" || name.Local == "moveFrom"
	case name.Space == nsText:
		return name.Local == "tracked-changes" || name.Local == "change" || name.Local == "change-start" || name.Local == "change-end"
	}
	return false
}

const nsText = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"

// accepted turns a document of Word 97, whose tracked changes lie in a form that only LibreOffice reads, into one whose changes can be
// accepted. It gives d itself when there are none. The caller closes what it gets.
func (t *Tools) accepted(ctx context.Context, d *Document, dir string) (*Document, error) {
	if d.Kind != DOC {
		return d, nil
	}
	out, err := t.export(ctx, d, dir, "odt", "writer8")
	if err != nil {
		return nil, err
	}
	open, err := Open(out, Limits{})
	if err != nil {
		return nil, err
	}
	content, err := open.Bytes("content.xml", maxXML)
	if err == nil && strings.Contains(string(content), "<text:tracked-changes") {
		return open, nil
	}
	return d, errors.Join(err, open.Close())
}
