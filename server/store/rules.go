package store

import (
	"context"

	"clearday/papers"
)

// Rules implements livestream.Meetings: the rules of the board, for a meeting that is public.
func (db *DB) Rules(ctx context.Context, meeting string) (papers.QuestionRules, error) {
	m, err := readMeeting(ctx, db.r, papers.Public, meeting)
	if err != nil {
		return papers.QuestionRules{}, err
	}
	b, err := db.Board(ctx, m.Board)
	return b.Questions, err
}
