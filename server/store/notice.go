package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

// Published implements papers.Store. What was left out, and why, is for those who see drafts.
func (db *DB) Published(ctx context.Context, a papers.Audience, meeting string) ([]papers.Publication, error) {
	var list []papers.Publication
	err := db.read(ctx, func(tx bun.IDB) error {
		m, err := readMeeting(ctx, tx, a, meeting)
		if err != nil {
			return err
		}
		list, err = readPublications(ctx, tx, func(q *bun.SelectQuery) { q.Where("meeting = ? AND state = 'done'", meeting) })
		if !a.SeesDrafts(m.Board) {
			for i := range list {
				list[i].LeftOut = nil
			}
		}
		return err
	})
	slices.SortStableFunc(list, func(a, b papers.Publication) int { return a.PublishedAt.Compare(*b.PublishedAt) })
	return list, err
}

// ExplainLate implements papers.Store. What was said once stays: a second reason is an Error of CodeConflict.
func (db *DB) ExplainLate(ctx context.Context, id string, l papers.Late, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		p, err := readPublication(ctx, tx, id)
		if err != nil {
			return note{}, err
		}
		if p.State != papers.PublicationDone {
			return note{}, papers.Errorf(papers.CodeConflict, "This publication is not done yet. Stop it, then publish again with the reason.")
		}
		p.Late = &l
		res, err := tx.NewUpdate().Model(&publicationRow{Publication: p}).Column("late").Where("id = ? AND late IS NULL", id).Exec(ctx)
		if err != nil {
			return note{}, fmt.Errorf("explaining a late publication: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return note{}, papers.Errorf(papers.CodeConflict, "The reason for this publication is on the record already.")
		}
		return note{what: "said why a publication came late", subject: "meetings/" + p.Meeting + "/publications/" + id, after: l}, tx.said(true)
	})
}

type outcomeRow struct {
	bun.BaseModel `bun:"table:outcomes,alias:o"`
	ID            int64 `bun:",pk,autoincrement"`
	Publication   string
	Board         string
	Meeting       string
	Kind          papers.OutcomeKind
	Says          string
	At            time.Time
	SeenAt        *time.Time
}

// tell writes what became of a publication, unless somebody was there to see it: one that was made
// for at once. A failure is told once, however often it is tried again.
func (tx *tx) tell(ctx context.Context, p papers.Publication, kind papers.OutcomeKind, says string) error {
	if !p.ScheduledAt.After(p.CreatedAt) {
		return nil
	}
	var board string
	if err := tx.NewRaw("SELECT board FROM meetings WHERE slug = ?", p.Meeting).Scan(ctx, &board); err != nil {
		return fmt.Errorf("reading the board of a publication: %w", err)
	}
	_, err := tx.insertNew(ctx, "telling the desk", &outcomeRow{Publication: p.ID, Board: board, Meeting: p.Meeting, Kind: kind, Says: says, At: tx.now})
	return err
}

// NoteFailure implements papers.Store.
func (db *DB) NoteFailure(ctx context.Context, id, sentence string) error {
	return db.write(ctx, func(tx *tx) error {
		n, err := tx.exec(ctx, "noting a failure", "UPDATE publications SET failure = ? WHERE id = ? AND state = 'scheduled'", sentence, id)
		if err != nil || n == 0 {
			return err
		}
		p, err := readPublication(ctx, tx, id)
		if err != nil {
			return err
		}
		return tx.tell(ctx, p, papers.OutcomeFailed, sentence)
	})
}

// Outcomes implements papers.Store.
func (db *DB) Outcomes(ctx context.Context, boards []string) ([]papers.Outcome, error) {
	var rows []outcomeRow
	err := db.r.NewSelect().Model(&rows).Where("seen_at IS NULL AND ?", among("o.board", boards)).OrderExpr("id DESC").Limit(50).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading outcomes: %w", err)
	}
	list := make([]papers.Outcome, len(rows))
	for i, r := range rows {
		list[i] = r.outcome()
	}
	return list, nil
}

func (r outcomeRow) outcome() papers.Outcome {
	return papers.Outcome{ID: r.ID, Publication: r.Publication, Board: r.Board, Meeting: r.Meeting, Kind: r.Kind, Says: r.Says, At: r.At, SeenAt: r.SeenAt}
}

