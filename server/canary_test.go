package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jung-kurt/gofpdf"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// birds are the canaries: for each thing that could leak, a word that stands nowhere else.
type birds map[string]string

// word makes the canary of a thing: letters that no language, hash or identifier holds together.
func (b birds) word(thing string) string {
	if w, ok := b[thing]; ok {
		return w
	}
	const letters = "bdfgjkmpqvwxz"
	w := "qz"
	for range 12 {
		w += string(letters[rand.IntN(len(letters))])
	}
	b[thing] = w
	return w
}

// aviary is a site in which everything private or unpublished carries a canary.
type aviary struct {
	*servertest.Site
	birds   birds
	hidden  papers.Meeting // planned; nothing of it is public
	open    papers.Meeting // published, with one paper that is not
	ids     map[string][]string
	pub     papers.Publication
	private []string // things that stay private after the publication
}

func newAviary(t *testing.T) *aviary {
	t.Helper()
	ctx := context.Background()
	a := &aviary{Site: servertest.Start(t), birds: birds{}, ids: map[string][]string{}}
	board := a.Board(t, "Partnership Board")
	a.Link(t, a.birds.word("email of a user")+"@example.org", auth.Secretary)

	a.open = a.meeting(t, board, 5, "open")
	openItem := a.item(t, a.open, "open", false)
	a.paper(t, openItem, a.open, "open", false)
	if _, err := a.Publisher.PublishMeeting(ctx, a.open.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatalf("publishing the open meeting: %v", err)
	}
	late := a.item(t, a.open, "late item", false)
	a.paper(t, late, a.open, "late paper", false)
	a.version(t, a.ids["paper"][0], "second version")
	a.besides(t, a.ids["paper"][0], a.ids["paper"][1])

	a.hidden = a.meeting(t, board, 9, "hidden")
	item := a.item(t, a.hidden, "hidden", false)
	a.paper(t, item, a.hidden, "hidden", false)
	secret := a.item(t, a.hidden, "private", true)
	a.paper(t, secret, a.hidden, "private", true)
	a.question(t, a.open.Slug)
	a.chat(t, a.open)
	a.private = []string{"private title", "private lead", "private recommendation", "private reasons", "private public interest", "private paper title", "private paper text", "private paper author", "private paper file name",
		"hidden paper file name", "late paper file name", "open paper file name", "second version file name",
		"question text", "question name", "question email", "question area", "question redraft", "question told", "question note", "question ground", "question draft", "question answerer", "question reply", "email of a user",
		"exempt background", "draft background", "rendition title", "rendition text", "rendition author", "rendition file name"}
	a.private = append(a.private, chatThings...)

	at := a.Clock.Now().Add(time.Hour)
	var err error
	if a.pub, err = a.Publisher.PublishMeeting(ctx, a.hidden.Slug, papers.Wish{At: &at}, papers.Program); err != nil {
		t.Fatalf("scheduling: %v", err)
	}
	return a
}

func (a *aviary) meeting(t *testing.T, board string, days int, name string) papers.Meeting {
	t.Helper()
	m := a.Meeting(t, board, days)
	m.Title, m.Venue = "Meeting "+a.birds.word(name+" meeting title"), a.birds.word(name+" meeting venue")
	if err := a.Record.ChangeMeeting(context.Background(), m, papers.Change{By: papers.Program}); err != nil {
		t.Fatal(err)
	}
	a.ids["slug"] = append(a.ids["slug"], m.Slug)
	return m
}

func (a *aviary) item(t *testing.T, m papers.Meeting, name string, private bool) papers.Item {
	t.Helper()
	i := papers.Item{ID: papers.NewID(), Meeting: m.Slug, Title: a.birds.word(name + " title"), Lead: a.birds.word(name + " lead"), Purpose: papers.Decision, Private: private,
		Recommendation: a.birds.word(name + " recommendation")}
	if private {
		i.PublicTitle, i.Exemption = a.birds.word(name+" safe title"), a.birds.word(name+" exemption")
		i.Grounds = papers.Grounds{Regime: "LGA-VA", Paras: []string{"3"}, Reasons: a.birds.word(name + " reasons"), PublicInterest: a.birds.word(name + " public interest")}
	}
	i, err := a.Record.AddItem(context.Background(), i, papers.Change{By: papers.Program})
	if err != nil {
		t.Fatal(err)
	}
	a.ids["id"] = append(a.ids["id"], i.ID)
	return i
}

