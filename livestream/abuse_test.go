package livestream

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// raw opens a socket whose frames a test writes by itself, and reads its first frames.
func (r *room) raw(query string) (net.Conn, *bufio.Reader) {
	r.t.Helper()
	nc, err := net.Dial("tcp", strings.TrimPrefix(r.url, "ws://"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(time.Minute)) // a socket that was just opened takes one
	fmt.Fprintf(nc, "GET /?%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", query)
	br := bufio.NewReader(nc)
	for line := ""; line != "\r\n"; {
		if line, err = br.ReadString('\n'); err != nil {
			r.t.Fatal(err)
		}
		if strings.Contains(strings.ToLower(line), "deflate") {
			r.t.Errorf("compression was agreed to: %q", line)
		}
	}
	return nc, br
}

// sent is a client's frame: the first byte, and the payload under a mask, or bare.
func sent(first byte, payload []byte, masked bool) []byte {
	f := newFrame(first, payload)
	if !masked {
		return f
	}
	head := len(f) - len(payload)
	mask := []byte{1, 2, 3, 4}
	out := append(append([]byte{}, f[:head]...), mask...)
	out[1] |= 0x80
	for i, b := range payload {
		out = append(out, b^mask[i%4])
	}
	return out
}

// goodbye reads until the socket ends, and gives the code it was told, 0 for none, and all words before.
func goodbye(br *bufio.Reader) (code int, words string) {
	for {
		op, payload, err := readFrame(br)
		if err != nil {
			return code, words
		}
		if op == opClose && len(payload) >= 2 {
			code = int(binary.BigEndian.Uint16(payload))
		}
		words += string(payload)
	}
}

// What breaks the rules of WebSocket, or is larger than a frame may be, ends its own socket and nothing else.
func TestFramesAgainstTheRules(t *testing.T) {
	r := openRoom(t, func(h *Hub) { h.Limits.MessageWait = 200 * time.Millisecond })
	other := r.dial("device=other&ip=192.0.2.9")
	other.next("you")
	text := []byte(`{"t":"support","key":"k","question":"Q-9"}`)
	large := bytes.Repeat([]byte("x"), MaxFrame/2+1)
	for _, c := range []struct {
		name string
		code int
		send []byte
	}{
		{"not masked", websocket.CloseProtocolError, sent(0x81, text, false)},
		{"compressed, which was not agreed", websocket.CloseProtocolError, sent(0xc1, []byte{0xaa, 0x56, 0x2a, 0x01, 0x00}, true)},
		{"other reserved bits", websocket.CloseProtocolError, sent(0xb1, text, true)},
		{"an operation that is none", websocket.CloseProtocolError, sent(0x83, text, true)},
		{"a ping of 126 bytes", websocket.CloseProtocolError, sent(0x89, large[:126], true)},
		{"a ping of 70,000 bytes", websocket.CloseProtocolError, sent(0x89, bytes.Repeat([]byte("x"), 70_000), true)},
		{"a ping in pieces", websocket.CloseProtocolError, sent(0x09, text, true)},
		{"a piece of nothing", websocket.CloseProtocolError, sent(0x80, text, true)},
		{"text within text", websocket.CloseProtocolError, append(sent(0x01, text, true), sent(0x81, text, true)...)},
		{"a code of goodbye that is none", websocket.CloseProtocolError, sent(0x88, []byte{0, 1}, true)},
		{"large", websocket.CloseMessageTooBig, sent(0x81, append(large, large...), true)},
		{"large in pieces", websocket.CloseMessageTooBig, append(sent(0x01, large, true), sent(0x80, large, true)...)},
		{"a length beyond all", 0, []byte{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4}},
		{"pieces without end", 0, append(sent(0x01, nil, true), bytes.Repeat(sent(0x00, nil, true), 100)...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			nc, br := r.raw("device=a")
			if _, err := nc.Write(c.send); err != nil {
				t.Fatal(err)
			}
			code, words := goodbye(br)
			if code != c.code {
				t.Errorf("closed with %d, want %d", code, c.code)
			}
			if strings.Contains(words, `"refused"`) || strings.Contains(words, `"ack"`) {
				t.Errorf("it was answered: %s", words)
			}
		})
	}
	eventually(t, "the others are gone", func() bool { return r.hub.Watchers() == 1 })
	r.store.publishText("the room lives")
	r.hub.announce(Wake{Meeting: slug, Seq: r.store.seq()})
	other.events(1)
}

// A message may come in pieces, with a ping between them.
func TestMessageInPieces(t *testing.T) {
	r := openRoom(t, nil)
	nc, br := r.raw("device=a")
	text := []byte(`{"t":"ask","key":"k","text":"Why in pieces?"}`)
	all := append(sent(0x01, text[:9], true), sent(0x89, []byte("here"), true)...)
	all = append(append(all, sent(0x00, text[9:20], true)...), sent(0x80, text[20:], true)...)
	for _, b := range all { // byte for byte
		if _, err := nc.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	ponged := false
	for {
		op, payload, err := readFrame(br)
		if err != nil {
			t.Fatal(err)
		}
		ponged = ponged || op == opPong && string(payload) == "here"
		if bytes.Contains(payload, []byte(`"ack"`)) {
			break
		}
	}
	if !ponged {
		t.Error("the ping was not answered")
	}
}

func TestPingFlood(t *testing.T) {
	now := time.Now()
	r := openRoom(t, func(h *Hub) { h.Now = func() time.Time { return now } })
	nc, br := r.raw("device=a")
	if _, err := nc.Write(bytes.Repeat(sent(0x89, nil, true), maxSigns+1)); err != nil {
		t.Fatal(err)
	}
	if code, _ := goodbye(br); code != websocket.ClosePolicyViolation {
		t.Errorf("closed with %d", code)
	}
}

// A flood of sockets, frames, asks, supports and half frames from one address costs those of other
// addresses nothing: each is told of everything, in order, and can ask and support.
func TestFlood(t *testing.T) {
	r := openRoom(t, func(h *Hub) { h.Limits.PerAddress = 40 })
	const events = 300
	var others []*client
	for i := range 8 {
		c := r.dial(fmt.Sprintf("device=other%d&ip=192.0.2.%d", i, 10+i))
		c.next("hello")
		others = append(others, c)
	}
	r.store.publishText("a question to support")
	stop := make(chan struct{})
	var flood sync.WaitGroup
	for i := range 60 {
		flood.Go(func() { r.flood(i, stop) })
	}
	for i := range events {
		r.store.publishText(fmt.Sprintf("event %d", i))
		r.hub.announce(Wake{Meeting: slug, Seq: r.store.seq()})
	}
	for i, c := range others {
		c.send(fmt.Sprintf(`{"t":"ask","key":"k","text":"Am I heard, %d?"}`, i))
		if f := c.next("ack", "refused"); f.T != "ack" {
			t.Errorf("asking meanwhile: %s", f.raw)
		}
		c.send(`{"t":"support","key":"s","question":"Q-2026-0001"}`)
		if f := c.next("ack", "refused"); f.T != "ack" {
			t.Errorf("supporting meanwhile: %s", f.raw)
		}
	}
	close(stop)
	flood.Wait()
	last := r.store.seq()
	for i, c := range others {
		var seq int64
		for seq < last {
			f := c.next("events", "hello")
			if f.T == "hello" {
				t.Fatalf("watcher %d had to start again", i)
			}
			for _, e := range f.Events {
				if seq++; e.Seq != seq {
					t.Fatalf("watcher %d was told event %d, want %d", i, e.Seq, seq)
				}
			}
		}
	}
	asked := 0
	r.store.mu.Lock()
	for _, c := range r.store.list {
		if strings.HasPrefix(c.Device, "flood") {
			asked++
		}
	}
	r.store.mu.Unlock()
	if most := DefaultLimits.PlaceAsks.Burst + 100; asked > most {
		t.Errorf("%d questions of the flood were taken", asked)
	}
}

// flood opens one socket after the other and sends what it likes.
func (r *room) flood(i int, stop chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		conn, res, err := websocket.DefaultDialer.Dial(fmt.Sprintf("%s/?device=flood%d-%d&ip=198.51.100.1", r.url, i, n), nil)
		if err != nil {
			continue
		}
		_ = res.Body.Close()
		for j := range 100 {
			text := fmt.Sprintf(`{"t":"ask","key":"k%d","text":"flood"}`, j)
			switch j % 4 {
			case 1:
				text = `{"t":"support","key":"s","question":"Q-2026-0001"}`
			case 2:
				text = "nonsense"
			}
			if conn.WriteMessage(websocket.TextMessage, []byte(text)) != nil {
				break // it was closed
			}
		}
		_ = conn.Close() // it may be closed
	}
}

// A connection that is gone without a word is found by pings; one that answers them stays, however
// little happens.
func TestDeadConnection(t *testing.T) {
	now := &stoppedClock{now: time.Now()}
	r := openRoom(t, func(h *Hub) { h.Now = now.Now })
	r.dial("device=alive").next("you")
	_, dead := r.raw("device=dead") // reads, and answers no ping
	every := DefaultLimits.PingEvery
	for range 4 {
		before := now.Now()
		now.advance(every)
		eventually(t, "the one that answers is known to be here", func() bool {
			for _, w := range r.hub.known(slug).everybody(nil) {
				if w.device == "alive" && w.heard.Load() > before.Unix() {
					return true
				}
			}
			return false
		})
	}
	if code, _ := goodbye(dead); code != 0 {
		t.Errorf("closed with %d", code)
	}
	eventually(t, "one is left", func() bool { return r.hub.Watchers() == 1 })
}

type stoppedClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *stoppedClock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *stoppedClock) advance(d time.Duration) { c.mu.Lock(); c.now = c.now.Add(d); c.mu.Unlock() }
