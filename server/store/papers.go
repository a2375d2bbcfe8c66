package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type paperRow struct {
	bun.BaseModel `bun:"table:papers,alias:p"`
	papers.Paper
}

// around is what a paper stands in; the conditions of visible.go need it.
const around = "JOIN items AS i ON i.id = p.item JOIN meetings AS m ON m.slug = p.meeting"

// readPapers reads papers with the versions that the audience may see, those without any left out.
func readPapers(ctx context.Context, from bun.IDB, a papers.Audience, narrow func(*bun.SelectQuery)) ([]papers.Paper, error) {
	var rows []paperRow
	q := from.NewSelect().Model(&rows).ColumnExpr("p.*").Join(around).
		Where("EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = p.id AND ?)", versionFor(a))
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading papers: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	list, at, ids := make([]papers.Paper, len(rows)), map[string]int{}, make([]string, len(rows))
	for i, r := range rows {
		list[i], at[r.Paper.ID], ids[i] = paperFace(a, r.Paper), i, r.Paper.ID
	}
	var versions []versionRow
	err := from.NewSelect().Model(&versions).ColumnExpr("v.*").Join("JOIN papers AS p ON p.id = v.paper "+around).
		Where("v.paper IN (?)", bun.List(ids)).Where("?", versionFor(a)).OrderExpr("v.n DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading versions: %w", err)
	}
	for _, v := range versions {
		p := &list[at[v.Paper]]
		p.Versions = append(p.Versions, versionFace(a, p.Board, v.Version))
	}
	return list, nil
}

// Papers implements papers.Store.
func (db *DB) Papers(ctx context.Context, a papers.Audience, f papers.PaperFilter) (list []papers.Paper, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		list, err = readPapers(ctx, tx, a, func(q *bun.SelectQuery) { narrowPapers(q, a, f) })
		return err
	})
	return list, err
}

func narrowPapers(q *bun.SelectQuery, a papers.Audience, f papers.PaperFilter) {
	if f.Meeting != "" {
		q.Where("p.meeting = ?", f.Meeting)
	}
	if f.Item != "" {
		q.Where("p.item = ?", f.Item)
	}
	if f.Board != "" {
		q.Where("p.board = ?", f.Board)
	}
	switch {
	case f.RenditionOf != "":
		q.Where("p.rendition_of = ?", f.RenditionOf)
	case !f.Renditions:
		q.Where("p.rendition_of = ''")
	}
	if f.Rendition != "" {
		q.Where("p.rendition = ?", f.Rendition)
	}
	if f.Latest > 0 {
		q.Join("JOIN (SELECT paper, max(published_at) AS at FROM versions WHERE state = 'published' GROUP BY paper) AS latest ON latest.paper = p.id").
			OrderExpr("latest.at DESC, m.starts_at DESC, i.position, p.position, p.id").Limit(int64(f.Latest)).Offset(int64(f.Skip))
		return
	}
	q.OrderExpr("m.starts_at, p.meeting, i.position, p.position, p.created_at, p.id")
}

// Paper implements papers.Store.
func (db *DB) Paper(ctx context.Context, a papers.Audience, id string) (p papers.Paper, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		p, err = readPaper(ctx, tx, a, id)
		return err
	})
	return p, err
}

func readPaper(ctx context.Context, from bun.IDB, a papers.Audience, id string) (papers.Paper, error) {
	return only(readPapers(ctx, from, a, func(q *bun.SelectQuery) { q.Where("p.id = ?", id) }))
}

// Find implements papers.Store, in the order of refs.
func (db *DB) Find(ctx context.Context, a papers.Audience, refs []papers.VersionRef) (list []papers.Found, err error) {
	if len(refs) == 0 {
		return nil, nil
	}
	err = db.read(ctx, func(tx bun.IDB) error {
		list, err = find(ctx, tx, a, refs)
		return err
	})
	return list, err
}

