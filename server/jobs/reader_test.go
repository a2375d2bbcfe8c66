package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/papers"
	"clearday/papers/office"
	"clearday/papers/pdf"
	"clearday/server/blob"
	"clearday/server/jobs"
	"clearday/server/servertest"
)

type record = papers.Store

// fakeRecord holds one version and its work, and writes down what is asked of it.
type fakeRecord struct {
	record
	jobs.Store

	mu       sync.Mutex
	works    []jobs.Work
	inHand   int // works that were taken and not given back
	version  papers.Version
	gone     bool // the version was removed
	said     []string
	texts    []string
	finished papers.Version
	fail     map[string]error // by name of the method
	onKeep   func()
	idle     chan struct{} // gets a value when there is nothing to do
}

// say notes a call and answers the error that it shall have.
func (f *fakeRecord) say(method, format string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.said = append(f.said, method+fmt.Sprintf(format, args...))
	if method == "RetryWork" || method == "FinishWork" && f.fail[method] == nil {
		f.inHand--
	}
	return f.fail[method]
}

func (f *fakeRecord) TakeWork(_ context.Context, kind string, lease time.Duration) (jobs.Work, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if lease < time.Second {
		return jobs.Work{}, false, fmt.Errorf("took work %q for %v", kind, lease)
	}
	if len(f.works) == 0 && f.inHand > 0 {
		return jobs.Work{}, false, nil
	}
	if len(f.works) == 0 {
		select {
		case f.idle <- struct{}{}:
		default:
		}
		return jobs.Work{}, false, nil
	}
	i := slices.IndexFunc(f.works, func(w jobs.Work) bool { return w.Kind == kind })
	if i < 0 {
		return jobs.Work{}, false, nil
	}
	w := f.works[i]
	f.works = slices.Delete(f.works, i, i+1)
	f.inHand++
	return w, true, nil
}

func (f *fakeRecord) KeepWork(_ context.Context, id string, lease time.Duration) error {
	return f.say("KeepWork", " %s %v", id, lease)
}
func (f *fakeRecord) FinishWork(_ context.Context, id string) error {
	return f.say("FinishWork", " %s", id)
}
func (f *fakeRecord) RetryWork(_ context.Context, id string, after time.Duration, sentence string) error {
	return f.say("RetryWork", " %s %v %s", id, after, sentence)
}

func (f *fakeRecord) MoveWork(_ context.Context, id, kind string) error {
	f.mu.Lock()
	f.inHand--
	f.works = append(f.works, jobs.Work{ID: id, Kind: kind, Subject: "p/2", Tries: 1})
	f.mu.Unlock()
	return f.say("MoveWork", " %s %s", id, kind)
}

func (f *fakeRecord) Texts(context.Context, papers.VersionRef) ([]string, error) { return f.texts, nil }

func (f *fakeRecord) KeepScans(_ context.Context, v papers.Version) error {
	return f.say("KeepScans", " %d of %d", v.ScansRead, len(v.Scans))
}

func (f *fakeRecord) Find(_ context.Context, _ papers.Audience, refs []papers.VersionRef) ([]papers.Found, error) {
	if f.gone || len(refs) != 1 || refs[0] != f.version.Ref() {
		return nil, f.fail["Find"]
	}
	return []papers.Found{{Version: f.version}}, f.fail["Find"]
}

func (f *fakeRecord) Site(context.Context) (papers.Site, error) { return papers.Site{}, nil }

func (f *fakeRecord) KeepFile(_ context.Context, v papers.Version) error {
	return f.say("KeepFile", " %d", v.Pages)
}

func (f *fakeRecord) KeepPages(_ context.Context, _ papers.VersionRef, from int, texts []string) error {
	if f.onKeep != nil {
		f.onKeep()
	}
	f.mu.Lock()
	f.texts = append(f.texts[:from-1], texts...)
	f.mu.Unlock()
	return f.say("KeepPages", " %d-%d", from, from+len(texts)-1)
}

func (f *fakeRecord) FinishReading(_ context.Context, v papers.Version) error {
	f.mu.Lock()
	f.finished = v
	f.mu.Unlock()
	return f.say("FinishReading", " %s", v.State)
}

// reading is a reader over a fake record and one file that lies on disk.
type reading struct {
	*fakeRecord
	reader *jobs.Reader
	path   string
}

