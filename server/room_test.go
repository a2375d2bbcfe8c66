package server_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// meetingWithRoom is an announced meeting with two public items.
func meetingWithRoom(t *testing.T, s *servertest.Site) (papers.Meeting, []papers.Item) {
	t.Helper()
	m := s.Meeting(t, s.Board(t, "Partnership Board"), 7)
	items := []papers.Item{s.Item(t, m.Slug, "Urgent care"), s.Item(t, m.Slug, "Community beds")}
	token := s.Token(t, auth.Secretary)
	if status, text := s.API(t, token, "POST", "/meetings/"+m.Slug+"/publish", map[string]any{}, nil); status >= 300 {
		t.Fatalf("publishing the agenda: %d %s", status, text)
	}
	return m, items
}

var keyField = regexp.MustCompile(`name="key" value="([^"]+)"`)

// askPlainly asks by the form of the page, as a browser without scripts does, and answers the path
// of the private page.
func askPlainly(t *testing.T, b *servertest.Browser, meeting, text string, fields ...string) string {
	t.Helper()
	p := b.Get(t, "/meetings/"+meeting+"/questions")
	key := keyField.FindStringSubmatch(p.Text)
	if key == nil {
		t.Fatalf("the page has no form to ask with: %d %s", p.StatusCode, p.Text)
	}
	a := b.Post(t, "/meetings/"+meeting+"/questions", append([]string{"key", key[1], "text", text}, fields...)...)
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("asking answered %d: %s", a.StatusCode, a.Text)
	}
	return a.Header.Get("Location")
}

func numberIn(path string) string { return strings.Split(path, "/")[2] }

// decide posts the desk's form about a question, with the revision that the desk shows.
func decide(t *testing.T, desk *servertest.Browser, meeting, number string, fields ...string) servertest.Answer {
	t.Helper()
	p := desk.Get(t, "/desk/meetings/"+meeting+"/live?show=all&q="+number)
	rev := regexp.MustCompile(`name="revision" data-field="revision" value="(\d+)"`).FindStringSubmatch(p.Text)
	if p.StatusCode != http.StatusOK || rev == nil || !strings.Contains(p.Text, `action="/desk/questions/`+number+`"`) {
		t.Fatalf("the desk does not have %s in hand: %d", number, p.StatusCode)
	}
	return desk.Post(t, "/desk/questions/"+number, append([]string{"revision", rev[1]}, fields...)...)
}

