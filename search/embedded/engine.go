// Package embedded is the default search engine: a bleve index (scorch) in a directory of this
// machine, which needs nothing to be installed.
//
// Matching pages come from the index; which paper a page is of, and what the filters and facets
// need to know of it, stands in columns in memory that are read from the ids of the documents
// (columns.go). So grouping, exact totals and facets cost one look into an array for each page.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	bolterrors "go.etcd.io/bbolt/errors"

	"clearday/search"
)

// format changes when documents are written in another way; an index of another format is built
// again.
const format = "clearday-search-3\n"

var positionKey = []byte("position")

// Engine is a search.Engine over one directory. Only one program can have it open.
type Engine struct {
	queue *index.AnalysisQueue
	cols  columns

	mu     sync.RWMutex // held for reading while the index is in use, for writing by Close
	index  *scorch.Scorch
	closed bool

	turn   chan struct{} // held by the one batch that is applied, and by Close
	broken chan struct{} // closed when the index cannot be written any more
}

// ErrInUse says that another program has the index open.
var ErrInUse = errors.New("the search index is open in another program")

// Open opens the index in dir, making it if there is none. A damaged index, or one of another
// format, is put away as dir.damaged (replacing an earlier one) and a new one begun: position 0
// makes the follower fill it again. Log may be nil.
func Open(dir string, log *slog.Logger) (*Engine, error) {
	e, err := open(dir)
	if err == nil || errors.Is(err, ErrInUse) {
		return e, err
	}
	if log != nil {
		log.Warn("the search index cannot be used and is built again", slog.String("dir", dir), slog.Any("err", err))
	}
	aside := filepath.Clean(dir) + ".damaged"
	if err := os.RemoveAll(aside); err != nil {
		return nil, fmt.Errorf("removing an old damaged index: %w", err)
	}
	if err := os.Rename(dir, aside); err != nil {
		return nil, fmt.Errorf("putting a damaged index away: %w", err)
	}
	return open(dir)
}

func open(dir string) (e *Engine, err error) {
	defer func() { // the libraries below panic on some kinds of damage
		if r := recover(); r != nil {
			e, err = nil, fmt.Errorf("opening the search index: %v", r)
		}
	}()
	if err := checkFormat(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "index")
	if err := verify(path); err != nil {
		return nil, err
	}
	e = &Engine{queue: index.NewAnalysisQueue(runtime.GOMAXPROCS(0)), turn: make(chan struct{}, 1), broken: make(chan struct{})}
	e.cols.reset()
	config := map[string]any{"path": path, "bolt_timeout": lockWait.String(), "numSnapshotsToKeep": 1}
	idx, err := scorch.NewScorch(scorch.Name, config, e.queue)
	if err != nil {
		return nil, fmt.Errorf("configuring the search index: %w", err)
	}
	e.index = idx.(*scorch.Scorch)
	if err := e.index.Open(); err != nil {
		e.queue.Close()
		if errors.Is(err, bolterrors.ErrTimeout) {
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("opening the search index: %w", err)
	}
	if err := e.warm(); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// warm reads the columns and the position, so that a strange index is noticed now and the first
// search does not wait.
func (e *Engine) warm() error {
	s, release, err := e.snapshot()
	if err != nil {
		return err
	}
	defer release()
	if _, _, err := e.cols.of(s); err != nil {
		return err
	}
	_, err = positionOf(s)
	return err
}

// checkFormat writes the format into a new directory and refuses one that holds something else.
func checkFormat(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the directory of the search index: %w", err)
	}
	name := filepath.Join(dir, "format")
	have, err := os.ReadFile(name)
	if err == nil && string(have) == format {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the format of the search index: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("reading the directory of the search index: %w", err)
	}
	if len(entries) > 0 {
		return errors.New("the search index is of another format")
	}
	if err := os.WriteFile(name, []byte(format), 0o600); err != nil {
		return fmt.Errorf("writing the format of the search index: %w", err)
	}
	return nil
}

// Close ends the use of the index; what Apply has confirmed is on disk already.
func (e *Engine) Close() error {
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-e.broken: // that batch never ends
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	err := e.index.Close()
	e.queue.Close()
	if err != nil {
		return fmt.Errorf("closing the search index: %w", err)
	}
	return nil
}

var (
	errClosed = errors.New("the search index is closed")
	errBroken = errors.New("the search index can no longer be written; a restart repairs it")
)

// snapshot gives the index as of now; release ends its use.
func (e *Engine) snapshot() (s *scorch.IndexSnapshot, release func(), err error) {
	e.mu.RLock()
	if e.closed {
		e.mu.RUnlock()
		return nil, nil, errClosed
	}
	r, err := e.index.Reader()
	if err != nil {
		e.mu.RUnlock()
		return nil, nil, fmt.Errorf("reading the search index: %w", err)
	}
	s = r.(*scorch.IndexSnapshot)
	return s, func() { _ = s.Close(); e.mu.RUnlock() }, nil
}

// Position is the number of the last act followed.
func (e *Engine) Position(context.Context) (int64, error) {
	s, release, err := e.snapshot()
	if err != nil {
		return 0, err
	}
	defer release()
	return positionOf(s)
}

func positionOf(s *scorch.IndexSnapshot) (int64, error) {
	val, err := s.GetInternal(positionKey)
	if err != nil || val == nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(val), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading the position of the search index: %w", err)
	}
	return n, nil
}

