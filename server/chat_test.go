package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// openChat is a meeting whose room is open, with a chat kept in the way.
func openChat(t *testing.T, s *servertest.Site, mode papers.ChatMode) papers.Meeting {
	t.Helper()
	m, _ := meetingWithRoom(t, s)
	b, err := s.Record.Board(t.Context(), m.Board)
	if err != nil {
		t.Fatal(err)
	}
	b.Questions.Chat = mode
	act := papers.Act{Kind: papers.ActBoardChanged, Subject: "boards/" + b.Slug, Board: b.Slug}
	if err := s.Record.ChangeBoard(t.Context(), b, papers.Change{By: papers.Program, Acts: []papers.Act{act}}); err != nil {
		t.Fatal(err)
	}
	setRoom(t, s, m.Slug, "open")
	return m
}

func setRoom(t *testing.T, s *servertest.Site, meeting, state string) {
	t.Helper()
	want(t, http.StatusOK)(s.API(t, s.Token(t, auth.Secretary), "POST", "/meetings/"+meeting+"/live", map[string]any{"room": state}, nil))
}

var messageOf = regexp.MustCompile(`data-message="(\w+)"`)

// sayPlainly sends the form of the page, as a browser without scripts does.
func sayPlainly(t *testing.T, b *servertest.Browser, meeting, text string, fields ...string) servertest.Answer {
	t.Helper()
	p := b.Get(t, "/meetings/"+meeting+"/live?talk=chat")
	form := p.Text[strings.Index(p.Text, "data-chat-form"):]
	key := keyField.FindStringSubmatch(form)
	if key == nil {
		t.Fatalf("the page has no chat: %d %s", p.StatusCode, p.Text)
	}
	return b.Post(t, "/meetings/"+meeting+"/chat", append([]string{"key", key[1], "text", text}, fields...)...)
}

