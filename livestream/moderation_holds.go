package livestream

import (
	"context"
	"fmt"
	"strings"
	"time"

	"clearday/papers"
)

// Holds are what keeps somebody from sending for a while. They live in the record, and the
// transaction that takes a contribution reads them: so they hold in every program at once.
type Holds interface {
	Block(ctx context.Context, b Block, c papers.Change) (Block, error)
	SlowPlace(ctx context.Context, s Slowing, c papers.Change) (Slowing, error)
	// Lift ends a block or slowing of the board before its time.
	Lift(ctx context.Context, board, id string, c papers.Change) error
	// Blocks and slowings of the board, newest first, also those that ended.
	Blocks(ctx context.Context, board string) ([]Block, []Slowing, error)
	// BlockOf answers the block under which a device is with the board now, ErrNotFound when none.
	BlockOf(ctx context.Context, board, device string) (Block, error)
	// SetLimits changes slow mode, delay and pause of a room.
	SetLimits(ctx context.Context, meeting string, l RoomLimits, c papers.Change) (Room, error)
}

// Block keeps a device from sending anything to a board until its end. It is by the cookie of the
// device: who deletes that meets the limits of rooms and addresses.
type Block struct {
	ID       string     `json:"id"`
	Board    string     `json:"board"`
	Device   string     `json:"-"`     // hash
	About    string     `json:"about"` // what led to it: the number of a contribution, or chat/ and the id of a message
	Reason   string     `json:"reason"`
	Who      string     `json:"who"`
	At       time.Time  `json:"at"`
	Until    time.Time  `json:"until"`
	LiftedAt *time.Time `json:"lifted_at,omitempty"`
}

// Slowing lets an address send one contribution in so many seconds until its end. It is never more
// than that: whole hospitals share an address.
type Slowing struct {
	ID       string     `json:"id"`
	Board    string     `json:"board"`
	Place    string     `json:"-"`     // keyed hash
	Every    int        `json:"every"` // seconds
	About    string     `json:"about"`
	Reason   string     `json:"reason"`
	Who      string     `json:"who"`
	At       time.Time  `json:"at"`
	Until    time.Time  `json:"until"`
	LiftedAt *time.Time `json:"lifted_at,omitempty"`
}

// The bounds of blocks and slowings.
const (
	MaxBlock   = 90 * 24 * time.Hour
	MaxSlowing = 4 * time.Hour
	MaxEvery   = 300 // seconds
	MaxSlow    = 600 // seconds between two contributions of a device
)

// CodeBlocked is the code of a refusal because the device is blocked.
const CodeBlocked = "blocked"

// RoomLimits change how fast a room takes and shows things; a nil field leaves it as it is.
type RoomLimits struct {
	Slow   *int  // seconds between two contributions of one device, 0 for none
	Delay  *int  // seconds in which only moderators see what is published, 0 for none
	Paused *bool // asking rests for a moment
	Chat   *ChatSwitch
}

// Block keeps the device that sent something from sending until the end. about is what it sent: the
// number of a contribution, or chat/ and the id of a message.
func (h *Hub) Block(ctx context.Context, about string, until time.Time, reason string, by papers.Actor) (Block, error) {
	h.init()
	reason, err := h.tidyHold(until, MaxBlock, reason)
	if err != nil {
		return Block{}, err
	}
	s, err := h.sent(ctx, about)
	if err != nil {
		return Block{}, err
	}
	if s.device == "" {
		return Block{}, papers.Errorf(papers.CodeConflict, "No device is known that sent it: staff entered it, or it was a while ago. There is none to block.")
	}
	b, err := h.Store.Block(ctx, Block{Board: s.board, Device: s.device, About: about, Reason: reason, Until: until.UTC()}, papers.Change{By: by})
	if err != nil {
		return Block{}, fmt.Errorf("blocking a device: %w", err)
	}
	h.announce(Wake{Meeting: s.meeting, Queue: true})
	return b, nil
}

// SlowPlace slows the address from which something came within the last hour.
func (h *Hub) SlowPlace(ctx context.Context, about string, every int, until time.Time, reason string, by papers.Actor) (Slowing, error) {
	h.init()
	reason, err := h.tidyHold(until, MaxSlowing, reason)
	if err != nil {
		return Slowing{}, err
	}
	if every < 1 || every > MaxEvery {
		return Slowing{}, papers.Errorf(papers.CodeInvalid, "An address can be slowed to one contribution in 1 to %d seconds.", MaxEvery)
	}
	from, err := h.sent(ctx, about)
	if err != nil {
		return Slowing{}, err
	}
	s, err := h.Store.SlowPlace(ctx, Slowing{Board: from.board, Every: every, About: about, Reason: reason, Until: until.UTC()}, papers.Change{By: by})
	if err != nil {
		return Slowing{}, fmt.Errorf("slowing an address: %w", err)
	}
	return s, nil
}

// sender is where something came from.
type sender struct{ board, meeting, device string }

func (h *Hub) sent(ctx context.Context, about string) (sender, error) {
	if id, ok := strings.CutPrefix(about, "chat/"); ok {
		m, err := h.Store.Message(ctx, id)
		if err != nil {
			return sender{}, fmt.Errorf("reading a message: %w", err)
		}
		return sender{m.Board, m.Meeting, m.Device}, nil
	}
	c, err := h.Store.Contribution(ctx, about)
	if err != nil {
		return sender{}, fmt.Errorf("reading the contribution: %w", err)
	}
	return sender{c.Board, c.Meeting, c.Device}, nil
}

