package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"clearday/search"
	"clearday/server/api"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// described calls the API and holds each answer against the description.
type described struct {
	*servertest.Site
	router routers.Router
}

func describedSite(t *testing.T) described {
	t.Helper()
	site := servertest.Start(t)
	answer := site.Browser(t).Get(t, "/api/v1/openapi.json")
	doc, err := openapi3.NewLoader().LoadFromData([]byte(answer.Text))
	if err != nil {
		t.Fatalf("reading the description: %v", err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatalf("routing by the description: %v", err)
	}
	return described{site, router}
}

// call answers the status and the text, after holding both against the description.
func (d described) call(t *testing.T, token, method, path string, body, v any) (int, string) {
	t.Helper()
	var r io.Reader
	kind := ""
	if body != nil {
		j, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r, kind = strings.NewReader(string(j)), "application/json"
	}
	return d.send(t, token, method, path, kind, r, v)
}

func (d described) upload(t *testing.T, token, path, name string, file []byte, v any, fields ...string) (int, string) {
	t.Helper()
	body, kind := servertest.Multipart(t, name, file, fields...)
	return d.send(t, token, http.MethodPost, path, kind, body, v)
}

func (d described) send(t *testing.T, token, method, path, kind string, body io.Reader, v any) (int, string) {
	t.Helper()
	var headers []string
	if token != "" {
		headers = []string{"Authorization", "Bearer " + token}
	}
	a := d.Browser(t).Do(t, method, api.Base+path, kind, body, headers...)
	req, err := http.NewRequest(method, api.Base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	route, params, err := d.router.FindRoute(req)
	if err != nil {
		t.Fatalf("%s %s is not described: %v", method, path, err)
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 a.StatusCode, Header: a.Header,
	}
	in.SetBodyBytes([]byte(a.Text))
	if err := openapi3filter.ValidateResponse(t.Context(), in); err != nil {
		t.Errorf("%s %s answered %d, not as described: %v", method, path, a.StatusCode, err)
	}
	if v != nil && a.StatusCode < 300 {
		if err := json.Unmarshal([]byte(a.Text), v); err != nil {
			t.Fatalf("%s %s answered %q: %v", method, path, a.Text, err)
		}
	}
	return a.StatusCode, a.Text
}

// want fails unless the status is the one wanted.
func want(t *testing.T, status int) func(got int, text string) {
	t.Helper()
	return func(got int, text string) {
		t.Helper()
		if got != status {
			t.Fatalf("answered %d %s, want %d", got, text, status)
		}
	}
}

// TestAPIPublish goes the way of a paper from a new board to its withdrawal.
func TestAPIPublish(t *testing.T) {
	d := describedSite(t)
	admin, secretary := d.Token(t, auth.Admin), d.Token(t, auth.Secretary)

	var board api.Board
	want(t, 201)(d.call(t, admin, "POST", "/boards", map[string]any{"name": "Quality Board"}, &board))
	want(t, 409)(d.call(t, admin, "POST", "/boards", map[string]any{"name": "Quality Board"}, nil))
	want(t, 401)(d.call(t, "", "POST", "/boards", map[string]any{"name": "Nobody’s"}, nil))
	want(t, 403)(d.call(t, secretary, "POST", "/boards", map[string]any{"name": "Not hers to add"}, nil))

	starts := d.Clock.Now().AddDate(0, 0, 14).Truncate(time.Second)
	var meeting api.Meeting
	want(t, 201)(d.call(t, secretary, "POST", "/meetings", map[string]any{"board": board.Slug, "starts_at": starts.Format(time.RFC3339), "venue": "Town Hall"}, &meeting))
	if meeting.State != "planned" || !strings.HasPrefix(meeting.Slug, "quality-board-") {
		t.Errorf("the new meeting is %s, %s; want a planned one of the board", meeting.Slug, meeting.State)
	}
	status, text := d.call(t, secretary, "POST", "/meetings", map[string]any{"board": board.Slug, "starts_at": "2027-04-08T09:30:00"}, nil)
	if status != 422 || !strings.Contains(text, "RFC 3339") {
		t.Errorf("a time without an offset answered %d %s, want 422 and how to write it", status, text)
	}
	want(t, 422)(d.call(t, secretary, "POST", "/meetings", map[string]any{"board": "none", "starts_at": starts.Format(time.RFC3339)}, nil))
	want(t, 404)(d.call(t, "", "GET", "/meetings/"+meeting.Slug, nil, nil))

	var item api.Item
	want(t, 201)(d.call(t, secretary, "POST", "/meetings/"+meeting.Slug+"/items", map[string]any{"title": "Winter report", "purpose": "decision"}, &item))
	want(t, 200)(d.call(t, secretary, "PATCH", "/items/"+item.ID, map[string]any{"lead": "Director of Care", "revision": item.Revision}, &item))
	if item.Title != "Winter report" || item.Lead != "Director of Care" {
		t.Errorf("after a partial change the item is %+v, want title and lead", item)
	}
	want(t, 409)(d.call(t, secretary, "PATCH", "/items/"+item.ID, map[string]any{"lead": "Somebody else", "revision": item.Revision - 1}, nil))

	file := servertest.PDF(t, "Winter", "The first page speaks of beds.", "The second page speaks of hubs.")
	var up api.Uploaded
	want(t, 201)(d.upload(t, secretary, "/items/"+item.ID+"/papers", "01 Winter.pdf", file, &up))
	if up.State != "ready" || up.Version != 1 || up.Pages != 2 || up.Title != "Winter" {
		t.Errorf("the upload answered %+v, want a ready version 1 of 2 pages called Winter", up)
	}
	want(t, 422)(d.upload(t, secretary, "/items/"+item.ID+"/papers", "not.pdf", []byte("no PDF at all"), nil))
	want(t, 404)(d.call(t, "", "GET", "/papers/"+up.ID, nil, nil))

	var announced api.Meeting
	want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+meeting.Slug+"/announce", nil, &announced))
	want(t, 409)(d.call(t, secretary, "POST", "/meetings/"+meeting.Slug+"/announce", nil, nil))
	var pack api.MeetingPack
	want(t, 200)(d.call(t, "", "GET", "/meetings/"+meeting.Slug, nil, &pack))
	if announced.State != "announced" || len(pack.Items) != 0 {
		t.Errorf("after the announcement the public sees %s with %d items, want announced with none", announced.State, len(pack.Items))
	}

	var pub api.Publication
	want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+meeting.Slug+"/publish", nil, &pub))
	if pub.State != "done" || len(pub.Included) != 1 || pub.Included[0].Paper != up.ID || len(pub.LeftOut) != 0 {
		t.Errorf("publishing answered %+v, want it done with the one paper", pub)
	}
	want(t, 409)(d.call(t, secretary, "POST", "/meetings/"+meeting.Slug+"/publish", map[string]any{}, nil))

	status, text = d.call(t, "", "GET", "/papers/"+up.ID, nil, nil)
	if status != 200 || strings.Contains(text, "file_name") || strings.Contains(text, "01 Winter.pdf") {
		t.Errorf("the public reads %d %s, want the paper without the name of the uploaded file", status, text)
	}
	var words api.Text
	want(t, 200)(d.call(t, "", "GET", "/papers/"+up.ID+"/text?page=2", nil, &words))
	if !strings.Contains(words.Text, "hubs") {
		t.Errorf("the text of page 2 is %q, want that of the page", words.Text)
	}
	want(t, 200)(d.call(t, "", "GET", "/papers/"+up.ID+"/text", nil, &words))
	want(t, 422)(d.call(t, "", "GET", "/papers/"+up.ID+"/text?page=3", nil, nil))

	servertest.Eventually(t, "the search finds the page", func() bool {
		var found search.Answer
		want(t, 200)(d.call(t, "", "GET", "/search?q=hubs&board="+board.Slug, nil, &found))
		return found.Total == 1 && found.Hits[0].Paper == up.ID && found.Hits[0].Pages[0].Page == 2 && strings.Contains(found.Hits[0].Pages[0].Snippet, "<mark>hubs</mark>")
	})
	for _, q := range []string{"?q=%22%28-", "?q=board:none&sort=upside&page=-4&year=x&from=never", ""} {
		want(t, 200)(d.call(t, "", "GET", "/search"+q, nil, nil))
	}

	want(t, 422)(d.upload(t, secretary, "/papers/"+up.ID+"/versions", "v2.pdf", file, nil))
	var second api.Uploaded
	want(t, 201)(d.upload(t, secretary, "/papers/"+up.ID+"/versions", "v2.pdf", servertest.PDF(t, "Winter", "Corrected beds."), &second, "reason", "Corrects the beds."))
	at := d.Clock.Now().Add(time.Hour).UTC().Truncate(time.Second)
	want(t, 200)(d.call(t, secretary, "POST", "/papers/"+up.ID+"/publish", map[string]any{"at": at.Format(time.RFC3339)}, &pub))
	if second.Version != 2 || pub.State != "scheduled" || !pub.At.Equal(at) {
		t.Errorf("version %d is %s for %s, want version 2 scheduled for %s", second.Version, pub.State, pub.At, at)
	}

	want(t, 422)(d.call(t, secretary, "POST", "/papers/"+up.ID+"/withdraw", map[string]any{"reason": " "}, nil))
	var paper api.Paper
	want(t, 200)(d.call(t, secretary, "POST", "/papers/"+up.ID+"/withdraw", map[string]any{"reason": "Table 6 could identify staff", "version": 1}, &paper))
	status, text = d.call(t, "", "GET", "/papers/"+up.ID, nil, nil)
	if status != 410 || !strings.Contains(text, "Table 6 could identify staff") {
		t.Errorf("the withdrawn paper answers %d %s, want 410 and why", status, text)
	}
	want(t, 410)(d.call(t, "", "GET", "/papers/"+up.ID+"/text", nil, nil))
}

