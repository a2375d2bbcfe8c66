package server_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// noticeDesk is the desk of a board of a council, five clear days, for a meeting on Thursday 15 October 2026.
// The last lawful moment is Wednesday 7 October at five (rules.md 1.10, first example).
func noticeDesk(t *testing.T, now string) *deskSite {
	t.Helper()
	return deskIn(t, now, "2026-10-15 18:00", "Europe/London", "lga-va")
}

func deskIn(t *testing.T, now, meets, zone, profile string) *deskSite {
	t.Helper()
	s := servertest.Start(t)
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	wall := func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	s.Clock.Set(wall(now))
	board := s.Board(t, "Harrowmere Council")
	b, err := s.Record.Board(t.Context(), board)
	if err != nil {
		t.Fatal(err)
	}
	b.NoticeProfile = profile
	if err := s.Record.ChangeBoard(t.Context(), b, papers.Change{By: papers.Program, Acts: []papers.Act{{Kind: papers.ActBoardChanged, Subject: "boards/" + board, Board: board}}}); err != nil {
		t.Fatal(err)
	}
	m := papers.Meeting{Board: board, StartsAt: wall(meets).UTC(), Zone: zone, Venue: "Town Hall", Mode: papers.Hybrid, State: papers.MeetingPlanned}
	if err := m.Tidy(); err != nil {
		t.Fatal(err)
	}
	if m, err = s.Record.AddMeeting(t.Context(), m, papers.Change{By: papers.Program}); err != nil {
		t.Fatal(err)
	}
	d := &deskSite{Site: s, Browser: s.SignedIn(t, auth.Secretary, board), meeting: m, path: "/desk/meetings/" + m.Slug}
	for _, title := range []string{"Welcome", "Finance report of the month"} {
		d.items = append(d.items, s.Item(t, m.Slug, title))
	}
	return d
}

var saidField = regexp.MustCompile(`name="said" value="([^"]*)"`)

// publish sends the form of a page of the desk.
func (d *deskSite) publish(t *testing.T, path string, fields ...string) servertest.Answer {
	t.Helper()
	said := ""
	if m := saidField.FindStringSubmatch(d.Get(t, path).Text); m != nil {
		said = m[1]
	}
	return d.Post(t, path+"/publish", append([]string{"said", said, "when", "now"}, fields...)...)
}

// public reads a page as anybody, in plain words; with a query, so that none comes from the cache.
func (d *deskSite) public(t *testing.T, path string) string {
	t.Helper()
	return plain(d.Site.Browser(t).Get(t, path+"?now").Text)
}

var tags = regexp.MustCompile(`<[^>]*>`)

// plain is what a page says, without its tags.
func plain(page string) string {
	words := strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, " "))), " ")
	return strings.NewReplacer(" .", ".", " ,", ",").Replace(words)
}

func reads(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("the page does not say %q; it says %s", w, text)
		}
	}
}

