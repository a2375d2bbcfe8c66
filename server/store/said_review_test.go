package store_test

import (
	"testing"

	"clearday/papers"
)

// What the public sees change is an act, also when whoever changes it did not know that it is public.
func TestPublicChangesAreActs(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.meeting(r.board("pb").Slug)
		first := r.item(m.Slug, "First")
		paper := r.paper(first.ID, "Report")
		r.publish(m.Slug)
		late := r.item(m.Slug, "Late")
		before := r.acts()

		r.must(r.MoveItem(r.ctx, up(late.ID), by()))
		acts := r.acts()
		if len(acts) != len(before)+1 || acts[len(acts)-1].Subject != "items/"+first.ID {
			t.Errorf("moving an item past a public one wrote %+v, want one act of the public one", acts[len(before):])
		}

		first, err := r.Item(r.ctx, papers.Insider, first.ID)
		r.must(err)
		first.Title = "Renamed"
		_, err = r.ChangeItem(r.ctx, first, by())
		r.wantCode(err, papers.CodeConflict)
		paper.Title = "Renamed"
		r.wantCode(r.ChangePaper(r.ctx, paper, by()), papers.CodeConflict)
		m.Venue = "Elsewhere"
		r.wantCode(r.ChangeMeeting(r.ctx, m, by()), papers.CodeConflict)
	})
}
