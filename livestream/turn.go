package livestream

import (
	"context"
	"fmt"
	"time"

	"clearday/papers"
)

// RunStore is what running the room needs of the record.
type RunStore interface {
	// SetRoom makes the turn, each part of it with its event; the first opening makes the meeting live,
	// and a turn that adjourns or resumes changes the meeting too. A change of state is logged as a
	// [Session]. It changes nothing, and writes no act, when all is so already.
	SetRoom(ctx context.Context, meeting string, t Turn, c papers.Change) (Room, error)
	// StartItem makes the item the one being heard.
	StartItem(ctx context.Context, meeting, item string, c papers.Change) (Room, error)
	// KeepPublic logs that the public was not excluded although the agenda said so (rules.md M-9).
	KeepPublic(ctx context.Context, meeting string, e Exclusion, c papers.Change) (Session, error)
	// Sessions is the log of a meeting's room, in order.
	Sessions(ctx context.Context, meeting string) ([]Session, error)
	// Starts is when each item began to be heard, in order.
	Starts(ctx context.Context, meeting string) ([]ItemStart, error)
	// Caption commits what was said as Room.Spoken takes it, with its event. A key that came before gets
	// the first answer again.
	Caption(ctx context.Context, meeting string, c Caption) (Caption, error)
	// Retell tells the room as it is once more, because its rules have changed. A room that has closed
	// for good says nothing.
	Retell(ctx context.Context, meeting string) (Room, error)
	// Captions are the last ones, oldest first.
	Captions(ctx context.Context, meeting string, limit int) ([]Caption, error)
	// Transcript is everything that was captioned after a cursor, oldest first, with the cursor of the next page.
	Transcript(ctx context.Context, meeting, cursor string, limit int) (list []Caption, next string, err error)
}

// Turn is what the secretary does with the room in one go. What is empty stays as it is.
type Turn struct {
	State  RoomState
	Asking Asking

	// Reason says why the room pauses, adjourns or goes private, for everybody; Until when it goes on,
	// about when for a private session. Both go when the room opens or closes.
	Reason string
	Until  *time.Time
	// Adjourn, with State paused, stops the meeting itself until then.
	Adjourn bool
	// Exclusion, with State private, is the resolution that was passed.
	Exclusion *Exclusion

	Notice *string // an announcement, "" takes it down
	Stream *Stream // zero takes it down
}

// Exclusion is what is recorded of the exclusion of press and public (rules.md 3.5).
type Exclusion struct {
	Item       string `json:"item"`       // for which item; empty is the rest of the meeting
	Resolution string `json:"resolution"` // as passed; empty where the law itself excludes, or it was not recorded
	MovedBy    string `json:"moved_by"`
	SecondedBy string `json:"seconded_by"`
}

// Bounds of what is written about a room, in characters.
const (
	MaxNotice     = 300
	MaxReason     = 1000
	MaxResolution = 4000
	maxPerson     = 120
)

// Tidy checks a turn as entered.
func (t *Turn) Tidy(now time.Time) error {
	switch t.State {
	case "", RoomOpen, RoomPaused, RoomPrivate, RoomClosed:
	default:
		return papers.Errorf(papers.CodeInvalid, "A room is open, paused, private or closed.")
	}
	switch t.Asking {
	case "", AskingAdvance, AskingLive, AskingClosed:
	default:
		return papers.Errorf(papers.CodeInvalid, "Asking is advance, live or closed.")
	}
	if err := t.tidyStop(now); err != nil {
		return err
	}
	if t.Exclusion != nil {
		if t.State != RoomPrivate {
			return papers.Errorf(papers.CodeInvalid, "A resolution to exclude the public is recorded when the room goes private.")
		}
		if err := t.Exclusion.Tidy(); err != nil {
			return err
		}
	}
	if t.Notice == nil {
		return nil
	}
	notice, err := papers.Line("announcement", *t.Notice, MaxNotice, false)
	t.Notice = &notice
	return err
}

// tidyStop checks what is said of a room that stops for a while.
func (t *Turn) tidyStop(now time.Time) error {
	stops := t.State == RoomPaused || t.State == RoomPrivate
	if !stops && (t.Reason != "" || t.Until != nil || t.Adjourn) {
		return papers.Errorf(papers.CodeInvalid, "A reason and a time to go on belong to a room that pauses, adjourns or goes private.")
	}
	if t.Adjourn && t.State != RoomPaused {
		return papers.Errorf(papers.CodeInvalid, "The room of a meeting that adjourns is paused.")
	}
	if t.Until != nil && !t.Until.After(now) {
		return papers.Errorf(papers.CodeInvalid, "That time has passed. Give the time when it goes on.")
	}
	var err error
	t.Reason, err = papers.Line("reason, which everybody can read", t.Reason, MaxReason, t.Adjourn)
	return err
}

// Tidy checks what is recorded of an exclusion.
func (e *Exclusion) Tidy() error {
	for _, f := range []struct {
		name  string
		value *string
		max   int
	}{{"resolution", &e.Resolution, MaxResolution}, {"name of who moved it", &e.MovedBy, maxPerson}, {"name of who seconded it", &e.SecondedBy, maxPerson}} {
		s, err := papers.Line(f.name, *f.value, f.max, false)
		if err != nil {
			return err
		}
		*f.value = s
	}
	return nil
}

