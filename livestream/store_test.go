package livestream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"clearday/papers"
)

const slug = "partnership-board-2026-04-08"

// fakeStore is a record in memory of the one meeting: events numbered without gaps, asks idempotent
// by key, supports counted once by device. It can be made to fail, before or after the commit.
type fakeStore struct {
	Moderation // the desk is tested on the real record

	mu       sync.Mutex
	room     Room
	events   []Event
	list     []*Contribution
	keys     map[string]string
	supports map[string]map[string]bool
	changes  []papers.Change
	commits  int // of supports
	fakeChat

	failAsk   error // nothing is done
	failAfter error // it is done, but answered with an error
	hidden    bool
	slow      chan struct{} // Snapshot waits for it
	snapshots atomic.Int64  // that were read
}

var errDisk = errors.New("the disk is full")

func newFakeStore() *fakeStore {
	opened := time.Date(2026, 4, 8, 9, 0, 0, 0, time.UTC)
	return &fakeStore{
		room: Room{Meeting: slug, State: RoomOpen, Asking: AskingLive, OpenedAt: &opened},
		keys: map[string]string{}, supports: map[string]map[string]bool{},
	}
}

func (s *fakeStore) event(kind EventKind, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	s.room.Seq++
	s.events = append(s.events, Event{Seq: s.room.Seq, Kind: kind, At: time.Now().UTC(), Data: b})
}

func (s *fakeStore) known(meeting string) error {
	if meeting != slug || s.hidden {
		return papers.ErrNotFound
	}
	return nil
}

func (s *fakeStore) Room(_ context.Context, meeting string) (Room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.room, s.known(meeting)
}

