// Package demo is the example partnership that `clearday serve --demo` shows: invented
// organisations, people, meetings and questions around real papers of the UK government (see
// papers/CREDITS.md). It goes through the same doors as any secretary and resident: files are read,
// frozen and published, questions asked and decided, at moments that lie in the past.
package demo

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"clearday/cmd/clearday/program"
	"clearday/livestream"
	"clearday/papers"
	"clearday/papers/exemption"
	"clearday/papers/notice"
	"clearday/server/auth"
	"clearday/server/config"
)

//go:embed papers/*.pdf
var files embed.FS

// People are the staff of the demo; serve prints their sign-in links.
var People = []struct {
	Name, Email string
	Role        auth.Role
}{
	{"Ruth Okafor", "secretary@demo.clearday.example", auth.Secretary},
	{"Idris Bevan", "moderator@demo.clearday.example", auth.Moderator},
	{"Hannah Loxley", "member@demo.clearday.example", auth.Member},
}

// Prepare loads the demo when the record has no board yet. With SQLite the record is made beside its
// place and renamed when it is whole, so that a start that is cut off begins anew.
func Prepare(ctx context.Context, cfg config.Config, now func() time.Time, log *slog.Logger) error {
	if cfg.DatabaseURL != "" {
		return prepareShared(ctx, cfg, now, log)
	}
	final := program.RecordPath(cfg)
	if _, err := os.Stat(final); !errors.Is(err, fs.ErrNotExist) {
		return prepareShared(ctx, cfg, now, log)
	}
	making := cfg
	making.Data = cfg.Data + "/demo"
	if err := os.RemoveAll(making.Data); err != nil {
		return fmt.Errorf("clearing an unfinished demo: %w", err)
	}
	if err := load(ctx, making, now, log); err != nil {
		return err
	}
	// The record last: without it the next start begins anew.
	for _, part := range []string{"files", "record.db"} {
		if err := os.RemoveAll(cfg.Data + "/" + part); err != nil {
			return fmt.Errorf("making room for the demo: %w", err)
		}
		if err := os.Rename(making.Data+"/"+part, cfg.Data+"/"+part); err != nil {
			return fmt.Errorf("moving the demo into place: %w", err)
		}
	}
	return os.RemoveAll(making.Data)
}

// prepareShared loads into a record that exists, if it has no board.
func prepareShared(ctx context.Context, cfg config.Config, now func() time.Time, log *slog.Logger) error {
	record, err := program.OpenRecord(ctx, cfg, now)
	if err != nil {
		return err
	}
	boards, err := record.Boards(ctx)
	if err = errors.Join(err, record.Close()); err != nil || len(boards) > 0 {
		return err
	}
	return load(ctx, cfg, now, log)
}

// clock lets the demo do things at moments in the past.
type clock struct {
	real func() time.Time
	at   atomic.Pointer[time.Time]
}

func (c *clock) now() time.Time {
	if t := c.at.Load(); t != nil {
		return *t
	}
	return c.real()
}

func (c *clock) set(t time.Time) { c.at.Store(&t) }

type loader struct {
	*program.Program
	clock *clock
	today time.Time // midnight of the site's zone
	log   *slog.Logger
}

