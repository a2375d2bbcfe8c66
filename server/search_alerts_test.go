package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clearday/papers/alerts"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// keeper keeps a search and confirms.
func keeper(t *testing.T, s *servertest.Site, box *servertest.Mailbox, email, search, rhythm string) (link string) {
	t.Helper()
	before := len(box.To(email))
	if a := s.Browser(t).Post(t, "/alerts", "email", email, "scope", "search:"+search, "rhythm", rhythm); a.StatusCode != http.StatusOK {
		t.Fatalf("keeping %s for %s: %d %s", search, email, a.StatusCode, a.Text)
	}
	servertest.Eventually(t, "the letter to "+email, func() bool { return len(box.To(email)) > before })
	link = box.To(email)[before].PrivateLink(t)
	if a := s.Browser(t).Post(t, link, "act", "confirm"); a.StatusCode != http.StatusOK || !strings.Contains(a.Text, "Confirmed") {
		t.Fatalf("confirming %s: %d", email, a.StatusCode)
	}
	return link
}

// nextVersion publishes another version of a paper.
func nextVersion(t *testing.T, s *servertest.Site, paper string, pages ...string) {
	t.Helper()
	token := s.Token(t, auth.Secretary)
	if status, text := s.APIUpload(t, token, "/papers/"+paper+"/versions", "next.pdf", servertest.PDF(t, "Next", pages...), nil, "reason", "Figures mended"); status != http.StatusCreated {
		t.Fatalf("the next version: %d %s", status, text)
	}
	if status, text := s.API(t, token, "POST", "/papers/"+paper+"/publish", nil, nil); status != http.StatusOK {
		t.Fatalf("publishing it: %d %s", status, text)
	}
}

// body is what a letter says, without the folding of mail.
func body(l servertest.Letter) string {
	return strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(l.Body)
}

// waitingAlone waits until every act was searched and only so many letters wait that are not due yet.
func waitingAlone(t *testing.T, s *servertest.Site, waiting int) {
	t.Helper()
	servertest.Eventually(t, "every act was searched and every letter that is due has left", func() bool {
		last, err1 := s.Record.LastAct(t.Context())
		at, err2 := s.Record.SearchPosition(t.Context())
		counts, _, err3 := s.Record.LetterCounts(t.Context())
		return err1 == nil && err2 == nil && err3 == nil && at == last && counts[alerts.Queued] == waiting && counts[alerts.Handing] == 0
	})
}

