package servertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"clearday/livestream"
)

// Watcher is a model of the room's page, with a device of its own: it applies what the socket tells,
// comes back with what it knows when the socket ends, and sends what was not acknowledged again. Two
// watchers that were told everything hold the same.
type Watcher struct {
	t       testing.TB
	browser *Browser
	meeting string
	place   string // its address, for a program that believes its proxy
	over    chan struct{}
	done    sync.WaitGroup
	end     sync.Once
	at      atomic.Pointer[string] // the address of the site, which a test may change

	mu       sync.Mutex
	conn     *websocket.Conn // nil between two
	greeted  int             // first frames
	restarts int             // goodbyes with 1012
	seq      int64
	state    WatcherState
	waiting  map[string]map[string]string // commands by key, until they are answered
	acks     map[string]Ack
	wrong    []string // what must not be
}

// WatcherState is what a page shows.
type WatcherState struct {
	Room      livestream.RoomState
	Item      string
	Questions map[string]livestream.Question
}

// Ack is the answer to a command.
type Ack struct {
	T, Key, Code, Message, Question, Mine string
	Supports                              int
}

// Watch opens the room in a new browser. It ends with the test.
func (s *Site) Watch(t testing.TB, meeting string) *Watcher {
	t.Helper()
	w := &Watcher{t: t, browser: s.Browser(t), meeting: meeting, over: make(chan struct{}), seq: -1,
		state: WatcherState{Questions: map[string]livestream.Question{}}, waiting: map[string]map[string]string{}, acks: map[string]Ack{}}
	w.place = fmt.Sprintf("10.%d.%d.%d", rand.IntN(256), rand.IntN(256), 1+rand.IntN(254))
	w.Move(s.URL)
	w.done.Go(w.run)
	t.Cleanup(w.Close)
	return w
}

// Move has it come back to another address, as behind a proxy that has other programs.
func (w *Watcher) Move(url string) { w.at.Store(&url) }

// Close ends it.
func (w *Watcher) Close() {
	w.end.Do(func() {
		close(w.over)
		w.mu.Lock()
		if w.conn != nil {
			_ = w.conn.Close() // its reader ends
		}
		w.mu.Unlock()
		w.done.Wait()
	})
}

// run opens one socket after the other. The pauses are those of static/room/line.js, shortened.
func (w *Watcher) run() {
	for {
		if conn := w.open(); conn != nil {
			w.follow(conn)
		}
		select {
		case <-w.over:
			return
		case <-time.After(time.Duration(20+rand.IntN(280)) * time.Millisecond):
		}
	}
}

func (w *Watcher) open() *websocket.Conn {
	url := *w.at.Load()
	path := "/meetings/" + w.meeting + "/live/socket"
	w.mu.Lock()
	if w.seq >= 0 {
		path += "?since=" + strconv.FormatInt(w.seq, 10)
	}
	w.mu.Unlock()
	d := websocket.Dialer{Subprotocols: []string{livestream.Protocol}, HandshakeTimeout: time.Minute, Jar: w.browser.Jar}
	conn, res, err := d.Dial(strings.Replace(url, "http", "ws", 1)+path, http.Header{"Origin": {url}, "X-Forwarded-For": {w.place}})
	if err != nil {
		return nil // the program is away
	}
	_ = res.Body.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.over:
		_ = conn.Close()
		return nil
	default:
	}
	w.conn = conn
	return conn
}

func (w *Watcher) follow(conn *websocket.Conn) {
	defer conn.Close()
	for {
		_, b, err := conn.ReadMessage()
		w.mu.Lock()
		if err != nil {
			if websocket.IsCloseError(err, websocket.CloseServiceRestart) {
				w.restarts++
			}
			w.conn = nil
			w.mu.Unlock()
			return
		}
		w.take(b)
		w.mu.Unlock()
	}
}

type watcherFrame struct {
	T      string
	Seq    int64
	Events []livestream.Event
	State  struct {
		Room      struct{ State livestream.RoomState }
		Item      *struct{ ID string }
		Questions []livestream.Question
	}
}

