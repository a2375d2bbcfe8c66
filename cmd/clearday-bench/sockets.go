package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"time"
)

// idleSockets measures the resident bytes of a watcher who does nothing, in the program and in
// net/http with gorilla.
func idleSockets(ctx context.Context, b *bench) error {
	n := b.times(10_000, 1_000)
	s, err := b.filled(ctx)
	if err != nil {
		return err
	}
	c := crowd{n: n}
	ours, err := c.clearday(ctx, b, s)
	if err != nil {
		return err
	}
	theirs, err := c.gorilla(ctx)
	if err != nil {
		return fmt.Errorf("the yardstick: %w", err)
	}
	w := row{what: fmt.Sprintf("Resident bytes of each of %s idle sockets", thousands(float64(n))),
		figure: thousands(ours.each(n)), yardstick: thousands(theirs.each(n)) + " (net/http, gorilla)", ratio: share(ours.each(n), theirs.each(n))}
	if !b.quick { // what a room needs once weighs too much on few sockets
		w.aim, w.met = "at most 8,192", ours.each(n) <= 8192
	}
	b.report.add(w)
	b.report.note("%s: %s before, %s after, the room's first frame included; all connected in %s. Yardstick: %s before, %s after, in %s.", w.what,
		megabytes(ours.before), megabytes(ours.after), seconds(ours.took), megabytes(theirs.before), megabytes(theirs.after), seconds(theirs.took))
	b.report.note("Sockets: in two client processes, from addresses all over 127.0.0.0/8, 100 of each; clients read and answer pings. Memory is the lowest VmRSS seen while it settles, in which the program gives memory back by itself and the yardstick is told to (debug.FreeOSMemory).")
	return nil
}

type crowd struct {
	n int
}

// held is the memory of a server without and with its sockets.
type held struct {
	before, after int64
	took          time.Duration
}

func (h held) each(n int) float64 { return float64(h.after-h.before) / float64(n) }

func (c crowd) clearday(ctx context.Context, b *bench, s site) (h held, err error) {
	p, err := b.serve(ctx, s.data, "")
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := (desk{api: api{p.addr, s.secretary}, site: s}).open(ctx); err != nil {
		return h, err
	}
	return c.hold(ctx, p.pid, p.addr, s.socketPath(), func() error { return nil })
}

func (c crowd) gorilla(ctx context.Context) (h held, err error) {
	g, err := start(ctx, "", "child-gorilla", plainHello)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, g.end()) }()
	var addr string
	if err := g.answer(&addr); err != nil {
		return h, err
	}
	return c.hold(ctx, g.pid, addr, "/", func() error { return get(ctx, "http://"+addr+"/collect") })
}

func (c crowd) hold(ctx context.Context, server pid, addr, path string, collect func() error) (h held, err error) {
	if h.before, err = settled(ctx, server, collect); err != nil {
		return h, err
	}
	a, err := gather(ctx, addr, path, c.n, 0, false)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, a.end()) }()
	h.took = a.took
	h.after, err = settled(ctx, server, collect)
	return h, err
}

// settled waits until the resident memory has not come down for longer than a server takes to give some
// back, 25 s at most, and answers the least that was seen.
func settled(ctx context.Context, server pid, collect func() error) (int64, error) {
	least, since := int64(math.MaxInt64), time.Now()
	for begun := time.Now(); time.Since(begun) < 25*time.Second && time.Since(since) < 9*time.Second; {
		if time.Since(begun) < 3*time.Second {
			if err := collect(); err != nil {
				return 0, err
			}
		}
		resident, _, err := server.memory()
		if err != nil {
			return 0, err
		}
		if resident < least-least/200 {
			since = time.Now()
		}
		least = min(least, resident)
		if err := pause(ctx, time.Second); err != nil {
			return 0, err
		}
	}
	return least, nil
}

func get(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("asking: %w", err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, res.Status)
	}
	return nil
}
