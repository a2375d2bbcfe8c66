package server_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestFurtherQuestion: one question may follow an answer, by the socket of the device that asked, by the
// form of the room and by staff for somebody; within the same limits as any other.
func TestFurtherQuestion(t *testing.T) {
	s := servertest.Start(t)
	m, items := meetingWithRoom(t, s)
	b, err := s.Record.Board(t.Context(), m.Board)
	if err != nil {
		t.Fatal(err)
	}
	b.Questions.Supplementary, b.Questions.Words = true, 6
	if err := s.Record.ChangeBoard(t.Context(), b, papers.Change{By: papers.Program, Acts: []papers.Act{{Kind: papers.ActBoardChanged, Subject: "boards/" + b.Slug, Board: b.Slug}}}); err != nil {
		t.Fatal(err)
	}
	token := s.Token(t, auth.Secretary)
	s.API(t, token, "POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": "open"}, nil)
	answered := func(number string) {
		t.Helper()
		for _, step := range ways[livestream.AnsweredOrally] {
			if status, _ := patch(t, s, token, number, step); status != http.StatusOK {
				t.Fatalf("%v answered %d", step, status)
			}
		}
	}
	asker, other := s.Watch(t, m.Slug), s.Watch(t, m.Slug)
	says := func(w *servertest.Watcher, key string, fields ...string) servertest.Ack {
		t.Helper()
		w.Send(key, append([]string{"t", "ask"}, fields...)...)
		servertest.Eventually(t, "an answer to "+key, func() bool { return w.Answers()[key].T != "" })
		return w.Answers()[key]
	}
	first := says(asker, "k1", "text", "How many beds?", "name", "Ada", "item", items[0].ID)
	if early := says(asker, "k2", "text", "And in May?", "parent", first.Question); early.Code != "closed" {
		t.Errorf("before the answer it is %+v", early)
	}
	answered(first.Question)
	if long := says(asker, "k3", "text", "And how many will there be in May?", "parent", first.Question); long.Code != "too_long" {
		t.Errorf("eight words are %+v, want the limit of six", long)
	}
	unknown := says(other, "k1", "text", "And in May?", "parent", "Q-2020-0001")
	if theirs := says(other, "k2", "text", "And in May?", "parent", first.Question); theirs.T != "refused" || theirs.Message != unknown.Message {
		t.Errorf("another device is told %+v, and of a number that is none %+v", theirs, unknown)
	}
	further := says(asker, "k4", "text", "And in May?", "parent", first.Question)
	if further.T != "ack" || further.Question == first.Question || further.Mine == "" {
		t.Fatalf("the further question is %+v", further)
	}
	c, err := s.Record.Contribution(t.Context(), further.Question)
	if err != nil || c.Parent != first.Question || c.Name != "Ada" || c.Item != items[0].ID || c.Channel != livestream.ChannelRoom {
		t.Errorf("it is kept as %+v (%v)", c, err)
	}
	if again := says(asker, "k5", "text", "And in May?", "parent", first.Question); again.Question != further.Question {
		t.Errorf("sent again it is %+v", again)
	}
	if second := says(asker, "k6", "text", "And in June?", "parent", first.Question); second.Code != "closed" || !strings.Contains(second.Message, further.Question) {
		t.Errorf("a second one is %+v", second)
	}

	t.Run("as fast as any other", func(t *testing.T) {
		asker := s.Browser(t)
		numbers := make([]string, livestream.DefaultLimits.Asks.Burst)
		for n := range numbers {
			numbers[n] = numberIn(asker.Post(t, "/meetings/"+m.Slug+"/questions", "key", fmt.Sprint("fast ", n), "text", fmt.Sprint("Question ", n)).Header.Get("Location"))
		}
		answered(numbers[0])
		send := func() servertest.Answer {
			return asker.Post(t, "/meetings/"+m.Slug+"/questions", "key", "after", "text", "And then?", "parent", strings.ToLower(numbers[0]))
		}
		if a := send(); a.StatusCode != http.StatusTooManyRequests || !strings.Contains(a.Text, "And then?") {
			t.Errorf("after %d questions at once a further one answers %d", len(numbers), a.StatusCode)
		}
		s.Clock.Advance(livestream.DefaultLimits.Asks.Every)
		if a := send(); a.StatusCode != http.StatusSeeOther {
			t.Errorf("a while later it answers %d", a.StatusCode)
		}
	})
	t.Run("entered by staff", func(t *testing.T) {
		desk, at := s.SignedIn(t, auth.Moderator), "/desk/meetings/"+m.Slug+"/questions"
		codes := regexp.MustCompile(`(?s)<dd class="cd-no">(Q-[\d-]+)</dd>.*?<dd class="cd-no">([^<]+)</dd>`)
		enter := func(text, parent string) (servertest.Answer, []string) {
			now := s.Clock.Now().In(m.Location())
			a := desk.Post(t, at, "key", papers.NewID(), "way", "phone", "date", now.Format(time.DateOnly), "time", now.Format("15:04"), "text", text, "parent", parent, "name", "Mrs Hill")
			return a, codes.FindStringSubmatch(a.Text)
		}
		_, one := enter("Will there be a bus?", "")
		if one == nil {
			t.Fatal("the first was not entered")
		}
		if a, _ := enter("On Sundays?", one[1]); a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, "On Sundays?") {
			t.Errorf("before the answer it answers %d, or its words are lost", a.StatusCode)
		}
		answered(one[1])
		a, two := enter("On Sundays?", one[1])
		if two == nil || two[1] == one[1] || two[2] == one[2] {
			t.Fatalf("the further one answers %d with %v", a.StatusCode, two)
		}
		kept, err := s.Record.Contribution(t.Context(), two[1])
		if err != nil || kept.Parent != one[1] || kept.Channel != livestream.ChannelPhone || kept.Name != "Mrs Hill" || kept.EnteredBy == "" {
			t.Errorf("it is kept as %+v (%v)", kept, err)
		}
		if a, _ := enter("On Sundays?", "Q-2020-0001"); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("after a number that is none it answers %d", a.StatusCode)
		}
		// The asker's own further question is not shown to the desk with its code.
		answeredTo := first.Question
		if a, got := enter("And in May?", answeredTo); a.StatusCode != http.StatusConflict || got != nil {
			t.Errorf("what the asker sent already answers %d %v", a.StatusCode, got)
		}
	})
	if a := s.Browser(t).Do(t, "POST", "/meetings/"+m.Slug+"/questions", "application/json", strings.NewReader(`{"text":"?"}`)); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "fields of a form") {
		t.Errorf("JSON answers %d", a.StatusCode)
	}
}
