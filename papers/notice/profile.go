package notice

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"
)

// Mode says which days count (N-31).
type Mode string

// The modes of counting.
const (
	Working  Mode = "WORKING"  // Monday to Friday, less bank holidays and the profile's own days (N-29)
	NALC     Mode = "NALC"     // Monday to Saturday, less bank holidays and the profile's own days (N-30)
	Calendar Mode = "CALENDAR" // every day
)

// Rule is one clock: how many clear days, counted how, and where that comes from.
type Rule struct {
	Days   int    `json:"days"`   // clear days needed, 1 to 365
	Mode   Mode   `json:"mode"`   // which days count
	Name   string `json:"name"`   // what the clock is for, as pages say it: "Notice of the meeting"
	Source string `json:"source"` // the law or the decision it rests on, as pages say it
	// Posting says whether the rule asks for a notice at the offices of the body.
	Posting Posting `json:"posting,omitempty"`
}

// Posting says what part a notice at the offices has in a rule.
type Posting string

// The parts that a notice at the offices has.
const (
	OnSite    Posting = ""        // none: publication on the website counts
	AtOffices Posting = "offices" // the rule is of the offices, the website is the body's practice (N-4, the 1960 Act)
	AtBoth    Posting = "both"    // the rule asks for both (N-10, N-13)
)

// check reports what makes the rule impossible to count.
func (r Rule) check() error {
	if r.Days < 1 || r.Days > 365 {
		return fmt.Errorf("rule %q needs %d clear days: want 1 to 365", r.Name, r.Days)
	}
	if r.Mode != Working && r.Mode != NALC && r.Mode != Calendar {
		return fmt.Errorf("rule %q counts in unknown mode %q", r.Name, r.Mode)
	}
	if r.Posting != OnSite && r.Posting != AtOffices && r.Posting != AtBoth {
		return fmt.Errorf("rule %q asks for an unknown posting %q", r.Name, r.Posting)
	}
	return nil
}

// Profile is the set of clocks of a kind of body, as data: bodies differ and the law moves.
type Profile struct {
	ID       string `json:"id"`       // what a board stores: "partnership"
	Name     string `json:"name"`     // the kind of body, as pages say it
	Regime   string `json:"regime"`   // the law it works under (N-1): "PBAM-1960", "CUSTOM"
	Division string `json:"division"` // whose bank holidays: one of Divisions
	// Voluntary: no law fixes the notice of such a body, so that a board may also promise less.
	Voluntary bool `json:"voluntary,omitempty"`

	MeetingNotice Rule `json:"meeting_notice"`
	Agenda        Rule `json:"agenda"`
	Reports       Rule `json:"reports"`
	Target        Rule `json:"target"` // the board's own, at least as early as the law
	// Further are clocks that only some business has, such as the 28 days of a key decision (N-10, N-14).
	Further []Rule `json:"further,omitempty"`

	// CutOff is the local time, 15:04, after which a publication counts as made the next day.
	// Empty: there is none.
	CutOff string `json:"cut_off"`
	// ExtraNonCounting are days that this body does not count although they are no bank holidays:
	// month and day, "12-24", or "easter-saturday". They do not touch the mode CALENDAR.
	ExtraNonCounting []string `json:"extra_non_counting,omitempty"`
}

// easterSaturday stands for the day between Good Friday and Easter Sunday, which has no fixed date.
const easterSaturday = "easter-saturday"

var (
	monthDay   = regexp.MustCompile(`^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)
	hourMinute = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
)

// Check reports the first thing in the profile that cannot be counted with. [Count] and [Latest]
// check what they are given, so it is for whoever stores a profile.
func (p Profile) Check() error {
	if err := p.checkDays(); err != nil {
		return fmt.Errorf("checking notice profile %q: %w", p.ID, err)
	}
	for _, r := range append([]Rule{p.MeetingNotice, p.Agenda, p.Reports, p.Target}, p.Further...) {
		if err := r.check(); err != nil {
			return fmt.Errorf("checking notice profile %q: %w", p.ID, err)
		}
	}
	if p.Target.Mode == p.Reports.Mode && p.Target.Days < p.Reports.Days {
		return fmt.Errorf("checking notice profile %q: the own target of %d days is less than the %d that reports need", p.ID, p.Target.Days, p.Reports.Days)
	}
	return nil
}

// checkDays checks all but the rules, which need not all be set to count by one of them.
func (p Profile) checkDays() error {
	if !slices.Contains(Divisions(), p.Division) {
		return fmt.Errorf("unknown division %q", p.Division)
	}
	if p.CutOff != "" {
		if !hourMinute.MatchString(p.CutOff) {
			return fmt.Errorf("cut-off time %q: want the form 17:00", p.CutOff)
		}
	}
	for _, x := range p.ExtraNonCounting {
		if x != easterSaturday && !monthDay.MatchString(x) {
			return fmt.Errorf("extra day %q: want month and day like 12-24, or %s", x, easterSaturday)
		}
	}
	return nil
}

// extra reports that d is one of the profile's own days that do not count.
func (p Profile) extra(d Date) bool {
	for _, x := range p.ExtraNonCounting {
		if x == easterSaturday && d == easter(d.Year).AddDays(-1) || x == d.String()[len(d.String())-5:] {
			return true
		}
	}
	return false
}

// easter gives Easter Sunday of a year of the Gregorian calendar (the anonymous computus).
func easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Date{year, time.Month(n / 31), n%31 + 1}
}

//go:embed profiles.json
var profilesJSON []byte

var shipped = sync.OnceValue(func() []Profile {
	var ps []Profile
	if err := json.Unmarshal(profilesJSON, &ps); err != nil {
		panic("notice: reading the profiles built into the program: " + err.Error())
	}
	return ps
})

// DefaultProfile is the id of the profile of a board that has chosen none.
const DefaultProfile = "partnership"

// Profiles gives the profiles that the program ships, the default one first.
func Profiles() []Profile {
	ps := slices.Clone(shipped())
	for i := range ps {
		ps[i].ExtraNonCounting, ps[i].Further = slices.Clone(ps[i].ExtraNonCounting), slices.Clone(ps[i].Further)
	}
	return ps
}

// ProfileByID gives the shipped profile of that id; an empty id is the default one. It is false
// for an unknown id.
func ProfileByID(id string) (Profile, bool) {
	if id == "" {
		id = DefaultProfile
	}
	for _, p := range Profiles() {
		if p.ID == id {
			return p, true
		}
	}
	return Profile{}, false
}

// ParseProfile reads what a board adapted, as [encoding/json] writes a Profile, and checks it.
func ParseProfile(data []byte) (Profile, error) {
	var p Profile
	if err := json.Unmarshal(data, &p); err != nil {
		return Profile{}, fmt.Errorf("reading a notice profile: %w", err)
	}
	return p, p.Check()
}
