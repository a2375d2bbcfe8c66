package page

import (
	"time"

	"clearday/papers"
)

// MemberMeetings is where a member of a board begins: the meetings of their boards.
type MemberMeetings struct {
	Base
	Coming []MeetingRow
	Past   []MeetingRow
}

// Template names the page's template.
func (MemberMeetings) Template() string { return "member/meetings.html" }

// MemberMeeting is the agenda of a meeting with its public and private papers, for a member.
type MemberMeeting struct {
	Base
	Meeting papers.Meeting
	Zone    *time.Location
	Keep    Keep
	Items   []MemberItem
	Papers  int
	Pack    *PackLink // of the private papers; nil where there are none
}

// Template names the page's template.
func (MemberMeeting) Template() string { return "member/meeting.html" }

// Keep says what is kept on the member's device, and until when. The script static/member/keep.js does it.
type Keep struct {
	Until time.Time // zero: nothing of this is kept any more
	Zone  *time.Location
}

// MemberItem is an item with what the member may read of it.
type MemberItem struct {
	papers.Item
	Papers   []MemberPaper
	Withheld []string // why something is not here for this member, in sentences
}

// MemberPaper is a paper that the member may read.
type MemberPaper struct {
	URL, Title, Facts string
	Private           bool
	Pages             string // of the private pack, such as "R2 to R9"
}

// MemberPaperShow is a whole paper on one page, as tablets read it.
type MemberPaperShow struct {
	Base
	Zone    *time.Location
	Meeting papers.Meeting
	Item    papers.Item
	Paper   papers.Paper
	Version papers.Version
	Mark    string // on each page of a private paper (N-6)
	Keep    Keep
	Leaves  []Leaf
	Ratio   int // height of an image 1200 wide
}

// Template names the page's template.
func (MemberPaperShow) Template() string { return "member/paper.html" }

// Leaf is one page of the paper.
type Leaf struct {
	N     int
	Label string // "R4", the number in the private pack; empty for a public paper
	Image string
	Text  []Para
}

// NewRatio gives the height of the images of a version, 1200 wide.
func NewRatio(v papers.Version) int { return heightFor(1200, v.Width, v.Height) }
