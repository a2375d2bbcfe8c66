package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"

	"clearday/papers"
)

// reading is one version on its way from the upload to ready or blocked.
type reading struct {
	*Reader
	work    Work
	paper   papers.Paper
	version papers.Version // what the steps found so far; FinishReading writes it
	pdf     string         // path of the PDF that the next step works on: the original, or what became of it
	dir     string         // for files on the way, removed at the end; "" until it is needed
}

// steps run in this order. Each may be done again from its start, whatever a kill in the middle left,
// and ends in the same bytes. A *papers.Unreadable of one blocks the version with its sentence;
// every other error is tried again later.
var steps = []func(*reading, context.Context) error{
	(*reading).convert,   // convert.go: an Office file becomes a PDF
	(*reading).recognise, // recognise.go: scanned pages get words
	(*reading).clean,     // clean.go: the public file
	(*reading).lookInto,  // the same: what must not be in it; beside it text.go: the words of each page
	(*reading).makeWeb,   // web.go: a document of headings and tables as a web page
}

// elsewhere ends a step that would hold up others: the work is done again, from its start, by those of this kind.
type elsewhere string

func (e elsewhere) Error() string { return "this is work of the kind " + string(e) }

func (r *Reader) read(ctx context.Context, w Work) error {
	ref, err := refOf(w.Subject)
	if err != nil {
		return err
	}
	found, err := r.Store.Find(ctx, papers.Insider, []papers.VersionRef{ref})
	if err != nil {
		return fmt.Errorf("finding the version: %w", err)
	}
	if len(found) == 0 || found[0].Version.State != papers.VersionChecking {
		return nil // removed meanwhile, or read already
	}
	rd := &reading{Reader: r, work: w, paper: found[0].Paper, version: found[0].Version, pdf: r.Files.Path(found[0].Version.Original)}
	defer rd.drop()
	rd.version.Findings = nil
	if _, err := os.Stat(rd.pdf); err != nil {
		return fmt.Errorf("looking for the file: %w", err) // ours to mend: the upload is not to blame
	}
	if err := rd.step(ctx); err != nil {
		return err
	}
	if err := r.Store.FinishReading(ctx, rd.version); err != nil {
		return fmt.Errorf("finishing: %w", err)
	}
	return nil
}

// step does the steps until the last one, or the one that finds the file unreadable.
func (rd *reading) step(ctx context.Context) error {
	for _, do := range steps {
		err := do(rd, ctx)
		if sentence := unreadable(err); sentence != "" {
			rd.found(papers.Finding{Code: "unreadable", Message: sentence, Blocks: true})
			break
		}
		if err != nil {
			return err
		}
	}
	rd.version.State = papers.VersionReady
	if rd.blocked() {
		rd.version.State = papers.VersionBlocked
	}
	return nil
}

// unreadable gives the sentence of an error of the file's, or "".
func unreadable(err error) string {
	var bad *papers.Unreadable
	if errors.As(err, &bad) {
		return bad.Sentence
	}
	return ""
}

// scratch is where files on the way lie.
func (rd *reading) scratch() (dir string, err error) {
	if rd.dir == "" {
		rd.dir, err = rd.Files.Scratch()
	}
	return rd.dir, err
}

// drop removes the files on the way.
func (rd *reading) drop() {
	if rd.dir == "" {
		return
	}
	if err := os.RemoveAll(rd.dir); err != nil {
		rd.Log.Warn("removing files that were on the way", slog.Any("err", err))
	}
}

func (rd *reading) found(f ...papers.Finding) {
	rd.version.Findings = append(rd.version.Findings, f...)
}

func refOf(subject string) (papers.VersionRef, error) {
	paper, n, ok := strings.Cut(subject, "/")
	v, err := strconv.Atoi(n)
	if !ok || err != nil {
		return papers.VersionRef{}, fmt.Errorf("the work names no version: %q", subject)
	}
	return papers.VersionRef{Paper: paper, N: v}, nil
}