// file makes a PDF whose text and metadata carry canaries.
func (a *aviary) file(t *testing.T, name string) []byte {
	t.Helper()
	doc := gofpdf.New("P", "mm", "A4", "")
	doc.SetAuthor(a.birds.word(name+" author"), true)
	doc.SetFont("Helvetica", "", 12)
	doc.AddPage()
	doc.MultiCell(0, 6, "The words of this paper are "+a.birds.word(name+" text")+" and no others.", "", "L", false)
	var b strings.Builder
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}

func (a *aviary) paper(t *testing.T, i papers.Item, m papers.Meeting, name string, private bool) {
	t.Helper()
	token := a.Token(t, auth.Secretary)
	var p struct {
		ID    string `json:"id"`
		State string `json:"state"`
	}
	status, text := a.APIUpload(t, token, "/items/"+i.ID+"/papers", a.birds.word(name+" paper file name")+".pdf", a.file(t, name+" paper"), &p,
		"title", a.birds.word(name+" paper title"), "private", fmt.Sprint(private))
	if status != http.StatusCreated || p.State != "ready" {
		t.Fatalf("uploading the %s paper: %d %s", name, status, text)
	}
	a.ids["paper"] = append(a.ids["paper"], p.ID)
}

func (a *aviary) version(t *testing.T, paper, name string) {
	t.Helper()
	token := a.Token(t, auth.Secretary)
	status, text := a.APIUpload(t, token, "/papers/"+paper+"/versions", a.birds.word(name+" file name")+".pdf", a.file(t, name), nil, "reason", a.birds.word(name+" reason"))
	if status != http.StatusCreated {
		t.Fatalf("uploading a version: %d %s", status, text)
	}
}

func (a *aviary) question(t *testing.T, meeting string) {
	t.Helper()
	c, err := a.Hub.Ask(context.Background(), livestream.Ask{Meeting: meeting, Device: auth.HashSecret("a device"), Key: "k1",
		Name: a.birds.word("question name"), Area: a.birds.word("question area"), Email: a.birds.word("question email") + "@example.org", Text: a.birds.word("question text") + "?"})
	if err != nil {
		t.Fatalf("asking: %v", err)
	}
	a.ids["number"] = append(a.ids["number"], c.Number)
	for _, d := range []livestream.Decision{{To: livestream.Held, Redraft: a.birds.word("question redraft"), Told: a.birds.word("question told"), Note: a.birds.word("question note")},
		{To: livestream.Refused, Reason: "vexatious", Note: a.birds.word("question ground"), OnlyProposes: true}, {Draft: a.birds.word("question draft"), AnsweredBy: a.birds.word("question answerer")}} {
		d.Number = c.Number
		if _, err := a.Hub.Decide(context.Background(), d, papers.Program); err != nil {
			t.Fatalf("deciding: %v", err)
		}
	}
	if _, err := a.Hub.Respond(context.Background(), livestream.Response{Number: c.Number, Code: c.Code, Do: livestream.Reply, Text: a.birds.word("question reply")}); err != nil {
		t.Fatalf("replying: %v", err)
	}
}

// addresses fills every route with every identifier that exists, public or not.
func (a *aviary) addresses() [][2]string {
	fill := map[string][]string{
		":slug": append(append([]string{}, a.ids["slug"]...), "partnership-board", "nothing-here"), ":id": append(append([]string{}, a.ids["id"]...), a.ids["paper"]...),
		":n": {"1", "2"}, ":p": {"1"}, ":number": append(a.ids["number"], "Q-2020-0001"), ":code": {"AAAAA-AAAAA"}, ":link": {"guess"}, "*": {"guess.css"},
	}
	var out [][2]string
	for _, r := range server.Routes() {
		paths := []string{r[1]}
		for name, values := range fill {
			var next []string
			for _, p := range paths {
				if !strings.Contains(p, name) || name == ":n" && strings.Contains(p, ":number") {
					next = append(next, p)
					continue
				}
				for _, v := range values {
					next = append(next, strings.Replace(p, name, v, 1))
				}
			}
			paths = next
		}
		for _, p := range paths {
			out = append(out, [2]string{r[0], p})
		}
	}
	return out
}

