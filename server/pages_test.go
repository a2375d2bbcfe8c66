package server_test

import (
	"context"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// aBoardMeets is a site at 9:00am on Thursday 1 April 2027, with a meeting on Thursday 8 April at 9:30am.
func aBoardMeets(t *testing.T) (s *servertest.Site, m papers.Meeting, token string) {
	t.Helper()
	s = servertest.StartIn(t, t.TempDir(), &servertest.Clock{})
	s.Clock.Set(time.Date(2027, 4, 1, 8, 0, 0, 0, time.UTC))
	board := s.Board(t, "Partnership Board")
	return s, s.Meeting(t, board, 7), s.Token(t, auth.Secretary)
}

// aPaper puts a paper under a new item and answers its id once it is read.
func aPaper(t *testing.T, s *servertest.Site, token, meeting, item, title string) string {
	t.Helper()
	i := s.Item(t, meeting, item)
	var p struct{ ID, State string }
	if status, text := s.APIUpload(t, token, "/items/"+i.ID+"/papers", "paper.pdf", servertest.PDF(t, title, "page one", "page two"), &p, "title", title); status >= 300 {
		t.Fatalf("uploading: %d %s", status, text)
	}
	servertest.Eventually(t, "the paper is read", func() bool {
		s.API(t, token, "GET", "/papers/"+p.ID, nil, &p)
		return p.State == "ready"
	})
	return p.ID
}

func must(t *testing.T, s *servertest.Site, token, method, path string, body any) {
	t.Helper()
	if status, text := s.API(t, token, method, path, body, nil); status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
}

// look reads a page as somebody without a cookie, who waits until the record has reached it.
func look(t *testing.T, s *servertest.Site, path string) *goquery.Document {
	t.Helper()
	return parse(t, s.Browser(t).Get(t, path), path)
}

func parse(t *testing.T, a servertest.Answer, path string) *goquery.Document {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, a.StatusCode, a.Text)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.Text))
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%s has %d headings of the first level", path, n)
	}
	return doc
}

// said is the text of what a selector finds, its space folded.
func said(doc *goquery.Document, selector string) string {
	return strings.Join(strings.Fields(doc.Find(selector).Text()), " ")
}

func says(t *testing.T, where, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%s says %q, want %q in it", where, got, w)
		}
	}
}

