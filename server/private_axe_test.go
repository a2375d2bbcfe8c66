package server_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearday/papers"
	"clearday/server/auth"
)

// tablet is the width at which members read.
const tablet = 820

// TestPrivatePages looks at the pages of private matter, at the desk and as a member, on a phone, a tablet
// and a desk: axe-core finds nothing, nothing scrolls sideways; and as a member without scripts.
func TestPrivatePages(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("reading axe-core, which building the assets installs: %v", err)
	}
	browser := startChromium(t)
	k := newClosed(t)
	k.law(t)
	released := k.released(t)
	k.conflict(t, k.ann.User)
	_, err = k.Record.AddConflict(context.Background(), papers.Conflict{Person: k.bob.User, Item: k.item.ID, Category: "personal", Sensitive: true, Action: "stays", Dispensation: "D-12"}, papers.Change{By: papers.Program})
	if err != nil {
		t.Fatal(err)
	}
	look := func(p *person, name, path string) {
		p.opens(path)
		p.looks(name)
		for _, width := range []int64{phone, tablet, wide} {
			p.resize(width)
			if width == tablet && p.chromium.pictures != "" {
				p.pictureHere(name)
			}
			if w := evaluate[int64](p, `document.scrollingElement.scrollWidth`); w > width {
				p.Errorf("%s is %d wide at %d", name, w, width)
			}
			for _, fault := range p.axe(string(axe)) {
				p.Errorf("%s (%s) at %d: %s", name, path, width, fault)
			}
		}
		p.blameless(name)
	}
	desk := browser.person(t, k.Site, "the secretary", wide)
	desk.signIn(auth.Secretary)
	for name, path := range map[string]string{"desk private": "/desk/meetings/" + k.meeting.Slug + "/private", "desk private item": "/desk/items/" + k.item.ID,
		"desk release": "/desk/items/" + k.item.ID + "/release", "desk private paper": "/desk/papers/" + k.paper, "desk nothing to release": "/desk/items/" + released + "/release"} {
		look(desk, name, path)
	}
	desk.opens("/desk/meetings/" + k.meeting.Slug + "/private")
	desk.clickTo("button", "Record the interest")
	desk.sees("Give the nature of the interest.")
	desk.looks("desk conflict to mend")
	desk.blameless("mending", "422")

	member := browser.person(t, k.Site, "a member", wide)
	id := k.member(t, member)
	paper := "/desk/member/papers/" + k.paper + "/v/1"
	look(member, "member meetings", "/desk/member/meetings")
	look(member, "member meeting", "/desk/member/meetings/"+k.meeting.Slug)
	look(member, "member paper", paper)
	look(member, "member reads in public", "/papers/"+k.paper)
	k.conflict(t, id)
	look(member, "member withheld", "/desk/member/meetings/"+k.meeting.Slug)

	plain := browser.person(t, k.Site, "a member without scripts", tablet)
	k.member(t, plain)
	plain.withoutScripts()
	plain.opens(paper)
	if text := plain.text(`document.body.innerText`); !strings.Contains(text, "Scripts are switched off") || !strings.Contains(plain.text(`document.body.textContent`), "secretword") {
		t.Error("without scripts the paper cannot be read, or the page does not say what is missing")
	}
	anybody := browser.person(t, k.Site, "anybody", wide)
	look(anybody, "meeting with released item", "/meetings/"+k.meeting.Slug)
}

// law puts the board under the law of councils, which numbers its grounds and asks for more.
func (k *closed) law(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	b, err := k.Record.Board(ctx, k.board)
	if err != nil {
		t.Fatal(err)
	}
	b.NoticeProfile = "lga-va"
	if err := k.Record.ChangeBoard(ctx, b, papers.Change{By: papers.Program, Acts: []papers.Act{{Kind: papers.ActBoardChanged, Subject: "boards/" + b.Slug, Board: b.Slug}}}); err != nil {
		t.Fatal(err)
	}
	grounds := map[string]any{"paras": []string{"3"}, "reasons": "Bids are open.", "public_interest_statement": "A fair price needs secret bids.", "review_date": "2026-01-31"}
	if status, text := k.API(t, k.Token(t, auth.Secretary), "PATCH", "/items/"+k.item.ID, map[string]any{"grounds": grounds}, nil); status != 200 {
		t.Fatalf("changing the grounds: %d %s", status, text)
	}
}

// released is an item that was private and is not any more.
func (k *closed) released(t *testing.T) string {
	t.Helper()
	token := k.Token(t, auth.Secretary)
	var i papers.Item
	k.API(t, token, "POST", "/meetings/"+k.meeting.Slug+"/items", map[string]any{"title": "Sale of the old clinic", "private": true, "public_title": "A building",
		"grounds": map[string]any{"paras": []string{"3"}, "public_interest_statement": "Offers are open."}}, &i)
	k.API(t, token, "POST", "/meetings/"+k.meeting.Slug+"/publish", nil, nil)
	if r := k.desk.Post(t, "/desk/items/"+i.ID+"/release", "whole", "yes", "reason", "The sale is complete.", "when", "now"); r.StatusCode != 303 {
		t.Fatalf("releasing answered %d %s", r.StatusCode, r.Text)
	}
	return i.ID
}
