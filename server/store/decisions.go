package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

// Decide implements livestream.Store. There is an event only when the public face changed.
func (db *DB) Decide(ctx context.Context, d livestream.Decision, c papers.Change) (livestream.Contribution, error) {
	var now livestream.Contribution
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		room, was, err := tx.holdContribution(ctx, d.Number)
		if err != nil {
			return note{}, err
		}
		if now, err = tx.decide(ctx, &room, was, d, c.By); err != nil {
			return note{}, err
		}
		return note{what: "decided about a contribution", subject: "questions/" + now.Number, before: was.State, after: now.State}, nil
	})
	return forDesk(now), err
}

// decide applies a decision to a contribution whose room is held.
func (tx *tx) decide(ctx context.Context, room *livestream.Room, was livestream.Contribution, d livestream.Decision, by papers.Actor) (livestream.Contribution, error) {
	if err := d.Check(was); err != nil {
		return was, err
	}
	if err := room.TakesDecision(was, d); err != nil {
		return was, err
	}
	if err := tx.atDesk(ctx, was, d, by); err != nil {
		return was, err
	}
	if d.Item != "" {
		if err := tx.publicItem(ctx, was.Meeting, d.Item); err != nil {
			return was, err
		}
	}
	now := d.Apply(was, by, tx.now)
	if err := tx.become(ctx, room, was, now, d.Messages(was, now, by)...); err != nil {
		return now, err
	}
	if now.State == livestream.Merged && was.State != livestream.Merged {
		return now, tx.merge(ctx, room, now)
	}
	return now, nil
}

// become writes a contribution as it is now, what its file says of it, the event when its public face
// changed, and the letter to its asker.
func (tx *tx) become(ctx context.Context, room *livestream.Room, was, now livestream.Contribution, said ...livestream.Message) error {
	if err := tx.keepContribution(ctx, now); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "ending what waits", "DELETE FROM desk_outgoing WHERE number = ?", now.Number); err != nil {
		return err // it was decided about other words
	}
	if err := tx.keepMessages(ctx, now.Number, said); err != nil {
		return err
	}
	if err := tx.retell(ctx, room, was, now); err != nil {
		return err
	}
	return tx.writeToAskers(ctx, was, now)
}

// retell writes the event of a contribution whose public face changed, and lets words that are not to be
// shown any more leave what was told before.
func (tx *tx) retell(ctx context.Context, room *livestream.Room, was, now livestream.Contribution) error {
	face := now.Public()
	if face == was.Public() {
		return nil
	}
	if face.Revised = now.Revises(was); face.Revised {
		if err := tx.takeBack(ctx, face); err != nil {
			return err
		}
	}
	return tx.emit(ctx, room, eventOf(was, now), face)
}

func answers(s livestream.State) bool {
	return s == livestream.AnsweredOrally || s == livestream.AnsweredWriting
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

// Respond implements livestream.Store.
func (db *DB) Respond(ctx context.Context, r livestream.Response) (livestream.Contribution, error) {
	if !db.seal.isCode(r.Number, r.Code) {
		return livestream.Contribution{}, papers.ErrNotFound
	}
	var now livestream.Contribution
	err := db.change(ctx, papers.Change{By: livestream.Asker}, func(tx *tx) (note, error) {
		room, was, err := tx.holdContribution(ctx, r.Number)
		if err != nil {
			return note{}, err
		}
		if err := r.Check(was); err != nil {
			return note{}, err
		}
		again, err := tx.saidAgain(ctx, r)
		if err != nil {
			return note{}, err
		}
		if now = was; again {
			return note{}, errNothing
		}
		var said livestream.Message
		now, said = r.Apply(was, tx.now)
		tx.acts = livestream.Moved(was, now)
		if err := tx.become(ctx, &room, was, now, said); err != nil {
			return note{}, err
		}
		switch r.Do {
		case livestream.Withdraw:
			err = tx.releaseJoined(ctx, &room, now.Number)
		case livestream.Unname: // what was committed to of a name that was never shown goes too
			err = tx.forgetSalts(ctx, now.Number)
		}
		return note{what: "the asker chose: " + string(r.Do), subject: "questions/" + now.Number, before: was.State, after: now.State}, err
	})
	now.Code = db.seal.code(r.Number)
	return now, err
}

// saidAgain tells whether the reply is the latest message already, as when a form is sent twice.
func (tx *tx) saidAgain(ctx context.Context, r livestream.Response) (bool, error) {
	if r.Do != livestream.Reply {
		return false, nil
	}
	list, err := tx.db.readMessages(ctx, tx, r.Number)
	if err != nil || len(list) == 0 {
		return false, err
	}
	last := list[len(list)-1]
	return last.Kind == livestream.MessageReplied && last.Text == r.Text, nil
}

// releaseJoined gives back to the moderator what was joined to a question that its asker took back.
func (tx *tx) releaseJoined(ctx context.Context, room *livestream.Room, number string) error {
	joined, err := tx.joinedTo(ctx, number)
	if err != nil {
		return err
	}
	for _, was := range joined {
		now, said := was.Released(tx.now)
		if err := tx.become(ctx, room, was, now, said); err != nil {
			return err
		}
		tx.acts = append(tx.acts, livestream.Moved(was, now)...)
	}
	return nil
}

func (tx *tx) joinedTo(ctx context.Context, number string) ([]livestream.Contribution, error) {
	return tx.db.contributions(ctx, tx, func(q *bun.SelectQuery) {
		q.Where("c.merged_into = ? AND c.state = ?", number, livestream.Merged)
	})
}

// notReached marks what was published and not put when a meeting was held, and promises each that is
// owed an answer one in writing by the day due, where the board promises it.
func (tx *tx) notReached(ctx context.Context, meeting, due string, by papers.Actor) error {
	left, err := tx.db.contributions(ctx, tx, func(q *bun.SelectQuery) {
		q.Where("c.meeting = ? AND c.state IN (?, ?)", meeting, livestream.Published, livestream.Put)
	})
	if err != nil || len(left) == 0 {
		return err
	}
	room, err := tx.holdRoom(ctx, meeting)
	if err != nil {
		return err
	}
	for _, was := range left {
		d := livestream.Decision{Number: was.Number, Over: true} // whoever is at it: the meeting is over
		if was.State == livestream.Published {
			d.To = livestream.NotReached
		}
		if was.AnswerDue == "" {
			d.AnswerDue = due
		}
		now, err := tx.decide(ctx, &room, was, d, by)
		if err != nil {
			return err
		}
		tx.acts = append(tx.acts, livestream.Moved(was, now)...)
	}
	return nil
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
	patterns, err := tx.carryPatterns(ctx, c.Number, into.Number)
	if err != nil {
		return err
	}
	added, err := tx.exec(ctx, "carrying supports over", `INSERT INTO supports (question, device, at, pattern)
		SELECT ?, device, ?, pattern FROM supports WHERE question = ? ON CONFLICT DO NOTHING`, into.Number, tx.now, c.Number)
	if err != nil || added == 0 {
		return err
	}
	if patterns {
		return tx.restate(ctx, room, into.Number)
	}
	return tx.counted(ctx, room, into.Board, map[string]int{into.Number: int(added)})
}
