package livestream

import (
	"testing"
	"time"
)

func TestItemTime(t *testing.T) {
	now := time.Date(2026, 4, 8, 10, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) *time.Time { at := now.Add(-d); return &at }
	for name, c := range map[string]struct {
		room    Room
		minutes int
		want    ChairTime
	}{
		"not begun":      {Room{State: RoomOpen}, 20, ChairTime{20, 20 * time.Minute, false}},
		"begun":          {Room{State: RoomOpen, ItemSince: ago(5 * time.Minute)}, 20, ChairTime{20, 15 * time.Minute, true}},
		"over":           {Room{State: RoomOpen, ItemSince: ago(25 * time.Minute)}, 20, ChairTime{20, -5 * time.Minute, true}},
		"paused":         {Room{State: RoomPaused, ItemSince: ago(5 * time.Minute)}, 20, ChairTime{20, 15 * time.Minute, false}},
		"no time for it": {Room{State: RoomOpen, ItemSince: ago(time.Minute)}, 0, ChairTime{0, -time.Minute, true}},
	} {
		if got := ItemTime(c.room, c.minutes, now); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// The time for questions runs only while one is being answered, wherever on the agenda that is.
func TestQuestionTime(t *testing.T) {
	now := time.Date(2026, 4, 8, 10, 0, 0, 0, time.UTC)
	at := func(before time.Duration) *time.Time { at := now.Add(-before); return &at }
	waiting, put := Question{State: Published}, Question{State: Put, PutAt: at(4 * time.Minute)}
	answered := Question{State: AnsweredOrally, PutAt: at(30 * time.Minute), AnsweredAt: at(24 * time.Minute)}
	written := Question{State: AnsweredWriting, AnsweredAt: at(time.Hour)}                                // never put
	odd := Question{State: AnsweredOrally, PutAt: at(10 * time.Minute), AnsweredAt: at(20 * time.Minute)} // a clock went back
	left := Question{State: NotReached}
	for name, c := range map[string]struct {
		list []Question
		want ChairTime
	}{
		"none was put":          {[]Question{waiting, written, left, odd}, ChairTime{15, 15 * time.Minute, false}},
		"one is being answered": {[]Question{waiting, put}, ChairTime{15, 11 * time.Minute, true}},
		"one was answered":      {[]Question{answered}, ChairTime{15, 9 * time.Minute, false}},
		"both":                  {[]Question{answered, waiting, put}, ChairTime{15, 5 * time.Minute, true}},
		"the time is over":      {[]Question{answered, answered, put, written}, ChairTime{15, -time.Minute, true}},
	} {
		if got := QuestionTime(c.list, 15, now); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestNextQuestions(t *testing.T) {
	early := time.Date(2026, 4, 8, 9, 0, 0, 0, time.UTC)
	list := []Question{{Number: "few", State: Published, Supports: 1, ReceivedAt: early}, {Number: "late", State: Published, Supports: 5, ReceivedAt: early.Add(time.Hour)},
		{Number: "now", State: Put}, {Number: "waits", State: Received, Supports: 9}, {Number: "early", State: Published, Supports: 5, ReceivedAt: early}, {Number: "done", State: AnsweredOrally, Supports: 9}}
	now, next := NextQuestions(list, 2)
	if len(now) != 1 || now[0].Number != "now" || len(next) != 2 || next[0].Number != "early" || next[1].Number != "late" {
		t.Errorf("now %+v, next %+v", now, next)
	}
	if now, next := NextQuestions(nil, 3); len(now)+len(next) != 0 {
		t.Errorf("of none: %+v, %+v", now, next)
	}
}
