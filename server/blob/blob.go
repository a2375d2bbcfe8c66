// Package blob keeps files by the SHA-256 of their bytes. What it has acknowledged is on disk:
// the file under its final name and the directory entry are synced before Keep returns, so that
// a record may refer to it.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"clearday/papers"
)

// Dir is a store of files in a directory, two levels deep by the first hex digits.
type Dir struct {
	root string
}

// Open makes the directory if needed, and makes its own name durable.
func Open(root string) (*Dir, error) {
	if err := os.MkdirAll(filepath.Join(root, "tmp"), 0o700); err != nil {
		return nil, fmt.Errorf("making the file store: %w", err)
	}
	if err := syncDir(filepath.Dir(filepath.Clean(root))); err != nil {
		return nil, fmt.Errorf("making the file store: %w", err)
	}
	return &Dir{root: root}, nil
}

// Sweep removes what interrupted uploads left behind. Only the serving program calls it, before it
// takes uploads.
func (d *Dir) Sweep() error {
	left, err := filepath.Glob(filepath.Join(d.root, "tmp", "put-*"))
	for _, f := range left {
		err = errors.Join(err, os.RemoveAll(f))
	}
	return err
}

// Staged is a file that is on disk under a temporary name, to be looked at before it is kept.
type Staged struct {
	Hash string // SHA-256, hex
	Size int64
	Path string // of the temporary file

	dir   *Dir
	stays bool // the temporary file is Forget's to remove
}

// Stage writes the bytes of r to a synced temporary file. It is an Error of CodeTooLarge past max
// bytes. The caller must Keep or Drop it; nothing is left behind when Stage fails.
func (d *Dir) Stage(r io.Reader, max int64) (*Staged, error) {
	f, err := os.CreateTemp(filepath.Join(d.root, "tmp"), "put-")
	if err != nil {
		return nil, fmt.Errorf("making a temporary file: %w", err)
	}
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(r, max+1))
	if err == nil && size > max {
		err = papers.Errorf(papers.CodeTooLarge, "The file is larger than %d MB. Make it smaller, or split it, and upload it again.", max>>20)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("writing a file: %w", errors.Join(roomOr(err), os.Remove(f.Name())))
	}
	return &Staged{Hash: hex.EncodeToString(sum.Sum(nil)), Size: size, Path: f.Name(), dir: d}, nil
}

// Drop removes the temporary file. After Keep it does nothing.
func (s *Staged) Drop() error {
	if s.stays {
		return nil
	}
	err := os.Remove(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Keep gives the file its final name. When it returns, name and bytes are durable and the record
// may refer to them. The same bytes twice are one file.
func (s *Staged) Keep() error {
	name := os.Rename
	if s.stays {
		name = linkOnce
	}
	return s.dir.settle(s.Path, s.Hash, name)
}

// linkOnce gives a file a second name, unless the same bytes have it already.
func linkOnce(from, to string) error {
	if err := os.Link(from, to); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// settle gives the file its final name and makes name and directories durable.
func (d *Dir) settle(tmp, hash string, name func(from, to string) error) error {
	path := d.path(hash)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making a directory for files: %w", roomOr(err))
	}
	if err := name(tmp, path); err != nil {
		return fmt.Errorf("naming a file: %w", roomOr(err))
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if err := syncDir(dir); err != nil {
			return fmt.Errorf("syncing a directory: %w", err)
		}
		if dir == filepath.Clean(d.root) {
			return nil
		}
	}
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open opens a file by its hash. papers.ErrNotFound when it is not there.
func (d *Dir) Open(_ context.Context, hash string) (*os.File, error) {
	f, err := os.Open(d.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, papers.ErrNotFound
	}
	return f, err
}

// Remove deletes the bytes of a hash for good. What is not there is no error.
func (d *Dir) Remove(hash string) error {
	path := d.path(hash)
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, syncDir(filepath.Dir(path)))
}

// Path gives the file's path for child processes that read it.
func (d *Dir) Path(hash string) string { return d.path(hash) }

// path is where the bytes of a hash lie. What is no hash lies nowhere.
func (d *Dir) path(hash string) string {
	if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return filepath.Join(d.root, "none")
	}
	return filepath.Join(d.root, hash[:2], hash[2:4], hash)
}