func find(ctx context.Context, from bun.IDB, a papers.Audience, refs []papers.VersionRef) ([]papers.Found, error) {
	ids := make([]string, len(refs))
	for i, r := range refs {
		ids[i] = r.Paper
	}
	all, err := readPapers(ctx, from, a, func(q *bun.SelectQuery) { q.Where("p.id IN (?)", bun.List(ids)) })
	if err != nil || len(all) == 0 {
		return nil, err
	}
	items, meetings, err := standsIn(ctx, from, a, all)
	if err != nil {
		return nil, err
	}
	seen := map[papers.VersionRef]papers.Found{}
	for _, p := range all {
		for _, v := range p.Versions {
			seen[v.Ref()] = papers.Found{Paper: p, Version: v, Item: items[p.Item], Meeting: meetings[p.Meeting]}
		}
	}
	var list []papers.Found
	for _, r := range refs {
		if f, ok := seen[r]; ok {
			list = append(list, f)
		}
	}
	return list, nil
}

// standsIn reads the items and meetings of papers. Whoever sees a version sees both.
func standsIn(ctx context.Context, from bun.IDB, a papers.Audience, all []papers.Paper) (map[string]papers.Item, map[string]papers.Meeting, error) {
	var itemIDs, slugs []string
	for _, p := range all {
		itemIDs, slugs = append(itemIDs, p.Item), append(slugs, p.Meeting)
	}
	items, err := readItems(ctx, from, a, func(q *bun.SelectQuery) { q.Where("i.id IN (?)", bun.List(itemIDs)) })
	if err != nil {
		return nil, nil, err
	}
	var rows []meetingRow
	if err := selectMeetings(from, &rows).Where("m.slug IN (?)", bun.List(slugs)).Where("?", meetingFor(a)).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("reading meetings: %w", err)
	}
	byID, bySlug := map[string]papers.Item{}, map[string]papers.Meeting{}
	for _, i := range items {
		byID[i.ID] = i
	}
	for _, r := range rows {
		bySlug[r.Slug] = r.Meeting
	}
	return byID, bySlug, nil
}

// AddPaper implements papers.Store. A paper of a private item is private.
func (db *DB) AddPaper(ctx context.Context, p papers.Paper, v papers.Version, c papers.Change) (papers.Paper, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		item, m, err := tx.lockItem(ctx, p.Item)
		if err != nil {
			return note{}, err
		}
		if p.ID == "" {
			p.ID = papers.NewID()
		}
		p.Meeting, p.Board, p.CreatedAt = m.Slug, m.Board, tx.now
		p.Private = p.Private || item.Private
		if err := tx.besideParent(ctx, &p); err != nil {
			return note{}, err
		}
		if err := tx.NewRaw("SELECT coalesce(max(position), 0) + 1 FROM papers WHERE item = ?", p.Item).Scan(ctx, &p.Position); err != nil {
			return note{}, fmt.Errorf("placing a paper: %w", err)
		}
		if _, err := tx.NewInsert().Model(&paperRow{Paper: p}).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("adding a paper: %w", err)
		}
		v.N = 1
		if v, err = tx.addVersion(ctx, p, v); err != nil {
			return note{}, err
		}
		p.Versions = []papers.Version{v}
		if err := tx.cameIn(ctx, p, c.By); err != nil {
			return note{}, err
		}
		return note{what: "added a paper", subject: "papers/" + p.ID, after: p}, nil
	})
	return p, err
}

// lockItem reads an item and its meeting, which it holds.
func (tx *tx) lockItem(ctx context.Context, id string) (papers.Item, papers.Meeting, error) {
	var meeting string
	err := tx.NewRaw("SELECT meeting FROM items WHERE id = ?", id).Scan(ctx, &meeting)
	if err := found(err, "an item"); err != nil {
		return papers.Item{}, papers.Meeting{}, err
	}
	m, err := tx.lockMeeting(ctx, meeting)
	if err != nil {
		return papers.Item{}, m, err
	}
	var row itemRow
	err = tx.NewSelect().Model(&row).Where("i.id = ?", id).Scan(ctx)
	return row.Item, m, found(err, "an item")
}

