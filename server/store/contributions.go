package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

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

// person is what is sealed of an asker. The name moves to the contribution when it is published.
type person struct {
	Email string `json:"email"`
	Name  string `json:"name"`
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
		if r.Name != "" || len(r.Sealed) == 0 {
			continue
		}
		var p person
		if err := db.seal.open(personOf(r.Number), r.Sealed, &p); err != nil {
			return nil, err
		}
		list[i].Name = p.Name
	}
	return list, nil
}

func (db *DB) contribution(ctx context.Context, from bun.IDB, number string) (livestream.Contribution, error) {
	return only(db.contributions(ctx, from, func(q *bun.SelectQuery) { q.Where("c.number = ?", number) }))
}

// Ask implements livestream.Store. Contribution, event and act are one commit; before it nothing is
// there, and the same key asks again.
func (db *DB) Ask(ctx context.Context, a livestream.Ask) (c livestream.Contribution, again bool, err error) {
	err = db.write(ctx, func(tx *tx) error {
		m, err := readMeeting(ctx, tx, papers.Public, a.Meeting)
		if err != nil {
			return err
		}
		if a.Item != "" {
			if err := tx.publicItem(ctx, m.Slug, a.Item); err != nil {
				return err
			}
		}
		room, err := tx.holdRoom(ctx, m.Slug)
		if err != nil {
			return err
		}
		c, err = db.asked(ctx, tx, a.Meeting, a.Device, a.Key)
		if err == nil {
			again = true
			return errNothing
		}
		if !errors.Is(err, papers.ErrNotFound) {
			return err
		}
		if c, err = tx.take(ctx, m, a); err != nil {
			return err
		}
		tx.acts = []papers.Act{{Kind: papers.ActContributionTaken, Subject: "questions/" + c.Number, Board: c.Board, Meeting: c.Meeting,
			Facts: map[string]string{"kind": string(c.Kind), "state": string(c.State)}, Texts: map[string]string{"text": c.Text, "name": c.Name}}}
		return tx.emit(ctx, &room, livestream.EventQuestionChanged, c.Public())
	})
	if err != nil {
		return livestream.Contribution{}, false, err
	}
	c.Code = db.seal.code(c.Number)
	return c, again, nil
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
		q.Where("c.meeting = ? AND c.device = ? AND c.ask_key = ?", meeting, device, key)
	}))
}

// take writes what was asked under the next number of its kind and year.
func (tx *tx) take(ctx context.Context, m papers.Meeting, a livestream.Ask) (livestream.Contribution, error) {
	series := fmt.Sprintf("%s-%d", a.Kind.Letter(), tx.now.In(m.Location()).Year())
	n, err := tx.count(ctx, series, 1)
	if err != nil {
		return livestream.Contribution{}, err
	}
	c := livestream.Contribution{Number: fmt.Sprintf("%s-%04d", series, n), Kind: a.Kind, Meeting: m.Slug, Board: m.Board, Item: a.Item,
		State: livestream.Received, Text: a.Text, Area: a.Area, Revision: 1, ReceivedAt: tx.now, ChangedAt: tx.now, Device: a.Device}
	if c.Kind == "" {
		c.Kind = livestream.KindQuestion
	}
	if _, err := tx.NewInsert().Model(&contributionRow{Contribution: c, AskKey: a.Key}).ExcludeColumn(derived).Exec(ctx); err != nil {
		return c, fmt.Errorf("writing a contribution: %w", err)
	}
	c.Name = a.Name
	if a.Email == "" && a.Name == "" {
		return c, nil
	}
	sealed, err := tx.db.seal.close(personOf(c.Number), person{Email: a.Email, Name: a.Name})
	if err != nil {
		return c, err
	}
	if _, err := tx.NewInsert().Model(&personRow{Number: c.Number, Sealed: sealed}).Exec(ctx); err != nil {
		return c, fmt.Errorf("sealing who asked: %w", err)
	}
	return c, nil
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

// Decide implements livestream.Store. There is an event only when the public face changed.
func (db *DB) Decide(ctx context.Context, d livestream.Decision, c papers.Change) (livestream.Contribution, error) {
	var now livestream.Contribution
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		room, was, err := tx.holdContribution(ctx, d.Number)
		if err != nil {
			return note{}, err
		}
		if err := d.Check(was); err != nil {
			return note{}, err
		}
		if d.Item != "" {
			if err := tx.publicItem(ctx, was.Meeting, d.Item); err != nil {
				return note{}, err
			}
		}
		now = decided(was, d)
		now.Revision, now.ChangedAt = was.Revision+1, tx.now
		if now.State.ShowsWords() && now.PublishedAt == nil {
			now.PublishedAt = &tx.now
		}
		if now.State != was.State && answers(now.State) {
			now.AnsweredAt = &tx.now
		}
		if err := tx.keepContribution(ctx, now); err != nil {
			return note{}, err
		}
		if was.State.ShowsWords() && !now.State.ShowsWords() {
			if err := tx.takeBack(ctx, now.Public()); err != nil {
				return note{}, err
			}
		}
		if now.Public() != was.Public() {
			if err := tx.emit(ctx, &room, eventOf(was, now), now.Public()); err != nil {
				return note{}, err
			}
		}
		if now.State == livestream.Merged && was.State != livestream.Merged {
			if err := tx.merge(ctx, &room, now); err != nil {
				return note{}, err
			}
		}
		return note{what: "decided about a contribution", subject: "questions/" + now.Number, before: was.State, after: now.State}, nil
	})
	return now, err
}

