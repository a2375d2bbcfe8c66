package store_test

import (
	"slices"
	"strings"
	"testing"

	"clearday/papers"
)

// TestRelease: what a secretary releases of a private item becomes public with its act, at its moment;
// what was not chosen stays private: the other paper, and the version that was not fit to be seen.
func TestRelease(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		closed, err := r.AddItem(r.ctx, papers.Item{Meeting: m.Slug, Title: "privatetitle", Lead: "privatelead", Private: true, PublicTitle: "safetitle", Exemption: "exemptword",
			Grounds: papers.Grounds{Regime: "LGA-VA", Paras: []string{"3"}, Reasons: "reasonword"}}, by())
		r.must(err)
		first, second := r.paper(closed.ID, "firstpaper"), r.paper(closed.ID, "secondpaper")
		r.publish(m.Slug)
		v2, err := r.AddVersion(r.ctx, first.ID, papers.Version{File: hash("redacted"), Reason: "names taken out"}, by())
		r.must(err)
		r.ready(v2.Ref())
		all, items := []papers.Paper{first, second}, []papers.Item{closed}
		want := func(when, word string, who ...string) {
			t.Helper()
			for name, a := range audiences {
				if got, want := strings.Contains(r.seen(a, m, all, items), word), slices.Contains(who, name) || name == "insider"; got != want {
					t.Errorf("%s: %s gets %q = %v, want %v", when, name, word, got, want)
				}
			}
		}
		everybody := []string{"public", "author", "desk", "member", "elsewhere"}

		item, err := r.Item(r.ctx, papers.Insider, closed.ID)
		r.must(err)
		item.Private = false
		_, err = r.ChangeItem(r.ctx, item, by(papers.Act{Kind: papers.ActItemChanged}))
		r.wantCode(err, papers.CodeConflict) // not by the back door
		paper, err := r.Paper(r.ctx, papers.Insider, second.ID)
		r.must(err)
		paper.Private = false
		paper.Item = r.item(m.Slug, "elsewhere").ID
		r.wantCode(r.ChangePaper(r.ctx, paper, by()), papers.CodeConflict)

		_, err = r.publisher().Release(r.ctx, closed.ID, papers.ToRelease{Whole: true}, papers.Wish{}, secretary)
		r.wantCode(err, papers.CodeInvalid) // the reason is public
		before, err := r.LastAct(r.ctx)
		r.must(err)
		pub, err := r.publisher().Release(r.ctx, closed.ID, papers.ToRelease{Whole: true, Papers: []string{first.ID}, Reason: "contractsigned"}, papers.Wish{}, secretary)
		r.must(err)
		if pub.State != papers.PublicationDone || pub.PublishedAt == nil {
			t.Fatalf("the release is %+v", pub)
		}
		for _, word := range []string{"privatetitle", "privatelead", "exemptword", "contractsigned", "firstpaper", hash("redacted")} {
			want("released", word, everybody...)
		}
		for _, word := range []string{"secondpaper", first.Versions[0].File} {
			want("released", word, "desk", "member")
		}
		want("released", "reasonword", "desk", "member")

		acts, err := r.Acts(r.ctx, before, 10)
		r.must(err)
		var kinds []string
		for _, a := range acts {
			kinds = append(kinds, string(a.Kind)+" "+a.Facts["released"])
		}
		if got := strings.Join(kinds, ", "); got != "item.released , paper.published yes" {
			t.Errorf("the acts are %s", got)
		}
		_, err = r.publisher().Release(r.ctx, closed.ID, papers.ToRelease{Whole: true, Reason: "again"}, papers.Wish{}, secretary)
		r.wantCode(err, papers.CodeConflict)
		now, err := r.Item(r.ctx, papers.Insider, closed.ID)
		r.must(err)
		now.Title, now.Exemption, now.PublicTitle = "bettertitle", "", ""
		now, err = r.ChangeItem(r.ctx, now, by(papers.Act{Kind: papers.ActItemChanged}))
		r.must(err)
		for _, word := range []string{"bettertitle", "exemptword"} {
			want("changed later", word, everybody...)
		}
		now.Private = true
		_, err = r.ChangeItem(r.ctx, now, by(papers.Act{Kind: papers.ActItemChanged}))
		r.wantCode(err, papers.CodeConflict) // nor private again
	})
}
