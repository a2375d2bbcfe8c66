package server

import (
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// The strip names an item by its number on the agenda, which need not be its place.
func TestLiveStrip(t *testing.T) {
	items := []papers.Item{{ID: "a", Number: "4", Title: "Money"}, {ID: "b", Number: "4.a", Title: "Budget"}}
	l := liveStrip(livestream.Room{State: livestream.RoomOpen, Item: "b"}, papers.Meeting{Zone: "Europe/London"}, papers.QuestionRules{}, items, time.Now())
	if l.Doing != "Item 4.a: Budget." {
		t.Errorf("the strip says %q", l.Doing)
	}
}
