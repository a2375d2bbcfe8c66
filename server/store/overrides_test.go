package store_test

import (
	"testing"

	"clearday/papers"
)

// What the checks block becomes ready by two people and a reason, and by nothing less (rules.md 5.6).
func TestOverride(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		b := r.board("pb")
		m := r.meeting(b.Slug)
		p := r.paper(r.item(m.Slug, "A").ID, "Report")
		v, err := r.AddVersion(r.ctx, p.ID, papers.Version{File: hash("2")}, by())
		r.must(err)
		v.Checked, v.Findings = v.File, []papers.Finding{{Code: "covered_text", Level: papers.LevelBlock, Blocks: true}}
		r.must(r.FinishReading(r.ctx, v))
		as := func(id string) papers.Change {
			return papers.Change{By: papers.Actor{ID: id, Name: "Name of " + id, Role: "secretary"}}
		}
		refused := func(what string, err error) {
			t.Helper()
			if code := papers.CodeOf(err); code != papers.CodeConflict && code != papers.CodeForbidden {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("nobody asked", r.GiveOverride(r.ctx, v.Ref(), as("bob")))
		refused("a program asks", r.AskOverride(r.ctx, v.Ref(), "because", as("token:x")))
		r.must(r.AskOverride(r.ctx, v.Ref(), "it is a sample", as("ann")))
		refused("asked twice", r.AskOverride(r.ctx, v.Ref(), "again", as("bob")))
		refused("the same person agrees", r.GiveOverride(r.ctx, v.Ref(), as("ann")))
		r.must(r.RefuseOverride(r.ctx, v.Ref(), as("bob")))
		refused("it was refused", r.GiveOverride(r.ctx, v.Ref(), as("bob")))
		r.must(r.AskOverride(r.ctx, v.Ref(), "it is a sample", as("ann")))
		r.must(r.GiveOverride(r.ctx, v.Ref(), as("bob")))
		got, err := r.Paper(r.ctx, papers.Insider, p.ID)
		r.must(err)
		o, err := r.Override(r.ctx, v.Ref())
		r.must(err)
		if newest, _ := got.Newest(); newest.State != papers.VersionReady || o.AskedName != "Name of ann" || o.GivenName != "Name of bob" || o.Reason != "it is a sample" {
			t.Errorf("the version is %s, the override %+v", newest.State, o)
		}
		bad, err := r.AddVersion(r.ctx, p.ID, papers.Version{File: hash("3")}, by())
		r.must(err)
		bad.Findings = []papers.Finding{{Code: "unreadable", Blocks: true}}
		r.must(r.FinishReading(r.ctx, bad))
		refused("nobody could check it", r.AskOverride(r.ctx, bad.Ref(), "because", as("ann")))
		r.must(r.RemovePaper(r.ctx, p.ID, by()))
	})
}
