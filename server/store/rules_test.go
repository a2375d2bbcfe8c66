package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

func (r *record) setRules(board string, q papers.QuestionRules) {
	r.t.Helper()
	b, err := r.Board(r.ctx, board)
	r.must(err)
	b.Questions = q
	r.must(r.ChangeBoard(r.ctx, b, by()))
}

// TestAsk_limitAtOnce: many at once from one person, over several programs, do not get past the limit.
func TestAsk_limitAtOnce(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		r.setRules("pb", papers.QuestionRules{PerPerson: 2})
		var taken, refused int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				a := livestream.Ask{Meeting: m.Slug, Device: "one", Key: fmt.Sprint(i), Kind: livestream.KindQuestion, Text: "x"}
				if i%2 == 0 { // another browser of the same person
					a.Device, a.Email = fmt.Sprint("other ", i), "ann@example.org"
				}
				_, _, err := r.Ask(r.ctx, a)
				mu.Lock()
				defer mu.Unlock()
				switch papers.CodeOf(err) {
				case "":
					taken++
				case papers.CodeConflict:
					refused++
				default:
					t.Errorf("Ask: %v", err)
				}
			})
		}
		wg.Wait()
		if taken != 4 || refused != 8 {
			t.Errorf("%d taken and %d refused, want two of the device and two of the address", taken, refused)
		}
		if counts, err := r.Counts(r.ctx, m.Slug, ""); err != nil || counts.Received != 4 {
			t.Errorf("the record counts %d, %v", counts.Received, err)
		}
		if _, again, err := r.Ask(r.ctx, livestream.Ask{Meeting: m.Slug, Device: "one", Key: "1", Kind: livestream.KindQuestion, Text: "x"}); err == nil && !again {
			t.Error("a retry became another question")
		}
	})
}

// TestRules_ofMeeting: a meeting's own rules replace all of the board's, and go again.
func TestRules_ofMeeting(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		r.publishWords(r.ask(m.Slug, "d", "k").Number)
		r.setRules("pb", papers.QuestionRules{Support: true, Words: 50})
		own := papers.QuestionRules{PerPerson: 1}
		m, err := r.Meeting(r.ctx, papers.Public, m.Slug)
		r.must(err)
		m.Rules = &own
		r.must(r.ChangeMeeting(r.ctx, m, by(m.Act(papers.ActMeetingChanged))))
		if got, err := r.Rules(r.ctx, m.Slug); err != nil || got != own {
			t.Errorf("the rules are %+v, %v", got, err)
		}
		support := []livestream.Support{{Meeting: m.Slug, Question: "Q-2026-0001", Device: "s"}}
		res, err := r.Support(r.ctx, support)
		r.must(err)
		if code, _ := livestream.RefusalOf(res[0].Err); code != livestream.CodeClosed {
			t.Errorf("support where it is off: %q, %v", code, res[0].Err)
		}
		if q, err := r.Question(r.ctx, "Q-2026-0001"); err != nil || q.Supports != 0 {
			t.Errorf("it has %d supports, %v", q.Supports, err)
		}
		m, err = r.Meeting(r.ctx, papers.Public, m.Slug)
		r.must(err)
		m.Rules = nil
		r.must(r.ChangeMeeting(r.ctx, m, by(m.Act(papers.ActMeetingChanged))))
		if got, err := r.Rules(r.ctx, m.Slug); err != nil || got.Words != 50 {
			t.Errorf("the board's rules are %+v, %v", got, err)
		}
		res, err = r.Support(r.ctx, support)
		r.must(err)
		if res[0].Err != nil || res[0].Count != 1 {
			t.Errorf("support where it is on: %+v", res[0])
		}
		_, err = r.Rules(r.ctx, "nowhere")
		r.wantCode(err, papers.CodeNotFound)
	})
}

