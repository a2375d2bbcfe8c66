package page

import (
	"fmt"
	"strings"
	"time"

	"clearday/papers"
)

// QuestionRuleWords says how a board takes questions, a sentence a rule. It is empty where the board
// has made none.
func QuestionRuleWords(q papers.QuestionRules) []string {
	if q == (papers.QuestionRules{}) {
		return nil
	}
	var says []string
	say := func(when bool, format string, args ...any) {
		if when {
			says = append(says, fmt.Sprintf(format, args...))
		}
	}
	say(q.Deadline.Count != "", "Ask in writing until %s. Each meeting says its own last moment.", DeadlineWords(q.Deadline))
	say(q.Deadline.Count == "", "Ask in writing until the meeting begins.")
	say(q.InWritingOnly, "Questions are taken in writing only.")
	say(!q.InWritingOnly, "You can also ask live while the board meets.")
	say(q.AgendaOnly, "The question must be about an item of the agenda.")
	say(q.PerPerson > 0, "One person can ask at most %s for a meeting.", Count(q.PerPerson, "question", "questions"))
	say(q.PerOrganisation > 0, "One organisation can ask at most %s.", Count(q.PerOrganisation, "question", "questions"))
	say(q.PerMeeting > 0, "The board answers at most %s at a meeting.", Count(q.PerMeeting, "question", "questions"))
	say(q.Words > 0, "A question has at most %s.", Count(q.Words, "word", "words"))
	say(q.Minutes > 0, "The meeting gives %s to questions.", Count(q.Minutes, "minute", "minutes"))
	say(q.Supplementary, "After the answer you can ask one further question.")
	say(q.NameNeeded, "Give your name. You choose whether it is shown.")
	say(q.ReplyDays > 0, "What is not answered at the meeting is answered in writing within %s.", Count(q.ReplyDays, "working day", "working days"))
	say(q.Chat == papers.ChatCheckedFirst, "There is a chat beside the meeting. A moderator looks at each message before others see it.")
	say(q.Chat == papers.ChatCheckedAfter, "There is a chat beside the meeting. A moderator removes what breaks its rules.")
	say(q.RefusedBy != "", "%s", q.RefusedBy.Words())
	if q.OtherWays != "" {
		says = append(says, sentence(q.OtherWays))
	}
	return says
}

// DeadlineWords says the rule for the last moment to ask: "noon, three clear working days before the
// meeting". It is empty where there is none.
func DeadlineWords(d papers.Deadline) string {
	var day string
	switch d.Count {
	case papers.CalendarDays:
		day = Count(d.Days, "day", "days") + " before the meeting"
		if d.Days == 0 {
			day = "on the day of the meeting"
		}
	case papers.WorkingDays:
		day = Count(d.Days, "working day", "working days") + " before the meeting"
		if d.Days == 0 {
			day = "on the day of the meeting"
		}
	case papers.ClearWorkingDays:
		day = Count(d.Days, "clear working day", "clear working days") + " before the meeting"
	case papers.OnWeekday:
		day = "on the last " + d.Weekday.String() + " before the meeting"
		if d.Weeks > 0 {
			day = Count(d.Weeks, "week", "weeks") + " before the last " + d.Weekday.String() + " before the meeting"
		}
	default:
		return ""
	}
	if d.Earlier {
		day += " (a working day earlier when that is a bank holiday)"
	}
	clock := d.Clock
	if t, err := time.Parse("15:04", d.Clock); err == nil {
		clock = Clock(t, time.UTC)
	}
	return strings.TrimSpace(clock + ", " + day)
}
