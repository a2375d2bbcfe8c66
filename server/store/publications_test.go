package store_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearday/papers"
)

func TestPublish(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		i := r.item(m.Slug, "Finance")
		p := r.paper(i.ID, "Finance report")
		pub := r.publish(m.Slug)
		if pub.State != papers.PublicationDone || pub.PublishedAt == nil {
			t.Fatalf("Publish = %+v, want it done", pub)
		}
		got, err := r.Paper(r.ctx, papers.Public, p.ID)
		r.must(err)
		v, _ := got.Current()
		if v.State != papers.VersionPublished || !v.PublishedAt.Equal(*pub.PublishedAt) {
			t.Errorf("the public sees %+v", v)
		}
		acts := r.acts()
		if len(acts) != 3 || v.Act != acts[2].Number || acts[2].Kind != papers.ActPaperPublished || acts[2].Facts["sha256"] != v.File {
			t.Errorf("version names act %d; acts are %+v", v.Act, acts)
		}
		if m, err = r.Meeting(r.ctx, papers.Public, m.Slug); err != nil || m.State != papers.MeetingPublished || m.PublishedAt == nil || m.AnnouncedAt == nil {
			t.Errorf("the meeting is %+v, %v", m, err)
		}
		_, err = r.publisher().PublishMeeting(r.ctx, m.Slug, papers.Wish{}, secretary)
		r.wantCode(err, papers.CodeConflict)

		v2, err := r.AddVersion(r.ctx, p.ID, papers.Version{File: hash("2"), Reason: "better"}, by())
		r.must(err)
		r.ready(v2.Ref())
		_, err = r.publisher().PublishPaper(r.ctx, p.ID, papers.Wish{}, secretary)
		r.must(err)
		got, err = r.Paper(r.ctx, papers.Public, p.ID)
		r.must(err)
		if got.Versions[0].State != papers.VersionPublished || got.Versions[1].State != papers.VersionSuperseded || got.Versions[0].N != 2 {
			t.Errorf("after a second version the public sees %+v", got.Versions)
		}
		if acts = r.acts(); len(acts) != 5 || acts[3].Kind != papers.ActPaperSuperseded || got.Versions[0].Act != 5 {
			t.Errorf("acts are %+v", acts)
		}
		latest, err := r.Papers(r.ctx, papers.Public, papers.PaperFilter{Latest: 1})
		if err != nil || len(latest) != 1 || latest[0].ID != p.ID {
			t.Errorf("latest papers = %+v, %v", latest, err)
		}
	})
}

// schedule freezes the meeting for an hour ahead and answers the publication with its acts.
func (r *record) schedule(meeting string) (papers.Publication, []papers.Act) {
	r.t.Helper()
	at := r.clock().Add(time.Hour)
	pub, err := r.publisher().PublishMeeting(r.ctx, meeting, papers.Wish{At: &at}, secretary)
	r.must(err)
	m, err := r.Meeting(r.ctx, papers.Insider, meeting)
	r.must(err)
	items, err := r.Items(r.ctx, papers.Insider, meeting)
	r.must(err)
	found, err := r.Find(r.ctx, papers.Insider, pub.Versions)
	r.must(err)
	return pub, pub.Acts(m, items, found, nil)
}

func TestPublish_twoProgramsOnce(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		r.paper(r.item(m.Slug, "Finance").ID, "Finance report")
		pub, acts := r.schedule(m.Slug)
		other, err := openAgain(r) // a second program on the same record
		r.must(err)
		defer other.Close()
		_, err = r.Publish(r.ctx, pub.ID, papers.Change{By: papers.Program, Acts: acts})
		r.wantCode(err, papers.CodeConflict) // an hour early
		r.pass(time.Hour)
		stores := []papers.Store{r.DB, other, r.DB, other}
		results := make([]papers.Publication, len(stores))
		var wg sync.WaitGroup
		for i, s := range stores {
			wg.Go(func() {
				r.pass(time.Second)
				var err error
				if results[i], err = s.Publish(r.ctx, pub.ID, papers.Change{By: papers.Program, Acts: acts}); err != nil {
					t.Errorf("Publish: %v", err)
				}
			})
		}
		wg.Wait()
		for _, got := range results[1:] {
			if diff := cmp.Diff(results[0], got); diff != "" {
				t.Errorf("two callers were told different things: %s", diff)
			}
		}
		if got := r.acts(); len(got) != len(acts) {
			t.Errorf("%d acts, want %d", len(got), len(acts))
		}
		r.wantActsDense()
	})
}