func newReading(t *testing.T, file []byte, pages int) *reading {
	t.Helper()
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	staged, err := files.Stage(bytes.NewReader(file), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if err := staged.Keep(); err != nil {
		t.Fatal(err)
	}
	tools, err := pdf.New(pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeRecord{works: []jobs.Work{{ID: "w1", Kind: jobs.KindRead, Subject: "p/2", Tries: 1}}, fail: map[string]error{}, idle: make(chan struct{}),
		version: papers.Version{Paper: "p", N: 2, State: papers.VersionChecking, Original: staged.Hash, OriginalSize: staged.Size, OriginalKind: "pdf", Pages: pages}}
	return &reading{f, &jobs.Reader{Works: f, Store: f, Files: files, Tools: tools, Log: slog.New(slog.DiscardHandler), Office: office.New(office.ToolLimits{})}, files.Path(staged.Hash)}
}

// run lets the reader work until there is nothing to do, and stops it.
func (r *reading) run(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- r.reader.Run(ctx) }()
	select {
	case <-r.idle:
	case <-ctx.Done():
		if ctx.Err() == context.DeadlineExceeded {
			t.Error("the reader did not get done")
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("Run = %v", err)
	}
}

func (r *reading) want(t *testing.T, said ...string) {
	t.Helper()
	if !slices.Equal(r.said, said) {
		t.Errorf("the reader did\n  %s\nwant\n  %s", strings.Join(r.said, "\n  "), strings.Join(said, "\n  "))
	}
}

func manyPages(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("Words of page %d.", i+1))
	}
	return list
}

const keepAgain = "The file could not be read yet. The program tries again by itself."

func TestReader(t *testing.T) {
	t.Run("progress kept", func(t *testing.T) {
		r := newReading(t, servertest.PDF(t, "Long", manyPages(60)...), 60)
		r.run(t)
		r.want(t, "KeepFile 60", "KeepPages 1-25", "KeepWork w1 1m0s", "KeepPages 26-50", "KeepWork w1 1m0s", "KeepPages 51-60", "KeepWork w1 1m0s", "FinishReading ready", "FinishWork w1")
		for i, text := range r.texts {
			if !strings.Contains(text, fmt.Sprintf("Words of page %d.", i+1)) {
				t.Fatalf("page %d was read as %q", i+1, text)
			}
		}
		if v := r.finished; v.PagesRead != 60 || len(r.texts) != 60 || slices.ContainsFunc(v.Findings, func(f papers.Finding) bool { return f.Blocks }) || v.Checked != v.File || v.Ref() != r.version.Ref() {
			t.Errorf("finished %+v with %d pages", v, len(r.texts))
		}
	})
	t.Run("scan", func(t *testing.T) {
		r := newReading(t, servertest.PDF(t, "Scan", "", ""), 2)
		r.run(t)
		r.want(t, "KeepFile 2", "KeepPages 1-2", "KeepWork w1 1m0s", "FinishReading ready", "FinishWork w1")
		if f := r.finished.Findings; !slices.ContainsFunc(f, func(f papers.Finding) bool {
			return f.Code == "no_text" && !f.Blocks && strings.Contains(f.Message, "screen reader")
		}) {
			t.Errorf("found %+v", f)
		}
	})
	for name, c := range map[string]struct {
		file  []byte
		pages int
		says  string
	}{
		"no PDF":                {[]byte("hello"), 1, "damaged"},
		"fewer pages than said": {servertest.PDF(t, "Short", "one", "two"), 3, "says it has 3 pages, but only 2 can be read"},
		"more pages than said":  {servertest.PDF(t, "Long", "one", "two"), 1, "damaged"},
	} {
		t.Run("blocked, "+name, func(t *testing.T) {
			r := newReading(t, c.file, c.pages)
			r.run(t)
			if f := r.finished.Findings; r.finished.State != papers.VersionBlocked || !strings.Contains(fmt.Sprint(f), c.says) || !f[len(f)-1].Blocks || strings.Contains(fmt.Sprint(f), r.path) {
				t.Errorf("finished as %s with %+v", r.finished.State, f)
			}
			if last := r.said[len(r.said)-1]; last != "FinishWork w1" {
				t.Errorf("a file that cannot be read is left to be tried again: %s", last)
			}
		})
	}
	t.Run("removed meanwhile", func(t *testing.T) {
		r := newReading(t, servertest.PDF(t, "x", "one"), 1)
		r.gone = true
		r.run(t)
		r.want(t, "FinishWork w1")
	})
	t.Run("removed in the middle", func(t *testing.T) {
		r := newReading(t, servertest.PDF(t, "x", manyPages(30)...), 30)
		r.fail["KeepPages"] = papers.ErrNotFound
		r.run(t)
		r.want(t, "KeepFile 30", "KeepPages 1-25", "FinishWork w1")
	})
	t.Run("read already", func(t *testing.T) {
		r := newReading(t, servertest.PDF(t, "x", "one"), 1)
		r.version.State = papers.VersionPublished
		r.run(t)
		r.want(t, "FinishWork w1")
	})
	t.Run("lease lost", func(t *testing.T) {
		r := newReading(t, servertest.PDF(t, "x", manyPages(60)...), 60)
		r.fail["KeepWork"] = papers.ErrNotFound // another program was done first
		r.run(t)
		r.want(t, "KeepFile 60", "KeepPages 1-25", "KeepWork w1 1m0s", "FinishWork w1")
	})
	t.Run("stopped in the middle", func(t *testing.T) {
		r := newReading(t, servertest.PDF(t, "x", manyPages(60)...), 60)
		ctx, stop := context.WithCancel(t.Context())
		r.onKeep = stop
		if err := r.reader.Run(ctx); err != nil {
			t.Errorf("Run = %v", err)
		}
		for _, s := range r.said {
			if strings.HasPrefix(s, "Finish") || strings.HasPrefix(s, "Retry") {
				t.Errorf("after a stop the reader said %s", s)
			}
		}
	})
}

