package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// told puts messages into the record, as they come from other programs.
func told(t *testing.T, s *servertest.Site, meeting, prefix string, n int) []livestream.ChatMessage {
	t.Helper()
	var batch []livestream.Say
	for i := range n {
		batch = append(batch, livestream.Say{Device: fmt.Sprint("device ", prefix, i), Key: "k", Name: "Neighbour", Text: fmt.Sprintf("%s %d", prefix, i)})
	}
	results, err := s.Record.Say(t.Context(), meeting, batch)
	if err != nil {
		t.Fatal(err)
	}
	var list []livestream.ChatMessage
	for _, r := range results {
		list = append(list, r.Message)
	}
	return list
}

// axeFinds looks at the page at both widths.
func axeFinds(t *testing.T, p *person, name string) {
	t.Helper()
	axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("reading axe-core, which building the assets installs: %v", err)
	}
	p.looks(name)
	was := p.width
	for _, width := range []int64{phone, wide} {
		p.resize(width)
		for _, fault := range p.axe(string(axe)) {
			t.Errorf("%s at %d: %s", name, width, fault)
		}
	}
	p.resize(was)
}

const (
	chatRowsHere = `document.querySelectorAll('[data-chat-list] > li').length`
	lastMessage  = `document.querySelector('[data-chat-list] > li:last-child .cd-c__text')?.textContent`
)

// Hours of a meeting: the page keeps the latest messages only, holds the place of whoever has scrolled
// up, shows words as they are, and lets removed ones go.
func TestChatInBrowser(t *testing.T) {
	browser := startChromium(t)
	s := servertest.Start(t)
	m := openChat(t, s, papers.ChatCheckedAfter)
	for _, width := range []int64{phone, wide} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			p := browser.person(t, s, fmt.Sprint("a resident at ", width), width)
			p.opens("/meetings/" + m.Slug + "/live")
			p.until("the room is connected", `document.querySelector('.cd-conn').innerText.includes('Connected')`)
			p.click(".cd-tabs a", "Chat")
			p.fill("#say", "  ")
			p.click("[data-chat-form] button", "Send")
			p.sees("Write your message first.")
			first := fmt.Sprintf("Hello from %d <img src=x onerror=alert(1)> https://evil.example", width)
			p.fill("#say", first)
			p.click("[data-chat-form] button", "Send")
			p.until("the own message is on the list", fmt.Sprintf(`%s === %q && document.querySelector('[data-chat-list] > li:last-child.cd-c--mine') && !document.querySelector('[data-chat-own] > li')`, lastMessage, first))
			if n := evaluate[int](p, `document.querySelectorAll('.cd-c a:not(.cd-q__report), .cd-c img').length`); n != 0 {
				t.Errorf("words of others became %d elements", n)
			}
			axeFinds(t, p, "chat")

			prefix := fmt.Sprint("burst", width)
			for i := range 4 {
				told(t, s, m.Slug, fmt.Sprint(prefix, " ", i), 100)
			}
			p.until("the last of four hundred is here", fmt.Sprintf(`%s === %q`, lastMessage, prefix+" 3 99"))
			if n := evaluate[int](p, `document.querySelectorAll('.cd-c').length`); n > 100 {
				t.Errorf("%d messages are in the page after several hundred", n)
			}
			nodes := evaluate[int](p, `document.querySelectorAll('*').length`)

			place := `(() => { const s = document.querySelector('[data-chat-scroll]'); return getComputedStyle(s).overflowY === 'visible' ? document.scrollingElement : s })()`
			p.until("the reader has scrolled up", place+`.scrollTop === 0 || (`+place+`.scrollTop = 0, false)`)
			read := evaluate[string](p, `document.querySelector('[data-chat-list] > li').id`)
			fresh := told(t, s, m.Slug, prefix+" later", 3)
			p.until("three new ones are told", `document.querySelector('[data-chat-fresh]').checkVisibility() && document.querySelector('[data-chat-fresh]').innerText.trim() === '3 new messages'`)
			if top, row := evaluate[int](p, place+`.scrollTop`), evaluate[string](p, `document.querySelector('[data-chat-list] > li').id`); top != 0 || row != read {
				t.Errorf("the reader was moved to %d, %s", top, row)
			}
			told(t, s, m.Slug, prefix+" flood", 150)
			p.until("the page says that more came than it keeps", `document.querySelector('[data-chat-fresh]').innerText.includes('More than 100 new messages')`)
			if n := evaluate[int](p, `document.querySelectorAll('*').length`); n > nodes {
				t.Errorf("the page grew from %d to %d elements while its reader was away", nodes, n)
			}
			p.click("[data-chat-fresh] button", "new messages")
			p.until("the latest is shown", fmt.Sprintf(`%s === %q && %s <= 100 && !document.querySelector('[data-chat-fresh]').checkVisibility()`, lastMessage, prefix+" flood 149", chatRowsHere))

			gone := told(t, s, m.Slug, prefix+" CANARY", 1)[0]
			p.until("it is shown", fmt.Sprintf(`%s === %q`, lastMessage, gone.Text))
			d := livestream.MessageDecision{ID: gone.ID, To: livestream.ChatRemoved, Reason: "wording"}
			if _, err := s.Record.DecideMessage(t.Context(), d, papers.Change{By: papers.Program, Acts: []papers.Act{livestream.ChatAct(d.Apply(gone, s.Clock.Now()))}}); err != nil {
				t.Fatal(err)
			}
			p.sees("Its wording fell outside the rules for taking part.")
			p.seesNot("CANARY")

			if said := p.text(`document.querySelector('[data-chat-announce]').textContent`); said != "" {
				t.Errorf("unasked, a screen reader is told %q", said)
			}
			p.click(".cd-chat__aloud", "Read new messages out")
			told(t, s, m.Slug, prefix+" aloud", 1)
			p.until("it is read out", fmt.Sprintf(`document.querySelector('[data-chat-announce]').textContent === %q`, "Neighbour: "+prefix+" aloud 0"))
			_ = fresh
			p.blameless("the chat")
		})
	}
}

