package store

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
	"clearday/papers/alerts"
)

// alertCounter is how far letters were queued: beside the letters, as it moves with them.
const alertCounter = "alerts"

// lettersADay is how many letters about subscriptions one address gets in a day, however often
// somebody types it.
const lettersADay = 4

type subscriptionRow struct {
	bun.BaseModel `bun:"table:subscriptions,alias:s"`
	ID            string
	EmailKey      string
	Sealed        []byte
	Scope         alerts.Scope
	Subject       string
	Rhythm        alerts.Rhythm
	CreatedAt     time.Time
	ConfirmedAt   *time.Time
}

type letterRow struct {
	bun.BaseModel `bun:"table:letters,alias:l"`
	ID            string
	Kind          alerts.Kind
	Subscription  string
	UserID        string
	About         string
	Board         string
	Meeting       string
	FirstAct      int64
	LastAct       int64
	Outcome       int64
	State         alerts.State
	Says          string
	Tries         int
	DueAt         time.Time
	LeasedUntil   *time.Time
	CreatedAt     time.Time
	SentAt        *time.Time
}

// alertCode is the code of a subscription's private address, derived and never kept.
func (s sealer) alertCode(id string) string { return hex.EncodeToString(s.mac("alert:" + id)[:16]) }

func (db *DB) subscription(r subscriptionRow) (alerts.Subscription, error) {
	s := alerts.Subscription{ID: r.ID, Code: db.seal.alertCode(r.ID), Scope: r.Scope, Subject: r.Subject, Rhythm: r.Rhythm, CreatedAt: r.CreatedAt, ConfirmedAt: r.ConfirmedAt}
	return s, db.seal.open("subscription:"+r.ID, r.Sealed, &s.Email)
}

// Subscribe implements alerts.Store.
func (db *DB) Subscribe(ctx context.Context, s alerts.Subscription) error {
	return db.write(ctx, func(tx *tx) error {
		row := subscriptionRow{ID: papers.NewID(), EmailKey: db.seal.emailKey(s.Email), Scope: s.Scope, Subject: s.Subject, Rhythm: s.Rhythm, CreatedAt: tx.now}
		var err error
		if row.Sealed, err = db.seal.close("subscription:"+row.ID, s.Email); err != nil {
			return err
		}
		if err := tx.fewLetters(ctx, row.EmailKey); err != nil {
			return err
		}
		if _, err := tx.insertNew(ctx, "subscribing", &row); err != nil {
			return err
		}
		q := tx.NewSelect().Model(&row).Where("email_key = ? AND scope = ? AND subject = ?", row.EmailKey, s.Scope, s.Subject)
		if err := tx.lock(q).Scan(ctx); err != nil {
			return fmt.Errorf("subscribing: %w", err)
		}
		kind := alerts.Confirm
		if row.ConfirmedAt != nil {
			kind = alerts.Already
		} else if row.Rhythm != s.Rhythm {
			if _, err := tx.exec(ctx, "changing a rhythm", "UPDATE subscriptions SET rhythm = ? WHERE id = ?", s.Rhythm, row.ID); err != nil {
				return err
			}
		}
		return tx.queue(ctx, letterRow{Kind: kind, Subscription: row.ID, About: papers.NewID()})
	})
}

// fewLetters is CodeTooMany when an address got its letters of a day.
func (tx *tx) fewLetters(ctx context.Context, emailKey string) error {
	n, err := tx.NewSelect().TableExpr("letters AS l").Join("JOIN subscriptions AS s ON s.id = l.subscription").
		Where("s.email_key = ? AND l.kind IN (?) AND l.created_at > ?", emailKey, bun.List([]alerts.Kind{alerts.Confirm, alerts.Already}), tx.now.Add(-24*time.Hour)).Count(ctx)
	if err != nil {
		return fmt.Errorf("counting letters: %w", err)
	}
	if n >= lettersADay {
		return papers.Errorf(papers.CodeTooMany, "This address got several letters from us today. Look there, also among junk mail, or try again tomorrow.")
	}
	return nil
}

func (tx *tx) queue(ctx context.Context, l letterRow) error {
	l.ID, l.State, l.DueAt, l.CreatedAt = papers.NewID(), alerts.Queued, tx.now, tx.now
	_, err := tx.insertNew(ctx, "queueing a letter", &l)
	return err
}

