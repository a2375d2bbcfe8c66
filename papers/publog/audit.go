package publog

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"clearday/papers"
)

// Fetch gives what a log serves at a path below its prefix.
type Fetch func(ctx context.Context, path string) ([]byte, error)

// maxDifferences bounds what an audit lists.
const maxDifferences = 100

// Audited is what an audit of a whole log found.
type Audited struct {
	Checkpoint  Checkpoint
	Signed      []byte // to be remembered for the next audit
	Seen        []Seen
	Entries     int64
	Differences []string // sentences; none when all is as it must be
}

func (a *Audited) differs(format string, args ...any) {
	if len(a.Differences) < maxDifferences {
		a.Differences = append(a.Differences, fmt.Sprintf(format, args...))
	}
}

// Audit reads a whole log from outside and checks every entry, every tile and every hash against its
// signed checkpoint, and that the log continues the checkpoint of an earlier audit (nil for none).
// Each entry that is well formed is handed to each, in order. It fails only when the log cannot be
// read; what is wrong with it is among the differences.
func Audit(ctx context.Context, get Fetch, earlier []byte, each func(papers.Act) error, log note.Verifier, witnesses ...note.Verifier) (Audited, error) {
	var a Audited
	var err error
	if a.Signed, err = get(ctx, "checkpoint"); err != nil {
		return a, fmt.Errorf("fetching the checkpoint: %w", err)
	}
	var n *note.Note
	if a.Checkpoint, n, err = Open(a.Signed, log, witnesses...); err != nil {
		a.differs("The checkpoint is not one of %s: %v.", log.Name(), err)
		return a, nil
	}
	a.Seen = SeenBy(n, witnesses...)
	var tree Memory
	if err := a.readEntries(ctx, get, &tree, each); err != nil {
		return a, err
	}
	if a.Entries < a.Checkpoint.Size {
		return a, nil // said already
	}
	if err := a.compareTiles(ctx, get, &tree); err != nil {
		return a, err
	}
	return a, a.compareRoots(&tree, earlier, log)
}

// readEntries fetches all entries, grows the tree of them, and hands them on.
func (a *Audited) readEntries(ctx context.Context, get Fetch, tree *Memory, each func(papers.Act) error) error {
	var before papers.Act
	for _, t := range tilesOf(a.Checkpoint.Size, 0, true) {
		data, err := get(ctx, t.Path())
		if err != nil {
			return fmt.Errorf("fetching %s: %w", t.Path(), err)
		}
		entries, err := Unbundle(data)
		if err != nil || len(entries) != t.Width {
			a.differs("%s holds %d entries and must hold %d.", t.Path(), len(entries), t.Width)
			return nil
		}
		for _, e := range entries {
			if err := tree.Add(e); err != nil {
				return err
			}
			a.Entries++
			act, err := ParseEntry(e)
			switch {
			case err != nil:
				a.differs("Entry %d cannot be read: %v.", a.Entries, err)
				continue
			case act.Number != a.Entries:
				a.differs("Entry %d calls itself %d.", a.Entries, act.Number)
			case act.At.Before(before.At):
				a.differs("Entry %d is of an earlier time (%s) than the one before it (%s).", a.Entries, act.At.Format(moment), before.At.Format(moment))
			}
			before = act
			if err := each(act); err != nil {
				return err
			}
		}
	}
	return nil
}

// compareTiles fetches all tiles of hashes and compares them with the tree of the entries.
func (a *Audited) compareTiles(ctx context.Context, get Fetch, tree *Memory) error {
	for level := 0; a.Checkpoint.Size>>(tileHeight*level) > 0; level++ {
		for _, t := range tilesOf(a.Checkpoint.Size, level, false) {
			got, err := get(ctx, t.Path())
			if err != nil {
				return fmt.Errorf("fetching %s: %w", t.Path(), err)
			}
			want, err := t.Hashes(tree)
			if err != nil {
				return err
			}
			if !bytes.Equal(got, want) {
				a.differs("%s does not hold the hashes of the entries.", t.Path())
			}
		}
	}
	return nil
}

// compareRoots compares the tree with what was signed now and what was signed before.
func (a *Audited) compareRoots(tree *Memory, earlier []byte, log note.Verifier) error {
	root, err := RootAt(a.Checkpoint.Size, tree)
	if err != nil {
		return err
	}
	if root != a.Checkpoint.Root {
		a.differs("The entries are not those of the signed checkpoint: their root is %s, it signs %s.", root, a.Checkpoint.Root)
	}
	if earlier == nil {
		return nil
	}
	old, _, err := Open(earlier, log)
	if err != nil {
		return fmt.Errorf("reading the checkpoint of the last audit: %w", err)
	}
	if old.Size > a.Checkpoint.Size {
		a.differs("The log has shrunk: it had %d entries at the last audit and has %d now.", old.Size, a.Checkpoint.Size)
		return nil
	}
	then, err := RootAt(old.Size, tree)
	if err != nil {
		return err
	}
	if then != old.Root {
		a.differs("The first %d entries are not those of the last audit: the past was changed.", old.Size)
	}
	return nil
}

// Memory is a tree in memory. The zero value is empty; it is not safe for concurrent use.
type Memory struct {
	size   int64
	hashes []tlog.Hash
}

// Add puts an entry at the end.
func (m *Memory) Add(entry []byte) error {
	hashes, err := Grow(m.size, entry, m)
	if err != nil {
		return err
	}
	m.hashes = append(m.hashes, hashes...)
	m.size++
	return nil
}

// Size is the number of entries.
func (m *Memory) Size() int64 { return m.size }

// ReadHashes implements tlog.HashReader.
func (m *Memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(m.hashes)) {
			return nil, errors.New("the tree does not have that hash")
		}
		out[i] = m.hashes[x]
	}
	return out, nil
}
