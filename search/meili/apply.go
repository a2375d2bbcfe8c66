package meili

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"clearday/search"
)

// document is what the index holds of a page, of one that went, or of the position.
type document struct {
	ID            string      `json:"id"`
	Live          bool        `json:"live"`           // a page that searches find
	Gone          bool        `json:"gone,omitempty"` // a page that went, to be swept away
	Subject       string      `json:"subject,omitempty"`
	Version       int         `json:"version,omitempty"`
	Page          int         `json:"page,omitempty"`
	Kind          search.Kind `json:"kind,omitempty"`
	Board         string      `json:"board,omitempty"`
	Organisations []string    `json:"organisations,omitempty"`
	Day           int         `json:"day,omitempty"` // 20260408
	Year          int         `json:"year,omitempty"`
	Recognised    bool        `json:"recognised,omitempty"`
	Text          string      `json:"text,omitempty"`

	Heading string   `json:"heading,omitempty"` // stems of the title, in order
	Stemmed string   `json:"stemmed,omitempty"` // stems of the page, in order; the title before those of the first
	Stems   []string `json:"stems,omitempty"`   // each once
	Titles  []string `json:"titles,omitempty"`  // of the title, each once
	Words   []string `json:"words,omitempty"`   // before stemming, each once, for prefixes

	Position int64  `json:"position,omitempty"`
	Format   string `json:"format,omitempty"`
}

func idOf(subject string, page int) string {
	sum := sha256.Sum256([]byte(subject))
	return hex.EncodeToString(sum[:16]) + "-" + strconv.Itoa(page)
}

func newDocument(d search.Document) document {
	text := d.Text
	if d.Page == 1 {
		text = d.Title + "\n\n" + text
	}
	stems, words := analyse(text)
	titles, _ := analyse(d.Title)
	return document{
		ID: idOf(d.Subject, d.Page), Live: true, Subject: d.Subject, Version: d.Version, Page: d.Page, Kind: d.Kind, Board: d.Board,
		Organisations: d.Organisations, Day: day(d.Date), Year: day(d.Date) / 10_000, Recognised: d.Recognised, Text: d.Text,
		Heading: strings.Join(titles, " "), Stemmed: strings.Join(stems, " "), Stems: once(stems), Titles: once(titles), Words: once(words),
	}
}

func analyse(text string) (stems, words []string) {
	for _, k := range search.Analyse(text) {
		stems, words = append(stems, plain(search.Stem(k.Word))), append(words, plain(k.Word))
	}
	return stems, words
}

func once(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// plain writes a word in Latin letters and digits alone, so that Meilisearch takes it for one word: what
// else is in it stands as its code between two z.
func plain(word string) string {
	if !strings.ContainsFunc(word, func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') }) {
		return word
	}
	var b strings.Builder
	for _, r := range word {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "zz%xzz", r)
		}
	}
	return b.String()
}

// day writes a date as a number, which filters can compare; 0 when it is none.
func day(date string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(date, "-", ""))
	if err != nil || len(date) != len("2006-01-02") {
		return 0
	}
	return n
}

// Apply implements search.Engine. It returns when Meilisearch has done the task.
func (e *Engine) Apply(ctx context.Context, b search.Batch) error {
	if err := e.open(); err != nil {
		return err
	}
	e.turn.Lock()
	defer e.turn.Unlock()
	docs := make([]document, 0, len(b.Put)+1)
	for _, d := range b.Put {
		docs = append(docs, newDocument(d))
	}
	if b.Clear {
		at := at0
		at.Position, e.last = b.Position, b.Position
		return e.replace(ctx, append(docs, at))
	}
	at, err := e.position(ctx)
	if err != nil {
		return err
	}
	if at < e.last { // a server came back with older data, or another program fills it anew
		return fmt.Errorf("writing to the search index: it is at act %d, not at %d any more", at, e.last)
	}
	gone, err := e.gone(ctx, b.Remove, docs)
	if err != nil {
		return err
	}
	docs = append(docs, gone...)
	if b.Position > 0 {
		at = b.Position
	}
	docs = append(docs, document{ID: position, Format: format, Position: at})
	task, err := e.admin.Index(index).AddDocumentsWithContext(ctx, docs, nil)
	if err := e.await(ctx, "writing to the search index", task, err); err != nil {
		return err
	}
	e.last = at
	if len(gone) == 0 {
		return nil
	}
	task, err = e.admin.Index(index).DeleteDocumentsByFilterWithContext(ctx, "gone = true", nil)
	return e.await(ctx, "sweeping the search index", task, err)
}

// gone are the pages of subjects that are removed and do not come again in the same batch.
func (e *Engine) gone(ctx context.Context, subjects []string, put []document) ([]document, error) {
	const some, pages = 100, 1000 // subjects and documents of one request
	stays := map[string]bool{}
	for _, d := range put {
		stays[d.ID] = true
	}
	var out []document
	for list := range slices.Chunk(subjects, some) {
		for from := int64(0); ; from += pages {
			var res meilisearch.DocumentsResult
			q := &meilisearch.DocumentsQuery{Filter: in("subject", list), Fields: []string{"id"}, Offset: from, Limit: pages}
			if err := e.admin.Index(index).GetDocumentsWithContext(ctx, q, &res); err != nil {
				return nil, fmt.Errorf("reading what the search index holds: %w", err)
			}
			for _, h := range res.Results {
				var d document
				if err := h.DecodeInto(&d); err != nil {
					return nil, fmt.Errorf("reading what the search index holds: %w", err)
				}
				if !stays[d.ID] {
					out = append(out, document{ID: d.ID, Gone: true})
				}
			}
			if len(res.Results) == 0 || from+pages >= res.Total {
				break
			}
		}
	}
	return out, nil
}
