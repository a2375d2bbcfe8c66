package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"clearday/papers"
)

// recognise finds the pages that are pictures of pages, and has their words recognised before the public file is made: what
// is public never changes afterwards. The version says which pages these are.
func (rd *reading) recognise(ctx context.Context) error {
	scans, err := rd.Tools.Scans(ctx, rd.pdf, rd.version.Pages)
	if err != nil {
		return err
	}
	rd.version.Scans, rd.version.ScansRead = scans, 0
	if len(scans) == 0 {
		return nil
	}
	if !rd.Office.Recognises() {
		rd.found(notRecognised(len(scans), "and are not recognised here, because OCRmyPDF is not installed."))
		return nil
	}
	if rd.work.Kind != KindRecognise {
		return elsewhere(KindRecognise)
	}
	dir, err := rd.scratch()
	if err != nil {
		return err
	}
	if err := rd.keepScans(ctx, 0); err != nil {
		return err
	}
	path, err := rd.Office.Recognise(ctx, rd.pdf, scans, dir, func(done int) error { return rd.keepScans(ctx, done) })
	var bad *papers.Unreadable
	if errors.As(err, &bad) { // the file is as good as it was
		rd.Log.Warn("recognising a scan", slog.String("paper", rd.work.Subject), slog.Any("err", err))
		rd.found(notRecognised(len(scans), "and their words could not be recognised."))
		return rd.keepScans(ctx, 0)
	}
	if err != nil {
		return err
	}
	rd.pdf = path
	return nil
}

// notRecognised is what is found of scans that nobody could read for their readers.
func notRecognised(pages int, why string) papers.Finding {
	what := fmt.Sprintf("%d pages are pictures without text, ", pages)
	if pages == 1 {
		what = "1 page is a picture without text, "
		why = strings.NewReplacer("and are not", "and is not", "and their", "and its").Replace(why)
	}
	return papers.Finding{Code: "no_text", Level: papers.LevelAdvice,
		Message: what + why + " People who use a screen reader cannot read it, and search cannot find its words. Publish a file made from the original document where there is one."}
}

// keepScans keeps how many of the scanned pages are done, for the desk.
func (rd *reading) keepScans(ctx context.Context, done int) error {
	rd.version.ScansRead = done
	if err := rd.Store.KeepScans(ctx, rd.version); err != nil {
		return fmt.Errorf("keeping which pages are scans: %w", err)
	}
	return nil
}
