package livestream

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"clearday/papers"
)

// Protocol is the subprotocol of the room's socket.
const Protocol = "clearday.live.v1"

// MaxFrame bounds a frame from a watcher, in bytes.
const MaxFrame = 8 << 10

const (
	maxHello = 64 << 10  // bytes of a hello; older questions and messages are left out until it fits
	maxTail  = 256 << 10 // bytes of an events frame; whoever would need a larger one gets a hello
)

// The codes of a refusal beside those of papers.Code.
const (
	CodeTooLong   = "too_long"
	CodeTooFast   = "too_fast"
	CodeClosed    = "closed"
	CodeDuplicate = "duplicate"
	CodeInternal  = "internal"
)

// Refusal is an Error that the socket tells under its own code: "closed", say, which is a conflict
// for the rest of the program.
type Refusal struct {
	Code string
	Err  *papers.Error
}

func (r *Refusal) Error() string { return r.Err.Message }

// Unwrap lets papers.CodeOf find the Error.
func (r *Refusal) Unwrap() error { return r.Err }

func closed(format string, args ...any) error {
	return &Refusal{Code: CodeClosed, Err: papers.Errorf(papers.CodeConflict, format, args...)}
}

// RefusalOf gives the code and the sentence that a refused frame carries for the error. What went
// wrong inside is not told.
func RefusalOf(err error) (code, message string) {
	message = err.Error()
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code, message
	}
	var e *papers.Error
	if !errors.As(err, &e) || errors.Is(err, errClosing) { // the page sends it again to the next program
		return CodeInternal, "That did not go through. Your words are kept on this device; it is tried again."
	}
	switch e.Code {
	case papers.CodeTooLarge:
		code = CodeTooLong
	case papers.CodeTooMany:
		code = CodeTooFast
	case papers.CodeConflict, papers.CodeForbidden:
		code = CodeClosed
	default:
		code = string(e.Code)
	}
	return code, e.Message
}

// Command is a frame from a watcher.
type Command struct {
	T        string `json:"t"` // ask, support or chat
	Key      string `json:"key"`
	Name     string `json:"name"`
	Area     string `json:"area"`
	Item     string `json:"item"`
	Text     string `json:"text"`
	Question string `json:"question"`
	Urgent   bool   `json:"urgent"` // somebody may be in danger

	Kind      Kind   `json:"kind"` // of ask: question where it is left out
	For       string `json:"organisation"`
	Email     string `json:"email"` // for the answer only
	NoName    bool   `json:"no_name"`
	Minor     bool   `json:"under_18"`
	Health    bool   `json:"health"`
	Confirmed bool   `json:"confirmed"` // that the board's statement of who may ask is true
	Parent    string `json:"parent"`    // the own question, answered, that it follows
}

// ParseCommand reads a frame from a watcher. An Error comes with what could be read of the
// command, so that the refusal can name its key.
func ParseCommand(data []byte) (Command, error) {
	var c Command
	if len(data) > MaxFrame {
		return c, papers.Errorf(papers.CodeTooLarge, "That is too long to send.")
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return Command{}, papers.Errorf(papers.CodeInvalid, "That was not understood. Load the page again.")
	}
	if len(c.Key) > MaxKey {
		c.Key = ""
	}
	if c.Key == "" {
		return c, papers.Errorf(papers.CodeInvalid, "Every frame needs a key of 1 to %d characters.", MaxKey)
	}
	switch c.T {
	case "ask", "support", "chat":
		return c, nil
	}
	return c, papers.Errorf(papers.CodeInvalid, "This room takes questions, support and chat. Load the page again.")
}

// frame is a WebSocket frame as it goes on the wire. Frames are shared between watchers and never
// written to.
type frame []byte

const (
	opText  = 0x81
	opClose = 0x88
	opPing  = 0x89
	opPong  = 0x8a
)

