package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"clearday/papers"
)

// Acts is what a Follower reads of the record. papers.Store offers it.
type Acts interface {
	Acts(ctx context.Context, after int64, limit int) ([]papers.Act, error)
	AwaitAct(ctx context.Context, after int64) (int64, error)
}

// Follower queues letters for what happens.
type Follower struct {
	Acts  Acts
	Store Store
	Now   func() time.Time
	Wake  func() // tells the Post that there may be letters
	Log   *slog.Logger
}

const (
	actsAtOnce  = 1000
	outcomesAge = 250 * time.Millisecond // how long an outcome waits at the most; AwaitAct looks as often

	// unconfirmedFor is how long a subscription waits for its confirmation before it is erased.
	unconfirmedFor = 7 * 24 * time.Hour
)

// Run follows until ctx ends. What fails is logged and tried again.
func (f *Follower) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := f.follow(ctx); err != nil && ctx.Err() == nil {
			f.Log.Error("queueing letters", slog.Any("err", err))
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
	return nil
}

func (f *Follower) follow(ctx context.Context) error {
	at, err := f.Store.AlertPosition(ctx)
	if err != nil {
		return fmt.Errorf("reading how far letters were queued: %w", err)
	}
	acts, err := f.Acts.Acts(ctx, at, actsAtOnce)
	if err != nil {
		return fmt.Errorf("reading acts: %w", err)
	}
	if len(acts) == 0 {
		if err := f.Store.ForgetUnconfirmed(ctx, f.Now().Add(-unconfirmedFor)); err != nil {
			return fmt.Errorf("forgetting unconfirmed subscriptions: %w", err)
		}
		return f.await(ctx, at)
	}
	events, last := Events(acts, len(acts) == actsAtOnce)
	if err := f.Store.QueueLetters(ctx, events, at, last); err != nil {
		return fmt.Errorf("queueing letters: %w", err)
	}
	f.Wake()
	return nil
}

// await waits for an act, and looks for outcomes meanwhile: a failed publication has no act.
func (f *Follower) await(ctx context.Context, at int64) error {
	for ctx.Err() == nil {
		if err := f.Store.QueueOutcomes(ctx); err != nil {
			return fmt.Errorf("queueing letters to secretaries: %w", err)
		}
		f.Wake()
		last, err := f.Acts.AwaitAct(ctx, at)
		if err != nil || last > at {
			return err
		}
	}
	return nil
}

// whole is how many of the acts belong to transactions that were read to their end, when more follow.
func whole(acts []papers.Act, more bool) int {
	if !more {
		return len(acts)
	}
	for i := len(acts) - 1; i > 0; i-- {
		if !acts[i].At.Equal(acts[i-1].At) {
			return i
		}
	}
	return len(acts)
}

// Events groups acts into events: what one transaction made known of one meeting. It answers the
// number up to which the acts are dealt with: when more follow, the last group may go on.
func Events(acts []papers.Act, more bool) (events []Event, last int64) {
	last = acts[len(acts)-1].Number
	from := 0
	for i := range acts {
		if i+1 < len(acts) && sameEvent(acts[i], acts[i+1]) {
			continue
		}
		if i+1 == len(acts) && more && from > 0 {
			return events, acts[from-1].Number
		}
		if group := acts[from : i+1]; isNews(group) {
			events = append(events, Event{Board: group[0].Board, Meeting: group[0].Meeting, First: group[0].Number, Last: acts[i].Number, At: group[0].At})
		}
		from = i + 1
	}
	return events, last
}

func sameEvent(a, b papers.Act) bool { return a.Meeting == b.Meeting && a.At.Equal(b.At) }

// isNews tells whether people want a letter for it.
func isNews(group []papers.Act) bool {
	for _, a := range group {
		switch a.Kind {
		case papers.ActMeetingAnnounced, papers.ActMeetingChanged, papers.ActAgendaPublished, papers.ActPaperPublished, papers.ActPaperWithdrawn:
			return a.Meeting != ""
		}
	}
	return false
}
