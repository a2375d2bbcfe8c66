package server_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// strict are rules that use everything.
func strict() papers.QuestionRules {
	return papers.QuestionRules{PerPerson: 1, PerOrganisation: 2, Words: 8, Minutes: 20, AgendaOnly: true, NameNeeded: true, WhoMayAsk: "I live, work or use services in Fenmarsh",
		HideArea: true, Statements: papers.StatementRules{Taken: true, Words: 100}, OtherWays: "By telephone on 01632 960 100"}
}

func ruledMeeting(t *testing.T, s *servertest.Site, rules papers.QuestionRules) (papers.Meeting, []papers.Item) {
	t.Helper()
	m, items := meetingWithRoom(t, s)
	if status, text := s.API(t, s.Token(t, auth.Secretary), "PATCH", "/boards/"+m.Board, map[string]any{"question_rules": rules}, nil); status != http.StatusOK {
		t.Fatalf("changing the rules: %d %s", status, text)
	}
	return m, items
}

func keyOf(t *testing.T, page string) string {
	t.Helper()
	key := keyField.FindStringSubmatch(page)
	if key == nil {
		t.Fatal("the page has no form")
	}
	return key[1]
}

// TestRulesOfAsking: the rules stand above the form; what breaks one comes back with a sentence and everything typed.
func TestRulesOfAsking(t *testing.T) {
	s := servertest.Start(t)
	m, items := ruledMeeting(t, s, strict())
	at := "/meetings/" + m.Slug + "/questions"
	b := s.Browser(t)
	page := b.Get(t, at).Text
	for _, want := range []string{"A question has at most 8 words", "A statement has at most 100 words", "One person can ask at most 1 question", "must be about an item", "I live, work or use services in Fenmarsh",
		"your name and organisation, as far as you give them", "By telephone on 01632 960 100", `name="kind" value="statement"`, "Nobody answers it", "I am under 18", "own health or care"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	good := map[string]string{"text": "How long do people wait for beds?", "name": "Ann Reed", "item": items[0].ID, "confirmed": "yes", "no_name": "yes", "area": "Saltfen"}
	post := func(key string, change map[string]string) servertest.Answer {
		fields := []string{"key", key}
		for name, value := range good {
			if v, ok := change[name]; ok {
				value = v
			}
			fields = append(fields, name, value)
		}
		if kind := change["kind"]; kind != "" {
			fields = append(fields, "kind", kind)
		}
		return b.Post(t, at, fields...)
	}
	key := keyOf(t, page)
	for _, c := range []struct {
		change   map[string]string
		sentence string
		field    string
	}{
		{map[string]string{"text": "How long do the people of Fenmarsh wait for beds?"}, "has 10 words. Shorten it to 8", "#text"},
		{map[string]string{"item": ""}, "Choose the item of the agenda", "#item"},
		{map[string]string{"name": ""}, "Give your name", "#name"},
		{map[string]string{"confirmed": ""}, "Confirm that this is true of you", "#confirmed"},
	} {
		a := post(key, c.change)
		if a.StatusCode < 400 || a.StatusCode >= 500 || !strings.Contains(a.Text, c.sentence) || !strings.Contains(a.Text, `href="`+c.field+`"`) {
			t.Errorf("%v answered %d without %q", c.change, a.StatusCode, c.sentence)
		}
		for name, value := range good {
			if v, ok := c.change[name]; ok {
				value = v
			}
			if value != "" && value != "yes" && !strings.Contains(a.Text, value) || value == "yes" && !regexp.MustCompile(`name="`+name+`" value="yes" checked`).MatchString(a.Text) {
				t.Errorf("with %v the page lost %s", c.change, name)
			}
		}
	}
	first := post(key, nil)
	if first.StatusCode != http.StatusSeeOther {
		t.Fatalf("asking answered %d: %s", first.StatusCode, first.Text)
	}
	if again := post(key, nil); again.Header.Get("Location") != first.Header.Get("Location") {
		t.Errorf("sent twice: %d to %s", again.StatusCode, again.Header.Get("Location"))
	}
	if second := post(papers.NewID(), nil); second.StatusCode != http.StatusConflict || !strings.Contains(second.Text, "one question of one person") {
		t.Errorf("the second question answered %d", second.StatusCode)
	}
	statement := post(papers.NewID(), map[string]string{"kind": "statement", "text": "We the people of Saltfen have waited for our beds since the spring."})
	if statement.StatusCode != http.StatusSeeOther || !strings.HasPrefix(statement.Header.Get("Location"), "/questions/S-") {
		t.Errorf("the statement answered %d to %s", statement.StatusCode, statement.Header.Get("Location"))
	}
	n := numberIn(first.Header.Get("Location"))
	if status, text := s.API(t, s.Token(t, auth.Secretary), "PATCH", "/questions/"+n, map[string]any{"state": "published"}, nil); status != http.StatusOK {
		t.Fatalf("publishing: %d %s", status, text)
	}
	shown := b.Get(t, "/questions/"+n).Text
	if !strings.Contains(shown, good["text"]) || strings.Contains(shown, "Ann Reed") || strings.Contains(shown, "Saltfen") {
		t.Error("the public page shows a name or an area that is not to be shown, or not the words")
	}
}

// TestNewBoardHasNothingOn: support and chat are off unless the maker of a board says otherwise, and off means off.
func TestNewBoardHasNothingOn(t *testing.T) {
	s := servertest.Start(t)
	admin, token := s.SignedIn(t, auth.Admin), s.Token(t, auth.Admin)
	admin.Post(t, "/desk/boards", "name", "Plain Board")
	admin.Post(t, "/desk/boards", "name", "Lively Board", "support", "yes", "chat", "checked_first")
	s.API(t, token, "POST", "/boards", map[string]any{"name": "Api Board"}, nil)
	s.API(t, token, "POST", "/boards", map[string]any{"name": "Asked Board", "question_rules": map[string]any{"support": true, "chat": "checked_after"}}, nil)
	for slug, want := range map[string]papers.QuestionRules{"plain-board": {}, "api-board": {}, "lively-board": {Support: true, Chat: papers.ChatCheckedFirst}, "asked-board": {Support: true, Chat: papers.ChatCheckedAfter}} {
		var got struct {
			Rules papers.QuestionRules `json:"question_rules"`
		}
		if status, _ := s.API(t, "", "GET", "/boards/"+slug, nil, &got); status != http.StatusOK || got.Rules != want {
			t.Errorf("%s has %+v (%d), want %+v", slug, got.Rules, status, want)
		}
	}

	m, _ := ruledMeeting(t, s, papers.QuestionRules{})
	n := numberIn(askPlainly(t, s.Browser(t), m.Slug, "Why?"))
	s.API(t, s.Token(t, auth.Secretary), "PATCH", "/questions/"+n, map[string]any{"state": "published"}, nil)
	room := s.Browser(t).Get(t, "/meetings/"+m.Slug+"/live").Text
	if !strings.Contains(room, n) || strings.Contains(room, "data-support") || strings.Contains(room, `class="cd-sup`) {
		t.Error("the room shows support where it is off")
	}
	a := s.Browser(t).Post(t, "/meetings/"+m.Slug+"/support", "question", n)
	if a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, "does not count support") {
		t.Errorf("support that is off answered %d", a.StatusCode)
	}
	w := s.Watch(t, m.Slug)
	w.Send("s1", "t", "support", "question", n)
	w.Send("a1", "t", "ask", "text", "A statement", "kind", "statement")
	for end := time.Now().Add(time.Minute); len(w.Answers()) < 2; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("answered is only %v", w.Answers())
		}
	}
	for key, answer := range w.Answers() {
		if answer.T != "refused" || answer.Code != "closed" {
			t.Errorf("%s was answered %+v", key, answer)
		}
	}
}

