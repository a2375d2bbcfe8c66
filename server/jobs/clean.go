package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"clearday/papers"
	"clearday/papers/preflight"
)

// maxClean bounds the public file, which may be larger than what it was made from.
const maxClean = 256 << 20

// clean makes the public file of the version and keeps it.
func (rd *reading) clean(ctx context.Context) error {
	about, err := rd.about(ctx)
	if err != nil {
		return err
	}
	dir, err := rd.scratch()
	if err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(dir, "clean.pdf"))
	if err != nil {
		return fmt.Errorf("making the public file: %w", err)
	}
	defer func() { _ = file.Close() }() // kept by then, or made again
	list, err := rd.checker().Clean(ctx, rd.pdf, about, file)
	if err != nil {
		return fmt.Errorf("making the public file: %w", err)
	}
	rd.found(list...)
	if _, err := file.Seek(0, 0); err != nil {
		return fmt.Errorf("reading the public file: %w", err)
	}
	staged, err := rd.Files.Stage(file, maxClean)
	if err != nil {
		return fmt.Errorf("keeping the public file: %w", err)
	}
	if err := staged.Keep(); err != nil {
		return fmt.Errorf("keeping the public file: %w", errors.Join(err, staged.Drop()))
	}
	rd.version.File, rd.version.Size, rd.pdf = staged.Hash, staged.Size, rd.Files.Path(staged.Hash)
	if err := rd.Store.KeepFile(ctx, rd.version); err != nil {
		return fmt.Errorf("keeping the public file: %w", err)
	}
	return nil
}

// lookInto checks the public file and keeps its text, side by side, for neither needs the other. Both
// only read the reading; what they bring is noted when they have ended.
func (rd *reading) lookInto(ctx context.Context) error {
	var list []papers.Finding
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		list, err = rd.look(ctx)
		return err
	})
	group.Go(func() error { return rd.keepText(ctx) })
	err := group.Wait()
	rd.found(list...) // also of a file whose text cannot be read
	if err == nil {
		rd.version.Checked, rd.version.PagesRead = rd.version.File, rd.version.Pages
	}
	return err
}

// look checks the very bytes that the public gets.
func (rd *reading) look(ctx context.Context) ([]papers.Finding, error) {
	about, err := rd.about(ctx)
	if err != nil {
		return nil, err
	}
	list, err := rd.checker().Look(ctx, rd.pdf, about)
	if err != nil {
		return nil, fmt.Errorf("checking the public file: %w", err)
	}
	if len(rd.version.Scans) > 0 { // recognise said what there is to say of pictures of pages
		list = slices.DeleteFunc(list, func(f papers.Finding) bool { return f.Code == "no_text" || f.Code == "some_no_text" })
	}
	return list, nil
}

func (rd *reading) checker() *preflight.Checker { return &preflight.Checker{Tools: rd.Tools} }

func (rd *reading) about(ctx context.Context) (preflight.About, error) {
	site, err := rd.Store.Site(ctx)
	if err != nil {
		return preflight.About{}, fmt.Errorf("reading the contacts of the site: %w", err)
	}
	return preflight.About{Title: rd.paper.Title, FileName: rd.version.FileName, Official: []string{site.Contact, site.Phone, site.Address}}, nil
}
