// Package livestream is the room: where a meeting is followed while it happens, residents ask and
// support questions, and a moderator publishes them and records the answers.
//
// The record is the truth ([Store]); each public event of a room has a number that never skips,
// taken in the transaction of the change. The [Hub] holds the watchers of this program, the [Bus]
// wakes the hubs of other programs and carries them small events, and whoever missed something reads
// it again by number. The ask
// journey reads: Hub.Ask (rules and limits), Store.Ask (commit), the acknowledgement with the
// private link, the moderator's queue, Hub.Decide, the published event, the bus, every watcher.
package livestream

import (
	"encoding/json"
	"strings"
	"time"
)

// RoomState is whether the public can follow the room.
type RoomState string

// The states of a room (design.md 5.3).
const (
	RoomOpen    RoomState = "open"
	RoomPaused  RoomState = "paused"
	RoomPrivate RoomState = "private"
	RoomClosed  RoomState = "closed"
)

// Asking is how questions are taken.
type Asking string

// The ways of asking.
const (
	AskingAdvance Asking = "advance" // in writing before the meeting
	AskingLive    Asking = "live"
	AskingClosed  Asking = "closed"
)

// EventKind names a public event of a room (design.md 5.4).
type EventKind string

// The kinds of event.
const (
	EventRoomOpened        EventKind = "room.opened"
	EventRoomPaused        EventKind = "room.paused"
	EventRoomPrivate       EventKind = "room.private"
	EventRoomClosed        EventKind = "room.closed"
	EventItemStarted       EventKind = "item.started"
	EventQuestionPublished EventKind = "question.published"
	EventQuestionChanged   EventKind = "question.changed"
	EventQuestionAnswered  EventKind = "question.answered"
	EventSupportCounted    EventKind = "support.counted"
	EventNoticePosted      EventKind = "notice.posted"
	EventVideoChanged      EventKind = "video.changed"
	EventCaptionSpoken     EventKind = "caption.spoken"
	EventChatPosted        EventKind = "chat.posted"
	EventChatRemoved       EventKind = "chat.removed"
)

// Event is one public change of a room. Data is the public JSON that goes to every watcher:
// a [Question] for question.*, a [Room] for room.*, item.started, notice.posted and video.changed, a
// [Caption] for caption.spoken, {"supports": {number: n}} for support.counted, a [PublicMessage] for chat.*.
type Event struct {
	Seq  int64           `json:"seq"`
	Kind EventKind       `json:"kind"`
	At   time.Time       `json:"at"`
	Data json.RawMessage `json:"data"`
}

// question gives the face that an event of a question tells.
func (e Event) question() (q Question, ok bool) {
	if !strings.HasPrefix(string(e.Kind), "question.") || json.Unmarshal(e.Data, &q) != nil {
		return Question{}, false
	}
	return q, true
}

// TakeBack lets words that the event tells of the same question leave it: the face's own stand in their
// place, or none where the face shows none. It tells whether there were any.
func (e *Event) TakeBack(face Question) bool {
	q, ok := e.question()
	if !ok || q.Number != face.Number || !q.State.ShowsWords() {
		return false
	}
	if face.State.ShowsWords() { // only the words are others
		q.Text, q.Wording, q.Name, q.Area, q.For = face.Text, face.Wording, face.Name, face.Area, face.For
		face = q
	}
	face.Revised = false
	b, err := json.Marshal(face)
	if err != nil { // a face can always be written; else nothing is better than the words
		b = []byte("{}")
	}
	e.Data = b
	return true
}

// takesBack gives what lets an earlier event forget what this one says is not to be shown any more: the
// words of a question or message, the address of a stream. Else nil. The mark is in every event that it
// can be about.
func (e Event) takesBack() (mark string, forget func(*Event) bool) {
	if q, ok := e.question(); ok && (q.Revised || !q.State.ShowsWords() && q.State != Received) {
		return `"id":"` + q.Number + `"`, func(old *Event) bool { return old.TakeBack(q) }
	}
	if m, ok := e.message(); ok && m.State == ChatRemoved {
		return `"id":"` + m.ID + `"`, func(old *Event) bool { return old.TakeBackMessage(m) }
	}
	if e.Kind == EventRoomPrivate {
		return `"stream":`, (*Event).forgetStream
	}
	return "", nil
}

// forgetStream lets an event of the room forget where its stream was: whoever comes back during a
// private session is not told (rules.md M-10).
func (e *Event) forgetStream() bool {
	var room map[string]json.RawMessage
	if json.Unmarshal(e.Data, &room) != nil || room["stream"] == nil {
		return false
	}
	delete(room, "stream")
	b, err := json.Marshal(room)
	if err != nil { // what was read can always be written; else nothing is better than the address
		b = []byte("{}")
	}
	e.Data = b
	return true
}

// Snapshot is the whole public state of a room at one number.
type Snapshot struct {
	Room      Room
	Questions []Question      // public faces, latest 100, newest first
	Chat      []PublicMessage // latest 50, newest first
	Captions  []Caption       // the last few, oldest first; none in private session
	Counts    Counts
}

// Counts are the totals of a meeting's contributions; they add up.
type Counts struct {
	Received int           `json:"received"` // all that ever came
	ByState  map[State]int `json:"by_state"`
	ByKind   map[Kind]int  `json:"by_kind,omitempty"`
}
