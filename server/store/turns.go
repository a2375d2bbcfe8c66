package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type sessionLogRow struct {
	bun.BaseModel `bun:"table:room_sessions,alias:rs"`
	livestream.Session
}

// SetRoom implements livestream.RunStore.
func (db *DB) SetRoom(ctx context.Context, meeting string, t livestream.Turn, c papers.Change) (livestream.Room, error) {
	var room livestream.Room
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		m, err := tx.lockMeeting(ctx, meeting)
		if err != nil {
			return note{}, err
		}
		if m.AnnouncedAt == nil {
			return note{}, papers.Errorf(papers.CodeConflict, "This meeting is not announced. Announce it first: its room is public.")
		}
		if t.Adjourn {
			if err := tx.adjourn(ctx, m, t); err != nil {
				return note{}, err
			}
		}
		return tx.turnRoom(ctx, m, t, &room)
	})
	return room, err
}

// turnRoom applies each part of the turn with its event.
func (tx *tx) turnRoom(ctx context.Context, m papers.Meeting, t livestream.Turn, room *livestream.Room) (note, error) {
	held, err := tx.holdRoom(ctx, m.Slug)
	if err != nil {
		return note{}, err
	}
	*room = held
	t.Until = perhapsInMicroseconds(t.Until)
	if t.Stream != nil && *t.Stream != room.Stream {
		room.Stream = *t.Stream
		if err := tx.emit(ctx, room, livestream.EventVideoChanged, nil); err != nil {
			return note{}, err
		}
	}
	if t.Notice != nil && *t.Notice != room.Notice {
		room.Notice, room.NoticeAt = *t.Notice, &tx.now
		if err := tx.emit(ctx, room, livestream.EventNoticePosted, nil); err != nil {
			return note{}, err
		}
	}
	if err := tx.turnState(ctx, m, t, room); err != nil {
		return note{}, err
	}
	if room.Seq == held.Seq {
		return note{}, errNothing
	}
	return note{what: "changed the room", subject: "meetings/" + m.Slug + "/room", before: held, after: *room}, nil
}

// turnState changes state and asking, logs the session that begins, and makes the meeting live where
// the room opens for the first time or goes on.
func (tx *tx) turnState(ctx context.Context, m papers.Meeting, t livestream.Turn, room *livestream.Room) error {
	changes := t.State != "" && t.State != room.State
	again := !changes && t.State != "" && (t.Reason != "" || t.Until != nil || t.Adjourn || t.Exclusion != nil) // said anew, of the state it has
	if !changes && !again && (t.Asking == "" || t.Asking == room.Asking) {
		return nil
	}
	first := room.OpenedAt == nil
	if t.Asking != "" {
		room.Asking = t.Asking
	}
	if changes || again {
		tx.enter(room, t)
		if err := tx.logSession(ctx, t, *room, changes); err != nil {
			return err
		}
	}
	if room.State == livestream.RoomOpen && (first || m.State == papers.MeetingAdjourned) {
		if _, err := tx.exec(ctx, "making a meeting live", "UPDATE meetings SET state = 'live' WHERE slug = ?", m.Slug); err != nil {
			return err
		}
	}
	return tx.emit(ctx, room, roomEvent(room.State), nil)
}

// enter puts the room into the state of the turn.
func (tx *tx) enter(room *livestream.Room, t livestream.Turn) {
	if room.State != t.State {
		room.State, room.StateSince = t.State, &tx.now
	}
	room.Why, room.ResumesAt = t.Reason, t.Until
	room.ClosedAt = nil
	switch t.State {
	case livestream.RoomClosed:
		room.ClosedAt = &tx.now
	case livestream.RoomOpen:
		if room.OpenedAt == nil {
			room.OpenedAt = &tx.now
		}
	}
}

