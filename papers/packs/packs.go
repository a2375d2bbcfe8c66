// Package packs keeps the combined PDFs of meetings: it follows acts, makes a pack in the background after
// what it holds has changed, and keeps it as a file that may be wiped at any time.
//
// A pack is known by all that it holds, as the record says it at the moment of asking. So a file is only
// ever given out while the record still says the very same: what was withdrawn a moment ago is in no pack
// that anybody gets, whether or not the new one is made.
package packs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"clearday/papers"
	"clearday/papers/pdf"
)

// Source is what Packs reads of the record. papers.Store offers it.
type Source interface {
	Acts(ctx context.Context, after int64, limit int) ([]papers.Act, error)
	LastAct(ctx context.Context) (int64, error)
	AwaitAct(ctx context.Context, after int64) (int64, error)
	Site(ctx context.Context) (papers.Site, error)
	Meeting(ctx context.Context, a papers.Audience, slug string) (papers.Meeting, error)
	Items(ctx context.Context, a papers.Audience, meeting string) ([]papers.Item, error)
	Papers(ctx context.Context, a papers.Audience, f papers.PaperFilter) ([]papers.Paper, error)
	Paper(ctx context.Context, a papers.Audience, id string) (papers.Paper, error)
	PackRanges(ctx context.Context, meeting string, series papers.Series) ([]papers.PackRange, error)
	NumberPack(ctx context.Context, meeting string, series papers.Series) error
}

// Packs makes and keeps the packs of all meetings.
type Packs struct {
	Store   Source
	Tools   *pdf.Tools
	Path    func(hash string) string // where the file of a version is
	Dir     string                   // for the packs, their own
	Address string                   // of the site, without a slash at the end
	Now     func() time.Time
	Log     *slog.Logger
	Max     int64         // bytes that all packs may take on the disk; 10 GiB when 0
	Quiet   time.Duration // how long nothing may happen to a meeting before its pack is made; 2 seconds when 0

	building sync.Mutex // one pack at a time: what is left of a small machine is for its readers

	mu     sync.Mutex
	making map[string]*job // by key: those that are waited for
	orders chan order
	once   sync.Once
}

// order is a pack to be made.
type order struct {
	which Which
	key   string
	pack  pdf.Pack
}

// job is a pack that is being made or waits for it.
type job struct {
	meeting string
	dropped bool // the record does not stand behind it any more
}

// Pack is where a pack stands for one audience at this moment.
type Pack struct {
	Key         string // of what it holds
	Name        string // what its front sheet calls it
	First, Last int    // page numbers
	Supplements []int  // numbers of the supplements in it
	File        string // empty until it is made
	Size        int64

	order order
}

// Find tells where a pack stands. It is papers.ErrNotFound when there is nothing in it for the audience.
func (p *Packs) Find(ctx context.Context, a papers.Audience, w Which) (Pack, error) {
	pack, err := p.plan(ctx, a, w)
	if err != nil {
		return Pack{}, err
	}
	key, err := keyOf(pack.Pack)
	if err != nil {
		return Pack{}, err
	}
	found := Pack{Key: key, Name: pack.Name, First: pack.first, Last: pack.last, Supplements: pack.supplements,
		order: order{w, key, pack.Pack}}
	path := p.file(w.Meeting, key)
	info, err := os.Stat(path)
	if err == nil {
		found.File, found.Size = path, info.Size()
		if time.Since(info.ModTime()) > time.Hour {
			_ = os.Chtimes(path, time.Time{}, time.Now()) // it was asked for: prune takes others first
		}
		return found, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return Pack{}, fmt.Errorf("looking for a pack: %w", err)
	}
	return found, nil
}

// Begin has a pack made that is not there, unless it was asked for already. When many are waiting it is
// left to be asked again.
func (p *Packs) Begin(found Pack) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := found.order
	if p.making[o.key] != nil {
		return
	}
	select {
	case p.queue() <- o:
		if p.making == nil {
			p.making = map[string]*job{}
		}
		p.making[o.key] = &job{meeting: o.which.Meeting}
	default:
	}
}

func (p *Packs) queue() chan order {
	p.once.Do(func() { p.orders = make(chan order, 100) })
	return p.orders
}

// Run follows acts and makes packs until ctx ends, when it returns nil.
func (p *Packs) Run(ctx context.Context) error {
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return fmt.Errorf("making the directory of packs: %w", err)
	}
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		p.follow(ctx)
	}()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case o := <-p.queue():
			if err := p.make(ctx, o); err != nil && ctx.Err() == nil {
				p.Log.Error("making a pack", slog.String("meeting", o.which.Meeting), slog.Any("err", err))
			}
			p.mu.Lock()
			delete(p.making, o.key)
			p.mu.Unlock()
		}
	}
	<-followed
	return nil
}

// make makes a pack under a temporary name and gives it its own when it is whole and on disk. What it holds
// may be taken back meanwhile: then it is not kept.
func (p *Packs) make(ctx context.Context, o order) error {
	p.building.Lock()
	defer p.building.Unlock()
	path := p.file(o.which.Meeting, o.key)
	if _, err := os.Stat(path); err == nil || p.dropped(o.key) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making a directory: %w", err)
	}
	tmp := path + ".making"
	start := time.Now()
	facts, err := p.Tools.MakePack(ctx, tmp, o.pack)
	if err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := p.keep(o.key, tmp, path); err != nil {
		return err
	}
	if err := p.prune(path); err != nil {
		return err
	}
	p.Log.Info("made a pack", slog.String("meeting", o.which.Meeting), slog.Int("pages", facts.Sheets),
		slog.Int("unreadable", len(facts.Unreadable)), slog.Duration("took", time.Since(start)))
	return nil
}

func (p *Packs) dropped(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.making[key]
	return j != nil && j.dropped
}

// keep names a pack, unless it was dropped while it was made.
func (p *Packs) keep(key, tmp, path string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if j := p.making[key]; j != nil && j.dropped {
		return os.Remove(tmp)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("naming a pack: %w", err)
	}
	return nil
}

// file is where the pack of a key is kept.
func (p *Packs) file(meeting, key string) string { return filepath.Join(p.Dir, meeting, key+".pdf") }

// Forget removes the packs of a meeting but those whose keys it is told to keep, and drops those that are
// being made. They were given to nobody any more; this takes them off the disk. It tells how many that were.
func (p *Packs) Forget(meeting string, keep ...string) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, j := range p.making {
		if j.meeting == meeting && !slices.Contains(keep, key) {
			j.dropped = true
		}
	}
	entries, err := os.ReadDir(filepath.Join(p.Dir, meeting))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("looking through packs: %w", err)
	}
	n := 0
	for _, e := range entries {
		key, whole := strings.CutSuffix(e.Name(), ".pdf")
		if !whole || slices.Contains(keep, key) { // what is being made goes when it is done
			continue
		}
		if err := os.Remove(filepath.Join(p.Dir, meeting, e.Name())); err != nil {
			return n, fmt.Errorf("removing a pack: %w", err)
		}
		n++
	}
	return n, nil
}
