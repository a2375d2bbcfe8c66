package store

import (
	"context"

	"github.com/uptrace/bun"

	"clearday/papers"
)

// Rules implements livestream.Meetings: those that hold for a meeting that is public.
func (db *DB) Rules(ctx context.Context, meeting string) (papers.QuestionRules, error) {
	m, err := readMeeting(ctx, db.r, papers.Public, meeting)
	if err != nil {
		return papers.QuestionRules{}, err
	}
	return rulesOf(ctx, db.r, m)
}

func rulesOf(ctx context.Context, from bun.IDB, m papers.Meeting) (papers.QuestionRules, error) {
	b, err := readBoard(ctx, from, m.Board)
	return m.QuestionRules(b.Board), err
}
