package server_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// shows waits until a page that anybody reads says something.
func shows(t *testing.T, s *servertest.Site, path string, want ...string) {
	t.Helper()
	for _, w := range want {
		servertest.Eventually(t, fmt.Sprintf("%s says %q", path, w), func() bool { return strings.Contains(s.Browser(t).Get(t, path).Text, w) })
	}
}

func TestPartnersAtDesk(t *testing.T) {
	s, m, _ := aBoardMeets(t)
	admin := s.SignedIn(t, auth.Admin)
	if a := admin.Post(t, "/desk/partners", "name", "Saltfen Hospitals", "kind", "hospital trust", "url", "saltfen.example", "rep-0", "Ann Lode", "rep_role-0", "Chair"); a.StatusCode != 422 || !strings.Contains(a.Text, "must begin with https://") || !strings.Contains(a.Text, `value="Ann Lode"`) {
		t.Errorf("a wrong address answers %d, or forgets what was typed", a.StatusCode)
	}
	for _, name := range []string{"Saltfen Hospitals", "New Hospitals Trust"} {
		if a := admin.Post(t, "/desk/partners", "name", name, "kind", "hospital trust", "url", "https://saltfen.example/", "rep-0", "Ann Lode", "rep_role-0", "Chair"); a.StatusCode != 303 {
			t.Fatalf("adding %s answers %d: %s", name, a.StatusCode, a.Text)
		}
	}
	shows(t, s, "/partners", "Hospital trusts", "Represented by Ann Lode (Chair)")
	if a := admin.Post(t, "/desk/partners/saltfen-hospitals", "name", "Saltfen Hospitals", "kind", "hospital trust", "ended_on", "2027-03-31", "successor", "saltfen-hospitals"); a.StatusCode != 422 {
		t.Errorf("its own successor: %d", a.StatusCode)
	}
	if a := admin.Post(t, "/desk/partners/saltfen-hospitals", "name", "Saltfen Hospitals", "kind", "hospital trust", "ended_on", "2027-03-31", "successor", "new-hospitals-trust"); a.StatusCode != 303 {
		t.Fatalf("ending it answers %d: %s", a.StatusCode, a.Text)
	}
	shows(t, s, "/partners/saltfen-hospitals", "This organisation ended on 31 March 2027.", `href="/partners/new-hospitals-trust"`)
	shows(t, s, "/partners/new-hospitals-trust", "It took over from", `href="/partners/saltfen-hospitals"`)
	shows(t, s, "/partners", "No longer partners")
	shows(t, s, "/sitemap.xml", "/partners/saltfen-hospitals<")

	if a := admin.Post(t, "/desk/alliances", "name", "East", "partner-new-hospitals-trust", "yes", "partner-nobody", "yes"); a.StatusCode != 303 {
		t.Fatalf("adding an alliance answers %d: %s", a.StatusCode, a.Text)
	}
	if a := admin.Post(t, "/desk/boards/"+m.Board, "name", "Partnership Board", "alliance", "none"); a.StatusCode != 422 {
		t.Errorf("a board of an alliance that there is not: %d", a.StatusCode)
	}
	if a := admin.Post(t, "/desk/boards/"+m.Board, "name", "Partnership Board", "alliance", "east", "notice_profile", "partnership"); a.StatusCode != 303 {
		t.Fatalf("%d %s", a.StatusCode, a.Text)
	}
	shows(t, s, "/alliances/east", "New Hospitals Trust", `href="/boards/partnership-board"`)
	shows(t, s, "/boards/partnership-board", `href="/alliances/east"`)

	secretary := s.SignedIn(t, auth.Secretary)
	for _, path := range []string{"/desk/partners", "/desk/partners/saltfen-hospitals", "/desk/alliances", "/desk/alliances/east", "/desk/news"} {
		if a := secretary.Post(t, path, "name", "x"); a.StatusCode != 403 {
			t.Errorf("a secretary posting to %s: %d", path, a.StatusCode)
		}
	}
	for _, path := range []string{"/partners/none", "/alliances/none", "/news/none"} {
		if a := s.Browser(t).Get(t, path); a.StatusCode != 404 {
			t.Errorf("GET %s: %d", path, a.StatusCode)
		}
	}
}