func TestSchedule_freezes(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		i := r.item(m.Slug, "Finance")
		p := r.paper(i.ID, "Finance report")
		pub, acts := r.schedule(m.Slug)
		due, err := r.DuePublications(r.ctx, r.clock())
		if err != nil || len(due) != 0 {
			t.Errorf("an hour early these are due: %+v, %v", due, err)
		}
		i.Title = "Other"
		_, err = r.ChangeItem(r.ctx, i, by())
		r.wantCode(err, papers.CodeConflict)
		if !strings.Contains(err.Error(), "planned for Wednesday 1 April 2026, 9:00am") { // 8:00 UTC is 9:00 in London
			t.Errorf("the sentence is %q", err)
		}
		r.wantCode(r.ChangeMeeting(r.ctx, m, by()), papers.CodeConflict)
		r.wantCode(r.RemoveItem(r.ctx, i.ID, by()), papers.CodeConflict)
		r.wantCode(r.ChangePaper(r.ctx, p, by()), papers.CodeConflict)
		r.wantCode(r.RemovePaper(r.ctx, p.ID, by()), papers.CodeConflict)
		late := r.item(m.Slug, "Late")
		r.wantCode(r.MoveItem(r.ctx, up(late.ID), by()), papers.CodeConflict)
		twice := pub
		twice.ID = papers.NewID()
		r.wantCode(r.Schedule(r.ctx, twice, by()), papers.CodeConflict)
		twice.Items = nil // its version is frozen still
		r.wantCode(r.Schedule(r.ctx, twice, by()), papers.CodeConflict)
		if list, err := r.Publications(r.ctx, m.Slug); err != nil || len(list) != 1 {
			t.Errorf("a refused publication was kept: %+v, %v", list, err)
		}

		r.must(r.StopPublication(r.ctx, pub.ID, by()))
		got, err := r.Paper(r.ctx, papers.Insider, p.ID)
		r.must(err)
		if v := got.Versions[0]; v.State != papers.VersionReady || v.ScheduledAt != nil {
			t.Errorf("after the stop the version is %+v", v)
		}
		if _, err = r.ChangeItem(r.ctx, i, by()); err != nil {
			t.Errorf("after the stop the item cannot be changed: %v", err)
		}
		stopped, err := r.Publish(r.ctx, pub.ID, papers.Change{By: papers.Program, Acts: acts})
		r.must(err)
		if stopped.State != papers.PublicationStopped || len(r.acts()) != 0 {
			t.Errorf("a stopped publication became %+v with acts %+v", stopped, r.acts())
		}
		if _, err := r.Paper(r.ctx, papers.Public, p.ID); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("a stopped publication was published: %v", err)
		}
		r.must(r.StopPublication(r.ctx, pub.ID, by())) // again is no harm
		done := r.publish(m.Slug)
		r.wantCode(r.StopPublication(r.ctx, done.ID, by()), papers.CodeConflict)
	})
}

func TestDuePublications(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		r.item(m.Slug, "Finance")
		pub, _ := r.schedule(m.Slug)
		r.pass(time.Hour)
		due, err := r.DuePublications(r.ctx, r.clock())
		if err != nil || len(due) != 1 {
			t.Fatalf("due are %+v, %v", due, err)
		}
		r.must(r.NoteFailure(r.ctx, pub.ID, "It did not go through."))
		list, err := r.Publications(r.ctx, m.Slug)
		if err != nil || list[0].Failure == "" || list[0].State != papers.PublicationScheduled {
			t.Errorf("after a failure it is %+v, %v", list, err)
		}
		pub.Failure = "It did not go through."
		pub.ScheduledAt, pub.CreatedAt = pub.ScheduledAt.Truncate(time.Microsecond), pub.CreatedAt.Truncate(time.Microsecond)
		if diff := cmp.Diff(pub, list[0]); diff != "" {
			t.Errorf("the publication came back different: %s", diff)
		}
	})
}
