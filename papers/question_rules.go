package papers

import (
	"regexp"
	"time"
)

// QuestionRules say how a board takes questions and statements from the public. Boards differ so much
// (rules.md 2.1) that each number is data; one that is zero is a rule that the board does not make.
// Nothing is on unasked: a board without rules takes questions, and neither statements, support nor chat.
type QuestionRules struct {
	Deadline        Deadline    `json:"deadline"`
	PerPerson       int         `json:"per_person,omitempty"`       // questions of one person for one meeting
	PerOrganisation int         `json:"per_organisation,omitempty"` // of one organisation
	PerMeeting      int         `json:"per_meeting,omitempty"`      // answered at one meeting
	Words           int         `json:"words,omitempty"`            // longest question in words
	Minutes         int         `json:"minutes,omitempty"`          // time for questions at the meeting
	ReplyDays       int         `json:"reply_days,omitempty"`       // working days to a written answer
	AgendaOnly      bool        `json:"agenda_only,omitempty"`      // must be about an item of the agenda
	InWritingOnly   bool        `json:"in_writing_only,omitempty"`  // none are taken live
	Supplementary   bool        `json:"supplementary,omitempty"`    // one further question may follow the answer
	NameNeeded      bool        `json:"name_needed,omitempty"`      // the asker's name is asked for, though it need not be shown
	RefusedBy       RefusalRole `json:"refused_by,omitempty"`       // who decides that a question is not taken
	Chat            ChatMode    `json:"chat,omitempty"`             // beside the meeting
	OtherWays       string      `json:"other_ways,omitempty"`       // by post, by telephone, in person

	Support          bool           `json:"support,omitempty"`           // others can support a question
	WhoMayAsk        string         `json:"who_may_ask,omitempty"`       // a statement that the asker confirms: "I live or work in Fenmarsh"
	HideName         bool           `json:"hide_name,omitempty"`         // names are never published
	HideArea         bool           `json:"hide_area,omitempty"`         // nor areas
	HideOrganisation bool           `json:"hide_organisation,omitempty"` // nor organisations
	Statements       StatementRules `json:"statements,omitzero"`
}

// StatementRules say whether and how a board takes statements: what somebody wants to tell it, without
// an answer.
type StatementRules struct {
	Taken         bool `json:"taken,omitempty"`
	PerPerson     int  `json:"per_person,omitempty"`
	Words         int  `json:"words,omitempty"`
	InWritingOnly bool `json:"in_writing_only,omitempty"`
}

// MaxWords is the most words that a board may allow.
const MaxWords = 600

// Deadline is the rule for the last moment to ask in writing. The moment itself stands at each meeting,
// set by a person: a rule is only what it is proposed by and compared with.
type Deadline struct {
	Count   DeadlineCount `json:"count,omitempty"`   // empty: until the meeting begins
	Days    int           `json:"days,omitempty"`    // of the counts by days
	Weekday time.Weekday  `json:"weekday,omitempty"` // of OnWeekday, 0 is Sunday
	Weeks   int           `json:"weeks,omitempty"`   // of OnWeekday: so many weeks before the last such day
	Clock   string        `json:"clock,omitempty"`   // wall time of that day, 15:04
	Earlier bool          `json:"earlier,omitempty"` // on a bank holiday, the working day before
}

// DeadlineCount is how the day of a deadline is found. They are different rules that are often taken
// for one another.
type DeadlineCount string

// The ways to count. For a meeting on Thursday 15 October, three calendar days lead to Monday 12, three
// working days to Monday 12, three clear working days to Friday 9.
const (
	CalendarDays     DeadlineCount = "calendar_days"
	WorkingDays      DeadlineCount = "working_days"
	ClearWorkingDays DeadlineCount = "clear_working_days"
	OnWeekday        DeadlineCount = "weekday" // the last such day before the meeting
)

var hourMinute = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// Tidy checks the rules as entered.
func (q *QuestionRules) Tidy() error {
	for _, n := range []struct {
		name  string
		value int
		max   int
	}{{"questions of one person", q.PerPerson, 100}, {"questions of one organisation", q.PerOrganisation, 100}, {"questions of one meeting", q.PerMeeting, 1000},
		{"words of a question", q.Words, MaxWords},
		{"statements of one person", q.Statements.PerPerson, 100}, {"words of a statement", q.Statements.Words, MaxWords}, {"minutes for questions", q.Minutes, 600}, {"days to a written answer", q.ReplyDays, 365}} {
		if n.value < 0 || n.value > n.max {
			return Errorf(CodeInvalid, "The number of %s can be between 1 and %d, or empty for no limit.", n.name, n.max)
		}
	}
	switch q.Chat {
	case ChatOff, ChatCheckedFirst, ChatCheckedAfter:
	default:
		return Errorf(CodeInvalid, "The chat is off, checked first or checked after.")
	}
	var err error
	if q.OtherWays, err = Line("other ways to ask", q.OtherWays, 500, false); err != nil {
		return err
	}
	if q.WhoMayAsk, err = Line("statement of who may ask", q.WhoMayAsk, 300, false); err != nil {
		return err
	}
	if !q.Statements.Taken {
		q.Statements = StatementRules{}
	}
	if err := q.RefusedBy.tidy(); err != nil {
		return err
	}
	return q.Deadline.tidy()
}

func (d *Deadline) tidy() error {
	switch d.Count {
	case "":
		*d = Deadline{}
		return nil
	case CalendarDays, WorkingDays, ClearWorkingDays:
		d.Weekday, d.Weeks = 0, 0
		if d.Days < 0 || d.Days > 60 || d.Days == 0 && d.Count == ClearWorkingDays {
			return Errorf(CodeInvalid, "The deadline for questions can be up to 60 days before the meeting, and at least one clear working day.")
		}
	case OnWeekday:
		d.Days = 0
		if d.Weekday < time.Sunday || d.Weekday > time.Saturday || d.Weeks < 0 || d.Weeks > 8 {
			return Errorf(CodeInvalid, "Choose a day of the week for the deadline, at most 8 weeks before the last one.")
		}
	default:
		return Errorf(CodeInvalid, "Choose how the deadline for questions is counted.")
	}
	if !hourMinute.MatchString(d.Clock) {
		return Errorf(CodeInvalid, "Give the time of the deadline for questions as 12:00.")
	}
	return nil
}
