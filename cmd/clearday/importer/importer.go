// Package importer brings an archive of papers into the record: it reads the files of a folder, two at a time, guesses what each is
// (papers/archive), and commits them in groups, each to the meeting of its day. What a commit holds is in for good; what was not
// committed is found again by the next run, which begins from the start and passes over what is in.
package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"clearday/papers"
	"clearday/papers/archive"
	"clearday/papers/office"
	"clearday/papers/pdf"
	"clearday/papers/preflight"
	"clearday/server/blob"
	"clearday/server/store"
)

// Import is one run over a folder. Fill it, then Run it once.
type Import struct {
	Record *store.DB
	Files  *blob.Dir
	Tools  *pdf.Tools
	Office *office.Tools
	Board  papers.Board
	Site   papers.Site
	Dir    string
	Now    func() time.Time
	Log    *slog.Logger

	DryRun      bool   // guess, and write nothing
	AsPublished bool   // keep each PDF byte for byte, without the checks
	Skip        string // a file that is none of the archive, such as the report of the last run
	Progress    io.Writer

	report   *Report
	siblings archive.Siblings
	mu       sync.Mutex        // guards what follows, siblings and the rows of the report
	first    map[string]string // path of the file that has these bytes, by hash
	waiting  []*document       // doubtful ones, which the others may say more about
	held     int               // bytes of text that wait
}

// MostText is how many bytes of text one file may have: the output that a child may write for the import.
const MostText = 64 << 20

const (
	readers   = 2                      // files that are read at once: memory is bounded by their texts
	mostHeld  = 64 << 20               // bytes of text that wait for their siblings
	mostBytes = 1 << 30                // of one file
	groupSize = 64                     // files in one commit
	groupText = 4 << 20                // bytes of text after which a commit is full
	linger    = 500 * time.Millisecond // that a commit waits for more: search follows large ones with a fifth less work than small ones
)

// document is a file that was read.
type document struct {
	file
	row     *Row
	hash    string
	kind    office.Kind
	pdf     string // path of what was read: the file, or the PDF that was made of it
	scratch string // directory of that
	info    pdf.Info
	texts   []string
	guess   archive.Guess
	version papers.Version
}

func (d *document) size() (n int) {
	for _, t := range d.texts {
		n += len(t)
	}
	return n
}

// Run brings everything in, and reports on each file. When ctx ends it commits what was read and answers ctx's error
// beside the report.
func (im *Import) Run(ctx context.Context) (*Report, error) {
	files, err := im.walk()
	if err != nil {
		return nil, err
	}
	im.report, im.first = &Report{Board: im.Board.Slug, DryRun: im.DryRun, Rows: make([]Row, len(files))}, map[string]string{}
	for i, f := range files {
		im.report.Rows[i].File = f.path
	}
	done := make(chan struct{})
	var shown sync.WaitGroup
	shown.Go(func() { im.tell(done) })
	err = im.all(ctx, files)
	close(done)
	shown.Wait()
	return im.report, err
}

// all reads the files, then settles those that waited for what the others say.
func (im *Import) all(ctx context.Context, files []file) error {
	group, working := errgroup.WithContext(ctx)
	ready := make(chan *document, readers)
	group.Go(func() error { return im.write(context.WithoutCancel(ctx), ready) })
	group.Go(func() error {
		defer close(ready)
		err := im.each(working, len(files), func(i int) error { return im.take(working, files[i], &im.report.Rows[i], ready) })
		if err != nil {
			return err
		}
		waiting := im.waiting
		return im.each(working, len(waiting), func(i int) error {
			waiting[i].guess = im.siblings.Settle(waiting[i].guess)
			return im.pass(working, waiting[i], ready)
		})
	})
	err := group.Wait()
	for _, d := range im.waiting {
		err = errors.Join(err, d.drop())
	}
	return err
}

// each calls do for every index, by as many readers at once as there may be.
func (im *Import) each(ctx context.Context, n int, do func(i int) error) error {
	group, working := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i := range n {
		if working.Err() != nil {
			break
		}
		group.Go(func() error { return do(i) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// take reads a file and passes it on, or lets it wait when its date is doubtful.
func (im *Import) take(ctx context.Context, f file, row *Row, ready chan<- *document) error {
	d := &document{file: f, row: row}
	ok, err := im.read(ctx, d)
	if err != nil || !ok {
		return errors.Join(err, d.drop())
	}
	im.mu.Lock()
	im.siblings.Add(d.guess)
	wait := d.guess.Sure < archive.Likely && im.held+d.size() < mostHeld
	if wait {
		im.waiting, im.held = append(im.waiting, d), im.held+d.size()
	}
	im.mu.Unlock()
	if wait {
		return nil
	}
	return im.pass(ctx, d, ready)
}

// pass keeps the file of a document and hands it to the writer, unless it has no date or nothing is to be written.
func (im *Import) pass(ctx context.Context, d *document, ready chan<- *document) (err error) {
	defer func() { err = errors.Join(err, d.drop()) }()
	d.row.guessed(d)
	switch {
	case d.guess.Date.IsZero() || d.guess.Date.Year == 0:
		im.settle(d.row, NoDate, "No date was found in it. Write it into a file metadata.csv beside it, with the columns file and date, and run the import again.")
		return nil
	case im.DryRun:
		im.settle(d.row, Would, "")
		return nil
	}
	if err := im.keep(ctx, d); err != nil {
		return im.refused(d, err)
	}
	select {
	case ready <- d:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refused notes a file that is to blame for an error, and gives back every other error.
func (im *Import) refused(d *document, err error) error {
	var bad *papers.Unreadable
	if errors.As(err, &bad) {
		im.settle(d.row, Refused, bad.Sentence)
		return nil
	}
	return err
}

func (im *Import) settle(row *Row, o Outcome, reason string) {
	im.mu.Lock()
	defer im.mu.Unlock()
	row.Outcome, row.Reason = o, reason
}

// drop removes what was made on the way.
func (d *document) drop() error {
	if d.scratch == "" {
		return nil
	}
	dir := d.scratch
	d.scratch = ""
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("removing what was made on the way: %w", err)
	}
	return nil
}

func (im *Import) checker() *preflight.Checker { return &preflight.Checker{Tools: im.Tools} }
