package papers

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"
)

// Publisher makes publications public. It serves the desk and the API (Plan, Schedule) and runs
// the timer that does what is due.
type Publisher struct {
	Store Store
	Now   func() time.Time // the clock; tests set it
	Log   *slog.Logger

	// Count says how the clocks of a meeting stand for a publication at a moment. nil: nothing is counted.
	Count func(ctx context.Context, m Meeting, at time.Time) (map[Clock]Counted, error)
}

// lookEvery bounds how long the timer sleeps, so that a changed clock, a publication scheduled by
// another program on the same record, and a late wake-up are all noticed within it.
const lookEvery = 250 * time.Millisecond

// longestPause is the most that a publication waits after it failed.
const longestPause = time.Minute

// PublishMeeting freezes what is ready of a meeting, or what was chosen of that, for the moment that the
// wish names, or publishes it now. It answers what is included and left out. It is an Error of
// CodeConflict when nothing of it can be published.
func (p *Publisher) PublishMeeting(ctx context.Context, slug string, w Wish, by Actor) (Publication, error) {
	plan, err := p.Plan(ctx, slug, w.Only)
	if err != nil {
		return Publication{}, err
	}
	if plan.Empty() {
		return plan, Errorf(CodeConflict, "There is nothing new to publish for this meeting. Add an item or a paper first.")
	}
	return p.schedule(ctx, plan, w, by)
}

// Plan says what publishing the meeting, or what was chosen of it, would do now. What is part of a
// scheduled publication is not in it.
func (p *Publisher) Plan(ctx context.Context, slug string, only *Choice) (Publication, error) {
	m, err := p.Store.Meeting(ctx, Insider, slug)
	if err != nil {
		return Publication{}, err
	}
	items, err := p.Store.Items(ctx, Insider, slug)
	if err != nil {
		return Publication{}, err
	}
	all, err := p.Store.Papers(ctx, Insider, PaperFilter{Meeting: slug, Renditions: true})
	if err != nil {
		return Publication{}, err
	}
	scheduled, err := p.scheduled(ctx, slug)
	if err != nil {
		return Publication{}, err
	}
	plan := PlanMeeting(m, items, all)
	for _, s := range scheduled {
		plan.Items = slices.DeleteFunc(plan.Items, func(id string) bool { return slices.Contains(s.Items, id) })
		plan.Agenda = plan.Agenda && !(s.Agenda && m.PublishedAt == nil)
		plan.Announces = plan.Announces && !s.Announces
	}
	if only == nil {
		return plan, nil
	}
	return plan.Narrow(*only, all)
}

func (p *Publisher) scheduled(ctx context.Context, meeting string) ([]Publication, error) {
	list, err := p.Store.Publications(ctx, meeting)
	return slices.DeleteFunc(list, func(pub Publication) bool { return pub.State != PublicationScheduled }), err
}

// PublishPaper freezes the newest version of one paper for the moment that the wish names, or publishes it now.
func (p *Publisher) PublishPaper(ctx context.Context, id string, w Wish, by Actor) (Publication, error) {
	paper, err := p.Store.Paper(ctx, Insider, id)
	if err != nil {
		return Publication{}, err
	}
	item, err := p.Store.Item(ctx, Insider, paper.Item)
	if err != nil {
		return Publication{}, err
	}
	m, err := p.Store.Meeting(ctx, Insider, paper.Meeting)
	if err != nil {
		return Publication{}, err
	}
	plan, err := PlanPaper(m, item, paper)
	if err != nil {
		return Publication{}, err
	}
	return p.schedule(ctx, plan, w, by)
}

// Announce makes date, place and how to watch public, and nothing else. late says why that
// comes too late, where it does.
func (p *Publisher) Announce(ctx context.Context, slug string, late *Late, by Actor) (Publication, error) {
	m, err := p.Store.Meeting(ctx, Insider, slug)
	if err != nil {
		return Publication{}, err
	}
	if m.AnnouncedAt != nil {
		return Publication{}, Errorf(CodeConflict, "This meeting is announced already.")
	}
	return p.schedule(ctx, Publication{Meeting: slug, Announces: true}, Wish{Late: late}, by)
}

