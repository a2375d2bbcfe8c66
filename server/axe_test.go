package server_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// sight is one page in one state, as somebody sees it.
type sight struct{ name, path string }

// TestAxe opens every page in its states at both widths: axe-core finds nothing, nothing scrolls
// sideways on a phone, no script fails, nothing is fetched from elsewhere.
func TestAxe(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("reading axe-core, which building the assets installs: %v", err)
	}
	browser := startChromium(t)
	look := func(t *testing.T, p *person, s sight) {
		p.T = t
		p.open(s.path)
		p.looks(s.name)
		for _, width := range []int64{phone, wide} {
			p.resize(width)
			for _, fault := range p.axe(string(axe)) {
				t.Errorf("%s (%s) at %d: %s", s.name, s.path, width, fault)
			}
		}
		p.blameless(s.name, "status of 404 (Not Found) ("+p.site.URL+s.path+")", "status of 410 (Gone) ("+p.site.URL+s.path+")")
	}
	all := func(name string, p *person, sights []sight) {
		t.Run(name, func(t *testing.T) {
			for _, s := range sights {
				t.Run(s.name, func(t *testing.T) { look(t, p, s) })
			}
		})
	}
	empty := servertest.Start(t)
	all("empty", browser.person(t, empty, "anybody", wide), []sight{{"empty home", "/"}, {"empty meetings", "/meetings"}, {"empty boards", "/boards"},
		{"empty partners", "/partners"}, {"empty questions", "/questions"}, {"empty search", "/search"}, {"empty about", "/about"}, {"empty news", "/news"}, {"empty log", "/log"}, {"check a paper", "/log/verify"}, {"a hash of nobody", "/log/verify?sha256=" + strings.Repeat("0", 64)}, {"empty take part", "/take-part"}})
	secretary := browser.person(t, empty, "a secretary without a board", wide)
	secretary.signIn(auth.Secretary)
	all("empty desk", secretary, []sight{{"empty desk", "/desk"}, {"empty new meeting", "/desk/meetings/new"}})

	f := newFair(t)
	all("public", browser.person(t, f.Site, "anybody", wide), f.public)
	secretary = browser.person(t, f.Site, "the secretary", wide)
	secretary.signIn(auth.Secretary)
	all("desk", secretary, f.desk)
	admin := browser.person(t, f.Site, "the administrator", wide)
	admin.signIn(auth.Admin)
	all("site", admin, f.site)
}

// TestAxeOfWebVersions looks in the same way at what was made of a document and of a spreadsheet.
func TestAxeOfWebVersions(t *testing.T) {
	servertest.Need(t, "soffice")
	axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("reading axe-core, which building the assets installs: %v", err)
	}
	browser := startChromium(t)
	d := servertest.Start(t)
	board := d.Board(t, "Finance Board")
	m := d.Meeting(t, board, 14)
	item := d.Item(t, m.Slug, "Finance")
	token := d.Token(t, auth.Secretary, board)
	wide, rows := []string{}, [][]string{}
	for n := range 12 {
		wide = append(wide, fmt.Sprintf("Quarter %d of the plan", n+1))
	}
	rows = append(rows, wide)
	for range 30 {
		rows = append(rows, []string{"North hub, opened early", "1200", "-3.5"})
	}
	var sights []sight
	for name, file := range map[string][]byte{"document": servertest.DOCX(t, "#Where the money goes", "The hubs cost less than planned.", "|Hub|Cost|", "|North|120|", "#What we ask", "The board is asked to note this."), "spreadsheet": servertest.XLSX(t, rows, nil)} {
		var up api.Uploaded
		want(t, 201)(d.APIUpload(t, token, "/items/"+item.ID+"/papers", name, file, &up, "title", "The "+name))
		if v := isRead(t, d, up.ID); v.HTML == "" {
			t.Fatalf("the %s has no web version: %+v", name, v)
		}
		want(t, 200)(d.API(t, token, "POST", "/papers/"+up.ID+"/publish", nil, nil))
		sights = append(sights, sight{"web version of a " + name, "/papers/" + up.ID + "/html"}, sight{"paper that was a " + name, "/papers/" + up.ID})
	}
	p := browser.person(t, d, "anybody", 1280)
	for _, s := range sights {
		p.opens(s.path)
		p.looks(s.name)
		for _, width := range []int64{phone, 1280} {
			p.resize(width)
			if w := evaluate[int64](p, `document.scrollingElement.scrollWidth`); w > width {
				t.Errorf("%s is %d wide at %d", s.name, w, width)
			}
			for _, fault := range p.axe(string(axe)) {
				t.Errorf("%s (%s) at %d: %s", s.name, s.path, width, fault)
			}
		}
		p.blameless(s.name)
	}
}

