package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"clearday/papers"
)

// DeskHome is the first page of the desk: what is due, and what is wrong.
type DeskHome struct {
	Base
	Flash    string
	Outcomes []DeskOutcome // that nobody has seen yet
	Coming   []DeskTodo
	Past     []DeskTodo
	Boards   int  // on whose desk the person is
	Named    bool // the site has boards, though none of the person's
	CanAdd   bool // may make meetings
	Due      []DeskDue
	Later    int // of Due, not shown

	SearchLost bool // the shared search engine is away
	CanRead    bool // questions that wait
}

// Template names the page's template.
func (DeskHome) Template() string { return "desk/home.html" }

// DeskSite is where the site is named and boards are added.
type DeskSite struct {
	Base
	Flash     string
	Form      Form
	BoardForm Form
	Boards    []papers.Board
	Profiles  []Choice

	Support, Chat []Choice // of a new board
}

// Template names the page's template.
func (DeskSite) Template() string { return "desk/site.html" }

// DeskDue is something that somebody has to do by a moment.
type DeskDue struct {
	Clock   DeskClock
	Zone    *time.Location
	Who     string // in words; empty where nobody has to do anything
	What    string
	Link    string
	Meeting string
}

// Late tells that its moment has passed.
func (d DeskDue) Late() bool { return d.Clock.Left() == "passed" }

// DeskTodo is one meeting on the desk's first page.
type DeskTodo struct {
	Slug, Name, When string
	State, Class     string
	Clock            *DeskClock // the next thing due
	Scheduled        *DeskClock // when it becomes public
	Wrong            []string   // one sentence each
	CanEdit          bool
	CanModerate      bool
}

// DeskClock is the time left until a moment.
type DeskClock struct {
	At   time.Time
	Now  time.Time // of the server, for browsers with a wrong clock
	Zone *time.Location
	To   string // what it is the last moment for
	Says string // when that is, and why
	Calm bool   // there is time
}

// Left says the time left as the script does that counts on.
func (d DeskClock) Left() string { return Left(d.At.Sub(d.Now)) }

// Until says what the moment is the last for, or was.
func (d DeskClock) Until() string {
	if d.Left() == "passed" {
		return strings.TrimPrefix(d.To, "to ")
	}
	return d.To
}

// Left says how long: the two largest units, hours up to three days.
func Left(d time.Duration) string {
	if d <= 0 {
		return "passed"
	}
	s := int((d + time.Second - 1) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	case s < 72*3600:
		return fmt.Sprintf("%d h %d min", s/3600, s%3600/60)
	}
	return fmt.Sprintf("%d days %d h", s/86400, s%86400/3600)
}

// DeskMeetingNew is the form of a new meeting.
type DeskMeetingNew struct {
	Base
	Boards []papers.Board // where the person may make one
	Form   Form
}

// Template names the page's template.
func (DeskMeetingNew) Template() string { return "desk/new.html" }

// Changing tells the form of facts that the meeting is not there yet.
func (DeskMeetingNew) Changing() bool { return false }

// DeskMay is what the person may do on the board of a page.
type DeskMay struct{ Edit, Approve, Upload, Publish, Moderate, Rules bool }

// DeskMeeting is the desk of one meeting.
type DeskMeeting struct {
	Base
	Meeting papers.Meeting
	Zone    *time.Location
	Flash   string
	When    string
	State   string
	Class   string
	Notice  *DeskNotice // of what is published
	Clocks  []DeskClock
	May     DeskMay
	Items   []DeskItem
	Agenda  DeskAgenda
	Facts   Form             // the meeting's own
	Theirs  []DeskDifference // of the facts: what somebody else changed meanwhile

	FactsOpen bool
	Item      Form // of one more item
	AskItem   bool // the cursor goes to the form of one more item
	Upload    DeskUpload
	Publish   DeskPublish
	Move      DeskMove
	Posting   DeskPosting
}

// Template names the page's template.
func (DeskMeeting) Template() string { return "desk/meeting.html" }

// Changing tells the form of facts that the meeting is there.
func (DeskMeeting) Changing() bool { return true }

// Forms are those of the page of which one may have failed.
func (d DeskMeeting) Forms() []Form {
	forms := []Form{d.Facts, d.Item, d.Upload.Form, d.Publish.Form, d.Move.Form, d.Posting.Form}
	if late := d.Publish.TellLate; late != nil {
		forms = append(forms, late.Form)
	}
	for _, done := range d.Publish.Done {
		if done.Explain != nil {
			forms = append(forms, *done.Explain)
		}
	}
	return forms
}

// DeskNotice is the count of clear days as a badge.
type DeskNotice struct{ Says, Class string }

// DeskItem is one item of the agenda at the desk.
type DeskItem struct {
	papers.Item
	Files       []DeskFile
	First, Last bool
	Frozen      bool // part of a scheduled publication
	CanEdit     bool
	Name        string // "Item 3: Finance"
	Start       string // about when it begins
	Quick       Form   // what is changed within the agenda
	Asked       *DeskAsked
}

// DeskAsked says where the paper stands that is asked for an item.
type DeskAsked struct {
	Says, Class string
	Open        bool // the person may see more
}

// DeskAgenda is what the desk offers beside the items of an agenda.
type DeskAgenda struct {
	Error     string
	Seen      int // the revision of the order that the page shows
	Step      int64
	Undo      string // what the person changed last
	Styles    []Choice
	Style     string
	From      int
	Continues bool
	Ends      string // when the agenda ends by its minutes
	Over      bool   // that is after the meeting's end
}

