package livestream

import (
	"testing"
	"time"

	"clearday/papers"
)

func TestSupportFlood(t *testing.T) {
	s, now := newFakeStore(), time.Now()
	s.publishText("Why?")
	h := &Hub{Store: s, Bus: &MemoryBus{}, Meetings: fakeMeetings{}, Now: func() time.Time { return now }, Limits: Limits{Gather: time.Microsecond, PlaceWait: time.Nanosecond}}
	defer h.Close()
	taken := 0
	for range 500 { // one program at one address that pretends to be many devices
		_, err := h.Support(t.Context(), Support{Meeting: slug, Question: "Q-2026-0001", Device: papers.NewID(), From: "192.0.2.1"})
		if err == nil {
			taken++
		} else if papers.CodeOf(err) != papers.CodeTooMany {
			t.Fatal(err)
		}
	}
	if burst := DefaultLimits.PlaceSupports.Burst; taken != burst {
		t.Errorf("%d of 500 supports of one address were counted at once, want %d", taken, burst)
	}
}

func TestTakesQuestionsOfTheMeeting(t *testing.T) {
	now := time.Now()
	ended := papers.Meeting{StartsAt: now.Add(-2 * time.Hour), EndsAt: now.Add(-time.Minute)}
	late := papers.Meeting{StartsAt: now.Add(-time.Hour), EndsAt: now.Add(time.Hour)}
	unopened := Room{State: RoomClosed, Asking: AskingAdvance}
	for _, c := range []struct {
		name    string
		meeting papers.Meeting
		room    Room
		want    bool
	}{
		{"it begins late", late, unopened, true},
		{"it ended without a room", ended, unopened, false},
		{"it runs over", ended, Room{State: RoomOpen, Asking: AskingLive, OpenedAt: &now}, true},
		{"held", papers.Meeting{State: papers.MeetingHeld}, unopened, false},
		{"cancelled", papers.Meeting{State: papers.MeetingCancelled}, unopened, false},
		{"postponed", papers.Meeting{State: papers.MeetingPostponed}, unopened, false},
	} {
		if err := TakesQuestions(c.meeting, c.room, papers.QuestionRules{}, now); (err == nil) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestDecisionCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		d    Decision
		from State
		want papers.Code
	}{
		{"joined a second time", Decision{To: Merged, MergedInto: "Q-1"}, Merged, papers.CodeConflict},
		{"an answer without its state", Decision{To: Published, Answer: "Yes."}, Received, papers.CodeInvalid},
		{"an answer", Decision{To: AnsweredWriting, Answer: "Yes."}, Published, ""},
		{"an answer made better", Decision{To: AnsweredWriting, Answer: "Yes, twice."}, AnsweredWriting, ""},
	} {
		if err := c.d.Check(Contribution{Number: "Q-2", State: c.from}); papers.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
