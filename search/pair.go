package search

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Pair is an engine that several machines share, and this machine's own to answer while the shared one is
// lost or not in step. It answers as Main while it can; what walks through everything, and what else an
// Engine does, is the embedded engine's. Each of the two has a Follower.
type Pair struct {
	Engine            // this machine's own
	Main       Engine // the shared one
	OwnFollow  *Follower
	MainFollow *Follower
	Now        func() time.Time
	Log        *slog.Logger

	mu    sync.Mutex
	until time.Time // the shared engine is not asked before
	since time.Time // when it was lost, or fell behind; zero while it answers
}

const (
	// askAgain is how long a lost engine is left alone, so that only one search in a while waits for it.
	askAgain = 10 * time.Second
	// catchingUp is how long an engine may be behind before that is worth a word.
	catchingUp = 10 * time.Second
)

// lostNote stands beside what this machine found instead.
const lostNote = "Our main search is away just now, so this machine’s own search answered. It finds the same papers."

// Search implements Engine.
func (p *Pair) Search(ctx context.Context, q Query) (Results, error) {
	if p.asks() {
		res, err := p.Main.Search(ctx, q)
		if err == nil {
			p.found()
			return res, nil
		}
		if ctx.Err() != nil {
			return Results{}, err
		}
		p.lost(err)
	}
	res, err := p.Engine.Search(ctx, q)
	if err == nil && p.Lost() {
		res.Notes = append(res.Notes, lostNote)
	}
	return res, err
}

// Lost tells that the shared engine is away, or has been behind for a while.
func (p *Pair) Lost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.until.IsZero() || !p.since.IsZero() && p.Now().Sub(p.since) > catchingUp
}

// Run asks the shared engine from time to time until ctx ends, so that its loss and its return are noticed
// also while nobody searches.
func (p *Pair) Run(ctx context.Context) error {
	look := time.NewTicker(askAgain)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
		if _, err := p.Search(ctx, Query{Limit: 1}); err != nil && ctx.Err() == nil {
			p.Log.Error("trying the search engines", slog.Any("err", err))
		}
	}
}

// asks tells whether the shared engine is to be asked: it was not lost just now, and holds all that this
// machine's own holds.
func (p *Pair) asks() bool {
	behind := p.MainFollow.Seen() < p.OwnFollow.Seen()
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Now()
	if behind && p.since.IsZero() {
		p.since = now
	}
	return !behind && !now.Before(p.until)
}

func (p *Pair) found() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.until.IsZero() {
		p.Log.Info("the shared search engine is back")
	}
	p.until, p.since = time.Time{}, time.Time{}
}

func (p *Pair) lost(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Now()
	if p.until.IsZero() {
		p.Log.Error("the shared search engine is lost, this machine’s own answers", slog.Any("err", err))
	}
	p.until = now.Add(askAgain)
	if p.since.IsZero() {
		p.since = now
	}
}
