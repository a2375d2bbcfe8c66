package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type downloadRow struct {
	bun.BaseModel `bun:"table:downloads,alias:d"`
	Subject       string
	Visitor       string
	Times         int
	FirstAt       time.Time
	LastAt        time.Time
}

// visitorsKept is how long the fingerprints of those who downloaded are kept, as logs with addresses
// are (rules.md 5.2). After it only the counts stay.
const visitorsKept = 90 * 24 * time.Hour

const signedInVisitor = "user:"

// visitor is what is kept of somebody who downloads: a fingerprint that only the site key makes, so
// that a list of addresses tells nothing about the table.
func (db *DB) visitor(d papers.Download) string {
	if d.User != "" {
		return signedInVisitor + d.User
	}
	return hex.EncodeToString(db.seal.mac("visitor:" + d.Visitor)[:12])
}

// CountDownloads implements papers.Store.
func (db *DB) CountDownloads(ctx context.Context, list []papers.Download) error {
	return db.write(ctx, func(tx *tx) error {
		for _, d := range list {
			if err := tx.countDownloads(ctx, downloadRow{Subject: d.Subject, Visitor: db.visitor(d), Times: 1, FirstAt: d.At, LastAt: d.At}); err != nil {
				return err
			}
		}
		return tx.forgetVisitors(ctx)
	})
}

func (tx *tx) countDownloads(ctx context.Context, row downloadRow) error {
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (subject, visitor) DO UPDATE").
		Set("times = d.times + EXCLUDED.times").Set("last_at = EXCLUDED.last_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("counting downloads: %w", err)
	}
	return nil
}

// forgetVisitors folds old rows into one of nobody in particular.
func (tx *tx) forgetVisitors(ctx context.Context) error {
	var old []downloadRow
	const condition = "visitor <> '' AND last_at < ?"
	before := tx.now.Add(-visitorsKept)
	if err := tx.NewSelect().Model(&old).Where(condition, before).Scan(ctx); err != nil {
		return fmt.Errorf("looking for old downloads: %w", err)
	}
	for _, row := range old {
		if _, err := tx.exec(ctx, "forgetting a visitor", "DELETE FROM downloads WHERE subject = ? AND visitor = ?", row.Subject, row.Visitor); err != nil {
			return err
		}
		row.Visitor = ""
		if err := tx.countDownloads(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// Downloads implements papers.Store. Visitors are counted as far as they are still known.
func (db *DB) Downloads(ctx context.Context, subjects ...string) ([]papers.Downloads, error) {
	var rows []downloadRow
	if err := db.r.NewSelect().Model(&rows).Where("subject IN (?)", bun.List(subjects)).OrderExpr("subject, first_at, visitor").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading downloads: %w", err)
	}
	var list []papers.Downloads
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].Subject != r.Subject {
			list = append(list, papers.Downloads{Subject: r.Subject, First: r.FirstAt})
		}
		d := &list[len(list)-1]
		d.Times += r.Times
		if r.LastAt.After(d.Last) {
			d.Last = r.LastAt
		}
		id, signedIn := strings.CutPrefix(r.Visitor, signedInVisitor)
		if r.Visitor != "" {
			d.Visitors++
		}
		if signedIn {
			d.People = append(d.People, db.nameOf(ctx, id))
		}
	}
	return list, nil
}

// nameOf is the name of a user, or a word for one who is gone.
func (db *DB) nameOf(ctx context.Context, id string) string {
	u, err := db.User(ctx, id)
	if err != nil {
		return "somebody whose account is gone"
	}
	return u.Name
}
