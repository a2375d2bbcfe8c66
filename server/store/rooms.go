package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type roomRow struct {
	bun.BaseModel `bun:"table:rooms,alias:r"`
	livestream.Room
}

type eventRow struct {
	bun.BaseModel `bun:"table:room_events,alias:e"`
	Meeting       string
	Seq           int64
	Kind          livestream.EventKind
	At            time.Time
	Data          string
}

// closedRoom is the room of a meeting whose room was never opened.
func closedRoom(meeting string) livestream.Room {
	return livestream.Room{Meeting: meeting, State: livestream.RoomClosed, Asking: livestream.AskingAdvance}
}

// Room implements livestream.Store.
func (db *DB) Room(ctx context.Context, meeting string) (room livestream.Room, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		room, err = readRoom(ctx, tx, meeting)
		return err
	})
	return room, err
}

// readRoom reads the room of a public meeting.
func readRoom(ctx context.Context, from bun.IDB, meeting string) (livestream.Room, error) {
	if _, err := readMeeting(ctx, from, papers.Public, meeting); err != nil {
		return livestream.Room{}, err
	}
	var row roomRow
	err := from.NewSelect().Model(&row).Where("meeting = ?", meeting).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return closedRoom(meeting), nil
	}
	return row.Room, found(err, "a room")
}

// Snapshot implements livestream.Store.
func (db *DB) Snapshot(ctx context.Context, meeting string) (s livestream.Snapshot, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		if s.Room, err = readRoom(ctx, tx, meeting); err != nil {
			return err
		}
		if s.Questions, _, err = readQuestions(ctx, tx, livestream.Filter{Meeting: meeting, Limit: 100}); err != nil {
			return err
		}
		if s.Chat, _, err = readChat(ctx, tx, meeting, "", 50); err != nil {
			return err
		}
		if s.Counts, err = readCounts(ctx, tx, meeting, ""); err != nil {
			return err
		}
		if s.Room.State != livestream.RoomPrivate {
			s.Captions, err = lastCaptions(ctx, tx, meeting, 5)
		}
		return err
	})
	return s, err
}

// Events implements livestream.Store.
func (db *DB) Events(ctx context.Context, meeting string, since int64, limit int) ([]livestream.Event, error) {
	var rows []eventRow
	err := db.r.NewSelect().Model(&rows).ColumnExpr("e.*").Join("JOIN meetings AS m ON m.slug = e.meeting").Where("?", meetingFor(papers.Public)).
		Where("e.meeting = ? AND e.seq > ?", meeting, since).OrderExpr("e.seq").Limit(atMost(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading events: %w", err)
	}
	list := make([]livestream.Event, len(rows))
	for i, r := range rows {
		list[i] = livestream.Event{Seq: r.Seq, Kind: r.Kind, At: r.At, Data: json.RawMessage(r.Data)}
	}
	return list, nil
}

// OpenRooms implements livestream.Store.
func (db *DB) OpenRooms(ctx context.Context) ([]livestream.Room, error) {
	var rows []roomRow
	err := db.r.NewSelect().Model(&rows).ColumnExpr("r.*").Join("JOIN meetings AS m ON m.slug = r.meeting").Where("?", meetingFor(papers.Public)).
		Where("r.state IN ('open', 'paused', 'private')").OrderExpr("r.opened_at, r.meeting").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading open rooms: %w", err)
	}
	list := make([]livestream.Room, len(rows))
	for i, r := range rows {
		list[i] = r.Room
	}
	return list, nil
}

// roomEvent names the event of a room that is in the state.
func roomEvent(s livestream.RoomState) livestream.EventKind {
	if s == livestream.RoomOpen {
		return livestream.EventRoomOpened
	}
	return livestream.EventKind("room." + string(s))
}

// publicItem is an Error unless the item is public and of the meeting.
func (tx *tx) publicItem(ctx context.Context, meeting, item string) error {
	if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
		return err
	}
	list, err := readItems(ctx, tx, papers.Public, func(q *bun.SelectQuery) { q.Where("i.id = ? AND i.meeting = ?", item, meeting) })
	if err == nil && len(list) == 0 {
		err = papers.Errorf(papers.CodeInvalid, "Choose an item of the published agenda.")
	}
	return err
}

// holdRoom reads the room's row, made when it is needed first, and holds it until the commit.
func (tx *tx) holdRoom(ctx context.Context, meeting string) (livestream.Room, error) {
	room := closedRoom(meeting)
	if _, err := tx.insertNew(ctx, "making a room", &roomRow{Room: room}); err != nil {
		return room, err
	}
	var row roomRow
	err := tx.lock(tx.NewSelect().Model(&row).Where("meeting = ?", meeting)).Scan(ctx)
	return row.Room, found(err, "a room")
}

// emit takes the room's next number and writes the event under it; data nil is the room itself. The
// caller holds the room. A number is used only by a commit, so that it never skips.
func (tx *tx) emit(ctx context.Context, room *livestream.Room, kind livestream.EventKind, data any) error {
	if data == nil {
		told := room.ForPublic()
		told.Seq++ // the number that it gets
		data = told
	}
	return tx.emitAll(ctx, room, kind, data)
}

// emitAll writes several events of a kind, each under the next number.
func (tx *tx) emitAll(ctx context.Context, room *livestream.Room, kind livestream.EventKind, all ...any) error {
	var events []eventRow
	for _, data := range all {
		room.Seq++
		text, err := json.Marshal(data)
		if err != nil {
			return fmt.Errorf("writing an event: %w", err)
		}
		events = append(events, eventRow{Meeting: room.Meeting, Seq: room.Seq, Kind: kind, At: tx.now, Data: string(text)})
	}
	if _, err := tx.NewInsert().Model(&events).Exec(ctx); err != nil {
		return fmt.Errorf("writing an event: %w", err)
	}
	if _, err := tx.NewUpdate().Model(&roomRow{Room: *room}).Where("meeting = ?", room.Meeting).Exec(ctx); err != nil {
		return fmt.Errorf("numbering an event: %w", err)
	}
	return nil
}

// Retell implements livestream.RunStore. It is no act: the change of the rules was one.
func (db *DB) Retell(ctx context.Context, meeting string) (room livestream.Room, err error) {
	err = db.write(ctx, func(tx *tx) error {
		if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
			return err
		}
		if room, err = tx.holdRoom(ctx, meeting); err != nil {
			return err
		}
		if room.State == livestream.RoomClosed && room.ClosedAt != nil {
			return errNothing
		}
		return tx.emit(ctx, &room, roomEvent(room.State), nil)
	})
	return room, err
}
