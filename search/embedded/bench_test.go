package embedded

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"clearday/search"
	"clearday/search/searchtest"
)

// benchPages is how many pages are measured with; CLEARDAY_BENCH_PAGES=100000 measures as issue 5 asks.
func benchPages() int {
	if n, err := strconv.Atoi(os.Getenv("CLEARDAY_BENCH_PAGES")); err == nil && n > 0 {
		return n
	}
	return 2000
}

// prepared are the pages, and both engines filled with them, made once.
var prepared = sync.OnceValues(func() (*fixture, error) {
	f := &fixture{docs: searchtest.Pages(context.Background(), benchPages(), searchtest.CorpusDir())}
	for _, d := range f.docs {
		f.bytes += len(d.Text)
	}
	var err error
	if f.dir, err = os.MkdirTemp("", "clearday-bench-"); err != nil {
		return nil, err
	}
	if f.engine, err = Open(filepath.Join(f.dir, "search"), nil); err != nil {
		return nil, err
	}
	start := time.Now()
	for part := range slices.Chunk(f.docs, 500) {
		if err := f.engine.Apply(context.Background(), search.Batch{Put: part}); err != nil {
			return nil, err
		}
	}
	f.indexing = time.Since(start)
	runtime.GC()
	start = time.Now()
	if f.db, err = yardstick(filepath.Join(f.dir, "fts.db"), f.docs); err != nil {
		return nil, err
	}
	f.theirs = time.Since(start)
	return f, nil
})

type fixture struct {
	dir              string
	docs             []search.Document
	bytes            int
	engine           *Engine
	db               *sql.DB
	indexing, theirs time.Duration
}

func TestMain(m *testing.M) {
	code := m.Run()
	if made.Load() {
		if f, err := prepared(); err == nil {
			_, _ = f.engine.Close(), f.db.Close()
			_ = os.RemoveAll(f.dir)
		}
	}
	os.Exit(code)
}

var made atomic.Bool // a benchmark asked for what is prepared