// logSession ends the session that ran and begins the next. A pause that becomes an adjournment is a
// session of its own; what is only said anew of the same one changes it.
func (tx *tx) logSession(ctx context.Context, t livestream.Turn, room livestream.Room, changes bool) error {
	n, open, err := tx.lastSession(ctx, room.Meeting)
	if err != nil {
		return err
	}
	next := t.Begin(room.Meeting, n+1, tx.now)
	if open != nil && !changes && open.Kind == next.Kind {
		next.N, next.BeganAt = open.N, open.BeganAt
		if t.Exclusion == nil {
			next.Item, next.Resolution, next.MovedBy, next.SecondedBy = open.Item, open.Resolution, open.MovedBy, open.SecondedBy
		}
		_, err := tx.NewUpdate().Model(&sessionLogRow{Session: next}).Where("meeting = ? AND n = ?", next.Meeting, next.N).Exec(ctx)
		if err != nil {
			return fmt.Errorf("changing a session of the room: %w", err)
		}
		return nil
	}
	if open != nil {
		if _, err := tx.exec(ctx, "ending a session of the room", "UPDATE room_sessions SET ended_at = ? WHERE meeting = ? AND n = ?", tx.now, room.Meeting, open.N); err != nil {
			return err
		}
	}
	if room.State == livestream.RoomClosed {
		return nil
	}
	return tx.addSessionLog(ctx, next)
}

func (tx *tx) addSessionLog(ctx context.Context, s livestream.Session) error {
	if _, err := tx.NewInsert().Model(&sessionLogRow{Session: s}).Exec(ctx); err != nil {
		return fmt.Errorf("logging a session of the room: %w", err)
	}
	return nil
}

// lastSession gives the number of the last session, and the one that runs.
func (tx *tx) lastSession(ctx context.Context, meeting string) (n int, open *livestream.Session, err error) {
	list, err := readSessionLog(ctx, tx, meeting)
	for i, s := range list {
		n = s.N
		if s.EndedAt == nil {
			open = &list[i]
		}
	}
	return n, open, err
}

// adjourn stops the meeting until it goes on.
func (tx *tx) adjourn(ctx context.Context, m papers.Meeting, t livestream.Turn) error {
	ch := papers.StateChange{To: papers.MeetingAdjourned, Reason: t.Reason, ResumesAt: t.Until}
	_, _, err := tx.changeMeetingState(ctx, m.Slug, ch, papers.Actor{})
	return err
}

// KeepPublic implements livestream.RunStore.
func (db *DB) KeepPublic(ctx context.Context, meeting string, e livestream.Exclusion, c papers.Change) (livestream.Session, error) {
	var s livestream.Session
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		if err := tx.publicItem(ctx, meeting, e.Item); err != nil {
			return note{}, err
		}
		if _, err := tx.holdRoom(ctx, meeting); err != nil {
			return note{}, err
		}
		list, err := readSessionLog(ctx, tx, meeting)
		if err != nil {
			return note{}, err
		}
		for _, old := range list {
			if old.Kind == livestream.SessionNotNeeded && old.Item == e.Item {
				s = old
				return note{}, errNothing
			}
		}
		s = livestream.Session{Meeting: meeting, N: len(list) + 1, Kind: livestream.SessionNotNeeded, BeganAt: tx.now, EndedAt: &tx.now,
			Item: e.Item, Resolution: e.Resolution, MovedBy: e.MovedBy, SecondedBy: e.SecondedBy}
		return note{what: "noted that the public stayed", subject: "meetings/" + meeting + "/room", after: s}, tx.addSessionLog(ctx, s)
	})
	return s, err
}

// Sessions implements livestream.RunStore.
func (db *DB) Sessions(ctx context.Context, meeting string) (list []livestream.Session, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
			return err
		}
		list, err = readSessionLog(ctx, tx, meeting)
		return err
	})
	return list, err
}

func readSessionLog(ctx context.Context, from bun.IDB, meeting string) ([]livestream.Session, error) {
	var rows []sessionLogRow
	if err := from.NewSelect().Model(&rows).Where("meeting = ?", meeting).OrderExpr("n").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the sessions of a room: %w", err)
	}
	list := make([]livestream.Session, len(rows))
	for i, r := range rows {
		list[i] = r.Session
	}
	return list, nil
}

// StartItem implements livestream.RunStore. The item must be public.
func (db *DB) StartItem(ctx context.Context, meeting, item string, c papers.Change) (livestream.Room, error) {
	var room livestream.Room
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		if err := tx.publicItem(ctx, meeting, item); err != nil {
			return note{}, err
		}
		var err error
		if room, err = tx.holdRoom(ctx, meeting); err != nil {
			return note{}, err
		}
		if room.Item == item {
			return note{}, errNothing
		}
		before := room
		room.Item, room.ItemSince = item, &tx.now
		if err := tx.emit(ctx, &room, livestream.EventItemStarted, nil); err != nil {
			return note{}, err
		}
		return note{what: "started an item", subject: "meetings/" + meeting + "/room", before: before, after: room}, nil
	})
	return room, err
}
