package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// What the people of the story say, and the passage that a resident looks for: it stands on page 37
// of the sample and nowhere else.
const (
	passage    = "always under the spotlight"
	theirWords = "Who decides which data are shared, and how do we learn of it?"
	theAnswer  = "The partnership decides in public, and lists every sharing on its site."
)

var fiveItems = []string{"Welcome and apologies", "Minutes of the last meeting", "Open data in our services", "Finance report", "Any other business"}

// story is the main job of the program from the empty agenda to the answered question, and who
// takes part in it.
type story struct {
	*servertest.Site
	chromium                               *chromium
	board, meeting, paper, question, mine  string
	secretary, moderator, resident, second *person
	sample                                 []byte
}

// TestJourney plays the story in a browser: publish, find, ask, answer.
func TestJourney(t *testing.T) {
	s := &story{chromium: startChromium(t), Site: servertest.Start(t), sample: servertest.Sample(t, "open-data-white-paper.pdf")}
	s.board = s.Board(t, "Partnership Board")
	s.secretary = s.chromium.person(t, s.Site, "the secretary", wide)
	s.moderator = s.chromium.person(t, s.Site, "the moderator", wide)
	s.resident = s.chromium.person(t, s.Site, "the resident", phone)
	s.second = s.chromium.person(t, s.Site, "the second resident", wide)
	s.acts(t,
		act{"a link signs in once", s.signsIn},
		act{"a meeting for next week", s.makesMeeting},
		act{"five items by keyboard", s.writesItems},
		act{"papers dropped at once", s.dropsPapers},
		act{"publication set", s.setsPublication},
		act{"nothing before its moment", s.nothingYet},
		act{"public at the moment", s.momentComes},
		act{"read on a phone", s.readsOnPhone},
		act{"found on page 37", s.findsPassage},
		act{"the room opens", s.opensRoom},
		act{"asked and waiting", s.asks},
		act{"published for both", s.publishes},
		act{"supported once", s.supports},
		act{"answered", s.answers},
		act{"on the record", s.onRecord},
		act{"pages come back by themselves", s.comesBack},
	)
}

// act is one part of the story. A later one cannot be played when an earlier one failed.
type act struct {
	name string
	play func()
}

func (s *story) acts(t *testing.T, acts ...act) {
	t.Helper()
	everybody := []*person{s.secretary, s.moderator, s.resident, s.second}
	for _, a := range acts {
		went := t.Run(a.name, func(t *testing.T) {
			for _, p := range everybody {
				p.T = t
			}
			a.play()
			for _, p := range everybody {
				p.blameless(a.name)
			}
		})
		for _, p := range everybody {
			p.T = t
		}
		if !went {
			t.Fatalf("the story ends at %q", a.name)
		}
	}
}

// signsIn opens a one-time link and chooses a password.
func (s *story) signsIn() {
	for p, role := range map[*person]auth.Role{s.secretary: auth.Secretary, s.moderator: auth.Moderator} {
		link := s.Link(p, string(role)+"@example.org", role, s.board)
		p.opens(link)
		if role == auth.Secretary {
			p.looks("link")
		}
		p.fill("#password", "four words make this")
		p.clickTo("button", "Save it and sign in")
		p.sees("you are signed in")
		if role == auth.Secretary {
			p.looks("desk empty")
		}
		used := s.Browser(p).Get(p, link)
		if !strings.Contains(used.Text, "does not work any more") {
			p.Errorf("the link works a second time: %d", used.StatusCode)
		}
	}
}

