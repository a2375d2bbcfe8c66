package livestream

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clearday/papers"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if spec := os.Getenv(watchersEnv); spec != "" {
		beWatchers(spec)
		return
	}
	goleak.VerifyTestMain(m)
}

// room is a hub behind a real listener.
type room struct {
	t     testing.TB
	hub   *Hub
	store *fakeStore
	bus   *MemoryBus
	url   string
	still func(context.Context) bool // of every moderator
}

// openModerated starts a hub whose moderators are asked whether they still are.
func openModerated(t testing.TB, still func(context.Context) bool) *room {
	t.Helper()
	r := &room{t: t, store: newFakeStore(), bus: &MemoryBus{}, still: still}
	r.hub = &Hub{Store: r.store, Bus: r.bus, Meetings: fakeMeetings{}}
	r.start()
	return r
}

// openRoom starts a hub; change may adjust it before.
func openRoom(t testing.TB, change func(*Hub)) *room {
	t.Helper()
	r := &room{t: t, store: newFakeStore(), bus: &MemoryBus{}}
	r.hub = &Hub{Store: r.store, Bus: r.bus, Meetings: fakeMeetings{},
		Link: func(number, code string) string { return "https://board.example/questions/" + number + "/mine/" + code }}
	if change != nil {
		change(r.hub)
	}
	r.start()
	return r
}

func (r *room) start() {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = r.hub.Run(ctx) }) // nil: it ends with ctx
	up := websocket.Upgrader{ReadBufferSize: 512, WriteBufferPool: &sync.Pool{}}
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		conn, err := up.Upgrade(rw, req, nil)
		if err != nil {
			return
		}
		q := req.URL.Query()
		v := Viewer{Meeting: slug, Device: q.Get("device"), DeviceName: "this device", IP: "192.0.2.1", Moderator: q.Has("moderator"), Since: -1}
		if v.Moderator {
			v.Still = r.still
		}
		if q.Has("since") {
			_, _ = fmt.Sscan(q.Get("since"), &v.Since)
		}
		if tc, ok := conn.NetConn().(*net.TCPConn); ok && v.Device == "slow" {
			_ = tc.SetWriteBuffer(4096) // else the kernel takes megabytes before anything is slow
		}
		if q.Has("meeting") {
			v.Meeting = q.Get("meeting")
		}
		if q.Has("ip") {
			v.IP = q.Get("ip")
		}
		r.hub.Serve(conn, v)
	}))
	r.url = "ws" + strings.TrimPrefix(srv.URL, "http")
	r.t.Cleanup(func() {
		r.hub.Close()
		stop()
		running.Wait()
		srv.Close()
	})
}

// client is a page. Its goroutine reads everything at once, so that nothing is slow by accident.
type client struct {
	t      testing.TB
	conn   *websocket.Conn
	frames chan json.RawMessage
	kept   []got // read, and not asked for yet

	mu  sync.Mutex
	all bytes.Buffer // every byte it was sent
	end error
}

func (r *room) dial(query string) *client {
	r.t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial(r.url+"/?"+query, nil)
	if err != nil {
		r.t.Fatalf("dialling: %v", err)
	}
	_ = res.Body.Close()
	c := &client{t: r.t, conn: conn, frames: make(chan json.RawMessage, 4096)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(c.frames)
		for {
			_, b, err := conn.ReadMessage()
			if err != nil {
				c.mu.Lock()
				c.end = err
				c.mu.Unlock()
				return
			}
			c.mu.Lock()
			c.all.Write(b)
			c.mu.Unlock()
			c.frames <- b
		}
	}()
	r.t.Cleanup(func() { conn.Close(); <-done })
	return c
}

func (c *client) saw(words string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Contains(c.all.Bytes(), []byte(words))
}

type got struct {
	T, Key, Code, Message, Question, Mine, Device string
	Seq, Rev                                      int64
	Late                                          bool
	Supports                                      int
	N                                             int
	Events                                        []Event
	Stands                                        ChatState `json:"message_state"`
	Chat                                          []ChatMessage
	Questions                                     []Contribution
	State                                         struct {
		Item      *stateItem
		Items     []stateItem
		Questions []Question
		Chat      []PublicMessage
		Room      stateRoom
	}
	raw string
}

func parse(t testing.TB, b []byte) got {
	t.Helper()
	// "mine" is a link in an ack and a list in you.
	var g got
	var you struct{ T string }
	if err := json.Unmarshal(b, &you); err != nil {
		t.Fatalf("frame %s: %v", b, err)
	}
	if you.T != "you" {
		if err := json.Unmarshal(b, &g); err != nil {
			t.Fatalf("frame %s: %v", b, err)
		}
	}
	g.T, g.raw = you.T, string(b)
	return g
}

