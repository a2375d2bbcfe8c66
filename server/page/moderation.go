package page

import (
	"fmt"
	"strings"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// Chair is what the chair has before them: the item, the next questions, the time left.
type Chair struct {
	Base
	Meeting papers.Meeting
	Zone    *time.Location
	Room    livestream.Room
	Word    string // the room's state as a word
	Heard   *RoomItem
	Of      int
	ItemT   livestream.ChairTime
	AskT    livestream.ChairTime
	Being   []ChairQuestion
	Next    []ChairQuestion
	More    int // published ones after the next
}

// ChairQuestion is a question as it is read out.
type ChairQuestion struct {
	livestream.Question
	About string // "item 5", or ""
}

// Template names the page's template.
func (Chair) Template() string { return "chair/chair.html" }

// LeftWords says what is left of a time, to the minute.
func LeftWords(t livestream.ChairTime) string {
	if t.Left < 0 {
		return Count(int((-t.Left).Minutes()), "minute", "minutes") + " over"
	}
	if t.Left < time.Minute {
		return "under a minute"
	}
	return Count(int(t.Left.Minutes()), "minute", "minutes")
}

// Report is the form on which anybody says that something published should not be there.
type Report struct {
	Base
	About   string // Q-2026-0042, chat/...
	Part    string // question, answer or ""
	What    string // "question Q-2026-0042", "a message of the chat"
	Text    string // the words that it is about
	Back    string // where it stands
	Reasons []Reason
	Chosen  string
	Typed   string
	Urgent  bool
	Done    bool
	Error   string
}

// Template names the page's template.
func (Report) Template() string { return "report/report.html" }

// Moderation is a board's page for its moderators: listed words, blocks and slowings. Without a board it
// is the site's: the lists of every board that has none of its own.
type Moderation struct {
	Base
	Board    papers.Board
	Own      bool // the board has lists of its own
	Zone     *time.Location
	Words    livestream.Words
	Typed    *livestream.Words // as entered in a form that did not go through
	Blocks   []HeldBack
	Slowings []HeldBack
	Error    string
}

// Template names the page's template.
func (Moderation) Template() string { return "live/moderation.html" }

// Address is where the page is.
func (p Moderation) Address() string {
	if p.Board.Slug == "" {
		return "/desk/site/words"
	}
	return "/desk/boards/" + p.Board.Slug + "/moderation"
}

// HeldBack is one row of the list of blocks or slowings.
type HeldBack struct {
	ID, About, Reason, Who, Device string
	Every                          int
	At, Until                      time.Time
	LiftedAt                       *time.Time
	Holds                          bool
}

// BlockRows makes the rows of blocks.
func BlockRows(list []livestream.Block, now time.Time) []HeldBack {
	rows := make([]HeldBack, len(list))
	for i, b := range list {
		rows[i] = HeldBack{ID: b.ID, About: b.About, Reason: b.Reason, Who: b.Who, Device: b.Device[:min(8, len(b.Device))], At: b.At, Until: b.Until, LiftedAt: b.LiftedAt,
			Holds: b.LiftedAt == nil && b.Until.After(now)}
	}
	return rows
}

// SlowingRows makes the rows of slowings.
func SlowingRows(list []livestream.Slowing, now time.Time) []HeldBack {
	rows := make([]HeldBack, len(list))
	for i, s := range list {
		rows[i] = HeldBack{ID: s.ID, About: s.About, Reason: s.Reason, Who: s.Who, Every: s.Every, At: s.At, Until: s.Until, LiftedAt: s.LiftedAt,
			Holds: s.LiftedAt == nil && s.Until.After(now)}
	}
	return rows
}

// Number is that of the contribution which led to it, "" when it was a message of the chat.
func (h HeldBack) Number() string {
	if strings.HasPrefix(h.About, "chat/") {
		return ""
	}
	return h.About
}

// Ended says how a block that does not hold any more came to its end.
func (h HeldBack) Ended(zone *time.Location) string {
	if h.LiftedAt != nil {
		return "Lifted on " + Moment(*h.LiftedAt, zone)
	}
	return "Ended on " + Moment(h.Until, zone)
}

// WordLines gives a list as a field holds it.
func (p Moderation) WordLines(kind string) string {
	w := p.Words
	if p.Typed != nil {
		w = *p.Typed
	}
	return strings.Join(map[string][]string{"names": w.Names, "look": w.Look, "urgent": w.Urgent}[kind], "\n")
}

// Flashed is what the form before this page did.
func (p Moderation) Flashed() string {
	switch p.Saved {
	case "words":
		return fmt.Sprintf("The lists are saved: %s, %s, %s.", Count(len(p.Words.Names), "name", "names"), Count(len(p.Words.Look), "word for a second look", "words for a second look"), Count(len(p.Words.Urgent), "word of the urgent list", "words of the urgent list"))
	case "lifted":
		return "It is lifted, and holds no more."
	}
	return ""
}
