package page

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/notice"
)

// This file holds the parts that several pages show. Their templates are in shared/parts.html:
//
//	{{template "badge" .}}        a Badge, or nothing for nil
//	{{template "days" .}}         a Days: the strip from publication to meeting
//	{{template "paper-row" .}}    a PaperRow, within <ul class="cd-papers">
//	{{template "meeting-row" .}}  a MeetingRow, within <ul class="cd-next">

// Badge is a fact that can be checked: on time, late, to follow. It names the rule or the count.
type Badge struct {
	Look   string // "" good, "late", "wait", "stop"
	Says   string
	Detail string // beside it, less loud; may be empty
}

// Days is the strip of days from publication to meeting, each with whether it counts.
type Days struct {
	Label string
	Days  []Day
}

// Day is one day of the strip.
type Day struct {
	Class       string // of its look
	Week, Date  string // Thu, 1
	Long, Short string // what it is, for wide and narrow screens
	Text        string // all of it in words, for those who do not see the strip
}

// stripMax is how many days are drawn one by one; of more, those in the middle are drawn as one.
const stripMax = 14

// NewDays draws a count. It is nil where there is nothing to draw: the days are not covered by our
// bank holidays, or publication came after the meeting.
func NewDays(r notice.Result, today notice.Date) *Days {
	if len(r.Days) < 2 {
		return nil
	}
	d := &Days{Label: "How the notice is counted, " + span(r.Published, r.Meeting)}
	days := r.Days
	if len(days) > stripMax {
		tail := days[len(days)-stripMax+2:]
		d.Days = append(d.Days, newDay(days[0], today), between(days[1:len(days)-len(tail)]))
		days = tail
	}
	for _, day := range days {
		d.Days = append(d.Days, newDay(day, today))
	}
	return d
}

func newDay(day notice.Day, today notice.Date) Day {
	mid := time.Date(day.Date.Year, day.Date.Month, day.Date.Day, 12, 0, 0, 0, time.UTC)
	d := Day{Week: mid.Format("Mon"), Date: mid.Format("2"), Text: day.Text()}
	switch day.Kind {
	case notice.Published:
		d.Class, d.Long, d.Short = "cd-day--from", "Published", "Out"
	case notice.OfMeeting:
		d.Class, d.Long, d.Short = "cd-day--to", "Meeting", "Meet"
	case notice.Counted:
		d.Class, d.Long = "cd-day--counts", fmt.Sprint(day.N)
	default:
		d.Class, d.Long = "cd-day--skip", "–"
	}
	if d.Short == "" {
		d.Short = d.Long
	}
	if day.Date == today {
		d.Class += " cd-day--now"
		d.Text += ". Today"
	}
	return d
}

// between is the middle of a long strip in one piece.
func between(days []notice.Day) Day {
	counted := 0
	for _, d := range days {
		if d.Kind == notice.Counted {
			counted++
		}
	}
	return Day{Class: "cd-day--counts cd-day--many", Week: "then", Date: fmt.Sprintf("+%d", len(days)), Long: fmt.Sprintf("%d count", counted), Short: fmt.Sprint(counted),
		Text: fmt.Sprintf("Then %s, of which %d count", Count(len(days), "day", "days"), counted)}
}

func span(from, to notice.Date) string {
	a := time.Date(from.Year, from.Month, from.Day, 0, 0, 0, 0, time.UTC)
	b := time.Date(to.Year, to.Month, to.Day, 0, 0, 0, 0, time.UTC)
	switch {
	case from.Year != to.Year:
		return a.Format("2 January 2006") + " to " + b.Format("2 January 2006")
	case from.Month != to.Month:
		return a.Format("2 January") + " to " + b.Format("2 January 2006")
	}
	return a.Format("2") + " to " + b.Format("2 January 2006")
}

// PaperRow is a paper in a list.
type PaperRow struct {
	URL   string
	Title string
	Facts string // type, size and pages, always
	Where string // meeting and date, where the list is not of one meeting
	Badge *Badge
	Late  *Late // why it came late, where it did

	Version   int // said from 2 on
	ChangedAt time.Time
	Reason    string // why the version was made
	Clear     string // its clear days: "3 clear days"
	Zone      *time.Location

	Formats *Formats // where the list says them

	Draft string          // what it waits for, where it is not public yet
	Gone  *papers.Version // the withdrawn version: when, by which role and why
}

// NewPaperRow says a paper by its current version; ok is false when the audience sees none.
func NewPaperRow(p papers.Paper, zone *time.Location) (row PaperRow, ok bool) {
	v, ok := p.Current()
	if !ok {
		return PaperRow{}, false
	}
	row = PaperRow{URL: "/papers/" + p.ID, Title: p.Title, Version: v.N, Zone: zone, Facts: FileFacts(v)}
	switch {
	case v.State == papers.VersionWithdrawn:
		row.Gone = &v
	case !v.Public():
		row.Draft = DraftWords(p, v)
		return row, true
	}
	if v.N > 1 && v.PublishedAt != nil && row.Gone == nil {
		row.ChangedAt, row.Reason = *v.PublishedAt, sentence(v.Reason)
	}
	return row, true
}

// DraftWords says what a paper waits for before the public sees it.
func DraftWords(p papers.Paper, v papers.Version) string {
	switch {
	case p.Private:
		return "Private"
	case v.State == papers.VersionScheduled:
		return "Scheduled, not public yet"
	}
	return "Not public yet"
}

