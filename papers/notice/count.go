package notice

import (
	"fmt"
	"time"
)

// Kind says what a day is in the strip from publication to meeting.
type Kind string

// The kinds of day.
const (
	Published Kind = "published" // the day of publication: never counts (N-28)
	AfterHour Kind = "afterhour" // a day that would count, had the publication not come after the cut-off of the day before
	Counted   Kind = "counted"   // a clear day
	Weekend   Kind = "weekend"   // does not count in this mode
	Holiday   Kind = "holiday"   // a bank holiday
	Extra     Kind = "extra"     // a day that this body does not count
	OfMeeting Kind = "meeting"   // the day of the meeting: never counts (N-28)
)

// Day is one day of the strip.
type Day struct {
	Date Date   `json:"date"`
	Kind Kind   `json:"kind"`
	N    int    `json:"n"`              // of a counted day: which clear day it is, from 1; else 0
	Name string `json:"name,omitempty"` // of a bank holiday: its title
}

// Text says the day in words, for those who cannot see the strip: "Friday 2 April: clear day 1".
func (d Day) Text() string {
	words := map[Kind]string{
		Published: "published, not counted",
		AfterHour: "published too late the day before, not counted",
		Counted:   fmt.Sprintf("clear day %d", d.N),
		Weekend:   "weekend, not counted",
		Holiday:   d.Name + ", not counted",
		Extra:     "not a day that this board counts",
		OfMeeting: "the meeting, not counted",
	}
	return d.Date.utc().Format("Monday 2 January") + ": " + words[d.Kind]
}

// Result is the answer of one clock for one publication.
type Result struct {
	Rule      Rule `json:"rule"`
	Published Date `json:"published"` // the day it was published
	Given     Date `json:"given"`     // the day it counts as published: the next one after the cut-off
	Meeting   Date `json:"meeting"`

	// Covered is false when the bank holidays do not reach over the whole span. Then nothing else
	// is claimed: OnTime is false, Clear is 0 and there are no Days, and a page must not say "late".
	Covered bool  `json:"covered"`
	Clear   int   `json:"clear"`  // clear days given
	Needed  int   `json:"needed"` // clear days needed
	OnTime  bool  `json:"on_time"`
	Days    []Day `json:"days"` // the strip, Published to Meeting; empty when publication came after the day of the meeting

	Holidays string `json:"holidays"` // hash of the bank holidays it was counted with
}

// String says the result in one sentence without a full stop: "On time: 4 clear days, 3 needed".
func (r Result) String() string {
	if !r.Covered {
		return fmt.Sprintf("Not counted: our list of bank holidays does not cover %s to %s",
			r.Published.utc().Format("2 January 2006"), r.Meeting.utc().Format("2 January 2006"))
	}
	word, days := "Late", "days"
	if r.OnTime {
		word = "On time"
	}
	if r.Clear == 1 {
		days = "day"
	}
	return fmt.Sprintf("%s: %d clear %s, %d needed", word, r.Clear, days, r.Needed)
}

// Count gives the clear days between a publication and a meeting under one rule of a profile. Both
// instants are read as days and hours of loc, the place of the meeting. It is an error when the
// rule or the profile cannot be counted with, or an instant is zero.
func Count(published, meeting time.Time, loc *time.Location, rule Rule, p Profile, h Holidays) (Result, error) {
	if published.IsZero() || meeting.IsZero() {
		return Result{}, fmt.Errorf("counting clear days: the time of publication or of the meeting is missing")
	}
	if err := rule.check(); err != nil {
		return Result{}, fmt.Errorf("counting clear days: %w", err)
	}
	if err := p.checkDays(); err != nil {
		return Result{}, fmt.Errorf("counting clear days: %w", err)
	}
	r := Result{Rule: rule, Needed: rule.Days, Published: DateOf(published, loc), Meeting: DateOf(meeting, loc), Holidays: h.Hash()}
	r.Given = r.Published
	if p.afterCutOff(published.In(loc)) {
		r.Given = r.Published.AddDays(1)
	}
	r.Covered = rule.Mode == Calendar || h.Covers(p.Division, r.Published, r.Meeting)
	if r.Covered {
		r.fill(p, h)
	}
	return r, nil
}

// fill writes the strip and counts it.
func (r *Result) fill(p Profile, h Holidays) {
	for d := r.Published; !r.Meeting.Before(d); d = d.AddDays(1) {
		day := Day{Date: d}
		day.Kind, day.Name = p.kind(d, r.Rule.Mode, h)
		switch {
		case d == r.Meeting:
			day.Kind, day.Name = OfMeeting, ""
		case d == r.Published:
			day.Kind, day.Name = Published, ""
		case day.Kind == Counted && d == r.Given:
			day.Kind = AfterHour
		case day.Kind == Counted:
			r.Clear++
			day.N = r.Clear
		}
		r.Days = append(r.Days, day)
	}
	r.OnTime = r.Clear >= r.Needed
}

// Latest gives the last day on which a publication still meets the rule, and the deadline for
// staff: the same day, or the working day before it when it is none. When covered is false the
// holidays do not reach over the span, or the rule or profile is one that Count refuses; then both
// dates are zero. Publication must also come before the profile's cut-off on that day.
func Latest(meeting Date, rule Rule, p Profile, h Holidays) (latest, staffDeadline Date, covered bool) {
	if meeting.IsZero() || rule.check() != nil || p.checkDays() != nil {
		return Date{}, Date{}, false
	}
	d := meeting
	for n := 0; n < rule.Days; {
		d = d.AddDays(-1)
		if rule.Mode != Calendar && !h.Covers(p.Division, d, meeting) {
			return Date{}, Date{}, false
		}
		if kind, _ := p.kind(d, rule.Mode, h); kind == Counted {
			n++
		}
	}
	latest = d.AddDays(-1)
	for staffDeadline = latest; h.Covers(p.Division, staffDeadline, meeting); staffDeadline = staffDeadline.AddDays(-1) {
		if kind, _ := p.kind(staffDeadline, Working, h); kind == Counted {
			return latest, staffDeadline, true
		}
	}
	return Date{}, Date{}, false
}

// LastMoment gives the last moment at which a publication still meets the rule: the cut-off of the
// latest day, or its end. It is false where the bank holidays do not reach, as with [Latest].
func LastMoment(meeting time.Time, loc *time.Location, rule Rule, p Profile, h Holidays) (time.Time, bool) {
	day, _, covered := Latest(DateOf(meeting, loc), rule, p, h)
	if !covered {
		return time.Time{}, false
	}
	hour := p.CutOff
	if hour == "" {
		hour = "23:59"
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", day.String()+" "+hour, loc)
	return at, err == nil
}

// kind says whether a day between publication and meeting counts in a mode (N-29 to N-31), and
// if not, why; a bank holiday comes with its title.
func (p Profile) kind(d Date, mode Mode, h Holidays) (Kind, string) {
	if mode == Calendar {
		return Counted, ""
	}
	if wd := d.Weekday(); wd == time.Sunday || wd == time.Saturday && mode == Working {
		return Weekend, ""
	}
	if name, ok := h.Name(p.Division, d); ok {
		return Holiday, name
	}
	if p.extra(d) {
		return Extra, ""
	}
	return Counted, ""
}

// afterCutOff reports that a local time lies after the cut-off. The minute of the cut-off is still
// in time: what was scheduled for 17:00 is committed a moment later.
func (p Profile) afterCutOff(local time.Time) bool {
	return p.CutOff != "" && local.Format("15:04") > p.CutOff
}
