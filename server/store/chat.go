package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

// chatRow is a message with its words where the public may read them, else sealed.
type chatRow struct {
	bun.BaseModel `bun:"table:chat,alias:k"`
	livestream.ChatMessage
	Sealed []byte `bun:",scanonly"`
}

// chatWordsRow is what was said and by whom while the public may not read it. Erasing this row erases it.
type chatWordsRow struct {
	bun.BaseModel `bun:"table:chat_words"`
	ID            string
	Sealed        []byte
}

// chatWords is what is sealed of a message.
type chatWords struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func chatWordsOf(id string) string { return "chat_words:" + id }

// messages reads messages as staff and senders see them.
func (db *DB) messages(ctx context.Context, from bun.IDB, narrow func(*bun.SelectQuery)) ([]chatRow, error) {
	var rows []chatRow
	q := from.NewSelect().Model(&rows).ColumnExpr("k.*, w.sealed").Join("LEFT JOIN chat_words AS w ON w.id = k.id")
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	for i, r := range rows {
		if len(r.Sealed) == 0 {
			continue
		}
		var w chatWords
		if err := db.seal.open(chatWordsOf(r.ID), r.Sealed, &w); err != nil {
			return nil, err
		}
		rows[i].Name, rows[i].Text = w.Name, w.Text
	}
	return rows, nil
}

func (db *DB) message(ctx context.Context, from bun.IDB, id string) (livestream.ChatMessage, error) {
	row, err := only(db.messages(ctx, from, func(q *bun.SelectQuery) { q.Where("k.id = ?", id) }))
	return row.ChatMessage, err
}

// Message implements livestream.Store.
func (db *DB) Message(ctx context.Context, id string) (livestream.ChatMessage, error) {
	return db.message(ctx, db.r, id)
}

// Said implements livestream.Store.
func (db *DB) Said(ctx context.Context, meeting, device, key string) (livestream.ChatMessage, error) {
	row, err := only(db.messages(ctx, db.r, func(q *bun.SelectQuery) {
		q.Where("k.meeting = ? AND (k.device = ? AND k.send_key = ? OR k.device = '' AND k.send_key = ?)", meeting, device, key, db.seal.spent(meeting, device, key))
	}))
	return row.ChatMessage, err
}

// ChatQueue implements livestream.Store.
func (db *DB) ChatQueue(ctx context.Context, meeting string, limit int) ([]livestream.ChatMessage, error) {
	rows, err := db.messages(ctx, db.r, func(q *bun.SelectQuery) {
		q.Where("k.meeting = ? AND k.state = 'waiting'", meeting).OrderExpr("k.sent_at, k.id").Limit(atMost(limit))
	})
	return plain(rows), err
}

// OwnMessages implements livestream.Store.
func (db *DB) OwnMessages(ctx context.Context, meeting, device string) ([]livestream.ChatMessage, error) {
	rows, err := db.messages(ctx, db.r, func(q *bun.SelectQuery) {
		q.Where("k.meeting = ? AND k.device = ?", meeting, device).OrderExpr("k.sent_at DESC, k.id").Limit(atMost(20))
	})
	slices.Reverse(rows)
	return plain(rows), err
}

func plain(rows []chatRow) []livestream.ChatMessage {
	list := make([]livestream.ChatMessage, len(rows))
	for i, r := range rows {
		list[i] = r.ChatMessage
	}
	return list
}

// Chat implements livestream.Store.
func (db *DB) Chat(ctx context.Context, meeting, cursor string, limit int) ([]livestream.PublicMessage, string, error) {
	return readChat(ctx, db.r, meeting, cursor, limit)
}

// readChat reads public faces: nothing is unsealed. A cursor is the place of the last message before.
func readChat(ctx context.Context, from bun.IDB, meeting, cursor string, limit int) ([]livestream.PublicMessage, string, error) {
	var rows []chatRow
	most := atMost(limit)
	q := from.NewSelect().Model(&rows).ColumnExpr("k.*").Join("JOIN meetings AS m ON m.slug = k.meeting").Where("?", meetingFor(papers.Public)).
		Where("k.meeting = ? AND k.seq > 0", meeting).OrderExpr("k.seq DESC").Limit(most + 1)
	if cursor != "" {
		before, err := strconv.ParseInt(cursor, 10, 64)
		if err != nil {
			return nil, "", papers.Errorf(papers.CodeInvalid, "This cursor is not one of ours. Begin again without it.")
		}
		q.Where("k.seq < ?", before)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("reading a chat: %w", err)
	}
	next := ""
	if int64(len(rows)) > most {
		rows = rows[:most]
		next = strconv.FormatInt(rows[most-1].Seq, 10)
	}
	list := make([]livestream.PublicMessage, len(rows))
	for i, r := range rows {
		list[i] = r.Public()
	}
	return list, next, nil
}

