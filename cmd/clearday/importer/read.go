package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"clearday/papers"
	"clearday/papers/archive"
	"clearday/papers/office"
	"clearday/papers/pdf"
	"clearday/papers/preflight"
)

// read finds out what a file is and what it says. ok is false when there is nothing to go on with; the report then says why.
func (im *Import) read(ctx context.Context, d *document) (ok bool, err error) {
	if d.kind, err = office.KindOf(d.real); err != nil {
		return false, im.refused(d, im.noPaper(d, err))
	}
	if d.hash, err = hashOf(d.real); err != nil {
		return false, err
	}
	if known, err := im.known(ctx, d); known || err != nil {
		return false, err
	}
	if err := im.content(ctx, d); err != nil {
		return false, im.refused(d, err)
	}
	d.guess = archive.New(archive.Source{Path: d.path, Pages: d.texts[:min(2, len(d.texts))], Title: d.info.Title, Subject: d.info.Subject, Given: d.given})
	return true, nil
}

// papersEndings are the endings of files that say that they are papers.
var papersEndings = map[string]bool{".pdf": true, ".doc": true, ".docx": true, ".odt": true, ".xls": true, ".xlsx": true, ".ods": true, ".ppt": true, ".pptx": true, ".odp": true}

// noPaper tells pictures, captions and pages, of which an archive has many, from papers that cannot be read.
func (im *Import) noPaper(d *document, err error) error {
	var bad *papers.Unreadable
	if !errors.As(err, &bad) || papersEndings[strings.ToLower(path.Ext(d.path))] {
		return err
	}
	im.settle(d.row, Left, "It is neither a PDF nor an Office document.")
	return nil
}

func hashOf(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("opening a file of the archive: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("reading a file of the archive: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// known tells whether the same bytes are in already, from this run or one before.
func (im *Import) known(ctx context.Context, d *document) (bool, error) {
	im.mu.Lock()
	first, twice := im.first[d.hash]
	if !twice {
		im.first[d.hash] = d.path
	}
	im.mu.Unlock()
	if twice {
		im.settle(d.row, Duplicate, "It has the same bytes as “"+first+"”.")
		return true, nil
	}
	there, err := im.Record.KnownFiles(ctx, im.Board.Slug, []string{d.hash})
	if err != nil || !there[d.hash] {
		return false, err
	}
	im.settle(d.row, Before, "It is in already.")
	return true, nil
}

// content reads the text of all pages in one run of one child, after an Office file has become a PDF.
func (im *Import) content(ctx context.Context, d *document) (err error) {
	d.pdf = d.real
	if d.kind.Office() {
		if !im.Office.Converts() {
			return office.ErrNoConverter
		}
		if d.scratch, err = im.Files.Scratch(); err != nil {
			return err
		}
		if d.pdf, err = im.Office.Convert(ctx, d.real, d.scratch); err != nil {
			return err
		}
	}
	if d.info, err = im.Tools.Facts(ctx, d.pdf); err != nil {
		return err
	}
	few := false
	err = im.Tools.Text(ctx, d.pdf, d.info.Pages, func(_ int, text string) error {
		d.texts = append(d.texts, text)
		few = few || pdf.FewWords(text)
		return nil
	})
	if err == nil && few { // some pages may be scans; most files have none and need no further look
		d.version.Scans, err = im.Tools.Scans(ctx, d.pdf, d.info.Pages)
	}
	return err
}

// keep puts the bytes where the record may refer to them: the original, and the public file that is made of it.
func (im *Import) keep(ctx context.Context, d *document) error {
	size, err := im.stage(d.real, d.hash)
	if err != nil {
		return err
	}
	d.version.Original, d.version.OriginalSize, d.version.OriginalKind, d.version.FileName = d.hash, size, string(d.kind), path.Base(d.path)
	d.version.Pages, d.version.Width, d.version.Height = d.info.Pages, d.info.Sizes[0].Width, d.info.Sizes[0].Height
	d.version.File, d.version.Size = d.hash, size
	switch {
	case !im.AsPublished:
		return im.check(ctx, d)
	case d.kind.Office():
		d.version.File, d.version.Size, err = im.stageMade(d.pdf)
	}
	return err
}

// stage keeps the bytes of a file of the archive, of which the hash was taken before.
func (im *Import) stage(name, hash string) (int64, error) {
	kept, size, err := im.stageMade(name)
	if err == nil && kept != hash {
		err = &papers.Unreadable{Sentence: "This file changed while it was being read. Run the import again."}
	}
	return size, err
}

func (im *Import) stageMade(name string) (hash string, size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", 0, fmt.Errorf("opening a file: %w", err)
	}
	defer f.Close()
	staged, err := im.Files.Stage(f, mostBytes)
	if err != nil {
		return "", 0, err
	}
	if err := staged.Keep(); err != nil {
		return "", 0, errors.Join(err, staged.Drop())
	}
	return staged.Hash, staged.Size, nil
}

// check makes the public file as for an upload, without what nobody sees on its pages, and looks for what must not be in it.
func (im *Import) check(ctx context.Context, d *document) error {
	if d.scratch == "" {
		var err error
		if d.scratch, err = im.Files.Scratch(); err != nil {
			return err
		}
	}
	about := preflight.About{Title: d.guess.Title, FileName: path.Base(d.path), Official: []string{im.Site.Contact, im.Site.Phone, im.Site.Address}}
	var list []papers.Finding
	if d.kind.Office() {
		var err error
		if list, err = im.checker().Office(d.real); err != nil {
			return err
		}
	}
	to, err := os.Create(filepath.Join(d.scratch, "clean.pdf"))
	if err != nil {
		return fmt.Errorf("making the public file: %w", err)
	}
	cleaned, err := im.checker().Clean(ctx, d.pdf, about, to)
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	seen, err := im.checker().Look(ctx, to.Name(), about)
	if err != nil {
		return err
	}
	d.version.Findings = append(append(list, cleaned...), seen...)
	d.version.File, d.version.Size, err = im.stageMade(to.Name())
	d.version.Checked = d.version.File
	return err
}
