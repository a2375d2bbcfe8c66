package jobs

import (
	"context"
	"errors"
	"fmt"

	"clearday/papers"
	"clearday/papers/office"
)

// convert makes a PDF of an Office file. Nothing of it is kept: a program that dies in the middle begins again.
func (rd *reading) convert(ctx context.Context) error {
	if !office.Kind(rd.version.OriginalKind).Office() {
		return nil
	}
	if rd.work.Kind == KindRead {
		return elsewhere(KindConvert)
	}
	dir, err := rd.scratch()
	if err != nil {
		return err
	}
	list, err := rd.checker().Office(rd.pdf)
	if err != nil {
		return err
	}
	rd.found(list...)
	if rd.pdf, err = rd.Office.Convert(ctx, rd.pdf, dir); err != nil {
		return err
	}
	return rd.measure(ctx)
}

// measure takes the facts of the PDF that was made.
func (rd *reading) measure(ctx context.Context) error {
	info, err := rd.Tools.Inspect(ctx, rd.pdf)
	var bad *papers.Unreadable
	if errors.As(err, &bad) {
		return office.Refused(err)
	}
	if err != nil {
		return fmt.Errorf("looking at the PDF that was made: %w", err)
	}
	rd.version.Pages, rd.version.Width, rd.version.Height = info.Pages, info.Sizes[0].Width, info.Sizes[0].Height
	return nil
}
