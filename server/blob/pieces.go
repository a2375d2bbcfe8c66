package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"clearday/papers"
)

// This file keeps files that come in pieces, under names of their own, until they are whole. How many
// bytes count is for the record to say; what lies behind them is written over.

const piecesPrefix = "upload-"

// Begin makes the empty file of an upload. Its name is durable when it returns.
func (d *Dir) Begin(id string) error {
	f, err := os.OpenFile(d.pieces(id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("beginning an upload: %w", roomOr(err))
	}
	if err := errors.Join(f.Close(), syncDir(filepath.Join(d.root, "tmp"))); err != nil {
		return fmt.Errorf("beginning an upload: %w", err)
	}
	return nil
}

// Write puts a piece at its place. When it returns the bytes are on disk and may be counted.
func (d *Dir) Write(id string, at int64, piece []byte) error {
	f, err := os.OpenFile(d.pieces(id), os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return papers.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("opening an upload: %w", err)
	}
	_, err = f.WriteAt(piece, at)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing a piece: %w", roomOr(err))
	}
	return nil
}

// Gather makes the pieces one staged file of this size. It stays where it is when it is kept or dropped:
// the upload may be asked for again until Forget.
func (d *Dir) Gather(id string, size int64) (*Staged, error) {
	f, err := os.Open(d.pieces(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, papers.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("opening an upload: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(f, size))
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("reading an upload: %w", err)
	}
	return &Staged{Hash: hex.EncodeToString(sum.Sum(nil)), Size: size, Path: f.Name(), dir: d, stays: true}, nil
}

// Hold lets a staged file wait under the name of an upload.
func (s *Staged) Hold(id string) error {
	if err := os.Rename(s.Path, s.dir.pieces(id)); err != nil {
		return fmt.Errorf("holding a file: %w", err)
	}
	if err := syncDir(filepath.Join(s.dir.root, "tmp")); err != nil {
		return fmt.Errorf("holding a file: %w", err)
	}
	return nil
}

// Forget removes what is there of an upload.
func (d *Dir) Forget(id string) error {
	err := os.Remove(d.pieces(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Begun lists the uploads of which something is there that was last written before the moment.
func (d *Dir) Begun(before time.Time) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(d.root, "tmp"))
	var ids []string
	for _, e := range entries {
		id, ours := strings.CutPrefix(e.Name(), piecesPrefix)
		if info, err := e.Info(); ours && err == nil && info.ModTime().Before(before) {
			ids = append(ids, id)
		}
	}
	return ids, err
}

func (d *Dir) pieces(id string) string {
	return filepath.Join(d.root, "tmp", piecesPrefix+filepath.Base(filepath.Clean("/"+id)))
}

// roomOr says a full disk in a sentence for people.
func roomOr(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return papers.Errorf(papers.CodeNoRoom, "The server’s disk is full. What has arrived is kept. Tell whoever runs this site, then try again.")
	}
	return err
}