func (h *Hub) tidyHold(until time.Time, most time.Duration, reason string) (string, error) {
	if now := h.Now(); !until.After(now) || until.Sub(now) > most+time.Minute {
		return "", papers.Errorf(papers.CodeInvalid, "Choose until when. It ends by itself, %s at the latest.", lasting(most))
	}
	return papers.Line("reason", reason, 200, true)
}

// lasting says the bounds above.
func lasting(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("after %d days", int(d.Hours())/24)
	}
	return fmt.Sprintf("after %d hours", int(d.Hours()))
}

// SetLimits sets slow mode, delay and pause. The public is told of each.
func (h *Hub) SetLimits(ctx context.Context, meeting string, l RoomLimits, by papers.Actor) (Room, error) {
	h.init()
	if l.Slow != nil && (*l.Slow < 0 || *l.Slow > MaxSlow) {
		return Room{}, papers.Errorf(papers.CodeInvalid, "Slow mode can be between 0 and %d seconds.", MaxSlow)
	}
	if l.Delay != nil && (*l.Delay < 0 || *l.Delay > MaxDelay) {
		return Room{}, papers.Errorf(papers.CodeInvalid, "“Moderators first” can be between 0 and %d seconds.", MaxDelay)
	}
	if l.Chat != nil && !l.Chat.known() {
		return Room{}, papers.Errorf(papers.CodeInvalid, "The chat is as the rules say, off, checked first or checked after.")
	}
	m, room, err := h.meetingRoom(ctx, meeting)
	if err != nil {
		return Room{}, err
	}
	change := roomChange(m, room, by)
	l.apply(&room)
	change.Acts[0].Facts["slow"], change.Acts[0].Facts["delay"] = fmt.Sprint(room.Slow), fmt.Sprint(room.Delay)
	change.Acts[0].Facts["asking_paused"] = fmt.Sprint(room.AskingPaused)
	if room.Chat != ChatByRules {
		change.Acts[0].Facts["chat"] = string(room.Chat)
	}
	if room, err = h.Store.SetLimits(ctx, meeting, l, change); err != nil {
		return Room{}, fmt.Errorf("changing the limits of a room: %w", err)
	}
	h.announce(Wake{Meeting: meeting, Seq: room.Seq, Queue: true})
	return room, nil
}

func (l RoomLimits) apply(r *Room) {
	if l.Slow != nil {
		r.Slow = *l.Slow
	}
	if l.Delay != nil {
		r.Delay = *l.Delay
	}
	if l.Paused != nil {
		r.AskingPaused = *l.Paused
	}
	if l.Chat != nil {
		r.Chat = *l.Chat
	}
}

// Applied gives the room with the limits.
func (l RoomLimits) Applied(r Room) Room {
	l.apply(&r)
	return r
}

// Sentence tells the person at a blocked device until when, why, and how else to ask. other is the
// board's sentence about other ways, or "".
func (b Block) Sentence(zone *time.Location, other string) string {
	if other = strings.TrimSpace(other); other == "" {
		other = "The page “How to take part” says how to write or telephone instead."
	}
	return fmt.Sprintf("This device cannot send anything to this board until %s. A moderator stopped it: %s. You can still read and support. %s",
		b.Until.In(zone).Format("Monday 2 January, 3:04pm"), strings.TrimSuffix(b.Reason, "."), other)
}

// Sender is who is about to send something, as the record may know them.
type Sender struct {
	Block     *Block     // that holds for the device
	OtherWays string     // to ask, as the board says them
	LastSent  *time.Time // by the device at this meeting
	Slowing   *Slowing   // that holds for the place
	LastPlace *time.Time // from the place
}

// MaySend tells whether somebody may send a contribution to the room now. The store asks it inside
// the transaction that takes the contribution, question or message alike.
func (r Room) MaySend(s Sender, now time.Time, zone *time.Location) error {
	if s.Block != nil {
		return &Refusal{Code: CodeBlocked, Err: papers.Errorf(papers.CodeForbidden, "%s", s.Block.Sentence(zone, s.OtherWays))}
	}
	if at, ok := again(s.LastSent, r.Slow, now); ok {
		return papers.Errorf(papers.CodeTooMany, "Slow mode is on: one contribution from each device every %d seconds. You can send the next one at %s.", r.Slow, at.In(zone).Format("3:04:05pm"))
	}
	if s.Slowing != nil {
		if at, ok := again(s.LastPlace, s.Slowing.Every, now); ok {
			return papers.Errorf(papers.CodeTooMany, "Very many contributions come from where you are, so they are taken slowly for a while. Send it again at %s.", at.In(zone).Format("3:04:05pm"))
		}
	}
	return nil
}

// again is when the next one is taken, and tells whether that is still to come.
func again(last *time.Time, seconds int, now time.Time) (time.Time, bool) {
	if last == nil || seconds <= 0 {
		return now, false
	}
	at := last.Add(time.Duration(seconds) * time.Second)
	return at, at.After(now)
}
