package server_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// order is the agenda as the record has it: "1 Welcome, 2 Finance".
func (d *deskSite) order(t *testing.T) string {
	t.Helper()
	list, err := d.Record.Items(t.Context(), papers.Insider, d.meeting.Slug)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range list {
		out = append(out, strings.TrimSpace(i.Number+" "+i.Title))
	}
	return strings.Join(out, ", ")
}

func (d *deskSite) wantOrder(t *testing.T, want string) {
	t.Helper()
	if got := d.order(t); got != want {
		t.Errorf("the agenda is %q, want %q", got, want)
	}
}

// short gives the meeting an agenda of short titles.
func short(t *testing.T) *deskSite {
	t.Helper()
	s := servertest.Start(t)
	board := s.Board(t, "Partnership Board")
	d := &deskSite{Site: s, Browser: s.SignedIn(t, auth.Secretary, board), meeting: s.Meeting(t, board, 20)}
	for _, title := range []string{"A", "B", "C"} {
		d.items = append(d.items, s.Item(t, d.meeting.Slug, title))
	}
	d.path = "/desk/meetings/" + d.meeting.Slug
	return d
}

// Everything that the script does is a plain form too.
func TestAgendaWithoutScripts(t *testing.T) {
	d := short(t)
	a, b, c := d.items[0].ID, d.items[1].ID, d.items[2].ID
	wants(t, d.Post(t, "/desk/items/"+c+"/move", "way", "up"), http.StatusSeeOther)
	d.wantOrder(t, "1 A, 2 C, 3 B")
	wants(t, d.Post(t, "/desk/items/"+a+"/move", "way", "after", "after", b), http.StatusSeeOther)
	d.wantOrder(t, "1 C, 2 B, 3 A")
	wants(t, d.Post(t, "/desk/items/"+b+"/move", "way", "in"), http.StatusSeeOther)
	d.wantOrder(t, "1 C, 1.1 B, 2 A")
	wants(t, d.Post(t, d.path+"/numbering", "style", "roman", "from", "7"), http.StatusSeeOther)
	d.wantOrder(t, "7 C, 7i B, 8 A")
	wants(t, d.Post(t, d.path+"/items", "kind", "section", "title", "Part two"), http.StatusSeeOther)
	wants(t, d.Post(t, d.path+"/items", "kind", "break", "title", "Tea", "minutes", "15"), http.StatusSeeOther)
	d.wantOrder(t, "7 C, 7i B, 8 A, Part two, Tea")
	wants(t, d.Get(t, d.path), http.StatusOK, "Part two", "Tea", "Move it", "to the top", "Undo")
	wants(t, d.Post(t, d.path+"/numbering", "style", "runes"), http.StatusUnprocessableEntity, "Choose how items are numbered")
	wants(t, d.Post(t, "/desk/items/"+a+"/remove"), http.StatusSeeOther)
	d.undo(t, http.StatusSeeOther)
	d.wantOrder(t, "7 C, 7i B, 8 A, Part two, Tea")
}

var stepField = regexp.MustCompile(`name="step" value="(\d+)"`)

// undo presses the button of the desk.
func (d *deskSite) undo(t *testing.T, status int, says ...string) {
	t.Helper()
	m := stepField.FindStringSubmatch(d.Get(t, d.path).Text)
	if m == nil {
		t.Fatal("the desk offers nothing to undo")
	}
	wants(t, d.Post(t, d.path+"/undo", "step", m[1]), status, says...)
}

