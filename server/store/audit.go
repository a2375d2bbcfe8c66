package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type auditRow struct {
	bun.BaseModel `bun:"table:audit,alias:au"`
	ID            int64 `bun:",pk,autoincrement"`
	At            time.Time
	WhoID         string
	Who           []byte // sealed
	Role          string
	What          string
	Subject       string
	Before        string
	After         string
	Meeting       string
}

func (tx *tx) audit(ctx context.Context, by papers.Actor, n note) error {
	row := auditRow{At: tx.now, WhoID: by.ID, Role: by.Role, What: n.what, Subject: n.subject}
	var err error
	if row.Who, err = tx.db.seal.close("audit", by.Name); err != nil {
		return err
	}
	if row.Before, err = asJSON(n.before); err != nil {
		return err
	}
	if row.After, err = asJSON(n.after); err != nil {
		return err
	}
	if row.Meeting, err = tx.meetingOf(ctx, n.subject); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("writing the audit: %w", err)
	}
	return nil
}

// meetingOf finds the meeting that the subject of an audit row belongs to; that of something which
// was just removed, by an earlier row. It is empty for what belongs to none.
func (tx *tx) meetingOf(ctx context.Context, subject string) (string, error) {
	kind, rest, _ := strings.Cut(subject, "/")
	id, _, _ := strings.Cut(rest, "/")
	query := map[string]string{
		"meetings":  "SELECT slug FROM meetings WHERE slug = ?",
		"items":     "SELECT meeting FROM items WHERE id = ?",
		"papers":    "SELECT meeting FROM papers WHERE id = ?",
		"questions": "SELECT meeting FROM contributions WHERE number = ?",
	}[kind]
	if query == "" {
		return "", nil
	}
	var meeting string
	err := tx.NewRaw(query, id).Scan(ctx, &meeting)
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.NewRaw("SELECT meeting FROM audit WHERE subject = ? AND meeting <> '' ORDER BY id DESC LIMIT 1", subject).Scan(ctx, &meeting)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("finding the meeting of an audit row: %w", err)
	}
	return meeting, nil
}

func asJSON(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("writing the audit: %w", err)
	}
	return string(b), nil
}

// Audit implements papers.Store.
func (db *DB) Audit(ctx context.Context, subject string, limit int) ([]papers.AuditRow, error) {
	return db.auditRows(ctx, limit, "substr(subject, 1, length(?)) = ?", subject, subject)
}

// MeetingAudit implements papers.Store.
func (db *DB) MeetingAudit(ctx context.Context, meeting string, before int64, limit int) ([]papers.AuditRow, error) {
	return db.auditRows(ctx, limit, "meeting = ? AND (? = 0 OR id < ?)", meeting, before, before)
}

// auditRows reads rows, newest first.
func (db *DB) auditRows(ctx context.Context, limit int, where string, args ...any) ([]papers.AuditRow, error) {
	var rows []auditRow
	if err := db.r.NewSelect().Model(&rows).Where(where, args...).OrderExpr("id DESC").Limit(atMost(limit)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the audit: %w", err)
	}
	list := make([]papers.AuditRow, len(rows))
	for i, r := range rows {
		list[i] = papers.AuditRow{ID: r.ID, At: r.At, Role: r.Role, What: r.What, Subject: r.Subject, Before: r.Before, After: r.After}
		if err := db.seal.open("audit", r.Who, &list[i].Who); err != nil {
			return nil, err
		}
	}
	return list, nil
}
