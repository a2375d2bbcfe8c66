package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"clearday/papers"
)

// Searcher is what this package knows of searching.
type Searcher interface {
	// News names what of an act may hold new passages, as acts name it, or nothing.
	News(a papers.Act) (subject string, ok bool)
	// Await returns when searches know of all acts up to the number.
	Await(ctx context.Context, act int64) error
	// Find gives what the search finds of the subjects, as it is public now.
	Find(ctx context.Context, search string, subjects []string) ([]FoundHit, error)
	// Says puts a search into words.
	Says(ctx context.Context, search string) (string, error)
}

// FoundHit is a paper, a question or the like that a search finds. Links are below the site's address.
type FoundHit struct {
	Subject  string // as acts name it
	Version  int    // of a paper; 0 of what has none
	Title    string
	Says     string // where it belongs
	Link     string
	Passages []FoundPassage
}

// FoundPassage is a passage that matches.
type FoundPassage struct {
	Hash  string // the same for the same words in another version
	Label string
	Link  string
	Runs  []Run
}

// Run is a piece of a passage, marked when it is what was searched for.
type Run struct {
	Text   string
	Marked bool
}

// Match is what a search finds among what became public.
type Match struct {
	Search   string
	Subjects []Fresh
}

// Fresh is what became public, and when.
type Fresh struct {
	Subject string
	At      time.Time
}

// longestSearch bounds the query of the address of a search that is kept.
const longestSearch = 2000

func (s *Subscription) tidySearch() error {
	if s.Subject == "" || len(s.Subject) > longestSearch {
		return papers.Errorf(papers.CodeInvalid, "A search that is kept needs something to look for, and not more than fits in one line. Search first, then choose “E-mail me new matches”.")
	}
	if s.Rhythm != AtOnce && s.Rhythm != Weekly {
		return papers.Errorf(papers.CodeInvalid, "Choose how often you want to hear: at once or weekly.")
	}
	return nil
}

// SearchFollower queues letters for those who keep a search. It follows acts by a position of its own, so
// that nothing is missed that became public while no program ran.
type SearchFollower struct {
	Acts   Acts
	Store  Store
	Search Searcher
	Zone   func(ctx context.Context) (*time.Location, error) // of the site, for the day of weekly letters
	Now    func() time.Time
	Wake   func() // tells the Post that there may be letters
	Log    *slog.Logger
}

// Run follows until ctx ends. What fails is logged and tried again.
func (f *SearchFollower) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := f.follow(ctx); err != nil && ctx.Err() == nil {
			f.Log.Error("queueing letters about searches", slog.Any("err", err))
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
	return nil
}

func (f *SearchFollower) follow(ctx context.Context) error {
	at, err := f.Store.SearchPosition(ctx)
	if err != nil {
		return fmt.Errorf("reading how far searches were looked at: %w", err)
	}
	acts, err := f.Acts.Acts(ctx, at, actsAtOnce)
	if err != nil {
		return fmt.Errorf("reading acts: %w", err)
	}
	if len(acts) == 0 {
		_, err := f.Acts.AwaitAct(ctx, at)
		return err
	}
	acts = acts[:whole(acts, len(acts) == actsAtOnce)]
	last := acts[len(acts)-1].Number
	matches, err := f.matches(ctx, acts)
	if err != nil {
		return err
	}
	zone, err := f.Zone(ctx)
	if err != nil {
		return err
	}
	if err := f.Store.QueueFound(ctx, matches, at, last, nextWeek(f.Now(), zone)); err != nil {
		return fmt.Errorf("queueing letters: %w", err)
	}
	if len(matches) > 0 {
		f.Wake()
	}
	return nil
}

// nextWeek is the next Monday morning, when weekly letters go out.
func nextWeek(now time.Time, zone *time.Location) time.Time {
	const hour = 7
	local := now.In(zone)
	days := (int(time.Monday) - int(local.Weekday()) + 7) % 7
	at := time.Date(local.Year(), local.Month(), local.Day()+days, hour, 0, 0, 0, zone)
	if !at.After(now) {
		at = time.Date(local.Year(), local.Month(), local.Day()+days+7, hour, 0, 0, 0, zone)
	}
	return at
}

