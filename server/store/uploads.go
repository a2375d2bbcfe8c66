package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type uploadRow struct {
	bun.BaseModel `bun:"table:uploads,alias:u"`
	papers.Upload
}

// AddUpload implements papers.Store. The count and the row are one transaction: two pages of the same
// person together keep to the limits.
func (db *DB) AddUpload(ctx context.Context, u papers.Upload, most papers.UploadLimits) (papers.Upload, error) {
	err := db.write(ctx, func(tx *tx) error {
		if _, err := tx.lockMeeting(ctx, u.Meeting); err != nil {
			return err
		}
		var n, bytes int64
		err := tx.NewRaw("SELECT count(*), coalesce(sum(size), 0) FROM uploads WHERE person = ? AND paper = ''", u.Person).Scan(ctx, &n, &bytes)
		if err != nil {
			return fmt.Errorf("counting uploads: %w", err)
		}
		if n >= int64(most.Files) || bytes+u.Size > most.Bytes {
			return papers.Errorf(papers.CodeTooMany, "You have %d files of %d MB on the way. Let them arrive, or remove those that are half sent, then send more.", n, bytes>>20)
		}
		u.CreatedAt, u.TouchedAt = tx.now, tx.now
		if _, err := tx.NewInsert().Model(&uploadRow{Upload: u}).Exec(ctx); err != nil {
			return fmt.Errorf("adding an upload: %w", err)
		}
		return nil
	})
	return u, err
}

// Upload implements papers.Store.
func (db *DB) Upload(ctx context.Context, id string) (papers.Upload, error) {
	var row uploadRow
	err := db.r.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	return row.Upload, found(err, "an upload")
}

// Uploads implements papers.Store.
func (db *DB) Uploads(ctx context.Context, person, meeting string) ([]papers.Upload, error) {
	return db.uploads(ctx, func(q *bun.SelectQuery) { q.Where("person = ? AND meeting = ? AND paper = ''", person, meeting) })
}

// StaleUploads implements papers.Store.
func (db *DB) StaleUploads(ctx context.Context, before time.Time) ([]papers.Upload, error) {
	return db.uploads(ctx, func(q *bun.SelectQuery) { q.Where("touched_at < ?", before) })
}

func (db *DB) uploads(ctx context.Context, narrow func(*bun.SelectQuery)) ([]papers.Upload, error) {
	var rows []uploadRow
	q := db.r.NewSelect().Model(&rows).OrderExpr("created_at, id")
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading uploads: %w", err)
	}
	list := make([]papers.Upload, len(rows))
	for i, r := range rows {
		list[i] = r.Upload
	}
	return list, nil
}

// MoveUpload implements papers.Store.
func (db *DB) MoveUpload(ctx context.Context, id string, from, to int64) error {
	return db.write(ctx, func(tx *tx) error {
		n, err := tx.exec(ctx, "counting a piece", "UPDATE uploads SET received = ?, touched_at = ? WHERE id = ? AND received = ? AND paper = ''", to, tx.now, id, from)
		if err == nil && n == 0 {
			err = papers.Errorf(papers.CodeConflict, "Another window sends this file too. Let one of them go on.")
		}
		return err
	})
}

// DropUpload implements papers.Store.
func (db *DB) DropUpload(ctx context.Context, id string) error {
	return db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "dropping an upload", "DELETE FROM uploads WHERE id = ?", id)
		return err
	})
}

// settleUpload notes what an upload became, in the transaction that adds it: it is added once, however
// often the request is repeated.
func (tx *tx) settleUpload(ctx context.Context, v papers.Version) error {
	if v.Upload == "" {
		return nil
	}
	n, err := tx.exec(ctx, "settling an upload", "UPDATE uploads SET paper = ?, n = ?, touched_at = ? WHERE id = ? AND paper = ''", v.Paper, v.N, tx.now, v.Upload)
	if err == nil && n == 0 {
		err = papers.Errorf(papers.CodeConflict, "This file was added already. Load the page again to see it.")
	}
	return err
}

// SameFile implements papers.Store.
func (db *DB) SameFile(ctx context.Context, a papers.Audience, board string, hashes []string) (map[string][]papers.Found, error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	var rows []versionRow
	err := db.r.NewSelect().Model(&rows).ColumnExpr("v.*").Join("JOIN papers AS p ON p.id = v.paper").
		Where("p.board = ?", board).Where("v.original IN (?)", bun.List(hashes)).Where("v.state <> 'withdrawn'").OrderExpr("v.created_at, v.paper, v.n").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for the same file: %w", err)
	}
	refs := make([]papers.VersionRef, len(rows))
	for i, r := range rows {
		refs[i] = r.Ref()
	}
	list, err := db.Find(ctx, a, refs)
	if err != nil {
		return nil, err
	}
	same := map[string][]papers.Found{}
	for _, f := range list {
		same[f.Version.Original] = append(same[f.Version.Original], f)
	}
	return same, nil
}
