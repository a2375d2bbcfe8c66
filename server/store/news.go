package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type newsRow struct {
	bun.BaseModel `bun:"table:news,alias:ne"`
	papers.News
}

// News implements papers.Store. The latest publication comes first, as feed readers expect.
func (db *DB) News(ctx context.Context, after string, limit int) ([]papers.News, string, error) {
	var rows []newsRow
	most := atMost(limit)
	q := db.r.NewSelect().Model(&rows).Where("withdrawn_at IS NULL").Limit(most + 1)
	if err := pageBy(q, "published_at", "slug", after, true); err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("reading news: %w", err)
	}
	next := ""
	if int64(len(rows)) > most {
		rows = rows[:most]
		next = cursor(rows[most-1].PublishedAt, rows[most-1].Slug)
	}
	list := make([]papers.News, len(rows))
	for i, r := range rows {
		list[i] = r.News
	}
	return list, next, nil
}

// NewsItem implements papers.Store.
func (db *DB) NewsItem(ctx context.Context, slug string) (papers.News, error) {
	row, err := readNews(ctx, db.r, slug)
	return row.News, err
}

func readNews(ctx context.Context, from bun.IDB, slug string) (newsRow, error) {
	var row newsRow
	err := from.NewSelect().Model(&row).Where("slug = ?", slug).Scan(ctx)
	return row, found(err, "a news item")
}

// AddNews implements papers.Store. A second item of the same title and day gets -2.
func (db *DB) AddNews(ctx context.Context, n papers.News, c papers.Change) (papers.News, error) {
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		n.PublishedAt, n.ChangedAt, n.WithdrawnAt, n.WithdrawnWhy = tx.now, tx.now, nil, ""
		wanted := n.Slug
		for k := 2; ; k++ {
			added, err := tx.insertNew(ctx, "adding news", &newsRow{News: n})
			if err != nil {
				return note{}, err
			}
			if added {
				break
			}
			n.Slug = wanted + "-" + strconv.Itoa(k)
		}
		for i := range tx.acts { // the address is known only now
			tx.acts[i].Subject = "news/" + n.Slug
		}
		return note{what: "published news", subject: "news/" + n.Slug, after: n}, nil
	})
	return n, err
}

// ChangeNews implements papers.Store. One that was taken back stays so.
func (db *DB) ChangeNews(ctx context.Context, n papers.News, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		old, err := readNews(ctx, tx, n.Slug)
		if err != nil {
			return note{}, err
		}
		if old.WithdrawnAt != nil {
			return note{}, papers.Errorf(papers.CodeConflict, "This news was taken back already.")
		}
		n.PublishedAt, n.ChangedAt = old.PublishedAt, tx.now
		said := note{what: "changed news", subject: "news/" + n.Slug, before: old.News, after: n}
		if n.WithdrawnAt != nil { // the words go from here too: the reason may be what stood in them
			n.Title, n.Text, n.WithdrawnAt = "", "", &tx.now
			said = note{what: "took news back", subject: "news/" + n.Slug, after: n}
		}
		if _, err := tx.NewUpdate().Model(&newsRow{News: n}).Where("slug = ?", n.Slug).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("changing news: %w", err)
		}
		return said, nil
	})
}
