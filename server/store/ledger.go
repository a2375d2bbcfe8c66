package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

// mostOwed bounds what a page lists of answers that are owed.
const mostOwed = 200

// owing are the states in which a promised answer is still owed, as Contribution.OwesAnswer says.
var owing = []livestream.State{livestream.Published, livestream.Put, livestream.NotReached, livestream.AnsweredOrally}

// Owed implements livestream.Ledger.
func (db *DB) Owed(ctx context.Context, meeting, board string) ([]livestream.Question, error) {
	return db.someFaces(ctx, func(q *bun.SelectQuery) {
		q.Where("c.answer_due <> '' AND c.state IN (?)", bun.List(owing)).OrderExpr("c.answer_due, c.number").Limit(mostOwed)
		if meeting != "" {
			q.Where("c.meeting = ?", meeting)
		}
		if board != "" {
			q.Where("c.board = ?", board)
		}
	})
}

// Heard implements livestream.Ledger.
func (db *DB) Heard(ctx context.Context, meeting string) ([]livestream.Question, error) {
	return db.someFaces(ctx, func(q *bun.SelectQuery) {
		q.Where("c.meeting = ? AND c.put_at IS NOT NULL AND c.state IN (?)", meeting,
			bun.List([]livestream.State{livestream.Put, livestream.AnsweredOrally, livestream.AnsweredWriting})).OrderExpr("c.put_at, c.number")
	})
}

func (db *DB) someFaces(ctx context.Context, narrow func(*bun.SelectQuery)) ([]livestream.Question, error) {
	var rows []contributionRow
	q := selectFaces(db.r, &rows)
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading questions: %w", err)
	}
	return faces(rows), nil
}

// Unfinished implements livestream.Ledger.
func (db *DB) Unfinished(ctx context.Context, boards []string) ([]livestream.Contribution, error) {
	if len(boards) == 0 {
		return nil, nil
	}
	list, err := db.contributions(ctx, db.r, func(q *bun.SelectQuery) {
		q.Where("(c.proposed_at IS NOT NULL OR c.replied_at IS NOT NULL OR c.draft_step <> '' OR c.state = ? AND c.transfer_done = '' OR c.answer_due <> '' AND c.state IN (?))",
			livestream.Transferred, bun.List(owing)).
			Where("c.state <> ?", livestream.WithdrawnByAsker).Limit(mostOwed)
		if !slices.Contains(boards, papers.EveryBoard) {
			q.Where("c.board IN (?)", bun.List(boards))
		}
	})
	return list, err
}
