package packs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// usualMax bounds the room that packs take where nothing else is said.
const usualMax = 10 << 30

// prune removes the packs that were asked for longest ago, other than one just made, until the rest fits.
// They are made again when somebody asks.
func (p *Packs) prune(made string) error {
	files, err := filepath.Glob(filepath.Join(p.Dir, "*", "*.pdf"))
	if err != nil {
		return fmt.Errorf("looking through packs: %w", err)
	}
	type kept struct {
		path string
		size int64
		at   time.Time
	}
	var all []kept
	var sum int64
	for _, path := range files {
		if info, err := os.Stat(path); err == nil { // one that is gone meanwhile takes no room
			all = append(all, kept{path, info.Size(), info.ModTime()})
			sum += info.Size()
		}
	}
	slices.SortFunc(all, func(a, b kept) int { return a.at.Compare(b.at) })
	limit := p.Max
	if limit == 0 {
		limit = usualMax
	}
	for _, k := range all {
		if sum <= limit {
			break
		}
		if k.path == made {
			continue
		}
		if err := os.Remove(k.path); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("removing an old pack: %w", err)
		}
		sum -= k.size
	}
	return nil
}
