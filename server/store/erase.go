package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"clearday/papers"
)

// erase lets go of what a tombstone does not need: the name of the file, what was found in it, what the
// desk noted of it, and the salts that link acts to words. The bytes follow the act (server.Clear).
func (tx *tx) erase(ctx context.Context, w papers.Withdrawal, p papers.Paper, which []papers.Version) error {
	subjects := []string{"papers/" + p.ID}
	for _, v := range which {
		_, err := tx.exec(ctx, "erasing a version", "UPDATE versions SET erased_at = ?, file_name = '', reason = '', findings = '[]' WHERE paper = ? AND n = ?", tx.now, v.Paper, v.N)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, "erasing the name of an upload", "UPDATE uploads SET name = '', folder = '' WHERE paper = ? AND n = ?", v.Paper, v.N); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, "erasing the reason of an override", "UPDATE overrides SET reason = '' WHERE paper = ? AND n = ?", v.Paper, v.N); err != nil {
			return err
		}
		subjects = append(subjects, versionSubject(v.Ref()))
	}
	if _, err := tx.exec(ctx, "deleting salts", "DELETE FROM act_salts WHERE act IN (SELECT number FROM acts WHERE subject IN (?))", bun.List(subjects)); err != nil {
		return err
	}
	// That something was done, by whom and when, stays; what it was before and after holds the words.
	if _, err := tx.exec(ctx, "erasing the audit of a paper", "UPDATE audit SET before = '', after = '' WHERE subject IN (?)", bun.List(subjects)); err != nil {
		return err
	}
	if w.Title == "" || w.Title == p.Title {
		return nil
	}
	return tx.rename(ctx, p, w.Title)
}

// rename gives a paper another title wherever the record says the old one.
func (tx *tx) rename(ctx context.Context, p papers.Paper, title string) error {
	if _, err := tx.exec(ctx, "renaming a paper", "UPDATE papers SET title = ? WHERE id = ?", title, p.ID); err != nil {
		return err
	}
	all, err := readPublications(ctx, tx, func(q *bun.SelectQuery) { q.Where("meeting = ?", p.Meeting) })
	if err != nil {
		return err
	}
	for _, pub := range all {
		for i := range pub.LeftOut {
			if pub.LeftOut[i].Paper == p.ID {
				pub.LeftOut[i].Title = title
			}
		}
		if _, err := tx.NewUpdate().Model(&publicationRow{Publication: pub}).Column("left_out").Where("id = ?", pub.ID).Exec(ctx); err != nil {
			return fmt.Errorf("renaming a paper in a publication: %w", err)
		}
	}
	if _, err := tx.exec(ctx, "renaming a paper in what the desk was told", "UPDATE outcomes SET says = replace(says, ?, ?) WHERE meeting = ?", p.Title, title, p.Meeting); err != nil {
		return err
	}
	old, err := asJSON(p.Title)
	if err != nil {
		return err
	}
	now, err := asJSON(title)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, "renaming a paper in the audit", "UPDATE audit SET before = replace(before, ?, ?), after = replace(after, ?, ?) WHERE meeting = ?", old, now, old, now, p.Meeting)
	return err
}
