package papers_test

import (
	"testing"
	"time"

	"clearday/papers"
)

func TestStateChange(t *testing.T) {
	start := time.Date(2027, 4, 8, 8, 30, 0, 0, time.UTC)
	out, before, during := start.AddDate(0, 0, -7), start.AddDate(0, 0, -3), start.Add(time.Hour)
	announced := papers.Meeting{Slug: "b-2027-04-08", State: papers.MeetingAnnounced, StartsAt: start, EndsAt: start.Add(2 * time.Hour), AnnouncedAt: &out, Zone: "Europe/London"}
	with := func(s papers.MeetingState) papers.Meeting { m := announced; m.State = s; return m }
	published := announced
	published.PublishedAt, published.State = &out, papers.MeetingPublished
	moved := with(papers.MeetingPostponed)
	moved.MovedTo = "b-2027-04-29"
	later, other := start.AddDate(0, 0, 14), start.AddDate(0, 0, 21)
	next := papers.Meeting{StartsAt: other, Zone: "Europe/London"}
	same := papers.Meeting{StartsAt: start.Add(time.Hour), Zone: "Europe/London"}
	for name, c := range map[string]struct {
		from papers.Meeting
		ch   papers.StateChange
		want papers.MeetingState // empty: refused
	}{
		"cancel":                               {published, papers.StateChange{To: papers.MeetingCancelled, Now: before}, papers.MeetingCancelled},
		"cancel before it is public":           {with(papers.MeetingPlanned), papers.StateChange{To: papers.MeetingCancelled, Now: before}, papers.MeetingCancelled},
		"cancel twice":                         {with(papers.MeetingCancelled), papers.StateChange{To: papers.MeetingCancelled, Now: before}, ""},
		"cancel while it goes on":              {with(papers.MeetingLive), papers.StateChange{To: papers.MeetingCancelled, Now: during}, ""},
		"postpone without a date":              {announced, papers.StateChange{To: papers.MeetingPostponed, Now: before}, papers.MeetingPostponed},
		"postpone to a date":                   {published, papers.StateChange{To: papers.MeetingPostponed, Next: &next, Now: before}, papers.MeetingPostponed},
		"give the date later":                  {with(papers.MeetingPostponed), papers.StateChange{To: papers.MeetingPostponed, Next: &next, Now: before}, papers.MeetingPostponed},
		"postpone to the same day":             {announced, papers.StateChange{To: papers.MeetingPostponed, Next: &same, Now: before}, ""},
		"postpone what nobody knows of":        {with(papers.MeetingPlanned), papers.StateChange{To: papers.MeetingPostponed, Next: &next, Now: before}, ""},
		"postpone what has a new date":         {moved, papers.StateChange{To: papers.MeetingPostponed, Next: &next, Now: before}, ""},
		"adjourn":                              {with(papers.MeetingLive), papers.StateChange{To: papers.MeetingAdjourned, ResumesAt: &later, Now: during}, papers.MeetingAdjourned},
		"adjourn when nobody opened the room":  {published, papers.StateChange{To: papers.MeetingAdjourned, Now: during}, papers.MeetingAdjourned},
		"adjourn before it began":              {published, papers.StateChange{To: papers.MeetingAdjourned, Now: before}, ""},
		"adjourn to before it began":           {with(papers.MeetingLive), papers.StateChange{To: papers.MeetingAdjourned, ResumesAt: &before, Now: during}, ""},
		"say when it goes on":                  {with(papers.MeetingAdjourned), papers.StateChange{To: papers.MeetingAdjourned, ResumesAt: &later, Now: during}, papers.MeetingAdjourned},
		"go on":                                {with(papers.MeetingAdjourned), papers.StateChange{To: papers.MeetingLive, Now: later}, papers.MeetingLive},
		"go on without having stopped":         {published, papers.StateChange{To: papers.MeetingLive, Now: during}, ""},
		"held":                                 {with(papers.MeetingAdjourned), papers.StateChange{To: papers.MeetingHeld, Now: during}, papers.MeetingHeld},
		"held when nobody opened the room":     {announced, papers.StateChange{To: papers.MeetingHeld, Now: during}, papers.MeetingHeld},
		"held before it began":                 {announced, papers.StateChange{To: papers.MeetingHeld, Now: before}, ""},
		"held although cancelled":              {with(papers.MeetingCancelled), papers.StateChange{To: papers.MeetingHeld, Now: during}, ""},
		"after all":                            {with(papers.MeetingCancelled), papers.StateChange{To: papers.MeetingAnnounced, Now: before}, papers.MeetingAnnounced},
		"after all, although it has a new one": {moved, papers.StateChange{To: papers.MeetingAnnounced, Now: before}, ""},
		"a word that is none":                  {announced, papers.StateChange{To: "gone", Now: before}, ""},
	} {
		got, err := c.ch.Apply(c.from)
		if c.want == "" {
			if code := papers.CodeOf(err); code != papers.CodeConflict && code != papers.CodeInvalid {
				t.Errorf("%s: became %s, %v; want a refusal", name, got.State, err)
			}
			continue
		}
		if err != nil || got.State != c.want {
			t.Errorf("%s: %s, %v, want %s", name, got.State, err, c.want)
		}
	}
	for _, to := range []papers.MeetingState{papers.MeetingCancelled, papers.MeetingPostponed, papers.MeetingAdjourned} {
		if err := (&papers.StateChange{To: to, Reason: " \t"}).Tidy(); papers.CodeOf(err) != papers.CodeInvalid {
			t.Errorf("%s without a reason: %v", to, err)
		}
	}
}

func TestGoesOnUntil(t *testing.T) {
	start := time.Date(2027, 4, 8, 8, 30, 0, 0, time.UTC)
	m := papers.Meeting{StartsAt: start, EndsAt: start.Add(2 * time.Hour)}
	if !m.GoesOnUntil().Equal(m.EndsAt) {
		t.Error("a meeting ends at its end")
	}
	again := start.AddDate(0, 0, 7)
	if m.ResumesAt = &again; !m.GoesOnUntil().Equal(again.Add(2 * time.Hour)) {
		t.Errorf("an adjourned meeting goes on until %s", m.GoesOnUntil())
	}
}
