package livestream

import "time"

// SessionKind is what the meeting was during a session.
type SessionKind string

// The kinds of session.
const (
	SessionPublic    SessionKind = "public"
	SessionPaused    SessionKind = "paused"
	SessionAdjourned SessionKind = "adjourned"
	SessionPrivate   SessionKind = "private"
	SessionNotNeeded SessionKind = "not_needed" // the public could have been excluded and was not (rules.md M-9)
)

// Session is a stretch of a meeting: the log of its room, from which the minutes say when the public
// left and came back (rules.md M-10). All of it is public.
type Session struct {
	Meeting    string      `json:"-"`
	N          int         `json:"n"` // from 1
	Kind       SessionKind `json:"kind"`
	BeganAt    time.Time   `json:"began_at"`
	EndedAt    *time.Time  `json:"ended_at,omitempty"`
	Why        string      `json:"why,omitempty"`
	Until      *time.Time  `json:"until,omitempty"` // when it was to go on, as it was said
	Item       string      `json:"item,omitempty"`
	Resolution string      `json:"resolution,omitempty"`
	MovedBy    string      `json:"moved_by,omitempty"`
	SecondedBy string      `json:"seconded_by,omitempty"`
}

// Begin is the session that the turn begins.
func (t Turn) Begin(meeting string, n int, now time.Time) Session {
	s := Session{Meeting: meeting, N: n, BeganAt: now, Why: t.Reason, Until: t.Until}
	switch {
	case t.State == RoomPrivate:
		s.Kind = SessionPrivate
	case t.Adjourn:
		s.Kind = SessionAdjourned
	case t.State == RoomPaused:
		s.Kind = SessionPaused
	default:
		s.Kind = SessionPublic
	}
	if e := t.Exclusion; e != nil {
		s.Item, s.Resolution, s.MovedBy, s.SecondedBy = e.Item, e.Resolution, e.MovedBy, e.SecondedBy
	}
	return s
}

// ItemStart is the moment when an item began to be heard.
type ItemStart struct {
	Item string    `json:"item"`
	At   time.Time `json:"at"`
}