// matches asks each search that somebody keeps for what the acts made public.
func (f *SearchFollower) matches(ctx context.Context, acts []papers.Act) ([]Match, error) {
	fresh := f.fresh(acts)
	if len(fresh) == 0 {
		return nil, nil
	}
	searches, err := f.Store.Searches(ctx)
	if err != nil || len(searches) == 0 {
		return nil, err
	}
	if err := f.Search.Await(ctx, acts[len(acts)-1].Number); err != nil {
		return nil, fmt.Errorf("waiting for the search engine: %w", err)
	}
	subjects := make([]string, 0, len(fresh))
	for s := range fresh {
		subjects = append(subjects, s)
	}
	var out []Match
	for _, s := range searches {
		hits, err := f.Search.Find(ctx, s, subjects)
		if err != nil {
			return nil, fmt.Errorf("searching among what is new: %w", err)
		}
		m := Match{Search: s}
		for _, h := range hits {
			m.Subjects = append(m.Subjects, Fresh{Subject: h.Subject, At: fresh[h.Subject]})
		}
		if len(hits) > 0 {
			out = append(out, m)
		}
	}
	return out, nil
}

// fresh names what the acts made public, and when last.
func (f *SearchFollower) fresh(acts []papers.Act) map[string]time.Time {
	fresh := map[string]time.Time{}
	for _, a := range acts {
		if s, ok := f.Search.News(a); ok {
			fresh[s] = a.At
		}
	}
	return fresh
}

// passagesInLetter is how many passages stand in one letter; of more it says how many.
const passagesInLetter = 50

// found writes what a search finds and no letter told of before.
func (w *Writer) found(ctx context.Context, l Letter, in letter) (Message, error) {
	hits, err := w.Search.Find(ctx, l.Subscription.Subject, l.Subjects)
	if err != nil {
		return Message{}, fmt.Errorf("searching: %w", err)
	}
	m := Message{ID: l.ID, To: l.To}
	if hits, m.Told, err = w.untold(ctx, l, hits); err != nil {
		return Message{}, err
	}
	if len(m.Told) == 0 {
		return Message{}, errNothingLeft
	}
	words, err := w.Search.Says(ctx, l.Subscription.Subject)
	if err != nil {
		return Message{}, err
	}
	in.Heading = "New for your search " + words
	m.Subject = in.Heading
	in.News, in.More = w.foundNews(hits)
	in.Link, in.Button = w.Base+"/search?"+l.Subscription.Subject, "Everything that the search finds"
	in.Stop = w.Base + l.Subscription.Address()
	in.Why = "You get this because you keep this search. Open the last link to hear less often, or to stop."
	m.Unsubscribe = in.Stop
	return m, in.into(&m)
}

// untold leaves of the hits what no other letter told of.
func (w *Writer) untold(ctx context.Context, l Letter, hits []FoundHit) (kept []FoundHit, told []Told, err error) {
	var all []string
	for _, h := range hits {
		for _, p := range h.Passages {
			all = append(all, p.Hash)
		}
	}
	left, err := w.Record.Untold(ctx, l, all)
	if err != nil {
		return nil, nil, fmt.Errorf("reading what was told before: %w", err)
	}
	fresh := map[string]bool{}
	for _, hash := range left {
		fresh[hash] = true
	}
	for _, h := range hits {
		var passages []FoundPassage
		subject := h.Subject
		if h.Version > 0 {
			subject = fmt.Sprintf("%s/v/%d", h.Subject, h.Version)
		}
		for _, p := range h.Passages {
			if !fresh[p.Hash] {
				continue
			}
			delete(fresh, p.Hash) // the same words may stand on two pages
			passages = append(passages, p)
			told = append(told, Told{Passage: p.Hash, Subject: subject})
		}
		if h.Passages = passages; len(passages) > 0 {
			kept = append(kept, h)
		}
	}
	return kept, told, nil
}

func (w *Writer) foundNews(hits []FoundHit) (list []news, more string) {
	room, left := passagesInLetter, 0
	for _, h := range hits {
		n := news{Title: h.Title, Says: h.Says, Link: w.Base + h.Link}
		for _, p := range h.Passages[:min(room, len(h.Passages))] {
			p.Link = w.Base + p.Link
			n.Passages = append(n.Passages, p)
		}
		room -= len(n.Passages)
		left += len(h.Passages) - len(n.Passages)
		if len(n.Passages) > 0 {
			list = append(list, n)
		}
	}
	if left > 0 {
		more = fmt.Sprintf("%d more passages match. The link below leads to all of them.", left)
	}
	return list, more
}