// DeskCopy is where items of the last agenda are chosen.
type DeskCopy struct {
	Base
	Meeting papers.Meeting
	From    *papers.Meeting // nil: there is none
	Items   []DeskCopyItem
}

// Template names the page's template.
func (DeskCopy) Template() string { return "desk/copy.html" }

// DeskCopyItem is an item that can be copied.
type DeskCopyItem struct {
	papers.Item
	Chosen bool
}

// DeskFile is the newest version of a paper, with where its check stands.
type DeskFile struct {
	Paper   papers.Paper
	Version papers.Version
	Class   string // of the row: stop, warn or nothing
	Badge   string // its class: cd-badge ..., cd-state ...
	State   string // the word
	Says    []string
	Blocks  []DeskFinding
	Warns   []DeskFinding
	Notes   []DeskNotes // what else was found, by kind
	Busy    bool        // being read:
	Done    int         // so much
	All     int         // of so much; 0 where nobody can say
}

// DeskUpload is the form that takes papers, and a file that waits for the answer to "which item?".
type DeskUpload struct {
	Form    Form
	Choices []papers.Item
	Waiting *DeskWaiting
	Half    []papers.Upload // of this person, that broke off
	Accept  string          // the kinds of file, as a form says them
	Kinds   string          // and as people do
	Missing string          // what cannot be taken on this machine, a sentence
	Most    int64           // bytes of one file
}

// Megabytes is how large one file may be, as its refusal says it.
func (u DeskUpload) Megabytes() int64 { return u.Most >> 20 }

// DeskWaiting is a file that was taken but belongs to no item yet.
type DeskWaiting struct {
	ID, Name string
	Pages    int
	Size     int64
}

// DeskPublish is the panel that says what will be public, and when, before it makes it so.
type DeskPublish struct {
	Form       Form
	Notice     *DeskNotice // as if it were done now
	OnTime     string      // until when it would be on time
	Plan       DeskPlan
	Said       string // stands for the plan that was shown
	CanTell    bool   // the meeting may be announced by itself
	Scheduled  []DeskPlan
	Done       []DeskPlan
	Nothing    string // why there is nothing to publish
	OutOfDate  bool   // the plan changed since it was shown
	NoDeadline string // why no last moment is known
	Choices    []DeskChoice
	Late       *DeskLate // where it would come after its last lawful moment
	TellLate   *DeskLate // the same of the announcement by itself
}

// Both tells that there are items and papers to choose from.
func (d DeskPublish) Both() bool {
	return len(d.Plan.Papers) > 0 && slices.ContainsFunc(d.Choices, func(c DeskChoice) bool { return c.Kind == "item" })
}

// Explain puts a reason that has to be mended into the publication that it is about.
func (d *DeskPublish) Explain(id string, f Form) {
	for i := range d.Done {
		if d.Done[i].ID == id {
			d.Done[i].Explain = &f
		}
	}
}

// DeskChoice is an item or a paper that may be left for another publication.
type DeskChoice struct {
	Kind    string // item or paper
	ID      string
	Label   string
	Checked bool
}

// DeskLate is what would come too late, and the form that asks why.
type DeskLate struct {
	Form Form
	What []string // each with its count
}

// DeskPlan is what a publication makes public.
type DeskPlan struct {
	ID      string
	Clock   DeskClock
	When    string
	Lines   []string
	Papers  []string // each with its item
	Out     []string
	Failure string
	Act     int64  // number of the last act it made, where known
	Title   string // of what is done: Agenda, Supplement 2
	Late    *Late  // of what came late: why
	Explain *Form  // asks why, where nothing is said yet
}

// DeskItemEdit is the form of one item.
type DeskItemEdit struct {
	Base
	Meeting   papers.Meeting
	Item      papers.Item // as it stands now
	Form      Form
	Name      string
	Flash     string
	May       DeskMay
	Ask       DeskAsk
	Theirs    []DeskDifference // what somebody else changed meanwhile
	Frozen    string           // why it cannot be changed now
	CanRemove bool
}

// Template names the page's template.
func (DeskItemEdit) Template() string { return "desk/item.html" }

// DeskDifference is a field that two people changed.
type DeskDifference struct{ Field, Label, Theirs, Mine string }

// DeskPaper is the desk of one paper.
type DeskPaper struct {
	Base
	Meeting      papers.Meeting
	Item         papers.Item
	Paper        papers.Paper
	Zone         *time.Location
	Flash        string
	Newest       DeskFile
	Versions     []DeskFile
	May          DeskMay
	Facts        Form
	Upload       Form
	Publish      Form
	Withdraw     Form
	TakeBack     Form
	Override     DeskOverride
	OverrideForm Form
	// Which forms are offered.
	CanChange, CanReplace, CanPublish, CanWithdraw, CanTakeBack, CanRemove bool
	Public                                                                 []papers.Version
	Scheduled                                                              *DeskPlan
	PlanSays                                                               []string
	Notice                                                                 *DeskNotice
	Nothing                                                                string // why it cannot be published now
	Late                                                                   *DeskLate

	Accept string        // the kinds of file that a form takes
	Beside *DeskBeside   // what belongs to the paper
	Parent *papers.Paper // the paper that this one belongs to
}

// Template names the page's template.
func (DeskPaper) Template() string { return "desk/paper.html" }

// Forms are those of the page of which one may have failed.
func (d DeskPaper) Forms() []Form {
	list := []Form{d.Facts, d.Upload, d.Publish, d.Withdraw, d.TakeBack, d.OverrideForm}
	if d.Beside != nil {
		list = append(list, d.Beside.Form)
	}
	return list
}