func TestNewsAtDesk(t *testing.T) {
	s, _, _ := aBoardMeets(t)
	admin := s.SignedIn(t, auth.Admin)
	if a := admin.Post(t, "/desk/news", "title", "Later", "date", "2027-04-02", "text", "Not yet."); a.StatusCode != 422 || !strings.Contains(a.Text, "in the future") || !strings.Contains(a.Text, "Not yet.") {
		t.Errorf("news of tomorrow answers %d: it would be public today", a.StatusCode)
	}
	long := strings.Repeat("A long title ", 15)
	for title, text := range map[string]string{"The phone line is back": "You can call us.\r\n<b>Again</b>", long: "Nothing else."} {
		if a := admin.Post(t, "/desk/news", "title", title, "date", "2027-03-30", "text", text); a.StatusCode != 303 {
			t.Fatalf("%d %s", a.StatusCode, a.Text)
		}
	}
	shows(t, s, "/news", "The phone line is back", "Tuesday 30 March 2027", strings.TrimSpace(long))
	path := "/news/2027-03-30-the-phone-line-is-back"
	shows(t, s, path, "<p>You can call us.</p>", "&lt;b&gt;Again&lt;/b&gt;")
	shows(t, s, "/news.atom", "The phone line is back", s.URL+path)
	if a := admin.Post(t, "/desk"+path+"/withdraw", "reason", " "); a.StatusCode != 422 || !strings.Contains(a.Text, "You can call us.") {
		t.Errorf("taking back without a reason answers %d", a.StatusCode)
	}
	if a := admin.Post(t, "/desk"+path+"/withdraw", "reason", "The number was wrong."); a.StatusCode != 303 {
		t.Fatalf("%d %s", a.StatusCode, a.Text)
	}
	servertest.Eventually(t, "it is gone from everywhere", func() bool {
		a := s.Browser(t).Get(t, path)
		if a.StatusCode != http.StatusGone || !strings.Contains(a.Text, "The number was wrong.") {
			return false
		}
		for _, p := range []string{path, "/news", "/news.atom", "/api/v1/news"} {
			if text := s.Browser(t).Get(t, p).Text; strings.Contains(text, "call us") || strings.Contains(text, "phone line") {
				return false
			}
		}
		return true
	})
	if a := admin.Get(t, "/desk"+path); a.StatusCode != 404 {
		t.Errorf("what was taken back opens at the desk: %d", a.StatusCode)
	}
}

