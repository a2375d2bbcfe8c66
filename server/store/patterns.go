package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type placeRow struct {
	bun.BaseModel `bun:"table:support_places,alias:p"`
	Question      string
	Device        string
	Meeting       string
	Place         string
	At            time.Time
}

type patternRow struct {
	bun.BaseModel `bun:"table:support_patterns,alias:sp"`
	livestream.Pattern
}

// place is what is kept of an address for some minutes: it says that two supports of one day and meeting
// came from the same place, and nothing else to whoever has no site key.
func (s sealer) place(meeting string, at time.Time, address string) string {
	return hex.EncodeToString(s.mac("place:" + meeting + ":" + at.Format(time.DateOnly) + ":" + address)[:12])
}

// pattern names a pattern by what it is, so that two programs that find it name it alike.
func (s sealer) pattern(b livestream.Burst) string {
	return hex.EncodeToString(s.mac("pattern:" + b.Question + ":" + string(b.Kind) + ":" + b.Place)[:8])
}

// keepPlaces notes where new supports came from, apart from them.
func (tx *tx) keepPlaces(ctx context.Context, meeting string, list []livestream.Support) error {
	var rows []placeRow
	for _, s := range list {
		if s.From != "" {
			rows = append(rows, placeRow{Question: s.Question, Device: s.Device, Meeting: meeting, Place: tx.db.seal.place(meeting, tx.now, s.From), At: tx.now})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("noting places of supports: %w", err)
	}
	return nil
}

// Arrivals implements livestream.Store.
func (db *DB) Arrivals(ctx context.Context, meeting string, since time.Time, least int) ([]livestream.Arrival, error) {
	var questions []string
	err := db.r.NewSelect().Model((*placeRow)(nil)).Column("question").Where("meeting = ? AND at > ?", meeting, since).
		Group("question").Having("count(*) >= ?", least).Scan(ctx, &questions)
	if err != nil || len(questions) == 0 {
		return nil, found(err, "supports of the last minutes")
	}
	var rows []placeRow
	err = db.r.NewSelect().Model(&rows).Where("p.meeting = ? AND p.at > ? AND p.question IN (?)", meeting, since, bun.List(questions)).
		Where("NOT EXISTS (SELECT 1 FROM supports AS s WHERE s.device = p.device AND s.at <= ?)", since).
		Where("NOT EXISTS (SELECT 1 FROM contributions AS c WHERE c.meeting = p.meeting AND c.device = p.device AND c.received_at <= ?)", since).
		OrderExpr("p.at").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading supports of the last minutes: %w", err)
	}
	list := make([]livestream.Arrival, len(rows))
	for i, r := range rows {
		list[i] = livestream.Arrival{Question: r.Question, Device: r.Device, Place: r.Place, At: r.At}
	}
	return list, nil
}

// NoteBursts implements livestream.Store.
func (db *DB) NoteBursts(ctx context.Context, meeting string, list []livestream.Burst) (news bool, err error) {
	err = db.write(ctx, func(tx *tx) error {
		room, err := tx.holdRoom(ctx, meeting)
		if err != nil {
			return err
		}
		for _, b := range list {
			marked, err := tx.markBurst(ctx, meeting, b)
			if err != nil {
				return err
			}
			if marked == 0 {
				continue
			}
			news = true
			if err := tx.restate(ctx, &room, b.Question); err != nil {
				return err
			}
		}
		if !news {
			return errNothing
		}
		return nil
	})
	return news, err
}

// markBurst marks the supports of a burst that are in no pattern yet.
func (tx *tx) markBurst(ctx context.Context, meeting string, b livestream.Burst) (int64, error) {
	id := tx.db.seal.pattern(b)
	devices := make([]string, len(b.Arrivals))
	for i, a := range b.Arrivals {
		devices[i] = a.Device
	}
	n, err := tx.exec(ctx, "marking supports", "UPDATE supports SET pattern = ? WHERE question = ? AND pattern = '' AND device IN (?)", id, b.Question, bun.List(devices))
	if err != nil || n == 0 {
		return n, err
	}
	first, last := b.Arrivals[0].At, b.Arrivals[len(b.Arrivals)-1].At
	row := patternRow{Pattern: livestream.Pattern{Question: b.Question, ID: id, Meeting: meeting, Kind: b.Kind, FirstAt: first, LastAt: last,
		State: livestream.PatternFlagged, FoundAt: tx.now}}
	if _, err := tx.insertNew(ctx, "flagging a pattern", &row); err != nil {
		return n, err
	}
	_, err = tx.exec(ctx, "flagging a pattern", "UPDATE support_patterns SET last_at = ? WHERE question = ? AND id = ? AND last_at < ?", last, b.Question, id, last)
	return n, err
}

// Patterns implements livestream.Store.
func (db *DB) Patterns(ctx context.Context, meeting string) ([]livestream.Pattern, error) {
	return readPatterns(ctx, db.r, func(q *bun.SelectQuery) { q.Where("meeting = ?", meeting) })
}

func readPatterns(ctx context.Context, from bun.IDB, narrow func(*bun.SelectQuery)) ([]livestream.Pattern, error) {
	var rows []patternRow
	q := from.NewSelect().Model(&rows).OrderExpr("found_at DESC, question, id").Limit(200)
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading patterns of support: %w", err)
	}
	list := make([]livestream.Pattern, len(rows))
	for i, r := range rows {
		list[i] = r.Pattern
	}
	return list, nil
}

