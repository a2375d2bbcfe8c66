package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type captionKeyRow struct {
	bun.BaseModel `bun:"table:caption_keys"`
	Meeting       string
	SendKey       string
	Seq           int64
}

// Caption implements livestream.RunStore. It is an event of the room and no act: the record would be
// nothing but captions.
func (db *DB) Caption(ctx context.Context, meeting string, c livestream.Caption) (livestream.Caption, error) {
	err := db.write(ctx, func(tx *tx) error {
		if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
			return err
		}
		room, err := tx.holdRoom(ctx, meeting)
		if err != nil {
			return err
		}
		first, again, err := tx.spokenBefore(ctx, meeting, c.Key)
		if err != nil {
			return err
		}
		if again {
			c = first
			return errNothing
		}
		if c, err = room.Spoken(c, tx.now); err != nil {
			return err
		}
		if err := tx.emit(ctx, &room, livestream.EventCaptionSpoken, c); err != nil {
			return err
		}
		if c.Seq = room.Seq; c.Key == "" {
			return nil
		}
		_, err = tx.insertNew(ctx, "keeping the key of a caption", &captionKeyRow{Meeting: meeting, SendKey: c.Key, Seq: c.Seq})
		return err
	})
	return c, err
}

// spokenBefore gives the caption that the key brought before.
func (tx *tx) spokenBefore(ctx context.Context, meeting, key string) (c livestream.Caption, again bool, err error) {
	var row eventRow
	err = tx.NewSelect().Model(&row).Join("JOIN caption_keys AS k ON k.meeting = e.meeting AND k.seq = e.seq").
		Where("k.meeting = ? AND k.send_key = ?", meeting, key).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("looking for a caption that came before: %w", err)
	}
	c, err = row.caption()
	return c, true, err
}

// Captions implements livestream.RunStore.
func (db *DB) Captions(ctx context.Context, meeting string, limit int) (list []livestream.Caption, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
			return err
		}
		list, err = lastCaptions(ctx, tx, meeting, atMost(limit))
		return err
	})
	return list, err
}

// Transcript implements livestream.RunStore.
func (db *DB) Transcript(ctx context.Context, meeting, cursor string, limit int) (list []livestream.Caption, next string, err error) {
	after, most := int64(0), atMost(limit)
	if cursor != "" {
		if after, err = strconv.ParseInt(cursor, 10, 64); err != nil {
			return nil, "", papers.Errorf(papers.CodeInvalid, "This cursor is not one of ours. Begin again without it.")
		}
	}
	err = db.read(ctx, func(tx bun.IDB) error {
		if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
			return err
		}
		list, err = captions(ctx, tx.NewSelect().Where("e.meeting = ? AND e.seq > ?", meeting, after).OrderExpr("e.seq").Limit(most+1))
		return err
	})
	if int64(len(list)) > most {
		list = list[:most]
		next = strconv.FormatInt(list[most-1].Seq, 10)
	}
	return list, next, err
}

// lastCaptions are the last ones, oldest first.
func lastCaptions(ctx context.Context, from bun.IDB, meeting string, limit int64) ([]livestream.Caption, error) {
	list, err := captions(ctx, from.NewSelect().Where("e.meeting = ?", meeting).OrderExpr("e.seq DESC").Limit(limit))
	slices.Reverse(list)
	return list, err
}

func captions(ctx context.Context, q *bun.SelectQuery) ([]livestream.Caption, error) {
	var rows []eventRow
	if err := q.Model(&rows).Where("e.kind = 'caption.spoken'").Scan(ctx); err != nil { // in the words of the index
		return nil, fmt.Errorf("reading captions: %w", err)
	}
	list := make([]livestream.Caption, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = r.caption(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (r eventRow) caption() (c livestream.Caption, err error) {
	if err := json.Unmarshal([]byte(r.Data), &c); err != nil {
		return c, fmt.Errorf("reading a caption: %w", err)
	}
	c.Seq = r.Seq
	return c, nil
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
