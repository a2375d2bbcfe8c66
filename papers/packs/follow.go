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
	"strconv"
	"strings"
	"time"

	"clearday/papers"
)

const (
	actsAtOnce  = 1000
	usualQuiet  = 2 * time.Second
	longestWait = 30 * time.Second // a meeting that is worked on without pause gets its pack all the same
	firstPause  = 100 * time.Millisecond

	// Packs of meetings longer ago than this are made when somebody asks, so that an archive does not take
	// twice its room.
	recent = 60 * 24 * time.Hour
)

// follow reads acts in order of number, and after each group has the packs of the meetings that it concerns
// made again. The position is kept beside the packs once nothing waits: after a crash the same acts are
// followed again, and wiping the directory makes all packs again.
func (p *Packs) follow(ctx context.Context) {
	pause := firstPause
	for ctx.Err() == nil {
		err := p.followOn(ctx)
		if ctx.Err() != nil {
			return
		}
		p.Log.Error("following acts for packs", slog.Any("err", err), slog.Duration("again_in", pause))
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, longestWait)
	}
}

func (p *Packs) followOn(ctx context.Context) error {
	seen, err := p.position(ctx)
	if err != nil {
		return err
	}
	touched := map[string]bool{}
	var first, last time.Time // when the acts that were not dealt with yet were read, by the real clock: it is a pause, not a date
	for {
		acts, err := p.Store.Acts(ctx, seen, actsAtOnce)
		if err != nil {
			return fmt.Errorf("reading acts after %d: %w", seen, err)
		}
		if len(acts) > 0 {
			seen, last = acts[len(acts)-1].Number, time.Now()
			if len(touched) == 0 {
				first = last
			}
			if err := p.touch(ctx, acts, touched); err != nil {
				return err
			}
			continue
		}
		quiet := p.Quiet
		if quiet == 0 {
			quiet = usualQuiet
		}
		if now := time.Now(); len(touched) > 0 && (now.Sub(last) >= quiet || now.Sub(first) >= longestWait) {
			for _, m := range sorted(touched) {
				if err := p.renew(ctx, m); err != nil {
					return err
				}
			}
			clear(touched)
		}
		if len(touched) == 0 {
			if err := p.keepPosition(seen); err != nil {
				return err
			}
		}
		if _, err := p.Store.AwaitAct(ctx, seen); err != nil {
			return fmt.Errorf("waiting for an act: %w", err)
		}
	}
}

func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for m := range set {
		list = append(list, m)
	}
	slices.Sort(list)
	return list
}

// touch notes the meetings whose packs the acts may have changed, and takes off the disk at once what the
// record does not stand behind any more.
func (p *Packs) touch(ctx context.Context, acts []papers.Act, touched map[string]bool) error {
	now := map[string]bool{}
	for _, a := range acts {
		switch a.Kind {
		case papers.ActRoomChanged, papers.ActContributionTaken, papers.ActContributionMoved, papers.ActSupportCounted, papers.ActChatPosted, papers.ActChatRemoved:
			continue
		}
		if a.Meeting != "" {
			now[a.Meeting] = true
		}
	}
	for _, m := range sorted(now) {
		touched[m] = true
		if _, err := p.current(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// current gives the packs of a meeting as the record has them, and removes all others.
func (p *Packs) current(ctx context.Context, meeting string) ([]order, error) {
	var orders []order
	var keys []string
	wanted := []Which{{Meeting: meeting}}
	for i := 0; i < len(wanted); i++ {
		w := wanted[i]
		pack, err := p.plan(ctx, papers.Public, w)
		if errors.Is(err, papers.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("planning the pack of %s: %w", meeting, err)
		}
		key, err := keyOf(pack.Pack)
		if err != nil {
			return nil, err
		}
		orders, keys = append(orders, order{w, key, pack.Pack}), append(keys, key)
		if w.Supplement == 0 {
			for _, n := range pack.supplements {
				wanted = append(wanted, Which{Meeting: meeting, Supplement: n})
			}
		}
	}
	_, err := p.Forget(meeting, keys...)
	return orders, err
}

// renew makes the packs of a meeting that are not there, unless it is long over.
func (p *Packs) renew(ctx context.Context, meeting string) error {
	orders, err := p.current(ctx, meeting)
	if err != nil {
		return err
	}
	m, err := p.Store.Meeting(ctx, papers.Insider, meeting)
	if errors.Is(err, papers.ErrNotFound) || err == nil && m.EndsAt.Add(recent).Before(p.Now()) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, o := range orders {
		if err := p.make(ctx, o); err != nil && ctx.Err() == nil {
			p.Log.Error("making a pack", slog.String("meeting", meeting), slog.Any("err", err)) // it is tried again when asked for
		}
	}
	return nil
}

// position reads how far the acts were followed. One ahead of the record is of another record (an older
// backup was restored): all packs go.
func (p *Packs) position(ctx context.Context) (int64, error) {
	text, err := os.ReadFile(filepath.Join(p.Dir, "position"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("reading the position of packs: %w", err)
	}
	at, _ := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64) // what is no number is the beginning
	last, err := p.Store.LastAct(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the last act: %w", err)
	}
	if at <= last {
		return at, nil
	}
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		return 0, fmt.Errorf("looking through packs: %w", err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(p.Dir, e.Name())); err != nil {
			return 0, fmt.Errorf("removing packs of another record: %w", err)
		}
	}
	return 0, nil
}

func (p *Packs) keepPosition(at int64) error {
	path := filepath.Join(p.Dir, "position")
	if text, err := os.ReadFile(path); err == nil && string(text) == strconv.FormatInt(at, 10) {
		return nil
	}
	if err := os.WriteFile(path+".new", []byte(strconv.FormatInt(at, 10)), 0o600); err != nil {
		return fmt.Errorf("keeping the position of packs: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("keeping the position of packs: %w", err)
	}
	return nil
}
