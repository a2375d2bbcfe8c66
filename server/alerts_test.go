package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"clearday/server/auth"
	"clearday/server/servertest"
)

// subscriber asks for letters and confirms.
func subscriber(t *testing.T, s *servertest.Site, box *servertest.Mailbox, email, scope string) (link string) {
	t.Helper()
	if a := s.Browser(t).Post(t, "/alerts", "email", email, "scope", scope); a.StatusCode != http.StatusOK {
		t.Fatalf("subscribing %s: %d %s", email, a.StatusCode, a.Text)
	}
	servertest.Eventually(t, "the letter to "+email, func() bool { return len(box.To(email)) > 0 })
	letters := box.To(email)
	link = letters[len(letters)-1].PrivateLink(t)
	if a := s.Browser(t).Post(t, link, "act", "confirm"); a.StatusCode != http.StatusOK || !strings.Contains(a.Text, "Confirmed") {
		t.Fatalf("confirming %s: %d", email, a.StatusCode)
	}
	return link
}

// newsOut makes a meeting of the board with one paper and publishes it.
func newsOut(t *testing.T, s *servertest.Site, board, title string) (meeting, paper string) {
	t.Helper()
	m := s.Meeting(t, board, 20)
	i := s.Item(t, m.Slug, "Money")
	token := s.Token(t, auth.Secretary)
	var p struct{ ID string }
	if status, text := s.APIUpload(t, token, "/items/"+i.ID+"/papers", "1 "+title+".pdf", servertest.PDF(t, title, "words"), &p); status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, text)
	}
	if status, text := s.API(t, token, "POST", "/meetings/"+m.Slug+"/publish", nil, nil); status != http.StatusOK {
		t.Fatalf("publishing: %d %s", status, text)
	}
	return m.Slug, p.ID
}

func TestAlerts(t *testing.T) {
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	board, other := s.Board(t, "Partnership Board"), s.Board(t, "Other Board")

	// Two people confirm, one of them two subscriptions that both fit; one never confirms.
	link := subscriber(t, s, box, "ann@example.org", "board:"+board)
	subscriber(t, s, box, "bob@example.org", "everything")
	subscriber(t, s, box, "bob@example.org", "board:"+board)
	subscriber(t, s, box, "cat@example.org", "board:"+other)
	if a := s.Browser(t).Post(t, "/alerts", "email", "dan@example.org", "scope", "everything"); a.StatusCode != http.StatusOK {
		t.Fatalf("subscribing: %d", a.StatusCode)
	}
	servertest.Eventually(t, "the letter to dan", func() bool { return len(box.To("dan@example.org")) == 1 })
	_, paper := newsOut(t, s, board, "Budget of the year")
	servertest.Eventually(t, "the letters", func() bool { return len(box.To("ann@example.org")) == 2 && len(box.To("bob@example.org")) == 3 })

	t.Run("one letter for the event, with what is new and why", func(t *testing.T) {
		l := box.To("ann@example.org")[1]
		for _, want := range []string{"Budget of the year", "/papers/" + paper + "/v/1", "You get this because you asked for news of the Partnership Board"} {
			if !strings.Contains(strings.ReplaceAll(l.Body, "=\r\n", ""), want) {
				t.Errorf("the letter does not say %q:\n%s", want, l.Body)
			}
		}
		if got := l.Header.Get("Subject"); !strings.Contains(got, "Budget of the year") {
			t.Errorf("subject: %q", got)
		}
	})
	t.Run("headers for one click (RFC 8058)", func(t *testing.T) {
		h := box.To("ann@example.org")[1].Header
		if got := h.Get("List-Unsubscribe"); got != "<"+s.URL+link+">" {
			t.Errorf("List-Unsubscribe: %q", got)
		}
		if got := h.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
			t.Errorf("List-Unsubscribe-Post: %q", got)
		}
	})
	t.Run("nobody unconfirmed, and nobody of another board", func(t *testing.T) {
		if n := len(box.To("dan@example.org")); n != 1 {
			t.Errorf("dan, who never confirmed, got %d letters", n)
		}
		if n := len(box.To("cat@example.org")); n != 1 {
			t.Errorf("cat, of another board, got %d letters", n)
		}
	})
	t.Run("opening the link stops nothing; one click does, twice as well", func(t *testing.T) {
		if a := s.Browser(t).Get(t, link); a.StatusCode != http.StatusOK || !strings.Contains(a.Text, "Stop these letters") || a.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("GET: %d", a.StatusCode)
		}
		for range 2 {
			a := s.Browser(t).Do(t, "POST", link, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"), "Origin", "")
			if a.StatusCode != http.StatusOK {
				t.Errorf("one click: %d", a.StatusCode)
			}
		}
		if a := s.Browser(t).Get(t, link); a.StatusCode != http.StatusNotFound || strings.Contains(a.Text, "ann@example.org") {
			t.Errorf("after stopping: %d", a.StatusCode)
		}
	})
	t.Run("a wrong code is nothing", func(t *testing.T) {
		for _, path := range []string{link[:len(link)-1] + "0", "/alerts/nobody/" + strings.Repeat("0", 32)} {
			if a := s.Browser(t).Get(t, path); a.StatusCode != http.StatusNotFound {
				t.Errorf("GET %s: %d", path, a.StatusCode)
			}
		}
	})
	t.Run("a withdrawal is told to those who were written to", func(t *testing.T) {
		before := len(box.To("bob@example.org"))
		s.API(t, s.Token(t, auth.Secretary), "POST", "/papers/"+paper+"/withdraw", map[string]string{"reason": "It names somebody"}, nil)
		servertest.Eventually(t, "the letter about the withdrawal", func() bool { return len(box.To("bob@example.org")) == before+1 })
		l := box.To("bob@example.org")[before]
		if !strings.Contains(l.Body, "delete it") || len(box.To("ann@example.org")) != 2 {
			t.Errorf("bob reads %q; ann, who stopped, has %d letters", l.Body, len(box.To("ann@example.org")))
		}
		report := s.SignedIn(t, auth.Secretary).Get(t, "/desk/papers/"+paper+"/cleared")
		if !strings.Contains(report.Text, "2 letters named it") {
			t.Error("the report does not say how many letters named the paper")
		}
	})
}

