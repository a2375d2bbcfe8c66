package livestream

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"clearday/papers"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

const (
	maxOwn    = 64               // answers that wait for one watcher
	chunk     = 16 << 10         // bytes of one patient write
	chunkWait = 30 * time.Second // in which a slow connection takes a chunk, or is dead
	leaveWait = 2 * time.Second  // for the other side's part of a goodbye
	maxSigns  = 20               // pings and pongs of one watcher in a second
)

var errFlood = errors.New("too many pings")

// watcher is one socket of a room. Its goroutine reads; the room writes to it without waiting, and
// what the connection does not take at once is finished by a goroutine that ends when it is done.
// Gorilla reads and shakes hands; every frame to the watcher is written here.
type watcher struct {
	conn      *websocket.Conn
	raw       syscall.RawConn // nil when the connection has no descriptor
	reader    *bufio.Reader   // of the Viewer
	crowd     *crowd
	device    string
	name      string // of the device
	ip        string
	moderator bool
	still     func(context.Context) bool // of the Viewer

	place  int          // in crowd.watchers, guarded by crowd.mu
	heard  atomic.Int64 // Unix seconds of the last sign of life
	pinged int64        // of the crowd's turns
	rate   *rate.Limiter
	bad    int // frames that were nothing; of the reader
	signs  int // in the second of heard; of the reader

	mu      sync.Mutex // taken before crowd.mu
	seq     int64      // it was given everything up to this event
	rev     int64      // and this state of the queue
	rest    frame      // what the connection did not take of a frame
	own     []frame    // for it alone
	writing bool       // a goroutine writes
	gone    bool       // nothing more is to be written
}

// Serve welcomes a watcher and returns; from then on the socket is the hub's, which closes it. The
// caller has checked origin and permission.
//
// The reader gets a goroutine of its own, because the stack of this one has grown with the welcome
// and the caller's frames: that would be half of what an idle socket costs.
func (h *Hub) Serve(conn *websocket.Conn, v Viewer) {
	h.init()
	if err := h.enter(v.IP); err != nil {
		refuse(conn, err)
		return
	}
	w, err := h.welcome(conn, v)
	if err != nil {
		if papers.CodeOf(err) == "" && !h.closing() {
			h.Log.Error("opening a socket", slog.String("meeting", v.Meeting), slog.Any("err", err))
		}
		refuse(conn, err)
		h.exit(v.IP)
		return
	}
	w.crowd.add(w)
	if h.closing() { // Close may not have seen it
		w.leave(websocket.CloseServiceRestart, "service restart")
	}
	go w.live()
}

// live is a watcher's goroutine, from its welcome to its end.
func (w *watcher) live() {
	w.listen()
	c := w.crowd
	c.remove(w)
	c.hub.release(c)
	w.end()
	_ = w.conn.Close() // it may be closed already
	c.hub.exit(w.ip)
}

// refuse ends a socket that never was one of the room.
func refuse(conn *websocket.Conn, err error) {
	code, reason := websocket.CloseInternalServerErr, "try again"
	switch papers.CodeOf(err) {
	case papers.CodeTooMany:
		code, reason = websocket.CloseTryAgainLater, "too many connections"
	case papers.CodeNotFound, papers.CodeGone, papers.CodeForbidden:
		code, reason = websocket.ClosePolicyViolation, "there is no such room"
	case papers.CodeConflict:
		code, reason = websocket.CloseServiceRestart, "service restart"
	}
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second)) // it ends either way
	_ = conn.Close()
}

// welcome sends the first frames: where the room stands, the watcher's own side, the moderators' queue.
func (h *Hub) welcome(conn *websocket.Conn, v Viewer) (*watcher, error) {
	ctx, cancel := context.WithTimeout(h.ctx, h.Limits.StoreWait)
	defer cancel()
	c, err := h.crowd(ctx, v.Meeting)
	if err != nil {
		return nil, err
	}
	w := &watcher{conn: conn, reader: v.Reader, crowd: c, device: v.Device, name: v.DeviceName, ip: v.IP, moderator: v.Moderator, still: v.Still, rev: -1}
	if sc, ok := conn.NetConn().(syscall.Conn); ok {
		w.raw, _ = sc.SyscallConn() // nil without one: the patient way serves too
	}
	w.heard.Store(h.Now().Unix())
	conn.SetReadLimit(MaxFrame)
	conn.SetPingHandler(w.pong)
	conn.SetPongHandler(w.alive)
	conn.SetCloseHandler(w.bye)
	if err := w.greet(ctx, v.Since); err != nil {
		h.release(c)
		return nil, err
	}
	return w, nil
}

