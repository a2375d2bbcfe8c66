// Package redistest starts a Redis of a test's own, which the test may stop, kill and start again.
package redistest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is a redis-server on a port of the loopback address that stays its own while it is down.
type Server struct {
	Addr string

	t       testing.TB
	dir     string
	args    []string
	process *exec.Cmd
}

// New finds redis-server and a port, and starts nothing yet. Without redis-server the test is skipped,
// and fails in CI. args are further settings, such as "--requirepass", "secret".
func New(t testing.TB, args ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is not installed: in CI the bus is tested on it")
		}
		t.Skip("redis-server is not installed: the bus is not tested on it")
	}
	return &Server{Addr: freeAddr(t), t: t, dir: t.TempDir(), args: args}
}

// Cluster starts three servers as one cluster. A node that is killed and started again is part of it.
func Cluster(t testing.TB) []*Server {
	t.Helper()
	var nodes []*Server
	create := []string{"--cluster", "create", "--cluster-yes"}
	for range 3 {
		_, talk, err := net.SplitHostPort(freeAddr(t))
		if err != nil {
			t.Fatal(err)
		}
		node := New(t, "--cluster-enabled", "yes", "--cluster-port", talk, "--cluster-announce-ip", "127.0.0.1", "--cluster-node-timeout", "2000")
		node.Start()
		nodes, create = append(nodes, node), append(create, node.Addr)
	}
	if out, err := exec.Command("redis-cli", create...).CombinedOutput(); err != nil {
		t.Fatalf("making a cluster: %v\n%s", err, out)
	}
	return nodes
}

// Do sends the server a command as redis-cli does and answers what it prints.
func (s *Server) Do(command ...string) string {
	s.t.Helper()
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := exec.Command("redis-cli", append([]string{"-p", port}, command...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("redis-cli %v: %v\n%s", command, err, out)
	}
	return strings.TrimSpace(string(out))
}

// freeAddr finds a port below those that the system hands out: no connection takes it while the server is down.
func freeAddr(t testing.TB) string {
	t.Helper()
	var err error
	for range 100 {
		var ln net.Listener
		if ln, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 12000+rand.IntN(20000))); err == nil { //nolint:gosec // a port
			_ = ln.Close() // the server takes it
			return ln.Addr().String()
		}
	}
	t.Fatalf("there is no free port: %v", err)
	return ""
}

// URL is the address of the server without a password.
func (s *Server) URL() string { return "redis://" + s.Addr }

// Start starts it and waits until it answers.
func (s *Server) Start() {
	s.t.Helper()
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		s.t.Fatal(err)
	}
	process := exec.Command("redis-server", append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.dir}, s.args...)...)
	var out bytes.Buffer
	process.Stdout, process.Stderr = &out, &out
	if err := process.Start(); err != nil {
		s.t.Fatalf("starting redis-server: %v", err)
	}
	s.process = process
	s.t.Cleanup(func() { end(process) })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		err := ping(s.Addr)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			end(process)
			s.t.Fatalf("redis-server does not answer: %v\n%s", err, out.String())
		}
	}
}

// Kill ends it as a power cut would.
func (s *Server) Kill() { end(s.process) }

// Freeze lets it answer nothing, while connections stay.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw lets it go on.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(sig); err != nil {
		s.t.Fatalf("signalling redis-server: %v", err)
	}
}

func end(p *exec.Cmd) {
	_ = p.Process.Kill() // it may be gone already, and so below
	_ = p.Wait()
}

// ping asks for any answer: one that wants a password is an answer too.
func ping(addr string) error {
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Second)) // fails only on a closed connection, as the next does
	if _, err := c.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 5)
	if _, err := c.Read(answer); err != nil {
		return err
	}
	if string(answer) != "+PONG" && string(answer) != "-NOAU" {
		return fmt.Errorf("it answered %q", answer)
	}
	return nil
}

// Monitor gives everything that the server has been told since.
func (s *Server) Monitor() (told func() string) {
	s.t.Helper()
	c, err := net.Dial("tcp", s.Addr)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := c.Write([]byte("MONITOR\r\n")); err != nil {
		s.t.Fatal(err)
	}
	var mu sync.Mutex
	var all bytes.Buffer
	var reading sync.WaitGroup
	reading.Go(func() {
		part := make([]byte, 1<<16)
		for {
			n, err := c.Read(part)
			mu.Lock()
			all.Write(part[:n])
			mu.Unlock()
			if err != nil {
				return // the test is over
			}
		}
	})
	s.t.Cleanup(func() { _ = c.Close(); reading.Wait() })
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return all.String()
	}
}
