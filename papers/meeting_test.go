package papers_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"clearday/papers"
)

func london(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestWallTime(t *testing.T) {
	for _, c := range []struct{ date, clock, want string }{
		{"2026-04-08", "09:30", "2026-04-08T08:30:00Z"},
		{"2026-01-08", "09:30", "2026-01-08T09:30:00Z"},
		{"2026-04-08", "9:30", "2026-04-08T08:30:00Z"},
		{"2026-04-08", "00:00", "2026-04-07T23:00:00Z"},
		// Clocks go forward on 29 March 2026 and 28 March 2027 at 1am: that hour is not there.
		{"2026-03-29", "00:59", "2026-03-29T00:59:00Z"},
		{"2026-03-29", "01:00", "The clocks go forward that night: there is no 01:00 on 29 March 2026. Choose another time."},
		{"2026-03-29", "01:59", "The clocks go forward that night: there is no 01:59 on 29 March 2026. Choose another time."},
		{"2026-03-29", "02:00", "2026-03-29T01:00:00Z"},
		{"2027-03-28", "00:59", "2027-03-28T00:59:00Z"},
		{"2027-03-28", "1:30", "The clocks go forward that night: there is no 01:30 on 28 March 2027. Choose another time."},
		{"2027-03-28", "02:00", "2027-03-28T01:00:00Z"},
		// They go back on 25 October 2026 and 31 October 2027 at 2am: that hour comes twice.
		{"2026-10-25", "00:59", "2026-10-24T23:59:00Z"},
		{"2026-10-25", "01:00", "The clocks go back that night: 01:00 comes twice on 25 October 2026. Choose another time."},
		{"2026-10-25", "01:59", "The clocks go back that night: 01:59 comes twice on 25 October 2026. Choose another time."},
		{"2026-10-25", "02:00", "2026-10-25T02:00:00Z"},
		{"2027-10-31", "01:30", "The clocks go back that night: 01:30 comes twice on 31 October 2027. Choose another time."},
		{"2027-10-31", "02:00", "2027-10-31T02:00:00Z"},
		// What is no time.
		{"2026-02-30", "09:30", "Give the date as 2026-04-08 and the time as 09:30."},
		{"8/4/2026", "09:30", "Give the date as 2026-04-08 and the time as 09:30."},
		{"2026-04-08", "24:00", "Give the date as 2026-04-08 and the time as 09:30."},
		{"2026-04-08", "half nine", "Give the date as 2026-04-08 and the time as 09:30."},
		{"", "", "Give the date as 2026-04-08 and the time as 09:30."},
	} {
		at, err := papers.WallTime(c.date, c.clock, london(t))
		got := at.UTC().Format(time.RFC3339)
		if err != nil {
			got = err.Error()
			if papers.CodeOf(err) != papers.CodeInvalid {
				t.Errorf("WallTime(%s %s) fails with the code %q", c.date, c.clock, papers.CodeOf(err))
			}
		}
		if got != c.want {
			t.Errorf("WallTime(%s %s) = %s, want %s", c.date, c.clock, got, c.want)
		}
	}
}

func FuzzWallTime(f *testing.F) {
	f.Add("2026-03-29", "01:30")
	f.Add("2026-10-25", "1:30")
	f.Add("2026-10-26", " 1:30 ")
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, date, clock string) {
		at, err := papers.WallTime(date, clock, loc)
		if err != nil {
			return
		}
		date, clock = strings.TrimSpace(date), strings.TrimSpace(clock)
		if got := at.In(loc).Format("2006-01-02 15:04"); got != date+" "+clock && got != date+" 0"+clock {
			t.Errorf("%s %s was taken for %s", date, clock, got)
		}
	})
}

