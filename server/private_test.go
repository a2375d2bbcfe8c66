package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// closed is a published meeting with a private item, a private paper of it, and two members.
type closed struct {
	*servertest.Site
	board          string
	meeting        papers.Meeting
	item           papers.Item
	paper          string // id
	ann, bob, desk *servertest.Browser
}

func newClosed(t *testing.T) *closed {
	t.Helper()
	return newClosedIn(t, servertest.Start(t))
}

func newClosedIn(t *testing.T, site *servertest.Site) *closed {
	t.Helper()
	k := &closed{Site: site}
	k.board = k.Board(t, "Partnership Board")
	k.meeting = k.Meeting(t, k.board, 9)
	token := k.Token(t, auth.Secretary)
	k.Item(t, k.meeting.Slug, "Welcome")
	if status, text := k.API(t, token, "POST", "/meetings/"+k.meeting.Slug+"/items", map[string]any{"title": "Award to Marsh Imaging", "private": true, "public_title": "A contract",
		"grounds": map[string]any{"paras": []string{"business"}, "reasons": "Bids are open."}}, &k.item); status != http.StatusCreated {
		t.Fatalf("adding a private item: %d %s", status, text)
	}
	var p struct{ ID, State string }
	status, text := k.APIUpload(t, token, "/items/"+k.item.ID+"/papers", "bids.pdf", servertest.PDF(t, "Bids", "The bids are secretword.", "Page two."), &p, "title", "Bids compared")
	if status != http.StatusCreated || p.State != "ready" {
		t.Fatalf("uploading a private paper: %d %s", status, text)
	}
	k.paper = p.ID
	if status, text := k.API(t, token, "POST", "/meetings/"+k.meeting.Slug+"/publish", nil, nil); status != http.StatusOK {
		t.Fatalf("publishing: %d %s", status, text)
	}
	k.ann, k.bob, k.desk = k.SignedIn(t, auth.Member, k.board), k.SignedIn(t, auth.Member, k.board), k.SignedIn(t, auth.Secretary, k.board)
	return k
}

// TestGrounds: a secretary chooses from the list of the board's law; the public reads the safe title
// and the wording that was made of the choice, and nothing of the reasons (N-9).
func TestGrounds(t *testing.T) {
	k := newClosed(t)
	public := k.Browser(t).Get(t, "/meetings/"+k.meeting.Slug).Text
	for _, want := range []string{"A contract", "information about the business affairs"} {
		if !strings.Contains(public, want) {
			t.Errorf("the public page does not say %q", want)
		}
	}
	for _, secret := range []string{"Marsh", "Bids"} {
		if strings.Contains(public, secret) {
			t.Errorf("the public page says %q", secret)
		}
	}
	form := k.desk.Get(t, "/desk/items/"+k.item.ID).Text
	for _, want := range []string{`name="para_business" value="yes" checked`, "Bids are open.", "The public reads: The public will be asked to leave"} {
		if !strings.Contains(form, want) {
			t.Errorf("the form of the item does not show %q", want)
		}
	}
	refused := k.desk.Post(t, "/desk/meetings/"+k.meeting.Slug+"/items", "title", "Something else", "private", "yes", "public_title", "Safe", "para_special", "yes")
	if refused.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(refused.Text, "Give the reasons") || !strings.Contains(refused.Text, `name="para_special" value="yes" checked`) {
		t.Errorf("special reasons without reasons answered %d, or lost what was chosen", refused.StatusCode)
	}
	none := k.desk.Post(t, "/desk/meetings/"+k.meeting.Slug+"/items", "title", "Something else", "private", "yes", "public_title", "Safe")
	if none.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(none.Text, "Choose why it may be private") {
		t.Errorf("a private item without grounds answered %d", none.StatusCode)
	}
	own := k.desk.Post(t, "/desk/meetings/"+k.meeting.Slug+"/items", "title", "Something else", "private", "yes", "public_title", "Safe", "exemption", "Because we say so in our own words.")
	if own.StatusCode != http.StatusSeeOther {
		t.Errorf("a wording of one's own answered %d", own.StatusCode)
	}
	private := k.desk.Get(t, "/desk/meetings/"+k.meeting.Slug+"/private").Text
	for _, want := range []string{"May be private", "be excluded from item 2 because publicity would be prejudicial"} {
		if !strings.Contains(private, want) {
			t.Errorf("the private business does not show %q", want)
		}
	}
}

