package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"clearday/papers"
)

// The audiences that a board knows, and one of another board.
var (
	author    = papers.Audience{Drafts: []string{"pb"}}
	fullDesk  = papers.Audience{Drafts: []string{"pb"}, Private: []string{"pb"}}
	member    = papers.Audience{Private: []string{"pb"}}
	elsewhere = papers.Audience{Drafts: []string{"fc"}, Private: []string{"fc"}}
)

var audiences = map[string]papers.Audience{
	"public": papers.Public, "author": author, "desk": fullDesk, "member": member, "elsewhere": elsewhere, "insider": papers.Insider,
}

// seen collects every word that an audience gets of a meeting by any route of the record.
func (r *record) seen(a papers.Audience, m papers.Meeting, all []papers.Paper, items []papers.Item) string {
	r.t.Helper()
	var got []any
	list, _, err := r.Meetings(r.ctx, a, papers.MeetingFilter{})
	r.must(err)
	got = append(got, list)
	keep := func(v any, err error) {
		r.t.Helper()
		if err == nil {
			got = append(got, v)
		} else if !errors.Is(err, papers.ErrNotFound) {
			r.t.Fatal(err)
		}
	}
	one, err := r.Meeting(r.ctx, a, m.Slug)
	keep(one, err)
	agenda, err := r.Items(r.ctx, a, m.Slug)
	keep(agenda, err)
	for _, i := range items {
		item, err := r.Item(r.ctx, a, i.ID)
		keep(item, err)
	}
	var refs []papers.VersionRef
	for _, p := range all {
		paper, err := r.Paper(r.ctx, a, p.ID)
		keep(paper, err)
		for n := range 4 {
			refs = append(refs, papers.VersionRef{Paper: p.ID, N: n})
		}
	}
	for _, f := range []papers.PaperFilter{{}, {Meeting: m.Slug}, {Board: m.Board}, {Latest: 50}} {
		papers, err := r.Papers(r.ctx, a, f)
		keep(papers, err)
	}
	found, err := r.Find(r.ctx, a, refs)
	keep(found, err)
	text, err := json.Marshal(got)
	r.must(err)
	return string(text)
}

func TestVisible(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		r.board("fc")
		m := r.meeting("pb")
		m.Venue = "hiddenvenue"
		r.must(r.ChangeMeeting(r.ctx, m, by()))
		open := r.item(m.Slug, "opentitle")
		closed, err := r.AddItem(r.ctx, papers.Item{Meeting: m.Slug, Title: "privatetitle", Lead: "privatelead", Private: true, PublicTitle: "safetitle", Exemption: "exemptword"}, by())
		r.must(err)
		public := r.paper(open.ID, "publicpaper")
		secret, err := r.AddPaper(r.ctx, papers.Paper{Item: open.ID, Title: "secretpaper", Private: true}, papers.Version{File: hash("s")}, by())
		r.must(err)
		inPrivate := r.paper(closed.ID, "privateitempaper") // private because its item is
		all, items := []papers.Paper{public, secret, inPrivate}, []papers.Item{open, closed}
		looks := map[string]string{} // what each audience got at each time
		want := func(when, word string, who ...string) {
			t.Helper()
			for name, a := range audiences {
				if looks[when+name] == "" {
					looks[when+name] = r.seen(a, m, all, items)
				}
				if got, want := strings.Contains(looks[when+name], word), slices.Contains(who, name) || name == "insider"; got != want {
					t.Errorf("%s: %s gets %q = %v, want %v", when, name, word, got, want)
				}
			}
		}

		for _, word := range []string{"hiddenvenue", "opentitle", "safetitle", "publicpaper"} {
			want("planned", word, "author", "desk")
		}
		for _, word := range []string{"privatetitle", "privatelead", "secretpaper", "privateitempaper"} {
			want("planned", word, "desk")
		}

		_, err = r.publisher().Announce(r.ctx, m.Slug, nil, secretary)
		r.must(err)
		want("announced", "hiddenvenue", "public", "author", "desk", "member", "elsewhere")
		want("announced", "opentitle", "author", "desk")
		want("announced", "privateitempaper", "desk")

		r.publish(m.Slug)
		for _, word := range []string{"opentitle", "safetitle", "exemptword", "publicpaper", public.Versions[0].File} {
			want("published", word, "public", "author", "desk", "member", "elsewhere")
		}
		for _, word := range []string{"privatetitle", "privatelead", "privateitempaper"} {
			want("published", word, "desk", "member")
		}
		want("published", "secretpaper", "desk") // it is still being read
		r.ready(papers.VersionRef{Paper: secret.ID, N: 1})
		want("published and read", "secretpaper", "desk", "member")
		want("published", "file of publicpaper", "author", "desk")
		want("published", "secretfinding", "author", "desk")

		late := r.item(m.Slug, "lateitem")
		items = append(items, late)
		want("added later", "lateitem", "author", "desk")
		v2, err := r.AddVersion(r.ctx, public.ID, papers.Version{File: hash("v2"), Reason: "secondreason"}, by())
		r.must(err)
		want("second version uploaded", "secondreason", "author", "desk")
		r.ready(v2.Ref())
		r.publish(m.Slug)
		want("second version published", "secondreason", "public", "author", "desk", "member", "elsewhere")

		r.must(r.Withdraw(r.ctx, papers.Withdrawal{Paper: public.ID, N: 2, Role: "secretary", Reason: "takenbackreason"}, by(papers.Act{Kind: papers.ActPaperWithdrawn})))
		want("withdrawn", "takenbackreason", "public", "author", "desk", "member", "elsewhere")
		for _, word := range []string{"secondreason", hash("v2")} {
			want("withdrawn", word, "author", "desk")
		}
	})
}

