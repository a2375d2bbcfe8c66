package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
	"clearday/server/jobs"
)

type workRow struct {
	bun.BaseModel `bun:"table:works,alias:w"`
	jobs.Work
	Board       string // whose desk shows it when it fails
	DueAt       time.Time
	LeasedUntil *time.Time
}

func workSubject(r papers.VersionRef) string { return r.Paper + "/" + strconv.Itoa(r.N) }

func (tx *tx) addWork(ctx context.Context, kind, subject, board string) error {
	w := workRow{Work: jobs.Work{ID: papers.NewID(), Kind: kind, Subject: subject, CreatedAt: tx.now}, Board: board, DueAt: tx.now}
	if _, err := tx.NewInsert().Model(&w).Exec(ctx); err != nil {
		return fmt.Errorf("adding work: %w", err)
	}
	return nil
}

// TakeWork implements jobs.Store.
func (db *DB) TakeWork(ctx context.Context, kind string, lease time.Duration) (jobs.Work, bool, error) {
	var row workRow
	err := db.write(ctx, func(tx *tx) error {
		skip := ""
		if db.postgres {
			skip = "FOR UPDATE SKIP LOCKED"
		}
		err := tx.NewRaw(`UPDATE works SET leased_until = ?, tries = tries + 1 WHERE id = (
				SELECT id FROM works WHERE kind = ? AND due_at <= ? AND (leased_until IS NULL OR leased_until <= ?)
				ORDER BY due_at, id LIMIT 1 ?) RETURNING *`,
			tx.now.Add(lease), kind, tx.now, tx.now, bun.Safe(skip)).Scan(ctx, &row)
		if errors.Is(err, sql.ErrNoRows) {
			return errNothing
		}
		if err != nil {
			return fmt.Errorf("taking work: %w", err)
		}
		return nil
	})
	return row.Work, row.ID != "", err
}

// KeepWork implements jobs.Store.
func (db *DB) KeepWork(ctx context.Context, id string, lease time.Duration) error {
	return db.write(ctx, func(tx *tx) error {
		n, err := tx.exec(ctx, "keeping work", "UPDATE works SET leased_until = ? WHERE id = ?", tx.now.Add(lease), id)
		if err == nil && n == 0 {
			return papers.ErrNotFound
		}
		return err
	})
}

// FinishWork implements jobs.Store.
func (db *DB) FinishWork(ctx context.Context, id string) error {
	return db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "finishing work", "DELETE FROM works WHERE id = ?", id)
		return err
	})
}

// RetryWork implements jobs.Store.
func (db *DB) RetryWork(ctx context.Context, id string, after time.Duration, sentence string) error {
	return db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "putting work back", "UPDATE works SET leased_until = NULL, due_at = ?, error = ? WHERE id = ?", tx.now.Add(after), sentence, id)
		return err
	})
}

// MoveWork implements jobs.Store.
func (db *DB) MoveWork(ctx context.Context, id, kind string) error {
	return db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "moving work", "UPDATE works SET kind = ?, tries = 0, leased_until = NULL, due_at = ? WHERE id = ?", kind, tx.now, id)
		return err
	})
}

// FailedWorks implements jobs.Store.
func (db *DB) FailedWorks(ctx context.Context) ([]jobs.Work, error) {
	return db.FailedWorksOf(ctx, papers.EveryBoard)
}

// FailedWorksOf are those of FailedWorks that belong to the boards.
func (db *DB) FailedWorksOf(ctx context.Context, boards ...string) ([]jobs.Work, error) {
	var rows []workRow
	err := db.r.NewSelect().Model(&rows).Where("error <> ''").Where("?", among("w.board", boards)).OrderExpr("created_at, id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading failed work: %w", err)
	}
	list := make([]jobs.Work, len(rows))
	for i, r := range rows {
		list[i] = r.Work
	}
	return list, nil
}