// next gives the next frame of one of the kinds. Others are kept for later calls.
func (c *client) next(kinds ...string) got {
	c.t.Helper()
	for i, g := range c.kept {
		if slices.Contains(kinds, g.T) {
			c.kept = slices.Delete(c.kept, i, i+1)
			return g
		}
	}
	deadline := time.After(time.Minute)
	for {
		select {
		case b, ok := <-c.frames:
			if !ok {
				c.t.Fatalf("closed while waiting for %v: %v", kinds, c.ended())
			}
			g := parse(c.t, b)
			if slices.Contains(kinds, g.T) {
				return g
			}
			c.kept = append(c.kept, g)
		case <-deadline:
			c.t.Fatalf("no frame of %v came", kinds)
		}
	}
}

// events gives the next n events, in the order in which they came.
func (c *client) events(n int) []Event {
	c.t.Helper()
	var all []Event
	for len(all) < n {
		all = append(all, c.next("events", "resume").Events...)
	}
	return all
}

func (c *client) ended() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end
}

// closedWith waits for the end and gives its code.
func (c *client) closedWith() int {
	c.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case _, ok := <-c.frames:
			if ok {
				continue
			}
			var e *websocket.CloseError
			if errors.As(c.ended(), &e) {
				return e.Code
			}
			return 0
		case <-deadline:
			c.t.Fatal("the socket was not closed")
		}
	}
}

func (c *client) send(frame string) {
	c.t.Helper()
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		c.t.Fatalf("sending: %v", err)
	}
}

func (r *room) decide(d Decision) {
	r.t.Helper()
	if _, err := r.hub.Decide(context.Background(), d, papers.Actor{Role: "moderator"}); err != nil {
		r.t.Fatalf("Decide(%+v) = %v", d, err)
	}
}

func TestAskJourney(t *testing.T) {
	r := openRoom(t, nil)
	asker, other, moderator := r.dial("device=a"), r.dial("device=b"), r.dial("device=m&moderator")
	if h := asker.next("hello"); h.Seq != 0 || h.State.Room.State != RoomOpen {
		t.Errorf("hello = %s", h.raw)
	}
	other.next("you")
	moderator.next("queue")

	asker.send(`{"t":"ask","key":"k1","name":"CANARYNAME","area":"Saltfen","item":"item1","text":"CANARYTEXT, why?"}`)
	ack := asker.next("ack")
	if ack.Question != "Q-2026-0001" || ack.Key != "k1" || ack.Mine != "https://board.example/questions/Q-2026-0001/mine/code-k1" {
		t.Errorf("ack = %s", ack.raw)
	}
	if q := moderator.next("queue"); len(q.Questions) != 1 || q.Questions[0].Text != "CANARYTEXT, why?" {
		t.Errorf("queue = %s", q.raw)
	}
	if e := other.events(1)[0]; e.Seq != 1 {
		t.Errorf("first event has number %d", e.Seq)
	}
	if other.saw("CANARY") {
		t.Error("words reached another watcher before they were published")
	}
	r.decide(Decision{Number: "Q-2026-0001", To: Held})
	moderator.next("queue")
	r.decide(Decision{Number: "Q-2026-0001", To: Published})
	if e := other.events(1)[0]; e.Seq != 2 || e.Kind != EventQuestionPublished || !strings.Contains(string(e.Data), "CANARYTEXT") {
		t.Errorf("event = %d %s %s", e.Seq, e.Kind, e.Data)
	}
	other.send(`{"t":"support","key":"k2","question":"Q-2026-0001"}`)
	if a := other.next("ack"); a.Supports != 1 || a.Key != "k2" {
		t.Errorf("support ack = %s", a.raw)
	}
	r.decide(Decision{Number: "Q-2026-0001", To: AnsweredWriting, Answer: "Because."})
	events := asker.events(4)
	for i, e := range events {
		if e.Seq != int64(i+1) {
			t.Errorf("event %d has number %d", i+1, e.Seq)
		}
	}
	if got := events[3].Kind; got != EventQuestionAnswered {
		t.Errorf("last event is %s", got)
	}
	if asker.saw(`"t":"queue"`) || other.saw(`"t":"queue"`) {
		t.Error("the queue reached a watcher who is no moderator")
	}
}

