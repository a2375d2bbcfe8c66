package livestream

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"clearday/papers"
)

// TestChapters: items and breaks in the order of their times, from the opening on; nothing of what was private.
func TestChapters(t *testing.T) {
	opened := time.Date(2026, 4, 8, 9, 30, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return opened.Add(time.Duration(minutes) * time.Minute) }
	till := func(minutes int) *time.Time { u := at(minutes); return &u }
	items := []papers.Item{{ID: "a", Number: "1", Title: "Welcome"}, {ID: "b", Number: "2", Title: "Winter"},
		{ID: "p", Number: "3", Title: "CANARY", PublicTitle: "A contract", Private: true}, {ID: "c", Number: "4", Title: "Any other business"}}
	sessions := []Session{{Kind: SessionPublic, BeganAt: at(0), EndedAt: till(20)}, {Kind: SessionPaused, BeganAt: at(20), EndedAt: till(30)},
		{Kind: SessionPublic, BeganAt: at(30), EndedAt: till(60)}, {Kind: SessionNotNeeded, BeganAt: at(40), EndedAt: till(40)},
		{Kind: SessionPrivate, BeganAt: at(60), EndedAt: till(90)}, {Kind: SessionPublic, BeganAt: at(90)}}
	starts := []ItemStart{{"a", at(-1)}, {"b", at(12)}, {"b", at(31)}, {"p", at(59)}, {"gone", at(61)}, {"b", at(70)}, {"c", at(88)}, {"a", at(132)}}
	var got []string
	for _, c := range Chapters(Room{OpenedAt: &opened}, starts, sessions, items) {
		got = append(got, fmt.Sprintf("%d %s%s%s", c.Offset/60, c.Kind, c.Number, c.Title))
	}
	want := []string{"0 1Welcome", "12 2Winter", "20 paused", "30 public", "90 public", "90 4Any other business", "132 1Welcome"}
	if !slices.Equal(got, want) {
		t.Errorf("the chapters are %q, want %q", got, want)
	}
	if list := Chapters(Room{}, starts, nil, items); list == nil || len(list) != 0 {
		t.Errorf("before the room opens the chapters are %v, want none", list)
	}
	during := Chapters(Room{OpenedAt: &opened}, []ItemStart{{"c", at(65)}}, []Session{{Kind: SessionPrivate, BeganAt: at(60)}}, items)
	if len(during) != 0 {
		t.Errorf("in private session the chapters tell %+v", during)
	}
}
