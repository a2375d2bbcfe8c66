package server_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// asks is a question with everything that can be given with one.
func asks(t *testing.T, s *servertest.Site, meeting, words, email string) (q livestream.Contribution, path string) {
	t.Helper()
	q, err := s.Hub.Ask(context.Background(), livestream.Ask{Meeting: meeting, Device: papers.NewID(), Key: papers.NewID(), Kind: livestream.KindQuestion, Name: "Askername", Area: "Saltfen", Email: email, Text: words})
	if err != nil {
		t.Fatalf("asking: %v", err)
	}
	return q, "/questions/" + q.Number + "/mine/" + q.Code
}

// patch decides by the API.
func patch(t *testing.T, s *servertest.Site, token, number string, body map[string]any) (status int, got livestream.Contribution) {
	t.Helper()
	status, text := s.API(t, token, "PATCH", "/questions/"+number, body, &got)
	if status >= 500 {
		t.Fatalf("%v answered %d %s", body, status, text)
	}
	return status, got
}

// ways are how a question comes into each state.
var ways = map[livestream.State][]map[string]any{
	livestream.Received: nil, livestream.Held: {{"state": "held"}}, livestream.Published: {{"state": "published"}},
	livestream.Refused: {{"state": "refused", "reason": "vexatious", "told": "Toldwords"}}, livestream.Transferred: {{"state": "transferred", "transfer": "foi"}},
	livestream.Put: {{"state": "published"}, {"state": "put"}}, livestream.NotReached: {{"state": "published"}, {"state": "not_reached", "answer_due": "2020-01-02"}},
	livestream.AnsweredOrally:  {{"state": "published"}, {"state": "answered_orally", "answer": "Answerwords"}},
	livestream.AnsweredWriting: {{"state": "published"}, {"draft": "Answerwords", "answered_by": "The director"}, {"approve": true}, {"state": "answered_in_writing"}},
}