// subscriptionBy finds a subscription whose code is right.
func (db *DB) subscriptionBy(ctx context.Context, from bun.IDB, id, code string) (alerts.Subscription, error) {
	var row subscriptionRow
	if subtle.ConstantTimeCompare([]byte(code), []byte(db.seal.alertCode(id))) != 1 {
		return alerts.Subscription{}, papers.ErrNotFound
	}
	if err := found(from.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx), "a subscription"); err != nil {
		return alerts.Subscription{}, err
	}
	return db.subscription(row)
}

// Subscription implements alerts.Store.
func (db *DB) Subscription(ctx context.Context, id, code string) (alerts.Subscription, error) {
	return db.subscriptionBy(ctx, db.r, id, code)
}

// ConfirmSubscription implements alerts.Store. Twice is once.
func (db *DB) ConfirmSubscription(ctx context.Context, id, code string) error {
	return db.write(ctx, func(tx *tx) error {
		if _, err := db.subscriptionBy(ctx, tx, id, code); err != nil {
			return err
		}
		_, err := tx.exec(ctx, "confirming a subscription", "UPDATE subscriptions SET confirmed_at = ? WHERE id = ? AND confirmed_at IS NULL", tx.now, id)
		return err
	})
}

// Unsubscribe implements alerts.Store.
func (db *DB) Unsubscribe(ctx context.Context, id, code string) error {
	return db.write(ctx, func(tx *tx) error {
		if _, err := db.subscriptionBy(ctx, tx, id, code); err != nil {
			return err
		}
		return tx.forgetSubscriptions(ctx, "id = ?", id)
	})
}

// ForgetUnconfirmed implements alerts.Store.
func (db *DB) ForgetUnconfirmed(ctx context.Context, before time.Time) error {
	return db.write(ctx, func(tx *tx) error {
		return tx.forgetSubscriptions(ctx, "confirmed_at IS NULL AND created_at < ?", before)
	})
}

// forgetSubscriptions erases subscriptions and their letters. Of letters that were sent the row stays
// without a recipient: how many people were written to is part of the report of a taking back.
func (tx *tx) forgetSubscriptions(ctx context.Context, where string, args ...any) error {
	which := "SELECT id FROM subscriptions WHERE " + where
	if _, err := tx.exec(ctx, "erasing what letters wait for", "DELETE FROM letter_subjects WHERE letter IN (SELECT id FROM letters WHERE subscription IN ("+which+"))", args...); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "erasing what was told", "DELETE FROM told WHERE letter IN (SELECT id FROM letters WHERE state <> 'sent' AND subscription IN ("+which+"))", args...); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "erasing who was told", "UPDATE told SET subscription = letter WHERE subscription IN ("+which+")", args...); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "erasing letters", "DELETE FROM letters WHERE state <> 'sent' AND subscription IN ("+which+")", args...); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "erasing recipients", "UPDATE letters SET subscription = '', about = id WHERE subscription IN ("+which+")", args...); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "erasing subscriptions", "DELETE FROM subscriptions WHERE "+where, args...)
	return err
}

// AlertPosition implements alerts.Store.
func (db *DB) AlertPosition(ctx context.Context) (int64, error) {
	var n int64
	if err := db.r.NewRaw("SELECT n FROM counters WHERE name = ?", alertCounter).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("reading how far letters were queued: %w", err)
	}
	return n, nil
}

