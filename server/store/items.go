package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type itemRow struct {
	bun.BaseModel `bun:"table:items,alias:i"`
	papers.Item
}

// seenItem is an item with the board that decides how it is seen.
type seenItem struct {
	bun.BaseModel `bun:"table:items,alias:i"`
	papers.Item
	Board string `bun:",scanonly"`
	Kept  bool   `bun:",scanonly"` // withheld from the audience by a conflict
}

func readItems(ctx context.Context, from bun.IDB, a papers.Audience, narrow func(*bun.SelectQuery)) ([]papers.Item, error) {
	var rows []seenItem
	q := from.NewSelect().Model(&rows).ColumnExpr("i.*, m.board").ColumnExpr("? AS kept", withheld(a, "i.id", "")).Join("JOIN meetings AS m ON m.slug = i.meeting").
		Where("?", itemFor(a)).OrderExpr("i.meeting, i.position")
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading items: %w", err)
	}
	list := make([]papers.Item, len(rows))
	for i, r := range rows {
		list[i] = itemFace(a, r.Board, r.Item, r.Kept)
	}
	return list, nil
}

// Items implements papers.Store.
func (db *DB) Items(ctx context.Context, a papers.Audience, meeting string) ([]papers.Item, error) {
	return readItems(ctx, db.r, a, func(q *bun.SelectQuery) { q.Where("i.meeting = ?", meeting) })
}

// Item implements papers.Store.
func (db *DB) Item(ctx context.Context, a papers.Audience, id string) (papers.Item, error) {
	return only(readItems(ctx, db.r, a, func(q *bun.SelectQuery) { q.Where("i.id = ?", id) }))
}

// agenda reads a meeting and its items while holding the meeting.
func (tx *tx) agenda(ctx context.Context, meeting string) (papers.Meeting, []papers.Item, error) {
	m, err := tx.lockMeeting(ctx, meeting)
	if err != nil {
		return m, nil, err
	}
	items, err := readItems(ctx, tx, papers.Insider, func(q *bun.SelectQuery) { q.Where("i.meeting = ?", meeting) })
	return m, items, err
}

// itemOf reads an item, its meeting and the whole agenda while holding the meeting. It is an Error
// of CodeConflict while a scheduled publication holds the item.
func (tx *tx) itemOf(ctx context.Context, id string) (int, []papers.Item, papers.Meeting, error) {
	var meeting string
	err := tx.NewRaw("SELECT meeting FROM items WHERE id = ?", id).Scan(ctx, &meeting)
	if err := found(err, "an item"); err != nil {
		return 0, nil, papers.Meeting{}, err
	}
	m, items, err := tx.agenda(ctx, meeting)
	if err != nil {
		return 0, nil, m, err
	}
	for at, i := range items {
		if i.ID == id {
			return at, items, m, tx.frozen(ctx, m, holdsItem(id))
		}
	}
	return 0, nil, m, papers.ErrNotFound
}

// AddItem implements papers.Store.
func (db *DB) AddItem(ctx context.Context, i papers.Item, c papers.Change) (papers.Item, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		_, items, err := tx.agenda(ctx, i.Meeting)
		if err != nil {
			return note{}, err
		}
		i.Position, i.Revision, i.PublishedAt = len(items)+1, 1, nil
		if i.ID == "" {
			i.ID = papers.NewID()
		}
		if i.Number == "" {
			i.Number = strconv.Itoa(i.Position)
		}
		if _, err := tx.NewInsert().Model(&itemRow{Item: i}).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("adding an item: %w", err)
		}
		return note{what: "added an item", subject: "items/" + i.ID, after: i}, nil
	})
	return i, err
}

// ChangeItem implements papers.Store. An item of which papers are public cannot become private;
// one that becomes private makes its papers private.
func (db *DB) ChangeItem(ctx context.Context, i papers.Item, c papers.Change) (papers.Item, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		at, items, _, err := tx.itemOf(ctx, i.ID)
		if err != nil {
			return note{}, err
		}
		old := items[at]
		if old.Revision != i.Revision {
			return note{}, papers.Errorf(papers.CodeConflict, "Somebody else changed item %s a moment ago. Look at it again, then change it.", old.Number)
		}
		if err := tx.said(old.PublishedAt != nil); err != nil {
			return note{}, err
		}
		i.Meeting, i.Position, i.PublishedAt, i.Revision = old.Meeting, old.Position, old.PublishedAt, old.Revision+1
		i.ReleasedAt, i.ReleasedWhy = old.ReleasedAt, old.ReleasedWhy
		if old.Private && !i.Private && old.PublishedAt != nil {
			return note{}, papers.Errorf(papers.CodeConflict, "Item %s is on the public agenda as private. Release it instead: that is recorded with its reason.", old.Number)
		}
		if i.Private && i.ReleasedAt != nil {
			return note{}, papers.Errorf(papers.CodeConflict, "Item %s was released to the public and cannot become private again.", old.Number)
		}
		if i.Number == "" {
			i.Number = strconv.Itoa(i.Position)
		}
		if i.Private && !old.Private {
			if err := tx.makePapersPrivate(ctx, i); err != nil {
				return note{}, err
			}
		}
		if _, err := tx.NewUpdate().Model(&itemRow{Item: i}).Where("id = ?", i.ID).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("changing an item: %w", err)
		}
		return note{what: "changed the item", subject: "items/" + i.ID, before: old, after: i}, nil
	})
	return i, err
}

