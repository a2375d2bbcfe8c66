package main

import (
	"context"
	"fmt"
	"time"
)

// restarted measures a restart of the program under 9,000 watchers who come back as the room's page
// does, while the meeting goes on.
func restarted(ctx context.Context, b *bench) error {
	s, err := b.filled(ctx)
	if err != nil {
		return err
	}
	n := b.times(9_000, 1_000)
	return b.withRoom(ctx, s, n, true, func(p *process, d desk, a *audience) error {
		r := comeback{watchers: n}
		if err := r.measure(ctx, b, p, d, a); err != nil {
			return err
		}
		r.report(b)
		return nil
	})
}

// comeback is how a restart went.
type comeback struct {
	watchers int
	down     time.Duration // from the signal until the next program was ready
	back     time.Duration // from the signal until the last watcher had its first frame again
	work     time.Duration // processor time of the program from its start until then
	before   float64       // processors in use while nothing happened, before
	after    float64       // and after
	events   int           // while they came back
	got      watchAnswer
}

const quietTime = 5 * time.Second

func (r *comeback) measure(ctx context.Context, b *bench, p *process, d desk, a *audience) (err error) {
	head, err := d.hear(ctx, 20, 50*time.Millisecond)
	if err != nil {
		return err
	}
	if _, err := a.do(watchTask{Until: head, Wait: 30 * time.Second}); err != nil {
		return err
	}
	if r.before, err = p.inUse(ctx, quietTime); err != nil {
		return err
	}
	begun := time.Now()
	if err := p.stop(); err != nil {
		return err
	}
	again, err := b.serveAt(ctx, p.addr, d.site.data, "")
	if err != nil {
		return err
	}
	*p, r.down = *again, time.Since(begun) // whoever stops p stops this one
	type made struct {
		last int64
		err  error
	}
	events := make(chan made, 1)
	r.events = 20 * b.times(10, 5)
	go func() {
		last, err := d.hear(ctx, r.events, 50*time.Millisecond)
		events <- made{last, err}
	}()
	back, err := a.do(watchTask{Greeted: 2, Wait: time.Minute})
	r.back = back.Last.Sub(begun)
	if err == nil {
		r.work, err = p.cpu()
	}
	m := <-events
	if err != nil || m.err != nil {
		return fmt.Errorf("coming back: %w", firstOf(err, m.err))
	}
	if r.got, err = a.do(watchTask{Until: m.last, Wait: 30 * time.Second}); err != nil {
		return err
	}
	r.got.Delivered, r.got.Gaps, r.got.Hellos = r.got.Delivered+back.Delivered, r.got.Gaps+back.Gaps, r.got.Hellos+back.Hellos
	r.got.Missing += back.Missing
	if err := pause(ctx, time.Second); err != nil {
		return err
	}
	r.after, err = p.inUse(ctx, quietTime)
	return err
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *comeback) report(b *bench) {
	what := fmt.Sprintf("Restart under %s watchers", thousands(float64(r.watchers)))
	want := r.watchers * r.events
	all := r.got.Missing == 0 && r.got.Gaps == 0 && (r.got.Delivered == want || r.got.Hellos > 0)
	b.report.add(row{what: what + ", all back in", figure: seconds(r.back), aim: "at most 15 s", met: r.got.Missing == 0 && r.back <= 15*time.Second})
	b.report.add(row{what: what + ", events that reached them", figure: thousands(float64(r.got.Delivered)), aim: "all " + thousands(float64(want)) + ", in order", met: all})
	b.report.add(row{what: what + ", processors in use afterwards", figure: fmt.Sprintf("%.0f %%", 100*r.after), yardstick: fmt.Sprintf("%.0f %% (before)", 100*r.before),
		aim: "no work left behind: at most 20 % more", met: r.after <= r.before+0.2})
	b.report.note("%s: SIGTERM, and the program again at the same address as soon as it is gone; ready %.1f s after the signal. Watchers are told 1012 and come back with the pauses of the room's page, with since; meanwhile 20 events/s are made. %d of them got a hello instead of what they missed; %d gaps. From its start until the last was back the program took %.1f s of processor time.",
		what, r.down.Seconds(), r.got.Hellos, r.got.Gaps, r.work.Seconds())
}
