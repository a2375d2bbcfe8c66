package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"clearday/cmd/clearday/program"
	"clearday/livestream"
	"clearday/livestream/redisbus/redistest"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/config"
	"clearday/server/servertest"
)

const (
	watchersOfThree = 150
	outage          = 10 * time.Second
)

// three are three programs on one PostgreSQL and one Redis, with a crowd that a proxy has spread over them.
type three struct {
	*testing.T
	bin      string
	settings []string
	site     *servertest.Site // the record, read and written directly
	meeting  string
	items    []papers.Item
	token    string
	programs []*instance
	watchers []*servertest.Watcher
	asked    int
	numbers  []string // published
}

// instance is one program.
type instance struct {
	*servertest.Site
	process *exec.Cmd
	log     string // file of what it said
}

// TestThreePrograms has some hundred watch, ask and support at three programs. One program is killed, then
// Redis for ten seconds. While it is away everybody is told of everything; at the end each page holds what
// the record says, every acknowledged question exists once, and each device's support counts once.
func TestThreePrograms(t *testing.T) {
	redis := redistest.New(t)
	redis.Start()
	s := openThree(t, redis.URL())
	s.crowd()
	s.rounds(func() {})
	s.rounds(func() { s.kill(1) })
	s.told("with one program less")
	away := time.Now()
	s.rounds(redis.Kill)
	s.told("without Redis")
	time.Sleep(time.Until(away.Add(outage))) // the length of the outage is the test's input
	s.rounds(redis.Start)
	s.told("with Redis again")
	s.converged()
	for _, p := range s.programs {
		servertest.Eventually(t, "the log says that Redis was lost and is back", func() bool {
			said, err := os.ReadFile(p.log)
			return err == nil && strings.Contains(string(said), "Redis is lost") && strings.Contains(string(said), "Redis is back")
		})
	}
	t.Logf("%d watchers, %d questions, %d of them published", len(s.watchers), s.asked, len(s.numbers))
}

func openThree(t *testing.T, redis string) *three {
	t.Helper()
	key := strings.Repeat("5a", 32)
	s := &three{T: t, bin: buildBinary(t), settings: []string{"CLEARDAY_DATABASE_URL=" + servertest.Schema(t), "CLEARDAY_REDIS_URL=" + redis,
		"CLEARDAY_SITE_KEY=" + key, "CLEARDAY_LOG_KEY=" + key, "CLEARDAY_LISTEN=127.0.0.1:0", "CLEARDAY_TRUSTED_PROXIES=127.0.0.1"}}
	cfg, err := config.Read(append(s.settings, "CLEARDAY_DATA="+t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	clock := &servertest.Clock{}
	record, err := program.OpenRecord(t.Context(), cfg, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = record.Close() })
	s.site = &servertest.Site{Program: &program.Program{Record: record}, Clock: clock}
	for range 3 {
		s.programs = append(s.programs, s.start())
	}
	m := s.site.Meeting(t, s.site.Board(t, "Partnership Board"), 7)
	s.meeting, s.items = m.Slug, []papers.Item{s.site.Item(t, m.Slug, "Urgent care"), s.site.Item(t, m.Slug, "Community beds")}
	s.token = s.site.Token(t, auth.Secretary)
	s.api("POST", "/meetings/"+m.Slug+"/publish", map[string]any{})
	s.api("POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": "open"})
	return s
}

func (s *three) start() *instance {
	s.Helper()
	p := &instance{process: exec.Command(s.bin, "serve"), log: filepath.Join(s.TempDir(), "log")}
	p.process.Env = append(os.Environ(), append(s.settings, "CLEARDAY_DATA="+s.TempDir())...)
	log, err := os.Create(p.log)
	if err != nil {
		s.Fatal(err)
	}
	defer log.Close()
	p.process.Stderr = log
	out, err := p.process.StdoutPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := p.process.Start(); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		_ = p.process.Process.Kill()
		_ = p.process.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		said, _ := os.ReadFile(p.log)
		s.Fatalf("a program does not start: %v\n%s", err, said)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	address := strings.TrimSpace(line[strings.LastIndex(line, ":")+1:])
	p.Site = &servertest.Site{URL: "http://127.0.0.1:" + address, Clock: s.site.Clock}
	return p
}

// api asks any of the programs, as the desk behind a proxy does.
func (s *three) api(method, path string, body map[string]any) {
	s.Helper()
	p := s.programs[rand.IntN(len(s.programs))]
	if status, text := p.API(s.T, s.token, method, path, body, nil); status >= 300 {
		s.Fatalf("%s %s: %d %s", method, path, status, text)
	}
}

func (s *three) crowd() {
	for i := range watchersOfThree {
		s.watchers = append(s.watchers, s.programs[i%3].Watch(s.T, s.meeting))
	}
	s.each("every watcher is welcomed", func(w *servertest.Watcher) bool { return w.Greeted() > 0 })
}

func (s *three) each(what string, is func(*servertest.Watcher) bool) {
	s.Helper()
	for i, w := range s.watchers {
		servertest.Eventually(s.T, fmt.Sprintf("%s (watcher %d)", what, i), func() bool { return is(w) })
	}
}

