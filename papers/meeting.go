package papers

import (
	"fmt"
	"strings"
	"time"
)

// MeetingState is where a meeting stands. The first opening of its room makes it live; that it
// was held is said by a person, not guessed.
type MeetingState string

// The states of a meeting (design.md 5.3).
const (
	MeetingPlanned   MeetingState = "planned"
	MeetingAnnounced MeetingState = "announced"
	MeetingPublished MeetingState = "published"
	MeetingLive      MeetingState = "live"
	MeetingAdjourned MeetingState = "adjourned"
	MeetingHeld      MeetingState = "held"
	MeetingCancelled MeetingState = "cancelled"
	MeetingPostponed MeetingState = "postponed"
)

// Mode says how people attend.
type Mode string

// The modes of a meeting.
const (
	InPerson Mode = "in_person"
	Hybrid   Mode = "hybrid"
	Online   Mode = "online"
)

// Meeting is one sitting of a board. Its slug is its address for ever: board and date, with -2
// for a second one that day.
type Meeting struct {
	Slug      string    `json:"slug"`
	Board     string    `json:"board"`
	BoardName string    `json:"board_name" bun:",scanonly"`
	Title     string    `json:"title"` // empty: the name of the board
	StartsAt  time.Time `json:"starts_at"`
	EndsAt    time.Time `json:"ends_at"`
	LocalTime string    `json:"local_time"` // the wall time that was meant, 2006-01-02T15:04, beside the UTC instant
	Zone      string    `json:"zone"`       // the zone it was meant in
	Venue     string    `json:"venue"`
	Access    string    `json:"access"`    // step-free, hearing loop, parking
	Telephone string    `json:"telephone"` // number to listen or to ask for help at
	Seats     int       `json:"seats"`     // for the public; 0 is not said
	Mode      Mode      `json:"mode"`
	Watch     string    `json:"watch"` // how to watch when it is not on this site

	// AskUntil is the last moment to ask in writing, as a person set it; nil is until the meeting
	// begins. AskUntilLocal is the wall time that was meant.
	AskUntil      *time.Time `json:"ask_until,omitempty"`
	AskUntilLocal string     `json:"ask_until_local,omitempty"`
	PapersFrom    string     `json:"papers_from,omitempty"` // day on which the papers are expected, 2006-01-02, where somebody said it

	// Rules for questions of this meeting, in place of all those of its board; nil is as the board has them.
	Rules *QuestionRules `json:"question_rules,omitempty" bun:"question_rules"`

	// What follows is changed by a [StateChange] only.
	State     MeetingState `json:"state"`
	Reason    string       `json:"reason,omitempty"`     // why it was cancelled, postponed or adjourned
	MovedFrom string       `json:"moved_from,omitempty"` // slug of the meeting that was postponed to this one
	MovedTo   string       `json:"moved_to,omitempty"`   // slug of the meeting that takes its place
	ResumesAt *time.Time   `json:"resumes_at,omitempty"` // when an adjourned meeting goes on

	AnnouncedAt *time.Time `json:"announced_at,omitempty"` // date, place and how to watch are public since
	PublishedAt *time.Time `json:"published_at,omitempty"` // the agenda is public since
	ArchivedAt  *time.Time `json:"archived_at,omitempty"`  // of a past meeting that was brought in from an archive: when
	CreatedAt   time.Time  `json:"created_at"`

	Numbering     NumberStyle `json:"numbering"`   // of the items; empty: 1, 1.1
	NumberFrom    int         `json:"number_from"` // the first number; 0: 1, or one more than the last agenda ended with
	Revision      int         `json:"revision"`    // counts changes of the facts, so that two editors do not overwrite each other
	OrderRevision int         `json:"-"`           // counts changes of what stands where on the agenda
}

// Name is what the meeting is called: its own title, or the name of its board.
func (m Meeting) Name() string {
	if m.Title != "" {
		return m.Title
	}
	return m.BoardName
}

// Location gives the zone in which the meeting's times are said.
func (m Meeting) Location() *time.Location { return Site{Zone: m.Zone}.Location() }

// QuestionRules are those that hold for the meeting: its own, or the board's.
func (m Meeting) QuestionRules(b Board) QuestionRules {
	if m.Rules != nil {
		return *m.Rules
	}
	return b.Questions
}

// ClockKnown tells whether anybody knows when it began: of a meeting from an archive often only the day is known.
func (m Meeting) ClockKnown() bool {
	return m.ArchivedAt == nil || !strings.HasSuffix(m.LocalTime, "T00:00")
}

// Date is the civil date of the meeting where it is held, 2006-01-02.
func (m Meeting) Date() string { return m.StartsAt.In(m.Location()).Format(time.DateOnly) }

