package papers

import (
	"slices"
	"time"
)

// Pattern is how a board's year of meetings is said: "the second Thursday of every other month".
type Pattern struct {
	Nth     int          // 1 to 4 from the beginning of the month, -1 the last
	Weekday time.Weekday // of each meeting
	Every   int          // months from one meeting to the next, counted from the month of From
	Skip    []time.Month // without a meeting
	From    string       // first day that may have one, 2006-01-02
	To      string       // last day that may have one
}

// mostPlanned is the most meetings that are made in one go.
const mostPlanned = 60

// Dates gives the days of the pattern, 2006-01-02, in order. It is an Error of CodeInvalid when the
// pattern leads nowhere.
func (p Pattern) Dates() ([]string, error) {
	from, err := time.Parse(time.DateOnly, p.From)
	if err != nil {
		return nil, Errorf(CodeInvalid, "Give the first day as 2026-04-01.")
	}
	to, err := time.Parse(time.DateOnly, p.To)
	if err != nil {
		return nil, Errorf(CodeInvalid, "Give the last day as 2027-03-31.")
	}
	switch {
	case to.Before(from):
		return nil, Errorf(CodeInvalid, "The last day comes before the first day.")
	case to.After(from.AddDate(5, 0, 0)):
		return nil, Errorf(CodeInvalid, "Plan at most five years in one go. Check the last day.")
	case p.Nth != -1 && (p.Nth < 1 || p.Nth > 4):
		return nil, Errorf(CodeInvalid, "Choose the first, second, third, fourth or last such day of the month.")
	case p.Every < 1 || p.Every > 12:
		return nil, Errorf(CodeInvalid, "The board meets every 1 to 12 months.")
	}
	var days []string
	for month := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC); !month.After(to); month = month.AddDate(0, p.Every, 0) {
		day := p.in(month)
		if day.Before(from) || day.After(to) || slices.Contains(p.Skip, month.Month()) {
			continue
		}
		days = append(days, day.Format(time.DateOnly))
	}
	if len(days) == 0 {
		return nil, Errorf(CodeInvalid, "No day fits this pattern. Check the first and the last day, and the months that you leave out.")
	}
	if len(days) > mostPlanned {
		return nil, Errorf(CodeInvalid, "That would be %d meetings. Plan at most %d in one go.", len(days), mostPlanned)
	}
	return days, nil
}

// in gives the day of the pattern in the month that begins on a day.
func (p Pattern) in(month time.Time) time.Time {
	if p.Nth == -1 {
		last := month.AddDate(0, 1, -1)
		return last.AddDate(0, 0, -int(last.Weekday()-p.Weekday+7)%7)
	}
	return month.AddDate(0, 0, int(p.Weekday-month.Weekday()+7)%7+7*(p.Nth-1))
}
