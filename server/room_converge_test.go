package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"clearday/server/auth"
	"clearday/server/servertest"
)

// Whatever happens in between (two restarts, retries, refusals, supports sent twice), each page ends
// with what the record says, each acknowledged question exists once, and each device's support counts once.
func TestRoomConverges(t *testing.T) {
	s := servertest.Start(t)
	m, items := meetingWithRoom(t, s)
	desk := s.Token(t, auth.Secretary)
	ok := func(method, path string, body any) {
		t.Helper()
		if status, text := s.API(t, desk, method, path, body, nil); status >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, status, text)
		}
	}
	ok("POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": "open"})
	var all []*servertest.Watcher
	for range 12 {
		all = append(all, s.Watch(t, m.Slug))
	}
	each := func(what string, is func(*servertest.Watcher) bool) {
		t.Helper()
		for _, w := range all {
			servertest.Eventually(t, what, func() bool { w.Again(); return is(w) })
		}
	}
	welcomed := func(n int) {
		t.Helper()
		each("every watcher is welcomed", func(w *servertest.Watcher) bool { return w.Greeted() >= n })
	}
	restart := func(n int) {
		t.Helper()
		welcomed(n)
		s.Stop(t)
		s = s.Again(t)
	}
	welcomed(1)
	for i, w := range all {
		w.Send(fmt.Sprintf("ask-%d", i), "t", "ask", "name", "A resident", "item", items[i%2].ID, "text", fmt.Sprintf("Why is number %d?", i))
	}
	restart(1) // while they ask
	each("every question is acknowledged", func(w *servertest.Watcher) bool { return w.Waiting() == 0 })
	numbers := acknowledged(t, all, "ask")
	for i, number := range numbers {
		state := map[string]any{"state": "published"}
		if i%4 == 3 {
			state = map[string]any{"state": "held"}
		}
		ok("PATCH", "/questions/"+number, state)
	}
	ok("POST", "/meetings/"+m.Slug+"/live/item", map[string]any{"item": items[1].ID})
	var sending sync.WaitGroup
	for i, w := range all {
		sending.Go(func() {
			for j, number := range numbers {
				if j%4 != 3 && (i+j)%3 > 0 {
					w.Send("support-"+number, "t", "support", "question", number)
				}
			}
		})
	}
	sending.Wait()
	restart(2) // while they support
	ok("PATCH", "/questions/"+numbers[0], map[string]any{"state": "answered", "answer": "Because."})
	ok("PATCH", "/questions/"+numbers[1], map[string]any{"state": "put"})
	ok("POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": "paused"})
	each("every support is acknowledged", func(w *servertest.Watcher) bool { return w.Waiting() == 0 })
	converged(t, s, m.Slug, all)

	snap, err := s.Record.Snapshot(context.Background(), m.Slug)
	if err != nil {
		t.Fatal(err)
	}
	if len(snap.Questions) != len(all) || snap.Counts.Received != len(all) {
		t.Errorf("%d questions are recorded and %d counted, want %d", len(snap.Questions), snap.Counts.Received, len(all))
	}
	for j, number := range numbers {
		want := 0
		for _, w := range all {
			if a, ok := w.Answers()["support-"+number]; ok && a.T == "ack" {
				want++
			}
		}
		if j >= 2 && j%4 != 3 && want != 8 { // the first two were answered and put, which may have come first
			t.Errorf("%d supports of %s were acknowledged, want 8", want, number)
		}
		if got := servertest.StateOf(snap).Questions[number].Supports; got != want {
			t.Errorf("%s has %d supports, %d devices were told that theirs counts", number, got, want)
		}
	}
	for i, w := range all {
		if n := w.Restarts(); n != 2 {
			t.Errorf("watcher %d was told %d times that the service restarts, want 2", i, n)
		}
	}
}

// acknowledged gives the numbers that the watchers got for the command, which differ.
func acknowledged(t *testing.T, all []*servertest.Watcher, command string) (numbers []string) {
	t.Helper()
	seen := map[string]bool{}
	for i, w := range all {
		a := w.Answers()[fmt.Sprintf("%s-%d", command, i)]
		if a.T != "ack" || a.Question == "" || seen[a.Question] {
			t.Fatalf("watcher %d was answered %+v", i, a)
		}
		seen[a.Question] = true
		numbers = append(numbers, a.Question)
	}
	return numbers
}

// converged waits until each watcher knows the last event, and holds each page to the record.
func converged(t *testing.T, s *servertest.Site, meeting string, all []*servertest.Watcher) {
	t.Helper()
	snap, err := s.Record.Snapshot(context.Background(), meeting)
	if err != nil {
		t.Fatal(err)
	}
	want := pageOf(t, servertest.StateOf(snap))
	for i, w := range all {
		servertest.Eventually(t, "every watcher knows the last event", func() bool { return w.Seq() >= snap.Room.Seq })
		if got := pageOf(t, w.State()); got != want {
			t.Errorf("watcher %d shows\n%s\nthe record says\n%s", i, got, want)
		}
		if err := w.Err(); err != nil {
			t.Errorf("watcher %d: %v", i, err)
		}
	}
}

func pageOf(t *testing.T, s servertest.WatcherState) string {
	t.Helper()
	for number, q := range s.Questions { // hello, event and record write times alike but in their own zones
		q.ReceivedAt = q.ReceivedAt.UTC()
		s.Questions[number] = q
	}
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
