package livestream

import (
	"context"
	"fmt"
	"time"
)

// maxGroup bounds one commit of a group. Who comes later waits for the next.
const maxGroup = 1000

// group carries what many send to a room at the same moment in one commit: a disk writes a few
// hundred times a second, a room that is busy sends more. A room that is quiet commits at once; while
// it is busy a commit carries everything of Limits.Gather.
type group[In, Out any] struct {
	hub    *Hub
	doing  string                                                           // for errors: "counting support"
	commit func(ctx context.Context, room string, list []In) ([]Out, error) // and tells the room

	rooms map[string][]groupWait[In, Out] // those who wait, by room, while its goroutine runs; guarded by hub.mu
}

type groupWait[In, Out any] struct {
	in  In
	out chan groupOut[Out] // of capacity 1: nobody waits for a caller that left
}

type groupOut[Out any] struct {
	out Out
	err error
}

func newGroup[In, Out any](h *Hub, doing string, commit func(context.Context, string, []In) ([]Out, error)) *group[In, Out] {
	return &group[In, Out]{hub: h, doing: doing, commit: commit, rooms: map[string][]groupWait[In, Out]{}}
}

// do answers what became of it, once that is committed.
func (g *group[In, Out]) do(ctx context.Context, room string, in In) (Out, error) {
	wait := groupWait[In, Out]{in: in, out: make(chan groupOut[Out], 1)}
	var none Out
	if err := g.join(room, wait); err != nil {
		return none, err
	}
	select {
	case r := <-wait.out:
		return r.out, r.err
	case <-ctx.Done():
		return none, fmt.Errorf("waiting for the commit: %w", ctx.Err())
	}
}

func (g *group[In, Out]) join(room string, w groupWait[In, Out]) error {
	h := g.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return errClosing
	}
	waiting, runs := g.rooms[room]
	g.rooms[room] = append(waiting, w)
	if !runs {
		h.running.Add(1) // under mu and not closed: Close waits for it
		go func() {
			defer h.running.Done()
			g.run(room)
		}()
	}
	return nil
}

// run commits what waits for the room until nothing does.
func (g *group[In, Out]) run(room string) {
	for {
		batch := g.next(room)
		if batch == nil {
			return
		}
		started := time.Now()
		g.commitAll(room, batch)
		select {
		case <-time.After(g.hub.Limits.Gather - time.Since(started)):
		case <-g.hub.ctx.Done():
		}
	}
}

func (g *group[In, Out]) next(room string) []groupWait[In, Out] {
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	waiting := g.rooms[room]
	if len(waiting) == 0 {
		delete(g.rooms, room)
		return nil
	}
	n := min(len(waiting), maxGroup)
	g.rooms[room] = waiting[n:]
	return waiting[:n:n]
}

func (g *group[In, Out]) commitAll(room string, batch []groupWait[In, Out]) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(g.hub.ctx), g.hub.Limits.StoreWait) // a commit that began is let finish
	defer cancel()
	list := make([]In, len(batch))
	for i, w := range batch {
		list[i] = w.in
	}
	results, err := g.commit(ctx, room, list)
	if err == nil && len(results) != len(batch) {
		err = fmt.Errorf("%d results for %d", len(results), len(batch))
	}
	for i, w := range batch {
		if err != nil {
			w.out <- groupOut[Out]{err: fmt.Errorf("%s: %w", g.doing, err)}
			continue
		}
		w.out <- groupOut[Out]{out: results[i]}
	}
}