func TestChatWithoutScripts(t *testing.T) {
	s := servertest.Start(t)
	m := openChat(t, s, papers.ChatCheckedFirst)
	sender, other, desk := s.Browser(t), s.Browser(t), s.SignedIn(t, auth.Moderator, m.Board)
	live, chat := "/meetings/"+m.Slug+"/live?talk=chat", "/meetings/"+m.Slug+"/chat"
	for _, words := range []string{"First <b>words</b> https://evil.example", "Second words"} {
		if a := sayPlainly(t, sender, m.Slug, words, "name", "Carer & Co"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != live+"#chat-end" {
			t.Fatalf("sending answered %d %s", a.StatusCode, a.Text)
		}
	}
	own := sender.Get(t, live)
	for _, want := range []string{"First &lt;b&gt;words&lt;/b&gt; https://evil.example", "Carer &amp; Co", "Waiting for the moderator", "A moderator looks first."} {
		if !strings.Contains(own.Text, want) {
			t.Errorf("the sender’s page lacks %q", want)
		}
	}
	for _, path := range []string{live, chat, "/api/v1" + chat, "/api/v1/meetings/" + m.Slug + "/live"} {
		if a := other.Get(t, path); a.StatusCode != http.StatusOK || strings.Contains(a.Text, "words</b>") || strings.Contains(a.Text, "Second words") || strings.Contains(a.Text, "Carer") {
			t.Errorf("%s answers others %d with what was not checked", path, a.StatusCode)
		}
	}
	p := desk.Get(t, "/desk/meetings/"+m.Slug+"/live")
	ids := messageOf.FindAllStringSubmatch(p.Text, -1)
	if len(ids) != 2 || !strings.Contains(p.Text, "Second words") || strings.Index(p.Text, "Second words") < strings.Index(p.Text, "First &lt;b") {
		t.Fatalf("the desk shows %v", ids)
	}
	if a := desk.Post(t, "/desk/chat/"+ids[1][1], "state", "refused"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "Choose the reason.") {
		t.Errorf("refusing without a reason answered %d", a.StatusCode)
	}
	for i, fields := range [][]string{{"state", "posted"}, {"state", "refused", "reason", "repeat"}} {
		if a := desk.Post(t, "/desk/chat/"+ids[i][1], fields...); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("%v answered %d %s", fields, a.StatusCode, a.Text)
		}
	}
	if a := desk.Post(t, "/desk/chat/"+ids[0][1], "state", "posted"); a.StatusCode != http.StatusConflict {
		t.Errorf("posting twice answered %d", a.StatusCode)
	}
	for _, path := range []string{live, chat} {
		if a := other.Get(t, path); !strings.Contains(a.Text, "First &lt;b&gt;words&lt;/b&gt; https://evil.example") || strings.Contains(a.Text, `href="https://evil`) || strings.Contains(a.Text, "Second words") {
			t.Errorf("%s does not show what was posted, as it was", path)
		}
	}
	if own := sender.Get(t, live); !strings.Contains(own.Text, "Not taken. It was said before.") || !strings.Contains(own.Text, "Second words") {
		t.Error("the sender is not told of the refusal")
	}
	t.Run("what was typed comes back", func(t *testing.T) {
		long := strings.Repeat("long ", 80)
		a := sayPlainly(t, sender, m.Slug, long, "name", "Carer")
		if a.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(a.Text, strings.TrimSpace(long)) || !strings.Contains(a.Text, "Shorten it to 300.") || !strings.Contains(a.Text, `value="Carer"`) {
			t.Errorf("too long answered %d", a.StatusCode)
		}
	})
	t.Run("from another site", func(t *testing.T) {
		a := s.Browser(t).Do(t, "POST", chat, "application/x-www-form-urlencoded", strings.NewReader("key=k&text=x"), "Origin", "https://evil.example")
		if a.StatusCode != http.StatusForbidden {
			t.Errorf("answered %d", a.StatusCode)
		}
	})
	t.Run("a moderator of another board", func(t *testing.T) {
		stranger := s.SignedIn(t, auth.Moderator, s.Board(t, "Another board"))
		if a := stranger.Post(t, "/desk/chat/"+ids[0][1], "state", "removed", "reason", "repeat"); a.StatusCode != http.StatusForbidden {
			t.Errorf("answered %d", a.StatusCode)
		}
		if a := stranger.Post(t, "/desk/chat/doesnotexist", "state", "removed", "reason", "repeat"); a.StatusCode != http.StatusNotFound && a.StatusCode != http.StatusForbidden {
			t.Errorf("a message that is none answered %d", a.StatusCode)
		}
	})
	t.Run("closed", func(t *testing.T) {
		for state, sentence := range map[string]string{"paused": "The meeting has paused.", "private": "The meeting is in private session.", "closed": "The meeting has ended, and the chat with it."} {
			setRoom(t, s, m.Slug, state)
			if a := sayPlainly(t, s.Browser(t), m.Slug, "Not now"); a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, sentence) || !strings.Contains(a.Text, "Not now") {
				t.Errorf("in a %s room: %d", state, a.StatusCode)
			}
		}
	})
}

