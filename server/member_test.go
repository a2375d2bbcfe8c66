package server_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestMemberArea: a member finds the public and private papers of their boards and of no other; what is
// sent may be kept by the service worker alone.
func TestMemberArea(t *testing.T) {
	k := newClosed(t)
	if r := k.ann.Get(t, "/desk"); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/desk/member/meetings" {
		t.Errorf("the desk sends a member to %q (%d)", r.Header.Get("Location"), r.StatusCode)
	}
	paper := "/desk/member/papers/" + k.paper + "/v/1"
	for path, want := range map[string]string{
		"/desk/member/meetings":                   "Partnership Board",
		"/desk/member/meetings/" + k.meeting.Slug: "Bids compared",
		paper:                         "secretword",
		paper + "/pages/2.jpg?w=1200": "",
		"/desk/member/kept":           paper,
	} {
		r := k.ann.Get(t, path)
		if r.StatusCode != http.StatusOK || !strings.Contains(r.Text, want) {
			t.Errorf("%s answers %d, without %q", path, r.StatusCode, want)
		}
		if got := r.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s may be kept by the browser: %q", path, got)
		}
		if kept := r.Header.Get("Clearday-Keep"); (kept == "") != strings.HasSuffix(path, "/kept") {
			t.Errorf("%s says to the service worker %q", path, kept)
		}
	}
	if r := k.ann.Get(t, paper); !strings.Contains(r.Text, "Not for publication: information about the business affairs") {
		t.Error("the pages of a private paper do not carry their mark (N-6)")
	}
	other := k.Board(t, "Finance Committee")
	elsewhere := map[string]*servertest.Browser{"nobody": k.Browser(t), "an author": k.SignedIn(t, auth.Author, k.board), "a moderator": k.SignedIn(t, auth.Moderator, k.board),
		"an administrator": k.SignedIn(t, auth.Admin), "a member of another board": k.SignedIn(t, auth.Member, other)}
	for who, b := range elsewhere {
		for _, path := range []string{"/desk/member/meetings/" + k.meeting.Slug, paper, paper + "/pages/1.jpg"} {
			if r := b.Get(t, path); r.StatusCode == http.StatusOK {
				t.Errorf("%s opens %s", who, path)
			}
		}
		if r := b.Get(t, "/desk/member/kept"); strings.Contains(r.Text, k.paper) {
			t.Errorf("%s is told of the paper", who)
		}
	}

	k.conflict(t, k.ann.User)
	if r := k.ann.Get(t, "/desk/member/meetings/"+k.meeting.Slug); strings.Contains(r.Text, "Bids compared") || !strings.Contains(r.Text, "withheld from you, because you declared an interest (Financial interest)") {
		t.Error("the member with an interest still finds the paper, or is not told why it is missing")
	}
	for _, path := range []string{paper, paper + "/pages/1.jpg"} {
		if r := k.ann.Get(t, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers the member with an interest %d", path, r.StatusCode)
		}
	}
	if r := k.ann.Get(t, "/desk/member/kept"); strings.Contains(r.Text, k.paper) {
		t.Error("the device of the member with an interest may still keep the paper")
	}
	if r := k.bob.Get(t, paper); r.StatusCode != http.StatusOK {
		t.Errorf("the other member gets %d", r.StatusCode)
	}
	k.Clock.Set(k.meeting.EndsAt.Add(8 * 24 * time.Hour))
	bob := k.SignedIn(t, auth.Member, k.board)
	if r := bob.Get(t, paper); r.StatusCode != http.StatusOK || r.Header.Get("Clearday-Keep") != "" {
		t.Errorf("eight days after the meeting the paper answers %d and may be kept: %q", r.StatusCode, r.Header.Get("Clearday-Keep"))
	}
	if r := bob.Post(t, "/sign-out"); r.Header.Get("Clear-Site-Data") == "" {
		t.Error("signing out does not clear the device")
	}
}

