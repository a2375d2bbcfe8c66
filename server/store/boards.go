package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type siteRow struct {
	bun.BaseModel `bun:"table:site,alias:s"`
	ID            int64 `bun:",pk"`
	papers.Site
}

type boardRow struct {
	bun.BaseModel `bun:"table:boards,alias:b"`
	papers.Board
}

// Site implements papers.Store. Before it is set, the site has no name.
func (db *DB) Site(ctx context.Context) (papers.Site, error) {
	var row siteRow
	err := db.r.NewSelect().Model(&row).Where("id = 1").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return papers.Site{Name: "Board meetings", Zone: "Europe/London"}, nil // until somebody names it
	}
	if err != nil {
		return papers.Site{}, fmt.Errorf("reading the site: %w", err)
	}
	return row.Site, nil
}

// SetSite implements papers.Store.
func (db *DB) SetSite(ctx context.Context, s papers.Site, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		n := note{what: "changed the site", subject: "site", after: s}
		var old siteRow
		err := tx.NewSelect().Model(&old).Where("id = 1").Scan(ctx)
		if err == nil {
			n.before = old.Site
		} else if !errors.Is(err, sql.ErrNoRows) {
			return n, fmt.Errorf("reading the site: %w", err)
		}
		if _, err := tx.exec(ctx, "replacing the site", "DELETE FROM site"); err != nil {
			return n, err
		}
		if _, err := tx.NewInsert().Model(&siteRow{ID: 1, Site: s}).Exec(ctx); err != nil {
			return n, fmt.Errorf("writing the site: %w", err)
		}
		return n, nil
	})
}

// Boards implements papers.Store, in the order of names.
func (db *DB) Boards(ctx context.Context) ([]papers.Board, error) {
	var rows []boardRow
	if err := db.r.NewSelect().Model(&rows).OrderExpr("lower(name), slug").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading boards: %w", err)
	}
	list := make([]papers.Board, len(rows))
	for i, r := range rows {
		list[i] = r.Board
	}
	return list, nil
}

// Board implements papers.Store.
func (db *DB) Board(ctx context.Context, slug string) (papers.Board, error) {
	row, err := readBoard(ctx, db.r, slug)
	return row.Board, err
}

func readBoard(ctx context.Context, from bun.IDB, slug string) (boardRow, error) {
	var row boardRow
	err := from.NewSelect().Model(&row).Where("slug = ?", slug).Scan(ctx)
	return row, found(err, "a board")
}

// AddBoard implements papers.Store.
func (db *DB) AddBoard(ctx context.Context, b papers.Board, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		b.CreatedAt = tx.now
		added, err := tx.insertNew(ctx, "adding a board", &boardRow{Board: b})
		if err == nil && !added {
			err = papers.Errorf(papers.CodeConflict, "There is a board with the address %s already. Choose another name.", b.Slug)
		}
		return note{what: "added a board", subject: "boards/" + b.Slug, after: b}, err
	})
}

// ChangeBoard implements papers.Store. The slug stays.
func (db *DB) ChangeBoard(ctx context.Context, b papers.Board, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		old, err := readBoard(ctx, tx, b.Slug)
		if err != nil {
			return note{}, err
		}
		b.CreatedAt = old.CreatedAt
		if _, err := tx.NewUpdate().Model(&boardRow{Board: b}).Where("slug = ?", b.Slug).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("changing a board: %w", err)
		}
		return note{what: "changed the board", subject: "boards/" + b.Slug, before: old.Board, after: b}, nil
	})
}