func TestDecideActs(t *testing.T) {
	r := openRoom(t, nil)
	ctx := context.Background()
	if _, err := r.hub.Ask(ctx, Ask{Meeting: slug, Device: "a", Key: "k", Text: "TEXT", Name: "NAME"}); err != nil {
		t.Fatal(err)
	}
	for _, d := range []Decision{{To: Held}, {To: Published}, {To: AnsweredWriting, Answer: "ANSWER"}} {
		d.Number = "Q-2026-0001"
		r.decide(d)
	}
	if got := r.store.changes[0].Acts; len(got) != 0 {
		t.Errorf("a hold was told to the public: %+v", got)
	}
	published, answered := r.store.changes[1].Acts[0], r.store.changes[2].Acts[0]
	if published.Facts["state"] != "published" || published.Texts["text"] != "TEXT" || published.Subject != "questions/Q-2026-0001" {
		t.Errorf("act of publication = %+v", published)
	}
	if answered.Texts["answer"] != "ANSWER" || answered.Texts["text"] != "" {
		t.Errorf("act of answer = %+v", answered)
	}
	facts, _ := json.Marshal([]any{published.Facts, answered.Facts})
	if bytes.Contains(facts, []byte("NAME")) || bytes.Contains(facts, []byte("TEXT")) {
		t.Errorf("words in facts: %s", facts)
	}
}

func TestRefusedWordsStayHidden(t *testing.T) {
	r := openRoom(t, nil)
	watcher := r.dial("device=b")
	watcher.next("you")
	ctx := context.Background()
	if _, err := r.hub.Ask(ctx, Ask{Meeting: slug, Device: "a", Key: "k", Text: "CANARYTEXT", Name: "CANARYNAME"}); err != nil {
		t.Fatal(err)
	}
	r.decide(Decision{Number: "Q-2026-0001", To: Refused, Reason: "wording"})
	if e := watcher.events(2)[1]; !strings.Contains(string(e.Data), "wording") {
		t.Errorf("event = %s", e.Data)
	}
	late := r.dial("device=c")
	late.next("you")
	again := r.dial("device=c&since=0")
	again.next("you")
	frames, err := r.hub.Poll(ctx, slug, -1, Viewer{Device: "d"})
	if err != nil {
		t.Fatal(err)
	}
	polled, _ := json.Marshal(frames)
	if watcher.saw("CANARY") || late.saw("CANARY") || again.saw("CANARY") || bytes.Contains(polled, []byte("CANARY")) {
		t.Error("refused words reached somebody")
	}
	if late.saw("SECRETBID") || !late.saw("A contract") {
		t.Error("the hello does not show the safe title of a private item")
	}
}

func TestResume(t *testing.T) {
	r := openRoom(t, nil)
	for i := range 1100 {
		r.store.publishText(fmt.Sprintf("question %d", i+1))
	}
	for _, c := range []struct {
		since string
		first string
		n     int
	}{
		{"1100", "resume", 0}, {"1099", "resume", 1}, {"100", "resume", 1000},
		{"99", "hello", 0}, {"1101", "hello", 0}, {"-5", "hello", 0}, {"0", "hello", 0},
	} {
		t.Run("since "+c.since, func(t *testing.T) {
			w := r.dial("device=a&since=" + c.since)
			f := w.next("hello", "resume")
			if f.T != c.first || f.Seq != 1100 || len(f.Events) != c.n {
				t.Fatalf("first frame is %s at %d with %d events", f.T, f.Seq, len(f.Events))
			}
			if c.n > 0 && f.Events[0].Seq != 1100-int64(c.n)+1 {
				t.Errorf("it begins at %d", f.Events[0].Seq)
			}
			w.next("you")
		})
	}
}

func TestHelloFits(t *testing.T) {
	r := openRoom(t, nil)
	for range 150 {
		r.store.publishText(strings.Repeat("wörds ", 150))
	}
	h := r.dial("device=a").next("hello")
	if len(h.raw) > maxHello || len(h.State.Questions) < 40 {
		t.Errorf("hello has %d bytes and %d questions", len(h.raw), len(h.State.Questions))
	}
	if got := h.State.Questions[0].Number; got != "Q-2026-0150" {
		t.Errorf("the newest question in it is %s", got)
	}
}

// A lost wake-up delays and loses nothing.
func TestLostWakeUp(t *testing.T) {
	r := openRoom(t, nil)
	w := r.dial("device=a")
	w.next("you")
	r.store.publishText("nobody said that this came")
	if e := w.events(1)[0]; e.Seq != 1 {
		t.Errorf("event %d came", e.Seq)
	}
}

func TestWakeByBus(t *testing.T) {
	r := openRoom(t, nil)
	w := r.dial("device=a")
	w.next("you")
	for i := range 5 {
		r.store.publishText("from another program")
		r.bus.Publish(Wake{Meeting: slug, Seq: r.store.seq()})
		if e := w.events(1)[0]; e.Seq != int64(i+1) {
			t.Errorf("event %d came, want %d", e.Seq, i+1)
		}
	}
}