// lockPaper reads a paper with all its versions and holds its meeting.
func (tx *tx) lockPaper(ctx context.Context, id string) (papers.Paper, papers.Meeting, error) {
	var meeting string
	err := tx.NewRaw("SELECT meeting FROM papers WHERE id = ?", id).Scan(ctx, &meeting)
	if err := found(err, "a paper"); err != nil {
		return papers.Paper{}, papers.Meeting{}, err
	}
	m, err := tx.lockMeeting(ctx, meeting)
	if err != nil {
		return papers.Paper{}, m, err
	}
	p, err := readPaper(ctx, tx, papers.Insider, id)
	return p, m, err
}

// ChangePaper implements papers.Store: title, private, position, and the item within its meeting.
// A paper that is public cannot become private, and one of a private item stays private.
func (db *DB) ChangePaper(ctx context.Context, p papers.Paper, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		old, m, err := tx.lockPaper(ctx, p.ID)
		if err != nil {
			return note{}, err
		}
		if err := tx.frozen(ctx, m, holdsPaper(p.ID)); err != nil {
			return note{}, err
		}
		item, err := readItems(ctx, tx, papers.Insider, func(q *bun.SelectQuery) { q.Where("i.id = ?", p.Item).Where("i.meeting = ?", old.Meeting) })
		if err != nil {
			return note{}, err
		}
		if len(item) == 0 {
			return note{}, papers.Errorf(papers.CodeInvalid, "Choose an item of the same meeting.")
		}
		p.ReleasedAt, p.ReleasedWhy = old.ReleasedAt, old.ReleasedWhy
		if old.Private && !p.Private {
			if err := tx.unseen(ctx, old.Item); err != nil {
				return note{}, err
			}
		}
		if p.Private = p.Private || item[0].Private && p.ReleasedAt == nil; p.Private && isPublic(old) {
			return note{}, papers.Errorf(papers.CodeConflict, "This paper is public. Withdraw it first, then make it private.")
		}
		if err := tx.said(isPublic(old) && p.Title != old.Title); err != nil {
			return note{}, err
		}
		p.Meeting, p.Board, p.CreatedAt = old.Meeting, old.Board, old.CreatedAt
		p.RenditionOf, p.Rendition, p.Language = old.RenditionOf, old.Rendition, old.Language
		if _, err := tx.NewUpdate().Model(&paperRow{Paper: p}).Where("id = ?", p.ID).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("changing a paper: %w", err)
		}
		old.Versions, p.Versions = nil, nil
		return note{what: "changed the paper", subject: "papers/" + p.ID, before: old, after: p}, nil
	})
}

// unseen is an Error of CodeConflict once an item is public: members may read its private papers since.
func (tx *tx) unseen(ctx context.Context, item string) error {
	i, _, err := tx.lockItem(ctx, item)
	if err == nil && i.PublishedAt != nil {
		return papers.Errorf(papers.CodeConflict, "Members may have read this private paper. Release it instead: that is recorded with its reason.")
	}
	return err
}

func isPublic(p papers.Paper) bool {
	for _, v := range p.Versions {
		if v.Public() {
			return true
		}
	}
	return false
}

// RemovePaper implements papers.Store.
func (db *DB) RemovePaper(ctx context.Context, id string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		p, m, err := tx.lockPaper(ctx, id)
		if err != nil {
			return note{}, err
		}
		if err := tx.frozen(ctx, m, holdsPaper(id)); err != nil {
			return note{}, err
		}
		for _, v := range p.Versions {
			if v.PublishedAt != nil {
				return note{}, papers.Errorf(papers.CodeConflict, "This paper was public. Withdraw it instead: its page then says so.")
			}
			if _, err := tx.exec(ctx, "removing the work on a paper", "DELETE FROM works WHERE subject = ?", workSubject(v.Ref())); err != nil {
				return note{}, err
			}
		}
		for _, statement := range []string{
			"DELETE FROM conflicts WHERE paper = ?", "DELETE FROM page_texts WHERE paper = ?", "DELETE FROM overrides WHERE paper = ?", "DELETE FROM versions WHERE paper = ?", "DELETE FROM papers WHERE id = ?",
		} {
			if _, err := tx.exec(ctx, "removing a paper", statement, id); err != nil {
				return note{}, err
			}
		}
		return note{what: "removed the paper", subject: "papers/" + id, before: p}, nil
	})
}
