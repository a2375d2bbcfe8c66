package server_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

var insider = papers.Insider

type uploaded struct {
	ID, Item, State, Message, Upload, Detail string
	ItemNumber                               string `json:"item_number"`
	Which                                    []struct{ ID, Number, Title string }
}

func read(t *testing.T, a servertest.Answer, status int) uploaded {
	t.Helper()
	wants(t, a, status)
	var u uploaded
	if err := json.Unmarshal([]byte(a.Text), &u); err != nil {
		t.Fatalf("the answer is not JSON: %v\n%s", err, a.Text)
	}
	return u
}

// deskSite is a site with one meeting of three items and its secretary at the desk.
type deskSite struct {
	*servertest.Site
	*servertest.Browser
	meeting papers.Meeting
	items   []papers.Item
	path    string
}

func newDesk(t *testing.T) *deskSite {
	t.Helper()
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	d := &deskSite{Site: s, Browser: s.SignedIn(t, auth.Secretary, board), meeting: s.Meeting(t, board, 20)}
	for _, title := range []string{"Welcome", "Finance report of the month", "Community beds at Saltfen"} {
		d.items = append(d.items, s.Item(t, d.meeting.Slug, title))
	}
	d.path = "/desk/meetings/" + d.meeting.Slug
	return d
}

// ready uploads a paper and waits until it is read.
func (d *deskSite) ready(t *testing.T, name string, pages ...string) uploaded {
	t.Helper()
	u := read(t, d.Upload(t, d.path+"/papers", name, servertest.PDF(t, name, pages...)), http.StatusCreated)
	d.waitReady(t, u.ID)
	return u
}

func (d *deskSite) waitReady(t *testing.T, id string) {
	t.Helper()
	servertest.Eventually(t, "the paper is read", func() bool {
		return strings.Contains(d.Get(t, "/desk/papers/"+id+"/state").Text, `"state":"ready"`)
	})
}

func TestDeskUpload(t *testing.T) {
	d := newDesk(t)
	pdf := servertest.PDF(t, "Money", "The money of the month")
	for name, want := range map[string]string{
		"2 Money.pdf": d.items[1].ID, "Item 03 - Beds.pdf": d.items[2].ID, "2c Appendix.pdf": d.items[1].ID, "Saltfen community beds.pdf": d.items[2].ID,
	} {
		t.Run("found by "+name, func(t *testing.T) {
			if u := read(t, d.Upload(t, d.path+"/papers", name, pdf), http.StatusCreated); u.Item != want || u.State != "checking" {
				t.Errorf("is under item %q (%s), want %q", u.Item, u.State, want)
			}
		})
	}
	t.Run("asked when the name says nothing", func(t *testing.T) {
		u := read(t, d.Upload(t, d.path+"/papers", "Scan0001.pdf", servertest.PDF(t, "Scan", "Words")), http.StatusConflict)
		if len(u.Which) != 3 || u.Upload == "" {
			t.Fatalf("asks for %d items with token %q", len(u.Which), u.Upload)
		}
		wants(t, d.Get(t, d.path), http.StatusOK, "Scan0001.pdf", "Which item does it belong to?") // it waits for whoever comes back
		other := d.SignedIn(t, auth.Secretary, d.meeting.Board)
		if a := other.Post(t, d.path+"/papers", "upload", u.Upload, "item", d.items[0].ID); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("a ticket works for somebody else: %d", a.StatusCode)
		}
		wants(t, d.Post(t, d.path+"/papers", "upload", u.Upload+"x", "item", d.items[0].ID), http.StatusUnprocessableEntity)
		wants(t, d.Post(t, d.path+"/papers", "upload", u.Upload, "item", d.items[0].ID), http.StatusSeeOther)
		wants(t, d.Get(t, d.path), http.StatusOK, "Scan0001")
	})
	t.Run("the same file again", func(t *testing.T) {
		if u := read(t, d.Upload(t, d.path+"/papers", "1 Money again.pdf", pdf), http.StatusCreated); !strings.Contains(u.Message, "the same file as") {
			t.Errorf("says %q", u.Message)
		}
	})
	t.Run("an item of another meeting", func(t *testing.T) {
		other := d.Item(t, d.Meeting(t, d.meeting.Board, 30).Slug, "Elsewhere")
		wants(t, d.Upload(t, d.path+"/papers", "2 Money.pdf", pdf, "item", other.ID), http.StatusUnprocessableEntity)
	})
}

