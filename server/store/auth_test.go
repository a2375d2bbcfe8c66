package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearday/papers"
	"clearday/server/auth"
)

func (r *record) addUser(name, email string, grants ...auth.Grant) auth.User {
	r.t.Helper()
	u, err := r.AddUser(r.ctx, auth.User{Name: name, Email: email, Grants: grants})
	r.must(err)
	return u
}

func TestUser(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		u := r.addUser("Sam", "Sam@Example.org", auth.Grant{Role: auth.Secretary, Board: "pb"})
		again := r.addUser("Other", " sam@example.ORG", auth.Grant{Role: auth.Moderator, Board: "*"}, auth.Grant{Role: auth.Secretary, Board: "pb"})
		if again.ID != u.ID || again.Name != "Sam" || len(again.Grants) != 2 {
			t.Fatalf("the same address again = %+v", again)
		}
		r.must(r.SetPassword(r.ctx, u.ID, "hash"))
		got, err := r.UserByEmail(r.ctx, "SAM@example.org")
		r.must(err)
		again.PasswordHash = "hash"
		if diff := cmp.Diff(again, got); diff != "" {
			t.Errorf("UserByEmail: %s", diff)
		}
		if _, err := r.UserByEmail(r.ctx, "nobody@example.org"); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("unknown address = %v", err)
		}
		if list, err := r.Users(r.ctx); err != nil || len(list) != 1 {
			t.Errorf("Users = %v, %v", list, err)
		}
		if err := r.SetPassword(r.ctx, "nobody", "x"); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("SetPassword of nobody = %v", err)
		}
	})
}

func TestLink(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		u, now := r.addUser("Sam", "s@example.org"), r.clock()
		r.must(r.AddLink(r.ctx, auth.Link{Hash: "h", User: u.ID, ExpiresAt: now.Add(time.Hour)}))
		if _, err := r.Link(r.ctx, "h", now.Add(2*time.Hour)); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("an expired link = %v", err)
		}
		if l, err := r.Link(r.ctx, "h", now); err != nil || l.User != u.ID {
			t.Errorf("Link = %+v, %v", l, err)
		}
		used := make(chan error, 4)
		for range cap(used) {
			go func() {
				_, err := r.UseLink(r.ctx, "h", now)
				used <- err
			}()
		}
		won := 0
		for range cap(used) {
			if err := <-used; err == nil {
				won++
			} else if !errors.Is(err, papers.ErrNotFound) {
				t.Errorf("UseLink = %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d could use the link, want 1", won)
		}
	})
}

func TestSession(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		u, now := r.addUser("Sam", "s@example.org", auth.Grant{Role: auth.Chair, Board: "pb"}), r.clock()
		for _, h := range []string{"a", "b"} {
			r.must(r.AddSession(r.ctx, auth.Session{Hash: h, User: u.ID, CSRF: "c", CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)}))
		}
		later := now.Add(2 * time.Minute)
		if s, got, err := r.Session(r.ctx, "a", later); err != nil || got.ID != u.ID || len(got.Grants) != 1 || s.CSRF != "c" || !s.SeenAt.Equal(later.Truncate(time.Microsecond)) {
			t.Errorf("Session = %+v, %+v, %v", s, got, err)
		}
		if _, _, err := r.Session(r.ctx, "a", now.Add(time.Hour)); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("an expired session = %v", err)
		}
		r.must(r.EndSession(r.ctx, "a"))
		if _, _, err := r.Session(r.ctx, "a", now); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("an ended session = %v", err)
		}
		r.must(r.EndSessions(r.ctx, u.ID))
		if _, _, err := r.Session(r.ctx, "b", now); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("another ended session = %v", err)
		}
	})
}

func TestToken(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.must(r.AddToken(r.ctx, auth.Token{Name: "import", Hash: "h", Grants: []auth.Grant{{Role: auth.Secretary, Board: "*"}}}))
		got, err := r.Token(r.ctx, "h")
		if err != nil || got.Name != "import" || len(got.Grants) != 1 || !got.Person().May(auth.Publish, "pb") {
			t.Errorf("Token = %+v, %v", got, err)
		}
		if _, err := r.Token(r.ctx, "other"); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("another token = %v", err)
		}
	})
}
