package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

// stepsKept is how long a change of an agenda can be undone.
const stepsKept = 7 * 24 * time.Hour

// oneGo is the pause after which a change of an item is a step of its own: what saves itself while
// somebody types is undone in one.
const oneGo = 10 * time.Second

// step is one change of an agenda as it is undone: the item before and after, and the entry that it
// stood behind.
type step struct {
	bun.BaseModel `bun:"table:agenda_steps,alias:st"`
	ID            int64 `bun:",pk,autoincrement"`
	Meeting       string
	At            time.Time
	WhoID         string
	Did           papers.StepKind
	Item          string
	Before        *papers.Item
	After         *papers.Item
	Behind        string
	Undone        bool
}

// step keeps what was done, and lets go of what is too old to be undone.
func (tx *tx) step(ctx context.Context, by papers.Actor, s step) error {
	s.At, s.WhoID = tx.now, by.ID
	last, err := lastStep(ctx, tx, s.Meeting, by.ID)
	if err != nil && papers.CodeOf(err) != papers.CodeNotFound {
		return err
	}
	if s.Did == papers.StepChanged && last.Did == papers.StepChanged && last.Item == s.Item && tx.now.Sub(last.At) < oneGo {
		_, err := tx.NewUpdate().Model(&step{ID: last.ID, At: tx.now, After: s.After}).Column("at", "after").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("keeping a step: %w", err)
		}
		return nil
	}
	if _, err := tx.NewInsert().Model(&s).Exec(ctx); err != nil {
		return fmt.Errorf("keeping a step: %w", err)
	}
	_, err = tx.exec(ctx, "letting old steps go", "DELETE FROM agenda_steps WHERE meeting = ? AND at < ?", s.Meeting, tx.now.Add(-stepsKept))
	return err
}

func lastStep(ctx context.Context, from bun.IDB, meeting, who string) (step, error) {
	var steps []step
	err := from.NewSelect().Model(&steps).Where("meeting = ? AND who_id = ? AND NOT undone", meeting, who).OrderExpr("id DESC").Limit(1).Scan(ctx)
	if err != nil {
		err = fmt.Errorf("reading the last step: %w", err)
	}
	return only(steps, err)
}

// LastStep implements papers.Store.
func (db *DB) LastStep(ctx context.Context, meeting, who string) (papers.Step, error) {
	s, err := lastStep(ctx, db.r, meeting, who)
	return s.told(), err
}

func (s step) told() papers.Step {
	t := papers.Step{ID: s.ID, Did: s.Did, Item: s.Item, At: s.At}
	for _, i := range []*papers.Item{s.Before, s.After} {
		if i != nil {
			t.Number, t.Title = i.Number, i.Title
		}
	}
	return t
}

// Undo implements papers.Store. It is a change like any other: audited, an act where the public sees
// it, and refused where somebody else has changed the same since.
func (db *DB) Undo(ctx context.Context, meeting string, id int64, c papers.Change) (papers.Step, error) {
	var done papers.Step
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		m, agenda, err := tx.agenda(ctx, meeting)
		if err != nil {
			return note{}, err
		}
		s, err := lastStep(ctx, tx, meeting, c.By.ID)
		if papers.CodeOf(err) == papers.CodeNotFound || err == nil && s.ID != id {
			return note{}, papers.Errorf(papers.CodeConflict, "There is nothing of yours to undo here, or it was undone already. Look at the agenda again.")
		}
		if err != nil {
			return note{}, err
		}
		if err := tx.undo(ctx, m, agenda, s, c.By); err != nil {
			return note{}, err
		}
		if _, err := tx.exec(ctx, "noting an undone step", "UPDATE agenda_steps SET undone = TRUE WHERE id = ?", s.ID); err != nil {
			return note{}, err
		}
		done = s.told()
		return note{what: "undid: " + string(s.Did) + " the item", subject: "items/" + s.Item, before: s.After, after: s.Before}, nil
	})
	return done, err
}

