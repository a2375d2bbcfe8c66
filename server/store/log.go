package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/tlog"

	"clearday/papers"
	"clearday/papers/publog"
)

type hashRow struct {
	bun.BaseModel `bun:"table:log_hashes,alias:lh"`
	Position      int64
	Hash          []byte
}

// logTree reads hashes of the log's tree. added are those that the transaction has yet to write.
type logTree struct {
	ctx   context.Context
	from  bun.IDB
	added map[int64]tlog.Hash
}

// ReadHashes implements tlog.HashReader.
func (t logTree) ReadHashes(positions []int64) ([]tlog.Hash, error) {
	known := make(map[int64]tlog.Hash, len(positions))
	var missing []int64
	for _, p := range positions {
		if h, ok := t.added[p]; ok {
			known[p] = h
		} else {
			missing = append(missing, p)
		}
	}
	if len(missing) > 0 {
		var rows []hashRow
		if err := t.from.NewSelect().Model(&rows).Where("position IN (?)", bun.List(missing)).Scan(t.ctx); err != nil {
			return nil, fmt.Errorf("reading hashes of the log: %w", err)
		}
		for _, r := range rows {
			known[r.Position] = tlog.Hash(r.Hash)
		}
	}
	out := make([]tlog.Hash, len(positions))
	for i, p := range positions {
		h, ok := known[p]
		if !ok {
			return nil, fmt.Errorf("the log lacks the hash at %d", p)
		}
		out[i] = h
	}
	return out, nil
}

// logActs adds the numbered acts to the tree, in their own transaction: no act without its entry, no
// entry without its act. The counter of acts is held, so that nobody else adds meanwhile.
func (tx *tx) logActs(ctx context.Context, rows []actRow) error {
	tree := logTree{ctx: ctx, from: tx, added: map[int64]tlog.Hash{}}
	var out []hashRow
	for _, r := range rows {
		entry, err := publog.Entry(r.act())
		if err != nil {
			return err
		}
		hashes, err := publog.Grow(r.Number-1, entry, tree)
		if err != nil {
			return err
		}
		at := tlog.StoredHashIndex(0, r.Number-1)
		for i, h := range hashes {
			tree.added[at+int64(i)] = h
			out = append(out, hashRow{Position: at + int64(i), Hash: h[:]})
		}
	}
	if _, err := tx.NewInsert().Model(&out).Exec(ctx); err != nil {
		return fmt.Errorf("adding to the log: %w", err)
	}
	return nil
}

// logBefore brings acts into the log that were committed before there was one, from the first on. A
// start that is stopped in the middle goes on at the next.
func (db *DB) logBefore(ctx context.Context) error {
	for more := true; more; {
		err := db.write(ctx, func(tx *tx) error {
			last, err := tx.count(ctx, actsCounter, 0) // held until the commit
			if err != nil {
				return err
			}
			logged, err := tx.logged(ctx)
			if err != nil {
				return err
			}
			var rows []actRow
			if err := tx.NewSelect().Model(&rows).Where("number > ?", logged).OrderExpr("number").Limit(1000).Scan(ctx); err != nil {
				return fmt.Errorf("reading acts that are not in the log: %w", err)
			}
			if more = logged+int64(len(rows)) < last && len(rows) > 0; len(rows) == 0 {
				return errNothing
			}
			return tx.logActs(ctx, rows)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// logged is how many acts are in the tree.
func (tx *tx) logged(ctx context.Context) (int64, error) {
	var last sql.NullInt64
	if err := tx.NewRaw("SELECT MAX(position) FROM log_hashes").Scan(ctx, &last); err != nil {
		return 0, fmt.Errorf("reading the size of the log: %w", err)
	}
	if !last.Valid {
		return 0, nil
	}
	level, n := tlog.SplitStoredHashIndex(last.Int64)
	return (n + 1) << level, nil
}

// Tree implements publog.Shared.
func (db *DB) Tree(ctx context.Context) (int64, tlog.HashReader, error) {
	n, err := db.LastAct(ctx)
	return n, logTree{ctx: ctx, from: db.r}, err
}

// Signed implements publog.Shared.
func (db *DB) Signed(ctx context.Context) ([]byte, error) {
	var signed []byte
	err := db.r.NewRaw("SELECT signed FROM log_checkpoint WHERE one = 1").Scan(ctx, &signed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the signed checkpoint: %w", err)
	}
	return signed, nil
}

// Swap implements publog.Shared.
func (db *DB) Swap(ctx context.Context, old, next []byte) (bool, error) {
	var swapped bool
	err := db.write(ctx, func(tx *tx) error {
		query, args := "UPDATE log_checkpoint SET signed = ? WHERE one = 1 AND signed = ?", []any{next, old}
		if len(old) == 0 {
			query, args = "INSERT INTO log_checkpoint (one, signed) VALUES (1, ?) ON CONFLICT DO NOTHING", []any{next}
		}
		n, err := tx.exec(ctx, "keeping the signed checkpoint", query, args...)
		swapped = n == 1
		return err
	})
	return swapped, err
}

// Act gives one act by its number.
func (db *DB) Act(ctx context.Context, number int64) (papers.Act, error) {
	var rows []actRow
	err := db.r.NewSelect().Model(&rows).Where("number = ?", number).Scan(ctx)
	row, err := only(rows, err)
	return row.act(), err
}

var _ publog.Shared = (*DB)(nil)

// NewestActs are the acts before a number, newest first, of a board or all, of the kinds or all.
func (db *DB) NewestActs(ctx context.Context, before int64, board string, kinds []papers.Kind, limit int) ([]papers.Act, error) {
	var rows []actRow
	q := db.r.NewSelect().Model(&rows).OrderExpr("number DESC").Limit(atMost(limit))
	if before > 0 {
		q = q.Where("number < ?", before)
	}
	if board != "" {
		q = q.Where("board = ?", board)
	}
	if len(kinds) > 0 {
		q = q.Where("kind IN (?)", bun.List(kinds))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the newest acts: %w", err)
	}
	acts := make([]papers.Act, len(rows))
	for i, r := range rows {
		acts[i] = r.act()
	}
	return acts, nil
}

// PublishedFiles are the versions whose published file has the hash, first published first. It answers
// also those that were withdrawn: that they were published is in the log.
func (db *DB) PublishedFiles(ctx context.Context, sha256 string) ([]papers.VersionRef, error) {
	var refs []papers.VersionRef
	err := db.r.NewRaw("SELECT paper, n FROM versions WHERE file = ? AND act > 0 ORDER BY act", sha256).Scan(ctx, &refs)
	if err != nil {
		return nil, fmt.Errorf("finding a file by its hash: %w", err)
	}
	return refs, nil
}
