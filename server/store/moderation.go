package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

// What is kept beside contributions while they are worked on. Names of staff and what they write are
// sealed; a row is for one contribution.

type claimRow struct {
	bun.BaseModel `bun:"table:desk_claims,alias:dc"`
	Number        string `bun:",pk"`
	Meeting       string
	WhoID         string
	Sealed        []byte
	At            time.Time
	Until         time.Time
}

type opinionRow struct {
	bun.BaseModel `bun:"table:desk_opinions,alias:dop"`
	Number        string `bun:",pk"`
	Meeting       string
	WhoID         string
	Sealed        []byte
	At            time.Time
}

type flagRow struct {
	bun.BaseModel `bun:"table:desk_urgent,alias:du"`
	Number        string `bun:",pk"`
	Meeting       string
	Urgent        bool
	WhoID         string
	Sealed        []byte
	At            time.Time
}

// staffNote is what is sealed of the desk's rows.
type staffNote struct {
	Who string `json:"who"`
	Why string `json:"why,omitempty"`
}

func (tx *tx) sealNote(table, key, who, why string) ([]byte, error) {
	return tx.db.seal.close(table+":"+key, staffNote{who, why})
}

func (db *DB) openNote(table, key string, sealed []byte) (n staffNote, err error) {
	return n, db.seal.open(table+":"+key, sealed, &n)
}

// Desk implements livestream.Moderation.
func (db *DB) Desk(ctx context.Context, meeting string) (beside map[string]livestream.Beside, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		beside, err = db.desk(ctx, tx, meeting, "")
		return err
	})
	return beside, err
}

// desk reads what is kept beside the contributions of a meeting, or beside one of them.
func (db *DB) desk(ctx context.Context, from bun.IDB, meeting, number string) (map[string]livestream.Beside, error) {
	beside := map[string]livestream.Beside{}
	set := func(number string, change func(*livestream.Beside)) {
		b := beside[number]
		change(&b)
		beside[number] = b
	}
	of := func(q *bun.SelectQuery) *bun.SelectQuery {
		q.Where("meeting = ?", meeting)
		if number != "" {
			q.Where("number = ?", number)
		}
		return q
	}
	var claims []claimRow
	if err := of(from.NewSelect().Model(&claims)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading claims: %w", err)
	}
	for _, r := range claims {
		n, err := db.openNote("desk_claims", r.Number, r.Sealed)
		if err != nil {
			return nil, err
		}
		set(r.Number, func(b *livestream.Beside) { b.Claim = &livestream.Claim{ID: r.WhoID, Who: n.Who, Until: r.Until} })
	}
	var opinions []opinionRow
	if err := of(from.NewSelect().Model(&opinions)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading requests for an opinion: %w", err)
	}
	for _, r := range opinions {
		n, err := db.openNote("desk_opinions", r.Number, r.Sealed)
		if err != nil {
			return nil, err
		}
		set(r.Number, func(b *livestream.Beside) {
			b.Opinion = &livestream.Opinion{ID: r.WhoID, Who: n.Who, Why: n.Why, At: r.At}
		})
	}
	var flags []flagRow
	if err := of(from.NewSelect().Model(&flags)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading what is urgent: %w", err)
	}
	for _, r := range flags {
		n, err := db.openNote("desk_urgent", r.Number, r.Sealed)
		if err != nil {
			return nil, err
		}
		set(r.Number, func(b *livestream.Beside) {
			b.Flag = &livestream.Flag{Urgent: r.Urgent, Who: n.Who, At: r.At}
		})
	}
	var outgoing []outgoingRow
	if err := of(from.NewSelect().Model(&outgoing)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading what waits: %w", err)
	}
	for _, r := range outgoing {
		set(r.Number, func(b *livestream.Beside) { b.PublicAt = &r.Due })
	}
	if number != "" {
		return beside, nil
	}
	reports, err := db.reports(ctx, from, meeting, false)
	for _, r := range reports {
		if number, ok := questionOf(r.Subject); ok {
			set(number, func(b *livestream.Beside) { b.Reports = append(b.Reports, r) })
		}
	}
	return beside, err
}

// atDesk holds a decision against what is kept beside the contribution, and changes that with it. The
// caller holds the room.
func (tx *tx) atDesk(ctx context.Context, was livestream.Contribution, d livestream.Decision, by papers.Actor) error {
	all, err := tx.db.desk(ctx, tx, was.Meeting, was.Number)
	if err != nil {
		return err
	}
	if err := d.MayDecide(all[was.Number], by, tx.now); err != nil {
		return err
	}
	if at := all[was.Number].PublicAt; d.Outgoing && (at == nil || at.After(tx.now)) {
		return papers.Errorf(papers.CodeConflict, "%s does not wait to be published any more.", was.Number)
	}
	if _, err := tx.exec(ctx, "ending a claim", "DELETE FROM desk_claims WHERE number = ?", was.Number); err != nil {
		return err
	}
	if d.Opinion != "" {
		return tx.askOpinion(ctx, was, d.Opinion, by)
	}
	if d.To == "" || d.To == livestream.Held {
		return nil
	}
	_, err = tx.exec(ctx, "ending a request for an opinion", "DELETE FROM desk_opinions WHERE number = ?", was.Number)
	return err
}