// Apply does the batch as one introduction of a segment, which scorch persists together with the
// position before it returns. When ctx ends first, the batch is still finished in the background.
func (e *Engine) Apply(ctx context.Context, b search.Batch) error {
	if err := e.takeTurn(ctx); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		done <- e.apply(b)
		<-e.turn
	}()
	look := time.NewTicker(time.Second)
	defer look.Stop()
	before, strikes := e.backgroundErrors(), 0
	for {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
			// Scorch's persister recovers from a panic by ending, and the batch would wait for ever.
			if e.backgroundErrors() > before {
				strikes++
			}
			if strikes == 5 {
				close(e.broken)
				return errBroken
			}
		}
	}
}

func (e *Engine) takeTurn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-e.broken:
		return errBroken
	default:
	}
	select {
	case e.turn <- struct{}{}:
		return nil
	case <-e.broken:
		return errBroken
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *Engine) backgroundErrors() uint64 {
	n, _ := e.index.StatsMap()["TotOnErrors"].(uint64)
	return n
}

func (e *Engine) apply(b search.Batch) error {
	batch := index.NewBatch()
	if err := e.removals(b, batch); err != nil {
		return err
	}
	for _, d := range newDocuments(b.Put) {
		batch.Update(d)
	}
	if b.Clear {
		batch.SetInternal(positionKey, []byte("0"))
	}
	if b.Position > 0 {
		batch.SetInternal(positionKey, strconv.AppendInt(nil, b.Position, 10))
	}
	if err := e.index.Batch(batch); err != nil {
		return fmt.Errorf("writing to the search index: %w", err)
	}
	return nil
}

// removals marks for deletion the documents that the batch removes or replaces.
func (e *Engine) removals(b search.Batch, batch *index.Batch) error {
	s, release, err := e.snapshot()
	if err != nil {
		return err
	}
	defer release()
	subjects := map[string]bool{}
	for _, subject := range b.Remove {
		subjects[subject] = true
	}
	pages := map[pageKey]bool{}
	for _, d := range b.Put {
		pages[pageKey{d.Subject, d.Page}] = true
	}
	return e.cols.each(s, func(g *group, page int, id func() (string, error)) error {
		if !b.Clear && !subjects[g.subject] && !pages[pageKey{g.subject, page}] {
			return nil
		}
		name, err := id()
		if err != nil {
			return fmt.Errorf("reading the id of a document: %w", err)
		}
		batch.Delete(name)
		return nil
	})
}

type pageKey struct {
	subject string
	page    int
}

// The fields of a document. The first page holds the title among its words.
const (
	fieldText      = "text"       // stems with positions
	fieldTitle     = "title"      // stems with positions
	fieldWord      = "word"       // each word once as it is written, for prefixes and mistyped words
	fieldTitleWord = "title_word" // the same of the title
	fieldHead      = "head"       // stems of the title, of the first page only
	fieldBody      = "body"       // the text, stored for snippets
)

func newDocument(d search.Document) *document.Document {
	words := d.Text
	if d.Page == 1 {
		words = d.Title + "\n\n" + d.Text
	}
	stems, whole := analyse(words)
	title, titleWhole := analyse(d.Title)
	doc := document.NewDocument(idOf(d))
	const text, word = index.IndexField | index.IncludeTermVectors, index.IndexField | index.SkipFreqNorm
	doc.AddField(document.NewTextFieldCustom(fieldText, nil, nil, text, stems))
	doc.AddField(document.NewTextFieldCustom(fieldTitle, nil, nil, text, title))
	doc.AddField(document.NewTextFieldCustom(fieldWord, nil, nil, word, whole))
	doc.AddField(document.NewTextFieldCustom(fieldTitleWord, nil, nil, word, titleWhole))
	if d.Page == 1 {
		doc.AddField(document.NewTextFieldCustom(fieldHead, nil, nil, word, title))
	}
	doc.AddField(document.NewTextFieldCustom(fieldBody, nil, []byte(d.Text), index.StoreField, nil))
	return doc
}

// newDocuments analyses the documents on all cores.
func newDocuments(docs []search.Document) []*document.Document {
	out := make([]*document.Document, len(docs))
	var wg sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(docs); i = int(next.Add(1)) - 1 {
				out[i] = newDocument(docs[i])
			}
		})
	}
	wg.Wait()
	return out
}
