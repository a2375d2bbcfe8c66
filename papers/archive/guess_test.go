package archive_test

import (
	"strings"
	"testing"

	"clearday/papers/archive"
)

// first pages of documents of the library archive of data.gov.uk (Open Government Licence v3.0), and of forms that others use.
const (
	board = "UNCLASSIFIED\nTRANSPARENCY BOARD\n6th meeting\n19 May 2011\n11.00 – 12.50\nVenue: Cabinet Office, 70 Whitehall, room 4.10, London SW1A 2AS\nAGENDA\n1 11.00 – 11.05\n"
	group = "UNCLASSIFIED\nOpen Data User Group\n14th meeting\n11 June 2013, 14:00-17:00\nHercules House, Hercules Road, London SE1 7DU\nAttendees\n"
	terms = "LOCAL PUBLIC DATA PANEL\nTERMS OF REFERENCE 2013-14 (as at 14 October 2013)\nBackground\n"
	cover = "Agenda item: 7\nTitle: Quality and performance report\nMeeting: Integrated Care Board\nDate of meeting:\n25 September 2025\nPresenter: A Director\nPapers of the last meeting on 3 July 2025 are on the website.\n"
	kent  = "From:\nThe Leader\nTo:\nCabinet, 30 January 2025\nSubject:\nAdoption of the delivery plan\nPast pathway: Committee, 16 January 2025\n"
)

func TestNew(t *testing.T) {
	for _, c := range []struct {
		name  string
		from  archive.Source
		date  string
		sure  archive.Sure
		kind  archive.Kind
		title string
	}{
		{"the first page says it", archive.Source{Path: "TB(6)1.i Transparency Board agenda.pdf", Pages: []string{board}}, "2011-05-19", archive.Certain, archive.Agenda, "TB(6)1.i Transparency Board agenda"},
		{"a day in the name, the year on the page", archive.Source{Path: "Minutes of Open Data User Group 11 June_10.pdf", Pages: []string{group}}, "2013-06-11", archive.Certain, archive.Minutes, "Minutes of Open Data User Group 11 June"},
		{"the name is of the meeting, the page of the version", archive.Source{Path: "Panel_Twenty-Second Meeting_17 October 2013_Terms of Reference 2013-14_Revised October 2013.doc", Pages: []string{terms}}, "2013-10-17", archive.Certain, archive.Paper, ""},
		{"a cover table", archive.Source{Path: "Enc 7.pdf", Pages: []string{cover}}, "2025-09-25", archive.Certain, archive.Paper, "Quality and performance report"},
		{"the head of a report", archive.Source{Path: "24-00115 - Report.pdf", Pages: []string{kent}}, "2025-01-30", archive.Certain, archive.Paper, "Adoption of the delivery plan"},
		{"the folder of a meeting, and minutes of the last one", archive.Source{Path: "cabinet/2025-01-30/Minutes of the meeting held on 9th January 2025.pdf", Pages: []string{"Minutes of the meeting held on 9 January 2025"}}, "2025-01-30", archive.Certain, archive.Minutes, ""},
		{"a stale title, a right subject", archive.Source{Path: "document1.pdf", Title: "May 4, 2010", Subject: "County Council, 13/02/2025 09:30", Pages: []string{"Agenda and decisions\n"}}, "2025-02-13", archive.Certain, archive.Agenda, "Agenda and decisions"},
		{"the name says that it is the day of the meeting", archive.Source{Path: "Panel_5 Feb 2013 Meeting_Planning telecon.odt", Pages: []string{"PANEL\nPlanning sub-group\nNote of telecon 31st January 2013\n"}}, "2013-02-05", archive.Certain, archive.Paper, ""},
		{"a list as at a day", archive.Source{Path: "Action Log.doc", Pages: []string{"Board Action Log as\n2 Sept 2011\nAction log of 6 September 2011\n"}}, "2011-09-06", archive.Certain, archive.Paper, ""},
		{"a month alone", archive.Source{Path: "LPDP - draft paper Feb 12 (2).doc", Pages: []string{"Purpose of the paper\n"}}, "2012-02", archive.Doubtful, archive.Paper, ""},
		{"only a template's title", archive.Source{Path: "Terms.pdf", Title: "May 4, 2010", Pages: []string{"Terms of reference\n"}}, "", archive.None, archive.Paper, ""},
		{"written beside it", archive.Source{Path: "2010-01-01 x.pdf", Pages: []string{board}, Given: archive.Given{Date: archive.Date{Year: 2012, Month: 3, Day: 4}, Title: "X", Kind: archive.Pack}}, "2012-03-04", archive.Certain, archive.Pack, "X"},
	} {
		g := archive.New(c.from)
		if g.Date.String() != c.date || g.Sure != c.sure || g.Kind != c.kind || c.title != "" && g.Title != c.title {
			t.Errorf("%s: guessed %s, %s (%s), %s, %q (%s)", c.name, g.Date, g.Sure, g.DateWhy, g.Kind, g.Title, g.TitleWhy)
		}
		if c.date != "" && g.DateWhy == "" {
			t.Errorf("%s: the date has no reason", c.name)
		}
	}
	if g := archive.New(archive.Source{Path: "a.pdf", Subject: "County Council, 13/02/2025 09:30"}); g.Clock != "09:30" {
		t.Errorf("the meeting begins at %q", g.Clock)
	}
}

// A file that says nothing of its day has the day of the others of its meeting.
func TestSiblings(t *testing.T) {
	var s archive.Siblings
	for _, name := range []string{"a/TB(9)1.i agenda 06092011v3.doc", "a/TB(10)1.i Transparency Board agenda 2011-10-11.doc", "a/Panel Fourteenth Meeting 1 May 2012.doc"} {
		s.Add(archive.New(archive.Source{Path: name}))
	}
	for name, want := range map[string]string{
		"a/TB(9)1.ii Action Log.doc":           "2011-09-06",
		"a/TB(11)1.ii Action Log.doc":          "",
		"b/TB(9)1.ii Action Log.doc":           "",
		"a/Panel Fourteenth Meeting paper.doc": "2012-05-01",
	} {
		if g := s.Settle(archive.New(archive.Source{Path: name})); g.Date.String() != want {
			t.Errorf("%s is of %s, want %q", name, g.Date, want)
		}
	}
}

func TestNotes(t *testing.T) {
	table, err := archive.ReadCSV(strings.NewReader("\uFEFFFile name,Meeting date,Title,Type\nsub/a.pdf,5 June 2013,Finance,minutes\nb.pdf,2013-07-01,,\nc.pdf,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if g := table.Of("sub/a.pdf"); g.Date.String() != "2013-06-05" || g.Title != "Finance" || g.Kind != archive.Minutes {
		t.Errorf("a.pdf is noted as %+v", g)
	}
	if g := table.Of("deep/b.pdf"); g.Date.String() != "2013-07-01" {
		t.Errorf("b.pdf is noted as %+v", g)
	}
	one, err := archive.ReadJSON(strings.NewReader(`{"title":"City Council","date":"2026-07-23","status":{"has_agenda":true}}`))
	if err != nil {
		t.Fatal(err)
	}
	if g := one.Of("agenda.pdf"); g.Date.String() != "2026-07-23" || g.Title != "" {
		t.Errorf("a note of the folder says %+v", g)
	}
	back, err := archive.ReadCSV(strings.NewReader("file,outcome,date,sure\na.pdf,in,2013-06-05,doubtful\n"))
	if err != nil || len(back) > 0 {
		t.Errorf("a report is read as notes: %v, %v", back, err)
	}
}
