package server_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestPassedOnAndDealtWith: what was passed on waits at the desk until somebody says on which day it was
// dealt with; then everybody reads that day, and nobody as what it was passed on.
func TestPassedOnAndDealtWith(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	token := s.Token(t, auth.Secretary)
	q, mine := asks(t, s, m.Slug, "Who loses my letters?", "")
	other, _ := asks(t, s, m.Slug, "And mine?", "")
	day := func(days int) string { return s.Clock.Now().In(m.Location()).AddDate(0, 0, days).Format(time.DateOnly) }
	status, got := patch(t, s, token, q.Number, map[string]any{"state": "transferred", "transfer": "complaint"})
	if status != http.StatusOK || got.Transfer.Due != "" {
		t.Errorf("a complaint has the day %q, but no law names one", got.Transfer.Due)
	}
	if status, _ := patch(t, s, token, other.Number, map[string]any{"dealt_with": day(0)}); status != http.StatusUnprocessableEntity {
		t.Errorf("dealing with what was not passed on answered %d", status)
	}
	for name, when := range map[string]string{"tomorrow": day(1), "before it came": day(-2), "no day": "soon"} {
		if status, _ := patch(t, s, token, q.Number, map[string]any{"dealt_with": when}); status != http.StatusUnprocessableEntity {
			t.Errorf("%s answered %d", name, status)
		}
	}
	s.Clock.Advance(60 * 24 * time.Hour) // however late it is
	desk := s.SignedIn(t, auth.Moderator)
	if list := desk.Get(t, "/desk/questions").Text; !strings.Contains(list, q.Number) {
		t.Error("what was passed on is not on the list of the desk any more")
	}
	file := desk.Get(t, "/desk/questions/"+q.Number).Text
	if !strings.Contains(file, "Say that it is dealt with") {
		t.Fatal("the file offers no way to say that it is dealt with")
	}
	now, err := s.Record.Contribution(t.Context(), q.Number)
	if err != nil {
		t.Fatal(err)
	}
	done := day(-1)
	if a := desk.Post(t, "/desk/questions/"+q.Number+"/file", "act", "dealt", "done", done, "told", "Ring them if it is not.", "revision", "1"); a.StatusCode != http.StatusConflict {
		t.Errorf("from an old page it answered %d", a.StatusCode)
	}
	a := desk.Post(t, "/desk/questions/"+q.Number+"/file", "act", "dealt", "done", done, "told", "Ring them if it is not.", "revision", strconv.Itoa(now.Revision))
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("saying it answered %d %s", a.StatusCode, a.Text)
	}
	if list := desk.Get(t, "/desk/questions").Text; strings.Contains(list, q.Number) {
		t.Error("what was dealt with is still on the list of the desk")
	}
	for where, page := range map[string]string{"the public page": s.Browser(t).Get(t, "/questions/"+q.Number).Text, "the ledger": s.Browser(t).Get(t, "/meetings/"+m.Slug+"/questions").Text,
		"the asker's page": s.Browser(t).Get(t, mine).Text} {
		if !strings.Contains(page, "had dealt with it on") {
			t.Errorf("%s does not say that it is dealt with", where)
		}
		if asks := where == "the asker's page"; strings.Contains(page, "complaint") != asks || strings.Contains(page, "Ring them") != asks {
			t.Errorf("%s says as what it was passed on, or what the asker was told: not as it should", where)
		}
	}
	face, err := s.Record.Question(t.Context(), q.Number)
	if err != nil || face.DealtWith != done || face.State != livestream.Transferred || face.Text != "" {
		t.Errorf("the public face is %+v (%v)", face, err)
	}
}
