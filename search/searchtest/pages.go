package searchtest

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"clearday/search"
)

// Pages gives n pages to measure an engine with, always the same for the same n and dir: the text of
// all PDFs under dir, and then copies of it in which words are exchanged for others about as frequent,
// so that a copy is like the original and yet another text. Without PDFs, or pdftotext, it generates
// pages whose words are as unequally frequent as those of a language.
func Pages(ctx context.Context, n int, dir string) []search.Document {
	papers := texts(ctx, dir)
	if len(papers) == 0 {
		papers = generated(n)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	ranked := vocabulary(papers)
	var docs []search.Document
	for round := 0; len(docs) < n; round++ {
		other := map[string]string{}
		if round > 0 {
			other = exchanged(rnd, ranked)
		}
		for i, pages := range papers {
			for p, text := range pages {
				if len(docs) == n {
					return docs
				}
				docs = append(docs, benchPage(round*len(papers)+i, p+1, rewritten(text, other)))
			}
		}
	}
	return docs
}

var benchBoards = []string{"partnership-board", "finance", "quality", "primary-care", "people"}

func benchPage(paper, page int, text string) search.Document {
	d := Page(fmt.Sprint("papers/p", paper), page, search.Prepare(text))
	d.Board = benchBoards[paper%len(benchBoards)]
	d.Date = time.Date(2012+paper%14, time.Month(1+paper%12), 1+paper%28, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	d.Organisations = []string{fmt.Sprint("partner-", paper%7)}
	if first := strings.Fields(text); len(first) > 3 {
		d.Title = strings.Join(first[:min(len(first), 7)], " ")
	}
	d.Kind = []search.Kind{search.Report, search.Report, search.Report, search.Minutes, search.Presentation}[paper%5]
	return d
}

// texts reads the pages of the PDFs under dir.
func texts(ctx context.Context, dir string) (papers [][]string) {
	if _, err := exec.LookPath("pdftotext"); err != nil || dir == "" {
		return nil
	}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(name), ".pdf") {
			return nil // what cannot be read is left out
		}
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		out, err := exec.CommandContext(ctx, "pdftotext", "-enc", "UTF-8", name, "-").Output()
		if err != nil || len(out) > 50<<20 {
			return nil
		}
		var pages []string
		for _, page := range strings.Split(strings.TrimSuffix(string(out), "\f"), "\f") {
			if len(strings.Fields(page)) >= 20 {
				pages = append(pages, page)
			}
		}
		if len(pages) > 0 {
			papers = append(papers, pages)
		}
		return nil
	})
	if err != nil {
		return nil
	}
	return papers
}

// CorpusDir is the folder of real papers beside the project, or the one that CLEARDAY_TEST_CORPUS
// names, or "".
func CorpusDir() string {
	root := os.Getenv("CLEARDAY_TEST_CORPUS")
	for dir, _ := filepath.Abs("."); root == "" && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if c := filepath.Join(dir, "shared", "corpus"); isDir(c) {
			root = c
		}
	}
	if papers := filepath.Join(root, "papers"); root != "" && isDir(papers) {
		return papers
	}
	return ""
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

var plainWord = regexp.MustCompile(`[A-Za-z]{3,}`)

// vocabulary gives the words of the papers, the most frequent first.
func vocabulary(papers [][]string) []string {
	count := map[string]int{}
	for _, pages := range papers {
		for _, text := range pages {
			for _, w := range plainWord.FindAllString(text, -1) {
				count[strings.ToLower(w)]++
			}
		}
	}
	return slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(a, b))
	})
}

// exchanged gives each word another out of a hundred about as frequent. The most frequent stay.
func exchanged(rnd *rand.Rand, ranked []string) map[string]string {
	const stay, together = 60, 100
	other := make(map[string]string, len(ranked))
	for part := range slices.Chunk(ranked[min(stay, len(ranked)):], together) {
		for i, to := range rnd.Perm(len(part)) {
			other[part[i]] = part[to]
		}
	}
	return other
}

func rewritten(text string, other map[string]string) string {
	if len(other) == 0 {
		return text
	}
	return plainWord.ReplaceAllStringFunc(text, func(w string) string {
		to := other[strings.ToLower(w)]
		switch {
		case to == "":
			return w
		case w[0] < 'a':
			return strings.ToUpper(to[:1]) + to[1:]
		}
		return to
	})
}

// generated gives papers of 20 pages of about 350 words whose frequencies fall as those of a language do.
func generated(n int) (papers [][]string) {
	rnd := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rnd, 1.1, 4, 20000)
	for i := range n {
		var b strings.Builder
		for range 350 {
			b.WriteString(spelt(zipf.Uint64()))
			b.WriteByte(" \n"[rnd.IntN(12)/11])
		}
		if i%20 == 0 {
			papers = append(papers, nil)
		}
		papers[len(papers)-1] = append(papers[len(papers)-1], b.String())
	}
	return papers
}

// spelt spells a number in syllables.
func spelt(n uint64) string {
	syllables := []string{"ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "zu"}
	s := ""
	for n += 15; n > 0; n /= 15 {
		s += syllables[n%15]
	}
	return s
}