// Say implements livestream.Store. Messages that are posted get an event each and one act together; a
// batch that brings nothing new writes nothing.
func (db *DB) Say(ctx context.Context, meeting string, batch []livestream.Say) ([]livestream.SayResult, error) {
	var answers []livestream.SayResult
	err := db.write(ctx, func(tx *tx) error {
		m, err := readMeeting(ctx, tx, papers.Public, meeting)
		if err != nil {
			return err
		}
		room, err := tx.holdRoom(ctx, meeting)
		if err != nil {
			return err
		}
		said, err := tx.saidBefore(ctx, meeting, batch)
		if err != nil {
			return err
		}
		results, fresh, err := tx.takeMessages(ctx, m, room, batch, said)
		if err != nil {
			return err
		}
		answers = results
		if len(fresh) == 0 {
			return errNothing
		}
		return tx.keepChat(ctx, &room, fresh)
	})
	return answers, err
}

// sendKey tells what was sent twice.
type sendKey struct{ device, key string }

// saidBefore reads what the devices and keys of the batch have got already.
func (tx *tx) saidBefore(ctx context.Context, meeting string, batch []livestream.Say) (map[sendKey]livestream.ChatMessage, error) {
	var devices, keys []string
	for _, s := range batch {
		devices, keys = append(devices, s.Device), append(keys, s.Key)
	}
	rows, err := tx.db.messages(ctx, tx, func(q *bun.SelectQuery) {
		q.Where("k.meeting = ? AND k.device IN (?) AND k.send_key IN (?)", meeting, bun.List(devices), bun.List(keys))
	})
	said := map[sendKey]livestream.ChatMessage{}
	for _, r := range rows {
		said[sendKey{r.Device, r.Key}] = r.ChatMessage
	}
	return said, err
}

// takeMessages answers each of the batch: with what was said before, with a new message, or with why
// there is none. The hub has read the way of the chat; the room may have closed since.
func (tx *tx) takeMessages(ctx context.Context, m papers.Meeting, room livestream.Room, batch []livestream.Say, said map[sendKey]livestream.ChatMessage) ([]livestream.SayResult, []chatRow, error) {
	results := make([]livestream.SayResult, len(batch))
	shut := livestream.TakesMessages(m, room, papers.ChatCheckedAfter)
	var fresh []chatRow
	for i, s := range batch {
		key := sendKey{s.Device, s.Key}
		if one, again := said[key]; again {
			results[i].Message = one
			continue
		}
		if results[i].Err = shut; shut == nil {
			results[i].Err = tx.maySend(ctx, m, room, s.Device, s.From)
		}
		if results[i].Err == nil {
			results[i].Err = afterOthers(fresh, room, s.Device, tx.now, m.Location())
		}
		if papers.CodeOf(results[i].Err) != "" {
			continue
		}
		if results[i].Err != nil {
			return nil, nil, results[i].Err
		}
		one := livestream.ChatMessage{ID: papers.NewID(), Meeting: m.Slug, Board: m.Board, State: livestream.ChatWaiting,
			Name: keepable(s.Name), Text: keepable(s.Text), SentAt: tx.now, UrgentBy: s.UrgentBy, Device: s.Device, Key: s.Key}
		switch {
		case s.Checked:
		case room.Delay > 0:
			due := tx.now.Add(time.Duration(room.Delay) * time.Second)
			one.PublicAt = &due
		default:
			room.Seq++
			one.State, one.Seq, one.PostedAt = livestream.ChatPosted, room.Seq, &tx.now
		}
		if err := tx.notePlace(ctx, m.Slug, s.From, "chat/"+one.ID); err != nil {
			return nil, nil, err
		}
		said[key], results[i].Message = one, one
		fresh = append(fresh, chatRow{ChatMessage: one})
	}
	return results, fresh, nil
}

// afterOthers holds a message against slow mode and those of the same device in its own batch, which the
// record does not have yet.
func afterOthers(fresh []chatRow, room livestream.Room, device string, now time.Time, zone *time.Location) error {
	if !slices.ContainsFunc(fresh, func(r chatRow) bool { return r.Device == device }) {
		return nil
	}
	return room.MaySend(livestream.Sender{LastSent: &now}, now, zone)
}

// keepChat writes new messages: posted ones with their events and their act, the others sealed.
func (tx *tx) keepChat(ctx context.Context, room *livestream.Room, fresh []chatRow) error {
	var posted []livestream.ChatMessage
	var faces []any
	var sealed []chatWordsRow
	for i, r := range fresh {
		if r.State == livestream.ChatPosted {
			posted, faces = append(posted, r.ChatMessage), append(faces, r.Public())
			continue
		}
		w, err := tx.db.sealWords(r.ChatMessage)
		if err != nil {
			return err
		}
		sealed = append(sealed, w)
		fresh[i].Name, fresh[i].Text = "", ""
	}
	if _, err := tx.NewInsert().Model(&fresh).Exec(ctx); err != nil {
		return fmt.Errorf("writing messages: %w", err)
	}
	if len(sealed) > 0 {
		if _, err := tx.NewInsert().Model(&sealed).Exec(ctx); err != nil {
			return fmt.Errorf("sealing messages: %w", err)
		}
	}
	if len(posted) == 0 {
		return nil
	}
	tx.acts = []papers.Act{livestream.ChatAct(posted...)}
	return tx.emitAll(ctx, room, livestream.EventChatPosted, faces...)
}