// TestMemberPack: each page of the private pack has its number in the series R and the mark that the law
// asks for (N-6); a member with an interest gets one without the paper, with the same numbers, that says so.
func TestMemberPack(t *testing.T) {
	k := newClosed(t)
	address := "/desk/member/meetings/" + k.meeting.Slug + "/private.pdf"
	get := func(b *servertest.Browser) map[string]string {
		t.Helper()
		var a servertest.Answer
		servertest.Eventually(t, "the private pack is made", func() bool {
			a = b.Get(t, address)
			return a.StatusCode == http.StatusOK
		})
		if got := a.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("the private pack may be kept by the browser: %q", got)
		}
		return stamps(t, []byte(a.Text))
	}
	const mark = "Not for publication: information about the business affairs"
	pages := get(k.ann)
	for label, word := range map[string]string{"R2": "secretword", "R3": "Page two."} {
		text := strings.Join(strings.Fields(pages[label]), " ")
		if !strings.Contains(text, word) || !strings.Contains(text, mark) {
			t.Errorf("page %s reads %q, want %q and the mark", label, text, word)
		}
	}
	if r := k.ann.Get(t, "/desk/member/meetings/"+k.meeting.Slug); !strings.Contains(r.Text, "Pages R2 to R3 of the private pack") {
		t.Error("the agenda does not say where the paper is in the pack")
	}
	if r := k.ann.Get(t, "/desk/member/papers/"+k.paper+"/v/1"); !strings.Contains(r.Text, "R3, page 2 of 2") {
		t.Error("the reader does not number its pages as the pack does")
	}
	for who, b := range map[string]*servertest.Browser{"nobody": k.Browser(t), "an author": k.SignedIn(t, auth.Author, k.board), "an administrator": k.SignedIn(t, auth.Admin)} {
		if r := b.Get(t, address); r.StatusCode == http.StatusOK || r.StatusCode == http.StatusServiceUnavailable {
			t.Errorf("%s gets the private pack: %d", who, r.StatusCode)
		}
	}
	k.conflict(t, k.ann.User)
	whole := strings.Join(slices.Collect(maps.Values(get(k.ann))), " ")
	for _, secret := range []string{"secretword", "Bids compared"} {
		if strings.Contains(whole, secret) {
			t.Errorf("the pack of the member with an interest holds %q", secret)
		}
	}
	if !strings.Contains(strings.Join(strings.Fields(whole), " "), "This paper is not for you to read") {
		t.Errorf("it does not say that a paper is missing: %q", whole)
	}
	if !strings.Contains(get(k.bob)["R2"], "secretword") {
		t.Error("the other member’s pack lacks the paper")
	}
}

// conflict records that a person has an interest in the private paper.
func (k *closed) conflict(t *testing.T, person string) {
	t.Helper()
	_, err := k.Record.AddConflict(context.Background(), papers.Conflict{Person: person, Item: k.item.ID, Paper: k.paper, Category: "financial", Nature: "Shares", Action: "withheld", Withholds: true}, papers.Change{By: papers.Program})
	if err != nil {
		t.Fatal(err)
	}
}

// member signs a new member of the board in at a browser, and answers their id.
func (k *closed) member(t *testing.T, p *person) string {
	t.Helper()
	email := papers.NewID() + "@example.org"
	p.opens(k.Link(t, email, auth.Member, k.board))
	p.fill("#password", "four words make this")
	p.clickTo("button", "Save it and sign in")
	u, err := k.Record.UserByEmail(context.Background(), email)
	if err != nil {
		t.Fatal(err)
	}
	return u.ID
}

const keptPapers = `caches.keys().then(names => Promise.all(names.map(n => caches.open(n).then(c => c.keys())))).then(all => all.flat().filter(r => r.url.includes('/member/papers/')).length)`