func answers(s livestream.State) bool {
	return s == livestream.AnsweredOrally || s == livestream.AnsweredWriting
}

// decided applies the decision to a contribution.
func decided(c livestream.Contribution, d livestream.Decision) livestream.Contribution {
	c.State, c.Reason = d.To, ""
	if d.To == livestream.Refused {
		c.Reason = d.Reason
	}
	if d.To == livestream.Merged {
		c.MergedInto = d.MergedInto
	}
	if d.Item != "" {
		c.Item = d.Item
	}
	if answers(d.To) && d.Answer != "" {
		c.Answer = d.Answer
	}
	if answers(d.To) && d.AnsweredBy != "" {
		c.AnsweredBy = d.AnsweredBy
	}
	return c
}

func eventOf(was, now livestream.Contribution) livestream.EventKind {
	switch {
	case now.State == livestream.Published && was.State != now.State:
		return livestream.EventQuestionPublished
	case answers(now.State) && was.State != now.State:
		return livestream.EventQuestionAnswered
	}
	return livestream.EventQuestionChanged
}

// holdContribution reads a contribution while holding its room: all that happens to contributions
// of one meeting happens one after the other.
func (tx *tx) holdContribution(ctx context.Context, number string) (livestream.Room, livestream.Contribution, error) {
	c, err := tx.db.contribution(ctx, tx, number)
	if err != nil {
		return livestream.Room{}, c, err
	}
	room, err := tx.holdRoom(ctx, c.Meeting)
	if err != nil {
		return room, c, err
	}
	c, err = tx.db.contribution(ctx, tx, number) // again, now that it stands still
	return room, c, err
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
	_, err = tx.exec(ctx, "deleting salts", "DELETE FROM act_salts WHERE act IN (SELECT number FROM acts WHERE subject = ?)", "questions/"+face.Number)
	return err
}

// keepContribution writes a contribution. Its name is sealed while the words are not shown.
func (tx *tx) keepContribution(ctx context.Context, c livestream.Contribution) error {
	if !c.State.ShowsWords() {
		c.Name = ""
	}
	_, err := tx.NewUpdate().Model(&contributionRow{Contribution: c}).ExcludeColumn(derived, "ask_key", "supports").Where("number = ?", c.Number).Exec(ctx)
	if err != nil {
		return fmt.Errorf("changing a contribution: %w", err)
	}
	return nil
}

// merge carries the supports of a merged question over to the one it joins, each device once.
func (tx *tx) merge(ctx context.Context, room *livestream.Room, c livestream.Contribution) error {
	into, err := tx.db.contribution(ctx, tx, c.MergedInto)
	if papers.CodeOf(err) == papers.CodeNotFound || err == nil && into.Meeting != c.Meeting {
		return papers.Errorf(papers.CodeInvalid, "There is no %s in this meeting. Check the number.", c.MergedInto)
	}
	if err != nil {
		return err
	}
	if slices.Contains([]livestream.State{livestream.Merged, livestream.Refused, livestream.WithdrawnByAsker}, into.State) {
		return papers.Errorf(papers.CodeConflict, "%s is %s itself. Choose another question.", into.Number, into.State.Words())
	}
	added, err := tx.exec(ctx, "carrying supports over", `INSERT INTO supports (question, device, at)
		SELECT ?, device, ? FROM supports WHERE question = ? ON CONFLICT DO NOTHING`, into.Number, tx.now, c.Number)
	if err != nil || added == 0 {
		return err
	}
	return tx.counted(ctx, room, into.Board, map[string]int{into.Number: int(added)})
}
