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
	Seq    int64         `json:"seq,omitempty"` // number of its event; an event holds it beside
	Text   string        `json:"text"`
	Source CaptionSource `json:"source" enum:"human,machine"`
	By     string        `json:"by,omitempty"` // of the captioner, where they want to be named
	At     time.Time     `json:"at"`           // when it was said, where the captioner tells, else when it came

	// Key makes sending twice one caption; it may be empty.
	Key string `json:"-"`
	// SpokenAt is when the captioner says that it was said.
	SpokenAt *time.Time `json:"-"`
}

// MaxCaption bounds a caption, in characters.
const MaxCaption = 300

// aheadCaption is how far the clock of a captioner may be ahead.
const aheadCaption = time.Minute

// Tidy checks a caption as sent.
func (c *Caption) Tidy() error {
	if c.Source != CaptionHuman && c.Source != CaptionMachine {
		return papers.Errorf(papers.CodeInvalid, "Say where the caption comes from: source is human or machine.")
	}
	if len(c.Key) > MaxKey {
		return papers.Errorf(papers.CodeInvalid, "The key of a caption has at most %d characters.", MaxKey)
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
func (h *Hub) Caption(ctx context.Context, meeting string, c Caption) (Caption, error) {
	h.init()
	if err := c.Tidy(); err != nil {
		return Caption{}, err
	}
	if h.take(ctx, meeting, Bucket{"captions", meeting, h.Limits.Captions}) != "" {
		return Caption{}, papers.Errorf(papers.CodeTooMany, "Captions come faster than anybody reads. Send fewer, longer ones: at most %d characters each.", MaxCaption)
	}
	c, err := h.Store.Caption(ctx, meeting, c)
	if err != nil {
		return Caption{}, fmt.Errorf("keeping a caption: %w", err)
	}
	h.announce(Wake{Meeting: meeting, Seq: c.Seq})
	return c, nil
}

// TakesCaptions tells whether the room takes captions, or why not.
func (r Room) TakesCaptions() error {
	switch r.State {
	case RoomOpen:
		return nil
	case RoomPrivate:
		return closed("The meeting is in private session: nothing of it is captioned.")
	case RoomPaused:
		return closed("The meeting has paused. Captions are taken again when it goes on.")
	}
	return closed("Captions are taken while the room is open.")
}

// Spoken is the caption as the open room takes it at a time. What was said before the room opened is
// refused, however late it comes: it may have been said in private session.
func (r Room) Spoken(c Caption, now time.Time) (Caption, error) {
	if err := r.TakesCaptions(); err != nil {
		return c, err
	}
	c.At = now
	if c.SpokenAt == nil {
		return c, nil
	}
	if c.SpokenAt.After(now.Add(aheadCaption)) {
		return c, papers.Errorf(papers.CodeInvalid, "spoken_at is in the future: the clock of the captioner is ahead. Set it, or leave spoken_at out.")
	}
	if r.StateSince != nil && c.SpokenAt.Before(r.StateSince.Truncate(time.Second)) { // many tools tell whole seconds
		return c, closed("That was said before the room opened, so it is not shown.")
	}
	if c.SpokenAt.Before(now) {
		c.At = c.SpokenAt.UTC()
	}
	return c, nil
}
