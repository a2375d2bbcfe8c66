package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"clearday/papers"
	"clearday/papers/pdf"
)

// Reader reads uploads: the text of every page, kept with progress, after which the version is
// ready, or blocked with what was found. Two uploads are read at once, so that one that takes minutes
// does not hold up every other desk.
type Reader struct {
	Works Store
	Store papers.Store
	Path  func(hash string) string // where a file lies
	Tools *pdf.Tools
	Log   *slog.Logger
	Wake  chan struct{} // a buffered channel of 1: something was uploaded
}

const (
	takers    = 2
	lease     = time.Minute
	lookEvery = 2 * time.Second // for what another program's upload left, and for retries
	maxTries  = 8
	keepEvery = 25 // pages in one transaction
)

// Nudge tells the reader that there is something to read. It never blocks.
func (r *Reader) Nudge() {
	select {
	case r.Wake <- struct{}{}:
	default:
	}
}

// Run reads what there is to read until ctx ends.
func (r *Reader) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for range takers {
		all.Go(func() { r.takeTurns(ctx) })
	}
	all.Wait()
	return nil
}

func (r *Reader) takeTurns(ctx context.Context) {
	for ctx.Err() == nil {
		w, ok, err := r.Works.TakeWork(ctx, KindRead, lease)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("looking for uploads to read", slog.Any("err", err))
		}
		if ok {
			r.Nudge() // there may be more, for another taker
			r.do(ctx, w)
			continue
		}
		select {
		case <-ctx.Done():
		case <-r.Wake:
		case <-time.After(lookEvery):
		}
	}
}

// hold renews the lease until release is called: a file whose pages take longer than a lease must not
// be taken a second time.
func (r *Reader) hold(ctx context.Context, w Work) (release func()) {
	ctx, stop := context.WithCancel(ctx)
	var holding sync.WaitGroup
	holding.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(lease / 3):
			}
			if err := r.Works.KeepWork(ctx, w.ID, lease); err != nil && ctx.Err() == nil {
				r.Log.Warn("keeping a work", slog.String("work", w.ID), slog.Any("err", err))
			}
		}
	})
	return func() { stop(); holding.Wait() }
}

func (r *Reader) do(ctx context.Context, w Work) {
	release := r.hold(ctx, w)
	err := r.read(ctx, w)
	release()
	if ctx.Err() != nil {
		return // the lease lapses and the work is done again from its start
	}
	if err == nil || papers.CodeOf(err) == papers.CodeNotFound { // removed in the middle, or done by another program
		err = r.Works.FinishWork(ctx, w.ID)
	}
	if err == nil {
		return
	}
	r.Log.Error("reading an upload", slog.String("paper", w.Subject), slog.Int("try", w.Tries), slog.Any("err", err))
	after := min(time.Hour, time.Second<<min(w.Tries, 12))
	sentence := "The file could not be read yet. The program tries again by itself."
	if w.Tries >= maxTries {
		after, sentence = time.Hour, "The file could not be read after several tries. Upload it again, or tell the operator."
	}
	if err := r.Works.RetryWork(ctx, w.ID, after, sentence); err != nil && ctx.Err() == nil {
		r.Log.Error("giving back a work", slog.String("work", w.ID), slog.Any("err", err))
	}
}

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
	v := found[0].Version
	if _, err := os.Stat(r.Path(v.File)); err != nil {
		return fmt.Errorf("looking for the file: %w", err) // ours to mend: the upload is not to blame
	}
	words, err := r.keepText(ctx, w, v)
	var bad *pdf.Unreadable
	switch {
	case errors.As(err, &bad):
		v.State = papers.VersionBlocked
		v.Findings = []papers.Finding{{Code: "unreadable", Message: bad.Sentence, Blocks: true}}
	case err != nil:
		return err
	default:
		v.State, v.PagesRead = papers.VersionReady, v.Pages
		if words == 0 {
			v.Findings = []papers.Finding{{Code: "no_text", Message: "This file holds pictures of pages without text. People who use a screen reader cannot read it, and search cannot find its words. Publish a file made from the original document where there is one."}}
		}
	}
	if err := r.Store.FinishReading(ctx, v); err != nil {
		return fmt.Errorf("finishing: %w", err)
	}
	return nil
}

// keepText reads all pages and keeps them in small transactions, so that progress shows.
func (r *Reader) keepText(ctx context.Context, w Work, v papers.Version) (words int, err error) {
	var batch []string
	first := 1
	keep := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := r.Store.KeepPages(ctx, v.Ref(), first, batch); err != nil {
			return fmt.Errorf("keeping page text: %w", err)
		}
		first, batch = first+len(batch), nil
		return r.Works.KeepWork(ctx, w.ID, lease)
	}
	err = r.Tools.Text(ctx, r.Path(v.File), v.Pages, func(_ int, text string) error {
		words += len(strings.Fields(text))
		batch = append(batch, text)
		if len(batch) < keepEvery {
			return nil
		}
		return keep()
	})
	if err != nil {
		return words, err
	}
	return words, keep()
}

func refOf(subject string) (papers.VersionRef, error) {
	paper, n, ok := strings.Cut(subject, "/")
	v, err := strconv.Atoi(n)
	if !ok || err != nil {
		return papers.VersionRef{}, fmt.Errorf("the work names no version: %q", subject)
	}
	return papers.VersionRef{Paper: paper, N: v}, nil
}
