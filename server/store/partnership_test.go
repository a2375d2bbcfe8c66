package store_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearday/papers"
)

func TestPartnership(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		p := papers.Partner{Slug: "trust", Name: "Trust", Kind: "hospital trust", Representatives: []papers.Representative{{Name: "Ann", Role: "Chair"}}}
		r.must(r.AddPartner(r.ctx, p, by(papers.Act{Kind: papers.ActPartnerAdded})))
		p.EndedOn, p.Successor, p.Representatives = "2026-03-31", "other", nil
		r.must(r.ChangePartner(r.ctx, p, by(papers.Act{Kind: papers.ActPartnerChanged})))
		if list, err := r.Partners(r.ctx); err != nil || len(list) != 1 || list[0].EndedOn != "2026-03-31" || list[0].Successor != "other" || len(list[0].Representatives) != 0 {
			t.Errorf("Partners = %+v, %v", list, err)
		}
		r.wantCode(r.ChangePartner(r.ctx, papers.Partner{Slug: "none"}, by()), papers.CodeNotFound)
		a := papers.Alliance{Slug: "east", Name: "East", Partners: []string{"trust"}}
		r.must(r.AddAlliance(r.ctx, a, by(papers.Act{Kind: papers.ActAllianceAdded})))
		r.wantCode(r.AddAlliance(r.ctx, a, by()), papers.CodeConflict)
		a.Name, a.Partners = "East and coast", []string{"trust", "other"}
		r.must(r.ChangeAlliance(r.ctx, a, by(papers.Act{Kind: papers.ActAllianceChanged})))
		if list, err := r.Alliances(r.ctx); err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], a) {
			t.Errorf("Alliances = %+v, %v", list, err)
		}
		r.wantCode(r.ChangeAlliance(r.ctx, papers.Alliance{Slug: "none"}, by()), papers.CodeNotFound)
		b := r.board("pb")
		b.Alliance, b.Quorum, b.EndedOn, b.Successor = "east", "A third", "2026-03-31", "other"
		b.Questions = papers.QuestionRules{Deadline: papers.Deadline{Count: papers.OnWeekday, Weekday: time.Friday, Clock: "14:00", Earlier: true}, PerPerson: 2, AgendaOnly: true, OtherWays: "By post"}
		b.Members = append(b.Members, papers.Member{Name: "Bob", From: "2025-01-01", To: "2026-01-01"})
		r.must(r.ChangeBoard(r.ctx, b, by(papers.Act{Kind: papers.ActBoardChanged})))
		got, err := r.Board(r.ctx, "pb")
		r.must(err)
		if diff := cmp.Diff(b, got); diff != "" {
			t.Errorf("the board came back changed: %s", diff)
		}
		if rows, err := r.Audit(r.ctx, "partners/trust", 10); err != nil || len(rows) != 2 || !strings.Contains(rows[0].Before, "Ann") || strings.Contains(rows[0].After, "Ann") {
			t.Errorf("the audit of a partner holds %+v, %v", rows, err)
		}
		r.wantActsDense()
	})
}

func TestNews(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		for range 3 {
			n := papers.News{Title: "The same title", Text: "Words."}
			r.must(n.Tidy("2026-04-01"))
			_, err := r.AddNews(r.ctx, n, by(papers.Act{Kind: papers.ActNewsPublished, Subject: "news/" + n.Slug}))
			r.must(err)
			r.pass(time.Hour)
		}
		var got []string
		for cursor := ""; ; {
			list, next, err := r.News(r.ctx, cursor, 2)
			r.must(err)
			for _, n := range list {
				got = append(got, n.Slug)
			}
			if cursor = next; next == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"2026-04-01-the-same-title-3", "2026-04-01-the-same-title-2", "2026-04-01-the-same-title"}, got); diff != "" {
			t.Error(diff)
		}
		if last := r.acts()[2]; last.Subject != "news/2026-04-01-the-same-title-3" {
			t.Errorf("the act names %s, which is not the address", last.Subject)
		}
		n, err := r.NewsItem(r.ctx, "2026-04-01-the-same-title-2")
		r.must(err)
		n.Text = "Better words."
		r.must(r.ChangeNews(r.ctx, n, by(papers.Act{Kind: papers.ActNewsChanged})))
		if n, err = r.NewsItem(r.ctx, n.Slug); err != nil || n.Text != "Better words." || !n.ChangedAt.After(n.PublishedAt) {
			t.Errorf("changed to %+v, %v", n, err)
		}
		now := r.clock()
		n.WithdrawnAt, n.WithdrawnWhy = &now, "A name was in it."
		r.must(r.ChangeNews(r.ctx, n, by(papers.Act{Kind: papers.ActNewsWithdrawn})))
		gone, err := r.NewsItem(r.ctx, n.Slug)
		r.must(err)
		if gone.Text != "" || gone.Title != "" || gone.WithdrawnAt == nil || gone.WithdrawnWhy != "A name was in it." {
			t.Errorf("what was taken back still says %+v", gone)
		}
		if list, _, err := r.News(r.ctx, "", 0); err != nil || len(list) != 2 {
			t.Errorf("News = %+v, %v", list, err)
		}
		r.wantCode(r.ChangeNews(r.ctx, gone, by()), papers.CodeConflict)
		r.wantActsDense()
	})
}

