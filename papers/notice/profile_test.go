package notice

import (
	"encoding/json"
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
		for _, r := range []Rule{p.MeetingNotice, p.Agenda, p.Reports, p.Target} {
			if r.Name == "" || r.Source == "" {
				t.Errorf("profile %q has a rule without name or source", p.ID)
			}
		}
		if p.Target.Days < p.Reports.Days {
			t.Errorf("profile %q: the board's own target of %d days is less than the %d needed", p.ID, p.Target.Days, p.Reports.Days)
		}
	}
	for id, days := range map[string]int{"": 3, "partnership": 3, "pbam-1960": 3, "lga-va": 5, "exec-2012": 5, "wales-ba": 3, "scot-iiia": 3, "parish": 3} {
		if p, ok := ProfileByID(id); !ok || p.Reports.Days != days {
			t.Errorf("ProfileByID(%q) = %d days, %v, want %d", id, p.Reports.Days, ok, days)
		}
	}
	if p, ok := ProfileByID("nothing"); ok {
		t.Errorf("ProfileByID(nothing) = %v", p.ID)
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