func TestMeetingPage(t *testing.T) {
	s, m, token := aBoardMeets(t)
	path := "/meetings/" + m.Slug

	t.Run("unknown and not announced are the same", func(t *testing.T) {
		for _, p := range []string{path, path + ".ics", path + "/agenda.pdf", "/meetings/no-such-meeting"} {
			if a := s.Browser(t).Get(t, p); a.StatusCode != http.StatusNotFound || strings.Contains(a.Text, "Town Hall") {
				t.Errorf("GET %s: %d", p, a.StatusCode)
			}
		}
	})
	t.Run("announced", func(t *testing.T) {
		paper := aPaper(t, s, token, m.Slug, "Money of the month", "Finance report")
		must(t, s, token, "POST", path+"/announce", struct{}{})
		servertest.Eventually(t, "the announcement shows", func() bool { return s.Browser(t).Get(t, path).StatusCode == 200 })
		doc := look(t, s, path)
		says(t, "the agenda", said(doc, ".cd-empty"), "The agenda is not out yet", "by Friday 2 April")
		says(t, "the facts", said(doc, ".cd-facts"), "Until we begin: 9:30am, Thursday 8 April", "Town Hall")
		if html, _ := doc.Html(); strings.Contains(html, "Money of the month") || strings.Contains(html, "Finance report") || strings.Contains(html, paper) {
			t.Error("what is not published shows")
		}
		if a := s.Browser(t).Get(t, path+"/agenda.pdf"); a.StatusCode != http.StatusNotFound {
			t.Errorf("the agenda as PDF answers %d before it is public", a.StatusCode)
		}
	})
	t.Run("published in time", func(t *testing.T) {
		must(t, s, token, "POST", path+"/publish", struct{}{})
		servertest.Eventually(t, "the paper shows", func() bool { return strings.Contains(s.Browser(t).Get(t, path).Text, "Finance report") })
		doc := look(t, s, path)
		says(t, "the notice", said(doc, ".cd-notice .cd-badge"), "On time: 4 clear days, 3 needed")
		if days, counted := doc.Find(".cd-day").Length(), doc.Find(".cd-day--counts").Length(); days != 8 || counted != 4 {
			t.Errorf("the strip has %d days, %d of them counted; want 8 and 4", days, counted)
		}
		says(t, "the strip in words", said(doc, ".cd-days"), "Thursday 1 April: published, not counted", "Saturday 3 April: weekend, not counted", "Thursday 8 April: the meeting, not counted")
		says(t, "the item", said(doc, ".cd-item"), "Item 1: Money of the month", "9:30am", "10 min", "PDF", "2 pages")
	})
	t.Run("late, changed and withdrawn", func(t *testing.T) {
		s.Clock.Set(time.Date(2027, 4, 6, 9, 0, 0, 0, time.UTC))
		late := aPaper(t, s, token, m.Slug, "Late news", "News report")
		must(t, s, token, "POST", "/papers/"+late+"/publish", struct{}{})
		servertest.Eventually(t, "the late paper shows", func() bool { return strings.Contains(s.Browser(t).Get(t, path).Text, "News report") })
		doc := look(t, s, path)
		says(t, "the notice", said(doc, ".cd-notice .cd-badge--late"), "Late: 1 paper of 2, under item 2")
		says(t, "the late paper", said(doc, ".cd-item:nth-child(2)"), "Late published today at 10:00am, 1 clear day, 3 needed", "9:40am")
		if _, ok := doc.Find(".cd-notice a").Attr("href"); !ok || doc.Find(doc.Find(".cd-notice a").AttrOr("href", "#none")).Length() != 1 {
			t.Error("the late item is not linked to")
		}

		if status, text := s.APIUpload(t, token, "/papers/"+late+"/versions", "v2.pdf", servertest.PDF(t, "two", "new page"), nil, "reason", "Table 3 is corrected"); status >= 300 {
			t.Fatalf("a second version: %d %s", status, text)
		}
		servertest.Eventually(t, "the second version is read", func() bool {
			status, _ := s.API(t, token, "POST", "/papers/"+late+"/publish", struct{}{}, nil)
			return status < 300
		})
		servertest.Eventually(t, "the second version shows", func() bool { return strings.Contains(s.Browser(t).Get(t, path).Text, "Version 2") })
		says(t, "the changed paper", said(look(t, s, path), ".cd-change"), "Table 3 is corrected.", "Tuesday 6 April 2027, 10:00am")

		must(t, s, token, "POST", "/papers/"+late+"/withdraw", map[string]string{"reason": "A name was in it."})
		servertest.Eventually(t, "the withdrawal shows", func() bool { return strings.Contains(s.Browser(t).Get(t, path).Text, "Withdrawn") })
		says(t, "the withdrawn paper", said(look(t, s, path), ".cd-change--gone"), "Withdrawn on Tuesday 6 April 2027", "by the secretary", "Why: A name was in it.")
	})
	t.Run("live", func(t *testing.T) {
		must(t, s, token, "POST", path+"/live", map[string]string{"room": "open", "asking": "live"})
		servertest.Eventually(t, "the home page shows the room", func() bool { return strings.Contains(s.Browser(t).Get(t, "/").Text, "Live now") })
		says(t, "home", said(look(t, s, "/"), ".cd-livestrip"), "Partnership Board", "Questions are open")
		if got := look(t, s, path).Find(".cd-mast a.nhsuk-button").AttrOr("href", ""); got != path+"/live" {
			t.Errorf("the button of a live meeting leads to %q", got)
		}
	})
}

func TestPrivateItem(t *testing.T) {
	s, m, token := aBoardMeets(t)
	ctx := context.Background()
	i, err := s.Record.AddItem(ctx, papers.Item{ID: papers.NewID(), Meeting: m.Slug, Title: "Award to Marsh Imaging", Lead: "Somebody Known", Purpose: papers.Decision,
		Private: true, PublicTitle: "Contract for services", Exemption: "The paper holds information about bidders."}, papers.Change{By: papers.Program})
	if err != nil {
		t.Fatal(err)
	}
	must(t, s, token, "POST", "/meetings/"+m.Slug+"/publish", struct{}{})
	path := "/meetings/" + m.Slug
	servertest.Eventually(t, "the item shows", func() bool { return strings.Contains(s.Browser(t).Get(t, path).Text, "Contract for services") })
	doc := look(t, s, path)
	says(t, "the item", said(doc, ".cd-item--private"), "Contract for services", "Private", "information about bidders")
	for _, p := range []string{path, path + ".ics", path + "/agenda.pdf", "/", "/feed.atom", "/calendar.ics", "/sitemap.xml"} {
		if a := s.Browser(t).Get(t, p); strings.Contains(a.Text, "Marsh Imaging") || strings.Contains(a.Text, "Somebody Known") {
			t.Errorf("%s shows what is private", p)
		}
	}
	insider := parse(t, s.SignedIn(t, auth.Secretary).Get(t, path), path)
	says(t, "the item for its secretary", said(insider, "#item-"+i.ID), "Award to Marsh Imaging", "The public sees this item as “Contract for services”")
	a := s.SignedIn(t, auth.Secretary).Get(t, path+"/agenda.pdf")
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/pdf" {
		t.Fatalf("the agenda answers %d %s", a.StatusCode, a.Header.Get("Content-Type"))
	}
	if again := s.Browser(t).Get(t, path+"/agenda.pdf"); again.Text != a.Text {
		t.Error("the agenda as PDF must be the public one, whoever asks")
	}
	if again := s.Browser(t).Get(t, path+"/agenda.pdf", "If-None-Match", a.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("an unchanged agenda answers %d", again.StatusCode)
	}
}

