package blob

import (
	"fmt"
	"os"
	"path/filepath"
)

// Scratch makes a directory for files that are on the way to become kept ones. The caller removes it; Sweep
// removes what an interrupted program left.
func (d *Dir) Scratch() (string, error) {
	dir, err := filepath.Abs(filepath.Join(d.root, "tmp"))
	if err == nil {
		dir, err = os.MkdirTemp(dir, "put-")
	}
	if err != nil {
		return "", fmt.Errorf("making a directory for files on the way: %w", err)
	}
	return dir, nil
}
