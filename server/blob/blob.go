// Package blob keeps files by the SHA-256 of their bytes. What it has acknowledged is on disk:
// the file under its final name and the directory entry are synced before Put returns, so that a
// record may refer to it.
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

	"clearday/papers"
)

// Dir is a store of files in a directory, two levels deep by the first hex digits.
type Dir struct {
	root string
}

// Open makes the directory if needed.
func Open(root string) (*Dir, error) {
	if err := os.MkdirAll(filepath.Join(root, "tmp"), 0o700); err != nil {
		return nil, fmt.Errorf("making the file store: %w", err)
	}
	return &Dir{root: root}, nil
}

// Sweep removes what interrupted Puts left behind. Only the serving program calls it, before it
// takes uploads.
func (d *Dir) Sweep() error {
	left, err := filepath.Glob(filepath.Join(d.root, "tmp", "put-*"))
	for _, f := range left {
		err = errors.Join(err, os.Remove(f))
	}
	return err
}

// Put writes the bytes of r and answers their SHA-256 (hex) and size. It is an Error of
// CodeTooLarge past max bytes. Nothing is left behind when it fails. The same bytes twice are one file.
func (d *Dir) Put(r io.Reader, max int64) (hash string, size int64, err error) {
	f, err := os.CreateTemp(filepath.Join(d.root, "tmp"), "put-")
	if err != nil {
		return "", 0, fmt.Errorf("making a temporary file: %w", err)
	}
	defer os.Remove(f.Name()) // gone already when it was renamed
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(r, max+1))
	if err == nil && size > max {
		err = papers.Errorf(papers.CodeTooLarge, "The file is larger than %d MB. Make it smaller, or split it, and upload it again.", max>>20)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", 0, fmt.Errorf("writing a file: %w", err)
	}
	hash = hex.EncodeToString(sum.Sum(nil))
	return hash, size, d.settle(f.Name(), hash)
}

// settle gives the file its final name and makes name and directories durable.
func (d *Dir) settle(tmp, hash string) error {
	path := d.path(hash)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making a directory for files: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("naming a file: %w", err)
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

// Path gives the file's path for child processes that read it.
func (d *Dir) Path(hash string) string { return d.path(hash) }

func (d *Dir) path(hash string) string {
	if len(hash) != 64 {
		return filepath.Join(d.root, "none")
	}
	return filepath.Join(d.root, hash[:2], hash[2:4], hash)
}