// A watcher that reads nothing delays nobody, costs nothing, and starts again with a hello.
func TestSlowWatcher(t *testing.T) {
	r := openRoom(t, nil)
	nc, err := net.Dial("tcp", strings.TrimPrefix(r.url, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if err := nc.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(nc, "GET /?device=slow HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	quick := r.dial("device=quick")
	quick.next("you")
	const n = 4000
	var seen int64
	for i := range n {
		r.store.publishText(strings.Repeat("many words ", 40))
		if i%200 == 199 {
			r.hub.hear(Wake{Meeting: slug, Seq: r.store.seq()})
			for seen < r.store.seq() {
				for _, e := range quick.next("events").Events {
					if seen++; e.Seq != seen {
						t.Fatalf("event %d came, want %d", e.Seq, seen)
					}
				}
			}
		}
	}
	br := bufio.NewReader(nc)
	for line := "x"; line != "\r\n"; {
		if line, err = br.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	hellos, last := slowFrames(t, nc, br, n)
	if hellos < 2 || last != n {
		t.Errorf("the slow watcher got %d hellos and stands at %d", hellos, last)
	}
}

// slowFrames reads frames until the one that reaches the number, and checks that none skips.
func slowFrames(t *testing.T, nc net.Conn, br *bufio.Reader, until int64) (hellos int, at int64) {
	t.Helper()
	for at < until {
		if err := nc.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		op, payload, err := readFrame(br)
		if err != nil {
			t.Fatalf("after %d hellos at %d: %v", hellos, at, err)
		}
		if op != opText {
			continue
		}
		switch g := parse(t, payload); g.T {
		case "hello":
			hellos++
			at = g.Seq
		case "events":
			if g.Events[0].Seq != at+1 {
				t.Fatalf("events from %d after %d", g.Events[0].Seq, at)
			}
			at = g.Seq
		}
	}
	return hellos, at
}

func TestAckMeansCommitted(t *testing.T) {
	r := openRoom(t, nil)
	w := r.dial("device=a")
	w.next("you")
	ask := `{"t":"ask","key":"k1","text":"Why?"}`

	r.store.mu.Lock()
	r.store.failAsk = errDisk
	r.store.mu.Unlock()
	w.send(ask)
	if f := w.next("refused", "ack"); f.T != "refused" || f.Code != CodeInternal || f.Key != "k1" || strings.Contains(f.Message, "disk") {
		t.Errorf("not committed: %s", f.raw)
	}

	r.store.mu.Lock()
	r.store.failAsk, r.store.failAfter = nil, errDisk
	r.store.mu.Unlock()
	w.send(ask)
	if f := w.next("refused", "ack"); f.T != "refused" {
		t.Errorf("committed but not known to be: %s", f.raw)
	}

	r.store.mu.Lock()
	r.store.failAfter = nil
	r.store.mu.Unlock()
	for range 3 {
		w.send(ask)
		if f := w.next("refused", "ack"); f.T != "ack" || f.Question != "Q-2026-0001" || f.Mine == "" {
			t.Errorf("retry: %s", f.raw)
		}
	}
	if n := len(r.store.list); n != 1 {
		t.Errorf("the record holds %d questions", n)
	}
}

func TestRetryAfterClosing(t *testing.T) {
	r := openRoom(t, nil)
	ctx := context.Background()
	a := Ask{Meeting: slug, Device: "a", Key: "k", Text: "Why?"}
	first, err := r.hub.Ask(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.hub.SetRoom(ctx, slug, Turn{State: RoomClosed, Asking: AskingClosed}, papers.Program); err != nil {
		t.Fatal(err)
	}
	other := &Hub{Store: r.store, Bus: r.bus, Meetings: fakeMeetings{}} // another program, that has not seen it
	defer other.Close()
	again, err := other.Ask(ctx, a)
	if err != nil || again.Number != first.Number {
		t.Errorf("retry = %s, %v; want %s", again.Number, err, first.Number)
	}
	a.Key = "new"
	if _, err := other.Ask(ctx, a); papers.CodeOf(err) != papers.CodeConflict {
		t.Errorf("a new question after closing: %v", err)
	}
}

func TestTakesQuestions(t *testing.T) {
	opened := time.Now()
	for _, c := range []struct {
		room Room
		want bool
	}{
		{Room{State: RoomClosed, Asking: AskingAdvance}, true},
		{Room{State: RoomOpen, Asking: AskingAdvance, OpenedAt: &opened}, false},
		{Room{State: RoomClosed, Asking: AskingAdvance, OpenedAt: &opened, ClosedAt: &opened}, false},
		{Room{State: RoomOpen, Asking: AskingLive, OpenedAt: &opened}, true},
		{Room{State: RoomPaused, Asking: AskingLive, OpenedAt: &opened}, false},
		{Room{State: RoomPrivate, Asking: AskingLive, OpenedAt: &opened}, false},
		{Room{State: RoomClosed, Asking: AskingLive}, false},
		{Room{State: RoomOpen, Asking: AskingClosed, OpenedAt: &opened}, false},
	} {
		err := TakesQuestions(papers.Meeting{}, c.room, papers.QuestionRules{}, opened)
		if (err == nil) != c.want {
			t.Errorf("TakesQuestions(%s, %s) = %v", c.room.State, c.room.Asking, err)
		}
		if code, _ := codeOf(err); err != nil && code != CodeClosed {
			t.Errorf("the refusal is %q", code)
		}
	}
}

func codeOf(err error) (string, string) {
	if err == nil {
		return "", ""
	}
	return RefusalOf(err)
}

func TestLimits(t *testing.T) {
	now := time.Date(2026, 4, 8, 9, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	r := openRoom(t, func(h *Hub) { h.Limits.Asks = Rate{2, 10 * time.Second}; h.Now = clock })
	ctx := context.Background()
	ask := func(device, key string) string {
		_, err := r.hub.Ask(ctx, Ask{Meeting: slug, Device: device, Key: key, Text: "Why?"})
		code, _ := codeOf(err)
		return code
	}
	for _, c := range []struct{ device, key, want string }{
		{"a", "1", ""}, {"a", "2", ""}, {"a", "3", CodeTooFast}, {"a", "1", ""}, {"b", "1", ""}, {"", "1", "invalid"},
	} {
		if got := ask(c.device, c.key); got != c.want {
			t.Errorf("%s asks with key %s: %q, want %q", c.device, c.key, got, c.want)
		}
	}
	mu.Lock()
	now = now.Add(11 * time.Second)
	mu.Unlock()
	if got := ask("a", "3"); got != "" {
		t.Errorf("after waiting: %q", got)
	}
	if _, err := r.hub.Ask(ctx, Ask{Meeting: slug, Device: "c", Key: "1", Text: strings.Repeat("é", MaxText+1)}); papers.CodeOf(err) != papers.CodeTooLarge {
		t.Errorf("too long: %v", err)
	}
}

// Asks are limited by room too, whoever asks and from wherever: a retry of one that was taken is not one.
func TestAsksOfARoom(t *testing.T) {
	now := time.Date(2026, 4, 8, 9, 0, 0, 0, time.UTC)
	var moved atomic.Int64
	r := openRoom(t, func(h *Hub) {
		h.Limits.RoomAsks = Rate{3, 10 * time.Second}
		h.Now = func() time.Time { return now.Add(time.Duration(moved.Load())) }
	})
	ask := func(n int) error {
		_, err := r.hub.Ask(t.Context(), Ask{Meeting: slug, Device: fmt.Sprint("device ", n), Key: "k", Text: "Why?", From: fmt.Sprint("192.0.2.", n)})
		return err
	}
	for n := range 3 {
		if err := ask(n); err != nil {
			t.Fatalf("question %d: %v", n, err)
		}
	}
	if err := ask(3); papers.CodeOf(err) != papers.CodeTooMany || !strings.Contains(err.Error(), "Many questions come in at this moment.") {
		t.Errorf("one more: %v", err)
	}
	if err := ask(0); err != nil {
		t.Errorf("a retry: %v", err)
	}
	moved.Store(int64(11 * time.Second))
	if err := ask(3); err != nil {
		t.Errorf("after waiting: %v", err)
	}
}

func TestBucketsAreBounded(t *testing.T) {
	var b Buckets
	now := time.Now()
	take := func(kind string, key int) string {
		return b.Take(now, Bucket{kind, fmt.Sprint(key), Rate{1, time.Hour}})
	}
	take("ask by room", 1)
	for i := range 2*maxBuckets + 10 {
		take("ask", i)
	}
	if n := len(b.kinds["ask"].buckets); n > maxBuckets {
		t.Errorf("it holds %d buckets", n)
	}
	if take("ask", 2*maxBuckets+9) == "" {
		t.Error("the latest key was forgotten")
	}
	if take("ask by room", 1) == "" {
		t.Error("a flood of one kind emptied the buckets of another")
	}
}

func TestGarbage(t *testing.T) {
	r := openRoom(t, nil)
	other := r.dial("device=b")
	other.next("you")
	w := r.dial("device=a")
	w.next("you")
	for _, c := range []struct{ frame, code, key string }{
		{``, "invalid", ""}, {`nonsense`, "invalid", ""}, {`{"t":"ask"}`, "invalid", ""}, {`{"t":"fly","key":"k"}`, "invalid", "k"},
		{`{"t":"chat","key":"k","text":"hello"}`, CodeClosed, "k"}, {`[1]`, "invalid", ""}, {`{"t":7}`, "invalid", ""},
		{`{"t":"ask","key":"k","text":"   "}`, "invalid", "k"}, {`{"t":"support","key":"k","question":"Q-9"}`, "not_found", "k"},
	} {
		w.send(c.frame)
		if f := w.next("refused", "ack"); f.T != "refused" || f.Code != c.code || f.Key != c.key || f.Message == "" {
			t.Errorf("%s: %s", c.frame, f.raw)
		}
	}
	for range DefaultLimits.BadFrames + 1 {
		_ = w.conn.WriteMessage(websocket.BinaryMessage, []byte{0, 1, 2}) // it may be closed by now
	}
	if code := w.closedWith(); code != websocket.ClosePolicyViolation {
		t.Errorf("closed with %d", code)
	}
	large := r.dial("device=c")
	large.next("you")
	large.send(strings.Repeat("x", MaxFrame+1))
	if code := large.closedWith(); code != websocket.CloseMessageTooBig {
		t.Errorf("a large frame: closed with %d", code)
	}
	r.store.publishText("the room lives")
	r.hub.hear(Wake{Meeting: slug, Seq: r.store.seq()})
	other.events(1)
}

func TestClose(t *testing.T) {
	r := openRoom(t, nil)
	var all []*client
	for i := range 20 {
		c := r.dial(fmt.Sprintf("device=%d", i))
		c.next("you")
		all = append(all, c)
	}
	r.hub.Close()
	for _, c := range all {
		if code := c.closedWith(); code != websocket.CloseServiceRestart {
			t.Errorf("closed with %d", code)
		}
	}
	if code := r.dial("device=late").closedWith(); code != websocket.CloseServiceRestart {
		t.Errorf("after Close: closed with %d", code)
	}
	if n := r.hub.Watchers(); n != 0 {
		t.Errorf("%d watchers are left", n)
	}
}

func TestAddressLimit(t *testing.T) {
	r := openRoom(t, func(h *Hub) { h.Limits.PerAddress = 2 })
	a, b := r.dial("device=a"), r.dial("device=b")
	a.next("you")
	b.next("you")
	if err := r.hub.MayJoin("192.0.2.1"); papers.CodeOf(err) != papers.CodeTooMany {
		t.Errorf("MayJoin = %v", err)
	}
	if err := r.hub.MayJoin("192.0.2.2"); err != nil {
		t.Errorf("another address: %v", err)
	}
	if code := r.dial("device=c").closedWith(); code != websocket.CloseTryAgainLater {
		t.Errorf("closed with %d", code)
	}
}

func TestUnknownRoom(t *testing.T) {
	r := openRoom(t, nil)
	if code := r.dial("meeting=none").closedWith(); code != websocket.ClosePolicyViolation {
		t.Errorf("closed with %d", code)
	}
	if _, err := r.hub.Poll(context.Background(), "none", -1, Viewer{}); !errors.Is(err, papers.ErrNotFound) {
		t.Errorf("Poll = %v", err)
	}
	if n := len(r.hub.crowds); n != 0 {
		t.Errorf("%d rooms are remembered", n)
	}
}

// A meeting that is taken back ends its room.
func TestTakenBack(t *testing.T) {
	r := openRoom(t, nil)
	w := r.dial("device=a")
	w.next("you")
	r.store.mu.Lock()
	r.store.hidden = true
	r.store.mu.Unlock()
	if code := w.closedWith(); code != websocket.ClosePolicyViolation {
		t.Errorf("closed with %d", code)
	}
}

// Words that were published by mistake, or joined to another question, leave what this program keeps
// of them: whoever comes, or comes back, gets none.
func TestWordsTakenBack(t *testing.T) {
	published, other := "Q-2026-0001", "Q-2026-0002"
	for name, c := range map[string]struct {
		before State
		d      Decision
	}{
		"published":   {Published, Decision{To: Refused, Reason: "names-individual"}},
		"put":         {Put, Decision{To: Refused, Reason: "names-individual"}},
		"not reached": {NotReached, Decision{To: Refused, Reason: "names-individual"}},
		"answered":    {AnsweredOrally, Decision{To: Refused, Reason: "names-individual"}},
		"in writing":  {AnsweredWriting, Decision{To: Refused, Reason: "names-individual"}},
		"joined":      {Published, Decision{To: Merged, MergedInto: other}},
	} {
		t.Run(name, func(t *testing.T) {
			r := openRoom(t, func(h *Hub) { h.Limits.PerWatcher = time.Minute }) // a hello is kept for long
			ctx := context.Background()
			for _, text := range []string{"CANARYTEXT", "another"} {
				if _, err := r.hub.Ask(ctx, Ask{Meeting: slug, Device: "a", Key: text, Text: text, Name: "CANARYNAME " + text}); err != nil {
					t.Fatal(err)
				}
			}
			r.decide(Decision{Number: published, To: Published})
			r.decide(Decision{Number: other, To: Published})
			if c.before != Published {
				d := Decision{Number: published, To: c.before}
				if c.before == AnsweredWriting {
					d.Answer = "CANARYANSWER"
				}
				r.decide(d)
			}
			watcher := r.dial("device=b")
			watcher.next("you")
			look := func() (all string, seq int64) {
				t.Helper()
				for _, since := range []int64{-1, 0, 2} {
					frames, err := r.hub.Poll(ctx, slug, since, Viewer{Device: "p"})
					if err != nil {
						t.Fatal(err)
					}
					all += fmt.Sprintf("%s", frames)
					seq = parse(t, frames[0]).Seq
					w := r.dial(fmt.Sprintf("device=c&since=%d", since))
					all += w.next("hello", "resume").raw
				}
				return all, seq
			}
			if all, _ := look(); strings.Count(all, "CANARYTEXT") < 6 {
				t.Fatalf("the published words are not told: %s", all)
			}
			c.d.Number = published
			r.decide(c.d)
			all, seq := look()
			for _, words := range []string{"CANARYTEXT", "CANARYNAME CANARY", "CANARYANSWER"} {
				if strings.Contains(all, words) {
					t.Errorf("%s is told still: %s", words, all)
				}
			}
			if !strings.Contains(all, "another") || !strings.Contains(all, string(c.d.To)) || seq != r.store.seq() {
				t.Errorf("at %d of %d there is told: %s", seq, r.store.seq(), all)
			}
			frames, err := r.hub.Poll(ctx, slug, 0, Viewer{Device: "p"})
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range parse(t, frames[0]).Events {
				if e.Seq != int64(i+1) || e.Kind != r.store.events[i].Kind {
					t.Errorf("event %d is %d %s, want %s", i+1, e.Seq, e.Kind, r.store.events[i].Kind)
				}
			}
		})
	}
}

// A moderator whose session has ended gets nothing more of the queue, and while the record is asked
// about it nobody else waits.
func TestModeratorNoMore(t *testing.T) {
	asked, answer := make(chan bool, 8), make(chan bool)
	r := openModerated(t, func(ctx context.Context) bool {
		asked <- true
		select {
		case yes := <-answer:
			return yes
		case <-ctx.Done():
			return false
		}
	})
	public, m := r.dial("device=a"), r.dial("device=m&moderator")
	public.next("you")
	<-asked
	answer <- true
	m.next("queue")
	ask := func(text string) {
		t.Helper()
		if _, err := r.hub.Ask(context.Background(), Ask{Meeting: slug, Device: "a", Key: text, Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	ask("first words")
	<-asked
	public.events(1) // came while the record is asked
	answer <- true
	for len(m.next("queue").Questions) == 0 {
	}
	ask("later words")
	<-asked
	public.events(1)
	answer <- false
	if code := m.closedWith(); code != websocket.ClosePolicyViolation {
		t.Errorf("closed with %d", code)
	}
	if !m.saw("first words") || m.saw("later words") {
		t.Error("the queue came to a moderator that is none any more")
	}
}

func TestSupportCommitsTogether(t *testing.T) {
	r := openRoom(t, nil)
	r.store.publishText("a question")
	var wg sync.WaitGroup
	const n = 500
	for i := range n {
		wg.Go(func() {
			for range 2 { // a retry counts once
				if _, err := r.hub.Support(context.Background(), Support{Meeting: slug, Question: "Q-2026-0001", Device: fmt.Sprint(i)}); err != nil {
					t.Errorf("Support = %v", err)
				}
			}
		})
	}
	wg.Wait()
	if got := r.store.list[0].Supports; got != n {
		t.Errorf("%d supports were counted, want %d", got, n)
	}
	if r.store.commits > n/4 {
		t.Errorf("%d supports took %d commits", 2*n, r.store.commits)
	}
}

func TestPoll(t *testing.T) {
	r := openRoom(t, nil)
	ctx := context.Background()
	poll := func(since int64, v Viewer) (kinds []string, last got) {
		t.Helper()
		frames, err := r.hub.Poll(ctx, slug, since, v)
		if err != nil {
			t.Fatal(err)
		}
		kinds = []string{}
		for _, f := range frames {
			last = parse(t, f)
			kinds = append(kinds, last.T)
		}
		return kinds, last
	}
	check := func(got []string, want ...string) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("frames are %v, want %v", got, want)
		}
	}
	kinds, _ := poll(-1, Viewer{Device: "a"})
	check(kinds, "hello", "you")
	kinds, _ = poll(0, Viewer{Device: "a"})
	check(kinds)
	if _, err := r.hub.Ask(ctx, Ask{Meeting: slug, Device: "a", Key: "k", Text: "Why?"}); err != nil {
		t.Fatal(err)
	}
	kinds, f := poll(0, Viewer{Device: "a"})
	check(kinds, "events")
	if len(f.Events) != 1 || f.Seq != 1 {
		t.Errorf("frame %s", f.raw)
	}
	kinds, _ = poll(7, Viewer{Device: "a"})
	check(kinds, "hello", "you")
	kinds, _ = poll(1, Viewer{Device: "m", Moderator: true})
	check(kinds, "queue")
}

func TestPresence(t *testing.T) {
	r := openRoom(t, nil)
	w := r.dial("device=a")
	if p := w.next("presence"); p.N != 1 {
		t.Errorf("presence = %s", p.raw)
	}
	r.dial("device=b").next("you")
	for p := w.next("presence"); p.N != 2; p = w.next("presence") {
	}
}

func TestSetRoom(t *testing.T) {
	r := openRoom(t, nil)
	ctx := context.Background()
	r.store.room.State, r.store.room.Asking, r.store.room.OpenedAt = RoomClosed, AskingAdvance, nil
	w := r.dial("device=a")
	w.next("you")
	room, err := r.hub.SetRoom(ctx, slug, Turn{State: RoomOpen}, papers.Actor{Role: "secretary"})
	if err != nil || room.Asking != AskingLive {
		t.Fatalf("SetRoom = %+v, %v", room, err)
	}
	if act := r.store.changes[0].Acts[0]; act.Facts["room"] != "open" || act.Facts["asking"] != "live" || act.Subject != "meetings/"+slug+"/live" {
		t.Errorf("act = %+v", act)
	}
	if _, err := r.hub.StartItem(ctx, slug, "item1", papers.Program); err != nil {
		t.Fatal(err)
	}
	if e := w.events(2); e[0].Kind != EventRoomOpened || e[1].Kind != EventItemStarted {
		t.Errorf("events are %v", e)
	}
	if _, err := r.hub.StartItem(ctx, slug, "elsewhere", papers.Program); papers.CodeOf(err) != papers.CodeInvalid {
		t.Errorf("an item of another meeting: %v", err)
	}
	if _, err := r.hub.SetRoom(ctx, slug, Turn{State: "ajar"}, papers.Program); papers.CodeOf(err) != papers.CodeInvalid {
		t.Errorf("an unknown state: %v", err)
	}
	if h := r.dial("device=b").next("hello"); h.State.Item == nil || h.State.Item.Title != "Urgent care" || len(h.State.Items) != 2 {
		t.Errorf("hello = %s", h.raw)
	}
}

// Watchers that come, go, ask and support at once all end at the record's state.
func TestChurn(t *testing.T) {
	r := openRoom(t, func(h *Hub) { h.Limits.Asks = Rate{100, time.Millisecond} })
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 6 {
				w := r.dial(fmt.Sprintf("device=%d&since=%d", i, r.store.seq()-int64(j)))
				w.next("you")
				w.send(fmt.Sprintf(`{"t":"ask","key":"k%d","text":"Why %d?"}`, j, j))
				w.next("ack")
				w.conn.Close()
			}
		})
	}
	wg.Wait()
	r.store.mu.Lock()
	asked := len(r.store.list)
	r.store.mu.Unlock()
	if asked != 16*6 {
		t.Errorf("%d questions are recorded, want %d", asked, 16*6)
	}
}

// readFrame reads a frame of a server.
func readFrame(br *bufio.Reader) (op byte, payload []byte, err error) {
	var h [2]byte
	if _, err := readFull(br, h[:]); err != nil {
		return 0, nil, err
	}
	n := int(h[1])
	if wide := map[int]int{126: 2, 127: 8}[n]; wide > 0 {
		b := make([]byte, wide)
		if _, err := readFull(br, b); err != nil {
			return 0, nil, err
		}
		n = 0
		for _, x := range b {
			n = n<<8 | int(x)
		}
	}
	payload = make([]byte, n)
	_, err = readFull(br, payload)
	return h[0], payload, err
}
