package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
	"clearday/server/auth"
)

// seenEvery is how often a session that is used notes it: a write per request would be too many.
const seenEvery = time.Minute

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions,alias:s"`
	Hash          string
	UserID        string
	CSRF          string `bun:"csrf"`
	CreatedAt     time.Time
	SeenAt        time.Time
	ExpiresAt     time.Time
}

type linkRow struct {
	bun.BaseModel `bun:"table:links,alias:l"`
	Hash          string
	UserID        string
	ExpiresAt     time.Time
	UsedAt        *time.Time
}

// AddLink implements auth.Store.
func (db *DB) AddLink(ctx context.Context, l auth.Link) error {
	return db.write(ctx, func(tx *tx) error {
		row := linkRow{Hash: l.Hash, UserID: l.User, ExpiresAt: inMicroseconds(l.ExpiresAt)}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("adding a sign-in link: %w", err)
		}
		return nil
	})
}

func readLink(ctx context.Context, from bun.IDB, hash string, now time.Time) (auth.Link, error) {
	var row linkRow
	err := from.NewSelect().Model(&row).Where("hash = ? AND used_at IS NULL AND expires_at > ?", hash, now).Scan(ctx)
	return auth.Link{Hash: row.Hash, User: row.UserID, ExpiresAt: row.ExpiresAt}, found(err, "a sign-in link")
}

// Link implements auth.Store.
func (db *DB) Link(ctx context.Context, hash string, now time.Time) (auth.Link, error) {
	return readLink(ctx, db.r, hash, now)
}

// UseLink implements auth.Store.
func (db *DB) UseLink(ctx context.Context, hash string, now time.Time) (auth.Link, error) {
	var l auth.Link
	err := db.write(ctx, func(tx *tx) error {
		var err error
		if l, err = readLink(ctx, tx, hash, now); err != nil {
			return err
		}
		n, err := tx.exec(ctx, "using a sign-in link", "UPDATE links SET used_at = ? WHERE hash = ? AND used_at IS NULL", now, hash)
		if err == nil && n == 0 {
			return papers.ErrNotFound
		}
		return err
	})
	if err != nil {
		return auth.Link{}, err
	}
	return l, nil
}

// AddSession implements auth.Store.
func (db *DB) AddSession(ctx context.Context, s auth.Session) error {
	return db.write(ctx, func(tx *tx) error {
		row := sessionRow{Hash: s.Hash, UserID: s.User, CSRF: s.CSRF, CreatedAt: inMicroseconds(s.CreatedAt), SeenAt: inMicroseconds(s.SeenAt),
			ExpiresAt: inMicroseconds(s.ExpiresAt)}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("adding a session: %w", err)
		}
		return nil
	})
}

// Session implements auth.Store.
func (db *DB) Session(ctx context.Context, hash string, now time.Time) (s auth.Session, u auth.User, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		var row sessionRow
		err := tx.NewSelect().Model(&row).Where("hash = ? AND expires_at > ?", hash, now).Scan(ctx)
		if err := found(err, "a session"); err != nil {
			return err
		}
		s = auth.Session{Hash: row.Hash, User: row.UserID, CSRF: row.CSRF, CreatedAt: row.CreatedAt, SeenAt: row.SeenAt, ExpiresAt: row.ExpiresAt}
		u, err = only(db.users(ctx, tx, func(q *bun.SelectQuery) { q.Where("id = ?", row.UserID) }))
		return err
	})
	if err != nil || now.Sub(s.SeenAt) < seenEvery {
		return s, u, err
	}
	s.SeenAt = inMicroseconds(now)
	err = db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "noting a session", "UPDATE sessions SET seen_at = ? WHERE hash = ?", s.SeenAt, hash)
		return err
	})
	return s, u, err
}

// EndSession implements auth.Store.
func (db *DB) EndSession(ctx context.Context, hash string) error {
	return db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "ending a session", "DELETE FROM sessions WHERE hash = ?", hash)
		return err
	})
}

// EndSessions implements auth.Store.
func (db *DB) EndSessions(ctx context.Context, user string) error {
	return db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "ending sessions", "DELETE FROM sessions WHERE user_id = ?", user)
		return err
	})
}
