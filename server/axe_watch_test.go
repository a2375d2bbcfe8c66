package server_test

import (
	"time"

	"clearday/livestream"
)

// watching are rooms in the states in which they are followed. What plays is in the tests of watching.
func (f *fair) watching() {
	t := f.test
	allowStreams(t, f.Site, "https://video.example.org")
	hls := livestream.Stream{Kind: livestream.StreamHLS, URL: "https://video.example.org/a.m3u8"}
	embed := livestream.Stream{Kind: livestream.StreamEmbed, URL: "https://video.example.org/embed/1"}
	notice := "The hearing loop does not work in the gallery. Ask a steward for a headset."
	f.Clock.Advance(60 * 24 * time.Hour) // adjourned is what has begun
	defer f.Clock.Advance(-60 * 24 * time.Hour)
	until := f.Clock.Now().Add(40 * time.Minute)
	for name, turns := range map[string][]livestream.Turn{
		"watching":  {{Stream: &hls, Notice: &notice}},
		"embed":     {{Stream: &embed}},
		"adjourned": {{State: livestream.RoomPaused, Adjourn: true, Reason: "The fire alarm went off.", Until: &until}},
		"in private, resolved": {{Stream: &hls}, {State: livestream.RoomPrivate, Reason: "A contract with a bidder.", Until: &until,
			Exclusion: &livestream.Exclusion{Resolution: "That, under section 100A(4) of the Local Government Act 1972, the press and public be excluded for the rest of the meeting.", MovedBy: "Ann Lode", SecondedBy: "Tess Marsh"}}},
	} {
		m := f.Meeting(t, f.board, -1)
		f.Item(t, m.Slug, "The item that is heard")
		f.call("POST", "/meetings/"+m.Slug+"/publish", nil, nil)
		turn(t, f.Site, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive})
		if _, err := f.Record.Caption(t.Context(), m.Slug, livestream.Caption{Text: "Good morning, and welcome.", Source: livestream.CaptionMachine}); err != nil {
			t.Fatal(err)
		}
		for _, tn := range turns {
			turn(t, f.Site, m.Slug, tn)
		}
		f.see("room "+name, "/meetings/"+m.Slug+"/live")
		if name == "watching" {
			f.see("room by ear", "/meetings/"+m.Slug+"/live?mode=audio")
			f.see("room in words", "/meetings/"+m.Slug+"/live?mode=text")
		}
	}
}
