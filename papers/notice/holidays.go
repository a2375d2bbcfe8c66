package notice

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

// The divisions that have bank holidays of their own, as GOV.UK names them.
const (
	EnglandAndWales = "england-and-wales"
	Scotland        = "scotland"
	NorthernIreland = "northern-ireland"
)

// Divisions gives the names of the three divisions.
func Divisions() []string { return []string{EnglandAndWales, Scotland, NorthernIreland} }

// SnapshotDate is the day on which the bank holidays built into the program were last brought up
// to date. They cover 2019 to the end of 2027.
const SnapshotDate = "2026-11-22"

//go:embed bank-holidays.json
var snapshotJSON []byte

var snapshot = sync.OnceValue(func() Holidays {
	h, err := ParseHolidays(snapshotJSON)
	if err != nil {
		panic("notice: the bank holidays built into the program: " + err.Error())
	}
	return h
})

// Snapshot gives the bank holidays built into the program (see [SnapshotDate]). A day proclaimed
// later is missing from them until a newer file is read with [ParseHolidays].
func Snapshot() Holidays { return snapshot() }

// Holidays are the bank holidays of the three divisions. They never change once read, and may be
// used by many at once. The zero value covers nothing.
type Holidays struct {
	names map[string]map[Date]string // division, day, title
	years map[string]map[int]bool    // division, year: listed in full
	hash  string
}

// holidayFile is the shape of https://www.gov.uk/bank-holidays.json.
type holidayFile map[string]struct {
	Division string `json:"division"`
	Events   []struct {
		Title string `json:"title"`
		Date  string `json:"date"`
	} `json:"events"`
}

// maxHolidayFile is far above the size of the real file (about 35 kB).
const maxHolidayFile = 1 << 20

// ParseHolidays reads a file of the shape of https://www.gov.uk/bank-holidays.json. It is an error
// when one of the three divisions is missing or empty, or a date cannot be read (N-32). The order
// of the events does not matter, and fields and divisions that we do not know are passed over.
func ParseHolidays(data []byte) (Holidays, error) {
	if len(data) > maxHolidayFile {
		return Holidays{}, fmt.Errorf("reading bank holidays: %d bytes, more than %d", len(data), maxHolidayFile)
	}
	var file holidayFile
	if err := json.Unmarshal(data, &file); err != nil {
		return Holidays{}, fmt.Errorf("reading bank holidays: %w", err)
	}
	sum := sha256.Sum256(data)
	h := Holidays{names: map[string]map[Date]string{}, years: map[string]map[int]bool{}, hash: hex.EncodeToString(sum[:])}
	for _, division := range Divisions() {
		days, err := file.days(division)
		if err != nil {
			return Holidays{}, fmt.Errorf("reading bank holidays of %s: %w", division, err)
		}
		h.names[division] = days
		h.years[division] = fullYears(days)
	}
	return h, nil
}

// days gives the titles of one division by their dates.
func (f holidayFile) days(division string) (map[Date]string, error) {
	part, ok := f[division]
	if !ok {
		return nil, fmt.Errorf("the division is missing")
	}
	if part.Division != division {
		return nil, fmt.Errorf("the division calls itself %q", part.Division)
	}
	if len(part.Events) == 0 {
		return nil, fmt.Errorf("it lists no holidays")
	}
	days := map[Date]string{}
	for _, e := range part.Events {
		d, err := ParseDate(e.Date)
		if err != nil {
			return nil, err
		}
		title := strings.TrimSpace(e.Title)
		if title == "" {
			return nil, fmt.Errorf("the holiday on %s has no title", d)
		}
		days[d] = title
	}
	return days, nil
}

// fullYears gives the years that are listed in full: with their New Year, their Christmas and at
// least eight holidays, which is the fewest that any division has. The real file grows a year at a
// time, and a year of which only the first days are listed must not pass for one without holidays.
func fullYears(days map[Date]string) map[int]bool {
	type seen struct {
		days               int
		newYear, christmas bool
	}
	years := map[int]seen{}
	for d := range days {
		s := years[d.Year]
		s.days++
		s.newYear = s.newYear || d.Month == time.January && d.Day <= 4
		s.christmas = s.christmas || d.Month == time.December && d.Day >= 25
		years[d.Year] = s
	}
	full := map[int]bool{}
	for y, s := range years {
		full[y] = s.days >= 8 && s.newYear && s.christmas
	}
	return full
}

// Name gives the title of the bank holiday of a division on a day, and false when it is none.
func (h Holidays) Name(division string, d Date) (string, bool) {
	name, ok := h.names[division][d]
	return name, ok
}

// Covers reports that the holidays of a division are known in full for every year from the one of
// from to the one of to.
func (h Holidays) Covers(division string, from, to Date) bool {
	if to.Before(from) {
		from, to = to, from
	}
	for y := from.Year; y <= to.Year; y++ {
		if !h.years[division][y] {
			return false
		}
	}
	return true
}

// Reach gives the first and the last year of the latest unbroken run of years that a division's
// holidays are known in full for; zeros when there is none.
func (h Holidays) Reach(division string) (first, last int) {
	for y, full := range h.years[division] {
		if full {
			last = max(last, y)
		}
	}
	for first = last; h.years[division][first-1]; first-- {
	}
	return first, last
}

// Hash is the SHA-256 of the file that was read, in hexadecimal. It is kept with each computed
// deadline, so that the answer can be explained again when the file has changed (N-32).
func (h Holidays) Hash() string { return h.hash }