func fixtureOf(b *testing.B) *fixture {
	b.Helper()
	made.Store(true)
	f, err := prepared()
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// yardstick is SQLite FTS5 over the same pages.
func yardstick(file string, docs []search.Document) (*sql.DB, error) {
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(`create virtual table p using fts5(body, paper unindexed, tokenize='porter unicode61')`); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(docs, 5000) {
		tx, err := db.Begin()
		if err != nil {
			return nil, err
		}
		for _, d := range part {
			if _, err := tx.Exec(`insert into p values (?, ?)`, d.Text, d.Subject); err != nil {
				return nil, err
			}
		}
		if err := tx.Commit(); err != nil {
			return nil, err
		}
	}
	return db, nil
}

func fts(b *testing.B, db *sql.DB, match string) {
	b.Helper()
	rows, err := db.Query(`select paper, snippet(p, 0, '<mark>', '</mark>', '', 30) from p where p match ? order by bm25(p) limit 20`, match)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var paper, snippet string
		if err := rows.Scan(&paper, &snippet); err != nil {
			b.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
}

func at(d []time.Duration, percent int) float64 {
	slices.Sort(d)
	return float64(d[min(len(d)*percent/100, len(d)-1)].Microseconds()) / 1000
}

// asked makes queries of words of random pages, as people take them from what they remember.
type asked struct {
	rnd  *rand.Rand
	docs []search.Document
}

// words gives n words that stand beside each other on a page, of letters only and not very short.
func (a asked) words(n int) []string {
	for {
		d := a.docs[a.rnd.IntN(len(a.docs))]
		tokens := search.Analyse(d.Text)
		if len(tokens) < n+2 {
			continue
		}
		from := a.rnd.IntN(len(tokens) - n)
		var words []string
		for _, t := range tokens[from : from+n] {
			if search.TypingMistakes(t.Word) > 0 && t.Word[0] < 'z' {
				words = append(words, t.Word)
			}
		}
		if len(words) == n {
			return words
		}
	}
}

func (a asked) typo() string {
	w := []byte(a.words(1)[0])
	i := 1 + a.rnd.IntN(len(w)-2)
	w[i], w[i+1] = w[i+1], w[i]
	return string(w)
}

// BenchmarkSearch prints the times of a search with marks, grouping, exact totals and facets, and how
// many times faster its median is than that of FTS5 with bm25 and snippets, which does none of the rest.
func BenchmarkSearch(b *testing.B) {
	f := fixtureOf(b)
	join := func(n int) func(asked) (string, string) {
		return func(a asked) (string, string) { w := strings.Join(a.words(n), " "); return w, w }
	}
	for _, c := range []struct {
		name string
		make func(asked) (query, match string)
	}{
		{"one word", join(1)}, {"two words", join(2)}, {"three words", join(3)},
		{"phrase", func(a asked) (string, string) { w := `"` + strings.Join(a.words(3), " ") + `"`; return w, w }},
		{"prefix", func(a asked) (string, string) { w := a.words(1)[0][:4] + "*"; return w, w }},
		{"near", func(a asked) (string, string) {
			w := a.words(2)
			return w[0] + " NEAR/5 " + w[1], fmt.Sprintf("NEAR(%s %s, 5)", w[0], w[1])
		}},
		{"one typo", func(a asked) (string, string) { w := a.typo(); return w, w }},
	} {
		b.Run(c.name, func(b *testing.B) {
			a := asked{rand.New(rand.NewPCG(3, 4)), f.docs}
			var ours, theirs []time.Duration
			for b.Loop() {
				query, match := c.make(a)
				start := time.Now()
				f.answer(b, query)
				ours = append(ours, time.Since(start))
				start = time.Now()
				fts(b, f.db, match)
				theirs = append(theirs, time.Since(start))
			}
			b.ReportMetric(at(ours, 50), "p50-ms")
			b.ReportMetric(at(ours, 99), "p99-ms")
			b.ReportMetric(at(theirs, 50), "fts5-p50-ms")
			b.ReportMetric(at(theirs, 99), "fts5-p99-ms")
			b.ReportMetric(at(theirs, 50)/at(ours, 50), "times-fts5")
		})
	}
}

// answer searches and marks; a word that no page holds is corrected and searched for again.
func (f *fixture) answer(b *testing.B, query string) {
	b.Helper()
	q := search.Parse(query)
	res, err := f.engine.Search(context.Background(), q)
	if err != nil {
		b.Fatal(err)
	}
	if res.Papers == 0 && len(q.All) == 1 && !strings.Contains(query, " ") {
		like, err := f.engine.Near(context.Background(), query)
		if err != nil {
			b.Fatal(err)
		}
		if len(like) > 0 {
			q = search.Parse(like[0])
			if res, err = f.engine.Search(context.Background(), q); err != nil {
				b.Fatal(err)
			}
		}
	}
	search.Snippets(q, res)
}

// BenchmarkSearchAtOnce prints the searches a second of 50 people.
func BenchmarkSearchAtOnce(b *testing.B) {
	f := fixtureOf(b)
	b.SetParallelism(50 / runtime.GOMAXPROCS(0))
	var seed atomic.Uint64
	b.RunParallel(func(pb *testing.PB) {
		a := asked{rand.New(rand.NewPCG(seed.Add(1), 4)), f.docs}
		for pb.Next() {
			f.answer(b, strings.Join(a.words(1+a.rnd.IntN(3)), " "))
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "searches/s")
}

// BenchmarkApply prints what filling the index took, durable, in batches of 500 pages, against FTS5 in
// transactions of 5,000; and what it takes of disk.
func BenchmarkApply(b *testing.B) {
	f := fixtureOf(b)
	for b.Loop() { // it was measured when the index was filled
	}
	b.ReportMetric(float64(len(f.docs))/f.indexing.Seconds(), "pages/s")
	b.ReportMetric(f.theirs.Seconds()/f.indexing.Seconds(), "times-fts5")
	b.ReportMetric(float64(f.bytes)/1e6, "text-MB")
	b.ReportMetric(float64(size(b, filepath.Join(f.dir, "search")))/float64(f.bytes), "disk/text")
}

func size(b *testing.B, dir string) (total int64) {
	b.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return total
}
