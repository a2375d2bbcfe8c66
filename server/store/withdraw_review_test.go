package store_test

import (
	"strings"
	"testing"
	"time"

	"clearday/papers"
)

// A paper that is withdrawn whole does not come back at the moment of a version that waited.
func TestWithdrawScheduled(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.meeting(r.board("finance").Slug)
		p := r.paper(r.item(m.Slug, "Finance").ID, "Finance report")
		r.publish(m.Slug)
		v2, err := r.AddVersion(r.ctx, p.ID, papers.Version{File: hash("2"), Reason: "better"}, by())
		r.must(err)
		r.ready(v2.Ref())
		at := time.Date(2026, 4, 3, 8, 0, 0, 0, time.UTC)
		pub, err := r.publisher().PublishPaper(r.ctx, p.ID, papers.Wish{At: &at}, secretary)
		r.must(err)

		err = r.Withdraw(r.ctx, papers.Withdrawal{Paper: p.ID, N: 0, Role: "secretary", Reason: "It names somebody."}, by())
		r.wantCode(err, papers.CodeConflict)
		if want := "Version 2 is part of a publication planned for Friday 3 April 2026, 9:00am. Stop it first."; !strings.Contains(err.Error(), want) {
			t.Errorf("says %q, want %q", err, want)
		}
		r.must(r.StopPublication(r.ctx, pub.ID, by()))
		r.must(r.Withdraw(r.ctx, papers.Withdrawal{Paper: p.ID, N: 0, Role: "secretary", Reason: "It names somebody."}, by()))
	})
}
