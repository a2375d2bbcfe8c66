package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/server"
	"clearday/server/api"
	"clearday/server/auth"
)

// TestCaptionsByToken: the token of a captioner says what is said, in the open room, to everybody who
// watches and to whoever reads it afterwards.
func TestCaptionsByToken(t *testing.T) {
	d := describedSite(t)
	board := d.Board(t, "Open Board")
	m := d.Meeting(t, board, 7)
	secretary, captioner := d.Token(t, auth.Secretary, board), d.Token(t, auth.Captioner, board)
	at := "/meetings/" + m.Slug + "/live/captions"
	room := func(state string) {
		t.Helper()
		want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": state}, nil))
	}
	hello := map[string]any{"text": "Good  morning\neverybody", "source": "human", "by": "Captions Ltd", "key": "k1"}
	want(t, 404)(d.call(t, captioner, "POST", at, hello, nil)) // it is not announced
	want(t, 404)(d.call(t, "", "GET", at, nil, nil))
	want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+m.Slug+"/publish", nil, nil))
	status, text := d.call(t, captioner, "POST", at, hello, nil)
	if status != 409 || !strings.Contains(text, "while the room is open") {
		t.Errorf("before the room opens a caption answers %d %s", status, text)
	}
	room("open")
	var first, again livestream.Caption
	want(t, 201)(d.call(t, captioner, "POST", at, hello, &first))
	want(t, 201)(d.call(t, captioner, "POST", at, hello, &again))
	if first.Text != "Good morning everybody" || first.Source != livestream.CaptionHuman || again != first {
		t.Errorf("the caption is %+v, sent again %+v", first, again)
	}
	want(t, 201)(d.send(t, captioner, "POST", at+"?source=machine&spoken_at="+url.QueryEscape(d.Clock.Now().Format(time.RFC3339)), "text/plain; charset=utf-8", strings.NewReader("<b>we</b> begin"), nil))
	for name, bad := range map[string]any{
		"no source": map[string]any{"text": "x"}, "no text": map[string]any{"text": " ", "source": "human"}, "unknown field": map[string]any{"text": "x", "source": "human", "lang": "en"},
		"long key": map[string]any{"text": "x", "source": "human", "key": strings.Repeat("k", 65)}, "bad time": map[string]any{"text": "x", "source": "human", "spoken_at": "10:15"},
	} {
		if status, text := d.call(t, captioner, "POST", at, bad, nil); status != 422 {
			t.Errorf("%s answers %d %s", name, status, text)
		}
	}
	want(t, 422)(d.send(t, captioner, "POST", at, "text/plain", strings.NewReader("from nowhere"), nil))
	want(t, 422)(d.send(t, captioner, "POST", at+"?source=human&spoken_at=noon", "text/plain", strings.NewReader("when"), nil))
	want(t, 413)(d.call(t, captioner, "POST", at, map[string]any{"text": strings.Repeat("x", 301), "source": "human"}, nil))
	want(t, 401)(d.call(t, "", "POST", at, hello, nil))
	for name, token := range map[string]string{"a moderator": d.Token(t, auth.Moderator, board), "a captioner of another board": d.Token(t, auth.Captioner, d.Board(t, "Other Board"))} {
		if status, text := d.call(t, token, "POST", at, hello, nil); status != 403 {
			t.Errorf("%s answers %d %s", name, status, text)
		}
	}
	for _, closed := range []string{"paused", "private", "closed"} {
		room(closed)
		status, text := d.call(t, captioner, "POST", at, map[string]any{"text": "CANARY", "source": "human"}, nil)
		if status != 409 || !strings.Contains(text, `"detail":"`) {
			t.Errorf("a caption to the %s room answers %d %s, want a refusal with a sentence", closed, status, text)
		}
	}
	var frames api.Frames
	want(t, 200)(d.call(t, "", "GET", "/meetings/"+m.Slug+"/live?since=0", nil, &frames))
	if told := fmt.Sprintf("%s", frames.Frames); strings.Count(told, `"caption.spoken"`) != 2 || strings.Contains(told, "CANARY") {
		t.Errorf("watchers are told %s, want both captions", told)
	}
	var list api.List[livestream.Caption]
	want(t, 200)(d.call(t, "", "GET", at+"?limit=1", nil, &list))
	if len(list.Items) != 1 || list.Items[0] != first || list.Next == "" {
		t.Errorf("the first page is %+v", list)
	}
	want(t, 200)(d.call(t, "", "GET", at+"?cursor="+list.Next, nil, &list))
	if len(list.Items) != 1 || list.Items[0].Text != "<b>we</b> begin" || list.Next != "" {
		t.Errorf("the rest is %+v", list)
	}
	want(t, 422)(d.call(t, "", "GET", at+"?cursor=x", nil, nil))

	page := d.Browser(t).Get(t, "/meetings/"+m.Slug+"/captions")
	for _, words := range []string{"Good morning everybody", "&lt;b&gt;we&lt;/b&gt; begin", "written by a person (Captions Ltd)", "made by a machine, with mistakes"} {
		if !strings.Contains(page.Text, words) {
			t.Errorf("the page of the captions does not say %q", words)
		}
	}
}

// TestCaptionerMayNothingElse asks for every address that is not for everybody, of things that exist, with
// the token of a captioner.
func TestCaptionerMayNothingElse(t *testing.T) {
	a := newAviary(t)
	token := []string{"Authorization", "Bearer " + a.Token(t, auth.Captioner)}
	open := map[string]bool{"GET /desk": true, "POST /sign-out": true, "POST /api/v1/meetings/:slug/live/captions": true}
	for _, r := range server.Guarded() {
		for _, slug := range a.ids["slug"] {
			for _, id := range append(append([]string{}, a.ids["id"]...), a.ids["paper"]...) {
				path := strings.NewReplacer(":slug", slug, ":id", id, ":number", a.ids["number"][0], ":n", "1", ":p", "1").Replace(r[1])
				got := a.Browser(t).Do(t, r[0], path, "application/json", strings.NewReader("{}"), token...)
				if open[r[0]+" "+r[1]] {
					if got.StatusCode >= 500 || strings.Contains(strings.ToLower(got.Text), a.birds["hidden title"]) {
						t.Errorf("%s %s answers a captioner %d", r[0], path, got.StatusCode)
					}
				} else if got.StatusCode != http.StatusForbidden && got.StatusCode != http.StatusNotFound {
					t.Errorf("%s %s answers a captioner %d", r[0], path, got.StatusCode)
				}
				if !strings.Contains(r[1], ":id") {
					break
				}
			}
			if !strings.Contains(r[1], ":slug") {
				break
			}
		}
	}
}