// makesMeeting makes a meeting for next week with the form.
func (s *story) makesMeeting() {
	p := s.secretary
	p.opens("/desk")
	p.clickTo("a", "New meeting")
	p.looks("new meeting")
	day := s.Clock.Now().AddDate(0, 0, 7)
	p.fill("#date", day.Format(time.DateOnly))
	p.fill("#start", "09:30")
	p.fill("#end", "11:30")
	p.fill("#venue", "Saltfen Town Hall, Market Square")
	p.clickTo("button", "Make the meeting")
	p.sees("No items yet")
	s.meeting = strings.TrimPrefix(p.text(`location.pathname`), "/desk/meetings/")
	if want := "partnership-board-" + day.Format(time.DateOnly); s.meeting != want {
		p.Errorf("the meeting is %q, want %q", s.meeting, want)
	}
	p.looks("desk meeting empty")
}

// writesItems writes the agenda without touching the mouse.
func (s *story) writesItems() {
	p := s.secretary
	for n := 0; evaluate[string](p, `document.activeElement.name || ''`) != "title"; n++ {
		if n == 60 {
			p.Fatal("the title of an item cannot be reached by Tab")
		}
		p.keys("\t")
	}
	for n, title := range fiveItems {
		p.keys(title + "\t\tTess Marsh\t10") // over the purpose to who leads, and the minutes
		p.follow("Enter", func() { p.keys("\r") })
		p.sees(title)
		if got := evaluate[int](p, `document.querySelectorAll('#agenda .cd-row').length`); got != n+1 {
			p.Fatalf("after %q there are %d items", title, got)
		}
		p.until("the next title can be written at once", `document.activeElement.name === 'title'`)
	}
	if lead := p.text(`document.querySelector('#agenda .cd-row').innerText`); !strings.Contains(lead, "Tess Marsh") || !strings.Contains(lead, "10 min") {
		p.Errorf("the first item says %q", lead)
	}
	p.looks("desk agenda")
}

