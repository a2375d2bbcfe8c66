package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
	"clearday/papers/alerts"
)

// searchCounter is how far the searches that people keep were looked at.
const searchCounter = "searches"

type letterSubjectRow struct {
	bun.BaseModel `bun:"table:letter_subjects,alias:ls"`
	Letter        string
	Subject       string
}

type toldRow struct {
	bun.BaseModel `bun:"table:told,alias:t"`
	Letter        string
	Subscription  string
	Passage       string
	Subject       string
}

// SearchPosition implements alerts.Store.
func (db *DB) SearchPosition(ctx context.Context) (n int64, err error) {
	if err := db.r.NewRaw("SELECT n FROM counters WHERE name = ?", searchCounter).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("reading how far searches were looked at: %w", err)
	}
	return n, nil
}

// Searches implements alerts.Store.
func (db *DB) Searches(ctx context.Context) (list []string, err error) {
	err = db.r.NewRaw("SELECT DISTINCT subject FROM subscriptions WHERE scope = ? AND confirmed_at IS NOT NULL ORDER BY subject", alerts.OfSearch).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("reading the searches that people keep: %w", err)
	}
	return list, nil
}

// SetRhythm implements alerts.Store.
func (db *DB) SetRhythm(ctx context.Context, id, code string, r alerts.Rhythm) error {
	return db.write(ctx, func(tx *tx) error {
		if _, err := db.subscriptionBy(ctx, tx, id, code); err != nil {
			return err
		}
		_, err := tx.exec(ctx, "changing a rhythm", "UPDATE subscriptions SET rhythm = ? WHERE id = ? AND scope = ?", r, id, alerts.OfSearch)
		return err
	})
}

// QueueFound implements alerts.Store.
func (db *DB) QueueFound(ctx context.Context, matches []alerts.Match, from, to int64, weekly time.Time) error {
	return db.write(ctx, func(tx *tx) error {
		n, err := tx.exec(ctx, "moving the position of searches", "UPDATE counters SET n = ? WHERE name = ? AND n = ?", to, searchCounter, from)
		if err != nil {
			return err
		}
		if n == 0 {
			return errNothing // another program was first
		}
		for _, m := range matches {
			if err := tx.queueFound(ctx, m, weekly); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx *tx) queueFound(ctx context.Context, m alerts.Match, weekly time.Time) error {
	var subs []subscriptionRow
	err := tx.NewSelect().Model(&subs).Where("scope = ? AND subject = ? AND confirmed_at IS NOT NULL", alerts.OfSearch, m.Search).OrderExpr("id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("finding who keeps a search: %w", err)
	}
	for _, s := range subs {
		var rows []letterSubjectRow
		for _, f := range m.Subjects {
			if !f.At.Before(*s.ConfirmedAt) {
				rows = append(rows, letterSubjectRow{Subject: f.Subject})
			}
		}
		if len(rows) == 0 {
			continue
		}
		letter, err := tx.waitingLetter(ctx, s, weekly)
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].Letter = letter
		}
		if _, err := tx.insertNew(ctx, "noting what a letter is about", &rows); err != nil {
			return err
		}
	}
	return nil
}

// waitingLetter is the letter about a search that nobody has taken yet, a new one if there is none.
func (tx *tx) waitingLetter(ctx context.Context, s subscriptionRow, weekly time.Time) (id string, err error) {
	var waiting []letterRow
	q := tx.NewSelect().Model(&waiting).Where("subscription = ? AND kind = ? AND state = ?", s.ID, alerts.Found, alerts.Queued).
		Where("leased_until IS NULL OR leased_until <= ?", tx.now).OrderExpr("due_at, id").Limit(1)
	if err := tx.lock(q).Scan(ctx); err != nil {
		return "", fmt.Errorf("looking for a letter that waits: %w", err)
	}
	if len(waiting) > 0 {
		return waiting[0].ID, nil
	}
	l := letterRow{ID: papers.NewID(), Kind: alerts.Found, Subscription: s.ID, About: papers.NewID(), State: alerts.Queued, DueAt: tx.now, CreatedAt: tx.now}
	if s.Rhythm == alerts.Weekly {
		l.DueAt = weekly
	}
	_, err = tx.insertNew(ctx, "queueing a letter", &l)
	return l.ID, err
}

// subjectsOf are those of a letter about a search.
func (db *DB) subjectsOf(ctx context.Context, letter string) (list []string, err error) {
	if err := db.r.NewRaw("SELECT subject FROM letter_subjects WHERE letter = ? ORDER BY subject", letter).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("reading what a letter is about: %w", err)
	}
	return list, nil
}

// Untold implements alerts.Store.
func (db *DB) Untold(ctx context.Context, l alerts.Letter, passages []string) ([]string, error) {
	told, err := tellings(ctx, db.r, l.Subscription.ID, l.ID, passages)
	if err != nil {
		return nil, err
	}
	var left []string
	for _, p := range passages {
		if !told[p] {
			left = append(left, p)
		}
	}
	return left, nil
}

// tellings are those of the passages that other letters of the subscription told of.
func tellings(ctx context.Context, from bun.IDB, subscription, letter string, passages []string) (map[string]bool, error) {
	const some = 500 // placeholders in one query
	told := map[string]bool{}
	for len(passages) > 0 {
		n := min(some, len(passages))
		var list []string
		err := from.NewSelect().Model((*toldRow)(nil)).Column("passage").
			Where("subscription = ? AND letter <> ? AND passage IN (?)", subscription, letter, bun.List(passages[:n])).Scan(ctx, &list)
		if err != nil {
			return nil, fmt.Errorf("reading what was told: %w", err)
		}
		for _, p := range list {
			told[p] = true
		}
		passages = passages[n:]
	}
	return told, nil
}

// noteTold notes which passages are in a letter that goes out now; false when another letter told of one of
// them meanwhile. What an earlier try of the same letter noted goes: it did not arrive.
func (tx *tx) noteTold(ctx context.Context, letter string, told []alerts.Told) (bool, error) {
	if len(told) == 0 {
		return true, nil
	}
	var l letterRow
	if err := tx.NewSelect().Model(&l).Where("id = ?", letter).Scan(ctx); err != nil {
		return false, fmt.Errorf("reading whose letter it is: %w", err)
	}
	if _, err := tx.exec(ctx, "forgetting an earlier try", "DELETE FROM told WHERE letter = ?", letter); err != nil {
		return false, err
	}
	for len(told) > 0 {
		some := told[:min(200, len(told))]
		told = told[len(some):]
		rows := make([]toldRow, len(some))
		for i, t := range some {
			rows[i] = toldRow{Letter: letter, Subscription: l.Subscription, Passage: t.Passage, Subject: t.Subject}
		}
		res, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
		if err != nil {
			return false, fmt.Errorf("noting what a letter tells: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || int(n) < len(rows) {
			return false, err
		}
	}
	return true, nil
}
