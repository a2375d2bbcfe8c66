package office

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearday/papers"
)

// entry is one part of an archive made for a test.
type entry struct{ name, body string }

func types(main string) entry {
	return entry{"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
		<Override PartName="/x" ContentType="application/vnd.` + main + `"/></Types>`}
}

const wordMain = "openxmlformats-officedocument.wordprocessingml.document.main+xml"

func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		part, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, e.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// liar is an archive whose one big entry says that it is small.
func liar(t testing.TB, says uint64) []byte {
	t.Helper()
	var b, packed bytes.Buffer
	deflate, _ := flate.NewWriter(&packed, 9)
	zeros := make([]byte, 1<<20)
	sum := crc32.NewIEEE()
	for range 8 {
		_, _ = deflate.Write(zeros)
		_, _ = sum.Write(zeros)
	}
	_ = deflate.Close()
	w := zip.NewWriter(&b)
	ct := types(wordMain)
	part, _ := w.Create(ct.name)
	_, _ = io.WriteString(part, ct.body)
	raw, err := w.CreateRaw(&zip.FileHeader{Name: "word/document.xml", Method: zip.Deflate, CRC32: sum.Sum32(),
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: says})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = raw.Write(packed.Bytes())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func file(t testing.TB, body []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "upload") // no ending: the content decides
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func sentenceOf(t testing.TB, err error) string {
	t.Helper()
	var bad *papers.Unreadable
	if !errors.As(err, &bad) {
		t.Fatalf("err = %v, want an Unreadable", err)
	}
	return bad.Sentence
}

func TestKindOf(t *testing.T) {
	odf := func(what string) []byte {
		return archive(t, entry{"mimetype", "application/vnd.oasis.opendocument." + what})
	}
	for name, c := range map[string]struct {
		body []byte
		want Kind
	}{
		"pdf":              {[]byte("%PDF-1.7\n"), PDF},
		"pdf after noise":  {[]byte("\r\n\r\n%PDF-1.4\n"), PDF},
		"docx":             {archive(t, types(wordMain)), DOCX},
		"docx with macros": {archive(t, types("ms-word.document.macroEnabled.main+xml")), DOCX},
		"xlsx":             {archive(t, types("openxmlformats-officedocument.spreadsheetml.sheet.main+xml")), XLSX},
		"pptx":             {archive(t, types("openxmlformats-officedocument.presentationml.presentation.main+xml")), PPTX},
		"odt":              {odf("text"), ODT},
		"ods":              {odf("spreadsheet"), ODS},
		"odp":              {odf("presentation"), ODP},
	} {
		if got, err := KindOf(file(t, c.body)); got != c.want || err != nil {
			t.Errorf("%s: KindOf = %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestKindOfRefuses(t *testing.T) {
	manifest := `<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`
	whole := archive(t, types(wordMain))
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"empty":             {nil, sentenceEmpty},
		"text":              {[]byte("Dear board"), sentenceOther},
		"picture":           {[]byte("\x89PNG\r\n"), sentenceOther},
		"other zip":         {archive(t, entry{"a.txt", "x"}), sentenceOther},
		"program in a zip":  {archive(t, entry{"META-INF/MANIFEST.MF", "x"}, entry{"A.class", "x"}), sentenceOther},
		"drawing":           {archive(t, entry{"mimetype", "application/vnd.oasis.opendocument.graphics"}), sentenceOther},
		"cut short":         {whole[:len(whole)/2], sentenceDamaged},
		"types are no xml":  {archive(t, entry{"[Content_Types].xml", "<Types><"}), sentenceDamaged},
		"entity":            {archive(t, entry{"[Content_Types].xml", `<!DOCTYPE T [<!ENTITY x SYSTEM "file:///etc/passwd">]><Types>&x;</Types>`}), sentenceDamaged},
		"two main parts":    {archive(t, entry{"[Content_Types].xml", `<Types><Override ContentType="application/vnd.` + wordMain + `"/><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`}), sentenceDamaged},
		"one name twice":    {archive(t, types(wordMain), entry{"word/document.xml", "one"}, entry{"Word/document.xml", "two"}), sentenceDamaged},
		"opendocument lock": {archive(t, entry{"mimetype", "application/vnd.oasis.opendocument.text"}, entry{"META-INF/manifest.xml", manifest}), sentencePassword},
		"broken compound":   {append(bytes.Clone(headCompound), make([]byte, 600)...), sentenceDamaged},
	} {
		if _, err := KindOf(file(t, c.body)); err == nil {
			t.Errorf("%s was taken", name)
		} else if got := sentenceOf(t, err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestOpenLimits(t *testing.T) {
	big := archive(t, types(wordMain), entry{"word/document.xml", strings.Repeat("0", 3000)}, entry{"word/styles.xml", strings.Repeat("0", 3000)})
	for name, l := range map[string]Limits{
		"one part":  {Part: 2000},
		"all parts": {Unpacked: 5000},
		"how many":  {Parts: 2},
	} {
		if _, err := Open(file(t, big), l); err == nil || sentenceOf(t, err) != sentenceBomb {
			t.Errorf("%s: Open = %v", name, err)
		}
	}
	d, err := Open(file(t, big), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Bytes("word/document.xml", 2999); sentenceOf(t, err) != sentenceBomb {
		t.Errorf("a part over the caller's limit: %v", err)
	}
	if got, err := d.Bytes("word/document.xml", 3000); err != nil || len(got) != 3000 {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
}

// An entry that unpacks to more than it says is cut off there.
func TestPartThatLies(t *testing.T) {
	d, err := Open(file(t, liar(t, 1000)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if got, err := d.Bytes("word/document.xml", 1<<20); err == nil || len(got) > 64<<10 {
		t.Errorf("read %d bytes of a part that says it has 1,000: %v", len(got), err)
	}
	if _, err := Open(file(t, liar(t, 1<<40)), Limits{}); err == nil || sentenceOf(t, err) != sentenceBomb {
		t.Errorf("a part that says it unpacks to a terabyte: %v", err)
	}
}

func FuzzKindOf(f *testing.F) {
	f.Add(archive(f, types(wordMain)))
	f.Add(archive(f, entry{"mimetype", "application/vnd.oasis.opendocument.text"}))
	f.Add(liar(f, 100))
	f.Add(compound())
	path := filepath.Join(f.TempDir(), "fuzz")
	f.Fuzz(func(t *testing.T, body []byte) {
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := Open(path, Limits{Part: 1 << 20, Unpacked: 4 << 20})
		if err != nil {
			_ = sentenceOf(t, err)
			return
		}
		defer d.Close()
		for _, name := range d.Parts() {
			if got, err := d.Bytes(name, 1<<20); err == nil && int64(len(got)) > d.Size(name) {
				t.Errorf("%q gave %d bytes and says %d", name, len(got), d.Size(name))
			}
		}
	})
}

// compound is the smallest OLE2 file with one empty stream: header, one sector of allocations, one of directory.
func compound() []byte {
	b := make([]byte, 3*512)
	copy(b, headCompound)
	le := binary.LittleEndian
	le.PutUint16(b[24:], 0x3E)
	le.PutUint16(b[26:], 3)
	le.PutUint16(b[28:], 0xFFFE)
	le.PutUint16(b[30:], 9)
	le.PutUint16(b[32:], 6)
	le.PutUint32(b[44:], 1)          // sectors of allocations
	le.PutUint32(b[48:], 1)          // first sector of the directory
	le.PutUint32(b[56:], 4096)       // below it, streams are mini streams
	le.PutUint32(b[60:], 0xFFFFFFFE) // no mini allocations
	le.PutUint32(b[68:], 0xFFFFFFFE)
	for i := 76; i < 512; i += 4 {
		le.PutUint32(b[i:], 0xFFFFFFFF)
	}
	le.PutUint32(b[76:], 0)
	for i := 512; i < 1024; i += 4 {
		le.PutUint32(b[i:], 0xFFFFFFFF)
	}
	le.PutUint32(b[512:], 0xFFFFFFFD)
	le.PutUint32(b[516:], 0xFFFFFFFE)
	directory := func(at int, name string, kind byte, child uint32) {
		for i, r := range name {
			le.PutUint16(b[at+2*i:], uint16(r))
		}
		le.PutUint16(b[at+64:], uint16(2*len(name)+2))
		b[at+66] = kind
		for _, o := range []int{68, 72, 76} {
			le.PutUint32(b[at+o:], 0xFFFFFFFF)
		}
		le.PutUint32(b[at+76:], child)
		le.PutUint32(b[at+116:], 0xFFFFFFFE)
	}
	directory(1024, "Root Entry", 5, 1)
	directory(1024+128, "WordDocument", 2, 0xFFFFFFFF)
	return b
}

func TestCompound(t *testing.T) {
	if k, err := KindOf(file(t, compound())); k != DOC || err != nil {
		t.Errorf("KindOf = %q, %v", k, err)
	}
}