// QueueLetters implements alerts.Store. Somebody with several subscriptions that fit gets one letter,
// for the narrowest.
func (db *DB) QueueLetters(ctx context.Context, events []alerts.Event, from, to int64) error {
	return db.write(ctx, func(tx *tx) error {
		n, err := tx.exec(ctx, "moving the position of letters", "UPDATE counters SET n = ? WHERE name = ? AND n = ?", to, alertCounter, from)
		if err != nil {
			return err
		}
		if n == 0 {
			return errNothing // another program was first
		}
		for _, e := range events {
			if err := tx.queueNews(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// scopeFits is the condition that a subscription with an alias concerns an event: placeholders are
// board and meeting.
func scopeFits(alias string) string {
	return "(" + alias + ".scope = 'everything' OR " + alias + ".scope = 'board' AND " + alias + ".subject = ? OR " + alias + ".scope = 'meeting' AND " + alias + ".subject = ?)"
}

// scopeRank orders scopes, narrowest first.
func scopeRank(alias string) string {
	return "CASE " + alias + ".scope WHEN 'meeting' THEN 0 WHEN 'board' THEN 1 ELSE 2 END"
}

func (tx *tx) queueNews(ctx context.Context, e alerts.Event) error {
	var ids []string
	err := tx.NewRaw("SELECT s.id FROM subscriptions AS s WHERE s.confirmed_at <= ? AND "+scopeFits("s")+`
		AND NOT EXISTS (SELECT 1 FROM subscriptions AS o WHERE o.email_key = s.email_key AND o.confirmed_at <= ? AND `+scopeFits("o")+` AND `+scopeRank("o")+" < "+scopeRank("s")+")",
		e.At, e.Board, e.Meeting, e.At, e.Board, e.Meeting).Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("finding whom an event concerns: %w", err)
	}
	for len(ids) > 0 {
		some := ids[:min(500, len(ids))]
		ids = ids[len(some):]
		rows := make([]letterRow, len(some))
		for i, id := range some {
			rows[i] = letterRow{ID: papers.NewID(), Kind: alerts.News, Subscription: id, About: "act:" + strconv.FormatInt(e.First, 10), Board: e.Board, Meeting: e.Meeting,
				FirstAct: e.First, LastAct: e.Last, State: alerts.Queued, DueAt: tx.now, CreatedAt: tx.now}
		}
		if _, err := tx.insertNew(ctx, "queueing letters", &rows); err != nil {
			return err
		}
	}
	return nil
}

// QueueOutcomes implements alerts.Store. Only outcomes of the last day are told by letter: a mail
// server that is set up later does not write to people about the past.
func (db *DB) QueueOutcomes(ctx context.Context) error {
	var waiting []outcomeRow
	err := db.r.NewSelect().Model(&waiting).Where("at > ?", db.now().Add(-24*time.Hour)).
		Where("NOT EXISTS (SELECT 1 FROM letters AS l WHERE l.kind = 'outcome' AND l.outcome = o.id)").OrderExpr("id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("reading outcomes: %w", err)
	}
	for _, o := range waiting {
		if err := db.queueOutcome(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) queueOutcome(ctx context.Context, o outcomeRow) error {
	return db.write(ctx, func(tx *tx) error {
		var users []string
		err := tx.NewRaw("SELECT DISTINCT holder FROM grants WHERE role = 'secretary' AND board IN (?, ?) AND holder NOT LIKE 'token:%'", o.Board, papers.EveryBoard).Scan(ctx, &users)
		if err != nil {
			return fmt.Errorf("finding the secretaries of a board: %w", err)
		}
		for _, user := range users {
			l := letterRow{Kind: alerts.Outcome, UserID: user, About: "outcome:" + strconv.FormatInt(o.ID, 10), Board: o.Board, Meeting: o.Meeting, Outcome: o.ID}
			if err := tx.queue(ctx, l); err != nil {
				return err
			}
		}
		return nil
	})
}

// TakeLetter implements alerts.Store. A letter whose program died while it was handed over is not
// taken again: it ends as unknown.
func (db *DB) TakeLetter(ctx context.Context, lease time.Duration) (alerts.Letter, bool, error) {
	var row letterRow
	err := db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "ending broken letters", `UPDATE letters SET state = ?, says = 'The program ended while the letter was handed over. It is not sent again.'
			WHERE state = ? AND leased_until <= ?`, alerts.Unknown, alerts.Handing, tx.now)
		if err != nil {
			return err
		}
		if err := tx.dropOldLetters(ctx); err != nil {
			return err
		}
		skip := ""
		if db.postgres {
			skip = "FOR UPDATE SKIP LOCKED"
		}
		err = tx.NewRaw(`UPDATE letters SET leased_until = ?, tries = tries + 1 WHERE id = (
				SELECT id FROM letters WHERE state = 'queued' AND due_at <= ? AND (leased_until IS NULL OR leased_until <= ?)
				ORDER BY due_at, id LIMIT 1 ?) RETURNING *`, tx.now.Add(lease), tx.now, tx.now, bun.Safe(skip)).Scan(ctx, &row)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("taking a letter: %w", err)
		}
		return nil
	})
	if err != nil || row.ID == "" {
		return alerts.Letter{}, false, err
	}
	l, err := db.letter(ctx, row)
	return l, err == nil, err
}

func (db *DB) letter(ctx context.Context, r letterRow) (alerts.Letter, error) {
	l := alerts.Letter{ID: r.ID, Kind: r.Kind, Tries: r.Tries, CreatedAt: r.CreatedAt,
		Event: alerts.Event{Board: r.Board, Meeting: r.Meeting, First: r.FirstAct, Last: r.LastAct}}
	if r.Subscription != "" {
		var row subscriptionRow
		if err := found(db.r.NewSelect().Model(&row).Where("id = ?", r.Subscription).Scan(ctx), "a subscription"); err != nil {
			return l, err
		}
		s, err := db.subscription(row)
		l.Subscription, l.To = &s, s.Email
		if err == nil && r.Kind == alerts.Found {
			l.Subjects, err = db.subjectsOf(ctx, r.ID)
		}
		return l, err
	}
	if r.Kind == alerts.Asked {
		return l, db.letterToAsker(ctx, r, &l)
	}
	u, err := db.User(ctx, r.UserID)
	if err != nil {
		return l, fmt.Errorf("finding whom a letter is to: %w", err)
	}
	l.To = u.Email
	var o outcomeRow
	if err := found(db.r.NewSelect().Model(&o).Where("id = ?", r.Outcome).Scan(ctx), "an outcome"); err != nil {
		return l, err
	}
	l.Outcome = o.outcome()
	return l, nil
}

// HandOver implements alerts.Store.
func (db *DB) HandOver(ctx context.Context, id string, told []alerts.Told) (bool, error) {
	mine := false
	err := db.write(ctx, func(tx *tx) error {
		n, err := tx.exec(ctx, "handing over a letter", "UPDATE letters SET state = ? WHERE id = ? AND state = 'queued' AND leased_until > ?", alerts.Handing, id, tx.now)
		if err != nil || n == 0 {
			return err
		}
		if mine, err = tx.noteTold(ctx, id, told); err == nil && !mine {
			return errNothing // written again when its lease ends
		}
		return err
	})
	return mine && err == nil, err
}

// FinishLetter implements alerts.Store.
func (db *DB) FinishLetter(ctx context.Context, id string, s alerts.State, says string) error {
	return db.write(ctx, func(tx *tx) error {
		if _, err := tx.exec(ctx, "forgetting what a letter waited for", "DELETE FROM letter_subjects WHERE letter = ?", id); err != nil {
			return err
		}
		_, err := tx.exec(ctx, "finishing a letter", "UPDATE letters SET state = ?, says = ?, sent_at = ?, leased_until = NULL WHERE id = ?", s, says, tx.now, id)
		return err
	})
}

// RetryLetter implements alerts.Store.
func (db *DB) RetryLetter(ctx context.Context, id string, after time.Duration, says string) error {
	return db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "putting a letter back", "UPDATE letters SET state = 'queued', leased_until = NULL, due_at = ?, says = ? WHERE id = ?", tx.now.Add(after), says, id)
		return err
	})
}