func TestBoardAtDesk(t *testing.T) {
	s, m, _ := aBoardMeets(t)
	path := "/desk/boards/" + m.Board
	own := s.SignedIn(t, auth.Secretary, m.Board)
	other := s.SignedIn(t, auth.Secretary, s.Board(t, "Other Committee"))
	if a := other.Post(t, path, "about", "x"); a.StatusCode != 403 {
		t.Errorf("the secretary of another board: %d", a.StatusCode)
	}
	if a := own.Post(t, path, "name", "Renamed", "ended_on", "2027-01-01", "about", "It decides.", "quorum", "A third", "terms", "One.\r\nTwo."); a.StatusCode != 303 {
		t.Fatalf("%d %s", a.StatusCode, a.Text)
	}
	shows(t, s, "/boards/"+m.Board, "It decides.", "<p>One.</p>", "A third")
	if b, err := s.Record.Board(context.Background(), m.Board); err != nil || b.Name != "Partnership Board" || b.EndedOn != "" {
		t.Errorf("a secretary renamed or ended the board: %+v, %v", b, err)
	}
	if a := own.Post(t, path+"/members", "name-0", "Ann Lode", "from-0", "2027-01-01", "to-0", "2026-01-01", "name-1", "Bob"); a.StatusCode != 422 || !strings.Contains(a.Text, "cannot leave before") || !strings.Contains(a.Text, `value="Bob"`) {
		t.Errorf("a seat that ends before it begins answers %d", a.StatusCode)
	}
	if a := own.Post(t, path+"/members", "name-0", "Ann Lode", "role-0", "Chair", "from-0", "2024-01-01", "to-0", "2027-03-01", "name-2", "Bob Marsh", "role-2", "Member"); a.StatusCode != 303 {
		t.Fatalf("%d %s", a.StatusCode, a.Text)
	}
	shows(t, s, "/boards/"+m.Board, "Past members (1)", "1 January 2024 to 1 March 2027", "1 member")
	if a := own.Post(t, path+"/questions", "count", "clear_working_days", "days", "three", "clock", "12:00"); a.StatusCode != 422 || !strings.Contains(a.Text, `value="three"`) {
		t.Errorf("days that are no number answer %d", a.StatusCode)
	}
	if a := own.Post(t, path+"/questions", "count", "clear_working_days", "days", "3", "clock", "12:00", "per_person", "2", "agenda_only", "yes", "other_ways", "Or write to us"); a.StatusCode != 303 {
		t.Fatalf("%d %s", a.StatusCode, a.Text)
	}
	shows(t, s, "/boards/"+m.Board, "Ask in writing until noon, 3 clear working days before the meeting.", "at most 2 questions", "Or write to us.")

	admin := s.SignedIn(t, auth.Admin)
	if a := admin.Post(t, path, "name", "Partnership Board", "notice_profile", "none"); a.StatusCode != 422 {
		t.Errorf("rules of notice that there are not: %d", a.StatusCode)
	}
	if a := admin.Post(t, path, "name", "Partnership Board", "notice_profile", "partnership", "ended_on", "2027-03-31", "successor", "other-committee"); a.StatusCode != 303 {
		t.Fatalf("%d %s", a.StatusCode, a.Text)
	}
	shows(t, s, "/boards/"+m.Board, "This board ended on 31 March 2027.", `href="/boards/other-committee"`)
	shows(t, s, "/boards", "Boards that ended")
}

