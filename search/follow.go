package search

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"clearday/papers"
)

// Source is what a Follower reads of the record.
type Source interface {
	Reader
	Acts(ctx context.Context, after int64, limit int) ([]papers.Act, error)
	LastAct(ctx context.Context) (int64, error)
	AwaitAct(ctx context.Context, after int64) (int64, error)
	Papers(ctx context.Context, a papers.Audience, f papers.PaperFilter) ([]papers.Paper, error)
	Paper(ctx context.Context, a papers.Audience, id string) (papers.Paper, error)
	Texts(ctx context.Context, ref papers.VersionRef) ([]string, error)
	Meetings(ctx context.Context, a papers.Audience, f papers.MeetingFilter) (list []papers.Meeting, next string, err error)
	// PublicNumbers are those of the contributions to a meeting whose words are public.
	PublicNumbers(ctx context.Context, meeting string) ([]string, error)
}

// Follower keeps an engine in step with the record by reading acts in order of number. It takes
// nothing from an act but which subjects to look at: their documents are derived from what the
// record shows to the public now, so that following twice, or from zero, ends the same.
type Follower struct {
	Engine Engine
	Store  Source
	Log    *slog.Logger

	seen  atomic.Int64 // last act followed, whether or not the engine had to be told
	last  atomic.Int64 // last act known of
	built atomic.Int64 // how far the acts under way are, in thousandths of an act
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

// aRebuild is how many acts behind an engine is not merely catching up.
const aRebuild = 200

// Built is how much of the record the engine has followed, in per cent: 100 unless it is far behind.
func (f *Follower) Built() int {
	last := f.last.Load()
	if last-f.seen.Load() < aRebuild {
		return 100
	}
	return int(min(99, (f.seen.Load()*1000+f.built.Load())/(last*10)))
}

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
	subjects, err := Subjects(ctx, f.Store, acts)
	if err != nil {
		return err
	}
	if len(subjects) > 0 {
		if err := f.update(ctx, subjects, end); err != nil {
			return err
		}
	}
	// Acts that concern no subject do not cost the engine a write: a restart looks at them again.
	f.seen.Store(end)
	f.built.Store(0)
	return nil
}

// update derives the subjects' documents again and applies them in batches, of which only the last
// moves the position: after a crash between two the same acts are followed again.
func (f *Follower) update(ctx context.Context, subjects []string, end int64) error {
	of, err := readOrganisations(ctx, f.Store)
	if err != nil {
		return err
	}
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
	acts := 1000 * (end - f.seen.Load())
	for i, subject := range subjects {
		docs, err := f.documents(ctx, of, subject)
		if err != nil {
			return fmt.Errorf("deriving the documents of %s: %w", subject, err)
		}
		b.Remove = append(b.Remove, subject)
		for _, d := range docs {
			if len(b.Put) >= batchPages || size > batchBytes {
				if err := flush(0); err != nil {
					return err
				}
			}
			b.Put = append(b.Put, d)
			size += len(d.Text)
		}
		f.built.Store(acts * int64(i+1) / int64(len(subjects)))
	}
	return flush(end)
}

// documents derives the documents of a subject from the record: none unless something is public now.
func (f *Follower) documents(ctx context.Context, of organisations, subject string) ([]Document, error) {
	e, err := f.entry(ctx, of, subject)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return e.Documents(), nil
}

func (f *Follower) entry(ctx context.Context, of organisations, subject string) (Entry, error) {
	id, ok := strings.CutPrefix(subject, ofPapers)
	if !ok {
		return readEntry(ctx, f.Store, of, subject)
	}
	p, err := f.Store.Paper(ctx, papers.Public, id)
	if err != nil {
		return Entry{}, err
	}
	v, _ := p.Current()
	found, err := f.Store.Find(ctx, papers.Public, []papers.VersionRef{{Paper: id, N: v.N}})
	if err != nil {
		return Entry{}, err
	}
	if len(found) == 0 {
		return Entry{}, papers.ErrNotFound
	}
	e, ok := paperEntry(found[0], of)
	if !ok {
		return Entry{}, papers.ErrNotFound
	}
	texts, err := f.Store.Texts(ctx, v.Ref())
	if err != nil && !absent(err) {
		return Entry{}, err
	}
	return e.pages(found[0].Version, texts), nil
}
