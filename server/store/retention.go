package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type retentionRow struct {
	bun.BaseModel `bun:"table:retention_rules,alias:rr"`
	Board         string `bun:",pk"`
	Rules         string
}

type erasureRow struct {
	bun.BaseModel `bun:"table:erasures,alias:er"`
	livestream.Erasure
}

// Retention implements livestream.RetentionStore.
func (db *DB) Retention(ctx context.Context, board string) (livestream.Retention, bool, error) {
	rules := maps.Clone(livestream.DefaultRetention)
	var row retentionRow
	err := db.r.NewSelect().Model(&row).Where("board IN (?, '')", board).OrderExpr("board DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return rules, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading rules of retention: %w", err)
	}
	if err := json.Unmarshal([]byte(row.Rules), &rules); err != nil {
		return nil, false, fmt.Errorf("reading rules of retention: %w", err)
	}
	return rules, row.Board == board, nil
}

// SetRetention implements livestream.RetentionStore.
func (db *DB) SetRetention(ctx context.Context, board string, r livestream.Retention, c papers.Change) error {
	before, _, err := db.Retention(ctx, board)
	if err != nil {
		return err
	}
	return db.change(ctx, c, func(tx *tx) (note, error) {
		subject := "site/retention"
		if board != "" {
			subject = "boards/" + board + "/retention"
		}
		n := note{what: "changed how long personal data is kept", subject: subject, before: before}
		if r == nil {
			_, err := tx.exec(ctx, "letting a board follow the site", "DELETE FROM retention_rules WHERE board = ?", board)
			return n, err
		}
		n.after = r
		text, err := asJSON(r)
		if err != nil {
			return n, err
		}
		_, err = tx.exec(ctx, "keeping rules of retention", "INSERT INTO retention_rules (board, rules) VALUES (?, ?) ON CONFLICT (board) DO UPDATE SET rules = EXCLUDED.rules", board, text)
		return n, err
	})
}

// Erasures implements livestream.RetentionStore.
func (db *DB) Erasures(ctx context.Context, board string, limit int) ([]livestream.Erasure, error) {
	var rows []erasureRow
	q := db.r.NewSelect().Model(&rows).OrderExpr("at DESC, id").Limit(atMost(limit))
	if board != "" {
		q.Where("board = ?", board)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading what was erased: %w", err)
	}
	list := make([]livestream.Erasure, len(rows))
	for i, r := range rows {
		list[i] = r.Erasure
	}
	return list, nil
}

// BeginErasing implements livestream.RetentionStore.
func (db *DB) BeginErasing(ctx context.Context, every, lease time.Duration) (mine bool, err error) {
	err = db.write(ctx, func(tx *tx) error {
		n, err := tx.exec(ctx, "taking the round of erasing", "UPDATE retention_round SET leased_until = ? WHERE id = 1 AND leased_until <= ? AND done_at <= ?",
			tx.now.Add(lease), tx.now, tx.now.Add(-every))
		mine = n > 0
		return err
	})
	return mine, err
}

// EndErasing implements livestream.RetentionStore.
func (db *DB) EndErasing(ctx context.Context) error {
	return db.write(ctx, func(tx *tx) error {
		_, err := tx.exec(ctx, "ending the round of erasing", "UPDATE retention_round SET leased_until = ?, done_at = ? WHERE id = 1", tx.now, tx.now)
		return err
	})
}

// PastMeetings implements livestream.RetentionStore. A meeting without an end is over a day after it began.
func (db *DB) PastMeetings(ctx context.Context, before time.Time) ([]livestream.PastMeeting, error) {
	var list []livestream.PastMeeting
	err := db.r.NewSelect().TableExpr("meetings AS m").ColumnExpr("m.slug, m.board").Join("JOIN rooms AS r ON r.meeting = m.slug").
		Where("m.starts_at < ? AND m.ends_at < ?", before.Add(-24*time.Hour), before).
		Where("r.closed_at IS NULL OR r.closed_at < ?", before).Where("r.state = 'closed'").OrderExpr("m.starts_at").Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("reading the meetings of the past: %w", err)
	}
	return list, nil
}

