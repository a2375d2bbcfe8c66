package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type commissionRow struct {
	bun.BaseModel `bun:"table:commissions,alias:co"`
	Item          string `bun:",pk"`
	Meeting       string
	State         papers.CommissionState
	DueAt         time.Time
	LinkHash      string
	LinkUntil     *time.Time
	UserID        string
	ChangedAt     time.Time
	Sealed        []byte
}

// commissionPeople is what of a commission is sealed.
type commissionPeople struct{ Author, Email, Approver, Said string }

func (db *DB) openCommission(r commissionRow) (papers.Commission, error) {
	var p commissionPeople
	err := db.seal.open("commission:"+r.Item, r.Sealed, &p)
	return papers.Commission{Item: r.Item, Meeting: r.Meeting, State: r.State, DueAt: r.DueAt, LinkUntil: r.LinkUntil, User: r.UserID,
		ChangedAt: r.ChangedAt, Author: p.Author, Email: p.Email, Approver: p.Approver, Said: p.Said}, err
}

func (db *DB) readCommissions(ctx context.Context, from bun.IDB, narrow func(*bun.SelectQuery)) ([]papers.Commission, error) {
	var rows []commissionRow
	q := from.NewSelect().Model(&rows).OrderExpr("co.due_at, co.item")
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading commissions: %w", err)
	}
	list := make([]papers.Commission, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = db.openCommission(r); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Commissions implements papers.Store.
func (db *DB) Commissions(ctx context.Context, meeting string) ([]papers.Commission, error) {
	return db.readCommissions(ctx, db.r, func(q *bun.SelectQuery) { q.Where("co.meeting = ?", meeting) })
}

// CommissionByLink implements papers.Store. A link that ended, one of a meeting that has begun, and one
// that never was are the same.
func (db *DB) CommissionByLink(ctx context.Context, hash string) (papers.Commission, error) {
	now := db.now()
	return only(db.readCommissions(ctx, db.r, func(q *bun.SelectQuery) {
		q.Join("JOIN meetings AS m ON m.slug = co.meeting").Where("co.link_hash = ? AND co.link_hash <> '' AND co.link_until > ? AND m.starts_at > ?", hash, now, now)
	}))
}

// CommissionPapers implements papers.Store.
func (db *DB) CommissionPapers(ctx context.Context, item string) ([]string, error) {
	var ids []string
	err := db.r.NewRaw("SELECT cp.paper FROM commission_papers AS cp JOIN papers AS p ON p.id = cp.paper WHERE cp.item = ? AND p.item = cp.item ORDER BY p.position", item).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("reading the papers of an author: %w", err)
	}
	return ids, nil
}

// Commission implements papers.Store.
func (db *DB) Commission(ctx context.Context, co papers.Commission, c papers.Change) error {
	return db.changeCommission(ctx, co.Item, "asked for a paper", c, func(r *commissionRow, p *commissionPeople) error {
		r.DueAt, r.UserID = inMicroseconds(co.DueAt), co.User
		if p.Email != "" && p.Email != co.Email { // the link was for somebody else
			r.LinkHash, r.LinkUntil = "", nil
		}
		p.Author, p.Email, p.Approver = co.Author, co.Email, co.Approver
		return nil
	})
}

// SetCommissionLink implements papers.Store.
func (db *DB) SetCommissionLink(ctx context.Context, item, hash string, until *time.Time, c papers.Change) error {
	what := "made the author's link"
	if hash == "" {
		what = "ended the author's link"
	}
	return db.changeCommission(ctx, item, what, c, func(r *commissionRow, p *commissionPeople) error {
		if p.Author == "" {
			return papers.Errorf(papers.CodeConflict, "Name the author first, then make the link.")
		}
		if r.LinkHash, r.LinkUntil = hash, nil; until != nil {
			at := inMicroseconds(*until)
			r.LinkUntil = &at
		}
		return nil
	})
}

// DecideCommission implements papers.Store.
func (db *DB) DecideCommission(ctx context.Context, item string, to papers.CommissionState, words string, c papers.Change) error {
	what := "approved a paper"
	if to == papers.CommissionSentBack {
		what = "sent a paper back"
	}
	return db.changeCommission(ctx, item, what, c, func(r *commissionRow, p *commissionPeople) error {
		if r.State == "" || r.State == papers.CommissionAsked {
			return papers.Errorf(papers.CodeConflict, "No paper has come in yet.")
		}
		if r.UserID != "" && r.UserID == c.By.ID && to == papers.CommissionApproved {
			return papers.Errorf(papers.CodeConflict, "Nobody approves a paper of their own. Ask somebody else.")
		}
		r.State, p.Said = to, words
		return nil
	})
}

// changeCommission changes the commission of an item, or makes it. Its audit holds no names.
func (db *DB) changeCommission(ctx context.Context, item, what string, c papers.Change, do func(*commissionRow, *commissionPeople) error) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		i, m, err := tx.lockItem(ctx, item)
		if err != nil {
			return note{}, err
		}
		if !i.Heard() {
			return note{}, papers.Errorf(papers.CodeConflict, "A heading or a break has no paper.")
		}
		var rows []commissionRow
		if err := tx.NewSelect().Model(&rows).Where("item = ?", item).Scan(ctx); err != nil {
			return note{}, fmt.Errorf("reading a commission: %w", err)
		}
		r, p := commissionRow{Item: item, Meeting: m.Slug, State: papers.CommissionAsked}, commissionPeople{}
		if len(rows) > 0 {
			r = rows[0]
			if err := db.seal.open("commission:"+item, r.Sealed, &p); err != nil {
				return note{}, err
			}
		}
		before := r.State
		if err := do(&r, &p); err != nil {
			return note{}, err
		}
		if r.Sealed, err = db.seal.close("commission:"+item, p); err != nil {
			return note{}, err
		}
		r.ChangedAt = tx.now
		_, err = tx.NewInsert().Model(&r).On(`CONFLICT (item) DO UPDATE`).Set(`state = EXCLUDED.state, due_at = EXCLUDED.due_at, link_hash = EXCLUDED.link_hash,
			link_until = EXCLUDED.link_until, user_id = EXCLUDED.user_id, changed_at = EXCLUDED.changed_at, sealed = EXCLUDED.sealed`).Exec(ctx)
		if err != nil {
			return note{}, fmt.Errorf("keeping a commission: %w", err)
		}
		return note{what: what, subject: "items/" + item + "/commission", before: before, after: r.State}, nil
	})
}

// authorID begins the id of the actor of what came by an author's link, by the item that it is for.
const authorID = "author:"

// cameIn notes that a paper of the item came or changed: whoever has to say yes looks at it, again if
// need be.
func (tx *tx) cameIn(ctx context.Context, p papers.Paper, by papers.Actor) error {
	if item, ok := strings.CutPrefix(by.ID, authorID); ok && item == p.Item {
		_, err := tx.exec(ctx, "noting an author's paper", "INSERT INTO commission_papers (paper, item) VALUES (?, ?) ON CONFLICT DO NOTHING", p.ID, item)
		if err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, "noting that a paper came", "UPDATE commissions SET state = ?, changed_at = ? WHERE item = ? AND state <> ?",
		papers.CommissionIn, tx.now, p.Item, papers.CommissionIn)
	return err
}