// TestMine_everyState: the asker always sees their own words and where they stand; others see what they may.
func TestMine_everyState(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	token := s.Token(t, auth.Secretary)
	first, _ := asks(t, s, m.Slug, "The first one", "")
	patch(t, s, token, first.Number, map[string]any{"state": "published"})
	ways := maps.Clone(ways)
	ways[livestream.Merged] = []map[string]any{{"state": "merged", "merged_into": first.Number}}
	for state, steps := range ways {
		words := "Canarywords " + string(state)
		q, mine := asks(t, s, m.Slug, words, "")
		for _, step := range steps {
			if status, _ := patch(t, s, token, q.Number, step); status != http.StatusOK {
				t.Fatalf("%s: %v answered %d", state, step, status)
			}
		}
		own := s.Browser(t).Get(t, mine)
		for _, want := range []string{words, q.Number, q.Code, "Where it stands", stands[state]} {
			if own.StatusCode != http.StatusOK || !strings.Contains(own.Text, want) {
				t.Errorf("%s: the private page (%d) lacks %q", state, own.StatusCode, want)
			}
		}
		if strings.Contains(own.Text, "exatious") {
			t.Errorf("%s: the asker reads a judgement", state)
		}
		if state == livestream.Refused && !strings.Contains(own.Text, "Toldwords") {
			t.Error("the asker does not read what they were told")
		}
		for _, path := range []string{"/questions/" + q.Number, "/questions?state=" + string(state), "/meetings/" + m.Slug + "/questions", "/meetings/" + m.Slug + "/questions.csv", "/questions.csv",
			"/api/v1/questions", "/api/v1/meetings/" + m.Slug + "/questions", "/api/v1/meetings/" + m.Slug + "/live?since=0", "/api/v1/log/entries?from=1", "/meetings/" + m.Slug + "/live"} {
			p := s.Browser(t).Get(t, path)
			if strings.Contains(p.Text, words) && !state.ShowsWords() {
				t.Errorf("%s: %s shows the words", state, path)
			}
			for _, leak := range []string{q.Code, "exatious", "Toldwords"} {
				if strings.Contains(p.Text, leak) {
					t.Errorf("%s: %s shows %q", state, path, leak)
				}
			}
		}
		servertest.Eventually(t, "the public page of one that is "+string(state), func() bool {
			return strings.Contains(s.Browser(t).Get(t, "/questions/"+q.Number).Text, words) == state.ShowsWords()
		})
	}
	t.Run("late and owed stand in public and at the desk", func(t *testing.T) {
		for _, path := range []string{"/questions", "/boards/" + m.Board + "/questions", "/meetings/" + m.Slug + "/questions"} {
			servertest.Eventually(t, path+" to say what is late", func() bool { return strings.Contains(s.Browser(t).Get(t, path).Text, "1 written answer is late.") })
		}
		desk := s.SignedIn(t, auth.Secretary, m.Board)
		if p := desk.Get(t, "/desk"); !strings.Contains(p.Text, "Written answer to Q-") || !strings.Contains(p.Text, "passed on as a request for information") {
			t.Error("the desk does not list what is due")
		}
		if p := desk.Get(t, "/desk/questions"); strings.Count(p.Text, `cd-badge--late">Late, due 2 January 2020`) != 1 {
			t.Error("the list of what waits does not say what is late")
		}
	})
	t.Run("the table has a row for each and no names", func(t *testing.T) {
		p := s.Browser(t).Get(t, "/meetings/"+m.Slug+"/questions.csv")
		rows, err := csv.NewReader(strings.NewReader(p.Text)).ReadAll()
		if err != nil || len(rows) != len(ways)+2 || strings.Contains(p.Text, "Askername") {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
}

// stands is what the asker reads in each state.
var stands = map[livestream.State]string{livestream.Received: "It waits for the moderator.", livestream.Held: "The moderator holds it", livestream.Published: "It is published", livestream.Merged: "It was joined to one like it.",
	livestream.Refused: "It was not taken. It falls outside the board’s rules for questions.", livestream.Transferred: "It was passed on as a request for information.", livestream.Put: "It was put to the board",
	livestream.NotReached: "It was promised by Thursday 2 January 2020 and is late.", livestream.AnsweredOrally: "Answerwords", livestream.AnsweredWriting: "By The director."}

// TestRespond: what an asker does by plain forms.
func TestRespond(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	token := s.Token(t, auth.Secretary)
	asker := s.Browser(t)

	t.Run("agrees to other words", func(t *testing.T) {
		q, mine := asks(t, s, m.Slug, "My mother Joan fell. Why?", "")
		_, offered := patch(t, s, token, q.Number, map[string]any{"state": "held", "redraft": "What is done about falls?", "told": "So that nobody is named."})
		p := asker.Get(t, mine)
		for _, want := range []string{"What is done about falls?", "My mother Joan fell. Why?", "So that nobody is named.", "Use the words offered"} {
			if !strings.Contains(p.Text, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if a := asker.Post(t, mine, "do", "agree", "revision", "1"); a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, "Read the words again") {
			t.Errorf("agreeing to what was not read answered %d", a.StatusCode)
		}
		for range 2 { // sent twice is once
			if a := asker.Post(t, mine, "do", "agree", "revision", fmt.Sprint(offered.Revision)); a.StatusCode != http.StatusSeeOther {
				t.Fatalf("agreeing answered %d %s", a.StatusCode, a.Text)
			}
		}
		patch(t, s, token, q.Number, map[string]any{"state": "published"})
		servertest.Eventually(t, "the agreed words in public", func() bool {
			p := asker.Get(t, "/questions/"+q.Number)
			return strings.Contains(p.Text, "What is done about falls?") && strings.Contains(p.Text, "in words agreed with the asker") && !strings.Contains(p.Text, "Joan")
		})
	})
	t.Run("replies to a refusal, which is taken up again", func(t *testing.T) {
		q, mine := asks(t, s, m.Slug, "Why is the bridge closed?", "")
		patch(t, s, token, q.Number, map[string]any{"state": "refused", "reason": "not-responsible"})
		if a := asker.Post(t, mine, "do", "reply", "text", ""); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "Write your reply first") {
			t.Errorf("an empty reply answered %d", a.StatusCode)
		}
		if a := asker.Post(t, mine, "do", "reply", "text", "It is your bridge."); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("replying answered %d %s", a.StatusCode, a.Text)
		}
		desk := s.SignedIn(t, auth.Moderator, m.Board)
		if p := desk.Get(t, "/desk/questions"); !strings.Contains(p.Text, "/desk/questions/"+q.Number) {
			t.Error("the reply does not reach the desk")
		}
		file := desk.Get(t, "/desk/questions/"+q.Number)
		rev := between(t, file.Text, `name="revision" value="`, `"`)
		if !strings.Contains(file.Text, "It is your bridge.") {
			t.Error("the file does not hold the reply")
		}
		if a := desk.Post(t, "/desk/questions/"+q.Number+"/file", "act", "again", "revision", rev, "told", "You are right."); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("taking it up again answered %d %s", a.StatusCode, a.Text)
		}
		if p := asker.Get(t, mine); !strings.Contains(p.Text, "You are right.") || !strings.Contains(p.Text, "It waits for the moderator") {
			t.Error("the asker does not see that it is taken up again")
		}
		if p := desk.Get(t, "/desk/questions"); strings.Contains(p.Text, "/desk/questions/"+q.Number) {
			t.Error("it still waits at the desk")
		}
	})
	t.Run("withdraws, and takes the name off", func(t *testing.T) {
		q, mine := asks(t, s, m.Slug, "Withdrawnwords?", "")
		patch(t, s, token, q.Number, map[string]any{"state": "published"})
		if a := asker.Post(t, mine, "do", "unname"); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("answered %d %s", a.StatusCode, a.Text)
		}
		servertest.Eventually(t, "the page without the name", func() bool {
			p := asker.Get(t, "/questions/"+q.Number)
			return !strings.Contains(p.Text, "Askername") && strings.Contains(p.Text, "Withdrawnwords?")
		})
		if a := asker.Post(t, mine, "do", "withdraw"); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("answered %d %s", a.StatusCode, a.Text)
		}
		if p := asker.Get(t, mine); !strings.Contains(p.Text, "Withdrawnwords?") || strings.Contains(p.Text, `value="withdraw"`) {
			t.Error("the asker does not see what they took back, or can take it back again")
		}
		for _, path := range []string{"/questions/" + q.Number, "/api/v1/meetings/" + m.Slug + "/live?since=0"} {
			servertest.Eventually(t, path+" without the words", func() bool { return !strings.Contains(asker.Get(t, path).Text, "Withdrawnwords?") })
		}
		if status, _ := patch(t, s, token, q.Number, map[string]any{"state": "published"}); status != http.StatusConflict {
			t.Errorf("publishing what was taken back answered %d", status)
		}
	})
	t.Run("asks one further question after the answer", func(t *testing.T) {
		q, mine := asks(t, s, m.Slug, "How many beds?", "")
		for _, step := range ways[livestream.AnsweredWriting] {
			patch(t, s, token, q.Number, step)
		}
		if a := asker.Post(t, mine, "do", "further", "text", "And in May?"); a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, "allow no further question") {
			t.Errorf("without the rule it answered %d", a.StatusCode)
		}
		b, err := s.Record.Board(context.Background(), m.Board)
		if err != nil {
			t.Fatal(err)
		}
		b.Questions.Supplementary = true
		if err := s.Record.ChangeBoard(context.Background(), b, papers.Change{By: papers.Program, Acts: []papers.Act{{Kind: papers.ActBoardChanged, Subject: "boards/" + b.Slug, Board: b.Slug}}}); err != nil {
			t.Fatal(err)
		}
		first := asker.Post(t, mine, "do", "further", "text", "And in May?")
		again := asker.Post(t, mine, "do", "further", "text", "And in May?")
		path := first.Header.Get("Location")
		if first.StatusCode != http.StatusSeeOther || again.Header.Get("Location") != path || numberIn(path) == q.Number {
			t.Fatalf("answered %d to %s, then to %s", first.StatusCode, path, again.Header.Get("Location"))
		}
		if a := asker.Post(t, mine, "do", "further", "text", "And in June?"); a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, "And in June?") {
			t.Errorf("a second one answered %d, or lost its words", a.StatusCode)
		}
		patch(t, s, token, numberIn(path), map[string]any{"state": "published"})
		servertest.Eventually(t, "the further question in public", func() bool {
			p := asker.Get(t, "/questions/"+numberIn(path))
			return strings.Contains(p.Text, "And in May?") && strings.Contains(p.Text, "It follows the answer to") && strings.Contains(p.Text, q.Number)
		})
		if p := asker.Get(t, path); strings.Contains(p.Text, `value="further"`) {
			t.Error("a further question may be followed by another")
		}
	})
	t.Run("a reply sent twice is one", func(t *testing.T) {
		q, mine := asks(t, s, m.Slug, "Twice?", "")
		for range 2 {
			asker.Post(t, mine, "do", "reply", "text", "Only once.")
		}
		if list, err := s.Record.Messages(context.Background(), q.Number); err != nil || len(list) != 1 {
			t.Errorf("the file holds %d messages, %v", len(list), err)
		}
	})
	t.Run("nobody else", func(t *testing.T) {
		q, mine := asks(t, s, m.Slug, "Mine alone?", "")
		wrong := strings.TrimSuffix(mine, q.Code) + "AAAAA-AAAAA"
		if a := s.Browser(t).Post(t, wrong, "do", "withdraw"); a.StatusCode != http.StatusNotFound {
			t.Errorf("a wrong code answered %d", a.StatusCode)
		}
		if a := s.Browser(t).Do(t, "POST", mine, "application/x-www-form-urlencoded", strings.NewReader("do=withdraw"), "Origin", "https://evil.example"); a.StatusCode != http.StatusForbidden {
			t.Errorf("a form of another site answered %d", a.StatusCode)
		}
		if a := s.Browser(t).Post(t, mine, "do", "publish"); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("an act that is none answered %d", a.StatusCode)
		}
	})
}

