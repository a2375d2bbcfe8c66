package livestream

import (
	"slices"
	"time"
)

// ChairTime is what is left of time that was allotted.
type ChairTime struct {
	Minutes int           // allotted, 0 for none
	Left    time.Duration // below zero when it is over
	Running bool          // it gets less now
}

// ItemTime is the time of the item being heard, by its minutes on the agenda.
func ItemTime(r Room, minutes int, now time.Time) ChairTime {
	t := ChairTime{Minutes: minutes, Left: time.Duration(minutes) * time.Minute}
	if r.ItemSince != nil {
		t.Left -= now.Sub(*r.ItemSince)
		t.Running = r.State == RoomOpen
	}
	return t
}

// QuestionTime is the time for questions at a meeting by the minutes of the rules. It runs while a
// question is being answered, so that it is right also where questions come between other items.
func QuestionTime(list []Question, minutes int, now time.Time) ChairTime {
	t := ChairTime{Minutes: minutes, Left: time.Duration(minutes) * time.Minute}
	for _, q := range list {
		if q.PutAt == nil {
			continue
		}
		switch {
		case q.State == Put:
			t.Left -= now.Sub(*q.PutAt)
			t.Running = true
		case q.AnsweredAt != nil && q.AnsweredAt.After(*q.PutAt):
			t.Left -= q.AnsweredAt.Sub(*q.PutAt)
		}
	}
	return t
}

// NextQuestions are the questions being answered and, after them, those that come next: most support
// first, of equals the oldest. The list is of public faces.
func NextQuestions(list []Question, n int) (now, next []Question) {
	for _, q := range list {
		switch q.State {
		case Put:
			now = append(now, q)
		case Published:
			next = append(next, q)
		}
	}
	slices.SortStableFunc(next, func(a, b Question) int {
		if a.Supports != b.Supports {
			return b.Supports - a.Supports
		}
		return a.ReceivedAt.Compare(b.ReceivedAt)
	})
	return now, next[:min(n, len(next))]
}
