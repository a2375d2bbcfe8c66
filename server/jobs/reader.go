package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"clearday/papers"
	"clearday/papers/office"
	"clearday/papers/pdf"
	"clearday/server/blob"
)

// Reader reads uploads, step by step (read.go), after which the version is ready, or blocked with what
// was found. Two uploads are read at once, and what takes minutes has takers of its own, so that nothing
// holds up every other desk. Where LibreOffice or OCRmyPDF is missing, a version says so.
type Reader struct {
	Works  Store
	Store  papers.Store
	Files  *blob.Dir
	Tools  *pdf.Tools
	Office *office.Tools
	Log    *slog.Logger

	uploaded bell
}

const (
	lease     = time.Minute
	lookEvery = 2 * time.Second // for what another program's upload left, and for retries
	maxTries  = 8
)

// takers is how many do works of each kind at once.
var takers = map[string]int{KindRead: 2, KindConvert: 1, KindRecognise: 1}

// Nudge tells the reader that there is something to read. It never blocks.
func (r *Reader) Nudge() { r.uploaded.ring() }

// Run reads what there is to read until ctx ends.
func (r *Reader) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for kind, n := range takers {
		for range n {
			all.Go(func() { r.takeTurns(ctx, kind) })
		}
	}
	all.Wait()
	return nil
}

func (r *Reader) takeTurns(ctx context.Context, kind string) {
	for ctx.Err() == nil {
		rung := r.uploaded.listen()
		w, ok, err := r.Works.TakeWork(ctx, kind, lease)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("looking for uploads to read", slog.Any("err", err))
		}
		if ok {
			r.do(ctx, w)
			continue
		}
		select {
		case <-ctx.Done():
		case <-rung:
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
	var to elsewhere
	if errors.As(err, &to) {
		if err = r.Works.MoveWork(ctx, w.ID, string(to)); err == nil {
			r.Nudge()
			return
		}
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
