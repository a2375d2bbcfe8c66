package server_test

import (
	"fmt"
	"regexp"
	"testing"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestRulesReachOpenPages: when the rules or limits change, an open page follows without a reload, and
// what somebody is writing stays. The draft on the device keeps its ticks.
func TestRulesReachOpenPages(t *testing.T) {
	browser := startChromium(t)
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	setRoom(t, s, m.Slug, "open")
	token := s.Token(t, auth.Secretary)
	rules := func(change map[string]any) {
		t.Helper()
		want(t, 200)(s.API(t, token, "PATCH", "/boards/"+m.Board, map[string]any{"question_rules": change}, nil))
	}
	rules(map[string]any{})
	p := browser.person(t, s, "a resident", phone)
	connected := func() {
		t.Helper()
		p.until("the room is connected", `document.querySelector('.cd-conn').innerText.includes('Connected')`)
	}
	p.opens("/meetings/" + m.Slug + "/live")
	connected()
	p.until("there is no chat and no statement", `!document.querySelector('[data-chat]') && !document.querySelector('[name="kind"]')`)
	p.fill("#text", "one two three four five six seven")
	p.click("#ask summary", "Show a name")
	for _, tick := range []string{"no_name", "under_18", "health"} {
		p.click("#ask label[for="+tick+"]", "")
	}
	evaluate[bool](p, `(document.querySelector('#text').focus(), document.querySelector('#text').setSelectionRange(3, 7), true)`)

	rules(map[string]any{"words": 5, "statements": map[string]any{"taken": true}, "support": true, "who_may_ask": "I live in Fenmarsh"})
	p.until("the limit is told", `document.querySelector('#left').innerText.includes('2 words too many')`)
	p.until("nothing that was written is lost", `(() => { const t = document.querySelector('#text'), ticked = n => document.querySelector('#' + n).checked
		return t.value === 'one two three four five six seven' && document.activeElement === t && t.selectionStart === 3 && t.selectionEnd === 7 &&
			ticked('no_name') && ticked('under_18') && ticked('health') && document.querySelector('#kind-statement') && document.querySelector('#confirmed') })()`)
	p.until("support is counted from now on", `document.querySelector('main').dataset.support && document.querySelector('form#support')`)
	p.until("a screen reader is told", `document.querySelector('[data-announce]').textContent.includes('changed how you can take part')`)
	p.click("[name=kind]~label", "A statement")
	p.until("a statement has no limit of words", `document.querySelector('#left').innerText.includes('characters left')`)
	p.looks("rules changed while somebody writes")

	want(t, 200)(s.API(t, token, "POST", "/meetings/"+m.Slug+"/live", map[string]any{"chat": "checked_after"}, nil))
	p.click(".cd-tabs a", "Chat")
	told(t, s, m.Slug, "early", 1)
	p.until("the chat is here and alive", fmt.Sprintf(`%s === 'early 0'`, lastMessage))
	p.fill("#say", "Hello there")
	p.click("[data-chat-form] button", "Send")
	p.until("the own message is on the list", fmt.Sprintf(`%s === 'Hello there'`, lastMessage))
	evaluate[bool](p, `(document.activeElement.blur(), true)`) // on a phone the form covers the tabs while it is written in
	p.click(".cd-tabs a", "Questions")

	rules(map[string]any{"in_writing_only": true})
	p.until("it says why nothing can be sent", `document.querySelector('#ask [data-ask-note]').innerText.includes('in writing only') && document.querySelector('#ask [type=submit]').disabled`)
	p.until("the words are still there", `document.querySelector('#text').value.startsWith('one two three')`)
	rules(map[string]any{"statements": map[string]any{"taken": true}})
	p.until("it can be sent again", `document.querySelector('#ask [data-ask-note]').hidden && !document.querySelector('#ask [type=submit]').disabled`)

	p.opens("/meetings/" + m.Slug + "/live")
	connected()
	p.until("the draft is back, with its ticks", `(document.querySelector("#text").focus(), document.querySelector("#text").value.startsWith("one two three")) && ['no_name', 'under_18', 'health'].every(n => document.querySelector('#' + n).checked && document.querySelector('#' + n).checkVisibility())`)
	p.click("#ask button", "Send")
	p.until("what was about that question is gone, what is about the asker stays", `document.querySelector('#text').value === '' && !document.querySelector('#health').checked && document.querySelector('#under_18').checked`)
	p.until("it is acknowledged", `document.querySelector('[data-mine] li')`)
	number := p.text(`document.querySelector('[data-mine] li .cd-no').textContent`)
	if c, err := s.Record.Contribution(t.Context(), number); err != nil || !c.Minor || !c.Health {
		t.Errorf("it was kept as %+v (%v)", c, err)
	}
	p.blameless("changed rules")
}

// TestRulesAreTold: other rules of a board are told in the rooms of its meetings that go by them, once, and
// in no others; the rules of a meeting in its own.
func TestRulesAreTold(t *testing.T) {
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	own, elsewhere := s.Meeting(t, m.Board, 9), s.Meeting(t, s.Board(t, "Elsewhere"), 9)
	token := s.Token(t, auth.Secretary)
	rules := func(path string, change map[string]any) {
		t.Helper()
		want(t, 200)(s.API(t, token, "PATCH", path, map[string]any{"question_rules": change}, nil))
	}
	for _, other := range []papers.Meeting{own, elsewhere} {
		want(t, 200)(s.API(t, token, "POST", "/meetings/"+other.Slug+"/announce", nil, nil))
	}
	rules("/meetings/"+own.Slug, map[string]any{"words": 40})
	at := func() (seqs [3]int64) {
		for n, slug := range []string{m.Slug, own.Slug, elsewhere.Slug} {
			room, err := s.Record.Room(t.Context(), slug)
			if err != nil {
				t.Fatal(err)
			}
			seqs[n] = room.Seq
		}
		return seqs
	}
	marked := regexp.MustCompile(`data-rules="(\w+)" data-mode`)
	hello := regexp.MustCompile(`"rules":"(\w+)"`)
	names := func() string {
		t.Helper()
		_, text := s.API(t, "", "GET", "/meetings/"+m.Slug+"/live?since=-1", nil, nil)
		told, page := hello.FindStringSubmatch(text), marked.FindStringSubmatch(s.Browser(t).Get(t, "/meetings/"+m.Slug+"/live").Text)
		if told == nil || page == nil || told[1] != page[1] {
			t.Fatalf("the hello names the rules %q, the page %q", told, page)
		}
		return page[1]
	}
	before, was := at(), names()
	rules("/boards/"+m.Board, map[string]any{"words": 30})
	if after := at(); after != [3]int64{before[0] + 1, before[1], before[2]} {
		t.Errorf("the rules of the board moved the rooms from %v to %v", before, after)
	}
	if names() == was {
		t.Error("other rules have the same name")
	}
	before = at()
	rules("/boards/"+m.Board, map[string]any{"words": 30})
	want(t, 200)(s.API(t, token, "PATCH", "/boards/"+m.Board, map[string]any{"about": "It decides."}, nil))
	if after := at(); after != before {
		t.Errorf("the same rules moved the rooms from %v to %v", before, after)
	}
	rules("/meetings/"+own.Slug, map[string]any{"words": 50})
	if after := at(); after != [3]int64{before[0], before[1] + 1, before[2]} {
		t.Errorf("the rules of one meeting moved the rooms from %v to %v", before, after)
	}
}