func TestAskWithoutScripts(t *testing.T) {
	s := servertest.Start(t)
	m, items := meetingWithRoom(t, s)
	b := s.Browser(t)
	mine := askPlainly(t, b, m.Slug, "What is offered to people who cannot leave home?", "name", "Carer", "area", "Saltfen", "item", items[0].ID)
	own := s.Browser(t).Get(t, mine) // another browser: the address is enough
	for _, want := range []string{"What is offered to people who cannot leave home?", numberIn(mine), "Carer, Saltfen", "Keep this address", s.URL + mine, "It waits for the moderator"} {
		if !strings.Contains(own.Text, want) {
			t.Errorf("the private page lacks %q", want)
		}
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"} {
		if got := own.Header.Get(name); got != want {
			t.Errorf("the private page has %s %q, want %q", name, got, want)
		}
	}

	t.Run("sent twice is one question", func(t *testing.T) {
		key := strings.Repeat("k", 20)
		first := b.Post(t, "/meetings/"+m.Slug+"/questions", "key", key, "text", "Once?")
		again := b.Post(t, "/meetings/"+m.Slug+"/questions", "key", key, "text", "Once?")
		if first.Header.Get("Location") == "" || first.Header.Get("Location") != again.Header.Get("Location") {
			t.Errorf("the same form led to %q and %q", first.Header.Get("Location"), again.Header.Get("Location"))
		}
	})
	t.Run("too long keeps the words", func(t *testing.T) {
		words := "Begin " + strings.Repeat("x", 520)
		a := b.Post(t, "/meetings/"+m.Slug+"/questions", "key", "k1", "text", words, "name", "A & B", "area", "Eastwold", "item", items[1].ID)
		if a.StatusCode != http.StatusRequestEntityTooLarge && a.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("answered %d", a.StatusCode)
		}
		for _, want := range []string{words, `value="A &amp; B"`, `value="Eastwold"`, `value="` + items[1].ID + `" selected`, "Shorten it to 500", `href="#text"`, `name="key" value="k1"`} {
			if !strings.Contains(a.Text, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	})
	t.Run("empty", func(t *testing.T) {
		a := b.Post(t, "/meetings/"+m.Slug+"/questions", "key", "k2", "text", "  ")
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "Write your question first.") {
			t.Errorf("answered %d", a.StatusCode)
		}
	})
	t.Run("too many from one device keeps the words", func(t *testing.T) {
		for i := range 20 {
			a := b.Post(t, "/meetings/"+m.Slug+"/questions", "key", strings.Repeat("q", i+1), "text", "Another one?")
			if a.StatusCode == http.StatusTooManyRequests {
				if !strings.Contains(a.Text, "Another one?") {
					t.Error("the words are gone")
				}
				return
			}
		}
		t.Error("twenty questions in a row were taken")
	})
	t.Run("a program gets JSON", func(t *testing.T) {
		p := s.Browser(t)
		a := p.Do(t, "POST", "/meetings/"+m.Slug+"/questions", "application/x-www-form-urlencoded", strings.NewReader("key=k&text=By+a+script"), "Accept", "application/json")
		var got struct{ ID, Mine string }
		if err := json.Unmarshal([]byte(a.Text), &got); err != nil || a.StatusCode != http.StatusCreated || !strings.HasPrefix(got.Mine, s.URL+"/questions/"+got.ID+"/mine/") {
			t.Errorf("answered %d %s: %v", a.StatusCode, a.Text, err)
		}
	})
	t.Run("from another site", func(t *testing.T) {
		a := s.Browser(t).Do(t, "POST", "/meetings/"+m.Slug+"/questions", "application/x-www-form-urlencoded", strings.NewReader("key=k&text=x"), "Origin", "https://evil.example")
		if a.StatusCode != http.StatusForbidden {
			t.Errorf("answered %d", a.StatusCode)
		}
	})
	t.Run("a meeting that is not public", func(t *testing.T) {
		hidden := s.Meeting(t, m.Board, 30)
		for _, path := range []string{"/live", "/questions", "/live/socket"} {
			if a := b.Get(t, "/meetings/"+hidden.Slug+path); a.StatusCode != http.StatusNotFound {
				t.Errorf("%s answered %d", path, a.StatusCode)
			}
		}
		a := s.Browser(t).Post(t, "/meetings/"+hidden.Slug+"/questions", "key", "k", "text", "Is there a meeting?")
		if a.StatusCode != http.StatusNotFound {
			t.Errorf("asking answered %d", a.StatusCode)
		}
	})
}

func TestMineWithWrongCode(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	b := s.Browser(t)
	mine := askPlainly(t, b, m.Slug, "A private matter until it is published")
	number := numberIn(mine)
	limited := false
	for i := range 15 {
		a := b.Get(t, "/questions/"+number+"/mine/wrong-code-"+strings.Repeat("a", i))
		if strings.Contains(a.Text, "private matter") {
			t.Fatal("a wrong code shows the words")
		}
		switch a.StatusCode {
		case http.StatusNotFound:
			unknown := b.Get(t, "/questions/Q-2020-9999/mine/"+strings.Repeat("a", i))
			if !limited && unknown.StatusCode != http.StatusNotFound && unknown.StatusCode != http.StatusTooManyRequests {
				t.Errorf("a number that does not exist answered %d", unknown.StatusCode)
			}
		case http.StatusTooManyRequests:
			limited = true
		default:
			t.Fatalf("a wrong code answered %d", a.StatusCode)
		}
		if got := a.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control is %q", got)
		}
	}
	if !limited {
		t.Error("fifteen wrong codes from one address were not slowed")
	}
	if a := b.Get(t, mine); a.StatusCode != http.StatusOK {
		t.Errorf("the right code answered %d after others guessed at the same address", a.StatusCode)
	}
}