// TestSupportStays: boards of the time before keep support; a board made now has it only where its maker says so.
func TestSupportStays(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		raw := r.raw()
		r.board("without")
		r.board("withrules")
		for _, q := range []string{
			"UPDATE boards SET question_rules = '{}' WHERE slug = 'without'",
			`UPDATE boards SET question_rules = '{"deadline":{"count":"weekday","weekday":5,"clock":"14:00"},"per_person":2}' WHERE slug = 'withrules'`,
			"ALTER TABLE meetings DROP COLUMN question_rules", "DELETE FROM migrations WHERE name = '0120_rules.sql'",
		} {
			_, err := raw.Exec(q)
			r.must(err)
		}
		again, err := openAgain(r)
		r.must(err)
		defer func() { _ = again.Close() }()
		for slug, want := range map[string]papers.QuestionRules{"without": {Support: true},
			"withrules": {Support: true, PerPerson: 2, Deadline: papers.Deadline{Count: papers.OnWeekday, Weekday: time.Friday, Clock: "14:00"}}} {
			if b, err := again.Board(r.ctx, slug); err != nil || b.Questions != want {
				t.Errorf("%s has %+v, %v", slug, b.Questions, err)
			}
		}
	})
}

// TestEnter: who entered it, how it came and when stay on the record; others read nothing of that, nor of what
// is withheld, and the database holds it sealed.
func TestEnter(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, _ := r.room("pb")
		came := r.clock().Add(-48 * time.Hour)
		a := livestream.Ask{Meeting: m.Slug, Device: "desk k", Key: "k", Kind: livestream.KindQuestion, Text: "Why is the ward shut?", Channel: livestream.ChannelPost,
			EnteredBy: "Canarystaff", ReceivedAt: came, Health: true, Minor: true, Withheld: livestream.Withheld{Name: "Canaryname", Area: "Canaryarea", For: "Canaryorg"}}
		c, _, err := r.Enter(r.ctx, a, papers.Change{By: papers.Actor{ID: "u", Name: "Sam", Role: "moderator"}})
		r.must(err)
		if !c.ReceivedAt.Equal(came.UTC().Truncate(time.Microsecond)) || c.Channel != livestream.ChannelPost || c.Code == "" {
			t.Errorf("entered is %+v", c)
		}
		if n := r.audited("questions/"+c.Number, "entered a question for somebody"); n != 1 {
			t.Errorf("the audit has %d rows of it", n)
		}
		if again, same, err := r.Enter(r.ctx, a, by()); err != nil || !same || again.Number != c.Number {
			t.Errorf("sent twice: %s, %v", again.Number, err)
		}
		r.decide(livestream.Decision{Number: c.Number, To: livestream.Published, Words: "Why is the ward shut now?"})
		if bytes := string(r.wholeRecord()); strings.Contains(bytes, "Canary") {
			t.Error("the database holds in the clear who asked or who entered it")
		}
		q, err := r.Question(r.ctx, c.Number)
		r.must(err)
		if face := fmt.Sprintf("%+v", q); strings.Contains(face, "Canary") || q.Text == "" {
			t.Errorf("others read %s", face)
		}
		staff, err := r.Contribution(r.ctx, c.Number)
		r.must(err)
		if staff.Withheld.Name != "Canaryname" || staff.EnteredBy != "Canarystaff" || !staff.Health || !staff.Minor {
			t.Errorf("the desk reads %+v", staff.Private)
		}
		unnamed, err := r.EraseName(r.ctx, c.Number, by())
		r.must(err)
		if unnamed.Withheld != (livestream.Withheld{}) {
			t.Errorf("after erasing the desk reads %+v", unnamed.Withheld)
		}
	})
}

// TestRetell: open pages are told of other rules by an event of the room, with the next number; a room that
// has closed for good says nothing.
func TestRetell(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("pb")
		before := r.wantDense(m.Slug)
		room, err := r.Retell(r.ctx, m.Slug)
		r.must(err)
		events := r.wantDense(m.Slug)
		if len(events) != len(before)+1 || room.Seq != int64(len(events)) || events[len(before)].Kind != livestream.EventRoomOpened {
			t.Errorf("after %d events there are %d", len(before), len(events))
		}
		acts := len(r.acts())
		r.setRoom(m.Slug, livestream.RoomClosed)
		before = r.wantDense(m.Slug)
		_, err = r.Retell(r.ctx, m.Slug)
		r.must(err)
		if len(r.wantDense(m.Slug)) != len(before) || len(r.acts()) != acts+1 {
			t.Error("a room that has closed told its rules, or telling them was an act")
		}
		hidden := r.meeting("pb")
		_, err = r.Retell(r.ctx, hidden.Slug)
		r.wantCode(err, papers.CodeNotFound)
	})
}