// TestDeadlineOfMeeting: a meeting takes its last moment to ask from the rule of its board, a person may
// set another, and the desk says what is odd about it (rules.md ).
func TestDeadlineOfMeeting(t *testing.T) {
	s, m, token := aBoardMeets(t)
	desk := s.SignedIn(t, auth.Secretary)
	desk.Post(t, "/desk/boards/"+m.Board+"/questions", "count", "clear_working_days", "days", "3", "clock", "12:00", "agenda_only", "yes")
	if a := desk.Post(t, "/desk/meetings", "board", m.Board, "date", "2027-05-13", "start", "09:30", "mode", "hybrid", "seats", "40", "telephone", "01632 960 111"); a.StatusCode != 303 {
		t.Fatalf("%d %s", a.StatusCode, a.Text)
	}
	slug := m.Board + "-2027-05-13"
	revision := ""
	ask := func() string {
		made, err := s.Record.Meeting(context.Background(), papers.Insider, slug)
		if err != nil || made.AskUntil == nil {
			t.Fatalf("%+v, %v", made, err)
		}
		revision = strconv.Itoa(made.Revision)
		return made.AskUntilLocal
	}
	if got := ask(); got != "2027-05-07T12:00" {
		t.Errorf("questions close at %s, want three clear working days before", got)
	}
	facts := func(date, askDate, askTime string) {
		t.Helper()
		if a := desk.Post(t, "/desk/meetings/"+slug, "date", date, "start", "09:30", "mode", "hybrid", "seats", "40", "telephone", "01632 960 111", "ask_date", askDate, "ask_time", askTime, "revision", revision); a.StatusCode != 303 {
			t.Fatalf("%d %s", a.StatusCode, a.Text)
		}
	}
	facts("2027-05-20", "2027-05-07", "12:00")
	if got := ask(); got != "2027-05-14T12:00" {
		t.Errorf("the meeting moved by a week, and its deadline to %s", got)
	}
	facts("2027-05-20", "2027-05-03", "12:00")
	ask()
	page := desk.Get(t, "/desk/meetings/"+slug).Text
	says(t, "the desk", page, "Questions close on Monday 3 May 2027, noon. By the board’s rule they would close on Friday 14 May 2027, noon.",
		"Questions close before the papers come out", "so nobody could ask one")
	if a := desk.Post(t, "/desk/meetings/"+slug, "date", "2027-05-20", "start", "09:30", "mode", "hybrid", "ask_date", "2027-05-21", "ask_time", "12:00", "revision", revision); a.StatusCode != 422 || !strings.Contains(a.Text, `value="2027-05-21"`) {
		t.Errorf("a deadline after the meeting answers %d", a.StatusCode)
	}
	facts("2027-05-20", "", "")
	must(t, s, token, "POST", "/meetings/"+slug+"/announce", struct{}{})
	shows(t, s, "/take-part", "In writing until Friday 14 May 2027, noon", "40 public seats", "01632 960 111", "From ", "How this board takes questions")
	shows(t, s, "/calendar.ics", "SUMMARY:Questions close: Partnership Board", "DTSTART;TZID=Europe/London:20270514T120000")
	s.Clock.Set(time.Date(2027, 5, 14, 11, 1, 0, 0, time.UTC))
	shows(t, s, "/take-part", "In writing it closed on Friday 14 May 2027, noon")
	if a := s.Browser(t).Post(t, "/meetings/"+slug+"/questions", "text", "Is it too late?", "key", "k1"); a.StatusCode == 303 {
		t.Error("a question in writing is taken after the last moment to ask")
	}
}