func (tx *tx) undo(ctx context.Context, m papers.Meeting, agenda []papers.Item, s step, by papers.Actor) error {
	at := slices.IndexFunc(agenda, func(i papers.Item) bool { return i.ID == s.Item })
	if s.Did == papers.StepRemoved {
		return tx.putBack(ctx, m, agenda, s)
	}
	if at < 0 {
		return papers.Errorf(papers.CodeConflict, "Somebody else removed this item since. There is nothing to undo.")
	}
	if err := tx.frozen(ctx, m, holdsItem(s.Item)); err != nil {
		return err
	}
	switch s.Did {
	case papers.StepAdded:
		_, err := tx.deleteItem(ctx, m, agenda, at)
		return err
	case papers.StepMoved:
		return tx.moveBack(ctx, m, agenda, at, s)
	}
	return tx.changeBack(ctx, m, agenda, at, s)
}

// putBack puts a removed item where it stood, or last when what it stood behind is gone too.
func (tx *tx) putBack(ctx context.Context, m papers.Meeting, agenda []papers.Item, s step) error {
	to := 0
	if s.Behind != "" {
		if to = slices.IndexFunc(agenda, func(i papers.Item) bool { return i.ID == s.Behind }) + 1; to == 0 {
			to = len(agenda)
		}
	}
	i := *s.Before
	i.Revision++
	agenda = slices.Insert(slices.Clone(agenda), to, i)
	if _, err := tx.NewInsert().Model(&itemRow{Item: i}).Exec(ctx); err != nil {
		return fmt.Errorf("putting an item back: %w", err)
	}
	_, err := tx.arrange(ctx, m, agenda)
	return err
}

func (tx *tx) moveBack(ctx context.Context, m papers.Meeting, agenda []papers.Item, at int, s step) error {
	if agenda[at].Position != s.After.Position || agenda[at].Level != s.After.Level {
		return papers.Errorf(papers.CodeConflict, "The agenda changed around this item since it was moved. Move it by hand.")
	}
	way := papers.Move{Item: s.Item, Way: papers.MoveAfter, After: s.Behind}
	switch {
	case s.Before.Level < s.After.Level:
		way.Way = papers.MoveOut
	case s.Before.Level > s.After.Level && s.Before.Position == s.After.Position:
		way.Way = papers.MoveIn
	}
	_, err := tx.move(ctx, m, agenda, way)
	return err
}

// changeBack gives each field that the step changed its value from before, if it still holds what the
// step gave it.
func (tx *tx) changeBack(ctx context.Context, m papers.Meeting, agenda []papers.Item, at int, s step) error {
	before, err1 := fields(s.Before)
	after, err2 := fields(s.After)
	now, err3 := fields(&agenda[at])
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return err
		}
	}
	merged := papers.Merge(after, before, now)
	if len(merged.Clashes) > 0 {
		return papers.Errorf(papers.CodeConflict, "Somebody else changed the same of item %s since. Change it by hand.", agenda[at].Number)
	}
	i := agenda[at]
	text := map[string]json.RawMessage{}
	for name, value := range merged.Values {
		text[name] = json.RawMessage(value)
	}
	whole, err := json.Marshal(text)
	if err == nil {
		err = json.Unmarshal(whole, &i)
	}
	if err != nil {
		return fmt.Errorf("undoing a change: %w", err)
	}
	if !i.NumberGiven {
		i.Number = agenda[at].Number
	}
	if i.PublishedAt != nil {
		tx.acts = append(tx.acts, itemAct(m, i))
	}
	_, err = tx.saveItem(ctx, m, agenda, at, i)
	return err
}

// fields are the JSON values of what an editor changes of an item.
func fields(i *papers.Item) (map[string]string, error) {
	whole, err := json.Marshal(i)
	raw := map[string]json.RawMessage{}
	if err == nil {
		err = json.Unmarshal(whole, &raw)
	}
	if err != nil {
		return nil, fmt.Errorf("comparing an item: %w", err)
	}
	values := map[string]string{}
	for name, value := range raw {
		values[name] = string(value)
	}
	skip := []string{"id", "meeting", "position", "revision", "published_at", "released_at", "released_why", "level", "kind"}
	if !i.NumberGiven {
		skip = append(skip, "number")
	}
	for _, name := range skip {
		delete(values, name)
	}
	return values, nil
}