func load(ctx context.Context, cfg config.Config, now func() time.Time, log *slog.Logger) error {
	log.Info("loading the demo: this happens once")
	c := &clock{real: now}
	p, err := program.Open(ctx, cfg, "", c.now, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	reading, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- p.Reader.Run(reading) }()
	l := &loader{Program: p, clock: c, today: midnight(now().In(site.Location())), log: log}
	err = l.all(ctx)
	stop()
	return errors.Join(err, <-done, p.Close())
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func (l *loader) all(ctx context.Context) error {
	l.clock.set(l.today.AddDate(-1, 0, 0))
	if err := l.Record.SetSite(ctx, site, byItself(papers.Act{Kind: papers.ActSiteChanged, Subject: "about", Texts: map[string]string{"name": site.Name}})); err != nil {
		return fmt.Errorf("the site: %w", err)
	}
	for _, p := range partners {
		if err := p.Tidy(); err != nil {
			return err
		}
		if err := l.Record.AddPartner(ctx, p, byItself(papers.Act{Kind: papers.ActPartnerAdded, Subject: "partners/" + p.Slug})); err != nil {
			return fmt.Errorf("partner %s: %w", p.Name, err)
		}
	}
	for _, b := range boards {
		if err := b.Tidy(); err != nil {
			return err
		}
		b.CreatedAt = l.clock.now().UTC()
		if err := l.Record.AddBoard(ctx, b, byItself(papers.Act{Kind: papers.ActBoardAdded, Subject: "boards/" + b.Slug, Board: b.Slug})); err != nil {
			return fmt.Errorf("board %s: %w", b.Name, err)
		}
	}
	if err := l.tell(ctx); err != nil {
		return err
	}
	for _, p := range People {
		u := auth.User{ID: papers.NewID(), Name: p.Name, Email: p.Email, CreatedAt: l.clock.now().UTC(), Grants: []auth.Grant{{Role: p.Role, Board: papers.EveryBoard}}}
		if _, err := l.Record.AddUser(ctx, u); err != nil {
			return fmt.Errorf("user %s: %w", p.Name, err)
		}
	}
	for _, m := range meetings {
		if err := l.meeting(ctx, m); err != nil {
			return fmt.Errorf("the %s meeting in %d weeks: %w", m.board, m.weeks, err)
		}
	}
	return nil
}

// tell adds the alliances and the news.
func (l *loader) tell(ctx context.Context) error {
	for _, a := range alliances {
		if err := a.Tidy(); err != nil {
			return err
		}
		if err := l.Record.AddAlliance(ctx, a, byItself(papers.Act{Kind: papers.ActAllianceAdded, Subject: "alliances/" + a.Slug})); err != nil {
			return fmt.Errorf("alliance %s: %w", a.Name, err)
		}
	}
	for i, n := range news {
		l.clock.set(l.today.AddDate(0, 0, -40+30*i))
		if err := n.Tidy(l.clock.now().In(site.Location()).Format(time.DateOnly)); err != nil {
			return err
		}
		if _, err := l.Record.AddNews(ctx, n, byItself(papers.Act{Kind: papers.ActNewsPublished, Subject: "news/" + n.Slug, Texts: map[string]string{"title": n.Title, "text": n.Text}})); err != nil {
			return fmt.Errorf("news: %w", err)
		}
	}
	return nil
}

// becomes postpones a meeting by three weeks, or cancels it.
func (l *loader) becomes(ctx context.Context, m papers.Meeting, ch papers.StateChange) error {
	if ch.Next != nil {
		next := m
		next.StartsAt, next.EndsAt = m.StartsAt.In(m.Location()).AddDate(0, 0, 21), m.EndsAt.In(m.Location()).AddDate(0, 0, 21)
		if err := next.Tidy(); err != nil {
			return err
		}
		ch.Next = &next
	}
	l.clock.set(earliest(m.StartsAt.AddDate(0, 0, -20), l.clock.real().Add(-2*time.Hour)))
	_, err := l.Record.ChangeMeetingState(ctx, m.Slug, ch, papers.Change{By: secretary})
	return err
}

// byItself is a change that the program makes.
func byItself(acts ...papers.Act) papers.Change {
	return papers.Change{By: papers.Program, Acts: acts}
}

// meeting makes one meeting and lives through it as far as today.
func (l *loader) meeting(ctx context.Context, spec meeting) error {
	start := l.thursday(spec.weeks).Add(spec.at)
	if spec.now {
		start = l.clock.real().Add(-30 * time.Minute).Truncate(5 * time.Minute).In(site.Location())
	}
	l.clock.set(start.AddDate(0, 0, -40))
	m := papers.Meeting{Board: spec.board, Telephone: telephone, Seats: seats, StartsAt: start.UTC(), EndsAt: start.Add(spec.length).UTC(), Zone: site.Zone, Venue: spec.venue, Access: spec.access, Mode: papers.Hybrid, State: papers.MeetingPlanned}
	if spec.board == "partnership-board" {
		if at, ok := notice.AskUntil(asking.Deadline, m.StartsAt, m.Location(), notice.Profiles()[0], notice.Snapshot()); ok {
			m.AskUntil = &at
		}
	}
	if err := m.Tidy(); err != nil {
		return err
	}
	m, err := l.Record.AddMeeting(ctx, m, byItself())
	if err != nil {
		return err
	}
	l.clock.set(earliest(start.AddDate(0, 0, -30), l.clock.real()))
	if _, err := l.Publisher.Announce(ctx, m.Slug, nil, secretary); err != nil {
		return err
	}
	if spec.then != nil {
		return l.becomes(ctx, m, *spec.then)
	}
	if len(spec.items) == 0 {
		return nil
	}
	l.clock.set(earliest(start.AddDate(0, 0, -12), l.clock.real().Add(-time.Hour)))
	items, err := l.agenda(ctx, m, spec)
	if err != nil {
		return err
	}
	out := midnight(start).AddDate(0, 0, -spec.daysBefore).Add(9 * time.Hour)
	l.clock.set(earliest(out, l.clock.real().Add(-30*time.Minute)))
	if _, err := l.Publisher.PublishMeeting(ctx, m.Slug, papers.Wish{}, secretary); err != nil {
		return err
	}
	return l.live(ctx, m, spec, items)
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// thursday is the Thursday so many weeks from the coming one that is at least a week ahead.
func (l *loader) thursday(weeks int) time.Time {
	d := l.today.AddDate(0, 0, 7)
	for d.Weekday() != time.Thursday {
		d = d.AddDate(0, 0, 1)
	}
	return d.AddDate(0, 0, 7*weeks)
}

func (l *loader) agenda(ctx context.Context, m papers.Meeting, spec meeting) ([]papers.Item, error) {
	var items []papers.Item
	for _, s := range spec.items {
		i := s.Item
		i.ID, i.Meeting = papers.NewID(), m.Slug
		if i.Private {
			var err error
			if i.Grounds, err = exemption.For("CUSTOM", m.Date()).Take(i.Grounds); err != nil {
				return nil, err
			}
			i.Exemption = exemption.Wording(i.Grounds)
		}
		if err := i.Tidy(); err != nil {
			return nil, err
		}
		i, err := l.Record.AddItem(ctx, i, papers.Change{By: secretary})
		if err != nil {
			return nil, err
		}
		items = append(items, i)
		for _, f := range s.papers {
			if err := l.paper(ctx, m, i, f); err != nil {
				return nil, fmt.Errorf("paper %s: %w", f.file, err)
			}
		}
	}
	return items, nil
}

// paper uploads one file and waits until it was read.
func (l *loader) paper(ctx context.Context, m papers.Meeting, i papers.Item, f paper) error {
	r, err := open(f.file)
	if err != nil {
		return err
	}
	defer r.Close()
	staged, err := l.Files.Stage(r, 100<<20)
	if err != nil {
		return err
	}
	info, err := l.Tools.Inspect(ctx, staged.Path)
	if err != nil {
		return errors.Join(err, staged.Drop())
	}
	if err := staged.Keep(); err != nil {
		return err
	}
	p := papers.Paper{ID: papers.NewID(), Item: i.ID, Meeting: m.Slug, Board: m.Board, Title: f.title, CreatedAt: l.clock.now().UTC()}
	v := papers.Version{Paper: p.ID, N: 1, State: papers.VersionChecking, Original: staged.Hash, OriginalSize: staged.Size, OriginalKind: "pdf", FileName: f.file, Pages: info.Pages,
		Width: info.Sizes[0].Width, Height: info.Sizes[0].Height, CreatedAt: p.CreatedAt}
	if p, err = l.Record.AddPaper(ctx, p, v, papers.Change{By: secretary}); err != nil {
		return err
	}
	l.Reader.Nudge()
	for range 1200 {
		p, err := l.Record.Paper(ctx, papers.Insider, p.ID)
		if err != nil {
			return err
		}
		if v, _ := p.Newest(); v.State != papers.VersionChecking {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New("was not read within a minute")
}

var (
	secretary = papers.Actor{Name: People[0].Name, Role: string(auth.Secretary)}
	moderator = papers.Actor{Name: People[1].Name, Role: string(auth.Moderator)}
)

// live takes the questions and, for a meeting of the past, holds it.
func (l *loader) live(ctx context.Context, m papers.Meeting, spec meeting, items []papers.Item) error {
	var numbers []string
	for n, q := range spec.questions {
		asked := earliest(m.StartsAt.Add(-time.Duration(72-n)*time.Hour), l.clock.real().Add(-time.Duration(25-n)*time.Minute))
		l.clock.set(asked)
		a := livestream.Ask{Meeting: m.Slug, Device: auth.HashSecret(fmt.Sprintf("demo %s %d", m.Slug, n)), Key: "demo", Kind: q.kind, Name: q.name, Area: q.area, Email: q.email, Text: q.text}
		if q.item > 0 {
			a.Item = items[q.item-1].ID
		}
		c, err := l.ask(ctx, a, q.came)
		if err != nil {
			return fmt.Errorf("asking: %w", err)
		}
		numbers = append(numbers, c.Number)
		l.clock.set(asked.Add(4 * time.Minute))
		if err := l.decide(ctx, c.Number, q.then, numbers); err != nil {
			return err
		}
		if err := l.steps(ctx, c.Number, q.steps); err != nil {
			return err
		}
	}
	if spec.now {
		return l.present(ctx, m, items, numbers)
	}
	if m.EndsAt.After(l.clock.real()) {
		return nil
	}
	return l.hold(ctx, m, spec, items, numbers)
}

// ask sends a question, or has the moderator enter it where it came by another way.
func (l *loader) ask(ctx context.Context, a livestream.Ask, came livestream.Channel) (livestream.Contribution, error) {
	if came == "" {
		return l.Hub.Ask(ctx, a)
	}
	a.Channel, a.Key = came, a.Device
	return l.Hub.Enter(ctx, a, moderator)
}

func (l *loader) steps(ctx context.Context, number string, list []step) error {
	for _, s := range list {
		l.clock.set(l.clock.now().Add(time.Minute))
		if err := s(l, ctx, number); err != nil {
			return fmt.Errorf("going on with %s: %w", number, err)
		}
	}
	return nil
}

func (l *loader) decide(ctx context.Context, number string, d livestream.Decision, numbers []string) error {
	if d.To == "" {
		return nil
	}
	d.Number = number
	if d.To == livestream.Merged {
		d.MergedInto = numbers[0]
	}
	if _, err := l.Hub.Decide(ctx, d, moderator); err != nil {
		return fmt.Errorf("deciding %s: %w", number, err)
	}
	return nil
}

// hold opens the room of a past meeting, walks the agenda, answers what was put and closes.
func (l *loader) hold(ctx context.Context, m papers.Meeting, spec meeting, items []papers.Item, numbers []string) error {
	l.clock.set(m.StartsAt)
	if _, err := l.Hub.SetRoom(ctx, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive}, secretary); err != nil {
		return fmt.Errorf("opening the room: %w", err)
	}
	at := m.StartsAt
	for n, i := range items {
		l.clock.set(at)
		if _, err := l.Hub.StartItem(ctx, m.Slug, i.ID, secretary); err != nil {
			return fmt.Errorf("starting item %s: %w", i.Number, err)
		}
		if err := l.caption(ctx, m, false, spec.items[n].said); err != nil {
			return err
		}
		at = at.Add(time.Duration(i.Minutes) * time.Minute)
	}
	for n, q := range spec.questions {
		if q.answer == "" {
			continue
		}
		d := livestream.Decision{Number: numbers[n], To: livestream.AnsweredOrally, Answer: q.answer, AnsweredBy: q.by}
		if q.writing {
			d.To = livestream.AnsweredWriting
		}
		l.clock.set(m.StartsAt.Add(time.Duration(30+5*n) * time.Minute))
		if _, err := l.Hub.Decide(ctx, d, moderator); err != nil {
			return fmt.Errorf("answering: %w", err)
		}
	}
	l.clock.set(m.EndsAt)
	if _, err := l.Hub.SetRoom(ctx, m.Slug, livestream.Turn{State: livestream.RoomClosed, Asking: livestream.AskingClosed}, secretary); err != nil {
		return fmt.Errorf("closing the room: %w", err)
	}
	if _, err := l.Record.ChangeMeetingState(ctx, m.Slug, papers.StateChange{To: papers.MeetingHeld}, papers.Change{By: secretary}); err != nil {
		return fmt.Errorf("noting the meeting as held: %w", err)
	}
	for n, q := range spec.questions {
		if err := l.steps(ctx, numbers[n], q.after); err != nil {
			return err
		}
	}
	return nil
}