func (d *deskSite) acts(t *testing.T) []papers.Act {
	t.Helper()
	acts, err := d.Record.Acts(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return acts
}

// TestNoticeLate publishes two clear days too late (N-5): the desk demands the reason, everybody reads it.
func TestNoticeLate(t *testing.T) {
	d := noticeDesk(t, "2026-10-09 10:00")
	paper := d.ready(t, "2 Finance.pdf", "Money")
	wants(t, d.publish(t, d.path), http.StatusUnprocessableEntity, "after the last lawful moment", "The agenda: 3 clear days, 5 needed", "Why it comes late")
	urgent := []string{"late", "urgent", "late_reason", "The ledgers closed <late>.", "late_date", "2026-10-09", "late_time", "09:30"}
	wants(t, d.publish(t, d.path, urgent...), http.StatusUnprocessableEntity, "Give the name of the chair", "The ledgers closed &lt;late&gt;.")
	wants(t, d.publish(t, d.path, append(urgent, "late_chair", "Amina Shah, Chair", "late_time", "09:30")...), http.StatusSeeOther)

	why := "Special circumstances. The ledgers closed <late>. In the opinion of Amina Shah, Chair, on Friday 9 October 2026, 9:30am, it cannot wait."
	reads(t, d.public(t, "/meetings/"+d.meeting.Slug), "Late: 3 clear days, 5 needed", why, "What came out, and when", "Announced. Agenda and papers")
	reads(t, d.public(t, "/papers/"+paper.ID), "Late 3 clear days, 5 needed", why)
	for _, a := range d.acts(t) {
		switch a.Kind {
		case papers.ActMeetingAnnounced, papers.ActAgendaPublished, papers.ActPaperPublished:
			if a.Facts["clear_days"] != "3" || a.Facts["days_needed"] != "5" || a.Facts["days_counted_as"] != "WORKING" || a.Facts["late"] != "urgent" ||
				a.Facts["holidays_sha256"] != notice.Snapshot().Hash() || a.Commitments["late"] == "" {
				t.Errorf("%s says %v", a.Kind, a.Facts)
			}
		}
	}
}

// TestNoticeLate_shorter is the other ground: the meeting was convened later than that (N-4).
func TestNoticeLate_shorter(t *testing.T) {
	d := noticeDesk(t, "2026-10-12 10:00")
	fields := []string{"late", "shorter_notice", "late_reason", "The flood of Sunday.", "late_date", "2026-10-12", "late_time"}
	wants(t, d.Post(t, d.path+"/announce"), http.StatusConflict, "after the last lawful moment")
	wants(t, d.Post(t, d.path+"/announce", append(fields, "11:00")...), http.StatusConflict, "must lie before the publication")
	wants(t, d.Post(t, d.path+"/announce", append(fields, "09:00")...), http.StatusSeeOther)
	reads(t, d.public(t, "/meetings/"+d.meeting.Slug), "Convened at shorter notice. The flood of Sunday. The meeting was convened on Monday 12 October 2026, 9:00am.")
}

// TestNoticeLate_api keeps the contract: a program that gives no reason publishes, and everybody reads
// that there was none, until the secretary gives it.
func TestNoticeLate_api(t *testing.T) {
	d := noticeDesk(t, "2026-10-13 10:00")
	token := d.Token(t, auth.Secretary)
	var pub struct{ ID, State, Warning string }
	if status, text := d.API(t, token, "POST", "/meetings/"+d.meeting.Slug+"/publish", nil, &pub); status != http.StatusOK || pub.State != "done" || pub.Warning == "" {
		t.Fatalf("answered %d %s", status, text)
	}
	reads(t, d.public(t, "/meetings/"+d.meeting.Slug), "Late: 1 clear day, 5 needed", "No reason was given.")
	fields := []string{"publication", pub.ID, "late", "urgent", "late_reason", "The roof fell in.", "late_date", "2026-10-13", "late_time", "09:00"}
	wants(t, d.Post(t, d.path+"/late", fields...), http.StatusUnprocessableEntity, "Give the name of the chair", "The roof fell in.")
	wants(t, d.Post(t, d.path+"/late", append(fields, "late_chair", "Amina Shah, Chair")...), http.StatusSeeOther)
	servertest.Eventually(t, "everybody reads the reason", func() bool {
		return strings.Contains(d.public(t, "/meetings/"+d.meeting.Slug), "Special circumstances. The roof fell in.")
	})
	wants(t, d.Post(t, d.path+"/late", append(fields, "late_chair", "Amina Shah, Chair")...), http.StatusUnprocessableEntity, "on the record already")

	item := d.Item(t, d.meeting.Slug, "Added")
	body := map[string]any{"items": []string{item.ID}, "late": map[string]any{"kind": "urgent", "reason": "It is urgent.", "chair": "Amina Shah, Chair"}}
	var second struct {
		Supplement int
		Warning    string
	}
	if status, text := d.API(t, token, "POST", "/meetings/"+d.meeting.Slug+"/publish", body, &second); status != http.StatusOK || second.Supplement != 1 || second.Warning != "" {
		t.Errorf("answered %d %s", status, text)
	}
	body = map[string]any{"late": map[string]any{"kind": "because", "reason": "x"}}
	d.Item(t, d.meeting.Slug, "Added again")
	if status, text := d.API(t, token, "POST", "/meetings/"+d.meeting.Slug+"/publish", body, nil); status != http.StatusUnprocessableEntity || !strings.Contains(text, "which ground") {
		t.Errorf("an unknown ground answered %d %s", status, text)
	}
}

// TestNotice_perVersion computes per item and per version (rules.md 1.10 b and c): what came later says
// its own days, and a corrected report restarts nothing.
func TestNotice_perVersion(t *testing.T) {
	d := noticeDesk(t, "2026-10-06 10:00")
	paper := d.ready(t, "2 Finance.pdf", "Money")
	wants(t, d.publish(t, d.path), http.StatusSeeOther)
	reads(t, d.public(t, "/meetings/"+d.meeting.Slug), "On time: 6 clear days, 5 needed", "Published 6 clear days before the meeting")

	d.Clock.Set(mustTime(t, "2026-10-12 10:00"))
	d.Browser = d.SignedIn(t, auth.Secretary, d.meeting.Board)
	read(t, d.Upload(t, "/desk/papers/"+paper.ID+"/versions", "2 Finance.pdf", servertest.PDF(t, "m", "Better money"), "reason", "Table 3 corrected"), http.StatusOK)
	d.waitReady(t, paper.ID)
	wants(t, d.publish(t, "/desk/papers/"+paper.ID), http.StatusSeeOther) // no reason is asked beyond why it was made
	reads(t, d.public(t, "/meetings/"+d.meeting.Slug), "Changed on Monday 12 October 2026, 10:00am. Table 3 corrected. It came with 2 clear days.", "Supplement 1", "What changed: Table 3 corrected")
	reads(t, d.public(t, "/papers/"+paper.ID), "Changed with 2 clear days left; first published on time")
	reads(t, d.public(t, "/papers/"+paper.ID+"/v/1"), "On time 6 clear days, 5 needed")

	d.Item(t, d.meeting.Slug, "The flood")
	wants(t, d.publish(t, d.path), http.StatusUnprocessableEntity, "Added to the agenda, item 3: 2 clear days, 5 needed")
	wants(t, d.publish(t, d.path, "late", "urgent", "late_reason", "The river rose.", "late_chair", "Amina Shah, Chair", "late_date", "2026-10-12", "late_time", "09:00"), http.StatusSeeOther)
	page := d.public(t, "/meetings/"+d.meeting.Slug)
	reads(t, page, "Added late 2 clear days, 5 needed Special circumstances. The river rose.", "Supplement 2", "New item 3: The flood")
	reads(t, page, "On time: 6 clear days, 5 needed") // the agenda itself was and stays in time
	wants(t, d.Get(t, d.path), http.StatusOK, "Supplement 1", "Supplement 2")
}

func mustTime(t *testing.T, s string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestNotice_cutOff: a minute after five counts as the next day, where the meeting is.
func TestNotice_cutOff(t *testing.T) {
	for _, tt := range []struct {
		now    string
		status int
	}{{"2026-10-07 16:59", http.StatusSeeOther}, {"2026-10-07 17:01", http.StatusUnprocessableEntity}} {
		t.Run(tt.now, func(t *testing.T) {
			d := noticeDesk(t, tt.now)
			wants(t, d.publish(t, d.path), tt.status)
		})
	}
}

// TestNotice_clocks counts down to each rule, the next one first.
func TestNotice_clocks(t *testing.T) {
	d := deskIn(t, "2026-10-05 10:00", "2026-10-15 18:00", "Europe/London", "icb")
	reads(t, plain(d.Get(t, d.path).Text), "to the board’s own target Wednesday 7 October, 5:00pm: 7 clear days before the meeting",
		"to the last moment for the agenda and the papers Wednesday 7 October, 5:00pm: 5 clear days before the meeting",
		"to the last moment for the notice Sunday 11 October, 5:00pm: 3 clear days before the meeting. Public Bodies (Admission to Meetings) Act 1960, section 1")
	wants(t, d.publish(t, d.path, "what", "agenda"), http.StatusSeeOther)
	d.ready(t, "2 Finance.pdf", "Money")
	page := plain(d.Get(t, d.path).Text)
	reads(t, page, "to the last moment for the papers")
	if strings.Contains(page, "moment for the notice") {
		t.Error("a clock runs for what is public already")
	}
}

// TestNotice_zones schedules where the meeting is: its hours, its clock changes.
func TestNotice_zones(t *testing.T) {
	d := deskIn(t, "2026-10-20 10:00", "2026-11-20 18:00", "America/New_York", "partnership")
	said := saidField.FindStringSubmatch(d.Get(t, d.path).Text)[1]
	at := func(date, clock string) servertest.Answer {
		return d.Post(t, d.path+"/publish", "said", said, "when", "at", "date", date, "time", clock)
	}
	wants(t, at("2026-11-01", "01:30"), http.StatusUnprocessableEntity, "comes twice", `value="01:30"`)
	wants(t, at("2026-11-01", "09:00"), http.StatusSeeOther)
	list, err := d.Record.Publications(t.Context(), d.meeting.Slug)
	if err != nil || len(list) != 1 || !list[0].ScheduledAt.Equal(time.Date(2026, 11, 1, 14, 0, 0, 0, time.UTC)) {
		t.Errorf("scheduled %+v, %v", list, err)
	}
}

// TestNotice_apart publishes the agenda first, its papers later, and tells the secretary (N-5: each by its own time).
func TestNotice_apart(t *testing.T) {
	d := noticeDesk(t, "2026-10-05 10:00")
	paper := d.ready(t, "2 Finance.pdf", "Money")
	other := d.ready(t, "1 Welcome.pdf", "Hello")
	wants(t, d.publish(t, d.path, "what", "chosen"), http.StatusUnprocessableEntity, "Tick at least one")
	wants(t, d.publish(t, d.path, "what", "agenda"), http.StatusSeeOther)
	wants(t, d.Site.Browser(t).Get(t, "/papers/"+paper.ID), http.StatusNotFound)
	said := saidField.FindStringSubmatch(d.Get(t, d.path).Text)[1]
	wants(t, d.Post(t, d.path+"/publish", "said", said, "when", "at", "date", "2026-10-06", "time", "09:00", "what", "chosen", "paper", paper.ID), http.StatusSeeOther)
	wants(t, d.Site.Browser(t).Get(t, "/papers/"+paper.ID), http.StatusNotFound)
	d.Clock.Advance(23*time.Hour + time.Minute)
	d.Browser = d.SignedIn(t, auth.Secretary, d.meeting.Board)
	author := d.SignedIn(t, auth.Author, d.meeting.Board)
	servertest.Eventually(t, "the secretary is told", func() bool { return strings.Contains(d.Get(t, "/desk").Text, "Published: ") })
	reads(t, d.public(t, "/meetings/"+d.meeting.Slug), "Supplement 1", "Published 6 clear days before the meeting")
	wants(t, d.Site.Browser(t).Get(t, "/papers/"+other.ID), http.StatusNotFound)
	if strings.Contains(author.Get(t, "/desk").Text, "Published: ") {
		t.Error("an author, who does not publish, is told")
	}
	home := d.Get(t, "/desk").Text
	_, rest, _ := strings.Cut(home, `name="outcome" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	wants(t, author.Post(t, d.path+"/seen", "outcome", id), http.StatusForbidden)
	wants(t, d.Post(t, d.path+"/seen", "outcome", id), http.StatusSeeOther)
	if strings.Contains(d.Get(t, "/desk").Text, "Published: ") {
		t.Error("what was seen stays on the desk")
	}
}

// TestNotice_offices records what hung at the offices apart from the website (N-4): for the clocks whose
// law asks, public with the meeting, not before.
func TestNotice_offices(t *testing.T) {
	d := noticeDesk(t, "2026-10-06 10:00")
	post := func(fields ...string) servertest.Answer { return d.Post(t, d.path+"/postings", fields...) }
	wants(t, post("clock", "notice", "place", "", "date", "2026-10-06", "time", "09:00"), http.StatusUnprocessableEntity, "Give the place")
	wants(t, post("clock", "notice", "place", "Main door", "date", "2026-10-06", "time", "12:00"), http.StatusUnprocessableEntity, "still to come", `value="Main door"`)
	wants(t, post("clock", "moon", "place", "Main door", "date", "2026-10-06", "time", "09:00"), http.StatusUnprocessableEntity, "Say what was posted")
	before := len(d.acts(t))
	wants(t, post("clock", "notice", "place", "Main door", "date", "2026-10-06", "time", "09:00"), http.StatusSeeOther)
	if len(d.acts(t)) != before {
		t.Error("an act tells of a meeting that is not announced")
	}
	wants(t, d.Get(t, d.path), http.StatusOK, "Main door", "On time: 6 clear days, 5 needed")
	wants(t, d.publish(t, d.path), http.StatusSeeOther)
	reads(t, d.public(t, "/meetings/"+d.meeting.Slug), "Notice posted at the offices", "Main door. Recorded by the board secretary.",
		"At the offices: Main door, Tuesday 6 October 2026, 9:00am. On time: 6 clear days, 5 needed.", "The rule is of a notice at the offices as well: none is recorded here.")
	list, err := d.Record.Postings(t.Context(), papers.Public, d.meeting.Slug)
	if err != nil || len(list) != 1 {
		t.Fatalf("the public reads %+v, %v", list, err)
	}
	other := d.SignedIn(t, auth.Secretary, d.Board(t, "Another"))
	wants(t, other.Post(t, d.path+"/postings/"+list[0].ID+"/remove"), http.StatusForbidden)
	wants(t, d.Post(t, d.path+"/postings/"+list[0].ID+"/remove"), http.StatusSeeOther)
	servertest.Eventually(t, "the posting is gone", func() bool { return !strings.Contains(d.public(t, "/meetings/"+d.meeting.Slug), "Main door") })
}

// TestNotice_rules adapts the rules of a board: more than the law, never less, and counted at once.
func TestNotice_rules(t *testing.T) {
	d := noticeDesk(t, "2026-10-06 10:00")
	wants(t, d.publish(t, d.path), http.StatusSeeOther)
	path := "/desk/boards/" + d.meeting.Board + "/notice"
	form := func(change ...string) []string {
		all := []string{"profile", "lga-va", "cut_off", "17:00", "extra", "", "division", "england-and-wales"}
		for _, c := range []string{"notice", "agenda", "reports", "target"} {
			all = append(all, c+"_days", "5", c+"_mode", "WORKING", c+"_source", "Standing order 4")
		}
		for i := 0; i+1 < len(change); i += 2 {
			for j := 0; j+1 < len(all); j += 2 {
				if all[j] == change[i] {
					all[j+1] = change[i+1]
				}
			}
		}
		return all
	}
	wants(t, d.Get(t, path), http.StatusOK, "Local Government Act 1972, section 100B", `value="5"`)
	for want, change := range map[string][]string{
		"the rule asks for 5 clear days":     {"agenda_days", "4"},
		"a number from 1 to 365":             {"reports_days", "soon"},
		"month and day, like 12-24":          {"extra", "Christmas Eve"},
		"The board’s own target":             {"target_days", "3"},
		"Choose from the list how":           {"notice_mode", "MOON"},
		"Give the rule that it rests on":     {"agenda_source", " "},
		"Choose the kind of body":            {"profile", "nothing"},
		"Choose whose bank holidays":         {"division", "france"},
		"Give the hour as 17:00, or nothing": {"cut_off", "5pm"},
	} {
		wants(t, d.Post(t, path, form(change...)...), http.StatusUnprocessableEntity, want)
	}
	wants(t, d.Post(t, path, form("reports_days", "8", "target_days", "9", "extra", "10-08, 12-24")...), http.StatusSeeOther)
	servertest.Eventually(t, "the public page counts by the board's own rule", func() bool {
		return strings.Contains(d.public(t, "/meetings/"+d.meeting.Slug), "Late: 5 clear days, 8 needed")
	})
	wants(t, d.Get(t, path), http.StatusOK, "Back to the rules of this kind", "10-08, 12-24")
	wants(t, d.Post(t, path, append(form(), "act", "reset")...), http.StatusSeeOther)
	servertest.Eventually(t, "the rules of the law are back", func() bool {
		return strings.Contains(d.public(t, "/meetings/"+d.meeting.Slug), "On time: 6 clear days, 5 needed")
	})
	wants(t, d.SignedIn(t, auth.Secretary, d.Board(t, "Another")).Post(t, path, form()...), http.StatusForbidden)
	wants(t, d.SignedIn(t, auth.Author, d.meeting.Board).Get(t, path), http.StatusForbidden)
}

// TestNotice_holidays replaces the bank holidays (N-32): taken whole or not at all, counted at once, and
// what is not covered is said, not guessed.
func TestNotice_holidays(t *testing.T) {
	d := deskIn(t, "2028-01-10 10:00", "2028-01-20 18:00", "Europe/London", "lga-va")
	wants(t, d.publish(t, d.path), http.StatusSeeOther)
	reads(t, d.public(t, "/meetings/"+d.meeting.Slug), "Not counted: our list of bank holidays does not cover 10 January 2028 to 20 January 2028")
	admin := d.SignedIn(t, auth.Admin)
	upload := func(data []byte) servertest.Answer {
		body, kind := servertest.Multipart(t, "bank-holidays.json", data, "csrf", admin.CSRF)
		return admin.Do(t, http.MethodPost, "/desk/holidays", kind, body)
	}
	for name, garbage := range map[string]string{"nothing": "", "a web page": "<!doctype html>", "one division": `{"scotland":{"division":"scotland","events":[]}}`,
		"fewer years": holidayFile(2026), "a bad date": strings.Replace(holidayFile(2026, 2027, 2028), "2028-01-03", "3 January 2028", 1)} {
		wants(t, upload([]byte(garbage)), http.StatusUnprocessableEntity)
		if files, err := d.Record.HolidayFiles(t.Context()); err != nil || len(files) != 0 {
			t.Errorf("%s was kept: %v, %v", name, files, err)
		}
	}
	wants(t, upload([]byte(holidayFile(2026, 2027, 2028))), http.StatusSeeOther)
	servertest.Eventually(t, "the new holidays count", func() bool {
		return strings.Contains(d.public(t, "/meetings/"+d.meeting.Slug), "On time: 7 clear days, 5 needed")
	})
	wants(t, admin.Get(t, "/desk/holidays"), http.StatusOK, "2026 to 2028")
	wants(t, d.Get(t, "/desk/holidays"), http.StatusForbidden)
}

// holidayFile lists so many holidays of each of the years that they pass for listed in full.
func holidayFile(years ...int) string {
	var events []string
	for _, y := range years {
		for _, day := range []string{"01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"} {
			events = append(events, fmt.Sprintf(`{"title":"Holiday","date":"%d-%s","notes":"","bunting":true}`, y, day))
		}
	}
	list := strings.Join(events, ",")
	var parts []string
	for _, d := range notice.Divisions() {
		parts = append(parts, fmt.Sprintf(`%q:{"division":%q,"events":[%s]}`, d, d, list))
	}
	return "{" + strings.Join(parts, ",") + "}"
}
