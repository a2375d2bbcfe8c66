package server

import (
	"context"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
)

// decide does what somebody at the desk or a program decided about a contribution, in the role that lets
// them. Who does not hold the decision role of the board only proposes a refusal (rules.md 2.2).
func (c *call) decide(before livestream.Contribution, d livestream.Decision, may auth.Permission) (livestream.Contribution, error) {
	b, err := c.s.Record.Board(c.ctx, before.Board)
	if err != nil {
		return livestream.Contribution{}, err
	}
	d.OnlyProposes = !c.person.Holds(b.Slug, b.Questions.RefusedBy.Roles()...)
	if d.To == livestream.Transferred && d.Transfer.Due == "" {
		d.Transfer.Due, err = c.s.dueAfter(c.ctx, b, before.ReceivedAt, d.Transfer.Kind.Days())
	}
	if err != nil {
		return livestream.Contribution{}, err
	}
	return c.s.Hub.Decide(c.ctx, d, c.actor(may))
}

// dueAfter is the day so many working days of the board after a moment, 2006-01-02; "" for none, and
// where the bank holidays do not reach: then a person has to say.
func (s *Server) dueAfter(ctx context.Context, b papers.Board, from time.Time, days int) (string, error) {
	if days == 0 {
		return "", nil
	}
	site, err := s.Record.Site(ctx)
	if err != nil {
		return "", err
	}
	day, covered := notice.WorkingDays(notice.DateOf(from, site.Location()), days, profileOf(b), s.holidays())
	if !covered {
		return "", nil
	}
	return day.String(), nil
}

// answersDue is the day by which what is not reached at a meeting is answered in writing, where the
// board promises it.
func (s *Server) answersDue(ctx context.Context, m papers.Meeting, b papers.Board) (string, error) {
	return s.dueAfter(ctx, b, m.StartsAt, m.QuestionRules(b).ReplyDays)
}
