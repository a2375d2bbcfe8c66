package search_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/papers"
	"clearday/search"
	"clearday/search/embedded"
)

// fakeRecord holds what the tests publish. It answers as the store does for the public.
type fakeRecord struct {
	mu       sync.Mutex
	found    map[string]papers.Found // current public version by paper
	texts    map[string][]string
	acts     []papers.Act
	boards   []papers.Board
	partners []papers.Partner
	site     papers.Site
	not      map[string]search.Unsearchable // searchable in full, where a test says so
	meeting  papers.Meeting
	items    []papers.Item
	asked    map[string]search.Contribution
	spoken   []search.Spoken
}

func newRecord() *fakeRecord {
	return &fakeRecord{found: map[string]papers.Found{}, texts: map[string][]string{}, asked: map[string]search.Contribution{},
		meeting: papers.Meeting{Slug: "partnership-board-2026-04-08", Board: "partnership-board", BoardName: "Partnership Board", StartsAt: time.Date(2026, 4, 8, 8, 30, 0, 0, time.UTC)},
		boards:  []papers.Board{{Slug: "partnership-board", Name: "Partnership Board"}, {Slug: "finance", Name: "Finance and Investment"}}}
}

func (r *fakeRecord) act(kind papers.Kind, subject string, do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if do != nil {
		do()
	}
	r.acts = append(r.acts, papers.Act{Number: int64(len(r.acts) + 1), Kind: kind, Subject: subject, Meeting: "partnership-board-2026-04-08", Board: "partnership-board"})
}

func (r *fakeRecord) publish(id, title string, n int, texts ...string) {
	r.act(papers.ActPaperPublished, fmt.Sprintf("papers/%s/v/%d", id, n), func() {
		v := papers.Version{Paper: id, N: n, State: papers.VersionPublished, Pages: len(texts)}
		r.found[id] = papers.Found{
			Paper:   papers.Paper{ID: id, Title: title, Board: "partnership-board", Meeting: "partnership-board-2026-04-08", Versions: []papers.Version{v}},
			Version: v, Item: papers.Item{Number: "5"},
			Meeting: r.meeting,
		}
		r.texts[id] = texts
	})
}

func (r *fakeRecord) withdraw(id string) {
	r.act(papers.ActPaperWithdrawn, "papers/"+id, func() { delete(r.found, id); delete(r.texts, id) })
}

func (r *fakeRecord) Acts(_ context.Context, after int64, limit int) ([]papers.Act, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rest := r.acts[min(int(after), len(r.acts)):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

func (r *fakeRecord) LastAct(context.Context) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return int64(len(r.acts)), nil
}

func (r *fakeRecord) AwaitAct(ctx context.Context, after int64) (int64, error) {
	for range 50 {
		if n, _ := r.LastAct(ctx); n > after || ctx.Err() != nil {
			return n, ctx.Err()
		}
		time.Sleep(time.Millisecond)
	}
	return r.LastAct(ctx)
}

func (r *fakeRecord) Papers(_ context.Context, _ papers.Audience, f papers.PaperFilter) (list []papers.Paper, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, fd := range r.found {
		if f.Meeting == fd.Paper.Meeting {
			list = append(list, fd.Paper)
		}
	}
	slices.SortFunc(list, func(a, b papers.Paper) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

func (r *fakeRecord) Paper(_ context.Context, _ papers.Audience, id string) (papers.Paper, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fd, ok := r.found[id]
	if !ok {
		return papers.Paper{}, papers.ErrNotFound
	}
	return fd.Paper, nil
}

func (r *fakeRecord) Find(_ context.Context, _ papers.Audience, refs []papers.VersionRef) (list []papers.Found, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ref := range refs {
		if fd, ok := r.found[ref.Paper]; ok && fd.Version.N == ref.N {
			list = append(list, fd)
		}
	}
	return list, nil
}

func (r *fakeRecord) Texts(_ context.Context, ref papers.VersionRef) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.texts[ref.Paper], nil
}

func (r *fakeRecord) Boards(context.Context) ([]papers.Board, error)     { return r.boards, nil }
func (r *fakeRecord) Site(context.Context) (papers.Site, error)          { return r.site, nil }
func (r *fakeRecord) Partners(context.Context) ([]papers.Partner, error) { return r.partners, nil }

func (r *fakeRecord) Meeting(_ context.Context, _ papers.Audience, slug string) (papers.Meeting, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slug != r.meeting.Slug {
		return papers.Meeting{}, papers.ErrNotFound
	}
	return r.meeting, nil
}

func (r *fakeRecord) Meetings(context.Context, papers.Audience, papers.MeetingFilter) ([]papers.Meeting, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return []papers.Meeting{r.meeting}, "", nil
}

func (r *fakeRecord) Items(context.Context, papers.Audience, string) ([]papers.Item, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.items), nil
}

func (r *fakeRecord) PublicWords(_ context.Context, number string) (search.Contribution, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.asked[number]
	if !ok {
		return c, papers.ErrNotFound
	}
	return c, nil
}

func (r *fakeRecord) PublicNumbers(context.Context, string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.asked)), nil
}

