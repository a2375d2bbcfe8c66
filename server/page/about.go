package page

import "clearday/papers"

// Text is a page of words: about the partnership, accessibility, privacy.
type Text struct {
	Base
	Of         string // which text: about, accessibility, privacy
	Boards     []BoardRow
	Paragraphs []string  // about the partnership
	Origin     string    // address of the site
	Days       string    // clear days before a meeting
	AnswerDays int       // within how many working days a request for another format is answered
	KeepDays   int       // how long a request for another format keeps who asked, once it is over
	Kept       []Kept    // how long what is personal of the room is kept
	Formats    []Counted // requests for papers in other formats, by where they stand
	Checked    int       // published files that were checked for who can read them
	Fails      []Counted // of those: how many have what fault
}

// Template names the page's template.
func (t Text) Template() string { return "about/" + t.Of + ".html" }

// TakePart says how to take part, by the facts of the next meetings.
type TakePart struct {
	Base
	Days  string
	Next  []TakePartNext // empty where no meeting is announced
	Rows  []MeetingRow
	Asked int // questions so far
}

// Template names the page's template.
func (TakePart) Template() string { return "about/take-part.html" }

// TakePartNext is a coming meeting as somebody needs it who wants to come, follow or ask.
type TakePartNext struct {
	MeetingRow
	Meeting papers.Meeting
	Ask     string   // how and until when, empty where asking is closed
	Closed  string   // why it is closed, where there is more to say
	Rules   []string // of the board for questions, a sentence each
	Papers  string   // when they come or came out
	Watch   Watch
}

// How says how people attend.
func (n TakePartNext) How() string {
	switch n.Meeting.Mode {
	case papers.Online:
		return "Online only"
	case papers.InPerson:
		return "In the room"
	}
	return "In the room and online"
}

// Counted is a number with what it counts.
type Counted struct {
	Label string
	N     int
}