// LetterCounts implements alerts.Store.
func (db *DB) LetterCounts(ctx context.Context) (map[alerts.State]int, string, error) {
	var rows []struct {
		State alerts.State
		N     int
	}
	if err := db.r.NewRaw("SELECT state, count(*) AS n FROM letters GROUP BY state").Scan(ctx, &rows); err != nil {
		return nil, "", fmt.Errorf("counting letters: %w", err)
	}
	counts := map[alerts.State]int{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	var says string
	err := db.r.NewRaw("SELECT says FROM letters WHERE says <> '' ORDER BY due_at DESC, id LIMIT 1").Scan(ctx, &says)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, "", fmt.Errorf("reading what the mail server said: %w", err)
	}
	return counts, says, nil
}

// WrittenTo implements alerts.Store.
func (db *DB) WrittenTo(ctx context.Context, subject string) (int, error) {
	var n int
	err := db.r.NewRaw(`SELECT count(*) FROM letters AS l WHERE l.state IN ('sent', 'handing', 'unknown') AND (l.kind = 'news' AND EXISTS (
		SELECT 1 FROM acts AS a WHERE a.number BETWEEN l.first_act AND l.last_act AND a.subject = ? AND a.kind = ?)
		OR l.kind = 'found' AND EXISTS (SELECT 1 FROM told AS t WHERE t.letter = l.id AND t.subject = ?))`, subject, papers.ActPaperPublished, subject).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("counting who was written to: %w", err)
	}
	return n, nil
}
