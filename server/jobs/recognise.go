package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"clearday/papers"
	"clearday/papers/office"
)

// recognise finds the pages that are pictures of pages, and has their words recognised before the public file is made: what
// is public never changes afterwards. The version says which pages these are.
func (rd *reading) recognise(ctx context.Context) error {
	scans, err := rd.Tools.Scans(ctx, rd.pdf, rd.version.Pages)
	if err != nil {
		return err
	}
	rd.version.Scans, rd.version.ScansRead = scans, 0
	if len(scans) == 0 || !rd.Office.Recognises() {
		return nil // keepText says what that means for readers
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
	var bad *office.Unreadable
	if errors.As(err, &bad) { // the file is as good as it was
		rd.Log.Warn("recognising a scan", slog.String("paper", rd.work.Subject), slog.Any("err", err))
		rd.found(papers.Finding{Code: "not_recognised", Level: papers.LevelAdvice, Message: bad.Sentence + " People who use a screen reader cannot read them, and search cannot find them. Upload a file made from the original document where there is one."})
		return rd.keepScans(ctx, 0)
	}
	if err != nil {
		return err
	}
	rd.pdf = path
	return nil
}

// keepScans keeps how many of the scanned pages are done, for the desk.
func (rd *reading) keepScans(ctx context.Context, done int) error {
	rd.version.ScansRead = done
	if err := rd.Store.KeepScans(ctx, rd.version); err != nil {
		return fmt.Errorf("keeping which pages are scans: %w", err)
	}
	return nil
}