// TestConflictedMember: from the moment an interest is recorded that member gets the paper by no
// address, while another member still does.
func TestConflictedMember(t *testing.T) {
	k := newClosed(t)
	addresses := []string{"", "/v/1", "/file", "/v/1/file", "/text", "/v/1/text", "/pages/1", "/v/1/pages/1", "/pages/1.jpg", "/v/1/pages/1.jpg?w=800"}
	get := func(b *servertest.Browser, want int) {
		t.Helper()
		for _, a := range addresses {
			want := want
			if want == http.StatusOK && strings.HasSuffix(a, "/file") {
				want = http.StatusSeeOther // to the pack, in which each page is marked
			}
			if r := b.Get(t, "/papers/"+k.paper+a); r.StatusCode != want {
				t.Errorf("/papers/id%s answers %d, want %d", a, r.StatusCode, want)
			} else if want < 400 && r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("/papers/id%s may be kept: %s", a, r.Header.Get("Cache-Control"))
			}
		}
		for _, a := range []string{"/papers/" + k.paper, "/papers/" + k.paper + "/text"} {
			if r := b.Get(t, "/api/v1"+a); r.StatusCode != want {
				t.Errorf("/api/v1%s answers %d, want %d", a, r.StatusCode, want)
			}
		}
	}
	get(k.ann, http.StatusOK)
	post := func(fields ...string) servertest.Answer {
		return k.desk.Post(t, "/desk/meetings/"+k.meeting.Slug+"/conflicts", fields...)
	}
	if r := post("person", k.ann.User, "subject", k.item.ID+"/"+k.paper, "category", "financial", "action", "withheld"); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(r.Text, "Give the nature of the interest") {
		t.Errorf("an interest without its nature answered %d", r.StatusCode)
	}
	if r := post("person", "somebody", "subject", k.item.ID, "category", "financial", "action", "withheld", "nature", "x"); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an interest of nobody answered %d", r.StatusCode)
	}
	if r := post("person", k.ann.User, "subject", k.item.ID+"/"+k.paper, "category", "financial", "action", "withheld", "nature", "Owns shares of a bidder"); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("recording an interest answered %d %s", r.StatusCode, r.Text)
	}
	get(k.ann, http.StatusNotFound)
	get(k.bob, http.StatusOK)
	for _, path := range []string{"/meetings/" + k.meeting.Slug, "/api/v1/meetings/" + k.meeting.Slug} {
		if r := k.ann.Get(t, path); strings.Contains(r.Text, "Bids compared") {
			t.Errorf("%s still names the paper", path)
		}
	}
	if r := k.desk.Get(t, "/desk/meetings/"+k.meeting.Slug+"/private"); !strings.Contains(r.Text, "Owns shares of a bidder") {
		t.Error("the register does not show the interest")
	}
	if r := k.ann.Get(t, "/desk/meetings/"+k.meeting.Slug+"/private"); r.StatusCode != http.StatusForbidden {
		t.Errorf("a member reads the register: %d", r.StatusCode)
	}
}