func (p *Publisher) schedule(ctx context.Context, plan Publication, w Wish, by Actor) (Publication, error) {
	now := p.Now().UTC()
	plan.ID, plan.State, plan.CreatedAt, plan.ScheduledAt = NewID(), PublicationScheduled, now, now
	if w.At != nil {
		if w.At.Before(now.Add(-time.Minute)) {
			return Publication{}, Errorf(CodeInvalid, "That time has passed. Choose a later one, or publish now.")
		}
		plan.ScheduledAt = w.At.UTC()
	}
	if w.Late != nil {
		late := *w.Late
		if err := late.Tidy(plan.ScheduledAt); err != nil {
			return Publication{}, err
		}
		plan.Late = &late
	}
	if err := p.Store.Schedule(ctx, plan, Change{By: by}); err != nil {
		return Publication{}, err
	}
	if plan.ScheduledAt.After(now) {
		return plan, nil
	}
	return p.publish(ctx, plan)
}

// publish calls the one store transaction that makes the publication public: the commit is the
// publication. Before it nothing is visible; after it everything is. A publication that another
// program did meanwhile comes back as done, once.
func (p *Publisher) publish(ctx context.Context, pub Publication) (Publication, error) {
	m, err := p.Store.Meeting(ctx, Insider, pub.Meeting)
	if err != nil {
		return pub, err
	}
	items, err := p.Store.Items(ctx, Insider, pub.Meeting)
	if err != nil {
		return pub, err
	}
	found, err := p.Store.Find(ctx, Insider, pub.Versions)
	if err != nil {
		return pub, err
	}
	var counts map[Clock]Counted
	if p.Count != nil {
		if counts, err = p.Count(ctx, m, p.Now()); err != nil {
			return pub, err
		}
	}
	acts := append(pub.releaseActs(m, items), pub.Acts(m, itemsOf(items, pub.Items), found, counts)...)
	return p.Store.Publish(ctx, pub.ID, Change{By: Program, Acts: acts})
}

func itemsOf(items []Item, ids []string) []Item {
	var out []Item
	for _, i := range items {
		for _, id := range ids {
			if i.ID == id {
				out = append(out, i)
			}
		}
	}
	return out
}

// Run publishes what is due until ctx ends. What became due while the program was down is found
// at once. A publication that fails is tried again with growing pauses and shown at the desk.
func (p *Publisher) Run(ctx context.Context) error {
	tries := map[string]retry{}
	for {
		wait := lookEvery
		due, err := p.Store.DuePublications(ctx, p.Now().UTC().Add(lookEvery))
		if err != nil && ctx.Err() == nil {
			p.Log.Error("looking for due publications", slog.Any("err", err))
		}
		for _, pub := range due {
			if early := pub.ScheduledAt.Sub(p.Now()); early > 0 {
				wait = min(wait, early)
				continue
			}
			if pause := tries[pub.ID].notBefore.Sub(p.Now()); pause > 0 && pause <= longestPause {
				continue // a longer one means that the clock was set back
			}
			p.try(ctx, pub, tries)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

type retry struct {
	n         int
	notBefore time.Time
}

func (p *Publisher) try(ctx context.Context, pub Publication, tries map[string]retry) {
	done, err := p.publish(ctx, pub)
	if err == nil {
		delete(tries, pub.ID)
		if done.State != PublicationDone {
			return // stopped in the last moment
		}
		p.Log.Info("published", slog.String("meeting", pub.Meeting), slog.String("publication", pub.ID),
			slog.Duration("late", done.PublishedAt.Sub(pub.ScheduledAt)))
		return
	}
	if ctx.Err() != nil {
		return
	}
	p.Log.Error("publishing", slog.String("publication", pub.ID), slog.Any("err", err))
	r := tries[pub.ID]
	r.n++
	r.notBefore = p.Now().Add(min(longestPause, lookEvery<<min(r.n, 8)))
	tries[pub.ID] = r
	sentence := "The publication did not go through. The program keeps trying; tell the operator if this stays."
	var e *Error
	if errors.As(err, &e) {
		sentence = e.Message
	}
	if err := p.Store.NoteFailure(ctx, pub.ID, sentence); err != nil {
		p.Log.Error("noting a failed publication", slog.String("publication", pub.ID), slog.Any("err", err))
	}
}
