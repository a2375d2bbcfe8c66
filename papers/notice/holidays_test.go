package notice

import (
	"strings"
	"testing"
)

// fullEvents lists 2026 in full and the first day of 2027, not in order.
const fullEvents = `[{"title":"New Year’s Day","date":"2027-01-01"},{"title":"Boxing Day","date":"2026-12-28","notes":"Substitute day","bunting":true},
{"title":"New Year’s Day","date":"2026-01-01"},{"title":"Good Friday","date":"2026-04-03"},{"title":"Easter Monday","date":"2026-04-06"},
{"title":"Early May bank holiday","date":"2026-05-04"},{"title":"Spring bank holiday","date":"2026-05-25"},
{"title":"Summer bank holiday","date":"2026-08-31"},{"title":"Christmas Day","date":"2026-12-25"}]`

func file(events string) string {
	return `{"england-and-wales":{"division":"england-and-wales","events":` + events + `},
"scotland":{"division":"scotland","events":` + events + `},
"northern-ireland":{"division":"northern-ireland","events":` + events + `}}`
}

func TestParseHolidays(t *testing.T) {
	h, err := ParseHolidays([]byte(file(fullEvents)))
	if err != nil {
		t.Fatal(err)
	}
	if name, ok := h.Name(Scotland, Date{2026, 12, 28}); !ok || name != "Boxing Day" {
		t.Errorf("Name(28 December 2026) = %q, %v", name, ok)
	}
	if name, ok := h.Name(Scotland, Date{2026, 12, 29}); ok {
		t.Errorf("Name(29 December 2026) = %q", name)
	}
	if !h.Covers(Scotland, Date{2026, 1, 1}, Date{2026, 12, 31}) {
		t.Error("2026 is listed in full and not covered")
	}
	if h.Covers(Scotland, Date{2026, 12, 30}, Date{2027, 1, 4}) {
		t.Error("2027 has only its first day listed and passes for covered")
	}
	if (Holidays{}).Covers(Scotland, Date{2026, 1, 1}, Date{2026, 1, 2}) || h.Covers("wales", Date{2026, 1, 1}, Date{2026, 1, 2}) {
		t.Error("what nobody listed passes for covered")
	}
}

func TestParseHolidays_refuses(t *testing.T) {
	good := file(fullEvents)
	tests := map[string]string{
		"nothing":          "",
		"a web page":       "<!doctype html>",
		"a list":           "[]",
		"missing division": `{"england-and-wales":{"division":"england-and-wales","events":` + fullEvents + `}}`,
		"empty division":   file("[]"),
		"wrong division":   strings.Replace(good, `"division":"scotland"`, `"division":"wales"`, 1),
		"British dates":    strings.Replace(good, "2026-04-03", "03/04/2026", 1),
		"no such day":      strings.Replace(good, "2026-04-03", "2026-02-30", 1),
		"no title":         strings.Replace(good, "Good Friday", " ", 1),
		"cut short":        good[:len(good)-10],
		"two files":        good + good,
		"too large":        good + strings.Repeat(" ", maxHolidayFile),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseHolidays([]byte(data)); err == nil {
				t.Error("want an error")
			}
		})
	}
}

func TestSnapshot_covers(t *testing.T) {
	h := Snapshot()
	for _, division := range Divisions() {
		if !h.Covers(division, Date{2019, 1, 1}, Date{2027, 12, 31}) {
			t.Errorf("%s: 2019 to 2027 is not covered", division)
		}
		if h.Covers(division, Date{2018, 12, 31}, Date{2019, 1, 2}) || h.Covers(division, Date{2027, 12, 31}, Date{2028, 1, 1}) {
			t.Errorf("%s: covers more than 2019 to 2027", division)
		}
	}
	if first, last := h.Reach(Scotland); first != 2019 || last != 2027 {
		t.Errorf("the snapshot reaches from %d to %d", first, last)
	}
	if first, last := (Holidays{}).Reach(Scotland); first != 0 || last != 0 {
		t.Errorf("no holidays reach from %d to %d", first, last)
	}
	if name, _ := h.Name(EnglandAndWales, Date{2022, 1, 3}); name != "New Year’s Day" {
		t.Errorf("3 January 2022 = %q, want New Year’s Day with its own apostrophe", name)
	}
}

func FuzzParseHolidays(f *testing.F) {
	for _, seed := range []string{file(fullEvents), file("[]"), "{}", "null", `{"scotland":null}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ParseHolidays(data)
		if err != nil {
			return
		}
		if len(h.Hash()) != 64 {
			t.Errorf("hash = %q", h.Hash())
		}
		p, _ := ProfileByID(DefaultProfile)
		for _, division := range Divisions() {
			p.Division = division
			meeting := Date{2026, 12, 30}
			latest, _, covered := Latest(meeting, p.Reports, p, h)
			if !covered {
				continue
			}
			got, err := Count(noon(latest), noon(meeting), london, p.Reports, p, h)
			if err != nil || !got.OnTime {
				t.Errorf("%s: the latest day %s is not in time: %v, %v", division, latest, got, err)
			}
		}
	})
}