func TestSearchAlerts(t *testing.T) {
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	board, other := s.Board(t, "Partnership Board"), s.Board(t, "Other Board")
	m := s.Meeting(t, board, 20)
	publishPaper(t, s, m.Slug, "Before", "The lighthouse was dark before anybody asked.")
	found(t, s, "q=lighthouse", 1)

	t.Run("the page of results offers it, and the form says what is kept", func(t *testing.T) {
		text := s.Browser(t).Get(t, "/search?q=lighthouse&board="+board+"&sort=newest").Text
		if !strings.Contains(text, `href="/alerts?search=board%3Dpartnership-board%26q%3Dlighthouse"`) {
			t.Error("the page of results does not lead to the form")
		}
		form := s.Browser(t).Get(t, "/alerts?search="+url.QueryEscape("q=lighthouse&board="+board)).Text
		if !strings.Contains(form, "“lighthouse”, Partnership Board") || !strings.Contains(form, `value="weekly"`) {
			t.Errorf("the form says %s", form)
		}
		if strings.Contains(s.Browser(t).Get(t, "/search").Text, "/alerts?search") {
			t.Error("letters about everything are offered as a search")
		}
	})
	link := keeper(t, s, box, "ann@example.org", "q=lighthouse&board="+board+"&sort=newest&page=3", "at once")
	keeper(t, s, box, "bob@example.org", "q=lighthouse&board="+other, "at once")
	weekly := keeper(t, s, box, "cat@example.org", "q=%22lighthouse+keeper%22+OR+lighthouse", "weekly")

	t.Run("a letter to an address that nobody confirmed holds no words of who typed it", func(t *testing.T) {
		s.Browser(t).Post(t, "/alerts", "email", "victim@example.org", "scope", "search:q=Buy+cheap+pills", "rhythm", "weekly")
		servertest.Eventually(t, "the letter", func() bool { return len(box.To("victim@example.org")) == 1 })
		if l := box.To("victim@example.org")[0]; strings.Contains(body(l)+l.Header.Get("Subject"), "pills") {
			t.Errorf("the letter passes on what was typed: %s", body(l))
		}
	})

	second := s.Meeting(t, board, 30)
	id := publishPaper(t, s, second.Slug, "Harbour lights", "Nothing here.", "The lighthouse <keeper> retires in May.", "A second lighthouse is planned at the pier.")
	servertest.Eventually(t, "the letter to ann", func() bool { return len(box.To("ann@example.org")) == 2 })
	t.Run("one letter with the passages, marked, each with its page", func(t *testing.T) {
		l := box.To("ann@example.org")[1]
		for _, want := range []string{"Harbour lights", "Page 2: The lighthouse <keeper> retires in May.", "Page 3", s.URL + "/papers/" + id + "/v/1/pages/2?q=lighthouse",
			"<b>lighthouse</b> &lt;keeper&gt;", s.URL + "/search?board=partnership-board&q=lighthouse", "you keep this search"} {
			if !strings.Contains(body(l), want) {
				t.Errorf("the letter lacks %q:\n%s", want, body(l))
			}
		}
		if strings.Contains(body(l), "dark before") || strings.Contains(body(l), "Nothing here") {
			t.Errorf("the letter tells what was public before, or what does not match:\n%s", body(l))
		}
		if l.Header.Get("List-Unsubscribe") != "<"+s.URL+link+">" || !strings.Contains(l.Header.Get("Subject"), "lighthouse") {
			t.Errorf("the letter's head: %v", l.Header)
		}
	})
	t.Run("another version tells what is new in it, and nothing twice", func(t *testing.T) {
		nextVersion(t, s, id, "Another page came before.", "Nothing here.", "The lighthouse <keeper> retires in May.", "A second lighthouse is planned at the pier.", "The old lighthouse becomes a museum.")
		servertest.Eventually(t, "the next letter to ann", func() bool { return len(box.To("ann@example.org")) == 3 })
		l := body(box.To("ann@example.org")[2])
		if !strings.Contains(l, "becomes a museum") || strings.Contains(l, "retires") || strings.Contains(l, "pier") {
			t.Errorf("the letter is\n%s", l)
		}
		nextVersion(t, s, id, "The lighthouse <keeper> retires in May.", "The old lighthouse becomes a museum.")
		waitingAlone(t, s, 1)
		if n := len(box.To("ann@example.org")); n != 3 {
			t.Errorf("a version that says nothing new gave letter %d", n)
		}
	})
	t.Run("nobody of another board", func(t *testing.T) {
		if n := len(box.To("bob@example.org")); n != 1 {
			t.Errorf("bob got %d letters", n)
		}
	})
	t.Run("who hears weekly hears on Monday, of all of it, and of nothing that went meanwhile", func(t *testing.T) {
		gone := publishPaper(t, s, s.Meeting(t, board, 40).Slug, "To be withdrawn", "A lighthouse that must not be told of.")
		found(t, s, "q=told+lighthouse", 1)
		waitingAlone(t, s, 1)
		if n := len(box.To("cat@example.org")); n != 1 {
			t.Fatalf("cat got %d letters before Monday", n)
		}
		if status, text := s.API(t, s.Token(t, auth.Secretary), "POST", "/papers/"+gone+"/withdraw", map[string]string{"reason": "It names somebody"}, nil); status != http.StatusOK {
			t.Fatalf("withdrawing: %d %s", status, text)
		}
		s.Clock.Advance(8 * 24 * time.Hour)
		servertest.Eventually(t, "the weekly letter", func() bool { return len(box.To("cat@example.org")) == 2 })
		l := body(box.To("cat@example.org")[1])
		if !strings.Contains(l, "retires in May") || !strings.Contains(l, "museum") || strings.Contains(l, "must not be told") || strings.Contains(l, "pier") {
			t.Errorf("the weekly letter is\n%s", l)
		}
		if a := s.Browser(t).Post(t, weekly, "act", "at once"); !strings.Contains(a.Text, "at once when something matches") {
			t.Errorf("changing the rhythm: %d %s", a.StatusCode, a.Text)
		}
	})
	t.Run("a taking back says how many letters told of it", func(t *testing.T) {
		if n, err := s.Record.WrittenTo(t.Context(), "papers/"+id+"/v/2"); err != nil || n != 1 {
			t.Errorf("%d letters told of version 2, %v", n, err)
		}
	})
	t.Run("stopped is stopped", func(t *testing.T) {
		before := len(box.To("ann@example.org"))
		s.Browser(t).Post(t, link, "act", "stop")
		publishPaper(t, s, s.Meeting(t, board, 50).Slug, "After", "One more lighthouse.")
		servertest.Eventually(t, "cat hears", func() bool { return len(box.To("cat@example.org")) == 3 })
		if n := len(box.To("ann@example.org")); n != before {
			t.Error("ann, who stopped, got a letter")
		}
	})
	t.Run("nothing to look for, and strange rhythms, are refused", func(t *testing.T) {
		for _, scope := range []string{"search:", "search:q=", "search:sort=newest", "search:%zz", "search:q=" + strings.Repeat("x+", 2000)} {
			if a := s.Browser(t).Post(t, "/alerts", "email", "a@example.org", "scope", scope, "rhythm", "weekly"); a.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%.30s: %d", scope, a.StatusCode)
			}
		}
		if a := s.Browser(t).Post(t, "/alerts", "email", "a@example.org", "scope", "search:q=hub", "rhythm", "hourly"); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("a rhythm that there is not: %d", a.StatusCode)
		}
	})
}