// files writes the papers to drop into a folder: a real one of 52 pages and small ones.
func (s *story) files(p *person) []string {
	dir := p.TempDir()
	var paths []string
	for name, file := range map[string][]byte{
		"03 Open Data White Paper.pdf":  s.sample,
		"02 Draft minutes.pdf":          servertest.PDF(p, "Draft minutes", "Present: the members. Agreed: the minutes."),
		"04 Finance report.pdf":         servertest.PDF(p, "Finance report", "The money of the month", "Table 1", "Table 2"),
		"04b Appendix to the money.pdf": servertest.PDF(p, "Appendix", "More tables"),
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			p.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// dropsPapers gives several files at once. Their numbers find the items; pages are counted, and
// reading goes on until each is ready.
func (s *story) dropsPapers() {
	p := s.secretary
	files := s.files(p)
	p.choose("#up-file", files...)
	p.until("the first pages are counted", `/of 52|52 pages/.test(document.querySelector('.cd-up').innerText)`)
	p.until("every file is ready", fmt.Sprintf(`[...document.querySelectorAll('.cd-up .cd-badge')].filter(b => b.innerText === 'Ready').length === %d`, len(files)))
	p.sees("4 ready")
	p.until("the agenda shows the papers", fmt.Sprintf(`document.querySelectorAll('#agenda .cd-file').length === %d`, len(files)))
	of := p.text(`[...document.querySelectorAll('#agenda .cd-row')].map(r => r.querySelectorAll('.cd-file').length).join(' ')`)
	if of != "0 1 1 2 0" {
		p.Errorf("the items have %q papers, want 0 1 1 2 0", of)
	}
	p.sees("52 pages")
	s.paper = strings.TrimPrefix(p.text(`[...document.querySelectorAll('a.cd-file__n')].find(a => a.innerText.includes('Open Data')).getAttribute('href')`), "/desk/papers/")
	p.looks("desk papers ready")
	s.desksOfOne(p)
}

// desksOfOne looks at the pages of one paper and one item, and comes back.
func (s *story) desksOfOne(p *person) {
	p.clickTo("a.cd-file__n", "Open Data")
	p.looks("desk paper")
	p.clickTo(".cd-crumbs a", "Partnership Board,")
	p.click("#agenda summary", "Change Item 3:")
	p.clickTo("#agenda a", "private and more of Item 3:")
	p.looks("desk item")
	p.clickTo(".cd-crumbs a", "Partnership Board,")
}

// setsPublication sets the next whole minute but one.
func (s *story) setsPublication() {
	p := s.secretary
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		p.Fatal(err)
	}
	at := s.Clock.Now().In(london).Add(2 * time.Minute)
	p.sees("From the time you choose anybody will be able to read", "Open Data White Paper")
	p.click("label", "At this time")
	p.fill("#pub-date", at.Format(time.DateOnly))
	p.fill("#pub-time", at.Format("15:04"))
	p.clickTo("#publish button", "Publish")
	p.sees("Public in", "Stop it")
	p.looks("desk scheduled")
}

// nothingYet tries as a resident to see anything of what is scheduled.
func (s *story) nothingYet() {
	p := s.resident
	for _, path := range []string{"/meetings/" + s.meeting, "/papers/" + s.paper, "/papers/" + s.paper + "/file", "/papers/" + s.paper + "/pages/37.jpg"} {
		if status := s.Browser(p).Get(p, path).StatusCode; status != 404 {
			p.Errorf("%s answered %d before its time", path, status)
		}
	}
	if status := p.open("/meetings/" + s.meeting); status != 404 {
		p.Errorf("the meeting answered %d before its time", status)
	}
	p.looks("not found")
	p.opens(searchFor(passage))
	p.sees("Nothing found")
	p.seesNot("Open Data White Paper")
	for _, path := range []string{"/", "/meetings", "/search"} {
		p.opens(path)
		p.seesNot(s.meeting)
		p.seesNot("Open data in our services")
	}
	p.blameless("before the moment", "status of 404")
}

func searchFor(words string) string {
	return "/search?q=%22" + strings.ReplaceAll(words, " ", "+") + "%22"
}

// momentComes moves the clock over the publication time and finds everything public.
func (s *story) momentComes() {
	p := s.resident
	s.Clock.Advance(3 * time.Minute)
	nobody := s.Browser(p)
	servertest.Eventually(p, "the meeting is public", func() bool { return nobody.Get(p, "/meetings/"+s.meeting).StatusCode == 200 })
	servertest.Eventually(p, "its paper is found", func() bool {
		return strings.Contains(nobody.Get(p, searchFor(passage)).Text, "/papers/"+s.paper)
	})
	servertest.Eventually(p, "home shows the meeting", func() bool { return strings.Contains(nobody.Get(p, "/").Text, s.meeting) })
	s.secretary.opens("/desk/meetings/" + s.meeting)
	s.secretary.sees("Done")
	s.secretary.looks("desk published")
	s.secretary.opens("/desk")
	s.secretary.looks("desk")
}

// readsOnPhone walks from the home page to the paper, reads it and takes it along.
func (s *story) readsOnPhone() {
	p := s.resident
	p.opens("/")
	p.looks("home")
	p.clickTo(fmt.Sprintf(`a[href^="/meetings/%s"]`, s.meeting), "")
	p.until("it is the meeting", fmt.Sprintf(`location.pathname === '/meetings/%s'`, s.meeting))
	for _, title := range fiveItems {
		p.sees(title)
	}
	p.looks("meeting")
	p.clickTo(`main a[href^="/papers/`+s.paper+`"]`, "")
	p.until("the page's image is here", `document.querySelector('.cd-sheet img').naturalWidth > 0`)
	p.sees("Unleashing the Potential")
	selected := p.text(`(() => { getSelection().selectAllChildren(document.querySelector('.cd-read__text .cd-text')); return getSelection().toString() })()`)
	if !strings.Contains(selected, "Open Data") {
		p.Errorf("the text that can be selected is %q", selected)
	}
	p.looks("paper")
	hash := p.text(`(async () => { const r = await fetch(document.querySelector('a[download]').href), b = await crypto.subtle.digest('SHA-256', await r.arrayBuffer())
		return [...new Uint8Array(b)].map(n => n.toString(16).padStart(2, '0')).join('') })()`)
	found, err := s.Record.Paper(p.Context(), papers.Public, s.paper)
	if v, ok := found.Current(); err != nil || !ok || hash != v.File || v.File == v.Original {
		p.Errorf("what is downloaded has the hash %s, the paper %+v, %v", hash, v, err)
	}
}

// findsPassage searches for words of page 37 and follows the first hit.
func (s *story) findsPassage() {
	p := s.resident
	p.opens("/search")
	p.fill("#q", `"`+passage+`"`)
	p.clickTo("button", "Search")
	p.sees("1 paper, 1 page")
	p.until("the words are marked in the passage", `document.querySelector('.cd-snip mark')`)
	p.looks("search")
	p.clickTo(".cd-hitpages a", "Page 37")
	if got := p.text(`location.pathname`); !strings.HasSuffix(got, "/pages/37") {
		p.Errorf("the hit opens %s", got)
	}
	p.until("the image of page 37 is here", `document.querySelector('.cd-sheet img').naturalWidth > 0`)
	if n := evaluate[int](p, `document.querySelectorAll('.cd-sheet .cd-hitbox').length`); n == 0 {
		p.Error("no words are marked on the image of the page")
	}
	marked := p.text(`[...document.querySelectorAll('.cd-text mark')].map(m => m.textContent).join(' ')`)
	if !strings.Contains(marked, "spotlight") {
		p.Errorf("the marked words of the text are %q", marked)
	}
	p.looks("paper marked")
}

// opensRoom opens the room; two residents come in.
func (s *story) opensRoom() {
	p := s.secretary
	p.opens("/desk/meetings/" + s.meeting + "/live")
	p.clickTo("button", "Open the room")
	p.until("the item can be started", `document.querySelector('#item-now').options.length >= 5`)
	p.fill("#item-now", p.text(`[...document.querySelector('#item-now').options].find(o => o.text.startsWith('3 ')).value`))
	p.clickTo("button", "Start this item")
	p.sees("Open data in our services")
	s.moderator.opens("/desk/meetings/" + s.meeting + "/live")
	for _, r := range []*person{s.resident, s.second} {
		r.opens("/")
		r.clickTo(fmt.Sprintf(`a[href="/meetings/%s/live"]`, s.meeting), "")
	}
	for _, r := range []*person{s.resident, s.second, s.moderator} {
		r.until("connected", `document.querySelector('.cd-conn').innerText.startsWith('Connected')`)
	}
	s.second.sees("Open data in our services")
	s.second.looks("room open")
}

// asks asks about item 3. Until it is published nobody but the asker and the moderator reads it.
func (s *story) asks() {
	r := s.resident
	r.click("textarea#text", "")
	r.keys(theirWords)
	r.fill("#item", r.text(`[...document.querySelector('#item').options].find(o => o.text.startsWith('3 ')).value`))
	r.click("#ask button", "Send")
	r.sees("waiting for the moderator")
	s.question = r.text(`document.querySelector('[data-mine] a').innerText`)
	s.mine = r.text(`new URL(document.querySelector('[data-mine] a').href).pathname`)
	if !strings.HasPrefix(s.question, "Q-") || !strings.HasPrefix(s.mine, "/questions/"+s.question+"/mine/") {
		r.Fatalf("the receipt is %q at %q", s.question, s.mine)
	}
	s.moderator.sees(s.question, theirWords, "3 "+fiveItems[2])
	s.moderator.until("a question is in hand", `!`+find(".cd-empty", ""))
	s.moderator.looks("live desk")
	s.second.until("one was asked", `document.querySelector('[data-count="received"]').innerText === '1'`)
	s.second.seesNot(theirWords)
	for _, path := range []string{"/questions/" + s.question, "/meetings/" + s.meeting + "/questions", "/questions", "/api/v1/meetings/" + s.meeting + "/live"} {
		a := s.Browser(r).Get(r, path)
		if strings.Contains(a.Text, theirWords) {
			r.Errorf("anybody can read the question at %s before it is published", path)
		}
		if !strings.Contains(a.Text, s.question) && !strings.HasPrefix(path, "/api/") {
			r.Errorf("%s does not say that %s was received", path, s.question)
		}
	}
	r.looks("room asked")
}

// publishes publishes the question with one key; both residents read it where they are.
func (s *story) publishes() {
	s.moderator.press("p")
	for _, r := range []*person{s.resident, s.second} {
		r.until("the question is published", fmt.Sprintf(`document.querySelector('[data-questions] [data-number=%q] .cd-said')?.innerText === %q`, s.question, theirWords))
	}
	s.resident.sees(s.question + ": published")
}

// supports supports it from the other window, impatiently.
func (s *story) supports() {
	button := fmt.Sprintf(`button[data-support=%q]`, s.question)
	s.second.click(button, "")
	s.second.click(button, "")
	for _, r := range []*person{s.second, s.resident} {
		r.until("it has one supporter", fmt.Sprintf(`document.querySelector('%s b').innerText === '1'`, button))
	}
	s.second.opens("/meetings/" + s.meeting + "/live")
	s.second.until("one supporter after loading again", fmt.Sprintf(`document.querySelector('%s').getAttribute('aria-pressed') === 'true' && document.querySelector('%s b').innerText === '1'`, button, button))
	s.moderator.sees("1 support")
}

// answers puts the question to the board and writes down what was said.
func (s *story) answers() {
	m := s.moderator
	m.clickTo("a", "All")
	m.until("the question is in hand", fmt.Sprintf(`document.querySelector('[data-field="number"]').innerText === %q`, s.question))
	m.until("connected", `document.querySelector('.cd-conn').innerText.startsWith('Connected')`)
	m.press("a")
	m.until("the answer can be written", `document.activeElement.name === 'answer'`)
	m.keys(theAnswer)
	m.click("button", "Answered at the meeting")
	for _, r := range []*person{s.resident, s.second} {
		r.sees("Answered")
		r.until("the answer is there", fmt.Sprintf(`[...document.querySelectorAll('[data-questions] p')].some(p => p.innerText.replace(/^Answer: /, '') === %q)`, theAnswer))
	}
	s.second.looks("room answered")
	m.looks("live desk answered")
}

// onRecord reads what stays.
func (s *story) onRecord() {
	r := s.chromium.person(s.resident.T, s.Site, "a reader", phone)
	r.opens("/questions/" + s.question)
	r.sees(theirWords, theAnswer, "1 person supports it", fiveItems[2])
	r.looks("question answered")
	r.opens("/meetings/" + s.meeting + "/questions")
	r.sees("1 question", s.question, theirWords, theAnswer)
	r.looks("ledger")
	r.opens("/questions")
	r.sees(s.question, theirWords, theAnswer)
	r.looks("questions")
	r.opens(s.mine)
	r.sees(theirWords, theAnswer, "Keep this address")
	r.looks("private page")
	r.blameless("on the record")
}

// comesBack stops the program and starts it again; what was published while pages were away is on
// them soon, without a hand, and a support that was given meanwhile counts, once.
func (s *story) comesBack() {
	away := []*person{s.resident, s.second, s.moderator, s.secretary}
	open := s.published("Will the lift be mended?")
	button := fmt.Sprintf(`button[data-support=%q]`, open)
	s.second.until("the question can be supported", fmt.Sprintf(`document.querySelector('%s')?.innerText.startsWith('0')`, button))
	s.Stop(s.resident)
	for _, p := range away {
		p.until("the page knows that the line is gone", `!document.querySelector('.cd-conn').innerText.startsWith('Connected')`)
	}
	s.second.sees("Not connected since", "Trying again")
	s.second.looks("room offline")
	s.second.click(button, "")
	kept := fmt.Sprintf(`localStorage.getItem('clearday-support-%s')`, s.meeting)
	s.second.until("the support is kept on the device", fmt.Sprintf(`%s === %q && document.querySelector('%s').getAttribute('aria-pressed') === 'true'`, kept, `["`+open+`"]`, button))
	s.Site = s.Again(s.chromium.test)
	number := s.published("What was asked while pages were away?")
	for _, p := range away {
		p.until("the page caught up", fmt.Sprintf(`document.body.innerText.includes(%q)`, number))
	}
	for _, r := range []*person{s.resident, s.second} {
		r.until("the support counts, once", fmt.Sprintf(`document.querySelector('%s b').innerText === '1'`, button))
	}
	s.second.until("nothing waits on the device", kept+` === '[]'`)
	for _, p := range away {
		p.mu.Lock()
		p.faults = nil // a browser complains about every socket that does not come about
		p.mu.Unlock()
	}
}

// published asks a question by the plain form and publishes it by the API, and gives its number.
func (s *story) published(text string) string {
	number := numberIn(askPlainly(s.resident.T, s.Browser(s.resident), s.meeting, text))
	token := s.Token(s.resident, auth.Moderator)
	if status, text := s.API(s.resident, token, "PATCH", "/questions/"+number, map[string]any{"state": "published"}, nil); status != 200 {
		s.resident.Fatalf("publishing answered %d %s", status, text)
	}
	return number
}

// TestWithoutScripts plays the same story in browsers that run no script: with plain forms, and a
// link to check for what is new.
func TestWithoutScripts(t *testing.T) {
	s := &story{chromium: startChromium(t), Site: servertest.Start(t), sample: servertest.Sample(t, "open-data-white-paper.pdf")}
	s.board = s.Board(t, "Partnership Board")
	s.secretary = s.chromium.person(t, s.Site, "the secretary", wide).withoutScripts()
	s.moderator = s.chromium.person(t, s.Site, "the moderator", wide).withoutScripts()
	s.resident = s.chromium.person(t, s.Site, "the resident", phone).withoutScripts()
	s.second = s.chromium.person(t, s.Site, "the second resident", wide).withoutScripts()
	s.acts(t,
		act{"a link signs in once", s.signsIn},
		act{"a meeting for next week", s.makesMeeting},
		act{"five items by keyboard", s.writesItems},
		act{"papers one at a time", s.sendsPapers},
		act{"published now", s.publishesNow},
		act{"read on a phone", s.opensPaper},
		act{"found on page 37", s.findsPassage},
		act{"the room opens", s.opensRoomPlainly},
		act{"asked and waiting", s.asksPlainly},
		act{"published for both", s.publishesPlainly},
		act{"supported once", s.supportsPlainly},
		act{"answered", s.answersPlainly},
		act{"on the record", s.onRecord},
	)
}

// sendsPapers sends one file after the other. One has no number: the page asks where it belongs.
func (s *story) sendsPapers() {
	p := s.secretary
	for _, file := range s.files(p) {
		p.choose("#up-file", file)
		p.clickTo("#upload button", "Upload")
	}
	minutes := filepath.Join(p.TempDir(), "Scan0001.pdf")
	if err := os.WriteFile(minutes, servertest.PDF(p, "Scan", "A late note"), 0o600); err != nil {
		p.Fatal(err)
	}
	p.choose("#up-file", minutes)
	p.clickTo("#upload button", "Upload")
	p.sees("Which item does it belong to?")
	p.blameless("asked which item", "status of 409")
	p.looks("desk which item")
	p.fill("#up-item", p.text(`[...document.querySelector('#up-item').options].find(o => o.text.startsWith('5 ')).value`))
	p.clickTo("#upload button", "Add")
	p.loadUntil("every paper is ready", "/desk/meetings/"+s.meeting, `[...document.querySelectorAll('#agenda .cd-file')].filter(f => f.innerText.includes('Ready')).length === 5`)
	s.paper = strings.TrimPrefix(p.text(`[...document.querySelectorAll('a.cd-file__n')].find(a => a.innerText.includes('Open Data')).getAttribute('href')`), "/desk/papers/")
}

// loadUntil opens the page again until the expression holds.
func (p *person) loadUntil(what, path, expression string) {
	p.Helper()
	servertest.Eventually(p, what, func() bool {
		p.opens(path)
		return evaluate[bool](p, "Boolean("+expression+")")
	})
}

func (s *story) publishesNow() {
	p := s.secretary
	p.click("label", "Now")
	p.clickTo("#publish button", "Publish")
	p.sees("Done")
	s.resident.loadUntil("search has followed", searchFor(passage), `document.querySelector('.cd-hit')`)
}

// opensPaper walks from the home page to the paper's page and its image.
func (s *story) opensPaper() {
	p := s.resident
	p.opens("/")
	p.clickTo(fmt.Sprintf(`a[href^="/meetings/%s"]`, s.meeting), "")
	p.clickTo(`main a[href^="/papers/`+s.paper+`"]`, "")
	p.until("the page's image is here", `document.querySelector('.cd-sheet img').naturalWidth > 0`)
	p.sees("Unleashing the Potential")
}

func (s *story) opensRoomPlainly() {
	p := s.secretary
	p.opens("/desk/meetings/" + s.meeting + "/live")
	p.clickTo("button", "Open the room")
	p.fill("#item-now", p.text(`[...document.querySelector('#item-now').options].find(o => o.text.startsWith('3 ')).value`))
	p.clickTo("button", "Start this item")
	for _, r := range []*person{s.resident, s.second} {
		r.opens("/meetings/" + s.meeting)
		r.clickTo(fmt.Sprintf(`a[href="/meetings/%s/live"]`, s.meeting), "")
		r.sees("Open data in our services", "Check for new", "As of")
	}
	s.moderator.opens("/desk/meetings/" + s.meeting + "/live")
}

func (s *story) asksPlainly() {
	r := s.resident
	r.click("textarea#text", "")
	r.keys(theirWords)
	r.fill("#item", r.text(`[...document.querySelector('#item').options].find(o => o.text.startsWith('3 ')).value`))
	r.clickTo("#ask button", "Send")
	r.sees("Keep this address", "It waits for the moderator", theirWords)
	s.mine = r.path()
	s.question = numberIn(s.mine)
	s.second.clickTo("a", "Check for new")
	s.second.sees("Asked so far: 1")
	s.second.seesNot(theirWords)
	s.moderator.clickTo("a", "Check for new")
	s.moderator.sees(s.question, theirWords)
}

func (s *story) publishesPlainly() {
	s.moderator.clickTo("[data-current] button", "Publish")
	s.second.clickTo("a", "Check for new")
	s.second.sees(s.question, theirWords)
	s.resident.opens("/meetings/" + s.meeting + "/live")
	s.resident.sees(s.question+": published", theirWords)
}

func (s *story) supportsPlainly() {
	button := fmt.Sprintf(`button[data-support=%q]`, s.question)
	s.second.clickTo(button, "")
	s.second.until("it is supported", fmt.Sprintf(`document.querySelector('%s').getAttribute('aria-pressed') === 'true'`, button))
	s.second.clickTo(button, "")
	s.resident.opens("/meetings/" + s.meeting + "/live")
	for _, r := range []*person{s.second, s.resident} {
		r.until("it has one supporter", fmt.Sprintf(`document.querySelector('%s b').innerText === '1'`, button))
	}
	s.second.looks("room without scripts")
}

func (s *story) answersPlainly() {
	m := s.moderator
	m.clickTo("a", "All")
	m.click("summary", "Answered")
	m.fill("#answer", theAnswer)
	m.looks("live desk without scripts")
	m.clickTo("button", "Answered at the meeting")
	s.second.clickTo("a", "Check for new")
	s.second.sees(theAnswer, "Answered")
}