// SetRoom makes the turn. Opening a room that took questions in advance takes them live unless asking
// is said. The caller has checked the permission, and the origin of a stream.
func (h *Hub) SetRoom(ctx context.Context, meeting string, t Turn, by papers.Actor) (Room, error) {
	h.init()
	if err := t.Tidy(h.Now()); err != nil {
		return Room{}, err
	}
	m, before, err := h.meetingRoom(ctx, meeting)
	if err != nil {
		return Room{}, err
	}
	if t.Exclusion != nil && t.Exclusion.Item != "" {
		if err := h.publicItem(ctx, meeting, t.Exclusion.Item); err != nil {
			return Room{}, err
		}
	}
	if t.Asking == "" && t.State == RoomOpen && before.Asking == AskingAdvance {
		t.Asking = AskingLive
	}
	room, err := h.Store.SetRoom(ctx, meeting, t, papers.Change{By: by, Acts: []papers.Act{t.act(m, before)}})
	if err != nil {
		return Room{}, fmt.Errorf("changing the room: %w", err)
	}
	h.announce(Wake{Meeting: meeting, Seq: room.Seq})
	return room, nil
}

// act says what the public can see of the turn.
func (t Turn) act(m papers.Meeting, r Room) papers.Act {
	if t.State != "" {
		r.State = t.State
	}
	if t.Asking != "" {
		r.Asking = t.Asking
	}
	act := roomAct(m, r)
	act.Texts = map[string]string{}
	if t.Reason != "" {
		act.Texts["reason"] = t.Reason
	}
	if t.Until != nil {
		act.Facts["until"] = t.Until.UTC().Format(time.RFC3339)
	}
	if t.Exclusion != nil && t.Exclusion.Resolution != "" {
		act.Texts["resolution"] = t.Exclusion.Resolution
	}
	if t.Notice != nil {
		act.Texts["notice"] = *t.Notice
	}
	if t.Stream != nil {
		act.Facts["stream"] = string(t.Stream.Kind)
	}
	return act
}

// KeepPublic logs that the public stayed for an item although the agenda said that it would be asked
// to leave (rules.md M-9). The caller has checked the permission.
func (h *Hub) KeepPublic(ctx context.Context, meeting string, e Exclusion, by papers.Actor) (Session, error) {
	h.init()
	if err := e.Tidy(); err != nil {
		return Session{}, err
	}
	m, room, err := h.meetingRoom(ctx, meeting)
	if err != nil {
		return Session{}, err
	}
	if err := h.publicItem(ctx, meeting, e.Item); err != nil {
		return Session{}, err
	}
	act := roomAct(m, room)
	act.Facts["kept_public"] = e.Item
	s, err := h.Store.KeepPublic(ctx, meeting, e, papers.Change{By: by, Acts: []papers.Act{act}})
	if err != nil {
		return Session{}, fmt.Errorf("noting that the public stayed: %w", err)
	}
	return s, nil
}

// StartItem makes the item the one being heard; the caller has checked the permission.
func (h *Hub) StartItem(ctx context.Context, meeting, item string, by papers.Actor) (Room, error) {
	h.init()
	m, room, err := h.meetingRoom(ctx, meeting)
	if err != nil {
		return Room{}, err
	}
	if err := h.publicItem(ctx, meeting, item); err != nil {
		return Room{}, err
	}
	room.Item = item
	room, err = h.Store.StartItem(ctx, meeting, item, roomChange(m, room, by))
	if err != nil {
		return Room{}, fmt.Errorf("starting the item: %w", err)
	}
	h.announce(Wake{Meeting: meeting, Seq: room.Seq})
	return room, nil
}

// publicItem is an Error unless the item is on the published agenda.
func (h *Hub) publicItem(ctx context.Context, meeting, item string) error {
	items, err := h.Meetings.Items(ctx, papers.Public, meeting)
	if err != nil {
		return fmt.Errorf("reading the agenda: %w", err)
	}
	for _, i := range items {
		if i.ID == item {
			return nil
		}
	}
	return papers.Errorf(papers.CodeInvalid, "That item is not on the published agenda of this meeting. Publish it first.")
}

func (h *Hub) meetingRoom(ctx context.Context, meeting string) (papers.Meeting, Room, error) {
	m, err := h.Meetings.Meeting(ctx, papers.Public, meeting)
	if err != nil {
		return papers.Meeting{}, Room{}, fmt.Errorf("reading the meeting: %w", err)
	}
	room, err := h.Store.Room(ctx, meeting)
	if err != nil {
		return papers.Meeting{}, Room{}, fmt.Errorf("reading the room: %w", err)
	}
	return m, room, nil
}

func roomAct(m papers.Meeting, r Room) papers.Act {
	facts := map[string]string{"room": string(r.State), "asking": string(r.Asking)}
	if r.Item != "" {
		facts["item"] = r.Item
	}
	return papers.Act{Kind: papers.ActRoomChanged, Subject: "meetings/" + m.Slug + "/live", Board: m.Board, Meeting: m.Slug, Facts: facts}
}

func roomChange(m papers.Meeting, r Room, by papers.Actor) papers.Change {
	return papers.Change{By: by, Acts: []papers.Act{roomAct(m, r)}}
}

// ruledRoom gives beside meeting and room the rules that hold for what is sent to them.
func (h *Hub) ruledRoom(ctx context.Context, meeting string) (papers.Meeting, Room, papers.QuestionRules, error) {
	m, room, err := h.meetingRoom(ctx, meeting)
	if err != nil {
		return m, room, papers.QuestionRules{}, err
	}
	rules, err := h.Meetings.Rules(ctx, meeting)
	if err != nil {
		return m, room, rules, fmt.Errorf("reading the rules: %w", err)
	}
	return m, room, rules, nil
}
