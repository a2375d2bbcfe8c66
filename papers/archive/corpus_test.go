package archive_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clearday/papers/archive"
)

// files are the files of the corpus as sources, by path.
func files(t *testing.T) []archive.Source {
	t.Helper()
	root := "../../../shared/corpus/papers"
	if _, err := os.Stat(root); err != nil {
		t.Skip("the real papers are not here")
	}
	made := os.Getenv("CLEARDAY_TEST_MADE") // PDFs made of the Office files before; else they are made here
	if made == "" {
		made = t.TempDir()
	}
	var list []archive.Source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		from := path
		ending := strings.TrimPrefix(filepath.Ext(path), ".")
		if !slices.Contains([]string{"pdf", "doc", "DOC", "docx", "odt", "ppt", "odp", "xls", "xlsx", "ods"}, ending) {
			return nil
		}
		if ending != "pdf" {
			from = filepath.Join(made, ending, strings.TrimSuffix(filepath.Base(path), "."+ending)+".pdf")
		}
		text, _ := exec.Command("pdftotext", "-enc", "UTF-8", "-l", "2", from, "-").Output()
		info, _ := exec.Command("pdfinfo", "-enc", "UTF-8", from).Output()
		s := archive.Source{Path: filepath.ToSlash(rel), Pages: strings.Split(string(text), "\f")}
		for line := range strings.Lines(string(info)) {
			name, value, _ := strings.Cut(line, ":")
			switch name {
			case "Title":
				s.Title = strings.TrimSpace(value)
			case "Subject":
				s.Subject = strings.TrimSpace(value)
			}
		}
		list = append(list, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestReportCorpus(t *testing.T) {
	var sib archive.Siblings
	var all []archive.Guess
	list := files(t)
	for _, s := range list {
		g := archive.New(s)
		sib.Add(g)
		all = append(all, g)
	}
	for i, g := range all {
		g = sib.Settle(g)
		fmt.Printf("%s\t%s\t%s\t%s\t%s\t| %s\t| %s\n", g.Sure, g.Date, g.Kind, list[i].Path, g.DateWhy, g.Title, g.TitleWhy)
	}
}