// DecidePattern implements livestream.Store.
func (db *DB) DecidePattern(ctx context.Context, question, id string, to livestream.PatternState, c papers.Change) (p livestream.Pattern, err error) {
	err = db.change(ctx, c, func(tx *tx) (note, error) {
		room, _, err := tx.holdContribution(ctx, question)
		if err != nil {
			return note{}, err
		}
		p, err = only(readPatterns(ctx, tx, func(q *bun.SelectQuery) { q.Where("question = ? AND id = ?", question, id) }))
		if err != nil {
			return note{}, err
		}
		if p.State == to {
			return note{}, errNothing
		}
		before := p.State
		p.State, p.DecidedAt = to, &tx.now
		if _, err := tx.exec(ctx, "deciding about a pattern", "UPDATE support_patterns SET state = ?, decided_at = ? WHERE question = ? AND id = ?", to, tx.now, question, id); err != nil {
			return note{}, err
		}
		if err := tx.restate(ctx, &room, question); err != nil {
			return note{}, err
		}
		return note{what: "decided about supports that came in an unusual pattern", subject: "questions/" + question, before: before, after: p}, nil
	})
	return p, err
}

// SettlePatterns implements livestream.Store. Each room is a transaction of its own.
func (db *DB) SettlePatterns(ctx context.Context, before time.Time) ([]string, error) {
	old, err := db.r.NewSelect().Model((*placeRow)(nil)).Where("at < ?", before).Exists(ctx)
	if err == nil && old {
		_, err = db.w.NewDelete().Model((*placeRow)(nil)).Where("at < ?", before).Exec(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("forgetting the places of supports: %w", err)
	}
	due, err := readPatterns(ctx, db.r, func(q *bun.SelectQuery) {
		q.Join("JOIN rooms AS r ON r.meeting = sp.meeting").Where("sp.state = ? AND (sp.found_at < ? OR r.state = 'closed' AND r.closed_at IS NOT NULL)", livestream.PatternFlagged, before)
	})
	var meetings []string
	for _, p := range due {
		if err == nil {
			_, err = db.DecidePattern(ctx, p.Question, p.ID, livestream.PatternCounted, papers.Change{By: papers.Program})
			meetings = append(meetings, p.Meeting)
		}
	}
	return meetings, err
}

// restate counts the supports of a question again, says what is stated of its patterns, and tells the
// room of both where they changed. The caller holds the room.
func (tx *tx) restate(ctx context.Context, room *livestream.Room, question string) error {
	c, err := tx.db.contribution(ctx, tx, question)
	if err != nil {
		return err
	}
	was := c
	if c.Supports, c.UnusualCounted, c.UnusualLeftOut, err = tx.countPatterns(ctx, question); err != nil {
		return err
	}
	if was.UnusualCounted == c.UnusualCounted && was.UnusualLeftOut == c.UnusualLeftOut && was.Supports == c.Supports {
		return nil
	}
	_, err = tx.exec(ctx, "stating unusual support", "UPDATE contributions SET supports = ?, unusual_counted = ?, unusual_left_out = ? WHERE number = ?",
		c.Supports, c.UnusualCounted, c.UnusualLeftOut, question)
	if err != nil {
		return err
	}
	if c.Supports != was.Supports {
		if err := tx.emit(ctx, room, livestream.EventSupportCounted, map[string]any{"supports": map[string]int{question: c.Supports}}); err != nil {
			return err
		}
	}
	tx.acts = append(tx.acts, papers.Act{Kind: papers.ActSupportStated, Subject: "questions/" + question, Board: c.Board, Meeting: c.Meeting,
		Facts: map[string]string{"supports": strconv.Itoa(c.Supports), "unusual_counted": strconv.Itoa(c.UnusualCounted), "unusual_left_out": strconv.Itoa(c.UnusualLeftOut)}})
	return tx.emit(ctx, room, livestream.EventQuestionChanged, c.Public())
}

// countPatterns counts the supports of a question that count, and those of its stated patterns.
func (tx *tx) countPatterns(ctx context.Context, question string) (supports, counted, leftOut int, err error) {
	var rows []struct {
		Pattern string
		N       int
	}
	err = tx.NewSelect().TableExpr("supports").ColumnExpr("pattern, count(*) AS n").Where("question = ?", question).GroupExpr("pattern").Scan(ctx, &rows)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("counting supports: %w", err)
	}
	states := map[string]livestream.PatternState{}
	list, err := readPatterns(ctx, tx, func(q *bun.SelectQuery) { q.Where("question = ?", question) })
	if err != nil {
		return 0, 0, 0, err
	}
	for _, p := range list {
		states[p.ID] = p.State
	}
	for _, r := range rows {
		supports += r.N
		switch states[r.Pattern] {
		case livestream.PatternCounted:
			counted += r.N
		case livestream.PatternLeftOut:
			leftOut += r.N
			supports -= r.N
		}
		if r.Pattern == "" {
			continue
		}
		if _, err := tx.exec(ctx, "counting a pattern", "UPDATE support_patterns SET devices = ? WHERE question = ? AND id = ?", r.N, question, r.Pattern); err != nil {
			return 0, 0, 0, err
		}
	}
	return supports, counted, leftOut, nil
}

// carryPatterns lets the patterns of a merged question stand at the one it joins too, with the supports
// that were carried over.
func (tx *tx) carryPatterns(ctx context.Context, from, into string) (carried bool, err error) {
	list, err := readPatterns(ctx, tx, func(q *bun.SelectQuery) { q.Where("question = ?", from) })
	if err != nil {
		return false, err
	}
	for _, p := range list {
		p.Question = into
		if _, err := tx.insertNew(ctx, "carrying a pattern over", &patternRow{Pattern: p}); err != nil {
			return false, err
		}
	}
	return len(list) > 0, nil
}
