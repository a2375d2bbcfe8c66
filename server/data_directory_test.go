package server_test

import (
	"net/http"
	"testing"

	"clearday/server/servertest"
)

// TestRelativeDataDirectory holds that packs are made where the data directory is named as the README
// does, from the folder the program was started in: the children that make them run elsewhere.
func TestRelativeDataDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	s := servertest.StartIn(t, "data", &servertest.Clock{})
	m, _ := newsOut(t, s, s.Board(t, "Board"), "Budget")
	servertest.Eventually(t, "the pack is there", func() bool {
		return s.Browser(t).Get(t, "/meetings/"+m+"/pack.pdf").StatusCode == http.StatusOK
	})
}