// Checked first: the sender sees it wait, the moderator decides by keys, the sender sees what became of it.
func TestChatDeskInBrowser(t *testing.T) {
	browser := startChromium(t)
	s := servertest.Start(t)
	m := openChat(t, s, papers.ChatCheckedFirst)
	sender := browser.person(t, s, "a resident", phone)
	moderator := browser.person(t, s, "the moderator", wide)
	moderator.signIn(auth.Secretary)
	moderator.opens("/desk/meetings/" + m.Slug + "/live")
	sender.opens("/meetings/" + m.Slug + "/live?talk=chat")
	sender.until("the room is connected", `document.querySelector('.cd-conn').innerText.includes('Connected')`)
	for _, text := range []string{"Where is the lift?", "Ring me on 01632 960 123"} {
		sender.fill("#say", text)
		if text != "Where is the lift?" {
			evaluate[bool](sender, `(document.getElementById('say').focus(), true)`)
			sender.click("[data-chat-form] label", "Somebody may be in danger")
			sender.sees("This page is not watched round the clock.", "999")
			sender.fill("#say", text) // the focus goes back to where Enter sends
		}
		sender.keys("\r")
		sender.until("it waits", fmt.Sprintf(`[...document.querySelectorAll('[data-chat-own] > li')].some(li => li.innerText.includes(%q) && li.innerText.includes('Waiting for the moderator'))`, text))
	}
	moderator.until("both wait at the desk", `document.querySelectorAll('[data-chat-desk] [data-key="p"]').length === 2`)
	moderator.until("what is urgent is counted and stands above", `document.querySelector('[data-count="urgent"]').innerText === '1' && document.getElementById('urgent-chat').innerText.includes('Ring me on')`)
	axeFinds(t, moderator, "desk chat")
	moderator.looks("desk chat")
	moderator.click("#urgent-chat button", "Seen to")
	moderator.until("it was seen to", `document.querySelector('[data-count="urgent"]').innerText === '0' && !document.getElementById('urgent-chat').innerText`)
	evaluate[bool](moderator, `(document.querySelector('[data-chat-desk]').focus(), true)`)
	moderator.press("j")
	moderator.press("p")
	sender.until("the first is posted", fmt.Sprintf(`%s === 'Where is the lift?' && document.querySelectorAll('[data-chat-own] > li').length === 1`, lastMessage))
	moderator.until("it left the queue, and the next has the focus", `document.querySelectorAll('[data-chat-desk] [data-key="p"]').length === 1 && document.activeElement.matches('[data-chat-desk] li')`)
	moderator.press("r")
	moderator.until("the reasons are open", `document.activeElement.matches('[data-chat-desk] select')`)
	moderator.fill("[data-chat-desk] details[open] select", "personal-details")
	moderator.click("[data-chat-desk] details[open] button", "Refuse")
	sender.sees("Not taken. It held personal details.")
	moderator.sees("Nothing waits.")
	moderator.until("what is public has a way to remove it", `document.querySelector('[data-chat-desk] details[id^="remove-"]')`)
	moderator.click(`[data-chat-desk] details[id^="remove-"] summary`, "Remove")
	moderator.fill(`[data-chat-desk] details[open] select`, "off-topic")
	moderator.click(`[data-chat-desk] details[open] button`, "Remove")
	sender.sees("Removed at", "It was not about this meeting.")
	sender.seesNot("Where is the lift?")
	setRoom(t, s, m.Slug, "paused")
	sender.sees("The meeting has paused. The chat goes on when it does.")
	sender.until("nothing can be sent", `!document.querySelector('[data-chat-form]').checkVisibility()`)
	setRoom(t, s, m.Slug, "open")
	sender.until("it goes on", `document.querySelector('[data-chat-form]').checkVisibility()`)
	moderator.click(`[data-chat-desk] details[id^="hold-"] summary`, "Block or slow")
	moderator.fill(`[data-chat-desk] details[open] input[name="reason"]`, "Selling something")
	moderator.click(`[data-chat-desk] details[open] button`, "Block the device")
	moderator.until("the form is away", `!document.querySelector('[data-chat-desk] details[open]')`)
	sender.fill("#say", "Buy this")
	sender.keys("\r")
	sender.sees("This device cannot send anything to this board until", "Selling something")
	axeFinds(t, sender, "chat of a resident")
	sender.looks("chat of a resident")
	sender.opens("/meetings/" + m.Slug + "/chat")
	axeFinds(t, sender, "record of the chat")
	sender.blameless("the chat")
	moderator.blameless("the desk")
}

// Without scripts the chat is a form and a list, with a way to look for what is new.
func TestChatWithoutScriptsInBrowser(t *testing.T) {
	browser := startChromium(t)
	s := servertest.Start(t)
	m := openChat(t, s, papers.ChatCheckedAfter)
	p := browser.person(t, s, "a resident without scripts", phone).withoutScripts()
	p.opens("/meetings/" + m.Slug + "/live")
	p.clickTo(".cd-tabs a", "Chat")
	p.fill("#say", "By a plain form")
	p.clickTo("[data-chat-form] button", "Send")
	p.sees("By a plain form", "You")
	p.looks("chat without scripts")
	told(t, s, m.Slug, "From elsewhere", 1)
	p.clickTo("[data-chat-check]", "Check for new")
	p.sees("From elsewhere 0")
	p.blameless("the chat")
}
