package office

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"clearday/papers"
)

// Kind is what a file is, by its content: its name is never asked.
type Kind string

// The kinds that can be uploaded.
const (
	PDF  Kind = "pdf"
	DOCX Kind = "docx" // with macros or as a template too: what is inside decides, not the ending
	XLSX Kind = "xlsx"
	PPTX Kind = "pptx"
	ODT  Kind = "odt"
	ODS  Kind = "ods"
	ODP  Kind = "odp"
	DOC  Kind = "doc"
	XLS  Kind = "xls"
	PPT  Kind = "ppt"
)

// Name is the kind as people know it.
func (k Kind) Name() string { return strings.ToUpper(string(k)) }

// Office tells whether the kind has to become a PDF first.
func (k Kind) Office() bool { return k != PDF && k != "" }

// Sheet tells whether the kind is a spreadsheet.
func (k Kind) Sheet() bool { return k == XLSX || k == ODS || k == XLS }

// Slides tells whether the kind is a presentation.
func (k Kind) Slides() bool { return k == PPTX || k == ODP || k == PPT }

var (
	headZip      = []byte("PK\x03\x04")
	headCompound = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	headPDF      = []byte("%PDF-")
)

// KindOf tells what the file at path is. Its error is a *papers.Unreadable when the file is to blame: it is of no kind that can be taken,
// is locked with a password, or cannot be opened safely.
func KindOf(path string) (Kind, error) {
	head, err := headOf(path)
	switch {
	case err != nil:
		return "", err
	case len(head) == 0:
		return "", &papers.Unreadable{Sentence: sentenceEmpty}
	case bytes.HasPrefix(head, headZip), bytes.HasPrefix(head, headCompound):
		d, err := Open(path, Limits{})
		if err != nil {
			return "", err
		}
		return d.Kind, d.Close()
	case bytes.Contains(head, headPDF):
		return PDF, nil
	}
	return "", &papers.Unreadable{Sentence: sentenceOther}
}

// headOf reads as far as browsers look for the mark of a PDF.
func headOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a file: %w", err)
	}
	defer f.Close()
	head := make([]byte, 1024)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the head of a file: %w", err)
	}
	return head[:n], nil
}

// openXML are the words of the content types of main parts, with the kind that they name.
var openXML = map[string]Kind{
	"wordprocessingml": DOCX, "ms-word": DOCX,
	"spreadsheetml": XLSX, "ms-excel": XLSX,
	"presentationml": PPTX, "ms-powerpoint": PPTX,
}

var openDocument = map[string]Kind{
	"text": ODT, "text-template": ODT, "text-master": ODT,
	"spreadsheet": ODS, "spreadsheet-template": ODS,
	"presentation": ODP, "presentation-template": ODP,
}

// kindOfPackage tells what a ZIP archive is: OpenDocument by its entry "mimetype", OOXML by its content types.
func (d *Document) kindOfPackage() (Kind, error) {
	if d.Has("mimetype") {
		mime, err := d.Bytes("mimetype", 200)
		if err != nil {
			return "", err
		}
		what, ok := strings.CutPrefix(strings.TrimSpace(string(mime)), "application/vnd.oasis.opendocument.")
		if k := openDocument[what]; ok && k != "" {
			return k, nil
		}
		return "", &papers.Unreadable{Sentence: sentenceOther}
	}
	if !d.Has("[Content_Types].xml") {
		return "", &papers.Unreadable{Sentence: sentenceOther}
	}
	r, err := d.Part("[Content_Types].xml")
	if err != nil {
		return "", err
	}
	defer r.Close()
	return kindOfTypes(r)
}

// kindOfTypes reads the list of content types. A package with main parts of two kinds would be one thing to us and another to
// whoever converts it.
func kindOfTypes(r io.Reader) (Kind, error) {
	var types struct {
		Override []struct {
			ContentType string `xml:",attr"`
		}
	}
	if err := xml.NewDecoder(r).Decode(&types); err != nil {
		return "", &papers.Unreadable{Sentence: sentenceDamaged, Cause: fmt.Errorf("reading content types: %w", err)}
	}
	var kind Kind
	for _, o := range types.Override {
		what := strings.ToLower(o.ContentType)
		if !strings.HasSuffix(what, ".main+xml") {
			continue
		}
		for word, k := range openXML {
			if !strings.Contains(what, word) {
				continue
			}
			if kind != "" && kind != k {
				return "", &papers.Unreadable{Sentence: sentenceDamaged, Cause: errors.New("main parts of two kinds")}
			}
			kind = k
		}
	}
	if kind == "" {
		return "", &papers.Unreadable{Sentence: sentenceOther}
	}
	return kind, nil
}

// kindOfCompound tells what an OLE2 compound file is, by the streams in its root.
func (d *Document) kindOfCompound() (Kind, error) {
	switch {
	case d.Has("EncryptedPackage"): // OOXML with a password
		return "", &papers.Unreadable{Sentence: sentencePassword}
	case d.Has("WordDocument"):
		return DOC, nil
	case d.Has("Workbook"), d.Has("Book"):
		return XLS, nil
	case d.Has("PowerPoint Document"):
		return PPT, nil
	}
	return "", &papers.Unreadable{Sentence: sentenceOther}
}
