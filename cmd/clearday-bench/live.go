package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// live measures a lively meeting: 2,000 watchers, 100 events a second.
func live(ctx context.Context, b *bench) error {
	s, err := b.filled(ctx)
	if err != nil {
		return err
	}
	return b.withRoom(ctx, s, b.times(2_000, 400), false, func(p *process, d desk, a *audience) error {
		f := flow{watchers: b.times(2_000, 400), rate: 100, seconds: b.times(10, 3), latest: 50 * time.Millisecond}
		if err := b.steady(ctx, p, d, a, &f); err != nil {
			return err
		}
		plain, err := b.plainly(ctx)
		if err != nil {
			return err
		}
		b.report.add(row{what: f.name() + ", server's processor time of a delivery", figure: micros(f.each), yardstick: micros(plain.each) + " (WriteMessage)",
			ratio: share(float64(plain.each), float64(f.each)), aim: "at most 4 µs", met: f.each <= 4*time.Microsecond})
		return nil
	})
}

// crowded measures a large one: 9,000 watchers, 20 events a second.
func crowded(ctx context.Context, b *bench) error {
	s, err := b.filled(ctx)
	if err != nil {
		return err
	}
	n := b.times(9_000, 1_000)
	return b.withRoom(ctx, s, n, false, func(p *process, d desk, a *audience) error {
		f := flow{watchers: n, rate: 20, seconds: b.times(10, 3), latest: 350 * time.Millisecond}
		if err := b.steady(ctx, p, d, a, &f); err != nil {
			return err
		}
		b.report.add(row{what: f.name() + ", processors in use", figure: fmt.Sprintf("%.0f %%", 100*f.used), aim: "under one", met: f.used < 1})
		return nil
	})
}

// withRoom starts the program with an open room and n watchers in it.
func (b *bench) withRoom(ctx context.Context, s site, n int, comeBack bool, do func(*process, desk, *audience) error) (err error) {
	p, err := b.serve(ctx, s.data, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	d := desk{api: api{p.addr, s.secretary}, site: s, workers: 4}
	if err := d.open(ctx); err != nil {
		return err
	}
	a, err := gather(ctx, p.addr, s.socketPath(), n, 0, comeBack)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.end()) }()
	if err := pause(ctx, 6*time.Second); err != nil { // the news of who is here has gone round
		return err
	}
	return do(p, d, a)
}

// flow is events at a steady pace, and what came of them.
type flow struct {
	watchers, rate, seconds int
	latest                  time.Duration // the aim

	each time.Duration // processor time of the server for a delivery
	used float64       // processors in use
}

func (f *flow) name() string {
	return fmt.Sprintf("%s watchers, %d events/s", thousands(float64(f.watchers)), f.rate)
}

func (b *bench) steady(ctx context.Context, p *process, d desk, a *audience, f *flow) error {
	if _, err := a.do(watchTask{}); err != nil { // what was before does not count
		return err
	}
	before, err := p.cpu()
	if err != nil {
		return err
	}
	begun, n := time.Now(), f.rate*f.seconds
	last, err := d.hear(ctx, n, time.Second/time.Duration(f.rate))
	if err != nil {
		return err
	}
	made := time.Since(begun)
	got, err := a.do(watchTask{Until: last, Wait: 30 * time.Second})
	if err != nil {
		return err
	}
	took := time.Since(begun)
	after, err := p.cpu()
	if err != nil {
		return err
	}
	want := n * f.watchers
	f.each, f.used = (after-before)/time.Duration(max(1, got.Delivered)), (after-before).Seconds()/took.Seconds()
	all := got.Delivered == want && got.Gaps == 0 && got.Missing == 0
	b.report.add(row{what: f.name() + ", delivered in order", figure: thousands(float64(got.Delivered)), aim: "all " + thousands(float64(want)), met: all})
	late := got.Late.percentile(99)
	b.report.add(row{what: f.name() + ", 99 of 100 within", figure: millis(late), aim: "at most " + millis(f.latest), met: late <= f.latest && all})
	b.report.note("%s: made by the API, each an act with its entry in the log, by %d callers, in %.1f s; lateness from the time that the record gave the event until a watcher has read it: half within %s, 999 of 1,000 within %s; %.0f %% of a processor in the server, making the events included; %d had to start again with a hello, %d gaps.",
		f.name(), d.workers, made.Seconds(), millis(got.Late.percentile(50)), millis(got.Late.percentile(99.9)), 100*f.used, got.Hellos, got.Gaps)
	return nil
}

const burstEvents = 400

