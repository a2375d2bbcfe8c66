package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type outgoingRow struct {
	bun.BaseModel `bun:"table:desk_outgoing,alias:dg"`
	Number        string `bun:",pk"`
	Meeting       string
	WhoID         string
	Role          string
	Sealed        []byte
	Due           time.Time
}

// sealedDecision is what is sealed of a decision that waits: it may hold words of the asker.
type sealedDecision struct {
	Who      string
	Decision livestream.Decision
}

// PutOff implements livestream.Outgoings. Nothing public changes, so there is no act and no event.
func (db *DB) PutOff(ctx context.Context, d livestream.Decision, due time.Time, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		_, was, err := tx.holdContribution(ctx, d.Number)
		if err != nil {
			return note{}, err
		}
		if err := d.Check(was); err != nil {
			return note{}, err
		}
		if err := tx.atDesk(ctx, was, d, c.By); err != nil {
			return note{}, err
		}
		sealed, err := db.seal.close("desk_outgoing:"+d.Number, sealedDecision{c.By.Name, d})
		if err != nil {
			return note{}, err
		}
		row := outgoingRow{Number: d.Number, Meeting: was.Meeting, WhoID: c.By.ID, Role: c.By.Role, Sealed: sealed, Due: due}
		if _, err := tx.NewInsert().Model(&row).On("CONFLICT (number) DO UPDATE").Set("who_id = EXCLUDED.who_id, role = EXCLUDED.role, sealed = EXCLUDED.sealed, due = EXCLUDED.due").Exec(ctx); err != nil {
			return note{}, fmt.Errorf("putting a decision off: %w", err)
		}
		return note{what: "decided to publish a contribution later", subject: "questions/" + d.Number, before: was.State, after: due}, nil
	})
}

// StopOutgoing implements livestream.Outgoings. It holds the room, as a publication does: one of the
// two is first, and only that happens.
func (db *DB) StopOutgoing(ctx context.Context, number string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		if _, _, err := tx.holdContribution(ctx, number); err != nil {
			return note{}, err
		}
		n, err := tx.exec(ctx, "stopping a publication", "DELETE FROM desk_outgoing WHERE number = ?", number)
		if err == nil && n == 0 {
			err = papers.ErrNotFound
		}
		return note{what: "stopped the publication of a contribution", subject: "questions/" + number}, err
	})
}

// Outgoing implements livestream.Outgoings.
func (db *DB) Outgoing(ctx context.Context, now time.Time) ([]livestream.Outgoing, error) {
	var rows []outgoingRow
	if err := db.r.NewSelect().Model(&rows).Where("due <= ?", now).OrderExpr("due, number").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading what waits: %w", err)
	}
	list := make([]livestream.Outgoing, len(rows))
	for i, r := range rows {
		var s sealedDecision
		if err := db.seal.open("desk_outgoing:"+r.Number, r.Sealed, &s); err != nil {
			return nil, err
		}
		list[i] = livestream.Outgoing{Decision: s.Decision, By: papers.Actor{ID: r.WhoID, Name: s.Who, Role: r.Role}, Due: r.Due}
	}
	return list, nil
}