// FileFacts says type, size and pages: "PDF, 2.4 MB, 62 pages".
func FileFacts(v papers.Version) string {
	facts := []string{"PDF"}
	if v.Size > 0 {
		facts = append(facts, Size(v.Size))
	}
	if v.Pages > 0 {
		facts = append(facts, Count(v.Pages, "page", "pages"))
	}
	return strings.Join(facts, ", ")
}

// Made says what was uploaded and what was made of it, for the desk: "PDF, 62 pages, 2.4 MB", "DOCX, made into PDF, 12 pages, 240 kB".
func Made(v papers.Version) string {
	kind := strings.ToUpper(v.OriginalKind)
	if v.File == "" && v.Pages == 0 { // nothing yet
		return kind + ", " + Size(v.OriginalSize)
	}
	if kind != "PDF" {
		kind += ", made into PDF"
	}
	return kind + ", " + Count(v.Pages, "page", "pages") + ", " + Size(cmp.Or(v.Size, v.OriginalSize))
}

// sentence gives what somebody typed its full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// TimeBadge says whether a paper published at the moment was in time, by a count of its clear days.
// It is nil where nothing can be claimed.
func TimeBadge(r notice.Result, published, now time.Time, zone *time.Location) *Badge {
	when := "published " + Near(published, now, zone)
	switch {
	case r.Meeting.Before(r.Published):
		return &Badge{Look: "wait", Says: "Published after the meeting", Detail: strings.TrimPrefix(when, "published ")}
	case !r.Covered:
		return nil
	case r.OnTime:
		return &Badge{Says: "On time", Detail: when + ", " + Count(r.Clear, "clear day", "clear days")}
	}
	return &Badge{Look: "late", Says: "Late", Detail: fmt.Sprintf("%s, %s, %d needed", when, Count(r.Clear, "clear day", "clear days"), r.Needed)}
}

// Near says a moment by today where it is near: "today at 9:00am", "yesterday at noon", "on Thursday
// 1 April at 9:00am"; with its year when that is another.
func Near(t, now time.Time, zone *time.Location) string {
	day, today := notice.DateOf(t, zone), notice.DateOf(now, zone)
	switch {
	case day == today:
		return "today at " + Clock(t, zone)
	case day.AddDays(1) == today:
		return "yesterday at " + Clock(t, zone)
	case day.Year == today.Year:
		return "on " + t.In(zone).Format("Monday 2 January") + " at " + Clock(t, zone)
	}
	return "on " + t.In(zone).Format("2 January 2006")
}

// MeetingRow is a meeting in a list.
type MeetingRow struct {
	URL     string
	Name    string
	Board   string // where the name does not say it
	At      time.Time
	Zone    *time.Location
	Venue   string
	NoClock bool   // only the day is known
	Off     bool   // cancelled or postponed: struck through, and still there
	State   string // a word beside the time: Cancelled, Live now; may be empty
	Look    string // of the state: "stop", "live", ""
	Note    string // what became of it and why
	Badge   *Badge // how it stands with the papers
	Ask     string // until when to ask; may be empty
	Days    *Days
	First   bool // drawn large
	HasYear bool // say the year
	Deep    bool // its heading stands below the one of a month
}

// NewMeetingRow says what a meeting is, when and where, and what became of it.
func NewMeetingRow(m papers.Meeting) MeetingRow {
	row := MeetingRow{URL: "/meetings/" + m.Slug, Name: m.Name(), At: m.StartsAt, Zone: m.Location(), Venue: Place(m), NoClock: !m.ClockKnown()}
	if m.Title != "" {
		row.Board = m.BoardName
	}
	row.State, row.Look = MeetingWords(m)
	row.Off = m.Off()
	if m.State != papers.MeetingHeld {
		row.Note = StateSentence(m)
	}
	return row
}

// StateSentence says what became of a meeting and why, empty where nothing is out of the ordinary.
func StateSentence(m papers.Meeting) string {
	var says string
	switch m.State {
	case papers.MeetingCancelled:
		says = "This meeting will not take place."
	case papers.MeetingPostponed:
		says = "This meeting will not take place on this day."
	case papers.MeetingAdjourned:
		says = "This meeting stopped before its end and will go on."
		if m.ResumesAt != nil {
			says = "This meeting stopped before its end. It continues on " + Moment(*m.ResumesAt, m.Location()) + "."
		}
	default:
		return ""
	}
	if m.Reason != "" {
		says += " " + sentence(m.Reason)
	}
	return says
}

// Place says where a meeting is: its venue, or how people attend.
func Place(m papers.Meeting) string {
	if m.Venue != "" {
		return m.Venue
	}
	switch m.Mode {
	case papers.Online:
		return "Online"
	case papers.Hybrid:
		return "In person and online. The place is not settled yet"
	}
	if m.ArchivedAt != nil {
		return "The place is not known"
	}
	return "The place is not settled yet"
}

// MeetingWords is the state of a meeting where it needs a word, with its look.
func MeetingWords(m papers.Meeting) (says, look string) {
	switch m.State {
	case papers.MeetingPlanned:
		return "Not public yet", "warn"
	case papers.MeetingLive:
		return "Live now", "live"
	case papers.MeetingAdjourned:
		return "Adjourned", "warn"
	case papers.MeetingCancelled:
		return "Cancelled", "stop"
	case papers.MeetingPostponed:
		return "Postponed", "stop"
	}
	return "", ""
}
