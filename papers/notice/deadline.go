package notice

import (
	"time"

	"clearday/papers"
)

// AskUntil gives the moment to which a board's rule leads for a meeting: the last one to ask in writing.
// Days are counted as the profile counts working days. ok is false where the board has no such rule, or
// the bank holidays do not reach that far: then a person has to say.
func AskUntil(rule papers.Deadline, meeting time.Time, loc *time.Location, p Profile, h Holidays) (at time.Time, ok bool) {
	day := DateOf(meeting, loc)
	switch rule.Count {
	case papers.CalendarDays:
		day, ok = day.AddDays(-rule.Days), true
	case papers.WorkingDays:
		day, ok = p.workingDaysBefore(day, rule.Days, h)
	case papers.ClearWorkingDays:
		_, day, ok = Latest(day, Rule{Days: rule.Days, Mode: Working, Name: "Questions"}, p, h)
	case papers.OnWeekday:
		for day = day.AddDays(-1); day.Weekday() != rule.Weekday; {
			day = day.AddDays(-1)
		}
		day, ok = day.AddDays(-7*rule.Weeks), true
	}
	if ok && rule.Earlier {
		day, ok = p.notHoliday(day, h)
	}
	if !ok {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", day.String()+" "+rule.Clock, loc)
	return at, err == nil
}

// workingDaysBefore steps back so many working days.
func (p Profile) workingDaysBefore(d Date, n int, h Holidays) (Date, bool) {
	last := d
	for n > 0 {
		d = d.AddDays(-1)
		if !h.Covers(p.Division, d, last) {
			return Date{}, false
		}
		if kind, _ := p.kind(d, Working, h); kind == Counted {
			n--
		}
	}
	return d, true
}

// notHoliday gives the day, or the working day before it when it is a bank holiday.
func (p Profile) notHoliday(d Date, h Holidays) (Date, bool) {
	if !h.Covers(p.Division, d, d) {
		return Date{}, false
	}
	if kind, _ := p.kind(d, Working, h); kind != Holiday && kind != Extra {
		return d, true
	}
	return p.workingDaysBefore(d, 1, h)
}