// crawl asks for everything as nobody and answers all that came back, by address.
func (a *aviary) crawl(t *testing.T) map[string]string {
	t.Helper()
	heard := map[string]string{}
	b := a.Browser(t)
	note := func(what string, r servertest.Answer) {
		var head strings.Builder
		_ = r.Header.Write(&head)
		heard[what] = head.String() + r.Text
	}
	seen := map[string]bool{}
	for _, at := range a.addresses() {
		if seen[at[1]] || strings.HasSuffix(at[1], "/socket") {
			continue
		}
		seen[at[1]] = true
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			kind, body := "", ""
			if method == "POST" {
				kind, body = "application/x-www-form-urlencoded", "text=&question=Q-2020-0001"
			}
			if method == "PATCH" {
				kind, body = "application/json", "{}"
			}
			note(method+" "+at[1], b.Do(t, method, at[1], kind, strings.NewReader(body)))
			if method == "GET" {
				note("GET as JSON "+at[1], b.Get(t, at[1], "Accept", "application/json"))
			}
		}
	}
	for thing, word := range a.birds {
		for _, q := range []string{word, `"` + word + `"`, word[:6] + "*", "title:" + word} {
			for _, path := range []string{"/search?q=", "/api/v1/search?q=", "/api/v1/search/suggest?q="} {
				r := b.Get(t, path+url.QueryEscape(q))
				r.Text = strings.ReplaceAll(r.Text, word, "") // what was asked for is said back
				if hits(r.Text) {
					r.Text += " found " + word
				}
				note("search for "+thing+" "+path+q, r)
			}
		}
	}
	for _, id := range a.ids["message"] {
		note("report on chat/"+id, b.Get(t, "/report?about=chat/"+id))
		note("POST /desk/chat/"+id, b.Do(t, "POST", "/desk/chat/"+id, "application/x-www-form-urlencoded", strings.NewReader("state=posted")))
	}
	for _, slug := range a.ids["slug"] {
		heard["socket "+slug] = a.listen(t, slug)
	}
	return heard
}

// hits tells whether a page or JSON of results holds any.
func hits(text string) bool {
	var a struct {
		Total int   `json:"total"`
		Items []any `json:"items"` // suggestions
	}
	if json.Unmarshal([]byte(text), &a) == nil {
		return a.Total > 0 || len(a.Items) > 0
	}
	return strings.Contains(text, `class="cd-hit"`)
}

// listen opens the room's socket as nobody, says a few things, and answers every byte that comes.
func (a *aviary) listen(t *testing.T, slug string) string {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"clearday.live.v1"}, HandshakeTimeout: 5 * time.Second}
	c, res, err := d.Dial(strings.Replace(a.URL, "http", "ws", 1)+"/meetings/"+slug+"/live/socket", nil)
	if err != nil {
		if res == nil {
			t.Fatalf("dialling the room: %v", err)
		}
		var head strings.Builder
		_ = res.Header.Write(&head)
		return head.String()
	}
	defer c.Close()
	var all strings.Builder
	for _, frame := range []string{`{"t":"support","key":"k","question":"` + a.ids["number"][0] + `"}`, `{"t":"garbage"}`, `nonsense`} {
		if err := c.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	_ = c.SetReadDeadline(time.Now().Add(1500 * time.Millisecond))
	for {
		_, msg, err := c.ReadMessage()
		if err != nil {
			return all.String()
		}
		all.Write(msg)
	}
}

// leaks lists the canaries heard, with where.
func (a *aviary) leaks(heard map[string]string) map[string][]string {
	out := map[string][]string{}
	for what, text := range heard {
		for thing, word := range a.birds {
			if strings.Contains(text, word) || strings.Contains(strings.ToLower(text), word) {
				out[thing] = append(out[thing], what)
			}
		}
	}
	return out
}

// TestCanaries: nobody hears of anything before it is published, by any route; and after the
// publication exactly what was published is heard.
func TestCanaries(t *testing.T) {
	a := newAviary(t)
	public := map[string]bool{"open meeting title": true, "open meeting venue": true, "open title": true, "open lead": true, "open recommendation": true,
		"open paper title": true, "open paper text": true, "open paper author": true, "posted message name": true, "posted message text": true}
	servertest.Eventually(t, "the open paper can be found", func() bool {
		return hits(a.Browser(t).Get(t, "/api/v1/search?q="+a.birds["open paper text"]).Text)
	})
	a.check(t, "before the publication", public)

	a.Clock.Set(a.pub.ScheduledAt)
	servertest.Eventually(t, "the hidden meeting is public", func() bool { return a.Browser(t).Get(t, "/meetings/"+a.hidden.Slug).StatusCode == 200 })
	servertest.Eventually(t, "the hidden paper can be found", func() bool {
		return hits(a.Browser(t).Get(t, "/api/v1/search?q="+a.birds["hidden paper text"]).Text)
	})
	for _, thing := range []string{"hidden meeting title", "hidden meeting venue", "hidden title", "hidden lead", "hidden recommendation", "hidden paper title", "hidden paper text", "hidden paper author",
		"private safe title", "private exemption"} {
		public[thing] = true
	}
	servertest.Eventually(t, "the delayed message has had its moment", func() bool {
		return strings.Contains(a.Browser(t).Get(t, "/meetings/"+a.open.Slug+"/chat").Text, a.birds["delayed message text"])
	})
	public["delayed message name"], public["delayed message text"] = true, true
	a.check(t, "after the publication", public)
}