func TestCancelledMeeting(t *testing.T) {
	s, m, token := aBoardMeets(t)
	ctx := context.Background()
	must(t, s, token, "POST", "/meetings/"+m.Slug+"/announce", struct{}{})
	m, err := s.Record.Meeting(ctx, papers.Insider, m.Slug)
	if err != nil {
		t.Fatal(err)
	}
	m.State = papers.MeetingCancelled
	act := papers.Act{Kind: papers.ActMeetingChanged, Subject: "meetings/" + m.Slug, Board: m.Board, Meeting: m.Slug}
	if err := s.Record.ChangeMeeting(ctx, m, papers.Change{By: papers.Program, Acts: []papers.Act{act}}); err != nil {
		t.Fatal(err)
	}
	servertest.Eventually(t, "the list says so", func() bool { return strings.Contains(s.Browser(t).Get(t, "/meetings").Text, "Cancelled") })
	doc := look(t, s, "/meetings")
	if doc.Find(".cd-next__off a[href='/meetings/"+m.Slug+"']").Length() != 1 {
		t.Error("a cancelled meeting must stay on the list, struck through")
	}
	doc = look(t, s, "/meetings/"+m.Slug)
	says(t, "the meeting", said(doc, ".cd-mast"), "Cancelled", "will not take place")
	if doc.Find("a[href$='#ask']").Length() != 0 {
		t.Error("nobody can ask at a cancelled meeting")
	}
	says(t, "the calendar", s.Browser(t).Get(t, "/calendar.ics").Text, "STATUS:CANCELLED\r\n", "SEQUENCE:1\r\n", "SUMMARY:Cancelled: Partnership Board")
}