// TestOffline: what a member opened is read without any server, and goes when it is withheld, at
// sign-out, and when its time has come.
func TestOffline(t *testing.T) {
	browser := startChromium(t)
	k := newClosed(t)
	p := browser.person(t, k.Site, "a member", wide)
	id := k.member(t, p)
	meeting, paper := "/desk/member/meetings/"+k.meeting.Slug, "/desk/member/papers/"+k.paper+"/v/1"
	p.sees("Your meetings")
	p.clickTo("a", "Partnership Board")
	p.sees("this page can be read without a connection")
	p.clickTo("a", "Bids compared")
	p.sees("Kept: you can read this paper without a connection.")
	p.blameless("reading as a member")
	p.looks("member paper")

	k.Stop(t)
	p.opens(paper)
	p.sees("Bids compared", "Not for publication", "You are not connected")
	if n := evaluate[int](p, `Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode().then(() => 1, () => 0) })).then(all => all.reduce((a, b) => a + b, 0))`); n != 2 {
		t.Errorf("%d of 2 page images are shown without a server", n)
	}
	if !strings.Contains(p.text(`document.querySelector('details').textContent + document.body.textContent`), "secretword") {
		t.Error("the text of the page is not there without a server")
	}
	p.opens(meeting)
	p.sees("Award to Marsh Imaging")
	if status := p.open("/desk/member/papers/" + papers.NewID() + "/v/1"); status != http.StatusServiceUnavailable {
		t.Errorf("a page that was never opened answers %d without a server", status)
	}
	p.sees("This page is not kept on this device")

	k.Site = k.Again(t)
	p.site = k.Site
	k.conflict(t, id)
	p.opens(meeting)
	p.sees("withheld from you")
	p.until("the device has let go of the paper", keptPapers+".then(n => n === 0)")
	k.Stop(t)
	p.open(paper)
	p.sees("This page is not kept on this device")

	k.Site = k.Again(t)
	p.site = k.Site
	const empty = `caches.keys().then(names => names.every(n => !n.startsWith('clearday-member-')))`
	p.opens(meeting)
	p.sees("this page can be read without a connection")
	if err := k.Record.EndSessions(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	p.open(meeting)
	p.sees("Sign in")
	p.until("the device holds nothing of somebody who may not come in", empty)

	k.member(t, p)
	p.opens(meeting)
	p.click("button", "Keep every paper of this meeting")
	p.sees("every paper of this meeting can be read without a connection", "On this device")
	p.until("the paper and its two pages are kept", keptPapers+".then(n => n === 3)")
	p.clickTo("button", "Sign out")
	p.until("the device holds nothing", empty)
}

// TestOfflineRevoked: whose role was taken away at the desk loses what their device kept with the first page that
// they ask for, and whose paper is withheld loses its images with the page that says so.
func TestOfflineRevoked(t *testing.T) {
	browser := startChromium(t)
	k := newClosed(t)
	p := browser.person(t, k.Site, "a member", wide)
	id := k.member(t, p)
	paper := "/desk/member/papers/" + k.paper + "/v/1"
	keep := func() {
		t.Helper()
		p.opens("/desk/member/meetings")
		p.until("the worker holds the page", "navigator.serviceWorker.controller")
		p.clickTo("a", "Partnership Board")
		p.sees("this page can be read without a connection")
		p.click("button", "Keep every paper of this meeting")
		p.sees("every paper of this meeting can be read without a connection")
		p.until("the paper and its two pages are kept", keptPapers+".then(n => n === 3)")
	}
	keep()
	k.conflict(t, id)
	if status := p.open(paper); status != http.StatusNotFound {
		t.Errorf("the withheld paper answers %d", status)
	}
	p.until("the device has let go of its pages", keptPapers+".then(n => n === 0)")
	list, err := k.Record.Conflicts(t.Context(), k.meeting.Slug)
	if err != nil || len(list) != 1 {
		t.Fatalf("the conflicts are %+v, %v", list, err)
	}
	if err := k.Record.EndConflict(t.Context(), k.meeting.Slug, list[0].ID, papers.Change{By: papers.Program}); err != nil {
		t.Fatal(err)
	}
	keep()

	admin := k.SignedIn(t, auth.Admin)
	if a := admin.Post(t, "/desk/people/"+id+"/revoke", "role", "member/"+k.board); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("taking the role away: %d %s", a.StatusCode, a.Text)
	}
	if status := p.open("/desk/member/meetings"); status != http.StatusForbidden {
		t.Errorf("the meetings answer %d", status)
	}
	p.until("the device holds nothing", `caches.keys().then(names => names.every(n => !n.startsWith('clearday-member-')))`)
	k.Stop(t)
	p.open(paper)
	p.sees("This page is not kept on this device")
}

// TestKeptUntil: a kept paper is not shown after its time, also when the device never meets the server again.
func TestKeptUntil(t *testing.T) {
	browser := startChromium(t)
	past := &servertest.Clock{}
	past.Advance(-30 * 24 * time.Hour) // for the browser the meeting was two weeks ago
	k := newClosedIn(t, servertest.StartIn(t, t.TempDir(), past))
	p := browser.person(t, k.Site, "a member", phone)
	k.member(t, p)
	paper := "/desk/member/papers/" + k.paper + "/v/1"
	p.opens(paper)
	p.sees("Kept: you can read this paper without a connection.")
	k.Stop(t)
	p.open(paper)
	p.sees("This page is not kept on this device")
}