// TestEnteredForSomebody: staff enter what came by post, before or after the deadline; the code is shown once.
func TestEnteredForSomebody(t *testing.T) {
	s := servertest.Start(t)
	m, items := meetingWithRoom(t, s)
	until := s.Clock.Now().Add(24 * time.Hour).Truncate(time.Minute)
	s.API(t, s.Token(t, auth.Secretary), "PATCH", "/meetings/"+m.Slug, map[string]any{"ask_until": until.Format(time.RFC3339)}, nil)
	s.Clock.Advance(25 * time.Hour)
	desk, at := s.SignedIn(t, auth.Moderator), "/desk/meetings/"+m.Slug+"/questions"
	page := desk.Get(t, at+"/new")
	if page.StatusCode != http.StatusOK || !strings.Contains(page.Text, "What came in time can still be entered") {
		t.Fatalf("the form answered %d", page.StatusCode)
	}
	if a := s.SignedIn(t, auth.Member).Get(t, at+"/new"); a.StatusCode != http.StatusForbidden && a.StatusCode != http.StatusNotFound {
		t.Errorf("a member got %d", a.StatusCode)
	}
	enter := func(key, way string, came time.Time) servertest.Answer {
		came = came.In(m.Location())
		return desk.Post(t, at, "key", key, "way", way, "date", came.Format(time.DateOnly), "time", came.Format("15:04"), "text", "Will there be a bus?", "name", "Mrs Hill", "item", items[0].ID)
	}
	key := keyOf(t, page.Text)
	if a := enter(key, "", until.Add(-time.Hour)); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "Choose how it came") || !strings.Contains(a.Text, "Will there be a bus?") {
		t.Errorf("without a way: %d", a.StatusCode)
	}
	if a := enter(key, "post", until.Add(time.Minute)); a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, "Will there be a bus?") {
		t.Errorf("received late: %d", a.StatusCode)
	}
	done := enter(key, "post", until.Add(-time.Hour))
	found := regexp.MustCompile(`(?s)<dd class="cd-no">(Q-[\d-]+)</dd>.*?<dd class="cd-no">([^<]+)</dd>`).FindStringSubmatch(done.Text)
	if done.StatusCode != http.StatusCreated || found == nil || done.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("entering answered %d: %s", done.StatusCode, done.Text)
	}
	if own := s.Browser(t).Get(t, "/questions/"+found[1]+"/mine/"+found[2]); own.StatusCode != http.StatusOK || !strings.Contains(own.Text, "Will there be a bus?") {
		t.Errorf("number and code open %d", own.StatusCode)
	}
	if file := desk.Get(t, "/desk/questions/"+found[1]).Text; strings.Contains(file, found[2]) || !strings.Contains(file, "came by post") || !strings.Contains(file, "entered by") {
		t.Error("the file of the question shows its code, or not how it came")
	}
	if again := enter(key, "post", until.Add(-time.Hour)); !strings.Contains(again.Text, found[1]) {
		t.Errorf("sent twice it answered %d with another number", again.StatusCode)
	}
	for range 3 { // several people by the same desk are several people
		if a := enter(papers.NewID(), "phone", until.Add(-time.Minute)); a.StatusCode != http.StatusCreated {
			t.Errorf("another person's answered %d", a.StatusCode)
		}
	}
}

