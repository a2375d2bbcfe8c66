package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/alerts"
	"clearday/search"
	"clearday/server/page"
)

// KeptSearches searches for those who hear by letter of what is new. A search that is kept is the query of
// its address, as the page of results has it.
type KeptSearches struct {
	Finder *search.Finder
}

// keptArgs reads the query of an address; what it does not know is left out.
func keptArgs(query string) page.SearchArgs {
	v, err := url.ParseQuery(query)
	if err != nil {
		return page.SearchArgs{}
	}
	some := func(name string) []string { return v[name][:min(len(v[name]), maxValues)] }
	return page.SearchArgs{Text: v.Get("q"), Boards: some("board"), Kinds: some("kind"), Years: some("year"), Orgs: some("org"), From: v.Get("from"), To: v.Get("to")}
}

// tidySearch writes a search the one way that it is kept; empty when it looks for nothing in particular.
func tidySearch(query string) string {
	k := keptArgs(strings.ToValidUTF8(query, ""))
	k.Text = strings.Join(strings.Fields(k.Text), " ")
	if queryOf(k).Empty() {
		return ""
	}
	return strings.TrimPrefix(k.Address("", 1), "?")
}

// News implements alerts.Searcher.
func (s KeptSearches) News(a papers.Act) (string, bool) { return search.News(a) }

// Await implements alerts.Searcher.
func (s KeptSearches) Await(ctx context.Context, act int64) error {
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for s.Finder.Follow.Seen() < act {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
	}
	return nil
}

// Find implements alerts.Searcher.
func (s KeptSearches) Find(ctx context.Context, kept string, subjects []string) ([]alerts.FoundHit, error) {
	q := queryOf(keptArgs(kept))
	q.Subjects, q.Every, q.Sort = subjects, true, search.Newest
	var out []alerts.FoundHit
	if len(subjects) == 0 {
		return nil, nil
	}
	for h, err := range s.Finder.All(ctx, q) {
		if err != nil {
			return nil, err
		}
		f := alerts.FoundHit{Subject: h.Subject, Version: h.Version, Title: h.Title, Says: h.MeetingName + ", " + page.LongDate(h.Date), Link: h.URL}
		if h.Item != "" {
			f.Says += ", item " + h.Item
		}
		for _, p := range h.Pages {
			f.Passages = append(f.Passages, foundPassage(h, p))
		}
		out = append(out, f)
	}
	return out, nil
}

func foundPassage(h search.Hit, p search.HitPage) alerts.FoundPassage {
	var words strings.Builder
	words.WriteString(h.Subject)
	for _, k := range search.Analyse(p.Plain()) {
		words.WriteString(" " + k.Word)
	}
	sum := sha256.Sum256([]byte(words.String()))
	f := alerts.FoundPassage{Hash: hex.EncodeToString(sum[:16]), Label: p.Label, Link: lasting(h, p)}
	for _, s := range p.Passage() {
		f.Runs = append(f.Runs, alerts.Run{Text: s.Text, Marked: s.Marked})
	}
	return f
}

// Says implements alerts.Searcher.
func (s KeptSearches) Says(ctx context.Context, kept string) (string, error) {
	names, err := s.names(ctx)
	return keptArgs(kept).Says(names), err
}

// names are those of boards and organisations, as SearchArgs.Says wants them.
func (s KeptSearches) names(ctx context.Context) (map[string]string, error) {
	boards, err := s.Finder.Record.Boards(ctx)
	if err != nil {
		return nil, err
	}
	partners, err := s.Finder.Record.Partners(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, b := range boards {
		names["board "+b.Slug] = b.Name
	}
	for _, p := range partners {
		names["org "+p.Slug] = p.Name
	}
	return names, nil
}