func TestMeetingTidy(t *testing.T) {
	start := time.Date(2026, 4, 8, 8, 30, 0, 0, time.UTC)
	good := papers.Meeting{Board: "partnership-board", StartsAt: start, Zone: "Europe/London"}
	t.Run("what is missing is filled in", func(t *testing.T) {
		m := good
		m.Venue = "  Town \n Hall "
		if err := m.Tidy(); err != nil {
			t.Fatal(err)
		}
		if m.LocalTime != "2026-04-08T09:30" || m.Mode != papers.Hybrid || m.Venue != "Town Hall" || !m.EndsAt.Equal(start.Add(2*time.Hour)) {
			t.Errorf("Tidy gave %+v", m)
		}
		if m.SlugOn(1) != "partnership-board-2026-04-08" || m.SlugOn(2) != "partnership-board-2026-04-08-2" {
			t.Errorf("SlugOn gave %s and %s", m.SlugOn(1), m.SlugOn(2))
		}
	})
	t.Run("the date is the one where it is held", func(t *testing.T) {
		m := good
		m.StartsAt = time.Date(2026, 4, 8, 23, 30, 0, 0, time.UTC)
		if got := m.Date(); got != "2026-04-09" {
			t.Errorf("Date = %s, want 2026-04-09", got)
		}
		m.Zone = "Mars/Olympus" // not known: the default
		if got := m.Date(); got != "2026-04-09" {
			t.Errorf("Date in an unknown zone = %s, want 2026-04-09", got)
		}
	})
	t.Run("named by its title or its board", func(t *testing.T) {
		if got := (papers.Meeting{BoardName: "Partnership Board"}).Name(); got != "Partnership Board" {
			t.Errorf("Name = %q", got)
		}
		if got := (papers.Meeting{Title: "Annual meeting", BoardName: "Partnership Board"}).Name(); got != "Annual meeting" {
			t.Errorf("Name = %q", got)
		}
	})
	for name, c := range map[string]struct {
		spoil func(*papers.Meeting)
		says  string
	}{
		"no board":            {func(m *papers.Meeting) { m.Board = "" }, "which board"},
		"no date":             {func(m *papers.Meeting) { m.StartsAt = time.Time{} }, "date and time"},
		"mistyped year":       {func(m *papers.Meeting) { m.StartsAt = start.AddDate(-2000, 0, 0) }, "The year 26 cannot be right"},
		"ends before":         {func(m *papers.Meeting) { m.EndsAt = start.Add(-time.Hour) }, "end after it starts"},
		"ends as it starts":   {func(m *papers.Meeting) { m.EndsAt = start }, "end after it starts"},
		"ends days later":     {func(m *papers.Meeting) { m.EndsAt = start.Add(25 * time.Hour) }, "24 hours"},
		"mode unknown":        {func(m *papers.Meeting) { m.Mode = "by post" }, "in_person, hybrid or online"},
		"title without end":   {func(m *papers.Meeting) { m.Title = strings.Repeat("x", 201) }, "Shorten it to 200"},
		"venue without end":   {func(m *papers.Meeting) { m.Venue = strings.Repeat("x", 301) }, "venue has 301"},
		"way to watch endles": {func(m *papers.Meeting) { m.Watch = strings.Repeat("x", 301) }, "way to watch has 301"},
	} {
		t.Run(name, func(t *testing.T) {
			m := good
			c.spoil(&m)
			err := m.Tidy()
			if papers.CodeOf(err) != papers.CodeInvalid || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Tidy = %v, want a sentence with %q", err, c.says)
			}
		})
	}
}

func TestItemTidy(t *testing.T) {
	private := papers.Item{Title: "Contract with Smith Ltd", Lead: "Ann", Private: true, PublicTitle: "A contract", Exemption: "Commercial confidence"}
	if err := private.Tidy(); err != nil {
		t.Fatal(err)
	}
	if got := private.ForPublic(); got.Title != "A contract" || got.Lead != "" {
		t.Errorf("the public sees %+v of a private item", got)
	}
	for name, i := range map[string]papers.Item{
		"private without a safe title": {Title: "Secret", Private: true, Exemption: "x"},
		"private without a reason":     {Title: "Secret", Private: true, PublicTitle: "x"},
		"no title":                     {},
		"unknown purpose":              {Title: "x", Purpose: "fun"},
		"endless":                      {Title: "x", Minutes: 601},
		"negative":                     {Title: "x", Minutes: -1},
	} {
		if err := i.Tidy(); papers.CodeOf(err) != papers.CodeInvalid {
			t.Errorf("%s: Tidy = %v", name, err)
		}
	}
}