func (tx *tx) askOpinion(ctx context.Context, c livestream.Contribution, why string, by papers.Actor) error {
	sealed, err := tx.sealNote("desk_opinions", c.Number, by.Name, why)
	if err != nil {
		return err
	}
	row := opinionRow{Number: c.Number, Meeting: c.Meeting, WhoID: by.ID, Sealed: sealed, At: tx.now}
	_, err = tx.NewInsert().Model(&row).On("CONFLICT (number) DO UPDATE").Set("who_id = EXCLUDED.who_id, sealed = EXCLUDED.sealed, at = EXCLUDED.at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("asking for an opinion: %w", err)
	}
	return nil
}

// Claim implements livestream.Moderation. A claim that begins or goes on is presence, not an act: only
// taking over leaves an audit row.
func (db *DB) Claim(ctx context.Context, number string, until time.Time, over bool, by papers.Actor) (livestream.Claim, error) {
	claim := livestream.Claim{ID: by.ID, Who: by.Name, Until: until}
	err := db.write(ctx, func(tx *tx) error {
		_, c, err := tx.holdContribution(ctx, number)
		if err != nil {
			return err
		}
		all, err := db.desk(ctx, tx, c.Meeting, number)
		if err != nil {
			return err
		}
		other := all[number].Claim
		taken := other != nil && other.ID != by.ID && other.Until.After(tx.now)
		if taken && !over {
			return papers.Errorf(papers.CodeConflict, "%s is at %s.", other.Who, number)
		}
		if taken {
			if err := tx.audit(ctx, by, note{what: "took a contribution over", subject: "questions/" + number}); err != nil {
				return err
			}
		}
		sealed, err := tx.sealNote("desk_claims", number, by.Name, "")
		if err != nil {
			return err
		}
		row := claimRow{Number: number, Meeting: c.Meeting, WhoID: by.ID, Sealed: sealed, At: tx.now, Until: until}
		_, err = tx.NewInsert().Model(&row).On("CONFLICT (number) DO UPDATE").
			Set("who_id = EXCLUDED.who_id, sealed = EXCLUDED.sealed, at = EXCLUDED.at, until = EXCLUDED.until").Exec(ctx)
		if err != nil {
			return fmt.Errorf("claiming a contribution: %w", err)
		}
		return nil
	})
	return claim, err
}

// Release implements livestream.Moderation.
func (db *DB) Release(ctx context.Context, number string, by papers.Actor) error {
	return db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "releasing a contribution", "DELETE FROM desk_claims WHERE number = ? AND who_id = ?", number, by.ID)
		return err
	})
}

// EndOpinion implements livestream.Moderation.
func (db *DB) EndOpinion(ctx context.Context, number string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		n, err := tx.exec(ctx, "ending a request for an opinion", "DELETE FROM desk_opinions WHERE number = ?", number)
		if err == nil && n == 0 {
			err = errNothing
		}
		return note{what: "withdrew the request for a second opinion", subject: "questions/" + number}, err
	})
}

// SetUrgent implements livestream.Moderation.
func (db *DB) SetUrgent(ctx context.Context, number string, urgent bool, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		_, q, err := tx.holdContribution(ctx, number)
		if err != nil {
			return note{}, err
		}
		sealed, err := tx.sealNote("desk_urgent", number, c.By.Name, "")
		if err != nil {
			return note{}, err
		}
		row := flagRow{Number: number, Meeting: q.Meeting, Urgent: urgent, WhoID: c.By.ID, Sealed: sealed, At: tx.now}
		_, err = tx.NewInsert().Model(&row).On("CONFLICT (number) DO UPDATE").
			Set("urgent = EXCLUDED.urgent, who_id = EXCLUDED.who_id, sealed = EXCLUDED.sealed, at = EXCLUDED.at").Exec(ctx)
		if err != nil {
			return note{}, fmt.Errorf("flagging a contribution: %w", err)
		}
		return note{what: "said whether a contribution is urgent", subject: "questions/" + number, after: urgent}, nil
	})
}

// LastHand implements livestream.Moderation.
func (db *DB) LastHand(ctx context.Context, number string) (livestream.Hand, error) {
	c, err := db.contribution(ctx, db.r, number)
	if err != nil {
		return livestream.Hand{}, err
	}
	hand := livestream.Hand{State: c.State, At: c.ChangedAt}
	var rows []auditRow
	err = db.r.NewSelect().Model(&rows).Where("subject = ?", "questions/"+number).OrderExpr("id DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return hand, found(err, "the audit")
	}
	hand.ID = rows[0].WhoID
	return hand, db.seal.open("audit", rows[0].Who, &hand.Who)
}

// Answerable implements livestream.Moderation.
func (db *DB) Answerable(ctx context.Context, board, notMeeting string, limit int) ([]livestream.Question, error) {
	var rows []contributionRow
	err := selectFaces(db.r, &rows).Where("c.board = ? AND c.meeting <> ? AND c.text <> ''", board, notMeeting).
		OrderExpr("c.received_at DESC, c.number DESC").Limit(atMost(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading earlier questions: %w", err)
	}
	return faces(rows), nil
}
