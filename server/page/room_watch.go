package page

import (
	"time"

	"clearday/livestream"
)

// WatchMode is how somebody follows a meeting. It is remembered in the address only.
type WatchMode string

// The modes of watching.
const (
	WatchVideo WatchMode = "video"
	WatchAudio WatchMode = "audio" // of a stream; a player of another site has its own switch
	WatchText  WatchMode = "text"  // agenda, captions and questions
)

// WatchModeOf reads the mode of an address.
func WatchModeOf(s string, stream livestream.Stream) WatchMode {
	switch {
	case s == string(WatchText):
		return WatchText
	case s == string(WatchAudio) && stream.Kind != livestream.StreamEmbed:
		return WatchAudio
	}
	return WatchVideo
}

// Plays tells whether the page has a player: while the meeting is public and goes on, there is a
// stream, and the reader wants it.
func (p Room) Plays() bool {
	return p.Stage.Kind == "open" && p.Room.Stream.URL != "" && p.Mode != WatchText
}

// WatchChoice is one of the ways to follow that the page offers.
type WatchChoice struct {
	Mode   WatchMode
	Words  string
	Hidden bool // with this stream
}

// Modes are the ways to follow.
func (p Room) Modes() []WatchChoice {
	return []WatchChoice{{WatchVideo, "Video", false}, {WatchAudio, "Sound", p.Room.Stream.Kind == livestream.StreamEmbed}, {WatchText, "Text", false}}
}

// Query is the end of the room's address that keeps mode and part of the page, from a mode on.
func (p Room) Query(m WatchMode, chat bool) string {
	q := "?mode=" + string(m)
	if m == WatchVideo {
		q = ""
	}
	switch {
	case chat && q == "":
		return "?talk=chat"
	case chat:
		return q + "&talk=chat"
	}
	return q
}

// CaptionWords says where a caption comes from, as readers are told.
func CaptionWords(c livestream.Caption) string {
	switch {
	case c.Source == livestream.CaptionMachine:
		return "Automatic captions: they may mishear"
	case c.By != "":
		return "Captions by " + c.By
	}
	return "Captions by a person"
}

// CaptionRow is a caption with what is said of its source where that is another than before.
type CaptionRow struct {
	livestream.Caption
	Words string
}

// CaptionRows puts the source before the first caption of each.
func CaptionRows(list []livestream.Caption) []CaptionRow {
	rows := make([]CaptionRow, len(list))
	for i, c := range list {
		rows[i].Caption = c
		if w := CaptionWords(c); i == 0 || w != CaptionWords(list[i-1]) {
			rows[i].Words = w
		}
	}
	return rows
}

// Resumes says when something goes on: "at 2:15pm", with the day where it is another, with the name of
// the time where the clocks change before, and with "about" where it is a guess.
func Resumes(at, now time.Time, zone *time.Location, guess bool) string {
	at, now = at.In(zone), now.In(zone)
	about := ""
	if guess {
		about = "about "
	}
	words := "at " + about + Clock(at, zone)
	if at.Format(time.DateOnly) != now.Format(time.DateOnly) {
		words = at.Format("on Monday 2 January 2006, ") + about + Clock(at, zone)
	}
	_, before := now.Zone()
	if name, after := at.Zone(); after != before {
		words += " " + name + ", after the clocks change"
	}
	return words
}
