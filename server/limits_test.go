package server

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
)

func TestLimits(t *testing.T) {
	now := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	l := newLimits(func() time.Time { return now })
	try := func(place, person string) bool {
		return l.count(tally{place + person, 10}, tally{place, 100}, tally{person, 100}) == nil
	}
	allowed := func(n int, place, person func(int) string) (got int) {
		for i := range n {
			if try(place(i), person(i)) {
				got++
			}
		}
		return got
	}
	one := func(s string) func(int) string { return func(int) string { return s } }
	each := func(s string) func(int) string { return func(i int) string { return fmt.Sprint(s, i) } }
	if got := allowed(300, one("hospital"), each("colleague ")); got != 100 {
		t.Errorf("many people of one place may try %d times, want 100", got)
	}
	if n := len(l.seen); n > 202 {
		t.Errorf("refused attempts are remembered: %d keys", n)
	}
	if got := allowed(300, each("place "), one("ruth")); got != 100 {
		t.Errorf("one person may be tried %d times from everywhere, want 100", got)
	}
	if got := allowed(300, one("home"), one("sam")); got != 10 {
		t.Errorf("one person may be tried %d times from one place, want 10", got)
	}
	l.forgive(tally{"homesam", 10}, tally{"sam", 100})
	if !try("home", "sam") {
		t.Error("success does not forgive")
	}
	now = now.Add(attemptWindow + time.Second)
	if !try("hospital", "ruth") {
		t.Error("the window does not end")
	}
}

// Only so many passwords are hashed at once; who waits in vain is told to come again.
func TestHashing(t *testing.T) {
	h := make(hashing, maxHashing)
	begun, end := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	for range maxHashing {
		go func() { done <- h.do(t.Context(), func() { begun <- struct{}{}; <-end }) }()
	}
	for range maxHashing {
		<-begun
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	err := h.do(late, func() { t.Error("one too many runs") })
	if papers.CodeOf(err) != papers.CodeTooMany {
		t.Errorf("waiting in vain gives %v", err)
	}
	close(end)
	for range maxHashing {
		if err := <-done; err != nil {
			t.Errorf("hashing: %v", err)
		}
	}
	ran := false
	if err := h.do(t.Context(), func() { ran = true }); err != nil || !ran {
		t.Errorf("afterwards: ran %v, %v", ran, err)
	}
}

func TestUntrustedProxy(t *testing.T) {
	for name, c := range map[string]struct {
		remote, forwarded string
		warns             int
	}{
		"proxy nearby":    {"10.0.0.1:1", "203.0.113.9", 1},
		"proxy here":      {"127.0.0.1:1", "203.0.113.9", 1},
		"forged from far": {"203.0.113.9:1", "10.0.0.1", 0},
		"no proxy":        {"127.0.0.1:1", "", 0},
	} {
		var log bytes.Buffer
		s := &Server{Parts: Parts{Log: slog.New(slog.NewTextHandler(&log, nil))}}
		for range 3 {
			call := newCall(c.remote)
			call.s = s
			if c.forwarded != "" {
				call.Request().Header.Set(fiber.HeaderXForwardedFor, c.forwarded)
			}
			_ = call.place()
		}
		if got := strings.Count(log.String(), "CLEARDAY_TRUSTED_PROXIES"); got != c.warns {
			t.Errorf("%s: %d warnings, want %d: %s", name, got, c.warns, log.String())
		}
	}
}
