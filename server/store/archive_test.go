package store_test

import (
	"strings"
	"testing"
	"time"

	"clearday/papers"
)

// old is a paper of an archive, with bytes of its own.
func old(board, title, date string, content byte) papers.Archived {
	day, _ := time.Parse(time.DateOnly, date)
	m := papers.Meeting{Board: board, Zone: "Europe/London", StartsAt: day, Mode: papers.InPerson}
	_ = m.Tidy()
	hash := strings.Repeat(string("0123456789abcdef"[content%16]), 64)
	return papers.Archived{Meeting: m, Item: "Papers", Title: title, Texts: []string{"words of " + title},
		Version: papers.Version{Original: hash, OriginalKind: "pdf", OriginalSize: 9, FileName: title + ".pdf", File: hash, Size: 9, Pages: 1, Width: 595, Height: 842}}
}

// An archive goes in once, publicly, into meetings that were held; what was published here is not touched.
func TestAddArchive(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		add := func(list ...papers.Archived) []papers.Settled {
			t.Helper()
			settled, err := r.AddArchive(r.ctx, list, papers.Change{By: secretary})
			r.must(err)
			return settled
		}
		blocked := old("pb", "Redacted badly", "2013-06-05", 3)
		blocked.Version.Findings = []papers.Finding{{Code: "hidden_text", Blocks: true, Message: "Words lie under a box."}}
		first := add(old("pb", "One", "2013-06-05", 1), old("pb", "Two", "2013-06-05", 2), blocked, old("pb", "One again", "2013-06-05", 1), old("pb", "Other day", "2014-01-02", 4))
		for n, want := range []papers.Settlement{papers.SettledPublic, papers.SettledPublic, papers.SettledBlocked, papers.SettledBefore, papers.SettledPublic} {
			if first[n].Outcome != want {
				t.Errorf("paper %d was settled %+v, want %s", n, first[n], want)
			}
		}
		acts, err := r.Acts(r.ctx, 0, 100)
		r.must(err)
		again := add(old("pb", "One", "2013-06-05", 1), old("pb", "Three", "2013-06-05", 5))
		if again[0].Outcome != papers.SettledBefore || again[0].Paper != first[0].Paper || again[1].Outcome != papers.SettledPublic || again[1].Meeting != "pb-2013-06-05" {
			t.Errorf("the second run settled %+v", again)
		}

		m, err := r.Meeting(r.ctx, papers.Public, "pb-2013-06-05")
		r.must(err)
		if m.State != papers.MeetingHeld || m.ArchivedAt == nil || m.PublishedAt == nil || m.AnnouncedAt == nil {
			t.Errorf("the meeting is %+v", m)
		}
		list, err := r.Papers(r.ctx, papers.Public, papers.PaperFilter{Meeting: m.Slug})
		r.must(err)
		var titles []string
		for _, p := range list {
			titles = append(titles, p.Title)
			if v, _ := p.Current(); v.State != papers.VersionPublished || v.Act == 0 {
				t.Errorf("%s has the version %+v", p.Title, v)
			}
		}
		if got := strings.Join(titles, ", "); got != "One, Two, Three" {
			t.Errorf("the public sees %s", got)
		}
		items, err := r.Items(r.ctx, papers.Public, m.Slug)
		r.must(err)
		if len(items) != 1 {
			t.Errorf("the agenda has %d entries", len(items))
		}
		texts, err := r.Texts(r.ctx, papers.VersionRef{Paper: first[1].Paper, N: 1})
		r.must(err)
		if len(texts) != 1 || texts[0] != "words of Two" {
			t.Errorf("the text of Two is %q", texts)
		}
		published := 0
		for i, a := range acts {
			if a.Number != int64(i+1) {
				t.Errorf("act %d has the number %d", i+1, a.Number)
			}
			if a.Kind == papers.ActPaperPublished {
				published++
				if a.Facts["archive"] != "yes" || a.Facts["clear_days"] != "" || a.Facts["late"] != "" {
					t.Errorf("the act says %v", a.Facts)
				}
			}
		}
		if published != 3 {
			t.Errorf("%d papers have an act, want 3", published)
		}
		pubs, err := r.Published(r.ctx, papers.Public, m.Slug)
		r.must(err)
		for _, p := range pubs {
			if !p.Archive || p.Supplement != 0 || p.Act == 0 {
				t.Errorf("the publication is %+v", p)
			}
		}
	})
}

// What an archive may not do: come before its meeting, make a meeting public that the desk still plans, bring back what was withdrawn.
func TestAddArchive_refuses(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		add := func(a papers.Archived) papers.Settled {
			t.Helper()
			settled, err := r.AddArchive(r.ctx, []papers.Archived{a}, papers.Change{By: secretary})
			r.must(err)
			return settled[0]
		}
		if s := add(old("pb", "Ahead", "2027-01-01", 1)); s.Outcome != papers.SettledRefused || !strings.Contains(s.Reason, "lies ahead") {
			t.Errorf("a paper of a meeting that lies ahead was settled %+v", s)
		}
		planned := old("pb", "", "2026-03-02", 0).Meeting
		_, err := r.AddMeeting(r.ctx, planned, by())
		r.must(err)
		if s := add(old("pb", "Planned", "2026-03-02", 2)); s.Outcome != papers.SettledRefused || !strings.Contains(s.Reason, "not public yet") {
			t.Errorf("a paper of a meeting that is not public was settled %+v", s)
		}
		if _, err := r.Meeting(r.ctx, papers.Public, "pb-2026-03-02"); err == nil {
			t.Error("the import made a planned meeting public")
		}
		for n, erase := range []bool{false, true} {
			s := add(old("pb", "Gone", "2020-03-02", byte(3+n)))
			r.must(r.Withdraw(r.ctx, papers.Withdrawal{Paper: s.Paper, Reason: "It names somebody.", TakeBack: erase}, by(papers.Act{Kind: papers.ActPaperWithdrawn, Subject: "papers/" + s.Paper + "/v/1"})))
			if s := add(old("pb", "Gone", "2020-03-02", byte(3+n))); s.Outcome != papers.SettledRefused || !strings.Contains(s.Reason, "withdrawn") {
				t.Errorf("what was withdrawn (taken back: %v) was settled %+v", erase, s)
			}
		}
	})
}
