package livestream

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// The benchmarks hold their watchers in another process: TestMain becomes it when this is set to
// "address number".
const watchersEnv = "CLEARDAY_TEST_WATCHERS"

// watchersHere is how many a benchmark takes; CLEARDAY_TEST_BENCH_WATCHERS changes it.
func watchersHere(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("CLEARDAY_TEST_BENCH_WATCHERS"))
	if err != nil {
		n = 2000
	}
	return n
}

// beWatchers opens sockets from addresses of 127.0.0.0/8 and answers each line of standard input,
// a number, when that many events have come to every one of them.
func beWatchers(spec string) {
	addr, count, _ := strings.Cut(spec, " ")
	n, err := strconv.Atoi(count)
	if err != nil {
		panic(err)
	}
	arrived := make(chan int, n)
	var welcome sync.WaitGroup
	for i := range n {
		welcome.Add(1)
		br, nc := dialBare(addr, i)
		go func() {
			defer nc.Close()
			greeted, seen := false, 0
			for {
				op, payload, err := readFrame(br)
				if err != nil {
					return
				}
				if !greeted {
					greeted = true
					welcome.Done()
				}
				if k := strings.Count(string(payload), `"kind":`); op == opText && k > 0 {
					for range k {
						seen++
						if seen%benchBurst == 0 {
							arrived <- i
						}
					}
				}
			}
		}()
	}
	welcome.Wait()
	fmt.Println("ready")
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		for range n {
			<-arrived
		}
		fmt.Println("all")
	}
}

const benchBurst = 400

func dialBare(addr string, i int) (*bufio.Reader, net.Conn) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, byte(1+i/200/250), byte(1+i/200%250))}}
	nc, err := d.Dial("tcp", addr)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(nc, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	br := bufio.NewReaderSize(nc, 4096)
	for line := "x"; line != "\r\n"; {
		if line, err = br.ReadString('\n'); err != nil {
			panic(err)
		}
	}
	return br, nc
}

// crowdProcess starts the watchers. all waits until each has had a burst more.
func crowdProcess(b *testing.B, addr string, n int) (all func()) {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d", watchersEnv, addr, n))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	answers := bufio.NewScanner(out)
	wait := func() {
		if !answers.Scan() {
			b.Fatalf("the watchers ended: %v", answers.Err())
		}
	}
	wait()
	return func() {
		if _, err := io.WriteString(in, "next\n"); err != nil {
			b.Fatal(err)
		}
		wait()
	}
}

// bareListener upgrades with as little as server/websocket.go does.
func bareListener(b *testing.B, serve func(*websocket.Conn)) string {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = ln.Close() })
	up := websocket.Upgrader{ReadBufferSize: 512, WriteBufferPool: &sync.Pool{}}
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				br := bufio.NewReader(nc)
				r, err := http.ReadRequest(br)
				if err != nil {
					_ = nc.Close()
					return
				}
				conn, err := up.Upgrade(bareWriter{nc}, r, nil)
				if err != nil {
					_ = nc.Close()
					return
				}
				go serve(conn)
			}()
		}
	}()
	return ln.Addr().String()
}

type bareWriter struct{ nc net.Conn }

func (bareWriter) Header() http.Header         { return http.Header{} }
func (bareWriter) Write(b []byte) (int, error) { return len(b), nil }
func (bareWriter) WriteHeader(int)             {}
func (w bareWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.nc, bufio.NewReadWriter(bufio.NewReaderSize(w.nc, 16), bufio.NewWriterSize(w.nc, 16)), nil
}

func resident(b *testing.B) int {
	debug.FreeOSMemory()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip("there is no /proc here to read resident memory from")
	}
	var size, pages int
	if _, err := fmt.Sscan(string(data), &size, &pages); err != nil {
		b.Fatal(err)
	}
	return pages * os.Getpagesize()
}

func benchHub(b *testing.B) (*Hub, *fakeStore) {
	store := newFakeStore()
	h := &Hub{Store: store, Bus: &MemoryBus{}, Meetings: fakeMeetings{}}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = h.Run(ctx) }) // nil: it ends with ctx
	b.Cleanup(func() { h.Close(); stop(); running.Wait() })
	return h, store
}

func viewer(conn *websocket.Conn) Viewer {
	host, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
	return Viewer{Meeting: slug, Device: "d", IP: host, Since: -1}
}

// BenchmarkIdle reports the resident bytes of the server for each socket in which nothing happens.
func BenchmarkIdle(b *testing.B) {
	n := watchersHere(b)
	h, _ := benchHub(b)
	addr := bareListener(b, func(conn *websocket.Conn) { h.Serve(conn, viewer(conn)) })
	h.init()
	before := resident(b)
	crowdProcess(b, addr, n)
	for h.Watchers() < n {
		runtime.Gosched()
	}
	time.Sleep(7 * time.Second) // the news of who is here has gone round; stacks shrink with the collections of resident
	for range 3 {
		runtime.GC()
	}
	each := float64(resident(b)-before) / float64(n)
	for b.Loop() {
		runtime.Gosched()
	}
	b.ReportMetric(each, "B/socket")
	b.ReportMetric(float64(n), "watchers")
}

// BenchmarkBurst sends bursts of 400 events to every watcher: by the hub, and by the plain way of one
// WriteMessage for each event and watcher. "times" is the ratio in this run.
func BenchmarkBurst(b *testing.B) {
	n := watchersHere(b)
	text := strings.Repeat("words of a question ", 10)

	h, store := benchHub(b)
	hub := crowdProcess(b, bareListener(b, func(conn *websocket.Conn) { h.Serve(conn, viewer(conn)) }), n)
	var ours time.Duration
	rounds := 0
	for b.Loop() {
		rounds++
		started := time.Now()
		for range benchBurst {
			store.publishText(text)
			h.announce(Wake{Meeting: slug, Seq: store.seq()})
		}
		hub()
		ours += time.Since(started)
	}
	b.StopTimer()

	var mu sync.Mutex
	var all []*websocket.Conn
	plain := crowdProcess(b, bareListener(b, func(conn *websocket.Conn) {
		mu.Lock()
		all = append(all, conn)
		mu.Unlock()
		_ = conn.WriteMessage(websocket.TextMessage, []byte("welcome")) // a watcher that left is seen by its reader
		_, _, _ = conn.ReadMessage()
	}), n)
	b.Cleanup(func() {
		for _, c := range all {
			_ = c.Close()
		}
	})
	event := fmt.Appendf(nil, `{"t":"events","seq":1,"events":[{"seq":1,"kind":"question.published","data":{"text":%q}}]}`, text)
	started := time.Now()
	for range benchBurst {
		for _, c := range all {
			if err := c.WriteMessage(websocket.TextMessage, event); err != nil {
				b.Fatal(err)
			}
		}
	}
	plain()
	theirs := time.Since(started)
	each := ours / time.Duration(rounds)
	b.ReportMetric(float64(n*benchBurst)/each.Seconds(), "deliveries/s")
	b.ReportMetric(float64(n*benchBurst)/theirs.Seconds(), "plain/s")
	b.ReportMetric(theirs.Seconds()/each.Seconds(), "times")
	b.ReportMetric(float64(n), "watchers")
}
