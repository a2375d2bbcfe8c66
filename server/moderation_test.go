package server_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestReportWithoutScripts: anybody reports something published by a plain form; nothing else can be
// reported, and it comes to the desk.
func TestReportWithoutScripts(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	desk := s.SignedIn(t, auth.Moderator, m.Board)
	hidden := numberIn(askPlainly(t, s.Browser(t), m.Slug, "hiddenwords of one"))
	n := numberIn(askPlainly(t, s.Browser(t), m.Slug, "Is <b>this</b> so?"))
	decide(t, desk, m.Slug, n, "state", "published")
	b := s.Browser(t)
	for _, about := range []string{hidden, "Q-2026-9999", ""} {
		if a := b.Get(t, "/report?about="+about); a.StatusCode != http.StatusNotFound || strings.Contains(a.Text, "hiddenwords") {
			t.Errorf("a report about %q answers %d", about, a.StatusCode)
		}
	}
	p := b.Get(t, "/report?about="+n)
	if p.StatusCode != http.StatusOK || !strings.Contains(p.Text, "not watched round the clock") || !strings.Contains(p.Text, "Is &lt;b&gt;this&lt;/b&gt; so?") {
		t.Fatalf("the form answers %d", p.StatusCode)
	}
	if a := b.Post(t, "/report", "about", n, "text", "my own words"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "my own words") {
		t.Errorf("a report without a reason answers %d, or loses what was typed", a.StatusCode)
	}
	a := b.Post(t, "/report", "about", n, "reason", "abuse", "text", "my own words", "urgent", "yes")
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("a report answers %d %s", a.StatusCode, a.Text)
	}
	if p := b.Get(t, a.Header.Get("Location")); !strings.Contains(p.Text, "We have your report") {
		t.Error("its sender is told nothing")
	}
	live := "/desk/meetings/" + m.Slug + "/live"
	if p := desk.Get(t, live+"?show=waiting"); !strings.Contains(p.Text, "Reported 1") || !strings.Contains(p.Text, "my own words") || !strings.Contains(p.Text, "call 999 yourself") {
		t.Error("the report is not at the desk, or not as urgent")
	}
	if a := desk.Post(t, "/desk/meetings/"+m.Slug+"/reports", "subject", "questions/"+n, "outcome", "It stays"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("settling answers %d %s", a.StatusCode, a.Text)
	}
	if p := desk.Get(t, live+"?show=reported"); strings.Contains(p.Text, "my own words") {
		t.Error("a settled report is still at the desk")
	}
}

// TestReportOfAnAnswer: what is reported is the answer, not the question, by the same device too.
func TestReportOfAnAnswer(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	desk, b := s.SignedIn(t, auth.Moderator, m.Board), s.Browser(t)
	n := numberIn(askPlainly(t, s.Browser(t), m.Slug, "Who runs the ward?"))
	decide(t, desk, m.Slug, n, "state", "published")
	if p := b.Get(t, "/report?about="+n+"&part=answer"); !strings.Contains(p.Text, "Who runs the ward?") {
		t.Error("without an answer there is a form about one")
	}
	decide(t, desk, m.Slug, n, "state", "answered_in_writing", "answer", "Somebody from <Ely>.")
	p := b.Get(t, "/questions/"+n)
	if !strings.Contains(p.Text, "part=answer") {
		t.Error("the answer leads to no report")
	}
	if p := b.Get(t, "/report?about="+n+"&part=answer"); !strings.Contains(p.Text, "the answer to "+n) || !strings.Contains(p.Text, "Somebody from &lt;Ely&gt;.") || strings.Contains(p.Text, "Who runs the ward?") {
		t.Errorf("the form is not about the answer: %d", p.StatusCode)
	}
	for _, part := range []string{"answer", "question", "answer"} { // the third is a repeat
		if a := b.Post(t, "/report", "about", n, "part", part, "reason", "untrue", "text", "words on the "+part); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("a report answers %d %s", a.StatusCode, a.Text)
		}
	}
	if p := desk.Get(t, "/desk/meetings/"+m.Slug+"/live?show=all&q="+n); !strings.Contains(p.Text, "words on the answer") || !strings.Contains(p.Text, "words on the question") || !strings.Contains(p.Text, "Reported 2") {
		t.Error("the reports are not at the desk, or not two")
	}
}

