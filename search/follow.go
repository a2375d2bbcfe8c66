package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"clearday/papers"
)

// Source is what a Follower reads of the record. papers.Store offers it.
type Source interface {
	Acts(ctx context.Context, after int64, limit int) ([]papers.Act, error)
	LastAct(ctx context.Context) (int64, error)
	AwaitAct(ctx context.Context, after int64) (int64, error)
	Papers(ctx context.Context, a papers.Audience, f papers.PaperFilter) ([]papers.Paper, error)
	Paper(ctx context.Context, a papers.Audience, id string) (papers.Paper, error)
	Find(ctx context.Context, a papers.Audience, refs []papers.VersionRef) ([]papers.Found, error)
	Texts(ctx context.Context, ref papers.VersionRef) ([]string, error)
}

// Follower keeps an engine in step with the record by reading acts in order of number. It takes
// nothing from an act but which papers to look at: their documents are derived from what the
// record shows to the public now, so that following twice, or from zero, ends the same.
type Follower struct {
	Engine Engine
	Store  Source
	Log    *slog.Logger

	seen atomic.Int64 // last act followed, whether or not the engine had to be told
	last atomic.Int64 // last act known of
}

const (
	actsAtOnce  = 1000 // acts read together
	batchPages  = 500  // documents in one batch; the position goes with the last batch
	batchBytes  = 8 << 20
	firstPause  = 100 * time.Millisecond
	longestWait = 30 * time.Second
)

// Behind tells how many acts the engine has still to follow.
func (f *Follower) Behind() int64 { return max(0, f.last.Load()-f.seen.Load()) }

// Seen is the number of the last act that the engine has followed.
func (f *Follower) Seen() int64 { return f.seen.Load() }

// Run follows until ctx ends, when it returns nil. What fails is logged and tried again with
// growing pauses, from the position that the engine really has.
func (f *Follower) Run(ctx context.Context) error {
	pause := firstPause
	for {
		before := f.seen.Load()
		err := f.follow(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if f.seen.Load() > before {
			pause = firstPause
		}
		f.Log.Error("following acts into the search engine", slog.Any("err", err), slog.Duration("again_in", pause))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, longestWait)
	}
}

// follow works from the engine's position until something fails.
func (f *Follower) follow(ctx context.Context) error {
	if err := f.begin(ctx); err != nil {
		return err
	}
	for {
		after := f.seen.Load()
		acts, err := f.Store.Acts(ctx, after, actsAtOnce)
		if err != nil {
			return fmt.Errorf("reading acts after %d: %w", after, err)
		}
		if len(acts) > 0 {
			if err := f.apply(ctx, acts); err != nil {
				return err
			}
			continue
		}
		last, err := f.Store.AwaitAct(ctx, after)
		if err != nil {
			return fmt.Errorf("waiting for an act: %w", err)
		}
		f.last.Store(max(last, after))
	}
}

// begin finds where the engine stands. An engine that is ahead of the record holds another
// record's matter (an older backup was restored) and is emptied.
func (f *Follower) begin(ctx context.Context) error {
	pos, err := f.Engine.Position(ctx)
	if err != nil {
		return fmt.Errorf("reading the engine's position: %w", err)
	}
	last, err := f.Store.LastAct(ctx)
	if err != nil {
		return fmt.Errorf("reading the last act: %w", err)
	}
	if pos > last {
		f.Log.Warn("the search index is ahead of the record: building it again", slog.Int64("index", pos), slog.Int64("record", last))
		if err := f.Engine.Apply(ctx, Batch{Clear: true}); err != nil {
			return fmt.Errorf("emptying the engine: %w", err)
		}
		pos = 0
	}
	f.seen.Store(pos)
	f.last.Store(last)
	return nil
}

func (f *Follower) apply(ctx context.Context, acts []papers.Act) error {
	end := acts[len(acts)-1].Number
	f.last.Store(max(f.last.Load(), end))
	ids, err := f.concerned(ctx, acts)
	if err != nil {
		return err
	}
	if len(ids) > 0 {
		if err := f.update(ctx, ids, end); err != nil {
			return err
		}
	}
	// Acts that concern no paper do not cost the engine a write: a restart looks at them again.
	f.seen.Store(end)
	return nil
}

