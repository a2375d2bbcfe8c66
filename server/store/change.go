package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

// tx is one transaction that writes. All it does happens at the same moment, now.
type tx struct {
	bun.Tx
	db  *DB
	now time.Time

	// acts are numbered and written last before the commit. A change may drop some of those it was
	// given, or add its own.
	acts []papers.Act
	// numbered, when set, runs with the numbered acts before the commit.
	numbered func(acts []papers.Act) error
}

// note is what the audit keeps of a change. Nothing of an asker goes into it, because it outlives
// erasure.
type note struct {
	what, subject string
	before, after any // written as JSON; nil is nothing
}

// errNothing ends a transaction that turned out to have nothing to do: it is rolled back, and that
// is no error.
var errNothing = errors.New("nothing to change")

// change is the one way in which somebody changes the record: the change, its audit row and its
// acts are committed together, or nothing is.
func (db *DB) change(ctx context.Context, c papers.Change, do func(tx *tx) (note, error)) error {
	return db.write(ctx, func(tx *tx) error {
		tx.acts = append([]papers.Act(nil), c.Acts...)
		n, err := do(tx)
		if err != nil {
			return err
		}
		return tx.audit(ctx, c.By, n)
	})
}

// write runs do in a transaction, then writes the acts it left, commits, and wakes who awaits acts.
func (db *DB) write(ctx context.Context, do func(tx *tx) error) error {
	t, err := db.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a change: %w", err)
	}
	defer func() { _ = t.Rollback() }() // does nothing after the commit
	tx := &tx{Tx: t, db: db, now: db.now()}
	if err := do(tx); err != nil {
		if errors.Is(err, errNothing) {
			return nil
		}
		return err
	}
	if err := tx.writeActs(ctx); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("committing a change: %w", err)
	}
	if len(tx.acts) > 0 {
		db.wake()
	}
	return nil
}

// said is an Error of CodeConflict when the change is public but comes without an act: what it changes
// became public after it was read.
func (tx *tx) said(public bool) error {
	if public && len(tx.acts) == 0 {
		return papers.Errorf(papers.CodeConflict, "This became public a moment ago. Look at it again, then change it.")
	}
	return nil
}

// atMost bounds a list; 0 is the usual page.
func atMost(limit int) int64 {
	if limit <= 0 {
		return 50
	}
	return int64(min(limit, 1000))
}

// count moves a counter by k and answers where it stands. The row stays locked until the commit, so
// that its numbers have no gaps.
func (tx *tx) count(ctx context.Context, name string, k int) (int64, error) {
	var n int64
	err := tx.NewRaw(`INSERT INTO counters (name, n) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET n = counters.n + EXCLUDED.n RETURNING n`, name, k).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("counting %s: %w", name, err)
	}
	return n, nil
}

// lock makes a query hold its rows until the commit. SQLite has one writer and needs no more.
func (tx *tx) lock(q *bun.SelectQuery) *bun.SelectQuery {
	if tx.db.postgres {
		return q.For("NO KEY UPDATE")
	}
	return q
}

// exec runs a statement and answers how many rows it reached.
func (tx *tx) exec(ctx context.Context, doing, query string, args ...any) (int64, error) {
	res, err := tx.NewRaw(query, args...).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	return n, nil
}

// insertNew adds a row unless its key is taken, and tells whether it did. A failed statement would
// end a transaction of PostgreSQL, so a taken key must not be one.
func (tx *tx) insertNew(ctx context.Context, doing string, row any) (bool, error) {
	res, err := tx.NewInsert().Model(row).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("%s: %w", doing, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("%s: %w", doing, err)
	}
	return n > 0, nil
}
