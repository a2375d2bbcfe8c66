package server

import (
	"log/slog"
	"time"

	"clearday/papers"
)

// rulesChanged tells the open pages of a meeting's room that its rules are others. The rules are saved:
// when the pages cannot be told they learn it later, and nobody at the desk has to do anything.
func (c *call) rulesChanged(meeting string) {
	if err := c.s.Hub.RulesChanged(c.ctx, meeting); err != nil {
		c.s.Log.Error("changed rules", slog.String("meeting", meeting), slog.Any("err", err))
	}
}

// boardRulesChanged does so for the board's meetings that are not over and have no rules of their own.
func (c *call) boardRulesChanged(board string) {
	now := c.s.Now()
	list, _, err := c.s.Record.Meetings(c.ctx, papers.Public, papers.MeetingFilter{Board: board, From: now.Add(-48 * time.Hour), Limit: 100})
	if err != nil {
		c.s.Log.Error("changed rules", slog.String("board", board), slog.Any("err", err))
		return
	}
	for _, m := range list {
		if m.Rules == nil && !m.Off() && !over(m, now) {
			c.rulesChanged(m.Slug)
		}
	}
}

// asksOtherwise tells whether questions to the meeting are taken by other rules than before.
func asksOtherwise(before, after papers.Meeting) bool {
	same := func(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
	rules := before.Rules == after.Rules || before.Rules != nil && after.Rules != nil && *before.Rules == *after.Rules
	return !rules || !same(before.AskUntil, after.AskUntil)
}
