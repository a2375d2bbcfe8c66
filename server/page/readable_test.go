package page_test

import (
	"slices"
	"strings"
	"testing"

	"clearday/search"
	"clearday/server/page"
)

func written(paras []page.Para) []string {
	var out []string
	for _, p := range paras {
		var b strings.Builder
		for _, s := range p {
			b.WriteString(s.Text)
		}
		out = append(out, b.String())
	}
	return out
}

func TestReadable(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"lines of a paragraph", "Between November and February, many people were\nseen by the hubs, against a plan.\n\nNext paragraph.", []string{"Between November and February, many people were seen by the hubs, against a plan.", "Next paragraph."}},
		{"broken word", "people of the commu-\nnity came here today", []string{"people of the community came here today"}},
		{"numbered paragraphs", "1.1 The board noted the report on winter.\n1.2 The board agreed the plan for winter.", []string{"1.1 The board noted the report on winter.", "1.2 The board agreed the plan for winter."}},
		{"number inside a sentence", "The plan costs rather more than we thought, namely\n1.2 million pounds a year for the whole of the area", []string{"The plan costs rather more than we thought, namely 1.2 million pounds a year for the whole of the area"}},
		{"list", "• beds\n• hubs", []string{"• beds", "• hubs"}},
		{"bullet on a line of its own", "•\nbeds of all kinds\n•\nhubs", []string{"• beds of all kinds", "• hubs"}},
		{"cells of a table", "Attendances by month and place in the winter\nNov\n8,904", []string{"Attendances by month and place in the winter Nov\n8,904"}},
		{"nothing", " \n\n\t", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := written(page.Readable(c.text, search.Query{}))
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("Readable(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

// words are all of a text but the marks of lists: a column of marks apart from its words may go.
func words(text string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(text), func(w string) bool { return w == "•" }), " ")
}

// FuzzReadable loses no word of a page, whatever it holds.
func FuzzReadable(f *testing.F) {
	f.Add("1.1 The board\nnoted.\n\n• hubs", "hubs")
	f.Add("are:\n•\n•\n\nhubs\n–\n4", "hubs")
	f.Add("a\xffb -\n\u00ad x", `"b x"`)
	f.Fuzz(func(t *testing.T, text, typed string) {
		got := words(strings.Join(written(page.Readable(text, search.Parse(typed))), " "))
		if want := words(search.Prepare(text)); got != want {
			t.Errorf("Readable(%q) holds %q, want %q", text, got, want)
		}
	})
}

func TestHeading(t *testing.T) {
	for text, want := range map[string]bool{
		"4. Same-day care outside hospital": true, "12.1 What it cost": true, "REPORT OF THE DIRECTOR": true,
		"4.1 Between November and February, 41,260 people were seen.": false, "1.2 million pounds a year": false, "Nov": false, "NHS": false, "8,904 9,870": false,
		"12 March 2027": false, "1 Summary": false, // which a date cannot be told from by its words alone
		"4. Same-day care\nhubs": false, "A plan": false, "": false,
	} {
		if got := (page.Para{{Text: text}}).Heading(); got != want {
			t.Errorf("%q is a heading: %v, want %v", text, got, want)
		}
	}
}
