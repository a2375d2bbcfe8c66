package notice

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata"
)

var london = func() *time.Location {
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return loc
}()

func date(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// at gives the instant of a wall time in London.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", s, london)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// noon gives noon of a day in London, well before any cut-off.
func noon(d Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, london) }

func profile(t *testing.T, id string) Profile {
	t.Helper()
	p, ok := ProfileByID(id)
	if !ok {
		t.Fatalf("ProfileByID(%q): unknown", id)
	}
	return p
}

func count(t *testing.T, published, meeting time.Time, r Rule, p Profile) Result {
	t.Helper()
	got, err := Count(published, meeting, london, r, p, Snapshot())
	if err != nil {
		t.Fatalf("Count: %v", err)
	}
	return got
}

// TestLatest holds the worked examples of clear days that the rules of practice give (N-28 to N-31).
func TestLatest(t *testing.T) {
	tests := []struct {
		name, meeting string
		days          int
		mode          Mode
		division      string
		extra         []string
		latest, staff string
	}{
		{"no holiday", "2026-10-15", 5, Working, EnglandAndWales, nil, "2026-10-07", "2026-10-07"},
		{"day after Easter Monday", "2026-04-07", 5, Working, EnglandAndWales, nil, "2026-03-26", "2026-03-26"},
		{"early May", "2026-05-06", 5, Working, EnglandAndWales, nil, "2026-04-27", "2026-04-27"},
		{"Christmas and New Year", "2027-01-05", 5, Working, EnglandAndWales, nil, "2026-12-23", "2026-12-23"},
		{"Christmas Eve does not count here", "2027-01-05", 5, Working, EnglandAndWales, []string{"12-24"}, "2026-12-22", "2026-12-22"},
		{"England has no St Andrew's Day", "2026-12-01", 3, Working, EnglandAndWales, nil, "2026-11-25", "2026-11-25"},
		{"St Andrew's Day", "2026-12-01", 3, Working, Scotland, nil, "2026-11-24", "2026-11-24"},
		{"Saturdays count", "2026-10-06", 3, NALC, EnglandAndWales, nil, "2026-10-01", "2026-10-01"},
		{"Saturdays do not count", "2026-10-06", 3, Working, EnglandAndWales, nil, "2026-09-30", "2026-09-30"},
		{"28 calendar days", "2026-12-16", 28, Calendar, EnglandAndWales, nil, "2026-11-17", "2026-11-17"},
		{"28 working days", "2026-12-16", 28, Working, EnglandAndWales, nil, "2026-11-05", "2026-11-05"},
		{"formally a Sunday", "2026-10-15", 3, Working, EnglandAndWales, nil, "2026-10-11", "2026-10-09"},
		{"Easter Monday counts in Scotland", "2026-04-08", 3, Working, Scotland, nil, "2026-04-01", "2026-04-01"},
		{"Twelfth in Northern Ireland", "2027-07-14", 3, Working, NorthernIreland, nil, "2027-07-07", "2027-07-07"},
		{"proclaimed for Scotland only", "2026-06-17", 3, Working, Scotland, nil, "2026-06-10", "2026-06-10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Profile{Division: tt.division, ExtraNonCounting: tt.extra}
			latest, staff, covered := Latest(date(t, tt.meeting), Rule{Days: tt.days, Mode: tt.mode}, p, Snapshot())
			if !covered || latest != date(t, tt.latest) || staff != date(t, tt.staff) {
				t.Errorf("Latest(%s, %d %s) = %s, %s, %v, want %s, %s, true", tt.meeting, tt.days, tt.mode, latest, staff, covered, tt.latest, tt.staff)
			}
		})
	}
}

func TestLatest_notCovered(t *testing.T) {
	p := profile(t, DefaultProfile)
	for _, meeting := range []string{"2028-01-05", "2019-01-03", "2035-06-01", "2018-06-01"} {
		latest, staff, covered := Latest(date(t, meeting), p.Reports, p, Snapshot())
		if covered || !latest.IsZero() || !staff.IsZero() {
			t.Errorf("Latest(%s) = %s, %s, %v, want no answer", meeting, latest, staff, covered)
		}
	}
	if _, _, covered := Latest(date(t, "2026-10-15"), Rule{Days: 3, Mode: "MOON"}, p, Snapshot()); covered {
		t.Error("Latest with an unknown mode gives an answer")
	}
}

