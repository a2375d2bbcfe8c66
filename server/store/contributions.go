package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type contributionRow struct {
	bun.BaseModel `bun:"table:contributions,alias:c"`
	livestream.Contribution
	AskKey string
}

// derived is the one field of a contribution that has no column: its code is made of the site key.
const derived = "code"

// sealedContribution is a contribution with who asked, sealed.
type sealedContribution struct {
	bun.BaseModel `bun:"table:contributions,alias:c"`
	livestream.Contribution
	AskKey string
	Sealed []byte `bun:",scanonly"`
}

// person is what is sealed of a contribution: who asked, and their words, which move to the
// contribution's own row only while they are shown. The row of who asked is where an asker is erased.
type person struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Area  string `json:"area,omitempty"`
	For   string `json:"organisation,omitempty"`
	Text  string `json:"text,omitempty"`
	livestream.Private
}

type personRow struct {
	bun.BaseModel `bun:"table:contribution_people,alias:cp"`
	Number        string
	Sealed        []byte
}

func personOf(number string) string { return "contribution_people:" + number }

// contributions reads contributions as staff see them, with the names of their askers.
func (db *DB) contributions(ctx context.Context, from bun.IDB, narrow func(*bun.SelectQuery)) ([]livestream.Contribution, error) {
	var rows []sealedContribution
	q := from.NewSelect().Model(&rows).ColumnExpr("c.*, cp.sealed").Join("LEFT JOIN contribution_people AS cp ON cp.number = c.number").
		OrderExpr("c.received_at, c.number")
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading contributions: %w", err)
	}
	list := make([]livestream.Contribution, len(rows))
	for i, r := range rows {
		list[i] = r.Contribution
		if err := db.unseal(&list[i], r.Sealed); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// unseal fills in what the contribution's own row does not show.
func (db *DB) unseal(c *livestream.Contribution, sealed []byte) error {
	if len(sealed) == 0 {
		return nil
	}
	var p person
	if err := db.seal.open(personOf(c.Number), sealed, &p); err != nil {
		return err
	}
	c.Name, c.Area, c.For, c.Text = cmp.Or(c.Name, p.Name), cmp.Or(c.Area, p.Area), cmp.Or(c.For, p.For), cmp.Or(c.Text, p.Text)
	c.Private = p.Private
	c.Email, c.HasEmail = p.Email, p.Email != ""
	return nil
}

// shown is what the contribution's own row holds: words, name and place only while others may see them.
func shown(c livestream.Contribution) livestream.Contribution {
	if !c.State.ShowsWords() {
		c.Text, c.Name, c.Area, c.For = "", "", "", ""
	}
	if c.Minor {
		c.Name = ""
	}
	return c
}

// forDesk leaves out what an asker took back: their own page is the only one that still shows it.
func forDesk(c livestream.Contribution) livestream.Contribution {
	if c.State == livestream.WithdrawnByAsker {
		c.Text, c.Name, c.Area, c.For, c.Private = "", "", "", "", livestream.Private{}
	}
	return c
}

// sealPerson writes what is private of a contribution.
func (tx *tx) sealPerson(ctx context.Context, c livestream.Contribution) error {
	sealed, err := tx.db.seal.close(personOf(c.Number), person{Email: c.Email, Name: c.Name, Area: c.Area, For: c.For, Text: c.Text, Private: c.Private})
	if err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(&personRow{Number: c.Number, Sealed: sealed}).On("CONFLICT (number) DO UPDATE").Set("sealed = EXCLUDED.sealed").Exec(ctx)
	if err != nil {
		return fmt.Errorf("sealing who asked: %w", err)
	}
	return nil
}

func (db *DB) contribution(ctx context.Context, from bun.IDB, number string) (livestream.Contribution, error) {
	return only(db.contributions(ctx, from, func(q *bun.SelectQuery) { q.Where("c.number = ?", number) }))
}

// Ask implements livestream.Store. Contribution, event and act are one commit; before it nothing is
// there, and the same key asks again.
func (db *DB) Ask(ctx context.Context, a livestream.Ask) (c livestream.Contribution, again bool, err error) {
	err = db.write(ctx, func(tx *tx) error {
		c, again, err = tx.ask(ctx, a)
		return err
	})
	return db.taken(c, again, err)
}

// Enter implements livestream.Store. The audit says when it is said to have come, and how, of nobody.
func (db *DB) Enter(ctx context.Context, a livestream.Ask, ch papers.Change) (c livestream.Contribution, again bool, err error) {
	err = db.write(ctx, func(tx *tx) error {
		if c, again, err = tx.ask(ctx, a); err != nil {
			return err
		}
		return tx.audit(ctx, ch.By, note{what: "entered a " + string(c.Kind) + " for somebody", subject: "questions/" + c.Number,
			after: map[string]any{"channel": c.Channel, "received_at": c.ReceivedAt, "entered_at": tx.now}})
	})
	return db.taken(c, again, err)
}

func (db *DB) taken(c livestream.Contribution, again bool, err error) (livestream.Contribution, bool, error) {
	if err != nil {
		return livestream.Contribution{}, false, err
	}
	c.Code = db.seal.code(c.Number)
	return c, again, nil
}

func (tx *tx) ask(ctx context.Context, a livestream.Ask) (c livestream.Contribution, again bool, err error) {
	m, err := readMeeting(ctx, tx, papers.Public, a.Meeting)
	if err != nil {
		return c, false, err
	}
	if a.Item != "" {
		if err := tx.publicItem(ctx, m.Slug, a.Item); err != nil {
			return c, false, err
		}
	}
	room, err := tx.holdRoom(ctx, m.Slug)
	if err != nil {
		return c, false, err
	}
	if c, err = tx.db.asked(ctx, tx, a.Meeting, a.Device, a.Key); err == nil {
		return c, true, errNothing
	}
	if !errors.Is(err, papers.ErrNotFound) {
		return c, false, err
	}
	if err := tx.maySend(ctx, m, room, a.Device, a.From); err != nil {
		return c, false, err
	}
	if err := tx.within(ctx, m, a); err != nil {
		return c, false, err
	}
	if c, err = tx.take(ctx, m, a); err != nil {
		return c, false, err
	}
	if err := tx.notePlace(ctx, m.Slug, a.From, "questions/"+c.Number); err != nil {
		return c, false, err
	}
	tx.acts = []papers.Act{{Kind: papers.ActContributionTaken, Subject: "questions/" + c.Number, Board: c.Board, Meeting: c.Meeting,
		Facts: map[string]string{"kind": string(c.Kind), "state": string(c.State)}, Texts: map[string]string{"text": c.Text, "name": c.Name}}}
	return c, false, tx.emit(ctx, &room, livestream.EventQuestionChanged, c.Public())
}

// within holds the limits of how many, while the room is held: two at once do not get past them.
func (tx *tx) within(ctx context.Context, m papers.Meeting, a livestream.Ask) error {
	rules, err := rulesOf(ctx, tx, m)
	if err != nil || !a.Limited(rules) {
		return err
	}
	others, err := tx.db.contributions(ctx, tx, func(q *bun.SelectQuery) { q.Where("c.meeting = ? AND c.kind = ?", m.Slug, a.Kind) })
	if err != nil {
		return err
	}
	return a.Within(rules, others)
}

// Asked implements livestream.Store.
func (db *DB) Asked(ctx context.Context, meeting, device, key string) (livestream.Contribution, error) {
	c, err := db.asked(ctx, db.r, meeting, device, key)
	if err == nil {
		c.Code = db.seal.code(c.Number)
	}
	return c, err
}

func (db *DB) asked(ctx context.Context, from bun.IDB, meeting, device, key string) (livestream.Contribution, error) {
	return only(db.contributions(ctx, from, func(q *bun.SelectQuery) {
		q.Where("c.meeting = ? AND (c.device = ? AND c.ask_key = ? OR c.device = '' AND c.ask_key = ?)", meeting, device, key, db.seal.spent(meeting, device, key))
	}))
}

// take writes what was asked under the next number of its kind and year.
func (tx *tx) take(ctx context.Context, m papers.Meeting, a livestream.Ask) (livestream.Contribution, error) {
	series := fmt.Sprintf("%s-%d", a.Kind.Letter(), tx.now.In(m.Location()).Year())
	n, err := tx.count(ctx, series, 1)
	if err != nil {
		return livestream.Contribution{}, err
	}
	c := livestream.Contribution{Number: fmt.Sprintf("%s-%04d", series, n), Kind: a.Kind, Meeting: m.Slug, Board: m.Board, Item: a.Item, Parent: a.Parent,
		State: livestream.Received, Text: keepable(a.Text), Urgent: a.Urgent, Name: keepable(a.Name), Area: keepable(a.Area), For: keepable(a.For), Revision: 1,
		ReceivedAt: tx.now, ChangedAt: tx.now, Channel: a.Channel, Device: a.Device,
		Private: livestream.Private{Email: a.Email, HasEmail: a.Email != "", EnteredBy: a.EnteredBy, Minor: a.Minor, Health: a.Health, Withheld: a.Withheld}}
	if !a.ReceivedAt.IsZero() {
		c.ReceivedAt = inMicroseconds(a.ReceivedAt)
	}
	if c.Kind == "" {
		c.Kind = livestream.KindQuestion
	}
	if _, err := tx.NewInsert().Model(&contributionRow{Contribution: shown(c), AskKey: a.Key}).ExcludeColumn(derived).Exec(ctx); err != nil {
		return c, fmt.Errorf("writing a contribution: %w", err)
	}
	return c, tx.sealPerson(ctx, c)
}

// Email answers the address to which an answer may be sent, "" when none was given. It is for the
// program itself and for nobody's page.
func (db *DB) Email(ctx context.Context, number string) (string, error) {
	var row personRow
	err := db.r.NewSelect().Model(&row).Where("number = ?", number).Scan(ctx)
	if err := found(err, "who asked"); err != nil {
		return "", err
	}
	var p person
	err = db.seal.open(personOf(number), row.Sealed, &p)
	return p.Email, err
}

// takeBack lets the words of a question leave all that was told before: earlier events keep kind and
// number and tell the face; without the salts what acts hold of the words cannot be linked to them.
func (tx *tx) takeBack(ctx context.Context, face livestream.Question) error {
	var rows []eventRow
	err := tx.NewSelect().Model(&rows).Where("e.meeting = ? AND e.kind LIKE 'question.%' AND e.data LIKE ?", face.Meeting, `%"id":"`+face.Number+`"%`).Scan(ctx)
	if err != nil {
		return fmt.Errorf("reading the events of a question: %w", err)
	}
	for _, r := range rows {
		e := livestream.Event{Kind: r.Kind, Data: json.RawMessage(r.Data)}
		if !e.TakeBack(face) {
			continue
		}
		if _, err := tx.exec(ctx, "taking words back", "UPDATE room_events SET data = ? WHERE meeting = ? AND seq = ?", string(e.Data), r.Meeting, r.Seq); err != nil {
			return err
		}
	}
	return tx.forgetSalts(ctx, face.Number)
}

// forgetSalts makes what earlier acts committed to of a question unlinkable.
func (tx *tx) forgetSalts(ctx context.Context, number string) error {
	_, err := tx.exec(ctx, "deleting salts", "DELETE FROM act_salts WHERE act IN (SELECT number FROM acts WHERE subject = ?)", "questions/"+number)
	return err
}

// keepContribution writes a contribution and what is sealed of it.
func (tx *tx) keepContribution(ctx context.Context, c livestream.Contribution) error {
	_, err := tx.NewUpdate().Model(&contributionRow{Contribution: shown(c)}).ExcludeColumn(derived, "ask_key", "supports").Where("number = ?", c.Number).Exec(ctx)
	if err != nil {
		return fmt.Errorf("changing a contribution: %w", err)
	}
	return tx.sealPerson(ctx, c)
}