func (s *fakeStore) Snapshot(ctx context.Context, meeting string) (Snapshot, error) {
	s.snapshots.Add(1)
	if s.slow != nil {
		select {
		case <-s.slow:
		case <-ctx.Done():
			return Snapshot{}, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := Snapshot{Room: s.room, Counts: s.counts()}
	snap.Chat = s.latest(50)
	for _, c := range slices.Backward(s.list) {
		if len(snap.Questions) < 100 {
			snap.Questions = append(snap.Questions, c.Public())
		}
	}
	return snap, s.known(meeting)
}

func (s *fakeStore) counts() Counts {
	n := Counts{ByState: map[State]int{}}
	for _, c := range s.list {
		n.Received++
		n.ByState[c.State]++
	}
	return n
}

func (s *fakeStore) Events(_ context.Context, meeting string, since int64, limit int) ([]Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.known(meeting); err != nil {
		return nil, err
	}
	rest := s.events[min(int(since), len(s.events)):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

func (s *fakeStore) OpenRooms(context.Context) ([]Room, error) { return []Room{s.room}, nil }

func (s *fakeStore) SetRoom(_ context.Context, _ string, t Turn, c papers.Change) (Room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.State != "" {
		s.room.State = t.State
	}
	if t.Asking != "" {
		s.room.Asking = t.Asking
	}
	s.changes = append(s.changes, c)
	s.event(EventKind("room."+map[RoomState]string{RoomOpen: "opened", RoomPaused: "paused", RoomPrivate: "private", RoomClosed: "closed"}[s.room.State]), s.room.ForPublic())
	return s.room, nil
}

func (s *fakeStore) KeepPublic(_ context.Context, _ string, e Exclusion, c papers.Change) (Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes = append(s.changes, c)
	return Session{Kind: SessionNotNeeded, Item: e.Item}, nil
}

func (s *fakeStore) Sessions(context.Context, string) ([]Session, error) { return nil, nil }

func (s *fakeStore) Starts(context.Context, string) ([]ItemStart, error) { return nil, nil }

func (s *fakeStore) Caption(_ context.Context, _ string, c Caption) (Caption, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.room.Spoken(c, time.Now().UTC())
	if err != nil {
		return Caption{}, err
	}
	s.event(EventCaptionSpoken, c)
	c.Seq = s.room.Seq
	return c, nil
}

func (s *fakeStore) Captions(context.Context, string, int) ([]Caption, error) { return nil, nil }

func (s *fakeStore) Retell(context.Context, string) (Room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.event(EventRoomOpened, s.room.ForPublic())
	return s.room, nil
}

func (s *fakeStore) Transcript(context.Context, string, string, int) ([]Caption, string, error) {
	return nil, "", nil
}

func (s *fakeStore) StartItem(_ context.Context, _, item string, c papers.Change) (Room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.room.Item = item
	s.changes = append(s.changes, c)
	s.event(EventItemStarted, s.room)
	return s.room, nil
}

func (s *fakeStore) Ask(_ context.Context, a Ask) (Contribution, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failAsk != nil {
		return Contribution{}, false, s.failAsk
	}
	if number, ok := s.keys[answerKey(a)]; ok {
		return *s.find(number), true, nil
	}
	c := &Contribution{Number: fmt.Sprintf("Q-2026-%04d", len(s.list)+1), Kind: a.Kind, Meeting: a.Meeting, Board: "partnership-board",
		Item: a.Item, State: Received, Text: a.Text, Name: a.Name, Area: a.Area, Revision: 1, ReceivedAt: time.Now().UTC(),
		Device: a.Device, Code: "code-" + a.Key}
	s.list = append(s.list, c)
	s.keys[answerKey(a)] = c.Number
	s.event(EventQuestionChanged, c.Public())
	return *c, false, s.failAfter
}

func (s *fakeStore) Enter(ctx context.Context, a Ask, _ papers.Change) (Contribution, bool, error) {
	return s.Ask(ctx, a)
}

func (s *fakeStore) Asked(_ context.Context, meeting, device, key string) (Contribution, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number, ok := s.keys[answerKey(Ask{Meeting: meeting, Device: device, Key: key})]
	if !ok {
		return Contribution{}, papers.ErrNotFound
	}
	return *s.find(number), nil
}

func (s *fakeStore) find(number string) *Contribution {
	for _, c := range s.list {
		if c.Number == number {
			return c
		}
	}
	return nil
}

func (s *fakeStore) Support(_ context.Context, batch []Support) ([]SupportResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commits++
	var results []SupportResult
	counted := map[string]int{}
	for _, one := range batch {
		c := s.find(one.Question)
		if c == nil || c.State != Published {
			results = append(results, SupportResult{Err: papers.ErrNotFound})
			continue
		}
		if s.supports[c.Number] == nil {
			s.supports[c.Number] = map[string]bool{}
		}
		if !s.supports[c.Number][one.Device] {
			s.supports[c.Number][one.Device] = true
			c.Supports++
			counted[c.Number] = c.Supports
		}
		results = append(results, SupportResult{Count: c.Supports})
	}
	if len(counted) > 0 {
		s.event(EventSupportCounted, map[string]any{"supports": counted})
	}
	return results, nil
}

func (s *fakeStore) Arrivals(context.Context, string, time.Time, int) ([]Arrival, error) {
	return nil, nil
}

func (s *fakeStore) NoteBursts(context.Context, string, []Burst) (bool, error) { return false, nil }

func (s *fakeStore) Patterns(context.Context, string) ([]Pattern, error) { return nil, nil }

func (s *fakeStore) DecidePattern(context.Context, string, string, PatternState, papers.Change) (Pattern, error) {
	return Pattern{}, papers.ErrNotFound
}

func (s *fakeStore) SettlePatterns(context.Context, time.Time) ([]string, error) { return nil, nil }

func (s *fakeStore) Decide(_ context.Context, d Decision, ch papers.Change) (Contribution, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(d.Number)
	if c == nil {
		return Contribution{}, papers.ErrNotFound
	}
	if err := d.Check(*c); err != nil {
		return Contribution{}, err
	}
	before := *c
	*c = d.Apply(*c, ch.By, time.Now().UTC())
	s.changes = append(s.changes, ch)
	kind := EventQuestionChanged
	switch d.To {
	case Published:
		kind = EventQuestionPublished
	case AnsweredOrally, AnsweredWriting:
		kind = EventQuestionAnswered
	}
	if now := c.Public(); now != before.Public() {
		now.Revised = c.Revises(before)
		s.event(kind, now)
	}
	return *c, nil
}

func (s *fakeStore) EraseName(ctx context.Context, number string, _ papers.Change) (Contribution, error) {
	return s.Contribution(ctx, number)
}

func (s *fakeStore) Respond(_ context.Context, r Response) (Contribution, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(r.Number)
	if err := r.Check(*c); err != nil {
		return Contribution{}, err
	}
	before := *c
	*c, _ = r.Apply(before, time.Now().UTC())
	if now := c.Public(); now != before.Public() {
		now.Revised = c.Revises(before)
		s.event(EventQuestionChanged, now)
	}
	return *c, nil
}

func (s *fakeStore) Owed(context.Context, string, string) ([]Question, error) { return nil, nil }

func (s *fakeStore) Heard(context.Context, string) ([]Question, error) { return nil, nil }

func (s *fakeStore) Unfinished(context.Context, []string) ([]Contribution, error) { return nil, nil }

func (s *fakeStore) Messages(context.Context, string) ([]Message, error) { return nil, nil }

func (s *fakeStore) MyMessages(context.Context, string, string) ([]Message, error) { return nil, nil }

func (s *fakeStore) Contribution(_ context.Context, number string) (Contribution, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(number)
	if c == nil {
		return Contribution{}, papers.ErrNotFound
	}
	return *c, nil
}

func (s *fakeStore) Question(ctx context.Context, number string) (Question, error) {
	c, err := s.Contribution(ctx, number)
	return c.Public(), err
}

func (s *fakeStore) Mine(ctx context.Context, number, _ string) (Contribution, error) {
	return s.Contribution(ctx, number)
}

func (s *fakeStore) Questions(context.Context, Filter) ([]Question, string, error) {
	return nil, "", nil
}

func (s *fakeStore) Queue(context.Context, string) ([]Contribution, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Contribution
	for _, c := range s.list {
		list = append(list, *c)
	}
	return list, nil
}

func (s *fakeStore) Desk(context.Context, string) (map[string]Beside, error) { return nil, nil }

func (s *fakeStore) Words(context.Context, string) (Words, bool, error) {
	return Words{Urgent: []string{"in danger"}}, false, nil
}

func (s *fakeStore) LastHand(context.Context, string) (Hand, error) { return Hand{}, nil }

func (s *fakeStore) Answerable(context.Context, string, string, int) ([]Question, error) {
	return nil, nil
}

func (s *fakeStore) Counts(context.Context, string, string) (Counts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts(), nil
}

func (s *fakeStore) Device(_ context.Context, _, device string) (supported []string, own []Contribution, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.list {
		if c.Device == device {
			own = append(own, *c)
		}
		if s.supports[c.Number][device] {
			supported = append(supported, c.Number)
		}
	}
	return supported, own, nil
}

// publishText puts a published question into the record, as a moderator elsewhere would.
func (s *fakeStore) publishText(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &Contribution{Number: fmt.Sprintf("Q-2026-%04d", len(s.list)+1), Kind: KindQuestion, Meeting: slug, State: Published, Text: text}
	s.list = append(s.list, c)
	s.event(EventQuestionPublished, c.Public())
}

func (s *fakeStore) seq() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.room.Seq
}

type fakeMeetings struct {
	chat  papers.ChatMode
	rules papers.QuestionRules
	until *time.Time
}

func (f fakeMeetings) Meeting(_ context.Context, _ papers.Audience, name string) (papers.Meeting, error) {
	if name != slug {
		return papers.Meeting{}, papers.ErrNotFound
	}
	return papers.Meeting{Slug: slug, Board: "partnership-board", AskUntil: f.until, BoardName: "Partnership Board"}, nil
}

func (fakeMeetings) Items(context.Context, papers.Audience, string) ([]papers.Item, error) {
	return []papers.Item{
		{ID: "item1", Number: "1", Title: "Urgent care"},
		{ID: "item2", Number: "2", Title: "SECRETBID of Acme", PublicTitle: "A contract", Private: true},
	}, nil
}

// Rules are those of a meeting whose chat is as the test says.
func (m fakeMeetings) Rules(context.Context, string) (papers.QuestionRules, error) {
	m.rules.Chat = m.chat
	return m.rules, nil
}