func TestReaderRetries(t *testing.T) {
	file := servertest.PDF(t, "x", "one")
	broken := errors.New("disk full at /secret/path")
	t.Run("growing pauses", func(t *testing.T) {
		r := newReading(t, file, 1)
		r.works = nil
		for _, tries := range []int{1, 2, 5, 7, 8, 50} {
			r.works = append(r.works, jobs.Work{ID: "w", Kind: jobs.KindRead, Subject: "p/2", Tries: tries})
		}
		r.fail["FinishReading"] = broken
		r.run(t)
		var got []string // in any order: two are read at once
		for _, s := range r.said {
			if after, ok := strings.CutPrefix(s, "RetryWork w "); ok {
				got = append(got, after)
			}
		}
		const enough = "1h0m0s The file could not be read after several tries. Upload it again, or tell the operator."
		if want := []string{"2s " + keepAgain, "4s " + keepAgain, "32s " + keepAgain, "2m8s " + keepAgain, enough, enough}; !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("tried again after\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	})
	for name, spoil := range map[string]func(*reading){
		"record out of reach": func(r *reading) { r.fail["Find"] = broken },
		"page text not kept":  func(r *reading) { r.fail["KeepPages"] = broken },
		"lease not renewed":   func(r *reading) { r.fail["KeepWork"] = broken },
		"work not finished":   func(r *reading) { r.fail["FinishWork"] = broken },
		"file out of reach":   func(r *reading) { _ = os.Remove(r.path) },
		"strange subject":     func(r *reading) { r.works[0].Subject = "p" },
	} {
		t.Run(name, func(t *testing.T) {
			r := newReading(t, file, 1)
			spoil(r)
			r.run(t)
			if last := r.said[len(r.said)-1]; last != "RetryWork w1 2s "+keepAgain {
				t.Errorf("the reader did %v", r.said)
			}
		})
	}
}

// A file that takes long does not keep others waiting.
func TestReaderTwoAtOnce(t *testing.T) {
	r := newReading(t, servertest.PDF(t, "x", "one"), 1)
	r.works = append(r.works, jobs.Work{ID: "w2", Kind: jobs.KindRead, Subject: "p/2", Tries: 1})
	meet := make(chan struct{})
	r.onKeep = func() {
		select { // each waits for the other in the middle of its file
		case meet <- struct{}{}:
		case <-meet:
		case <-time.After(30 * time.Second):
			t.Error("one upload waits for another to be read")
		}
	}
	r.run(t)
	for _, w := range []string{"FinishWork w1", "FinishWork w2"} {
		if !slices.Contains(r.said, w) {
			t.Errorf("the reader did not say %s: %v", w, r.said)
		}
	}
}

func TestNudge(t *testing.T) {
	r := newReading(t, servertest.PDF(t, "x", "one"), 1)
	w := r.works[0]
	r.works = nil
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.reader.Run(ctx) }()
	<-r.idle
	r.mu.Lock()
	r.works = []jobs.Work{w}
	r.mu.Unlock()
	for range 100 {
		r.reader.Nudge() // never blocks
	}
	servertest.Eventually(t, "the upload is read", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return slices.Contains(r.said, "FinishWork w1")
	})
	stop()
	if err := <-done; err != nil {
		t.Errorf("Run = %v", err)
	}
}
