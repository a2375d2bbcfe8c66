package server_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestChaptersOfAMeeting: when each item was heard is told by the API and on the meeting's page.
func TestChaptersOfAMeeting(t *testing.T) {
	d := describedSite(t)
	board := d.Board(t, "Open Board")
	m := d.Meeting(t, board, 7)
	welcome, winter := d.Item(t, m.Slug, "Welcome"), d.Item(t, m.Slug, "Winter")
	private, err := d.Record.AddItem(t.Context(), papers.Item{ID: papers.NewID(), Meeting: m.Slug, Title: "CANARYTITLE", Private: true, PublicTitle: "A contract", Exemption: "It holds terms.",
		Grounds: papers.Grounds{Regime: "LGA-VA", Paras: []string{"3"}, Reasons: "It holds terms.", PublicInterest: "It weighs more."}}, papers.Change{By: papers.Program})
	if err != nil {
		t.Fatal(err)
	}
	secretary := d.Token(t, auth.Secretary, board)
	at := "/meetings/" + m.Slug + "/chapters"
	want(t, 404)(d.call(t, "", "GET", at, nil, nil))
	var paper api.Uploaded
	want(t, 201)(d.APIUpload(t, secretary, "/items/"+winter.ID+"/papers", "winter.pdf", servertest.PDF(t, "Winter", "The hubs open early."), &paper, "title", "Winter plan"))
	want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+m.Slug+"/publish", nil, nil))
	var list api.List[livestream.Chapter]
	want(t, 200)(d.call(t, "", "GET", at, nil, &list))
	if list.Items == nil || len(list.Items) != 0 {
		t.Errorf("before the meeting the chapters are %+v", list)
	}
	room := func(state string) {
		want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": state}, nil))
	}
	hear := func(item papers.Item) {
		want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+m.Slug+"/live/item", map[string]any{"item": item.ID}, nil))
	}
	room("open")
	hear(welcome)
	d.Clock.Advance(72 * time.Minute)
	hear(winter)
	hear(private)
	room("private")
	d.Clock.Advance(10 * time.Minute)
	room("open")
	d.Clock.Advance(10 * time.Minute)
	room("closed")
	want(t, 200)(d.call(t, "", "GET", at, nil, &list))
	if len(list.Items) != 3 || list.Items[0].Item != welcome.ID || list.Items[1].Title != "Winter" || list.Items[1].Offset < 72*60 || list.Items[1].Offset > 80*60 || list.Items[2].Kind != livestream.SessionPublic {
		t.Errorf("the chapters are %+v", list.Items)
	}
	page := d.Browser(t).Get(t, "/meetings/"+m.Slug).Text
	_, heard, _ := strings.Cut(page, `id="heard"`)
	heard, _, _ = strings.Cut(heard, "</section>")
	for _, words := range []string{`Winter</a>`, `at 1 h (1\d|20) min`, `The meeting went on in public`} { // the clock runs
		if !regexp.MustCompile(words).MatchString(heard) {
			t.Errorf("the page of the meeting does not say %q: %s", words, heard)
		}
	}
	if where := d.Browser(t).Get(t, "/papers/"+paper.ID).Text; !strings.Contains(where, "Heard from") || !strings.Contains(where, "at 1 h 12 min") {
		t.Error("the page of a paper does not say when its item was heard")
	}
	if strings.Contains(heard, "contract") || strings.Contains(page, "CANARYTITLE") {
		t.Errorf("the chapters tell of a private item: %s", heard)
	}
}