func (a *aviary) check(t *testing.T, when string, public map[string]bool) {
	t.Helper()
	leaks := a.leaks(a.crawl(t))
	var things []string
	for thing := range a.birds {
		things = append(things, thing)
	}
	sort.Strings(things)
	for _, thing := range things {
		where := leaks[thing]
		sort.Strings(where)
		switch {
		case public[thing] && len(where) == 0 && !strings.HasSuffix(thing, "author"):
			t.Errorf("%s: the %s is public and nobody can see it", when, thing)
		case !public[thing] && len(where) > 0:
			t.Errorf("%s: the %s leaks by %v", when, thing, where[:min(len(where), 8)])
		}
	}
	for _, thing := range a.private {
		if public[thing] {
			t.Errorf("the test itself calls the %s public", thing)
		}
	}
}

// TestSameAnswer: an unknown and an unpublished thing answer alike, so that nothing can be guessed.
func TestSameAnswer(t *testing.T) {
	a := newAviary(t)
	b := a.Browser(t)
	for _, pair := range [][2]string{
		{"/meetings/" + a.hidden.Slug, "/meetings/partnership-board-2001-01-01"},
		{"/papers/" + a.ids["paper"][2], "/papers/" + papers.NewID()},
		{"/papers/" + a.ids["paper"][2] + "/file", "/papers/" + papers.NewID() + "/file"},
		{"/papers/" + a.ids["paper"][0] + "/v/2", "/papers/" + a.ids["paper"][0] + "/v/7"},
		{"/papers/" + a.ids["paper"][0] + "/v/2/pages/1?quote=words", "/papers/" + a.ids["paper"][0] + "/v/7/pages/1?quote=words"},
		{"/papers/" + a.ids["paper"][2] + "/pages/1?quote=words", "/papers/" + papers.NewID() + "/pages/1?quote=words"},
		{"/papers/" + a.ids["paper"][2] + "?page=1", "/papers/" + papers.NewID() + "?page=1"},
		{"/api/v1/meetings/" + a.hidden.Slug, "/api/v1/meetings/partnership-board-2001-01-01"},
		{"/api/v1/papers/" + a.ids["paper"][2], "/api/v1/papers/" + papers.NewID()},
		{"/desk/meetings/" + a.hidden.Slug, "/desk/meetings/partnership-board-2001-01-01"},
		{"/meetings/" + a.hidden.Slug + "/live", "/meetings/partnership-board-2001-01-01/live"},
	} {
		x, y := b.Get(t, pair[0]), b.Get(t, pair[1])
		strip := func(r servertest.Answer, path string) string {
			return strings.ReplaceAll(strings.ReplaceAll(r.Text+r.Header.Get("Location"), url.QueryEscape(path), ""), path, "")
		}
		if x.StatusCode != y.StatusCode || strip(x, pair[0]) != strip(y, pair[1]) {
			t.Errorf("%s answers %d and %s answers %d, or their pages differ: what is unpublished can be told from what does not exist", pair[0], x.StatusCode, pair[1], y.StatusCode)
		}
	}
}

// TestClosedByDefault: every row of the table that is not for everybody turns nobody away to the
// sign-in page or with 401, whatever the method, and every other method is not answered at all.
func TestClosedByDefault(t *testing.T) {
	s := servertest.Start(t)
	b := s.Browser(t)
	for _, r := range server.Guarded() {
		path := strings.NewReplacer(":slug", "x", ":id", "x", ":number", "Q-2026-0001").Replace(r[1])
		a := b.Do(t, r[0], path, "application/x-www-form-urlencoded", strings.NewReader(""))
		signIn := a.StatusCode == http.StatusSeeOther && strings.HasPrefix(a.Header.Get("Location"), "/sign-in")
		if !signIn && a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s %s answers nobody with %d", r[0], path, a.StatusCode)
		}
	}
}
