package livestream

import (
	"net/url"
	"strings"
	"time"

	"clearday/papers"
)

// Room is the live side of one meeting. A meeting whose room was never opened has a closed one,
// with asking in advance.
type Room struct {
	Meeting    string     `json:"meeting"`
	State      RoomState  `json:"state"`
	StateSince *time.Time `json:"state_since,omitempty"`
	Asking     Asking     `json:"asking"`
	Item       string     `json:"item"` // id of the item being heard, or ""
	ItemSince  *time.Time `json:"item_since,omitempty"`
	Seq        int64      `json:"seq"` // number of the last public event
	OpenedAt   *time.Time `json:"opened_at,omitempty"`
	ClosedAt   *time.Time `json:"closed_at,omitempty"`

	Stream    Stream     `json:"stream,omitzero" bun:"embed:stream_"`
	Notice    string     `json:"notice,omitempty"` // what the secretary announced
	NoticeAt  *time.Time `json:"notice_at,omitempty"`
	Why       string     `json:"why,omitempty"`        // why it has paused or is private, for everybody
	ResumesAt *time.Time `json:"resumes_at,omitempty"` // when it goes on, or about when the private session ends

	// DevicesErasedAt is when the retention rule erased which devices supported what: none is taken since.
	DevicesErasedAt *time.Time `json:"-"`

	Slow         int  `json:"slow"`          // seconds between two contributions of one device
	Delay        int  `json:"delay"`         // seconds in which only moderators see what is published
	AskingPaused bool `json:"asking_paused"` // a moderator takes a breath

	Chat ChatSwitch `json:"chat"`
}

// ForPublic gives the room as everybody may see it: in private session nobody is told where the
// stream is (rules.md M-10).
func (r Room) ForPublic() Room {
	if r.State == RoomPrivate {
		r.Stream = Stream{}
	}
	return r
}

// Stream is how the meeting is shown: the address of an HLS playlist, or of a page to embed.
type Stream struct {
	Kind StreamKind `json:"kind"`
	URL  string     `json:"url"`
}

// StreamKind is how a stream is played.
type StreamKind string

// The kinds of stream.
const (
	StreamHLS   StreamKind = "hls"
	StreamEmbed StreamKind = "embed"
)

// Origin is the site that the stream comes from, as the policy of the page names it.
func (s Stream) Origin() string {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

// Host is the name of that site, as people are told it.
func (s Stream) Host() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Check is an Error unless the stream comes from one of the origins that the administrator allows.
func (s Stream) Check(origins []string) error {
	if s == (Stream{}) {
		return nil
	}
	if s.Kind != StreamHLS && s.Kind != StreamEmbed {
		return papers.Errorf(papers.CodeInvalid, "Say what the address is of: hls for a stream, embed for the player of another site.")
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.User != nil || len(s.URL) > 1000 || strings.ContainsAny(s.URL, " \t\r\n\"'<>;,") {
		return papers.Errorf(papers.CodeInvalid, "Give the whole address of the stream, such as https://video.example.org/board/index.m3u8.")
	}
	for _, o := range origins {
		if o == s.Origin() {
			return nil
		}
	}
	return papers.Errorf(papers.CodeInvalid, "Streams from %s are not allowed on this site. An administrator can add it under “The site”, “Where streams come from”.", s.Origin())
}