// TestMeetingRules: a meeting's own rules are made and dropped at the desk and by the API, with the warning of
// a deadline that falls before the papers (rules.md Q-4).
func TestMeetingRules(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	desk, at := s.SignedIn(t, auth.Secretary), "/desk/meetings/"+m.Slug+"/rules"
	if a := desk.Post(t, at, "count", "", "words", "lots"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, `value="lots"`) {
		t.Errorf("a number that is none answered %d, or was lost", a.StatusCode)
	}
	if a := desk.Post(t, at, "count", "calendar_days", "days", "0", "clock", "00:01", "words", "40", "agenda_only", "yes"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("saving answered %d: %s", a.StatusCode, a.Text)
	}
	if page := s.Browser(t).Get(t, "/meetings/"+m.Slug+"/questions").Text; !strings.Contains(page, "at most 40 words") || strings.Contains(page, "Others can support") {
		t.Error("the form does not say the rules of the meeting")
	}
	if board := s.Browser(t).Get(t, "/boards/"+m.Board).Text; strings.Contains(board, "40 words") {
		t.Error("the board took the rules of the meeting")
	}
	early := s.Clock.Now().Add(-time.Hour)
	token := s.Token(t, auth.Secretary)
	s.API(t, token, "PATCH", "/meetings/"+m.Slug, map[string]any{"ask_until": early.Format(time.RFC3339)}, nil)
	if page := desk.Get(t, at).Text; !strings.Contains(page, "Questions close before the papers come out") || !strings.Contains(page, "By the board’s rule they would close") || !strings.Contains(page, "nobody could ask one") {
		t.Error("the desk is not warned of the deadline")
	}
	var got struct {
		Rules *papers.QuestionRules `json:"question_rules"`
	}
	if s.API(t, token, "GET", "/meetings/"+m.Slug, nil, &got); got.Rules == nil || got.Rules.Words != 40 {
		t.Errorf("the API tells %+v", got.Rules)
	}
	if a := desk.Post(t, at, "do", "board"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("dropping answered %d", a.StatusCode)
	}
	got.Rules = nil
	if s.API(t, token, "GET", "/meetings/"+m.Slug, nil, &got); got.Rules != nil {
		t.Errorf("the API still tells %+v", got.Rules)
	}
	if status, text := s.API(t, token, "PATCH", "/meetings/"+m.Slug, map[string]any{"question_rules": map[string]any{"words": 3000}}, nil); status != http.StatusUnprocessableEntity {
		t.Errorf("rules that cannot be answered %d %s", status, text)
	}
}