// NameAndDate says which meeting it is: "Partnership Board, 8 April 2026".
func (m Meeting) NameAndDate() string {
	return m.Name() + ", " + m.StartsAt.In(m.Location()).Format("2 January 2006")
}

// NameAndDay says it with the day of the week: "Partnership Board, Wednesday 8 April 2026".
func (m Meeting) NameAndDay() string {
	return m.Name() + ", " + m.StartsAt.In(m.Location()).Format("Monday 2 January 2006")
}

// Tidy checks a meeting as entered.
func (m *Meeting) Tidy() error {
	if m.Board == "" {
		return Errorf(CodeInvalid, "Say which board meets.")
	}
	if m.StartsAt.IsZero() {
		return Errorf(CodeInvalid, "Give the date and time of the meeting.")
	}
	if y := m.StartsAt.Year(); y < 1990 || y > 2200 {
		return Errorf(CodeInvalid, "The year %d cannot be right. Check the date of the meeting.", y)
	}
	if m.EndsAt.IsZero() {
		m.EndsAt = m.StartsAt.Add(2 * time.Hour)
	}
	if !m.EndsAt.After(m.StartsAt) {
		return Errorf(CodeInvalid, "The meeting must end after it starts.")
	}
	if m.EndsAt.Sub(m.StartsAt) > 24*time.Hour {
		return Errorf(CodeInvalid, "A meeting can last 24 hours at the most. Check its end.")
	}
	if m.Mode == "" {
		m.Mode = Hybrid
	}
	if m.Mode != InPerson && m.Mode != Hybrid && m.Mode != Online {
		return Errorf(CodeInvalid, "The mode of a meeting is in_person, hybrid or online.")
	}
	for _, f := range []struct {
		name  string
		value *string
		max   int
	}{{"title", &m.Title, 200}, {"venue", &m.Venue, 300}, {"access note", &m.Access, 300}, {"way to watch", &m.Watch, 300}, {"telephone number", &m.Telephone, 100}} {
		s, err := Line(f.name, *f.value, f.max, false)
		if err != nil {
			return err
		}
		*f.value = s
	}
	if m.Seats < 0 || m.Seats > 100_000 {
		return Errorf(CodeInvalid, "Give the number of public seats, or leave it empty.")
	}
	if err := date("day of the papers", m.PapersFrom); err != nil {
		return err
	}
	if m.Rules != nil {
		own := *m.Rules // whoever read the meeting keeps theirs
		m.Rules = &own
		if err := m.Rules.Tidy(); err != nil {
			return err
		}
	}
	m.LocalTime = m.StartsAt.In(m.Location()).Format(wallLayout)
	if m.AskUntilLocal = ""; m.AskUntil != nil {
		if m.AskUntil.After(m.StartsAt) {
			return Errorf(CodeInvalid, "Questions in writing close before the meeting begins. Check the last moment to ask.")
		}
		m.AskUntilLocal = m.AskUntil.In(m.Location()).Format(wallLayout)
	}
	return nil
}

// wallLayout is how a wall time is kept beside its instant.
const wallLayout = "2006-01-02T15:04"

// SlugOn gives the n-th address (from 1) of a meeting of its board on its date.
func (m Meeting) SlugOn(n int) string {
	s := m.Board + "-" + m.Date()
	if n > 1 {
		s = fmt.Sprintf("%s-%d", s, n)
	}
	return s
}

// WallTime turns a wall time of a zone, 2006-01-02 and 15:04, into its instant. An hour that the
// clock change leaves out, or gives twice, is an Error that asks for another time (design.md 7).
func WallTime(date, clock string, loc *time.Location) (time.Time, error) {
	const layout = "2006-01-02 15:04"
	date, clock = strings.TrimSpace(date), strings.TrimSpace(clock)
	wall, err := time.Parse(layout, date+" "+clock)
	if err != nil {
		return time.Time{}, Errorf(CodeInvalid, "Give the date as 2026-04-08 and the time as 09:30.")
	}
	want, shown := wall.Format(layout), wall.Format("15:04")
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, loc)
	if t.Format(layout) != want {
		return time.Time{}, Errorf(CodeInvalid, "The clocks go forward that night: there is no %s on %s. Choose another time.", shown, wall.Format("2 January 2006"))
	}
	for _, d := range []time.Duration{-time.Hour, time.Hour} {
		if t.Add(d).Format(layout) == want {
			return time.Time{}, Errorf(CodeInvalid, "The clocks go back that night: %s comes twice on %s. Choose another time.", shown, wall.Format("2 January 2006"))
		}
	}
	return t, nil
}

// MeetingFilter narrows a list of meetings. Zero fields do not narrow.
type MeetingFilter struct {
	Board    string
	From, To time.Time // StartsAt at or after From, before To
	Newest   bool      // latest first; else earliest first
	Cursor   string    // from an earlier page
	Limit    int       // 0 means 50
}
