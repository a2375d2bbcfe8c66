package store_test

import (
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/papers/notice"
)

// What comes after the agenda is numbered for ever, and the reason why it was late stands with it.
func TestSupplements(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		first := r.item(m.Slug, "Finance")
		ahead := r.paper(first.ID, "Ahead of the agenda")
		_, err := r.publisher().PublishPaper(r.ctx, ahead.ID, papers.Wish{}, secretary)
		r.must(err)
		r.item(m.Slug, "Beds")
		agenda := r.publish(m.Slug)
		if agenda.Supplement != 0 || agenda.Act == 0 {
			t.Errorf("the agenda is supplement %d, act %d", agenda.Supplement, agenda.Act)
		}
		var numbers []int
		for _, title := range []string{"One", "Two", "Three"} {
			r.pass(time.Minute)
			p := r.paper(first.ID, title)
			pub, err := r.publisher().PublishPaper(r.ctx, p.ID, papers.Wish{Late: &papers.Late{Ground: papers.Urgent, Reason: "The ledgers closed.", Chair: "Ann, Chair", At: r.clock()}}, secretary)
			r.must(err)
			numbers = append(numbers, pub.Supplement)
		}
		if numbers[0] != 1 || numbers[1] != 2 || numbers[2] != 3 {
			t.Errorf("supplements are numbered %v", numbers)
		}
		list, err := r.Published(r.ctx, papers.Public, m.Slug)
		r.must(err)
		if len(list) != 5 || list[4].Supplement != 3 || list[4].Late == nil || list[4].Late.Reason != "The ledgers closed." || list[1].Late != nil {
			t.Errorf("the public reads %+v", list)
		}
		acts := r.acts()
		if last := acts[len(acts)-1]; last.Facts["late"] != "urgent" || last.Commitments["late"] == "" || strings.Contains(last.Facts["late"], "ledgers") {
			t.Errorf("the act is %+v", last)
		}
	})
}

// The reason can follow, once: what was said of a late publication stays.
func TestExplainLate(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		r.item(m.Slug, "Finance")
		pub := r.publish(m.Slug)
		late := papers.Late{Ground: papers.ShorterNotice, Reason: "Called at short notice.", At: r.clock()}
		act := papers.Act{Kind: papers.ActLateExplained, Subject: "meetings/" + m.Slug, Board: "pb", Meeting: m.Slug}
		r.wantCode(r.ExplainLate(r.ctx, pub.ID, late, by()), papers.CodeConflict) // public without an act
		r.must(r.ExplainLate(r.ctx, pub.ID, late, by(act)))
		before := len(r.acts())
		late.Reason = "Something else."
		r.wantCode(r.ExplainLate(r.ctx, pub.ID, late, by(act)), papers.CodeConflict)
		list, err := r.Published(r.ctx, papers.Public, m.Slug)
		if err != nil || list[0].Late == nil || list[0].Late.Reason != "Called at short notice." || len(r.acts()) != before {
			t.Errorf("the public reads %+v, %v", list, err)
		}
	})
}

// An agenda and its papers may be scheduled apart: the papers never come first, whatever is stopped.
func TestSchedule_papersAfterTheirItems(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		i := r.item(m.Slug, "Finance")
		p := r.paper(i.ID, "Finance report")
		at := func(d time.Duration) *time.Time { v := r.clock().Add(d); return &v }
		agenda, err := r.publisher().PublishMeeting(r.ctx, m.Slug, papers.Wish{At: at(2 * time.Hour), Only: &papers.Choice{Items: []string{i.ID}}}, secretary)
		r.must(err)
		if !agenda.Agenda || len(agenda.Versions) != 0 || len(agenda.LeftOut) != 1 {
			t.Errorf("the agenda alone is %+v", agenda)
		}
		only := &papers.Choice{Papers: []string{p.ID}}
		_, err = r.publisher().PublishMeeting(r.ctx, m.Slug, papers.Wish{At: at(time.Hour), Only: only}, secretary)
		r.wantCode(err, papers.CodeConflict)
		apart, err := r.publisher().PublishMeeting(r.ctx, m.Slug, papers.Wish{At: at(3 * time.Hour), Only: only}, secretary)
		r.must(err)
		r.wantCode(r.StopPublication(r.ctx, agenda.ID, by()), papers.CodeConflict)

		r.pass(4 * time.Hour) // the program was down: both are due, the later one is tried first
		early := papers.Change{By: papers.Program}
		_, err = r.Publish(r.ctx, apart.ID, early)
		r.wantCode(err, papers.CodeConflict)
		_, err = r.Publish(r.ctx, agenda.ID, early)
		r.must(err)
		done, err := r.Publish(r.ctx, apart.ID, early)
		if err != nil || done.Supplement != 1 {
			t.Errorf("the papers became %+v, %v", done, err)
		}
	})
}