// newFrame puts the header of a server's frame (RFC 6455 5.2, never masked) before the payload.
func newFrame(op byte, payload []byte) frame {
	f := make(frame, 0, len(payload)+10)
	switch n := len(payload); {
	case n < 126:
		f = append(f, op, byte(n))
	case n < 1<<16:
		f = binary.BigEndian.AppendUint16(append(f, op, 126), uint16(n))
	default:
		f = binary.BigEndian.AppendUint64(append(f, op, 127), uint64(n))
	}
	return append(f, payload...)
}

// payload gives back what newFrame was given.
func (f frame) payload() []byte {
	switch f[1] {
	case 126:
		return f[4:]
	case 127:
		return f[10:]
	}
	return f[2:]
}

func closeFrame(code int, reason string) frame {
	return newFrame(opClose, append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...))
}

// eventsFrame makes a frame "events" or "resume" of events that are JSON already.
func eventsFrame(t string, seq int64, events []json.RawMessage) frame {
	b := append([]byte(`{"t":"`), t...)
	b = strconv.AppendInt(append(b, `","seq":`...), seq, 10)
	b = append(b, `,"events":[`...)
	for i, e := range events {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, e...)
	}
	return newFrame(opText, append(b, ']', '}'))
}

// jsonFrame makes a frame of what can always be marshalled.
func jsonFrame(v any) (frame, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("writing a frame: %w", err)
	}
	return newFrame(opText, bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

type ackFrame struct {
	T        string    `json:"t"`
	Key      string    `json:"key"`
	Question string    `json:"question,omitempty"`
	Message  string    `json:"message,omitempty"` // id, of a chat
	Stands   ChatState `json:"message_state,omitempty"`
	Mine     string    `json:"mine,omitempty"`
	Supports *int      `json:"supports,omitempty"`

	PublicAt *time.Time `json:"public_at,omitempty"` // of a message that waits for its moment
}

type refusedFrame struct {
	T       string `json:"t"`
	Key     string `json:"key"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type youFrame struct {
	T         string   `json:"t"`
	Device    string   `json:"device"`
	Supported []string `json:"supported"`
	Mine      []mine   `json:"mine"`
	Chat      []said   `json:"chat,omitempty"` // the device's latest messages, oldest first
}

// said is the sender's own view of a message.
type said struct {
	Message string    `json:"message"`
	Key     string    `json:"key"`
	State   ChatState `json:"state"`
	Name    string    `json:"name,omitempty"`
	Text    string    `json:"text,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`

	PublicAt *time.Time `json:"public_at,omitempty"`
}

// mine is the asker's own view of a contribution.
type mine struct {
	Question string    `json:"question"`
	Kind     Kind      `json:"kind"`
	State    State     `json:"state"`
	Words    string    `json:"words"` // the state as people say it
	Text     string    `json:"text"`
	Mine     string    `json:"mine,omitempty"` // the private page
	At       time.Time `json:"at"`
}

type queueFrame struct {
	T         string        `json:"t"`
	Rev       int64         `json:"rev"`
	Late      bool          `json:"late,omitempty"` // the bus is lost: other programs' doings come a second late
	Questions []Queued      `json:"questions"`
	Chat      []ChatMessage `json:"chat"`        // what waits to be checked
	Urgent    int           `json:"chat_urgent"` // messages in the urgent queue
}

type helloFrame struct {
	T     string `json:"t"`
	Seq   int64  `json:"seq"`
	State state  `json:"state"`
}

type state struct {
	Meeting   stateMeeting      `json:"meeting"`
	Room      stateRoom         `json:"room"`
	Item      *stateItem        `json:"item"`
	Items     []stateItem       `json:"items"`
	Questions []json.RawMessage `json:"questions"` // newest first
	Chat      []json.RawMessage `json:"chat"`      // newest first
	Captions  []Caption         `json:"captions"`  // the last few, oldest first
	Counts    Counts            `json:"counts"`
}

type stateMeeting struct {
	Slug     string              `json:"slug"`
	Name     string              `json:"name"`
	Board    string              `json:"board"`
	StartsAt time.Time           `json:"starts_at"`
	State    papers.MeetingState `json:"state"`
}

type stateRoom struct {
	State      RoomState  `json:"state"`
	StateSince *time.Time `json:"state_since,omitempty"`
	Asking     Asking     `json:"asking"`
	Stream     Stream     `json:"stream,omitzero"`
	Notice     string     `json:"notice,omitempty"`
	NoticeAt   *time.Time `json:"notice_at,omitempty"`
	Why        string     `json:"why,omitempty"`
	ResumesAt  *time.Time `json:"resumes_at,omitempty"`

	Slow         int             `json:"slow,omitempty"`
	Delay        int             `json:"delay,omitempty"`
	AskingPaused bool            `json:"asking_paused,omitempty"`
	Chat         papers.ChatMode `json:"chat"`
	Support      bool            `json:"support"` // is counted here
	Rules        string          `json:"rules"`   // names the rules, see RulesMark
}

func newStateRoom(r Room, rules papers.QuestionRules) stateRoom {
	r = r.ForPublic()
	return stateRoom{State: r.State, StateSince: r.StateSince, Asking: r.Asking, Stream: r.Stream, Notice: r.Notice, NoticeAt: r.NoticeAt,
		Why: r.Why, ResumesAt: r.ResumesAt, Chat: r.ChatMode(rules), Support: rules.Support, Rules: RulesMark(rules, r), Slow: r.Slow, Delay: r.Delay, AskingPaused: r.AskingPaused}
}

type stateItem struct {
	ID      string     `json:"id"`
	Number  string     `json:"number"`
	Title   string     `json:"title"`
	Private bool       `json:"private,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
}

// newHello makes the hello of a snapshot. It takes the items as the public may see them.
func newHello(snap Snapshot, m papers.Meeting, items []papers.Item, rules papers.QuestionRules) (frame, error) {
	st := state{
		Meeting:   stateMeeting{Slug: m.Slug, Name: m.Name(), Board: m.Board, StartsAt: m.StartsAt, State: m.State},
		Room:      newStateRoom(snap.Room, rules),
		Items:     []stateItem{},
		Questions: []json.RawMessage{},
		Chat:      []json.RawMessage{},
		Captions:  append([]Caption{}, snap.Captions...),
		Counts:    snap.Counts,
	}
	for _, i := range items {
		i = i.ForPublic()
		it := stateItem{ID: i.ID, Number: i.Number, Title: i.Title, Private: i.Private}
		st.Items = append(st.Items, it)
		if i.ID == snap.Room.Item {
			it.Since = snap.Room.ItemSince
			st.Item = &it
		}
	}
	hello := helloFrame{T: "hello", Seq: snap.Room.Seq, State: st}
	bare, err := jsonFrame(hello)
	if err != nil {
		return nil, err
	}
	room := maxHello - len(bare)
	if hello.State.Chat, err = fitting(snap.Chat, 50, room/3); err != nil {
		return nil, fmt.Errorf("writing a message: %w", err)
	}
	for _, b := range hello.State.Chat {
		room -= len(b) + 1
	}
	if hello.State.Questions, err = fitting(snap.Questions, 100, room); err != nil {
		return nil, fmt.Errorf("writing a question: %w", err)
	}
	return jsonFrame(hello)
}

// fitting gives the first of a list as JSON, at most so many and so many bytes with their commas. The
// rest is older: pages and API have it.
func fitting[T any](list []T, most, room int) ([]json.RawMessage, error) {
	fit := []json.RawMessage{}
	for _, v := range list[:min(len(list), most)] {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		if room -= len(b) + 1; room < 0 {
			break
		}
		fit = append(fit, b)
	}
	return fit, nil
}
