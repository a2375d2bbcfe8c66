package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

// selectFaces begins every query for public faces: of public meetings, nothing unsealed.
func selectFaces(from bun.IDB, dest any) *bun.SelectQuery {
	return from.NewSelect().Model(dest).ColumnExpr("c.*").Join("JOIN meetings AS m ON m.slug = c.meeting").Where("?", meetingFor(papers.Public))
}

func faces(rows []contributionRow) []livestream.Question {
	list := make([]livestream.Question, len(rows))
	for i, r := range rows {
		list[i] = r.Public()
	}
	return list
}

// Contribution implements livestream.Store.
func (db *DB) Contribution(ctx context.Context, number string) (livestream.Contribution, error) {
	c, err := db.contribution(ctx, db.r, number)
	return forDesk(c), err
}

// Question implements livestream.Store.
func (db *DB) Question(ctx context.Context, number string) (livestream.Question, error) {
	var row contributionRow
	err := selectFaces(db.r, &row).Where("c.number = ?", number).Scan(ctx)
	if err := found(err, "a question"); err != nil {
		return livestream.Question{}, err
	}
	return row.Public(), nil
}

// Mine implements livestream.Store. A wrong code is ErrNotFound, like a number that does not exist.
func (db *DB) Mine(ctx context.Context, number, code string) (livestream.Contribution, error) {
	if !db.seal.isCode(number, code) {
		return livestream.Contribution{}, papers.ErrNotFound
	}
	c, err := db.contribution(ctx, db.r, number)
	if err != nil {
		return c, err
	}
	c.Code = db.seal.code(number)
	return c, nil
}

// Questions implements livestream.Store.
func (db *DB) Questions(ctx context.Context, f livestream.Filter) ([]livestream.Question, string, error) {
	return readQuestions(ctx, db.r, f)
}

func readQuestions(ctx context.Context, from bun.IDB, f livestream.Filter) ([]livestream.Question, string, error) {
	var rows []contributionRow
	limit := atMost(f.Limit)
	q := selectFaces(from, &rows).Limit(limit + 1)
	if f.Meeting != "" {
		q.Where("c.meeting = ?", f.Meeting)
	}
	if f.Board != "" {
		q.Where("c.board = ?", f.Board)
	}
	switch f.State {
	case "":
	case livestream.Received: // a held one is received to the public
		q.Where("c.state IN (?, ?)", livestream.Received, livestream.Held)
	case livestream.Held:
		return nil, "", nil
	default:
		q.Where("c.state = ?", f.State)
	}
	if err := pageBy(q, "c.received_at", "c.number", f.Cursor, true); err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("reading questions: %w", err)
	}
	next := ""
	if int64(len(rows)) > limit {
		rows = rows[:limit]
		next = cursor(rows[limit-1].ReceivedAt, rows[limit-1].Number)
	}
	return faces(rows), next, nil
}

// Queue implements livestream.Store.
func (db *DB) Queue(ctx context.Context, meeting string) ([]livestream.Contribution, error) {
	list, err := db.contributions(ctx, db.r, func(q *bun.SelectQuery) { q.Where("c.meeting = ?", meeting) })
	for i := range list {
		list[i] = forDesk(list[i])
	}
	return list, err
}

// Counts implements livestream.Store: of public meetings, by the state that the public is told.
func (db *DB) Counts(ctx context.Context, meeting, board string) (livestream.Counts, error) {
	return readCounts(ctx, db.r, meeting, board)
}

func readCounts(ctx context.Context, from bun.IDB, meeting, board string) (livestream.Counts, error) {
	var rows []struct {
		State livestream.State
		Kind  livestream.Kind
		N     int
	}
	q := from.NewSelect().TableExpr("contributions AS c").ColumnExpr("c.state, c.kind, count(*) AS n").
		Join("JOIN meetings AS m ON m.slug = c.meeting").Where("?", meetingFor(papers.Public)).GroupExpr("c.state, c.kind")
	if meeting != "" {
		q.Where("c.meeting = ?", meeting)
	}
	if board != "" {
		q.Where("c.board = ?", board)
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return livestream.Counts{}, fmt.Errorf("counting contributions: %w", err)
	}
	counts := livestream.Counts{ByState: map[livestream.State]int{}, ByKind: map[livestream.Kind]int{}}
	for _, r := range rows {
		told := livestream.Contribution{State: r.State}.Public().State
		counts.Received += r.N
		counts.ByState[told] += r.N
		counts.ByKind[r.Kind] += r.N
	}
	return counts, nil
}

// Device implements livestream.Store.
func (db *DB) Device(ctx context.Context, meeting, device string) (supported []string, mine []livestream.Contribution, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		var rows []contributionRow
		err := selectFaces(tx, &rows).Join("JOIN supports AS s ON s.question = c.number").
			Where("c.meeting = ? AND s.device = ?", meeting, device).OrderExpr("c.received_at, c.number").Scan(ctx)
		if err != nil {
			return fmt.Errorf("reading what a device supports: %w", err)
		}
		for _, r := range rows {
			if r.State.ShowsWords() {
				supported = append(supported, r.Number)
			}
		}
		mine, err = db.contributions(ctx, tx, func(q *bun.SelectQuery) { q.Where("c.meeting = ? AND c.device = ?", meeting, device) })
		for i := range mine {
			mine[i].Code = db.seal.code(mine[i].Number)
		}
		return err
	})
	return supported, mine, err
}
