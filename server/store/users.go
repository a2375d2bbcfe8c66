package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
	"clearday/server/auth"
)

type userRow struct {
	bun.BaseModel `bun:"table:users,alias:u"`
	ID            string `bun:",pk"`
	EmailKey      string
	Sealed        []byte
	PasswordHash  string
	CreatedAt     time.Time
}

// userWords is what is sealed of a user.
type userWords struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

type grantRow struct {
	bun.BaseModel `bun:"table:grants,alias:g"`
	Holder        string
	Role          auth.Role
	Board         string
}

type tokenRow struct {
	bun.BaseModel `bun:"table:tokens,alias:t"`
	ID            string `bun:",pk"`
	Name          string
	Hash          string
	CreatedAt     time.Time
}

// AddUser implements auth.Store.
func (db *DB) AddUser(ctx context.Context, u auth.User) (auth.User, error) {
	return db.Admit(ctx, u, papers.Change{By: papers.Program})
}

// Admit implements auth.Store.
func (db *DB) Admit(ctx context.Context, u auth.User, c papers.Change) (auth.User, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		if u.ID == "" {
			u.ID = papers.NewID()
		}
		sealed, err := db.seal.close("users:"+u.ID, userWords{Name: u.Name, Email: u.Email})
		if err != nil {
			return note{}, err
		}
		row := userRow{ID: u.ID, EmailKey: db.seal.emailKey(u.Email), Sealed: sealed, PasswordHash: u.PasswordHash, CreatedAt: tx.now}
		if _, err := tx.insertNew(ctx, "adding a user", &row); err != nil {
			return note{}, err
		}
		byEmail := func(q *bun.SelectQuery) { q.Where("email_key = ?", row.EmailKey) }
		known, err := db.users(ctx, tx, byEmail)
		if err != nil {
			return note{}, err
		}
		if len(known) == 0 {
			return note{}, papers.Errorf(papers.CodeConflict, "This user identifier is taken already.")
		}
		if err := tx.grant(ctx, known[0].ID, u.Grants); err != nil {
			return note{}, err
		}
		if known[0].Name == "" && u.Name != "" { // they had none until now
			sealed, err := db.seal.close("users:"+known[0].ID, userWords{Name: u.Name, Email: known[0].Email})
			if err != nil {
				return note{}, err
			}
			if _, err := tx.exec(ctx, "naming a user", "UPDATE users SET sealed = ? WHERE id = ?", sealed, known[0].ID); err != nil {
				return note{}, err
			}
		}
		u, err = only(db.users(ctx, tx, byEmail))
		return note{what: "gave roles", subject: "users/" + u.ID, before: known[0].Grants, after: u.Grants}, err
	})
	return u, err
}

// Revoke implements auth.Store. It takes effect with the person's next click.
func (db *DB) Revoke(ctx context.Context, user string, g auth.Grant, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		n, err := tx.exec(ctx, "taking a role away", "DELETE FROM grants WHERE holder = ? AND role = ? AND board = ?", user, g.Role, g.Board)
		if err != nil {
			return note{}, err
		}
		if n == 0 {
			return note{}, errNothing
		}
		// What waits at the mail server's door tells of drafts: it is for secretaries of its board.
		_, err = tx.exec(ctx, "dropping letters", `UPDATE letters SET state = 'dropped' WHERE user_id = ? AND state = 'queued' AND NOT EXISTS (
			SELECT 1 FROM grants AS g WHERE g.holder = letters.user_id AND g.role = 'secretary' AND g.board IN (letters.board, ?))`, user, papers.EveryBoard)
		if err != nil {
			return note{}, err
		}
		if g.Role == auth.Admin {
			left := 0
			if err := tx.NewRaw("SELECT count(*) FROM grants WHERE role = ? AND holder NOT LIKE 'token:%'", auth.Admin).Scan(ctx, &left); err != nil {
				return note{}, fmt.Errorf("counting administrators: %w", err)
			}
			if left == 0 {
				return note{}, papers.Errorf(papers.CodeConflict, "This is the only administrator. Make somebody else one first.")
			}
		}
		return note{what: "took a role away", subject: "users/" + user, before: g}, nil
	})
}

