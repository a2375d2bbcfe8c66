package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"clearday/livestream"
	"clearday/papers/alerts"
)

// askerNewsFor is how long news waits for a mail server: one that is set up later does not write to
// people about the past.
const askerNewsFor = 14 * 24 * time.Hour

// writeToAskers queues a letter to whoever asked and left an address, in the transaction of the change,
// and when it was answered to those whose questions were joined to it (rules.md Q-8). The letter is
// there once for each change.
func (tx *tx) writeToAskers(ctx context.Context, was, now livestream.Contribution) error {
	if !now.Newsworthy(was) {
		return nil
	}
	if now.Email != "" {
		if err := tx.writeToAsker(ctx, now, now.Revision); err != nil {
			return err
		}
	}
	if !answers(now.State) {
		return nil
	}
	joined, err := tx.joinedTo(ctx, now.Number)
	if err != nil {
		return err
	}
	for _, c := range joined {
		if c.Email == "" {
			continue
		}
		if err := tx.writeToAsker(ctx, c, now.Revision); err != nil {
			return err
		}
	}
	return nil
}

func (tx *tx) writeToAsker(ctx context.Context, c livestream.Contribution, revision int) error {
	return tx.queue(ctx, letterRow{Kind: alerts.Asked, About: c.Number + ":" + strconv.Itoa(c.Revision) + ":" + strconv.Itoa(revision), Board: c.Board, Meeting: c.Meeting})
}

// letterToAsker fills in what the letter says now. Of several that wait only the latest is written: it
// says all.
func (db *DB) letterToAsker(ctx context.Context, r letterRow, l *alerts.Letter) error {
	number, _, _ := strings.Cut(r.About, ":")
	var later int
	err := db.r.NewRaw("SELECT count(*) FROM letters WHERE kind = ? AND about LIKE ? AND id <> ? AND (created_at > ? OR created_at = ? AND id > ?) AND state = 'queued'",
		alerts.Asked, number+":%", r.ID, r.CreatedAt, r.CreatedAt, r.ID).Scan(ctx, &later)
	if err != nil {
		return fmt.Errorf("looking for later letters: %w", err)
	}
	if later > 0 {
		return nil
	}
	c, err := db.contribution(ctx, db.r, number)
	if err != nil {
		return err
	}
	l.To = c.Email
	l.Asking = alerts.Asking{Number: number, Path: "/questions/" + number + "/mine/" + db.seal.code(number)}
	l.Asking.Subject, l.Asking.Says, l.Asking.Answer = c.News()
	if c.State != livestream.Merged {
		return nil
	}
	into, err := db.contribution(ctx, db.r, c.MergedInto)
	if err != nil || !answers(into.State) {
		return err
	}
	_, says, answer := into.News()
	l.Asking.Subject, l.Asking.Says, l.Asking.Answer = "The question that yours was joined to is answered", "It was "+into.Number+". "+says, answer
	return nil
}

// dropOldLetters lets go of news of questions that nobody could send in time.
func (tx *tx) dropOldLetters(ctx context.Context) error {
	_, err := tx.exec(ctx, "dropping old letters", "UPDATE letters SET state = ?, says = '' WHERE kind = ? AND state = 'queued' AND created_at < ?",
		alerts.Dropped, alerts.Asked, tx.now.Add(-askerNewsFor))
	return err
}
