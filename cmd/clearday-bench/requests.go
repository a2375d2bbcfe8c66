package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// browserAccepts is what browsers offer.
const browserAccepts = "gzip, deflate, br"

// Connections that ask at once, each one request after the other.
const connections = 32

// cachedPages measures requests a second of pages that are asked for again and again.
func cachedPages(ctx context.Context, b *bench) error {
	b.report.note("Requests: %d connections that stay open, each asking again as soon as it was answered; the server and its load on processors of their own where there are two; runs of Clearday and of the yardstick take turns, the table shows medians. The yardstick is a Fiber handler in a process of its own that sets the same headers and sends the same bytes. The ratio by processor time is the yardstick's divided by Clearday's; where the servers were not busy all the time, their client or other work on the machine held them back, and it tells more.", connections)
	return b.pages(ctx, b.times(9, 2), []string{browserAccepts, ""}, false)
}

// uncachedPages measures the same when each request has an address of its own, so that every page is made anew.
func uncachedPages(ctx context.Context, b *bench) error {
	return b.pages(ctx, b.times(5, 2), []string{browserAccepts}, true)
}

func (b *bench) pages(ctx context.Context, rounds int, accepts []string, fresh bool) (err error) {
	s, err := b.filled(ctx)
	if err != nil {
		return err
	}
	cpus, loadCPUs := halves()
	p, err := b.serve(ctx, s.data, cpus)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	for _, page := range []struct{ name, path string }{
		{"home page", "/"},
		{fmt.Sprintf("meeting page, %d items", agendaItems), "/meetings/" + s.meeting},
	} {
		for _, accept := range accepts {
			d := duel{ours: p.pid, addr: p.addr, path: page.path, accept: accept, rounds: rounds, fresh: fresh, cpus: cpus, loadCPUs: loadCPUs,
				each: time.Duration(b.times(1000, 500)) * time.Millisecond}
			if err := d.fight(ctx); err != nil {
				return fmt.Errorf("%s: %w", page.name, err)
			}
			b.report.add(d.row(page.name))
			b.report.add(d.costRow(page.name))
			b.report.note("%s", d.words(page.name))
		}
	}
	return nil
}

// duel lets the program and the bare handler answer the same in turns.
type duel struct {
	ours           pid
	addr           string
	path, accept   string
	rounds         int
	each           time.Duration
	fresh          bool
	cpus, loadCPUs string

	body  int // bytes of an answer
	mine  side
	other side
}

// side is what one server did, a value for each round.
type side struct {
	rate, busy, cost, p50, p99 []float64 // a second; share of its processors; microseconds of processor time a request; milliseconds
}

func (d *duel) fight(ctx context.Context) (err error) {
	o, err := d.copy(ctx)
	if err != nil {
		return err
	}
	d.body = len(o.Body)
	bare, err := start(ctx, d.cpus, "child-bare", o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.end()) }()
	var addr string
	if err := bare.answer(&addr); err != nil {
		return err
	}
	if err := errors.Join(d.round(ctx, -1, d.ours, d.addr, &side{}), d.round(ctx, -1, bare.pid, addr, &side{})); err != nil {
		return err // to warm up
	}
	for n := range d.rounds {
		if err := errors.Join(d.round(ctx, n, d.ours, d.addr, &d.mine), d.round(ctx, n, bare.pid, addr, &d.other)); err != nil {
			return err
		}
	}
	return nil
}

// copy takes one answer of the program for the yardstick to give.
func (d *duel) copy(ctx context.Context) (o bareOrders, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.addr+d.path, nil)
	if err != nil {
		return o, fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Accept-Encoding", d.accept)
	if d.accept == "" {
		req.Header.Set("Accept-Encoding", "identity")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return o, fmt.Errorf("reading the page: %w", err)
	}
	defer res.Body.Close()
	if o.Body, err = io.ReadAll(res.Body); err != nil {
		return o, fmt.Errorf("reading the page: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return o, fmt.Errorf("the page answers %s", res.Status)
	}
	for name, values := range res.Header {
		if name != "Date" && name != "Content-Length" {
			o.Headers = append(o.Headers, [2]string{name, strings.Join(values, ", ")})
		}
	}
	return o, nil
}

func (d *duel) round(ctx context.Context, n int, server pid, addr string, into *side) error {
	o := loadOrders{Addr: addr, Path: d.path, Accept: d.accept, Conns: connections, For: d.each}
	if d.fresh {
		o.Unique = fmt.Sprintf("round%d", n+1)
	}
	before, err := server.cpu()
	if err != nil {
		return err
	}
	var a loadAnswer
	if err := ask(ctx, d.loadCPUs, "child-load", o, &a); err != nil {
		return err
	}
	after, err := server.cpu()
	if err != nil {
		return err
	}
	used, asked := after-before, max(a.Requests, 1)
	into.rate = append(into.rate, float64(a.Requests)/a.For.Seconds())
	into.busy = append(into.busy, used.Seconds()/a.For.Seconds())
	into.cost = append(into.cost, float64(used.Microseconds())/float64(asked))
	into.p50 = append(into.p50, a.P50.Seconds()*1000)
	into.p99 = append(into.p99, a.P99.Seconds()*1000)
	return nil
}

func (d *duel) row(page string) row {
	a, b := median(d.mine.rate), median(d.other.rate)
	w := row{what: d.name(page), figure: thousands(a) + "/s", yardstick: thousands(b) + "/s", ratio: share(a, b)}
	if !d.fresh {
		w.aim, w.met = "at least 0.7", a/b >= 0.7
	}
	return w
}

// costRow shows the same by the processor time of the server alone, which neither the client nor other
// work on the machine takes from.
func (d *duel) costRow(page string) row {
	a, b := median(d.mine.cost), median(d.other.cost)
	return row{what: d.name(page) + ", processor time of a request", figure: fmt.Sprintf("%.1f µs", a), yardstick: fmt.Sprintf("%.1f µs", b), ratio: share(b, a)}
}

func (d *duel) name(page string) string {
	made, how := "Cached", "identity"
	if d.fresh {
		made = "Made anew"
	}
	if d.accept != "" {
		how = d.accept
	}
	return fmt.Sprintf("%s %s (%s)", made, page, how)
}

func (d *duel) words(page string) string {
	m, o := d.mine, d.other
	return fmt.Sprintf("%s: %s bytes; processors in use %.0f%%, yardstick %.0f%%; half of the answers within %.2f ms, 99 of 100 within %.2f ms, yardstick %.2f and %.2f ms; ratios of the rounds %s.",
		d.name(page), thousands(float64(d.body)), 100*median(m.busy), 100*median(o.busy),
		median(m.p50), median(m.p99), median(o.p50), median(o.p99), ratios(m.rate, o.rate))
}

func ratios(a, b []float64) string {
	var list []string
	for i := range a {
		list = append(list, share(a[i], b[i]))
	}
	return strings.Join(list, " ")
}
