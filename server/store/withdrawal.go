package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

// Withdraw implements papers.Store. The text of a withdrawn version is deleted with it. With a paper as a
// whole go its renditions and background papers.
func (db *DB) Withdraw(ctx context.Context, w papers.Withdrawal, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		p, m, err := tx.lockPaper(ctx, w.Paper)
		if err != nil {
			return note{}, err
		}
		which, err := tx.withdrawPaper(ctx, w, p, m.Location())
		if err != nil {
			return note{}, err
		}
		beside, err := tx.publicBeside(ctx, w)
		if err != nil {
			return note{}, err
		}
		for _, r := range beside {
			also := w
			also.Paper, also.Title = r.ID, r.TitleBeside(w.Title)
			more, err := tx.withdrawPaper(ctx, also, r, m.Location())
			if err != nil {
				return note{}, err
			}
			which = append(which, more...)
		}
		if !w.TakeBack {
			return note{what: "withdrew the paper", subject: "papers/" + p.ID, before: which, after: w.Reason}, nil
		}
		return note{what: "took the paper back", subject: "papers/" + p.ID, before: refs(which), after: w.Reason}, nil
	})
}

// publicBeside are the renditions and background papers that go with a paper as a whole.
func (tx *tx) publicBeside(ctx context.Context, w papers.Withdrawal) ([]papers.Paper, error) {
	if w.N != 0 {
		return nil, nil
	}
	list, err := readPapers(ctx, tx, papers.Insider, func(q *bun.SelectQuery) { q.Where("p.rendition_of = ?", w.Paper) })
	return slices.DeleteFunc(list, func(r papers.Paper) bool { return !slices.ContainsFunc(r.Versions, w.Takes) }), err
}

// withdrawPaper withdraws what of one paper is public.
func (tx *tx) withdrawPaper(ctx context.Context, w papers.Withdrawal, p papers.Paper, zone *time.Location) ([]papers.Version, error) {
	if w.TakeBack {
		if err := tx.takeOut(ctx, p, cmp.Or(w.Title, p.Title)); err != nil {
			return nil, err
		}
		var err error
		if p, err = readPaper(ctx, tx, papers.Insider, p.ID); err != nil {
			return nil, err
		}
	}
	which, err := toWithdraw(p, w, zone)
	if err != nil {
		return nil, err
	}
	for _, v := range which {
		if err := tx.withdraw(ctx, w, v.Ref()); err != nil {
			return nil, err
		}
	}
	if !w.TakeBack {
		return which, nil
	}
	return which, tx.erase(ctx, w, p, which)
}

func (tx *tx) withdraw(ctx context.Context, w papers.Withdrawal, v papers.VersionRef) error {
	_, err := tx.exec(ctx, "withdrawing a version", `UPDATE versions SET state = 'withdrawn', withdrawn_at = ?, withdrawn_by = ?, withdrawn_why = ?
		WHERE paper = ? AND n = ?`, tx.now, w.Role, w.Reason, v.Paper, v.N)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, "deleting the text of a version", "DELETE FROM page_texts WHERE paper = ? AND n = ?", v.Paper, v.N)
	return err
}

func refs(versions []papers.Version) []papers.VersionRef {
	list := make([]papers.VersionRef, len(versions))
	for i, v := range versions {
		list[i] = v.Ref()
	}
	return list
}

