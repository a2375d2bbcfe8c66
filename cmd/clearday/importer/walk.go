package importer

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"clearday/papers/archive"
)

// file is a file of the archive.
type file struct {
	path  string // within the archive, with slashes
	real  string // where it lies
	given archive.Given
}

// mostNotes bounds a file of notes, in bytes.
const mostNotes = 64 << 20

// walk lists the files of the archive in the order of their names, each with what is written beside it. Links are not followed. Hidden
// files and folders are none of an archive.
func (im *Import) walk() ([]file, error) {
	var list []file
	notes := map[string]archive.Notes{} // by folder
	err := filepath.WalkDir(im.Dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(im.Dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && rel != "." && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case !d.Type().IsRegular(), strings.HasPrefix(d.Name(), "."), im.Skip != "" && sameFile(im.Skip, name):
			return nil
		}
		if n := im.notes(name); len(n) > 0 {
			at := path.Dir(rel)
			if notes[at] == nil {
				notes[at] = archive.Notes{}
			}
			for file, given := range n {
				notes[at][file] = given.Over(notes[at][file])
			}
			return nil
		}
		list = append(list, file{path: strings.ToValidUTF8(rel, "\uFFFD"), real: name})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the folder: %w", err)
	}
	for i := range list {
		for at := path.Dir(list[i].path); ; at = path.Dir(at) {
			within := strings.TrimPrefix(strings.TrimPrefix(list[i].path, at), "/")
			if at == "." {
				within = list[i].path
			}
			list[i].given = list[i].given.Over(notes[at].Of(within))
			if at == "." {
				break
			}
		}
	}
	return list, nil
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// notes reads what a CSV or JSON file says of the files beside it; nothing when it is about something else.
func (im *Import) notes(name string) archive.Notes {
	read := archive.ReadCSV
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
	case ".json":
		read = archive.ReadJSON
	default:
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil // it will be said of it as a file of the archive
	}
	defer f.Close()
	n, err := read(io.LimitReader(f, mostNotes))
	if err != nil {
		fmt.Fprintf(im.Progress, "%s is not understood as notes about the files beside it: %v\n", name, err)
	}
	return n
}
