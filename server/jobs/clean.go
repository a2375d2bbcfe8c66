package jobs

import (
	"context"
	"fmt"
)

// clean makes the public file of the version. It is the original for now.
func (rd *reading) clean(ctx context.Context) error {
	rd.version.File, rd.version.Size = rd.version.Original, rd.version.OriginalSize
	if err := rd.Store.KeepFile(ctx, rd.version); err != nil {
		return fmt.Errorf("keeping the public file: %w", err)
	}
	return nil
}