func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, from)
	found, _, end := strings.Cut(rest, to)
	if !ok || !end {
		t.Fatalf("there is no %q", from)
	}
	return found
}

// TestFind: number and code as they are read out on the telephone open the page, in no address.
func TestFind(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	q, _ := asks(t, s, m.Slug, "Canaryspoken?", "")
	plain := strings.ReplaceAll(q.Code, "-", "")
	spoken := strings.NewReplacer("0", "o", "1", "l").Replace(strings.ToLower(plain))
	for _, code := range []string{q.Code, spoken, plain[:3] + " " + plain[3:6] + "–" + plain[6:]} {
		a := s.Browser(t).Post(t, "/questions/find", "number", strings.ToLower(strings.ReplaceAll(q.Number, "-", " ")), "code", code)
		if a.StatusCode != http.StatusOK || !strings.Contains(a.Text, "Canaryspoken?") || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%q answered %d %v", code, a.StatusCode, a.Header)
		}
		if strings.Contains(a.Text, "/mine/") {
			t.Error("the page made of a typed code repeats the private address")
		}
	}
	b := s.Browser(t)
	if a := b.Post(t, "/questions/find", "number", q.Number, "code", q.Code, "do", "reply", "text", "By telephone"); a.StatusCode != http.StatusOK || !strings.Contains(a.Text, "Your message is with the moderator.") {
		t.Errorf("replying from there answered %d", a.StatusCode)
	}
	for i := range 12 {
		a := b.Post(t, "/questions/find", "number", q.Number, "code", fmt.Sprintf("AAAAA-%05d", i))
		want := http.StatusUnprocessableEntity
		if i >= 10 {
			want = http.StatusTooManyRequests
		}
		if a.StatusCode != want || strings.Contains(a.Text, "Canaryspoken?") {
			t.Errorf("wrong code %d answered %d, want %d", i, a.StatusCode, want)
		}
	}
	if a := b.Post(t, "/questions/find", "number", q.Number, "code", q.Code); a.StatusCode != http.StatusOK {
		t.Errorf("after the attempts of others the right code answered %d", a.StatusCode)
	}
}

