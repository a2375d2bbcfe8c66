package papers_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearday/papers"
)

func TestPattern(t *testing.T) {
	for name, c := range map[string]struct {
		p    papers.Pattern
		want string
	}{
		"second Thursday of every other month": {papers.Pattern{Nth: 2, Weekday: time.Thursday, Every: 2, From: "2027-01-01", To: "2027-12-31"},
			"2027-01-14 2027-03-11 2027-05-13 2027-07-08 2027-09-09 2027-11-11"},
		"last Tuesday, not in August": {papers.Pattern{Nth: -1, Weekday: time.Tuesday, Every: 1, Skip: []time.Month{time.August}, From: "2027-06-01", To: "2027-09-30"},
			"2027-06-29 2027-07-27 2027-09-28"},
		"last day of the month is the day":      {papers.Pattern{Nth: -1, Weekday: time.Sunday, Every: 1, From: "2027-01-01", To: "2027-02-28"}, "2027-01-31 2027-02-28"},
		"the first day of the month is the day": {papers.Pattern{Nth: 1, Weekday: time.Friday, Every: 12, From: "2027-01-01", To: "2028-12-31"}, "2027-01-01 2028-01-07"},
		"from after the day of its month":       {papers.Pattern{Nth: 1, Weekday: time.Friday, Every: 1, From: "2027-01-02", To: "2027-02-28"}, "2027-02-05"},
		"a leap day":                            {papers.Pattern{Nth: -1, Weekday: time.Tuesday, Every: 1, From: "2028-02-01", To: "2028-02-29"}, "2028-02-29"},
	} {
		got, err := c.p.Dates()
		if err != nil || cmp.Diff(strings.Fields(c.want), got) != "" {
			t.Errorf("%s: %v, %v, want %s", name, got, err, c.want)
		}
	}
	for name, p := range map[string]papers.Pattern{
		"nowhere":        {Nth: 2, Weekday: time.Thursday, Every: 1, From: "2027-01-15", To: "2027-01-31"},
		"backwards":      {Nth: 2, Weekday: time.Thursday, Every: 1, From: "2027-02-01", To: "2027-01-01"},
		"no first day":   {Nth: 2, Weekday: time.Thursday, Every: 1, To: "2027-01-01"},
		"a fifth":        {Nth: 5, Weekday: time.Thursday, Every: 1, From: "2027-01-01", To: "2027-12-31"},
		"never":          {Nth: 2, Weekday: time.Thursday, Every: 0, From: "2027-01-01", To: "2027-12-31"},
		"a hundred year": {Nth: 2, Weekday: time.Thursday, Every: 1, From: "2027-01-01", To: "2127-12-31"},
	} {
		if _, err := p.Dates(); papers.CodeOf(err) != papers.CodeInvalid {
			t.Errorf("%s: %v, want a sentence that says what to mend", name, err)
		}
	}
}

// FuzzPattern holds what every plan must: days of the right kind, in order, within the span.
func FuzzPattern(f *testing.F) {
	f.Add(2, 4, 1, "2027-01-01", "2027-12-31", 8)
	f.Add(-1, 0, 12, "2024-02-29", "2028-02-29", 0)
	f.Fuzz(func(t *testing.T, nth, weekday, every int, from, to string, skip int) {
		p := papers.Pattern{Nth: nth, Weekday: time.Weekday(((weekday % 7) + 7) % 7), Every: every, From: from, To: to, Skip: []time.Month{time.Month(skip)}}
		days, err := p.Dates()
		if err != nil {
			return
		}
		last := ""
		for _, d := range days {
			day, err := time.Parse(time.DateOnly, d)
			if err != nil || day.Weekday() != p.Weekday || int(day.Month()) == skip || d <= last || d < from || d > to {
				t.Fatalf("%+v gives %s", p, d)
			}
			last = d
		}
	})
}
