package page

import (
	"strings"
	"testing"
	"time"

	"clearday/livestream"
)

// TestCaptionParts: captions are read as paragraphs under the items, each part with its source where that changes.
func TestCaptionParts(t *testing.T) {
	at := func(seconds int) time.Time { return time.Unix(int64(seconds), 0) }
	long := strings.Repeat("x", captionParagraph+1) + "."
	said := func(seconds int, text string, source livestream.CaptionSource) livestream.Caption {
		return livestream.Caption{Seq: int64(seconds), At: at(seconds), Text: text, Source: source}
	}
	parts := NewCaptionParts([]livestream.Caption{
		said(1, "good morning", livestream.CaptionMachine), said(3, "everybody", livestream.CaptionMachine), said(40, "we begin", livestream.CaptionMachine),
		said(100, long, livestream.CaptionMachine), said(102, "after", livestream.CaptionMachine), said(104, "By hand.", livestream.CaptionHuman),
	}, []livestream.Chapter{{At: at(90), Item: "a", Number: "2", Title: "Winter"}, {At: at(95), Kind: livestream.SessionPaused}})
	if len(parts) != 3 {
		t.Fatalf("there are %d parts: %+v", len(parts), parts)
	}
	first, second, third := parts[0], parts[1], parts[2]
	if len(first.Paragraphs) != 2 || first.Paragraphs[0].Text != "good morning everybody" || first.Title != "" || !first.Other {
		t.Errorf("before the first item: %+v", first)
	}
	if len(second.Paragraphs) != 2 || second.Title != "2. Winter" || second.Other {
		t.Errorf("under the item: %q, %d paragraphs, another source %v", second.Title, len(second.Paragraphs), second.Other)
	}
	if third.Title != "2. Winter" || !third.Other || !strings.Contains(third.Made(), "written by a person") {
		t.Errorf("by another: %+v", third)
	}
	if NewCaptionParts(nil, nil) != nil {
		t.Error("of nothing there is a part")
	}
}

// TestInto says how far into a meeting an item was heard.
func TestInto(t *testing.T) {
	for seconds, want := range map[int]string{0: "at the start", 59: "at the start", 60: "at 1 min", 3599: "at 59 min", 3600: "at 1 h 0 min", 4320: "at 1 h 12 min"} {
		if got := into(seconds); got != want {
			t.Errorf("%d seconds are %q, want %q", seconds, got, want)
		}
	}
	rows := NewChapterRows([]livestream.Chapter{{At: time.Date(2026, 4, 9, 9, 0, 0, 0, time.UTC), Offset: 25 * 3600, Kind: livestream.SessionPublic}}, time.UTC)
	if rows[0].Into != "on Thursday 9 April" || rows[0].Says != "The meeting went on in public" {
		t.Errorf("on another day: %+v", rows[0])
	}
}