// TestUnpublishedWords walks every place that others can see while a question is received, held,
// refused or merged.
func TestUnpublishedWords(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	desk := s.SignedIn(t, auth.Secretary, m.Board)
	const words, name, area = "zebra question words", "Zebulon Asker", "Zebraville"
	numbers := map[livestream.State]string{}
	target := numberIn(askPlainly(t, s.Browser(t), m.Slug, "The one that goes on"))
	decide(t, desk, m.Slug, target, "state", "published")
	for state, fields := range map[livestream.State][]string{
		livestream.Received: nil, livestream.Held: {"state", "held"},
		livestream.Refused: {"state", "refused", "reason", "individual-case"},
		livestream.Merged:  {"state", "merged", "merged_into", target},
	} {
		n := numberIn(askPlainly(t, s.Browser(t), m.Slug, words, "name", name, "area", area))
		if fields != nil {
			if a := decide(t, desk, m.Slug, n, fields...); a.StatusCode != http.StatusSeeOther {
				t.Fatalf("%s answered %d %s", state, a.StatusCode, a.Text)
			}
		}
		numbers[state] = n
	}
	paths := []string{"/questions", "/questions?state=received", "/questions?state=held", "/boards/" + m.Board + "/questions", "/meetings/" + m.Slug + "/questions",
		"/meetings/" + m.Slug + "/questions?state=refused", "/meetings/" + m.Slug + "/live", "/meetings/" + m.Slug, "/", "/feed.atom", "/sitemap.xml",
		"/api/v1/questions", "/api/v1/meetings/" + m.Slug + "/questions", "/api/v1/meetings/" + m.Slug + "/live?since=0", "/api/v1/log/entries?from=0", "/search?q=zebra"}
	for _, n := range numbers {
		paths = append(paths, "/questions/"+n, "/questions/"+strings.ToLower(n), "/questions/"+n+"/mine/x", "/desk/questions/"+n)
	}
	look := func(t *testing.T, who string, b *servertest.Browser, accept string) {
		for _, path := range paths {
			a := b.Get(t, path, "Accept", accept)
			for _, secret := range []string{words, name, area} {
				if strings.Contains(a.Text, secret) {
					t.Errorf("%s sees %q at %s as %s", who, secret, path, accept)
				}
			}
			if strings.Contains(a.Text, ">Held<") || strings.Contains(a.Text, `"held"`) {
				t.Errorf("%s sees at %s that something is held", who, path)
			}
		}
	}
	look(t, "anybody", s.Browser(t), "text/html")
	look(t, "anybody", s.Browser(t), "application/json")
	look(t, "a member", s.SignedIn(t, auth.Member, m.Board), "text/html")
	other := s.SignedIn(t, auth.Moderator, s.Board(t, "Another board"))
	look(t, "a moderator of another board", other, "text/html")
	if a := other.Get(t, "/desk/meetings/"+m.Slug+"/live"); a.StatusCode != http.StatusForbidden || strings.Contains(a.Text, words) {
		t.Errorf("a moderator of another board got the desk: %d", a.StatusCode)
	}
	if a := other.Post(t, "/desk/questions/"+numbers[livestream.Received], "state", "published", "revision", "1"); a.StatusCode != http.StatusForbidden || strings.Contains(a.Text, words) {
		t.Errorf("a moderator of another board could decide: %d", a.StatusCode)
	}

	b := s.Browser(t)
	for state, want := range map[livestream.State]string{
		livestream.Received: "It waits for the moderator", livestream.Held: "It waits for the moderator",
		livestream.Refused: livestream.Reasons["individual-case"], livestream.Merged: `href="/questions/` + target + `"`,
	} {
		if a := b.Get(t, "/questions/"+numbers[state]); a.StatusCode != http.StatusOK || !strings.Contains(a.Text, want) {
			t.Errorf("the public face of a %s question answered %d and lacks %q", state, a.StatusCode, want)
		}
	}
}

var tallyLine = regexp.MustCompile(`</svg><b>([\d,]+)</b>`)

