package server_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// formatSite is a meeting with one public paper, and one paper that is not.
type formatSite struct {
	*deskSite
	public, draft string
}

func newFormats(t *testing.T) formatSite {
	t.Helper()
	f := formatSite{deskSite: newDesk(t)}
	f.public = f.ready(t, "2 Money.pdf", "Money").ID
	if _, err := f.Publisher.PublishMeeting(context.Background(), f.meeting.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	f.draft = f.ready(t, "3 Beds.pdf", "Beds").ID
	return f
}

// add adds a format at the desk, a file when there is one.
func (f formatSite) add(t *testing.T, paper, name string, file []byte, fields ...string) servertest.Answer {
	t.Helper()
	body, kind := servertest.Multipart(t, name, file, append(fields, "csrf", f.CSRF)...)
	return f.Do(t, http.MethodPost, "/desk/papers/"+paper+"/formats", kind, body)
}

func (f formatSite) beside(t *testing.T, paper string) papers.Paper {
	t.Helper()
	list, err := f.Record.Papers(context.Background(), papers.Insider, papers.PaperFilter{RenditionOf: paper})
	if err != nil || len(list) == 0 {
		t.Fatalf("nothing stands beside the paper: %v", err)
	}
	return list[len(list)-1]
}

// TestRenditions: an Easy Read version goes through checking and publication like its paper, is public only
// while that is, stands on its page and on the agenda, and goes with it.
func TestRenditions(t *testing.T) {
	f := newFormats(t)
	public := f.Site.Browser(t)
	wants(t, public.Get(t, "/papers/"+f.public), http.StatusOK, "Easy Read: not provided", "Ask for another format")
	if agenda := public.Get(t, "/meetings/"+f.meeting.Slug); strings.Contains(agenda.Text, "not provided") {
		t.Error("the agenda repeats at each paper what is not provided; the page of the paper says it")
	}

	wants(t, f.add(t, f.public, "easy.pdf", servertest.PDF(t, "Easy words", "Easyzebra money"), "kind", "easy_read"), http.StatusSeeOther)
	easy := f.beside(t, f.public)
	f.waitReady(t, easy.ID)
	if a := public.Get(t, "/papers/"+easy.ID); a.StatusCode != http.StatusNotFound {
		t.Errorf("an unpublished rendition answers %d", a.StatusCode)
	}
	wants(t, public.Get(t, "/papers/"+f.public), http.StatusOK, "Easy Read: not provided")
	if _, err := f.Publisher.PublishPaper(context.Background(), easy.ID, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	servertest.Eventually(t, "the page shows the rendition", func() bool {
		return strings.Contains(public.Get(t, "/papers/"+f.public).Text, "/papers/"+easy.ID)
	})
	wants(t, public.Get(t, "/papers/"+easy.ID), http.StatusOK, "Another format of", "Money: Easy Read")
	wants(t, public.Get(t, "/meetings/"+f.meeting.Slug), http.StatusOK, "Also as", "Easy Read</a>")
	wants(t, public.Get(t, "/api/v1/papers/"+f.public), http.StatusOK, `"not_provided":["bsl","large_print","translation"]`, `"kind":"easy_read"`)
	if a := public.Get(t, "/api/v1/meetings/"+f.meeting.Slug); strings.Count(a.Text, `"title":"Money: Easy Read"`) > 1 {
		t.Errorf("the rendition stands on the agenda as a paper: %s", a.Text)
	}
	servertest.Eventually(t, "search finds the rendition", func() bool {
		return strings.Contains(public.Get(t, "/api/v1/search?q=easyzebra").Text, easy.ID)
	})

	wants(t, f.Post(t, "/desk/papers/"+f.public+"/withdraw", "reason", "Wrong table"), http.StatusSeeOther)
	wants(t, public.Get(t, "/papers/"+easy.ID), http.StatusGone, "Wrong table")
	servertest.Eventually(t, "search lost the rendition", func() bool {
		return !strings.Contains(public.Get(t, "/api/v1/search?q=easyzebra").Text, easy.ID)
	})
}

// TestRenditionNeverFirst: what belongs to a paper is not public before it, by any publication.
func TestRenditionNeverFirst(t *testing.T) {
	f := newFormats(t)
	wants(t, f.add(t, f.draft, "gross.pdf", servertest.PDF(t, "Large", "Largezebra"), "kind", "large_print"), http.StatusSeeOther)
	large := f.beside(t, f.draft)
	f.waitReady(t, large.ID)
	if _, err := f.Publisher.PublishPaper(context.Background(), large.ID, papers.Wish{}, papers.Program); papers.CodeOf(err) != papers.CodeConflict {
		t.Errorf("a rendition of a paper that is not public: %v", err)
	}
	if a := f.Site.Browser(t).Get(t, "/papers/"+large.ID); a.StatusCode != http.StatusNotFound {
		t.Errorf("it answers %d", a.StatusCode)
	}
	pub, err := f.Publisher.PublishMeeting(context.Background(), f.meeting.Slug, papers.Wish{}, papers.Program)
	if err != nil || len(pub.Versions) != 2 {
		t.Fatalf("published together: %+v, %v", pub, err)
	}
	wants(t, f.Site.Browser(t).Get(t, "/papers/"+large.ID), http.StatusOK, "Another format of")
}

// TestFormatLinks: a video and a background paper stand beside a public paper at once, an exempt one never, and no
// address but https is taken.
func TestFormatLinks(t *testing.T) {
	f := newFormats(t)
	public := f.Site.Browser(t)
	for _, bad := range []string{"javascript:alert(1)", "http://example.org/bsl", "https://", "//example.org", "https://a:b@example.org/"} {
		wants(t, f.add(t, f.public, "", nil, "kind", "bsl", "url", bad), http.StatusUnprocessableEntity, "beginning with https://")
	}
	wants(t, f.add(t, f.public, "", nil, "kind", "bsl"), http.StatusUnprocessableEntity, "Choose a file")
	wants(t, f.add(t, f.public, "", nil, "kind", "bsl", "url", "https://video.example.org/bsl?a=1&b=2"), http.StatusSeeOther)
	wants(t, f.add(t, f.public, "", nil, "kind", "background", "title", "Survey of wards 2025"), http.StatusSeeOther)
	wants(t, f.add(t, f.public, "", nil, "kind", "background", "title", "Exemptzebra advice", "exempt", "yes"), http.StatusSeeOther)
	wants(t, f.add(t, f.draft, "", nil, "kind", "background", "title", "Draftzebra notes"), http.StatusSeeOther)
	servertest.Eventually(t, "the video stands on the page", func() bool {
		return strings.Contains(public.Get(t, "/papers/"+f.public).Text, "https://video.example.org/bsl?a=1&amp;b=2")
	})
	until := f.meeting.StartsAt.AddDate(4, 0, -1).Format("2 January 2006")
	wants(t, public.Get(t, "/papers/"+f.public), http.StatusOK, "Survey of wards 2025", "Open to inspection until", until)
	for _, path := range []string{"/papers/" + f.public, "/papers/" + f.draft, "/meetings/" + f.meeting.Slug, "/api/v1/papers/" + f.public, "/api/v1/papers/" + f.draft, "/api/v1/meetings/" + f.meeting.Slug, "/search?q=draftzebra", "/feed.atom", "/sitemap.xml", "/api/v1/log/entries"} {
		if a := public.Get(t, path); strings.Contains(a.Text, "zebra notes") || strings.Contains(a.Text, "zebra advice") {
			t.Errorf("%s tells a background paper that is not public", path)
		}
	}
	wants(t, f.Get(t, "/desk/papers/"+f.public), http.StatusOK, "Exemptzebra advice", "not listed for the public")
}

// TestBackgroundDocumentsClose: four years after the meeting, that day included, the document is no longer open to
// inspection (rules.md N-8); its title stays.
func TestBackgroundDocumentsClose(t *testing.T) {
	f := newFormats(t)
	wants(t, f.add(t, f.public, "survey.pdf", servertest.PDF(t, "Survey", "Surveyzebra"), "kind", "background", "title", "Survey of wards"), http.StatusSeeOther)
	doc := f.beside(t, f.public)
	f.waitReady(t, doc.ID)
	if _, err := f.Publisher.PublishPaper(context.Background(), doc.ID, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	public := f.Site.Browser(t)
	wants(t, public.Get(t, "/papers/"+doc.ID), http.StatusOK, "A background paper of")
	f.Clock.Set(f.meeting.StartsAt.AddDate(4, 0, 1))
	f.Stop(t)
	s := f.Again(t) // sweeps as it starts
	servertest.Eventually(t, "the document is closed", func() bool { return s.Browser(t).Get(t, "/papers/"+doc.ID).StatusCode == http.StatusGone })
	wants(t, s.Browser(t).Get(t, "/papers/"+doc.ID), http.StatusGone, "open to inspection until")
}

var requestNumber = regexp.MustCompile(`F-[A-Z0-9]{6}`)

// TestFormatRequests: a request of the public reaches the desk with the day it is due; who asked is sealed in the
// record, can be erased, and is erased by itself once the request is over; only numbers are public.
func TestFormatRequests(t *testing.T) {
	f := newFormats(t)
	public := f.Site.Browser(t)
	path := "/papers/" + f.public + "/formats"
	wants(t, public.Get(t, path), http.StatusOK, "Which format do you need?", "within 10 working days")
	if a := public.Get(t, "/papers/"+f.draft+"/formats"); a.StatusCode != http.StatusNotFound {
		t.Errorf("the form of a paper that is not public answers %d", a.StatusCode)
	}
	a := public.Post(t, path, "kind", "easy_read", "name", "Zebraname")
	wants(t, a, http.StatusUnprocessableEntity, "Give the way to reach you", "Zebraname")
	a = public.Post(t, path, "kind", "easy_read", "name", "Zebraname", "contact", "zebra@example.org", "detail", "Bigger pictures")
	wants(t, a, http.StatusCreated, "We have your request", "We answer by")
	number := requestNumber.FindString(a.Text)

	wants(t, f.Get(t, "/desk/formats"), http.StatusOK, number, "zebra@example.org", "Bigger pictures", "Due ")
	wants(t, f.Get(t, "/desk"), http.StatusOK, "Another format for somebody: "+number)
	other := f.SignedIn(t, auth.Secretary, f.Board(t, "Finance Committee"))
	if a := other.Get(t, "/desk/formats"); strings.Contains(a.Text, number) {
		t.Error("another board's secretary sees the request")
	}
	list, err := f.Record.FormatRequests(context.Background(), []string{papers.EveryBoard})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d requests, %v", len(list), err)
	}
	id := list[0].ID
	wants(t, other.Post(t, "/desk/formats/"+id, "state", "provided"), http.StatusNotFound)
	for _, file := range []string{"record.db", "record.db-wal"} {
		if b, err := os.ReadFile(filepath.Join(f.Dir, file)); err == nil && (strings.Contains(string(b), "Zebraname") || strings.Contains(string(b), "zebra@example.org")) {
			t.Errorf("who asked stands in %s in plain words", file)
		}
	}
	wants(t, f.Post(t, "/desk/formats/"+id, "state", "declined"), http.StatusUnprocessableEntity, "Give the reason")
	wants(t, f.Post(t, "/desk/formats/"+id, "state", "being_made"), http.StatusSeeOther)
	wants(t, public.Get(t, "/accessibility"), http.StatusOK, "1 being made")
	wants(t, f.Post(t, "/desk/formats/"+id, "state", "provided"), http.StatusSeeOther)
	f.Clock.Advance(31 * 24 * time.Hour)
	f.Stop(t)
	s := f.Again(t)
	servertest.Eventually(t, "who asked is erased", func() bool {
		r, err := s.Record.FormatRequest(context.Background(), id)
		return err == nil && r.Asker == (papers.FormatAsker{}) && r.State == papers.FormatProvided
	})
}

// TestFormatRequestsBounded: one place cannot fill the desk.
func TestFormatRequestsBounded(t *testing.T) {
	f := newFormats(t)
	public := f.Site.Browser(t)
	var last servertest.Answer
	for n := range 12 {
		last = public.Post(t, "/papers/"+f.public+"/formats", "kind", "audio", "contact", fmt.Sprintf("a%d@example.org", n))
	}
	if last.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the twelfth request of a place answers %d", last.StatusCode)
	}
}

// formats puts other formats and background papers beside a public paper, and asks for one more.
func (f *fair) formats(id string) {
	t, ctx := f.test, context.Background()
	p, err := f.Record.Paper(ctx, papers.Insider, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []papers.PaperLink{{Kind: papers.BSL, URL: "https://video.example.org/bsl"}, {Kind: papers.Background, Title: "Survey of wards 2025"},
		{Kind: papers.Background, Title: "Advice of counsel", Exempt: true}} {
		l.Paper = id
		acts := []papers.Act{{Kind: papers.ActPaperChanged, Subject: "papers/" + id, Board: p.Board, Meeting: p.Meeting}}
		if _, err := f.Record.AddPaperLink(ctx, l, papers.Change{By: papers.Program, Acts: acts}); err != nil {
			t.Fatal(err)
		}
	}
	secretary := f.SignedIn(t, auth.Secretary)
	body, kind := servertest.Multipart(t, "easy.pdf", servertest.PDF(t, "Easy", "Easy words"), "kind", "easy_read", "csrf", secretary.CSRF)
	wants(t, secretary.Do(t, http.MethodPost, "/desk/papers/"+id+"/formats", kind, body), http.StatusSeeOther)
	list, err := f.Record.Papers(ctx, papers.Insider, papers.PaperFilter{RenditionOf: id})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d renditions, %v", len(list), err)
	}
	servertest.Eventually(t, "the rendition is read", func() bool {
		return strings.Contains(secretary.Get(t, "/desk/papers/"+list[0].ID+"/state").Text, `"state":"ready"`)
	})
	f.call("POST", "/papers/"+list[0].ID+"/publish", nil, nil)
	for _, contact := range []string{"ann@example.org", "01632 960000"} {
		wants(t, f.Browser(t).Post(t, "/papers/"+id+"/formats", "kind", "large_print", "name", "Ann Fen", "contact", contact, "detail", "Letters of 24 points, pages 1 to 12 first"), http.StatusCreated)
	}
	f.see("ask for a format", "/papers/"+id+"/formats")
	f.see("rendition", "/papers/"+list[0].ID)
	f.seeAt("desk formats", "/desk/formats")
	f.seeAt("desk paper with formats", "/desk/papers/"+id)
	f.seeAt("desk rendition", "/desk/papers/"+list[0].ID)
}

// besides puts canaries beside papers: what is exempt or of a draft is never listed, and a rendition that nobody
// published is nowhere.
func (a *aviary) besides(t *testing.T, open, draft string) {
	t.Helper()
	ctx := context.Background()
	p, err := a.Record.Paper(ctx, papers.Insider, open)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []papers.PaperLink{{Paper: open, Title: a.birds.word("exempt background"), Exempt: true}, {Paper: draft, Title: a.birds.word("draft background")}} {
		l.Kind = papers.Background
		if _, err := a.Record.AddPaperLink(ctx, l, papers.Change{By: papers.Program}); err != nil {
			t.Fatal(err)
		}
	}
	b := a.SignedIn(t, auth.Secretary)
	body, kind := servertest.Multipart(t, a.birds.word("rendition file name")+".pdf", a.file(t, "rendition"), "kind", "background", "title", a.birds.word("rendition title"), "csrf", b.CSRF)
	wants(t, b.Do(t, http.MethodPost, "/desk/papers/"+p.ID+"/formats", kind, body), http.StatusSeeOther)
	list, err := a.Record.Papers(ctx, papers.Insider, papers.PaperFilter{RenditionOf: open})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d renditions, %v", len(list), err)
	}
	servertest.Eventually(t, "the rendition is read", func() bool {
		return strings.Contains(b.Get(t, "/desk/papers/"+list[0].ID+"/state").Text, `"state":"ready"`)
	})
	a.ids["paper"] = append(a.ids["paper"], list[0].ID)
}

// TestFormatRulesOfOwnBoard holds that a secretary of one board changes its numbers, and neither those of
// another board nor those of the boards that have none of their own.
func TestFormatRulesOfOwnBoard(t *testing.T) {
	s := servertest.Start(t)
	own, other := s.Board(t, "Own Board"), s.Board(t, "Other Board")
	desk := s.SignedIn(t, auth.Secretary, own)
	set := func(board string) int {
		return desk.Post(t, "/desk/formats", "board", board, "answer_days", "3", "keep_days", "30", "background_years", "1").StatusCode
	}
	if status := set(own); status != http.StatusSeeOther {
		t.Errorf("the own board: %d", status)
	}
	for _, board := range []string{"", "*", other, "moon"} {
		if status := set(board); status < 400 {
			t.Errorf("the rules of %q: %d", board, status)
		}
	}
	if rules, err := s.Record.FormatRules(context.Background(), other); err != nil || rules.AnswerDays == 3 || rules.BackgroundYears == 1 {
		t.Errorf("the other board has %+v now (%v)", rules, err)
	}
}
