package store_test

import (
	"strings"
	"testing"

	"clearday/papers"
	"clearday/server/auth"
)

// TestConflicts: whoever has declared an interest sees of the item, or of the one paper, what the
// public sees, by every route of the record; others see what they saw; and it ends.
func TestConflicts(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		open := r.item(m.Slug, "opentitle")
		closed, err := r.AddItem(r.ctx, papers.Item{Meeting: m.Slug, Title: "privatetitle", Private: true, PublicTitle: "safetitle", Exemption: "exemptword",
			Grounds: papers.Grounds{Regime: "LGA-VA", Paras: []string{"3"}, Reasons: "reasonword"}}, by())
		r.must(err)
		first, second := r.paper(closed.ID, "firstpaper"), r.paper(closed.ID, "secondpaper")
		draft := r.paper(open.ID, "draftpaper")
		r.publish(m.Slug)
		late := r.paper(open.ID, "latedraft")
		all, items := []papers.Paper{first, second, draft, late}, []papers.Item{open, closed}

		who := map[string]papers.Audience{}
		for name, role := range map[string]auth.Role{"ann": auth.Member, "bob": auth.Member, "chair": auth.Chair} {
			u, err := r.AddUser(r.ctx, auth.User{Name: name, Email: name + "@example.org", Grants: []auth.Grant{{Role: role, Board: "pb"}}})
			r.must(err)
			who[name] = u.Person().Audience()
		}
		sees := func(when, name string, yes, no []string) {
			t.Helper()
			got := r.seen(who[name], m, all, items)
			for _, word := range yes {
				if !strings.Contains(got, word) {
					t.Errorf("%s: %s does not see %q", when, name, word)
				}
			}
			for _, word := range no {
				if strings.Contains(got, word) {
					t.Errorf("%s: %s sees %q", when, name, word)
				}
			}
		}
		matter := []string{"privatetitle", "reasonword", "firstpaper", "secondpaper"}
		sees("before", "ann", matter, nil)

		one, err := r.AddConflict(r.ctx, papers.Conflict{Person: who["ann"].Person, Item: closed.ID, Paper: first.ID, Category: "pecuniary", Nature: "natureword", Action: "withheld", Withholds: true}, by())
		r.must(err)
		sees("one paper", "ann", []string{"privatetitle", "secondpaper"}, []string{"firstpaper", first.Versions[0].File})
		sees("one paper", "bob", matter, nil)

		whole, err := r.AddConflict(r.ctx, papers.Conflict{Person: who["ann"].Person, Item: closed.ID, Category: "financial", Sensitive: true, Action: "leaves", Withholds: true}, by())
		r.must(err)
		sees("the item", "ann", []string{"safetitle", "exemptword", "opentitle", "draftpaper"}, matter)
		sees("the item", "bob", matter, nil)

		sees("a draft", "chair", []string{"latedraft"}, nil)
		_, err = r.AddConflict(r.ctx, papers.Conflict{Person: who["chair"].Person, Item: open.ID, Category: "indirect", Nature: "x", Action: "leaves", Withholds: true}, by())
		r.must(err)
		sees("a public item", "chair", []string{"opentitle", "draftpaper", "secondpaper"}, []string{"latedraft"}) // what is public stays so
		noted, err := r.AddConflict(r.ctx, papers.Conflict{Person: who["bob"].Person, Item: closed.ID, Category: "indirect", Nature: "x", Action: "noted"}, by())
		r.must(err)
		sees("only noted", "bob", matter, nil)

		r.must(r.EndConflict(r.ctx, m.Slug, whole.ID, by()))
		sees("ended", "ann", []string{"privatetitle", "secondpaper"}, []string{"firstpaper"})
		r.must(r.EndConflict(r.ctx, m.Slug, one.ID, by()))
		sees("both ended", "ann", matter, nil)

		list, err := r.Conflicts(r.ctx, m.Slug)
		r.must(err)
		register := map[string]papers.Conflict{}
		for _, k := range list {
			register[k.ID] = k
		}
		if k := register[one.ID]; len(list) != 4 || k.Name != "ann" || k.Nature != "natureword" || k.EndedAt == nil || register[noted.ID].EndedAt != nil {
			t.Errorf("the register holds %+v", list)
		}
		rows, err := r.Audit(r.ctx, "meetings/"+m.Slug+"/conflicts/", 50)
		r.must(err)
		if len(rows) != 6 {
			t.Errorf("%d audit rows, want one for each change", len(rows))
		}
		for _, row := range rows {
			if text := row.Before + row.After; strings.Contains(text, "natureword") || strings.Contains(text, `"ann"`) {
				t.Errorf("the audit says what the interest is, or whose: %s", text)
			}
		}
		r.wantCode(r.EndConflict(r.ctx, "pb-2001-01-01", one.ID, by()), papers.CodeNotFound)
	})
}
