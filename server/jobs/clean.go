package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
)

// clean makes the public file of the version. It is the PDF as it is for now.
func (rd *reading) clean(ctx context.Context) error {
	rd.version.File, rd.version.Size = rd.version.Original, rd.version.OriginalSize
	if rd.pdf != rd.Files.Path(rd.version.Original) {
		if err := rd.keepMade(); err != nil {
			return fmt.Errorf("keeping the PDF that was made: %w", err)
		}
	}
	if err := rd.Store.KeepFile(ctx, rd.version); err != nil {
		return fmt.Errorf("keeping the public file: %w", err)
	}
	return nil
}

// keepMade keeps the PDF of the steps before: an original of another kind is never the public file.
func (rd *reading) keepMade() error {
	f, err := os.Open(rd.pdf)
	if err != nil {
		return err
	}
	defer f.Close()
	made, err := rd.Files.Stage(f, math.MaxInt64-1)
	if err != nil {
		return err
	}
	rd.version.File, rd.version.Size = made.Hash, made.Size
	if err := made.Keep(); err != nil {
		return errors.Join(err, made.Drop())
	}
	rd.pdf = rd.Files.Path(made.Hash)
	return nil
}
