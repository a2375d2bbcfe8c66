package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// line is one watcher's socket, read by a goroutine of its own. It speaks WebSocket by hand: a real
// client would cost more than the server that is measured.
type line struct {
	watchers *watchers
	from     net.Addr
	nc       atomic.Pointer[net.TCPConn]

	seq     atomic.Int64 // it knows everything up to this event
	greeted atomic.Int64 // how many sockets of it got a first frame
	backAt  atomic.Int64 // when the last of them did, in Unix nanoseconds
	sentAt  atomic.Int64 // when it sent a support that is not answered yet; 0 for none
}

const (
	opText  = 0x81
	opClose = 0x88
	opPing  = 0x89

	serviceRestart = 1012
)

// open shakes hands.
func (l *line) open(since int64) (*bufio.Reader, error) {
	d := net.Dialer{Timeout: 20 * time.Second, LocalAddr: l.from}
	conn, err := d.Dial("tcp", l.watchers.Addr)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	nc := conn.(*net.TCPConn)
	path := l.watchers.Path
	if since >= 0 {
		path = fmt.Sprintf("%s?since=%d", path, since)
	}
	_, err = fmt.Fprintf(nc, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: clearday.live.v1\r\n\r\n", path, l.watchers.Addr)
	r := bufio.NewReaderSize(nc, 4<<10)
	for first := true; err == nil; first = false {
		var text string
		if text, err = r.ReadString('\n'); err == nil && first && !strings.Contains(text, " 101 ") {
			err = fmt.Errorf("the answer was %q", text)
		}
		if text == "\r\n" {
			l.nc.Store(nc)
			return r, nil
		}
	}
	_ = nc.Close() // it failed already
	return nil, fmt.Errorf("shaking hands: %w", err)
}

// follow reads until the socket ends, and gives the code of the goodbye, 0 for none.
func (l *line) follow(r *bufio.Reader) (code int) {
	nc := l.nc.Load()
	defer nc.Close()
	for {
		op, payload, err := readFrame(r)
		if err != nil {
			return code
		}
		switch op {
		case opText:
			l.take(payload, time.Now())
		case opPing: // a pong without words, under a mask of zeros
			if _, err := nc.Write([]byte{0x8a, 0x80, 0, 0, 0, 0}); err != nil {
				return code
			}
		case opClose:
			if len(payload) >= 2 {
				code = int(binary.BigEndian.Uint16(payload))
			}
			return code
		}
	}
}

// come opens the socket again and again, with the pauses of static/room/line.js, until the watchers end.
func (l *line) come(r *bufio.Reader) {
	failures := 0
	for {
		code := 0
		if r != nil {
			failures, code = 0, l.follow(r)
		}
		if !l.watchers.Return || l.watchers.ended.Load() {
			return
		}
		from, to := 0.5, float64(int(1)<<min(failures+1, 5))
		switch {
		case code == serviceRestart:
			from, to = 0.2, 3
		case failures >= 2: // the page asks without a socket meanwhile
			from, to = 4, 6
		}
		time.Sleep(time.Duration((from + rand.Float64()*(to-from)) * float64(time.Second))) //nolint:gosec // a pause
		var err error
		if r, err = l.open(l.seq.Load()); err != nil {
			r = nil
			failures++
		}
	}
}

// readFrame reads a frame of a server. The payload holds until the next.
func readFrame(r *bufio.Reader) (op byte, payload []byte, err error) {
	head, err := r.Peek(2)
	if err != nil {
		return 0, nil, err
	}
	op = head[0]
	size, wide := int(head[1]), 2
	switch size {
	case 126:
		wide = 4
	case 127:
		wide = 10
	}
	if head, err = r.Peek(wide); err != nil {
		return 0, nil, err
	}
	switch wide {
	case 4:
		size = int(binary.BigEndian.Uint16(head[2:]))
	case 10:
		size = int(binary.BigEndian.Uint64(head[2:])) //nolint:gosec // our own server
	}
	if _, err = r.Discard(wide); err != nil {
		return 0, nil, err
	}
	if size <= r.Size() {
		if payload, err = r.Peek(size); err == nil {
			_, err = r.Discard(size)
		}
		return op, payload, err
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(r, payload)
	return op, payload, err
}

var (
	kindKey  = []byte(`{"t":"`)
	seqKey   = []byte(`,"seq":`)
	eventKey = []byte(`{"seq":`) // quotes in words are escaped: only an event begins so
	atKey    = []byte(`"at":"`)
)

// take notes what a frame brings: which events, in which order, how late.
func (l *line) take(payload []byte, now time.Time) {
	w := l.watchers
	kind, _, _ := bytes.Cut(bytes.TrimPrefix(payload, kindKey), []byte{'"'})
	switch string(kind) {
	case "hello":
		w.hellos.Add(1)
		_, rest, _ := bytes.Cut(payload, seqKey)
		l.seq.Store(number(rest))
		l.greet(now)
	case "resume":
		l.greet(now)
		l.events(payload, now)
	case "events":
		l.events(payload, now)
	case "ack":
		if sent := l.sentAt.Swap(0); sent != 0 {
			w.acked.Add(1)
			w.late.add(now.Sub(time.Unix(0, sent)))
		}
	case "refused":
		w.refused.Add(1)
	}
}

func (l *line) greet(now time.Time) {
	l.backAt.Store(now.UnixNano())
	l.greeted.Add(1)
}

func (l *line) events(payload []byte, now time.Time) {
	w, at := l.watchers, l.seq.Load()
	for i := bytes.Index(payload, eventKey); i >= 0; i = bytes.Index(payload, eventKey) {
		payload = payload[i+len(eventKey):]
		seq := number(payload)
		if seq <= at {
			continue
		}
		if seq != at+1 {
			w.gaps.Add(1)
		}
		at = seq
		w.delivered.Add(1)
		if !w.quiet.Load() {
			w.late.add(now.Sub(w.madeAt(seq, payload)))
		}
	}
	l.seq.Store(at)
	w.first.CompareAndSwap(0, now.UnixNano())
	w.latest.Store(now.UnixNano())
}

// madeAt is the time that the record gave the event. It is read once and then known to all lines.
func (w *watchers) madeAt(seq int64, event []byte) time.Time {
	slot := &w.made[seq%int64(len(w.made))]
	if at := slot.Load(); at != 0 {
		return time.Unix(0, at)
	}
	_, rest, _ := bytes.Cut(event, atKey)
	text, _, _ := bytes.Cut(rest, []byte{'"'})
	at, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		w.gaps.Add(1) // what cannot be read was not delivered
	}
	slot.Store(at.UnixNano())
	return at
}

// number reads the digits at the beginning.
func number(b []byte) int64 {
	end := 0
	for end < len(b) && b[end] >= '0' && b[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(string(b[:end]), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// support sends a support of the question. Of one that is sent again the first
// answer counts.
func (l *line) support(question string, again bool) error {
	key := "k1"
	if again {
		key = "k2"
	} else {
		l.sentAt.Store(time.Now().UnixNano())
	}
	return l.send(fmt.Sprintf(`{"t":"support","key":%q,"question":%q}`, key, question))
}

// send sends a command of at most 125 bytes, under a mask of zeros.
func (l *line) send(text string) error {
	f := append([]byte{opText, byte(0x80 | len(text)), 0, 0, 0, 0}, text...)
	if _, err := l.nc.Load().Write(f); err != nil {
		return fmt.Errorf("sending a command: %w", err)
	}
	return nil
}