func TestDeskUploadGarbage(t *testing.T) {
	d := newDesk(t)
	for name, garbage := range map[string][]byte{"text": []byte("this is no PDF"), "empty": {}, "head only": []byte("%PDF-1.7\n")} {
		u := read(t, d.Upload(t, d.path+"/papers", "2 "+name+".pdf", garbage), http.StatusUnprocessableEntity)
		if u.Detail == "" || strings.Contains(u.Detail, "\n") {
			t.Errorf("%s: says %q, want one sentence", name, u.Detail)
		}
		body, kind := servertest.Multipart(t, "2 "+name+".pdf", garbage, "csrf", d.CSRF)
		wants(t, d.Do(t, http.MethodPost, d.path+"/papers", kind, body), http.StatusUnprocessableEntity, u.Detail, "Agenda and papers")
	}
	err := filepath.WalkDir(filepath.Join(d.Dir, "files"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			t.Errorf("%s is left behind", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if all, err := d.Record.Papers(t.Context(), insider, papers.PaperFilter{Meeting: d.meeting.Slug}); err != nil || len(all) != 0 {
		t.Errorf("%d papers are recorded (%v)", len(all), err)
	}
}

func TestDeskOfAnotherBoard(t *testing.T) {
	d := newDesk(t)
	paper := d.ready(t, "2 Money.pdf", "Money")
	other := d.Board(t, "Finance Committee")
	stranger := d.SignedIn(t, auth.Secretary, other)
	for _, path := range []string{d.path, "/desk/items/" + d.items[0].ID, "/desk/papers/" + paper.ID, "/desk/papers/" + paper.ID + "/state"} {
		wants(t, stranger.Get(t, path), http.StatusNotFound)
	}
	for _, path := range []string{d.path + "/publish", d.path + "/items", "/desk/items/" + d.items[0].ID + "/move", "/desk/papers/" + paper.ID + "/publish"} {
		wants(t, stranger.Post(t, path, "title", "x", "when", "now"), http.StatusNotFound)
	}
	if a := stranger.Post(t, "/desk/meetings", "board", d.meeting.Board, "date", "2030-01-08", "start", "09:30"); a.StatusCode != http.StatusForbidden {
		t.Errorf("makes a meeting of another board: %d", a.StatusCode)
	}
	home := stranger.Get(t, "/desk")
	if strings.Contains(home.Text, d.meeting.Slug) {
		t.Error("the first page lists a meeting of another board")
	}
	author := d.SignedIn(t, auth.Author, d.meeting.Board)
	page := author.Get(t, d.path)
	wants(t, page, http.StatusOK, "Drop files or a folder here")
	for _, button := range []string{"Add an item", `id="publish"`, "Change item", "/announce"} {
		if strings.Contains(page.Text, button) {
			t.Errorf("an author is shown %q", button)
		}
	}
	wants(t, author.Post(t, d.path+"/publish", "when", "now"), http.StatusForbidden)
}

func TestDeskPublish(t *testing.T) {
	d := newDesk(t)
	d.ready(t, "2 Money.pdf", "Money")
	said := func() string {
		_, rest, _ := strings.Cut(d.Get(t, d.path).Text, `name="said" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	before := said()
	d.Item(t, d.meeting.Slug, "Added by somebody else")
	wants(t, d.Post(t, d.path+"/publish", "when", "now", "said", before), http.StatusConflict, "changed since you opened", "agenda of 4 items")
	wants(t, d.Post(t, d.path+"/publish", "when", "at", "date", "2020-01-01", "time", "09:00", "said", said()), http.StatusUnprocessableEntity, "has passed", `value="2020-01-01"`)

	day := d.Clock.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	wants(t, d.Post(t, d.path+"/publish", "when", "at", "date", day, "time", "09:00", "said", said()), http.StatusSeeOther)
	page := d.Get(t, d.path)
	wants(t, page, http.StatusOK, "data-countdown", "Stop it")
	wants(t, d.Browser.Site.Browser(t).Get(t, "/meetings/"+d.meeting.Slug), http.StatusNotFound)
	_, rest, _ := strings.Cut(page.Text, `name="publication" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	elsewhere := d.Meeting(t, d.meeting.Board, 40)
	wants(t, d.Post(t, "/desk/meetings/"+elsewhere.Slug+"/stop", "publication", id), http.StatusNotFound)
	wants(t, d.Post(t, "/desk/items/"+d.items[0].ID, "title", "Changed", "revision", "1"), http.StatusConflict, "Stop the publication first")
	wants(t, d.Post(t, d.path+"/stop", "publication", id), http.StatusSeeOther)
	wants(t, d.Post(t, d.path+"/publish", "when", "now", "said", said()), http.StatusSeeOther)
	wants(t, d.Get(t, d.path), http.StatusOK, "Agenda public", "on the record")
	wants(t, d.Browser.Site.Browser(t).Get(t, "/meetings/"+d.meeting.Slug), http.StatusOK)
}

func TestDeskTwoSecretaries(t *testing.T) {
	d := newDesk(t)
	path := "/desk/items/" + d.items[0].ID
	wants(t, d.Post(t, path, "number", "1", "title", "Theirs", "purpose", "decision", "revision", "1"), http.StatusSeeOther)
	conflict := d.Post(t, path, "number", "1", "title", "Mine, and long to write", "purpose", "discussion", "lead", "Chair", "revision", "1")
	wants(t, conflict, http.StatusConflict, "Theirs", "Mine, and long to write", `value="Chair"`, `name="revision" value="2"`)
	wants(t, d.Post(t, path, "number", "1", "title", "Mine, and long to write", "purpose", "decision", "revision", "2"), http.StatusSeeOther)
}

func TestDeskMeeting(t *testing.T) {
	d := newDesk(t)
	add := func(fields ...string) servertest.Answer {
		return d.Post(t, "/desk/meetings", append([]string{"board", d.meeting.Board, "mode", "hybrid"}, fields...)...)
	}
	wants(t, add("date", "2027-03-28", "start", "01:30"), http.StatusUnprocessableEntity, "clocks go forward", `value="2027-03-28"`)
	wants(t, add("date", "2027-10-31", "start", "01:30"), http.StatusUnprocessableEntity, "comes twice")
	wants(t, add("date", "", "start", "09:30", "venue", "Old Hall"), http.StatusUnprocessableEntity, "Give the date", `value="Old Hall"`)
	wants(t, add("date", "2027-03-29", "start", "09:30", "end", "08:00"), http.StatusUnprocessableEntity, "must end after")
	a := add("date", "2027-03-29", "start", "09:30", "title", "<b>Bold</b>")
	wants(t, a, http.StatusSeeOther)
	to := a.Header.Get("Location")
	if !strings.HasPrefix(to, "/desk/meetings/partnership-board-2027-03-29") {
		t.Fatalf("leads to %s", to)
	}
	if page := d.Get(t, to); strings.Contains(page.Text, "<b>Bold") {
		t.Error("a title is taken for HTML")
	}
}

func TestDeskWithdraw(t *testing.T) {
	d := newDesk(t)
	paper := d.ready(t, "2 Money.pdf", "Money")
	if _, err := d.Publisher.PublishMeeting(t.Context(), d.meeting.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	path := "/desk/papers/" + paper.ID
	wants(t, d.Post(t, path+"/withdraw", "reason", " "), http.StatusUnprocessableEntity, "Give the reason")
	wants(t, d.Post(t, path, "title", "Money", "private", "yes"), http.StatusUnprocessableEntity, "Withdraw it")
	body, kind := servertest.Multipart(t, "money.pdf", servertest.PDF(t, "Money 2", "Better money"), "reason", "Table 6 corrected", "csrf", d.CSRF)
	wants(t, d.Do(t, http.MethodPost, path+"/versions", kind, body), http.StatusSeeOther)
	d.waitReady(t, paper.ID)
	wants(t, d.Get(t, path), http.StatusOK, "Table 6 corrected", "Publish version 2")
	wants(t, d.Post(t, path+"/withdraw", "version", "0", "reason", "It named staff"), http.StatusSeeOther)
	acts, err := d.Record.Acts(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	last := acts[len(acts)-1]
	if last.Kind != papers.ActPaperWithdrawn || last.Facts["version"] != "1" || last.Facts["role"] != "secretary" || last.Commitments["reason"] == "" {
		t.Errorf("the last act is %+v", last)
	}
	wants(t, d.Browser.Site.Browser(t).Get(t, "/papers/"+paper.ID+"/v/1"), http.StatusGone)
}