// TestDeskOfTheChat: what may be of somebody in danger comes first at the desk, by the tick or by words
// that the site lists; a message leads to a block; with "moderators first" it is public at a moment of
// its own. All by plain forms.
func TestDeskOfTheChat(t *testing.T) {
	s := servertest.Start(t)
	m := openChat(t, s, papers.ChatCheckedAfter)
	sender, other, desk, admin := s.Browser(t), s.Browser(t), s.SignedIn(t, auth.Moderator, m.Board), s.SignedIn(t, auth.Admin)
	room, live := "/meetings/"+m.Slug+"/live?talk=chat", "/desk/meetings/"+m.Slug+"/live"
	words := admin.Get(t, "/desk/site/words")
	if !strings.Contains(words.Text, "end my life") || strings.Contains(words.Text, "Blocked devices") {
		t.Fatalf("the lists of the site answer %d %s", words.StatusCode, words.Text)
	}
	if a := admin.Post(t, "/desk/site/words", "urgent", "end my life\r\nin the canal"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("changing the lists answers %d %s", a.StatusCode, a.Text)
	}
	if a := admin.Post(t, "/desk/site/words", "urgent", strings.Repeat("x", 81)); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, strings.Repeat("x", 81)) {
		t.Errorf("a word too long answers %d", a.StatusCode)
	}
	board := "/desk/boards/" + m.Board
	if p := desk.Get(t, board+"/moderation"); !strings.Contains(p.Text, "in the canal") || !strings.Contains(p.Text, "This board follows the lists of the site.") {
		t.Error("the board does not follow the site")
	}
	for _, step := range []struct{ name, value, says string }{{"urgent", "of its own", "This board has lists of its own."}, {"act", "reset", "This board follows the lists of the site."}} {
		desk.Post(t, board+"/words", step.name, step.value)
		if p := desk.Get(t, board+"/moderation"); !strings.Contains(p.Text, step.says) {
			t.Errorf("the board’s page lacks %q", step.says)
		}
	}
	if p := sender.Get(t, room); !strings.Contains(p.Text[strings.Index(p.Text, "data-chat-form"):], "not watched round the clock") {
		t.Error("the chat does not say that nobody watches round the clock")
	}
	sayPlainly(t, sender, m.Slug, "He stands in the Canal")
	sayPlainly(t, other, m.Slug, "Help me", "urgent", "yes")
	p := desk.Get(t, live)
	for _, want := range []string{"Urgent in the chat", "Words of the board’s list are in it", "Its sender says that somebody may be in danger", `<span data-count="urgent">2</span>`} {
		if !strings.Contains(p.Text, want) {
			t.Errorf("the desk lacks %q", want)
		}
	}
	id := messageOf.FindAllStringSubmatch(p.Text, -1)[0][1]
	for _, fields := range [][]string{{"act", "seen"}, {"act", "block", "minutes", "60", "reason", "Enough"}, {"act", "slow", "minutes", "60", "reason", "Enough"}} {
		if a := desk.Post(t, "/desk/chat/"+id+"/desk", fields...); a.StatusCode != http.StatusSeeOther {
			t.Errorf("%v answers %d %s", fields, a.StatusCode, a.Text)
		}
	}
	if a := desk.Post(t, "/desk/chat/"+id+"/desk", "act", "block", "minutes", "60"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "reason") {
		t.Errorf("a block without a reason answers %d", a.StatusCode)
	}
	if p := desk.Get(t, live); !strings.Contains(p.Text, `<span data-count="urgent">1</span>`) {
		t.Error("what was seen to is still urgent")
	}
	if p := desk.Get(t, board+"/moderation"); strings.Count(p.Text, "a message of the chat") < 4 || strings.Contains(p.Text, "/questions/chat") {
		t.Error("the board’s page does not tell of the block and the slowing")
	}
	desk.Post(t, "/desk/meetings/"+m.Slug+"/limits", "delay", "30")
	third := s.Browser(t)
	s.Clock.Advance(30 * time.Second) // the address is slowed
	if a := sayPlainly(t, third, m.Slug, "Soon public"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("sending answers %d %s", a.StatusCode, a.Text)
	}
	if p := third.Get(t, room); !strings.Contains(p.Text, "Sent. Others see it at") {
		t.Error("the sender is not told when others see it")
	}
	if p := desk.Get(t, live); !strings.Contains(p.Text, "public at") || !strings.Contains(p.Text, "after 30 seconds, unless you refuse it first") {
		t.Error("the desk does not say when it is public")
	}
	if p := other.Get(t, room); strings.Contains(p.Text, "Soon public") {
		t.Error("others see it before its moment")
	}
	s.Clock.Advance(30 * time.Second)
	servertest.Eventually(t, "others see it", func() bool { return strings.Contains(other.Get(t, room).Text, "Soon public") })
}