// erasing runs one erasing with its trace, when it erases anything.
func (db *DB) erasing(ctx context.Context, thing livestream.Thing, m livestream.PastMeeting, days int, erase func(tx *tx, before time.Time) (int, error)) (n int, err error) {
	err = db.change(ctx, papers.Change{By: papers.Program}, func(tx *tx) (note, error) {
		if n, err = erase(tx, tx.now.AddDate(0, 0, -days)); err != nil {
			return note{}, err
		}
		if n == 0 {
			return note{}, errNothing
		}
		e := livestream.Erasure{ID: papers.NewID(), At: tx.now, Thing: thing, Board: m.Board, Meeting: m.Slug, Days: days, N: n}
		if _, err := tx.NewInsert().Model(&erasureRow{Erasure: e}).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("keeping what was erased: %w", err)
		}
		subject := "meetings/" + m.Slug + "/retention"
		if m.Slug == "" {
			subject = "boards/" + m.Board + "/retention"
		}
		return note{what: "erased by the retention rule", subject: subject, after: e}, nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// eachOf changes contributions of a meeting that change tells to keep, while the room stands still.
func (tx *tx) eachOf(ctx context.Context, meeting string, narrow func(*bun.SelectQuery), change func(*livestream.Contribution) bool) (int, error) {
	if _, err := tx.holdRoom(ctx, meeting); err != nil {
		return 0, err
	}
	list, err := tx.db.contributions(ctx, tx, func(q *bun.SelectQuery) {
		q.Where("c.meeting = ?", meeting)
		narrow(q)
	})
	if err != nil {
		return 0, err
	}
	n := 0
	for i := range list {
		if !change(&list[i]) {
			continue
		}
		if err := tx.keepContribution(ctx, list[i]); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// EraseContacts implements livestream.RetentionStore: not while a written answer is owed.
func (db *DB) EraseContacts(ctx context.Context, m livestream.PastMeeting, days int) (int, error) {
	return db.erasing(ctx, livestream.ThingContacts, m, days, func(tx *tx, before time.Time) (int, error) {
		due := func(q *bun.SelectQuery) {
			q.Where("c.contact_erased_at IS NULL AND (c.answered_at IS NULL OR c.answered_at < ?)", before)
		}
		return tx.eachOf(ctx, m.Slug, due, func(c *livestream.Contribution) bool {
			hidden := !c.State.ShowsWords() || c.Minor
			if c.OwesAnswer() || c.Email == "" && c.Withheld == (livestream.Withheld{}) && (!hidden || c.Name == "" && c.Area == "" && c.For == "") {
				return false
			}
			c.Email, c.HasEmail, c.Withheld, c.ContactErasedAt = "", false, livestream.Withheld{}, &tx.now
			if hidden {
				c.Name = ""
			}
			if !c.State.ShowsWords() {
				c.Area, c.For = "", ""
			}
			return true
		})
	})
}

// EraseWords implements livestream.RetentionStore. The number, the date, the state and its reason stay.
func (db *DB) EraseWords(ctx context.Context, m livestream.PastMeeting, days int) (int, error) {
	return db.erasing(ctx, livestream.ThingWords, m, days, func(tx *tx, before time.Time) (int, error) {
		due := func(q *bun.SelectQuery) {
			q.Where("c.words_erased_at IS NULL AND c.changed_at < ?", before)
		}
		return tx.eachOf(ctx, m.Slug, due, func(c *livestream.Contribution) bool {
			shown, kept := c.State.ShowsWords(), livestream.Private{Email: c.Email, HasEmail: c.HasEmail, Minor: c.Minor, Withheld: c.Withheld}
			if shown {
				kept.EnteredBy, kept.Health, kept.Draft = c.EnteredBy, c.Health, c.Draft // an answer may still be written
			}
			if shown && c.Original == "" && c.Redraft == nil && c.Proposed == nil && c.Told == "" {
				return false
			}
			if !shown {
				c.Text, c.Name, c.Area, c.For = "", "", "", ""
			}
			c.Private, c.WordsErasedAt = kept, &tx.now
			return true
		})
	})
}

// EraseMessages implements livestream.RetentionStore.
func (db *DB) EraseMessages(ctx context.Context, m livestream.PastMeeting, days int) (int, error) {
	return db.erasing(ctx, livestream.ThingMessages, m, days, func(tx *tx, before time.Time) (int, error) {
		n, err := tx.exec(ctx, "erasing messages", "DELETE FROM contribution_messages WHERE at < ? AND number IN (SELECT number FROM contributions WHERE meeting = ?)", before, m.Slug)
		return int(n), err
	})
}

// spent is what stays of a device and the key of something it sent: enough to know the same when it comes
// again, and to link it with nothing else.
func (s sealer) spent(meeting, device, key string) string {
	return hex.EncodeToString(s.mac("sent:" + meeting + "\x00" + device + "\x00" + key)[:16])
}

// EraseDevices implements livestream.RetentionStore. Counts stay: a room whose devices are erased takes no
// more support. What was sent with a key is still known by device and key together.
func (db *DB) EraseDevices(ctx context.Context, m livestream.PastMeeting, days int) (int, error) {
	return db.erasing(ctx, livestream.ThingDevices, m, days, func(tx *tx, _ time.Time) (int, error) {
		if _, err := tx.holdRoom(ctx, m.Slug); err != nil {
			return 0, err
		}
		n := 0
		for _, t := range []struct{ table, id, key string }{{"contributions", "number", "ask_key"}, {"chat", "id", "send_key"}} {
			var rows []struct{ ID, Device, Key string }
			err := tx.NewRaw("SELECT "+t.id+" AS id, device, "+t.key+" AS key FROM "+t.table+" WHERE meeting = ? AND device <> ''", m.Slug).Scan(ctx, &rows)
			if err != nil {
				return 0, fmt.Errorf("reading devices: %w", err)
			}
			for _, r := range rows {
				_, err := tx.exec(ctx, "erasing a device", "UPDATE "+t.table+" SET device = '', "+t.key+" = ? WHERE "+t.id+" = ?", db.seal.spent(m.Slug, r.Device, r.Key), r.ID)
				if err != nil {
					return 0, err
				}
				n++
			}
		}
		for _, query := range []string{
			"DELETE FROM supports WHERE question IN (SELECT number FROM contributions WHERE meeting = ?)",
			"DELETE FROM support_places WHERE meeting = ?",
			"UPDATE reports SET device = id WHERE meeting = ? AND device <> id",
		} {
			gone, err := tx.exec(ctx, "erasing devices", query, m.Slug)
			if err != nil {
				return 0, err
			}
			n += int(gone)
		}
		if n == 0 {
			return 0, nil
		}
		_, err := tx.exec(ctx, "noting that devices are erased", "UPDATE rooms SET devices_erased_at = ? WHERE meeting = ?", tx.now, m.Slug)
		return n, err
	})
}

// EraseReports implements livestream.RetentionStore.
func (db *DB) EraseReports(ctx context.Context, m livestream.PastMeeting, days int) (int, error) {
	return db.erasing(ctx, livestream.ThingReports, m, days, func(tx *tx, before time.Time) (int, error) {
		n, err := tx.exec(ctx, "erasing reports", "DELETE FROM reports WHERE meeting = ? AND settled_at < ?", m.Slug, before)
		return int(n), err
	})
}

// EraseChat implements livestream.RetentionStore: the mark and its reason stay.
func (db *DB) EraseChat(ctx context.Context, m livestream.PastMeeting, days int) (int, error) {
	return db.erasing(ctx, livestream.ThingChat, m, days, func(tx *tx, _ time.Time) (int, error) {
		n, err := tx.exec(ctx, "erasing removed messages", "DELETE FROM chat_words WHERE id IN (SELECT id FROM chat WHERE meeting = ?)", m.Slug)
		return int(n), err
	})
}

// EraseChatNames implements livestream.RetentionStore: what was said stays, also in the events that tell it.
func (db *DB) EraseChatNames(ctx context.Context, m livestream.PastMeeting, days int) (int, error) {
	return db.erasing(ctx, livestream.ThingChatNames, m, days, func(tx *tx, _ time.Time) (int, error) {
		if _, err := tx.holdRoom(ctx, m.Slug); err != nil {
			return 0, err
		}
		rows, err := tx.db.messages(ctx, tx, func(q *bun.SelectQuery) { q.Where("k.meeting = ? AND k.state = 'posted' AND k.name <> ''", m.Slug) })
		if err != nil || len(rows) == 0 {
			return 0, err
		}
		for _, r := range rows {
			r.Name = ""
			if _, err := tx.exec(ctx, "erasing the name of a message", "UPDATE chat SET name = '' WHERE id = ?", r.ID); err != nil {
				return 0, err
			}
			if err := tx.retellMessage(ctx, r.ChatMessage); err != nil {
				return 0, err
			}
			if err := tx.forgetChatSalts(ctx, r.ChatMessage, livestream.NameOf(r.ID)); err != nil {
				return 0, err
			}
		}
		tx.acts = append(tx.acts, papers.Act{Kind: papers.ActChatUnnamed, Subject: livestream.ChatSubject(m.Slug), Board: m.Board, Meeting: m.Slug})
		return len(rows), nil
	})
}

// EraseBlocks implements livestream.RetentionStore.
func (db *DB) EraseBlocks(ctx context.Context, board string, days int) (int, error) {
	return db.erasing(ctx, livestream.ThingBlocks, livestream.PastMeeting{Board: board}, days, func(tx *tx, before time.Time) (int, error) {
		n := 0
		for _, table := range []string{"device_blocks", "place_slowings"} {
			gone, err := tx.exec(ctx, "erasing blocks", "DELETE FROM "+table+" WHERE board = ? AND (until < ? OR lifted_at < ?)", board, before, before)
			if err != nil {
				return 0, err
			}
			n += int(gone)
		}
		return n, nil
	})
}

// Scrub implements livestream.RetentionStore. SQLite overwrites what is deleted in the file itself, and its
// log of changes is emptied here; PostgreSQL keeps old rows until they are cleaned up.
func (db *DB) Scrub(ctx context.Context) error {
	query := "PRAGMA wal_checkpoint(TRUNCATE)"
	if db.postgres {
		query = "VACUUM contributions, contribution_people, contribution_messages, supports, support_places, chat, chat_words, reports, device_blocks, place_slowings, room_events"
	}
	if _, err := db.w.ExecContext(ctx, query); err != nil {
		return fmt.Errorf("cleaning up after erasing: %w", err)
	}
	return nil
}

// EraseName implements livestream.Store: at the asker's request, by the desk. The name leaves every place
// where it was told, and the contribution stays.
func (db *DB) EraseName(ctx context.Context, number string, c papers.Change) (now livestream.Contribution, err error) {
	err = db.change(ctx, c, func(tx *tx) (note, error) {
		room, was, err := tx.holdContribution(ctx, number)
		if err != nil {
			return note{}, err
		}
		if now = was; was.Name == "" && was.Area == "" && was.For == "" && was.Withheld == (livestream.Withheld{}) {
			return note{}, errNothing
		}
		var said livestream.Message
		now, said = livestream.Response{Number: number, Do: livestream.Unname}.Apply(was, tx.now)
		said.By = c.By
		tx.acts = livestream.Moved(was, now)
		if err := tx.become(ctx, &room, was, now, said); err != nil {
			return note{}, err
		}
		return note{what: "erased the name of who asked, at their request", subject: "questions/" + number}, tx.forgetSalts(ctx, number)
	})
	return now, err
}
