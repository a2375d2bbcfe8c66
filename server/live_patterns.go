package server

import (
	"strings"

	"clearday/livestream"
	"clearday/server/auth"
)

// livePattern answers POST /desk/questions/:number/patterns/:id: what supports are that came in an unusual
// pattern.
func (s *Server) livePattern(c *call) error {
	number := strings.ToUpper(c.Params("number"))
	before, err := s.Record.Contribution(c.ctx, number)
	if err != nil {
		return err
	}
	p, err := s.Hub.DecidePattern(c.ctx, number, c.Params("id"), livestream.PatternState(c.formField("state")), c.actor(auth.Moderate))
	return c.liveDone(before.Meeting, p, err, "pattern", number)
}