func TestLedgerAddsUp(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	desk := s.SignedIn(t, auth.Secretary, m.Board)
	ways := [][]string{nil, {"held"}, {"published"}, {"published", "put"}, {"published", "put", "answered_orally"},
		{"published", "not_reached"}, {"refused"}, {"transferred"}, {"published", "not_reached", "answered_in_writing"}}
	var numbers []string
	for _, way := range ways {
		n := numberIn(askPlainly(t, s.Browser(t), m.Slug, "One of many questions"))
		numbers = append(numbers, n)
		for _, state := range way {
			a := decide(t, desk, m.Slug, n, "state", state, "reason", "wording", "answer", "An answer in words", "answered_by", "The chair")
			if a.StatusCode != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", state, a.StatusCode, a.Text)
			}
		}
	}
	b := s.Browser(t)
	for _, path := range []string{"/meetings/" + m.Slug + "/questions", "/questions", "/boards/" + m.Board + "/questions"} {
		p := b.Get(t, path)
		sum := 0
		for _, hit := range tallyLine.FindAllStringSubmatch(p.Text, -1) {
			n := 0
			if err := json.Unmarshal([]byte(strings.ReplaceAll(hit[1], ",", "")), &n); err != nil {
				t.Fatal(err)
			}
			sum += n
		}
		if sum != len(ways) || !strings.Contains(p.Text, "<b>9 questions</b>") {
			t.Errorf("%s: the parts add up to %d of %d", path, sum, len(ways))
		}
		for _, n := range numbers {
			if c := strings.Count(p.Text, `id="`+n+`"`); c != 1 {
				t.Errorf("%s lists %s %d times", path, n, c)
			}
		}
	}
	var list struct {
		Items  []livestream.Question
		Counts livestream.Counts
	}
	a := b.Get(t, "/meetings/"+m.Slug+"/questions", "Accept", "application/json")
	if err := json.Unmarshal([]byte(a.Text), &list); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, n := range list.Counts.ByState {
		sum += n
	}
	if len(list.Items) != len(ways) || sum != len(ways) || list.Counts.Received != len(ways) {
		t.Errorf("JSON has %d items, counts that add up to %d of %d", len(list.Items), sum, list.Counts.Received)
	}
}

func TestSupportWithoutScripts(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	desk := s.SignedIn(t, auth.Secretary, m.Board)
	n := numberIn(askPlainly(t, s.Browser(t), m.Slug, "How many people travelled for an hour?"))
	decide(t, desk, m.Slug, n, "state", "published")
	b := s.Browser(t)
	if p := b.Get(t, "/meetings/"+m.Slug+"/live"); !strings.Contains(p.Text, `aria-label="Support `+n+`, 0 so far"`) {
		t.Fatalf("the room has no button to support %s: %d", n, p.StatusCode)
	}
	for range 2 {
		a := b.Post(t, "/meetings/"+m.Slug+"/support", "question", n)
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/meetings/"+m.Slug+"/live#"+n {
			t.Fatalf("supporting answered %d to %s", a.StatusCode, a.Header.Get("Location"))
		}
	}
	if p := b.Get(t, "/meetings/"+m.Slug+"/live"); !strings.Contains(p.Text, "You support "+n+", 1 so far") {
		t.Error("one device counts more or less than once")
	}
}

