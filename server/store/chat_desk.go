package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

// DueChats implements livestream.Chats. What was sent in public goes out when the meeting is public again.
func (db *DB) DueChats(ctx context.Context, now time.Time) ([]string, error) {
	var list []string
	err := db.r.NewSelect().TableExpr("chat AS k").ColumnExpr("DISTINCT k.meeting").Join("JOIN rooms AS r ON r.meeting = k.meeting").
		Join("JOIN meetings AS m ON m.slug = k.meeting").Where("?", meetingFor(papers.Public)).
		Where("k.public_at <= ? AND r.state <> 'private'", now).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("reading which messages are due: %w", err)
	}
	return list, nil
}

// PostDue implements livestream.Chats. It holds the room, as a moderator's decision does: one of the two
// is first, and only that happens.
func (db *DB) PostDue(ctx context.Context, meeting string) error {
	return db.write(ctx, func(tx *tx) error {
		m, err := readMeeting(ctx, tx, papers.Public, meeting)
		if err != nil {
			return err
		}
		room, err := tx.holdRoom(ctx, meeting)
		if err != nil {
			return err
		}
		rules, err := rulesOf(ctx, tx, m)
		if err != nil {
			return err
		}
		if room.State == livestream.RoomPrivate {
			return errNothing
		}
		if room.ChatMode(rules) != papers.ChatCheckedAfter {
			_, err := tx.exec(ctx, "leaving messages to a moderator", "UPDATE chat SET public_at = NULL WHERE meeting = ? AND public_at <= ?", meeting, tx.now)
			return err
		}
		due, err := tx.db.messages(ctx, tx, func(q *bun.SelectQuery) {
			q.Where("k.meeting = ? AND k.state = 'waiting' AND k.public_at <= ?", meeting, tx.now).OrderExpr("k.sent_at, k.id")
		})
		if err != nil {
			return err
		}
		if len(due) == 0 {
			return errNothing
		}
		return tx.post(ctx, &room, due)
	})
}

// post brings messages that waited into the open, each with its event, with one act together.
func (tx *tx) post(ctx context.Context, room *livestream.Room, waiting []chatRow) error {
	var posted []livestream.ChatMessage
	var faces []any
	for i, r := range waiting {
		now := livestream.MessageDecision{To: livestream.ChatPosted}.Apply(r.ChatMessage, tx.now)
		now.Seq = room.Seq + int64(i) + 1
		if err := tx.keepChatMessage(ctx, r.ChatMessage, now); err != nil {
			return err
		}
		posted, faces = append(posted, now), append(faces, now.Public())
	}
	tx.acts = []papers.Act{livestream.ChatAct(posted...)}
	return tx.emitAll(ctx, room, livestream.EventChatPosted, faces...)
}

// UrgentMessages implements livestream.Chats: those whose sender or words call them urgent, and those that
// a reader reported so since a moderator saw to them.
func (db *DB) UrgentMessages(ctx context.Context, meeting string) ([]livestream.ChatMessage, error) {
	rows, err := db.messages(ctx, db.r, func(q *bun.SelectQuery) {
		reported := db.r.NewSelect().TableExpr("reports AS rp").ColumnExpr("substr(rp.subject, 6)").
			Where("rp.meeting = ? AND rp.urgent AND rp.settled_at IS NULL AND rp.subject LIKE 'chat/%'", meeting).Where("k.seen_at IS NULL OR rp.at > k.seen_at")
		q.Where("k.meeting = ?", meeting).Where("k.urgent_by <> '' AND k.seen_at IS NULL OR k.id IN (?)", reported).OrderExpr("k.sent_at, k.id").Limit(atMost(100))
	})
	list := plain(rows)
	for i, m := range list {
		if m.UrgentBy == "" || m.SeenAt != nil {
			list[i].UrgentBy = "report"
		}
	}
	return list, err
}

// SeeTo implements livestream.Chats.
func (db *DB) SeeTo(ctx context.Context, id string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		_, m, err := tx.holdChatMessage(ctx, id)
		if err != nil {
			return note{}, err
		}
		_, err = tx.exec(ctx, "taking a message out of the urgent queue", "UPDATE chat SET seen_at = ? WHERE id = ?", tx.now, id)
		return note{what: "saw to an urgent message", subject: livestream.ChatSubject(m.Meeting) + "/" + id}, err
	})
}
