package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"clearday/papers"
)

type paperLinkRow struct {
	bun.BaseModel `bun:"table:paper_links,alias:l"`
	papers.PaperLink
}

type rulesRow struct {
	bun.BaseModel `bun:"table:format_rules,alias:fr"`
	papers.FormatRules
}

// linkFor: while the paper is public; whoever sees drafts of the paper sees all of its links. An exempt
// background paper is never listed (rules.md N-8).
func linkFor(a papers.Audience) schema.QueryWithArgs {
	return bun.SafeQuery(`EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = p.id AND ?)
		AND (? OR (NOT l.exempt AND EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = p.id AND v.state = 'published')))`,
		versionFor(a), among("p.board", a.Drafts))
}

// PaperLinks implements papers.Store.
func (db *DB) PaperLinks(ctx context.Context, a papers.Audience, ids []string) (list []papers.PaperLink, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []paperLinkRow
	err = db.r.NewSelect().Model(&rows).ColumnExpr("l.*").Join("JOIN papers AS p ON p.id = l.paper "+around).
		Where("l.paper IN (?)", bun.List(ids)).Where("?", linkFor(a)).OrderExpr("l.created_at, l.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading links: %w", err)
	}
	for _, r := range rows {
		list = append(list, r.PaperLink)
	}
	return list, nil
}

// AddPaperLink implements papers.Store.
func (db *DB) AddPaperLink(ctx context.Context, l papers.PaperLink, c papers.Change) (papers.PaperLink, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		p, _, err := tx.lockPaper(ctx, l.Paper)
		if err != nil {
			return note{}, err
		}
		if err := tx.said(isPublic(p) && !l.Exempt); err != nil {
			return note{}, err
		}
		l.ID, l.CreatedAt = papers.NewID(), tx.now
		if _, err := tx.NewInsert().Model(&paperLinkRow{PaperLink: l}).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("adding a link: %w", err)
		}
		return note{what: "added a link to the paper", subject: "papers/" + l.Paper, after: l}, nil
	})
	return l, err
}

// RemovePaperLink implements papers.Store.
func (db *DB) RemovePaperLink(ctx context.Context, paper, id string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		p, _, err := tx.lockPaper(ctx, paper)
		if err != nil {
			return note{}, err
		}
		var row paperLinkRow
		err = tx.NewSelect().Model(&row).Where("id = ? AND paper = ?", id, paper).Scan(ctx)
		if err := found(err, "a link"); err != nil {
			return note{}, err
		}
		if err := tx.said(isPublic(p) && !row.Exempt); err != nil {
			return note{}, err
		}
		if _, err := tx.exec(ctx, "removing a link", "DELETE FROM paper_links WHERE id = ?", id); err != nil {
			return note{}, err
		}
		return note{what: "removed a link of the paper", subject: "papers/" + paper, before: row.PaperLink}, nil
	})
}

// FormatRules implements papers.Store.
func (db *DB) FormatRules(ctx context.Context, board string) (papers.FormatRules, error) {
	var row rulesRow
	err := db.r.NewSelect().Model(&row).Where("board IN ('', ?)", board).OrderExpr("board DESC").Limit(1).Scan(ctx)
	return row.FormatRules, found(err, "rules of formats")
}

// SetFormatRules implements papers.Store.
func (db *DB) SetFormatRules(ctx context.Context, r papers.FormatRules, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		_, err := tx.NewInsert().Model(&rulesRow{FormatRules: r}).On(`CONFLICT (board) DO UPDATE SET answer_days = EXCLUDED.answer_days,
			keep_days = EXCLUDED.keep_days, background_years = EXCLUDED.background_years`).Exec(ctx)
		if err != nil {
			return note{}, fmt.Errorf("changing the rules of formats: %w", err)
		}
		return note{what: "changed the rules of formats", subject: "boards/" + r.Board, after: r}, nil
	})
}

// parentFirst is an Error of CodeConflict when a rendition of the publication would be public before its paper.
func (tx *tx) parentFirst(ctx context.Context, pub papers.Publication) error {
	for _, r := range pub.Versions {
		var parent string
		if err := tx.NewRaw("SELECT rendition_of FROM papers WHERE id = ?", r.Paper).Scan(ctx, &parent); err != nil {
			return fmt.Errorf("reading a rendition: %w", err)
		}
		if parent == "" || holdsPaper(parent)(pub) {
			continue
		}
		n, err := tx.NewSelect().Model((*versionRow)(nil)).Where("paper = ?", parent).
			Where("state = 'published' OR (state = 'scheduled' AND scheduled_at <= ?)", pub.ScheduledAt).Count(ctx)
		if err != nil {
			return fmt.Errorf("reading a rendition: %w", err)
		}
		if n == 0 {
			return papers.Errorf(papers.CodeConflict, "The paper that this is a format of is not public by then. Publish the two together, or this one later.")
		}
	}
	return nil
}

// besideParent puts a rendition where its paper is, as private as that is. A rendition has none of its own.
func (tx *tx) besideParent(ctx context.Context, p *papers.Paper) error {
	if !p.IsRendition() {
		return nil
	}
	parent, err := readPaper(ctx, tx, papers.Insider, p.RenditionOf)
	if err != nil {
		return err
	}
	if parent.IsRendition() || parent.Item != p.Item {
		return papers.Errorf(papers.CodeInvalid, "Add the format to the paper itself.")
	}
	p.Private = p.Private || parent.Private
	return nil
}
