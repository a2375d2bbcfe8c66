package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"clearday/papers"
	"clearday/papers/publog"
)

// actsCounter is the row that numbers acts. Whoever holds it commits next.
const actsCounter = "acts"

// lookEvery bounds how long a commit of another program stays unnoticed.
const lookEvery = 250 * time.Millisecond

type actRow struct {
	bun.BaseModel `bun:"table:acts,alias:a"`
	Number        int64
	At            time.Time
	Kind          papers.Kind
	Subject       string
	Board         string
	Meeting       string
	Facts         map[string]string `bun:"type:json"`
	Commitments   map[string]string `bun:"type:json"`
}

type saltRow struct {
	bun.BaseModel `bun:"table:act_salts,alias:s"`
	Act           int64
	Name          string
	Salt          []byte
}

func (r actRow) act() papers.Act {
	return papers.Act{Number: r.Number, At: r.At, Kind: r.Kind, Subject: r.Subject, Board: r.Board, Meeting: r.Meeting,
		Facts: r.Facts, Commitments: r.Commitments}
}

// writeActs numbers and writes the transaction's acts. It is the last thing before the commit: the
// counter's row is locked from here on, and other changes wait for it.
func (tx *tx) writeActs(ctx context.Context) error {
	if len(tx.acts) == 0 {
		return nil
	}
	last, err := tx.count(ctx, actsCounter, len(tx.acts))
	if err != nil {
		return err
	}
	rows, salts := tx.number(last)
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("writing acts: %w", err)
	}
	if err := tx.logActs(ctx, rows); err != nil {
		return err
	}
	if len(salts) > 0 {
		if _, err := tx.NewInsert().Model(&salts).Exec(ctx); err != nil {
			return fmt.Errorf("keeping the salts of acts: %w", err)
		}
	}
	if tx.numbered == nil {
		return nil
	}
	return tx.numbered(tx.acts)
}

// number gives the acts their numbers, up to last, their moment, and commitments to their texts.
func (tx *tx) number(last int64) (rows []actRow, salts []saltRow) {
	for i := range tx.acts {
		a := &tx.acts[i]
		a.Number, a.At = last-int64(len(tx.acts)-1-i), tx.now
		a.Commitments = map[string]string{}
		for name, value := range a.Facts { // the entry is made of the row, and no database keeps broken text
			if !utf8.ValidString(value) {
				a.Facts[name] = strings.ToValidUTF8(value, "\uFFFD")
			}
		}
		for name, text := range a.Texts {
			salt := make([]byte, 16)
			_, _ = rand.Read(salt) // never fails: crypto/rand aborts the program instead
			a.Commitments[name] = publog.Commitment(salt, text)
			salts = append(salts, saltRow{Act: a.Number, Name: name, Salt: salt})
		}
		rows = append(rows, actRow{Number: a.Number, At: a.At, Kind: a.Kind, Subject: a.Subject, Board: a.Board, Meeting: a.Meeting,
			Facts: a.Facts, Commitments: a.Commitments})
	}
	return rows, salts
}

// Salts answers the salts of an act's commitments by name, for whoever may see the texts. Erased
// ones are missing.
func (db *DB) Salts(ctx context.Context, act int64) (map[string][]byte, error) {
	var rows []saltRow
	if err := db.r.NewSelect().Model(&rows).Where("act = ?", act).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the salts of an act: %w", err)
	}
	salts := make(map[string][]byte, len(rows))
	for _, r := range rows {
		salts[r.Name] = r.Salt
	}
	return salts, nil
}

// Acts implements papers.Store.
func (db *DB) Acts(ctx context.Context, after int64, limit int) ([]papers.Act, error) {
	var rows []actRow
	if err := db.r.NewSelect().Model(&rows).Where("number > ?", after).OrderExpr("number").Limit(atMost(limit)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading acts: %w", err)
	}
	acts := make([]papers.Act, len(rows))
	for i, r := range rows {
		acts[i] = r.act()
	}
	return acts, nil
}

// LastAct implements papers.Store.
func (db *DB) LastAct(ctx context.Context) (int64, error) {
	var n int64
	if err := db.r.NewRaw("SELECT n FROM counters WHERE name = ?", actsCounter).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("reading the number of the last act: %w", err)
	}
	return n, nil
}

// AwaitAct implements papers.Store.
func (db *DB) AwaitAct(ctx context.Context, after int64) (int64, error) {
	db.mu.Lock()
	woke := db.woke // taken before looking, so that a commit in between is not missed
	db.mu.Unlock()
	n, err := db.LastAct(ctx)
	if err != nil || n > after {
		return n, err
	}
	look := time.NewTimer(lookEvery)
	defer look.Stop()
	select {
	case <-ctx.Done():
		return n, ctx.Err()
	case <-woke:
	case <-look.C:
	}
	return db.LastAct(ctx)
}

func (db *DB) wake() {
	db.mu.Lock()
	defer db.mu.Unlock()
	close(db.woke)
	db.woke = make(chan struct{})
}
