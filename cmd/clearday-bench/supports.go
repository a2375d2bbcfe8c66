package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"time"

	"github.com/gorilla/websocket"
)

// supported measures 5,000 supports within 5 seconds while their 5,000 devices watch, and again on a
// disk that takes 5 ms for each fsync.
func supported(ctx context.Context, b *bench) error {
	s, err := b.filled(ctx)
	if err != nil {
		return err
	}
	n := b.times(5_000, 500)
	if err = b.withRoom(ctx, s, n, false, func(_ *process, d desk, a *audience) error { return b.support(ctx, d, a, n, "") }); err != nil {
		return err
	}
	slow, err := slowDisk()
	if err != nil {
		b.report.note("Supports on a disk that takes 5 ms for each fsync were not measured: %v", err)
		return nil
	}
	b.under = slow
	defer func() { b.under = nil }()
	return b.withRoom(ctx, s, n, false, func(_ *process, d desk, a *audience) error { return b.support(ctx, d, a, n, ", each fsync 5 ms") })
}

// slowDisk gives what starts a program so that each of its fsyncs waits for 5 ms: strace does nothing
// else to it. Disks of hosted machines are like this; the one measured on may hardly wait at all.
func slowDisk() ([]string, error) {
	under := []string{"strace", "-D", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=5000"}
	if out, err := exec.Command(under[0], append(under[1:], "true")...).CombinedOutput(); err != nil { //nolint:gosec // the words above
		return nil, fmt.Errorf("strace: %w %s", err, out)
	}
	return under, nil
}

func (b *bench) support(ctx context.Context, d desk, a *audience, n int, how string) error {
	question, err := d.question(ctx)
	if err != nil {
		return err
	}
	if _, err := a.do(watchTask{}); err != nil {
		return err
	}
	begun := time.Now()
	got, err := a.do(watchTask{Support: question, Spread: 5 * time.Second, Twice: 10, Wait: 30 * time.Second})
	if err != nil {
		return err
	}
	took := time.Since(begun)
	counted, err := d.supports(ctx, question)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%s supports in 5 s from as many watchers%s", thousands(float64(n)), how)
	late := got.Late.percentile(99)
	b.report.add(row{what: what + ", acknowledged", figure: thousands(float64(got.Acked)), aim: "all", met: got.Acked == n && got.Refused == 0})
	b.report.add(row{what: what + ", counted", figure: thousands(float64(counted)), aim: "each once", met: counted == n})
	b.report.add(row{what: what + ", 99 of 100 acknowledged within", figure: millis(late), aim: "at most 500 ms", met: got.Acked == n && late <= 500*time.Millisecond})
	b.report.note("%s: by the sockets, at random moments, one in ten sent twice; all acknowledged after %.1f s, half within %s, the last within %s; %d refused. The count is what the API tells afterwards.",
		what, took.Seconds(), millis(got.Late.percentile(50)), millis(got.Late.percentile(100)), got.Refused)
	return nil
}

// question asks a question by a socket and publishes it.
func (d desk) question(ctx context.Context) (number string, err error) {
	conn, res, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+d.addr+d.site.socketPath(), nil)
	if err != nil {
		return "", fmt.Errorf("opening a socket: %w", err)
	}
	_ = res.Body.Close()
	defer conn.Close()
	err = conn.WriteJSON(map[string]string{"t": "ask", "key": "bench", "name": "A Resident", "area": "Saltfen", "item": d.site.items[0], "text": "Why is it measured?"})
	if err != nil {
		return "", fmt.Errorf("asking: %w", err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second)) // fails only when the connection has
	for {
		var f struct{ T, Question, Message string }
		if err := conn.ReadJSON(&f); err != nil {
			return "", fmt.Errorf("waiting for the number: %w", err)
		}
		switch f.T {
		case "ack":
			return f.Question, d.do(ctx, http.MethodPatch, "/questions/"+f.Question, map[string]any{"state": "published"}, nil)
		case "refused":
			return "", errors.New("the question was refused: " + f.Message)
		}
	}
}

// supports is the public count.
func (d desk) supports(ctx context.Context, number string) (int, error) {
	var list struct {
		Items []struct {
			ID       string `json:"id"`
			Supports int    `json:"supports"`
		} `json:"items"`
	}
	if err := d.do(ctx, http.MethodGet, "/meetings/"+d.site.meeting+"/questions?state=published", nil, &list); err != nil {
		return 0, err
	}
	for _, q := range list.Items {
		if q.ID == number {
			return q.Supports, nil
		}
	}
	return 0, fmt.Errorf("%s is not listed", number)
}
