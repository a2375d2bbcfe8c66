package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type conflictRow struct {
	bun.BaseModel `bun:"table:conflicts,alias:cf"`
	papers.Conflict
	Nature []byte // sealed
}

func sealedConflict(id string) string { return "conflicts:" + id }

func (db *DB) conflicts(ctx context.Context, from bun.IDB, narrow func(*bun.SelectQuery)) ([]papers.Conflict, error) {
	var rows []conflictRow
	q := from.NewSelect().Model(&rows).OrderExpr("declared_at, id")
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading conflicts: %w", err)
	}
	list := make([]papers.Conflict, len(rows))
	for i, r := range rows {
		list[i] = r.Conflict
		if err := db.seal.open(sealedConflict(r.ID), r.Nature, &list[i].Nature); err != nil {
			return nil, err
		}
		u, err := only(db.users(ctx, from, func(q *bun.SelectQuery) { q.Where("id = ?", r.Person) }))
		if err != nil {
			return nil, err
		}
		list[i].Name = u.Name
	}
	return list, nil
}

// Conflicts implements papers.Store.
func (db *DB) Conflicts(ctx context.Context, meeting string) (list []papers.Conflict, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		list, err = db.conflicts(ctx, tx, func(q *bun.SelectQuery) { q.Where("meeting = ?", meeting) })
		return err
	})
	return list, err
}

// AddConflict implements papers.Store. What the interest is stays out of the audit.
func (db *DB) AddConflict(ctx context.Context, k papers.Conflict, c papers.Change) (papers.Conflict, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		item, m, err := tx.lockItem(ctx, k.Item)
		if err != nil {
			return note{}, err
		}
		k.Meeting, k.DeclaredAt, k.EndedAt = m.Slug, tx.now, nil
		if k.ID == "" {
			k.ID = papers.NewID()
		}
		if k.Paper != "" {
			p, err := readPaper(ctx, tx, papers.Insider, k.Paper)
			if err != nil {
				return note{}, err
			}
			if p.Item != item.ID {
				return note{}, papers.Errorf(papers.CodeInvalid, "That paper is not of item %s any more. Choose again.", item.Number)
			}
		}
		row := conflictRow{Conflict: k}
		if row.Nature, err = db.seal.close(sealedConflict(k.ID), k.Nature); err != nil {
			return note{}, err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("recording a conflict: %w", err)
		}
		return note{what: "recorded a conflict", subject: "meetings/" + m.Slug + "/conflicts/" + k.ID, after: k}, nil
	})
	return k, err
}

// EndConflict implements papers.Store.
func (db *DB) EndConflict(ctx context.Context, meeting, id string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		old, err := only(db.conflicts(ctx, tx, func(q *bun.SelectQuery) { q.Where("id = ? AND meeting = ?", id, meeting) }))
		if err != nil {
			return note{}, err
		}
		if old.EndedAt != nil {
			return note{}, errNothing
		}
		k := old
		k.EndedAt = &tx.now
		if _, err := tx.exec(ctx, "ending a conflict", "UPDATE conflicts SET ended_at = ? WHERE id = ?", tx.now, id); err != nil {
			return note{}, err
		}
		return note{what: "ended the conflict", subject: "meetings/" + meeting + "/conflicts/" + id, before: old, after: k}, nil
	})
}
