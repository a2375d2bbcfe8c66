package archive_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clearday/papers/archive"
)

const corpus = "../../../shared/corpus/papers"

// TestDates_corpus guesses the dates of all real papers and holds those of fifty, drawn at random and looked up by hand, against
// what they are: at most 5 % are wrong.
func TestDates_corpus(t *testing.T) {
	if testing.Short() {
		t.Skip("converting the real papers takes minutes")
	}
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the real papers are not here")
	}
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Skip("LibreOffice is not installed")
	}
	guesses := guessAll(t)
	table, err := os.ReadFile("testdata/dates.tsv")
	if err != nil {
		t.Fatal(err)
	}
	checked, wrong, undated := 0, 0, 0
	for line := range strings.Lines(string(table)) {
		file, want, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if !ok {
			continue
		}
		checked++
		g, here := guesses[file]
		if !here {
			t.Errorf("%s was not read", file)
		}
		if want == "" {
			undated++
		}
		if g.Date.String() != want {
			wrong++
			t.Logf("%s is of %q, guessed %s, %s: %s", file, want, g.Date, g.Sure, g.DateWhy)
		}
	}
	sure := map[archive.Sure]int{}
	for _, g := range guesses {
		sure[g.Sure]++
	}
	t.Logf("%d of %d dates are wrong (%d of the files have none); of %d files %d are certain, %d likely, %d doubtful, %d without a date",
		wrong, checked, undated, len(guesses), sure[archive.Certain], sure[archive.Likely], sure[archive.Doubtful], sure[archive.None])
	if checked != 50 || wrong*100 > 5*checked {
		t.Errorf("%d of %d dates are wrong", wrong, checked)
	}
}

// guessAll guesses every PDF and Office file of the corpus, by path.
func guessAll(t *testing.T) map[string]archive.Guess {
	made := convertAll(t)
	all := map[string]archive.Guess{}
	var siblings archive.Siblings
	err := filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		ending := strings.TrimPrefix(filepath.Ext(path), ".")
		if err != nil || d.IsDir() || ending != "pdf" && !slices.Contains(endings, ending) {
			return err
		}
		from := path
		if ending != "pdf" {
			from = filepath.Join(made, ending, strings.TrimSuffix(filepath.Base(path), "."+ending)+".pdf")
		}
		rel, err := filepath.Rel(corpus, path)
		if err != nil {
			return err
		}
		g := archive.New(source(filepath.ToSlash(rel), from))
		siblings.Add(g)
		all[filepath.ToSlash(rel)] = g
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, g := range all {
		all[path] = siblings.Settle(g)
	}
	return all
}

// source reads the first pages of a PDF and what it says about itself. What cannot be read has neither.
func source(path, from string) archive.Source {
	text, _ := exec.Command("pdftotext", "-enc", "UTF-8", "-l", "2", from, "-").Output()
	info, _ := exec.Command("pdfinfo", "-enc", "UTF-8", from).Output()
	s := archive.Source{Path: path, Pages: strings.Split(string(text), "\f")}
	for line := range strings.Lines(string(info)) {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "Title":
			s.Title = strings.TrimSpace(value)
		case "Subject":
			s.Subject = strings.TrimSpace(value)
		}
	}
	return s
}

var endings = []string{"doc", "DOC", "docx", "odt", "ppt", "odp", "xls", "xlsx", "ods"}

// convertAll makes PDFs of the Office files, a folder for each ending. CLEARDAY_TEST_MADE names a folder where they were made before.
func convertAll(t *testing.T) string {
	if made := os.Getenv("CLEARDAY_TEST_MADE"); made != "" {
		return made
	}
	made := t.TempDir()
	for _, ending := range endings {
		list, err := filepath.Glob(corpus + "/*/*/*." + ending)
		if err != nil || len(list) == 0 {
			t.Fatalf("no files of the kind %s: %v", ending, err)
		}
		args := []string{"-env:UserInstallation=file://" + made + "/profile", "--headless", "--norestore", "--convert-to", "pdf", "--outdir", filepath.Join(made, ending)}
		if out, err := exec.CommandContext(t.Context(), "soffice", append(args, list...)...).CombinedOutput(); err != nil {
			t.Fatalf("converting: %v\n%s", err, out)
		}
	}
	return made
}