// TestReleaseAtDesk: a private item and its paper become public by one act of the secretary, and say
// until when they were private and why no longer.
func TestReleaseAtDesk(t *testing.T) {
	k := newClosed(t)
	path := "/desk/items/" + k.item.ID + "/release"
	if r := k.desk.Get(t, path); !strings.Contains(r.Text, "Award to Marsh Imaging") || !strings.Contains(r.Text, "Bids compared, version 1") {
		t.Errorf("the page does not say what would be public: %d", r.StatusCode)
	}
	if r := k.desk.Post(t, path, "paper_"+k.paper, "yes", "when", "now"); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(r.Text, "Give the reason for the release") {
		t.Errorf("a release without a reason answered %d", r.StatusCode)
	}
	if r := k.desk.Post(t, path, "reason", "Signed", "when", "now"); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(r.Text, "Choose what to release") {
		t.Errorf("a release of nothing answered %d", r.StatusCode)
	}
	public := k.Browser(t)
	if r := public.Get(t, "/papers/"+k.paper); r.StatusCode != http.StatusNotFound {
		t.Fatalf("before the release the paper answers %d", r.StatusCode)
	}
	for who, b := range map[string]*servertest.Browser{"a member": k.ann, "an author": k.SignedIn(t, auth.Author, k.board), "an administrator": k.SignedIn(t, auth.Admin)} {
		if r := b.Post(t, path, "whole", "yes", "reason", "x", "when", "now"); r.StatusCode < 400 {
			t.Errorf("%s may release: %d", who, r.StatusCode)
		}
	}
	if r := k.desk.Post(t, path, "whole", "yes", "paper_"+k.paper, "yes", "reason", "The contract is signed.", "when", "now"); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("releasing answered %d %s", r.StatusCode, r.Text)
	}
	for path, want := range map[string][]string{
		"/meetings/" + k.meeting.Slug:      {"Award to Marsh Imaging", "Bids compared", "Private until", "The contract is signed.", "information about the business affairs", "Released, until then private: item 2"},
		"/papers/" + k.paper:               {"secretword", "Private until", "The contract is signed."},
		"/api/v1/papers/" + k.paper:        {`"state":"published"`},
		"/api/v1/log/entries?limit=200":    {`"item.released"`},
		"/papers/" + k.paper + "/v/1/file": {"%PDF"},
	} {
		servertest.Eventually(t, path+" shows what was released", func() bool {
			r := public.Get(t, path)
			for _, w := range want {
				if !strings.Contains(r.Text, w) {
					return false
				}
			}
			return r.StatusCode == http.StatusOK
		})
		if r := public.Get(t, path); strings.Contains(r.Text, "Bids are open") {
			t.Errorf("%s says the reasons, which are the desk’s", path)
		}
	}
	servertest.Eventually(t, "the paper can be found", func() bool { return hits(public.Get(t, "/api/v1/search?q=secretword").Text) })
}

// TestPrivatePaper: a paper of a public item is private for reasons of its own.
func TestPrivatePaper(t *testing.T) {
	k := newClosed(t)
	item := k.Item(t, k.meeting.Slug, "Finance")
	var p struct{ ID string }
	if status, text := k.APIUpload(t, k.Token(t, auth.Secretary), "/items/"+item.ID+"/papers", "annex.pdf", servertest.PDF(t, "Annex", "annexword"), &p, "title", "Annex with salaries"); status != http.StatusCreated {
		t.Fatalf("uploading: %d %s", status, text)
	}
	if r := k.desk.Post(t, "/desk/papers/"+p.ID, "title", "Annex with salaries", "private", "yes"); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(r.Text, "Choose why it may be private") {
		t.Errorf("a private paper without grounds answered %d", r.StatusCode)
	}
	if r := k.desk.Post(t, "/desk/papers/"+p.ID, "title", "Annex with salaries", "private", "yes", "para_person", "yes"); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("making it private answered %d %s", r.StatusCode, r.Text)
	}
	if status, text := k.API(t, k.Token(t, auth.Secretary), "POST", "/meetings/"+k.meeting.Slug+"/publish", nil, nil); status != http.StatusOK {
		t.Fatalf("publishing: %d %s", status, text)
	}
	if r := k.ann.Get(t, "/papers/"+p.ID); !strings.Contains(r.Text, "Not for publication: information about an individual") {
		t.Errorf("the paper does not carry its mark: %d", r.StatusCode)
	}
	public := k.Browser(t).Get(t, "/meetings/"+k.meeting.Slug).Text
	if !strings.Contains(public, "Finance") || strings.Contains(public, "Annex") {
		t.Error("the public page lacks the item or names its private paper")
	}
	if r := k.desk.Post(t, "/desk/papers/"+p.ID, "title", "Annex with salaries"); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(r.Text, "Release it instead") {
		t.Errorf("making it public by the back door answered %d", r.StatusCode)
	}
}