// A removed message leaves a mark with its reason, and its words are in nothing that anybody gets, also
// not for whoever has watched all the time or comes back.
func TestChatTakenBack(t *testing.T) {
	s := servertest.Start(t)
	m := openChat(t, s, papers.ChatCheckedAfter)
	public, sender, desk := s.Browser(t), s.Browser(t), s.SignedIn(t, auth.Moderator, m.Board)
	watching := roomSocket(t, public, m.Slug, "")
	talk := roomSocket(t, sender, m.Slug, "")
	frame, err := json.Marshal(map[string]string{"t": "chat", "key": "k1", "name": "CANARYNAME", "text": "CANARYTEXT of a neighbour"})
	if err != nil {
		t.Fatal(err)
	}
	if err := talk.WriteMessage(websocket.TextMessage, frame); err != nil {
		t.Fatal(err)
	}
	all, err := heard(talk, `"t":"ack"`)
	if err != nil || !strings.Contains(all, `"message_state":"posted"`) {
		t.Fatalf("the sender heard %s, %v", all, err)
	}
	if _, err := heard(watching, "CANARYTEXT"); err != nil {
		t.Fatalf("who watches is not told: %v", err)
	}
	var list struct{ Items []livestream.PublicMessage }
	want(t, http.StatusOK)(s.API(t, "", "GET", "/meetings/"+m.Slug+"/chat", nil, &list))
	if len(list.Items) != 1 || list.Items[0].Text != "CANARYTEXT of a neighbour" {
		t.Fatalf("the API lists %+v", list)
	}
	id := list.Items[0].ID
	gather := func() string {
		var all strings.Builder
		for _, path := range []string{"/", "/meetings/" + m.Slug, "/meetings/" + m.Slug + "/live", "/meetings/" + m.Slug + "/live?talk=chat", "/meetings/" + m.Slug + "/chat",
			"/meetings/" + m.Slug + "/questions", "/questions", "/search?q=neighbour", "/feed.atom", "/sitemap.xml", "/api/v1/meetings/" + m.Slug + "/chat", "/api/v1/meetings/" + m.Slug,
			"/api/v1/questions", "/api/v1/log/entries", "/api/v1/meetings/" + m.Slug + "/live?since=0", "/api/v1/meetings/" + m.Slug + "/live?since=1", "/api/v1/meetings/" + m.Slug + "/live"} {
			all.WriteString(public.Get(t, path).Text + "\n")
		}
		for _, since := range []string{"", "?since=0", "?since=1"} {
			came, err := heard(roomSocket(t, public, m.Slug, since), `"presence"`)
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString(came)
		}
		return all.String()
	}
	if n := strings.Count(gather(), "CANARYTEXT"); n < 8 {
		t.Fatalf("the posted words are told %d times only", n)
	}
	var after livestream.ChatMessage
	want(t, http.StatusUnauthorized)(s.API(t, "", "PATCH", "/chat/"+id, map[string]any{"state": "removed", "reason": "names-individual"}, nil))
	want(t, http.StatusOK)(s.API(t, s.Token(t, auth.Moderator), "PATCH", "/chat/"+id, map[string]any{"state": "removed", "reason": "names-individual"}, &after))
	if after.State != livestream.ChatRemoved || after.Text == "" {
		t.Errorf("the moderator is answered %+v", after)
	}
	if _, err := heard(watching, `"kind":"chat.removed"`); err != nil {
		t.Errorf("who watches is not told: %v", err)
	}
	told := gather()
	for _, words := range []string{"CANARYTEXT", "CANARYNAME"} {
		if at := strings.Index(told, words); at >= 0 {
			t.Errorf("%s is told still: %s", words, told[max(0, at-300):at+100])
		}
	}
	for _, mark := range []string{"names-individual", "It named a member of staff or another person."} {
		if !strings.Contains(told, mark) {
			t.Errorf("no mark says %q", mark)
		}
	}
	if p := desk.Get(t, "/desk/meetings/"+m.Slug+"/live"); p.StatusCode != http.StatusOK || strings.Contains(p.Text, "CANARYTEXT") {
		t.Errorf("the desk’s list answers %d, or shows the words still", p.StatusCode)
	}
	rows, err := s.Record.Audit(t.Context(), livestream.ChatSubject(m.Slug), 10)
	if text := fmt.Sprint(rows); err != nil || len(rows) != 1 || strings.Contains(text, "CANARY") {
		t.Errorf("the audit has %v, %v", rows, err)
	}
}

