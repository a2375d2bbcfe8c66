package pdf

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOutlineOfAnswer(t *testing.T) {
	list, err := parseOutline([]byte(`{"outlines":[
		{"title":"1.\tWhat winter\u0000 asked","destpageposfrom1":3,"kids":[{"title":"Hubs","destpageposfrom1":4,"kids":[]}]},
		{"title":"Nowhere","destpageposfrom1":null,"kids":[{"title":"Below it","destpageposfrom1":6,"kids":[]}]},
		{"title":" ","destpageposfrom1":7,"kids":[]}]}`))
	want := []Section{{"1. What winter asked", 3, 0}, {"Hubs", 4, 1}, {"Below it", 6, 0}}
	if err != nil || len(list) != len(want) {
		t.Fatalf("the outline is %v, %v, want %v", list, err, want)
	}
	for i := range want {
		if list[i] != want[i] {
			t.Errorf("entry %d is %v, want %v", i, list[i], want[i])
		}
	}
	if _, err := parseOutline([]byte(`{"outlines":7}`)); err == nil {
		t.Error("an answer that is none is taken")
	}
}

// FuzzOutline takes whatever the child may answer about a hostile file.
func FuzzOutline(f *testing.F) {
	f.Add([]byte(`{"outlines":[{"title":"A","destpageposfrom1":1,"kids":[{"title":"B","destpageposfrom1":-2,"kids":[]}]}]}`))
	f.Add([]byte(`{"outlines":` + strings.Repeat(`[{"title":"A","destpageposfrom1":1,"kids":`, 40)))
	f.Fuzz(func(t *testing.T, out []byte) {
		list, err := parseOutline(out)
		if err != nil {
			return
		}
		if len(list) > maxOutline {
			t.Errorf("%d entries are kept, want at most %d", len(list), maxOutline)
		}
		for _, s := range list {
			if s.Title == "" || s.Page < 1 || s.Depth > maxOutlineDepth || utf8.RuneCountInString(s.Title) > maxSectionTitle || strings.ContainsAny(s.Title, "\n\t\x00") {
				t.Errorf("an entry is %+v", s)
			}
		}
	})
}
