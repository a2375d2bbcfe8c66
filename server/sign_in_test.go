package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clearday/server/auth"
	"clearday/server/servertest"
)

const goodPassword = "correct horse battery staple"

// wants fails the test unless the answer has the status and holds the words.
func wants(t *testing.T, a servertest.Answer, status int, words ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s answered %d, want %d:\n%.600s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.Text)
	}
	for _, w := range words {
		if !strings.Contains(a.Text, w) {
			t.Errorf("%s %s does not say %q", a.Request.Method, a.Request.URL.Path, w)
		}
	}
}

func TestSignIn(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	link := s.Link(t, "Ruth@example.org", auth.Secretary, board)
	b := s.Browser(t)

	shown := b.Get(t, link)
	wants(t, shown, http.StatusOK, "Ruth@example.org", `autocomplete="new-password"`)
	if policy := shown.Header.Get("Referrer-Policy"); policy != "strict-origin" && policy != "no-referrer" {
		t.Errorf("the page of a one-time link lets its address into referrers: %q", policy)
	}
	if secret := strings.TrimPrefix(link, "/sign-in/"); strings.Contains(shown.Text, secret) {
		t.Error("the page repeats the secret of its address")
	}
	wants(t, b.Post(t, link, "password", "short"), http.StatusUnprocessableEntity, "at least 12")
	done := b.Post(t, link, "password", goodPassword)
	wants(t, done, http.StatusSeeOther)
	wants(t, b.Get(t, "/desk"), http.StatusOK, "Meetings")

	t.Run("one-time link used twice", func(t *testing.T) {
		other := s.Browser(t)
		wants(t, other.Get(t, link), http.StatusNotFound, "does not work any more", "clearday user add")
		wants(t, other.Post(t, link, "password", "another good password"), http.StatusNotFound, "does not work any more")
		wants(t, other.Get(t, "/sign-in/"+auth.NewSecret()), http.StatusNotFound, "does not work any more")
		in := other.Post(t, "/sign-in", "email", "ruth@example.org", "password", "another good password")
		wants(t, in, http.StatusUnprocessableEntity)
	})
	t.Run("next stays on this site", func(t *testing.T) {
		for next, want := range map[string]string{
			"/desk/meetings/new": "/desk/meetings/new", "/papers/abc?page=2": "/papers/abc?page=2", "": "/desk",
			"//evil.example": "/desk", `/\evil.example`: "/desk", "https://evil.example": "/desk", "evil.example": "/desk",
			"/\t/evil.example": "/desk", "/\n/evil.example": "/desk", "javascript:alert(1)": "/desk", `\\evil.example`: "/desk", "/sign-out": "/desk",
		} {
			a := s.Browser(t).Post(t, "/sign-in", "email", "ruth@example.org", "password", goodPassword, "next", next)
			wants(t, a, http.StatusSeeOther)
			if got := a.Header.Get("Location"); got != want {
				t.Errorf("next=%q leads to %q, want %q", next, got, want)
			}
		}
	})
	t.Run("a new link signs others out", func(t *testing.T) {
		again := s.Link(t, "ruth@example.org", auth.Secretary, board)
		wants(t, s.Browser(t).Post(t, again, "password", "yet another good password"), http.StatusSeeOther)
		wants(t, b.Get(t, "/desk"), http.StatusSeeOther)
	})
	t.Run("sign out", func(t *testing.T) {
		in := s.SignedIn(t, auth.Secretary, board)
		wants(t, in.Post(t, "/sign-out"), http.StatusSeeOther)
		wants(t, in.Get(t, "/desk"), http.StatusSeeOther)
	})
}

func TestSignInLimits(t *testing.T) {
	s := startWith(t, "CLEARDAY_TRUSTED_PROXIES=127.0.0.1")
	wants(t, s.Browser(t).Post(t, s.Link(t, "known@example.org", auth.Secretary), "password", goodPassword), http.StatusSeeOther)
	from := func(place, email, password string) servertest.Answer {
		form := url.Values{"email": {email}, "password": {password}}.Encode()
		return s.Browser(t).Do(t, http.MethodPost, "/sign-in", "application/x-www-form-urlencoded", strings.NewReader(form), "X-Forwarded-For", place)
	}
	const attacker, home = "192.0.2.1", "198.51.100.7"
	const wrong = "a wrong password"
	known, unknown := from(attacker, "known@example.org", wrong), from(attacker, "unknown@example.org", wrong)
	wants(t, known, http.StatusUnprocessableEntity)
	if a, b := strings.ReplaceAll(known.Text, "known@", ""), strings.ReplaceAll(unknown.Text, "unknown@", ""); a != b {
		t.Error("the answer tells whether an address is known")
	}
	for range 9 {
		wants(t, from(attacker, "known@example.org", wrong), http.StatusUnprocessableEntity)
	}
	for range 100 { // and they cost nobody else anything
		wants(t, from(attacker, "known@example.org", goodPassword), http.StatusTooManyRequests, "Too many attempts")
	}
	wants(t, from(home, "known@example.org", goodPassword), http.StatusSeeOther)
	wants(t, from(attacker, "somebody-else@example.org", wrong), http.StatusUnprocessableEntity)
	s.Clock.Advance(16 * 60 * 1e9)
	wants(t, from(attacker, "known@example.org", wrong), http.StatusUnprocessableEntity)
}

func TestFormsOfOthers(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	m := s.Meeting(t, board, 10)
	b := s.SignedIn(t, auth.Secretary, board)
	form := func(csrf, origin string) int {
		body := url.Values{"title": {"Not wanted"}, "csrf": {csrf}}.Encode()
		a := b.Do(t, http.MethodPost, "/desk/meetings/"+m.Slug+"/items", "application/x-www-form-urlencoded", strings.NewReader(body), "Origin", origin)
		return a.StatusCode
	}
	for name, status := range map[string]int{
		"token missing": form("", s.URL), "token of another session": form(auth.NewSecret(), s.URL), "another site": form(b.CSRF, "https://evil.example"),
	} {
		if status != http.StatusForbidden {
			t.Errorf("%s: answered %d", name, status)
		}
	}
	if items, err := s.Record.Items(t.Context(), insider, m.Slug); err != nil || len(items) != 0 {
		t.Errorf("a refused form added %d items (%v)", len(items), err)
	}
}