// The board says how its chats are kept; the live desk says otherwise for one meeting, at once and for
// everybody who watches.
func TestChatSwitch(t *testing.T) {
	s := servertest.Start(t)
	m := openChat(t, s, papers.ChatOff)
	desk, public := s.SignedIn(t, auth.Secretary, m.Board), s.Browser(t)
	live := "/meetings/" + m.Slug + "/live?talk=chat"
	if p := public.Get(t, live); strings.Contains(p.Text, "data-chat-form") || strings.Contains(p.Text, `data-talk="chat"`) {
		t.Error("a chat is offered unasked")
	}
	if a := public.Post(t, "/meetings/"+m.Slug+"/chat", "key", "k", "text", "Anybody?"); a.StatusCode != http.StatusConflict || !strings.Contains(a.Text, "There is no chat at this meeting.") {
		t.Errorf("where there is none it answered %d", a.StatusCode)
	}
	watching := roomSocket(t, public, m.Slug, "")
	if a := desk.Post(t, "/desk/meetings/"+m.Slug+"/chat", "chat", "checked_first"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("switching answered %d %s", a.StatusCode, a.Text)
	}
	if _, err := heard(watching, `"chat":"checked_first"`); err != nil {
		t.Errorf("who watches is not told: %v", err)
	}
	if a := sayPlainly(t, public, m.Slug, "Now there is"); a.StatusCode != http.StatusSeeOther || !strings.Contains(public.Get(t, live).Text, "Waiting for the moderator") {
		t.Errorf("where it is checked first it answered %d", a.StatusCode)
	}
	if a := desk.Post(t, "/desk/meetings/"+m.Slug+"/chat", "chat", "loud"); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a way that is none answered %d", a.StatusCode)
	}
	token := s.Token(t, auth.Secretary)
	for way, want := range map[string]string{"checked_after": "checked_after", "off": "off", "rules": ""} {
		var room livestream.Room
		if status, text := s.API(t, token, "POST", "/meetings/"+m.Slug+"/live", map[string]any{"chat": way}, &room); status != http.StatusOK || string(room.Chat) != want || room.State != livestream.RoomOpen {
			t.Errorf("%s answered %d %s", way, status, text)
		}
	}
	form := desk.Get(t, "/desk/boards/"+m.Board)
	if !strings.Contains(form.Text, `name="chat"`) {
		t.Fatal("the board’s form has no chat")
	}
	if a := desk.Post(t, "/desk/boards/"+m.Board+"/questions", "chat", "checked_after"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("saving the rules answered %d %s", a.StatusCode, a.Text)
	}
	if rules, err := s.Record.Rules(t.Context(), m.Slug); err != nil || rules.Chat != papers.ChatCheckedAfter {
		t.Errorf("the rules are %+v, %v", rules, err)
	}
	if p := public.Get(t, "/boards/"+m.Board); !strings.Contains(p.Text, "There is a chat beside the meeting.") {
		t.Error("the board’s page does not say it")
	}
}

// The page has the reasons in words of its own: they are the same.
func TestChatReasonsOfThePage(t *testing.T) {
	script, err := os.ReadFile("../static/room/chat.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range livestream.ChatReasons {
		if !strings.Contains(string(script), ": '"+r.Words+"'") || !strings.Contains(string(script), r.Code) {
			t.Errorf("static/room/chat.js lacks %q in the same words", r.Code)
		}
	}
	if !strings.Contains(string(script), fmt.Sprintf("const limit = %d ", livestream.MaxMessage)) {
		t.Error("static/room/chat.js has another limit")
	}
}
