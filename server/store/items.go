package store

import (
	"context"
	"fmt"
	"slices"

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
	added, err := db.AddItems(ctx, i.Meeting, []papers.Item{i}, c)
	if err != nil {
		return i, err
	}
	return added[0], nil
}

// AddItems implements papers.Store. Their audit is one row each.
func (db *DB) AddItems(ctx context.Context, meeting string, list []papers.Item, c papers.Change) ([]papers.Item, error) {
	added := make([]papers.Item, 0, len(list))
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		m, agenda, err := tx.agenda(ctx, meeting)
		if err != nil {
			return note{}, err
		}
		for _, i := range list {
			if i.ID == "" {
				i.ID = papers.NewID()
			}
			i.Meeting, i.Position, i.Revision, i.PublishedAt, i.NumberGiven = meeting, len(agenda)+1, 1, nil, i.Number != ""
			i.ReleasedAt, i.ReleasedWhy = nil, ""
			agenda = append(agenda, i)
			if err := tx.insertItem(ctx, m, agenda, len(agenda)-1, c.By); err != nil {
				return note{}, err
			}
		}
		if agenda, err = tx.arrange(ctx, m, agenda); err != nil {
			return note{}, err
		}
		added = append(added, agenda[len(agenda)-len(list):]...)
		if len(added) == 1 {
			return note{what: "added an item", subject: "items/" + added[0].ID, after: added[0]}, nil
		}
		return note{what: "added items", subject: "meetings/" + meeting + "/agenda", after: added}, nil
	})
	return added, err
}

// insertItem writes a new row of the agenda and the step that says so. The caller arranges.
func (tx *tx) insertItem(ctx context.Context, m papers.Meeting, agenda []papers.Item, at int, by papers.Actor) error {
	papers.Arrange(agenda)
	i := &agenda[at]
	given := i.NumberGiven
	i.NumberGiven = false
	numbers, err := tx.numbers(ctx, m, agenda)
	if err != nil {
		return err
	}
	if i.NumberGiven = given && numbers[at] != i.Number; !i.NumberGiven { // what the count gives anyway is not held against it
		i.Number = numbers[at]
	}
	if _, err := tx.NewInsert().Model(&itemRow{Item: *i}).Exec(ctx); err != nil {
		return fmt.Errorf("adding an item: %w", err)
	}
	return tx.step(ctx, by, step{Meeting: m.Slug, Did: papers.StepAdded, Item: i.ID, After: i})
}

// ChangeItem implements papers.Store. An item of which papers are public cannot become private;
// one that becomes private makes its papers private.
func (db *DB) ChangeItem(ctx context.Context, i papers.Item, c papers.Change) (papers.Item, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		at, agenda, m, err := tx.itemOf(ctx, i.ID)
		if err != nil {
			return note{}, err
		}
		old := agenda[at]
		if old.Revision != i.Revision {
			return note{}, papers.Errorf(papers.CodeConflict, "Somebody else changed item %s a moment ago. Look at it again, then change it.", old.Number)
		}
		if err := tx.maySee(ctx, old, c.By); err != nil {
			return note{}, err
		}
		if i, err = tx.saveItem(ctx, m, agenda, at, i); err != nil {
			return note{}, err
		}
		if err := tx.step(ctx, c.By, step{Meeting: m.Slug, Did: papers.StepChanged, Item: i.ID, Before: &old, After: &i}); err != nil {
			return note{}, err
		}
		return note{what: "changed the item", subject: "items/" + i.ID, before: old, after: i}, nil
	})
	return i, err
}

// maySee refuses whoever sees only the public face of a private item: they would write that over it.
func (tx *tx) maySee(ctx context.Context, i papers.Item, by papers.Actor) error {
	kept, err := tx.NewSelect().TableExpr("conflicts AS cf").Where("cf.person = ? AND cf.item = ? AND cf.paper = '' AND cf.withholds AND cf.ended_at IS NULL", by.ID, i.ID).Count(ctx)
	if err != nil {
		return fmt.Errorf("looking for conflicts: %w", err)
	}
	if i.Private && kept > 0 {
		return papers.Errorf(papers.CodeForbidden, "You declared an interest in item %s, and it is withheld from you. Somebody else at the desk can change it.", i.Number)
	}
	return nil
}