// TestCodesStaySecret: codes are in no log, also not of what goes wrong, and in no address that a page links to.
func TestCodesStaySecret(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	q, mine := asks(t, s, m.Slug, "Why?", "")
	b := s.Browser(t)
	p := b.Get(t, mine)
	for _, link := range strings.Split(p.Text, `href="`)[1:] {
		if address, _, _ := strings.Cut(link, `"`); strings.Contains(address, q.Code) {
			t.Errorf("the page links to %s", address)
		}
	}
	b.Post(t, mine, "do", "reply", "text", "x")
	b.Post(t, "/questions/find", "number", q.Number, "code", q.Code)
	b.Get(t, mine+"/nothing")
	b.Do(t, "PUT", mine, "text/plain", strings.NewReader("x"))
	if err := s.Record.Close(); err != nil {
		t.Fatal(err)
	}
	if a := b.Get(t, mine); a.StatusCode != http.StatusInternalServerError || strings.Contains(a.Text, q.Code) {
		t.Errorf("with a broken record it answered %d", a.StatusCode)
	}
	b.Post(t, "/questions/find", "number", q.Number, "code", q.Code)
	log := s.Logged()
	if !strings.Contains(log, "/questions/:number/mine/:code") {
		t.Error("the log does not say which route failed")
	}
	for _, code := range []string{q.Code, strings.ReplaceAll(q.Code, "-", "")} {
		if strings.Contains(log, code) {
			t.Error("the log holds a private code")
		}
	}
}

