package notice_test

import (
	"testing"
	"time"

	"clearday/papers"
	"clearday/papers/notice"
)

// TestAskUntil are the examples of rules.md 2.1, Q-1 to and section 7.
func TestAskUntil(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := notice.ProfileByID("")
	for name, c := range map[string]struct {
		rule          papers.Deadline
		meeting, want string // local; want in UTC; empty: nothing is claimed
	}{
		"three clear working days":              {papers.Deadline{Count: papers.ClearWorkingDays, Days: 3, Clock: "12:00"}, "2026-10-15 09:30", "2026-10-09T11:00:00Z"},
		"seven clear working days":              {papers.Deadline{Count: papers.ClearWorkingDays, Days: 7, Clock: "12:00"}, "2026-10-15 09:30", "2026-10-05T11:00:00Z"},
		"ten clear working days":                {papers.Deadline{Count: papers.ClearWorkingDays, Days: 10, Clock: "12:00"}, "2026-10-15 09:30", "2026-09-30T11:00:00Z"},
		"three working days":                    {papers.Deadline{Count: papers.WorkingDays, Days: 3, Clock: "12:00"}, "2026-10-15 09:30", "2026-10-12T11:00:00Z"},
		"seven days, weekends counted":          {papers.Deadline{Count: papers.CalendarDays, Days: 7, Clock: "10:00"}, "2026-10-15 09:30", "2026-10-08T09:00:00Z"},
		"2pm on the Friday before a Wednesday":  {papers.Deadline{Count: papers.OnWeekday, Weekday: time.Friday, Clock: "14:00"}, "2026-10-14 10:00", "2026-10-09T13:00:00Z"},
		"noon on the Monday of the week before": {papers.Deadline{Count: papers.OnWeekday, Weekday: time.Monday, Weeks: 1, Clock: "12:00"}, "2026-10-15 19:00", "2026-10-05T11:00:00Z"},
		"a Monday that is a bank holiday":       {papers.Deadline{Count: papers.OnWeekday, Weekday: time.Monday, Clock: "13:00", Earlier: true}, "2026-09-03 10:00", "2026-08-28T12:00:00Z"},
		"the same, without the rule":            {papers.Deadline{Count: papers.OnWeekday, Weekday: time.Monday, Clock: "13:00"}, "2026-09-03 10:00", "2026-08-31T12:00:00Z"},
		"over Easter":                           {papers.Deadline{Count: papers.ClearWorkingDays, Days: 3, Clock: "12:00"}, "2026-04-08 09:30", "2026-03-31T11:00:00Z"},
		"before the clocks go back":             {papers.Deadline{Count: papers.CalendarDays, Days: 6, Clock: "12:00"}, "2026-10-29 09:30", "2026-10-23T11:00:00Z"},
		"after the clocks went back":            {papers.Deadline{Count: papers.CalendarDays, Days: 3, Clock: "12:00"}, "2026-10-29 09:30", "2026-10-26T12:00:00Z"},
		"noon on the day":                       {papers.Deadline{Count: papers.CalendarDays, Clock: "12:00"}, "2026-10-15 18:00", "2026-10-15T11:00:00Z"},
		"no rule":                               {papers.Deadline{}, "2026-10-15 09:30", ""},
		"beyond the bank holidays that we know": {papers.Deadline{Count: papers.ClearWorkingDays, Days: 3, Clock: "12:00"}, "2031-10-15 09:30", ""},
	} {
		meeting, err := time.ParseInLocation("2006-01-02 15:04", c.meeting, london)
		if err != nil {
			t.Fatal(err)
		}
		at, ok := notice.AskUntil(c.rule, meeting, london, p, notice.Snapshot())
		got := ""
		if ok {
			got = at.UTC().Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
