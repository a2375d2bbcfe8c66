package server_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestRunWithoutScripts: the secretary runs a meeting by the forms of the desk, and the public reads what
// happened. What does not go through comes back as it was typed.
func TestRunWithoutScripts(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	secret, err := s.Record.AddItem(t.Context(), papers.Item{ID: papers.NewID(), Meeting: m.Slug, Title: "CANARYTITLE", Private: true, PublicTitle: "A contract", Exemption: "It holds terms.",
		Grounds: papers.Grounds{Regime: "LGA-VA", Paras: []string{"3"}, Reasons: "It holds terms.", PublicInterest: "It weighs more."}}, papers.Change{By: papers.Program})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publisher.PublishMeeting(t.Context(), m.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	s.Clock.Set(m.StartsAt)
	desk, public := s.SignedIn(t, auth.Secretary, m.Board), s.Browser(t)
	room := "/desk/meetings/" + m.Slug + "/room"
	post := func(want int, path string, fields ...string) servertest.Answer {
		t.Helper()
		a := desk.Post(t, path, fields...)
		if a.StatusCode != want {
			t.Fatalf("%s answers %d, not %d: %s", path, a.StatusCode, want, a.Text)
		}
		return a
	}
	reads := func(b *servertest.Browser, path string, words ...string) {
		t.Helper()
		p := b.Get(t, path)
		for _, w := range words {
			if !strings.Contains(p.Text, w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
	}
	live := "/meetings/" + m.Slug + "/live"
	post(303, room, "room", "open")
	reads(desk, "/desk"+live, "No site is allowed yet", "Adjourn the meeting", "Go into private session")
	stream := "https://video.example.org/board/index.m3u8"
	if a := post(422, room+"/stream", "kind", "hls", "url", stream); !strings.Contains(a.Text, "not allowed on this site") {
		t.Error("a stream of any site is shown")
	}
	admin := s.SignedIn(t, auth.Admin)
	site := []string{"name", "Fenmarsh", "stream_origins", "https://video.example.org/x"}
	if a := admin.Post(t, "/desk/site", site...); a.StatusCode != 422 || !strings.Contains(a.Text, "is not the address of a site") {
		t.Errorf("an address with a path is taken as a site: %d", a.StatusCode)
	}
	site[3] = "https://video.example.org"
	if a := admin.Post(t, "/desk/site", site...); a.StatusCode != 303 {
		t.Fatalf("allowing a site answers %d %s", a.StatusCode, a.Text)
	}
	post(303, room+"/stream", "kind", "hls", "url", stream)
	reads(public, live, stream)

	post(422, room+"/notice", "notice", " ")
	post(303, room+"/notice", "notice", "The lift is out of order.")
	reads(public, live, "The lift is out of order.")
	post(303, room+"/notice", "act", "down")
	if p := public.Get(t, live); strings.Contains(p.Text, "The lift is") {
		t.Error("an announcement that was taken down is still shown")
	}

	if a := post(422, room+"/adjourn", "reason", "The fire alarm.", "until_time", "25:99"); !strings.Contains(a.Text, `value="The fire alarm."`) {
		t.Error("what was typed is lost")
	}
	zone := m.Location()
	at := m.StartsAt.Add(30 * time.Minute).In(zone)
	post(303, room+"/adjourn", "reason", "The fire alarm.", "until_time", at.Format("15:04"))
	reads(public, live, "The meeting is adjourned", "The fire alarm.")
	reads(public, "/", "Adjourned", "It goes on at")
	post(303, room, "room", "open")

	if a := post(422, room+"/private", "moved_by", "Cllr Moss"); !strings.Contains(a.Text, "Choose the resolution") || !strings.Contains(a.Text, `value="Cllr Moss"`) {
		t.Error("a private session begins without a resolution, or what was typed is lost")
	}
	post(303, room+"/private", "resolution", "item-"+secret.ID, "moved_by", "Cllr Moss", "seconded_by", "Dr Rill", "reason", "A contract is being awarded.", "until_time", m.StartsAt.Add(time.Hour).In(zone).Format("15:04"))
	reads(public, live, "The board is meeting in private", "A contract is being awarded.", "section 100A(4)", "paragraph 3")
	reads(public, "/", "In private")
	if p := public.Get(t, live); strings.Contains(p.Text, stream) || strings.Contains(p.Text, "CANARYTITLE") {
		t.Error("the room in private session tells where the stream is, or what is heard")
	}
	s.Clock.Advance(20 * time.Minute)
	post(303, room, "room", "open")
	post(303, room+"/kept-public", "item", secret.ID)
	post(303, room, "room", "closed")
	reads(public, "/meetings/"+m.Slug, "When the public could follow", "The public was excluded for item", "section 100A(4)", "Moved by Cllr Moss, seconded by Dr Rill", "The meeting adjourned. The fire alarm.",
		"The public stayed for item", "The meeting went on in public")
	var log struct {
		Items []livestream.Session `json:"items"`
	}
	if status, text := s.API(t, "", "GET", "/meetings/"+m.Slug+"/sessions", nil, &log); status != 200 || len(log.Items) != 6 {
		t.Errorf("the log of the room answers %d %s", status, text)
	}
}

// TestRunByAPI: what the forms do, the API does, with its own words for what is missing.
func TestRunByAPI(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	s.Clock.Set(m.StartsAt)
	token, at := s.Token(t, auth.Secretary), "/meetings/"+m.Slug+"/live"
	allowStreams(t, s, "https://video.example.org")
	var r livestream.Room
	set := func(want int, body map[string]any) string {
		t.Helper()
		r = livestream.Room{}
		status, text := s.API(t, token, "POST", at, body, &r)
		if status != want {
			t.Fatalf("%v answers %d, not %d: %s", body, status, want, text)
		}
		return text
	}
	set(422, map[string]any{})
	set(422, map[string]any{"stream": map[string]any{"kind": "hls", "url": "https://elsewhere.example.org/a.m3u8"}})
	set(200, map[string]any{"room": "open", "stream": map[string]any{"kind": "hls", "url": "https://video.example.org/a.m3u8"}, "notice": "Welcome"})
	if r.Stream.Host() != "video.example.org" || r.Notice != "Welcome" || r.State != livestream.RoomOpen {
		t.Errorf("the room is %+v", r)
	}
	set(422, map[string]any{"room": "open", "exclusion": map[string]any{"resolution": "That …"}})
	set(422, map[string]any{"room": "paused", "adjourn": true})
	set(422, map[string]any{"room": "paused", "until": m.StartsAt.Add(-time.Hour)})
	set(200, map[string]any{"room": "private", "reason": "A contract.", "exclusion": map[string]any{"resolution": "That the public be excluded.", "moved_by": "Cllr Moss"}})
	if status, text := s.API(t, token, "POST", at+"/captions", map[string]any{"text": "CANARY", "source": "human"}, nil); status != http.StatusConflict {
		t.Errorf("a caption in private session answers %d %s", status, text)
	}
	if status, _ := s.API(t, s.Token(t, auth.Author), "POST", at, map[string]any{"room": "open"}, nil); status != http.StatusForbidden {
		t.Errorf("an author opens the room: %d", status)
	}
	set(200, map[string]any{"room": "open"})
	if r.Why != "" || r.ResumesAt != nil || r.Stream.URL == "" {
		t.Errorf("back in public the room is %+v", r)
	}
}

// TestPrivateSessionCanaries: while the board meets in private nobody hears where the stream is, and
// nothing that is sent meanwhile goes anywhere (rules.md M-10).
func TestPrivateSessionCanaries(t *testing.T) {
	a := newAviary(t)
	a.Clock.Set(a.pub.ScheduledAt)
	servertest.Eventually(t, "the hidden meeting is public", func() bool { return a.Browser(t).Get(t, "/meetings/"+a.hidden.Slug).StatusCode == 200 })
	allowStreams(t, a.Site, "https://video.example.org")
	token, at := a.Token(t, auth.Secretary), "/meetings/"+a.hidden.Slug+"/live"
	asked := numberIn(askPlainly(t, a.Browser(t), a.hidden.Slug, "Asked before?"))
	a.Clock.Set(a.hidden.StartsAt)
	set := func(path string, body map[string]any, want int) {
		t.Helper()
		if status, text := a.API(t, token, "POST", path, body, nil); status != want {
			t.Fatalf("%s %v answers %d, not %d: %s", path, body, status, want, text)
		}
	}
	stream := "https://video.example.org/" + a.birds.word("stream address") + ".m3u8"
	set(at, map[string]any{"room": "open", "stream": map[string]any{"kind": "hls", "url": stream}}, 200)
	if open := a.listen(t, a.hidden.Slug); !strings.Contains(open, a.birds["stream address"]) {
		t.Fatal("in public the stream is not told, so the test shows nothing")
	}
	if status, text := a.API(t, token, "PATCH", "/questions/"+asked, map[string]any{"state": "published"}, nil); status != 200 {
		t.Fatalf("publishing answers %d %s", status, text)
	}
	private := a.ids["id"][len(a.ids["id"])-1]
	set(at, map[string]any{"room": "private", "reason": "A contract."}, 200)
	set(at+"/item", map[string]any{"item": private}, 200)
	set(at+"/captions", map[string]any{"text": a.birds.word("caption in private"), "source": "human"}, 409)
	if status, text := a.API(t, token, "PATCH", "/questions/"+asked, map[string]any{"state": "put"}, nil); status != http.StatusConflict {
		t.Errorf("a question is put in private session: %d %s", status, text)
	}
	b := a.Browser(t)
	if q := b.Post(t, "/meetings/"+a.hidden.Slug+"/questions", "key", strings.Repeat("k", 20), "text", a.birds.word("asked in private")+"?"); q.StatusCode == http.StatusSeeOther {
		t.Error("a question is taken in private session")
	}
	if q := b.Post(t, "/meetings/"+a.hidden.Slug+"/chat", "key", strings.Repeat("m", 20), "text", a.birds.word("chat in private")); q.StatusCode == http.StatusSeeOther {
		t.Error("a message is taken in private session")
	}
	all := map[string]string{"socket": a.listen(t, a.hidden.Slug)}
	var err error
	if all["resumed socket"], err = heard(roomSocket(t, a.Browser(t), a.hidden.Slug, "?since=0"), "room.private"); err != nil {
		t.Errorf("a socket that comes back does not hear of the private session: %v", err)
	}
	if _, all["poll"] = a.API(t, "", "GET", at+"?since=0", nil, nil); !strings.Contains(all["poll"], "room.private") {
		t.Errorf("a poll does not hear of the private session: %s", all["poll"])
	}
	maps.Copy(all, a.crawl(t))
	for thing, where := range a.leaks(all) {
		switch thing {
		case "stream address", "caption in private", "asked in private", "chat in private", "private title", "private lead", "private recommendation", "private reasons", "private paper title", "private paper text":
			t.Errorf("the %s is heard by %v", thing, where[:min(len(where), 6)])
		}
	}
}
