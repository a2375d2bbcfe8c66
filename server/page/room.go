package page

import (
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// Room is the page on which a meeting is followed while it happens.
type Room struct {
	Base
	Meeting papers.Meeting
	Zone    *time.Location
	Room    livestream.Room
	Stage   Stage

	Mode     WatchMode // how it is followed
	Captions []CaptionRow

	Item      *RoomItem // being heard
	Of        int       // items on the agenda
	Items     []RoomItem
	Following *RoomItem // after the one being heard
	Papers    []RoomPaper

	Questions []RoomQuestion // published, in the order of the room
	More      int            // published ones that are not listed
	Asked     int            // all that ever came
	Mine      []RoomMine
	Form      AskForm
	Chat      RoomChat
}

// Template names the page's template.
func (Room) Template() string { return "room/room.html" }

// SlowWords says slow mode, "" when it is off.
func (p Room) SlowWords() string { return SlowWords(p.Room) }

// Rules names the rules that the page was made by.
func (p Room) Rules() string { return livestream.RulesMark(p.Form.Rules, p.Room) }

// Stage is what stands where a picture would be: how to follow, and what happens now.
type Stage struct {
	Kind     string // soon, open, paused, adjourned, private, closed, off
	Word     string // state as a word: Live, Paused
	Heading  string
	Text     string
	Watch    string // how to watch, as the meeting says
	WatchURL string // when that is an address

	Why       string // as the secretary said it
	ResumesAt *time.Time
	Resumes   string              // ResumesAt in words, after Going
	Going     string              // "It resumes", "Public again about"
	Session   *livestream.Session // the private one that is on
	Item      *RoomItem           // that it is about
}

// RoomItem is one item of the agenda with its place on the way.
type RoomItem struct {
	papers.Item
	Place int    // from 1
	Stand string // done, now, next or private
	Words string // heard, now, to come, private
}

// RoomPaper is a paper of the item being heard.
type RoomPaper struct {
	ID, Title string
	Pages     int
	Size      int64
}

// RoomQuestion is a published question as the room shows it.
type RoomQuestion struct {
	livestream.Question
	Item       string // "Item 5", or ""
	Supported  bool   // by this device
	Mine       bool   // asked from this device
	CanSupport bool
	Counted    bool // support is, or was
}

// Badge is the class of the question's state beside cd-state.
func (q RoomQuestion) Badge() string {
	if q.State == livestream.Published {
		return ""
	}
	return stateBadge(q.State)
}

// RoomMine is one of the device's own questions.
type RoomMine struct {
	Number string
	Words  string // where it stands
	Link   string // to the private page, or to the public one
}

// RoomWords says a room's state as people do.
func RoomWords(r livestream.Room) string {
	switch r.State {
	case livestream.RoomOpen:
		return "open"
	case livestream.RoomPaused:
		return "paused"
	case livestream.RoomPrivate:
		return "in private session"
	}
	if r.OpenedAt == nil {
		return "not open yet"
	}
	return "closed"
}

// AskingWords says how questions are taken.
func AskingWords(r livestream.Room) string {
	switch r.Asking {
	case livestream.AskingAdvance:
		return "Questions are taken in writing, before the meeting."
	case livestream.AskingLive:
		return "Questions are taken live."
	}
	return "No questions are taken."
}
