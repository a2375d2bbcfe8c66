package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
	"clearday/search"
)

// PublicWords implements search.Reader. Who asked is left out (design.md section 8).
func (db *DB) PublicWords(ctx context.Context, number string) (search.Contribution, error) {
	q, err := db.Question(ctx, number)
	if err != nil {
		return search.Contribution{}, err
	}
	if !q.State.ShowsWords() {
		return search.Contribution{}, papers.ErrNotFound
	}
	return search.Contribution{Number: q.Number, Statement: q.Kind == livestream.KindStatement, Meeting: q.Meeting,
		Text: q.Text, Answer: q.Answer, AnsweredBy: q.AnsweredBy}, nil
}

// PublicNumbers implements search.Source.
func (db *DB) PublicNumbers(ctx context.Context, meeting string) ([]string, error) {
	var rows []contributionRow
	if err := selectFaces(db.r, &rows).Where("c.meeting = ?", meeting).OrderExpr("c.number").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the questions of a meeting: %w", err)
	}
	var numbers []string
	for _, r := range rows {
		if r.State.ShowsWords() {
			numbers = append(numbers, r.Number)
		}
	}
	return numbers, nil
}

// Spoken implements search.Reader.
func (db *DB) Spoken(ctx context.Context, meeting string) (list []search.Spoken, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		if _, err := readMeeting(ctx, tx, papers.Public, meeting); err != nil {
			return err
		}
		var rows []eventRow
		err := tx.NewSelect().Model(&rows).Where("meeting = ? AND kind IN (?)", meeting,
			bun.List([]livestream.EventKind{livestream.EventCaptionSpoken, livestream.EventItemStarted})).OrderExpr("seq").Scan(ctx)
		if err != nil {
			return fmt.Errorf("reading what was said: %w", err)
		}
		list, err = spoken(rows)
		return err
	})
	return list, err
}

func spoken(rows []eventRow) (list []search.Spoken, err error) {
	var room livestream.Room
	for _, r := range rows {
		if r.Kind == livestream.EventItemStarted {
			room = livestream.Room{}
			if err := json.Unmarshal([]byte(r.Data), &room); err != nil {
				return nil, fmt.Errorf("reading the start of an item: %w", err)
			}
			continue
		}
		var c livestream.Caption
		if err := json.Unmarshal([]byte(r.Data), &c); err != nil {
			return nil, fmt.Errorf("reading a caption: %w", err)
		}
		list = append(list, search.Spoken{Seq: r.Seq, Text: c.Text, Item: room.Item, At: c.At})
	}
	return list, nil
}

// Unsearchable implements search.Record: of a published version no page has text, or a page is a
// picture of which the words are not recognised.
func (db *DB) Unsearchable(ctx context.Context, a papers.Audience) (readable int, not []search.Unsearchable, err error) {
	err = db.read(ctx, func(tx bun.IDB) error {
		const published = "EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = p.id AND v.state = 'published')"
		n, err := tx.NewSelect().Model((*paperRow)(nil)).Join(around).Where(published).
			Where("EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = p.id AND ?)", versionFor(a)).Count(ctx)
		if err != nil {
			return fmt.Errorf("counting papers: %w", err)
		}
		readable = int(n)
		not, err = unsearchable(ctx, tx, a)
		return err
	})
	return readable, not, err
}

func unsearchable(ctx context.Context, tx bun.IDB, a papers.Audience) ([]search.Unsearchable, error) {
	const textless = `EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = p.id AND v.state = 'published'
		AND NOT EXISTS (SELECT 1 FROM page_texts AS t WHERE t.paper = v.paper AND t.n = v.n AND trim(t.text) <> ''))`
	const pictures = `EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = p.id AND v.state = 'published' AND v.scans NOT IN ('[]', 'null'))`
	all := map[string]bool{}
	list, err := readPapers(ctx, tx, a, func(q *bun.SelectQuery) { q.Where(textless).OrderExpr("p.created_at, p.id") })
	if err != nil {
		return nil, err
	}
	var not []search.Unsearchable
	for _, p := range list {
		all[p.ID] = true
		not = append(not, unsearchableOf(p, true))
	}
	if list, err = readPapers(ctx, tx, a, func(q *bun.SelectQuery) { q.Where(pictures).OrderExpr("p.created_at, p.id") }); err != nil {
		return nil, err
	}
	for _, p := range list {
		if u := unsearchableOf(p, false); u.Pictures > 0 && !all[p.ID] {
			not = append(not, u)
		}
	}
	return not, nil
}

func unsearchableOf(p papers.Paper, textless bool) search.Unsearchable {
	v, _ := p.Current()
	return search.Unsearchable{Paper: p, Pages: v.Pages, Pictures: len(v.Scans) - v.ScansRead, Textless: textless}
}