// saveItem writes the item at a place of the agenda, whose numbers follow.
func (tx *tx) saveItem(ctx context.Context, m papers.Meeting, agenda []papers.Item, at int, i papers.Item) (papers.Item, error) {
	old := agenda[at]
	if err := tx.said(old.PublishedAt != nil); err != nil {
		return i, err
	}
	i.Meeting, i.Position, i.PublishedAt, i.Revision = old.Meeting, old.Position, old.PublishedAt, old.Revision+1
	i.Kind, i.Level, i.Moved, i.ReleasedAt, i.ReleasedWhy = old.Kind, old.Level, old.Moved, old.ReleasedAt, old.ReleasedWhy
	if old.ReleasedAt != nil { // what it said while it was private is part of the record
		i.PublicTitle, i.Exemption, i.Grounds = old.PublicTitle, old.Exemption, old.Grounds
	}
	if old.Private && !i.Private && old.PublishedAt != nil {
		return i, papers.Errorf(papers.CodeConflict, "Item %s is on the public agenda as private. Release it instead: that is recorded with its reason.", old.Number)
	}
	if i.Private && i.ReleasedAt != nil {
		return i, papers.Errorf(papers.CodeConflict, "Item %s was released to the public and cannot become private again.", old.Number)
	}
	if i.Number != old.Number {
		i.NumberGiven = i.Number != ""
	}
	if i.Private && !old.Private {
		if err := tx.makePapersPrivate(ctx, i); err != nil {
			return i, err
		}
	}
	agenda[at] = i
	numbers, err := tx.numbers(ctx, m, agenda)
	if err != nil {
		return i, err
	}
	i.Number = numbers[at]
	agenda[at] = i
	if _, err := tx.NewUpdate().Model(&itemRow{Item: i}).Where("id = ?", i.ID).Exec(ctx); err != nil {
		return i, fmt.Errorf("changing an item: %w", err)
	}
	_, err = tx.arrange(ctx, m, agenda)
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

// RemoveItem implements papers.Store. What is public or scheduled below keeps its number, because
// people may have noted it.
func (db *DB) RemoveItem(ctx context.Context, id string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		at, agenda, m, err := tx.itemOf(ctx, id)
		if err != nil {
			return note{}, err
		}
		old, behind := agenda[at], ""
		if at > 0 {
			behind = agenda[at-1].ID
		}
		declared, err := tx.deleteItem(ctx, m, agenda, at)
		if err != nil {
			return note{}, err
		}
		if declared > 0 { // it would come back without what was bound to it
			return note{what: "removed the item", subject: "items/" + id, before: old}, nil
		}
		if err := tx.step(ctx, c.By, step{Meeting: m.Slug, Did: papers.StepRemoved, Item: id, Before: &old, Behind: behind}); err != nil {
			return note{}, err
		}
		return note{what: "removed the item", subject: "items/" + id, before: old}, nil
	})
}

// deleteItem deletes an entry, and answers how much was bound to it that would not come back
// with it: conflicts of interest, a paper asked for.
func (tx *tx) deleteItem(ctx context.Context, m papers.Meeting, agenda []papers.Item, at int) (declared int64, err error) {
	i := agenda[at]
	if i.PublishedAt != nil {
		return 0, papers.Errorf(papers.CodeConflict, "This item is public. Change it to say that it will not be heard.")
	}
	var held int
	if err := tx.NewRaw("SELECT count(*) FROM papers WHERE item = ?", i.ID).Scan(ctx, &held); err != nil {
		return 0, fmt.Errorf("counting the papers of an item: %w", err)
	}
	if held > 0 {
		return 0, papers.Errorf(papers.CodeConflict, "This item has papers. Remove them first.")
	}
	if declared, err = tx.exec(ctx, "removing conflicts", "DELETE FROM conflicts WHERE item = ?", i.ID); err != nil {
		return 0, err
	}
	asked, err := tx.exec(ctx, "removing a commission", "DELETE FROM commissions WHERE item = ?", i.ID)
	if err != nil {
		return 0, err
	}
	declared += asked
	if _, err := tx.exec(ctx, "removing an item", "DELETE FROM items WHERE id = ?", i.ID); err != nil {
		return 0, err
	}
	_, err = tx.arrange(ctx, m, slices.Delete(slices.Clone(agenda), at, at+1))
	return declared, err
}
