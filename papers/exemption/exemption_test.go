package exemption

import (
	"strings"
	"testing"

	"clearday/papers"
)

// TestLists: each regime of N-1 has its own list, the one of the law that it is under.
func TestLists(t *testing.T) {
	const today = "2026-10-08"
	for regime, want := range map[string]string{
		"LGA-VA": "1 2 3 4 5 6 7", "EXEC-2012": "1 2 3 4 5 6 7", "CA-2017": "1 2 3 4 5 6 7",
		"WALES-BA": "12 13 14 15 16 17 18", "CJC": "12 13 14 15 16 17 18",
		"SCOT-IIIA": "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "PBAM-1960": "confidential special",
		"CUSTOM": "person business negotiations legal special", "FT": "person business negotiations legal special",
		"nobody knows": "person business negotiations legal special",
	} {
		var got []string
		for _, g := range For(regime, today).Grounds {
			got = append(got, g.Para)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s offers %v, want %s", regime, got, want)
		}
	}
}

// TestValidity: an entry is offered on the days on which it is law, both ends included.
func TestValidity(t *testing.T) {
	for on, want := range map[string]int{"2006-02-28": 0, "2006-03-01": 10, "2012-06-30": 10, "2012-07-01": 7} {
		if got := len(For("LGA-VA", on).Grounds); got != want {
			t.Errorf("on %s the list has %d entries, want %d", on, got, want)
		}
	}
}

func TestWording(t *testing.T) {
	for _, c := range []struct {
		name, regime  string
		grounds       papers.Grounds
		wording, mark string
	}{
		{"exempt, England", "LGA-VA", papers.Grounds{Paras: []string{"3"}, PublicInterest: "Bids are open."},
			"The public will be asked to leave for this item. It holds information about the financial or business affairs of a person, which includes the authority (paragraph 3 of Part 1 of Schedule 12A to the Local Government Act 1972). For now, keeping it private serves the public better than showing it.",
			"Not for publication: paragraph 3 of Part 1 of Schedule 12A to the Local Government Act 1972"},
		{"confidential: must", "LGA-VA", papers.Grounds{Confidential: true},
			"The public must leave for this item. It holds confidential information that we may not disclose (section 100A(2) of the Local Government Act 1972).",
			"Not for publication: confidential information, section 100A(2) of the Local Government Act 1972"},
		{"Wales", "WALES-BA", papers.Grounds{Paras: []string{"12", "13"}, PublicInterest: "x"},
			"The public will be asked to leave for this item. It holds information about an individual and information likely to reveal who an individual is (paragraphs 12 and 13 of Part 4 of Schedule 12A to the Local Government Act 1972). For now, keeping it private serves the public better than showing it.",
			"Not for publication: paragraphs 12 and 13 of Part 4 of Schedule 12A to the Local Government Act 1972"},
		{"1960 Act, special reasons", "PBAM-1960", papers.Grounds{Paras: []string{"special"}, Reasons: "advice from outside is needed."},
			"The public will be asked to leave for this item. Publicity would prejudice the public interest because of these special reasons: advice from outside is needed (Public Bodies (Admission to Meetings) Act 1960, section 1(2)).",
			"Not for publication: special reasons, Public Bodies (Admission to Meetings) Act 1960, section 1(2)"},
		{"own rule", "CUSTOM", papers.Grounds{Paras: []string{"business"}},
			"The public will be asked to leave for this item. Publicity would prejudice the public interest because of information about the business affairs of a person or organisation.",
			"Not for publication: information about the business affairs of a person or organisation, the board’s own rule"},
	} {
		l := For(c.regime, "2026-10-08")
		g, err := l.Take(c.grounds)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := Wording(g); got != c.wording {
			t.Errorf("%s: the public reads\n%s\nwant\n%s", c.name, got, c.wording)
		}
		if got := Mark(g); got != c.mark {
			t.Errorf("%s: the pages say %q, want %q", c.name, got, c.mark)
		}
		if g.Regime != c.regime || g.Schedule == "" {
			t.Errorf("%s: stored as %+v, without the rule (N-9)", c.name, g)
		}
	}
	if got := Mark(papers.Grounds{}); got != "Not for publication: private" {
		t.Errorf("a paper without grounds says %q", got)
	}
}

func TestTakeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		regime  string
		grounds papers.Grounds
		about   string
	}{
		"a paragraph of another law":                {"LGA-VA", papers.Grounds{Paras: []string{"12"}, PublicInterest: "x"}, "no paragraph 12"},
		"one that was repealed":                     {"LGA-VA", papers.Grounds{Paras: []string{"7A"}, PublicInterest: "x"}, "no paragraph 7A"},
		"no public-interest statement (Part 2, 10)": {"LGA-VA", papers.Grounds{Paras: []string{"3"}}, "public-interest statement"},
		"special reasons without reasons (s1(2))":   {"PBAM-1960", papers.Grounds{Paras: []string{"special"}}, "reasons"},
		"a duty of exclusion where there is none":   {"PBAM-1960", papers.Grounds{Confidential: true}, "nothing must be private"},
		"a review date that is none":                {"CUSTOM", papers.Grounds{Paras: []string{"legal"}, ReviewOn: "soon"}, "review date"},
	} {
		_, err := For(c.regime, "2026-10-08").Take(c.grounds)
		if papers.CodeOf(err) != papers.CodeInvalid || !strings.Contains(err.Error(), c.about) {
			t.Errorf("%s: %v, want a sentence about %q", name, err, c.about)
		}
	}
}

// TestResolutions: one resolution for items with the same grounds, with the elements that N-3 asks
// for; none for confidential ones and for what is public.
func TestResolutions(t *testing.T) {
	exempt := papers.Grounds{Regime: "LGA-VA", Paras: []string{"3"}, PublicInterest: "x"}
	items := []papers.Item{{Number: "1"}, {Number: "8", Private: true, Grounds: exempt}, {Number: "9", Private: true, Grounds: papers.Grounds{Regime: "LGA-VA", Confidential: true}},
		{Number: "10", Private: true, Grounds: exempt}, {Number: "11", Private: true, Grounds: papers.Grounds{Regime: "LGA-VA", Paras: []string{"1", "4"}, PublicInterest: "y"}}}
	got := Resolutions(items)
	if len(got) != 2 {
		t.Fatalf("%d resolutions, want 2: %q", len(got), got)
	}
	for i, want := range [][]string{{"section 100A(4)", "items 8 and 10", "paragraph 3 of Part 1", "public interest in keeping the exemption outweighs"}, {"item 11", "paragraphs 1 and 4"}} {
		for _, w := range want {
			if !strings.Contains(got[i], w) {
				t.Errorf("resolution %d does not say %q: %s", i, w, got[i])
			}
		}
	}
	for regime, want := range map[string]string{"EXEC-2012": "regulation 4(2)(b)", "WALES-BA": "Part 4", "SCOT-IIIA": "section 50A(4)", "PBAM-1960": "prejudicial to the public interest by reason of the confidential nature of the business"} {
		l := For(regime, "2026-10-08")
		g := papers.Grounds{Regime: regime, Paras: []string{l.Grounds[0].Para}, PublicInterest: "x"}
		if r := Resolutions([]papers.Item{{Number: "4", Private: true, Grounds: g}}); len(r) != 1 || !strings.Contains(r[0], want) || strings.Contains(r[0], "{") {
			t.Errorf("%s: %q, want %q in it", regime, r, want)
		}
	}
}
