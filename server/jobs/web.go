package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"clearday/papers/office"
)

// maxWeb bounds a web version.
const maxWeb = 32 << 20

// makeWeb makes the web version of a text document, where it can stand for the PDF. It is a help, not the paper: where it cannot
// be made, the paper goes on without.
func (rd *reading) makeWeb(ctx context.Context) error {
	rd.version.HTML = ""
	if !office.Kind(rd.version.OriginalKind).Office() || rd.blocked() {
		return nil
	}
	dir, err := rd.scratch()
	if err != nil {
		return err
	}
	w, ok, err := rd.Office.Web(ctx, rd.Files.Path(rd.version.Original), dir)
	if unreadable(err) != "" {
		rd.Log.Info("no web version", slog.String("paper", rd.work.Subject), slog.Any("err", err))
		return nil
	}
	if err != nil || !ok {
		return err
	}
	pages, err := rd.Store.Texts(ctx, rd.version.Ref())
	if err != nil {
		return fmt.Errorf("reading the text of the PDF: %w", err)
	}
	if why := w.Clean(pages); why != "" {
		rd.Log.Info("no web version", slog.String("paper", rd.work.Subject), slog.String("why", why))
		return nil
	}
	staged, err := rd.Files.Stage(strings.NewReader(w.HTML), maxWeb)
	if err != nil {
		return fmt.Errorf("keeping a web version: %w", err)
	}
	if err := staged.Keep(); err != nil {
		return fmt.Errorf("keeping a web version: %w", err)
	}
	rd.version.HTML = staged.Hash
	return nil
}

// blocked tells whether something was found that keeps the version from publication.
func (rd *reading) blocked() bool {
	for _, f := range rd.version.Findings {
		if f.Blocks {
			return true
		}
	}
	return false
}
