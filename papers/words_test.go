package papers_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"clearday/papers"
)

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Partnership Board":                     "partnership-board",
		"  Health & Wellbeing: Board (2026) ":   "health-wellbeing-board-2026",
		"Señor Ångström’s Committee":            "senor-angstrom-s-committee",
		"---":                                   "",
		"委員会":                                   "",
		"":                                      "",
		"../../etc/passwd":                      "etc-passwd",
		strings.Repeat("a", 59) + " " + "bcd":   strings.Repeat("a", 59),
		strings.Repeat("long name of a ", 10):   "long-name-of-a-long-name-of-a-long-name-of-a-long-name-of-a",
		"A\u0000B\u202eC":                       "a-b-c",
		string([]byte{0xff, 'x', 0xfe, 'Y', 0}): "x-y",
	} {
		if got := papers.Slug(name); got != want {
			t.Errorf("Slug(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzSlug(f *testing.F) {
	f.Add("Señor Board 2")
	f.Add(strings.Repeat("é-", 50))
	f.Fuzz(func(t *testing.T, name string) {
		s := papers.Slug(name)
		if len(s) > 60 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-") {
			t.Fatalf("Slug(%q) = %q", name, s)
		}
		if again := papers.Slug(s); again != s {
			t.Fatalf("the slug %q of %q becomes %q", s, name, again)
		}
	})
}

func TestLine(t *testing.T) {
	for name, c := range map[string]struct {
		value  string
		needed bool
		want   string
		refuse string // part of the sentence
	}{
		"as typed":           {" Finance   paper\r\n of May ", true, "Finance paper of May", ""},
		"control characters": {"a\x00b\tc\x7fd", true, "a b c d", ""},
		"empty":              {" \n\t ", false, "", ""},
		"empty but needed":   {" \u00a0\x00 ", true, "", "Give the title."},
		"as long as it may":  {strings.Repeat("é", 20), true, strings.Repeat("é", 20), ""},
		"too long":           {strings.Repeat("é", 21), true, "", "The title has 21 characters. Shorten it to 20."},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := papers.Line("title", c.value, 20, c.needed)
			if c.refuse != "" {
				if papers.CodeOf(err) != papers.CodeInvalid || err.Error() != c.refuse {
					t.Fatalf("Line(%q) = %v, want %q", c.value, err, c.refuse)
				}
				return
			}
			if err != nil || got != c.want {
				t.Errorf("Line(%q) = %q, %v, want %q", c.value, got, err, c.want)
			}
		})
	}
}

// fileNames are names that people gave to real papers, with what they mean.
var fileNames = []struct{ name, number, title string }{
	{"Item 06 - Finance.pdf", "6", "Finance"},
	{"4.a Plan.pdf", "4.a", "Plan"},
	{"4ai - Terms of reference v2 FINAL.pdf", "4ai", "Terms of reference"},
	{"Item-06-Finance report.pdf", "6", "Finance report"},
	{"07_Chief_Executive_report_v1.2_(draft).pdf", "7", "Chief Executive report"},
	{"Agenda Item 12. Risk register.PDF", "12", "Risk register"},
	{"item 275/19 Minutes.pdf", "19", "Minutes"}, // a slash ends a folder
	{"6.pdf", "6", "6"},
	{"Item 6.pdf", "6", "Item 6"},
	{"Item 9 March update.pdf", "9", "March update"},
	{"9 - March update.pdf", "9", "March update"},
	{"1 - Annex 2 - Labour Group Alternative Budget 2025-28 - Appendix D.pdf", "1", "Annex 2 - Labour Group Alternative Budget 2025-28 - Appendix D"},
	{"Item 7 - Supplementary - 24-00109 - Appendix B - EqIA Updated Jan 2025.pdf", "7", "Supplementary - 24-00109 - Appendix B - EqIA Updated Jan 2025"},
	{`C:\Users\ann\6 Beds.pdf`, "6", "Beds"},
	// No item numbers, though they begin with digits.
	{"9 January 2025 - County Council minutes.pdf", "", "9 January 2025 - County Council minutes"},
	{"Agenda 19 Jan 2010_1.doc", "", "Agenda 19 Jan 2010 1"},
	{"10-February-Linked-Data-Workshop-Agenda.pdf", "", "10-February-Linked-Data-Workshop-Agenda"},
	{"24-00108 - Finance Monitoring Report - Q3 - November 2024-25.pdf", "", "24-00108 - Finance Monitoring Report - Q3 - November 2024-25"},
	{"2011-11-15 TB(11)1.ii Action Log.doc", "", "2011-11-15 TB(11)1.ii Action Log"},
	{"101214 Data Panel Action report.doc", "", "101214 Data Panel Action report"},
	{"20150203 ODUG Minutes.odt", "", "20150203 ODUG Minutes"},
	{"2025 Accounts.pdf", "", "2025 Accounts"},
	{"3rd quarter report.pdf", "", "3rd quarter report"},
	{"3 Year Revenue Plan.pdf", "", "3 Year Revenue Plan"},
	{"Item for information.pdf", "", "Item for information"},
	{"TB(4)2.i - Short-term Transparency Data Publication Plan - 11.01.11.pdf", "", "TB(4)2.i - Short-term Transparency Data Publication Plan - 11.01.11"},
	{"Transparency board minutes (FINAL) 02 03 2011.pdf", "", "Transparency board minutes (FINAL) 02 03 2011"},
	{"Council Covering Report 2025-26 Budget - FINAL.pdf", "", "Council Covering Report 2025-26 Budget"},
	{".pdf", "", "Untitled paper"},
	{"", "", "Untitled paper"},
	{"- - .pdf", "", "-"},
	{"~$sposition-final.docx", "", "~$sposition-final"},
}