func (r *fakeRecord) Spoken(context.Context, string) ([]search.Spoken, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.spoken), nil
}

func (r *fakeRecord) Unsearchable(context.Context, papers.Audience) (int, []search.Unsearchable, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var without []search.Unsearchable
	for _, id := range slices.Sorted(maps.Keys(r.found)) {
		u, known := r.not[id]
		if !known && strings.TrimSpace(strings.Join(r.texts[id], "")) == "" {
			u, known = search.Unsearchable{Textless: true}, true
		}
		if u.Paper = r.found[id].Paper; known {
			without = append(without, u)
		}
	}
	return len(r.found), without, nil
}

func engine(t testing.TB) *embedded.Engine {
	t.Helper()
	e, err := embedded.Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// follow runs a follower until the test ends.
func follow(t testing.TB, e search.Engine, r *fakeRecord) *search.Follower {
	t.Helper()
	f := &search.Follower{Engine: e, Store: r, Log: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return f
}

func find(t testing.TB, f *search.Finder, query string) search.Answer {
	t.Helper()
	a, err := f.Find(context.Background(), search.Parse(query))
	if err != nil {
		t.Fatalf("Find(%s): %v", query, err)
	}
	return a
}

func sortedList(list []string) []string { return slices.Sorted(slices.Values(list)) }

func sorted(list []string) string { return strings.Join(sortedList(list), " ") }

func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestFind(t *testing.T) {
	r, e := newRecord(), engine(t)
	r.publish("urgent", "Urgent care <plan>", 2, "Nothing here", "The fourth hub & <script>", "same-day hubs", "hub", "hub", "hub")
	r.publish("scan", "Scanned estates strategy", 1, "", "")
	f := &search.Finder{Engine: e, Record: r, Follow: follow(t, e, r)}
	until(t, "the paper is found", func() bool { return find(t, f, "hub").Total == 1 })
	a := find(t, f, `hub board:partnership`)
	h := a.Hits[0]
	if h.Paper != "urgent" || h.Version != 2 || h.Title != "Urgent care <plan>" || h.BoardName != "Partnership Board" || h.Date != "2026-04-08" || h.Item != "5" || h.MorePages != 2 || len(h.Pages) != 3 {
		t.Errorf("the hit is %+v", h)
	}
	var two search.HitPage
	for _, p := range find(t, f, `"fourth hub"`).Hits[0].Pages {
		two = p
	}
	if want := (search.HitPage{Page: 2, Label: "Page 2", Text: "The fourth hub & <script>", Snippet: "The <mark>fourth hub</mark> &amp; &lt;script&gt;", URL: "/papers/urgent/pages/2?q=%22fourth+hub%22"}); two != want {
		t.Errorf("the page is %+v, want %+v", two, want)
	}
	if got := fmt.Sprint(a.Facets); got != "{[{partnership-board Partnership Board 1 true}] [{report Report 1 false}] [{2026 2026 1 false}] []}" {
		t.Errorf("facets %s", got)
	}
	until(t, "all is followed", func() bool { return find(t, f, "hub").Coverage.Behind == 0 })
	if c := find(t, f, "hub").Coverage; c.Papers != 2 || c.Searchable != 1 || len(c.Missing) != 1 || c.Missing[0].Paper != "scan" {
		t.Errorf("coverage %+v", c)
	}
	if a := find(t, f, "hub board:unheard"); a.Total != 1 || len(a.Notes) != 1 {
		t.Errorf("an unknown board gives %d papers and notes %q", a.Total, a.Notes)
	}
	out, err := json.Marshal(find(t, f, "zebra"))
	if err != nil || !strings.Contains(string(out), `"total":0`) || !strings.Contains(string(out), `"hits":[]`) {
		t.Errorf("nothing found is written as %s, %v", out, err)
	}
}

// TestFindOnlyPublic asks an engine that lags behind the record: nothing that is no longer public
// leaves, and it is not counted.
func TestFindOnlyPublic(t *testing.T) {
	r, e := newRecord(), engine(t)
	r.publish("kept", "Kept", 1, "canary in both")
	r.publish("gone", "Gone", 1, "canary in both")
	r.publish("newer", "Newer", 1, "canary of the first version")
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	first := &search.Follower{Engine: e, Store: r, Log: slog.New(slog.DiscardHandler)}
	go func() { done <- first.Run(ctx) }()
	until(t, "all is followed", func() bool { p, _ := e.Position(context.Background()); return p == 3 })
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	r.withdraw("gone")
	r.publish("newer", "Newer", 2, "another text")
	a := find(t, &search.Finder{Engine: e, Record: r}, "canary")
	if a.Total != 1 || len(a.Hits) != 1 || a.Hits[0].Paper != "kept" || a.Coverage.Behind != 2 {
		t.Errorf("found %+v", a)
	}
	follow(t, e, r)
	finder := &search.Finder{Engine: e, Record: r}
	until(t, "the new version is found", func() bool { return find(t, finder, "another").Total == 1 })
}

func TestFollow(t *testing.T) {
	r, e := newRecord(), engine(t)
	finder := &search.Finder{Engine: e, Record: r}
	total := func(q string) int { return find(t, finder, q).Total }
	for i := range 40 {
		r.publish(fmt.Sprint("p", i), "Paper", 1, "first page", "second page")
	}
	f := follow(t, e, r)
	until(t, "a rebuild from nothing is done", func() bool { return total("second") == 40 && f.Behind() == 0 })
	r.withdraw("p0")
	until(t, "a withdrawn paper is gone", func() bool { return total("second") == 39 })
	r.act(papers.ActMeetingChanged, "meetings/partnership-board-2026-04-08", func() {
		for id, fd := range r.found {
			fd.Meeting.StartsAt = fd.Meeting.StartsAt.AddDate(1, 0, 0)
			r.found[id] = fd
		}
	})
	until(t, "the new date is found", func() bool { return total("year:2027") == 39 })
	r.act(papers.ActPaperChanged, "papers/p7", func() {
		fd := r.found["p7"]
		fd.Paper.Title = "Renamed zebra"
		r.found["p7"] = fd
	})
	until(t, "the new title is found", func() bool { return total("title:zebra") == 1 })
	for range 5 {
		r.act(papers.ActSupportCounted, "questions/Q-2026-0001", nil)
	}
	until(t, "other acts count as followed", func() bool { return f.Behind() == 0 })
}

// TestFollowAfterRestore gives an index of a longer record to a shorter one.
func TestFollowAfterRestore(t *testing.T) {
	restored, e := newRecord(), engine(t)
	if err := e.Apply(context.Background(), search.Batch{Position: 99, Put: []search.Document{{Subject: "papers/later", Version: 1, Page: 1, Date: "2026-01-01", Text: "from the future"}}}); err != nil {
		t.Fatal(err)
	}
	restored.publish("now", "Now", 1, "from the present")
	f := follow(t, e, restored)
	finder := &search.Finder{Engine: e, Record: restored, Follow: f}
	until(t, "the index is that of the record", func() bool { return find(t, finder, "present").Total == 1 })
	res, err := e.Search(context.Background(), search.Parse("future"))
	if err != nil || res.Papers != 0 {
		t.Errorf("the index still holds %d papers of the other record, %v", res.Papers, err)
	}
}

// failing fails every other Apply, half of those after it was done.
type failing struct {
	search.Engine
	mu sync.Mutex
	n  int
}

func (f *failing) Apply(ctx context.Context, b search.Batch) error {
	f.mu.Lock()
	f.n++
	n := f.n
	f.mu.Unlock()
	if n%4 == 1 {
		return errors.New("failed and not done")
	}
	err := f.Engine.Apply(ctx, b)
	if n%4 == 3 {
		return errors.New("failed but done")
	}
	return err
}

func TestFollowFaults(t *testing.T) {
	r, e := newRecord(), engine(t)
	flaky := &failing{Engine: e}
	f := follow(t, flaky, r)
	for i := range 6 {
		r.publish(fmt.Sprint("p", i), "Paper", 1, "words")
		until(t, "it is followed", func() bool { p, _ := e.Position(context.Background()); return p == int64(i+1) && f.Behind() == 0 })
	}
	res, err := e.Search(context.Background(), search.Parse("words"))
	if err != nil || res.Papers != 6 || res.Pages != 6 {
		t.Errorf("after faults: %d papers, %d pages, %v", res.Papers, res.Pages, err)
	}
}

// corpus gives the folder of the Open Government Licence papers, or skips.
func corpus(t testing.TB) string {
	t.Helper()
	root := os.Getenv("CLEARDAY_TEST_CORPUS")
	for dir, _ := filepath.Abs("."); root == "" && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if c := filepath.Join(dir, "shared", "corpus"); isDir(c) {
			root = c
		}
	}
	files := filepath.Join(root, "papers", "datagovuk__library-archive", "files")
	if root == "" || !isDir(files) {
		t.Skip("the corpus of real papers is not here")
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext is not installed")
		}
		t.Skip("pdftotext is not installed")
	}
	return files
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func pages(t testing.TB, file string) []string {
	t.Helper()
	out, err := exec.Command("pdftotext", "-enc", "UTF-8", file, "-").Output()
	if err != nil {
		return nil // some are broken on purpose
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

// TestRealPapers takes a run of words from the middle of pages of real papers and finds each,
// quoted, first and on its page; and without quotes among the first.
func TestRealPapers(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpus(t), "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	r, e := newRecord(), engine(t)
	type passage struct {
		paper, words string
		page         int
	}
	var try []passage
	times := map[string]int{} // how often a run of words stands in all papers
	for i, name := range files[:min(len(files), 40)] {
		texts := pages(t, name)
		id := fmt.Sprintf("paper%d", i)
		r.publish(id, papers.TitleFrom(name), 1, texts...)
		for n, text := range texts {
			words := strings.Fields(text)
			for w := 0; w+10 <= len(words); w++ {
				times[strings.Join(words[w:w+10], " ")]++
			}
			if n%7 != 0 {
				continue
			}
			if len(words) < 80 {
				continue
			}
			run := strings.Join(words[40:50], " ")
			if !strings.ContainsAny(run, `"-*()`) && len(search.Analyse(run)) >= 9 {
				try = append(try, passage{id, run, n + 1})
			}
		}
	}
	finder := &search.Finder{Engine: e, Record: r, Follow: follow(t, e, r)}
	until(t, "all papers are in the index", func() bool { p, _ := e.Position(context.Background()); return p == int64(len(r.acts)) })
	first, loose := 0, 0
	on := func(a search.Answer, p passage) bool {
		return slices.ContainsFunc(a.Hits, func(h search.Hit) bool {
			return h.Paper == p.paper && slices.ContainsFunc(h.Pages, func(hp search.HitPage) bool { return hp.Page == p.page })
		})
	}
	try = slices.DeleteFunc(try, func(p passage) bool { return times[p.words] > 1 })
	for _, p := range try {
		a := find(t, finder, `"`+p.words+`"`)
		switch {
		case !on(a, p):
			t.Errorf("%q of %s page %d is not found", p.words, p.paper, p.page)
		case a.Hits[0].Paper == p.paper && a.Hits[0].Pages[0].Page == p.page:
			first++
		}
		if b := find(t, finder, p.words); len(b.Hits) > 0 && b.Hits[0].Paper == p.paper && b.Hits[0].Pages[0].Page == p.page {
			loose++
		} else {
			t.Logf("without quotes not first: %q of %s page %d", p.words, p.paper, p.page)
		}
	}
	t.Logf("%d passages: quoted on its page first %d, without quotes %d", len(try), first, loose)
	if len(try) < 20 || first*100 < 85*len(try) || loose*100 < 95*len(try) {
		t.Errorf("of %d passages %d are first when quoted, %d without quotes", len(try), first, loose)
	}
}
