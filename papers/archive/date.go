package archive

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Date is a civil date as a document says it: a day, or only its month (Day is 0), or a day whose year is not said (Year is 0).
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Whole tells that day, month and year are known.
func (d Date) Whole() bool { return d.Year > 0 && d.Day > 0 }

// IsZero tells that nothing is known.
func (d Date) IsZero() bool { return d == Date{} }

// String writes the date as 2006-01-02, or 2006-01 where the day is not known.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.Day == 0:
		return d.time().Format("2006-01")
	}
	return d.time().Format(time.DateOnly)
}

// First is the date, or the first day of its month.
func (d Date) First() string {
	return Date{d.Year, d.Month, max(d.Day, 1)}.time().Format(time.DateOnly)
}

func (d Date) time() time.Time {
	return time.Date(d.Year, d.Month, max(d.Day, 1), 0, 0, 0, 0, time.UTC)
}

// fits tells that what is known of two dates does not differ: 12 March (no year) fits 12 March 2013, and so does March 2013.
func (d Date) fits(whole Date) bool {
	return d.Month == whole.Month && (d.Day == 0 || d.Day == whole.Day) && (d.Year == 0 || d.Year == whole.Year)
}

// found is a date in a line.
type found struct {
	Date
	weekday int // as said in front of it, Sunday is 0; -1 when none is said
	from    int // where in the line it stands
	to      int
	twofold bool // digits that can be read in two ways
	digits  bool // digits without anything between them
}

const (
	months   = `jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?`
	weekdays = `(?:(sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?,?[\s-]+)?`
	gap      = `[\s,.\-–]*`
)

// pattern is one way to write a date, and how its groups are to be read.
type pattern struct {
	re   *regexp.Regexp
	read func(g []string) []Date
}

// patterns in the order in which they claim their part of a line.
var patterns = []pattern{
	{regexp.MustCompile(`(?i)` + weekdays + `\b(\d{1,2})(?:st|nd|rd|th)?` + gap + `(?:of\s+)?(` + months + `)\b` + gap + `'?((?:19|20)\d\d|\d\d)?(?:\D|$)`), readDayMonth},
	{regexp.MustCompile(`(?i)` + weekdays + `\b(` + months + `)` + gap + `(\d{1,2})(?:st|nd|rd|th)?[\s,\-]+((?:19|20)\d\d)(?:\D|$)`), func(g []string) []Date { return day(g[2], monthNamed(g[0]), g[1]) }},
	{regexp.MustCompile(`()(?:^|\D)((?:19|20)\d\d)[-._/ ](\d{1,2})[-._/ ](\d{1,2})(?:\D|$)`), func(g []string) []Date { return day(g[0], monthNumbered(g[1]), g[2]) }},
	{regexp.MustCompile(`()(?:^|[^\d.])(\d{1,2})([-._/ ])(\d{1,2})([-._/ ])((?:19|20)\d\d|\d\d)(?:[^\d.:]|\.\D|\.?$)`), readNumbers},
	{regexp.MustCompile(`()(?:^|\D)(\d{8}|\d{6})(?:\D|$)`), func(g []string) []Date { return readDigits(g[0]) }},
	{regexp.MustCompile(`(?i)()\b(` + months + `)\b` + gap + `'?((?:19|20)\d\d|\d\d)(?:\D|$)`), readMonth},
}

// dates finds the dates in a line, in order. Of digits that can be read in two ways it gives both.
func dates(line string) []found {
	var list []found
	for _, p := range patterns {
		for at := 0; at < len(line); {
			m := p.re.FindStringSubmatchIndex(line[at:])
			if m == nil {
				break
			}
			from, to := at+m[0], at+m[1]
			g, before := groups(line[at:], m), list
			for _, d := range p.read(g[1:]) {
				if !overlaps(before, from, to) {
					list = append(list, found{Date: d, weekday: weekdayNamed(g[0]), from: from, to: to, digits: len(g) == 2})
				}
			}
			at = max(to-1, from+1) // what ends one may begin the next
		}
	}
	for i, a := range list {
		for _, b := range list {
			list[i].twofold = list[i].twofold || a.from == b.from && a.Date != b.Date
		}
	}
	return list
}

// groups are the texts of the groups of a match, from the first.
func groups(line string, m []int) []string {
	list := make([]string, 0, len(m)/2-1)
	for i := 2; i < len(m); i += 2 {
		s := ""
		if m[i] >= 0 {
			s = line[m[i]:m[i+1]]
		}
		list = append(list, s)
	}
	return list
}

func overlaps(list []found, from, to int) bool {
	for _, f := range list {
		if from < f.to-1 && to-1 > f.from {
			return true
		}
	}
	return false
}

// readDayMonth reads "13 February 2025", "5 Dec 12" and "12 March".
func readDayMonth(g []string) []Date {
	if g[2] == "" {
		return valid(Date{0, monthNamed(g[1]), number(g[0])})
	}
	return day(g[2], monthNamed(g[1]), g[0])
}

// readNumbers reads 24.06.10 and 11/01/2011; 12-01-17 may begin with its year.
func readNumbers(g []string) []Date {
	if g[1] != g[3] {
		return nil // "1 11.00" is an item and a time
	}
	list := day(g[4], monthNumbered(g[2]), g[0])
	if len(g[0]) == 2 && len(g[4]) == 2 && g[1] == "-" {
		list = append(list, day(g[0], monthNumbered(g[2]), g[4])...)
	}
	return list
}

// readMonth reads "March 2012" and "July 13".
func readMonth(g []string) []Date {
	y := year(g[1])
	if y == 0 || monthNamed(g[0]) == 0 {
		return nil
	}
	return []Date{{y, monthNamed(g[0]), 0}}
}

// readDigits reads 20130909, 21112013, 110923 and 190711.
func readDigits(s string) []Date {
	if len(s) == 8 {
		return append(day(s[:4], monthNumbered(s[4:6]), s[6:]), day(s[4:], monthNumbered(s[2:4]), s[:2])...)
	}
	return append(day(s[:2], monthNumbered(s[2:4]), s[4:]), day(s[4:], monthNumbered(s[2:4]), s[:2])...)
}

func day(y string, m time.Month, d string) []Date {
	if year(y) == 0 {
		return nil
	}
	return valid(Date{year(y), m, number(d)})
}

// valid keeps a date that exists.
func valid(d Date) []Date {
	leap := d
	if leap.Year == 0 {
		leap.Year = 2000
	}
	if t := leap.time(); d.Day < 1 || t.Day() != d.Day || t.Month() != d.Month {
		return nil
	}
	return []Date{d}
}

// year is the year of two or four digits, or 0 for one in which no archive that can be read here began, or that is far ahead.
func year(s string) int {
	y := number(s)
	switch {
	case len(s) == 2 && y < 70:
		y += 2000
	case len(s) == 2:
		y += 1900
	}
	if y < 1970 || y > 2100 {
		return 0
	}
	return y
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func monthNumbered(s string) time.Month {
	if n := number(s); n >= 1 && n <= 12 {
		return time.Month(n)
	}
	return 0
}

func monthNamed(s string) time.Month {
	if len(s) < 3 {
		return 0
	}
	return time.Month(strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(s[:3]))/3 + 1)
}

func weekdayNamed(s string) int {
	if len(s) < 3 {
		return -1
	}
	return strings.Index("sunmontuewedthufrisat", strings.ToLower(s[:3])) / 3
}
