package livestream

import (
	"cmp"
	"strings"
	"time"
)

// News says to an asker by letter where their contribution stands now: what the letter is about, what it
// says, and the answer where there is one. It is empty where there is nothing to write about. It holds
// none of the asker's own words, because an address may be mistyped.
func (c Contribution) News() (subject, says, answer string) {
	what := "Your " + string(c.Kind) + " " + c.Number
	if c.Offered() != nil {
		return "Other words are offered for your " + string(c.Kind) + " " + c.Number, "The moderator asks whether it may be published in other words. Read both on your private page and choose.", ""
	}
	switch c.State {
	case Published:
		return what + " is published", "Everybody can read it now. It waits for an answer.", ""
	case Merged:
		return what + " was joined to one like it", "It goes on as " + c.MergedInto + ". You are told when that is answered.", ""
	case Refused:
		return what + " was not taken", strings.TrimSpace(Reasons[c.Reason] + " " + c.Told + " You can answer on your private page: then it is looked at again."), ""
	case Transferred:
		if c.Transfer.Done != "" {
			return what + " was dealt with", "Those it was passed on to had dealt with it" + onDay(c.Transfer.Done) + ". What they say comes from them.", ""
		}
		return what + " was passed on", strings.TrimSpace("It goes on as " + cmp.Or(c.Transfer.Kind.Words(), "a matter for others") + "."), ""
	case NotReached:
		return what + " was not reached at the meeting", strings.TrimSpace("Time ran out before it. The answer comes in writing" + promised(c.AnswerDue) + "."), ""
	case AnsweredOrally:
		return what + " was answered at the meeting", by(c), c.Answer
	case AnsweredWriting:
		return what + " is answered", by(c), c.Answer
	}
	return "", "", ""
}

func by(c Contribution) string {
	if c.AnsweredBy == "" {
		return "The answer stands on your private page, and on the public one."
	}
	return "By " + c.AnsweredBy + "."
}

func promised(day string) string { return dayAfter(" by ", day) }

func onDay(day string) string { return dayAfter(" on ", day) }

func dayAfter(word, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return word + t.Format("Monday 2 January 2006")
}

// Newsworthy tells whether an asker who left an address is written to about what became of it.
func (c Contribution) Newsworthy(was Contribution) bool {
	if c.Offered() != nil && (was.Offered() == nil || was.Offered().Text != c.Offered().Text) {
		return true
	}
	if c.State == was.State {
		return c.Answer != was.Answer || c.Transfer.Done != was.Transfer.Done
	}
	subject, _, _ := c.News()
	return subject != "" && !(c.State == Published && was.State.ShowsWords())
}