// burst measures what comes at once: a meeting with 400 questions is held, and each that was not reached
// says so. That is one commit with 400 events, for 2,000 watchers.
func burst(ctx context.Context, b *bench) error {
	s, err := b.filled(ctx)
	if err != nil {
		return err
	}
	s.meeting = s.short
	n := b.times(2_000, 400)
	return b.withRoom(ctx, s, n, false, func(_ *process, d desk, a *audience) error {
		got, err := a.do(watchTask{Ask: burstEvents / watching, Wait: time.Minute})
		if err != nil {
			return err
		}
		published, last, err := d.publish(ctx)
		if err != nil || got.Missing > 0 || published != burstEvents {
			return errors.Join(err, fmt.Errorf("%d of %d questions are published", published, burstEvents))
		}
		if _, err := a.do(watchTask{Until: last, Wait: 30 * time.Second}); err != nil {
			return err
		}
		begun := time.Now()
		if err := d.do(ctx, http.MethodPatch, "/meetings/"+s.meeting, map[string]any{"state": "held"}, nil); err != nil {
			return err
		}
		answered := time.Since(begun)
		if got, err = a.do(watchTask{Until: last + burstEvents, Wait: 30 * time.Second}); err != nil {
			return err
		}
		plain, err := b.plainly(ctx)
		if err != nil {
			return err
		}
		took := got.Latest.Sub(got.First)
		rate := float64(got.Delivered) / took.Seconds()
		all := got.Missing == 0 && got.Gaps == 0 && got.Delivered == burstEvents*n
		what := fmt.Sprintf("Burst of %d events to %s watchers", burstEvents, thousands(float64(n)))
		b.report.add(row{what: what + ", deliveries", figure: thousands(rate) + "/s", aim: "over 1,000,000/s", met: all && rate > 1e6})
		b.report.add(row{what: what + ", against the plain hub", figure: thousands(rate) + "/s", yardstick: thousands(plain.rate) + "/s (WriteMessage)",
			ratio: share(rate, plain.rate), aim: "at least 15 times", met: all && rate >= 15*plain.rate})
		b.report.note("%s: a meeting with so many questions is said to be held, one commit in which each becomes not reached. From the moment that the first watcher has read its first event until the last has read its last: %.0f ms for %s deliveries, once, all in order: %v. The call of the API was answered after %.0f ms; the last delivery came %.0f ms after it began. The plain hub is net/http with gorilla in a process of its own, which has events of about the same length in memory and writes each to each connection, one after the other: %.0f ms.",
			what, 1000*took.Seconds(), thousands(float64(got.Delivered)), all, 1000*answered.Seconds(), 1000*got.Latest.Sub(begun).Seconds(), 1000*plain.took.Seconds())
		return nil
	})
}

// plainly is what the plain hub does.
type plainly struct {
	rate float64 // deliveries a second
	each time.Duration
	took time.Duration
}

// plainly measures it, once, with as many watchers as a lively meeting has.
func (b *bench) plainly(ctx context.Context) (y plainly, err error) {
	if b.plain.rate > 0 {
		return b.plain, nil
	}
	n := b.times(2_000, 400)
	g, err := start(ctx, "", "child-gorilla", plainHello)
	if err != nil {
		return y, err
	}
	defer func() { err = errors.Join(err, g.end()) }()
	var addr string
	if err := g.answer(&addr); err != nil {
		return y, err
	}
	a, err := gather(ctx, addr, "/", n, 100, false)
	if err != nil {
		return y, err
	}
	defer func() { err = errors.Join(err, a.end()) }()
	before, err := g.cpu()
	if err != nil {
		return y, err
	}
	if err := get(ctx, fmt.Sprintf("http://%s/send?n=%d", addr, burstEvents)); err != nil {
		return y, err
	}
	got, err := a.do(watchTask{Until: burstEvents, Wait: time.Minute})
	if err != nil {
		return y, err
	}
	y.took = got.Latest.Sub(got.First)
	after, err := g.cpu()
	if err != nil {
		return y, err
	}
	if got.Missing > 0 || got.Delivered != n*burstEvents {
		return y, fmt.Errorf("the plain hub delivered %d of %d", got.Delivered, n*burstEvents)
	}
	y.rate, y.each = float64(got.Delivered)/y.took.Seconds(), (after-before)/time.Duration(got.Delivered)
	b.plain = y
	return y, nil
}

func micros(d time.Duration) string { return fmt.Sprintf("%.1f µs", float64(d)/1e3) }

func millis(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d)/1e6) }
