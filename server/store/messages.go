package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type messageRow struct {
	bun.BaseModel `bun:"table:contribution_messages,alias:cm"`
	Number        string
	N             int64
	At            time.Time
	Sealed        []byte
}

func messageOf(number string, n int64) string {
	return "contribution_messages:" + number + ":" + strconv.FormatInt(n, 10)
}

// keepMessages adds to the file of a contribution. The caller holds its room.
func (tx *tx) keepMessages(ctx context.Context, number string, said []livestream.Message) error {
	if len(said) == 0 {
		return nil
	}
	var n int64
	if err := tx.NewRaw("SELECT COALESCE(MAX(n), 0) FROM contribution_messages WHERE number = ?", number).Scan(ctx, &n); err != nil {
		return fmt.Errorf("numbering a message: %w", err)
	}
	rows := make([]messageRow, len(said))
	for i, m := range said {
		n++
		sealed, err := tx.db.seal.close(messageOf(number, n), m)
		if err != nil {
			return err
		}
		rows[i] = messageRow{Number: number, N: n, At: tx.now, Sealed: sealed}
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("keeping messages: %w", err)
	}
	return nil
}

// Messages implements livestream.Store.
func (db *DB) Messages(ctx context.Context, number string) ([]livestream.Message, error) {
	return db.readMessages(ctx, db.r, number)
}

func (db *DB) readMessages(ctx context.Context, from bun.IDB, number string) ([]livestream.Message, error) {
	var rows []messageRow
	if err := from.NewSelect().Model(&rows).Where("number = ?", number).OrderExpr("n").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	list := make([]livestream.Message, len(rows))
	for i, r := range rows {
		if err := db.seal.open(messageOf(number, r.N), r.Sealed, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// MyMessages implements livestream.Store.
func (db *DB) MyMessages(ctx context.Context, number, code string) ([]livestream.Message, error) {
	if !db.seal.isCode(number, code) {
		return nil, papers.ErrNotFound
	}
	list, err := db.Messages(ctx, number)
	for i := range list {
		list[i].By.ID, list[i].By.Name, list[i].Note = "", "", ""
		if list[i].Kind == livestream.MessageDrafted || list[i].Kind == livestream.MessageApproved {
			list[i].Text = "" // not given yet
		}
	}
	return list, err
}