func TestLiveDesk(t *testing.T) {
	s := servertest.Start(t)
	m, items := meetingWithRoom(t, s)
	desk := s.SignedIn(t, auth.Secretary, m.Board)
	live := "/desk/meetings/" + m.Slug

	t.Run("a meeting that is not announced", func(t *testing.T) {
		hidden := s.Meeting(t, m.Board, 30)
		if a := desk.Get(t, "/desk/meetings/"+hidden.Slug+"/live"); a.StatusCode != http.StatusOK || !strings.Contains(a.Text, "There is no room yet") {
			t.Errorf("answered %d", a.StatusCode)
		}
	})
	t.Run("the room opens, pauses, goes private and closes", func(t *testing.T) {
		b := s.Browser(t)
		for _, step := range []struct{ state, want string }{{"open", "The meeting is under way"}, {"paused", "The meeting has paused"},
			{"private", "The board is meeting in private"}, {"open", "The meeting is under way"}, {"closed", "The meeting has ended"}} {
			if a := desk.Post(t, live+"/room", "room", step.state); a.StatusCode != http.StatusSeeOther {
				t.Fatalf("%s answered %d %s", step.state, a.StatusCode, a.Text)
			}
			p := b.Get(t, "/meetings/"+m.Slug+"/live")
			if !strings.Contains(p.Text, step.want) || p.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("a room that is %s lacks %q", step.state, step.want)
			}
		}
		desk.Post(t, live+"/room", "room", "open")
	})
	t.Run("the item being heard", func(t *testing.T) {
		if a := desk.Post(t, live+"/item", "item", items[1].ID); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("answered %d %s", a.StatusCode, a.Text)
		}
		p := s.Browser(t).Get(t, "/meetings/"+m.Slug+"/live")
		if !strings.Contains(p.Text, "Item 2 of 2") || !strings.Contains(p.Text, `value="`+items[1].ID+`" selected`) {
			t.Error("the room does not show the second item, or does not offer it")
		}
		if a := desk.Post(t, live+"/item", "item", "nosuchitem"); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("an item that is not there answered %d", a.StatusCode)
		}
	})
	n := numberIn(askPlainly(t, s.Browser(t), m.Slug, "My number is 01632 960 233 <b>", "name", "<i>"))
	t.Run("personal data is marked and everything escaped", func(t *testing.T) {
		p := desk.Get(t, live+"/live")
		if !strings.Contains(p.Text, `<mark class="cd-pii">01632 960 233</mark> &lt;b&gt;`) || strings.Contains(p.Text, "<i>") {
			t.Error("the words are not marked, or not escaped")
		}
	})
	t.Run("two moderators", func(t *testing.T) {
		if a := desk.Post(t, "/desk/questions/"+n, "state", "held", "revision", "1"); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("answered %d %s", a.StatusCode, a.Text)
		}
		a := desk.Post(t, "/desk/questions/"+n, "state", "refused", "reason", "wording", "revision", "1")
		if a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, "was here first") {
			t.Errorf("acting on old words answered %d", a.StatusCode)
		}
		if a := desk.Post(t, "/desk/questions/"+n, "state", "published"); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("a form without its revision answered %d", a.StatusCode)
		}
	})
	t.Run("a refusal needs its reason", func(t *testing.T) {
		a := decide(t, desk, m.Slug, n, "state", "refused")
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "Choose the reason") || !strings.Contains(a.Text, `data-key="r" open`) {
			t.Errorf("answered %d", a.StatusCode)
		}
	})
	t.Run("an answer without words keeps what was typed", func(t *testing.T) {
		decide(t, desk, m.Slug, n, "state", "published")
		a := decide(t, desk, m.Slug, n, "state", "answered_in_writing", "answered_by", "The director")
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, `value="The director"`) {
			t.Errorf("answered %d", a.StatusCode)
		}
	})
	t.Run("a program gets JSON", func(t *testing.T) {
		a := desk.Do(t, "POST", "/desk/questions/"+n, "application/x-www-form-urlencoded",
			strings.NewReader("csrf="+desk.CSRF+"&state=put&revision=0"), "Accept", "application/json")
		if a.StatusCode != http.StatusUnprocessableEntity || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("revision 0 answered %d %s", a.StatusCode, a.Header.Get("Content-Type"))
		}
	})
	t.Run("roles", func(t *testing.T) {
		moderator := s.SignedIn(t, auth.Moderator, m.Board)
		if p := moderator.Get(t, live+"/live"); p.StatusCode != http.StatusOK || strings.Contains(p.Text, "/room\"") {
			t.Errorf("a moderator is offered the room's controls (%d)", p.StatusCode)
		}
		if a := moderator.Post(t, live+"/room", "room", "closed"); a.StatusCode != http.StatusForbidden {
			t.Errorf("a moderator closed the room: %d", a.StatusCode)
		}
		if a := s.SignedIn(t, auth.Member, m.Board).Get(t, live+"/live"); a.StatusCode != http.StatusForbidden {
			t.Errorf("a member got the desk: %d", a.StatusCode)
		}
	})
}
