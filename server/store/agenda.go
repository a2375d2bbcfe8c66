package store

import (
	"context"
	"fmt"
	"slices"

	"clearday/papers"
)

// MoveItem implements papers.Store. Moving the first up or the last down changes nothing.
func (db *DB) MoveItem(ctx context.Context, mv papers.Move, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		at, agenda, m, err := tx.itemOf(ctx, mv.Item)
		if err != nil {
			return note{}, err
		}
		old, behind := agenda[at], ""
		if at > 0 {
			behind = agenda[at-1].ID
		}
		if mv.Seen > 0 && old.Moved > mv.Seen {
			return note{}, papers.Errorf(papers.CodeConflict, "Somebody else moved this a moment ago. It stands where they put it. Look, then move it again if you still want to.")
		}
		now, err := tx.move(ctx, m, agenda, mv)
		if err != nil {
			return note{}, err
		}
		err = tx.step(ctx, c.By, step{Meeting: m.Slug, Did: papers.StepMoved, Item: mv.Item, Before: &old, After: &now, Behind: behind})
		return note{what: "moved the item", subject: "items/" + mv.Item, before: old.Position, after: now.Position}, err
	})
}

// move makes a move and writes the agenda. What the public sees of it is an act; what is scheduled
// stays where it is.
func (tx *tx) move(ctx context.Context, m papers.Meeting, agenda []papers.Item, mv papers.Move) (papers.Item, error) {
	moved, ok := mv.Apply(agenda)
	if !ok {
		return papers.Item{}, errNothing
	}
	before := map[string]papers.Item{}
	for _, i := range agenda {
		before[i.ID] = i
	}
	var now *papers.Item
	for n := range moved {
		i := &moved[n]
		was := before[i.ID]
		if i.ID == mv.Item {
			now = i
		}
		if was.Position == i.Position && was.Level == i.Level {
			continue
		}
		if err := tx.frozen(ctx, m, holdsItem(i.ID)); err != nil {
			return *i, err
		}
		if i.PublishedAt != nil && len(tx.acts) == 0 { // the public sees this one move, whichever was asked for
			tx.acts = []papers.Act{itemAct(m, *i)}
		}
	}
	m.OrderRevision++
	now.Moved = m.OrderRevision
	_, err := tx.exec(ctx, "counting the order", "UPDATE meetings SET order_revision = ? WHERE slug = ?", m.OrderRevision, m.Slug)
	if err != nil {
		return *now, err
	}
	_, err = tx.arrange(ctx, m, moved)
	return *now, err
}

// itemAct says to the public that an item which it sees has changed.
func itemAct(m papers.Meeting, i papers.Item) papers.Act {
	face := i.ForPublic()
	return papers.Act{Kind: papers.ActItemChanged, Subject: "items/" + i.ID, Board: m.Board, Meeting: m.Slug,
		Texts: map[string]string{"title": face.Number + " " + face.Title}}
}

// arrange writes where each entry stands and its number, which follows the style. The revision of an
// entry moves when its number or level does.
func (tx *tx) arrange(ctx context.Context, m papers.Meeting, agenda []papers.Item) ([]papers.Item, error) {
	papers.Arrange(agenda)
	numbers, err := tx.numbers(ctx, m, agenda)
	if err != nil {
		return nil, err
	}
	for n := range agenda {
		i := &agenda[n]
		i.Number = numbers[n]
		_, err := tx.exec(ctx, "placing an item", `UPDATE items SET position = ?, moved = ?,
			revision = CASE WHEN number = ? AND level = ? THEN revision ELSE revision + 1 END, number = ?, level = ?
			WHERE id = ? AND (position <> ? OR number <> ? OR level <> ? OR moved <> ?)`,
			i.Position, i.Moved, i.Number, i.Level, i.Number, i.Level, i.ID, i.Position, i.Number, i.Level, i.Moved)
		if err != nil {
			return nil, err
		}
	}
	return agenda, nil
}

// numbers counts the agenda in its style. What is public or scheduled keeps its number.
func (tx *tx) numbers(ctx context.Context, m papers.Meeting, agenda []papers.Item) ([]string, error) {
	scheduled, err := tx.scheduled(ctx, m.Slug)
	if err != nil {
		return nil, err
	}
	style := papers.NumberingOf(m)
	if style.From == 0 && style.Style.Continues() {
		if style.From, err = tx.countsOnFrom(ctx, m); err != nil {
			return nil, err
		}
	}
	return style.Numbers(agenda, func(i papers.Item) bool {
		return i.PublishedAt != nil || slices.ContainsFunc(scheduled, func(p papers.Publication) bool { return slices.Contains(p.Items, i.ID) })
	}), nil
}

// countsOnFrom is one more than the number with which the last agenda of the board before this one
// ended, of those that count on.
func (tx *tx) countsOnFrom(ctx context.Context, m papers.Meeting) (int, error) {
	var last []string
	err := tx.NewRaw(`SELECT m.slug FROM meetings AS m WHERE m.board = ? AND m.numbering = ? AND m.starts_at < ?
		AND EXISTS (SELECT 1 FROM items AS i WHERE i.meeting = m.slug) ORDER BY m.starts_at DESC LIMIT 1`, m.Board, m.Numbering, m.StartsAt).Scan(ctx, &last)
	if err != nil || len(last) == 0 {
		return 1, found(err, "the last agenda")
	}
	var items []itemRow
	if err := tx.NewSelect().Model(&items).Where("i.meeting = ?", last[0]).Scan(ctx); err != nil {
		return 0, fmt.Errorf("reading the last agenda: %w", err)
	}
	agenda := make([]papers.Item, len(items))
	for n, i := range items {
		agenda[n] = i.Item
	}
	return papers.Ended(agenda) + 1, nil
}

// SetNumbering implements papers.Store.
func (db *DB) SetNumbering(ctx context.Context, meeting string, style papers.NumberStyle, from int, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		m, agenda, err := tx.agenda(ctx, meeting)
		if err != nil {
			return note{}, err
		}
		before := m.Numbering
		m.Numbering, m.NumberFrom = style, from
		_, err = tx.exec(ctx, "setting the numbering", "UPDATE meetings SET numbering = ?, number_from = ? WHERE slug = ?", style, from, meeting)
		if err != nil {
			return note{}, err
		}
		if _, err := tx.arrange(ctx, m, agenda); err != nil {
			return note{}, err
		}
		return note{what: "set the numbering", subject: "meetings/" + meeting + "/agenda", before: before, after: style}, nil
	})
}