func TestFileNames(t *testing.T) {
	for _, c := range fileNames {
		if got := papers.ItemNumberFrom(c.name); got != c.number {
			t.Errorf("ItemNumberFrom(%q) = %q, want %q", c.name, got, c.number)
		}
		if got := papers.TitleFrom(c.name); got != c.title {
			t.Errorf("TitleFrom(%q) = %q, want %q", c.name, got, c.title)
		}
	}
}

func FuzzFileNames(f *testing.F) {
	for _, c := range fileNames {
		f.Add(c.name)
	}
	f.Add("0a0 Plan.pdf")
	f.Add(strings.Repeat("Item 5 - ", 100) + "v1 v2 v3")
	f.Fuzz(func(t *testing.T, name string) {
		title, number := papers.TitleFrom(name), papers.ItemNumberFrom(name)
		if title == "" || utf8.RuneCountInString(title) > 300 {
			t.Errorf("TitleFrom(%q) = %q", name, title)
		}
		if len(number) > 6 || number != "" && (number[0] < '1' || number[0] > '9') {
			t.Errorf("ItemNumberFrom(%q) = %q", name, number)
		}
	})
}

// TestLineDirection: a title cannot be made to look like another one by turning the direction of reading.
func TestLineDirection(t *testing.T) {
	got, err := papers.Line("title", "Plan \u202egpj.exe\u202c", 40, true)
	if err != nil || got != "Plan gpj.exe" {
		t.Errorf("Line = %q, %v", got, err)
	}
}

func TestEmail(t *testing.T) {
	for typed, want := range map[string]string{
		" ruth@example.org ":                      "ruth@example.org",
		"Board team <board@example.org>":          "board@example.org",
		"ruth":                                    "",
		"ruth@":                                   "",
		"@example.org":                            "",
		"a@example.org, b@example.org":            "",
		"a@example.org\r\nBcc: b@example.org":     "",
		strings.Repeat("a", 250) + "@example.org": "",
		"": "",
	} {
		got, err := papers.Email(typed)
		if got != want || (err == nil) != (want != "") || err != nil && papers.CodeOf(err) != papers.CodeInvalid {
			t.Errorf("Email(%q) = %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestTextKeepsItsLines(t *testing.T) {
	got, err := papers.Text("text", "\n One  line \r\nand\tanother\u202e\x00\n\n\n\nLast\xff\n\n", 60)
	if want := "One  line\nand another\n\nLast"; err != nil || got != want {
		t.Errorf("Text = %q, %v; want %q", got, err, want)
	}
	if _, err := papers.Text("text", strings.Repeat("é", 61), 60); papers.CodeOf(err) != papers.CodeInvalid {
		t.Errorf("61 letters of 60: %v", err)
	}
}