// TestRefusals: a moderator proposes, the board's decision role decides; the board chooses who that is.
func TestRefusals(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	moderator, secretary := s.Token(t, auth.Moderator, m.Board), s.Token(t, auth.Secretary, m.Board)
	refuse := map[string]any{"state": "refused", "reason": "individual-case", "note": "Names a ward.", "told": "Ask the complaints team."}

	q, mine := asks(t, s, m.Slug, "Proposedwords?", "")
	status, got := patch(t, s, moderator, q.Number, refuse)
	if status != http.StatusOK || got.State != livestream.Held || got.Proposed == nil || got.Proposed.Note != "Names a ward." {
		t.Fatalf("a moderator's refusal answered %d: %+v", status, got)
	}
	if p := s.Browser(t).Get(t, mine); !strings.Contains(p.Text, "proposes not to take it") {
		t.Error("the asker does not read that a refusal is proposed")
	}
	servertest.Eventually(t, "others to read that it waits", func() bool {
		return strings.Contains(s.Browser(t).Get(t, "/questions/"+q.Number).Text, "It waits for the moderator")
	})
	chair := s.SignedIn(t, auth.Chair, m.Board)
	if p := chair.Get(t, "/desk/questions"); !strings.Contains(p.Text, "/desk/questions/"+q.Number) {
		t.Error("the chair does not see what is proposed")
	}
	file := chair.Get(t, "/desk/questions/"+q.Number)
	rev := between(t, file.Text, `name="revision" value="`, `"`)
	if !strings.Contains(file.Text, "Do not refuse") || strings.Contains(file.Text, "Change them, and tell the asker") {
		t.Error("the chair is not offered the decision, or more than that")
	}
	if a := chair.Post(t, "/desk/questions/"+q.Number+"/file", "act", "edit", "words", "Other", "revision", rev); a.StatusCode != http.StatusForbidden {
		t.Errorf("a chair who edits is answered %d", a.StatusCode)
	}
	if a := s.SignedIn(t, auth.Chair, s.Board(t, "Other Board")).Post(t, "/desk/questions/"+q.Number+"/file", "act", "refuse", "reason", "late", "revision", rev); a.StatusCode != http.StatusForbidden {
		t.Errorf("the chair of another board is answered %d", a.StatusCode)
	}
	if a := chair.Post(t, "/desk/questions/"+q.Number+"/file", "act", "refuse", "reason", "individual-case", "told", "Ask the complaints team.", "revision", rev); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("the chair's decision answered %d %s", a.StatusCode, a.Text)
	}
	if p := s.Browser(t).Get(t, mine); !strings.Contains(p.Text, "It was not taken. It is about one person’s care or case.") || !strings.Contains(p.Text, "Ask the complaints team.") {
		t.Error("the asker does not read the refusal")
	}
	other, _ := asks(t, s, m.Slug, "Waitingwords?", "")
	for _, number := range []string{q.Number, other.Number} {
		if p := chair.Get(t, "/desk/questions/"+number); p.StatusCode != http.StatusForbidden || strings.Contains(p.Text, "words?") {
			t.Errorf("the chair reads %s, which waits for no decision: %d", number, p.StatusCode)
		}
		if a := chair.Post(t, "/desk/questions/"+number+"/file", "act", "refuse", "reason", "late", "revision", "1"); a.StatusCode != http.StatusForbidden {
			t.Errorf("the chair refuses %s by themselves: %d", number, a.StatusCode)
		}
	}
	messages, err := s.Record.Messages(context.Background(), q.Number)
	if err != nil || len(messages) != 2 || messages[0].By.Role != "moderator" || messages[1].By.Role != "chair" || messages[1].Reason != "individual-case" {
		t.Errorf("the record of the decision is %+v, %v", messages, err)
	}

	t.Run("a secretary refuses at once", func(t *testing.T) {
		q, _ := asks(t, s, m.Slug, "x?", "")
		if status, got := patch(t, s, secretary, q.Number, refuse); status != http.StatusOK || got.State != livestream.Refused {
			t.Errorf("answered %d: %s", status, got.State)
		}
	})
	for role, want := range map[papers.RefusalRole][2]livestream.State{papers.RefusedByModerator: {livestream.Refused, livestream.Refused}, papers.RefusedByChair: {livestream.Held, livestream.Held},
		papers.RefusedBySecretary: {livestream.Held, livestream.Refused}} {
		t.Run("decided by the "+string(role), func(t *testing.T) {
			b, err := s.Record.Board(context.Background(), m.Board)
			if err != nil {
				t.Fatal(err)
			}
			b.Questions.RefusedBy = role
			if err := s.Record.ChangeBoard(context.Background(), b, papers.Change{By: papers.Program, Acts: []papers.Act{{Kind: papers.ActBoardChanged, Subject: "boards/" + b.Slug, Board: b.Slug}}}); err != nil {
				t.Fatal(err)
			}
			for i, token := range []string{moderator, secretary} {
				q, _ := asks(t, s, m.Slug, "x?", "")
				if _, got := patch(t, s, token, q.Number, refuse); got.State != want[i] {
					t.Errorf("token %d: %s, want %s", i, got.State, want[i])
				}
			}
		})
	}
}