// The desk is told in the transaction of the publication, once, until somebody has seen it.
func TestOutcomes(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		r.item(m.Slug, "Finance")
		pub, acts := r.schedule(m.Slug)
		r.must(r.NoteFailure(r.ctx, pub.ID, "The disk is full."))
		r.must(r.NoteFailure(r.ctx, pub.ID, "The disk is full."))
		told := func(boards ...string) []papers.Outcome {
			list, err := r.Outcomes(r.ctx, boards)
			r.must(err)
			return list
		}
		if got := told("pb"); len(got) != 1 || got[0].Kind != papers.OutcomeFailed || got[0].Says != "The disk is full." {
			t.Fatalf("after two failures the desk reads %+v", got)
		}
		if _, err := r.Publish(r.ctx, pub.ID, papers.Change{By: papers.Program, Acts: acts}); err == nil {
			t.Fatal("published an hour early")
		}
		if got := told("pb"); len(got) != 1 {
			t.Errorf("a publication that did not happen was told: %+v", got)
		}
		r.pass(time.Hour + 12*time.Minute)
		for range 2 {
			_, err := r.Publish(r.ctx, pub.ID, papers.Change{By: papers.Program, Acts: acts})
			r.must(err)
		}
		got := told("pb")
		if len(got) != 2 || got[0].Kind != papers.OutcomeDone || got[0].Says != "It came out 12 minutes after its time." || got[0].ID <= got[1].ID {
			t.Errorf("the desk reads %+v", got)
		}
		if len(told("other")) != 0 || len(told()) != 0 || len(told(papers.EveryBoard)) != 2 {
			t.Error("outcomes are told to the wrong boards")
		}
		r.must(r.SeeOutcome(r.ctx, "another-meeting", got[0].ID, by()))
		r.must(r.SeeOutcome(r.ctx, m.Slug, got[1].ID, by()))
		if left := told("pb"); len(left) != 1 || left[0].ID != got[0].ID {
			t.Errorf("left is %+v", left)
		}
		r.item(m.Slug, "Published at once")
		r.publish(m.Slug)
		if left := told("pb"); len(left) != 1 {
			t.Errorf("what was published while somebody looked is told: %+v", left)
		}
	})
}

// What hangs at the offices is public with its meeting and not before.
func TestPostings(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		p := papers.Posting{ID: papers.NewID(), Meeting: m.Slug, Clock: papers.ClockNotice, Place: "Main door", PostedAt: r.clock(), RecordedBy: "secretary"}
		r.must(r.RecordPosting(r.ctx, p, by()))
		seen := func(a papers.Audience) int {
			list, err := r.Postings(r.ctx, a, m.Slug)
			r.must(err)
			return len(list)
		}
		if seen(papers.Public) != 0 || seen(papers.Audience{Drafts: []string{"pb"}}) != 1 || seen(papers.Audience{Drafts: []string{"other"}}) != 0 || len(r.acts()) != 0 {
			t.Error("a posting for a meeting that is not announced is seen")
		}
		_, err := r.publisher().Announce(r.ctx, m.Slug, nil, secretary)
		r.must(err)
		if seen(papers.Public) != 1 {
			t.Error("the posting is not public with its meeting")
		}
		p2 := p
		p2.ID = papers.NewID()
		r.wantCode(r.RecordPosting(r.ctx, p2, by()), papers.CodeConflict) // public without an act
		r.must(r.RecordPosting(r.ctx, p2, by(p2.Act(papers.ActPostingRecorded, "pb"))))
		r.wantCode(r.RemovePosting(r.ctx, "another", p.ID, by(p.Act(papers.ActPostingRemoved, "pb"))), papers.CodeNotFound)
		r.must(r.RemovePosting(r.ctx, m.Slug, p.ID, by(p.Act(papers.ActPostingRemoved, "pb"))))
		if seen(papers.Public) != 1 {
			t.Error("the posting that was removed is still seen")
		}
	})
}

func TestHolidays(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		files, err := r.HolidayFiles(r.ctx)
		if err != nil || len(files) != 0 {
			t.Fatalf("a new record holds %+v, %v", files, err)
		}
		act := papers.Act{Kind: papers.ActHolidaysReplaced, Subject: "holidays"}
		r.must(r.ReplaceHolidays(r.ctx, "a", []byte("first"), by(act)))
		r.pass(time.Hour)
		r.must(r.ReplaceHolidays(r.ctx, "b", []byte("second"), by(act)))
		r.pass(time.Hour)
		r.must(r.ReplaceHolidays(r.ctx, "a", []byte("first"), by(act))) // back to the one before
		files, err = r.HolidayFiles(r.ctx)
		if err != nil || len(files) != 2 || files[0].Hash != "a" {
			t.Errorf("the files are %+v, %v", files, err)
		}
		data, err := r.HolidayBytes(r.ctx, "b")
		if err != nil || string(data) != "second" {
			t.Errorf("an earlier file is %q, %v: deadlines that name it could not be explained", data, err)
		}
		_, err = r.HolidayBytes(r.ctx, notice.Snapshot().Hash())
		r.wantCode(err, papers.CodeNotFound)
	})
}