func TestYearOfMeetings(t *testing.T) {
	s, m, _ := aBoardMeets(t)
	desk := s.SignedIn(t, auth.Secretary, m.Board)
	path := "/desk/boards/" + m.Board + "/year"
	birds := birds{}
	canary := birds.word("venue of a planned meeting")
	pattern := []string{"nth", "-1", "weekday", "1", "every", "1", "from", "2027-04-01", "to", "2027-12-31", "skip-8", "yes", "start", "09:30", "end", "11:30", "mode", "hybrid", "venue", canary}
	if a := desk.Get(t, path); a.StatusCode != 200 {
		t.Fatalf("the form answers %d", a.StatusCode)
	}
	if a := desk.Post(t, path, "nth", "2", "weekday", "4", "every", "1", "from", "2027-05-01", "to", "2027-04-01", "start", "09:30", "mode", "hybrid", "venue", canary); a.StatusCode != 422 || !strings.Contains(a.Text, "before the first day") || !strings.Contains(a.Text, canary) {
		t.Errorf("a span that runs backwards answers %d", a.StatusCode)
	}
	seen := desk.Post(t, path, pattern...)
	doc := parse(t, seen, path)
	says(t, "the preview", said(doc, "main"), "Monday 26 April 2027", "Monday 31 May 2027 Spring bank holiday", "Monday 27 December 2027")
	if doc.Find("input[name='day-2027-05-31'][checked]").Length() != 0 || doc.Find("input[name='day-2027-04-26'][checked]").Length() != 1 || doc.Find("input[name='day-2027-08-30']").Length() != 0 {
		t.Error("a bank holiday must not be ticked, and August is left out")
	}
	if list, _, err := s.Record.Meetings(context.Background(), papers.Insider, papers.MeetingFilter{}); err != nil || len(list) != 1 {
		t.Fatalf("the preview made meetings: %d, %v", len(list), err)
	}
	if a := desk.Post(t, path, append(pattern, "make", "yes")...); a.StatusCode != 422 {
		t.Errorf("no day ticked: %d", a.StatusCode)
	}
	if a := desk.Post(t, path, append(pattern, "make", "yes", "day-2027-04-26", "yes", "day-2027-10-25", "yes", "day-2027-11-29", "yes", "day-2027-01-01", "yes")...); a.StatusCode != 303 {
		t.Fatalf("making answers %d: %s", a.StatusCode, a.Text)
	}
	list, _, err := s.Record.Meetings(context.Background(), papers.Insider, papers.MeetingFilter{From: time.Date(2027, 4, 20, 0, 0, 0, 0, time.UTC)})
	if err != nil || len(list) != 3 {
		t.Fatalf("made %d meetings, %v, want the ticked ones that are of the pattern", len(list), err)
	}
	if list[0].StartsAt.UTC().Hour() != 8 || list[2].StartsAt.UTC().Hour() != 9 || list[0].LocalTime[11:] != "09:30" || list[2].LocalTime[11:] != "09:30" {
		t.Errorf("the wall time is the same in summer and winter: %s, %s", list[0].StartsAt, list[2].StartsAt)
	}
	for _, p := range []string{"/", "/meetings", "/meetings?year=2027", "/boards", "/boards/" + m.Board, "/take-part", "/about", "/calendar.ics", "/boards/" + m.Board + ".ics", "/feed.atom",
		"/boards/" + m.Board + "/feed.atom", "/sitemap.xml", "/api/v1/meetings", "/api/v1/log/entries", "/meetings/" + list[0].Slug, "/meetings/" + list[0].Slug + ".ics", "/api/v1/meetings/" + list[0].Slug} {
		a := s.Browser(t).Get(t, p)
		if strings.Contains(a.Text, canary) || strings.Contains(a.Text, "2027-04-26") && p != "/meetings/"+list[0].Slug || strings.Contains(a.Text, "26 April") || strings.Contains(a.Text, "20270426") {
			t.Errorf("GET %s tells of a meeting that is only planned", p)
		}
	}
	if a := desk.Post(t, path, append(pattern, "make", "yes", "announce", "yes", "day-2027-06-28", "yes")...); a.StatusCode != 303 {
		t.Fatalf("making and announcing answers %d: %s", a.StatusCode, a.Text)
	}
	shows(t, s, "/meetings", canary)
	shows(t, s, "/calendar.ics", "DTSTART;TZID=Europe/London:20270628T093000")
}

