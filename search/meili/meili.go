// Package meili is the search engine over Meilisearch, for sites that outgrew one machine.
//
// A page is one document. What a query asks for is exact, as in the embedded engine: the words of a page are
// given to Meilisearch as our own stems, in letters that it takes for one word each, and it is asked by
// filters over them; its own ranking orders what the filters leave. What is different:
//
//   - A phrase that has alternatives (OR, other words for the same thing, "sameday" for same-day) or stands
//     after title:, and NEAR, find the pages that hold the words, in any order; the answer says so in a note.
//     So it is with a phrase beyond the tenth word of a query, where Meilisearch stops to look.
//   - Papers that match equally well may come in another order.
//   - Mistyped words are not its matter: it names no words that are near.
//
// Each batch is one task of Meilisearch, so that a search sees it whole or not at all: documents, the
// position, and for each page that went a document without words, which is swept away afterwards.
package meili

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"clearday/search"
)

// format changes when documents are written in another way or the settings are others; an index of another
// format is replaced by an empty one, which the follower fills again.
const format = "1"

const (
	index = "clearday"
	next  = "clearday-next" // built beside it, then swapped

	// position is the document that holds the position and the format. No search finds it.
	position = "position"

	searchTime = 3 * time.Second
	writeTime  = time.Minute      // of one request; a task may take longer
	taskTime   = 10 * time.Minute // of one task
	mostBytes  = 64 << 20         // of one answer
)

// Engine is a search.Engine over one Meilisearch. It opens no connection before it is used, and goes on by
// itself when a lost server is back.
type Engine struct {
	url   string
	admin meilisearch.ServiceManager
	http  *http.Client

	turn sync.Mutex // held by the one batch that is applied
	last int64      // the position that this program read or wrote last; under turn

	mu     sync.Mutex
	closed bool
	reader meilisearch.ServiceManager // with a token that finds published documents only; nil until made
}

var errClosed = errors.New("the search engine is closed")

// New gives an engine on the server at the address. The key is its master key or an admin key: searches are
// made with a token derived from it.
func New(url, key string) *Engine {
	e := &Engine{url: strings.TrimRight(url, "/"), http: &http.Client{Transport: bounded{http.DefaultTransport.(*http.Transport).Clone()}, Timeout: writeTime}}
	e.admin = e.client(key)
	return e
}

// client asks once: who calls knows better when to try again.
func (e *Engine) client(key string) meilisearch.ServiceManager {
	return meilisearch.New(e.url, meilisearch.WithAPIKey(key), meilisearch.WithCustomClient(e.http), meilisearch.DisableRetries())
}

// bounded ends an answer that is longer than any honest one.
type bounded struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.Transport.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, mostBytes), res.Body}
	}
	return res, err
}

// Close ends the use of the engine.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	e.http.CloseIdleConnections()
	return nil
}

func (e *Engine) open() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return errClosed
	}
	return nil
}

// Near implements search.Engine: Meilisearch names no words.
func (e *Engine) Near(context.Context, string) ([]string, error) { return nil, nil }

// Position is the number of the last act followed. An index that is missing or of another format is made
// anew, and its position is 0.
func (e *Engine) Position(ctx context.Context) (int64, error) {
	if err := e.open(); err != nil {
		return 0, err
	}
	e.turn.Lock()
	defer e.turn.Unlock()
	at, err := e.position(ctx)
	if errors.Is(err, errStrange) {
		at, err = 0, e.replace(ctx, []document{at0})
	}
	if err == nil {
		e.last = at
	}
	return at, err
}

// errStrange says that there is no index, or not one of ours.
var errStrange = errors.New("the index is missing or of another format")

var at0 = document{ID: position, Format: format}

func (e *Engine) position(ctx context.Context) (int64, error) {
	var d document
	err := e.admin.Index(index).GetDocumentWithContext(ctx, position, nil, &d)
	if code := codeOf(err); code == "index_not_found" || code == "document_not_found" {
		return 0, errStrange
	}
	if err != nil {
		return 0, fmt.Errorf("reading the position of the search index: %w", err)
	}
	if d.Format != format {
		return 0, errStrange
	}
	return d.Position, nil
}

