package page

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/static"
)

// funcs are the words that every template may use. Times are said as people write them, in the
// zone given; the machine-readable form stands beside.
var funcs = template.FuncMap{
	"asset":    asset,
	"day":      func(t time.Time, l *time.Location) string { return t.In(l).Format("Monday 2 January 2006") },
	"shortday": func(t time.Time, l *time.Location) string { return t.In(l).Format("Monday 2 January") },
	"clock":    Clock,
	"moment":   Moment,
	"date":     Date,
	"longdate": LongDate,
	"rfc":      func(t time.Time, l *time.Location) string { return t.In(l).Format(time.RFC3339) },
	"in":       func(t time.Time, l *time.Location, layout string) string { return t.In(l).Format(layout) },
	"size":     Size,
	"count":    Count,
	"made":     Made,
	"number":   number,
	"purpose":  func(p papers.Purpose) string { return title(string(p)) },
	"lower":    strings.ToLower,
	"state":    func(s livestream.State) string { return title(s.Words()) },
	"reported": ReportWords,
	"left":     LeftWords,
	"reason":   func(code string) string { return livestream.Reasons[code] },
	"hash":     hash,
	"lines":    Lines,
	"add":      func(a, b int) int { return a + b },
	"deref":    func(t *time.Time) time.Time { return *t },
}

// asset gives the address of a style or script, under its hash.
func asset(name string) (string, error) {
	address, ok := static.Asset(name)
	if !ok {
		return "", fmt.Errorf("no asset %s: run make build", name)
	}
	return address, nil
}

// Clock says a time of day: 9:30am, noon, 6:00pm.
func Clock(t time.Time, l *time.Location) string {
	t = t.In(l)
	if t.Hour() == 12 && t.Minute() == 0 {
		return "noon"
	}
	return t.Format("3:04pm")
}

// Moment says a day and a time: Thursday 1 April 2027, 9:00am.
func Moment(t time.Time, l *time.Location) string {
	return t.In(l).Format("Monday 2 January 2006") + ", " + Clock(t, l)
}

// Date says a civil date, 2006-01-02, as people write it: 8 April 2026. Other words stay as they are.
func Date(iso string) string { return dateIn("2 January 2006", iso) }

// LongDate says it with the day of the week: Wednesday 8 April 2026.
func LongDate(iso string) string { return dateIn("Monday 2 January 2006", iso) }

func dateIn(layout, iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format(layout)
}

// Size says bytes as people do: 96 kB, 1.2 MB.
func Size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 999_500:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	case n < 9_950_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%d MB", (n+500_000)/1_000_000)
}

// Count says how many: "1 page", "3 pages", "no pages".
func Count(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + many
	case 1:
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Number writes a number with commas between thousands.
func Number[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func number(n any) string {
	switch n := n.(type) {
	case int:
		return Number(n)
	case int64:
		return Number(n)
	}
	return fmt.Sprint(n)
}

func title(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Sentence begins words with a capital.
func Sentence(s string) string { return title(s) }

// hash writes a hash in groups of four.
func hash(h string) string {
	var b strings.Builder
	for i, r := range h {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// And joins words as a sentence does: a, b and c.
func And(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