// TestAlertsOnlyWhatIsPublic holds that a letter that waited says nothing that was withdrawn meanwhile.
func TestAlertsOnlyWhatIsPublic(t *testing.T) {
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	board := s.Board(t, "Board")
	subscriber(t, s, box, "ann@example.org", "board:"+board)
	box.Refuse(&smtp.SMTPError{Code: 451, Message: "later"})
	_, paper := newsOut(t, s, board, "Xanthippe and her complaint")
	servertest.Eventually(t, "the first attempt", func() bool {
		counts, says, err := s.Record.LetterCounts(t.Context())
		return err == nil && strings.Contains(says, "later") && counts["queued"] > 0
	})
	if a := s.SignedIn(t, auth.Secretary).Post(t, "/desk/papers/"+paper+"/take-back", "title", "A paper that was taken back"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("taking back: %d", a.StatusCode)
	}
	box.Refuse(nil)
	s.Clock.Advance(time.Hour)
	servertest.Eventually(t, "the letters that waited", func() bool { return len(box.To("ann@example.org")) == 3 })
	for _, l := range box.Letters() {
		if strings.Contains(l.Body+l.Header.Get("Subject"), "Xanthippe") {
			t.Errorf("a letter tells what was taken back: %s", l.Header.Get("Subject"))
		}
	}
}

// TestAlertsNeverTwice breaks the line in the moment in which the server has the letter, stops the
// program, and starts it again.
func TestAlertsNeverTwice(t *testing.T) {
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	board := s.Board(t, "Board")
	subscriber(t, s, box, "ann@example.org", "board:"+board)
	box.Break(true)
	newsOut(t, s, board, "Budget")
	servertest.Eventually(t, "the letter", func() bool { return len(box.To("ann@example.org")) == 2 })
	servertest.Eventually(t, "its end", func() bool {
		counts, _, err := s.Record.LetterCounts(t.Context())
		return err == nil && counts["unknown"] == 1
	})
	box.Break(false)
	s.Stop(t)
	again := s.Again(t)
	again.Clock.Advance(24 * time.Hour)
	newsOut(t, again, board, "Second")
	servertest.Eventually(t, "the next letter", func() bool { return len(box.To("ann@example.org")) == 3 })
	for _, l := range box.To("ann@example.org")[2:] {
		if strings.Contains(l.Header.Get("Subject"), "Budget") {
			t.Error("the letter came twice")
		}
	}
}