func TestAddMeetings(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		day := func(n int) papers.Meeting {
			m := papers.Meeting{Board: "pb", Zone: "Europe/London", StartsAt: time.Date(2026, 5, n, 9, 0, 0, 0, time.UTC)}
			r.must(m.Tidy())
			return m
		}
		made, err := r.AddMeetings(r.ctx, []papers.Meeting{day(1), day(2), day(2)}, by())
		r.must(err)
		if len(made) != 3 || made[2].Slug != "pb-2026-05-02-2" || made[0].State != papers.MeetingPlanned {
			t.Errorf("made %+v", made)
		}
		if list, _, err := r.Meetings(r.ctx, papers.Public, papers.MeetingFilter{}); err != nil || len(list) != 0 {
			t.Errorf("the public sees %+v of what was only planned, %v", list, err)
		}
		if rows, err := r.Audit(r.ctx, "meetings/pb-2026-05-0", 10); err != nil || len(rows) != 3 {
			t.Errorf("the audit holds %d rows, %v, want one for each", len(rows), err)
		}
		wrong := day(3)
		wrong.Board = "none"
		_, err = r.AddMeetings(r.ctx, []papers.Meeting{day(4), wrong}, by())
		r.wantCode(err, papers.CodeNotFound)
		if _, err := r.Meeting(r.ctx, papers.Insider, "pb-2026-05-04"); papers.CodeOf(err) != papers.CodeNotFound {
			t.Errorf("half of a year was made: %v", err)
		}
	})
}

func TestChangeMeetingState(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		cancel := papers.StateChange{To: papers.MeetingCancelled, Reason: "No quorum."}
		next := papers.Meeting{Zone: "Europe/London", StartsAt: time.Date(2026, 4, 22, 8, 30, 0, 0, time.UTC)}
		next.Board = "pb"
		r.must(next.Tidy())
		postpone := papers.StateChange{To: papers.MeetingPostponed, Reason: "The hall is closed.", Next: &next}

		_, err := r.ChangeMeetingState(r.ctx, m.Slug, postpone, by())
		r.wantCode(err, papers.CodeConflict)
		if len(r.acts()) != 0 {
			t.Fatal("a refused change left an act")
		}
		_, err = r.publisher().Announce(r.ctx, m.Slug, nil, secretary)
		r.must(err)
		got, err := r.ChangeMeetingState(r.ctx, m.Slug, postpone, by())
		r.must(err)
		old, err := r.Meeting(r.ctx, papers.Public, m.Slug)
		r.must(err)
		moved, err := r.Meeting(r.ctx, papers.Public, old.MovedTo)
		r.must(err)
		if got.MovedTo != "pb-2026-04-22" || old.State != papers.MeetingPostponed || old.Reason != "The hall is closed." || moved.MovedFrom != m.Slug || moved.State != papers.MeetingAnnounced || moved.AnnouncedAt == nil {
			t.Errorf("postponed %+v to %+v", old, moved)
		}
		var kinds []string
		for _, a := range r.acts() {
			kinds = append(kinds, string(a.Kind)+" "+a.Subject+" "+a.Facts["state"]+" "+a.Facts["moved_to"]+a.Facts["moved_from"])
		}
		if diff := cmp.Diff([]string{"meeting.announced meetings/pb-2026-04-08  ", "meeting.changed meetings/pb-2026-04-08 postponed pb-2026-04-22", "meeting.announced meetings/pb-2026-04-22  pb-2026-04-08"}, kinds); diff != "" {
			t.Error(diff)
		}

		// Saving the facts afterwards, by somebody who read them before, keeps where it stands.
		stale := moved
		stale.State, stale.Reason = "", ""
		_, err = r.ChangeMeetingState(r.ctx, moved.Slug, cancel, by())
		r.must(err)
		r.wantCode(r.ChangeMeeting(r.ctx, stale, by(papers.Act{Kind: papers.ActMeetingChanged})), papers.CodeConflict)
		fresh, err := r.Meeting(r.ctx, papers.Insider, moved.Slug)
		r.must(err)
		fresh.State, fresh.Reason, fresh.MovedFrom, fresh.Venue = "", "", "", "Another hall"
		r.must(r.ChangeMeeting(r.ctx, fresh, by(papers.Act{Kind: papers.ActMeetingChanged})))
		if after, err := r.Meeting(r.ctx, papers.Public, moved.Slug); err != nil || after.State != papers.MeetingCancelled || after.Reason != "No quorum." || after.MovedFrom != m.Slug || after.Venue != "Another hall" {
			t.Errorf("after its facts were saved it is %+v, %v", after, err)
		}
		r.wantActsDense()
	})
}