// TestLatest_isTheLastValidDay checks on every profile, clock and day that can be covered that
// publishing on the latest day is in time and publishing a day later is not.
func TestLatest_isTheLastValidDay(t *testing.T) {
	r := rand.New(rand.NewPCG(1820, 1993))
	for range 1000 {
		ps := Profiles()
		p := ps[r.IntN(len(ps))]
		p.Division = Divisions()[r.IntN(3)]
		if r.IntN(2) == 0 {
			p.ExtraNonCounting = append(p.ExtraNonCounting, "12-24")
		}
		rule := Rule{Days: 1 + r.IntN(30), Mode: []Mode{Working, NALC, Calendar}[r.IntN(3)]}
		meeting := Date{2019, 3, 1}.AddDays(r.IntN(8*365 + 300))
		latest, staff, covered := Latest(meeting, rule, p, Snapshot())
		if !covered {
			t.Fatalf("Latest(%s, %+v): not covered", meeting, rule)
		}
		name := fmt.Sprintf("%s: %d %s for %s", p.Division, rule.Days, rule.Mode, meeting)
		if got := count(t, noon(latest), noon(meeting), rule, p); !got.OnTime {
			t.Errorf("%s: published on %s: %s", name, latest, got)
		}
		if got := count(t, noon(latest.AddDays(1)), noon(meeting), rule, p); got.OnTime || got.Clear != rule.Days-1 {
			t.Errorf("%s: published a day after %s: %s", name, latest, got)
		}
		if got := count(t, noon(staff), noon(meeting), rule, p); !got.OnTime || latest.Before(staff) {
			t.Errorf("%s: staff deadline %s: %s", name, staff, got)
		}
		if wd := staff.Weekday(); wd == time.Saturday || wd == time.Sunday {
			t.Errorf("%s: staff deadline %s is a %s", name, staff, wd)
		}
		if _, holiday := Snapshot().Name(p.Division, staff); holiday {
			t.Errorf("%s: staff deadline %s is a bank holiday", name, staff)
		}
	}
}

func TestCount(t *testing.T) {
	tests := []struct {
		name, published, meeting, profile string
		want                              string
	}{
		{"Easter week", "2021-04-01 09:00", "2021-04-08 09:30", "partnership", "Late: 2 clear days, 3 needed"},
		{"the same week without Easter", "2027-04-01 09:00", "2027-04-08 09:30", "partnership", "On time: 4 clear days, 3 needed"},
		{"Friday to Wednesday", "2026-10-09 09:00", "2026-10-14 09:30", "partnership", "Late: 2 clear days, 3 needed"},
		{"one day", "2026-10-12 09:00", "2026-10-14 09:30", "partnership", "Late: 1 clear day, 3 needed"},
		{"the day before", "2026-10-13 09:00", "2026-10-14 09:30", "partnership", "Late: 0 clear days, 3 needed"},
		{"the same day", "2026-10-14 08:00", "2026-10-14 09:30", "partnership", "Late: 0 clear days, 3 needed"},
		{"after the meeting", "2026-10-19 08:00", "2026-10-14 09:30", "partnership", "Late: 0 clear days, 3 needed"},
		{"council needs five", "2026-10-07 09:00", "2026-10-15 18:00", "lga-va", "On time: 5 clear days, 5 needed"},
		{"council a day later", "2026-10-08 09:00", "2026-10-15 18:00", "lga-va", "Late: 4 clear days, 5 needed"},
		{"Scotland works on Easter Monday", "2026-04-01 09:00", "2026-04-08 10:00", "scot-iiia", "On time: 3 clear days, 3 needed"},
		{"parish counts Saturday", "2026-10-01 09:00", "2026-10-06 19:00", "parish", "On time: 3 clear days, 3 needed"},
		{"parish does not count Easter Saturday", "2026-04-01 09:00", "2026-04-08 19:00", "parish", "Late: 2 clear days, 3 needed"},
		{"parish does not count Christmas Day on a Saturday", "2021-12-23 09:00", "2021-12-30 19:00", "parish", "Late: 2 clear days, 3 needed"},
		{"at the cut-off", "2026-10-07 17:00", "2026-10-15 18:00", "lga-va", "On time: 5 clear days, 5 needed"},
		{"past the cut-off", "2026-10-07 17:01", "2026-10-15 18:00", "lga-va", "Late: 4 clear days, 5 needed"},
		{"past the cut-off on a Friday costs nothing", "2026-10-09 23:00", "2026-10-15 18:00", "partnership", "On time: 3 clear days, 3 needed"},
		{"beyond the holidays we know", "2027-12-20 09:00", "2028-01-05 09:30", "partnership", "Not counted: our list of bank holidays does not cover 20 December 2027 to 5 January 2028"},
		{"before the holidays we know", "2016-05-04 09:00", "2016-05-11 09:30", "partnership", "Not counted: our list of bank holidays does not cover 4 May 2016 to 11 May 2016"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := profile(t, tt.profile)
			got := count(t, at(t, tt.published), at(t, tt.meeting), p.Reports, p)
			if got.String() != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if !got.Covered && (got.OnTime || got.Clear != 0 || got.Days != nil) {
				t.Errorf("not covered, and yet it claims %+v", got)
			}
			if got.Holidays != Snapshot().Hash() || len(got.Holidays) != 64 {
				t.Errorf("hash of the holidays = %q", got.Holidays)
			}
		})
	}
}