// TestAnswersByEmail: who left an address gets the answer there once, with the private link, and nobody else does.
func TestAnswersByEmail(t *testing.T) {
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	m, _ := meetingWithRoom(t, s)
	token := s.Token(t, auth.Secretary)
	q, mine := asks(t, s, m.Slug, "Secretwords?", "asker@example.org")
	if p := s.Browser(t).Get(t, mine); !strings.Contains(p.Text, "we write to the address that you gave") || strings.Contains(p.Text, "asker@example.org") {
		t.Error("the page does not say that a letter comes, or shows the address")
	}
	patch(t, s, token, q.Number, map[string]any{"state": "published"})
	servertest.Eventually(t, "the first letter", func() bool { return len(box.To("asker@example.org")) == 1 })
	patch(t, s, token, q.Number, map[string]any{"state": "answered_in_writing", "answer": "Yes, in May."})
	servertest.Eventually(t, "the answer", func() bool { return len(box.To("asker@example.org")) == 2 })
	letter := box.To("asker@example.org")[1]
	body := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(letter.Body)
	if !strings.Contains(letter.Header.Get("Subject"), q.Number+" is answered") || !strings.Contains(body, "Yes, in May.") || !strings.Contains(body, s.URL+mine) || strings.Contains(body, "Secretwords") || letter.Header.Get("List-Unsubscribe") != "" {
		t.Errorf("the letter is %v %s", letter.Header, body)
	}
	b := s.Browser(t)
	if a := b.Post(t, "/meetings/"+m.Slug+"/questions", "key", "k", "text", "By the form?", "email", "not an address"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, `href="#email"`) || !strings.Contains(a.Text, "By the form?") {
		t.Errorf("an address that is none answered %d", a.StatusCode)
	}
	form := numberIn(askPlainly(t, b, m.Slug, "By the form?", "email", "form@example.org"))
	patch(t, s, token, form, map[string]any{"state": "published"})
	servertest.Eventually(t, "the letter to who asked by the form", func() bool { return len(box.To("form@example.org")) == 1 })
	if a := s.Browser(t).Post(t, mine, "do", "forget"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("forgetting the address answered %d", a.StatusCode)
	}
	other, _ := asks(t, s, m.Slug, "Another?", "other@example.org")
	patch(t, s, token, q.Number, map[string]any{"state": "answered_in_writing", "answer": "Yes, in June."})
	patch(t, s, token, other.Number, map[string]any{"state": "published"})
	servertest.Eventually(t, "the letter to another", func() bool { return len(box.To("other@example.org")) == 1 })
	if n := len(box.To("asker@example.org")); n != 2 || len(box.Letters()) != 4 {
		t.Errorf("%d letters to the asker, %d in all", n, len(box.Letters()))
	}
}