func (tx *tx) makePapersPrivate(ctx context.Context, i papers.Item) error {
	var open int
	err := tx.NewRaw(`SELECT count(*) FROM versions AS v JOIN papers AS p ON p.id = v.paper
		WHERE p.item = ? AND v.state IN ('scheduled', 'published', 'superseded')`, i.ID).Scan(ctx, &open)
	if err != nil {
		return fmt.Errorf("counting public papers: %w", err)
	}
	if open > 0 {
		return papers.Errorf(papers.CodeConflict, "Item %s has papers that are public or scheduled. Withdraw or stop them first, then make it private.", i.Number)
	}
	_, err = tx.exec(ctx, "making papers private", "UPDATE papers SET private = TRUE WHERE item = ?", i.ID)
	return err
}

// MoveItem implements papers.Store. Moving the first up or the last down changes nothing.
func (db *DB) MoveItem(ctx context.Context, id string, up bool, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		at, items, m, err := tx.itemOf(ctx, id)
		if err != nil {
			return note{}, err
		}
		to := at + 1
		if up {
			to = at - 1
		}
		if to < 0 || to >= len(items) {
			return note{}, errNothing
		}
		if err := tx.frozen(ctx, m, holdsItem(items[to].ID)); err != nil {
			return note{}, err
		}
		a, b := items[at], items[to]
		if automatic(items) {
			a.Number, b.Number = b.Number, a.Number
		}
		a.Position, b.Position = b.Position, a.Position
		for _, i := range []papers.Item{a, b} {
			if err := tx.place(ctx, i); err != nil {
				return note{}, err
			}
		}
		for _, i := range []papers.Item{a, b} {
			if len(tx.acts) == 0 && i.PublishedAt != nil { // the public sees this one move, whichever was asked for
				tx.acts = []papers.Act{{Kind: papers.ActItemChanged, Subject: "items/" + i.ID, Board: m.Board, Meeting: m.Slug,
					Texts: map[string]string{"title": i.Number + " " + i.ForPublic().Title}}}
			}
		}
		return note{what: "moved the item", subject: "items/" + id, before: items[at].Position, after: a.Position}, nil
	})
}

// place writes where an item stands. Its revision moves too when its number does.
func (tx *tx) place(ctx context.Context, i papers.Item) error {
	_, err := tx.exec(ctx, "placing an item", `UPDATE items SET position = ?,
		revision = CASE WHEN number = ? THEN revision ELSE revision + 1 END, number = ? WHERE id = ?`,
		i.Position, i.Number, i.Number, i.ID)
	return err
}

// automatic tells whether all numbers are those that AddItem gives by itself.
func automatic(items []papers.Item) bool {
	for at, i := range items {
		if i.Number != strconv.Itoa(at+1) {
			return false
		}
	}
	return true
}

// RemoveItem implements papers.Store. The items below move up; they keep their numbers when one of
// them is public or scheduled, because people may have noted it.
func (db *DB) RemoveItem(ctx context.Context, id string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		at, items, m, err := tx.itemOf(ctx, id)
		if err != nil {
			return note{}, err
		}
		if items[at].PublishedAt != nil {
			return note{}, papers.Errorf(papers.CodeConflict, "This item is public. Change it to say that it will not be heard.")
		}
		var held int
		if err := tx.NewRaw("SELECT count(*) FROM papers WHERE item = ?", id).Scan(ctx, &held); err != nil {
			return note{}, fmt.Errorf("counting the papers of an item: %w", err)
		}
		if held > 0 {
			return note{}, papers.Errorf(papers.CodeConflict, "This item has papers. Remove them first.")
		}
		for _, statement := range []string{"DELETE FROM conflicts WHERE item = ?", "DELETE FROM items WHERE id = ?"} {
			if _, err := tx.exec(ctx, "removing an item", statement, id); err != nil {
				return note{}, err
			}
		}
		below := items[at+1:]
		renumber := automatic(items)
		for _, i := range below {
			renumber = renumber && i.PublishedAt == nil && tx.frozen(ctx, m, holdsItem(i.ID)) == nil
		}
		for _, i := range below {
			i.Position--
			if renumber {
				i.Number = strconv.Itoa(i.Position)
			}
			if err := tx.place(ctx, i); err != nil {
				return note{}, err
			}
		}
		return note{what: "removed the item", subject: "items/" + id, before: items[at]}, nil
	})
}