// axe gives what axe-core has to say against the page.
func (p *person) axe(source string) []string {
	p.Helper()
	if !evaluate[bool](p, `'axe' in window`) {
		evaluate[bool](p, source+"; true")
	}
	return evaluate[[]string](p, `axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations.map(v =>
		v.id + ': ' + v.help + v.nodes.map(n => '\n    ' + n.html.slice(0, 300) + '\n      ' + n.failureSummary.replace(/\s+/g, ' ')).join('')))`)
}

// signIn makes the person's browser one in which a new user of the role has signed in.
func (p *person) signIn(role auth.Role, boards ...string) {
	p.Helper()
	p.opens(p.site.Link(p, papers.NewID()+"@example.org", role, boards...))
	p.fill("#password", "four words make this")
	p.clickTo("button", "Save it and sign in")
}

// fair is a site in which every page has something to show, in every state there is.
type fair struct {
	*servertest.Site
	test         *testing.T
	board, token string
	public, desk []sight
	site         []sight // of the administrator
}

func newFair(t *testing.T) *fair {
	f := &fair{Site: servertest.Start(t), test: t}
	f.token = f.Token(t, auth.Secretary)
	f.organisations()
	f.tell()
	meeting, items, paper := f.published()
	f.papers(meeting, items, paper)
	f.room(meeting, items)
	f.others()
	f.watching()
	f.atDesk(meeting, items, paper)
	f.partnership()
	f.extremes()
	return f
}

func (f *fair) see(name, path string)   { f.public = append(f.public, sight{name, path}) }
func (f *fair) seeAt(name, path string) { f.desk = append(f.desk, sight{name, path}) }

func (f *fair) call(method, path string, body, v any) {
	f.test.Helper()
	if status, text := f.API(f.test, f.token, method, path, body, v); status >= 300 {
		f.test.Fatalf("%s %s answered %d %s", method, path, status, text)
	}
}

func (f *fair) must(err error) {
	f.test.Helper()
	if err != nil {
		f.test.Fatal(err)
	}
}

// organisations names the site, its partners and its boards.
func (f *fair) organisations() {
	by := papers.Change{By: papers.Program}
	site := papers.Site{Name: "Fenland and Coast Health and Care Partnership", About: "We plan health and care together.", Area: "Fenland and Coast", Zone: "Europe/London", Contact: "board@example.org", Phone: "01632 960001"}
	f.must(f.Record.SetSite(f.test.Context(), site, by))
	for _, p := range []papers.Partner{{Name: "Saltfen Hospitals", Slug: "saltfen", Kind: "hospital trust", URL: "https://example.org/"}, {Name: "Eastwold Council", Slug: "eastwold", Kind: "council"},
		{Name: "Old Trust", Slug: "old", Kind: "other", EndedOn: "2024-03-31", Successor: "saltfen"}} {
		f.must(p.Tidy())
		f.must(f.Record.AddPartner(f.test.Context(), p, by))
	}
	f.board = f.Board(f.test, "Partnership Board")
	f.Board(f.test, "Quality and Finance Committee in Common of the Trusts of the Coast")
	b, err := f.Record.Board(f.test.Context(), f.board)
	f.must(err)
	b.About, b.Terms, b.Venue = "It decides in public what the partners do together.", "1. The board meets six times a year.\n2. Its papers are public.", "Town Hall"
	b.Members = []papers.Member{{Name: "Tess Marsh", Role: "Chair", Organisation: "Saltfen Hospitals"}, {Name: "Ann Lode", Role: "Member", Organisation: "Eastwold Council"}}
	f.must(f.Record.ChangeBoard(f.test.Context(), b, by))
}

// tell lists the pages that say what the site is.
func (f *fair) tell() {
	for _, path := range []string{"/", "/meetings", "/boards", "/boards/" + f.board, "/boards/" + f.board + "/questions", "/partners", "/about", "/take-part", "/accessibility", "/privacy", "/questions", "/log", "/sign-in"} {
		name := strings.ReplaceAll(strings.Trim(path, "/"), "/", " ")
		if name == "" {
			name = "home"
		}
		f.see(name, path)
	}
	f.see("link", f.Link(f.test, "new@example.org", auth.Author))
	f.see("link used", "/sign-in/no-such-link")
	f.see("nothing here", "/no-such-page")
}