// concerned gives the papers whose documents the acts may have changed, each once.
func (f *Follower) concerned(ctx context.Context, acts []papers.Act) ([]string, error) {
	var ids []string
	seen := map[string]bool{}
	add := func(key string) bool {
		if seen[key] {
			return false
		}
		seen[key] = true
		return true
	}
	for _, a := range acts {
		var of papers.PaperFilter
		switch a.Kind {
		case papers.ActPaperPublished, papers.ActPaperSuperseded, papers.ActPaperWithdrawn, papers.ActPaperChanged:
			rest, ok := strings.CutPrefix(a.Subject, "papers/")
			id, _, _ := strings.Cut(rest, "/")
			if ok && add(id) {
				ids = append(ids, id)
			}
			continue
		case papers.ActItemChanged, papers.ActItemRemoved, papers.ActItemReleased, papers.ActMeetingChanged:
			of.Meeting = a.Meeting
		case papers.ActBoardChanged:
			of.Board = a.Board
		}
		if of == (papers.PaperFilter{}) || !add("meeting "+of.Meeting+" board "+of.Board) {
			continue
		}
		of.Renditions = true
		list, err := f.Store.Papers(ctx, papers.Public, of)
		if err != nil {
			return nil, fmt.Errorf("reading the papers that act %d concerns: %w", a.Number, err)
		}
		for _, p := range list {
			if add(p.ID) {
				ids = append(ids, p.ID)
			}
		}
	}
	return ids, nil
}

// update derives the papers' documents again and applies them in batches, of which only the last
// moves the position: after a crash between two the same acts are followed again.
func (f *Follower) update(ctx context.Context, ids []string, end int64) error {
	var b Batch
	size := 0
	flush := func(position int64) error {
		b.Position = position
		if err := f.Engine.Apply(ctx, b); err != nil {
			return fmt.Errorf("applying acts up to %d: %w", end, err)
		}
		b, size = Batch{}, 0
		return nil
	}
	for _, id := range ids {
		docs, err := f.documents(ctx, id)
		if err != nil {
			return fmt.Errorf("deriving the documents of paper %s: %w", id, err)
		}
		b.Remove = append(b.Remove, id)
		for _, d := range docs {
			if len(b.Put) >= batchPages || size > batchBytes {
				if err := flush(0); err != nil {
					return err
				}
			}
			b.Put = append(b.Put, d)
			size += len(d.Text)
		}
	}
	return flush(end)
}

// documents derives the documents of a paper from the record: none unless a version is public now.
func (f *Follower) documents(ctx context.Context, id string) ([]Document, error) {
	p, err := f.Store.Paper(ctx, papers.Public, id)
	if errors.Is(err, papers.ErrNotFound) || papers.CodeOf(err) == papers.CodeGone {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v, ok := p.Current()
	if !ok || v.State != papers.VersionPublished || p.Private {
		return nil, nil
	}
	found, err := f.Store.Find(ctx, papers.Public, []papers.VersionRef{{Paper: id, N: v.N}})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, nil
	}
	texts, err := f.Store.Texts(ctx, papers.VersionRef{Paper: id, N: v.N})
	if err != nil && papers.CodeOf(err) != papers.CodeNotFound {
		return nil, err
	}
	return Documents(found[0], texts), nil
}

// Documents makes the documents of a version of the texts of its pages. A version without text
// still has its first page, so that its title finds it.
func Documents(fd papers.Found, texts []string) []Document {
	if len(texts) == 0 {
		texts = []string{""}
	}
	docs := make([]Document, len(texts))
	for i, text := range texts {
		docs[i] = Document{
			Paper: fd.Paper.ID, Version: fd.Version.N, Page: i + 1, Kind: KindOf(fd.Paper.Title), Title: fd.Paper.Title,
			Board: fd.Meeting.Board, Date: fd.Meeting.Date(), Text: Prepare(text),
		}
	}
	return docs
}