// TestAPILists reads lists by cursor and the acts in order.
func TestAPILists(t *testing.T) {
	d := describedSite(t)
	secretary := d.Token(t, auth.Secretary)
	board := d.Board(t, "Cursor Board")
	for day := range 3 {
		m := d.Meeting(t, board, 10+day)
		want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+m.Slug+"/announce", nil, nil))
	}
	var seen []string
	for cursor, more := "", true; more; more = cursor != "" {
		var page api.List[api.Meeting]
		want(t, 200)(d.call(t, "", "GET", "/meetings?limit=2&board="+board+"&cursor="+cursor, nil, &page))
		for _, m := range page.Items {
			seen = append(seen, m.Slug)
		}
		cursor = page.Next
	}
	if len(seen) != 3 || seen[0] >= seen[1] || seen[1] >= seen[2] {
		t.Errorf("by cursor the meetings are %v, want the three, earliest first", seen)
	}
	want(t, 422)(d.call(t, "", "GET", "/meetings?cursor=nonsense", nil, nil))
	want(t, 422)(d.call(t, "", "GET", "/meetings?from=soon", nil, nil))
	want(t, 200)(d.call(t, "", "GET", "/boards", nil, nil))
	want(t, 200)(d.call(t, "", "GET", "/boards/"+board, nil, nil))

	last := int64(0)
	for from, more := "1", true; more; more = from != "" {
		var page struct {
			Items []struct {
				Number int64 `json:"number"`
			} `json:"items"`
			Next string `json:"next"`
		}
		want(t, 200)(d.call(t, "", "GET", "/log/entries?limit=2&from="+from, nil, &page))
		for _, a := range page.Items {
			if a.Number != last+1 {
				t.Errorf("act %d follows act %d, want no gap", a.Number, last)
			}
			last = a.Number
		}
		from = page.Next
	}
	if last != 4 {
		t.Errorf("the last act is %s, want 4: the board and three announcements", strconv.FormatInt(last, 10))
	}
	want(t, 422)(d.call(t, "", "GET", "/log/entries?from=minus", nil, nil))
}

