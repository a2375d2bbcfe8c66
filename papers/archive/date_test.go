package archive

import (
	"strings"
	"testing"
)

func TestDates(t *testing.T) {
	for line, want := range map[string]string{
		"Thursday 13 February 2025":                           "2025-02-13",
		"Minutes of the meeting held on the 22nd May 2012":    "2012-05-22",
		"Thursday, 13th March, 2025, at 3.00 pm":              "2025-03-13",
		"November 12, 2024":                                   "2024-11-12",
		"Agenda-Package-Nov-12-2024-1":                        "2024-11-12",
		"30th-Jan-2025 10.00 Cabinet":                         "2025-01-30",
		"TB(4)1 agenda - 11.01.11":                            "2011-01-11",
		"TB 8 1.i Transparency Board agenda 19072011":         "2011-07-19",
		"agenda 06092011v3":                                   "2011-09-06",
		"20130909 Minutes":                                    "2013-09-09",
		"ODUG 15.12.2014 minutes":                             "2014-12-15",
		"2012-01-24 Action Log":                               "2012-01-24",
		"County Council, 13/02/2025 09:30":                    "2025-02-13",
		"board agenda 02 03 11":                               "2011-03-02",
		"110923 LPDP Agenda":                                  "2011-09-23 ", // 11 September 2023 is written 110923 too
		"190711 Final minutes":                                "2019-07-11 2011-07-19",
		"Agenda 12-01-17":                                     "2017-01-12 2012-01-17",
		"March 2012 Agenda":                                   "2012-03",
		"LPDP draft Feb 12 (2)":                               "2012-02",
		"12 March":                                            "-03-12",
		"1 11.00 - 11.05 Welcome":                             "", // an item and a time
		"31 February 2012":                                    "2012-02",
		"24-00108 - Revenue and Capital Budget Monitoring":    "",
		"ISBN 978-1-4098-1234-5, version 1.2.3":               "",
		"telephone 03000416892":                               "",
		"Section 18 of the Children Act 2004":                 "",
		"the year 3013 and 29 February 2011 and 29 Feb. 2012": "2012-02-29 2011-02",
	} {
		var got []string
		for _, f := range dates(line) {
			s := f.Date.String()
			if f.Year == 0 {
				s = s[4:]
			}
			got = append(got, s)
		}
		list := strings.Fields(want)
		if line == "110923 LPDP Agenda" {
			list = append(list, "2023-09-11")
		}
		if strings.Join(got, " ") != strings.Join(list, " ") {
			t.Errorf("%q has the dates %q, want %q", line, got, list)
		}
	}
}

// Whatever stands in a file, guessing ends, and a date that is certain exists.
func FuzzNew(f *testing.F) {
	f.Add("2013/June/6 Report 5-6-13.pdf", "Date of meeting: Wednesday 5 June 2013\nTitle: Finance", "Board, 05/06/2013 09:30")
	f.Add("TB(9)1.ii Action Log_0_10.doc", "19 Jan '10 held on 1st March 2010\f110923", "")
	f.Add("_10", "12-01-17 31.02.2013 20130231 May 14, 2024", "1.1.1.1.1")
	f.Fuzz(func(t *testing.T, path, text, subject string) {
		g := New(Source{Path: path, Pages: strings.Split(text, "\f"), Title: text, Subject: subject})
		if g.Sure >= Likely && (!g.Date.Whole() || valid(g.Date) == nil) {
			t.Errorf("%v is %s", g.Date, g.Sure)
		}
		if g.Title == "" {
			t.Error("no title")
		}
		var s Siblings
		s.Add(g)
		s.Settle(Guess{Series: g.Series})
	})
}

func FuzzNotes(f *testing.F) {
	f.Add([]byte("file,date,title\na.pdf,5 June 2013,Finance\n"))
	f.Add([]byte(`[{"file":"a.pdf","date":"2013-06-05"},{"title":"x"}]`))
	f.Add([]byte(`{"date":"2026-07-23","title":"Meeting"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func(*strings.Reader) (Notes, error){
			func(r *strings.Reader) (Notes, error) { return ReadCSV(r) },
			func(r *strings.Reader) (Notes, error) { return ReadJSON(r) },
		} {
			n, _ := read(strings.NewReader(string(b)))
			for file, g := range n {
				if g.IsZero() {
					t.Errorf("%q is noted with nothing", file)
				}
			}
		}
	})
}