// published is a meeting with an agenda, one item of which is private, and papers.
func (f *fair) published() (papers.Meeting, []papers.Item, api.Uploaded) {
	m := f.Meeting(f.test, f.board, 6)
	var items []papers.Item
	for _, title := range []string{"Welcome", "Open data in our services", "A plan for community beds that has a rather long title, as plans do: options, costs, risks and what people told us"} {
		items = append(items, f.Item(f.test, m.Slug, title))
	}
	f.call("POST", "/meetings/"+m.Slug+"/items", map[string]any{"title": "The bidders", "private": true, "public_title": "A contract", "exemption": "It holds information about the business affairs of bidders."}, nil)
	var paper api.Uploaded
	want(f.test, http.StatusCreated)(f.APIUpload(f.test, f.token, "/items/"+items[1].ID+"/papers", "open data.pdf", servertest.Sample(f.test, "open-data-white-paper.pdf"), &paper, "title", "Open data: unleashing the potential"))
	return m, items, paper
}

// papers puts papers into every state and lists their pages.
func (f *fair) papers(m papers.Meeting, items []papers.Item, paper api.Uploaded) {
	t := f.test
	var gone, scan, short api.Uploaded
	want(t, http.StatusCreated)(f.APIUpload(t, f.token, "/items/"+items[2].ID+"/papers", "survey.pdf", servertest.PDF(t, "Survey", "Table 6"), &gone, "title", "Workforce survey"))
	want(t, http.StatusCreated)(f.APIUpload(t, f.token, "/items/"+items[2].ID+"/papers", "scan.pdf", servertest.PDF(t, "Scan", ""), &scan, "title", "A scanned plan"))
	want(t, http.StatusCreated)(f.APIUpload(t, f.token, "/items/"+items[0].ID+"/papers", "short.pdf", servertest.PDF(t, "Short", "First words"), &short, "title", "A short paper"))
	f.call("POST", "/meetings/"+m.Slug+"/publish", nil, nil)
	want(t, http.StatusCreated)(f.APIUpload(t, f.token, "/papers/"+short.ID+"/versions", "short.pdf", servertest.PDF(t, "Short", "Corrected words"), nil, "reason", "A date was wrong."))
	f.call("POST", "/papers/"+short.ID+"/publish", nil, nil)
	f.call("POST", "/papers/"+gone.ID+"/withdraw", map[string]any{"reason": "Table 6 could identify staff in small teams."}, nil)
	find := "/search?q=" + strings.ReplaceAll(passage, " ", "+")
	servertest.Eventually(t, "search has followed", func() bool { return strings.Contains(f.Browser(t).Get(t, find).Text, "/papers/"+paper.ID) })
	f.see("meeting with papers", "/meetings/"+m.Slug)
	f.see("paper", "/papers/"+paper.ID)
	f.formats(paper.ID)
	f.see("paper marked", "/papers/"+paper.ID+"/pages/37?q="+strings.ReplaceAll(passage, " ", "+"))
	f.see("paper quoted", "/papers/"+paper.ID+"/pages/37?quote="+strings.ReplaceAll(passage, " ", "+"))
	f.see("paper misquoted", "/papers/"+paper.ID+"/pages/2?quote=zebra")
	f.see("paper enlarged and turned", "/papers/"+paper.ID+"/pages/37?zoom=200&turn=270")
	f.see("paper without such a page", "/papers/"+paper.ID+"?page=999")
	f.see("paper quoted from an older version", "/papers/"+short.ID+"/v/1/pages/1?quote=First+words")
	f.see("paper not found in", "/papers/"+paper.ID+"/pages/2?q=zebra")
	f.see("paper text", "/papers/"+paper.ID+"/text")
	f.see("paper older version", "/papers/"+short.ID+"/v/1")
	f.see("paper newer version", "/papers/"+short.ID)
	f.see("paper without text", "/papers/"+scan.ID)
	f.see("paper withdrawn", "/papers/"+gone.ID)
	f.done(m, short.ID, gone.ID)
	f.see("search everything", "/search")
	f.see("search found", "/search?q=data+sharing&sort=newest")
	f.see("search phrase", find)
	f.see("search nothing", "/search?q=zebra+%22(")
}

