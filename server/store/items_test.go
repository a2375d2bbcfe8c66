package store_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearday/livestream"
	"clearday/papers"
)

func TestBoards(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		b := r.board("pb")
		if len(b.Members) != 1 || b.Members[0].Name != "Ann" {
			t.Errorf("the board is %+v", b)
		}
		r.wantCode(r.AddBoard(r.ctx, b, by()), papers.CodeConflict)
		r.wantCode(r.ChangeBoard(r.ctx, papers.Board{Slug: "no", Name: "no"}, by()), papers.CodeNotFound)
		site, err := r.Site(r.ctx)
		if err != nil || site.Name != "Board meetings" {
			t.Errorf("the site before it is set is %+v, %v", site, err)
		}
		for _, name := range []string{"One", "Two"} {
			want := papers.Site{Name: name, Zone: "Europe/London", Demo: true}
			r.must(r.SetSite(r.ctx, want, by()))
			if got, err := r.Site(r.ctx); err != nil || got != want {
				t.Errorf("Site = %+v, %v, want %+v", got, err, want)
			}
		}
		p := papers.Partner{Slug: "trust", Name: "Trust", Kind: "hospital trust", Representatives: []papers.Representative{{Name: "Ann", Role: "Chair"}}}
		r.must(r.AddPartner(r.ctx, p, by()))
		r.wantCode(r.AddPartner(r.ctx, p, by()), papers.CodeConflict)
		if list, err := r.Partners(r.ctx); err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], p) {
			t.Errorf("Partners = %+v, %v", list, err)
		}
	})
}

func TestMeetings(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		var slugs []string
		for range 2 {
			slugs = append(slugs, r.meeting("pb").Slug)
		}
		if diff := cmp.Diff([]string{"pb-2026-04-08", "pb-2026-04-08-2"}, slugs); diff != "" {
			t.Error(diff)
		}
		for day := range 3 {
			m := papers.Meeting{Board: "pb", Zone: "Europe/London", StartsAt: time.Date(2026, 5, 1+day, 9, 0, 0, 0, time.UTC)}
			r.must(m.Tidy())
			_, err := r.AddMeeting(r.ctx, m, by())
			r.must(err)
		}
		for _, newest := range []bool{false, true} {
			var got []string
			f := papers.MeetingFilter{Board: "pb", Limit: 2, Newest: newest}
			for {
				page, next, err := r.Meetings(r.ctx, papers.Insider, f)
				r.must(err)
				for _, m := range page {
					got = append(got, m.Slug)
				}
				if f.Cursor = next; next == "" {
					break
				}
			}
			if len(got) != 5 || newest == (got[0] == slugs[0]) {
				t.Errorf("newest %v: pages together are %v", newest, got)
			}
		}
		_, _, err := r.Meetings(r.ctx, papers.Public, papers.MeetingFilter{Cursor: "nonsense"})
		r.wantCode(err, papers.CodeInvalid)
		from := time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC)
		list, _, err := r.Meetings(r.ctx, papers.Insider, papers.MeetingFilter{From: from, To: from.AddDate(0, 0, 1)})
		if err != nil || len(list) != 1 || list[0].BoardName != "Board pb" {
			t.Errorf("of one day: %+v, %v", list, err)
		}
		_, err = r.AddMeeting(r.ctx, papers.Meeting{Board: "no", StartsAt: from, EndsAt: from}, by())
		r.wantCode(err, papers.CodeNotFound)
	})
}

func TestItems(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		var items []papers.Item
		for _, title := range []string{"A", "B", "C", "D"} {
			items = append(items, r.item(m.Slug, title))
		}
		want := func(agenda string) {
			t.Helper()
			list, err := r.Items(r.ctx, papers.Insider, m.Slug)
			r.must(err)
			for at, i := range list {
				if i.Position != at+1 {
					t.Errorf("item %d has position %d", at+1, i.Position)
				}
			}
			if got := titles(list); got != agenda {
				t.Errorf("agenda is %q, want %q", got, agenda)
			}
		}
		want("1 A, 2 B, 3 C, 4 D")
		r.must(r.MoveItem(r.ctx, up(items[2].ID), by()))
		want("1 A, 2 C, 3 B, 4 D")
		r.must(r.MoveItem(r.ctx, up(items[0].ID), by())) // the first cannot go higher
		r.must(r.RemoveItem(r.ctx, items[2].ID, by()))
		want("1 A, 2 B, 3 D")
		b, err := r.Item(r.ctx, papers.Insider, items[1].ID)
		r.must(err)
		b.Number = "2a"
		changed, err := r.ChangeItem(r.ctx, b, by())
		r.must(err)
		if changed.Revision != b.Revision+1 {
			t.Errorf("revision %d after %d", changed.Revision, b.Revision)
		}
		_, err = r.ChangeItem(r.ctx, b, by()) // a second editor of the old revision
		r.wantCode(err, papers.CodeConflict)
		r.must(r.MoveItem(r.ctx, papers.Move{Item: b.ID, Way: papers.MoveDown}, by()))
		want("1 A, 2 D, 2a B")
		r.paper(items[0].ID, "Report")
		r.wantCode(r.RemoveItem(r.ctx, items[0].ID, by()), papers.CodeConflict)
		r.publish(m.Slug)
		r.wantCode(r.RemoveItem(r.ctx, b.ID, by()), papers.CodeConflict)
		a, err := r.Item(r.ctx, papers.Insider, items[0].ID)
		r.must(err)
		a.Private, a.PublicTitle, a.Exemption = true, "safe", "law"
		_, err = r.ChangeItem(r.ctx, a, by())
		r.wantCode(err, papers.CodeConflict) // its paper is public
	})
}