// TestAPIRoom goes the way of a question through the room.
func TestAPIRoom(t *testing.T) {
	d := describedSite(t)
	board := d.Board(t, "Open Board")
	m := d.Meeting(t, board, 7)
	item := d.Item(t, m.Slug, "Winter")
	secretary, moderator := d.Token(t, auth.Secretary, board), d.Token(t, auth.Moderator, board)
	want(t, 404)(d.call(t, "", "GET", "/meetings/"+m.Slug+"/live", nil, nil))
	want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+m.Slug+"/publish", nil, nil))
	want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": "open"}, nil))
	want(t, 422)(d.call(t, secretary, "POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": "ajar"}, nil))
	want(t, 200)(d.call(t, secretary, "POST", "/meetings/"+m.Slug+"/live/item", map[string]any{"item": item.ID}, nil))

	ask := d.Browser(t).Post(t, "/meetings/"+m.Slug+"/questions", "text", "How will people without a car get there?", "name", "Ada", "key", "k1")
	if ask.StatusCode >= 400 {
		t.Fatalf("asking answers %d", ask.StatusCode)
	}
	var list api.Questions
	want(t, 200)(d.call(t, "", "GET", "/meetings/"+m.Slug+"/questions", nil, &list))
	if len(list.Items) != 1 || list.Items[0].Text != "" || list.Counts.Received != 1 {
		t.Fatalf("the public list is %+v, want one question without its words", list)
	}
	number := list.Items[0].Number
	want(t, 401)(d.call(t, "", "PATCH", "/questions/"+number, map[string]any{"state": "published"}, nil))
	want(t, 200)(d.call(t, moderator, "PATCH", "/questions/"+number, map[string]any{"state": "published", "item": item.ID}, nil))
	var after struct {
		State string `json:"state"`
	}
	want(t, 200)(d.call(t, moderator, "PATCH", "/questions/"+strings.ToLower(number), map[string]any{"state": "answered", "answer": "By the 14 bus."}, &after))
	if after.State != "answered_orally" {
		t.Errorf("answered while the room is open is %s, want answered_orally", after.State)
	}
	want(t, 200)(d.call(t, "", "GET", "/questions?state=answered_orally", nil, &list))
	if len(list.Items) != 1 || list.Items[0].Answer != "By the 14 bus." {
		t.Errorf("the answered questions are %+v, want the one with its answer", list.Items)
	}
	var frames api.Frames
	want(t, 200)(d.call(t, "", "GET", "/meetings/"+m.Slug+"/live?since=-1", nil, &frames))
	if len(frames.Frames) == 0 || !strings.Contains(string(frames.Frames[0]), `"hello"`) {
		t.Errorf("the poll of a newcomer is %s, want a hello", frames.Frames)
	}
	want(t, 422)(d.call(t, "", "GET", "/meetings/"+m.Slug+"/live?since=x", nil, nil))
}
