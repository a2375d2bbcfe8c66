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
	return append(says, AskRuleWords(q)...)
}

// AskRuleWords says the rules that whoever asks has to know, beside the last moment to ask: it stands at
// the meeting.
func AskRuleWords(q papers.QuestionRules) []string {
	var says []string
	say := func(when bool, format string, args ...any) {
		if when {
			says = append(says, fmt.Sprintf(format, args...))
		}
	}
	say(q.InWritingOnly, "Questions are taken in writing only.")
	say(!q.InWritingOnly, "You can also ask live while the board meets.")
	say(q.WhoMayAsk != "", "Who asks confirms: %s", sentence(q.WhoMayAsk))
	say(q.AgendaOnly, "The question must be about an item of the agenda.")
	say(q.PerPerson > 0, "One person can ask at most %s for a meeting.", Count(q.PerPerson, "question", "questions"))
	say(q.PerOrganisation > 0, "One organisation can ask at most %s.", Count(q.PerOrganisation, "question", "questions"))
	say(q.PerMeeting > 0, "The board answers at most %s at a meeting.", Count(q.PerMeeting, "question", "questions"))
	say(q.Words > 0, "A question has at most %s.", Count(q.Words, "word", "words"))
	say(q.Statements.Taken, "You can also send a statement: what you want to tell the board, without an answer.")
	say(q.Statements.Taken && q.Statements.InWritingOnly && !q.InWritingOnly, "Statements are taken in writing only.")
	say(q.Statements.PerPerson > 0, "One person can send at most %s for a meeting.", Count(q.Statements.PerPerson, "statement", "statements"))
	say(q.Statements.Words > 0, "A statement has at most %s.", Count(q.Statements.Words, "word", "words"))
	say(q.Minutes > 0, "The meeting gives %s to questions.", Count(q.Minutes, "minute", "minutes"))
	say(q.Supplementary, "After the answer you can ask one further question.")
	say(q.NameNeeded && !q.HideName, "Give your name. You choose whether it is shown.")
	say(q.NameNeeded && q.HideName, "Give your name. It is not published.")
	say(!q.AgendaOnly, "It can be about any matter of the board.")
	say(true, "Published with it: %s.", publishedWords(q))
	say(q.Support, "Others can support a question that is published.")
	say(q.ReplyDays > 0, "What is not answered at the meeting is answered in writing within %s.", Count(q.ReplyDays, "working day", "working days"))
	say(q.Chat == papers.ChatCheckedFirst, "There is a chat beside the meeting. A moderator looks at each message before others see it.")
	say(q.Chat == papers.ChatCheckedAfter, "There is a chat beside the meeting. A moderator removes what breaks its rules.")
	say(q.RefusedBy != "", "%s", q.RefusedBy.Words())
	if q.OtherWays != "" {
		says = append(says, sentence(q.OtherWays))
	}
	return says
}

// publishedWords names what becomes public beside number, words and answer.
func publishedWords(q papers.QuestionRules) string {
	var list []string
	for _, p := range []struct {
		hidden bool
		name   string
	}{{q.HideName, "name"}, {q.HideArea, "area"}, {q.HideOrganisation, "organisation"}} {
		if !p.hidden {
			list = append(list, p.name)
		}
	}
	switch len(list) {
	case 0:
		return "the words and the answer, and nothing about you"
	case 1:
		return "your " + list[0] + ", if you give it"
	}
	return "your " + strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1] + ", as far as you give them"
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
