// Package notice counts clear days: the days that lie between publication and a meeting and
// count under a named rule.
//
// It works on civil dates (N-28: neither the day of publication nor the day of the meeting
// counts) and never on the hours between two instants, which clock changes would bend. A
// [Profile] holds the rules of a kind of body as data, [Holidays] the bank holidays of the three
// divisions of the United Kingdom. [Count] says whether a publication was in time and gives the
// strip of days that shows why; [Latest] says by when it must be done. Where the holidays do not
// reach, nothing is guessed: the answer is that the span is not covered (N-32).
//
// The rule ids (N-28 to N-32) name the rules of law and practice that the code follows; each is
// quoted where it is used.
package notice

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a day of the calendar, without an hour or a zone. It is comparable and may be a map
// key; its zero value is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf gives the day that it is in loc at the instant t.
func DateOf(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return Date{y, m, d}
}

// ParseDate reads a date written 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("reading date %q: want the form 2006-01-02: %w", s, err)
	}
	return DateOf(t, time.UTC), nil
}

// String writes the date as 2006-01-02.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText writes the date as 2006-01-02, so that JSON holds it as a string.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	got, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = got
	return nil
}

// Long writes the date as people do: Thursday 8 April 2027.
func (d Date) Long() string { return d.utc().Format("Monday 2 January 2006") }

// IsZero reports that there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays gives the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC), time.UTC)
}

// YearsBeginning gives the last day of a period of n years beginning with d, as retention is
// counted (N-7, N-8): d itself is the first day of the period.
func (d Date) YearsBeginning(n int) Date {
	return DateOf(time.Date(d.Year+n, d.Month, d.Day-1, 0, 0, 0, 0, time.UTC), time.UTC)
}

// Compare is negative when d is before e, positive when it is after, and 0 for the same day.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before reports that d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// utc is midnight of the day in UTC, which has no clock changes: for calendar sums only.
func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
