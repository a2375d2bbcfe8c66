package embedded

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"clearday/search"
	"clearday/search/searchtest"
)

// generated gives pages of about 350 words whose frequencies fall as those of a language do.
func generated(n int) []search.Document {
	rnd := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rnd, 1.1, 4, 20000)
	docs := make([]search.Document, n)
	for i := range docs {
		var b strings.Builder
		for range 350 {
			b.WriteString(word(zipf.Uint64()))
			b.WriteByte(" \n"[rnd.IntN(12)/11])
		}
		docs[i] = searchtest.Page(fmt.Sprint("paper", i/20), i%20+1, b.String())
		docs[i].Date = fmt.Sprintf("20%02d-03-04", 10+i/20%16)
	}
	return docs
}

// word spells a number in syllables.
func word(n uint64) string {
	syllables := []string{"ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "zu"}
	s := ""
	for n += 15; n > 0; n /= 15 {
		s += syllables[n%15]
	}
	return s
}

// yardstick is SQLite FTS5 over the same pages.
func yardstick(b *testing.B, docs []search.Document) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", filepath.Join(b.TempDir(), "fts.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec(`create virtual table p using fts5(body, paper unindexed, tokenize='porter unicode61')`); err != nil {
		b.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	for _, d := range docs {
		if _, err := tx.Exec(`insert into p values (?, ?)`, d.Text, d.Subject); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return db
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

func median(d []time.Duration) float64 {
	slices.Sort(d)
	return float64(d[len(d)/2].Microseconds()) / 1000
}

// BenchmarkSearch prints the median of a search with marks, totals and facets, and how many times
// faster it is than FTS5 with snippets but without grouping, totals and facets.
func BenchmarkSearch(b *testing.B) {
	docs := generated(2000)
	e, err := Open(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	for part := range slices.Chunk(docs, 500) {
		if err := e.Apply(context.Background(), search.Batch{Put: part}); err != nil {
			b.Fatal(err)
		}
	}
	db := yardstick(b, docs)
	for _, c := range []struct {
		name string
		make func(*rand.Rand) (query, match string)
	}{
		{"one word", func(r *rand.Rand) (string, string) { w := word(r.Uint64N(300)); return w, w }},
		{"two words", func(r *rand.Rand) (string, string) {
			w := word(r.Uint64N(300)) + " " + word(r.Uint64N(300))
			return w, w
		}},
		{"phrase", func(r *rand.Rand) (string, string) {
			f := strings.Fields(docs[r.IntN(len(docs))].Text)
			w := `"` + strings.Join(f[100:103], " ") + `"`
			return w, w
		}},
		{"prefix", func(r *rand.Rand) (string, string) { w := word(r.Uint64N(300))[:3] + "*"; return w, w }},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(3, 4))
			var ours, theirs []time.Duration
			for b.Loop() {
				query, match := c.make(r)
				start := time.Now()
				q := search.Parse(query)
				res, err := e.Search(context.Background(), q)
				if err != nil {
					b.Fatal(err)
				}
				search.Snippets(q, res)
				ours = append(ours, time.Since(start))
				start = time.Now()
				fts(b, db, match)
				theirs = append(theirs, time.Since(start))
			}
			b.ReportMetric(median(ours), "p50-ms")
			b.ReportMetric(float64(ours[len(ours)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(median(theirs)/median(ours), "times-fts5")
		})
	}
}

// BenchmarkApply prints pages indexed a second, durable, in batches of 500, against FTS5 in one
// transaction.
func BenchmarkApply(b *testing.B) {
	docs := generated(500)
	e, err := Open(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	var ours, theirs time.Duration
	for n := 0; b.Loop(); n++ {
		for i := range docs {
			docs[i].Subject = fmt.Sprint("paper", n*1000+i/20)
		}
		start := time.Now()
		if err := e.Apply(context.Background(), search.Batch{Put: docs, Position: int64(n + 1)}); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
		start = time.Now()
		yardstick(b, docs)
		theirs += time.Since(start)
	}
	b.ReportMetric(float64(b.N*len(docs))/ours.Seconds(), "pages/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-fts5")
}
