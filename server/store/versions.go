package store

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/uptrace/bun"

	"clearday/papers"
	"clearday/server/jobs"
)

type versionRow struct {
	bun.BaseModel `bun:"table:versions,alias:v"`
	papers.Version
}

type pageRow struct {
	bun.BaseModel `bun:"table:page_texts,alias:t"`
	Paper         string
	N             int
	Page          int
	Text          string
}

// AddVersion implements papers.Store.
func (db *DB) AddVersion(ctx context.Context, paper string, v papers.Version, c papers.Change) (papers.Version, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		p, _, err := tx.lockPaper(ctx, paper)
		if err != nil {
			return note{}, err
		}
		newest, _ := p.Newest()
		v.N = newest.N + 1
		if v, err = tx.addVersion(ctx, p, v); err != nil {
			return note{}, err
		}
		if err := tx.cameIn(ctx, p, c.By); err != nil {
			return note{}, err
		}
		return note{what: "added a version", subject: versionSubject(v.Ref()), after: v}, nil
	})
	return v, err
}

// addVersion writes a version that is to be read, and the work of reading it.
func (tx *tx) addVersion(ctx context.Context, p papers.Paper, v papers.Version) (papers.Version, error) {
	v.Paper = p.ID
	if err := tx.settleUpload(ctx, v); err != nil {
		return v, err
	}
	v = papers.Version{Paper: p.ID, N: v.N, State: papers.VersionChecking, Original: v.Original, OriginalSize: v.OriginalSize,
		OriginalKind: v.OriginalKind, FileName: v.FileName, File: v.File, Size: v.Size, Pages: v.Pages, Width: v.Width, Height: v.Height, Reason: v.Reason, CreatedAt: tx.now}
	if _, err := tx.NewInsert().Model(&versionRow{Version: v}).Exec(ctx); err != nil {
		return v, fmt.Errorf("adding a version: %w", err)
	}
	return v, tx.addWork(ctx, jobs.KindRead, workSubject(v.Ref()), p.Board)
}

func versionSubject(r papers.VersionRef) string {
	return "papers/" + r.Paper + "/v/" + strconv.Itoa(r.N)
}

// PageText implements papers.Store. It takes no audience: the caller has read the version for one.
// The text of a withdrawn version is ErrNotFound for everybody.
func (db *DB) PageText(ctx context.Context, ref papers.VersionRef, page int) (string, error) {
	var text string
	err := db.r.NewRaw(`SELECT t.text FROM page_texts AS t JOIN versions AS v ON v.paper = t.paper AND v.n = t.n
		WHERE t.paper = ? AND t.n = ? AND t.page = ? AND v.state <> 'withdrawn'`, ref.Paper, ref.N, page).Scan(ctx, &text)
	return text, found(err, "the text of a page")
}

// Texts implements papers.Store: index 0 is page 1. It takes no audience, like PageText.
func (db *DB) Texts(ctx context.Context, ref papers.VersionRef) (texts []string, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		var v versionRow
		err := tx.NewSelect().Model(&v).Where("paper = ? AND n = ? AND state <> 'withdrawn'", ref.Paper, ref.N).Scan(ctx)
		if err := found(err, "a version"); err != nil {
			return err
		}
		var rows []pageRow
		if err := tx.NewSelect().Model(&rows).Where("paper = ? AND n = ?", ref.Paper, ref.N).OrderExpr("page").Scan(ctx); err != nil {
			return fmt.Errorf("reading the text of a version: %w", err)
		}
		for _, r := range rows {
			for len(texts) < r.Page {
				texts = append(texts, "")
			}
			texts[r.Page-1] = r.Text
		}
		return nil
	})
	return texts, err
}

// KeepPages implements papers.Store. Keeping a page again replaces it, so that work that was
// interrupted may begin anywhere. It is ErrNotFound once the version is gone or withdrawn.
func (db *DB) KeepPages(ctx context.Context, ref papers.VersionRef, from int, texts []string) error {
	return db.write(ctx, func(tx *tx) error {
		reached, err := tx.exec(ctx, "moving the progress of reading", `UPDATE versions SET pages_read = CASE WHEN pages_read < ? THEN ? ELSE pages_read END
			WHERE paper = ? AND n = ? AND state <> 'withdrawn'`, from-1+len(texts), from-1+len(texts), ref.Paper, ref.N)
		if err != nil {
			return err
		}
		if reached == 0 {
			return papers.ErrNotFound
		}
		if len(texts) == 0 {
			return nil
		}
		rows := make([]pageRow, len(texts))
		for i, t := range texts {
			rows[i] = pageRow{Paper: ref.Paper, N: ref.N, Page: from + i, Text: t}
		}
		_, err = tx.NewInsert().Model(&rows).On("CONFLICT (paper, n, page) DO UPDATE SET text = EXCLUDED.text").Exec(ctx)
		if err != nil {
			return fmt.Errorf("keeping pages: %w", err)
		}
		return nil
	})
}

// KeepFile implements papers.Store. It is ErrNotFound once the version is not being read any more.
func (db *DB) KeepFile(ctx context.Context, v papers.Version) error {
	return db.write(ctx, func(tx *tx) error {
		n, err := tx.exec(ctx, "keeping the public file of a version", `UPDATE versions SET file = ?, size = ?, pages = ?, width = ?, height = ?
			WHERE paper = ? AND n = ? AND state = 'checking'`, v.File, v.Size, v.Pages, v.Width, v.Height, v.Paper, v.N)
		if err == nil && n == 0 {
			return papers.ErrNotFound
		}
		return err
	})
}

// KeepScans implements papers.Store.
func (db *DB) KeepScans(ctx context.Context, v papers.Version) error {
	return db.write(ctx, func(tx *tx) error {
		r, err := tx.NewUpdate().Model(&versionRow{Version: v}).Column("scans", "scans_read").
			Where("paper = ? AND n = ? AND state = 'checking'", v.Paper, v.N).Exec(ctx)
		if err != nil {
			return fmt.Errorf("keeping which pages are scans: %w", err)
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, error(papers.ErrNotFound))
		}
		return nil
	})
}

// FinishReading implements papers.Store. A version that is no longer being read stays as it is, so
// that a reading that was done twice changes nothing.
func (db *DB) FinishReading(ctx context.Context, v papers.Version) error {
	return db.write(ctx, func(tx *tx) error {
		var row versionRow
		err := tx.lock(tx.NewSelect().Model(&row).Where("paper = ? AND n = ?", v.Paper, v.N)).Scan(ctx)
		if err := found(err, "a version"); err != nil {
			return err
		}
		if row.State != papers.VersionChecking {
			return errNothing
		}
		row.State, row.Pages, row.PagesRead, row.Width, row.Height, row.Findings =
			papers.VersionReady, v.Pages, v.PagesRead, v.Width, v.Height, v.Findings
		row.Checked = v.Checked
		row.Scans, row.ScansRead, row.HTML = v.Scans, v.ScansRead, v.HTML
		for _, f := range v.Findings {
			if f.Blocks {
				row.State = papers.VersionBlocked
			}
		}
		if _, err := tx.NewUpdate().Model(&row).Where("paper = ? AND n = ?", v.Paper, v.N).Exec(ctx); err != nil {
			return fmt.Errorf("finishing the reading: %w", err)
		}
		return nil
	})
}
