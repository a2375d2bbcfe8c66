package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the yardstick

	"clearday/cmd/clearday/program"
	"clearday/papers"
	"clearday/search"
	"clearday/search/searchtest"
	"clearday/server/config"
	"clearday/server/store"
)

// searched measures the search over many pages: indexing from act 0, then questions by HTTP from the
// request to the last byte, marked and grouped, beside SQLite FTS5 with porter, bm25 and snippets on the
// same pages.
func searched(ctx context.Context, b *bench) (err error) {
	docs := searchtest.Pages(ctx, b.times(100_000, 3000), searchtest.CorpusDir())
	text := 0
	for _, d := range docs {
		text += len(d.Text)
	}
	b.report.note("Search: %s pages, %s of text, of the papers in %s multiplied with exchanged words (generated text where that is empty). The yardstick runs in the measuring process, without HTTP, grouping, totals or facets.", thousands(float64(len(docs))), megabytes(int64(text)), searchtest.CorpusDir())
	data := b.data("search")
	if err := record(ctx, data, docs); err != nil {
		return fmt.Errorf("writing the record: %w", err)
	}
	db, err := fts5(filepath.Join(b.dir, "fts.db"), docs)
	if err != nil {
		return fmt.Errorf("filling the yardstick: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	p, err := b.serve(ctx, data, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := b.indexed(ctx, p, data, len(docs), text); err != nil {
		return err
	}
	for _, k := range searchKinds {
		if err := b.askKind(ctx, p.addr, db, docs, k); err != nil {
			return err
		}
	}
	return b.askAtOnce(ctx, p.addr, docs)
}

// record writes papers with their pages into a record as they are once they were published.
func record(ctx context.Context, data string, docs []search.Document) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	cfg, err := config.Read([]string{"CLEARDAY_DATA=" + data})
	if err != nil {
		return err
	}
	db, err := program.OpenRecord(ctx, cfg, time.Now)
	if err != nil {
		return err
	}
	err = publishAll(ctx, db, docs)
	return errors.Join(err, db.Close())
}

const papersAMeeting = 40

func publishAll(ctx context.Context, db *store.DB, docs []search.Document) error {
	by := papers.Change{By: papers.Program}
	board := papers.Board{Name: "Board of Searches"}
	if err := board.Tidy(); err != nil {
		return err
	}
	if err := db.AddBoard(ctx, board, by); err != nil {
		return err
	}
	publisher := &papers.Publisher{Store: db, Now: time.Now}
	var m papers.Meeting
	var item papers.Item
	n := 0
	for len(docs) > 0 {
		pages := 1
		for pages < len(docs) && docs[pages].Subject == docs[0].Subject {
			pages++
		}
		var err error
		if n%papersAMeeting == 0 {
			if m, item, err = meetingFor(ctx, db, n/papersAMeeting, m, publisher); err != nil {
				return err
			}
		}
		n++
		if err := addPages(ctx, db, item, docs[:pages]); err != nil {
			return err
		}
		docs = docs[pages:]
	}
	_, err := publisher.PublishMeeting(ctx, m.Slug, papers.Wish{}, papers.Program)
	return err
}

// meetingFor publishes the meeting before and adds the next one.
func meetingFor(ctx context.Context, db *store.DB, n int, before papers.Meeting, publisher *papers.Publisher) (papers.Meeting, papers.Item, error) {
	by := papers.Change{By: papers.Program}
	if before.Slug != "" {
		if _, err := publisher.PublishMeeting(ctx, before.Slug, papers.Wish{}, papers.Program); err != nil {
			return before, papers.Item{}, err
		}
	}
	m := papers.Meeting{Board: "board-of-searches", StartsAt: time.Now().AddDate(0, 0, 30-n*17), Zone: "Europe/London", State: papers.MeetingPlanned}
	if err := m.Tidy(); err != nil {
		return m, papers.Item{}, err
	}
	m, err := db.AddMeeting(ctx, m, by)
	if err != nil {
		return m, papers.Item{}, err
	}
	i := papers.Item{Meeting: m.Slug, Title: "Papers to search"}
	if err := i.Tidy(); err != nil {
		return m, i, err
	}
	i, err = db.AddItem(ctx, i, by)
	return m, i, err
}