// TestLastMoment is the moment that the desk counts down to: the cut-off of the last day, in the zone of
// the meeting, whatever the clocks did between.
func TestLastMoment(t *testing.T) {
	p := profile(t, "lga-va")
	for _, tt := range []struct{ meeting, cutOff, want string }{
		{"2026-10-15 18:00", "17:00", "2026-10-07T17:00:00+01:00"},
		{"2026-10-15 18:00", "", "2026-10-07T23:59:00+01:00"},
		{"2026-10-30 10:00", "17:00", "2026-10-22T17:00:00+01:00"}, // summer time ended between
		{"2026-04-07 09:30", "12:00", "2026-03-26T12:00:00Z"},      // and began
	} {
		p.CutOff = tt.cutOff
		got, ok := LastMoment(at(t, tt.meeting), london, p.Reports, p, Snapshot())
		if !ok || got.Format(time.RFC3339) != tt.want {
			t.Errorf("LastMoment(%s, cut-off %q) = %s, %v, want %s", tt.meeting, tt.cutOff, got.Format(time.RFC3339), ok, tt.want)
		}
		if r := count(t, got, at(t, tt.meeting), p.Reports, p); !r.OnTime {
			t.Errorf("published at the last moment for %s: %s", tt.meeting, r)
		}
		if r := count(t, got.Add(time.Minute), at(t, tt.meeting), p.Reports, p); r.OnTime {
			t.Errorf("published a minute after the last moment for %s: %s", tt.meeting, r)
		}
	}
	if got, ok := LastMoment(at(t, "2028-01-05 09:30"), london, p.Reports, p, Snapshot()); ok || !got.IsZero() {
		t.Errorf("beyond the holidays we know: %s, %v", got, ok)
	}
}

// TestCount_places counts where the meeting is: the same instant is another day elsewhere.
func TestCount_places(t *testing.T) {
	auckland, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	p := profile(t, DefaultProfile)
	published, meeting := at(t, "2026-06-02 16:00"), at(t, "2026-06-08 01:00")
	here := count(t, published, meeting, p.Reports, p)
	there, err := Count(published, meeting, auckland, p.Reports, p, Snapshot())
	if err != nil || here.Published.String() != "2026-06-02" || here.Clear != 3 || there.Published.String() != "2026-06-03" || there.Clear != 2 {
		t.Errorf("in London %v on %s, in Auckland %v on %s, %v", here, here.Published, there, there.Published, err)
	}
}

// TestCount_calendar counts every day, for which no list of holidays is needed.
func TestCount_calendar(t *testing.T) {
	p := profile(t, DefaultProfile)
	rule := Rule{Days: 28, Mode: Calendar}
	for published, want := range map[string]string{
		"2034-12-05 09:00": "On time: 28 clear days, 28 needed",
		"2034-12-06 09:00": "Late: 27 clear days, 28 needed",
	} {
		if got := count(t, at(t, published), at(t, "2035-01-03 09:30"), rule, p); got.String() != want {
			t.Errorf("published %s: %s, want %s", published, got, want)
		}
	}
}

