package page

import (
	"time"

	"clearday/livestream"
)

// Way gives the points of a question's way, done, now and to come, from its public face. Own is the
// asker's side when the asker looks: held is said to nobody else. Put names the item under which it was
// put; today is the day in the meeting's zone, by which an answer is late.
func Way(q livestream.Question, own *livestream.Contribution, put, today string) []Step {
	at := q.ReceivedAt
	took := "We have the question"
	if own != nil {
		took = "We have your question"
	}
	way := []Step{{Title: took, At: &at, Text: "It has its number for good."}}
	if q.PublishedAt != nil {
		way = append(way, published(q))
	}
	if q.AllocatedTo != "" {
		way = append(way, Step{Title: "Given to a partner to answer", Text: q.AllocatedTo + "."})
	}
	if q.PutAt != nil && q.State != livestream.Put {
		way = append(way, putStep(q, put))
	}
	if now, ok := stepOf(q, own, put); ok {
		way = append(way, now)
	}
	return append(way, toCome(q, today)...)
}

// published says whose words were published.
func published(q livestream.Question) Step {
	s := Step{Title: "Published, word for word", At: q.PublishedAt, Text: "By a moderator."}
	switch q.Wording {
	case livestream.WordingAgreed:
		s.Title, s.Text = "Published, in words agreed with the asker", "By a moderator. The asker agreed to the words before."
	case livestream.WordingEdited:
		s.Title, s.Text = "Published, changed by the moderator", "The words as they came are kept, and the asker was told."
	}
	return s
}

func putStep(q livestream.Question, put string) Step {
	s := Step{Title: "Put to the board", At: q.PutAt}
	if put != "" {
		s.Text, s.Link, s.Named, s.Plain = "Under ", "/meetings/"+q.Meeting+"#item-"+q.PutItem, put, true
	}
	return s
}

// stepOf is the point at which the question stands; a published one stands at the point it has already.
func stepOf(q livestream.Question, own *livestream.Contribution, put string) (Step, bool) {
	s := Step{Kind: "now"}
	switch q.State {
	case livestream.Received, livestream.Held:
		s.Title, s.Text = "Waiting for the moderator", "A moderator reads every question before it is published."
		switch {
		case own == nil:
		case own.Offered() != nil:
			s.Title, s.Text = "Waiting for you", "The moderator offers other words."
		case own.State == livestream.Held && own.Proposed != nil:
			s.Title, s.Text = "The moderator proposes not to take it", "Somebody who decides for the board looks at it."
		case own.State == livestream.Held:
			s.Title, s.Text = "Held by the moderator", "The moderator looks at it more closely before deciding. Nothing is lost."
		}
	case livestream.Published:
		s.Title, s.Text = "Waiting for an answer", "The chair puts questions to the board."
	case livestream.Put:
		s = putStep(q, put)
		s.Kind = "now"
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
		if own != nil {
			s.Text = Sentence(asWhat(own.Transfer.Kind)[1:]) + "."
		}
		if q.DealtWith != "" {
			s.Title, s.Text = "Passed on, and dealt with", s.Text+" They had dealt with it on "+LongDate(q.DealtWith)+"."
		}
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

func toCome(q livestream.Question, today string) []Step {
	answered := Step{Title: "Answered", Text: "At the meeting, or in writing after it.", Kind: "next"}
	if q.AnswerDue != "" {
		answered = Step{Title: "Answered in writing", Text: DueWords(q.AnswerDue, today), Kind: "next"}
	}
	switch q.State {
	case livestream.Received, livestream.Held:
		return []Step{{Title: "Published", Text: "Under its number, with the name you chose to show.", Kind: "next"}, answered}
	case livestream.Published, livestream.Put:
		return []Step{answered}
	case livestream.NotReached:
		if q.AnswerDue == "" {
			answered = Step{Title: "Answered in writing", Text: "The answer will stand on this page.", Kind: "next"}
		}
		return []Step{answered}
	case livestream.AnsweredOrally:
		if q.AnswerDue != "" {
			return []Step{answered}
		}
	}
	return nil
}

// DueWords says until when a written answer is promised, and when it is late.
func DueWords(due, today string) string {
	if Overdue(due, today) {
		return "It was promised by " + LongDate(due) + " and is late."
	}
	return "It is promised by " + LongDate(due) + "."
}

// Overdue tells whether a day has passed; both are 2006-01-02.
func Overdue(due, today string) bool { return due != "" && due < today }

// Today is the day at a moment in a zone, 2006-01-02.
func Today(now time.Time, zone *time.Location) string { return now.In(zone).Format(time.DateOnly) }

// Standing says in one sentence where a question stands, for everybody.
func Standing(q livestream.Question) string {
	switch q.State {
	case livestream.Received, livestream.Held:
		return "It waits for the moderator. Its words are public when it is published."
	case livestream.Published:
		return "It is published and waits for an answer."
	case livestream.Put:
		return "It was put to the board and waits for the answer."
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
		if q.DealtWith != "" {
			return "It was passed on to those who can answer it. They had dealt with it on " + LongDate(q.DealtWith) + "."
		}
		return "It was passed on to those who can answer it."
	case livestream.WithdrawnByAsker:
		return "The asker took it back."
	}
	return ""
}

// StandingMine says the same to the asker, and what happens next.
func StandingMine(c livestream.Contribution) (where, next string) {
	if where, next, ok := mineWords(c); ok {
		return where, next
	}
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
		return "It was put to the board, and waits for the answer.", "The answer, or a note of it, is put on this page."
	case livestream.NotReached:
		return "It was not reached at the meeting.", "The board team answers it in writing. The answer will stand on this page."
	}
	return Standing(c.Public()), ""
}