// TestAskingLooks: the pages that are asked with, in a browser: counted in words, by socket too, clean by axe.
func TestAskingLooks(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("axe-core is not here: make assets brings it")
	}
	s := servertest.Start(t)
	m, items := ruledMeeting(t, s, strict())
	c := startChromium(t)
	clean := func(p *person, name string) {
		p.looks(name)
		for _, width := range []int64{phone, wide} {
			p.resize(width)
			for _, fault := range p.axe(string(axe)) {
				t.Errorf("%s at %d: %s", name, width, fault)
			}
		}
	}
	p := c.person(t, s, "a resident", wide)
	p.open("/meetings/" + m.Slug + "/questions")
	p.fill("#text", "How long – do people wait?")
	p.until("words are counted", `document.querySelector('#left').innerText === '3 words left'`)
	clean(p, "ledger with every rule")
	desk := c.person(t, s, "the secretary", wide)
	desk.signIn(auth.Secretary)
	for name, path := range map[string]string{"rules of a meeting": "/desk/meetings/" + m.Slug + "/rules", "rules of a board": "/desk/boards/" + m.Board, "entry for somebody": "/desk/meetings/" + m.Slug + "/questions/new"} {
		desk.open(path)
		clean(desk, name)
	}
	if status, text := s.API(t, s.Token(t, auth.Secretary), "POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": "open", "asking": "live"}, nil); status != http.StatusOK {
		t.Fatalf("opening the room: %d %s", status, text)
	}
	p.open("/meetings/" + m.Slug + "/live")
	p.until("the room is joined", `document.querySelector('.cd-conn:not(.cd-conn--off)') !== null`)
	p.fill("#text", "One two three four five six seven eight nine")
	p.click("#ask button[type=submit]", "Send")
	p.until("it says what is too long", `document.querySelector('#ask-error')?.innerText.includes('9 words')`)
	p.fill("#text", "Will there be beds for everybody?")
	p.fill("#name", "Ann Reed")
	clean(p, "room with every rule")
	evaluate[bool](p, fmt.Sprintf(`(document.querySelector('#item').value = %q, document.querySelector('#confirmed').checked = true, document.querySelector('#health').checked = true)`, items[0].ID))
	p.click("#ask button[type=submit]", "Send")
	p.until("it has a number", `document.querySelector('[data-mine]').innerText.includes('Q-')`)
	queue, err := s.Record.Queue(t.Context(), m.Slug)
	if err != nil || len(queue) != 1 || !queue[0].Health || queue[0].Name != "Ann Reed" || queue[0].Item != items[0].ID || queue[0].Channel != "room" {
		t.Errorf("the queue has %+v, %v", queue, err)
	}
}
