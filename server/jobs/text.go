package jobs

import (
	"context"
	"fmt"
)

const keepEvery = 25 // pages in one transaction

// keepText reads all pages and keeps them in small transactions, so that progress shows.
func (rd *reading) keepText(ctx context.Context) error {
	var batch []string
	first := 1
	keep := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := rd.Store.KeepPages(ctx, rd.version.Ref(), first, batch); err != nil {
			return fmt.Errorf("keeping page text: %w", err)
		}
		first, batch = first+len(batch), nil
		return rd.Works.KeepWork(ctx, rd.work.ID, lease)
	}
	err := rd.Tools.Text(ctx, rd.pdf, rd.version.Pages, func(_ int, text string) error {
		batch = append(batch, text)
		if len(batch) < keepEvery {
			return nil
		}
		return keep()
	})
	if err == nil {
		err = keep()
	}
	return err
}
