package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// watchOrders say what to watch. Each 100 sockets come from an address of their own, and each process
// has addresses of its own by its place.
type watchOrders struct {
	Addr, Path string
	Sockets    int
	Place      int
	Return     bool // come back when a socket ends, with the pauses of the room's page
}

// watchTask is what the watchers are to do or to wait for; Wait bounds it.
type watchTask struct {
	Until   int64         // all know the events up to this number
	Greeted int           // all have had so many first frames
	Ask     int           // so many of them ask a question each
	Support string        // each supports this question, at some moment of Spread
	Spread  time.Duration //
	Twice   int           // so many of a hundred send their support twice
	Wait    time.Duration
}

// watchAnswer comes when all sockets have their first frame, and after each task with what happened
// since the answer before.
type watchAnswer struct {
	Sockets   int
	Missing   int // sockets that are not where the task wants them
	Delivered int // events
	Gaps      int // events that came without the one before
	Hellos    int
	Acked     int
	Refused   int
	Late      histogram
	Last      time.Time // when the last socket got its latest first frame
	First     time.Time // when the first event came to any
	Latest    time.Time // when the latest event came to any
}

const perAddress = 100

// watchers are the sockets of one process.
type watchers struct {
	watchOrders
	lines []*line
	ended atomic.Bool
	quiet atomic.Bool // how late events are is not noted: acknowledgements are

	delivered, gaps, hellos, acked, refused atomic.Int64
	first, latest                           atomic.Int64 // events, in Unix nanoseconds
	late                                    counts
	made                                    [1 << 16]atomic.Int64
}

// watchChild holds sockets and does tasks until its input ends. The files that it may open are raised
// to the limit of the machine by Go itself.
func watchChild(in io.Reader, out io.Writer) error {
	var w watchers
	rest, err := orders(in, &w.watchOrders)
	if err != nil {
		return err
	}
	if err := w.connect(); err != nil {
		return err
	}
	answers := json.NewEncoder(out)
	if err := answers.Encode(w.answer(0)); err != nil {
		return fmt.Errorf("answering: %w", err)
	}
	defer w.ended.Store(true)
	for tasks := json.NewDecoder(rest); ; {
		var t watchTask
		if err := tasks.Decode(&t); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading a task: %w", err)
		}
		missing, err := w.do(t)
		if err != nil {
			return err
		}
		if err := answers.Encode(w.answer(missing)); err != nil {
			return fmt.Errorf("answering: %w", err)
		}
	}
}

// connect opens the sockets and waits until each has its first frame.
func (w *watchers) connect() error {
	w.lines = make([]*line, w.Sockets)
	errs := make([]error, 16)
	var connecting sync.WaitGroup
	for worker := range errs {
		connecting.Go(func() {
			for i := worker; i < w.Sockets && errs[worker] == nil; i += len(errs) {
				from := &net.TCPAddr{IP: net.IPv4(127, byte(10+w.Place), byte(i/perAddress/250), byte(1+i/perAddress%250))}
				l := &line{watchers: w, from: from}
				w.lines[i] = l
				r, err := l.open(-1)
				if err != nil {
					errs[worker] = fmt.Errorf("opening socket %d: %w", i, err)
					return
				}
				go l.come(r) // ends with the process
			}
		})
	}
	connecting.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if missing := w.await(time.Minute, func(l *line) bool { return l.greeted.Load() > 0 }); missing > 0 {
		return fmt.Errorf("%d sockets got no first frame", missing)
	}
	return nil
}

func (w *watchers) do(t watchTask) (missing int, err error) {
	if t.Ask > 0 {
		return w.ask(t)
	}
	if t.Support == "" {
		return w.await(t.Wait, func(l *line) bool { return l.seq.Load() >= t.Until && l.greeted.Load() >= int64(t.Greeted) }), nil
	}
	w.quiet.Store(true)
	defer w.quiet.Store(false)
	w.late.clear()
	errs := make([]error, len(w.lines))
	var sending sync.WaitGroup
	for i, l := range w.lines {
		sending.Go(func() {
			time.Sleep(rand.N(t.Spread)) //nolint:gosec // a moment
			errs[i] = l.support(t.Support, false)
			if errs[i] == nil && i%100 < t.Twice {
				errs[i] = l.support(t.Support, true)
			}
		})
	}
	sending.Wait()
	return w.await(t.Wait, func(l *line) bool { return l.sentAt.Load() == 0 }), errors.Join(errs...)
}

// ask has the first lines ask a question each, again each second until it is taken: the room takes only
// so many a second.
func (w *watchers) ask(t watchTask) (missing int, err error) {
	w.quiet.Store(true)
	defer w.quiet.Store(false)
	asking := w.lines[:t.Ask]
	for _, l := range asking {
		l.sentAt.Store(time.Now().UnixNano())
	}
	for deadline := time.Now().Add(t.Wait); time.Now().Before(deadline); {
		for _, l := range asking {
			if l.sentAt.Load() != 0 {
				if err := l.send(`{"t":"ask","key":"a","text":"Why is it measured?"}`); err != nil {
					return 0, err
				}
			}
		}
		if missing = w.await(time.Second, func(l *line) bool { return l.sentAt.Load() == 0 }); missing == 0 {
			break
		}
	}
	return missing, nil
}

// await waits until all lines are so, and says how many are not when the time is over.
func (w *watchers) await(most time.Duration, so func(*line) bool) (missing int) {
	for deadline := time.Now().Add(most); ; time.Sleep(2 * time.Millisecond) {
		missing = 0
		for _, l := range w.lines {
			if !so(l) {
				missing++
			}
		}
		if missing == 0 || time.Now().After(deadline) {
			return missing
		}
	}
}

func (w *watchers) answer(missing int) watchAnswer {
	take := func(n *atomic.Int64) int { return int(n.Swap(0)) }
	a := watchAnswer{Sockets: len(w.lines), Missing: missing, Delivered: take(&w.delivered), Gaps: take(&w.gaps), Hellos: take(&w.hellos),
		Acked: take(&w.acked), Refused: take(&w.refused), Late: w.late.clear()}
	var last int64
	for _, l := range w.lines {
		last = max(last, l.backAt.Load())
	}
	a.Last, a.First, a.Latest = time.Unix(0, last), time.Unix(0, w.first.Swap(0)), time.Unix(0, w.latest.Swap(0))
	return a
}

// counts count durations in steps of a quarter of a millisecond, the last for all that are longer.
type counts [40_000]atomic.Int64

const countStep = time.Millisecond / 4

func (c *counts) add(d time.Duration) {
	c[min(max(0, int(d/countStep)), len(c)-1)].Add(1)
}

// clear empties the counts and gives what they held.
func (c *counts) clear() histogram {
	var h histogram
	for i := range c {
		if n := c[i].Swap(0); n > 0 {
			for len(h) <= i {
				h = append(h, 0)
			}
			h[i] = int(n)
		}
	}
	return h
}

// histogram is how many were in each step.
type histogram []int

func (h histogram) plus(o histogram) histogram {
	for i, n := range o {
		for len(h) <= i {
			h = append(h, 0)
		}
		h[i] += n
	}
	return h
}

// percentile is the end of the step that p of 100 do not exceed.
func (h histogram) percentile(p float64) time.Duration {
	total := 0
	for _, n := range h {
		total += n
	}
	seen := 0
	for i, n := range h {
		if seen += n; float64(seen) >= float64(total)*p/100 {
			return time.Duration(i+1) * countStep
		}
	}
	return 0
}
