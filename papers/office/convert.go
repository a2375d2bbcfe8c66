package office

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "embed" // the profile

	"clearday/papers"
)

// profile are the settings that LibreOffice starts with: no macros, nothing fetched or updated from outside.
//
//go:embed profile.xcu
var profile []byte

// Convert makes a PDF of the Office file at path, in a directory of its own under dir, and gives the PDF's path. What the public must
// not see is not printed: comments, notes, hidden slides and hidden sheets. Tracked changes are printed as if they had been accepted,
// and a sheet is as wide as its page.
// Its error is a *papers.Unreadable when the document is to blame, ErrNoConverter where LibreOffice is not installed.
func (t *Tools) Convert(ctx context.Context, path, dir string) (string, error) {
	d, err := Open(path, Limits{})
	if err != nil {
		return "", err
	}
	defer d.Close()
	from, err := t.printable(ctx, d, dir)
	if err != nil {
		return "", err
	}
	if from != d {
		defer from.Close()
	}
	return t.export(ctx, from, dir, "pdf", exportTo(from.Kind))
}

// printable gives the document that a PDF is made of: d itself, or another that the caller closes.
func (t *Tools) printable(ctx context.Context, d *Document, dir string) (*Document, error) {
	if d.Kind.Sheet() {
		return t.fittable(ctx, d, dir)
	}
	return t.accepted(ctx, d, dir)
}

// export runs LibreOffice once on a copy of the document, which has the ending of its kind, and gives the path of what it made.
func (t *Tools) export(ctx context.Context, d *Document, dir, ending, filter string) (string, error) {
	if !t.Converts() {
		return "", ErrNoConverter
	}
	home, err := os.MkdirTemp(dir, "office-")
	if err != nil {
		return "", fmt.Errorf("making a directory for LibreOffice: %w", err)
	}
	in, err := d.prepare(home)
	if err != nil {
		return "", err
	}
	if err := layProfile(home); err != nil {
		return "", fmt.Errorf("laying out a profile for LibreOffice: %w", err)
	}
	said, err := t.run(ctx, t.converting, t.limits.ConvertTimeout, home, t.soffice,
		"-env:UserInstallation=file://"+filepath.Join(home, "profile"),
		"--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard",
		"--convert-to", ending+":"+filter, "--outdir", filepath.Join(home, "out"), in)
	if err != nil && !errors.Is(err, errTooSlow) && !errors.Is(err, errFailed) {
		return "", fmt.Errorf("converting: %w", err)
	}
	out := filepath.Join(home, "out", "document."+ending)
	info, statErr := os.Stat(out)
	switch {
	case errors.Is(err, errTooSlow):
		return "", &papers.Unreadable{Sentence: sentenceSlow, Cause: err}
	case errors.Is(err, errFailed) && bytes.Contains(said, []byte("Signal 25")): // SIGXFSZ
		return "", &papers.Unreadable{Sentence: sentenceTooBig, Cause: err}
	case err == nil && statErr == nil && info.Size() > 0:
		return out, nil
	}
	return "", d.whyNot(fmt.Errorf("LibreOffice said %.300q: %w", said, errors.Join(err, statErr)))
}

func layProfile(home string) error {
	user := filepath.Join(home, "profile", "user")
	if err := os.MkdirAll(user, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(user, "registrymodifications.xcu"), profile, 0o600)
}

// whyNot finds the sentence for a document that LibreOffice gave nothing for.
func (d *Document) whyNot(cause error) error {
	if d.Kind == XLS {
		locked, err := d.lockedWorkbook()
		if err != nil {
			return err
		}
		if locked {
			return &papers.Unreadable{Sentence: sentencePassword, Cause: cause}
		}
	}
	return &papers.Unreadable{Sentence: sentenceRefused, Cause: cause}
}

// exportTo is the filter of LibreOffice with what it has to do, for the kind.
func exportTo(k Kind) string {
	type value struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	yes, no := value{"boolean", "true"}, value{"boolean", "false"}
	options, err := json.Marshal(map[string]value{
		"UseTaggedPDF":                yes,
		"PDFUACompliance":             yes,
		"ExportBookmarks":             yes,
		"ExportNotes":                 no, // comments
		"ExportNotesInMargin":         no,
		"ExportNotesPages":            no, // the speaker's
		"ExportOnlyNotesPages":        no,
		"ExportHiddenSlides":          no,
		"ExportFormFields":            no,
		"EmbedStandardFonts":          yes,
		"IsAddStream":                 no, // the original inside the PDF
		"ConvertOOoTargetToPDFTarget": no,
		"ReduceImageResolution":       yes,
		"MaxImageResolution":          {"long", "300"},
		"UseLosslessCompression":      no,
		"Quality":                     {"long", "90"},
	})
	if err != nil {
		panic(err) // a map of strings
	}
	filter := "writer_pdf_Export"
	switch {
	case k.Sheet():
		filter = "calc_pdf_Export"
	case k.Slides():
		filter = "impress_pdf_Export"
	}
	return filter + ":" + string(options)
}
