package office

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"clearday/papers"
)

// checkPassword refuses documents that nobody can read without a password. (A workbook of Excel 97 shows it only when it is read:
// Convert says so then.)
func (d *Document) checkPassword() error {
	locked, err := d.locked()
	if err != nil {
		return err
	}
	if locked {
		return &papers.Unreadable{Sentence: sentencePassword}
	}
	return nil
}

func (d *Document) locked() (bool, error) {
	switch d.Kind {
	case ODT, ODS, ODP:
		if !d.Has("META-INF/manifest.xml") {
			return false, nil
		}
		manifest, err := d.Bytes("META-INF/manifest.xml", 16<<20)
		return bytes.Contains(manifest, []byte("encryption-data")), err
	case DOC: // fEncrypted of the FIB ([MS-DOC] 2.5.2)
		head, err := d.headOf("WordDocument", 12)
		return len(head) == 12 && head[11]&1 != 0, err
	case PPT: // headerToken of the CurrentUserAtom ([MS-PPT] 2.3.2)
		head, err := d.headOf("Current User", 16)
		return len(head) == 16 && binary.LittleEndian.Uint32(head[12:]) == 0xF3D1C4DF, err
	}
	return false, nil
}

// headOf reads the first n bytes of a part, or fewer when it has no more.
func (d *Document) headOf(name string, n int) ([]byte, error) {
	if !d.Has(name) {
		return nil, nil
	}
	r, err := d.Part(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	head := make([]byte, n)
	got, err := io.ReadFull(r, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:got], err
}

// lockedWorkbook tells whether the stream of a workbook holds a FilePass record, which comes near its beginning ([MS-XLS] 2.4.117).
func (d *Document) lockedWorkbook() (bool, error) {
	name := "Workbook"
	if !d.Has(name) {
		name = "Book"
	}
	head, err := d.headOf(name, 64<<10)
	for err == nil && len(head) >= 4 {
		record, size := binary.LittleEndian.Uint16(head), int(binary.LittleEndian.Uint16(head[2:]))
		if record == 0x2F {
			return true, nil
		}
		head = head[min(len(head), 4+size):]
	}
	return false, err
}