func addPages(ctx context.Context, db *store.DB, item papers.Item, docs []search.Document) error {
	hash := fmt.Sprintf("%064x", len(docs[0].Subject)) // no file belongs to it
	v := papers.Version{Original: hash, File: hash, OriginalKind: "pdf"}
	title := docs[0].Title
	if r := []rune(title); len(r) > 200 {
		title = string(r[:200])
	}
	p, err := db.AddPaper(ctx, papers.Paper{Item: item.ID, Title: title}, v, papers.Change{By: papers.Program})
	if err != nil {
		return err
	}
	texts := make([]string, len(docs))
	for i, d := range docs {
		texts[i] = d.Text
	}
	if err := db.KeepPages(ctx, papers.VersionRef{Paper: p.ID, N: 1}, 1, texts); err != nil {
		return err
	}
	return db.FinishReading(ctx, papers.Version{Paper: p.ID, N: 1, Pages: len(docs), File: hash})
}

func fts5(file string, docs []search.Document) (*sql.DB, error) {
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(`create virtual table p using fts5(body, paper unindexed, tokenize='porter unicode61')`); err != nil {
		return db, err
	}
	tx, err := db.Begin()
	if err != nil {
		return db, err
	}
	for _, d := range docs {
		if _, err := tx.Exec(`insert into p values (?, ?)`, d.Text, d.Subject); err != nil {
			return db, err
		}
	}
	return db, tx.Commit()
}

