package notice

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

func TestProfiles(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Profiles() {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
		if seen[p.ID] || p.Name == "" || p.Regime == "" || p.CutOff == "" {
			t.Errorf("profile %q is there twice, or says too little of itself", p.ID)
		}
		seen[p.ID] = true
		for _, r := range append([]Rule{p.MeetingNotice, p.Agenda, p.Reports, p.Target}, p.Further...) {
			if r.Name == "" || r.Source == "" {
				t.Errorf("profile %q has a rule without name or source", p.ID)
			}
		}
		if p.Target.Days < p.Reports.Days {
			t.Errorf("profile %q: the board's own target of %d days is less than the %d needed", p.ID, p.Target.Days, p.Reports.Days)
		}
	}
	for id, days := range map[string]int{"": 3, "partnership": 3, "pbam-1960": 3, "lga-va": 5, "exec-2012": 5, "wales-ba": 3, "scot-iiia": 3, "parish": 3,
		"icb": 5, "ft": 3, "ca-2017": 5, "cjc": 3} {
		if p, ok := ProfileByID(id); !ok || p.Reports.Days != days {
			t.Errorf("ProfileByID(%q) = %d days, %v, want %d", id, p.Reports.Days, ok, days)
		}
	}
	if p, ok := ProfileByID("nothing"); ok {
		t.Errorf("ProfileByID(nothing) = %v", p.ID)
	}
}

// TestProfiles_regimes holds the numbers that the law gives each regime (N-1; the table of rules.md 1.1).
func TestProfiles_regimes(t *testing.T) {
	type clock struct {
		days    int
		mode    Mode
		posting Posting
	}
	want := map[string]struct{ notice, agenda clock }{
		"LGA-VA":    {clock{5, Working, AtOffices}, clock{5, Working, AtOffices}}, // s100A(6), s100B (N-4)
		"EXEC-2012": {clock{5, Working, AtBoth}, clock{5, Working, AtBoth}},       // regs 6 and 7 (N-13)
		"CA-2017":   {clock{5, Working, AtOffices}, clock{5, Working, AtOffices}},
		"WALES-BA":  {clock{3, Working, OnSite}, clock{3, Working, OnSite}}, // electronic (N-25)
		"CJC":       {clock{3, Working, OnSite}, clock{3, Working, OnSite}},
		"SCOT-IIIA": {clock{3, Working, AtOffices}, clock{3, Working, AtOffices}},
		"FT":        {clock{3, Working, OnSite}, clock{3, Working, OnSite}},
		"CUSTOM":    {clock{3, Working, OnSite}, clock{3, Working, OnSite}},
	}
	for _, p := range Profiles() {
		of := func(r Rule) clock { return clock{r.Days, r.Mode, r.Posting} }
		if p.Regime == "PBAM-1960" { // s1(4): three clear days at the offices; how they count differs (N-30, N-31)
			if r := p.MeetingNotice; r.Days != 3 || r.Posting != AtOffices || (r.Mode == NALC) != (p.ID == "parish") {
				t.Errorf("%s: notice of the meeting is %+v", p.ID, r)
			}
			continue
		}
		w, ok := want[p.Regime]
		if !ok || of(p.MeetingNotice) != w.notice || of(p.Agenda) != w.agenda || of(p.Reports) != w.agenda {
			t.Errorf("%s (%s): notice %+v, agenda %+v, reports %+v, want %+v", p.ID, p.Regime, of(p.MeetingNotice), of(p.Agenda), of(p.Reports), w)
		}
		delete(want, p.Regime)
	}
	if len(want) > 0 {
		t.Errorf("no profile is shipped for %v", want)
	}
}

// TestProfiles_further counts the longer notices of an executive: 28 days for a key decision and a private
// meeting (N-10, N-14), then five (N-11, N-15).
func TestProfiles_further(t *testing.T) {
	exec := profile(t, "exec-2012")
	var got []string
	for _, r := range exec.Further {
		latest, _, covered := Latest(Date{2026, 12, 16}, r, exec, Snapshot())
		if !covered || r.Posting != AtBoth {
			t.Errorf("%s: covered %v, posting %q", r.Name, covered, r.Posting)
		}
		got = append(got, latest.String())
	}
	if want := []string{"2026-11-17", "2026-12-08", "2026-11-17", "2026-12-08"}; !slices.Equal(got, want) {
		t.Errorf("latest days for a meeting on 16 December 2026: %v, want %v", got, want)
	}
}

