package livestream

import (
	"slices"
	"time"

	"clearday/papers"
)

// Chapter is a place in the recording of a meeting.
type Chapter struct {
	At     time.Time   `json:"at"`
	Offset int         `json:"offset_seconds"` // since the room opened first
	Kind   SessionKind `json:"session,omitempty" enum:"public,paused,adjourned" doc:"What began, for a chapter that is no item; public is that the meeting went on."`
	Item   string      `json:"item,omitempty"`
	Number string      `json:"number,omitempty"`
	Title  string      `json:"title,omitempty"`
}

// Chapters puts the items and the sessions of a meeting in the order of their times. Nothing of a
// private session is among them, and no private item. It takes the items as the public may see them;
// those that are public no more are left out.
func Chapters(r Room, starts []ItemStart, sessions []Session, items []papers.Item) []Chapter {
	list := []Chapter{}
	if r.OpenedAt == nil {
		return list
	}
	for n, s := range sessions {
		if s.Kind == SessionPaused || s.Kind == SessionAdjourned || s.Kind == SessionPublic && n > 0 {
			list = append(list, Chapter{At: s.BeganAt, Kind: s.Kind})
		}
	}
	for _, st := range heardInPublic(starts, sessions) {
		at := slices.IndexFunc(items, func(i papers.Item) bool { return i.ID == st.Item && !i.Private })
		if at >= 0 {
			list = append(list, Chapter{At: st.At, Item: st.Item, Number: items[at].Number, Title: items[at].Title})
		}
	}
	slices.SortStableFunc(list, func(a, b Chapter) int { return a.At.Compare(b.At) })
	for n := range list {
		list[n].Offset = max(0, int(list[n].At.Sub(*r.OpenedAt).Seconds()))
	}
	return list
}

// heardInPublic leaves out what was heard in private session. An item that was set there, before the
// public was let in again, begins for the public when the session ends.
func heardInPublic(starts []ItemStart, sessions []Session) []ItemStart {
	var heard []ItemStart
	for n, st := range starts {
		if n > 0 && starts[n-1].Item == st.Item {
			continue // set once more
		}
		private := slices.IndexFunc(sessions, func(s Session) bool { return s.Kind == SessionPrivate && s.holds(st.At) })
		if private >= 0 {
			end := sessions[private].EndedAt
			if end == nil || n+1 < len(starts) && starts[n+1].At.Before(*end) {
				continue
			}
			st.At = *end
		}
		heard = append(heard, st)
	}
	return heard
}

// holds tells whether something happened during the session.
func (s Session) holds(at time.Time) bool {
	return !at.Before(s.BeganAt) && (s.EndedAt == nil || at.Before(*s.EndedAt))
}