// take applies a frame. The caller holds mu.
func (w *Watcher) take(b []byte) {
	var kind struct{ T string }
	if err := json.Unmarshal(b, &kind); err != nil {
		w.miss("a frame that is no JSON: " + string(b))
		return
	}
	switch kind.T {
	case "ack", "refused":
		var a Ack
		w.read(b, &a)
		if w.acks[a.Key].T != "ack" { // what was sent once too often may be refused
			w.acks[a.Key] = a
		}
		if a.T == "ack" || a.Code != livestream.CodeTooFast && a.Code != livestream.CodeInternal {
			delete(w.waiting, a.Key)
		}
	case "hello", "resume", "events":
		var f watcherFrame
		w.read(b, &f)
		if f.T == "hello" {
			w.hello(f)
		}
		for _, e := range f.Events {
			w.event(e)
		}
		if w.seq != f.Seq {
			w.miss("a " + f.T + " that says " + strconv.FormatInt(f.Seq, 10) + " and reaches " + strconv.FormatInt(w.seq, 10))
		}
		if f.T != "events" {
			w.greeted++
			w.flush()
		}
	}
}

func (w *Watcher) read(b []byte, into any) {
	if err := json.Unmarshal(b, into); err != nil {
		w.miss(err.Error() + " in " + string(b))
	}
}

func (w *Watcher) miss(what string) { w.wrong = append(w.wrong, what) }

func (w *Watcher) hello(f watcherFrame) {
	w.seq = f.Seq
	w.state = WatcherState{Room: f.State.Room.State, Questions: map[string]livestream.Question{}}
	if f.State.Item != nil {
		w.state.Item = f.State.Item.ID
	}
	for _, q := range f.State.Questions {
		w.state.Questions[q.Number] = q
	}
}

// event applies an event, which must be the next.
func (w *Watcher) event(e livestream.Event) {
	if e.Seq <= w.seq {
		return
	}
	if e.Seq != w.seq+1 {
		w.miss("event " + strconv.FormatInt(e.Seq, 10) + " after " + strconv.FormatInt(w.seq, 10))
	}
	w.seq = e.Seq
	kind := string(e.Kind)
	switch {
	case strings.HasPrefix(kind, "question."):
		var q livestream.Question
		w.read(e.Data, &q)
		q.Revised = false // of the event, not of the question
		w.state.Questions[q.Number] = q
	case e.Kind == livestream.EventSupportCounted:
		var s struct{ Supports map[string]int }
		w.read(e.Data, &s)
		for number, n := range s.Supports {
			q := w.state.Questions[number]
			q.Supports = n
			w.state.Questions[number] = q
		}
	case strings.HasPrefix(kind, "room.") || e.Kind == livestream.EventItemStarted:
		var r livestream.Room
		w.read(e.Data, &r)
		w.state.Room, w.state.Item = r.State, r.Item
	}
}

// Send sends a command under a key, and again after each return until it is answered.
func (w *Watcher) Send(key string, fields ...string) {
	cmd := map[string]string{"key": key}
	for i := 0; i+1 < len(fields); i += 2 {
		cmd[fields[i]] = fields[i+1]
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting[key] = cmd
	if w.conn != nil && w.greeted > 0 {
		w.write(cmd)
	}
}

// Again sends everything that waits once more, as a page that got no answer does.
func (w *Watcher) Again() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn != nil {
		w.flush()
	}
}

func (w *Watcher) flush() {
	for _, cmd := range w.waiting {
		w.write(cmd)
	}
}

func (w *Watcher) write(cmd map[string]string) {
	_ = w.conn.WriteJSON(cmd) // it is sent again when the line is gone
}

// Seq is the number of the last event it knows.
func (w *Watcher) Seq() int64 { w.mu.Lock(); defer w.mu.Unlock(); return w.seq }

// Greeted is how often it was welcomed.
func (w *Watcher) Greeted() int { w.mu.Lock(); defer w.mu.Unlock(); return w.greeted }

// Restarts is how often it was told that the service restarts.
func (w *Watcher) Restarts() int { w.mu.Lock(); defer w.mu.Unlock(); return w.restarts }

// Waiting is how many of its commands are not answered.
func (w *Watcher) Waiting() int { w.mu.Lock(); defer w.mu.Unlock(); return len(w.waiting) }

// Answers are the answers so far, by key.
func (w *Watcher) Answers() map[string]Ack {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.acks)
}

// State is what its page shows.
func (w *Watcher) State() WatcherState {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.state
	s.Questions = maps.Clone(s.Questions)
	return s
}

// Err says what it was told that must not be: a number that skips, a frame that cannot be read.
func (w *Watcher) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.wrong) == 0 {
		return nil
	}
	return errors.New(strings.Join(slices.Compact(w.wrong), "; "))
}

// StateOf is what the record says that a page shows.
func StateOf(snap livestream.Snapshot) WatcherState {
	s := WatcherState{Room: snap.Room.State, Item: snap.Room.Item, Questions: map[string]livestream.Question{}}
	for _, q := range snap.Questions {
		s.Questions[q.Number] = q
	}
	return s
}