// TestChangeMeetingState_scheduled holds that nothing of a meeting that is off comes out by itself.
func TestChangeMeetingState_scheduled(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		r.item(m.Slug, "Item")
		_, err := r.publisher().Announce(r.ctx, m.Slug, nil, secretary)
		r.must(err)
		at := r.clock().Add(time.Hour)
		pub, err := r.publisher().PublishMeeting(r.ctx, m.Slug, papers.Wish{At: &at}, secretary)
		r.must(err)
		cancel := papers.StateChange{To: papers.MeetingCancelled, Reason: "No quorum."}
		_, err = r.ChangeMeetingState(r.ctx, m.Slug, cancel, by())
		r.wantCode(err, papers.CodeConflict)
		r.must(r.StopPublication(r.ctx, pub.ID, by()))
		_, err = r.ChangeMeetingState(r.ctx, m.Slug, cancel, by())
		r.must(err)
	})
}

func TestAdjourned(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		_, err := r.publisher().Announce(r.ctx, m.Slug, nil, secretary)
		r.must(err)
		r.pass(8 * 24 * time.Hour)
		again := m.StartsAt.AddDate(0, 0, 14)
		_, err = r.ChangeMeetingState(r.ctx, m.Slug, papers.StateChange{To: papers.MeetingAdjourned, Reason: "The alarm rang.", ResumesAt: &again}, by())
		r.must(err)
		list, _, err := r.Meetings(r.ctx, papers.Public, papers.MeetingFilter{From: m.StartsAt.AddDate(0, 0, 10)})
		r.must(err)
		if !slices.ContainsFunc(list, func(x papers.Meeting) bool { return x.Slug == m.Slug && x.ResumesAt != nil && x.ResumesAt.Equal(again) }) {
			t.Errorf("a meeting that goes on later is not among those to come: %+v", list)
		}
		_, err = r.ChangeMeetingState(r.ctx, m.Slug, papers.StateChange{To: papers.MeetingLive}, by())
		r.must(err)
		if m, err = r.Meeting(r.ctx, papers.Public, m.Slug); err != nil || m.State != papers.MeetingLive || m.ResumesAt == nil {
			t.Errorf("it goes on as %+v, %v", m, err)
		}
	})
}

// TestPartnerKinds brings a record of the time before up to date: one kind of trust became two.
func TestPartnerKinds(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		raw := r.raw()
		for _, q := range []string{
			"ALTER TABLE partners DROP COLUMN representatives", "DROP TABLE alliances", "DROP TABLE news",
			"ALTER TABLE boards DROP COLUMN alliance", "ALTER TABLE boards DROP COLUMN quorum", "ALTER TABLE boards DROP COLUMN question_rules",
			"ALTER TABLE boards DROP COLUMN ended_on", "ALTER TABLE boards DROP COLUMN successor",
			"ALTER TABLE meetings DROP COLUMN telephone", "ALTER TABLE meetings DROP COLUMN seats", "ALTER TABLE meetings DROP COLUMN ask_until",
			"ALTER TABLE meetings DROP COLUMN ask_until_local", "ALTER TABLE meetings DROP COLUMN papers_from", "ALTER TABLE meetings DROP COLUMN reason",
			"ALTER TABLE meetings DROP COLUMN moved_from", "ALTER TABLE meetings DROP COLUMN moved_to", "ALTER TABLE meetings DROP COLUMN resumes_at",
			"DELETE FROM migrations WHERE name = '0010_partnership.sql'",
			"INSERT INTO partners (slug, name, kind, url, about, ended_on, successor) VALUES ('a', 'Acute Hospitals Trust', 'trust', '', '', '', ''), " +
				"('b', 'Coast Mental Health Trust', 'trust', '', '', '', ''), ('c', 'Marsh Community Trust', 'trust', '', '', '', ''), " +
				"('d', 'East Ambulance Trust', 'trust', '', '', '', ''), ('e', 'Council', 'council', '', '', '', ''), ('f', 'Odd', 'unheard of', '', '', '', '')",
		} {
			_, err := raw.Exec(q)
			r.must(err)
		}
		again, err := openAgain(r)
		r.must(err)
		defer func() { _ = again.Close() }()
		list, err := again.Partners(r.ctx)
		r.must(err)
		got := map[string]string{}
		for _, p := range list {
			got[p.Slug] = p.Kind
			r.must(p.Tidy())
		}
		if diff := cmp.Diff(map[string]string{"a": "hospital trust", "b": "community trust", "c": "community trust", "d": "other", "e": "council", "f": "other"}, got); diff != "" {
			t.Error(diff)
		}
	})
}