func TestAlertsNotOfferedWithoutMail(t *testing.T) {
	s := servertest.Start(t)
	s.Board(t, "Board")
	for _, path := range []string{"/alerts", "/alerts/a/b"} {
		if a := s.Browser(t).Get(t, path); a.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, a.StatusCode)
		}
	}
	for _, path := range []string{"/", "/boards/board", "/meetings"} {
		if a := s.Browser(t).Get(t, path); strings.Contains(a.Text, "/alerts") {
			t.Errorf("%s offers letters that nobody sends", path)
		}
	}
}

func TestAlertsBadAndMany(t *testing.T) {
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	board := s.Board(t, "Board")
	planned := s.Meeting(t, board, 20)
	for email, scope := range map[string]string{"nobody": "everything", "a@example.org\r\nBcc: b@example.org": "everything", "": "everything", "a@example.org": "", "b@example.org": "moon:x"} {
		if a := s.Browser(t).Post(t, "/alerts", "email", email, "scope", scope); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%q for %q: %d", email, scope, a.StatusCode)
		}
	}
	if a := s.Browser(t).Post(t, "/alerts", "email", "a@example.org", "scope", "meeting:"+planned.Slug); a.StatusCode != http.StatusNotFound {
		t.Errorf("a meeting that is not announced: %d", a.StatusCode)
	}
	for n := range 6 {
		a := s.Browser(t).Post(t, "/alerts", "email", "victim@example.org", "scope", "everything")
		if want := map[bool]int{true: http.StatusOK, false: http.StatusTooManyRequests}[n < 4]; a.StatusCode != want {
			t.Errorf("request %d for the same address: %d, want %d", n+1, a.StatusCode, want)
		}
	}
}

func TestDeskMail(t *testing.T) {
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	s.Board(t, "Board")
	admin := s.SignedIn(t, auth.Admin)
	if a := admin.Post(t, "/desk/site/mail", "to", "me@example.org"); a.StatusCode != http.StatusOK || !strings.Contains(a.Text, "The mail server took the letter") || len(box.To("me@example.org")) != 1 {
		t.Errorf("the test letter: %d", a.StatusCode)
	}
	box.Refuse(&smtp.SMTPError{Code: 550, Message: "not from you"})
	if a := admin.Post(t, "/desk/site/mail", "to", "me@example.org"); !strings.Contains(a.Text, "not from you") {
		t.Errorf("a refusal is not said: %s", a.Text)
	}
	if a := s.SignedIn(t, auth.Secretary).Get(t, "/desk/site/mail"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a secretary: %d", a.StatusCode)
	}
}

// TestOutcomeLetters holds that the secretary hears by letter of what was planned.
func TestOutcomeLetters(t *testing.T) {
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	board := s.Board(t, "Board")
	m := s.Meeting(t, board, 20)
	s.Item(t, m.Slug, "One")
	s.Link(t, "ruth@example.org", auth.Secretary, board)
	at := s.Clock.Now().Add(time.Hour).Format(time.RFC3339)
	if status, text := s.API(t, s.Token(t, auth.Secretary), "POST", "/meetings/"+m.Slug+"/publish", map[string]string{"at": at}, nil); status != http.StatusOK {
		t.Fatalf("scheduling: %d %s", status, text)
	}
	s.Clock.Advance(61 * time.Minute)
	servertest.Eventually(t, "the letter to the secretary", func() bool { return len(box.To("ruth@example.org")) == 1 })
	if got := box.To("ruth@example.org")[0].Header.Get("Subject"); !strings.Contains(got, "Published as planned") {
		t.Errorf("subject: %q", got)
	}
	s.Item(t, m.Slug, "Two")
	var pub struct{ ID string }
	at = s.Clock.Now().Add(time.Hour).Format(time.RFC3339)
	if status, text := s.API(t, s.Token(t, auth.Secretary), "POST", "/meetings/"+m.Slug+"/publish", map[string]string{"at": at}, &pub); status != http.StatusOK {
		t.Fatalf("scheduling: %d %s", status, text)
	}
	for range 2 { // tried again, told once
		if err := s.Record.NoteFailure(t.Context(), pub.ID, "The disk is full."); err != nil {
			t.Fatal(err)
		}
	}
	s.Clock.Advance(61 * time.Minute)
	servertest.Eventually(t, "the letters about the failure and the end of it", func() bool { return len(box.To("ruth@example.org")) == 3 })
	failure := box.To("ruth@example.org")[1]
	if got := failure.Header.Get("Subject"); !strings.Contains(got, "Not published") || !strings.Contains(failure.Body, "The disk is full.") {
		t.Errorf("the letter about a failure is %q: %s", got, failure.Body)
	}
}
