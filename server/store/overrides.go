package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type overrideRow struct {
	bun.BaseModel `bun:"table:overrides,alias:o"`
	Paper         string
	N             int
	Reason        string
	AskedBy       string
	AskedAt       time.Time
	Asker         []byte // sealed name
	GivenBy       string
	GivenAt       *time.Time
	Giver         []byte
}

// Override implements papers.Store.
func (db *DB) Override(ctx context.Context, ref papers.VersionRef) (papers.Override, error) {
	var row overrideRow
	err := db.r.NewSelect().Model(&row).Where("paper = ? AND n = ?", ref.Paper, ref.N).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return papers.Override{Version: ref}, nil
	}
	if err != nil {
		return papers.Override{}, fmt.Errorf("reading an override: %w", err)
	}
	o := papers.Override{Version: ref, Reason: row.Reason, AskedBy: row.AskedBy, AskedAt: row.AskedAt, GivenBy: row.GivenBy}
	if err := db.seal.open("override", row.Asker, &o.AskedName); err != nil {
		return o, err
	}
	if row.GivenAt == nil {
		return o, nil
	}
	o.GivenAt = *row.GivenAt
	return o, db.seal.open("override", row.Giver, &o.GivenName)
}

// AskOverride implements papers.Store.
func (db *DB) AskOverride(ctx context.Context, ref papers.VersionRef, reason string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		if err := tx.mayOverride(ctx, ref, c.By); err != nil {
			return note{}, err
		}
		name, err := db.seal.close("override", c.By.Name)
		if err != nil {
			return note{}, err
		}
		row := overrideRow{Paper: ref.Paper, N: ref.N, Reason: reason, AskedBy: c.By.ID, AskedAt: tx.now, Asker: name}
		asked, err := tx.insertNew(ctx, "asking for an override", &row)
		if err == nil && !asked {
			err = papers.Errorf(papers.CodeConflict, "Somebody asked for this already. A second person has to answer first.")
		}
		return note{what: "asked to publish what the checks block", subject: versionSubject(ref), after: reason}, err
	})
}

// GiveOverride implements papers.Store.
func (db *DB) GiveOverride(ctx context.Context, ref papers.VersionRef, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		if err := tx.mayOverride(ctx, ref, c.By); err != nil {
			return note{}, err
		}
		name, err := db.seal.close("override", c.By.Name)
		if err != nil {
			return note{}, err
		}
		n, err := tx.exec(ctx, "giving an override", `UPDATE overrides SET given_by = ?, given_at = ?, giver = ?
			WHERE paper = ? AND n = ? AND given_by = '' AND asked_by <> ?`, c.By.ID, tx.now, name, ref.Paper, ref.N, c.By.ID)
		if err != nil {
			return note{}, err
		}
		if n == 0 {
			return note{}, papers.Errorf(papers.CodeConflict, "It takes two: somebody who asks and says why, and another person who agrees.")
		}
		_, err = tx.exec(ctx, "letting a version go", "UPDATE versions SET state = 'ready' WHERE paper = ? AND n = ? AND state = 'blocked'", ref.Paper, ref.N)
		return note{what: "let be published what the checks block", subject: versionSubject(ref), before: papers.VersionBlocked, after: papers.VersionReady}, err
	})
}

// RefuseOverride implements papers.Store.
func (db *DB) RefuseOverride(ctx context.Context, ref papers.VersionRef, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		n, err := tx.exec(ctx, "refusing an override", "DELETE FROM overrides WHERE paper = ? AND n = ? AND given_by = ''", ref.Paper, ref.N)
		if err == nil && n == 0 {
			return note{}, errNothing
		}
		return note{what: "kept blocked what the checks block", subject: versionSubject(ref)}, err
	})
}

// mayOverride holds the version, which must be blocked by what a person may weigh. A program is no person.
func (tx *tx) mayOverride(ctx context.Context, ref papers.VersionRef, by papers.Actor) error {
	if by.ID == "" || strings.HasPrefix(by.ID, "token:") {
		return papers.Errorf(papers.CodeForbidden, "Two people have to decide this at the desk. A program cannot.")
	}
	var row versionRow
	err := tx.lock(tx.NewSelect().Model(&row).Where("paper = ? AND n = ?", ref.Paper, ref.N)).Scan(ctx)
	if err := found(err, "a version"); err != nil {
		return err
	}
	if !row.CanOverride() {
		return papers.Errorf(papers.CodeConflict, "This version cannot be let go: it is not blocked, or nobody could check what is in it.")
	}
	return nil
}
