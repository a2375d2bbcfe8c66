package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type partnerRow struct {
	bun.BaseModel `bun:"table:partners,alias:pa"`
	papers.Partner
}

type allianceRow struct {
	bun.BaseModel `bun:"table:alliances,alias:al"`
	papers.Alliance
}

// Partners implements papers.Store, in the order of names.
func (db *DB) Partners(ctx context.Context) ([]papers.Partner, error) {
	var rows []partnerRow
	if err := db.r.NewSelect().Model(&rows).OrderExpr("lower(name), slug").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading partners: %w", err)
	}
	list := make([]papers.Partner, len(rows))
	for i, r := range rows {
		list[i] = r.Partner
	}
	return list, nil
}

// AddPartner implements papers.Store. It is an Error of CodeConflict when the slug is taken.
func (db *DB) AddPartner(ctx context.Context, p papers.Partner, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		added, err := tx.insertNew(ctx, "adding a partner", &partnerRow{Partner: p})
		if err == nil && !added {
			err = papers.Errorf(papers.CodeConflict, "There is a partner with the address %s already. Choose another name.", p.Slug)
		}
		return note{what: "added a partner", subject: "partners/" + p.Slug, after: p}, err
	})
}

// ChangePartner implements papers.Store. The slug stays.
func (db *DB) ChangePartner(ctx context.Context, p papers.Partner, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		var old partnerRow
		if err := found(tx.lock(tx.NewSelect().Model(&old).Where("slug = ?", p.Slug)).Scan(ctx), "a partner"); err != nil {
			return note{}, err
		}
		if _, err := tx.NewUpdate().Model(&partnerRow{Partner: p}).Where("slug = ?", p.Slug).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("changing a partner: %w", err)
		}
		return note{what: "changed the partner", subject: "partners/" + p.Slug, before: old.Partner, after: p}, nil
	})
}

// Alliances implements papers.Store, in the order of names.
func (db *DB) Alliances(ctx context.Context) ([]papers.Alliance, error) {
	var rows []allianceRow
	if err := db.r.NewSelect().Model(&rows).OrderExpr("lower(name), slug").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading alliances: %w", err)
	}
	list := make([]papers.Alliance, len(rows))
	for i, r := range rows {
		list[i] = r.Alliance
	}
	return list, nil
}

// AddAlliance implements papers.Store. It is an Error of CodeConflict when the slug is taken.
func (db *DB) AddAlliance(ctx context.Context, a papers.Alliance, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		added, err := tx.insertNew(ctx, "adding an alliance", &allianceRow{Alliance: a})
		if err == nil && !added {
			err = papers.Errorf(papers.CodeConflict, "There is an alliance with the address %s already. Choose another name.", a.Slug)
		}
		return note{what: "added an alliance", subject: "alliances/" + a.Slug, after: a}, err
	})
}

// ChangeAlliance implements papers.Store. The slug stays.
func (db *DB) ChangeAlliance(ctx context.Context, a papers.Alliance, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		var old allianceRow
		if err := found(tx.lock(tx.NewSelect().Model(&old).Where("slug = ?", a.Slug)).Scan(ctx), "an alliance"); err != nil {
			return note{}, err
		}
		if _, err := tx.NewUpdate().Model(&allianceRow{Alliance: a}).Where("slug = ?", a.Slug).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("changing an alliance: %w", err)
		}
		return note{what: "changed the alliance", subject: "alliances/" + a.Slug, before: old.Alliance, after: a}, nil
	})
}
