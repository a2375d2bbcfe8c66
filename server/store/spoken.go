package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

// Caption implements livestream.RunStore. It is an event of the room and no act: the record would be
// nothing but captions.
func (db *DB) Caption(ctx context.Context, meeting string, c livestream.Caption) (seq int64, err error) {
	err = db.write(ctx, func(tx *tx) error {
		if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
			return err
		}
		room, err := tx.holdRoom(ctx, meeting)
		if err != nil {
			return err
		}
		if err := room.TakesCaptions(); err != nil {
			return err
		}
		c.At = tx.now
		err = tx.emit(ctx, &room, livestream.EventCaptionSpoken, c)
		seq = room.Seq
		return err
	})
	return seq, err
}

// Captions implements livestream.RunStore.
func (db *DB) Captions(ctx context.Context, meeting string, limit int) (list []livestream.Caption, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
			return err
		}
		list, err = readCaptions(ctx, tx, meeting, limit)
		return err
	})
	return list, err
}

func readCaptions(ctx context.Context, from bun.IDB, meeting string, limit int) ([]livestream.Caption, error) {
	rows, err := eventsOf(ctx, from, meeting, livestream.EventCaptionSpoken, limit)
	if err != nil {
		return nil, err
	}
	list := make([]livestream.Caption, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Data), &list[i]); err != nil {
			return nil, fmt.Errorf("reading a caption: %w", err)
		}
	}
	return list, nil
}

// Starts implements livestream.RunStore.
func (db *DB) Starts(ctx context.Context, meeting string) (list []livestream.ItemStart, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
			return err
		}
		rows, err := eventsOf(ctx, tx, meeting, livestream.EventItemStarted, 1000)
		if err != nil {
			return err
		}
		for _, r := range rows {
			var room livestream.Room
			if err := json.Unmarshal([]byte(r.Data), &room); err != nil {
				return fmt.Errorf("reading the start of an item: %w", err)
			}
			list = append(list, livestream.ItemStart{Item: room.Item, At: r.At})
		}
		return nil
	})
	return list, err
}

// eventsOf gives the last events of a kind, oldest first.
func eventsOf(ctx context.Context, from bun.IDB, meeting string, kind livestream.EventKind, limit int) ([]eventRow, error) {
	var rows []eventRow
	err := from.NewSelect().Model(&rows).Where("meeting = ? AND kind = ?", meeting, kind).OrderExpr("seq DESC").Limit(atMost(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading events of one kind: %w", err)
	}
	slices.Reverse(rows)
	return rows, nil
}
