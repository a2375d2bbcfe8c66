package server_test

import (
	"testing"

	"clearday/server/servertest"
)

// What the cache answers is called what the first answer was called.
func TestCachedCalendarKeepsItsName(t *testing.T) {
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Board"), 20)
	s.Item(t, m.Slug, "One")
	s.API(t, s.Token(t, "secretary"), "POST", "/meetings/"+m.Slug+"/publish", nil, nil)
	for _, which := range []string{"first", "cached"} {
		if got := s.Browser(t).Get(t, "/meetings/"+m.Slug+".ics").Header.Get("Content-Disposition"); got != `inline; filename="`+m.Slug+`.ics"` {
			t.Errorf("the %s answer is called %q", which, got)
		}
	}
}