// room opens the meeting and brings questions into every state.
func (f *fair) room(m papers.Meeting, items []papers.Item) {
	f.call("POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": "open", "asking": "live"}, nil)
	f.call("POST", "/meetings/"+m.Slug+"/live/item", map[string]any{"item": items[1].ID}, nil)
	answered := map[string]any{"state": "answered", "answer": "It is published every quarter. The next report comes in June.", "answered_by": "Tess Marsh"}
	var first string
	for n, steps := range [][]map[string]any{{}, {{"state": "held"}}, {{"state": "published"}}, {{"state": "published"}, {"state": "put"}}, {{"state": "published"}, answered},
		{{"state": "refused", "reason": "not-responsible"}}, {{"state": "published"}, {"state": "merged"}}, {{"state": "published"}, {"state": "not_reached"}}} {
		asker := f.Browser(f.test)
		mine := askPlainly(f.test, asker, m.Slug, fmt.Sprintf("Question %d: how is it decided which data of ours are shared, and with whom?", n+1), "name", "Carer", "area", "Saltfen", "item", items[1].ID)
		state := "received"
		for _, step := range steps {
			state = step["state"].(string)
			if state == "merged" {
				step["merged_into"] = first
			}
			f.call("PATCH", "/questions/"+numberIn(mine), step, nil)
		}
		if state == "published" {
			first = numberIn(mine)
		}
		f.see("question "+state, "/questions/"+numberIn(mine))
		f.see("private page "+state, mine)
	}
	f.files(m.Slug, items[1].ID)
	for _, source := range []string{"machine", "human"} {
		f.call("POST", "/meetings/"+m.Slug+"/live/captions", map[string]any{"text": "We come to open data in our services.", "source": source}, nil)
	}
	f.see("captions", "/meetings/"+m.Slug+"/captions")
	f.see("room open", "/meetings/"+m.Slug+"/live")
	f.see("ledger", "/meetings/"+m.Slug+"/questions")
	f.see("ledger of a state", "/meetings/"+m.Slug+"/questions?state=refused")
}

// others are meetings in other states: announced only, private, paused and closed.
func (f *fair) others() {
	announced := f.Meeting(f.test, f.board, 40)
	f.call("POST", "/meetings/"+announced.Slug+"/announce", nil, nil)
	f.see("meeting announced", "/meetings/"+announced.Slug)
	f.see("room before", "/meetings/"+announced.Slug+"/live")
	f.see("ledger empty", "/meetings/"+announced.Slug+"/questions")
	f.see("captions none", "/meetings/"+announced.Slug+"/captions")
	for n, room := range []string{"paused", "private", "closed"} {
		m := f.Meeting(f.test, f.Board(f.test, "Committee, "+room), 50+n)
		f.Item(f.test, m.Slug, "The item that is heard")
		f.call("POST", "/meetings/"+m.Slug+"/publish", nil, nil)
		f.call("POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": "open"}, nil)
		f.call("POST", "/meetings/"+m.Slug+"/live", map[string]any{"room": room}, nil)
		f.see("meeting "+room, "/meetings/"+m.Slug)
		f.see("room "+room, "/meetings/"+m.Slug+"/live")
	}
}

// atDesk lists the pages of the desk.
func (f *fair) atDesk(m papers.Meeting, items []papers.Item, paper api.Uploaded) {
	t := f.test
	drafts := f.Meeting(t, f.board, 20)
	item := f.Item(t, drafts.Slug, "A draft")
	var draft api.Uploaded
	want(t, http.StatusCreated)(f.APIUpload(t, f.token, "/items/"+item.ID+"/papers", "draft.pdf", servertest.PDF(t, "Draft", "Words"), &draft, "title", "A draft paper"))
	scheduled := f.Meeting(t, f.board, 21)
	f.Item(t, scheduled.Slug, "Soon public")
	f.call("POST", "/meetings/"+scheduled.Slug+"/publish", map[string]any{"at": f.Clock.Now().Add(24 * time.Hour).Format(time.RFC3339)}, nil)
	for name, path := range map[string]string{"desk": "/desk", "new meeting": "/desk/meetings/new", "meeting drafts": "/desk/meetings/" + drafts.Slug,
		"meeting scheduled": "/desk/meetings/" + scheduled.Slug, "meeting published": "/desk/meetings/" + m.Slug, "item": "/desk/items/" + item.ID, "item published": "/desk/items/" + items[1].ID,
		"paper draft": "/desk/papers/" + draft.ID, "paper published": "/desk/papers/" + paper.ID, "live": "/desk/meetings/" + m.Slug + "/live",
		"live all": "/desk/meetings/" + m.Slug + "/live?show=all", "live not announced": "/desk/meetings/" + drafts.Slug + "/live", "draft as the public will": "/papers/" + draft.ID} {
		f.seeAt("desk "+name, path)
	}
}
