package page

import (
	"strings"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// Captions is the page with what was said at a meeting, as captioned.
type Captions struct {
	Base
	Meeting papers.Meeting
	Zone    *time.Location
	Live    bool // more comes
	First   bool // this is the first page
	Parts   []CaptionPart
	Next    string // address of the next page, or ""
}

// Template names the page's template.
func (Captions) Template() string { return "captions/captions.html" }

// CaptionPart is what was said about an item, from one source.
type CaptionPart struct {
	Item       string // its id, "" where none was being heard
	Title      string // of the item
	Source     livestream.CaptionSource
	By         string
	Begins     bool // the item is another than before, so it is said
	Other      bool // and so is the source
	Paragraphs []CaptionParagraph
}

// Made says where the captions come from, as a sentence about them.
func (p CaptionPart) Made() string {
	says := "Captions " + p.Source.Words()
	if p.By != "" {
		says += " (" + p.By + ")"
	}
	return says + "."
}

// CaptionParagraph is what was said from a time on.
type CaptionParagraph struct {
	Seq  int64 // of the first caption
	At   time.Time
	Text string
}

// Captions that follow each other make one paragraph, until somebody pauses or it grows long.
const (
	captionPause     = 20 * time.Second
	captionParagraph = 600 // characters, about
)

// NewCaptionParts puts captions together so that they can be read, under the items that were heard.
func NewCaptionParts(list []livestream.Caption, chapters []livestream.Chapter) []CaptionPart {
	var parts []CaptionPart
	var words strings.Builder
	var last time.Time
	for _, c := range list {
		next := CaptionPart{Source: c.Source, By: c.By}
		for _, ch := range chapters {
			if ch.Item != "" && !ch.At.After(c.At) {
				next.Item, next.Title = ch.Item, strings.TrimPrefix(ch.Number+". "+ch.Title, ". ")
			}
		}
		if n := len(parts); n == 0 || parts[n-1].Item != next.Item || parts[n-1].Source != c.Source || parts[n-1].By != c.By {
			next.Begins = n == 0 || parts[n-1].Item != next.Item
			next.Other = n == 0 || parts[n-1].Source != c.Source || parts[n-1].By != c.By
			parts, last = append(parts, next), time.Time{}
		}
		part := &parts[len(parts)-1]
		long := words.Len() > 2*captionParagraph || words.Len() > captionParagraph && strings.HasSuffix(words.String(), ".")
		if last.IsZero() || long || c.At.Sub(last) > captionPause {
			part.Paragraphs = append(part.Paragraphs, CaptionParagraph{Seq: c.Seq, At: c.At})
			words.Reset()
		} else {
			words.WriteByte(' ')
		}
		words.WriteString(c.Text)
		last = c.At
		part.Paragraphs[len(part.Paragraphs)-1].Text = words.String()
	}
	return parts
}