func TestHome(t *testing.T) {
	s, m, token := aBoardMeets(t)
	doc := look(t, s, "/")
	says(t, "an empty site", said(doc, "main"), "No meeting is announced", "No paper is published yet")
	if doc.Find(".cd-tally").Length() != 0 || doc.Find(".cd-livestrip").Length() != 0 {
		t.Error("an empty site shows a tally or a room")
	}
	aPaper(t, s, token, m.Slug, "Item", "First report")
	must(t, s, token, "POST", "/meetings/"+m.Slug+"/publish", struct{}{})
	for i, text := range []string{"One?", "Two?", "Three?"} {
		if _, _, err := s.Record.Ask(context.Background(), livestream.Ask{Meeting: m.Slug, Device: "d", Key: string(rune('a' + i)), Kind: livestream.KindQuestion, Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	servertest.Eventually(t, "the questions are counted", func() bool { return strings.Contains(s.Browser(t).Get(t, "/").Text, "3 questions") })
	doc = look(t, s, "/")
	says(t, "the next meeting", said(doc, ".cd-next__first"), "Partnership Board", "Papers out on time 4 clear days, 3 needed", "Ask in writing until 9:30am on the day")
	says(t, "the latest paper", said(doc, ".cd-latest"), "First report", "2 pages", "On time published today at 9:00am, 4 clear days")
	if got := said(doc, ".cd-tally li"); got != "3waiting for the moderator" {
		t.Errorf("the tally says %q", got)
	}
	if strings.Contains(s.Browser(t).Get(t, "/").Text, "Two?") {
		t.Error("the words of a question show before a moderator published them")
	}
}

func TestFeeds(t *testing.T) {
	s, m, token := aBoardMeets(t)
	paper := aPaper(t, s, token, m.Slug, "Item", "Report & annex")
	other := s.Board(t, "Other Committee")
	must(t, s, token, "POST", "/meetings/"+m.Slug+"/publish", struct{}{})
	servertest.Eventually(t, "the paper is in the feed", func() bool { return strings.Contains(s.Browser(t).Get(t, "/feed.atom").Text, "Report &amp; annex") })
	type feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Entries []struct {
			ID    string `xml:"id"`
			Links []struct {
				Rel    string `xml:"rel,attr"`
				Href   string `xml:"href,attr"`
				Length int    `xml:"length,attr"`
			} `xml:"link"`
		} `xml:"entry"`
		Gone []struct {
			Ref string `xml:"ref,attr"`
		} `xml:"deleted-entry"`
	}
	read := func(path string) (f feed) {
		a := s.Browser(t).Get(t, path)
		if !strings.HasPrefix(a.Header.Get("Content-Type"), "application/atom+xml") {
			t.Errorf("%s is %s", path, a.Header.Get("Content-Type"))
		}
		if err := xml.Unmarshal([]byte(a.Text), &f); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return f
	}
	f := read("/boards/" + m.Board + "/feed.atom")
	if len(f.Entries) != 2 || f.Entries[1].Links[0].Href != s.URL+"/meetings/"+m.Slug {
		t.Fatalf("the feed holds %+v, want the paper and the meeting", f.Entries)
	}
	for _, l := range f.Entries[0].Links {
		if !strings.HasPrefix(l.Href, s.URL+"/papers/"+paper) {
			t.Errorf("a link is not absolute: %s", l.Href)
		}
		a := s.Browser(t).Get(t, strings.TrimPrefix(l.Href, s.URL))
		if a.StatusCode != 200 || l.Rel == "enclosure" && len(a.Text) != l.Length {
			t.Errorf("%s answers %d with %d bytes, said %d", l.Href, a.StatusCode, len(a.Text), l.Length)
		}
	}
	if got := read("/boards/" + other + "/feed.atom"); len(got.Entries) != 0 {
		t.Error("the feed of a board holds papers of another")
	}
	must(t, s, token, "POST", "/papers/"+paper+"/withdraw", map[string]string{"reason": "Names."})
	servertest.Eventually(t, "the paper is withdrawn from the feed", func() bool { return len(read("/feed.atom").Entries) == 1 })
	if got := read("/feed.atom"); len(got.Gone) != 1 || got.Gone[0].Ref != f.Entries[0].ID {
		t.Errorf("a reader who has the entry is not told that it is withdrawn: %+v", got.Gone)
	}
	if second := s.Browser(t).Get(t, "/feed.atom?page=2").Text; !strings.Contains(second, `rel="first"`) || strings.Contains(second, "<entry>") || strings.Contains(second, `rel="next"`) {
		t.Errorf("the second part of a feed in parts (RFC 5005) is %s", second)
	}
	for _, part := range []string{"0", "-1", "101"} {
		if a := s.Browser(t).Get(t, "/feed.atom?page="+part); a.StatusCode != http.StatusNotFound {
			t.Errorf("part %s of the feed answers %d", part, a.StatusCode)
		}
	}
	if strings.Contains(s.Browser(t).Get(t, "/sitemap.xml").Text, paper) {
		t.Error("a withdrawn paper is on the sitemap")
	}
}

func TestStandingPages(t *testing.T) {
	s, m, _ := aBoardMeets(t)
	for path, want := range map[string]string{
		"/about": "Reach the board team", "/accessibility": "partially compliant", "/privacy": "clearday_device", "/take-part": "three clear days",
		"/partners": "No partner is listed yet", "/boards": "Partnership Board", "/boards/" + m.Board: "No meeting is announced", "/meetings": "No meeting is announced",
	} {
		says(t, path, said(look(t, s, path), "main"), want)
	}
	for _, path := range []string{"/boards/none", "/boards/none.ics", "/boards/none/feed.atom", "/meetings?board=none", "/meetings/none.ics"} {
		if a := s.Browser(t).Get(t, path); a.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, a.StatusCode)
		}
	}
	text := s.Browser(t).Get(t, "/.well-known/security.txt").Text
	_, after, _ := strings.Cut(text, "Expires: ")
	expires, err := time.Parse(time.RFC3339, strings.SplitN(after, "\n", 2)[0])
	if err != nil || expires.Before(s.Clock.Now().AddDate(0, 1, 0)) || expires.After(s.Clock.Now().AddDate(1, 0, 0)) {
		t.Errorf("the security contact expires %v (%v): want between a month and a year from now", expires, err)
	}
	says(t, "security.txt", text, "Contact: "+s.URL+"/about")
	says(t, "robots.txt", s.Browser(t).Get(t, "/robots.txt").Text, "Disallow: /desk", "Sitemap: "+s.URL+"/sitemap.xml")
}