// TestNamelessStaff: somebody of the staff who has no name is called by what they are, never by their address.
func TestNamelessStaff(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	nameless, colleague := s.SignedIn(t, auth.Moderator, m.Board), s.SignedIn(t, auth.Moderator, m.Board)
	const address = "ruth.hidden@example.org"
	for i, name := range []string{"", address} {
		u, err := s.Record.AddUser(t.Context(), auth.User{ID: papers.NewID(), Name: name, Email: []string{"", "x"}[i] + address, Grants: []auth.Grant{{Role: auth.Moderator, Board: m.Board}}})
		if err != nil {
			t.Fatal(err)
		}
		secret, csrf, now := auth.NewSecret(), auth.NewSecret(), s.Clock.Now().UTC()
		if err := s.Record.AddSession(t.Context(), auth.Session{Hash: auth.HashSecret(secret), User: u.ID, CSRF: csrf, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		at, _ := url.Parse(s.URL)
		nameless.Jar.SetCookies(at, []*http.Cookie{{Name: "clearday_session", Value: secret, Path: "/"}})
		nameless.CSRF = csrf
		n := numberIn(askPlainly(t, s.Browser(t), m.Slug, "Who is at it?"))
		nameless.Post(t, "/desk/questions/"+n+"/desk", "act", "claim")
		live := "/desk/meetings/" + m.Slug + "/live?show=all&q=" + n
		if p := colleague.Get(t, live); !strings.Contains(p.Text, "A moderator is at it") || strings.Contains(p.Text, "ruth.hidden") {
			t.Errorf("the colleague does not read that a moderator is at it (name %q)", name)
		}
		decide(t, nameless, m.Slug, n, "state", "published")
		for _, path := range []string{live, "/desk/questions/" + n} {
			if p := colleague.Get(t, path); strings.Contains(p.Text, "ruth.hidden") {
				t.Errorf("%s shows the address to a colleague", path)
			}
		}
		for _, path := range []string{"/questions/" + n, "/meetings/" + m.Slug + "/live", "/api/v1/questions"} {
			if p := s.Browser(t).Get(t, path); strings.Contains(p.Text, "ruth.hidden") {
				t.Errorf("%s shows the address to anybody", path)
			}
		}
	}
}

// TestReportOfAMessage: a posted message of the chat can be reported, one that is not public cannot.
func TestReportOfAMessage(t *testing.T) {
	s := servertest.Start(t)
	m := openChat(t, s, papers.ChatCheckedFirst)
	desk, b := s.SignedIn(t, auth.Moderator, m.Board), s.Browser(t)
	sayPlainly(t, s.Browser(t), m.Slug, "Said in the chat")
	id := messageOf.FindStringSubmatch(desk.Get(t, "/desk/meetings/"+m.Slug+"/live").Text)[1]
	if a := b.Get(t, "/report?about=chat/"+id); a.StatusCode != http.StatusNotFound || strings.Contains(a.Text, "Said in the chat") {
		t.Errorf("a message that waits can be reported, and read: %d", a.StatusCode)
	}
	desk.Post(t, "/desk/chat/"+id, "state", "posted")
	if p := b.Get(t, "/meetings/"+m.Slug+"/chat"); !strings.Contains(p.Text, "/report?about=chat/"+id) {
		t.Error("the message leads to no report")
	}
	if a := b.Post(t, "/report", "about", "chat/"+id, "reason", "abuse", "text", "reportwords"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("a report answers %d %s", a.StatusCode, a.Text)
	}
	if p := desk.Get(t, "/desk/meetings/"+m.Slug+"/live"); !strings.Contains(p.Text, "reportwords") {
		t.Error("the report is not at the desk")
	}
}

// TestDeskWithoutScripts: claims, second opinions, delays, blocks and slow mode by plain forms.
func TestDeskWithoutScripts(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	one, two := s.SignedIn(t, auth.Moderator, m.Board), s.SignedIn(t, auth.Moderator, m.Board)
	live, asker := "/desk/meetings/"+m.Slug, s.Browser(t)
	n := numberIn(askPlainly(t, asker, m.Slug, "Why was Dr Patel moved?", "urgent", "yes"))
	beside := func(b *servertest.Browser, fields ...string) servertest.Answer {
		return b.Post(t, "/desk/questions/"+n+"/desk", fields...)
	}
	if p := one.Get(t, live+"/live?show=urgent"); !strings.Contains(p.Text, "sender says that somebody may be in danger") {
		t.Error("what its sender calls urgent is not in the urgent queue")
	}
	want303 := func(what string, a servertest.Answer) {
		t.Helper()
		if a.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s answers %d %s", what, a.StatusCode, a.Text)
		}
	}
	want303("listing words", one.Post(t, "/desk/boards/"+m.Board+"/words", "names", "Dr Patel\n<i>", "urgent", ""))
	if p := one.Get(t, live+"/live"); !strings.Contains(p.Text, `<mark class="cd-pii cd-pii--listed">Dr Patel</mark>`) {
		t.Error("a listed name is not marked")
	}
	want303("claiming", beside(one, "act", "claim"))
	if a := beside(two, "act", "claim"); a.StatusCode != http.StatusConflict {
		t.Errorf("a second claim answers %d", a.StatusCode)
	}
	if p := two.Get(t, live+"/live"); !strings.Contains(p.Text, "is at it") {
		t.Error("the other does not see who is at it")
	}
	want303("taking over", beside(two, "act", "over"))
	want303("asking for an opinion", decide(t, two, m.Slug, n, "state", "held", "opinion", "Is this fair?"))
	if p := one.Get(t, live+"/live"); !strings.Contains(p.Text, "Is this fair?") {
		t.Error("the other moderator is not asked")
	}
	if a := decide(t, two, m.Slug, n, "state", "published"); a.StatusCode != http.StatusConflict {
		t.Errorf("who asked for an opinion decided alone: %d", a.StatusCode)
	}
	want303("editing", decide(t, one, m.Slug, n, "act", "words", "words", "Why was [removed] moved?"))
	if p := one.Get(t, live+"/live?show=all&q="+n); !strings.Contains(p.Text, "As it came") {
		t.Error("the original is not beside the edit")
	}
	want303("moderators first", one.Post(t, live+"/limits", "delay", "30", "slow", "60"))
	want303("publishing", decide(t, one, m.Slug, n, "state", "published"))
	if q := s.Browser(t).Get(t, "/questions/"+n); strings.Contains(q.Text, "moved?") {
		t.Error("the public reads it before its time")
	}
	want303("stopping", beside(two, "act", "stop"))
	want303("publishing", decide(t, one, m.Slug, n, "state", "published"))
	s.Clock.Advance(31e9)
	servertest.Eventually(t, "it is public", func() bool {
		q, err := s.Record.Question(t.Context(), n)
		return err == nil && q.State == livestream.Published
	})
	if p := s.Browser(t).Get(t, "/meetings/"+m.Slug+"/live"); !strings.Contains(p.Text, "one contribution from each device every 1 minute") {
		t.Error("slow mode is not said to everybody")
	}
	want303("blocking", beside(one, "act", "block", "minutes", "60", "reason", "Forty times the same"))
	key := keyField.FindStringSubmatch(asker.Get(t, "/meetings/"+m.Slug+"/questions").Text)
	if key != nil {
		a := asker.Post(t, "/meetings/"+m.Slug+"/questions", "key", key[1], "text", "Once more")
		if a.StatusCode != http.StatusForbidden || !strings.Contains(a.Text, "until ") || !strings.Contains(a.Text, "Forty times the same") {
			t.Errorf("a blocked device gets %d", a.StatusCode)
		}
	}
	if p := one.Get(t, "/desk/boards/"+m.Board+"/moderation"); !strings.Contains(p.Text, "Forty times the same") || !strings.Contains(p.Text, "Lift it") {
		t.Error("the block is not on the list")
	}
	if a := s.SignedIn(t, auth.Chair, m.Board).Post(t, "/desk/questions/"+n+"/desk", "act", "release"); a.StatusCode != http.StatusForbidden {
		t.Errorf("the chair moderates: %d", a.StatusCode)
	}
}

// TestAxeOfTheDesk looks at the pages of moderators, chair and reporters as TestAxe does.
func TestAxeOfTheDesk(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("reading axe-core, which building the assets installs: %v", err)
	}
	s, m, one, _ := twoModerators(t)
	desk := s.SignedIn(t, auth.Moderator, m.Board)
	asker := s.Browser(t)
	out := numberIn(askPlainly(t, asker, m.Slug, "Which beds close first and when will staff be told?"))
	decide(t, desk, m.Slug, out, "state", "published")
	for range 2 {
		s.Browser(t).Post(t, "/report", "about", out, "reason", "danger", "text", "Look at this")
	}
	n := numberIn(askPlainly(t, s.Browser(t), m.Slug, "When will staff be told which beds are closing first? Ring 01632 960 233", "urgent", "yes"))
	decide(t, desk, m.Slug, n, "state", "held", "opinion", "Is this fair?")
	desk.Post(t, "/desk/questions/"+n+"/desk", "act", "block", "minutes", "60", "reason", "Too many")
	desk.Post(t, "/desk/questions/"+n+"/desk", "act", "slow", "minutes", "60", "reason", "A flood")
	desk.Post(t, "/desk/meetings/"+m.Slug+"/limits", "delay", "30", "slow", "60")
	turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomPrivate, Reason: "A contract is being awarded.", Exclusion: &livestream.Exclusion{Resolution: "That the public be excluded.", MovedBy: "Cllr Moss"}})
	allowStreams(t, s, "https://video.example.org")
	for _, sight := range []sight{{"desk running the room", "/desk/meetings/" + m.Slug + "/live?run"}, {"meeting with a private session", "/meetings/" + m.Slug}, {"home in private", "/"}, {"desk urgent", "/desk/meetings/" + m.Slug + "/live?show=urgent&q=" + n}, {"desk reported", "/desk/meetings/" + m.Slug + "/live?show=reported&q=" + out},
		{"words and blocks", "/desk/boards/" + m.Board + "/moderation"}, {"chair waiting", "/desk/meetings/" + m.Slug + "/chair"},
		{"report", "/report?about=" + url.QueryEscape(out)}, {"report sent", "/report?done=1&about=" + url.QueryEscape(out)}, {"question with report", "/questions/" + out}} {
		one.opens(sight.path)
		one.looks(sight.name)
		for _, width := range []int64{phone, wide} {
			one.resize(width)
			evaluate[bool](one, `document.querySelectorAll('details').forEach(d => { d.open = true }), true`)
			for _, fault := range one.axe(string(axe)) {
				t.Errorf("%s at %d: %s", sight.name, width, fault)
			}
			if wider := one.text(`String(document.documentElement.scrollWidth - innerWidth)`); strings.Trim(wider, "-0123456789") == "" && wider[0] != '-' && wider != "0" {
				t.Errorf("%s at %d is %s wider than the screen: %s", sight.name, width, wider, one.text(`[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && ![...e.children].some(c => c.getBoundingClientRect().right > innerWidth + 1)).slice(0, 5).map(e => e.outerHTML.slice(0, 120)).join(' | ')`))
			}
		}
		one.blameless(sight.name)
	}
}
