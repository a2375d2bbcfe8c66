package jobs_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clearday/papers"
	"clearday/papers/office"
	"clearday/server/jobs"
	"clearday/server/servertest"
)

// fakeSoffice puts a program in front of LibreOffice: it makes the PDF at path of every document, and counts its runs in a file.
func fakeSoffice(t *testing.T, script string) (runs func() int) {
	t.Helper()
	dir := t.TempDir()
	pdf, log := filepath.Join(dir, "made.pdf"), filepath.Join(dir, "log")
	if err := os.WriteFile(pdf, servertest.PDF(t, "Made", "Words of the document."), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "#!/bin/sh\necho run >> '" + log + "'\n" + script + "\nwhile [ \"$1\" != --outdir ]; do shift; done\nmkdir -p \"$2\"\ncp '" + pdf + "' \"$2/document.pdf\"\n"
	if err := os.WriteFile(filepath.Join(dir, "soffice"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func() int {
		body, _ := os.ReadFile(log)
		return strings.Count(string(body), "run")
	}
}

func newDocument(t *testing.T) *reading {
	t.Helper()
	r := newReading(t, servertest.DOCX(t, "Words of the document."), 0)
	r.version.OriginalKind = "docx"
	r.reader.Office = office.New(office.ToolLimits{})
	return r
}

// A document is done by those who convert, so that those who read go on.
func TestReaderConverts(t *testing.T) {
	runs := fakeSoffice(t, "")
	r := newDocument(t)
	r.run(t)
	if r.said[0] != "MoveWork w1 convert" || r.said[len(r.said)-1] != "FinishWork w1" {
		t.Errorf("the reader did %v", r.said)
	}
	if v := r.finished; v.State != papers.VersionReady || v.Pages != 1 || v.File == "" || v.File == v.Original {
		t.Errorf("finished %+v", v)
	}
	if runs() == 0 || len(r.texts) != 1 || !strings.Contains(r.texts[0], "Words of the document.") {
		t.Errorf("%d runs, text %q", runs(), r.texts)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(r.path))), "tmp", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A program that is stopped in the middle of a conversion leaves nothing, and the next one begins again.
func TestReaderConvertsAgain(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "open")
	runs := fakeSoffice(t, "[ -e '"+gate+"' ] || sleep 60")
	r := newDocument(t)
	r.works[0].Kind = jobs.KindConvert
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.reader.Run(ctx) }()
	servertest.Eventually(t, "the conversion runs", func() bool { return runs() == 1 })
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if len(r.said) != 0 {
		t.Errorf("after a stop the reader said %v", r.said)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.inHand, r.works = 0, []jobs.Work{{ID: "w1", Kind: jobs.KindConvert, Subject: "p/2", Tries: 2}}
	r.run(t)
	if r.finished.State != papers.VersionReady {
		t.Errorf("finished %+v after %v", r.finished, r.said)
	}
}

// A document that LibreOffice makes nothing of is blocked with a sentence, and not tried for ever.
func TestReaderConvertsNothing(t *testing.T) {
	fakeSoffice(t, "exit 0")
	r := newDocument(t)
	r.run(t)
	if f := r.finished.Findings; r.finished.State != papers.VersionBlocked || len(f) != 1 || !strings.Contains(f[0].Message, "Save it as PDF") || strings.Contains(f[0].Message, r.path) {
		t.Errorf("finished %+v", r.finished)
	}
}

// A long scan is recognised apart, with progress, and holds up no other upload.
func TestReaderRecognises(t *testing.T) {
	servertest.Need(t, "ocrmypdf", "tesseract", "pdftoppm")
	r := newReading(t, servertest.Scan(t, "The harbour committee met on Tuesday."), 1)
	r.run(t)
	for _, said := range []string{"MoveWork w1 recognise", "KeepScans 0 of 1", "KeepScans 1 of 1", "FinishWork w1"} {
		if !slices.Contains(r.said, said) {
			t.Errorf("the reader did not say %s: %v", said, r.said)
		}
	}
	if len(r.texts) != 1 || !strings.Contains(r.texts[0], "harbour committee") {
		t.Errorf("read %q", r.texts)
	}
	if v := r.finished; !v.Recognised(1) || v.State != papers.VersionReady {
		t.Errorf("finished %+v", v)
	}
}