func TestMeetingStates(t *testing.T) {
	s, m, token := aBoardMeets(t)
	must(t, s, token, "POST", "/meetings/"+m.Slug+"/announce", struct{}{})
	desk, path := s.SignedIn(t, auth.Secretary), "/desk/meetings/"+m.Slug+"/move"
	if a := desk.Post(t, path, "to", "postponed", "reason", " ", "date", "2027-04-22"); a.StatusCode != 422 || !strings.Contains(a.Text, `value="2027-04-22"`) || !strings.Contains(a.Text, "Give the reason") {
		t.Errorf("postponing without a reason answers %d", a.StatusCode)
	}
	if a := desk.Post(t, path, "to", "postponed", "reason", "The hall is closed", "date", "2027-03-01"); a.StatusCode != 422 {
		t.Errorf("postponing to the past answers %d", a.StatusCode)
	}
	if a := s.SignedIn(t, auth.Moderator).Post(t, path, "to", "cancelled", "reason", "x"); a.StatusCode != 403 {
		t.Errorf("a moderator cancels: %d", a.StatusCode)
	}
	if a := desk.Post(t, path, "to", "postponed", "reason", "The hall is closed", "date", "2027-04-22"); a.StatusCode != 303 {
		t.Fatalf("%d %s", a.StatusCode, a.Text)
	}
	next := m.Board + "-2027-04-22"
	shows(t, s, "/meetings/"+m.Slug, "Why: The hall is closed", `href="/meetings/`+next+`"`, "Thursday 22 April 2027, 9:30am")
	shows(t, s, "/meetings/"+next, `href="/meetings/`+m.Slug+`"`, "which was postponed")
	shows(t, s, "/meetings", "This meeting will not take place on this day. The hall is closed.")
	shows(t, s, "/", "Postponed")
	shows(t, s, "/feed.atom", "Postponed: Partnership Board, Thursday 8 April 2027, 9:30am", "The hall is closed.", "Meeting: Partnership Board, Thursday 22 April 2027, 9:30am")
	shows(t, s, "/calendar.ics", "SUMMARY:Postponed: Partnership Board", "STATUS:CANCELLED\r\n", "SEQUENCE:1\r\n", "DTSTART;TZID=Europe/London:20270422T093000")
	shows(t, s, "/take-part", "/meetings/"+next)

	var got api.Meeting
	patch := func(body any) (int, string) {
		return s.API(t, token, "PATCH", "/meetings/"+next, body, &got)
	}
	if status, text := patch(map[string]any{"state": "cancelled"}); status != 422 {
		t.Errorf("cancelling without a reason: %d %s", status, text)
	}
	if status, text := patch(map[string]any{"state": "adjourned", "reason": "The alarm rang"}); status != 409 {
		t.Errorf("adjourning what has not begun: %d %s", status, text)
	}
	if status, text := patch(map[string]any{"seats": 12, "starts_at": "2027-04-22T14:00:00+01:00"}); status != 200 || got.Seats != 12 || got.EndsAt.Sub(got.StartsAt) != 2*time.Hour || got.LocalTime != "2027-04-22T14:00" {
		t.Errorf("%d %s", status, text)
	}
	s.Clock.Set(time.Date(2027, 4, 22, 14, 0, 0, 0, time.UTC))
	if status, text := patch(map[string]any{"state": "adjourned", "reason": "The alarm rang", "resumes_at": "2027-05-06T14:00:00+01:00"}); status != 200 || got.State != "adjourned" {
		t.Errorf("%d %s", status, text)
	}
	s.Clock.Set(time.Date(2027, 5, 3, 14, 0, 0, 0, time.UTC))
	shows(t, s, "/meetings", "It continues on Thursday 6 May 2027, 2:00pm. The alarm rang.")
	shows(t, s, "/calendar.ics", "SUMMARY:Goes on: Partnership Board", "DTSTART;TZID=Europe/London:20270506T140000")
	if status, text := patch(map[string]any{"state": "live"}); status != 200 || got.State != "live" {
		t.Errorf("%d %s", status, text)
	}
	if status, text := patch(map[string]any{"state": "held"}); status != 200 || got.State != "held" {
		t.Errorf("%d %s", status, text)
	}
}

func TestReinstated(t *testing.T) {
	s, m, token := aBoardMeets(t)
	must(t, s, token, "POST", "/meetings/"+m.Slug+"/announce", struct{}{})
	desk, path := s.SignedIn(t, auth.Secretary), "/desk/meetings/"+m.Slug+"/move"
	for _, to := range []string{"cancelled", "announced"} {
		if a := desk.Post(t, path, "to", to, "reason", "By mistake"); a.StatusCode != 303 {
			t.Fatalf("%s: %d %s", to, a.StatusCode, a.Text)
		}
	}
	shows(t, s, "/calendar.ics", "STATUS:CONFIRMED\r\n", "SEQUENCE:2\r\n")
	if text := s.Browser(t).Get(t, "/meetings/"+m.Slug).Text; strings.Contains(text, "Cancelled") || strings.Contains(text, "By mistake") {
		t.Error("a meeting that takes place after all is still said to be cancelled")
	}
}