// TestParseProfile reads what a board adapted back, and refuses what cannot be counted with.
func TestParseProfile(t *testing.T) {
	own := profile(t, "lga-va")
	own.Target = Rule{Days: 7, Mode: Calendar, Name: "A week", Source: "The board’s own"}
	own.CutOff, own.ExtraNonCounting = "16:30", []string{"12-24"} // as Kettering does
	data, err := json.Marshal(own)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseProfile(data)
	if err != nil || !reflect.DeepEqual(got, own) {
		t.Errorf("ParseProfile = %+v, %v, want %+v", got, err, own)
	}
	for name, change := range map[string]func(*Profile){
		"no day at all":             func(p *Profile) { p.Reports.Days = 0 },
		"more than a year":          func(p *Profile) { p.Agenda.Days = 366 },
		"an unknown mode":           func(p *Profile) { p.Agenda.Mode = "MOON" },
		"an unknown posting":        func(p *Profile) { p.Agenda.Posting = "tree" },
		"an unknown further rule":   func(p *Profile) { p.Further = []Rule{{Days: 28, Mode: "x"}} },
		"a target below the rule":   func(p *Profile) { p.Target = Rule{Days: 4, Mode: Working} },
		"a cut-off that is no hour": func(p *Profile) { p.CutOff = "5pm" },
		"a day that is none":        func(p *Profile) { p.ExtraNonCounting = []string{"13-01"} },
	} {
		bad := own
		change(&bad)
		if data, err = json.Marshal(bad); err != nil {
			t.Fatal(err)
		}
		if _, err := ParseProfile(data); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestProfiles_changed(t *testing.T) {
	Profiles()[0].ID = "changed"
	for _, p := range Profiles() {
		if len(p.ExtraNonCounting) > 0 {
			p.ExtraNonCounting[0] = "changed"
		}
	}
	for _, p := range Profiles() {
		if err := p.Check(); err != nil || p.ID == "changed" {
			t.Errorf("one caller's change reaches the next: %s, %v", p.ID, err)
		}
	}
}

func TestEaster(t *testing.T) {
	for _, want := range []Date{{1818, 3, 22}, {1943, 4, 25}, {2000, 4, 23}, {2019, 4, 21}, {2024, 3, 31}, {2027, 3, 28}, {2038, 4, 25}, {2049, 4, 18}} {
		if got := easter(want.Year); got != want {
			t.Errorf("easter(%d) = %s, want %s", want.Year, got, want)
		}
	}
}

func TestDate(t *testing.T) {
	d := date(t, "2026-11-21")
	if got := d.YearsBeginning(4).String(); got != "2030-11-20" {
		t.Errorf("four years beginning with %s end on %s, want 2030-11-20", d, got)
	}
	if got := d.YearsBeginning(6).String(); got != "2032-11-20" {
		t.Errorf("six years beginning with %s end on %s, want 2032-11-20", d, got)
	}
	if got := (Date{2024, 2, 29}).YearsBeginning(6).String(); got != "2030-02-28" {
		t.Errorf("six years beginning with 29 February 2024 end on %s, want 2030-02-28", got)
	}
	if got := (Date{2024, 2, 28}).AddDays(2); got != (Date{2024, 3, 1}) {
		t.Errorf("28 February 2024 and two days = %s", got)
	}
	if got := d.Long(); got != "Saturday 21 November 2026" {
		t.Errorf("Long = %q", got)
	}
	for _, bad := range []string{"", "2026-2-1", "2026-02-30", "21/11/2026", "2026-11-21T00:00:00Z"} {
		if got, err := ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) = %s, want an error", bad, got)
		}
	}
	text, err := json.Marshal(d)
	if err != nil || string(text) != `"2026-11-21"` {
		t.Errorf("as JSON: %s, %v", text, err)
	}
	var back Date
	if err := json.Unmarshal(text, &back); err != nil || back != d {
		t.Errorf("back from JSON: %s, %v", back, err)
	}
}