func (w *watcher) greet(ctx context.Context, since int64) error {
	c := w.crowd
	if err := c.fresh(ctx, time.Second); err != nil {
		return err
	}
	first, seq, ok := c.resume(since)
	if !ok {
		var err error
		if first, seq, err = c.whole(ctx); err != nil {
			return err
		}
	}
	you, err := c.hub.you(ctx, c.meeting, w.device, w.name)
	if err != nil {
		return err
	}
	if w.moderator {
		if err := c.readQueue(ctx); err != nil {
			return err
		}
	}
	w.seq = seq
	c.mu.Lock()
	n := len(c.watchers) + 1 + c.elsewhere
	c.mu.Unlock()
	w.send(first)
	w.send(you)
	w.send(presence(n))
	return nil
}

// you makes the frame of a device's own side.
func (h *Hub) you(ctx context.Context, meeting, device, name string) (frame, error) {
	y := youFrame{T: "you", Device: name, Supported: []string{}, Mine: []mine{}}
	if device == "" {
		return jsonFrame(y)
	}
	supported, own, err := h.Store.Device(ctx, meeting, device)
	if err != nil {
		return nil, fmt.Errorf("reading a device's own side: %w", err)
	}
	y.Supported = append(y.Supported, supported...)
	for _, q := range own {
		m := mine{Question: q.Number, Kind: q.Kind, State: q.State, Words: q.State.Words(), Text: q.Text, At: q.ReceivedAt}
		if q.Code != "" {
			m.Mine = h.Link(q.Number, q.Code)
		}
		y.Mine = append(y.Mine, m)
	}
	messages, err := h.Store.OwnMessages(ctx, meeting, device)
	if err != nil {
		return nil, fmt.Errorf("reading a device's own messages: %w", err)
	}
	for _, m := range messages {
		y.Chat = append(y.Chat, said{Message: m.ID, Key: m.Key, State: m.State, Name: m.Name, Text: m.Text, Reason: m.Reason, At: m.SentAt, PublicAt: m.PublicAt})
	}
	return jsonFrame(y)
}

// listen reads until the connection ends.
func (w *watcher) listen() {
	for {
		w.await()
		kind, data, err := w.message()
		if err != nil {
			return
		}
		w.heard.Store(w.crowd.hub.Now().Unix())
		w.take(kind, data)
	}
}

// await waits until there is something to read. Waiting inside the reader of a message would do too,
// but keep a stack of twice the size for each socket in which nothing happens.
func (w *watcher) await() {
	if w.reader == nil || w.raw == nil || w.reader.Buffered() > 0 {
		return
	}
	_ = w.raw.Read(readable) // what ended it the reader of the message meets too
}

// readable tells whether a read would answer at once, with bytes, the end or an error.
func readable(fd uintptr) bool {
	var one [1]byte
	_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	return !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EINTR)
}

// message reads the next. Once one has begun it must end soon: in pieces of nothing it would never.
func (w *watcher) message() (kind int, data []byte, err error) {
	kind, r, err := w.conn.NextReader()
	if err != nil {
		return 0, nil, err
	}
	if err := w.mustCome(time.Now().Add(w.crowd.hub.Limits.MessageWait)); err != nil {
		return 0, nil, err
	}
	if data, err = io.ReadAll(r); err != nil {
		return 0, nil, err
	}
	return kind, data, w.mustCome(time.Time{})
}

// mustCome sets until when something must come; zero is any time. The end of a goodbye stands.
func (w *watcher) mustCome(until time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone {
		return nil
	}
	return w.conn.SetReadDeadline(until)
}

// alive notes a sign of life. Many in one second are none, but a flood.
func (w *watcher) alive(string) error {
	now := w.crowd.hub.Now().Unix()
	if w.heard.Swap(now) != now {
		w.signs = 0
	}
	if w.signs++; w.signs > maxSigns {
		w.leave(websocket.ClosePolicyViolation, "too many pings")
		return errFlood
	}
	return nil
}

func (w *watcher) pong(data string) error {
	if err := w.alive(data); err != nil {
		return err
	}
	w.send(newFrame(opPong, []byte(data)))
	return nil
}

func (w *watcher) bye(code int, _ string) error {
	w.leave(code, "")
	return nil
}

