package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type reportRow struct {
	bun.BaseModel `bun:"table:reports,alias:rp"`
	ID            string `bun:",pk"`
	Board         string
	Meeting       string
	Subject       string
	Part          string
	Device        string
	Reason        string
	Sealed        []byte
	Urgent        bool
	At            time.Time
	SettledAt     *time.Time
	Outcome       string
}

type wordsRow struct {
	bun.BaseModel `bun:"table:board_words,alias:bw"`
	Board         string `bun:",pk"`
	Names         string
	Look          string
	Urgent        string
}

// questionOf gives the number of a subject that is a contribution.
func questionOf(subject string) (string, bool) { return strings.CutPrefix(subject, "questions/") }

// Report implements livestream.Reports. What was settled can be reported again by another device.
func (db *DB) Report(ctx context.Context, r livestream.Report) (again bool, err error) {
	err = db.write(ctx, func(tx *tx) error {
		r.ID = papers.NewID()
		sealed, err := db.seal.close("reports:"+r.ID, r.Text)
		if err != nil {
			return err
		}
		added, err := tx.insertNew(ctx, "writing a report", &reportRow{ID: r.ID, Board: r.Board, Meeting: r.Meeting, Subject: r.Subject, Part: r.Part,
			Device: r.Device, Reason: r.Reason, Sealed: sealed, Urgent: r.Urgent, At: tx.now})
		again = !added
		return err
	})
	return again, err
}

// ReportsOf implements livestream.Reports.
func (db *DB) ReportsOf(ctx context.Context, meeting string, settled bool) ([]livestream.Report, error) {
	return db.reports(ctx, db.r, meeting, settled)
}

func (db *DB) reports(ctx context.Context, from bun.IDB, meeting string, settled bool) ([]livestream.Report, error) {
	var rows []reportRow
	q := from.NewSelect().Model(&rows).Where("meeting = ?", meeting).OrderExpr("urgent DESC, at, id")
	if !settled {
		q.Where("settled_at IS NULL")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading reports: %w", err)
	}
	list := make([]livestream.Report, len(rows))
	for i, r := range rows {
		list[i] = livestream.Report{ID: r.ID, Board: r.Board, Meeting: r.Meeting, Subject: r.Subject, Part: r.Part, Reason: r.Reason, Urgent: r.Urgent, At: r.At, Outcome: r.Outcome}
		if err := db.seal.open("reports:"+r.ID, r.Sealed, &list[i].Text); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Settle implements livestream.Reports.
func (db *DB) Settle(ctx context.Context, meeting, subject, outcome string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		n, err := tx.exec(ctx, "settling reports", "UPDATE reports SET settled_at = ?, outcome = ? WHERE meeting = ? AND subject = ? AND settled_at IS NULL", tx.now, outcome, meeting, subject)
		if err == nil && n == 0 {
			err = papers.Errorf(papers.CodeConflict, "These reports were settled a moment ago.")
		}
		return note{what: "settled reports", subject: subject, after: outcome}, err
	})
}

// Words implements livestream.WordLists.
func (db *DB) Words(ctx context.Context, board string) (w livestream.Words, own bool, err error) {
	var row wordsRow
	err = db.r.NewSelect().Model(&row).Where("board IN (?, '')", board).OrderExpr("board DESC").Limit(1).Scan(ctx)
	return livestream.Words{Names: lines(row.Names), Look: lines(row.Look), Urgent: lines(row.Urgent)}, row.Board == board, found(err, "the listed words")
}

func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}

// SetWords implements livestream.WordLists.
func (db *DB) SetWords(ctx context.Context, board string, w *livestream.Words, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		n := note{what: "changed the listed words", subject: "site/words"}
		if board != "" {
			n.subject = "boards/" + board
		}
		if w == nil {
			_, err := tx.exec(ctx, "letting a board follow the site", "DELETE FROM board_words WHERE board = ? AND board <> ''", board)
			return n, err
		}
		n.after = map[string]int{"names": len(w.Names), "look": len(w.Look), "urgent": len(w.Urgent)}
		row := wordsRow{Board: board, Names: strings.Join(w.Names, "\n"), Look: strings.Join(w.Look, "\n"), Urgent: strings.Join(w.Urgent, "\n")}
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (board) DO UPDATE").Set("names = EXCLUDED.names, look = EXCLUDED.look, urgent = EXCLUDED.urgent").Exec(ctx)
		if err != nil {
			return note{}, fmt.Errorf("writing the listed words: %w", err)
		}
		return n, nil
	})
}
