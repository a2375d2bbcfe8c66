package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// watching is how many processes hold the watchers, so that none is near the number of files that one may open.
const watching = 2

// audience is watchers in processes of their own.
type audience struct {
	children []*running
	began    time.Time
	took     time.Duration // until each had its first frame
}

// gather starts n watchers and waits until each has its first frame. place keeps the addresses of two
// audiences apart; stays is false for watchers that come back when their socket ends.
func gather(ctx context.Context, addr, path string, n, place int, comeBack bool) (*audience, error) {
	a := &audience{began: time.Now()}
	for i := range watching {
		o := watchOrders{Addr: addr, Path: path, Sockets: n / watching, Place: place + i, Return: comeBack}
		c, err := start(ctx, "", "child-watch", o)
		if err != nil {
			return nil, errors.Join(err, a.end())
		}
		a.children = append(a.children, c)
	}
	if _, err := a.answers(); err != nil {
		return nil, errors.Join(err, a.end())
	}
	a.took = time.Since(a.began)
	return a, nil
}

// do has all watchers do the task, and gives the sum of what happened since the answer before.
func (a *audience) do(t watchTask) (watchAnswer, error) {
	for _, c := range a.children {
		if err := json.NewEncoder(c.stdin).Encode(t); err != nil {
			return watchAnswer{}, fmt.Errorf("giving watchers a task: %w", err)
		}
	}
	return a.answers()
}

func (a *audience) answers() (sum watchAnswer, err error) {
	for i, c := range a.children {
		var one watchAnswer
		if err := c.answer(&one); err != nil {
			return sum, err
		}
		sum.Sockets += one.Sockets
		sum.Missing += one.Missing
		sum.Delivered += one.Delivered
		sum.Gaps += one.Gaps
		sum.Hellos += one.Hellos
		sum.Acked += one.Acked
		sum.Refused += one.Refused
		sum.Late = sum.Late.plus(one.Late)
		if one.Last.After(sum.Last) {
			sum.Last = one.Last
		}
		if one.Latest.After(sum.Latest) {
			sum.Latest = one.Latest
		}
		if i == 0 || one.First.Before(sum.First) {
			sum.First = one.First
		}
	}
	return sum, nil
}

func (a *audience) end() error {
	var errs []error
	for _, c := range a.children {
		errs = append(errs, c.end())
	}
	return errors.Join(errs...)
}

// desk makes events as a secretary's script does: one item of the agenda after the other is said to
// be heard, by the API. Each is an act, committed with its event and its entry in the log.
type desk struct {
	api
	site    site
	workers int
}

// open opens the room.
func (d desk) open(ctx context.Context) error {
	return d.do(ctx, http.MethodPost, "/meetings/"+d.site.meeting+"/live", map[string]any{"room": "open"}, nil)
}

// hear makes n events, one each pause of the clock, or as fast as they are answered without one. It
// gives the number of the last event.
func (d desk) hear(ctx context.Context, n int, every time.Duration) (last int64, err error) {
	var mu sync.Mutex
	next := 0
	begun := time.Now()
	turn := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= n && err == nil
	}
	var work sync.WaitGroup
	for w := range d.workers {
		items := d.site.items[w*len(d.site.items)/d.workers : (w+1)*len(d.site.items)/d.workers] // so that two never say the same
		work.Go(func() {
			for turns := 0; ; turns++ {
				i, ok := turn()
				if !ok {
					return
				}
				var room struct {
					Seq int64 `json:"seq"`
				}
				perr := pause(ctx, time.Until(begun.Add(time.Duration(i)*every)))
				perr = errors.Join(perr, d.do(ctx, http.MethodPost, "/meetings/"+d.site.meeting+"/live/item", map[string]any{"item": items[turns%len(items)]}, &room))
				mu.Lock()
				err, last = errors.Join(err, perr), max(last, room.Seq)
				mu.Unlock()
			}
		})
	}
	work.Wait()
	return last, err
}

// publish publishes all that was asked and waits, and gives the number of the room's last event.
func (d desk) publish(ctx context.Context) (published int, last int64, err error) {
	for {
		var list struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		if err := d.do(ctx, http.MethodGet, "/meetings/"+d.site.meeting+"/questions?state=received", nil, &list); err != nil {
			return published, 0, err
		}
		if len(list.Items) == 0 {
			last, err = d.last(ctx)
			return published, last, err
		}
		for _, q := range list.Items {
			if err := d.do(ctx, http.MethodPatch, "/questions/"+q.ID, map[string]any{"state": "published"}, nil); err != nil {
				return published, 0, err
			}
			published++
		}
	}
}

// last is the number of the room's last event.
func (d desk) last(ctx context.Context) (int64, error) {
	var room struct {
		Frames []struct {
			Seq int64 `json:"seq"`
		} `json:"frames"`
	}
	err := d.do(ctx, http.MethodGet, "/meetings/"+d.site.meeting+"/live", nil, &room)
	if err == nil && len(room.Frames) == 0 {
		err = errors.New("the room tells nothing")
	}
	if err != nil {
		return 0, err
	}
	return room.Frames[0].Seq, nil
}

// socketPath is where the room's socket is.
func (s site) socketPath() string { return "/meetings/" + s.meeting + "/live/socket" }
