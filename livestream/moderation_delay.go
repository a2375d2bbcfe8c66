package livestream

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"clearday/papers"
)

// Outgoings are decisions to publish that wait ("moderators first"): until the moment has come the
// record knows the decision and the public nothing.
type Outgoings interface {
	// PutOff keeps the decision until due. A second one for the same contribution takes its place.
	PutOff(ctx context.Context, d Decision, due time.Time, c papers.Change) error
	// StopOutgoing lets the decision go before its moment; ErrNotFound when that has come.
	StopOutgoing(ctx context.Context, number string, c papers.Change) error
	// Outgoing are the decisions whose moment has come by now.
	Outgoing(ctx context.Context, now time.Time) ([]Outgoing, error)
	// ForgetPlaces lets go of where contributions came from before the moment.
	ForgetPlaces(ctx context.Context, before time.Time) error
}

// Outgoing is a decision to publish and who took it.
type Outgoing struct {
	Decision Decision
	By       papers.Actor
	Due      time.Time
}

// MaxDelay bounds "moderators first", in seconds: what waits longer is better checked before.
const MaxDelay = 300

// outgoingEvery is how often it is looked for decisions whose moment has come, placesFor how long it is
// known from where a contribution came.
const (
	outgoingEvery = 250 * time.Millisecond
	placesFor     = time.Hour
)

// putOff keeps a decision for later when the public would see the words for the first time and the room
// has a delay. It answers until when, nil when it does not wait.
func (h *Hub) putOff(ctx context.Context, before Contribution, d Decision, by papers.Actor) (*time.Time, error) {
	if d.To != Published || before.State.ShowsWords() || d.Outgoing {
		return nil, nil
	}
	room, err := h.Store.Room(ctx, before.Meeting)
	if err != nil {
		return nil, fmt.Errorf("reading the room: %w", err)
	}
	if room.Delay == 0 {
		return nil, nil
	}
	due := h.Now().UTC().Add(time.Duration(room.Delay) * time.Second)
	if err := h.Store.PutOff(ctx, d, due, papers.Change{By: by}); err != nil {
		return nil, fmt.Errorf("putting a decision off: %w", err)
	}
	h.announce(Wake{Meeting: before.Meeting, Queue: true})
	return &due, nil
}

// StopOutgoing keeps what was about to be published from the public.
func (h *Hub) StopOutgoing(ctx context.Context, number string, by papers.Actor) error {
	h.init()
	err := h.beside(ctx, number, func() error { return h.Store.StopOutgoing(ctx, number, papers.Change{By: by}) })
	if papers.CodeOf(err) == papers.CodeNotFound {
		return papers.Errorf(papers.CodeConflict, "%s is not waiting any more. If it is published, take it back.", number)
	}
	return err
}

// RunOutgoing publishes what waits when its moment has come, also what was decided before a restart
// or in another program: whichever program is first does it, and the record sees to it that it is
// done once. It returns when ctx ends.
func (h *Hub) RunOutgoing(ctx context.Context) error {
	h.init()
	look := time.NewTicker(outgoingEvery)
	defer look.Stop()
	var swept time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
		now := h.Now().UTC()
		if err := h.publishOutgoing(ctx, now); err != nil && ctx.Err() == nil {
			h.Log.Error("publishing what waited", slog.Any("err", err))
		}
		if err := h.postDue(ctx, now); err != nil && ctx.Err() == nil {
			h.Log.Error("posting messages that waited", slog.Any("err", err))
		}
		if now.Sub(swept) < time.Minute {
			continue
		}
		swept = now
		if err := h.Store.ForgetPlaces(ctx, now.Add(-placesFor)); err != nil && ctx.Err() == nil {
			h.Log.Error("forgetting where contributions came from", slog.Any("err", err))
		}
	}
}

func (h *Hub) publishOutgoing(ctx context.Context, now time.Time) error {
	list, err := h.Store.Outgoing(ctx, now)
	if err != nil {
		return fmt.Errorf("reading what waits: %w", err)
	}
	for _, o := range list {
		o.Decision.Outgoing, o.Decision.Over = true, true
		_, err := h.Decide(ctx, o.Decision, o.By)
		if err != nil && papers.CodeOf(err) == "" {
			return err // and try again
		}
		if err == nil {
			continue
		}
		// Stopped, overtaken, or another program was first; else it can not be done any more, and a
		// moderator decides anew.
		h.Log.Warn("not publishing what waited", slog.String("question", o.Decision.Number), slog.Any("err", err))
		if err := h.Store.StopOutgoing(ctx, o.Decision.Number, papers.Change{By: o.By}); err != nil && papers.CodeOf(err) != papers.CodeNotFound {
			return fmt.Errorf("giving up what waited: %w", err)
		}
	}
	return nil
}
