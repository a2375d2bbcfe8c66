package preflight

import (
	"slices"
	"testing"
)

// TestPersonal: what residents write about themselves is found, money, years and tables are not.
func TestPersonal(t *testing.T) {
	for text, want := range map[string][]string{
		"Ring me on 01632 960 233 or 07700 900123.": {"telephone", "telephone"},
		"(01632) 960233 is the number":              {"telephone"},
		"+44 7700 900 123":                          {"telephone"},
		"My NHS number is 943 476 5919 and I wait":  {"nhs_number"},
		"9434765919 was refused":                    {"nhs_number"},
		"My number is ab 12 34 56 c, as I told you": {"national_insurance"},
		"AB123456C": {"national_insurance"},
		"Write to Jo.Bloggs+board@example.co.uk with it":                 {"email"},
		"We live at 14 Marsh Lane, FE1 4QT":                              {"address", "postcode"},
		"sw1a2aa is where":                                               {"postcode"},
		"She was born on 3 March 1941.":                                  {"birth_date"},
		"date of birth 03/03/1941":                                       {"birth_date"},
		"Card 4929 1234 5678 9019? No: 4539 5787 6362 1486":              {"long_number", "card_number"},
		"Why was £1,250,000 moved from 2024/25 to 2025-26?":              nil,
		"Between 2019 and 2026 waits rose from 12 to 48 weeks.":          nil,
		"Item 4 of 8 April 2026, page 112, table 3.1":                    nil,
		"Is 111 or 999 the number to call at night?":                     nil,
		"The board has 14 members and 3 vacancies at the place it meets": nil,
		"Ward B12 has 24 beds":                                           nil,
		"":                                                               nil,
	} {
		var got []string
		last := 0
		for _, m := range Personal(text) {
			got = append(got, m.Kind)
			if m.From < last || m.To <= m.From || m.To > len(text) {
				t.Errorf("%q: mark %+v overlaps or lies outside", text, m)
			}
			last = m.To
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q holds %v, want %v", text, got, want)
		}
	}
}

// FuzzPersonal: whatever is written, the marks lie in it, in order and apart.
func FuzzPersonal(f *testing.F) {
	f.Add("Ring 01632 960 233, FE1 4QT, a@b.cd, 943 476 5919")
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, m := range Personal(text) {
			if m.From < last || m.To <= m.From || m.To > len(text) {
				t.Fatalf("%q: %+v", text, m)
			}
			last = m.To
		}
	})
}
