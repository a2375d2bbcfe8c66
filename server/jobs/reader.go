package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"clearday/papers"
	"clearday/papers/pdf"
	"clearday/server/blob"
)

// Reader reads uploads, step by step (read.go), after which the version is ready, or blocked with what
// was found. Two uploads are read at once, so that one that takes minutes
// does not hold up every other desk.
type Reader struct {
	Works Store
	Store papers.Store
	Files *blob.Dir
	Tools *pdf.Tools
	Log   *slog.Logger
	Wake  chan struct{} // a buffered channel of 1: something was uploaded
}

const (
	takers    = 2
	lease     = time.Minute
	lookEvery = 2 * time.Second // for what another program's upload left, and for retries
	maxTries  = 8
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