func (db *DB) sealWords(m livestream.ChatMessage) (chatWordsRow, error) {
	b, err := db.seal.close(chatWordsOf(m.ID), chatWords{Name: m.Name, Text: m.Text})
	return chatWordsRow{ID: m.ID, Sealed: b}, err
}

// DecideMessage implements livestream.Store.
func (db *DB) DecideMessage(ctx context.Context, d livestream.MessageDecision, c papers.Change) (livestream.ChatMessage, error) {
	var now livestream.ChatMessage
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		room, was, err := tx.holdChatMessage(ctx, d.ID)
		if err != nil {
			return note{}, err
		}
		if err := d.Check(was, room); err != nil {
			return note{}, err
		}
		now = d.Apply(was, tx.now)
		kind := livestream.EventChatRemoved
		if now.State == livestream.ChatPosted {
			kind, now.Seq = livestream.EventChatPosted, room.Seq+1
		}
		if err := tx.keepChatMessage(ctx, was, now); err != nil {
			return note{}, err
		}
		if err := tx.emit(ctx, &room, kind, now.Public()); err != nil {
			return note{}, err
		}
		return note{what: "decided about a message", subject: livestream.ChatSubject(now.Meeting) + "/" + now.ID, before: was.State, after: now.State}, nil
	})
	return now, err
}

// holdChatMessage reads a message while holding its room.
func (tx *tx) holdChatMessage(ctx context.Context, id string) (livestream.Room, livestream.ChatMessage, error) {
	m, err := tx.db.message(ctx, tx, id)
	if err != nil {
		return livestream.Room{}, m, err
	}
	room, err := tx.holdRoom(ctx, m.Meeting)
	if err != nil {
		return room, m, err
	}
	m, err = tx.db.message(ctx, tx, id) // again, now that it stands still
	return room, m, err
}

// keepChatMessage writes a decided message: its words come into the open when it is posted, and leave it
// when it is removed.
func (tx *tx) keepChatMessage(ctx context.Context, was, now livestream.ChatMessage) error {
	row := chatRow{ChatMessage: now}
	switch {
	case now.State == livestream.ChatPosted:
		if _, err := tx.exec(ctx, "opening a message", "DELETE FROM chat_words WHERE id = ?", now.ID); err != nil {
			return err
		}
	case was.State == livestream.ChatPosted:
		sealed, err := tx.db.sealWords(was)
		if err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&sealed).Exec(ctx); err != nil {
			return fmt.Errorf("sealing a message: %w", err)
		}
		if err := tx.takeBackMessage(ctx, now); err != nil {
			return err
		}
	}
	if now.State != livestream.ChatPosted {
		row.Name, row.Text = "", ""
	}
	if _, err := tx.NewUpdate().Model(&row).Where("id = ?", now.ID).Exec(ctx); err != nil {
		return fmt.Errorf("changing a message: %w", err)
	}
	return nil
}

// takeBackMessage lets the words of a message leave the event that told them. Without the salts what the
// act holds of them cannot be linked to them.
func (tx *tx) takeBackMessage(ctx context.Context, m livestream.ChatMessage) error {
	if err := tx.retellMessage(ctx, m); err != nil {
		return err
	}
	return tx.forgetChatSalts(ctx, m, m.ID, livestream.NameOf(m.ID))
}

// retellMessage lets the event that posted a message tell it as the public may see it now.
func (tx *tx) retellMessage(ctx context.Context, m livestream.ChatMessage) error {
	var row eventRow
	if err := tx.NewSelect().Model(&row).Where("e.meeting = ? AND e.seq = ?", m.Meeting, m.Seq).Scan(ctx); err != nil {
		return fmt.Errorf("reading the event of a message: %w", err)
	}
	e := livestream.Event{Kind: row.Kind, Data: json.RawMessage(row.Data)}
	if !e.TakeBackMessage(m.Public()) {
		return nil
	}
	_, err := tx.exec(ctx, "taking words back", "UPDATE room_events SET data = ? WHERE meeting = ? AND seq = ?", string(e.Data), row.Meeting, row.Seq)
	return err
}

// forgetChatSalts unlinks what acts of the chat hold of a message, by these names.
func (tx *tx) forgetChatSalts(ctx context.Context, m livestream.ChatMessage, names ...string) error {
	_, err := tx.exec(ctx, "deleting salts", "DELETE FROM act_salts WHERE name IN (?) AND act IN (SELECT number FROM acts WHERE subject = ?)",
		bun.List(names), livestream.ChatSubject(m.Meeting))
	return err
}
