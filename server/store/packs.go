package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type packPageRow struct {
	bun.BaseModel `bun:"table:pack_pages,alias:k"`
	Meeting       string
	Series        papers.Series
	First         int
	Count         int
	Item          string
	Paper         string
	N             int
	At            time.Time
	Supplement    int
}

// PackRanges implements papers.Store.
func (db *DB) PackRanges(ctx context.Context, meeting string, series papers.Series) ([]papers.PackRange, error) {
	var rows []packPageRow
	err := db.r.NewSelect().Model(&rows).Where("k.meeting = ? AND k.series = ?", meeting, series).OrderExpr("k.first").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the page numbers of a pack: %w", err)
	}
	list := make([]papers.PackRange, len(rows))
	for i, r := range rows {
		list[i] = papers.PackRange{Series: r.Series, First: r.First, Count: r.Count, Item: r.Item, Paper: r.Paper, N: r.N, At: r.At, Supplement: r.Supplement}
	}
	return list, nil
}

// NumberPack implements papers.Store.
func (db *DB) NumberPack(ctx context.Context, meeting string, series papers.Series) error {
	waiting, err := withoutPages(ctx, db.r, meeting, series)
	if err != nil || len(waiting) == 0 {
		return err
	}
	return db.write(ctx, func(tx *tx) error {
		if _, err := tx.lockMeeting(ctx, meeting); err != nil {
			return err
		}
		return tx.numberPack(ctx, meeting, series)
	})
}

// numberedVersion is a version that has no page numbers yet.
type numberedVersion struct {
	Paper       string
	N           int
	Pages       int
	Item        string
	PublishedAt *time.Time
	Supplement  int
}

// withoutPages finds what belongs into a pack and has no page numbers, in the order in which it gets
// them: as it came out, and what came out together in the order of the agenda.
func withoutPages(ctx context.Context, from bun.IDB, meeting string, series papers.Series) ([]numberedVersion, error) {
	private := "(p.private OR v.private OR (i.private AND p.released_at IS NULL))"
	belongs := "NOT " + private + " AND v.published_at IS NOT NULL AND v.state IN ('published', 'superseded')"
	if series == papers.PrivateSeries { // members read it from the publication of its item: see versionFor
		belongs = private + " AND m.announced_at IS NOT NULL AND i.published_at IS NOT NULL AND v.pages > 0 AND v.state IN ('ready', 'scheduled', 'published', 'superseded')"
	}
	var list []numberedVersion
	err := from.NewRaw(`SELECT v.paper, v.n, v.pages, p.item, v.published_at,
		(SELECT COALESCE(MAX(pu.supplement), 0) FROM publications AS pu WHERE pu.meeting = p.meeting AND pu.published_at = v.published_at) AS supplement FROM versions AS v
		JOIN papers AS p ON p.id = v.paper JOIN items AS i ON i.id = p.item JOIN meetings AS m ON m.slug = p.meeting
		WHERE p.meeting = ? AND `+belongs+` AND NOT EXISTS (SELECT 1 FROM pack_pages AS k WHERE k.series = ? AND k.paper = v.paper AND k.n = v.n)
		ORDER BY v.published_at, i.position, p.position, v.n`, meeting, series).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("reading what has no page numbers: %w", err)
	}
	return list, nil
}

// numberPack gives page numbers to what has none, behind all that have some, with a divider wherever
// another item begins. The caller holds the meeting.
func (tx *tx) numberPack(ctx context.Context, meeting string, series papers.Series) error {
	waiting, err := withoutPages(ctx, tx, meeting, series)
	if err != nil || len(waiting) == 0 {
		return err
	}
	var next int
	err = tx.NewRaw("SELECT COALESCE(MAX(first + count), 1) FROM pack_pages WHERE meeting = ? AND series = ?", meeting, series).Scan(ctx, &next)
	if err != nil {
		return fmt.Errorf("reading the last page number: %w", err)
	}
	var rows []packPageRow
	add := func(r packPageRow) {
		r.Meeting, r.Series, r.First = meeting, series, next
		next += r.Count
		rows = append(rows, r)
	}
	for _, v := range waiting {
		row := packPageRow{Count: max(1, v.Pages), Item: v.Item, Paper: v.Paper, N: v.N, At: tx.now}
		if v.PublishedAt != nil && series == papers.PublicSeries {
			row.At, row.Supplement = *v.PublishedAt, v.Supplement
		}
		if n := len(rows); n == 0 || rows[n-1].Item != v.Item || !rows[n-1].At.Equal(row.At) {
			add(packPageRow{Count: 1, Item: v.Item, At: row.At, Supplement: row.Supplement})
		}
		add(row)
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("numbering the pages of a pack: %w", err)
	}
	return nil
}
