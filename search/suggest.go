package search

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Suggestion is a title that begins with, or holds, what somebody is typing.
type Suggestion struct {
	Title string `json:"title"`
	Kind  Kind   `json:"kind"`
	Date  string `json:"date"` // of the meeting
	URL   string `json:"url"`
}

const (
	suggestions  = 8
	shortestHint = 2 // letters
)

// Suggest gives titles of what is public now and holds the words typed, of which the last may be
// unfinished. Each title stands once: that of the best match.
func (f *Finder) Suggest(ctx context.Context, typed string) ([]Suggestion, error) {
	list := []Suggestion{}
	q, ok := hint(typed)
	if !ok {
		return list, nil
	}
	res, err := f.Engine.Search(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("looking for titles: %w", err)
	}
	hits, _, err := f.check(ctx, q, res.Groups)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, h := range hits {
		if key := strings.ToLower(h.Title); !seen[key] && len(list) < suggestions {
			seen[key] = true
			list = append(list, Suggestion{Title: h.Title, Kind: h.Kind, Date: h.Date, URL: h.URL})
		}
	}
	return list, nil
}

// hint is the query for titles that hold the words.
func hint(typed string) (Query, bool) {
	typed = strings.ToValidUTF8(typed, "")
	tokens := Analyse(typed)
	if len(tokens) == 0 || len(tokens) > longestRun || utf8.RuneCountInString(typed) > maxRunes {
		return Query{}, false
	}
	q := Query{Text: typed, Sort: Newest, Limit: 3 * suggestions}
	for i, k := range tokens {
		t := Term{Text: k.Word, Title: true, Typed: []string{k.Word}, Words: []string{Stem(k.Word)}}
		any := []Term{t}
		if i == len(tokens)-1 && k.End == len(typed) {
			if utf8.RuneCountInString(k.Word) < shortestHint {
				if i == 0 {
					return Query{}, false
				}
				break
			}
			t.Prefix, t.Words = true, t.Typed
			any = append(any, t)
		}
		q.All = append(q.All, any)
	}
	return q, true
}