// takeOut takes the versions of a paper out of what is planned: what is taken back must not come
// again by itself.
func (tx *tx) takeOut(ctx context.Context, p papers.Paper, title string) error {
	scheduled, err := readPublications(ctx, tx, func(q *bun.SelectQuery) { q.Where("meeting = ? AND state = 'scheduled'", p.Meeting) })
	if err != nil {
		return err
	}
	for _, pub := range scheduled {
		if !holdsPaper(p.ID)(pub) {
			continue
		}
		pub.Versions = slices.DeleteFunc(pub.Versions, func(r papers.VersionRef) bool { return r.Paper == p.ID })
		pub.LeftOut = append(pub.LeftOut, papers.LeftOut{Paper: p.ID, Title: title, Reason: "it was taken back."})
		if _, err := tx.NewUpdate().Model(&publicationRow{Publication: pub}).Column("versions", "left_out").Where("id = ?", pub.ID).Exec(ctx); err != nil {
			return fmt.Errorf("leaving a paper out of a publication: %w", err)
		}
	}
	_, err = tx.exec(ctx, "letting a version go", "UPDATE versions SET state = 'ready', scheduled_at = NULL WHERE paper = ? AND state = 'scheduled'", p.ID)
	return err
}

// toWithdraw gives the public versions to take back. A paper that goes whole must not come back by a
// version that waits for its moment.
func toWithdraw(p papers.Paper, w papers.Withdrawal, zone *time.Location) ([]papers.Version, error) {
	var which []papers.Version
	for _, v := range p.Versions {
		if w.N == 0 && v.State == papers.VersionScheduled && v.ScheduledAt != nil {
			return nil, papers.Errorf(papers.CodeConflict, "Version %d is part of a publication planned for %s. Stop it first.", v.N, planned(*v.ScheduledAt, zone))
		}
		if w.Takes(v) {
			which = append(which, v)
		} else if v.N == w.N && v.State == papers.VersionWithdrawn {
			return nil, papers.Errorf(papers.CodeConflict, "Version %d is withdrawn already.", v.N)
		}
	}
	if len(which) == 0 {
		return nil, papers.Errorf(papers.CodeConflict, "Nothing of this paper is public. Remove it instead.")
	}
	return which, nil
}

// fileColumns are all columns of a version that name a file.
var fileColumns = []string{"file", "original", "html"}

// Unused implements papers.Store.
func (db *DB) Unused(ctx context.Context, ref papers.VersionRef) ([]string, error) {
	var unused []string
	for _, column := range fileColumns {
		var hash string
		err := db.r.NewRaw("SELECT ? FROM versions WHERE paper = ? AND n = ? AND erased_at IS NOT NULL", bun.Ident(column), ref.Paper, ref.N).Scan(ctx, &hash)
		if err := found(err, "the files of a version"); err != nil {
			return nil, err
		}
		if hash == "" || slices.Contains(unused, hash) {
			continue
		}
		needed := 0
		for _, other := range fileColumns {
			var n int
			if err := db.r.NewRaw("SELECT count(*) FROM versions WHERE ? = ? AND erased_at IS NULL", bun.Ident(other), hash).Scan(ctx, &n); err != nil {
				return nil, fmt.Errorf("looking who needs a file: %w", err)
			}
			needed += n
		}
		if needed == 0 {
			unused = append(unused, hash)
		}
	}
	return unused, nil
}

type clearingRow struct {
	bun.BaseModel `bun:"table:clearings,alias:c"`
	papers.Clearing
}

// NoteClearing implements papers.Store.
func (db *DB) NoteClearing(ctx context.Context, c papers.Clearing) error {
	return db.write(ctx, func(tx *tx) error {
		c.At = tx.now
		_, err := tx.insertNew(ctx, "noting what was cleared", &clearingRow{Clearing: c})
		return err
	})
}

// Clearings implements papers.Store, in the order of acts, programs and parts.
func (db *DB) Clearings(ctx context.Context, paper string) ([]papers.Clearing, error) {
	var rows []clearingRow
	err := db.r.NewSelect().Model(&rows).Where("act IN (SELECT number FROM acts WHERE substr(subject, 1, length(?)) = ?)", "papers/"+paper+"/", "papers/"+paper+"/").
		OrderExpr("act, program, part").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what was cleared: %w", err)
	}
	list := make([]papers.Clearing, len(rows))
	for i, r := range rows {
		list[i] = r.Clearing
	}
	return list, nil
}
