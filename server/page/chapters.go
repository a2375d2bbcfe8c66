package page

import (
	"fmt"
	"time"

	"clearday/livestream"
)

// ChapterRow is a place in the recording of a meeting.
type ChapterRow struct {
	livestream.Chapter
	Says string // what began
	Into string // how far into the meeting: "at 1 h 12 min"
}

// NewChapterRows says each chapter. Of a meeting that went on another day it says the day.
func NewChapterRows(list []livestream.Chapter, zone *time.Location) []ChapterRow {
	rows := make([]ChapterRow, len(list))
	for n, c := range list {
		rows[n] = ChapterRow{Chapter: c, Says: c.Title, Into: into(c.Offset)}
		switch c.Kind {
		case livestream.SessionPaused:
			rows[n].Says = "The meeting paused"
		case livestream.SessionAdjourned:
			rows[n].Says = "The meeting adjourned"
		case livestream.SessionPublic:
			rows[n].Says = "The meeting went on in public"
		}
		if c.Offset >= 24*60*60 {
			rows[n].Into = "on " + c.At.In(zone).Format("Monday 2 January")
		}
	}
	return rows
}

func into(seconds int) string {
	switch h, m := seconds/3600, seconds/60%60; {
	case seconds < 60:
		return "at the start"
	case h == 0:
		return fmt.Sprintf("at %d min", m)
	default:
		return fmt.Sprintf("at %d h %d min", h, m)
	}
}