func TestItems_addedAtOnce(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := r.AddItem(r.ctx, papers.Item{Meeting: m.Slug, Title: "x"}, by()); err != nil {
					t.Errorf("AddItem: %v", err)
				}
			})
		}
		wg.Wait()
		list, err := r.Items(r.ctx, papers.Insider, m.Slug)
		r.must(err)
		if got := titles(list); got != "1 x, 2 x, 3 x, 4 x, 5 x, 6 x, 7 x, 8 x" {
			t.Errorf("agenda is %q", got)
		}
	})
}

func TestPaper(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		i, other := r.item(m.Slug, "A"), r.item(m.Slug, "B")
		p := r.paper(i.ID, "Report")
		p.Title, p.Item = "Better", other.ID
		r.must(r.ChangePaper(r.ctx, p, by()))
		got, err := r.Paper(r.ctx, papers.Insider, p.ID)
		r.must(err)
		if got.Title != "Better" || got.Item != other.ID || got.Versions[0].Width != 595.5 || got.Versions[0].Findings[0].Message != "secretfinding" {
			t.Errorf("the paper is %+v", got)
		}
		blocked, err := r.AddVersion(r.ctx, p.ID, papers.Version{File: hash("2")}, by())
		r.must(err)
		blocked.Findings = []papers.Finding{{Code: "broken", Blocks: true}}
		r.must(r.FinishReading(r.ctx, blocked))
		blocked.Findings = nil
		r.must(r.FinishReading(r.ctx, blocked)) // a reading done twice changes nothing
		if got, err = r.Paper(r.ctx, papers.Insider, p.ID); err != nil || got.Versions[0].State != papers.VersionBlocked {
			t.Errorf("the second version is %+v, %v", got.Versions, err)
		}
		r.must(r.RemovePaper(r.ctx, p.ID, by()))
		if _, err := r.Paper(r.ctx, papers.Insider, p.ID); papers.CodeOf(err) != papers.CodeNotFound {
			t.Errorf("a removed paper = %v", err)
		}
		if _, ok, err := r.TakeWork(r.ctx, "read", time.Minute); ok || err != nil {
			t.Errorf("there is work on a removed paper: %v", err)
		}
		r.wantCode(r.KeepPages(r.ctx, blocked.Ref(), 1, []string{"x"}), papers.CodeNotFound)
	})
}

// TestOddText sends what no database takes in a text.
func TestOddText(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		for _, odd := range []string{"\x00", "\xff\xfex", "pb\x00", "';--", "?", "\\"} {
			if _, err := r.Board(r.ctx, odd); papers.CodeOf(err) != papers.CodeNotFound {
				t.Errorf("Board(%q) = %v, want not found", odd, err)
			}
			if _, err := r.Paper(r.ctx, papers.Public, odd); papers.CodeOf(err) != papers.CodeNotFound {
				t.Errorf("Paper(%q) = %v, want not found", odd, err)
			}
			if _, err := r.Mine(r.ctx, odd, odd); papers.CodeOf(err) != papers.CodeNotFound {
				t.Errorf("Mine(%q) = %v, want not found", odd, err)
			}
			c, _, err := r.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: odd, Key: odd, Name: odd, Text: "a" + odd + "ö"})
			r.must(err)
			got, err := r.Contribution(r.ctx, c.Number)
			r.must(err)
			if want := "a" + strings.ReplaceAll(strings.ToValidUTF8(odd, "\uFFFD"), "\x00", "\uFFFD") + "ö"; got.Text != want {
				t.Errorf("text %q came back as %q, want %q", odd, got.Text, want)
			}
			if _, again, err := r.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: odd, Key: odd, Text: "x"}); err != nil || !again {
				t.Errorf("a retry with %q is again %v, %v", odd, again, err)
			}
		}
	})
}
