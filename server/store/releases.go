package store

import (
	"context"

	"github.com/uptrace/bun"

	"clearday/papers"
)

// released are the ids of the papers that a publication releases, never an empty list.
func released(p papers.Publication) any {
	ids := []string{""}
	for _, r := range p.Releases {
		ids = append(ids, r.Paper)
	}
	return bun.List(ids)
}

// release lets go of what kept the matter of a publication private. Everything else of the same item
// stays private by its own mark: papers that were not chosen, and other versions of those that were.
func (tx *tx) release(ctx context.Context, p papers.Publication) error {
	for _, r := range p.Releases {
		if r.Item != "" {
			if err := tx.releaseItem(ctx, p, r); err != nil {
				return err
			}
		}
	}
	for _, ref := range p.Versions {
		for _, r := range p.Releases {
			if r.Paper != ref.Paper {
				continue
			}
			if err := tx.releasePaper(ctx, ref, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *tx) releaseItem(ctx context.Context, p papers.Publication, r papers.Release) error {
	if _, err := tx.exec(ctx, "keeping papers private", "UPDATE papers SET private = TRUE WHERE item = ? AND released_at IS NULL", r.Item); err != nil {
		return err
	}
	n, err := tx.exec(ctx, "releasing an item", "UPDATE items SET private = FALSE, released_at = ?, released_why = ?, revision = revision + 1 WHERE id = ? AND meeting = ? AND private",
		tx.now, r.Reason, r.Item, p.Meeting)
	if err == nil && n == 0 {
		return papers.Errorf(papers.CodeConflict, "An item that was to be released is not private any more. Stop the publication, then look at it again.")
	}
	return err
}

// releasePaper leaves a paper alone whose version was taken back since it was scheduled.
func (tx *tx) releasePaper(ctx context.Context, ref papers.VersionRef, r papers.Release) error {
	n, err := tx.exec(ctx, "releasing a paper", `UPDATE papers SET private = FALSE, released_at = ?, released_why = ?,
		exemption = CASE WHEN exemption = '' THEN (SELECT i.exemption FROM items AS i WHERE i.id = papers.item) ELSE exemption END
		WHERE id = ? AND EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = papers.id AND v.n = ? AND v.state = 'scheduled')`, tx.now, r.Reason, ref.Paper, ref.N)
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.exec(ctx, "keeping other versions private", "UPDATE versions SET private = TRUE WHERE paper = ? AND n <> ?", ref.Paper, ref.N)
	return err
}