// take does what a frame says and answers it.
func (w *watcher) take(kind int, data []byte) {
	h := w.crowd.hub
	if w.rate == nil {
		w.rate = h.Limits.Frames.bucket()
	}
	cmd, err := ParseCommand(data)
	if kind != websocket.TextMessage {
		cmd, err = Command{}, papers.Errorf(papers.CodeInvalid, "That was not understood. Load the page again.")
	}
	fast := !w.rate.AllowN(h.Now(), 1)
	if fast {
		err = papers.Errorf(papers.CodeTooMany, "That was too fast. Wait a moment.")
	}
	if err != nil {
		if w.bad++; w.bad > h.Limits.BadFrames {
			w.leave(websocket.ClosePolicyViolation, "too many frames that were not understood")
			return
		}
		w.refuse(cmd.Key, err)
		return
	}
	ctx, cancel := context.WithTimeout(h.ctx, h.Limits.StoreWait)
	defer cancel()
	if err := w.do(ctx, cmd); err != nil {
		w.refuse(cmd.Key, err)
	}
}

func (w *watcher) do(ctx context.Context, cmd Command) error {
	h, meeting := w.crowd.hub, w.crowd.meeting
	ack := ackFrame{T: "ack", Key: cmd.Key, Question: cmd.Question}
	switch cmd.T {
	case "ask":
		q, err := h.Ask(ctx, Ask{Meeting: meeting, Device: w.device, Key: cmd.Key, Kind: cmd.Kind, Item: cmd.Item, Parent: cmd.Parent,
			Name: cmd.Name, Area: cmd.Area, For: cmd.For, Email: cmd.Email, NoName: cmd.NoName, Minor: cmd.Minor, Health: cmd.Health, Urgent: cmd.Urgent, Confirmed: cmd.Confirmed,
			Channel: ChannelRoom, Text: cmd.Text, From: w.ip})
		if err != nil {
			return err
		}
		ack.Question = q.Number
		if q.Code != "" {
			ack.Mine = h.Link(q.Number, q.Code)
		}
	case "support":
		n, err := h.Support(ctx, Support{Meeting: meeting, Question: cmd.Question, Device: w.device, From: w.ip})
		if err != nil {
			return err
		}
		ack.Supports = &n
	case "chat":
		m, err := h.Say(ctx, Say{Meeting: meeting, Device: w.device, Key: cmd.Key, Name: cmd.Name, Text: cmd.Text, Danger: cmd.Urgent, From: w.ip})
		if err != nil {
			return err
		}
		ack.Message, ack.Stands, ack.PublicAt = m.ID, m.State, m.PublicAt
	}
	f, err := jsonFrame(ack)
	if err != nil {
		return err
	}
	w.send(f)
	return nil
}

// refuse says why a command is not taken. Once the hub closes it says nothing: the goodbye is on its
// way, and the page sends everything that was not answered again after it.
func (w *watcher) refuse(key string, err error) {
	if w.crowd.hub.closing() {
		return
	}
	code, message := RefusalOf(err)
	if code == CodeInternal {
		w.crowd.hub.Log.Error("taking a frame", slog.String("meeting", w.crowd.meeting), slog.Any("err", err))
	}
	f, err := jsonFrame(refusedFrame{T: "refused", Key: key, Code: code, Message: message})
	if err == nil { // strings can always be written
		w.send(f)
	}
}

// send gives the watcher a frame for it alone. A watcher that sends and never reads is ended.
func (w *watcher) send(f frame) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.gone:
	case !w.writing:
		w.write(f)
	case len(w.own) < maxOwn:
		w.own = append(w.own, f)
	default:
		w.gone = true
		w.conn.Close()
	}
}

// push gives the watcher what is new, and extra, which may be lost. It does not wait.
func (w *watcher) push(extra frame) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone || w.writing {
		return // whoever writes takes what is new afterwards
	}
	f, seq, ok := w.crowd.tail(w.seq)
	if !ok {
		w.goWrite()
		return
	}
	if f != nil {
		w.seq = seq
		w.write(f)
	}
	if extra != nil && !w.writing {
		w.write(extra)
	}
	if !w.gone && !w.writing && w.queueDue() {
		w.goWrite() // it asks first, which may take a while
	}
}

// write hands the connection what it takes at once; the rest is left to a goroutine. The caller
// holds mu and nobody else writes.
func (w *watcher) write(f frame) {
	n, err := w.try(f)
	if err != nil {
		w.gone = true
		w.conn.Close() // its reader ends
		return
	}
	if n < len(f) {
		w.rest = f[n:]
		w.goWrite()
	}
}