// TestReleaseAtATime: a release waits for its moment, and frees nothing before; a part of it is enough.
func TestReleaseAtATime(t *testing.T) {
	k := newClosed(t)
	at := k.Clock.Now().Add(time.Hour)
	var pub struct{ State string }
	status, text := k.API(t, k.Token(t, auth.Secretary), "POST", "/items/"+k.item.ID+"/release", map[string]any{"papers": []string{k.paper}, "reason": "The contract is signed.", "at": at.Format(time.RFC3339)}, &pub)
	if status != http.StatusOK || pub.State != "scheduled" {
		t.Fatalf("releasing at a time answered %d %s", status, text)
	}
	public := k.Browser(t)
	if r := public.Get(t, "/papers/"+k.paper); r.StatusCode != http.StatusNotFound {
		t.Errorf("before its time the paper answers %d", r.StatusCode)
	}
	k.Clock.Set(at)
	servertest.Eventually(t, "the paper is public", func() bool { return public.Get(t, "/papers/"+k.paper).StatusCode == http.StatusOK })
	if r := public.Get(t, "/meetings/"+k.meeting.Slug); !strings.Contains(r.Text, "Bids compared") || strings.Contains(r.Text, "Award to Marsh Imaging") {
		t.Error("the paper that was released is not on the agenda, or the item that was not is there by its own title")
	}
}

// TestConflictedSecretary: who works at the desk and declared an interest reads the title of a withheld paper neither
// in what a publication left out nor in the record, and does not write the public face of an item over it.
func TestConflictedSecretary(t *testing.T) {
	k := newClosed(t)
	token := k.Token(t, auth.Secretary)
	k.Item(t, k.meeting.Slug, "One more")
	k.API(t, token, "POST", "/meetings/"+k.meeting.Slug+"/publish", map[string]string{"at": k.Clock.Now().Add(time.Hour).Format(time.RFC3339)}, nil)
	ruth := k.SignedIn(t, auth.Secretary, k.board)
	desk, item := "/desk/meetings/"+k.meeting.Slug, "/desk/items/"+k.item.ID
	wants(t, ruth.Get(t, desk), http.StatusOK, "Bids compared: it is private")
	wants(t, ruth.Get(t, desk+"/record"), http.StatusOK, "Bids compared")
	k.conflict(t, ruth.User)
	for _, path := range []string{desk, desk + "/private", item, item + "/release", "/desk", desk + "/record"} {
		if a := ruth.Get(t, path); strings.Contains(a.Text, "Bids compared") || a.StatusCode >= 500 {
			t.Errorf("%s answers %d and names the paper", path, a.StatusCode)
		}
	}
	wants(t, ruth.Get(t, desk+"/record"), http.StatusForbidden, "somebody else at the desk")
	wants(t, k.desk.Get(t, desk+"/record"), http.StatusOK, "Bids compared")

	whole := papers.Conflict{Person: ruth.User, Item: k.item.ID, Category: "financial", Nature: "Shares", Action: "withheld", Withholds: true}
	if _, err := k.Record.AddConflict(t.Context(), whole, papers.Change{By: papers.Program}); err != nil {
		t.Fatal(err)
	}
	a := ruth.Post(t, item, "title", "A contract", "lead", "Ruth", "private", "yes", "public_title", "A contract", "para_business", "yes", "reasons", "None")
	if a.StatusCode < 400 {
		t.Errorf("changing the item answers %d", a.StatusCode)
	}
	if i, err := k.Record.Item(t.Context(), papers.Insider, k.item.ID); err != nil || i.Title != "Award to Marsh Imaging" {
		t.Errorf("the item is called %q now (%v)", i.Title, err)
	}
}