// TestNoMailServer: where no letters go out no address is asked for, and none is kept.
func TestNoMailServer(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	b := s.Browser(t)
	if p := b.Get(t, "/meetings/"+m.Slug+"/questions"); strings.Contains(p.Text, `name="email"`) {
		t.Error("an address is asked for")
	}
	if email, err := s.Record.Email(context.Background(), numberIn(askPlainly(t, b, m.Slug, "Why?", "email", "form@example.org"))); err != nil || email != "" {
		t.Errorf("an address is kept: %q, %v", email, err)
	}
}

// TestHeldMeeting: what was not reached is marked when the meeting is held, and promised by the working days of the board.
func TestHeldMeeting(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	b, err := s.Record.Board(context.Background(), m.Board)
	if err != nil {
		t.Fatal(err)
	}
	b.Questions.ReplyDays = 10
	if err := s.Record.ChangeBoard(context.Background(), b, papers.Change{By: papers.Program, Acts: []papers.Act{{Kind: papers.ActBoardChanged, Subject: "boards/" + b.Slug, Board: b.Slug}}}); err != nil {
		t.Fatal(err)
	}
	token := s.Token(t, auth.Secretary)
	q, _ := asks(t, s, m.Slug, "Left over?", "")
	patch(t, s, token, q.Number, map[string]any{"state": "published"})
	desk := s.SignedIn(t, auth.Secretary, m.Board)
	desk.Post(t, "/desk/meetings/"+m.Slug+"/room", "room", "open")
	desk.Post(t, "/desk/meetings/"+m.Slug+"/room", "room", "closed")
	if a := desk.Post(t, "/desk/meetings/"+m.Slug+"/held"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("answered %d %s", a.StatusCode, a.Text)
	}
	got, err := s.Record.Question(context.Background(), q.Number)
	if err != nil || got.State != livestream.NotReached || got.AnswerDue <= m.StartsAt.AddDate(0, 0, 13).Format(time.DateOnly) || got.AnswerDue > m.StartsAt.AddDate(0, 0, 20).Format(time.DateOnly) {
		t.Errorf("it is %s, due %s after a meeting on %s, %v", got.State, got.AnswerDue, m.StartsAt, err)
	}
	p := s.Browser(t).Get(t, "/meetings/"+m.Slug+"/questions")
	if !strings.Contains(p.Text, "One was published and not reached.") || !strings.Contains(p.Text, "1 written answer is owed, none of them late.") {
		t.Error("the ledger does not say what was not reached and what is owed")
	}
}
