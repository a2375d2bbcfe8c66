package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type blockRow struct {
	bun.BaseModel `bun:"table:device_blocks,alias:db"`
	ID            string `bun:",pk"`
	Board         string
	Device        string
	About         string
	Reason        string
	WhoID         string
	Sealed        []byte
	At            time.Time
	Until         time.Time
	LiftedAt      *time.Time
}

type slowingRow struct {
	bun.BaseModel `bun:"table:place_slowings,alias:ps"`
	ID            string `bun:",pk"`
	Board         string
	Place         string
	Every         int
	About         string
	Reason        string
	WhoID         string
	Sealed        []byte
	At            time.Time
	Until         time.Time
	LiftedAt      *time.Time
}

// subjectOf names what led to a block or a slowing, as the audit and recent_places do.
func subjectOf(about string) string {
	if strings.HasPrefix(about, "chat/") {
		return about
	}
	return "questions/" + about
}

// placeKey is what is kept of an address: nobody without the site key can tell which it was.
func (s sealer) placeKey(from string) string { return hex.EncodeToString(s.mac("place:" + from)) }

// maySend is an Error unless the sender may send a contribution to the room now. Whatever takes
// something from a resident asks it in its transaction, while it holds the room: then it is right in
// every program. notePlace follows once it is taken.
func (tx *tx) maySend(ctx context.Context, m papers.Meeting, room livestream.Room, device, from string) error {
	var s livestream.Sender
	if device != "" {
		b, err := tx.db.blockOf(ctx, tx, m.Board, device, tx.now)
		if err == nil {
			s.Block = &b
			board, err := readBoard(ctx, tx, m.Board)
			if err != nil {
				return err
			}
			s.OtherWays = board.Questions.OtherWays
		} else if !errors.Is(err, papers.ErrNotFound) {
			return err
		}
	}
	var err error
	if room.Slow > 0 && device != "" {
		if s.LastSent, err = tx.lastTime(ctx, "SELECT received_at FROM contributions WHERE meeting = ? AND device = ? ORDER BY received_at DESC LIMIT 1", m.Slug, device); err != nil {
			return err
		}
		said, err := tx.lastTime(ctx, "SELECT sent_at FROM chat WHERE meeting = ? AND device = ? ORDER BY sent_at DESC LIMIT 1", m.Slug, device)
		if err != nil {
			return err
		}
		if s.LastSent == nil || said != nil && said.After(*s.LastSent) {
			s.LastSent = said
		}
	}
	if from != "" {
		if err := tx.slowed(ctx, m.Board, tx.db.seal.placeKey(from), &s); err != nil {
			return err
		}
	}
	return room.MaySend(s, tx.now, m.Location())
}

// notePlace notes for an hour from where something came, so that a flood from there can be slowed.
func (tx *tx) notePlace(ctx context.Context, meeting, from, subject string) error {
	if from == "" {
		return nil
	}
	_, err := tx.exec(ctx, "noting a place", "INSERT INTO recent_places (subject, meeting, place, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		subject, meeting, tx.db.seal.placeKey(from), tx.now)
	return err
}

// slowed finds whether the place is slowed, and when something came from it last.
func (tx *tx) slowed(ctx context.Context, board, place string, s *livestream.Sender) error {
	var row slowingRow
	err := tx.NewSelect().Model(&row).Where("place = ? AND board = ? AND until > ? AND lifted_at IS NULL", place, board, tx.now).OrderExpr("every DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading slowings: %w", err)
	}
	s.Slowing = &livestream.Slowing{Every: row.Every, Until: row.Until}
	s.LastPlace, err = tx.lastTime(ctx, "SELECT at FROM recent_places WHERE place = ? ORDER BY at DESC LIMIT 1", place)
	return err
}

// lastTime reads a time that may be none.
func (tx *tx) lastTime(ctx context.Context, query string, args ...any) (*time.Time, error) {
	var at time.Time
	err := tx.NewRaw(query, args...).Scan(ctx, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading when somebody sent something: %w", err)
	}
	return &at, nil
}

// BlockOf implements livestream.Holds.
func (db *DB) BlockOf(ctx context.Context, board, device string) (livestream.Block, error) {
	return db.blockOf(ctx, db.r, board, device, db.now())
}

func (db *DB) blockOf(ctx context.Context, from bun.IDB, board, device string, now time.Time) (livestream.Block, error) {
	var rows []blockRow
	err := from.NewSelect().Model(&rows).Where("device = ? AND board = ? AND until > ? AND lifted_at IS NULL", device, board, now).OrderExpr("until DESC").Limit(1).Scan(ctx)
	if err != nil {
		return livestream.Block{}, fmt.Errorf("reading blocks: %w", err)
	}
	return only(db.openBlocks(rows))
}

func (db *DB) openBlocks(rows []blockRow) ([]livestream.Block, error) {
	list := make([]livestream.Block, len(rows))
	for i, r := range rows {
		n, err := db.openNote("device_blocks", r.ID, r.Sealed)
		if err != nil {
			return nil, err
		}
		list[i] = livestream.Block{ID: r.ID, Board: r.Board, Device: r.Device, About: r.About, Reason: r.Reason, Who: n.Who, At: r.At, Until: r.Until, LiftedAt: r.LiftedAt}
	}
	return list, nil
}