// indexed waits until the program has followed the record, and says how fast, and what it took.
func (b *bench) indexed(ctx context.Context, p *process, data string, pages, text int) error {
	start, most := time.Now(), int64(0)
	for {
		a, err := askSearch(ctx, p.addr, "zzzz")
		if err != nil {
			return err
		}
		if resident, _, err := p.pid.memory(); err == nil {
			most = max(most, resident)
		}
		if a.Coverage.Behind == 0 && a.Coverage.Papers > 0 {
			break
		}
		if time.Since(start) > 10*time.Minute {
			return errors.New("indexing took longer than ten minutes")
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	rate := float64(pages) / time.Since(start).Seconds()
	disk, err := sizeOf(filepath.Join(data, "search"))
	if err != nil {
		return err
	}
	b.report.add(row{what: "indexing from act 0", figure: thousands(rate) + " pages/s", aim: "1,500 pages/s", met: rate >= 1500})
	b.report.add(row{what: "memory while indexing", figure: megabytes(most), aim: "under 700 MB", met: most < 700e6})
	b.report.add(row{what: "disk of the index", figure: megabytes(disk), yardstick: megabytes(int64(text)) + " of text", ratio: fmt.Sprintf("%.2f", float64(disk)/float64(text)), aim: "at most 2.5", met: float64(disk) <= 2.5*float64(text)})
	return nil
}

func sizeOf(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

func askSearch(ctx context.Context, addr, q string) (a search.Answer, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/api/v1/search?q="+url.QueryEscape(q), nil)
	if err != nil {
		return a, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("searching for %s answers %d", q, res.StatusCode)
	}
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(body, &a)
}

// searchKind is one kind of question.
type searchKind struct {
	name  string
	make  func(w wordsOf) (query, match string)
	p50   time.Duration // aims; 0 is none
	p99   time.Duration
	times float64
}

var searchKinds = []searchKind{
	{"search, one word", wordsBeside(1), 10 * time.Millisecond, 50 * time.Millisecond, 4},
	{"search, two words", wordsBeside(2), 10 * time.Millisecond, 50 * time.Millisecond, 4},
	{"search, three words", wordsBeside(3), 10 * time.Millisecond, 50 * time.Millisecond, 4},
	{"search, phrase of three", func(w wordsOf) (string, string) { q := `"` + strings.Join(w.beside(3), " ") + `"`; return q, q }, 0, 120 * time.Millisecond, 0},
	{"search, prefix of four", func(w wordsOf) (string, string) { q := w.beside(1)[0][:4] + "*"; return q, q }, 0, 120 * time.Millisecond, 0},
	{"search, one typing mistake", func(w wordsOf) (string, string) { return w.mistyped(), "" }, 0, 120 * time.Millisecond, 0},
}

func wordsBeside(n int) func(wordsOf) (string, string) {
	return func(w wordsOf) (string, string) { q := strings.Join(w.beside(n), " "); return q, q }
}

// wordsOf takes words of random pages, as people remember them.
type wordsOf struct {
	*rand.Rand
	docs []search.Document
}

func (w wordsOf) beside(n int) []string {
	for {
		tokens := search.Analyse(w.docs[w.IntN(len(w.docs))].Text)
		if len(tokens) < n+2 {
			continue
		}
		from := w.IntN(len(tokens) - n)
		var words []string
		for _, t := range tokens[from : from+n] {
			if search.TypingMistakes(t.Word) > 0 && t.Word[0] <= 'z' {
				words = append(words, t.Word)
			}
		}
		if len(words) == n {
			return words
		}
	}
}

func (w wordsOf) mistyped() string {
	word := []byte(w.beside(1)[0])
	i := 1 + w.IntN(len(word)-2)
	word[i], word[i+1] = word[i+1], word[i]
	return string(word)
}

func (b *bench) askKind(ctx context.Context, addr string, db *sql.DB, docs []search.Document, k searchKind) error {
	w := wordsOf{rand.New(rand.NewPCG(3, 4)), docs}
	var ours, theirs []time.Duration
	for range b.times(300, 40) {
		query, match := k.make(w)
		start := time.Now()
		if _, err := askSearch(ctx, addr, query); err != nil {
			return err
		}
		ours = append(ours, time.Since(start))
		if match == "" {
			continue
		}
		start = time.Now()
		if err := askFTS5(ctx, db, match); err != nil {
			return err
		}
		theirs = append(theirs, time.Since(start))
	}
	p50, p99 := percentile(ours, 50), percentile(ours, 99)
	r := row{what: k.name + " (p50 / p99)", figure: tenths(p50) + " / " + tenths(p99), met: p99 <= k.p99 && (k.p50 == 0 || p50 <= k.p50)}
	r.aim = "p99 at most " + tenths(k.p99)
	if k.p50 > 0 {
		r.aim = "at most " + tenths(k.p50) + " / " + tenths(k.p99)
	}
	if len(theirs) > 0 {
		times := float64(percentile(theirs, 50)) / float64(p50)
		r.yardstick, r.ratio = tenths(percentile(theirs, 50))+" / "+tenths(percentile(theirs, 99)), fmt.Sprintf("%.1f times", times)
		if k.times > 0 {
			r.aim += fmt.Sprintf(", %.0f times", k.times)
			r.met = r.met && times >= k.times
		}
	}
	b.report.add(r)
	return nil
}

func tenths(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func askFTS5(ctx context.Context, db *sql.DB, match string) error {
	rows, err := db.QueryContext(ctx, `select paper, snippet(p, 0, '<mark>', '</mark>', '', 30) from p where p match ? order by bm25(p) limit 20`, match)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var paper, snippet string
		if err := rows.Scan(&paper, &snippet); err != nil {
			return err
		}
	}
	return rows.Err()
}

// askAtOnce lets 50 people search at once, each again as soon as answered.
func (b *bench) askAtOnce(ctx context.Context, addr string, docs []search.Document) error {
	const people = 50
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = people
	until := time.Now().Add(time.Duration(b.times(20, 3)) * time.Second)
	var wg sync.WaitGroup
	counts, errs := make([]int, people), make([]error, people)
	start := time.Now()
	for i := range people {
		wg.Go(func() {
			w := wordsOf{rand.New(rand.NewPCG(uint64(i), 5)), docs}
			for time.Now().Before(until) && errs[i] == nil {
				_, errs[i] = askSearch(ctx, addr, strings.Join(w.beside(1+w.IntN(3)), " "))
				counts[i]++
			}
		})
	}
	wg.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	rate := float64(total) / time.Since(start).Seconds()
	b.report.add(row{what: "50 people searching at once", figure: fmt.Sprintf("%.0f searches/s", rate), aim: "150 searches/s", met: rate >= 150})
	return errors.Join(errs...)
}
