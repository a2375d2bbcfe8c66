package livestream

import (
	"context"
	"fmt"
	"strings"
	"time"

	"clearday/papers"
)

// CaptionSource is where a caption comes from: readers are told.
type CaptionSource string

// The sources of captions.
const (
	CaptionHuman   CaptionSource = "human"
	CaptionMachine CaptionSource = "machine"
)

// Words says the source as the page does.
func (s CaptionSource) Words() string {
	if s == CaptionHuman {
		return "written by a person"
	}
	return "made by a machine, with mistakes"
}

// Caption is what was said, in a line or two.
type Caption struct {
	Text   string        `json:"text"`
	Source CaptionSource `json:"source"`
	By     string        `json:"by,omitempty"` // of the captioner, where they want to be named
	At     time.Time     `json:"at"`           // when it came
}

// MaxCaption bounds a caption, in characters.
const MaxCaption = 300

// Tidy checks a caption as sent.
func (c *Caption) Tidy() error {
	if c.Source != CaptionHuman && c.Source != CaptionMachine {
		return papers.Errorf(papers.CodeInvalid, "Say where the caption comes from: source is human or machine.")
	}
	c.Text = strings.Join(strings.Fields(printable(c.Text)), " ")
	if c.Text == "" {
		return papers.Errorf(papers.CodeInvalid, "There is no text in the caption.")
	}
	if n := len([]rune(c.Text)); n > MaxCaption {
		return papers.Errorf(papers.CodeTooLarge, "The caption has %d characters. Send it in parts of at most %d.", n, MaxCaption)
	}
	var err error
	c.By, err = papers.Line("name of the captioner", c.By, MaxName, false)
	return err
}

// Caption takes what was said at the meeting and shows it to everybody who watches. It is refused
// while the room is not open, in private session before all. The caller has checked the permission.
func (h *Hub) Caption(ctx context.Context, meeting string, c Caption) (int64, error) {
	h.init()
	if err := c.Tidy(); err != nil {
		return 0, err
	}
	if h.take(ctx, meeting, Bucket{"captions", meeting, h.Limits.Captions}) != "" {
		return 0, papers.Errorf(papers.CodeTooMany, "Captions come faster than anybody reads. Send fewer, longer ones: at most %d characters each.", MaxCaption)
	}
	seq, err := h.Store.Caption(ctx, meeting, c)
	if err != nil {
		return 0, fmt.Errorf("keeping a caption: %w", err)
	}
	h.announce(Wake{Meeting: meeting, Seq: seq})
	return seq, nil
}

// TakesCaptions tells whether the room takes captions, or why not.
func (r Room) TakesCaptions() error {
	switch r.State {
	case RoomOpen:
		return nil
	case RoomPrivate:
		return closed("The meeting is in private session: nothing of it is captioned.")
	}
	return closed("Captions are taken while the room is open.")
}