// TestCount_strip checks the days as residents see them.
func TestCount_strip(t *testing.T) {
	tests := []struct {
		name, published, meeting, profile string
		extra                             []string
		want                              []string
	}{
		{"Easter", "2021-04-01 09:00", "2021-04-08 09:30", "partnership", nil, []string{
			"Thursday 1 April: published, not counted",
			"Friday 2 April: Good Friday, not counted",
			"Saturday 3 April: weekend, not counted",
			"Sunday 4 April: weekend, not counted",
			"Monday 5 April: Easter Monday, not counted",
			"Tuesday 6 April: clear day 1",
			"Wednesday 7 April: clear day 2",
			"Thursday 8 April: the meeting, not counted",
		}},
		{"after hours, with a day of its own", "2026-12-22 18:00", "2026-12-30 09:30", "partnership", []string{"12-24"}, []string{
			"Tuesday 22 December: published, not counted",
			"Wednesday 23 December: published too late the day before, not counted",
			"Thursday 24 December: not a day that this board counts",
			"Friday 25 December: Christmas Day, not counted",
			"Saturday 26 December: weekend, not counted",
			"Sunday 27 December: weekend, not counted",
			"Monday 28 December: Boxing Day, not counted",
			"Tuesday 29 December: clear day 1",
			"Wednesday 30 December: the meeting, not counted",
		}},
		{"the same day", "2026-10-14 08:00", "2026-10-14 09:30", "partnership", nil, []string{
			"Wednesday 14 October: the meeting, not counted",
		}},
		{"after the meeting", "2026-10-15 08:00", "2026-10-14 09:30", "partnership", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := profile(t, tt.profile)
			p.ExtraNonCounting = tt.extra
			var got []string
			for _, d := range count(t, at(t, tt.published), at(t, tt.meeting), p.Reports, p).Days {
				got = append(got, d.Text())
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestCount_clockChange publishes around the nights on which the clocks change.
func TestCount_clockChange(t *testing.T) {
	p := profile(t, DefaultProfile)
	rule := Rule{Days: 3, Mode: Calendar}
	tests := []struct {
		name, publishedUTC, meetingUTC string
		given                          string
		clear                          int
	}{
		{"a short week-end in March", "2026-03-27T12:00:00Z", "2026-03-31T08:30:00Z", "2026-03-27", 3},
		{"a long week-end in October", "2026-10-23T11:00:00Z", "2026-10-27T09:30:00Z", "2026-10-23", 3},
		{"half past midnight in summer is the day before in UTC", "2026-07-05T23:30:00Z", "2026-07-10T08:30:00Z", "2026-07-06", 3},
		{"the first half past one of October", "2026-10-25T00:30:00Z", "2026-10-29T09:30:00Z", "2026-10-25", 3},
		{"the second half past one of October", "2026-10-25T01:30:00Z", "2026-10-29T09:30:00Z", "2026-10-25", 3},
		{"five o'clock in summer time", "2026-10-23T16:00:00Z", "2026-10-27T09:30:00Z", "2026-10-23", 3},
		{"six o'clock in summer time", "2026-10-23T17:00:00Z", "2026-10-27T09:30:00Z", "2026-10-24", 2},
		{"five o'clock in winter time", "2026-10-26T17:00:00Z", "2026-10-30T09:30:00Z", "2026-10-26", 3},
		{"a moment after the scheduled cut-off", "2026-10-26T17:00:02Z", "2026-10-30T09:30:00Z", "2026-10-26", 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			published, err := time.Parse(time.RFC3339, tt.publishedUTC)
			if err != nil {
				t.Fatal(err)
			}
			meeting, err := time.Parse(time.RFC3339, tt.meetingUTC)
			if err != nil {
				t.Fatal(err)
			}
			got := count(t, published, meeting, rule, p)
			if got.Given != date(t, tt.given) || got.Clear != tt.clear {
				t.Errorf("given on %s with %d clear days, want %s with %d", got.Given, got.Clear, tt.given, tt.clear)
			}
		})
	}
}

func TestCount_refuses(t *testing.T) {
	good := profile(t, DefaultProfile)
	when := noon(Date{2026, 10, 14})
	tests := map[string]struct {
		published time.Time
		rule      Rule
		change    func(*Profile)
	}{
		"no time of publication": {time.Time{}, good.Reports, func(*Profile) {}},
		"no days":                {when, Rule{Mode: Working}, func(*Profile) {}},
		"unknown mode":           {when, Rule{Days: 3, Mode: "working"}, func(*Profile) {}},
		"unknown division":       {when, good.Reports, func(p *Profile) { p.Division = "wales" }},
		"bad cut-off":            {when, good.Reports, func(p *Profile) { p.CutOff = "9:00" }},
		"bad extra day":          {when, good.Reports, func(p *Profile) { p.ExtraNonCounting = []string{"24 December"} }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := good
			tt.change(&p)
			if got, err := Count(tt.published, when, london, tt.rule, p, Snapshot()); err == nil {
				t.Errorf("Count = %v, want an error", got)
			}
		})
	}
}
