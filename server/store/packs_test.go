package store_test

import (
	"slices"
	"sync"
	"testing"

	"clearday/papers"
)

// numbers gives the public page numbers of a meeting.
func (r *record) numbers(meeting string) []papers.PackRange {
	r.t.Helper()
	list, err := r.PackRanges(r.ctx, meeting, papers.PublicSeries)
	r.must(err)
	return list
}

func TestPackRanges(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		one, two := r.item(m.Slug, "Finance"), r.item(m.Slug, "Staff")
		a, b := r.paper(one.ID, "Finance report"), r.paper(two.ID, "Staff report")
		if got := r.numbers(m.Slug); len(got) != 0 {
			t.Fatalf("before the publication there are page numbers: %+v", got)
		}
		r.publish(m.Slug)
		first := r.numbers(m.Slug)
		if len(first) != 4 || first[0].Paper != "" || first[0].First != 1 || first[0].Item != one.ID || first[1].Paper != a.ID || first[1].First != 2 ||
			first[3].Paper != b.ID || first[3].First != first[2].First+1 {
			t.Fatalf("page numbers are %+v", first)
		}

		v2, err := r.AddVersion(r.ctx, a.ID, papers.Version{File: hash("2"), Reason: "better"}, by())
		r.must(err)
		r.ready(v2.Ref())
		r.must(r.MoveItem(r.ctx, papers.Move{Item: two.ID, Way: papers.MoveUp}, papers.Change{By: secretary, Acts: []papers.Act{{Kind: papers.ActItemChanged, Subject: "items/" + two.ID, Board: "pb", Meeting: m.Slug}}}))
		_, err = r.publisher().PublishPaper(r.ctx, a.ID, papers.Wish{}, secretary)
		r.must(err)
		second := r.numbers(m.Slug)
		if len(second) != 6 || !slices.Equal(second[:4], first) || second[4].Paper != "" || second[5].Ref() != v2.Ref() || second[5].Supplement != 1 {
			t.Errorf("after another order and a new version page numbers are %+v", second)
		}
		r.must(r.Withdraw(r.ctx, papers.Withdrawal{Paper: a.ID, Role: "secretary", Reason: "a name"}, by(papers.Act{Kind: papers.ActPaperWithdrawn, Subject: "papers/" + a.ID, Board: "pb", Meeting: m.Slug})))
		r.must(r.NumberPack(r.ctx, m.Slug, papers.PublicSeries))
		if got := r.numbers(m.Slug); !slices.Equal(got, second) {
			t.Errorf("after the withdrawal page numbers are %+v", got)
		}
	})
}

// Programs that look for private page numbers at the same time give each version one range.
func TestNumberPack_together(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		i := r.item(m.Slug, "Open")
		r.paper(i.ID, "Open report")
		hidden, err := r.AddItem(r.ctx, papers.Item{Meeting: m.Slug, Title: "Deal", Private: true, PublicTitle: "Private", Exemption: "Asked to leave."}, by())
		r.must(err)
		p := r.paper(hidden.ID, "Deal report")
		r.publish(m.Slug)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := r.NumberPack(r.ctx, m.Slug, papers.PrivateSeries); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got, err := r.PackRanges(r.ctx, m.Slug, papers.PrivateSeries)
		r.must(err)
		if len(got) != 2 || got[0].First != 1 || got[1].Paper != p.ID || got[1].First != 2 {
			t.Errorf("private page numbers are %+v", got)
		}
		for _, k := range r.numbers(m.Slug) {
			if k.Paper == p.ID {
				t.Error("a private paper has public page numbers")
			}
		}
	})
}