// codeOf is what Meilisearch calls an error, or nothing.
func codeOf(err error) string {
	var e *meilisearch.Error
	if errors.As(err, &e) {
		return e.MeilisearchApiError.Code
	}
	return ""
}

// replace puts an index with the settings of this version and the documents in place of the one in use: it is
// built beside it, and both change places in one step.
func (e *Engine) replace(ctx context.Context, docs []document) error {
	if err := e.drop(ctx, next); err != nil {
		return err
	}
	task, err := e.admin.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: next, PrimaryKey: "id"})
	if err := e.await(ctx, "making an index", task, err); err != nil {
		return err
	}
	task, err = e.admin.Index(next).UpdateSettingsWithContext(ctx, settings())
	if err := e.await(ctx, "setting an index up", task, err); err != nil {
		return err
	}
	task, err = e.admin.Index(next).AddDocumentsWithContext(ctx, docs, nil)
	if err := e.await(ctx, "filling an index", task, err); err != nil {
		return err
	}
	task, err = e.admin.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: index, PrimaryKey: "id"})
	if err := e.await(ctx, "making an index", task, err); err != nil && !errors.Is(err, errExists) {
		return err
	}
	task, err = e.admin.SwapIndexesWithContext(ctx, []*meilisearch.SwapIndexesParams{{Indexes: []string{index, next}}})
	if err := e.await(ctx, "swapping indexes", task, err); err != nil {
		return err
	}
	return e.drop(ctx, next)
}

func (e *Engine) drop(ctx context.Context, uid string) error {
	task, err := e.admin.DeleteIndexWithContext(ctx, uid)
	if err := e.await(ctx, "dropping an index", task, err); err != nil && !errors.Is(err, errMissing) {
		return err
	}
	return nil
}

var (
	errExists  = errors.New("the index exists already")
	errMissing = errors.New("the index does not exist")
)

// await waits until a task is done; doing says what for.
func (e *Engine) await(ctx context.Context, doing string, task *meilisearch.TaskInfo, err error) error {
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, taskTime)
		defer cancel()
		var t *meilisearch.Task
		if t, err = e.admin.WaitForTaskWithContext(ctx, task.TaskUID, 50*time.Millisecond); err == nil {
			if t.Status == meilisearch.TaskStatusSucceeded {
				return nil
			}
			return fmt.Errorf("%s: the task ended as %s: %w", doing, t.Status, known(t.Error.Code, errors.New(t.Error.Message)))
		}
	}
	return fmt.Errorf("%s: %w", doing, known(codeOf(err), err))
}

func known(code string, err error) error {
	switch code {
	case "index_already_exists":
		return errExists
	case "index_not_found":
		return errMissing
	}
	return err
}

// settings are those of this format.
func settings() *meilisearch.Settings {
	off := "disabled"
	return &meilisearch.Settings{
		SearchableAttributes: []string{"heading", "stemmed"},
		DisplayedAttributes:  []string{"id", "subject", "version", "page", "kind", "recognised", "text", "position", "format"},
		FilterableAttributes: []string{"live", "gone", "subject", "kind", "board", "organisations", "year", "day", "recognised", "stems", "titles", "words"},
		SortableAttributes:   []string{"day", "page"},
		// Sort stands first: a search without it goes by the others alone.
		RankingRules:  []string{"sort", "words", "proximity", "attribute", "exactness"},
		TypoTolerance: &meilisearch.TypoTolerance{MinWordSizeForTypos: meilisearch.MinWordSizeForTypos{OneTypo: 255, TwoTypos: 255}},
		Pagination:    &meilisearch.Pagination{MaxTotalHits: 10_000_000},
		Faceting:      &meilisearch.Faceting{MaxValuesPerFacet: 10_000, SortFacetValuesBy: map[string]meilisearch.SortFacetType{"*": meilisearch.SortFacetTypeCount}},
		PrefixSearch:  &off,
	}
}

var _ search.Engine = (*Engine)(nil)