// rounds are four rounds. In the first something happens while questions and support are on their way.
func (s *three) rounds(happens func()) {
	s.Helper()
	s.round(happens)
	for range 3 {
		s.round(func() {})
	}
}

// round has four watchers ask and a third of all support something, and the moderator publish what was
// acknowledged.
func (s *three) round(meanwhile func()) {
	s.Helper()
	first := s.asked
	for range 4 {
		for range 2 { // impatient
			s.asker(s.asked).Send(s.key(s.asked), "t", "ask", "name", "A resident", "item", s.items[s.asked%2].ID, "text", s.text(s.asked))
		}
		s.asked++
	}
	for i, w := range s.watchers {
		if i%3 == first/4%3 && len(s.numbers) > 0 {
			number := s.numbers[rand.IntN(len(s.numbers))]
			w.Send("support-"+number, "t", "support", "question", number)
		}
	}
	meanwhile()
	for i := first; i < s.asked; i++ {
		w := s.asker(i)
		servertest.Eventually(s.T, "a question is acknowledged", func() bool { w.Again(); return w.Answers()[s.key(i)].T == "ack" })
		number := w.Answers()[s.key(i)].Question
		s.api("PATCH", "/questions/"+number, map[string]any{"state": "published"})
		s.numbers = append(s.numbers, number)
	}
}

func (s *three) asker(i int) *servertest.Watcher { return s.watchers[i%len(s.watchers)] }

func (s *three) key(i int) string  { return fmt.Sprintf("ask-%d", i) }
func (s *three) text(i int) string { return fmt.Sprintf("Why is number %d?", i) }

// kill ends a program as a power cut would. Its watchers come back to the others, as behind a proxy.
func (s *three) kill(i int) {
	s.Helper()
	p := s.programs[i]
	if err := p.process.Process.Kill(); err != nil {
		s.Fatal(err)
	}
	s.programs = slices.Delete(s.programs, i, i+1)
	for j, w := range s.watchers {
		if j%3 == i {
			w.Move(s.programs[j%2].URL)
		}
	}
}

// told waits until every watcher was told of everything so far.
func (s *three) told(how string) {
	s.Helper()
	snap := s.snapshot()
	s.each("is told of everything, "+how, func(w *servertest.Watcher) bool { return w.Seq() >= snap.Room.Seq })
}

func (s *three) snapshot() livestream.Snapshot {
	s.Helper()
	snap, err := s.site.Record.Snapshot(context.Background(), s.meeting)
	if err != nil {
		s.Fatal(err)
	}
	return snap
}

// converged holds every page and every answer to the record.
func (s *three) converged() {
	s.Helper()
	s.each("everything sent is acknowledged", func(w *servertest.Watcher) bool { w.Again(); return w.Waiting() == 0 })
	s.told("at the end")
	snap := s.snapshot()
	recorded := servertest.StateOf(snap)
	want := shownBy(s.T, recorded)
	acknowledged, supports := map[string]string{}, map[string]int{}
	for i, w := range s.watchers {
		if got := shownBy(s.T, w.State()); got != want {
			s.Errorf("watcher %d shows\n%s\nthe record says\n%s", i, got, want)
		}
		if err := w.Err(); err != nil {
			s.Errorf("watcher %d: %v", i, err)
		}
		for key, a := range w.Answers() {
			switch {
			case a.T != "ack":
				s.Errorf("watcher %d was refused %s: %s", i, key, a.Message)
			case strings.HasPrefix(key, "ask-"):
				acknowledged[key] = a.Question
			default:
				supports[a.Question]++
			}
		}
	}
	s.questions(snap, recorded, acknowledged, supports)
}

func (s *three) questions(snap livestream.Snapshot, recorded servertest.WatcherState, acknowledged map[string]string, supports map[string]int) {
	s.Helper()
	if len(acknowledged) != s.asked || len(snap.Questions) != s.asked || snap.Counts.Received != s.asked {
		s.Errorf("%d were asked, %d acknowledged, %d are recorded and %d counted", s.asked, len(acknowledged), len(snap.Questions), snap.Counts.Received)
	}
	for i := range s.asked {
		if q := recorded.Questions[acknowledged[s.key(i)]]; q.Text != s.text(i) {
			s.Errorf("question %d was acknowledged as %s, which says %q", i, acknowledged[s.key(i)], q.Text)
		}
	}
	for number, q := range recorded.Questions {
		if q.Supports != supports[number] {
			s.Errorf("%s has %d supports, %d devices were told that theirs counts", number, q.Supports, supports[number])
		}
	}
	for _, p := range s.programs {
		if a := p.Browser(s.T).Get(s.T, "/readyz"); a.StatusCode != http.StatusOK {
			s.Errorf("a program is not ready at the end: %d", a.StatusCode)
		}
	}
}

// shownBy writes what a page shows so that it can be compared.
func shownBy(t *testing.T, state servertest.WatcherState) string {
	t.Helper()
	for number, q := range state.Questions { // the same moment in several zones
		q.ReceivedAt = q.ReceivedAt.UTC()
		if q.PublishedAt != nil {
			at := q.PublishedAt.UTC()
			q.PublishedAt = &at
		}
		state.Questions[number] = q
	}
	b, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