// Block implements livestream.Holds.
func (db *DB) Block(ctx context.Context, b livestream.Block, c papers.Change) (livestream.Block, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		b.ID, b.At, b.Who = papers.NewID(), tx.now, c.By.Name
		sealed, err := tx.sealNote("device_blocks", b.ID, c.By.Name, "")
		if err != nil {
			return note{}, err
		}
		row := blockRow{ID: b.ID, Board: b.Board, Device: b.Device, About: b.About, Reason: b.Reason, WhoID: c.By.ID, Sealed: sealed, At: b.At, Until: b.Until}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("writing a block: %w", err)
		}
		return note{what: "blocked a device", subject: subjectOf(b.About), after: map[string]any{"until": b.Until, "reason": b.Reason}}, nil
	})
	return b, err
}

// SlowPlace implements livestream.Holds.
func (db *DB) SlowPlace(ctx context.Context, s livestream.Slowing, c papers.Change) (livestream.Slowing, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		err := tx.NewRaw("SELECT place FROM recent_places WHERE subject = ?", subjectOf(s.About)).Scan(ctx, &s.Place)
		if errors.Is(err, sql.ErrNoRows) {
			return note{}, papers.Errorf(papers.CodeConflict, "It is not known any more from where it came: that is forgotten after an hour.")
		}
		if err != nil {
			return note{}, fmt.Errorf("reading from where it came: %w", err)
		}
		s.ID, s.At, s.Who = papers.NewID(), tx.now, c.By.Name
		sealed, err := tx.sealNote("place_slowings", s.ID, c.By.Name, "")
		if err != nil {
			return note{}, err
		}
		row := slowingRow{ID: s.ID, Board: s.Board, Place: s.Place, Every: s.Every, About: s.About, Reason: s.Reason, WhoID: c.By.ID, Sealed: sealed, At: s.At, Until: s.Until}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("writing a slowing: %w", err)
		}
		return note{what: "slowed an address", subject: subjectOf(s.About), after: map[string]any{"until": s.Until, "every": s.Every, "reason": s.Reason}}, nil
	})
	return s, err
}

// Lift implements livestream.Holds.
func (db *DB) Lift(ctx context.Context, board, id string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		for table, what := range map[string]string{"device_blocks": "lifted a block", "place_slowings": "lifted a slowing"} {
			n, err := tx.exec(ctx, what, "UPDATE "+table+" SET lifted_at = ? WHERE id = ? AND board = ? AND lifted_at IS NULL AND until > ?", tx.now, id, board, tx.now)
			if err != nil {
				return note{}, err
			}
			if n > 0 {
				return note{what: what, subject: "boards/" + board, after: id}, nil
			}
		}
		return note{}, papers.ErrNotFound
	})
}

// Blocks implements livestream.Holds.
func (db *DB) Blocks(ctx context.Context, board string) ([]livestream.Block, []livestream.Slowing, error) {
	var rows []blockRow
	if err := db.r.NewSelect().Model(&rows).Where("board = ?", board).OrderExpr("at DESC").Limit(200).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("reading blocks: %w", err)
	}
	blocks, err := db.openBlocks(rows)
	if err != nil {
		return nil, nil, err
	}
	var slow []slowingRow
	if err := db.r.NewSelect().Model(&slow).Where("board = ?", board).OrderExpr("at DESC").Limit(200).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("reading slowings: %w", err)
	}
	slowings := make([]livestream.Slowing, len(slow))
	for i, r := range slow {
		n, err := db.openNote("place_slowings", r.ID, r.Sealed)
		if err != nil {
			return nil, nil, err
		}
		slowings[i] = livestream.Slowing{ID: r.ID, Board: r.Board, Place: r.Place, Every: r.Every, About: r.About, Reason: r.Reason, Who: n.Who, At: r.At, Until: r.Until, LiftedAt: r.LiftedAt}
	}
	return blocks, slowings, nil
}

// SetLimits implements livestream.Holds. It changes nothing, and writes no act, when all is so already.
func (db *DB) SetLimits(ctx context.Context, meeting string, l livestream.RoomLimits, c papers.Change) (livestream.Room, error) {
	var room livestream.Room
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
			return note{}, err
		}
		before, err := tx.holdRoom(ctx, meeting)
		if err != nil {
			return note{}, err
		}
		if room = l.Applied(before); room == before {
			return note{}, errNothing
		}
		if err := tx.emit(ctx, &room, roomEvent(room.State), nil); err != nil {
			return note{}, err
		}
		return note{what: "changed the limits of the room", subject: "meetings/" + meeting + "/room", before: before, after: room}, nil
	})
	return room, err
}

// ForgetPlaces implements livestream.Outgoings. A flood that goes on renews itself.
func (db *DB) ForgetPlaces(ctx context.Context, before time.Time) error {
	return db.write(ctx, func(tx *tx) error {
		n, err := tx.exec(ctx, "forgetting places", "DELETE FROM recent_places WHERE at < ?", before)
		if err == nil && n == 0 {
			err = errNothing
		}
		return err
	})
}