// TestSearchAlertsNeverTwice breaks the line in the moment in which the mail server has the letter, stops
// the program, and publishes while no program that sends letters runs.
func TestSearchAlertsNeverTwice(t *testing.T) {
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	board := s.Board(t, "Board")
	keeper(t, s, box, "ann@example.org", "q=lighthouse", "at once")
	box.Break(true)
	id := publishPaper(t, s, s.Meeting(t, board, 20).Slug, "Lights", "The lighthouse is dark.")
	servertest.Eventually(t, "the letter, of which the program hears nothing", func() bool { return len(box.To("ann@example.org")) == 2 })
	servertest.Eventually(t, "its end", func() bool {
		counts, _, err := s.Record.LetterCounts(t.Context())
		return err == nil && counts[alerts.Unknown] == 1
	})
	box.Break(false)
	s.Stop(t)

	silent := servertest.StartIn(t, s.Dir, s.Clock)
	nextVersion(t, silent, id, "The lighthouse is dark.", "The lighthouse shines again.")
	missed := publishPaper(t, silent, silent.Meeting(t, board, 30).Slug, "Published meanwhile", "A lighthouse for sale.")
	found(t, silent, "q=lighthouse", 2)
	silent.Stop(t)

	again := s.Again(t)
	servertest.Eventually(t, "the letter about what was published meanwhile", func() bool { return len(box.To("ann@example.org")) == 3 })
	waitingAlone(t, again, 0)
	letters := box.To("ann@example.org")
	if l := body(letters[2]); len(letters) != 3 || !strings.Contains(l, "/papers/"+missed+"/v/1/pages/1") || !strings.Contains(l, "shines again") || strings.Contains(l, "is dark") {
		t.Errorf("after the break %d letters, the last one\n%s", len(letters), l)
	}
}

// TestSearchAlertsNotOfferedWithoutMail: nothing leads to letters that nobody sends.
func TestSearchAlertsNotOfferedWithoutMail(t *testing.T) {
	s := servertest.Start(t)
	s.Board(t, "Board")
	if a := s.Browser(t).Get(t, "/search?q=hub"); strings.Contains(a.Text, "/alerts") || !strings.Contains(a.Text, "/search.atom?q=hub") {
		t.Error("the page of results offers letters, or no feed")
	}
	if a := s.Browser(t).Get(t, "/alerts?search=q%3Dhub"); a.StatusCode != http.StatusNotFound {
		t.Errorf("the form: %d", a.StatusCode)
	}
}
