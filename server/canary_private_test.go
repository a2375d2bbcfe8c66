package server_test

import (
	"context"
	"net/url"
	"slices"
	"sort"
	"strings"
	"testing"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestPrivateCanaries: private matter reaches nobody but those who may see it, by any address: not the
// public, an administrator, an author, a moderator, a member of another board, nor the member who has
// declared an interest in it; also not by a page that somebody else had asked for before.
func TestPrivateCanaries(t *testing.T) {
	a := newAviary(t)
	a.Clock.Set(a.pub.ScheduledAt)
	servertest.Eventually(t, "the hidden meeting is public", func() bool { return a.Browser(t).Get(t, "/meetings/"+a.hidden.Slug).StatusCode == 200 })
	member, conflicted := a.SignedIn(t, auth.Member, a.hidden.Board), a.SignedIn(t, auth.Member, a.hidden.Board)
	item := a.ids["id"][len(a.ids["id"])-1] // the private one came last
	_, err := a.Record.AddConflict(context.Background(), papers.Conflict{Person: conflicted.User, Item: item, Category: "financial",
		Nature: a.birds.word("nature of an interest"), Action: "leaves", Withholds: true}, papers.Change{By: papers.Program})
	if err != nil {
		t.Fatal(err)
	}
	secret := append(slices.DeleteFunc(slices.Clone(a.private), func(thing string) bool { return !strings.HasPrefix(thing, "private ") }), "nature of an interest")
	words := []string{"private title", "private lead", "private reasons", "private paper title", "private paper text"}
	if heard := a.hears(t, member); !containsAll(heard, a.birds, words) {
		t.Errorf("the member hears %v of what is theirs to read: %v", heard, words)
	}
	for who, b := range map[string]*servertest.Browser{"nobody": a.Browser(t), "an administrator": a.SignedIn(t, auth.Admin), "an author": a.SignedIn(t, auth.Author),
		"a moderator": a.SignedIn(t, auth.Moderator), "a member of another board": a.SignedIn(t, auth.Member, a.Board(t, "Elsewhere")), "the member with an interest": conflicted} {
		for thing, where := range a.hears(t, b) {
			if slices.Contains(secret, thing) {
				t.Errorf("%s hears the %s by %v", who, thing, where[:min(len(where), 6)])
			}
		}
	}
}

func containsAll(heard map[string][]string, known birds, things []string) bool {
	for _, thing := range things {
		if len(heard[thing]) == 0 || known[thing] == "" {
			return false
		}
	}
	return true
}

// hears asks for every address that is there to be read and for every word by search, and answers by
// which addresses each canary was heard.
func (a *aviary) hears(t *testing.T, b *servertest.Browser) map[string][]string {
	t.Helper()
	all := map[string]string{}
	for _, at := range a.addresses() {
		if at[0] != "GET" || strings.HasSuffix(at[1], "/socket") || all[at[1]] != "" {
			continue
		}
		r := b.Get(t, at[1])
		all[at[1]] = r.Text
		if strings.HasPrefix(at[1], "/papers/") || strings.HasPrefix(at[1], "/meetings/") {
			all["JSON of "+at[1]] = b.Get(t, at[1], "Accept", "application/json").Text
		}
	}
	for thing, word := range a.birds {
		for _, path := range []string{"/search?q=", "/api/v1/search?q=", "/api/v1/search/suggest?q="} {
			if r := b.Get(t, path+url.QueryEscape(word)); hits(r.Text) {
				all["search for "+thing] = word
			}
		}
	}
	out := a.leaks(all)
	for _, where := range out {
		sort.Strings(where)
	}
	return out
}
