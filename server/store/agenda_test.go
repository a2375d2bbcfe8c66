package store_test

import (
	"testing"
	"time"

	"clearday/papers"
)

func up(id string) papers.Move { return papers.Move{Item: id, Way: papers.MoveUp} }

// An agenda that counts on (275/19) begins where the last one of the board ended, and a new meeting is
// numbered as the last one was.
func TestNumberingContinues(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		first := r.meeting("pb")
		r.must(r.SetNumbering(r.ctx, first.Slug, papers.NumberYear, 275, by()))
		r.item(first.Slug, "A")
		r.item(first.Slug, "B")
		next := papers.Meeting{Board: "pb", Zone: "Europe/London", StartsAt: time.Date(2026, 5, 13, 8, 30, 0, 0, time.UTC)}
		r.must(next.Tidy())
		next, err := r.AddMeeting(r.ctx, next, by())
		r.must(err)
		if next.Numbering != papers.NumberYear {
			t.Errorf("the next meeting is numbered %q", next.Numbering)
		}
		c := r.item(next.Slug, "C")
		sub := r.item(next.Slug, "D")
		r.must(r.MoveItem(r.ctx, papers.Move{Item: sub.ID, Way: papers.MoveIn}, by()))
		want := func(meeting, agenda string) {
			t.Helper()
			list, err := r.Items(r.ctx, papers.Insider, meeting)
			r.must(err)
			if got := titles(list); got != agenda {
				t.Errorf("the agenda is %q, want %q", got, agenda)
			}
		}
		want(first.Slug, "275/26 A, 276/26 B")
		want(next.Slug, "277/26 C, 277/26.1 D")
		r.publish(next.Slug)
		r.item(first.Slug, "E") // what is public does not follow
		r.item(next.Slug, "F")
		want(next.Slug, "277/26 C, 277/26.1 D, 278/26 F")
		if got, err := r.Item(r.ctx, papers.Insider, c.ID); err != nil || got.Revision != 1 {
			t.Errorf("the public item is %+v, %v", got, err)
		}
	})
}

// What a removed item was bound to does not come back with it, so neither does the item.
func TestUndo_bound(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		i := r.item(m.Slug, "A")
		r.must(r.Commission(r.ctx, papers.Commission{Item: i.ID, Author: "Ann", DueAt: r.clock()}, by()))
		r.must(r.RemoveItem(r.ctx, i.ID, by()))
		step, err := r.LastStep(r.ctx, m.Slug, secretary.ID)
		r.must(err)
		if step.Did != papers.StepAdded {
			t.Errorf("the last step is %+v", step)
		}
		_, err = r.Undo(r.ctx, m.Slug, step.ID, by())
		r.wantCode(err, papers.CodeConflict)
	})
}

// A link is found by its hash as long as it lasts, and not at all without one.
func TestCommissionLink(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		i := r.item(m.Slug, "A")
		soon := r.clock().Add(time.Hour)
		r.wantCode(r.SetCommissionLink(r.ctx, i.ID, hash("x"), &soon, by()), papers.CodeConflict) // of whom?
		co := papers.Commission{Item: i.ID, Author: "Ann", Email: "ann@example.org", DueAt: soon}
		r.must(r.Commission(r.ctx, co, by()))
		_, err := r.CommissionByLink(r.ctx, "")
		r.wantCode(err, papers.CodeNotFound)
		r.must(r.SetCommissionLink(r.ctx, i.ID, hash("x"), &soon, by()))
		got, err := r.CommissionByLink(r.ctx, hash("x"))
		if err != nil || got.Author != "Ann" || got.State != papers.CommissionAsked {
			t.Errorf("the link leads to %+v, %v", got, err)
		}
		r.wantCode(r.DecideCommission(r.ctx, i.ID, papers.CommissionApproved, "", by()), papers.CodeConflict) // nothing came yet
		co.Email = "ben@example.org"
		r.must(r.Commission(r.ctx, co, by()))
		_, err = r.CommissionByLink(r.ctx, hash("x")) // it was Ann's
		r.wantCode(err, papers.CodeNotFound)
		r.must(r.SetCommissionLink(r.ctx, i.ID, hash("y"), &soon, by()))
		r.pass(2 * time.Hour)
		_, err = r.CommissionByLink(r.ctx, hash("y"))
		r.wantCode(err, papers.CodeNotFound)
	})
}
