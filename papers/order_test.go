package papers_test

import (
	"strings"
	"testing"
	"time"

	"clearday/papers"
)

func TestMove(t *testing.T) {
	for name, test := range map[string]struct {
		agenda string
		move   papers.Move
		want   string // empty: it leads nowhere
	}{
		"up":                                {".a .b .c", papers.Move{Item: ".c", Way: papers.MoveUp}, ".a .c .b"},
		"the first up":                      {".a .b", papers.Move{Item: ".a", Way: papers.MoveUp}, ""},
		"down":                              {".a .b .c", papers.Move{Item: ".a", Way: papers.MoveDown}, ".b .a .c"},
		"the last down":                     {".a .b", papers.Move{Item: ".b", Way: papers.MoveDown}, ""},
		"an item takes its sub-items along": {".a -b -c .d", papers.Move{Item: ".a", Way: papers.MoveDown}, ".d .a -b -c"},
		"past an item with sub-items":       {".a .b -c -d", papers.Move{Item: ".a", Way: papers.MoveDown}, ".b -c -d .a"},
		"up past an item with sub-items":    {".a -b -c .d", papers.Move{Item: ".d", Way: papers.MoveUp}, ".d .a -b -c"},
		"a sub-item among its own":          {".a -b -c .d", papers.Move{Item: "-c", Way: papers.MoveUp}, ".a -c -b .d"},
		"a sub-item to the item above":      {".a .b -c", papers.Move{Item: "-c", Way: papers.MoveUp}, ".a -c .b"},
		"a sub-item to the item below":      {".a -b .c -d", papers.Move{Item: "-b", Way: papers.MoveDown}, ".a .c -b -d"},
		"a heading goes alone":              {"#a .b -c .d", papers.Move{Item: "#a", Way: papers.MoveDown}, ".b -c #a .d"},
		"to stand after another":            {".a .b .c .d", papers.Move{Item: ".a", Way: papers.MoveAfter, After: ".c"}, ".b .c .a .d"},
		"to stand first":                    {".a .b .c", papers.Move{Item: ".c", Way: papers.MoveAfter}, ".c .a .b"},
		"sub-items stay together":           {".a -b -c .d", papers.Move{Item: ".d", Way: papers.MoveAfter, After: ".a"}, ""},
		"after its own sub-item":            {".a -b .c", papers.Move{Item: ".a", Way: papers.MoveAfter, After: "-b"}, ""},
		"after what is gone":                {".a .b", papers.Move{Item: ".a", Way: papers.MoveAfter, After: "gone"}, ""},
		"a break in front of a sub-item":    {".a -b =c", papers.Move{Item: "=c", Way: papers.MoveUp}, "=c .a -b"},
		"becomes a sub-item":                {".a .b", papers.Move{Item: ".b", Way: papers.MoveIn}, ".a -.b"},
		"the first has nothing to be under": {".a .b", papers.Move{Item: ".a", Way: papers.MoveIn}, ""},
		"nothing stands under a heading":    {"#a .b", papers.Move{Item: ".b", Way: papers.MoveIn}, ""},
		"becomes an item":                   {".a -b -c", papers.Move{Item: "-b", Way: papers.MoveOut}, ".a .-b -c"},
		"an unknown way":                    {".a .b", papers.Move{Item: ".b", Way: "sideways"}, ""},
		"an unknown item":                   {".a .b", papers.Move{Item: "gone", Way: papers.MoveUp}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before := agendaOf(test.agenda)
			after, ok := test.move.Apply(before)
			if ok != (test.want != "") {
				t.Fatalf("moves: %v, to %s", ok, words(after))
			}
			if got := words(after); ok && got != test.want {
				t.Errorf("the agenda is %s, want %s", got, test.want)
			}
			if got := words(before); got != words(agendaOf(test.agenda)) {
				t.Errorf("the agenda from before became %s", got)
			}
			for n, i := range after {
				if ok && i.Position != n+1 {
					t.Errorf("%s has position %d", i.ID, i.Position)
				}
			}
		})
	}
}

// words writes an agenda; a mark in front says where the level is not the one of the word.
func words(list []papers.Item) string {
	var out []string
	for _, i := range list {
		word := i.ID
		switch {
		case i.Level == 1 && word[0] != '-':
			word = "-" + word
		case i.Level == 0 && word[0] == '-':
			word = "." + word
		}
		out = append(out, word)
	}
	return strings.Join(out, " ")
}

func TestMerge(t *testing.T) {
	base := map[string]string{"title": "Finance", "lead": "Ann", "minutes": "10"}
	theirs := map[string]string{"title": "Finance report", "lead": "Ann", "minutes": "20", "number": "4"}
	m := papers.Merge(base, map[string]string{"title": "Money", "lead": "Ben", "minutes": "10"}, theirs)
	if m.Values["lead"] != "Ben" || m.Values["minutes"] != "20" || m.Values["number"] != "4" || m.Values["title"] != "Money" {
		t.Errorf("merged into %v", m.Values)
	}
	if want := (papers.Clash{Field: "title", Mine: "Money", Theirs: "Finance report"}); len(m.Clashes) != 1 || m.Clashes[0] != want {
		t.Errorf("the clashes are %v", m.Clashes)
	}
	same := papers.Merge(base, map[string]string{"title": "Finance report"}, theirs)
	if len(same.Clashes) > 0 {
		t.Errorf("two who wrote the same clash: %v", same.Clashes)
	}
}

// The clocks of a meeting go on while those on the wall change: ten minutes are ten minutes.
func TestStarts(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	list := []papers.Item{{Kind: papers.KindSection}, {Minutes: 30}, {Kind: papers.KindBreak, Minutes: 15}, {Minutes: 30}, {}}
	for start, want := range map[string]string{
		"2026-04-08T09:30:00+01:00": "09:30 09:30 10:00 10:15 10:45",
		"2026-03-29T00:30:00Z":      "00:30 00:30 02:00 02:15 02:45", // the clocks go forward at 1:00
		"2026-10-25T00:30:00+01:00": "00:30 00:30 01:00 01:15 01:45", // and back at 2:00
		"2026-10-25T01:30:00+01:00": "01:30 01:30 01:00 01:15 01:45",
	} {
		at, err := time.Parse(time.RFC3339, start)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range papers.Starts(papers.Meeting{StartsAt: at, Zone: "Europe/London"}, list) {
			got = append(got, s.In(london).Format("15:04"))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("from %s the clock times are %s, want %s", start, got, want)
		}
	}
	if papers.Starts(papers.Meeting{}, []papers.Item{{}, {}}) != nil {
		t.Error("an agenda without minutes has clock times")
	}
}

func TestItemForPublic(t *testing.T) {
	i := papers.Item{Private: true, Title: "secret", Lead: "secret", Recommendation: "secret", Verbal: true, ToFollow: "2026-04-01", PublicTitle: "Staff", Exemption: "law"}
	if got := i.ForPublic(); got.Title != "Staff" || got.Lead+got.Recommendation+got.ToFollow != "" || got.Verbal {
		t.Errorf("the public sees %+v", got)
	}
	if i.Follows() != "Paper to follow on 1 April 2026" {
		t.Errorf("says %q", i.Follows())
	}
}