func TestUndo(t *testing.T) {
	d := short(t)
	b := d.items[1]
	d.save(t, b.ID, b.Revision, map[string]string{"title": "B"}, "title", "Beds")
	d.Clock.Advance(time.Minute)
	wants(t, d.Post(t, "/desk/items/"+b.ID+"/move", "way", "up"), http.StatusSeeOther)
	d.Clock.Advance(time.Minute)
	wants(t, d.Post(t, "/desk/items/"+b.ID+"/move", "way", "in"), http.StatusSeeOther) // the first: nothing to be under
	wants(t, d.Post(t, "/desk/items/"+d.items[0].ID+"/move", "way", "in"), http.StatusSeeOther)
	d.wantOrder(t, "1 Beds, 1.1 A, 2 C")
	wants(t, d.Post(t, "/desk/items/"+b.ID+"/remove"), http.StatusSeeOther)
	d.wantOrder(t, "1 A, 2 C")
	d.undo(t, http.StatusSeeOther) // what stood under the removed item became one of its own, and stays so
	d.wantOrder(t, "1 Beds, 2 A, 3 C")
	wants(t, d.Post(t, "/desk/items/"+d.items[2].ID+"/move", "way", "in"), http.StatusSeeOther)
	d.wantOrder(t, "1 Beds, 2 A, 2.1 C")
	d.undo(t, http.StatusSeeOther)
	d.wantOrder(t, "1 Beds, 2 A, 3 C")
	rows, err := d.Record.Audit(t.Context(), "items/", 50)
	if err != nil || len(rows) == 0 || !strings.HasPrefix(rows[0].What, "undid") || rows[0].Who == "" {
		t.Errorf("the audit says %+v, %v", rows[0], err)
	}
	step := stepField.FindStringSubmatch(d.Get(t, d.path).Text)[1]
	colleague := d.SignedIn(t, auth.Secretary, d.meeting.Board)
	wants(t, colleague.Post(t, d.path+"/undo", "step", step), http.StatusConflict, "nothing of yours")
	wants(t, d.Post(t, d.path+"/undo", "step", "999999"), http.StatusConflict, "nothing of yours")
}

// An undo never takes away what somebody else made of the same words.
func TestUndo_overtaken(t *testing.T) {
	d := short(t)
	b := d.items[1]
	revision := d.save(t, b.ID, b.Revision, map[string]string{"title": "B", "lead": ""}, "title", "Beds", "lead", "Ann")
	colleague := &deskSite{Site: d.Site, Browser: d.SignedIn(t, auth.Secretary, d.meeting.Board), meeting: d.meeting, path: d.path}
	revision = colleague.save(t, b.ID, revision, map[string]string{"title": "Beds"}, "title", "Community beds")
	d.undo(t, http.StatusConflict, "Somebody else changed the same")
	d.wantOrder(t, "1 A, 2 Community beds, 3 C")
	colleague.save(t, b.ID, revision, map[string]string{"title": "Community beds"}, "title", "Beds")
	d.undo(t, http.StatusSeeOther)
	d.wantOrder(t, "1 A, 2 B, 3 C")
}