// grant gives the holder roles; those held already stay.
func (tx *tx) grant(ctx context.Context, holder string, grants []auth.Grant) error {
	for _, g := range grants {
		if _, err := tx.insertNew(ctx, "granting a role", &grantRow{Holder: holder, Role: g.Role, Board: g.Board}); err != nil {
			return err
		}
	}
	return nil
}

// grants reads the roles of holders.
func grants(ctx context.Context, from bun.IDB, holders []string) (map[string][]auth.Grant, error) {
	by := map[string][]auth.Grant{}
	if len(holders) == 0 {
		return by, nil
	}
	var rows []grantRow
	if err := from.NewSelect().Model(&rows).Where("holder IN (?)", bun.List(holders)).OrderExpr("board, role").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading roles: %w", err)
	}
	for _, r := range rows {
		by[r.Holder] = append(by[r.Holder], auth.Grant{Role: r.Role, Board: r.Board})
	}
	return by, nil
}

func (db *DB) users(ctx context.Context, from bun.IDB, narrow func(*bun.SelectQuery)) ([]auth.User, error) {
	var rows []userRow
	q := from.NewSelect().Model(&rows)
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading users: %w", err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	held, err := grants(ctx, from, ids)
	if err != nil {
		return nil, err
	}
	list := make([]auth.User, len(rows))
	for i, r := range rows {
		var w userWords
		if err := db.seal.open("users:"+r.ID, r.Sealed, &w); err != nil {
			return nil, err
		}
		list[i] = auth.User{ID: r.ID, Name: w.Name, Email: w.Email, PasswordHash: r.PasswordHash, CreatedAt: r.CreatedAt, Grants: held[r.ID]}
	}
	return list, nil
}

// User implements auth.Store.
func (db *DB) User(ctx context.Context, id string) (auth.User, error) {
	return only(db.users(ctx, db.r, func(q *bun.SelectQuery) { q.Where("id = ?", id) }))
}

// UserByEmail implements auth.Store.
func (db *DB) UserByEmail(ctx context.Context, email string) (auth.User, error) {
	return only(db.users(ctx, db.r, func(q *bun.SelectQuery) { q.Where("email_key = ?", db.seal.emailKey(email)) }))
}

// Users implements auth.Store, in the order of names.
func (db *DB) Users(ctx context.Context) ([]auth.User, error) {
	list, err := db.users(ctx, db.r, func(*bun.SelectQuery) {})
	slices.SortFunc(list, func(a, b auth.User) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list, err
}

// SetPassword implements auth.Store.
func (db *DB) SetPassword(ctx context.Context, user, hash string) error {
	return db.write(ctx, func(tx *tx) error {
		n, err := tx.exec(ctx, "setting a password", "UPDATE users SET password_hash = ? WHERE id = ?", hash, user)
		if err == nil && n == 0 {
			return papers.ErrNotFound
		}
		return err
	})
}

// AddToken implements auth.Store.
func (db *DB) AddToken(ctx context.Context, t auth.Token) error {
	return db.write(ctx, func(tx *tx) error {
		if t.ID == "" {
			t.ID = papers.NewID()
		}
		row := tokenRow{ID: t.ID, Name: t.Name, Hash: t.Hash, CreatedAt: tx.now}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("adding a token: %w", err)
		}
		return tx.grant(ctx, t.Person().ID, t.Grants)
	})
}

// Token implements auth.Store.
func (db *DB) Token(ctx context.Context, hash string) (t auth.Token, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		var row tokenRow
		if err := found(tx.NewSelect().Model(&row).Where("hash = ?", hash).Scan(ctx), "a token"); err != nil {
			return err
		}
		t = auth.Token{ID: row.ID, Name: row.Name, Hash: row.Hash, CreatedAt: row.CreatedAt}
		holder := t.Person().ID
		held, err := grants(ctx, tx, []string{holder})
		t.Grants = held[holder]
		return err
	})
	return t, err
}