// try writes without waiting and says how much was taken.
func (w *watcher) try(f frame) (int, error) {
	if w.raw == nil {
		return 0, nil
	}
	var n int
	var failed error
	err := w.raw.Write(func(fd uintptr) bool {
		n, failed = syscall.Write(int(fd), f)
		return true
	})
	if err != nil {
		return 0, err
	}
	if errors.Is(failed, syscall.EAGAIN) || errors.Is(failed, syscall.EINTR) {
		return 0, nil
	}
	return max(n, 0), failed
}

func (w *watcher) goWrite() {
	w.writing = true
	w.crowd.hub.running.Go(w.finish) // Serve, which waits for nothing, holds the group open
}

// queueDue tells whether the queue has changed since the moderator got it. The caller holds mu.
func (w *watcher) queueDue() bool {
	if !w.moderator {
		return false
	}
	f, _ := w.crowd.queueAfter(w.rev)
	return f != nil
}

// finish writes patiently until there is nothing left.
func (w *watcher) finish() {
	for {
		f, fetch := w.next()
		if fetch != nil {
			f = fetch()
		}
		if f == nil {
			return
		}
		if err := w.slowly(f); err != nil {
			w.end()
			w.conn.Close() // its reader ends
			return
		}
	}
}

// next is what the watcher gets next: the rest of a frame, what is for it alone, what is new. What
// the record must be read for is left to fetch, which runs without mu. With neither it ends the writing.
func (w *watcher) next() (f frame, fetch func() frame) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f = w.rest; f != nil {
		w.rest = nil
		return f, nil
	}
	if len(w.own) > 0 {
		f, w.own = w.own[0], w.own[1:]
		return f, nil
	}
	w.own = nil
	if !w.gone {
		to, ok := int64(0), false
		if f, to, ok = w.crowd.tail(w.seq); !ok {
			return nil, w.again
		}
		w.seq = to
		if f == nil && w.queueDue() {
			return nil, w.nextQueue
		}
	}
	w.writing = f != nil
	return f, nil
}

// nextQueue gives a moderator the queue, and who is none any more the goodbye.
func (w *watcher) nextQueue() frame {
	ctx, cancel := context.WithTimeout(w.crowd.hub.ctx, readWait)
	defer cancel()
	if w.still != nil && !w.still(ctx) {
		w.leave(websocket.ClosePolicyViolation, "not a moderator any more")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var f frame
	switch {
	case !w.gone:
		f, w.rev = w.crowd.queueAfter(w.rev)
	case len(w.own) > 0: // a goodbye
		f, w.own = w.own[0], nil
	}
	w.writing = f != nil
	return f
}

// again gives a watcher that has fallen behind a fresh hello, now that its connection takes
// something. When the record cannot be read the next turn tries again.
func (w *watcher) again() frame {
	ctx, cancel := context.WithTimeout(w.crowd.hub.ctx, readWait)
	defer cancel()
	f, seq, err := w.crowd.whole(ctx)
	if err != nil && w.crowd.hub.ctx.Err() == nil {
		w.crowd.hub.Log.Error("catching a watcher up", slog.String("meeting", w.crowd.meeting), slog.Any("err", err))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil || w.gone && len(w.own) == 0 {
		w.writing = false
		return nil
	}
	w.seq = seq
	return f
}

// slowly writes the frame in chunks, each with a deadline of its own: slow is no reason to be
// dropped, dead is.
func (w *watcher) slowly(f frame) error {
	nc := w.conn.NetConn()
	for len(f) > 0 {
		if err := nc.SetWriteDeadline(time.Now().Add(chunkWait)); err != nil {
			return err
		}
		n, err := nc.Write(f[:min(chunk, len(f))])
		if err != nil {
			return err
		}
		f = f[n:]
	}
	return nc.SetWriteDeadline(time.Time{})
}

// leave says goodbye. The reader ends when the other side answers, or after leaveWait.
func (w *watcher) leave(code int, reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone {
		return
	}
	f := closeFrame(code, reason)
	if w.writing {
		w.own = []frame{f}
	} else {
		w.write(f)
	}
	w.gone = true
	_ = w.conn.SetReadDeadline(time.Now().Add(leaveWait)) // fails only when it is closed already
}

// end lets everything go.
func (w *watcher) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone, w.own, w.rest = true, nil, nil
}
