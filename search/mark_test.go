package search

import (
	"html"
	"strings"
	"testing"
)

func TestMark(t *testing.T) {
	page := strings.Fields(`The hubs, (Same-day access) at the same day. Working in the commu- nity; a community's "hub" and Tŷ Crwys cost £1.2m: same`)
	for _, c := range []struct{ query, want string }{
		{"hub", `hubs, "hub"`},
		{`"same day"`, `(Same-day same day.`},
		{"same-day", `(Same-day same day.`},
		{`"same day" access -hub`, `(Same-day access) same day.`},
		{"community", `commu- nity; community's`},
		{"commun*", `commu- nity; community's`},
		{"ty OR 1.2m", `Tŷ £1.2m:`},
		{"title:hubs work*", `hubs, Working "hub"`},
		{"nothing", ""},
		{"-hub", ""},
		{"", ""},
	} {
		var got []string
		for i, marked := range Parse(c.query).Mark(page) {
			if marked {
				got = append(got, page[i])
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("Mark(%s) = %s, want %s", c.query, strings.Join(got, " "), c.want)
		}
	}
}

func marked(segs []Segment) string {
	var b strings.Builder
	for _, s := range segs {
		if s.Marked {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestMarkText(t *testing.T) {
	text := "The hubs' same-day\n access; hub hub."
	for query, want := range map[string]string{
		"hub":                    "The [hubs]' same-day\n access; [hub] [hub].",
		`"same day access"`:      "The hubs' [same-day\n access]; hub hub.",
		`"day access" same hubs`: "The [hubs]' [same]-[day\n access]; [hub] [hub].",
		"":                       text,
	} {
		if got := marked(Parse(query).MarkText(text)); got != want {
			t.Errorf("MarkText(%s) = %s, want %s", query, got, want)
		}
	}
}

func TestSnippet(t *testing.T) {
	far := strings.Repeat("filler words of a page ", 60)
	for _, c := range []struct{ name, query, text, want string }{
		{"escaped", "alert", `<script>alert("x")</script> & <mark>bait</mark>`, `&lt;script&gt;<mark>alert</mark>(&#34;x&#34;)&lt;/script&gt; &amp; &lt;mark&gt;bait&lt;/mark&gt;`},
		{"one line", "hub", "the\n\n  fourth\thub\x00 in\r\nSaltfen", "the fourth <mark>hub</mark> in Saltfen"},
		{"phrase over lines", `"fourth hub"`, "the fourth\nhub", "the <mark>fourth hub</mark>"},
		{"no match", "zebra", "A short page", "A short page"},
		{"empty", "zebra", "", ""},
		{"marks in the text, not in its escapes", "amp", "x a & y", "x a &amp; y"},
	} {
		if got := newMatcher(Parse(c.query)).snippet(c.text); got != c.want {
			t.Errorf("%s: snippet = %s, want %s", c.name, got, c.want)
		}
	}
	got := newMatcher(Parse("hub saltfen")).snippet("a hub alone. " + far + "the lease of the Saltfen hub was not signed " + far)
	if !strings.Contains(got, "<mark>Saltfen</mark> <mark>hub</mark>") || !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") {
		t.Errorf("the passage with both words is not chosen: %s", got)
	}
	if plain := html.UnescapeString(got); len(plain) > 320 {
		t.Errorf("the snippet is %d bytes long", len(plain))
	}
	if got := newMatcher(Parse("x")).snippet(strings.Repeat("日", 5000)); len(got) > 400 {
		t.Errorf("a page without spaces gives %d bytes", len(got))
	}
}