// SeeOutcome implements papers.Store. One that was seen, or is of another meeting, changes nothing.
func (db *DB) SeeOutcome(ctx context.Context, meeting string, id int64, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		n, err := tx.exec(ctx, "seeing an outcome", "UPDATE outcomes SET seen_at = ? WHERE id = ? AND meeting = ? AND seen_at IS NULL", tx.now, id, meeting)
		if err == nil && n == 0 {
			err = errNothing
		}
		return note{what: "saw what became of a publication", subject: "meetings/" + meeting, after: id}, err
	})
}

type postingRow struct {
	bun.BaseModel `bun:"table:postings,alias:po"`
	papers.Posting
}

// Postings implements papers.Store.
func (db *DB) Postings(ctx context.Context, a papers.Audience, meeting string) ([]papers.Posting, error) {
	var rows []postingRow
	err := db.r.NewSelect().Model(&rows).ColumnExpr("po.*").Join("JOIN meetings AS m ON m.slug = po.meeting").
		Where("po.meeting = ? AND ?", meeting, meetingFor(a)).OrderExpr("po.posted_at, po.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading postings: %w", err)
	}
	list := make([]papers.Posting, len(rows))
	for i, r := range rows {
		list[i] = r.Posting
	}
	return list, nil
}

// RecordPosting implements papers.Store. Before its meeting is announced it is nothing public, and needs no act.
func (db *DB) RecordPosting(ctx context.Context, p papers.Posting, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		m, err := tx.lockMeeting(ctx, p.Meeting)
		if err != nil {
			return note{}, err
		}
		p.RecordedAt = tx.now
		if _, err := tx.NewInsert().Model(&postingRow{Posting: p}).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("recording a posting: %w", err)
		}
		return note{what: "recorded a posting at the offices", subject: "meetings/" + p.Meeting + "/postings/" + p.ID, after: p}, tx.said(m.AnnouncedAt != nil)
	})
}

// RemovePosting implements papers.Store.
func (db *DB) RemovePosting(ctx context.Context, meeting, id string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		m, err := tx.lockMeeting(ctx, meeting)
		if err != nil {
			return note{}, err
		}
		var old postingRow
		if err := found(tx.NewSelect().Model(&old).Where("id = ? AND meeting = ?", id, meeting).Scan(ctx), "a posting"); err != nil {
			return note{}, err
		}
		if _, err := tx.exec(ctx, "removing a posting", "DELETE FROM postings WHERE id = ?", id); err != nil {
			return note{}, err
		}
		return note{what: "removed a posting that was recorded by mistake", subject: "meetings/" + meeting + "/postings/" + id, before: old.Posting}, tx.said(m.AnnouncedAt != nil)
	})
}

type holidayRow struct {
	bun.BaseModel `bun:"table:holidays,alias:h"`
	Hash          string `bun:",pk"`
	File          []byte
	AddedAt       time.Time
}

// HolidayFiles implements papers.Store.
func (db *DB) HolidayFiles(ctx context.Context) ([]papers.HolidayFile, error) {
	var rows []holidayRow
	if err := db.r.NewSelect().Model(&rows).Column("hash", "added_at").OrderExpr("added_at DESC, hash").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the files of bank holidays: %w", err)
	}
	list := make([]papers.HolidayFile, len(rows))
	for i, r := range rows {
		list[i] = papers.HolidayFile{Hash: r.Hash, AddedAt: r.AddedAt}
	}
	return list, nil
}

// HolidayBytes implements papers.Store.
func (db *DB) HolidayBytes(ctx context.Context, hash string) ([]byte, error) {
	var row holidayRow
	err := db.r.NewSelect().Model(&row).Where("hash = ?", hash).Scan(ctx)
	return row.File, found(err, "a file of bank holidays")
}

// ReplaceHolidays implements papers.Store. An earlier file that comes again counts again.
func (db *DB) ReplaceHolidays(ctx context.Context, hash string, file []byte, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		_, err := tx.NewInsert().Model(&holidayRow{Hash: hash, File: file, AddedAt: tx.now}).
			On("CONFLICT (hash) DO UPDATE").Set("added_at = EXCLUDED.added_at").Exec(ctx)
		if err != nil {
			return note{}, fmt.Errorf("replacing the bank holidays: %w", err)
		}
		return note{what: "replaced the bank holidays", subject: "holidays", after: hash}, tx.said(true)
	})
}
