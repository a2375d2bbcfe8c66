package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type formatRow struct {
	bun.BaseModel `bun:"table:format_requests,alias:f"`
	papers.FormatRequest
	Asker []byte `bun:"asker"` // sealed; NULL once erased
}

// AskFormat implements papers.Store. Nothing of the asker goes into the audit, which outlives erasure.
func (db *DB) AskFormat(ctx context.Context, r papers.FormatRequest, c papers.Change) (papers.FormatRequest, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		p, _, err := tx.lockPaper(ctx, r.Paper)
		if err != nil {
			return note{}, err
		}
		r.ID, r.Board, r.State, r.CreatedAt, r.ChangedAt = papers.NewID(), p.Board, papers.FormatAsked, tx.now, tx.now
		row := formatRow{FormatRequest: r}
		if row.Asker, err = db.seal.close("format "+r.ID, r.Asker); err != nil {
			return note{}, err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("keeping a request for a format: %w", err)
		}
		return note{what: "asked for another format", subject: "formats/" + r.ID, after: r}, nil
	})
	return r, err
}

// FormatRequests implements papers.Store: those that wait first, by the day they are due.
func (db *DB) FormatRequests(ctx context.Context, boards []string) ([]papers.FormatRequest, error) {
	return db.formats(ctx, func(q *bun.SelectQuery) { q.Where("?", among("f.board", boards)) })
}

// FormatRequest implements papers.Store.
func (db *DB) FormatRequest(ctx context.Context, id string) (papers.FormatRequest, error) {
	return only(db.formats(ctx, func(q *bun.SelectQuery) { q.Where("f.id = ?", id) }))
}

func (db *DB) formats(ctx context.Context, narrow func(*bun.SelectQuery)) ([]papers.FormatRequest, error) {
	var rows []formatRow
	q := db.r.NewSelect().Model(&rows).OrderExpr("CASE WHEN f.state IN ('asked', 'being_made') THEN 0 ELSE 1 END, f.due_on, f.created_at, f.id").Limit(1000)
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading requests for formats: %w", err)
	}
	list := make([]papers.FormatRequest, len(rows))
	for i, r := range rows {
		list[i] = r.FormatRequest
		if len(r.Asker) == 0 {
			continue
		}
		if err := db.seal.open("format "+r.ID, r.Asker, &list[i].Asker); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// MoveFormat implements papers.Store.
func (db *DB) MoveFormat(ctx context.Context, id string, to papers.FormatState, reason string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		n, err := tx.exec(ctx, "moving a request for a format", "UPDATE format_requests SET state = ?, reason = ?, changed_at = ? WHERE id = ?", to, reason, tx.now, id)
		if err == nil && n == 0 {
			err = papers.ErrNotFound
		}
		return note{what: "moved a request for another format", subject: "formats/" + id, after: to}, err
	})
}

// EraseFormatAsker implements papers.Store.
func (db *DB) EraseFormatAsker(ctx context.Context, id string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		n, err := tx.exec(ctx, "erasing who asked for a format", "UPDATE format_requests SET asker = NULL WHERE id = ?", id)
		if err == nil && n == 0 {
			err = papers.ErrNotFound
		}
		return note{what: "erased who asked for a format", subject: "formats/" + id}, err
	})
}

// EraseEndedAskers implements papers.Store.
func (db *DB) EraseEndedAskers(ctx context.Context, now time.Time) (int, error) {
	var rows []formatRow
	err := db.r.NewSelect().Model(&rows).Where("asker IS NOT NULL AND state IN ('provided', 'declined')").Scan(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading requests for formats: %w", err)
	}
	n := 0
	for _, r := range rows {
		rules, err := db.FormatRules(ctx, r.Board)
		if err != nil {
			return n, err
		}
		if r.ChangedAt.AddDate(0, 0, rules.KeepDays).After(now) {
			continue
		}
		if err := db.EraseFormatAsker(ctx, r.ID, papers.Change{By: papers.Program}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// CountFormats implements papers.Store.
func (db *DB) CountFormats(ctx context.Context) (map[papers.FormatState]int, error) {
	var rows []struct {
		State papers.FormatState
		N     int
	}
	err := db.r.NewRaw("SELECT state, count(*) AS n FROM format_requests GROUP BY state").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("counting requests for formats: %w", err)
	}
	counts := map[papers.FormatState]int{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, nil
}
