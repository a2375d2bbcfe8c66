package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/blevesearch/bleve/v2/util"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// verify looks at an index before scorch opens it: that its root can be read, and that every
// segment file that the newest snapshot names is whole. Scorch itself falls back to an older or
// an empty snapshot without saying so, and maps files unseen, so that a torn one would end the
// program later. Files that no snapshot names are what a kill left behind; scorch removes them.
func verify(dir string) error {
	root := filepath.Join(dir, "root.bolt")
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) {
		if left, err := filepath.Glob(filepath.Join(dir, "*.zap")); err != nil || len(left) > 0 {
			return errors.New("the search index has lost its root")
		}
		return nil
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // bolt reads a mapped file
	db, err := bbolt.Open(root, 0o600, &bbolt.Options{Timeout: lockWait})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return ErrInUse
	}
	if err != nil {
		return fmt.Errorf("opening the root of the search index: %w", err)
	}
	defer func() { _ = db.Close() }()
	info, err := os.Stat(root)
	if err != nil {
		return fmt.Errorf("checking the search index: %w", err)
	}
	probe := []byte("probe")
	err = db.Update(func(tx *bbolt.Tx) error { // that it can be written shows here, not in scorch's background
		if info.Size() < tx.Size() {
			return errors.New("the root of the search index is cut short")
		}
		if _, err := tx.CreateBucketIfNotExists(probe); err != nil {
			return err
		}
		return tx.DeleteBucket(probe)
	})
	if err != nil {
		return fmt.Errorf("trying the root of the search index: %w", err)
	}
	return db.View(func(tx *bbolt.Tx) error {
		snapshots := tx.Bucket(util.BoltSnapshotsBucket)
		if snapshots == nil {
			return nil // new and never written to
		}
		newest, _ := snapshots.Cursor().Last()
		if newest == nil {
			return nil
		}
		snapshot := snapshots.Bucket(newest)
		if snapshot == nil {
			return errors.New("the newest snapshot of the search index is damaged")
		}
		return snapshot.ForEachBucket(func(name []byte) error {
			file := snapshot.Bucket(name).Get(util.BoltPathKey)
			if file == nil {
				return nil // not a segment
			}
			return checksum(filepath.Join(dir, filepath.Base(string(file))))
		})
	})
}

// checksum compares the CRC-32 at the end of a segment file with what stands before it.
func checksum(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("checking the search index: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("checking the search index: %w", err)
	}
	if info.Size() < 8 {
		return errors.New("a file of the search index is cut short")
	}
	sum := crc32.NewIEEE()
	if _, err := io.CopyN(sum, f, info.Size()-4); err != nil {
		return fmt.Errorf("checking the search index: %w", err)
	}
	var want [4]byte
	if _, err := io.ReadFull(f, want[:]); err != nil {
		return fmt.Errorf("checking the search index: %w", err)
	}
	if sum.Sum32() != binary.BigEndian.Uint32(want[:]) || sum.Sum32() == 0 {
		return errors.New("a file of the search index is damaged")
	}
	return nil
}

// lockWait is how long Open waits for another program to let the index go.
const lockWait = 2 * time.Second