// save saves fields of an item as the script does, and answers the revision that came of it.
func (d *deskSite) save(t *testing.T, id string, revision int, base map[string]string, fields ...string) int {
	t.Helper()
	a := d.sendItem(t, id, revision, base, fields...)
	wants(t, a, http.StatusOK)
	var answer struct{ Revision int }
	if err := json.Unmarshal([]byte(a.Text), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Revision
}

func (d *deskSite) sendItem(t *testing.T, id string, revision int, base map[string]string, fields ...string) servertest.Answer {
	t.Helper()
	form := baseForm(t, revision, base, append(fields, "csrf", d.CSRF)...)
	return d.Do(t, http.MethodPost, "/desk/items/"+id, "application/x-www-form-urlencoded", strings.NewReader(form), "Accept", "application/json")
}

func baseForm(t *testing.T, revision int, base map[string]string, fields ...string) string {
	t.Helper()
	text, err := json.Marshal(base)
	if err != nil {
		t.Fatal(err)
	}
	v := map[string][]string{"revision": {strconv.Itoa(revision)}, "base": {string(text)}}
	for i := 0; i+1 < len(fields); i += 2 {
		v[fields[i]] = []string{fields[i+1]}
	}
	return values(v).Encode()
}

func TestTwoSecretaries(t *testing.T) {
	d := short(t)
	ruth, sam := d, &deskSite{Site: d.Site, Browser: d.SignedIn(t, auth.Secretary, d.meeting.Board), meeting: d.meeting, path: d.path}
	id, base := d.items[1].ID, map[string]string{"title": "B", "lead": "", "minutes": "10"}
	ruth.save(t, id, 1, base, "title", "Beds", "lead", "", "minutes", "10")

	t.Run("fields that only one changed are joined", func(t *testing.T) {
		sam.save(t, id, 1, base, "title", "B", "lead", "Ann Lode", "minutes", "25")
		i, err := d.Record.Item(t.Context(), papers.Insider, id)
		if err != nil || i.Title != "Beds" || i.Lead != "Ann Lode" || i.Minutes != 25 {
			t.Errorf("the item is %+v, %v", i, err)
		}
	})
	t.Run("the second is told who was faster and gets both texts", func(t *testing.T) {
		a := sam.sendItem(t, id, 1, base, "title", "Wards", "lead", "Ann Lode", "minutes", "25")
		wants(t, a, http.StatusConflict, "Test secretary", `"field":"title"`, `"mine":"Wards"`, `"theirs":"Beds"`)
	})
	t.Run("without scripts the page shows both, and theirs can be taken", func(t *testing.T) {
		form := func(extra ...string) servertest.Answer {
			body := baseForm(t, 1, base, append([]string{"title", "Wards", "lead", "Ann Lode", "minutes", "30", "csrf", sam.CSRF}, extra...)...)
			return sam.Do(t, http.MethodPost, "/desk/items/"+id, "application/x-www-form-urlencoded", strings.NewReader(body))
		}
		wants(t, form(), http.StatusConflict, "Two of you wrote", "Beds", "Wards", "Take theirs")
		page := form("use", "title", "open", "title")
		wants(t, page, http.StatusConflict, `name="title" type="text" value="Beds"`)
		if strings.Contains(page.Text, "Two of you wrote") {
			t.Error("what was decided is asked again")
		}
	})
	t.Run("the facts of a meeting", func(t *testing.T) {
		m := d.meeting
		start := m.StartsAt.In(m.Location())
		base := map[string]string{"title": "", "date": start.Format(time.DateOnly), "start": start.Format("15:04"), "end": "11:30", "venue": "Town Hall", "access": "", "mode": "hybrid", "watch": ""}
		send := func(who *deskSite, fields ...string) servertest.Answer {
			all := []string{"csrf", who.CSRF}
			for name, value := range base {
				all = append(all, name, value)
			}
			return who.Do(t, http.MethodPost, d.path, "application/x-www-form-urlencoded", strings.NewReader(baseForm(t, 1, base, append(all, fields...)...)))
		}
		wants(t, send(ruth, "venue", "Guildhall"), http.StatusSeeOther)
		wants(t, send(sam, "access", "Step-free"), http.StatusSeeOther)
		wants(t, send(sam, "venue", "Corn Exchange"), http.StatusConflict, "Two of you wrote", "Guildhall", "Corn Exchange")
		got, err := d.Record.Meeting(t.Context(), papers.Insider, m.Slug)
		if err != nil || got.Venue != "Guildhall" || got.Access != "Step-free" {
			t.Errorf("the meeting is %+v, %v", got, err)
		}
	})
	t.Run("the order", func(t *testing.T) {
		seen := regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(d.Get(t, d.path).Text)[1]
		wants(t, ruth.Post(t, "/desk/items/"+id+"/move", "way", "up", "seen", seen), http.StatusSeeOther)
		wants(t, sam.Post(t, "/desk/items/"+id+"/move", "way", "down", "seen", seen), http.StatusConflict, "Somebody else moved this")
		wants(t, sam.Post(t, "/desk/items/"+d.items[2].ID+"/move", "way", "up", "seen", seen), http.StatusSeeOther) // another item: both moves hold
		d.wantOrder(t, "1 Beds, 2 C, 3 A")
	})
}

func TestCopyAgenda(t *testing.T) {
	d := short(t)
	standing := d.items[1]
	d.save(t, standing.ID, 1, map[string]string{"title": "B", "standing": "", "to_follow": ""}, "title", "B", "standing", "yes", "to_follow", "2027-01-05")
	next := d.Meeting(t, d.meeting.Board, 50)
	path := "/desk/meetings/" + next.Slug
	page := d.Get(t, path+"/copy")
	wants(t, page, http.StatusOK, "Standing")
	if strings.Count(page.Text, " checked") != 1 {
		t.Error("not only the standing item is chosen")
	}
	wants(t, d.Post(t, path+"/copy"), http.StatusSeeOther)
	wants(t, d.Post(t, path+"/copy", "item", standing.ID, "item", d.items[2].ID, "item", "no-such-item"), http.StatusSeeOther)
	list, err := d.Record.Items(t.Context(), papers.Insider, next.Slug)
	if err != nil || len(list) != 2 || list[0].Title != "B" || list[1].Title != "C" || list[0].Number != "1" || list[0].ToFollow != "" || !list[0].Standing || list[0].PublishedAt != nil {
		t.Errorf("copied %+v, %v", list, err)
	}
	d.wantOrder(t, "1 A, 2 B, 3 C")
}

// What the editor knows of an item stands on the public page, in the agenda as a PDF and in the API; of
// a private item only what is safe does.
func TestPublicAgenda(t *testing.T) {
	d := short(t)
	token := d.Token(t, auth.Secretary)
	add := func(fields map[string]any) {
		t.Helper()
		if status, text := d.API(t, token, "POST", "/meetings/"+d.meeting.Slug+"/items", fields, nil); status != http.StatusCreated {
			t.Fatalf("adding %v: %d %s", fields, status, text)
		}
	}
	add(map[string]any{"title": "Part two", "kind": "section"})
	add(map[string]any{"title": "Budget", "recommendation": "Approve the\nbudget.", "to_follow": "2030-04-01", "minutes": 20})
	add(map[string]any{"title": "Savings", "level": 1, "verbal": true})
	add(map[string]any{"title": "Tea", "kind": "break", "minutes": 15})
	add(map[string]any{"title": "Register of seals", "consent": true})
	add(map[string]any{"title": "secretword", "recommendation": "secretadvice", "lead": "secretlead", "to_follow": "2031-05-06", "private": true, "public_title": "Staffing", "exemption": "Paragraph 1"})
	if _, err := d.Publisher.PublishMeeting(t.Context(), d.meeting.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	anybody := d.Browser.Site.Browser(t)
	page := anybody.Get(t, "/meetings/"+d.meeting.Slug)
	wants(t, page, http.StatusOK, "Part two", "Approve the\nbudget.", "Paper to follow on 1 April 2030", "Verbal report", "Taken without discussion", "Tea", "4.1", "10:00am", "10:35am", "7 items")
	var pack struct{ Items []map[string]any }
	_, text := d.API(t, "", "GET", "/meetings/"+d.meeting.Slug, nil, &pack)
	if i := pack.Items[4]; i["recommendation"] != "Approve the\nbudget." || i["to_follow"] != "2030-04-01" || i["kind"] != "item" || !strings.Contains(i["starts_at"].(string), "T10:00:00") {
		t.Errorf("the API says %v", i)
	}
	pdf := anybody.Get(t, "/meetings/"+d.meeting.Slug+"/agenda.pdf")
	wants(t, pdf, http.StatusOK)
	for what, answer := range map[string]string{"page": page.Text, "API": text, "PDF": pdf.Text} {
		for _, secret := range []string{"secretword", "secretadvice", "secretlead", "2031-05-06", "6 May 2031"} {
			if strings.Contains(answer, secret) {
				t.Errorf("the %s tells %q of a private item", what, secret)
			}
		}
	}
	d.wantOrder(t, "1 A, 2 B, 3 C, Part two, 4 Budget, 4.1 Savings, Tea, 5 Register of seals, 6 secretword")
	if status, text := d.API(t, token, "POST", "/meetings/"+d.meeting.Slug+"/items", map[string]any{"title": "x", "kind": "chapter"}, nil); status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown kind of entry is %d %s", status, text)
	}
}

// What is public keeps its number whatever happens around it, and moves only with an act.
func TestPublishedNumbersStay(t *testing.T) {
	d := short(t)
	if _, err := d.Publisher.PublishMeeting(t.Context(), d.meeting.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	late := d.Item(t, d.meeting.Slug, "Late")
	wants(t, d.Post(t, "/desk/items/"+late.ID+"/move", "way", "after", "after", d.items[0].ID), http.StatusSeeOther)
	d.wantOrder(t, "1 A, 1a Late, 2 B, 3 C")
	wants(t, d.Post(t, d.path+"/numbering", "style", "year", "from", "275"), http.StatusSeeOther)
	if got := d.order(t); !strings.HasPrefix(got, "1 A, 275/") || !strings.HasSuffix(got, " Late, 2 B, 3 C") {
		t.Errorf("the agenda is %q", got)
	}
	before, err := d.Record.LastAct(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wants(t, d.Post(t, "/desk/items/"+d.items[2].ID+"/move", "way", "after", "after", ""), http.StatusSeeOther)
	if after, err := d.Record.LastAct(t.Context()); err != nil || after != before+1 {
		t.Errorf("moving a public item wrote %d acts, %v", after-before, err)
	}
	if got := d.order(t); !strings.HasPrefix(got, "3 C, 1 A, ") {
		t.Errorf("the agenda is %q", got)
	}
	wants(t, d.Get(t, d.path), http.StatusOK, "Save for everybody")
}