func TestPageText(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		p := r.paper(r.item(m.Slug, "Finance").ID, "Finance report")
		ref := papers.VersionRef{Paper: p.ID, N: 1}
		r.must(r.KeepPages(r.ctx, ref, 4, []string{"four\x00 \xff"}))
		texts, err := r.Texts(r.ctx, ref)
		r.must(err)
		if got, want := fmt.Sprintf("%q", texts), fmt.Sprintf("%q", []string{"page one of " + p.ID, "page two", "", "four\uFFFD \uFFFD"}); got != want {
			t.Errorf("Texts = %s, want %s", got, want)
		}
		if text, err := r.PageText(r.ctx, ref, 2); err != nil || text != "page two" {
			t.Errorf("PageText = %q, %v", text, err)
		}
		if _, err := r.PageText(r.ctx, ref, 9); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("PageText of no page = %v", err)
		}
		r.publish(m.Slug)
		bare, err := r.AddPaper(r.ctx, papers.Paper{Item: p.Item, Title: "Scan"}, papers.Version{File: hash("scan")}, by())
		r.must(err)
		r.must(r.FinishReading(r.ctx, papers.Version{Paper: bare.ID, N: 1, Pages: 3}))
		for range 2 { // before it is public it does not count
			readable, without, err := r.Unsearchable(r.ctx, papers.Public)
			if want := len(without) + 1; err != nil || readable != want || len(without) == 1 && without[0].Paper.ID != bare.ID {
				t.Errorf("Unsearchable = %d, %v, %v", readable, without, err)
			}
			_, _ = r.publisher().PublishMeeting(r.ctx, m.Slug, papers.Wish{}, secretary)
		}
		r.must(r.Withdraw(r.ctx, papers.Withdrawal{Paper: p.ID, N: 0, Role: "secretary", Reason: "name in it"}, by(papers.Act{Kind: papers.ActPaperWithdrawn})))
		if _, err := r.PageText(r.ctx, ref, 2); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("PageText of a withdrawn version = %v", err)
		}
		if _, err := r.Texts(r.ctx, ref); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("Texts of a withdrawn version = %v", err)
		}
		r.wantCode(r.Withdraw(r.ctx, papers.Withdrawal{Paper: p.ID, N: 1, Role: "secretary", Reason: "again"}, by()), papers.CodeConflict)
		r.wantCode(r.RemovePaper(r.ctx, p.ID, by()), papers.CodeConflict)
	})
}
