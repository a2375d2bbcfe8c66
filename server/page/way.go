package page

import (
	"clearday/livestream"
)

// Way gives the points of a question's way, done, now and to come, from its public face. Asker tells
// that the asker looks: held is said to nobody else.
func Way(q livestream.Question, held, asker bool) []Step {
	at := q.ReceivedAt
	took := "We have the question"
	if asker {
		took = "We have your question"
	}
	way := []Step{{Title: took, At: &at, Text: "It has its number for good."}}
	if q.PublishedAt != nil && q.State != livestream.Refused {
		way = append(way, Step{Title: "Published, word for word", At: q.PublishedAt, Text: "By a moderator."})
	}
	if now, ok := stepOf(q, held, asker); ok {
		way = append(way, now)
	}
	return append(way, toCome(q.State)...)
}

// stepOf is the point at which the question stands; a published one stands at the point it has already.
func stepOf(q livestream.Question, held, asker bool) (Step, bool) {
	s := Step{Kind: "now"}
	switch q.State {
	case livestream.Received, livestream.Held:
		s.Title, s.Text = "Waiting for the moderator", "A moderator reads every question before it is published."
		if held && asker {
			s.Title, s.Text = "Held by the moderator", "The moderator looks at it more closely before deciding. Nothing is lost."
		}
	case livestream.Published:
		s.Title, s.Text = "Waiting for an answer", "The chair puts questions to the board."
	case livestream.Put:
		s.Title, s.Text = "Being answered", "It has been put to the board."
	case livestream.AnsweredOrally:
		s.Title, s.At, s.Kind, s.Text = "Answered at the meeting", q.AnsweredAt, "", by(q)
	case livestream.AnsweredWriting:
		s.Title, s.At, s.Kind, s.Text = "Answered in writing", q.AnsweredAt, "", by(q)
	case livestream.NotReached:
		s.Title, s.Text = "Not reached at the meeting", "Time ran out before it."
	case livestream.Merged:
		s.Title, s.Kind, s.Text = "Joined to one like it", "", "It goes on as "
		s.Link, s.Named = "/questions/"+q.MergedInto, q.MergedInto
	case livestream.Refused:
		s.Title, s.Kind, s.Text = "Not taken", "", livestream.Reasons[q.Reason]
	case livestream.Transferred:
		s.Title, s.Kind, s.Text = "Passed on", "", "To those who can answer it."
	case livestream.WithdrawnByAsker:
		s.Title, s.Kind, s.Text = "Taken back by the asker", "", "The number stays. The words and the name are gone."
	default:
		return s, false
	}
	return s, true
}

func by(q livestream.Question) string {
	if q.AnsweredBy == "" {
		return ""
	}
	return "By " + q.AnsweredBy + "."
}

func toCome(s livestream.State) []Step {
	answered := Step{Title: "Answered", Text: "At the meeting, or in writing after it.", Kind: "next"}
	switch s {
	case livestream.Received, livestream.Held:
		return []Step{{Title: "Published", Text: "Under its number, with the name you chose to show.", Kind: "next"}, answered}
	case livestream.Published, livestream.Put:
		return []Step{answered}
	case livestream.NotReached:
		return []Step{{Title: "Answered in writing", Text: "The answer will stand on this page.", Kind: "next"}}
	}
	return nil
}

// Standing says in one sentence where a question stands, for everybody.
func Standing(q livestream.Question) string {
	switch q.State {
	case livestream.Received, livestream.Held:
		return "It waits for the moderator. Its words are public when it is published."
	case livestream.Published:
		return "It is published and waits for an answer."
	case livestream.Put:
		return "It is being answered now."
	case livestream.AnsweredOrally:
		return "It was answered at the meeting."
	case livestream.AnsweredWriting:
		return "It was answered in writing."
	case livestream.NotReached:
		return "It was not reached at the meeting. The answer comes in writing."
	case livestream.Merged:
		return "It was joined to one like it."
	case livestream.Refused:
		return "It was not taken. " + livestream.Reasons[q.Reason]
	case livestream.Transferred:
		return "It was passed on to those who can answer it."
	case livestream.WithdrawnByAsker:
		return "The asker took it back."
	}
	return ""
}

// StandingMine says the same to the asker, and what happens next.
func StandingMine(c livestream.Contribution) (where, next string) {
	switch c.State {
	case livestream.Received:
		return "It waits for the moderator. Nobody else can read it yet.",
			"A moderator reads it, usually within minutes while the meeting is live. Then it is published word for word, or you see here why not."
	case livestream.Held:
		return "The moderator holds it for a closer look. Nobody else can read it yet.",
			"It is published, or you see here why not. It counts in the totals all the while."
	case livestream.Published:
		return "It is published, and waits for an answer.", "The chair puts questions to the board. If time runs out, it is marked as not reached and stays on the list until it is answered."
	case livestream.Put:
		return "It is being answered now.", "The answer, or a note of it, is put on this page."
	case livestream.NotReached:
		return "It was not reached at the meeting.", "The board team answers it in writing. The answer will stand on this page."
	case livestream.Refused:
		return "It was not taken. " + livestream.Reasons[c.Reason],
			"Others see its number, the date and this reason, never your words or name. If you think this is wrong, ask the board team to look again and give the number."
	}
	return Standing(c.Public()), ""
}
