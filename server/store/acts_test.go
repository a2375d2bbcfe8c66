package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"clearday/papers"
	"clearday/papers/publog"
)

func TestActs_manyWriters(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		const writers, each = 8, 15
		done := make(chan struct{})
		var reader sync.WaitGroup
		reader.Go(func() { // a follower that reads after a number never misses a smaller one
			var last int64
			for {
				list, err := r.Acts(r.ctx, last, 1000)
				if err != nil {
					t.Errorf("Acts: %v", err)
					return
				}
				for _, a := range list {
					if a.Number != last+1 {
						t.Errorf("act %d came after %d", a.Number, last)
						return
					}
					last = a.Number
				}
				select {
				case <-done:
					if last >= 2*writers*each {
						return
					}
				default:
				}
			}
		})
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for n := range each {
					slug := fmt.Sprintf("b-%d-%d", w, n)
					err := r.AddBoard(r.ctx, papers.Board{Slug: slug, Name: slug}, by(papers.Act{Kind: papers.ActBoardAdded, Subject: slug}, papers.Act{Kind: papers.ActBoardChanged, Subject: slug}))
					if err != nil {
						t.Errorf("AddBoard: %v", err)
					}
					err = r.AddBoard(r.ctx, papers.Board{Slug: slug, Name: slug}, by(papers.Act{Kind: papers.ActBoardAdded, Subject: "never"}))
					r.wantCode(err, papers.CodeConflict)
				}
			})
		}
		wg.Wait()
		close(done)
		reader.Wait()
		r.wantActsDense()
		for _, a := range r.acts() {
			if a.Subject == "never" {
				t.Fatal("the act of a change that failed was committed")
			}
		}
	})
}

func TestActs_commitments(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		act := papers.Act{Kind: papers.ActBoardAdded, Subject: "boards/pb", Texts: map[string]string{"name": "hidden"}}
		r.must(r.AddBoard(r.ctx, papers.Board{Slug: "pb", Name: "hidden"}, by(act)))
		got := r.acts()[0]
		salts, err := r.Salts(r.ctx, got.Number)
		r.must(err)
		if want := publog.Commitment(salts["name"], "hidden"); got.Commitments["name"] != want || len(salts["name"]) != 16 {
			t.Errorf("commitment %q, want %q", got.Commitments["name"], want)
		}
		if !got.At.Equal(r.clock().Truncate(time.Microsecond)) {
			t.Errorf("the act is of %v, want %v", got.At, r.clock())
		}
	})
}

func TestAwaitAct(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		got := make(chan int64, 1)
		go func() {
			var n int64
			for n == 0 && r.ctx.Err() == nil {
				n, _ = r.AwaitAct(r.ctx, 0)
			}
			got <- n
		}()
		r.must(r.AddBoard(r.ctx, papers.Board{Slug: "pb", Name: "pb"}, by(papers.Act{Kind: papers.ActBoardAdded})))
		if n := <-got; n != 1 {
			t.Errorf("AwaitAct = %d, want 1", n)
		}
		if n, err := r.AwaitAct(r.ctx, 1); n != 1 || err != nil { // nothing new: it answers all the same
			t.Errorf("AwaitAct = %d, %v, want 1", n, err)
		}
		ctx, cancel := context.WithCancel(r.ctx)
		cancel()
		if _, err := r.AwaitAct(ctx, 1); err == nil {
			t.Error("AwaitAct went on after its context ended")
		}
	})
}

func TestAudit(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		b := r.board("pb")
		b.About = "About us"
		r.must(r.ChangeBoard(r.ctx, b, by()))
		r.board("other")
		rows, err := r.Audit(r.ctx, "boards/pb", 10)
		r.must(err)
		if len(rows) != 2 || rows[0].What != "changed the board" || rows[0].Who != secretary.Name || rows[0].Role != "secretary" || rows[0].Before == rows[0].After {
			t.Errorf("Audit = %+v", rows)
		}
	})
}
